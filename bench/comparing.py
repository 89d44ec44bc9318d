"""Whether two generators did the same work: which items stand in feeds of the same name."""

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree as ET

from rivals import OURS, Rival

SAMPLED = 8  # categories, and as many tags


@dataclass(frozen=True, slots=True, kw_only=True)
class Likeness:
    """Of the same sample of feeds, all their formats counted."""

    feeds: int
    ours: int  # items that ours has there
    theirs: int
    common: int  # with the same title

    @property
    def is_whole(self) -> bool:
        return self.common == self.ours == self.theirs


def compare(rival: Rival, output: Path, *, ours: Path, corpus: Path) -> Likeness:
    """Compare the site's feed, those of some categories, large and small ones, and of their tags."""
    pairs = [
        (titles_in(ours / mine), titles_in(output / theirs))
        for category, tag in sample(corpus)
        for mine, theirs in _pairs(rival, category, tag)
    ]
    return Likeness(
        feeds=len(pairs),
        ours=sum(mine.total() for mine, _ in pairs),
        theirs=sum(theirs.total() for _, theirs in pairs),
        common=sum((mine & theirs).total() for mine, theirs in pairs),
    )


def sample(corpus: Path) -> Iterator[tuple[str, str]]:
    """Yield categories with their tags, from the one with most posts to the one with fewest."""
    lines = (corpus / "categories.txt").read_text(encoding="utf-8").splitlines()
    rows = sorted((line.split("\t") for line in lines), key=lambda row: int(row[3]), reverse=True)
    for row in rows[:: max(1, len(rows) // SAMPLED)]:
        yield row[0], row[2]


def _pairs(rival: Rival, category: str, tag: str) -> Iterator[tuple[str, str]]:
    mine, theirs = OURS.feeds(category, tag), rival.feeds(category, tag)
    for kind, paths in theirs.items():
        for form, path in zip(rival.formats, paths, strict=True):
            yield mine[kind][OURS.formats.index(form)], path


def titles_in(path: Path) -> "Counter[str]":
    """Return the titles of a feed's items; quotes that were made pretty count as plain ones."""
    read = _titles_of_json if path.suffix == ".json" else _titles_of_xml
    return Counter(" ".join(title.replace("“", '"').replace("”", '"').split()) for title in read(path))


def _titles_of_json(path: Path) -> Iterator[str]:
    for item in json.loads(path.read_bytes())["items"]:
        yield item["title"]


def _titles_of_xml(path: Path) -> Iterator[str]:
    for element in ET.parse(path).iter():
        if element.tag.rpartition("}")[2] in {"item", "entry"}:
            yield next(child.text or "" for child in element if child.tag.rpartition("}")[2] == "title")
