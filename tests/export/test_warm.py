"""A builder that goes on after each change writes what one would that begins then."""

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


@pytest.fixture
def desk(open_desk, tmp_path):
    desk = open_desk(tmp_path / "site", **{"feeds.window": 2, "aliases.styles": ["wordpress", "hugo"]})
    for number in range(6):
        desk.post(
            f"content/p{number}.md", title=f"Post {number}", categories="[Weather]", date=f"2026-09-0{number + 1}"
        )
    desk.publish()
    return desk


def _tree(folder):
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_change_after_change_is_written_as_a_new_build_would_write_it(desk, tmp_path):
    with Builder(desk.site, tmp_path / "kept") as kept:
        kept.build()
        for number, change in enumerate(CHANGES):
            change(desk)
            written = 0
            for _ in range(2):  # what is missing is gone only when it has been so for a while
                desk.clock.advance(3600)
                run = desk.publish()
                written += len(kept.build(moved=run.moved.keys(), touched=run.touched).written)
            fresh = tmp_path / f"new{number}"
            with open_site(desk.folder, desk.settings, now=desk.clock) as site, Builder(site, fresh) as other:
                other.build()
            assert _tree(tmp_path / "kept") == _tree(fresh), change.__name__
            assert written, change.__name__
