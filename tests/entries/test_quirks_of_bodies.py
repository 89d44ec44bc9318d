"""The quirks again, down to the entry: who published first, through whom it came, where the original is, what is shown.

`[[entry]]` of a quirk's `expect.toml` is what `compose` must make of the file; `via` is the aggregator.
"""

import tomllib
from datetime import UTC, datetime
from pathlib import Path

import pytest

from feeds.diagnostics import Found
from feeds.entries.compose import compose
from feeds.model import Post
from feeds.posts.loader import load
from feeds.posts.roots import find_roots, sweep
from feeds.settings import Settings

QUIRKS = Path(__file__).parents[1] / "quirks"
LATER = datetime(2100, 1, 1, tzinfo=UTC)  # every file has rested by then
SITE = {"site": {"timezone": "Asia/Shanghai", "language": "zh-CN", "url": "https://finews.example.com"}}
ROWS = (*range(18, 26), *range(29, 53))


def expectations():
    for folder in sorted(one for one in QUIRKS.iterdir() if one.is_dir()):
        expected = tomllib.loads((folder / "expect.toml").read_text(encoding="utf-8"))
        for one in expected.get("entry", ()):
            yield pytest.param(folder, expected, one, id=f"{folder.name}-{Path(one['path']).stem}")


@pytest.mark.parametrize(("folder", "expected", "one"), list(expectations()))
def test_a_quirk_becomes_the_entry_that_its_row_demands(folder, expected, one):
    settings = Settings.model_validate(SITE | expected.get("settings", {}))
    found = Found(one["path"])
    entry = compose(
        load_post(folder, one["path"], settings), settings=settings, authority="example.com,2021", found=found
    )
    assert {name: shown(entry, found)[name] for name in one} == one


def test_every_row_on_attribution_and_bodies_has_its_entries():
    rows = {int(folder.name[1:3]) for folder, _, _ in (one.values for one in expectations())}
    assert rows == set(ROWS)


def load_post(folder, path, settings):
    sighting = next(one for one in sweep(folder, find_roots(folder, settings)).sightings if one.path == path)
    post = load(folder, path, root=sighting.root, settings=settings, now=LATER, authors={}, found=Found(path))
    assert isinstance(post, Post)
    return post


def shown(entry, found):
    fact = next((one for one in entry.facts if one.role == "origin"), None)
    return {
        "path": entry.path,
        "origin": entry.source.name if entry.source else "",
        "rule": f"{fact.rule}, {fact.confidence}" if fact else "",
        "near": f"{entry.near.rule}: {entry.near.said}" if entry.near else "",
        "via": entry.aggregator.name if entry.aggregator else "",
        "original": entry.via or "",
        "key": entry.original_key or "",
        "summary": entry.summary,
        "content": entry.content_html,
        "said": sorted(one.code for one in found),
    }
