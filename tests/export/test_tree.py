import os
import re
import stat

import pytest

from feeds.errors import FeedsError
from feeds.export import Builder
from feeds.export.beside import making_beside
from feeds.export.leaves import Writer
from feeds.export.naming import case_twins, file_of
from feeds.library import CODINGS, parse_leaf
from feeds.model import FeedKey

SUFFIXES = {"identity": "", "br": ".br", "gzip": ".gz", "zstd": ".zst"}


def test_every_feed_is_there_in_every_format_under_its_readable_name(tree):
    built = tree.build()
    assert [path for path in tree.paths() if path.startswith("category/")] == [
        "category/Weather.atom",
        "category/Weather.json",
        "category/Weather.rss",
        "category/新京报.atom",
        "category/新京报.json",
        "category/新京报.rss",
    ]
    assert {"feed.atom", "feed.css", "index.html", "manifest.json", "sources.opml"} <= set(tree.paths())
    assert sorted(built.written) == tree.paths()


def test_the_icons_that_feeds_name_are_there(open_tree):
    tree = open_tree()
    tree.build()
    drawn = {"icon.svg", "icon-64.png", "icon-144.png", "icon-180.png", "icon-512.png"}
    assert drawn <= set(tree.paths())
    own = open_tree("own", site={"icon": "/icon.png"})
    (own.desk.folder / "icon.png").write_bytes(b"a picture")
    own.build()
    assert own.read("icon.png") == b"a picture"
    assert drawn.isdisjoint(own.paths())


def test_an_icon_that_the_sites_generator_brings_along_is_left_to_it(open_tree):
    tree = open_tree(site={"icon": "/icon.png"})
    (tree.desk.folder / "icon.png").write_bytes(b"a picture")
    (tree.desk.folder / "_config.yml").write_text("title: Tides")
    tree.build()
    assert "icon.png" not in tree.paths()


@pytest.mark.parametrize("coding", CODINGS)
def test_files_hold_what_the_server_sends_in_each_coding(open_tree, coding):
    tree = open_tree(build={"codings": ["br", "gzip", "zstd"]})
    tree.build()
    for listed in tree.desk.site.library.listing():
        for suffix in ("atom", "rss", "json"):
            address = f"{listed.address}.{suffix}"
            rendition = tree.desk.site.library.fill(tree.desk.look_up(address), coding)
            assert tree.read(address[1:] + SUFFIXES[coding]) == rendition.body(coding)


def test_the_manifest_tells_of_every_file_but_itself(open_tree):
    tree = open_tree(build={"codings": ["gzip"]})
    tree.build()
    assert tree.is_whole()
    manifest = tree.manifest()
    plain, coded = manifest["category/Weather.rss"], manifest["category/Weather.rss.gz"]
    assert plain["media_type"] == coded["media_type"] == "application/rss+xml; charset=utf-8"
    assert (plain["coding"], coded["coding"]) == ("identity", "gzip")
    assert plain["last_change"] == coded["last_change"] == "2026-10-02T08:00:00Z"


def test_equal_sites_give_equal_trees(open_tree, clock):
    one = open_tree("here")
    one.build()
    clock.advance(86_400)
    other = open_tree("there")
    other.build()
    assert one.paths() == other.paths()
    assert all(one.read(path) == other.read(path) for path in one.paths())


def test_a_second_build_writes_nothing(tree):
    tree.build()
    before = tree.looks()
    again = tree.build()
    assert (again.written, again.removed, again.unchanged) == ((), (), len(before) - 1)
    assert tree.looks() == before


def test_an_edit_writes_the_files_of_its_feeds_and_no_others(tree):
    tree.build()
    before = tree.looks()
    tree.desk.clock.advance(60)
    tree.desk.post("content/fog.md", title="Thick fog", categories="[Weather]", date="2026-10-02 08:00:00")
    tree.desk.publish()
    built = tree.build()
    feeds = [f"{name}.{suffix}" for name in ("category/Weather", "feed") for suffix in ("atom", "json", "rss")]
    assert sorted(built.written) == sorted([*feeds, "index.html", "manifest.json"])
    touched = [path for path, look in tree.looks().items() if look != before[path]]
    assert sorted(touched) == sorted(built.written)
    assert tree.is_whole()


def test_many_edits_leave_the_other_files_as_they_were_at_first(tree):
    tree.build()
    before = tree.looks()
    for number in range(5):
        tree.desk.clock.advance(60)
        tree.desk.post("content/ferry.md", title=f"Ferry {number}", categories="[新京报]", date="2026-10-03 08:00:00")
        tree.desk.publish()
        tree.build()
        assert tree.is_whole()
        assert b"Ferry %d" % number in tree.read("category/新京报.rss")
    after = tree.looks()
    assert {path for path in before if after[path] == before[path]} == {
        path
        for path in before
        if not path.startswith(("category/新京报", "feed.atom", "feed.json", "feed.rss", "index", "man"))
    }


def test_files_have_the_time_at_which_their_feed_last_changed(tree):
    tree.build()
    for path in ("feed.atom", "category/Weather.json"):
        assert (tree.output / path).stat().st_mtime == tree.desk.look_up(f"/{path}").last_modified


def test_files_of_feeds_that_are_no_more_are_removed(tree):
    tree.build()
    tree.desk.restart_with(feeds={"retired": ["/category/Weather"]})
    tree.desk.publish()
    built = tree.build()
    assert built.removed == ("category/Weather.atom", "category/Weather.json", "category/Weather.rss")
    assert tree.is_whole()


def test_a_folder_that_becomes_empty_goes(tree):
    tree.build()
    tree.desk.restart_with(feeds={"retired": ["/tag/Harbours"]})
    tree.desk.publish()
    tree.build()
    assert not (tree.output / "tag").exists()


def test_a_build_holds_the_feeds_that_the_settings_choose(open_tree):
    tree = open_tree(build={"feeds": ["/feed", "/category/Weather"]})
    tree.build()
    assert [path for path in tree.paths() if path.endswith(".rss")] == ["category/Weather.rss", "feed.rss"]
    assert "新京报".encode() not in tree.read("index.html")
    assert tree.is_whole()


def test_two_builds_hold_two_choices_of_one_site(open_tree):
    tree = open_tree(build={"feeds": ["/category/*"]})
    tree.build()
    assert [path for path in tree.paths() if path.endswith(".rss")] == ["category/Weather.rss", "category/新京报.rss"]
    tree.desk.restart_with(build={"feeds": ["/tag/*"]})
    tree.output = tree.output.with_name("other")
    tree.build()
    assert [path for path in tree.paths() if path.endswith(".rss")] == ["tag/Harbours.rss"]


def test_a_dry_run_names_the_files_and_writes_none(tree):
    built = tree.build(is_dry=True)
    assert not tree.output.exists()
    assert sorted(built.written) == sorted(tree.build().written) == tree.paths()
    tree.desk.restart_with(feeds={"retired": ["/tag/Harbours"]})
    tree.desk.publish()
    before = tree.looks()
    assert tree.build(is_dry=True).removed == ("tag/Harbours.atom", "tag/Harbours.json", "tag/Harbours.rss")
    assert tree.looks() == before


def test_progress_ends_with_all_documents(tree):
    seen = []
    tree.build(progress=lambda *counts: seen.append(counts))
    assert seen[-1][0] == seen[-1][1] == len(seen)


def test_the_page_of_each_entry_is_a_file_that_servers_find(open_tree):
    tree = open_tree(pages={"entries": True})
    tree.desk.post("content/later.md", date="2099-01-01 08:00:00")
    tree.desk.publish()
    tree.build()
    assert [path for path in tree.paths() if path.startswith("entry/")] == [
        "entry/ferry/index.html",
        "entry/fog/index.html",
        "entry/storm/index.html",
    ]
    assert (
        tree.read("entry/fog/index.html")
        == tree.desk.site.library.pages.look_up("/entry/fog/", leads_to_pages=False).body()
    )
    assert tree.is_whole()


def test_pages_that_link_to_a_changed_entry_are_made_again(open_tree):
    tree = open_tree(pages={"entries": True})
    tree.build()
    tree.desk.post("content/storm.md", title="Flood", categories="[Weather]", tags="[Harbours]")
    tree.desk.publish()
    written = [path for path in tree.build().written if path.startswith("entry/")]
    assert written == ["entry/fog/index.html", "entry/storm/index.html"]
    tree.desk.delete("content/storm.md")
    tree.desk.publish()
    built = tree.build()
    assert "entry/storm/index.html" in built.removed
    assert "entry/fog/index.html" in built.written
    assert tree.is_whole()


def test_one_builder_follows_the_feeds_that_moved(tree):
    with Builder(tree.desk.site, tree.output) as builder:
        builder.build()
        tree.desk.clock.advance(60)
        tree.desk.post("content/fog.md", title="Thick fog", categories="[Fog]", date="2026-10-02 08:00:00")
        run = tree.desk.publish()
        built = builder.build(moved=run.moved.keys())
    assert "category/Fog.atom" in built.written
    assert tree.is_whole()
    assert tree.build().written == ()


@pytest.mark.parametrize(
    "address", ["/../x.rss", "/tag/../../x.rss", "/tag/..", "//etc/passwd", "", "/tag/a\0.rss", "/tag/a\\b.rss"]
)
def test_an_address_that_leaves_the_folder_is_refused(address):
    with pytest.raises(FeedsError):
        file_of(address)


@pytest.mark.parametrize("address", ["/feed.rss", "/tag/....rss", "/tag/..rss", "/tag/a..b.rss"])
def test_any_other_address_lies_in_the_folder(address):
    assert file_of(address) == address[1:]


def test_others_may_read_the_files_as_the_umask_allows(tree):
    old = os.umask(0o022)
    try:
        tree.build()
    finally:
        os.umask(old)
    assert stat.S_IMODE((tree.output / "feed.rss").stat().st_mode) == 0o644
    assert stat.S_IMODE(tree.output.stat().st_mode) == 0o755


def test_feeds_that_differ_only_by_case_are_found():
    assert case_twins(["/tag/AI", "/tag/b", "/tag/ai", "/tag/straße", "/tag/STRASSE"]) == (
        ("/tag/AI", "/tag/ai"),
        ("/tag/straße", "/tag/STRASSE"),
    )


def test_every_feed_has_its_page_where_the_settings_ask_for_it(open_tree):
    tree = open_tree(pages={"feeds": True, "entries": True})
    for number in range(40):
        tree.desk.post(
            f"content/more{number}.md", categories="[Weather]", date=f"2026-09-{number % 28 + 1:02} 08:00:00"
        )
    tree.desk.publish()
    tree.build()
    address, found = "/category/Weather/", []
    while address:
        page = tree.read(file_of(address)).decode()
        assert "<form" not in page
        found += re.findall(r'<li class="item"[^>]*>\n<h3><a href="([^"]+)"', page)
        address = next(iter(re.findall(r'<a rel="next" href="([^"]+)"', page)), None)
    assert len(found) == len(set(found)) > 40
    assert b'href="/category/Weather/"' in tree.read("index.html")
    assert b'href="/category/Weather/"' in tree.read("entry/fog/index.html")
    assert tree.build().written == ()


def test_a_list_of_many_feeds_is_several_files(open_tree):
    tree = open_tree()
    for number in range(60):
        tree.desk.post(f"content/more{number}.md", tags=f"[Tag {number}]", date="2026-09-01 08:00:00")
    tree.desk.publish()
    tree.build()
    assert b'href="/list/2/"' in tree.read("index.html")
    assert b"/tag/Tag_" in tree.read("list/2/index.html")
    assert b"?page" not in tree.read("index.html")


def test_pages_that_another_process_makes_are_those_of_this_one(open_tree, tmp_path):
    tree = open_tree(pages={"feeds": True, "entries": True})
    for number in range(40):
        tree.desk.post(f"content/more{number}.md", tags="[Tag]", date=f"2026-09-{number % 28 + 1:02}")
    tree.desk.publish()
    tree.build()
    pages = [
        path for path in tree.paths() if path.startswith(("entry/", "tag/", "category/")) and path.endswith("html")
    ]
    make = making_beside(tree.desk.folder, tree.desk.settings, Writer(staging=tmp_path / "beside"))
    made = make([(f"/{path.removesuffix('index.html')}", "a state") for path in pages])
    assert [(one.state, [leaf.path for leaf in one.leaves]) for one in made] == [("a state", [path]) for path in pages]
    assert len(pages) > 45
    for path in pages:
        assert (tmp_path / "beside" / path).read_bytes() == tree.read(path)


def test_all_pages_of_a_feed_stand_as_each_would_by_itself(open_tree):
    desk = open_tree(pages={"feeds": True}).desk
    for number in range(75):
        desk.post(f"content/more{number}.md", tags="[Tag]", date=f"2026-09-{number % 28 + 1:02}")
    for number in range(20):  # the first page holds from 15 to 29 entries
        desk.post(f"content/another{number}.md", tags="[Tag]", date="2026-10-01")
        desk.publish()
        leaves = desk.site.library.leaves
        (standings,) = leaves.standings({FeedKey("tag", "Tag")}).values()
        assert [leaves.look_up(parse_leaf(one.address)).name for one in standings] == [one.state for one in standings]
        assert len(standings) >= 5
        oldest = leaves.look_up(parse_leaf(standings[-1].address)).body()
        assert b'rel="prev"' in oldest
        assert b'rel="next"' not in oldest
