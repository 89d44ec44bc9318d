"""What a hub is told of: every feed that moved, at least once, after it can be read, and no more often than needed."""

import itertools
import logging

import pytest

from feeds.doctor import back_up, restore
from feeds.store import outbox
from tests.hub.conftest import selves

A_WHILE = 60  # seconds, of the announcer's own


@pytest.fixture
def patient(monkeypatch):
    """Hours go by in few looks."""
    monkeypatch.setattr("feeds.hub.announcer.LOOK", 10.0)


MANY = 200  # feeds


@pytest.fixture
def wide(open_desk, hub):
    desk = open_desk(feeds={"hubs": [hub.url]})
    desk.post("content/old.md", tags=str([f"t{number}" for number in range(MANY)]))
    desk.publish()
    return desk


def by_topic(told):
    return {topic: told.count(topic) for topic in told}


def test_a_change_is_told_for_exactly_the_feeds_that_moved_under_the_address_they_give_themselves(ready, hub, announce):
    announcement = announce(ready, hub)
    announcement.run()
    ready.post("content/new.md", categories="新京报")
    moved = ready.publish().moved
    announcement.run()
    assert {key.kind for key in moved} == {"site", "category"}
    assert sorted(hub.told) == selves(ready, "/feed", "/category/新京报")
    for form in hub.forms:
        assert form == {"hub.mode": ["publish"], "hub.url": form["hub.topic"], "hub.topic": form["hub.url"]}


def test_a_change_that_moves_no_feed_is_not_told(ready, hub, announce):
    announcement = announce(ready, hub)
    announcement.run()
    ready.post("content/draft.md", draft="true")
    ready.post("content/old.md", categories="[red, 新京报]")
    ready.publish()
    announcement.run(A_WHILE)
    assert hub.told == []


def test_each_topic_can_be_read_as_it_now_is_when_the_hub_is_told(ready, hub, announce):
    announcement = announce(ready, hub)
    announcement.run()
    read = []
    hub.on_ping = lambda: read.append(ready.read("/feed.json"))
    ready.post("content/new.md", title="The news")
    ready.publish()
    announcement.run()
    assert len(read) == 3
    assert all(b"The news" in body for body in read)


def test_a_hub_that_is_newly_named_is_told_of_the_present_on(open_desk, hub, announce):
    desk = open_desk()
    desk.post("content/old.md", categories="red")
    desk.publish()
    desk.restart_with(feeds={"hubs": [hub.url]})
    announcement = announce(desk, hub)
    announcement.run(A_WHILE)
    assert len(desk.publish().moved) == 2  # the feeds name the hub now
    announcement.run(A_WHILE)
    assert hub.told == []
    desk.post("content/new.md")
    desk.publish()
    announcement.run()
    assert sorted(hub.told) == selves(desk, "/feed")


def test_the_first_ingest_is_not_told(open_desk, hub, announce):
    desk = open_desk(feeds={"hubs": [hub.url]})
    announcement = announce(desk, hub)
    announcement.run(A_WHILE)
    desk.post("content/old.md")
    desk.publish()
    announcement.run(A_WHILE)
    assert hub.told == []


def test_a_restart_repeats_nothing(ready, hub, announce):
    first = announce(ready, hub)
    first.run()
    ready.post("content/new.md")
    ready.publish()
    first.run()
    assert len(hub.told) == 3
    ready.restart()
    announce(ready, hub).run(A_WHILE)
    assert len(hub.told) == 3


def test_what_happened_while_nobody_announced_is_told_at_the_next_start(ready, hub, announce):
    announce(ready, hub).run()
    ready.post("content/new.md", categories="red")  # as `feeds build` would take it in
    ready.publish()
    assert hub.told == []
    ready.restart()
    announce(ready, hub).run(A_WHILE)
    assert sorted(hub.told) == selves(ready, "/feed", "/category/red")


def test_a_ping_that_was_taken_but_not_noted_is_sent_again_after_a_crash_and_none_is_forgotten(ready, hub, announce):
    class KilledError(Exception):
        pass

    first = announce(ready, hub)
    first.run()
    ready.post("content/new.md", categories="red")
    ready.publish()
    tell = first.announcer._tell

    def dying(address):
        tell(address)
        raise KilledError

    first.announcer._tell = dying
    with pytest.raises(KilledError):
        first.run()
    assert len(hub.told) == 1
    ready.restart()
    announce(ready, hub).run(A_WHILE)
    assert sorted(set(hub.told)) == selves(ready, "/feed", "/category/red")
    assert sorted(by_topic(hub.told).values()) == [1, 1, 1, 1, 1, 2]


def test_the_note_in_the_index_moves_only_after_the_hub_has_answered(ready, hub, announce):
    announcement = announce(ready, hub)
    announcement.run()
    noted = []
    hub.on_ping = lambda: noted.append(int(ready.site.store.fact(f"hub:{hub.url}")))
    before = ready.site.store.last_event()
    ready.post("content/new.md")
    ready.publish()
    announcement.run()
    assert noted == [before] * 3
    assert int(ready.site.store.fact(f"hub:{hub.url}")) == ready.site.store.last_event()


def test_a_hub_that_was_down_is_told_of_all_once_each(ready, open_hub, announce, patient):
    gone = open_hub()
    url, port = gone.url, gone.port
    announcement = announce(ready, url)
    announcement.run()
    gone._server.server_close()  # connections are refused
    ready.post("content/new.md", categories="red")
    ready.publish()
    announcement.run(A_WHILE)
    ready.post("content/newer.md", tags="sport")
    ready.publish()
    announcement.run(A_WHILE)
    back = open_hub(port=port)
    announcement.run(1200)
    assert sorted(back.told) == selves(ready, "/feed", "/category/red", "/tag/sport")


@pytest.mark.parametrize("status", [408, 425, 429, 500, 503])
def test_a_hub_that_cannot_just_now_is_asked_again_and_again_at_growing_distances(
    ready, hub, announce, status, patient
):
    announcement = announce(ready, hub)
    announcement.run()
    times = {}
    hub.answer = lambda topic, _number: times.setdefault(topic, []).append(announcement.now) or (status, {})
    ready.post("content/new.md")
    ready.publish()
    announcement.run(7200)
    assert sorted(times) == selves(ready, "/feed")
    for moments in times.values():
        pauses = [after - before for before, after in itertools.pairwise(moments)]
        assert 0.5 <= pauses[0] < 10
        assert 400 < pauses[-1] <= 620
        assert len(moments) < 30
    hub.forms.clear()
    hub.answer = lambda _topic, _number: (202, {})
    announcement.run(1800)
    assert sorted(hub.told) == selves(ready, "/feed")


def test_a_hub_is_left_alone_for_as_long_as_it_asks(ready, hub, announce):
    announcement = announce(ready, hub)
    announcement.run()
    hub.answer = lambda _topic, number: (204, {}) if number else (503, {"Retry-After": "120"})
    ready.post("content/new.md")
    ready.publish()
    announcement.run(119)
    assert len(hub.told) == 1
    announcement.run(2)
    assert sorted(hub.told[1:]) == selves(ready, "/feed")


@pytest.mark.parametrize("wish", ["soon", "-1", "9" * 30, "Wed, 21 Oct 2026 07:28:00 GMT", "1e9"])
def test_what_a_hub_asks_for_unreadably_or_without_measure_is_not_done(ready, hub, announce, wish):
    announcement = announce(ready, hub)
    announcement.run()
    hub.answer = lambda _topic, number: (204, {}) if number else (503, {"Retry-After": wish})
    ready.post("content/new.md")
    ready.publish()
    announcement.run(10)
    assert len(hub.told) == 4


@pytest.mark.parametrize("status", [400, 403, 404, 410])
def test_a_refusal_is_logged_once_with_a_remedy_and_not_repeated(ready, hub, announce, status, caplog):
    announcement = announce(ready, hub)
    announcement.run()
    hub.answer = lambda _topic, _number: (status, {})
    for number in range(2):
        ready.post(f"content/new{number}.md")
        ready.publish()
        announcement.run(A_WHILE)
    assert len(hub.told) == 6
    (line,) = [one.getMessage() for one in caplog.records]
    assert line.startswith(f"hub.refused: {hub.url} answers {status} to https://example.com/feed.")
    assert "feeds.hubs" in line
    ready.restart()
    announce(ready, hub).run(A_WHILE)
    assert len(hub.told) == 6


@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_a_redirect_is_not_followed_and_the_operator_is_told_where_it_leads(
    ready, hub, open_hub, announce, status, caplog
):
    elsewhere = open_hub()
    announcement = announce(ready, hub)
    announcement.run()
    hub.answer = lambda _topic, _number: (status, {"Location": elsewhere.url})
    ready.post("content/new.md")
    ready.publish()
    announcement.run(A_WHILE)
    assert (len(hub.told), elsewhere.told) == (3, [])
    (line,) = [one.getMessage() for one in caplog.records]
    assert f"asked at '{elsewhere.url}': put its new address into feeds.hubs" in line


def test_an_outage_is_one_line_in_the_log_and_its_end_another(ready, hub, announce, caplog):
    caplog.set_level(logging.INFO, "feeds.hub")
    announcement = announce(ready, hub)
    announcement.run()
    hub.answer = lambda _topic, number: (204, {}) if number > 4 else (502, {})
    ready.post("content/new.md")
    ready.publish()
    announcement.run(300)
    said = [one.getMessage().partition(":")[0] for one in caplog.records]
    assert said == ["hub.fails", "hub.back"]


@pytest.mark.parametrize("status", [429, 500])
def test_one_topic_that_the_hub_fails_on_holds_up_no_other_and_is_dropped_in_the_end(
    ready, hub, announce, caplog, patient, status
):
    announcement = announce(ready, hub)
    announcement.run()
    bad = "https://example.com/category/red.json"
    hub.answer = lambda topic, _number: (status if topic == bad else 204, {})
    ready.post("content/new.md", categories="red")
    ready.publish()
    announcement.run(30)
    assert {*hub.told} == {*selves(ready, "/feed", "/category/red")}
    for number in range(30):
        ready.post(f"content/{number}.md")
        ready.publish()
        announcement.run(600)
    told = by_topic(hub.told)
    assert 12 <= told.pop(bad) < 30
    others = [topic for topic in selves(ready, "/category/red") if topic != bad]
    assert told == dict.fromkeys(others, 1) | dict.fromkeys(selves(ready, "/feed"), 31)
    assert caplog.messages[-1] == f"hub.dropped: {hub.url} takes others, but never {bad}"
    count = len(hub.told)
    ready.restart()
    announce(ready, hub).run(A_WHILE)
    assert len(hub.told) == count


def test_news_are_told_at_once_though_one_topic_has_failed_for_long(ready, hub, announce, patient):
    announcement = announce(ready, hub)
    announcement.run()
    hub.answer = lambda topic, _number: (500 if topic.endswith("red.json") else 204, {})
    ready.post("content/new.md", categories="red")
    ready.publish()
    announcement.run(36_000)
    before = len(hub.told)
    ready.post("content/newer.md", tags="sport")
    ready.publish()
    announcement.run(2)
    assert {*selves(ready, "/feed", "/tag/sport")} <= {*hub.told[before:]}


def test_a_hub_that_is_down_is_seldom_asked_however_much_is_due(wide, hub, announce, patient):
    announce(wide, hub).run()
    wide.restart_with(feeds={"hubs": [hub.url]}, site={"rights": "© Example"})
    wide.publish()
    hub.answer = lambda _topic, _number: (503, {})
    announcement = announce(wide, hub)
    announcement.run(36_000)
    assert len(hub.told) < 600  # in ten hours
    hub.forms.clear()
    hub.answer = lambda _topic, _number: (204, {})
    announcement.run(1800)
    assert len(hub.told) == len(set(hub.told)) == 3 * (MANY + 1)


def test_one_topic_is_not_given_up_while_nothing_says_that_it_alone_fails(ready, hub, announce, patient):
    announcement = announce(ready, hub)
    announcement.run()
    hub.answer = lambda topic, _number: (500 if topic.endswith("red.json") else 204, {})
    ready.post("content/new.md", categories="red")
    ready.publish()
    announcement.run(36_000)
    hub.answer = lambda _topic, _number: (204, {})
    hub.forms.clear()
    announcement.run(700)
    assert hub.told == ["https://example.com/category/red.json"]


def test_a_burst_is_one_ping_a_topic_in_five_seconds_and_its_last_change_gets_through(ready, hub, announce):
    announcement = announce(ready, hub)
    announcement.run()
    held = []
    hub.answer = lambda topic, _number: held.append((topic, ready.look_up("/feed.atom").etag())) or (204, {})
    for number in range(20):
        ready.post(f"content/{number}.md")
        ready.clock.advance(1)
        ready.publish()
        announcement.run(1)
    announcement.run(A_WHILE)
    counts = by_topic(hub.told)
    assert sorted(counts) == selves(ready, "/feed")
    assert set(counts.values()) == {5}  # at 0, 5, 10 and 15 seconds, and then the rest
    assert {tag for _, tag in held[-3:]} == {ready.look_up("/feed.atom").etag()}


def test_a_post_is_told_of_when_its_time_comes_and_when_it_is_over(ready, hub, announce):
    announcement = announce(ready, hub)
    announcement.run()
    ready.post("content/soon.md", date="2026-11-01 12:00:10", expiry="2026-11-01 12:00:20", categories="red")
    ready.publish()
    publisher = ready.site.claim()
    wanted = selves(ready, "/feed", "/category/red")
    ready.clock.advance(9)
    publisher.keep_time()
    announcement.run(9)
    assert hub.told == []
    ready.clock.advance(1)
    publisher.keep_time()
    announcement.run(1)
    assert sorted(hub.told) == wanted
    ready.clock.advance(10)
    publisher.keep_time()
    announcement.run(10)
    assert sorted(hub.told) == sorted(wanted * 2)


def test_a_retired_feed_is_not_told_of(open_desk, hub, announce):
    desk = open_desk(feeds={"hubs": [hub.url], "retired": ["/category/red"]})
    desk.publish()
    announcement = announce(desk, hub)
    announcement.run()
    desk.post("content/new.md", categories="red")
    desk.publish()
    announcement.run(A_WHILE)
    assert sorted(hub.told) == selves(desk, "/feed")


# --- many at once


def test_a_change_of_the_settings_is_told_for_every_feed_and_spread_over_time(wide, hub, announce):
    announce(wide, hub).run()
    wide.restart_with(feeds={"hubs": [hub.url]}, site={"rights": "© Example"})
    announcement = announce(wide, hub)
    assert len(wide.publish().moved) == MANY + 1
    announcement.run(1)
    assert 0 < len(hub.told) <= 75
    announcement.run(10)
    assert len(hub.told) <= 75 + 101
    announcement.run(A_WHILE)
    assert set(by_topic(hub.told).values()) == {1}
    assert len(hub.told) == 3 * (MANY + 1)


def test_news_do_not_wait_until_all_of_a_great_change_is_told(wide, hub, announce):
    announce(wide, hub).run()
    wide.restart_with(feeds={"hubs": [hub.url]}, site={"rights": "© Example"})
    wide.publish()
    announcement = announce(wide, hub)
    announcement.run(1)
    before = len(hub.told)
    wide.post("content/new.md", categories="news")
    wide.publish()
    announcement.run(2)
    assert {*selves(wide, "/category/news")} <= {*hub.told[before:]}
    assert len(hub.told) < MANY


def test_a_great_change_that_is_cut_short_goes_on_near_where_it_was(wide, hub, announce):
    announce(wide, hub).run()
    wide.restart_with(feeds={"hubs": [hub.url]}, site={"rights": "© Example"})
    wide.publish()
    announcement = announce(wide, hub)
    announcement.run(20)
    before = len(hub.told)
    wide.restart()  # and nothing was noted at the end, as after a crash
    announce(wide, hub).run(100)
    topics = by_topic(hub.told)
    assert len(topics) == 3 * (MANY + 1)
    repeated = sum(topics.values()) - len(topics)
    assert repeated <= before * 2 / 3  # every other ping is one of the oldest


def test_who_has_missed_events_that_are_not_kept_is_told_of_every_feed_even_if_that_is_cut_short(
    wide, hub, announce, monkeypatch, caplog
):
    announce(wide, hub).run()
    monkeypatch.setattr(outbox, "KEPT", 5)
    monkeypatch.setattr(outbox, "_EACH", 1)
    for number in range(4):
        wide.post(f"content/new{number}.md", categories=f"c{number}")
        wide.publish()
    wide.restart()
    announce(wide, hub).run(5)
    assert any("is told of every feed" in line for line in caplog.messages)
    assert len(set(hub.told)) < 3 * MANY
    wide.restart()
    announce(wide, hub).run(200)
    assert len(set(hub.told)) == 3 * (MANY + 1 + 4)
    wide.restart()
    told = len(hub.told)
    announce(wide, hub).run(200)
    assert len(hub.told) == told


@pytest.mark.parametrize("is_cut_short", [False, True])
def test_an_index_that_is_made_anew_while_serving_is_told_for_every_feed(wide, hub, announce, is_cut_short):
    announcement = announce(wide, hub)
    announcement.run()
    wide.post("content/untold.md", categories="red")
    wide.publish()
    for file in wide.site.store.state.glob("index.sqlite3*"):
        file.unlink()
    wide.site.recover()
    announcement.run(1)
    wide.publish()
    announcement.run(10)
    if is_cut_short:
        wide.restart()
        announcement = announce(wide, hub)
    announcement.run(100)
    assert {*selves(wide, "/feed", "/category/red", "/tag/t0", f"/tag/t{MANY - 1}")} <= {*hub.told}
    assert len(set(hub.told)) == 3 * (MANY + 2)
    told = len(hub.told)
    wide.restart()
    announce(wide, hub).run(A_WHILE)
    assert len(hub.told) == told


def lose(desk):
    """Let the index be one that cannot be used any more, and can still be read; the next start makes it anew."""
    with desk.site.store.writing() as commit:
        commit.put_fact("schema", "of another program")
    desk.restart()


def test_after_an_index_was_set_aside_a_hub_that_knew_all_is_told_of_what_has_moved_since(wide, hub, announce):
    announcement = announce(wide, hub)
    announcement.run()
    wide.post("content/told.md", categories="red")
    wide.publish()
    announcement.run(A_WHILE)
    told = len(hub.told)
    assert told == 3 * 2
    wide.post("content/untold.md", categories="blue")  # while nobody publishes
    lose(wide)
    announcement = announce(wide, hub)
    announcement.run(A_WHILE)
    assert len(hub.told) == told
    wide.publish()
    announcement.run(A_WHILE)
    assert sorted(hub.told[told:]) == selves(wide, "/feed", "/category/blue")


def test_after_an_index_was_set_aside_a_hub_that_was_behind_is_told_of_every_feed(wide, hub, announce):
    announce(wide, hub).run()
    wide.post("content/untold.md", categories="red")
    wide.publish()
    assert hub.told == []
    lose(wide)
    announcement = announce(wide, hub)
    announcement.run(A_WHILE)
    assert hub.told == []  # nothing can be read yet
    assert not wide.publish().moved
    announcement.run(200)
    assert len(set(hub.told)) == len(hub.told) == 3 * (MANY + 2)
    wide.restart()
    announce(wide, hub).run(A_WHILE)
    assert len(hub.told) == 3 * (MANY + 2)


def test_after_a_restored_backup_a_hub_is_told_of_every_feed(wide, hub, announce, tmp_path_factory):
    announce(wide, hub).run()
    backup = tmp_path_factory.mktemp("backup") / "keepsakes.jsonl"
    back_up(wide.folder, wide.settings, backup)
    wide.post("content/new.md", categories="red")
    wide.publish()
    announcement = announce(wide, hub)
    announcement.run(A_WHILE)
    assert len(hub.told) == 3 * 2
    wide.delete("content/new.md")  # so that the feed is again as the backup knows it
    wide.site.close()
    restore(wide.folder, wide.settings, backup, now=wide.clock())
    wide.restart()
    wide.publish()
    hub.forms.clear()
    announce(wide, hub).run(200)
    assert {*selves(wide, "/feed", "/tag/t0", f"/tag/t{MANY - 1}")} <= {*hub.told}


def test_an_index_that_is_made_anew_goes_on_numbering_events(ready):
    before = ready.site.store.last_event()
    lose(ready)
    assert ready.site.store.last_event() == before
    ready.publish()
    assert ready.site.store.last_event() == before  # the feeds are what they were
    ready.post("content/new.md")
    ready.publish()
    assert ready.site.store.events_after(before)[0].number == before + 1


def test_the_number_of_an_event_never_gets_into_an_index_that_counts_anew(ready, hub, announce):
    announcement = announce(ready, hub)
    announcement.run()
    hub.answer = lambda _topic, _number: (503, {})
    ready.post("content/untold.md", categories="red")
    ready.publish()
    announcement.run(1)
    for file in ready.site.store.state.glob("index.sqlite3*"):
        file.unlink()
    ready.site.recover()
    announcement.announcer._version = ready.site.store.data_version()  # as if by chance it were the same
    hub.answer = lambda _topic, _number: (204, {})
    announcement.run(A_WHILE)
    assert ready.site.store.fact(f"hub:{hub.url}") in (None, "0")
    ready.publish()
    announcement.run(A_WHILE)
    assert {*selves(ready, "/feed", "/category/red", "/category/新京报")} <= {*hub.told}
