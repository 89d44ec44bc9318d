"""Every quirk is a folder of files and what `load` must make of them; the number is the row's in the list of quirks."""

import tomllib
from datetime import UTC, datetime
from pathlib import Path

import pytest

from feeds.diagnostics import Found
from feeds.model import Gone, Post, Skipped, Unsettled
from feeds.posts.loader import load
from feeds.posts.roots import find_roots, sweep
from feeds.settings import Settings

QUIRKS = Path(__file__).parents[1] / "quirks"
LATER = datetime(2100, 1, 1, tzinfo=UTC)  # every file has rested by then
OUTCOMES = {"post": Post, "gone": Gone, "skipped": Skipped, "unsettled": Unsettled}
ABOUT_THE_FILE = {"path", "outcome", "diagnostics", "rank", "is_archive", "published"}


def folders() -> list[Path]:
    return sorted(folder for folder in QUIRKS.iterdir() if folder.is_dir())


def row_of(folder: Path) -> str:
    number, _, rest = folder.name.partition("-")
    is_first = next(one for one in folders() if one.name.startswith(number)) == folder
    return str(int(number[1:])) if is_first else f"{int(number[1:])}-{rest}"


@pytest.mark.parametrize("folder", folders(), ids=row_of)
def test_a_quirk_is_loaded_as_its_row_demands(folder):
    expected = tomllib.loads((folder / "expect.toml").read_text(encoding="utf-8"))
    settings = Settings.model_validate(with_beijing(expected.get("settings", {})))
    roots = find_roots(folder, settings)
    swept = sweep(folder, roots)
    assert {one.path for one in swept.sightings} == {one["path"] for one in expected["file"]}
    assert swept.skipped == expected.get("skipped", swept.skipped)
    by_path = {one.path: one for one in swept.sightings}
    for one in expected["file"]:
        check(one, folder=folder, sighting=by_path[one["path"]], settings=settings)


def test_every_row_on_files_and_front_matter_has_its_folder():
    assert {row_of(folder) for folder in folders()} >= {str(row) for row in range(1, 29)}


def with_beijing(tables):
    return {"site": {"timezone": "Asia/Shanghai"}} | tables


def check(one, *, folder, sighting, settings):
    found = Found(sighting.path)
    outcome = load(folder, sighting.path, root=sighting.root, settings=settings, now=LATER, authors={}, found=found)
    assert isinstance(outcome, OUTCOMES[one["outcome"]]), (sighting.path, outcome)
    for name in one.keys() - ABOUT_THE_FILE:
        value = getattr(outcome, name)
        assert (list(value) if isinstance(value, tuple) else value) == one[name], (sighting.path, name)
    if "published" in one:
        assert outcome.published == moment(one["published"], sighting), sighting.path
    assert sighting.root.rank == one.get("rank", sighting.root.rank)
    assert sighting.root.is_archive == one.get("is_archive", False)
    assert sorted(spell(said) for said in found) == sorted(one["diagnostics"]), sighting.path


def moment(text, sighting):
    if text == "mtime":
        return datetime.fromtimestamp(sighting.mtime_ns // 1_000_000_000, UTC)
    return datetime.fromisoformat(text)


def spell(said):
    return f"{said.code}:{said.line}" if said.line else said.code
