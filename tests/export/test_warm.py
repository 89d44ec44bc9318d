"""A builder that goes on after each change, or comes again, writes what one would that begins then."""

import shutil
from datetime import UTC, datetime

import pytest

from feeds.export import Builder
from feeds.site import open_site


def _post_below_the_window(desk):
    desk.post("content/old.md", title="Old", categories="[Weather]", date="2026-01-01")


def _date_below_the_window(desk):
    desk.post("content/p1.md", title="Post 1", categories="[Weather]", date="2026-01-03")


def _other_title(desk):
    desk.post("content/p5.md", title="Renamed", categories="[Weather]", date="2026-09-06")


def _new_feeds(desk):
    desk.post("content/new.md", title="New", categories="[Air]", tags="[新京报新闻, Zeppelins]", date="2026-09-20")


def _new_label(desk):
    desk.post("content/p0.md", title="Post 0", categories="[weather]", date="2026-09-01")


def _withdrawn(desk):
    desk.delete("content/p3.md")


CHANGES = [
    _post_below_the_window,
    _date_below_the_window,
    _other_title,
    _new_feeds,
    _new_label,
    _withdrawn,
]


PAGES = {"pages.feeds": True, "pages.entries": True}


@pytest.fixture(params=[{}, PAGES], ids=["bare", "with pages"])
def desk(request, open_desk, tmp_path):
    desk = open_desk(tmp_path / "site", **{"feeds.window": 2, "aliases.styles": ["wordpress", "hugo"], **request.param})
    for number in range(20):  # two pages of a feed
        desk.post(
            f"content/old{number}.md", title=f"Old {number}", categories="[Weather]", date=f"2025-01-{number + 1:02}"
        )
    for number in range(6):
        desk.post(
            f"content/p{number}.md", title=f"Post {number}", categories="[Weather]", date=f"2026-09-0{number + 1}"
        )
    desk.publish()
    return desk


def _tree(folder):
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def _is_as_new(desk, output, fresh):
    with open_site(desk.folder, desk.settings, now=desk.clock) as site:
        with Builder(site, output) as again:
            again.build()
        with Builder(site, fresh) as other:
            other.build()
    return _tree(output) == _tree(fresh)


def test_a_builder_that_comes_again_after_each_change_writes_what_a_new_one_would(desk, tmp_path):
    output = tmp_path / "kept"
    assert _is_as_new(desk, output, tmp_path / "new")
    for number, change in enumerate(CHANGES):
        change(desk)
        for again in range(2):
            desk.clock.advance(3600)
            desk.publish()
            assert _is_as_new(desk, output, tmp_path / f"new{number}{again}"), change.__name__


def test_an_index_that_was_made_anew_is_not_taken_for_the_one_of_before(desk, tmp_path):
    output = tmp_path / "kept"
    desk.site.close()
    for number, date in enumerate(("2026-09-01", "2026-01-03", "2026-03-03")):
        desk.post("content/p0.md", title="Post 0", categories="[Weather]", date=date)  # below the window
        shutil.rmtree(desk.folder / ".feeds")
        desk.clock.advance(60)
        with open_site(desk.folder, desk.settings, now=desk.clock) as site:
            site.publisher.catch_up()
            for folder in (output, tmp_path / f"new{number}"):
                with Builder(site, folder) as builder:
                    builder.build()
        assert _tree(output) == _tree(tmp_path / f"new{number}")


def test_where_nothing_has_changed_no_document_is_asked_for_its_state(desk, tmp_path, monkeypatch):
    output = tmp_path / "kept"
    with Builder(desk.site, output) as builder:
        before = builder.build()
    monkeypatch.setattr("feeds.export.documents.Documents.all", None)
    with Builder(desk.site, output) as builder:
        built = builder.build()
    assert (built.written, built.removed) == ((), ())
    assert built.unchanged == len(before.written) - 1  # the manifest is not counted
    (output / "feed.rss").unlink()
    monkeypatch.undo()
    with Builder(desk.site, output) as builder:
        assert "feed.rss" in builder.build().written


def test_change_after_change_is_written_as_a_new_build_would_write_it(desk, tmp_path):
    with Builder(desk.site, tmp_path / "kept") as kept:
        kept.build()
        for number, change in enumerate(CHANGES):
            change(desk)
            written = 0
            for _ in range(2):  # what is missing is gone only when it has been so for a while
                desk.clock.advance(3600)
                run = desk.publish()
                written += len(kept.build(moved=run.moved.keys(), touched=run.touched, entries=run.entries).written)
            fresh = tmp_path / f"new{number}"
            with open_site(desk.folder, desk.settings, now=desk.clock) as site, Builder(site, fresh) as other:
                other.build()
            assert _tree(tmp_path / "kept") == _tree(fresh), change.__name__
            assert written, change.__name__


@pytest.mark.parametrize("desk", [PAGES], indirect=True, ids=["with pages"])
def test_the_clock_alone_takes_an_entry_out_of_the_news(desk, tmp_path):
    output = tmp_path / "kept"
    desk.clock.now = datetime(2026, 9, 6, 12, tzinfo=UTC)
    with Builder(desk.site, output) as builder:
        builder.build()
    assert b"Post 5" in (output / "sitemap-news.xml").read_bytes()
    desk.clock.advance(3600)
    with Builder(desk.site, output) as builder:
        assert builder.build().written == ()
    desk.clock.advance(48 * 3600)
    with Builder(desk.site, output) as builder:
        assert builder.build().written == ("sitemap-news.xml", "manifest.json")
