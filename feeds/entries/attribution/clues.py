"""What the rules look at, and what they find."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Literal, TypeAlias

from feeds.entries.lines import NOTHING, Line, Lines
from feeds.model import Confidence, Post, Stated
from feeds.settings import Settings
from feeds.sources import Sources


@dataclass(slots=True, kw_only=True)
class Evidence:
    """Everything that may tell where a post comes from, as far as it is known by now."""

    post: Post
    settings: Settings
    sources: Sources
    lines: Lines = NOTHING
    marked: tuple[str, ...] = ()  # texts of the elements whose class the settings name
    standing: str | None = None  # the stand-alone address at the end of the body
    original: str | None = None  # absolute address of the original


@dataclass(slots=True, kw_only=True)
class Clue:
    """What one rule found, or, without a name and an address, what it nearly found."""

    rule: str
    confidence: Confidence
    said: str  # as the post says it
    name: str = ""  # of a publication, as written
    is_via: bool = False  # said to have passed it on
    url: str | None = None  # of the publication's home page
    feed: str | None = None
    original: str | None = None  # address of the original, where the same words give it
    where: Literal["front", "body", ""] = ""
    key: Stated | None = None  # of the front matter, that says it
    is_named_in_body: bool = False  # whoever reads the body reads the name
    line: Line | None = None  # that names the source and may go
    cut: str = ""  # the part of the line that names it


Rule: TypeAlias = Callable[[Evidence], Iterator[Clue]]
