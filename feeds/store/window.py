"""What stands in a feed's window, and the name of that state."""

from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby
from operator import itemgetter
from typing import Any

from sqlalchemy import Connection, Integer, bindparam, func, select

from feeds.fingerprint import digest_texts
from feeds.model import ContentMode, Shape, Window
from feeds.store.prepared import Prepared
from feeds.store.rows import Sight
from feeds.store.schema import entries, feeds, labels, memberships

_HOUR = 3_600_000_000  # microseconds
_NEVER = 2**63 - 1  # an age that nothing has
_AT_ONCE = 100  # windows in one question
_FEW = 20  # windows

_COLUMNS = (
    memberships.c.entry_id,
    memberships.c.age,
    entries.c.updated,
    entries.c.stamp,
    entries.c.weight,
    entries.c.brief_weight,
)
_OF_FEED = (
    select(*_COLUMNS)
    .join(entries, entries.c.id == memberships.c.entry_id)
    .where(memberships.c.feed == bindparam("feed", type_=Integer))
    .order_by(memberships.c.age, memberships.c.entry_id)
)
_NEWEST = Prepared(_OF_FEED.limit(bindparam("newest", type_=Integer)))
_RECENT = Prepared(_OF_FEED.where(memberships.c.age <= bindparam("age", type_=Integer)))

# The same for many feeds: what is as old as the last of the newest, or as the hours allow, whichever is older.
_OLDER = memberships.alias()
_AGES = (
    select(_OLDER.c.age).where(_OLDER.c.feed == feeds.c.number).order_by(_OLDER.c.age, _OLDER.c.entry_id).limit(1)
).correlate(feeds)
_LAST_AGE = _AGES.offset(bindparam("newest", type_=Integer) - 1).scalar_subquery()
_HOURS_AGE = _AGES.scalar_subquery() + bindparam("hours", type_=Integer)
_OF_FEEDS = Prepared(
    select(feeds.c.number, *_COLUMNS)
    .join(memberships, memberships.c.feed == feeds.c.number)
    .join(entries, entries.c.id == memberships.c.entry_id)
    .where(
        feeds.c.number.in_(bindparam("numbers", expanding=True)),
        memberships.c.age <= func.coalesce(func.max(_LAST_AGE, _HOURS_AGE), _NEVER),
    )
    .order_by(feeds.c.number, memberships.c.age, memberships.c.entry_id)
)
_LABELS = Prepared(
    select(labels.c.feed, labels.c.label)
    .where(labels.c.feed.in_(bindparam("numbers", expanding=True)))
    .order_by(labels.c.feed, labels.c.total.desc(), labels.c.label)
)
_LABEL = Prepared(
    select(labels.c.label)
    .where(labels.c.feed == bindparam("feed", type_=Integer))
    .order_by(labels.c.total.desc(), labels.c.label)
    .limit(1)
)


def window_of(connection: Connection, feed: int, *, window: Window, content: ContentMode) -> tuple[Sight, ...]:
    """Return the newest entries, united with those of the hours before the newest, as long as the bytes allow.

    Hours count back from the newest entry and not from now: the window is then a function of the content alone, and
    holds at least what a clock would let it hold.
    """
    rows = _NEWEST.ask(connection, feed=feed, newest=window.newest)
    if window.hours and len(rows) == window.newest:
        recent = _RECENT.ask(connection, feed=feed, age=rows[0][1] + window.hours * _HOUR)
        rows = max(rows, recent, key=len)  # both begin with the newest, so the longer holds the other
    return _within_bytes(rows, window, content)


def windows_of(connection: Connection, shapes: Mapping[int, Shape]) -> dict[int, tuple[Sight, ...]]:
    """Return the windows of feeds, by number; each is what `window_of` says.

    Few are asked for one by one: the question for many also reads what is as old as the last one in a window.
    """
    if len(shapes) <= _FEW:
        return {
            number: window_of(connection, number, window=shape.window, content=shape.content)
            for number, shape in shapes.items()
        }
    found: dict[int, tuple[Sight, ...]] = dict.fromkeys(shapes, ())
    alike: dict[tuple[int, int], list[int]] = {}
    for number, shape in shapes.items():
        alike.setdefault((shape.window.newest, shape.window.hours), []).append(number)
    for (newest, hours), numbers in alike.items():
        for start in range(0, len(numbers), _AT_ONCE):
            piece = numbers[start : start + _AT_ONCE]
            rows = _OF_FEEDS.ask_of(connection, piece, newest=newest, hours=hours * _HOUR)
            for number, group in groupby(rows, itemgetter(0)):
                members = [row[1:] for row in group]
                oldest = members[0][1] + hours * _HOUR
                most = max(newest, sum(row[1] <= oldest for row in members)) if hours else newest
                found[number] = _within_bytes(members[:most], shapes[number].window, shapes[number].content)
    return found


def _within_bytes(rows: Iterable[Sequence[Any]], window: Window, content: ContentMode) -> tuple[Sight, ...]:
    sights: list[Sight] = []
    total = 0
    for id_, age, updated, stamp, weight, brief_weight in rows:
        total += weight if content == "full" else brief_weight
        if sights and total > window.max_bytes:
            break
        sights.append(Sight(id_, -age, updated, stamp))
    return tuple(sights)


def majority_label(connection: Connection, feed: int) -> str:
    return _LABEL.value(connection, feed=feed) or ""


def majority_labels(connection: Connection, numbers: Iterable[int]) -> dict[int, str]:
    """Return what most entries call these feeds, where any do, by number."""
    found: dict[int, str] = {}
    for number, label in _LABELS.ask_of(connection, numbers):
        found.setdefault(number, label)
    return found


def state_of(revision: str, label: str, changed: int, window: Iterable[Sight]) -> str:
    """Name everything that a feed's bytes depend on: equal names, equal bytes, on every machine (invariant 13).

    revision: of its Shape. changed: an empty feed has nothing else to take its `updated` from.
    """
    stamps = [sight.stamp for sight in window]
    return digest_texts(revision, label, *(stamps or [str(changed)]))
