"""Orders: somebody wants the folder looked at now, and waits for what comes of it."""

import json
import os
import threading
import time

import pytest

from feeds.model import SITE
from feeds.publisher import Orders, Report, watch

PATIENCE = 20  # seconds after which a test has failed
RED = ("category", "red")


@pytest.fixture
def publishing(open_desk):
    """Let a desk's publisher work; sweeps are far between, and what is saved waits for ever unless it is ordered."""
    ending = []

    def start(**content):
        desk = open_desk(content={"sweep": 3600, "settle": 3600, **content})
        stop, first = threading.Event(), threading.Event()
        work = threading.Thread(
            target=watch, args=(desk.site.claim(), desk.site.orders, stop, lambda _run: first.set())
        )
        work.start()
        ending.append((stop, work))
        assert first.wait(PATIENCE)
        return desk

    yield start
    for stop, work in ending:
        stop.set()
        work.join(PATIENCE)
        assert not work.is_alive()


@pytest.fixture(params=["here", "elsewhere"])
def orders(request):
    """Give a desk's orders as the publisher's process has them, and as others have."""

    def of(desk):
        return desk.site.orders if request.param == "here" else Orders(desk.site.orders.spool)

    return of


def save(desk, path, **fields):
    """Write a post as somebody does at this very moment."""
    file = desk.post(path, **fields)
    moment = int(desk.clock().timestamp() * 1e9)
    os.utime(file, ns=(moment, moment))


@pytest.mark.slow
def test_a_named_post_is_out_when_the_report_comes_however_young_it_is(publishing, orders):
    desk = publishing()
    save(desk, "content/one.md", categories="red")
    report = orders(desk).give(["content/one.md"]).result(PATIENCE)
    assert (report.read, report.changed, report.removed, report.error) == (1, 1, 0, "")
    assert {move.key for move in report.moves} == {SITE, RED}
    for move in report.moves:
        rendition = desk.look_up("/feed.atom" if move.key == SITE else "/category/red.atom")
        assert move.after == rendition.state != move.before
    assert b"<entry" in desk.read("/category/red.atom")


@pytest.mark.slow
def test_a_named_post_that_is_not_there_was_deleted_on_purpose(publishing, orders):
    desk = publishing(grace=3600)
    save(desk, "content/one.md", categories="red")
    given = orders(desk)
    given.give(["content/one.md"]).result(PATIENCE)
    desk.delete("content/one.md")
    report = given.give(["content/one.md"]).result(PATIENCE)
    assert (report.changed, report.removed) == (0, 1)
    assert desk.site.store.tombstones()[0].why == "deleted"


@pytest.mark.slow
@pytest.mark.parametrize("paths", [[], ["content"], ["content/one.md", "content"]])
def test_an_order_of_no_path_or_of_a_folder_looks_at_everything(publishing, orders, paths):
    desk = publishing(settle=0)
    for name in ("one", "two"):
        desk.post(f"content/{name}.md", categories="red")
    report = orders(desk).give(paths).result(PATIENCE)
    assert report.changed == 2 or len(desk.site.library.listing()) == 2
    assert desk.read("/category/red.atom").count(b"<entry") == 2


@pytest.mark.slow
def test_an_order_that_waits_for_a_young_file_is_told_as_carried_out_once(publishing, clock):
    desk = publishing(settle=0.05)
    save(desk, "content/young.md", categories="red")
    ticket = desk.site.orders.give()
    until = time.monotonic() + PATIENCE
    while not desk.site.claim().queue and time.monotonic() < until:
        pass
    clock.advance(1)
    assert ticket.result(PATIENCE).changed == 1
    last = desk.site.orders.give(["content/other.md"])
    last.result(PATIENCE)
    orders = []
    while [last.id] not in orders and time.monotonic() < until:  # whoever waits comes first, then whoever listens
        orders = [one.what["orders"] for one in desk.site.store.events_after(0) if one.kind == "run"]
    assert orders.count([ticket.id]) == 1


@pytest.mark.slow
def test_the_report_tells_what_there_is_to_mend(publishing, orders):
    desk = publishing()
    desk.write("content/one.md", "---\ntitle: Never closed\n")
    report = orders(desk).give(["content/one.md"]).result(PATIENCE)
    assert [(one.path, one.code) for one in report.diagnostics] == [("content/one.md", "file-unfinished")]
    assert report.problems == 1


@pytest.mark.slow
def test_an_order_for_a_folder_that_cannot_be_read_says_why(publishing, orders):
    desk = publishing()
    (desk.folder / "content").rename(desk.folder / "hidden")
    report = orders(desk).give().result(PATIENCE)
    assert "content" in report.error
    assert not report.moves


def test_an_order_that_waits_already_is_not_given_twice(tmp_path, orders, open_desk):
    desk = open_desk()
    given = orders(desk)
    first = given.give(["a.md", "b.md"])
    assert given.give(["b.md", "a.md"]).id == first.id
    assert given.give().id != first.id
    taken = desk.site.orders.take()[1]
    assert {one.id for one in taken} >= {first.id}
    assert (
        given.give(["a.md", "b.md"]).id != first.id
    )  # the first one is being carried out, and may have read too early


def test_an_order_whose_publisher_died_is_carried_out_by_the_next(open_desk):
    desk = open_desk()
    elsewhere = Orders(desk.site.orders.spool)
    ticket = elsewhere.give(["content/one.md"])
    assert [one.id for one in desk.site.orders.take()[1]] == [ticket.id]  # and then it dies
    assert ticket.result(0) is None
    (again,) = Orders(desk.site.orders.spool).take()[1]
    again.fulfil(Report(id="", read=1))
    assert ticket.result(PATIENCE) == Report(id=ticket.id, read=1)
    assert Orders(desk.site.orders.spool).take()[1] == []


def test_orders_that_could_not_be_carried_out_wait_again(open_desk, orders):
    desk = open_desk()
    ticket = orders(desk).give(["a.md"])
    desk.site.orders.put_back(desk.site.orders.take()[1])
    assert [one.id for one in desk.site.orders.take()[1]] == [ticket.id]


@pytest.mark.parametrize("text", ["", "{", "3", "[", "null"])
def test_what_is_no_order_in_the_spool_is_thrown_away(open_desk, text):
    spool = open_desk().site.orders.spool
    spool.mkdir(parents=True)
    (spool / "wrong.json").write_text(text)
    assert Orders(spool).take()[1] == []
    assert list(spool.iterdir()) == []


def test_reports_that_nobody_fetches_go_in_the_end(open_desk):
    spool = open_desk().site.orders.spool
    spool.mkdir(parents=True)
    for name, age in (("old", 4000), ("young", 0)):
        (spool / f"{name}.done").write_text("{}")
        times = (spool / f"{name}.done").stat().st_mtime - age
        os.utime(spool / f"{name}.done", (times, times))
    Orders(spool).take()
    assert [file.name for file in spool.iterdir()] == ["young.done"]


def test_a_report_comes_back_from_its_file_as_it_was(desk):
    desk.post("content/one.md", categories="red")
    desk.write("content/two.md", "---\ntitle: Never closed\n")
    desk.publish()
    report = Report.of("x", desk.publish())
    assert Report.from_json(report.to_json()) == report
    assert json.loads(report.to_json())["id"] == "x"


@pytest.mark.slow
def test_a_thousand_orders_at_once_are_all_answered_by_few_runs(publishing):
    desk = publishing()
    save(desk, "content/one.md", categories="red")
    seen, together = [], threading.Barrier(1000)

    def order():
        together.wait(PATIENCE)
        seen.append(desk.site.orders.give(["content/one.md"]).result(PATIENCE))

    threads = [threading.Thread(target=order) for _ in range(1000)]
    for one in threads:
        one.start()
    for one in threads:
        one.join(PATIENCE)
    assert len(seen) == 1000
    assert None not in seen
    assert len({one.id for one in seen}) < 500
    assert sum(one.changed for one in {one.id: one for one in seen}.values()) == 1
