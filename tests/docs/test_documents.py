"""What is written about the code agrees with the code."""

import re
import runpy
from pathlib import Path

import pytest

from feeds.diagnostics import CATALOGUE, Kind, Level
from feeds.metrics import METRICS, Answer
from feeds.web.accesslog import FORMS
from feeds.web.visits import visit_of

ROOT = Path(__file__).parents[2]
OPERATING = (ROOT / "docs" / "operating.md").read_text(encoding="utf-8")
DOCUMENT = runpy.run_path(str(ROOT / "scripts" / "document.py"))


@pytest.fixture(scope="module")
def named() -> set[str]:
    """Every hyphenated word in the tests and in what the quirk fixtures expect, this file left out."""
    tests = ROOT / "tests"
    files = {*tests.rglob("*.py"), *tests.rglob("expect.toml")} - {Path(__file__)}
    text = "\n".join(path.read_text(encoding="utf-8") for path in files)
    return set(re.findall(r"(?<![\w-])[a-z0-9]+(?:-[a-z0-9]+)+(?![\w-])", text))


def test_the_page_of_diagnostics_says_what_the_catalogue_says():
    written = (ROOT / "docs" / "diagnostics.md").read_text(encoding="utf-8")
    assert written == DOCUMENT["page"](), "run `make docs` and commit docs/diagnostics.md"


def test_the_page_has_one_row_for_each_code():
    rows = re.findall(r"^\| `([a-z0-9-]+)` \|", DOCUMENT["page"](), flags=re.MULTILINE)
    assert sorted(rows) == sorted(CATALOGUE)


def test_a_pipe_in_a_message_does_not_break_the_table(monkeypatch):
    monkeypatch.setitem(CATALOGUE, "made-up", Kind(Level.NOTE, "Either a | or {detail}.", "Choose."))
    assert DOCUMENT["row"]("made-up") == "| `made-up` | Either a \\| or …. | Choose. |\n"


@pytest.mark.parametrize("code", CATALOGUE)
def test_each_diagnostic_is_named_by_some_test(code, named):
    is_named = code in named
    assert is_named, f"no test and no fixture produces {code}"


def test_the_table_of_metrics_says_what_the_definitions_say():
    assert DOCUMENT["operating"](OPERATING) == OPERATING, "run `make docs` and commit docs/operating.md"
    rows = re.findall(r"^\| `(feeds_\w+)` \|", OPERATING, flags=re.MULTILINE)
    assert rows == [metric.name for metric in METRICS]


def test_the_lines_of_the_access_log_are_printed_as_they_are_written():
    agent = b"Feedly/1.0 (+http://www.feedly.com/fetcher.html; 12 subscribers; like FeedFetcher-Google)"
    scope = {
        "method": "GET",
        "raw_path": b"/category/sport.atom",
        "query_string": b"limit=10",
        "http_version": "1.1",
        "headers": [(b"user-agent", agent), (b"if-none-match", b'"old"')],
    }
    visit = visit_of(
        scope, Answer("category", 200, "gzip"), 5120, client="192.0.2.7", moment=1795504095.25, seconds=0.000213
    )
    printed = OPERATING.splitlines()
    for line in FORMS.values():
        assert line(visit) in printed


def local_links(page: Path) -> list[str]:
    targets = re.findall(r"\]\(([^)\s]+)\)", page.read_text(encoding="utf-8"))
    return [target.partition("#")[0] for target in targets if not re.match(r"[a-z]+:|#|/", target)]


@pytest.mark.parametrize(
    "name",
    sorted(
        path.relative_to(ROOT).as_posix()
        for path in (*ROOT.glob("*.md"), *ROOT.glob("docs/*.md"), *ROOT.glob("contrib/*.md"))
    ),
)
def test_links_between_documents_lead_to_files(name):
    page = ROOT / name
    missing = [target for target in local_links(page) if not (page.parent / target).exists()]
    assert missing == []
