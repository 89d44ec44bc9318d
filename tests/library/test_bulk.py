"""All feeds at once: the same bytes as one by one, in however many processes."""

from copy import copy

import pytest

from feeds.crew import DeclinedError
from feeds.library import CODINGS, bulk
from feeds.model import FORMATS, FeedKey


def one_by_one(desk, *, codings=()):
    library, made = desk.site.library, {}
    for listed in library.listing():
        for format_ in FORMATS:
            rendition = library.look_up(f"{listed.address}.{format_}")
            for coding in ("identity", *codings):
                rendition = library.fill(rendition, coding)
            made[rendition.address] = rendition
    return made


def write_posts(desk, number=60):
    for one in range(number):
        desk.post(
            f"content/{one}.md",
            title=f"Post {one} <&>",
            date=f"2026-10-{one % 28 + 1:02} 08:00:00",
            categories=f"category{one % 30}",
            tags=f"[tag{one % 7}, all]",
            source=f"The {one % 5} Gazette",
        )
    desk.publish()


@pytest.mark.parametrize("processes", [1, 2])
def test_every_rendition_is_what_it_is_when_asked_for_alone(open_desk, processes):
    desk = open_desk(feeds={"window": 9}, feed=[{"address": "/tag/all", "content": "summary", "window": 3}])
    write_posts(desk)
    expected = one_by_one(desk, codings=CODINGS)
    made = {one.address: one for one in desk.site.library.each(copy, codings=CODINGS, processes=processes)}
    assert made == expected
    assert all(set(one.bodies) == set(CODINGS) for one in made.values())


def test_only_the_feeds_asked_for_are_made(desk):
    write_posts(desk, 8)
    wanted = {FeedKey("tag", "tag1"), FeedKey("category", "category2")}
    made = [one.address for one in desk.site.library.each(copy, keys=wanted, formats=("rss",))]
    assert sorted(made) == ["/category/category2.rss", "/tag/tag1.rss"]


def test_a_standing_names_the_state_that_the_bytes_have(desk):
    write_posts(desk, 8)
    standings = {one.key: one for one in desk.site.library.standings()}
    assert standings.keys() == {listed.key for listed in desk.site.library.listing()}
    for one in desk.site.library.each(copy):
        standing = standings[one.key]
        assert (standing.state, standing.last_modified) == (one.state, one.last_modified)
        assert one.address == f"{standing.address}.{one.format}"


def test_all_feeds_stand_as_they_did_when_the_first_was_made(desk):
    write_posts(desk)
    expected = {address: one.body() for address, one in one_by_one(desk).items()}
    renditions = desk.site.library.each(copy, processes=2)
    made = [next(renditions)]
    desk.post("content/3.md", title="Changed meanwhile", categories="category3")
    desk.publish()
    made += renditions
    assert {one.address: one.body() for one in made} == expected


def test_a_process_that_sees_a_later_index_declines(desk):
    write_posts(desk, 3)
    with desk.site.store.reading() as reader:
        rows = reader.every_feed()
    desk.post("content/1.md", title="Changed meanwhile", categories="category1")
    desk.publish()
    wanted = bulk.Wanted(settings=desk.settings, authority="example.com,2026", formats=FORMATS, codings=())
    with pytest.raises(DeclinedError):
        bulk.making_beside(wanted, desk.site.store.state, copy)(rows)
