"""What readers asked is kept in the index, by day, feed and program."""

import sqlite3
from datetime import date

import pytest
from starlette.testclient import TestClient

from feeds.model import SITE, FeedKey
from feeds.site import open_site
from feeds.traffic import Asked, Subscription
from feeds.web.agents import agent_of
from feeds.web.app import create_app

TODAY = date(2026, 11, 1)
RED = FeedKey("category", "red")
FEEDBIN = "Feedbin feed-id:7 - {} subscribers"
FEEDLY = "Feedly/1.0 (+http://www.feedly.com/fetcher.html; {} subscribers)"


@pytest.fixture
def published(open_desk):
    desk = open_desk()
    desk.post("content/2026-10-01-a.md", categories="[red]")
    desk.publish()
    return desk


def served(desk, site=None, client=("192.0.2.7", 50000)):
    """A server of a site; at its end all that it has counted is written."""
    app = create_app(site or desk.site, clock=lambda: desk.clock().timestamp())
    return TestClient(app, client=client, follow_redirects=False, headers={"accept-encoding": "identity"})


def poll(client, path, agent, **fields):
    return client.get(path, headers={"user-agent": agent, **fields})


def attendance(desk, days=7, day=TODAY):
    return desk.site.store.attendance(day=day, days=days)


def test_answers_are_counted_by_feed_whatever_their_format(published):
    with served(published) as client:
        whole = poll(client, "/category/red.atom", "newsboat/2")
        for _ in range(3):
            assert (
                poll(client, "/category/red.atom", "newsboat/2", **{"if-none-match": whole.headers["etag"]}).status_code
                == 304
            )
        other = poll(client, "/category/red.json?limit=1", "curl/8")
        client.head("/feed.rss", headers={"user-agent": "curl/8"})
        poll(client, "/category/nobody.rss", "curl/8")
        poll(client, "/", "curl/8")
    told = attendance(published)
    assert told.feeds == {
        RED: Asked(unchanged=3, answered=2, sent=len(whole.content) + len(other.content)),
        SITE: Asked(unchanged=0, answered=1, sent=0),
    }
    assert told.programs == {"newsboat": 4, "curl": 2}
    (day,) = told.days
    assert (day.day, day.asked.times, day.programs) == ("2026-11-01", 6, 2)


def test_an_aggregator_counts_once_at_each_address_with_its_newest_number(published):
    with served(published) as client:
        for path, agent in (
            ("/feed.atom", FEEDBIN.format(37)),
            ("/feed.atom", FEEDBIN.format(38)),
            ("/feed.rss", FEEDBIN.format(2)),
            ("/feed.atom", FEEDLY.format(100)),
            ("/category/red.atom", FEEDLY.format(5)),
            ("/category/red.atom", "newsboat/2"),
        ):
            assert poll(client, path, agent).status_code == 200
    with served(published) as client:
        poll(client, "/category/red.atom", FEEDLY.format(6))
    told = attendance(published)
    assert told.subscriptions == {
        Subscription(SITE, "atom", "Feedbin"): 38,
        Subscription(SITE, "rss", "Feedbin"): 2,
        Subscription(SITE, "atom", "Feedly"): 100,
        Subscription(RED, "atom", "Feedly"): 6,
    }
    assert told.days[0].subscribers == 146


def test_days_are_kept_apart_and_old_ones_let_go(published):
    with served(published) as client:
        poll(client, "/feed.atom", FEEDBIN.format(3))
    published.clock.advance(86_400)
    with served(published) as client:
        poll(client, "/feed.atom", "curl/8")
    tomorrow = date(2026, 11, 2)
    assert [one.day for one in attendance(published, day=tomorrow).days] == ["2026-11-02", "2026-11-01"]
    assert [one.subscribers for one in attendance(published, day=tomorrow).days] == [0, 3]
    assert attendance(published, day=tomorrow, days=1).feeds[SITE].times == 1
    assert attendance(published, day=date(2026, 11, 9)).subscriptions == {}  # it asks no more
    published.clock.advance(40 * 86_400)
    with served(published) as client:
        poll(client, "/feed.atom", "curl/8")
    assert len(attendance(published, day=date(2026, 12, 12), days=400).days) == 1


def test_a_process_that_does_not_publish_hands_its_counts_to_the_one_that_does(published):
    with open_site(published.folder, published.settings, now=published.clock) as other:
        assert other.publisher is None
        with served(published, other) as client:
            poll(client, "/feed.atom", FEEDBIN.format(3))
    assert attendance(published).feeds == {}
    assert len(list((published.folder / ".feeds/visits").iterdir())) == 1
    with served(published):
        pass
    assert attendance(published).feeds[SITE].times == 1
    assert attendance(published).subscriptions == {Subscription(SITE, "atom", "Feedbin"): 3}
    assert list((published.folder / ".feeds/visits").iterdir()) == []


def test_what_was_left_unreadable_costs_nothing_else(published):
    (published.folder / ".feeds/visits").mkdir()
    (published.folder / ".feeds/visits/1-1.json").write_text('{"2026-11-01": {"feeds": [[1]]}}')
    with served(published) as client:
        poll(client, "/feed.atom", "curl/8")
    assert attendance(published).feeds[SITE].times == 1
    assert list((published.folder / ".feeds/visits").iterdir()) == []


def test_nobody_who_asks_leaves_an_address(published):
    with served(published, client=("203.0.113.77", 4711)) as client:
        poll(client, "/feed.atom", "curl/8", **{"x-forwarded-for": "198.51.100.23"})
    published.site.close()
    kept = b"".join(path.read_bytes() for path in (published.folder / ".feeds").rglob("*") if path.is_file())
    assert b"curl" in kept
    assert b"203.0.113.77" not in kept
    assert b"198.51.100.23" not in kept


def test_counting_moves_no_feed_and_no_validator(published):
    before = published.etags()
    with served(published) as client:
        poll(client, "/feed.atom", "curl/8")
    assert published.etags() == before
    published.restart()
    assert published.etags() == before


def test_nothing_is_written_where_nobody_asked(published):
    with served(published) as client:
        client.get("/healthz")
    before = published.site.store.data_version()
    with served(published) as client:
        client.get("/healthz")
    assert published.site.store.data_version() == before
    assert attendance(published).days == ()


def test_eager_pollers_who_are_asked_to_wait_are_not_counted(open_desk):
    desk = open_desk(server={"polite_seconds": 600})
    desk.post("content/2026-10-01-a.md")
    desk.publish()
    with served(desk) as client:
        assert [poll(client, "/feed.rss", "curl/8").status_code for _ in range(3)] == [200, 429, 429]
    assert attendance(desk).feeds[SITE].times == 1


def test_deltas_and_old_addresses_count_for_the_feed(open_desk):
    desk = open_desk(server={"delta": True}, aliases={"styles": ["jekyll"], "answer": "in-place"})
    desk.post("content/2026-10-01-a.md")
    desk.post("content/2026-10-02-b.md")
    desk.publish()
    with served(desk) as client:
        tag = poll(client, "/feed.xml", "curl/8").headers["etag"]
        desk.post("content/2026-10-03-c.md")
        desk.publish()
        asked = {"a-im": "feed", "if-none-match": tag}
        assert poll(client, "/feed.atom", "curl/8", **asked).status_code == 226
    assert attendance(desk).feeds[SITE][:2] == (0, 2)


def test_programs_beyond_so_many_are_counted_together(published, monkeypatch):
    monkeypatch.setattr("feeds.store.traffic._MOST_PROGRAMS", 2)
    with served(published) as client:
        for name in ("one/1", "one/2", "two/1", "two/1", "three/1", "four/1"):
            poll(client, "/feed.atom", name)
    assert attendance(published).programs == {"one": 2, "two": 2, "": 2}


def test_agents_beyond_what_is_remembered_are_nobody(published, monkeypatch):
    monkeypatch.setattr("feeds.web.counters._MOST", 1)
    with served(published) as client:
        for name in ("one/1", "two/1", "three/1"):
            poll(client, "/feed.atom", name)
    assert attendance(published).programs == {"one": 1, "": 2}
    assert attendance(published).feeds[SITE].times == 3


def test_the_counts_outlive_the_index(published):
    with served(published) as client:
        poll(client, "/feed.atom", FEEDBIN.format(3))
    before = attendance(published)
    published.site.close()
    connection = sqlite3.connect(published.folder / ".feeds/index.sqlite3")
    with connection:
        connection.execute("UPDATE facts SET value = '0' WHERE name = 'schema'")
    connection.close()
    published.restart()
    assert list((published.folder / ".feeds").glob("*.aside.*"))
    assert attendance(published) == before


@pytest.mark.parametrize(
    ("agent", "told"),
    [
        ("Feedly/1.0 (+http://www.feedly.com/fetcher.html; 16 subscribers; like FeedFetcher-Google)", ("Feedly", 16)),
        ("Feedbin feed-id:1234 - 37 subscribers", ("Feedbin", 37)),
        ("NewsBlur Feed Fetcher - 12 subscribers - http://www.newsblur.com/", ("NewsBlur Feed Fetcher", 12)),
        ("Inoreader/1.0 (+http://www.inoreader.com/feed-fetcher; 1 subscriber; )", ("Inoreader", 1)),
        ("Mozilla/5.0 (compatible; theoldreader.com; 4 subscribers; feed-id=abc)", ("theoldreader.com", 4)),
        ("Mozilla/5.0 (X11; Linux x86_64; rv:1.0) Gecko/20100101 Firefox/120.0", ("Firefox", None)),
        ("Mozilla/5.0 (X11) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120 Safari/537.36 Edg/1", ("Chrome", None)),
        ("Mozilla/5.0 (Miniflux/2.0)", ("Miniflux", None)),
        ("Tiny Tiny RSS/21.05 (https://tt-rss.org/)", ("Tiny Tiny RSS", None)),
        ("Netvibes (http://www.netvibes.com/; 12 readers)", ("Netvibes", 12)),
        ("rss2email/3.14 +https://github.com/rss2email/rss2email", ("rss2email", None)),
        ("<script>/1", ("script", None)),
        ("读者/1.0", ("读者", None)),
        ("", ("", None)),
    ],
)
def test_a_user_agent_tells_a_name_and_for_how_many_it_asks(agent, told):
    assert agent_of(agent.encode()) == told


@pytest.mark.parametrize("agent", [b"\xff\xfe", b"(((", b"/", b" ", b"x" * 5000, b"\x00\x01"])
def test_a_user_agent_may_be_anything(agent):
    assert len(agent_of(agent).name) <= 40
