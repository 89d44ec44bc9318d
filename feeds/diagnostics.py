"""What is odd about the content, said so that it can be mended. Publishing goes on.

CATALOGUE is the one table of codes: `docs/diagnostics.md` is written from it, and a test demands that each code is
produced by some fixture.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import IntEnum
from typing import NamedTuple


class Level(IntEnum):
    """How much it matters. Notes never change an exit status; errors always do."""

    NOTE = 0
    WARNING = 1
    ERROR = 2

    def __str__(self) -> str:
        return self.name.lower()


class Kind(NamedTuple):
    level: Level
    summary: str  # one sentence; `{detail}` is the offending text
    remedy: str


_N, _W, _E = Level.NOTE, Level.WARNING, Level.ERROR

CATALOGUE: dict[str, Kind] = {
    # files
    "file-empty": Kind(_W, "The file is empty, so it waits.", "Write the post or delete the file."),
    "file-unfinished": Kind(
        _W, "The front matter has no closing fence, so the file waits.", "Close the front matter with a line `---`."
    ),
    "file-unreadable": Kind(_E, "The file cannot be read: {detail}.", "Give the feeds process permission to read it."),
    "not-looked-at": Kind(
        _E, "This cannot be looked at: {detail}. What was published from it stays.", "Mend its permissions or its name."
    ),
    "file-not-utf8": Kind(_W, "Some bytes are not UTF-8 and were replaced: {detail}.", "Save the file in UTF-8."),
    "file-too-large": Kind(
        _E,
        "The file is larger than {detail}, so it is not published.",
        "Shorten it, or raise `content.max_file_bytes`.",
    ),
    "file-leaves-root": Kind(
        _N, "A symbolic link leads out of its root and is not followed: {detail}.", "Copy the file into the folder."
    ),
    "file-name-without-date": Kind(
        _N,
        "The file name has no date; {detail} was used.",
        "Name it YYYY-MM-DD-slug, or give `date` in the front matter.",
    ),
    # front matter
    "front-matter-salvaged": Kind(
        _W,
        "The front matter is not valid ({detail}); its lines were read one by one.",
        "Quote the value, and escape quotation marks and backslashes inside it.",
    ),
    "front-matter-cut": Kind(
        _W, "A `#` would cut this value short; the whole line was kept: {detail}.", "Put the value in quotation marks."
    ),
    "front-matter-too-large": Kind(
        _E, "The front matter is larger than {detail}, so the post is not published.", "Move text into the body."
    ),
    "front-matter-too-deep": Kind(
        _E, "The front matter is nested deeper than {detail}, so the post is not published.", "Flatten it."
    ),
    "front-matter-duplicate-key": Kind(
        _W, "The key {detail} stands twice; the last one counts.", "Delete the one you do not mean."
    ),
    "page-skipped": Kind(
        _N,
        "A file without front matter whose name or shape is a page's: {detail}.",
        "Give it front matter if it is a post.",
    ),
    "layout-skipped": Kind(
        _N, "Layout {detail} is a page, not a post.", "Take the layout out of `content.page_layouts` if it is a post."
    ),
    "title-missing": Kind(_W, "There is no title; it was taken from {detail}.", "Give the post a `title`."),
    "date-missing": Kind(_W, "There is no date; it was taken from {detail}.", "Give the post a `date`."),
    "date-unreadable": Kind(_W, "This is not a date: {detail}.", "Write it as 2026-11-23 13:14:23 +0800."),
    "terms-split": Kind(
        _N, "{detail} was split at white space, as Jekyll does.", "Write a list, or set `content.split_terms` to false."
    ),
    "terms-too-many": Kind(
        _E, "The post has more than {detail} categories or tags; the rest was left out.", "Give it fewer."
    ),
    "term-empty": Kind(_N, "An empty category or tag was left out.", "Give it a name or delete the key."),
    "value-ignored": Kind(
        _W, "The value of {detail} cannot be used and was left out.", "See the settings of posts in the docs."
    ),
    "author-unknown": Kind(
        _N, "The author {detail} is not in `_data/authors.yml`; the key was taken as the name.", "Add the author there."
    ),
    # body
    "text-illegal-characters": Kind(
        _W, "{detail} characters that XML cannot carry were dropped.", "Delete control characters from the post."
    ),
    "liquid-left": Kind(
        _N, "The Liquid tag {detail} was left as it stands.", "Replace it by Markdown or HTML; feeds run no templates."
    ),
    "link-empty": Kind(_N, "An empty link `<>` was dropped.", "Give the link its address."),
    "addresses-crowded": Kind(
        _N,
        "A line holds hundreds of `@` or `&`; no bare address in this post became a link.",
        "Break the line, or write `<address>` where a link is meant.",
    ),
    "body-too-deep": Kind(
        _W, "The HTML is nested too deeply; its text was published without markup.", "Flatten the HTML."
    ),
    "url-unusable": Kind(_N, "This address cannot be used in a feed: {detail}.", "Write an http or https address."),
    # where it comes from
    "source-disagrees": Kind(
        _W,
        "The post names two sources: {detail}. The first one counts.",
        "Correct one of them, make one an alias of the other, or give one the role of an aggregator in [[source]].",
    ),
    "source-withheld": Kind(
        _N, "The settings let nothing be republished of {detail}.", "Change its [[source]] if that is not meant."
    ),
    # where posts come from; `feeds check` finds these itself
    "source-missing": Kind(
        _W, "Nothing says where this post comes from; {detail}.", "Give it `source` in the front matter."
    ),
    "source-required": Kind(
        _E,
        "Nothing says where this post comes from, and `attribution.require` demands it; {detail}.",
        "Give it `source` in the front matter.",
    ),
    "category-named-variously": Kind(
        _N,
        "The posts of one category name different sources, so the name of its feed says too little: {detail}.",
        "Give the category a [[feed]] with a `title`, or give each source a category of its own.",
    ),
    "term-page-misnamed": Kind(
        _N,
        "The page of a category or tag is titled as another source than its posts name: {detail}.",
        "Correct its title; the feed goes by its posts already.",
    ),
    "source-several-names": Kind(
        _N,
        "A name that the settings do not list was taken for one that they do: {detail}.",
        "Add it to the `aliases` of that [[source]], or give it a [[source]] of its own.",
    ),
    "original-shared": Kind(
        _N, "Two posts name one original: {detail}.", "Delete one of them, or correct the address."
    ),
    # the whole site
    "id-claimed": Kind(
        _E,
        "Another post has the same id ({detail}), so this one is not published.",
        'Give one of them a `guid`, or set `content.key` to "path".',
    ),
    "copy-archived": Kind(
        _N,
        "The same post stands in a live folder ({detail}); the copy in the archive is not used.",
        "Delete one of them.",
    ),
    "last-good-kept": Kind(
        _N, "The last good version of this post stays published.", "Mend the file; it is read again at once."
    ),
    "post-failed": Kind(
        _E, "The post could not be published: {detail}.", "Please report this as a bug, with the post."
    ),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Diagnostic:
    code: str  # a key of CATALOGUE
    path: str  # POSIX, relative to the site folder
    line: int | None = None  # 1-based
    detail: str = ""

    @property
    def level(self) -> Level:
        return CATALOGUE[self.code].level

    @property
    def place(self) -> str:
        """Return `path:line`, or the path alone where the whole file is meant."""
        return self.path if self.line is None else f"{self.path}:{self.line}"

    @property
    def message(self) -> str:
        return CATALOGUE[self.code].summary.replace("{detail}", self.detail)

    @property
    def remedy(self) -> str:
        return CATALOGUE[self.code].remedy


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """A diagnostic with its times, in seconds since 1970. The index remembers them; a post cannot."""

    diagnostic: Diagnostic
    number: int = 0  # in the index; tells equal ones apart
    first_seen: int | None = None  # None: found just now, by something that keeps no times
    last_seen: int | None = None  # when reading the post, or looking at the folder, found it last
    solved: int | None = None  # since when it is not found any more


@dataclass(frozen=True, slots=True, kw_only=True)
class Problems:
    """What there is to mend, and what was mended of late."""

    open: tuple[Problem, ...] = ()
    solved: tuple[Problem, ...] = ()  # the last first

    def at_least(self, level: Level) -> "Problems":
        """Leave out what matters less."""
        return Problems(open=_at_least(level, self.open), solved=_at_least(level, self.solved))


def _at_least(level: Level, problems: Iterable[Problem]) -> tuple[Problem, ...]:
    return tuple(one for one in problems if one.diagnostic.level >= level)


class Found:
    """Collects the diagnostics of one post while it passes through the rooms."""

    def __init__(self, path: str) -> None:
        self.path = path
        self._all: dict[Diagnostic, None] = {}  # the same thing is said once

    def add(self, code: str, *, line: int | None = None, detail: str = "") -> None:
        if code not in CATALOGUE:
            raise KeyError(code)
        self._all[Diagnostic(code=code, path=self.path, line=line, detail=detail[:200])] = None

    def __iter__(self) -> Iterator[Diagnostic]:
        return iter(self._all)

    def __len__(self) -> int:
        return len(self._all)
