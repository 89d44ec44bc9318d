"""Posts in a folder of their own: their feeds, and the feeds that they keep out of."""

import json
from datetime import UTC, datetime, timedelta

import pytest

from feeds.model import FeedKey

NOON = datetime(2026, 11, 1, 12, tzinfo=UTC)
CHANGES = {"name": "changes", "folder": "log"}


@pytest.fixture
def open_log(open_desk):
    """One post, and two of a collection, the second in a category."""

    def open_(*, apart=True, **settings):
        desk = open_desk(collection=[CHANGES | {"apart": apart}], **settings)
        desk.post("content/storm.md", title="Storm", date="2026-10-03", tags="[wind]")
        desk.post("log/first.md", title="First", date="2026-10-01", author="Ann", tags="[wind]")
        desk.post("log/second.md", title="Second", date="2026-10-02", categories="[Local News]")
        desk.publish()
        return desk

    return open_


def titles(desk, address):
    return [item["title"] for item in json.loads(desk.read(f"{address}.json"))["items"]]


def test_a_collection_has_a_feed_and_each_of_its_categories_another(open_log):
    desk = open_log()
    assert titles(desk, "/collection/changes") == ["Second", "First"]
    assert titles(desk, "/collection/changes/Local_News") == ["Second"]


def test_what_is_apart_is_in_no_feed_of_the_site_its_categories_and_its_tags(open_log):
    desk = open_log()
    assert titles(desk, "/feed") == titles(desk, "/tag/wind") == ["Storm"]
    assert desk.look_up("/category/Local_News.atom") is None
    assert titles(desk, "/author/Ann") == ["First"]  # who reads an author wants all of it


def test_what_is_not_apart_is_in_both(open_log):
    desk = open_log(apart=False)
    assert titles(desk, "/feed") == ["Storm", "Second", "First"]
    assert titles(desk, "/category/Local_News") == ["Second"]
    assert titles(desk, "/collection/changes") == ["Second", "First"]


def test_a_change_of_an_apart_post_moves_its_own_feeds_alone(open_log):
    desk = open_log()
    before = desk.etags()
    desk.post("log/second.md", title="Second, mended", date="2026-10-02", categories="[Local News]")
    desk.clock.advance(60)
    desk.publish()
    moved = {key for key, tag in desk.etags().items() if before[key] != tag}
    assert moved == {FeedKey("collection", "changes"), FeedKey("collection", "changes/Local News")}


def test_settings_that_put_posts_apart_move_them_at_the_next_run(open_log):
    desk = open_log(apart=False)
    desk.restart_with(collection=[CHANGES])
    desk.publish()
    assert titles(desk, "/feed") == ["Storm"]


def test_a_feed_of_a_collection_may_have_settings_of_its_own(open_log):
    own = {"address": "/collection/changes/Local News", "title": "Changes nearby", "window": 1}
    desk = open_log(feed=[own, {"address": "/collection/changes", "slug": "log"}])
    assert json.loads(desk.read("/collection/changes/Local_News.json"))["title"] == "Changes nearby · Example"
    assert titles(desk, "/collection/log") == ["Second", "First"]


def test_the_raw_name_leads_to_the_feed(open_log):
    library = open_log().site.library
    assert library.redirect("/collection/changes/Local News.rss") == "/collection/changes/Local_News.rss"
    assert library.redirect("/collection/changes/a/b.rss") is None


@pytest.mark.parametrize(
    "path", ["/collection/changes/.atom", "/collection//Local_News.atom", "/collection/x/y/z.atom"]
)
def test_what_no_feed_can_be_called_is_none(open_log, path):
    assert open_log().look_up(path) is None


def test_every_entry_has_its_page_and_neighbours_of_its_own_kind(open_log):
    pages = open_log(pages={"entries": True}).site.library.pages
    assert list(pages.addresses()) == ["/entry/storm/", "/entry/second/", "/entry/first/"]
    page = pages.look_up("/entry/second/").body().decode()
    assert "/entry/first/" in page
    assert "/entry/storm/" not in page


def test_of_a_kind_of_which_some_are_wanted_the_others_are_not_there(open_desk):
    desk = open_desk(feeds={"only": ["/tag/wind"]})
    desk.post("content/a.md", tags="[wind, fog]", categories="[News]")
    desk.publish()
    assert [listed.address for listed in desk.site.library.listing()] == ["/feed", "/category/News", "/tag/wind"]
    assert desk.look_up("/tag/fog.atom") is None
    assert not desk.site.library.is_retired("/tag/fog.atom")


def test_every_page_is_told_with_its_change_and_the_newest_first_where_so_asked(open_log):
    pages = open_log(pages={"entries": True}).site.library.pages
    assert {pages.address_of(id_) for id_, _ in pages.changes()} == {"/entry/storm/", "/entry/second/", "/entry/first/"}
    newest = pages.since(NOON - timedelta(days=60), most=2)
    assert [address for address, _ in newest] == ["/entry/storm/", "/entry/second/"]
