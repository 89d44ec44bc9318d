"""How long a feed is fresh: from its own rhythm, within the settings' bounds, the same in HTTP, `<ttl>` and `sy:`."""

from datetime import timedelta

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from lxml import etree
from starlette.testclient import TestClient

from feeds.library.rhythm import lifetime_of
from feeds.settings import LIFETIMES, CacheSettings
from feeds.web.app import create_app

SECOND = 1_000_000
MINUTE, HOUR, DAY = 60 * SECOND, 3600 * SECOND, 86_400 * SECOND
SY = "{http://purl.org/rss/1.0/modules/syndication/}"
MOMENTS = st.lists(st.integers(-4_000_000_000, 8_000_000_000).map(lambda seconds: seconds * SECOND), max_size=60)
CLOSE = st.lists(st.integers(0, 200_000).map(lambda seconds: seconds * SECOND), max_size=60)
BOUNDS = st.builds(CacheSettings, min=st.sampled_from(LIFETIMES), max=st.sampled_from(LIFETIMES))


@given(published=MOMENTS | CLOSE, bounds=BOUNDS)
def test_a_lifetime_is_within_the_bounds_and_can_be_told(published, bounds):
    lifetime = lifetime_of(published, bounds)
    assert lifetime in LIFETIMES
    assert bounds.min <= lifetime <= max(bounds.min, bounds.max)


@given(published=CLOSE, bounds=BOUNDS, order=st.randoms(use_true_random=False), later=st.integers(-DAY, DAY))
def test_neither_order_nor_the_date_on_the_calendar_counts(published, bounds, order, later):
    shuffled = [moment + later for moment in published]
    order.shuffle(shuffled)
    assert lifetime_of(shuffled, bounds) == lifetime_of(published, bounds)


@given(published=CLOSE, bounds=BOUNDS)
def test_a_slower_feed_is_never_fresh_for_a_shorter_time(published, bounds):
    assume(len(set(published)) >= 3)
    assert lifetime_of(published, bounds) <= lifetime_of([moment * 2 for moment in published], bounds)


@pytest.mark.parametrize(
    ("gaps", "lifetime"),
    [
        ([HOUR, HOUR, HOUR], 900),
        ([MINUTE, MINUTE], 60),
        ([10 * SECOND, 10 * SECOND], 60),
        ([30 * MINUTE, 30 * MINUTE], 360),  # 450 seconds are no whole part of a day
        ([DAY, DAY], 3600),
        ([365 * DAY, 365 * DAY], 3600),
        ([HOUR, HOUR, HOUR, 365 * DAY], 900),  # one silence is no rhythm
        ([HOUR, HOUR, 10 * DAY, 10 * DAY], 900),
        ([HOUR, 0, 0, 0, 0, HOUR], 900),  # what came together came at once
        ([0] * 10, 3600),
        ([HOUR], 3600),
        ([], 3600),
    ],
)
def test_a_feed_is_fresh_for_a_quarter_of_its_typical_gap(gaps, lifetime):
    moments = [0]
    for gap in gaps:
        moments.append(moments[-1] + gap)
    assert lifetime_of(moments, CacheSettings()) == lifetime


def test_a_feed_without_entries_is_fresh_as_long_as_allowed():
    assert lifetime_of([], CacheSettings(max=7200)) == 7200


def test_the_shortest_lifetime_wins_over_the_longest():
    assert lifetime_of([0, DAY, 2 * DAY], CacheSettings(min=1800, max=600)) == 1800


# --- as readers and caches receive it


def publish(desk, *, every: timedelta, count: int = 5, categories: str = "[red]"):
    """Post at even distances, the last of them at noon of 1 November."""
    for number in range(count):
        moment = desk.clock() - number * every
        desk.post(f"content/{number}.md", date=f"{moment:%Y-%m-%d %H:%M:%S}", categories=categories)
    desk.publish()


def told(desk, address):
    """What each place says of a feed's lifetime, in seconds."""
    client = TestClient(create_app(desk.site, clock=lambda: desk.clock().timestamp()))
    whole = client.get(f"{address}.rss")
    same = client.get(f"{address}.rss", headers={"if-none-match": whole.headers["etag"]})
    assert (whole.status_code, same.status_code) == (200, 304)
    channel = etree.fromstring(whole.content)[0]
    period = {"hourly": 3600, "daily": 86_400}[channel.findtext(f"{SY}updatePeriod")]
    return [
        *(int(reply.headers["cache-control"].partition(",")[0].removeprefix("max-age=")) for reply in (whole, same)),
        int(channel.findtext("ttl")) * 60,
        period // int(channel.findtext(f"{SY}updateFrequency")),
    ]


@pytest.mark.parametrize(("minutes", "lifetime"), [(1, 60), (20, 300), (60, 900), (30, 360), (3000, 3600)])
def test_http_ttl_and_syndication_agree(desk, minutes, lifetime):
    publish(desk, every=timedelta(minutes=minutes))
    assert told(desk, "/feed") == [lifetime] * 4
    assert told(desk, "/category/red") == [lifetime] * 4


def test_they_agree_about_bounds_beyond_the_hour(open_desk):
    desk = open_desk(cache={"min": 5400, "max": 43_200})
    publish(desk, every=timedelta(hours=1))
    assert told(desk, "/feed") == [5400] * 4
    publish(desk, every=timedelta(days=1))
    assert told(desk, "/feed") == [21_600] * 4


def test_every_feed_has_its_own_rhythm(desk):
    publish(desk, every=timedelta(hours=1))
    desk.post("content/rare.md", categories="[blue]", date="2020-01-01 00:00:00")
    desk.publish()
    assert told(desk, "/category/red") == [900] * 4
    assert told(desk, "/category/blue") == [3600] * 4


def test_another_rhythm_has_another_validator(desk):
    publish(desk, every=timedelta(hours=1))
    before = desk.look_up("/feed.rss")
    publish(desk, every=timedelta(minutes=20))
    after = desk.look_up("/feed.rss")
    assert (before.lifetime, after.lifetime) == (900, 300)
    assert before.etag() != after.etag()


def test_time_and_a_restart_change_no_lifetime(desk):
    publish(desk, every=timedelta(hours=1))
    before = desk.look_up("/feed.rss")
    desk.clock.advance(365 * 86_400)
    desk.restart()
    desk.publish()
    after = desk.look_up("/feed.rss")
    assert (after.lifetime, after.etag()) == (before.lifetime, before.etag())


def test_other_bounds_move_every_feed_and_other_stale_times_none(desk):
    publish(desk, every=timedelta(days=1))
    before = desk.etags()
    desk.restart_with(cache={"stale_while_revalidate": 5, "stale_if_error": 7})
    desk.publish()
    assert desk.etags() == before
    desk.restart_with(cache={"max": 1800})
    desk.publish()
    assert not set(desk.etags().values()) & set(before.values())
    assert told(desk, "/feed") == [1800] * 4
