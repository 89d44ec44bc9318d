"""How a site is doing, as values, and as a page for whoever publishes it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from feeds.events import Value
from feeds.model import Kind
from feeds.render.html.frame import Frame
from feeds.render.html.templates import Templates
from feeds.traffic import Asked, Day

_SHOWN = 50  # lines of a table
_UNITS = ("B", "kB", "MB", "GB", "TB")


@dataclass(frozen=True, slots=True, kw_only=True)
class Publishing:
    """Who publishes, and since when nothing has happened."""

    state: str  # ready, reading, elsewhere, nobody
    owner: int | None  # id of the process, where it is another one's
    queue: int  # files known to have changed, and not published yet
    last_look: datetime | None
    last_change: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Ran:
    """A run that changed something, or that was ordered."""

    at: datetime
    what: Mapping[str, Value]  # as events tell it


@dataclass(frozen=True, slots=True, kw_only=True)
class Trouble:
    """All problems of one code."""

    code: str
    level: str
    message: str  # of the first of them
    remedy: str
    count: int
    places: tuple[str, ...]  # the first of them


@dataclass(frozen=True, slots=True, kw_only=True)
class Visited:
    """A feed that was asked for."""

    kind: Kind
    term: str
    title: str
    address: str  # readable, without a format's suffix
    asked: Asked
    subscribers: int
    saved: int  # bytes that 304s have spared, about


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """A program that asked."""

    name: str  # "" for those that do not say
    times: int
    subscribers: int  # for whom it asks, over all feeds; 0: it does not say
    feeds: int  # of which it said so


@dataclass(frozen=True, slots=True, kw_only=True)
class Status:
    publishing: Publishing
    counts: Mapping[str, int]  # posts, entries, feeds
    runs: Sequence[Ran]
    troubles: Sequence[Trouble]
    days: Sequence[Day]  # the newest first
    visited: Sequence[Visited]  # the most asked for first
    seen: Sequence[Seen]  # who asks for most people first
    span: int  # days that the numbers are of
    total: Asked
    saved: int  # bytes
    subscribers: int


def status_page(status: Status, *, templates: Templates, frame: Frame, language: str | None = None) -> bytes:
    return templates.render(
        "status.html",
        frame,
        language=language,
        status=status,
        visited=status.visited[:_SHOWN],
        seen=status.seen[:_SHOWN],
        amount=amount,
        percent=percent,
    )


def amount(count: int) -> str:
    """Write a number of bytes for people: 1.5 MB."""
    size, unit = float(count), 0
    while size >= 1000 and unit < len(_UNITS) - 1:
        size, unit = size / 1000, unit + 1
    return f"{size:.1f} {_UNITS[unit]}" if unit else f"{count} B"


def percent(share: float) -> str:
    return f"{100 * share:.1f} %"
