"""What is told of a change is in the index once the change is, with it, and not without it (invariant 18)."""

import pytest

from feeds.events import EVENT_KINDS, FIELDS, Event
from feeds.store import outbox


def told(desk, after=0):
    return [(one.kind, dict(one.what)) for one in desk.site.store.events_after(after)]


def kinds(desk, after):
    return [kind for kind, _ in told(desk, after)]


@pytest.fixture
def ready(desk):
    desk.publish()
    return desk


def test_a_new_post_is_told_as_post_entry_and_feeds_in_this_order(ready):
    since = ready.site.store.last_event()
    ready.post("content/one.md", title="News", categories="red")
    run = ready.publish()
    events = told(ready, since)
    assert events[0] == (
        "entry",
        {"id": events[0][1]["id"], "path": "content/one.md", "title": "News", "change": "added"},
    )
    assert [(what["kind"], what["term"]) for kind, what in events if kind == "feed"] == list(run.moved)
    assert ("post", {"path": "content/one.md", "standing": "holder"}) in events
    for kind, what in events:
        assert what.keys() == FIELDS[kind].keys()
    states = {(what["kind"], what["term"]): (what["before"], what["after"]) for kind, what in events if kind == "feed"}
    assert states == {key: (move.before, move.after) for key, move in run.moved.items()}


def test_a_change_is_told_as_changed_and_a_deletion_as_removed(ready):
    ready.post("content/one.md")
    ready.publish()
    since = ready.site.store.last_event()
    ready.post("content/one.md", body="Other.")
    ready.publish()
    ready.delete("content/one.md")
    ready.publish()
    assert [what["change"] for kind, what in told(ready, since) if kind == "entry"] == ["changed", "removed"]


def test_equal_bytes_tell_of_nothing(ready):
    ready.post("content/one.md")
    ready.publish()
    since = ready.site.store.last_event()
    ready.post("content/one.md")
    ready.publish()
    assert kinds(ready, since) == []


def test_an_entry_is_told_of_when_its_time_has_come_and_not_before(ready, clock):
    since = ready.site.store.last_event()
    ready.post("content/one.md", date="2026-11-01 12:00:10")
    ready.publish()
    assert "entry" not in kinds(ready, since)
    clock.advance(10)
    ready.publish()
    assert [what["change"] for kind, what in told(ready, since) if kind == "entry"] == ["added"]


def test_a_first_ingest_tells_of_the_feeds_alone(desk):
    for number in range(3):
        desk.post(f"content/{number}.md")
    desk.publish()
    assert set(kinds(desk, 0)) == {"feed"}


def test_the_end_of_a_run_is_told_where_it_did_something_or_was_ordered(ready):
    publisher = ready.site.claim()
    since = ready.site.store.last_event()
    publisher.conclude(ready.publish())
    assert kinds(ready, since) == []
    publisher.conclude(ready.publish(), orders=["abc"])
    (kind, what) = told(ready, since)[-1]
    assert (kind, what["orders"]) == ("run", ["abc"])
    assert what.keys() == FIELDS["run"].keys()


def test_what_is_not_committed_is_not_told(ready, clock):
    since = ready.site.store.last_event()

    def fail():
        with ready.site.store.writing() as commit:
            commit.announce([Event(kind="run", what={})], now=clock())
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert kinds(ready, since) == []


def test_old_events_go_and_no_number_is_used_again(ready, clock, monkeypatch):
    monkeypatch.setattr(outbox, "KEPT", 3)
    monkeypatch.setattr(outbox, "_EACH", 1)
    store = ready.site.store
    for number in range(10):
        with store.writing() as commit:
            commit.announce([Event(kind="run", what={"read": number})], now=clock())
    assert [one.what["read"] for one in store.events_after(0)] == [7, 8, 9]
    last = store.last_event()
    assert store.first_event() == last - 2
    ready.restart()
    with ready.site.store.writing() as commit:
        commit.announce([Event(kind="run", what={"read": 10})], now=clock())
    assert ready.site.store.last_event() == last + 1
    assert [one.number for one in ready.site.store.events_after(last - 1, limit=1)] == [last]


def test_each_kind_of_event_has_its_fields_described():
    assert FIELDS.keys() == set(EVENT_KINDS)


def told_of_problems(desk, after):
    return [what for kind, what in told(desk, after) if kind == "diagnostic"]


def test_a_problem_is_told_when_it_comes_and_when_it_is_solved_and_not_while_it_stays(ready):
    since = ready.site.store.last_event()
    ready.write("content/one.md", "---\ntitle: Open\n")
    for _ in range(3):
        ready.publish()
    unfinished = {"code": "file-unfinished", "level": "warning", "path": "content/one.md", "line": None, "detail": ""}
    assert told_of_problems(ready, since) == [{**unfinished, "is_solved": False}]
    assert unfinished.keys() | {"is_solved"} == FIELDS["diagnostic"].keys()
    since = ready.site.store.last_event()
    ready.post("content/one.md")
    for _ in range(3):
        ready.publish()
    assert told_of_problems(ready, since) == [{**unfinished, "is_solved": True}]


def test_what_a_look_at_the_folder_finds_is_told_once(ready, tmp_path_factory):
    elsewhere = tmp_path_factory.mktemp("elsewhere") / "far.md"
    elsewhere.write_text("far")
    link = ready.folder / "content/far.md"
    link.symlink_to(elsewhere)
    since = ready.site.store.last_event()
    for _ in range(2):
        ready.publish()
    link.unlink()
    ready.publish()
    said = [(what["code"], what["is_solved"]) for what in told_of_problems(ready, since)]
    assert said == [("file-leaves-root", False), ("file-leaves-root", True)]


def test_the_problems_of_a_first_ingest_are_told_to_nobody(desk):
    desk.write("content/one.md", "---\ntitle: Open\n")
    desk.publish()
    assert told_of_problems(desk, 0) == []
