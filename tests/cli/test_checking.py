"""`feeds check` as people, editors, code scanning and GitHub read it."""

import json
import re
import sqlite3
from contextlib import closing
from pathlib import Path
from urllib.parse import unquote

import jsonschema
import pytest
from click.testing import CliRunner

from feeds.check import as_github, as_sarif, groups
from feeds.check import report as report_of
from feeds.cli import main
from feeds.cli.places import top_of_repository, way_to
from feeds.cli.terminal import can_link, link_to
from feeds.diagnostics import CATALOGUE, Diagnostic, Problems

# OASIS, "SARIF Version 2.1.0 Plus Errata 01", sarif-schema-2.1.0.json, as it is.
SCHEMA = json.loads((Path(__file__).parent / "schemas/sarif-schema-2.1.0.json").read_text("utf-8"))


def report(*found):
    return report_of(Problems(), found)


def problem(code="url-unusable", path="content/a.md", line=3, detail="x:y"):
    return Diagnostic(code=code, path=path, line=line, detail=detail)


EVERY_KIND = tuple(problem(code, f"content/新闻 {code}.md", n or None, f"“{code}”") for n, code in enumerate(CATALOGUE))
ODD = problem(path="content/\udcff a%b#c.md", detail="100%\r\n::error::\x1b[2J, a:b")


# --- SARIF


def sarif(*found, prefix=""):
    log = json.loads(as_sarif(report(*found), base="file:///repo", prefix=prefix))
    jsonschema.Draft4Validator(SCHEMA).validate(log)
    return log["runs"][0]


@pytest.mark.parametrize("found", [(), EVERY_KIND, (ODD,)], ids=["nothing", "every kind", "odd"])
def test_a_log_is_valid_by_the_schema_of_oasis(found):
    assert len(sarif(*found)["results"]) == len(found)


def test_the_schema_refuses_what_is_no_log():
    log = json.loads(as_sarif(report(ODD), base="file:///repo"))
    log["runs"][0]["results"][0]["level"] = "grave"
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.Draft4Validator(SCHEMA).validate(log)


def test_a_result_names_its_rule_its_file_and_its_line():
    run = sarif(
        problem(), problem("title-missing", path="content/新 闻.md", line=None, detail="the text"), prefix="blog/"
    )
    first, second = run["results"]
    assert run["tool"]["driver"]["rules"][first["ruleIndex"]]["id"] == first["ruleId"] == "title-missing"
    assert first["level"] == "warning"
    assert first["message"]["text"] == "There is no title; it was taken from the text. Give the post a `title`."
    place = first["locations"][0]["physicalLocation"]
    assert unquote(place["artifactLocation"]["uri"]) == "blog/content/新 闻.md"
    assert " " not in place["artifactLocation"]["uri"]
    assert "region" not in place
    assert second["locations"][0]["physicalLocation"]["region"] == {"startLine": 3}


def test_a_problem_keeps_its_fingerprint_where_only_its_line_moves():
    prints = [
        sarif(one)["results"][0]["partialFingerprints"] for one in (problem(), problem(line=9), problem(detail="z"))
    ]
    assert prints[0] == prints[1] != prints[2]


# --- GitHub


def as_runner_reads(line):
    """Read a workflow command as actions/runner does (ActionCommand.TryParseV2)."""
    command, said, text = re.fullmatch(r"::(\w+) ([^:]*(?:[^:]|:(?!:))*?)::(.*)", line).groups()
    properties = dict(pair.split("=", 1) for pair in said.split(","))

    def read(value, escapes):
        for character, escape in escapes:
            value = value.replace(escape, character)
        return value

    escapes = (("\r", "%0D"), ("\n", "%0A"), (":", "%3A"), (",", "%2C"), ("%", "%25"))
    return (
        command,
        {name: read(value, escapes) for name, value in properties.items()},
        read(text, (("\r", "%0D"), ("\n", "%0A"), ("%", "%25"))),
    )


def test_each_problem_is_a_command_beside_its_line():
    (line,) = as_github(report(problem()), prefix="blog/").splitlines()
    assert as_runner_reads(line) == (
        "notice",
        {"file": "blog/content/a.md", "line": "3", "title": "url-unusable"},
        "This address cannot be used in a feed: x:y. Write an http or https address.",
    )


def test_nothing_in_a_post_can_end_or_begin_a_command():
    (line,) = as_github(report(problem(path="a,b:c%0A.md", line=None, detail="1%2C\n::error::x"))).splitlines()
    command, properties, text = as_runner_reads(line)
    assert command == "notice"
    assert properties == {"file": "a,b:c%0A.md", "title": "url-unusable"}
    assert "1%2C\\n::error::x" in text
    assert len(as_github(report(ODD)).splitlines()) == 1


def test_levels_have_githubs_names():
    commands = {line.split()[0] for line in as_github(report(*EVERY_KIND)).splitlines()}
    assert commands == {"::error", "::warning", "::notice"}


# --- where files are named from


def test_a_build_server_names_files_from_the_top_of_its_checkout(tmp_path):
    site = tmp_path / "repo/blog"
    site.mkdir(parents=True)
    assert top_of_repository(site, {}) == site
    (tmp_path / "repo/.git").mkdir()
    assert way_to(site, top_of_repository(site, {})) == "blog/"
    assert way_to(site, top_of_repository(site, {"GITHUB_WORKSPACE": str(tmp_path)})) == "repo/blog/"
    assert way_to(site, top_of_repository(site, {"GITHUB_WORKSPACE": "/elsewhere"})) == "blog/"


def test_files_that_are_not_below_are_named_whole(tmp_path):
    assert way_to(tmp_path, tmp_path / "deeper") == f"{tmp_path}/"
    assert way_to(tmp_path, tmp_path) == ""


# --- for people


@pytest.fixture
def run(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "blog/content").mkdir(parents=True)
    (tmp_path / "blog/feeds.toml").write_text("[content]\nsettle = 0\n")
    for number in range(12):
        path = tmp_path / f"blog/content/2026-10-{number + 1:02}-a{number}.md"
        path.write_text(f"---\ntitle: A\nimage: 'javascript:{number}'\n---\nText\n", encoding="utf-8")
    (tmp_path / "blog/content/2026-11-01-b.md").write_text("---\ntitle:\n---\nText\n", encoding="utf-8")
    return lambda *words: CliRunner().invoke(main, ["check", "blog", *words], catch_exceptions=False)


def test_problems_are_grouped_with_what_to_do_how_many_and_where(run):
    text = run().stdout
    first, second, sum_ = text.strip().split("\n\n")
    assert first.splitlines() == [
        "warning title-missing · 1 file",
        "  There is no title; it was taken from the text.",
        "  → Give the post a `title`.",
        "  blog/content/2026-11-01-b.md",
    ]
    assert second.startswith("note url-unusable · 12 files\n  This address cannot be used in a feed: ….\n")
    assert re.search(r"^  blog/content/2026-10-01-a0\.md +javascript:0$", second, re.MULTILINE)
    assert len(second.splitlines()) == 3 + 12
    assert sum_ == "1 warning, 12 notes in 13 files."


def test_since_when_is_said_once_where_all_are_as_old(run, tmp_path):
    run()
    with closing(sqlite3.connect(tmp_path / "blog/.feeds/index.sqlite3")) as index, index:
        index.execute("UPDATE diagnostics SET first_seen = first_seen - 3600")
    text = run().stdout
    assert re.search(r"note url-unusable · 12 files · since \d{4}-\d\d-\d\d \d\d:\d\d\n", text)
    assert text.count("since") == 2


def test_one_kind_may_be_asked_for_alone(run):
    result = run("--code", "url-unusable", "--strict")
    assert "title-missing" not in result.stdout
    assert result.exit_code == 0
    assert run("--code", "title-missing", "--strict").exit_code == 1


def test_a_kind_that_there_is_not_names_the_nearest(run):
    result = run("--code", "title-mising")
    assert result.exit_code == 2
    assert "did you mean title-missing" in result.stderr


def test_editors_get_a_line_for_each_that_they_can_open(run):
    lines = [line for line in run("--format", "lines").stdout.splitlines() if line][:-1]
    assert len(lines) == 13
    places = [re.match(r"(.+?\.md):(?:\d+:)? (warning|note) ([a-z-]+) ", line) for line in lines]
    assert all(Path(place[1]).is_file() for place in places)


def test_for_ci_files_are_named_from_the_top(run, tmp_path):
    (tmp_path / ".git").mkdir()
    lines = run("--format", "github").stdout.splitlines()
    assert all(line.split("file=")[1].startswith("blog/content/") for line in lines)
    log = json.loads(run("--format", "sarif").stdout)
    jsonschema.Draft4Validator(SCHEMA).validate(log)
    assert log["runs"][0]["originalUriBaseIds"]["SRCROOT"]["uri"] == f"{tmp_path.as_uri()}/"


def test_a_group_says_how_many_in_how_many_files():
    (group,) = groups(report(problem(), problem(detail="z"), problem(path="b.md")))
    assert (group.count, group.message) == ("3 in 2 files", "This address cannot be used in a feed: ….")
    (group,) = groups(report(problem()))
    assert (group.count, group.message) == ("1 file", "This address cannot be used in a feed: x:y.")


# --- links


@pytest.mark.parametrize(
    ("environ", "links"),
    [
        ({"TERM": "xterm-256color"}, False),
        ({"TERM": "linux"}, False),
        ({"TERM": "xterm-256color", "VTE_VERSION": "7006"}, True),
        ({"TERM": "xterm-256color", "VTE_VERSION": "4205"}, False),
        ({"TERM_PROGRAM": "iTerm.app"}, True),
        ({"TERM": "xterm-kitty"}, True),
        ({"TERM": "xterm", "FORCE_HYPERLINK": "1"}, True),
        ({"TERM": "xterm-kitty", "FORCE_HYPERLINK": "0"}, False),
    ],
)
def test_only_a_terminal_that_can_gets_links(environ, links):
    assert can_link(environ) is links


def test_a_link_leads_to_the_file_and_where_that_is_understood_to_the_line(monkeypatch):
    monkeypatch.setattr("socket.gethostname", lambda: "desk")
    path = Path("/s/新 闻.md")
    assert link_to(path, 3, {}) == "file://desk/s/%E6%96%B0%20%E9%97%BB.md"
    assert link_to(path, 3, {"KITTY_WINDOW_ID": "1"}).endswith(".md#3")
    assert link_to(path, 3, {"TERM_PROGRAM": "vscode"}) == "vscode://file/s/%E6%96%B0%20%E9%97%BB.md:3"
