"""What one pass of the publisher did."""

from dataclasses import dataclass, field
from itertools import islice
from math import inf

from feeds.diagnostics import Diagnostic
from feeds.model import FeedKey, Move

_REMEMBERED = 1000  # diagnostics of a run, for whoever ordered it


@dataclass(slots=True, kw_only=True)
class Run:
    seen: int = 0  # files that a sweep saw
    skipped: int = 0  # files of other kinds
    read: int = 0  # files that were opened
    changed: int = 0  # entries that came or changed
    removed: int = 0  # entries that went
    problems: int = 0  # diagnostics that reading these files gave
    said: list[Diagnostic] = field(default_factory=list)  # the first of them
    moved: dict[FeedKey, Move] = field(default_factory=dict)  # feeds that have new validators, in order
    touched: set[FeedKey] = field(default_factory=set)  # these, and those of which only counts differ
    entries: set[str] = field(default_factory=set)  # ids of those that came, changed or went; not of a first ingest
    waiting: set[str] = field(default_factory=set)  # paths that must rest before they are read
    rest: float = inf  # seconds after which the first of them may have rested
    mtimes: list[int] = field(default_factory=list)  # nanoseconds since 1970, of the posts whose entries changed
    lags: tuple[float, ...] = ()  # seconds from these changes to the end of the run, as near as can be told
    is_blind: bool = False  # the folder could not be read

    @property
    def is_nothing(self) -> bool:
        return not (self.changed or self.removed or self.moved)

    def say(self, found: list[Diagnostic]) -> None:
        self.problems += len(found)
        self.said.extend(islice(found, _REMEMBERED - len(self.said)))

    def move(self, moves: tuple[Move, ...]) -> None:
        """Add feeds that moved; one that did so before has moved from where it was then."""
        for one in moves:
            earlier = self.moved.get(one.key)
            self.moved[one.key] = one._replace(before=earlier.before) if earlier else one

    def join(self, later: "Run") -> None:
        """Take in what another pass did after this one."""
        self.seen, self.skipped = max(self.seen, later.seen), max(self.skipped, later.skipped)
        self.read += later.read
        self.changed += later.changed
        self.removed += later.removed
        self.problems += later.problems
        self.said.extend(islice(later.said, _REMEMBERED - len(self.said)))
        self.move(tuple(later.moved.values()))
        self.touched |= later.touched
        self.entries |= later.entries
        self.waiting |= later.waiting
        self.rest = min(self.rest, later.rest)
        self.mtimes += later.mtimes

    def __str__(self) -> str:
        return (
            f"{self.read} files read, {self.changed} entries changed, {self.removed} removed, "
            f"{len(self.moved)} feeds moved"
        )
