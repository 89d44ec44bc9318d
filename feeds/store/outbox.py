"""What is to be told of changes, written in the transaction that makes them (invariant 18)."""

import json
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Integer, Row, bindparam, delete, func, insert, select, text

from feeds.events import Event, EventKind
from feeds.store.prepared import Prepared
from feeds.store.schema import outbox

KEPT = 10_000  # events, and some more; who has missed these begins anew
_EACH = 500  # events, after which old ones are looked for
_ADD = Prepared(insert(outbox).values({name: bindparam(name) for name in ("at", "kind", "what")}))
_LAST = Prepared(select(func.max(outbox.c.number)))
_AFTER = Prepared(
    select(outbox.c.kind, outbox.c.what, outbox.c.number, outbox.c.at)
    .where(outbox.c.number > bindparam("after"))
    .order_by(outbox.c.number)
    .limit(bindparam("most", type_=Integer))
)
_COUNTED = text("SELECT seq FROM sqlite_sequence WHERE name = 'outbox'")
_FORGET = delete(outbox).where(outbox.c.number <= bindparam("until"))


def row_of(event: Event, now: datetime) -> dict[str, object]:
    return {"at": int(now.timestamp()), "kind": event.kind, "what": json.dumps(event.what, ensure_ascii=False)}


def add(connection: Connection, rows: list[dict[str, object]]) -> None:
    """Write down what happened, the first thing first; now and then let go of what is old."""
    _ADD.execute(connection, rows)
    newest = last(connection)
    if newest % _EACH < len(rows):
        connection.execute(_FORGET, {"until": newest - KEPT})


def after(connection: Connection, number: int, *, limit: int) -> tuple[Event, ...]:
    """Return what came after an event, the oldest first, as far as it is kept."""
    rows = _AFTER.ask(connection, after=number, most=limit)
    return tuple(Event(kind=kind, what=json.loads(what), number=number, at=at) for kind, what, number, at in rows)


def last_of(connection: Connection, kind: EventKind, *, limit: int) -> tuple[Event, ...]:
    """Return the newest events of a kind, the newest first."""
    newest = select(outbox).where(outbox.c.kind == kind).order_by(outbox.c.number.desc()).limit(limit)
    return tuple(map(_event, connection.execute(newest)))


def _event(row: Row[Any]) -> Event:
    return Event(kind=row.kind, what=json.loads(row.what), number=row.number, at=row.at)


def first(connection: Connection) -> int:
    """Return the number of the oldest event that is kept, 0 where there is none."""
    return connection.scalar(select(func.min(outbox.c.number))) or 0


def last(connection: Connection) -> int:
    """Return the number of the newest event, which may have been an earlier index's; 0: there was never any."""
    return _LAST.value(connection) or connection.scalar(_COUNTED) or 0
