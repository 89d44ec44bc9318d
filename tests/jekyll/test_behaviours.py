"""Each folder in `cases` is a Jekyll site that shows one behaviour of jekyll-feed, and what a reader of ours then gets.

`scripts/show_jekyll.py` reads them, and prints them beside what jekyll-feed itself makes of the same sites.
"""

import runpy
import shutil
from pathlib import Path
from types import SimpleNamespace

import pytest

ROOT = Path(__file__).parents[2]
SHOW = SimpleNamespace(**runpy.run_path(str(ROOT / "scripts/show_jekyll.py")))
CASES = SHOW.cases()
ABOUT_THE_FEED = {"old", "address", "entries"}


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_jekyll_site_gives_what_its_folder_says(case, tmp_path):
    mine = SHOW.ours(case, tmp_path)
    for wanted in case.feeds:
        feed = mine.feeds[wanted["address"]]
        assert mine.leads.get(wanted.get("old")) == (wanted["address"] if "old" in wanted else None)
        assert {name: feed.head[name] for name in wanted.keys() - ABOUT_THE_FEED} == {
            name: wanted[name] for name in wanted.keys() - ABOUT_THE_FEED
        }
        assert [
            {name: entry[name] for name in one} for one, entry in zip(wanted["entries"], feed.entries, strict=True)
        ] == wanted["entries"]
    assert [old for old in case.gone if mine.leads[old] or old in mine.files] == []


@pytest.mark.parametrize("name", ["categories", "collections-with-a-path", "path", "tags", "tags-path", "tags-except"])
def test_feeds_build_writes_the_feeds_at_their_old_addresses_too(name, tmp_path):
    case = next(case for case in CASES if case.name == name)
    files = SHOW.ours(case, tmp_path).files
    assert {one["old"]: files[one["old"]] for one in case.feeds} == {
        one["old"]: files[one["address"]] for one in case.feeds
    }


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("jekyll") is None, reason="Debian's jekyll and ruby-jekyll-feed are not here")
def test_jekyll_feed_itself_agrees_in_all_but_what_has_its_reason(tmp_path):
    found = {row.case.name: sorted(row.differing) for row in SHOW.rows(tmp_path)}
    assert found == {case.name: sorted(case.differs) for case in CASES}


def test_every_difference_is_in_the_documents_with_its_reason():
    text = (ROOT / "docs/jekyll.md").read_text(encoding="utf-8")
    missing = [line for case in CASES for line in lines_of(case) if line not in text]
    assert missing == []


def lines_of(case):
    return [f"| {case.behaviour} | {name} | {reason} | `{case.name}` |" for name, reason in case.differs.items()]
