"""`feeds sources`, and what `feeds check` says of origins."""

import json
import os
import tomllib

import pytest
from click.testing import CliRunner

from feeds.cli import main


class Newsroom:
    def __init__(self, folder):
        self.folder = folder

    def __call__(self, *words):
        return CliRunner().invoke(main, [str(word) for word in words], catch_exceptions=False)

    def post(self, name, source=None, *, body="Some text.", **fields):
        path = self.folder / "content" / f"2026-10-01-{name}.md"
        path.parent.mkdir(exist_ok=True)
        fields = {"title": name, "date": "2026-10-01 08:00:00", **({"source": source} if source else {}), **fields}
        front = "".join(f"{key}: {value}\n" for key, value in fields.items())
        path.write_text(f"---\n{front}---\n{body}\n", encoding="utf-8")
        os.utime(path, (1_600_000_000, 1_600_000_000))  # it has rested

    def posts(self, **counts):
        for source, count in counts.items():
            for number in range(count):
                self.post(f"{source}-{number}", source)

    def settings(self, text, name="feeds.toml"):
        (self.folder / name).write_text(text, encoding="utf-8")


@pytest.fixture
def run(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name in [name for name in os.environ if name.startswith("FEEDS_")]:
        monkeypatch.delenv(name)
    return Newsroom(tmp_path)


def test_sources_are_listed_with_role_entries_date_rules_and_other_names(run):
    run.settings('[[source]]\nname = "新京报"\naliases = ["京报"]\n', "sources.toml")
    run.posts(新京报=2, 京报=1, 财联社=1)
    assert run("sources").stdout.splitlines() == [
        "新京报\torigin\t3\t2026-10-01 08:00\tfront-matter 100%\t京报 (1)",
        "财联社\torigin\t1\t2026-10-01 08:00\tfront-matter 100%\t-",
    ]


def test_sources_for_programs_carry_the_same_with_shares(run):
    run.posts(新京报=1)
    (line,) = json.loads(run("sources", "--format", "json").stdout)
    assert line == {
        "name": "新京报",
        "role": "origin",
        "count": 1,
        "newest": "2026-10-01T08:00:00+00:00",
        "rules": {"front-matter": 1},
        "aliases": {},
        "shares": {"front-matter": 1.0},
    }


def test_posts_of_unknown_origin_are_listed_with_file_line_and_title(run):
    run.posts(新京报=1)
    run.post("own")
    assert run("sources", "--unknown").stdout == "content/2026-10-01-own.md:1: own\n"
    (post,) = json.loads(run("sources", "--unknown", "--format", "json").stdout)
    assert post == {"path": "content/2026-10-01-own.md", "line": 1, "title": "own", "nearest": None}


def test_the_rule_that_came_nearest_is_told(run):
    run.post("near", body="Text of some length.\n\n（明年）")
    assert run("sources", "--unknown").stdout.startswith("content/2026-10-01-near.md:")
    assert "nearest: parenthesis, “（明年）”" in run("sources", "--unknown").stdout


def test_proposals_can_be_pasted_and_then_there_are_none_left(run):
    run.posts(TechWeb=3, Techweb=1)
    proposed = run("sources", "--suggest").stdout
    assert tomllib.loads(proposed) == {"source": [{"name": "TechWeb", "aliases": ["Techweb"]}]}
    (suggestion,) = json.loads(run("sources", "--suggest", "--format", "json").stdout)
    assert suggestion["aliases"][0]["count"] == 1
    run.settings(proposed, "sources.toml")
    assert tomllib.loads(run("sources", "--suggest").stdout) == {}
    assert [line.split("\t")[:3] for line in run("sources").stdout.splitlines()] == [["TechWeb", "origin", "4"]]


def test_two_questions_at_once_are_the_operators_mistake(run):
    assert run("sources", "--suggest", "--unknown").exit_code == 2


def test_a_site_without_sources_lists_none(run):
    run.post("own")
    assert run("sources").stdout == ""
    assert json.loads(run("sources", "--format", "json").stdout) == []


# --- check


def test_nothing_is_missed_unless_somebody_asks(run):
    run.post("own")
    assert run("check", "--strict").stdout == "Nothing to mend.\n"


def test_asked_for_each_post_without_origin_is_a_warning_and_the_rules_are_counted(run):
    run.post("own")
    run.posts(新京报=3)
    result = run("check", "--require-source")
    assert result.exit_code == 0
    lines = result.stdout.splitlines()
    assert lines[0] == "warning source-missing · 1 file"
    assert "  content/2026-10-01-own.md:1" in lines
    assert [line.split() for line in lines[-3:]] == [
        ["Rules", "that", "found", "the", "origins", "of", "4", "posts:"],
        ["front-matter", "3", "75.0%"],
        ["none", "1", "25.0%"],
    ]
    assert run("check", "--require-source", "--strict").exit_code == 1


@pytest.mark.parametrize(
    ("require", "code", "status"), [("warning", "source-missing", 0), ("error", "source-required", 1)]
)
def test_the_settings_may_ask_for_good(run, require, code, status):
    run.settings(f'[attribution]\nrequire = "{require}"\n')
    run.post("own")
    result = run("check", "--format", "json")
    assert [one["code"] for one in json.loads(result.stdout)["problems"]] == [code]
    assert result.exit_code == status


def test_two_posts_of_one_original_are_noted(run):
    for name in ("a", "b"):
        run.post(name, "新京报", original="https://news.example/1")
    (found,) = json.loads(run("check", "--format", "json").stdout)["problems"]
    assert (found["code"], found["path"]) == ("original-shared", "content/2026-10-01-b.md")
    assert "content/2026-10-01-a.md" in found["detail"]


@pytest.mark.parametrize(
    ("page", "title", "is_noted"),
    [
        ("category/Wind.html", "中国经济时报新闻", True),
        ("category/Wind.html", "Wind新闻", False),
        ("category/Wind.html", "WIND", False),
        ("category/Wind.html", "All about the wind", False),
        ("category/Wind.html", "证券时报", True),
        ("category/Other.html", "中国经济时报新闻", False),
        ("categories/Wind.md", "中国经济时报新闻", True),
        ("tag/Wind新闻.html", "中国经济时报新闻", True),
        ("content/categories/Wind/_index.md", "中国经济时报新闻", True),
        ("category/Wind.txt", "中国经济时报新闻", False),
    ],
)
def test_a_page_titled_as_another_source_than_its_posts_name_is_noted(run, page, title, is_noted):  # quirk 24
    run.settings('[[source]]\nname = "证券时报"\n')
    for number, tag in enumerate(("Wind新闻", "Wind新闻", "万得新闻")):
        run.post(str(number), categories="Wind", tags=tag)
    file = run.folder / page
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(f"---\nlayout: category\ntitle: {title}\n---\n", encoding="utf-8")
    found = [
        one
        for one in json.loads(run("check", "--format", "json").stdout)["problems"]
        if one["code"] == "term-page-misnamed"
    ]
    assert [(one["path"], one["line"], one["level"]) for one in found] == [(page, 3, "note")] * is_noted
    assert all(f"“{title}”, while most of its posts are from Wind" in one["detail"] for one in found)


def test_the_pages_of_terms_may_be_anything_and_nothing_fails(run):
    run.post("a", categories="Wind", tags="Wind新闻")
    folder = run.folder / "category"
    (folder / "folder.html").mkdir(parents=True)
    (folder / "binary.html").write_bytes(b"\xff\xfe\x00")
    (folder / "endless.html").write_text("---\ntitle: x\n")
    (folder / "broken.html").write_text('---\ntitle: "a "b" c\n---\n')
    (folder / "deep.html").write_text("---\na: " + "[" * 200 + "\n---\n")
    (folder / "empty.html").write_text("")
    assert run("check", "--strict").exit_code == 0
