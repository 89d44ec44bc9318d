import json
import os
import stat

import pytest

from feeds.errors import FeedsError
from feeds.export.tree import build, case_twins, inside, write
from feeds.library import Listed
from feeds.model import SITE, FeedKey
from feeds.render.html import Templates
from feeds.settings import load_settings


class Printed:
    def __init__(self, body):
        self._body = body

    def body(self):
        return self._body


class NoPages:
    def addresses(self):
        return ()


class Shelf:
    templates = Templates()
    """Feeds by readable address."""

    def __init__(self, **texts):
        self.pages = NoPages()
        self.texts = {"/feed": "site"} | texts

    def listing(self):
        return tuple(
            Listed(key=self._key(address), title=address, address=address, count=1, newest=None)
            for address in self.texts
        )

    def _key(self, address):
        return SITE if address == "/feed" else FeedKey(*address.removeprefix("/").split("/", 1))

    def look_up(self, path):
        address, _, form = path.rpartition(".")
        return Printed(f"{form} {self.texts[address]}".encode())

    def fill(self, rendition):
        return rendition


@pytest.fixture
def settings(tmp_path):
    return load_settings(tmp_path)


def tree(folder):
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())


def test_every_feed_is_there_in_every_format_under_its_readable_name(tmp_path, settings):
    built = build(Shelf(**{"/category/新京报": "beijing"}), tmp_path / "out", settings=settings)
    assert tree(tmp_path / "out") == [
        "authors.opml",
        "categories.opml",
        "category/新京报.atom",
        "category/新京报.json",
        "category/新京报.rss",
        "feed.atom",
        "feed.css",
        "feed.json",
        "feed.rss",
        "feeds.json",
        "index.html",
        "opml.xml",
        "pages.css",
        "robots.txt",
        "sources.json",
        "sources.opml",
        "tags.opml",
    ]
    assert (tmp_path / "out/category/新京报.rss").read_text() == "rss beijing"
    assert (built.written, built.unchanged) == (17, 0)


def test_the_lists_of_sources_lead_to_their_feeds(tmp_path, settings):
    build(Shelf(**{"/source/新京报": "beijing", "/tag/a": "a"}), tmp_path / "out", settings=settings)
    (line,) = json.loads((tmp_path / "out/sources.json").read_text())
    assert line["feeds"]["rss"] == "http://127.0.0.1:8000/source/%E6%96%B0%E4%BA%AC%E6%8A%A5.rss"
    opml = (tmp_path / "out/sources.opml").read_text()
    assert opml.count("<outline ") == 1
    assert line["feeds"]["rss"] in opml


def test_a_second_build_touches_only_what_has_changed(tmp_path, settings):
    shelf, out = Shelf(**{"/tag/a": "old", "/tag/b": "same"}), tmp_path / "out"
    build(shelf, out, settings=settings)
    before = {path: (out / path).stat() for path in tree(out)}
    shelf.texts["/tag/a"] = "new"
    built = build(shelf, out, settings=settings)
    assert (built.written, built.unchanged) == (3, 17)
    touched = [path for path in tree(out) if (out / path).stat().st_ino != before[path].st_ino]
    assert touched == ["tag/a.atom", "tag/a.json", "tag/a.rss"]


def test_a_change_of_the_same_length_is_a_change(tmp_path, settings):
    shelf = Shelf()
    build(shelf, tmp_path / "out", settings=settings)
    shelf.texts["/feed"] = "etis"
    build(shelf, tmp_path / "out", settings=settings)
    assert (tmp_path / "out/feed.rss").read_text() == "rss etis"


def test_progress_ends_with_all_files(tmp_path, settings):
    seen = []
    build(Shelf(), tmp_path / "out", settings=settings, progress=lambda *counts: seen.append(counts))
    assert seen[-1] == (14, 14)


@pytest.mark.parametrize(
    "address", ["/../x.rss", "/tag/../../x.rss", "/tag/..", "//etc/passwd", "/", "", "/tag/a\0.rss", "/tag/a\\b.rss"]
)
def test_an_address_that_leaves_the_folder_is_refused(tmp_path, address):
    with pytest.raises(FeedsError):
        inside(tmp_path, address)


@pytest.mark.parametrize("address", ["/feed.rss", "/tag/....rss", "/tag/..rss", "/tag/a..b.rss"])
def test_any_other_address_lies_in_the_folder(tmp_path, address):
    assert inside(tmp_path, address).is_relative_to(tmp_path)
    assert ".." not in inside(tmp_path, address).parts


def test_a_symbolic_link_does_not_lead_out_of_the_folder(tmp_path):
    home, elsewhere = tmp_path / "out", tmp_path / "elsewhere"
    home.mkdir()
    elsewhere.mkdir()
    (home / "tag").symlink_to(elsewhere)
    with pytest.raises(FeedsError):
        write(home, "/tag/a.rss", b"x")
    assert tree(elsewhere) == []


def test_a_file_that_cannot_be_written_is_told_with_its_name_and_leaves_no_half(tmp_path, settings):
    (tmp_path / "out/feed.rss").mkdir(parents=True)
    with pytest.raises(FeedsError, match="feed"):
        build(Shelf(), tmp_path / "out", settings=settings)
    assert not [path for path in tree(tmp_path / "out") if "part" in path]


def test_an_output_that_is_a_file_is_the_operators_mistake(tmp_path, settings):
    (tmp_path / "out").write_text("x")
    with pytest.raises(FeedsError, match="out"):
        build(Shelf(), tmp_path / "out", settings=settings)


def test_others_may_read_the_files_as_the_umask_allows(tmp_path):
    old = os.umask(0o022)
    try:
        write(tmp_path, "/feed.rss", b"x")
    finally:
        os.umask(old)
    assert stat.S_IMODE((tmp_path / "feed.rss").stat().st_mode) == 0o644


def test_feeds_that_differ_only_by_case_are_found():
    assert case_twins(["/tag/AI", "/tag/b", "/tag/ai", "/tag/straße", "/tag/STRASSE"]) == (
        ("/tag/AI", "/tag/ai"),
        ("/tag/straße", "/tag/STRASSE"),
    )


def test_they_are_told_where_case_does_not_count(tmp_path, settings):
    shelf = Shelf(**{"/tag/AI": "a", "/tag/ai": "b"})
    assert build(shelf, tmp_path / "sensitive", settings=settings).notes == ()
    out = tmp_path / "insensitive"
    out.mkdir()
    (out / "INDEX.HTML").touch()  # what such a file system would answer after index.html is written
    (note,) = build(shelf, out, settings=settings).notes
    assert "/tag/AI and /tag/ai" in note


def test_the_page_of_each_entry_is_a_file_that_servers_find(open_desk, tmp_path):
    desk = open_desk(pages={"entries": True})
    desk.post("content/first storm.md", title="Storm")
    desk.post("content/b.md")
    desk.post("content/later.md", date="2099-01-01 08:00:00")
    desk.publish()
    output = tmp_path / "out"
    built = build(desk.site.library, output, settings=desk.settings)
    assert [path for path in tree(output) if path.startswith("entry/")] == [
        "entry/b/index.html",
        "entry/first_storm/index.html",
    ]
    page = desk.site.library.pages.look_up("/entry/first_storm/")
    assert (output / "entry/first_storm/index.html").read_bytes() == page.body()
    assert built.written == len(tree(output))
    again = build(desk.site.library, output, settings=desk.settings)
    assert (again.written, again.unchanged) == (0, built.written)
