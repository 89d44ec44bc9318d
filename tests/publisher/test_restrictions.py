"""What the settings forbid of one source holds in every feed in which it appears, and nowhere else."""

import pytest

from feeds.model import FeedKey

BODY = "第一段说明了情况。\n\n第二段只有全文才有。\n\n（文章来源：{}）"


@pytest.fixture
def newswire(open_desk):
    desk = open_desk()
    desk.post("content/a.md", body=BODY.format("新京报"), categories="gangkou", tags="航运")
    desk.post("content/b.md", body=BODY.format("晨报"), categories="gangkou", tags="天气")
    desk.post("content/c.md", body=BODY.format("晨报"), categories="tianqi", tags="天气")
    desk.publish()
    return desk


def moved_between(before, after):
    return {key for key in before if before[key] != after.get(key)}


THE_FEEDS_OF_A = {
    FeedKey("site", ""),
    FeedKey("category", "gangkou"),
    FeedKey("tag", "航运"),
    FeedKey("source", "新京报"),
}


@pytest.mark.parametrize("content", ["summary", "title"])
def test_restricting_a_source_changes_every_feed_it_is_in_and_nothing_else(newswire, clock, content):
    before = newswire.etags()
    others = {
        address: newswire.read(address) for address in ("/category/tianqi.atom", "/tag/天气.rss", "/source/晨报.json")
    }
    clock.advance(60)
    newswire.restart_with(source=[{"name": "新京报", "content": content}])
    newswire.publish()
    assert moved_between(before, newswire.etags()) == THE_FEEDS_OF_A
    for address, body in others.items():
        assert newswire.read(address) == body
    shared = newswire.read("/category/gangkou.atom").decode()
    assert shared.count("第二段") == 1  # of b
    for address in ("/feed.rss", "/tag/航运.json", "/source/新京报.atom"):
        assert "Source: 新京报" in newswire.read(address).decode()
    assert "第二段" not in newswire.read("/source/新京报.atom").decode()


def test_a_restriction_does_not_make_an_entry_look_updated(newswire, clock):
    before = {entry.path: entry.updated for entry in newswire.site.store.all_entries()}
    clock.advance(3600)
    newswire.restart_with(source=[{"name": "新京报", "content": "summary"}], attribution={"drop_source_line": True})
    newswire.publish()
    assert {entry.path: entry.updated for entry in newswire.site.store.all_entries()} == before


def test_a_source_that_may_not_be_republished_leaves_all_feeds_and_comes_back(newswire, clock):
    before = newswire.etags()
    clock.advance(60)
    newswire.restart_with(source=[{"name": "新京报", "republish": False}])
    newswire.publish()
    assert "content/a.md" not in {entry.path for entry in newswire.site.store.all_entries()}
    assert ("content/a.md", "source-withheld") in newswire.codes()
    assert moved_between(before, newswire.etags()) >= THE_FEEDS_OF_A - {
        FeedKey("tag", "航运"),
        FeedKey("source", "新京报"),
    }
    clock.advance(60)
    newswire.restart_with()
    newswire.publish()
    assert newswire.etags() == before
    assert newswire.codes() == []


def test_settings_that_no_entry_shows_move_no_feed(newswire, clock):
    before = newswire.etags()
    clock.advance(60)
    newswire.restart_with(
        source=[{"name": "无人", "content": "none"}], attribution={"require": "error", "templates": {"cy": "{source}"}}
    )
    run = newswire.publish()
    assert newswire.etags() == before
    assert not run.moved


def test_what_only_the_report_asks_for_reads_no_post_again(newswire):
    newswire.restart_with(attribution={"require": "error"})
    assert newswire.publish().read == 0
