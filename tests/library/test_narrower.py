"""Narrower feeds: `?limit=N` and `?content=…`, each with one canonical address and validators of its own."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeds.library import WHOLE, Narrowing, parse_query


@pytest.mark.parametrize(
    ("query", "narrowing"),
    [
        ("", WHOLE),
        ("limit=10", Narrowing(limit=10)),
        ("content=title&limit=3", Narrowing(limit=3, content="title")),
        ("limit=0", Narrowing(limit=1)),
        ("limit=000007", Narrowing(limit=7)),
        ("limit=99999", Narrowing(limit=5000)),
        ("limit=-3", WHOLE),
        ("limit=٣", WHOLE),
        ("limit=ten&content=everything", WHOLE),
        ("utm_source=x&limit=5&_=1700000000", Narrowing(limit=5)),
        ("limit=5&limit=6", Narrowing(limit=6)),
    ],
)
def test_a_query_is_read_and_what_is_unknown_or_unreadable_is_ignored(query, narrowing):
    assert parse_query(query) == narrowing


@given(
    st.builds(Narrowing, st.none() | st.integers(1, 5000), st.none() | st.sampled_from(["full", "summary", "title"]))
)
def test_the_canonical_query_means_what_it_was_made_from(narrowing):
    assert parse_query(narrowing.query.removeprefix("?")) == narrowing


@given(st.text())
def test_no_query_is_too_odd_to_be_read(query):
    assert parse_query(query).limit is None or parse_query(query).limit in range(1, 5001)


@pytest.fixture
def filled(open_desk):
    desk = open_desk(feeds={"window": 5, "content": "summary"})
    for day in range(1, 8):
        desk.post(
            f"content/p{day}.md",
            f"Day {day}",
            date=f"2026-10-0{day}",
            tags="[x]",
            description=f"What day {day} brought.",
        )
    desk.publish()
    return desk


def narrowed(desk, path, query):
    rendition = desk.site.library.look_up(path, parse_query(query))
    return desk.site.library.fill(rendition)


def titles(rendition):
    return [item["title"] for item in json.loads(rendition.body())["items"]]


def test_a_limit_gives_the_newest_entries(filled):
    assert titles(narrowed(filled, "/feed.json", "limit=2")) == ["Day 7", "Day 6"]


@pytest.mark.parametrize("query", ["limit=5", "limit=5000", "content=full", "content=summary", "limit=9&content=full"])
def test_what_would_widen_a_feed_is_the_feed_itself(filled, query):
    whole = filled.look_up("/tag/x.json")
    assert filled.site.library.look_up("/tag/x.json", parse_query(query)) is whole


def test_equal_questions_share_one_rendition_whatever_else_they_say(filled):
    first = narrowed(filled, "/feed.rss", "limit=3&content=title")
    assert narrowed(filled, "/feed.rss", "content=title&utm_medium=feed&limit=03") is first


def test_a_narrower_feed_says_its_own_address_and_has_its_own_validators(filled):
    rendition = narrowed(filled, "/feed.json", "content=title&limit=3")
    assert json.loads(rendition.body())["feed_url"] == "https://example.com/feed.json?limit=3&content=title"
    assert '<https://example.com/feed.atom?limit=3&content=title>; rel="alternate"' in rendition.links
    assert rendition.etag() != filled.look_up("/feed.json").etag()


def test_titles_alone_carry_no_text(filled):
    assert b"What day" in filled.read("/feed.rss")
    assert b"What day" not in narrowed(filled, "/feed.rss", "content=title").body()


def test_an_edit_below_the_limit_moves_the_feed_and_not_the_narrower_one(filled):
    def tags():
        return narrowed(filled, "/feed.json", "limit=2").etag(), filled.look_up("/feed.json").etag()

    before = tags()
    filled.post("content/p4.md", "Day 4, again", date="2026-10-04", tags="[x]")
    filled.publish()
    after = tags()
    assert after[0] == before[0]
    assert after[1] != before[1]


def test_a_window_of_hours_can_be_limited_below_and_above_its_count(open_desk):
    desk = open_desk(feeds={"window": 2, "hours": 72})
    for day in range(1, 8):
        desk.post(f"content/p{day}.md", f"Day {day}", date=f"2026-10-0{day}")
    desk.publish()
    assert titles(narrowed(desk, "/feed.json", "")) == ["Day 7", "Day 6", "Day 5", "Day 4"]
    assert titles(narrowed(desk, "/feed.json", "limit=3")) == ["Day 7", "Day 6", "Day 5"]
    assert titles(narrowed(desk, "/feed.json", "limit=300")) == ["Day 7", "Day 6", "Day 5", "Day 4"]
