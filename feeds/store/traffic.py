"""What readers asked, a row for each feed and day; `feeds.store.keepsakes` keeps it, as no folder gives it back."""

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Connection, bindparam, delete, func, select, update
from sqlalchemy.dialects.sqlite import insert

from feeds.model import FeedKey
from feeds.store.schema import programs, subscriptions, traffic
from feeds.traffic import KEPT_DAYS, Asked, Attendance, Day, Subscription, Visits

RECENT_DAYS = 3  # in which an aggregator asks again for a feed that somebody reads there, however silent it is
_MOST_PROGRAMS = 300  # on a day
_MOST_READERS = 100_000  # rows of subscriptions; whoever makes up names fills no disk

_add_traffic = insert(traffic)
_ADD_TRAFFIC = _add_traffic.on_conflict_do_update(
    index_elements=["day", "kind", "term"],
    set_={name: traffic.c[name] + _add_traffic.excluded[name] for name in ("unchanged", "answered", "sent")},
)
_add_program = insert(programs)
_ADD_PROGRAM = _add_program.on_conflict_do_update(
    index_elements=["day", "name"], set_={"asked": programs.c.asked + _add_program.excluded.asked}
)
_put_subscription = insert(subscriptions)
_PUT_SUBSCRIPTION = _put_subscription.on_conflict_do_update(
    index_elements=["kind", "term", "format", "reader"],
    set_={"day": _put_subscription.excluded.day, "subscribers": _put_subscription.excluded.subscribers},
)
_SUM = (
    select(func.coalesce(func.sum(subscriptions.c.subscribers), 0))
    .where(
        subscriptions.c.kind == traffic.c.kind,
        subscriptions.c.term == traffic.c.term,
        subscriptions.c.day == traffic.c.day,
    )
    .scalar_subquery()
)
_SUM_UP = (
    update(traffic)
    .where(
        traffic.c.day == bindparam("on"), traffic.c.kind == bindparam("of_kind"), traffic.c.term == bindparam("of_term")
    )
    .values(subscribers=_SUM)
)


def add(connection: Connection, visits: Visits, *, day: date) -> None:
    """Add what was counted on a day."""
    on = day.isoformat()
    _many(connection, _ADD_TRAFFIC, [_row(on, key, asked) for key, asked in visits.feeds.items()])
    _many(connection, _ADD_PROGRAM, [{"day": on, **row} for row in _named(connection, visits.programs, on=on)])
    room = _MOST_READERS - (connection.scalar(select(func.count()).select_from(subscriptions)) or 0)
    said = list(visits.subscribers.items())[: max(room, 0)]
    _many(connection, _PUT_SUBSCRIPTION, [_said(one, count, on) for one, count in said])
    keys = dict.fromkeys(one.key for one, _ in said)
    _many(connection, _SUM_UP, [{"on": on, "of_kind": key.kind, "of_term": key.term} for key in keys])


def forget(connection: Connection, *, day: date) -> None:
    """Let go of what is older than is kept on this day."""
    oldest = (day - timedelta(days=KEPT_DAYS - 1)).isoformat()
    for table in (traffic, subscriptions, programs):
        connection.execute(delete(table).where(table.c.day < oldest))


def attendance(connection: Connection, *, day: date, days: int) -> Attendance:
    """Return what was asked on the last so many days, this one included."""
    since, recent = ((day - timedelta(days=many - 1)).isoformat() for many in (days, RECENT_DAYS))
    sums = [func.sum(traffic.c[name]).label(name) for name in Asked._fields]
    by_feed = select(traffic.c.kind, traffic.c.term, *sums).where(traffic.c.day >= since)
    named = select(programs.c.name, func.sum(programs.c.asked).label("asked")).where(programs.c.day >= since)
    said = select(subscriptions).where(subscriptions.c.day >= recent)
    return Attendance(
        days=_days(connection, since),
        feeds={
            FeedKey(row.kind, row.term): Asked(row.unchanged, row.answered, row.sent)
            for row in connection.execute(by_feed.group_by(traffic.c.kind, traffic.c.term))
        },
        subscriptions={
            Subscription(FeedKey(row.kind, row.term), row.format, row.reader): row.subscribers
            for row in connection.execute(said)
        },
        programs={row.name: row.asked for row in connection.execute(named.group_by(programs.c.name))},
    )


def _days(connection: Connection, since: str) -> tuple[Day, ...]:
    sums = [func.sum(traffic.c[name]).label(name) for name in (*Asked._fields, "subscribers")]
    query = select(traffic.c.day, *sums).where(traffic.c.day >= since).group_by(traffic.c.day)
    named = select(programs.c.day, func.count()).where(programs.c.day >= since, programs.c.name != "")
    counts: dict[str, int] = dict(iter(connection.execute(named.group_by(programs.c.day))))
    return tuple(
        Day(
            day=row.day,
            asked=Asked(row.unchanged, row.answered, row.sent),
            subscribers=row.subscribers,
            programs=counts.get(row.day, 0),
        )
        for row in connection.execute(query.order_by(traffic.c.day.desc()))
    )


def _row(on: str, key: FeedKey, asked: Asked) -> dict[str, object]:
    return {"day": on, "kind": key.kind, "term": key.term, **asked._asdict(), "subscribers": 0}


def _said(one: Subscription, count: int, on: str) -> dict[str, object]:
    key = {"kind": one.key.kind, "term": one.key.term}
    return {**key, "format": one.format, "reader": one.reader, "day": on, "subscribers": count}


def _named(connection: Connection, asked: Mapping[str, int], *, on: str) -> Iterable[dict[str, object]]:
    """Yield programs by name, as many as a day may have; the others are together."""
    known = set(connection.scalars(select(programs.c.name).where(programs.c.day == on)))
    sums: dict[str, int] = {}
    for name, times in sorted(asked.items(), key=lambda one: (-one[1], one[0])):
        if name not in known and len(known) >= _MOST_PROGRAMS:
            name = ""  # noqa: PLW2901
        known.add(name)
        sums[name] = sums.get(name, 0) + times
    return ({"name": name, "asked": times} for name, times in sums.items())


def _many(connection: Connection, statement: Any, values: list[dict[str, object]]) -> None:  # noqa: ANN401
    if values:
        connection.execute(statement, values)
