"""What stands in a feed's window, and the name of that state."""

from collections.abc import Iterable

from sqlalchemy import Connection, Integer, bindparam, select

from feeds.fingerprint import digest_texts
from feeds.model import ContentMode, Window
from feeds.store.rows import Sight
from feeds.store.schema import entries, labels, memberships

_HOUR = 3_600_000_000  # microseconds


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
_NEWEST = _OF_FEED.limit(bindparam("newest", type_=Integer))
_RECENT = _OF_FEED.where(memberships.c.age <= bindparam("age", type_=Integer))
_LABEL = (
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
    rows = connection.execute(_NEWEST, {"feed": feed, "newest": window.newest}).all()
    if window.hours and len(rows) == window.newest:
        recent = connection.execute(_RECENT, {"feed": feed, "age": rows[0].age + window.hours * _HOUR}).all()
        rows = max(rows, recent, key=len)  # both begin with the newest, so the longer holds the other
    sights: list[Sight] = []
    total = 0
    for row in rows:
        weight = row.weight if content == "full" else row.brief_weight
        total += weight
        if sights and total > window.max_bytes:
            break
        sights.append(Sight(id=row.entry_id, published=-row.age, updated=row.updated, stamp=row.stamp))
    return tuple(sights)


def majority_label(connection: Connection, feed: int) -> str:
    label: str | None = connection.execute(_LABEL, {"feed": feed}).scalar()
    return label or ""


def state_of(revision: str, label: str, changed: int, window: Iterable[Sight]) -> str:
    """Name everything that a feed's bytes depend on: equal names, equal bytes, on every machine (invariant 13).

    revision: of its Shape. changed: an empty feed has nothing else to take its `updated` from.
    """
    stamps = [sight.stamp for sight in window]
    return digest_texts(revision, label, *(stamps or [str(changed)]))
