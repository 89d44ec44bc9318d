"""A burst moves the site's feed once in a while, and its last change always gets through."""

import threading

import pytest

from feeds.model import SITE
from feeds.publisher import watch

PATIENCE = 60  # seconds after which a test has failed


def test_after_a_change_the_publisher_pauses_for_what_is_left_of_the_interval(open_desk, clock):
    desk = open_desk(content={"min_interval": 2})
    publisher = desk.site.claim()
    desk.publish()
    clock.advance(10)
    assert publisher.pause() == 0
    desk.post("content/one.md")
    desk.publish()
    assert publisher.pause() == 2
    clock.advance(0.5)
    assert publisher.pause() == 1.5
    desk.publish()  # nothing new
    assert publisher.pause() == 1.5
    clock.advance(1.5)
    assert publisher.pause() == 0


def test_a_clock_that_is_set_back_lengthens_no_pause(open_desk, clock):
    desk = open_desk(content={"min_interval": 2})
    publisher = desk.site.claim()
    desk.post("content/one.md")
    desk.publish()
    clock.advance(-86_400)
    assert publisher.pause() == 2


def test_a_change_far_below_the_window_calls_for_no_pause(open_desk, clock):
    desk = open_desk(content={"min_interval": 2}, feeds={"window": 1})
    desk.post("content/one.md", date="2026-10-01")
    desk.post("content/two.md", date="2026-10-02")
    desk.publish()
    clock.advance(10)
    desk.post("content/one.md", date="2026-10-01", body="Changed.")
    desk.publish()
    assert desk.site.claim().pause() == 0


@pytest.mark.parametrize(("count", "pauses"), [(499, 0), (1001, 2)])
def test_one_run_over_many_posts_pauses_between_its_transactions(open_desk, clock, count, pauses):
    desk = open_desk(content={"min_interval": 2}, feeds={"window": 2000, "max_bytes": 10_000_000})
    desk.publish()
    slept = []

    def sleep(seconds):
        slept.append(seconds)
        clock.advance(seconds)

    desk.site.claim()._sleep = sleep
    clock.advance(10)
    for number in range(count):
        desk.post(f"content/{number}.md")
    run = desk.publish()
    assert run.changed == count
    assert slept == [2] * pauses


@pytest.mark.slow
def test_of_a_burst_the_last_change_gets_through_and_the_feed_moves_seldom(open_desk, clock):
    desk = open_desk(content={"min_interval": 3600, "sweep": 3600})
    desk.publish()
    clock.advance(3600)
    stop, begun, moved, moves = threading.Event(), threading.Event(), threading.Event(), []

    def on_run(run):
        begun.set()
        if SITE in run.moved:
            moves.append(SITE)
            moved.set()

    publisher = desk.site.claim()
    wait = desk.site.orders.wait
    desk.site.orders.wait = lambda seconds, **how: wait(min(seconds, 0.01), **how)  # this test's clock decides
    work = threading.Thread(target=watch, args=(publisher, desk.site.orders, stop, on_run))
    work.start()
    assert begun.wait(PATIENCE)
    try:
        for number in range(50):
            desk.post("content/one.md", body=f"Take {number}.")
            ticket = desk.site.orders.give(["content/one.md"])
            assert moved.wait(PATIENCE)  # the first of them, whether the order or a hint has brought it
        assert ticket.result(0) is None
        assert b"Take 0." in desk.read("/feed.atom")
        clock.advance(3600)
        assert ticket.result(PATIENCE)
    finally:
        stop.set()
        work.join(PATIENCE)
    assert b"Take 49." in desk.read("/feed.atom")
    assert moves == [SITE, SITE]
