"""What is to be told of changes, written in the transaction that makes them (invariant 18)."""

import json
from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import Connection, delete, func, insert, select

from feeds.events import Event
from feeds.store.schema import outbox

KEPT = 10_000  # events; who has missed more begins anew


def add(connection: Connection, events: Iterable[Event], *, now: datetime) -> None:
    at = int(now.timestamp())
    values = [{"at": at, "kind": one.kind, "what": json.dumps(one.what, ensure_ascii=False)} for one in events]
    if values:
        connection.execute(insert(outbox), values)
        connection.execute(delete(outbox).where(outbox.c.number <= last(connection) - KEPT))


def after(connection: Connection, number: int, *, limit: int) -> tuple[Event, ...]:
    """Return what came after an event, the oldest first, as far as it is kept."""
    rows = connection.execute(select(outbox).where(outbox.c.number > number).order_by(outbox.c.number).limit(limit))
    return tuple(Event(kind=row.kind, what=json.loads(row.what), number=row.number, at=row.at) for row in rows)


def first(connection: Connection) -> int:
    """Return the number of the oldest event that is kept, 0 where there is none."""
    return connection.scalar(select(func.min(outbox.c.number))) or 0


def last(connection: Connection) -> int:
    return connection.scalar(select(func.max(outbox.c.number))) or 0
