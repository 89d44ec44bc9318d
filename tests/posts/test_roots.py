"""Where posts lie, and what a look at all of them sees."""

import os
from pathlib import Path

import pytest

from feeds.errors import FolderError
from feeds.posts.roots import Root, find_roots, sight, sweep
from feeds.settings import Settings


def grow(folder: Path, *paths: str) -> None:
    for path in paths:
        file = folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text("x", encoding="utf-8")


def roots_of(folder: Path, **content) -> list[str]:
    return [root.path for root in find_roots(folder, Settings.model_validate({"content": content}))]


def look(folder: Path, **content):
    return sweep(folder, find_roots(folder, Settings.model_validate({"content": content})))


def seen(folder: Path, **content) -> list[str]:
    return [one.path for one in look(folder, **content).sightings]


def test_jekyll_s_posts_are_found_wherever_they_are(tmp_path):
    grow(tmp_path, "_posts/a.md", "news/_posts/b.md", "a/b/_posts/c.md", "_drafts/d.md", "content/e.md")
    grow(tmp_path, "_site/_posts/x.md", "vendor/g/_posts/x.md", "node_modules/m/_posts/x.md", ".git/_posts/x.md")
    assert roots_of(tmp_path) == ["_posts", "news/_posts", "a/b/_posts"]
    assert roots_of(tmp_path, drafts=True) == ["_posts", "news/_posts", "a/b/_posts", "_drafts"]


def test_hugo_s_content_is_found(tmp_path):
    grow(tmp_path, "content/posts/a.md", "README.md", "themes/t/content/x.md")
    assert roots_of(tmp_path) == ["content"]
    assert seen(tmp_path) == ["content/posts/a.md"]


def test_a_jekyll_site_whose_posts_are_in_no_usual_place_falls_back(tmp_path):
    grow(tmp_path, "_config.yml", "notes/a.md")
    assert roots_of(tmp_path) == ["."]


def test_a_plain_folder_is_its_own_root_without_what_belongs_to_the_site(tmp_path):
    grow(tmp_path, "a.md", "b/c.markdown", "b/d.html", "e.htm", "b/README.md", "README.zh.md", "LICENSE.md", "404.html")
    for folder in (
        "_site",
        "public",
        "themes",
        "layouts",
        "static",
        "_layouts",
        "_data",
        "node_modules",
        ".feeds",
        ".x",
    ):
        grow(tmp_path, f"{folder}/x.md")
    assert roots_of(tmp_path) == ["."]
    assert seen(tmp_path) == ["a.md", "b/c.markdown", "b/d.html", "e.htm"]


def test_a_section_of_hugo_may_be_called_public(tmp_path):
    grow(tmp_path, "content/public/a.md", "content/README.md", "content/.hidden/x.md", "content/node_modules/x.md")
    assert seen(tmp_path) == ["content/README.md", "content/public/a.md"]


def test_stated_roots_keep_their_order_and_archives_come_last(tmp_path):
    grow(tmp_path, "old/a.md", "b/b.md", "a/c.md")
    settings = Settings.model_validate({"content": {"roots": ["b", "./a/", "b"], "archives": ["old"]}})
    assert find_roots(tmp_path, settings) == (
        Root(path="b", rank=0, is_archive=False),
        Root(path="a", rank=1, is_archive=False),
        Root(path="old", rank=2, is_archive=True),
    )
    assert seen(tmp_path, roots=["b", "a"], archives=["old"]) == ["b/b.md", "a/c.md", "old/a.md"]


def test_a_root_outside_the_folder_has_a_path_that_leads_there(tmp_path):
    grow(tmp_path, "elsewhere/a.md", "site/x.md")
    assert seen(tmp_path / "site", roots=["../elsewhere"]) == ["../elsewhere/a.md"]
    assert seen(tmp_path / "site", roots=[str(tmp_path / "elsewhere")]) == ["../elsewhere/a.md"]


@pytest.mark.parametrize(("content", "key"), [({"roots": ["gone"]}, "roots"), ({"archives": ["gone"]}, "archives")])
def test_a_root_that_cannot_be_read_is_the_operator_s_mistake(tmp_path, content, key):
    grow(tmp_path, "a.md")
    with pytest.raises(FolderError, match=rf"gone cannot be read.*content\.{key}"):
        roots_of(tmp_path, **content)


def test_a_folder_that_is_none_is_the_operator_s_mistake(tmp_path):
    grow(tmp_path, "a.md")
    with pytest.raises(FolderError):
        roots_of(tmp_path / "nothing")
    with pytest.raises(FolderError):
        roots_of(tmp_path / "a.md")


def test_a_root_that_vanishes_is_no_empty_root(tmp_path):
    grow(tmp_path, "_posts/a.md")
    roots = find_roots(tmp_path, Settings())
    (tmp_path / "_posts").rename(tmp_path / "other")
    with pytest.raises(FolderError, match="_posts"):
        sweep(tmp_path, roots)


def test_overlapping_roots_show_each_file_once_in_the_inner_one(tmp_path):
    grow(tmp_path, "a.md", "old/b.md", "old/deep/c.md", "new/d.md")
    (tmp_path / "twin").symlink_to("new")
    swept = look(tmp_path, roots=[".", "new", "twin"], archives=["old", "old/deep"])
    assert [(one.path, one.root.path) for one in swept.sightings] == [
        ("a.md", "."),
        ("new/d.md", "new"),
        ("old/b.md", "old"),
        ("old/deep/c.md", "old/deep"),
    ]


def test_what_editors_leave_behind_is_no_post_and_counted(tmp_path):
    grow(
        tmp_path, "_posts/a.md", "_posts/a.md~", "_posts/.a.md.swp", "_posts/.#a.md", "_posts/#a.md#", "_posts/a.md.tmp"
    )
    grow(tmp_path, "_posts/~$a.md", "_posts/a.png", "_posts/A.MD", "_posts/noext", "_posts/.md")
    swept = look(tmp_path)
    assert [one.path for one in swept.sightings] == ["_posts/A.MD", "_posts/a.md"]
    assert swept.skipped == 9


def test_a_sighting_has_size_and_time_of_its_file(tmp_path):
    grow(tmp_path, "_posts/a.md")
    os.utime(tmp_path / "_posts/a.md", ns=(1, 123_456_789))
    (one,) = look(tmp_path).sightings
    assert (one.size, one.mtime_ns, one.root.rank) == (1, 123_456_789, 0)


def test_links_that_leave_the_root_are_named_and_not_followed(tmp_path):
    grow(tmp_path, "secret/s.md", "site/_posts/a.md")
    posts = tmp_path / "site/_posts"
    (posts / "file.md").symlink_to(tmp_path / "secret/s.md")
    (posts / "folder").symlink_to(tmp_path / "secret")
    (posts / "up").symlink_to("..")
    (posts / "picture.png").symlink_to(tmp_path / "secret/s.md")
    swept = look(tmp_path / "site")
    assert [one.path for one in swept.sightings] == ["_posts/a.md"]
    assert sorted((one.code, one.path) for one in swept.diagnostics) == [
        ("file-leaves-root", "_posts/file.md"),
        ("file-leaves-root", "_posts/folder"),
        ("file-leaves-root", "_posts/up"),
    ]


def test_links_inside_the_root_show_no_file_twice_and_end(tmp_path):
    grow(tmp_path, "_posts/a.md", "_posts/b/c.md", "_posts/text.txt")
    posts = tmp_path / "_posts"
    (posts / "again.md").symlink_to("a.md")
    (posts / "text.md").symlink_to("text.txt")
    (posts / "b/round").symlink_to("../b")
    (posts / "broken.md").symlink_to("nowhere.md")
    (posts / "self.md").symlink_to("self.md")
    assert seen(tmp_path) == ["_posts/a.md", "_posts/b/c.md", "_posts/text.md"]


def test_pipes_and_folders_with_a_post_s_name_are_no_posts(tmp_path):
    grow(tmp_path, "_posts/folder.md/a.md")
    os.mkfifo(tmp_path / "_posts/pipe.md")
    assert seen(tmp_path) == ["_posts/folder.md/a.md"]


def test_a_name_that_is_no_text_is_told_and_left(tmp_path):
    grow(tmp_path, "_posts/a.md")
    (tmp_path / "_posts" / os.fsdecode(b"caf\xe9.md")).write_text("x", encoding="utf-8")
    swept = look(tmp_path)
    assert [one.path for one in swept.sightings] == ["_posts/a.md"]
    assert [(one.code, one.path) for one in swept.diagnostics] == [("not-looked-at", "_posts/caf\\xe9.md")]


def test_a_folder_that_cannot_be_listed_is_told_and_marked_as_unseen(tmp_path):
    grow(tmp_path, "_posts/a.md")
    bury(tmp_path / "_posts")
    swept = look(tmp_path)
    assert [one.path for one in swept.sightings] == ["_posts/a.md"]
    assert [one.code for one in swept.diagnostics] == ["not-looked-at"]
    assert [one.path for one in swept.diagnostics] == list(swept.blind)


def bury(folder: Path) -> None:
    """Nest folders until their path is too long for the system, whoever asks (root reads everything else)."""
    here = os.open(folder, os.O_RDONLY)
    for _ in range(18):
        os.mkdir("d" * 250, dir_fd=here)
        inner = os.open("d" * 250, os.O_RDONLY, dir_fd=here)
        os.close(here)
        here = inner
    os.close(here)


def test_one_path_is_seen_just_as_the_sweep_sees_it(tmp_path):
    grow(
        tmp_path,
        "a.md",
        "README.md",
        "_site/x.md",
        "b/c.md",
        "b/.h/x.md",
        "old/d.md",
        "old/e/f.md",
        "t/x.txt",
        "b/x.txt",
    )
    (tmp_path / "again.md").symlink_to("a.md")
    (tmp_path / "text.md").symlink_to("b/x.txt")
    (tmp_path / "link").symlink_to("b")
    (tmp_path / "out.md").symlink_to("/etc/hosts")
    os.mkfifo(tmp_path / "pipe.md")
    roots = find_roots(tmp_path, Settings.model_validate({"content": {"roots": ["."], "archives": ["old"]}}))
    swept = sweep(tmp_path, roots)
    every = [path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*")] + ["link/c.md", "gone.md"]
    sighted = [one for path in every if (one := sight(tmp_path, roots, path))]
    assert sorted(sighted, key=lambda one: one.path) == sorted(swept.sightings, key=lambda one: one.path)
    assert [one.path for one in swept.sightings] == ["a.md", "b/c.md", "text.md", "old/d.md", "old/e/f.md"]


@pytest.mark.parametrize(
    "path", ["", ".", "..", "/etc/hosts", "../x.md", "_posts", "_posts/", "_posts/../a.md", "a\0.md"]
)
def test_a_path_that_no_sweep_would_meet_is_not_seen(tmp_path, path):
    grow(tmp_path, "a.md", "_posts/b.md")
    assert sight(tmp_path, find_roots(tmp_path, Settings()), path) is None
