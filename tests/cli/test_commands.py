"""Commands as an operator runs them, each in a folder of its own."""

import json
import os

import pytest
from click.testing import CliRunner

from feeds import __version__
from feeds.cli import main

POST = """\
---
title: "{title}"
date: 2026-10-01 08:00:00
category: {category}
tags: [news]
---

{body}
"""


class Terminal:
    def __init__(self, folder):
        self.folder = folder

    def __call__(self, *words):
        """Run a command; what it said stands in `stdout` and `stderr`."""
        return CliRunner().invoke(main, [str(word) for word in words], catch_exceptions=False)

    def post(self, name="2026-10-01-first", *, title="First", category="politics", body="Some text."):
        path = self.folder / "content" / f"{name}.md"
        path.parent.mkdir(exist_ok=True)
        path.write_text(POST.format(title=title, category=category, body=body), encoding="utf-8")
        os.utime(path, (1_600_000_000, 1_600_000_000))  # it has rested

    def settings(self, text):
        (self.folder / "feeds.toml").write_text(text, encoding="utf-8")


@pytest.fixture
def run(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name in [name for name in os.environ if name.startswith("FEEDS_")]:
        monkeypatch.delenv(name)
    return Terminal(tmp_path)


def test_the_version_is_told(run):
    assert run("--version").stdout == f"feeds {__version__}\n"


@pytest.mark.parametrize(
    "command", ["serve", "build", "check", "list", "sources", "show", "regenerate", "watch", "doctor", "new", "init"]
)
def test_every_command_explains_itself(run, command):
    result = run(command, "-h")
    assert result.exit_code == 0
    assert "Usage:" in result.stdout
    assert command in run("-h").stdout


def test_an_unknown_command_is_the_operators_mistake(run):
    assert run("publish").exit_code == 2


# --- list


def test_a_list_names_each_feed_with_count_newest_date_and_title(run):
    run.post(category="新京报")
    run.settings('[site]\ntitle = "Daily"\ntimezone = "Asia/Shanghai"\n')
    result = run("list")
    assert result.exit_code == 0
    assert result.stdout.splitlines() == [
        "/feed\t1\t2026-10-01 08:00\tDaily",
        "/category/新京报\t1\t2026-10-01 08:00\t新京报",
        "/tag/news\t1\t2026-10-01 08:00\tnews",
    ]


def test_a_list_for_programs_carries_the_same(run):
    run.post()
    listed = json.loads(run("list", "--format", "json").stdout)
    assert listed[1] == {
        "address": "/category/politics",
        "kind": "category",
        "term": "politics",
        "title": "politics",
        "count": 1,
        "newest": "2026-10-01T08:00:00+00:00",
        "rhythm_seconds": None,
    }


def test_a_new_post_is_listed_the_next_time(run):
    run.post()
    run("list")
    run.post("2026-10-02-second", category="sport")
    assert "/category/sport\t1" in run("list").stdout


def test_the_folder_may_be_named(run, tmp_path, monkeypatch):
    run.post()
    monkeypatch.chdir("/")
    assert "/category/politics" in run("list", tmp_path).stdout


# --- show


@pytest.mark.parametrize(
    ("address", "beginning"),
    [
        ("/feed", "<?xml"),
        ("/feed.atom", "<?xml"),
        ("feed.json", "{"),
        ("/category/新京报.json", "{"),
        ("/category/%E6%96%B0%E4%BA%AC%E6%8A%A5.json", "{"),
        ("/category/新京报", "<?xml"),
        ("https://example.com/category/%E6%96%B0%E4%BA%AC%E6%8A%A5.json", "{"),
        ("/tag/node.js", "<?xml"),
        ("/tag/node.js.json", "{"),
    ],
)
def test_a_feed_is_shown_under_each_spelling_of_its_address(run, address, beginning):
    run.post(category="新京报", body="Text\n")
    run.post("2026-10-02-node", title="Node", category="[c, d]")
    path = run.folder / "content/2026-10-02-node.md"
    path.write_text(path.read_text().replace("[news]", "[node.js]"))
    result = run("show", address)
    assert result.exit_code == 0, result.stderr
    assert result.stdout.startswith(beginning)


def test_without_a_suffix_a_feed_is_atom(run):
    run.post()
    assert run("show", "/category/politics").stdout == run("show", "/category/politics.atom").stdout
    assert 'xmlns="http://www.w3.org/2005/Atom"' in run("show", "/feed").stdout


def test_an_unknown_address_names_the_nearest(run):
    run.post(category="politics")
    result = run("show", "/category/politcs.rss")
    assert result.exit_code == 2
    assert result.stdout == ""
    assert result.stderr.splitlines()[-1] == (
        "feeds: there is no feed /category/politcs.rss; did you mean /category/politics?"
    )


def test_an_address_like_no_other_leads_to_the_list(run):
    run.post()
    assert "feeds list" in run("show", "zzzzzzzzzzzz").stderr


# --- check


def test_a_clean_site_passes(run):
    run.post()
    result = run("check", "--strict")
    assert (result.exit_code, result.stdout) == (0, "Nothing to mend.\n")


def test_a_warning_fails_only_a_strict_check(run):
    run.post(title="")
    assert run("check").exit_code == 0
    result = run("check", "--strict")
    assert result.exit_code == 1
    assert "content/2026-10-01-first.md" in result.stdout
    assert "warning title-missing" in result.stdout


def test_an_error_fails_the_check(run):
    run.post()
    run.post("2026-10-02-first")
    result = run("check", "--format", "json")
    assert result.exit_code == 1
    assert [(one["code"], one["level"]) for one in json.loads(result.stdout)["problems"]] == [("id-claimed", "error")]


def test_the_check_that_finds_a_post_mended_says_so(run):
    run.post(title="")
    run("check")
    run.post(title="Mended")
    assert "content/2026-10-01-first.md: solved title-missing" in run("check").stdout
    (solved,) = json.loads(run("check", "--format", "json").stdout)["solved"]
    assert solved["code"] == "title-missing"


def test_a_check_that_cannot_be_done_is_the_operators_mistake(run):
    result = run("check", "nowhere")
    assert result.exit_code == 2
    assert result.stdout == ""
    assert len(result.stderr.splitlines()) == 1
    assert result.stderr.startswith("feeds: ")


def test_mistakes_in_settings_are_told_one_a_line(run):
    run.settings('[site]\ntimezone = "Mars/Olympus"\nlanguag = "en"\n')
    result = run("check")
    assert result.exit_code == 2
    lines = result.stderr.splitlines()
    assert len(lines) == 2
    assert all(line.startswith("feeds: feeds.toml") for line in lines)


def test_what_was_inferred_is_said_beside_and_not_among_the_findings(run):
    (run.folder / "_config.yml").write_text("title: Daily\n")
    (run.folder / "_posts").mkdir()
    result = run("check")
    assert any("inferred: site.title" in line for line in result.stderr.splitlines())
    assert result.stdout == "Nothing to mend.\n"


def test_a_settings_file_ends_inferring(run):
    (run.folder / "_config.yml").write_text("title: Daily\n")
    (run.folder / "_posts").mkdir()
    run.settings("")
    assert "inferred" not in run("check").stderr


def test_the_place_in_the_program_is_shown_only_on_request(run):
    assert "Traceback" not in run("check", "nowhere").stderr
    result = run("--debug", "check", "nowhere")
    assert result.exit_code == 2
    assert "Traceback" in result.stderr


# --- build


def test_a_build_writes_the_tree_and_says_how_much(run):
    run.post()
    result = run("build", "--output", "public")
    assert result.exit_code == 0, result.stderr
    files = [path for path in (run.folder / "public").rglob("*") if path.is_file()]
    assert result.stdout == f"{len(files)} files written, 0 unchanged in public\n"
    assert (run.folder / "public/category/politics.rss").read_bytes() == run(
        "show", "/category/politics.rss"
    ).stdout_bytes
    assert (run.folder / "public/index.html").read_text().startswith("<!DOCTYPE html>")


def test_a_second_build_writes_nothing(run):
    run.post()
    count = int(run("build", "--output", "public").stdout.split()[0])
    said = f"0 files written, {count - 1} unchanged in public\n"  # the manifest does not count itself
    assert run("build", "--output", "public").stdout == said


def test_a_dry_run_lists_the_files(run):
    run.post()
    said = run("build", "--output", "public", "--dry-run").stdout.splitlines()
    assert {"write category/politics.atom", "write feed.rss", "write manifest.json"} <= set(said)
    assert said[-1] == f"{len(said) - 1} files would be written, 0 unchanged in public"
    assert not (run.folder / "public").exists()


def test_posts_with_errors_cost_themselves_and_the_exit_status(run):
    run.post()
    run.settings("[content]\nmax_front_matter_bytes = 200\n")
    run.post("2026-10-02-second", title="too long " * 30)
    result = run("build", "--output", "public")
    assert result.exit_code == run("check").exit_code == 1
    assert (run.folder / "public/feed.rss").exists()


def test_a_strict_build_writes_nothing_while_there_is_a_warning(run):
    run.post()
    assert run("build", "--output", "public", "--strict").exit_code == 0
    before = (run.folder / "public/feed.rss").read_bytes()
    run.post("2026-10-02-second", body="x", title="[unclosed")
    (run.folder / "content/2026-10-03-third.md").write_text("---\ndate: 2026-10-03\n---\n")
    assert run("check", "--strict").exit_code == 1
    result = run("build", "--output", "public", "--strict")
    assert result.exit_code == 1
    assert result.stdout == ""
    assert (run.folder / "public/feed.rss").read_bytes() == before


def test_several_sites_are_built_from_one_folder(run):
    run.post()
    run.settings('[site]\nurl = "https://one.example"\n')
    (run.folder / "other.toml").write_text('[site]\nurl = "https://other.example/news"\n[build]\nfeeds = ["/tag/*"]\n')
    assert run("build", "--output", "one").exit_code == 0
    assert run("build", "--output", "other", "--config", "other.toml").exit_code == 0
    third = run("build", "--output", "third", "--base-url", "https://third.example")
    assert third.exit_code == 0
    assert b"https://one.example/" in (run.folder / "one/tag/news.rss").read_bytes()
    assert b"https://other.example/news/" in (run.folder / "other/tag/news.rss").read_bytes()
    assert b"https://third.example/" in (run.folder / "third/tag/news.rss").read_bytes()
    assert not (run.folder / "other/feed.rss").exists()
    assert run("build", "--output", "one").stdout.startswith("0 files written")
    assert run("build", "--output", "other", "--config", "other.toml").stdout.startswith("0 files written")


def test_a_base_url_that_cannot_be_one_is_told_with_its_flag(run):
    result = run("build", "--output", "public", "--base-url", "nowhere")
    assert result.exit_code == 2
    assert "flag --base-url" in result.stderr


def test_an_output_that_cannot_be_written_is_one_line(run):
    run.post()
    (run.folder / "public").write_text("in the way")
    result = run("build", "--output", "public")
    assert result.exit_code == 2
    assert result.stderr.splitlines()[-1].startswith("feeds: ")


# --- init


def test_a_first_settings_file_is_valid_and_keeps_what_was_inferred(run):
    (run.folder / "_config.yml").write_text("title: Daily\ntimezone: Asia/Shanghai\n")
    (run.folder / "_posts").mkdir()
    (run.folder / "_posts/2026-10-01-a.md").write_text(POST.format(title="A", category="a b", body="x"))
    before = run("list").stdout
    assert run("init").exit_code == 0
    assert run("list").stdout == before
    assert 'title = "Daily"' in (run.folder / "feeds.toml").read_text(encoding="utf-8")


def test_a_settings_file_is_never_overwritten(run):
    run.settings("# mine\n")
    result = run("init")
    assert result.exit_code == 2
    assert "feeds.toml" in result.stderr
    assert (run.folder / "feeds.toml").read_text() == "# mine\n"


def test_a_folder_that_is_not_there_yet_is_made(run):
    assert run("init", "new/site").exit_code == 0
    assert (run.folder / "new/site/feeds.toml").is_file()


def test_a_site_cannot_begin_in_a_file(run):
    (run.folder / "notes").write_text("mine")
    result = run("init", "notes")
    assert result.exit_code == 2
    assert "notes" in result.stderr
    assert (run.folder / "notes").read_text() == "mine"


def test_the_schema_goes_to_editors_and_writes_nothing(run):
    schema = json.loads(run("init", "--schema").stdout)
    assert "site" in schema["properties"]
    assert list(run.folder.iterdir()) == []


# --- new


def test_a_new_post_is_published_at_once(run):
    run.post()
    arguments = ["--category", "a", "--category", "b", "--tag", "c", "--source", "新京报"]
    result = run("new", "On the way", *arguments)
    assert result.exit_code == 0, result.stderr
    path = run.folder / result.stdout.strip()
    assert path.parent == run.folder / "content"
    listed = run("list").stdout
    for address in ("/category/a", "/category/b", "/tag/c", "/source/新京报"):
        assert f"{address}\t1\t" in listed
    assert "On the way" in run("show", "/category/b.json").stdout


def test_two_posts_of_one_title_are_two_files(run):
    run.post()
    first, second = (run("new", "Same").stdout for _ in range(2))
    assert first != second


def test_a_new_post_in_a_jekyll_folder_goes_where_jekyll_looks(run):
    (run.folder / "_config.yml").write_text("title: Daily\n")
    (run.folder / "_posts").mkdir()
    assert run("new", "Hello").stdout.startswith("_posts/")


# --- the index


def test_an_index_that_cannot_be_written_is_one_line(run):
    run.post()
    (run.folder / ".feeds").write_text("in the way")
    result = run("list")
    assert result.exit_code == 2
    assert len(result.stderr.splitlines()) == 1


def test_a_damaged_index_is_set_aside_and_said(run):
    run.post()
    before = run("list").stdout
    (run.folder / ".feeds/index.sqlite3").write_bytes(b"this is no database" * 100)
    result = run("list")
    assert result.stdout == before
    assert "set aside" in result.stderr


def test_while_another_process_publishes_its_index_is_read(run):
    from feeds.settings import load_settings
    from feeds.site import open_site

    run.post()
    run("list")
    with open_site(run.folder, load_settings(run.folder)) as site:
        assert site.publisher
        run.post("2026-10-02-second", category="sport")
        assert "politics" in run("list").stdout
        assert "sport" not in run("list").stdout


def test_while_another_process_reads_the_posts_for_the_first_time_there_is_nothing_to_list(run):
    from feeds.settings import load_settings
    from feeds.site import open_site

    run.post()
    with open_site(run.folder, load_settings(run.folder)):
        result = run("list")
    assert result.exit_code == 2
    assert "first time" in result.stderr
