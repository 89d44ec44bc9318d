"""`feeds check --fix`: a mended post is read as before, and nothing else is touched."""

import codecs
import os
import re
import stat
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from feeds.check.mending import mends, put
from feeds.cli import main
from feeds.posts.mending import written
from feeds.posts.roots import find_roots, sight
from feeds.publisher.reading import Batch, desk_of

NEVER = 1_600_000_000_000_000_000  # long ago: the file has rested, and its time is no other's


def hands(desk):
    """What reads posts as the publisher does, and the roots that it reads."""
    return desk_of(desk.folder, desk.settings, "example.com,2026", now=desk.clock), find_roots(
        desk.folder, desk.settings
    )


def proposed(desk, *paths, codes=()):
    reader, roots = hands(desk)
    return list(mends(reader, roots, paths, codes=codes, progress=lambda done, total: None))


def read(desk, path):
    """The entry of a post, without the lines of its facts, and the codes of what is said of it."""
    reader, roots = hands(desk)
    batch = Batch(is_whole=True)
    reader.read(sight(desk.folder, roots, path), None, batch)
    entry = batch.entries.get(path)
    bare = entry and replace(entry, facts=tuple(replace(fact, line=None) for fact in entry.facts), near=None)
    return bare, Counter(one.code for one in batch.diagnostics.get(path, ()))


def front_matter(content):
    return re.split(r"^---\s*$", content.decode("utf-8-sig"), flags=re.MULTILINE)[1]


@pytest.fixture
def desk(open_desk):
    return open_desk(content={"split_terms": True})


# --- for all posts

ODD = st.text(alphabet="ab é中“\"'\\:#-[]{}&*!|>%@`,?~=\t", max_size=16)
NAMES = ("2026-10-01-a.md", "NW202610011234.md", "undated.md")
DATES = ("", "date:", "date: ''", "date: 2026-09-01 08:00:00 +0800", "date: tomorrow", "date: 2026-09-01 # noon")
ENDS = ("\n", "\r\n", "\r")
BYTE_ORDERS = (
    (b"", "utf-8"),
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)


@st.composite
def posts(draw):
    title = draw(st.sampled_from(('title: "{}"', "title: {}", "title:  '{}'", "Title: {} # {}"))).replace(
        "{}", draw(ODD)
    )
    terms = draw(
        st.sampled_from(
            ("categories: {}", "categories: [{}, b]", "categories:\n  - {}\n  - b", "tags: a {}", "source: {name: {}}")
        )
    )
    lines = [
        title,
        draw(st.sampled_from(DATES)),
        terms.replace("{}", draw(ODD)),
        draw(st.sampled_from(("", "# a comment", "extra: [1, 2]"))),
    ]
    front = "\n".join(line for line in draw(st.permutations(lines)) if line)
    body = draw(st.sampled_from(("Text.\n", "", 'Text: "x" # y\n\n---\n\n（文章来源：新京报）')))
    bom, codec = draw(st.sampled_from(BYTE_ORDERS))
    text = f"---\n{front}\n---\n{body}".replace("\n", draw(st.sampled_from(ENDS)))
    return draw(st.sampled_from(NAMES)), bom + text.encode(codec)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=150)
@given(posts())
def test_a_mended_post_is_read_as_before_but_for_what_is_mended(desk, post):
    name, content = post
    path = f"content/{name}"
    file = desk.write(path, content)
    os.utime(file, ns=(NEVER, NEVER))
    before, codes = read(desk, path)
    for mend in proposed(desk, path):
        assert mend.before == content
        assert put(desk.folder, mend) == ""
        after, left = read(desk, path)
        assert after == before
        assert codes - left == Counter(mend.codes) | (codes - left)
        assert left < codes
        original, mended = written(mend.before), written(file.read_bytes())
        assert (mended.bom, mended.codec) == (original.bom, original.codec)
        assert {line[len(line.rstrip("\r\n")) :] for line in mended.lines} <= {
            line[len(line.rstrip("\r\n")) :] for line in original.lines
        }
        if not left.keys() & {"front-matter-salvaged", "front-matter-duplicate-key"}:
            front = "\n".join([*mended.plain(), ""]).split("---\n")[1]
            assert isinstance(yaml.load(front, Loader=getattr(yaml, "CBaseLoader", yaml.BaseLoader)), dict)
        assert proposed(desk, path) == []  # once is enough
    file.unlink()


@given(
    st.binary(max_size=40)
    | st.builds(
        lambda bom, text: bom[0] + text.encode(bom[1], "surrogatepass"),
        st.sampled_from(BYTE_ORDERS),
        st.text(max_size=20),
    )
)
def test_bytes_come_back_as_they_were_or_are_left_alone(content):
    found = written(content)
    assert found is None or found.content() == content


# --- what is mended, and how

FRONT = "---\n{}\n---\n\nText.\n"


@pytest.mark.parametrize(
    ("front", "mended"),
    [
        ('title: 记者: "好" 闻\ndate: 2026-10-01', 'title: "记者: \\"好\\" 闻"\ndate: 2026-10-01'),
        ('title: "Say "hello" twice"\ndate: 2026-10-01', 'title: "Say \\"hello\\" twice"\ndate: 2026-10-01'),
        ("title: C #1\ndate: 2026-10-01", 'title: "C #1"\ndate: 2026-10-01'),
        ("title: A\ndate: 2026-10-01\ntags: [x, C #新]", 'title: A\ndate: 2026-10-01\ntags: ["x", "C #新"]'),
        (
            "title: A\ndate: 2026-10-01\ntags:\n  - x\n  - C #新",
            'title: A\ndate: 2026-10-01\ntags:\n  - x\n  - "C #新"',
        ),
        ("title: A\ndate: 2026-10-01\ncategories: local news", "title: A\ndate: 2026-10-01\ncategories: [local, news]"),
        ("title: A\ndate: 2026-10-01\ntags: 新闻  2021 yes", 'title: A\ndate: 2026-10-01\ntags: [新闻, "2021", "yes"]'),
        ("title: A", "title: A\ndate: 2020-09-13 12:26:40 +0000"),
        ("title: A\ndate:\nx: 1", "title: A\ndate: 2020-09-13 12:26:40 +0000\nx: 1"),
        ("title: A\ndate: tomorrow", None),
        ("title: A\ntitle: B\ndate: 2026-10-01", None),
        ("title:\ndate: 2026-10-01", None),
    ],
)
def test_dates_quotation_marks_and_lists_are_mended(desk, front, mended):
    file = desk.write("content/a.md", FRONT.format(front))
    os.utime(file, ns=(NEVER, NEVER))
    assert [mend.after.decode() for mend in proposed(desk, "content/a.md")] == (
        [FRONT.format(mended)] if mended else []
    )


@pytest.mark.parametrize(
    "text",
    [
        '+++\ntitle = A: "b\n+++\nText\n',
        '{"title": "A\\q"}\nText\n',
        "No front matter, and no date.\n",
        "---\ndraft: true\ntitle: A: b\n---\nText\n",
        b"---\ntitle: \xe9: b\n---\nText\n",
        "---\ntitle: A\x07: b\n---\nText\n",
        "---\ntitle: A: b\nText without an end\n",
    ],
)
def test_what_is_not_understood_is_left_alone(desk, text):
    desk.write("content/a.md", text)
    assert proposed(desk, "content/a.md") == []


def test_a_post_with_two_names_is_left_alone(desk):
    file = desk.write("content/2026-10-01-a.md", FRONT.format("title: A: b"))
    (desk.folder / "other").hardlink_to(file)
    assert proposed(desk, "content/2026-10-01-a.md") == []


def test_permissions_stay_and_nothing_is_left_beside(desk):
    file = desk.write("content/2026-10-01-a.md", FRONT.format("title: A: b"))
    file.chmod(0o640)
    (mend,) = proposed(desk, "content/2026-10-01-a.md")
    assert put(desk.folder, mend) == ""
    assert stat.S_IMODE(file.stat().st_mode) == 0o640
    assert list(file.parent.iterdir()) == [file]


def test_what_was_changed_meanwhile_is_not_overwritten(desk):
    file = desk.write("content/2026-10-01-a.md", FRONT.format("title: A: b"))
    (mend,) = proposed(desk, "content/2026-10-01-a.md")
    file.write_text("the author's")
    assert put(desk.folder, mend) == "it was changed meanwhile"
    assert file.read_text() == "the author's"
    assert list(file.parent.iterdir()) == [file]


def test_a_linked_post_is_mended_where_it_lies(desk):
    real = desk.write("content/store/2026-10-01-a.md", FRONT.format("title: A: b"))
    (desk.folder / "content/2026-10-02-b.md").symlink_to(real)
    (mend,) = proposed(desk, "content/2026-10-02-b.md")
    assert put(desk.folder, mend) == ""
    assert (desk.folder / "content/2026-10-02-b.md").is_symlink()
    assert real.read_bytes() == mend.after


# --- the command


@pytest.fixture
def run(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "content").mkdir()
    (tmp_path / "feeds.toml").write_text("[content]\nsettle = 0\nsplit_terms = true\n")
    post = tmp_path / "content/2026-10-01-a.md"
    post.write_text(FRONT.format("title: A: b\ncategories: c d\ndate: 2026-10-01"), encoding="utf-8")
    os.utime(post, ns=(NEVER, NEVER))
    return lambda *words: CliRunner().invoke(main, ["check", *words], catch_exceptions=False)


MENDED = FRONT.format('title: "A: b"\ncategories: [c, d]\ndate: 2026-10-01')


def content():
    return Path("content/2026-10-01-a.md").read_text("utf-8")


def test_without_a_terminal_the_diff_is_shown_and_nothing_written(run):
    before = content()
    result = run("--fix")
    assert result.exit_code == 1
    assert content() == before
    assert result.stdout.splitlines()[:6] == [
        "--- a/content/2026-10-01-a.md",
        "+++ b/content/2026-10-01-a.md",
        "@@ -1,6 +1,6 @@",
        " ---",
        "-title: A: b",
        "-categories: c d",
    ]
    assert "Nothing was written; --yes writes it without asking." in result.stderr


def test_yes_writes_and_what_remains_is_told(run):
    result = run("--fix", "--yes")
    assert content() == MENDED
    assert "This mends 1 front-matter-salvaged, 1 terms-split in 1 file; the posts read as before." in result.stderr
    assert "solved front-matter-salvaged" in result.stdout
    assert result.stdout.endswith("Nothing to mend.\n")
    assert result.exit_code == 0


def test_the_feeds_do_not_move_by_mending(run):
    show = ["show", "/feed.atom"]
    before = CliRunner().invoke(main, show).stdout
    run("--fix", "--yes")
    assert CliRunner().invoke(main, show).stdout == before


def test_only_the_kinds_that_are_named_are_mended(run):
    run("--fix", "--yes", "--code", "terms-split")
    assert "title: A: b\ncategories: [c, d]" in content()


def test_where_nothing_can_be_mended_it_says_so(run):
    run("--fix", "--yes")
    result = run("--fix", "--yes")
    assert "Nothing here can be mended" in result.stderr
    assert result.exit_code == 0


def test_the_report_says_that_some_can_be_mended(run):
    assert "feeds check --fix" in run().stdout
    run("--fix", "--yes")
    assert "--fix" not in run().stdout


@pytest.mark.parametrize("words", [("--fix", "--format", "json"), ("--yes",)])
def test_what_does_not_go_together_is_refused(run, words):
    assert run(*words).exit_code == 2


def test_while_another_process_publishes_posts_are_mended_all_the_same(run, tmp_path):
    from feeds.settings import load_settings
    from feeds.site import open_site

    run()
    with open_site(tmp_path, load_settings(tmp_path)) as site:
        assert site.publisher
        result = run("--fix", "--yes")
    assert content() == MENDED
    assert result.exit_code == 0
    assert "reads" in result.stderr
