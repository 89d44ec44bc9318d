"""What a build after one change costs does not depend on how many posts and feeds there are."""

import sys
from collections import Counter

import pytest

from feeds.export import Builder

_SEEN: list[Counter] = []


def _listen(name, words):
    if not _SEEN:
        return
    if name == "open" and isinstance(words[0], str) and "public" in words[0] and "sqlite3" not in words[0]:
        _SEEN[-1]["open"] += 1
    elif name in {"os.link", "os.rename", "os.remove", "os.mkdir", "os.rmdir", "os.scandir", "os.listdir", "os.utime"}:
        _SEEN[-1][name] += 1


sys.addaudithook(_listen)  # for good: Python has no way to take one off again


@pytest.fixture
def counted():
    """Count what a block does on the disk."""
    counts = Counter()
    _SEEN.append(counts)
    yield counts
    _SEEN.remove(counts)


def cost_of_a_change(open_desk, tmp_path, posts, counted, heard_by_sqlite, settings):
    """Steps on the disk, and statements to the index, of one build after one edit; the builder has built before."""
    desk = open_desk(tmp_path / f"site{posts}{bool(settings)}", **settings)
    for number in range(posts):
        tags = f"[Tag {number % (posts // 2)}]"
        desk.post(
            f"content/{number}.md",
            title=f"Post {number}",
            tags=tags,
            date=f"2026-{10 if number == 0 else 9}-{number % 28 + 1:02}",
        )
    desk.publish()
    with Builder(desk.site, tmp_path / f"{posts}{bool(settings)}public") as builder:
        builder.build()
        for title in ("Once", "Twice", "Measured"):
            desk.clock.advance(60)
            desk.post("content/0.md", title=title, tags="[Tag 0]", date="2026-10-01")
            run = desk.publish()
            counted.clear()
            with heard_by_sqlite(desk.site.store) as heard:
                built = builder.build(moved=run.moved.keys(), touched=run.touched, entries=run.entries)
    return len(built.written), dict(counted), len(heard.statements)


@pytest.mark.parametrize(
    ("settings", "files"),
    [
        ({}, 8),  # two feeds in three formats, the list of feeds with the newest entry, and the manifest
        ({"pages.feeds": True, "pages.entries": True}, 13),  # a feed's page, two entries', the sitemap and its index
    ],
    ids=["bare", "with pages"],
)
def test_a_change_costs_the_same_at_any_size(open_desk, tmp_path, counted, heard_by_sqlite, settings, files):
    small, middle, large = (
        cost_of_a_change(open_desk, tmp_path, posts, counted, heard_by_sqlite, settings) for posts in (60, 120, 360)
    )
    assert small == middle == large
    assert small[0] == files
    assert small[1]["os.link"] <= 2 * files


def files_of_a_new_entry(open_desk, tmp_path, tags):
    """Paths that one build writes after a new entry with a tag in the middle of the list of so many."""
    desk = open_desk(tmp_path / f"site{tags}")
    for number in range(tags):
        desk.post(f"content/{number}.md", tags=f"[Tag {number:03}]", date=f"2026-08-{number % 28 + 1:02}")
    desk.publish()
    with Builder(desk.site, tmp_path / f"{tags}public") as builder:
        builder.build()
        desk.post("content/new.md", title="News", tags="[Tag 025]", date="2026-09-30")
        run = desk.publish()
        return builder.build(moved=run.moved.keys(), touched=run.touched).written


def test_a_new_entry_writes_the_same_files_beside_however_many_feeds(open_desk, tmp_path):
    small, large = (files_of_a_new_entry(open_desk, tmp_path, tags) for tags in (60, 180))
    feeds = {f"{name}.{format_}" for name in ("feed", "tag/Tag_025") for format_ in ("atom", "json", "rss")}
    assert {*small} == {*large} == {*feeds, "feeds.json", "index.html", "manifest.json"}


def test_the_first_change_finds_the_spare_tree_ready(open_tree, counted):
    tree = open_tree()
    links = []
    with Builder(tree.desk.site, tree.output) as builder:
        builder.build()
        for title in ("Once", "Twice"):
            builder.get_ready()
            tree.desk.clock.advance(60)
            tree.desk.post("content/fog.md", title=title, categories="[Weather]", date="2026-10-02 08:00:00")
            moved = tree.desk.publish().moved.keys()
            counted.clear()
            assert builder.build(moved=moved).written
            links.append(counted["os.link"])
            assert tree.is_whole()
    assert links == [0, 0]
