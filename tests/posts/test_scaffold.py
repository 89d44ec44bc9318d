import errno
import os
import stat
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from feeds.errors import FeedsError
from feeds.posts import quoting
from feeds.posts.scaffold import new_post

SHANGHAI = ZoneInfo("Asia/Shanghai")
NOW = datetime(2021, 12, 29, 17, 14, 23, 123456, tzinfo=UTC)  # already the 30th in Shanghai


def write(root: Path, title: str = "Hello", **fields) -> Path:
    return new_post(
        root, title=title, now=NOW, zone=SHANGHAI, **{"categories": (), "tags": (), "source": None, **fields}
    )


def front_matter(path: Path) -> dict[str, object]:
    opening, block, body = path.read_text("utf-8").split("---\n", 2)
    assert (opening, body) == ("", "\n")
    return yaml.load(block, Loader=yaml.CSafeLoader)


def test_a_post_is_named_and_dated_in_the_zone_of_the_site(tmp_path):
    path = write(tmp_path, "Hello, World!")
    assert path == tmp_path / "2021-12-30-hello-world.md"
    assert "\ndate: 2021-12-30 01:14:23 +0800\n" in path.read_text("utf-8")


def test_what_was_given_stands_in_the_front_matter_and_what_was_not_does_not(tmp_path):
    path = write(tmp_path, "a", categories=("x, y", "No"), tags=("*ST新闻",), source="C #: 新京报", extension=".html")
    assert path.suffix == ".html"
    values = front_matter(path)
    assert (values["categories"], values["tags"], values["source"]) == (["x, y", "No"], ["*ST新闻"], "C #: 新京报")
    assert set(front_matter(write(tmp_path, "b"))) == {"title", "date"}


@pytest.mark.parametrize(
    "title",
    [
        "He said \"no\" \\ and left: #1 'x'",
        "李佳琦等：“整改报告”",
        "two\nlines\r\nand a\ttab",
        "- [x] {{ y }} %z @a `b` !c & *d | >",
        "No",
        "0123",
        " spaces around ",
        "\x00\x07\x7f\x85\xa0\u2028\ufeff\ufffe",
        "\U0001f4f0 emoji",
        "---\ntitle: other\n---",
    ],
)
def test_any_title_comes_back_from_yaml(tmp_path, title):
    assert front_matter(write(tmp_path, title))["title"] == title


@given(title=st.text(min_size=1).filter(str.strip))
def test_every_title_comes_back_from_yaml(tmp_path_factory, title):
    text = quoting.quoted(title)
    assert "\n" not in text
    assert yaml.load(text, Loader=yaml.CSafeLoader) == title
    assert yaml.load(text, Loader=yaml.SafeLoader) == title


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("李佳琦等：“整改” 报告", "李佳琦等-整改-报告"),
        ("हिन्दी समाचार", "हिन्दी-समाचार"),
        ("../../etc/passwd", "etc-passwd"),
        ("？！", "011423"),
        ("Cafe\u0301", "café"),
        ("字" * 100, "字" * 40),
    ],
)
def test_the_name_keeps_letters_of_every_script_and_nothing_else(tmp_path, title, name):
    assert write(tmp_path, title).name == f"2021-12-30-{name}.md"


def test_a_post_that_exists_is_never_written_over(tmp_path):
    first = write(tmp_path, "Same", tags=("first",))
    before = first.read_bytes()
    with pytest.raises(FeedsError, match="exists already; edit that post, or give this one another title"):
        write(tmp_path, "Same!", tags=("second",))
    assert first.read_bytes() == before
    assert list(tmp_path.iterdir()) == [first]


def test_nothing_but_the_post_stays_in_a_folder_made_for_it(tmp_path):
    path = write(tmp_path / "content" / "news")
    assert [entry.name for entry in path.parent.iterdir()] == [path.name]


def test_the_post_appears_whole_under_a_name_that_is_no_posts_before(tmp_path, monkeypatch):
    seen = []
    link = os.link

    def look_and_link(temporary, path):
        seen.append((Path(temporary).name, Path(temporary).read_bytes(), Path(path).exists()))
        link(temporary, path)

    monkeypatch.setattr(os, "link", look_and_link)
    path = write(tmp_path)
    ((name, content, was_there),) = seen
    assert name.startswith(".")
    assert not name.endswith((".md", ".markdown", ".html", ".htm"))
    assert (content, was_there) == (path.read_bytes(), False)


def test_others_may_read_a_new_post_as_the_umask_says(tmp_path):
    before = os.umask(0o022)
    try:
        assert stat.S_IMODE(write(tmp_path).stat().st_mode) == 0o644
    finally:
        os.umask(before)


def refuse(number: int):
    def raising(*_):
        raise OSError(number, os.strerror(number))

    return raising


def test_a_file_system_without_hard_links_gets_the_post_and_keeps_what_exists(tmp_path, monkeypatch):
    monkeypatch.setattr(os, "link", refuse(errno.EPERM))
    path = write(tmp_path, "Same")
    assert front_matter(path)["title"] == "Same"
    with pytest.raises(FeedsError, match="exists already"):
        write(tmp_path, "Same", tags=("second",))
    assert "tags" not in front_matter(path)
    assert list(tmp_path.iterdir()) == [path]


def test_a_full_disk_is_one_clear_line_and_leaves_nothing(tmp_path, monkeypatch):
    monkeypatch.setattr(os, "fsync", refuse(errno.ENOSPC))
    with pytest.raises(FeedsError, match=r"cannot be written .No space left on device.; see that the folder"):
        write(tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_a_root_that_is_a_file_is_one_clear_line(tmp_path):
    (tmp_path / "root").write_text("x", "utf-8")
    with pytest.raises(FeedsError, match="root is a file; name a folder"):
        write(tmp_path / "root")


@pytest.mark.parametrize("title", ["", " \n　"])
def test_a_post_without_a_title_is_refused(tmp_path, title):
    with pytest.raises(FeedsError, match="A post needs a title"):
        write(tmp_path, title)


def test_bytes_of_a_terminal_that_are_not_utf8_become_question_marks(tmp_path):
    assert front_matter(write(tmp_path, "a\udcff"))["title"] == "a?"
