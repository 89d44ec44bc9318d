"""What somebody gets who takes a whole feed again and again, and who must never get it."""

import asyncio

import pytest
from starlette.testclient import TestClient

from feeds.web.app import create_app
from feeds.web.clients import Clients
from feeds.web.throttle import Throttle

WINDOW = 60
FEED = "/category/news.rss"


class Client:
    """A client that sends nothing by itself."""

    def __init__(self, desk, address="198.51.100.7"):
        self.desk = desk
        app = create_app(desk.site, clock=lambda: desk.clock().timestamp())
        self._client = TestClient(app, client=(address, 40000), follow_redirects=False)
        self._client.headers.clear()

    def __call__(self, path=FEED, method="GET", **fields):
        named = {name.replace("_", "-"): value for name, value in fields.items()}
        return self._client.request(method, path, headers=named)


@pytest.fixture
def open_client(open_desk):
    def open_(*, address="198.51.100.7", **server):
        desk = open_desk(
            server={"polite_seconds": WINDOW, **server}, aliases={"styles": ["hugo"], "answer": "in-place"}
        )
        desk.post("content/1.md", title="First", categories="[news]")
        desk.publish()
        return Client(desk, address)

    return open_


@pytest.fixture
def get(open_client):
    return open_client()


def statuses(get, count, *args, **fields):
    return [get(*args, **fields).status_code for _ in range(count)]


def test_the_second_whole_feed_within_the_window_is_refused(get):
    assert get().status_code == 200
    get.desk.clock.advance(10)
    again = get()
    assert again.status_code == 429
    assert again.headers["retry-after"] == "50"
    assert again.headers["cache-control"] == "no-store"
    assert int(again.headers["content-length"]) == len(again.content) < 200
    assert again.headers["access-control-allow-origin"] == "*"
    assert "Retry-After" in again.headers["access-control-expose-headers"]
    assert "date" in again.headers


def test_who_comes_when_told_gets_the_feed(get):
    get()
    wait = int(get().headers["retry-after"])
    get.desk.clock.advance(wait - 1)
    assert (get().status_code, get().headers["retry-after"]) == (429, "1")  # asking makes it no longer
    get.desk.clock.advance(1)
    assert statuses(get, 2) == [200, 429]


def test_by_default_nobody_waits(open_client):
    assert statuses(open_client(polite_seconds=0), 5) == [200] * 5


def test_what_would_be_304_is_304_however_often(get):
    held = get().headers
    for fields in (
        {"if_none_match": held["etag"]},
        {"if_modified_since": held["last-modified"]},
        {"if_none_match": "*"},
    ):
        assert statuses(get, 3, **fields) == [304] * 3


def test_a_changed_feed_is_given_to_whoever_asks_conditionally(get):
    held = get().headers
    get.desk.clock.advance(5)
    get.desk.post("content/2.md", title="Second", categories="[news]")
    get.desk.publish()
    assert statuses(get, 3, if_none_match=held["etag"], if_modified_since=held["last-modified"]) == [200] * 3
    assert statuses(get, 1) == [429]


def test_a_first_whole_feed_after_conditional_ones_is_no_repeat(get):
    assert statuses(get, 2, if_none_match='"old"') == [200, 200]
    assert statuses(get, 2) == [200, 429]


def test_a_condition_without_value_is_none(get):
    assert statuses(get, 2, if_none_match="") == [200, 429]


def test_head_and_options_are_free_and_take_nothing(get):
    assert statuses(get, 3, FEED, "HEAD") == [200] * 3
    assert statuses(get, 3, FEED, "OPTIONS") == [204] * 3
    assert statuses(get, 2) == [200, 429]
    assert statuses(get, 1, FEED, "HEAD") == [200]


def test_a_person_who_reloads_a_feed_in_a_browser_is_let_be(get):
    assert statuses(get, 3, sec_fetch_dest="document") == [200] * 3
    assert statuses(get, 2, sec_fetch_dest="empty") == [200, 429]  # a reader that runs in a browser


def test_feeds_formats_and_narrower_feeds_are_counted_apart(get):
    for path in (FEED, "/category/news.atom", "/feed.rss", "/feed.rss?limit=1"):
        assert statuses(get, 2, path) == [200, 429]


def test_one_feed_is_one_feed_however_it_is_asked_for(get):
    assert get().status_code == 200
    for path in (FEED + "?cachebuster=1", FEED + "?limit=5000", "/categories/news/index.xml"):
        assert get(path).status_code == 429
    assert get(accept_encoding="gzip").status_code == 429


def test_another_reader_at_the_same_address_is_another_client(get):
    assert statuses(get, 2, user_agent="newsboat/2.40") == [200, 429]
    assert statuses(get, 2, user_agent="Liferea/1.15") == [200, 429]


def test_two_readers_with_addresses_of_their_own_do_not_wait_for_each_other(open_client):
    one = open_client()
    other = Client(one.desk, "198.51.100.8")
    other._client.app = one._client.app
    assert [client().status_code for client in (one, other, one, other)] == [200, 200, 429, 429]


def test_addresses_of_one_ipv6_subscriber_are_one_client(open_client):
    get = open_client(address="127.0.0.1", trusted_proxies=["127.0.0.1"])
    assert statuses(get, 1, x_forwarded_for="2001:db8:1:2::3") == [200]
    assert statuses(get, 1, x_forwarded_for="2001:db8:1:2:99::4") == [429]
    assert statuses(get, 1, x_forwarded_for="2001:db8:1:3::3") == [200]


def test_behind_a_trusted_proxy_its_readers_are_told_apart(open_client):
    get = open_client(address="127.0.0.1", trusted_proxies=["127.0.0.1"])
    assert statuses(get, 2, x_forwarded_for="198.51.100.7") == [200, 429]
    assert statuses(get, 2, x_forwarded_for="198.51.100.8") == [200, 429]
    assert statuses(get, 1, x_forwarded_for="6.6.6.6, 198.51.100.8") == [429]  # made up, to seem another


def test_a_trusted_proxy_that_names_nobody_is_not_held_back_for_all_its_readers(open_client):
    get = open_client(address="127.0.0.1", trusted_proxies=["127.0.0.1"])
    assert statuses(get, 3) == [200] * 3


def test_forwarding_fields_of_a_stranger_change_nothing(open_client, caplog):
    get = open_client(address="8.8.8.8")
    assert statuses(get, 1, x_forwarded_for="1.1.1.1") == [200]
    assert statuses(get, 1, x_forwarded_for="2.2.2.2", forwarded="for=3.3.3.3") == [429]
    assert "trusted_proxies" not in caplog.text  # a stranger cannot fill the log


def test_the_operator_hears_once_of_a_proxy_that_is_not_trusted(open_client, caplog):
    get = open_client(address="127.0.0.1")
    assert [get(x_forwarded_for=f"198.51.100.{number}").status_code for number in range(4)] == [200, 429, 429, 429]
    warnings = [record.getMessage() for record in caplog.records if "trusted_proxies" in record.getMessage()]
    assert len(warnings) == 1
    assert warnings[0].startswith("127.0.0.1 asks for others; name it in server.trusted_proxies")


def test_what_is_not_there_is_not_counted(get):
    assert statuses(get, 3, "/category/nobody.rss") == [404] * 3
    assert statuses(get, 3, "/category/nobody.rss", "POST") == [405] * 3


def test_a_feed_whose_bytes_are_still_to_be_made_is_counted_once(get):
    assert get.desk.site.library.recall(FEED) is None
    assert statuses(get, 2) == [200, 429]


def test_a_clock_that_goes_back_makes_nobody_wait(get):
    get()
    get.desk.clock.advance(-3600)
    assert statuses(get, 2) == [200, 429]


# --- what is remembered


def scope_of(address):
    return {"method": "GET", "client": (address, 1), "headers": []}


def test_no_more_is_remembered_than_agreed_and_of_more_the_oldest_goes_first():
    throttle = Throttle(60, Clients(), most=100)
    held = [throttle.held_back(scope_of(f"10.0.{n // 256}.{n % 256}"), FEED, now=n // 100) for n in range(5000)]
    assert held == [None] * 5000
    assert len(throttle) <= 100
    assert throttle.held_back(scope_of("10.0.19.135"), FEED, now=50).status == 429  # the last one
    assert throttle.held_back(scope_of("10.0.0.1"), FEED, now=50) is None


def test_what_has_expired_is_forgotten_as_others_come():
    throttle = Throttle(60, Clients())
    for number in range(50):
        throttle.held_back(scope_of(f"10.0.0.{number}"), FEED, now=0)
    assert len(throttle) == 50
    for number in range(50):
        throttle.held_back(scope_of("10.1.0.1"), FEED, now=1000 + number * 60)
    assert len(throttle) == 1


def test_counting_takes_no_lock_because_the_event_loop_alone_counts(get, monkeypatch):
    loops = []
    plain = Throttle.held_back

    def watched(self, *args, **options):
        loops.append(asyncio.get_running_loop())  # raises in any other thread
        return plain(self, *args, **options)

    monkeypatch.setattr(Throttle, "held_back", watched)
    assert statuses(get, 2) + statuses(get, 2, "/category/news.atom") == [200, 429] * 2
    assert len(loops) == 4
