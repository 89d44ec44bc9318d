"""What one transaction writes: posts, diagnostics, entries, memberships, and the feeds that moved."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from itertools import islice
from types import MappingProxyType
from typing import Any, NamedTuple, TypeVar

from sqlalchemy import BindParameter, Connection, bindparam, case, delete, func, select, update
from sqlalchemy.dialects.sqlite import insert

from feeds.diagnostics import Diagnostic
from feeds.events import Event
from feeds.model import Entry, FeedKey, Move, Plan, Shape
from feeds.store import keepsakes, outbox, problems
from feeds.store.payload import Written, microseconds, write_down
from feeds.store.prepared import Prepared
from feeds.store.problems import News
from feeds.store.rows import PostRow, Sight, Tombstone
from feeds.store.schema import entries, facts, feeds, labels, memberships, posts, tombstones
from feeds.store.window import majority_labels, state_of, windows_of

_T = TypeVar("_T")
ShapeOf = Callable[[FeedKey], Shape]
Earlier = Mapping[str, Mapping[str, Any]]  # by id: what an earlier index knew of entries, as `keepsakes` has it
NOTHING: Earlier = MappingProxyType({})
NOT_WRITTEN: Mapping[str, Written] = MappingProxyType({})
_AT_ONCE = 500

_put_post = insert(posts)
_PUT_POST = Prepared(
    _put_post.on_conflict_do_update(
        index_elements=["path"], set_={c.name: _put_post.excluded[c.name] for c in posts.c if c.name != "path"}
    )
)
_POST_FIELDS = tuple(posts.c.keys())
_put_tombstone = insert(tombstones)
_PUT_TOMBSTONE = Prepared(
    _put_tombstone.on_conflict_do_update(
        index_elements=["id"],
        set_={c.name: _put_tombstone.excluded[c.name] for c in tombstones.c if c.name != "id"},
    )
)
_put_entry = insert(entries)
_PUT_ENTRY = Prepared(
    _put_entry.on_conflict_do_update(
        index_elements=["id"],
        set_={
            **{c.name: _put_entry.excluded[c.name] for c in entries.c if c.name not in {"id", "first_seen"}},
            # Advances by at least a second with other contents (invariant 11).
            "changed": case(
                (entries.c.stamp == _put_entry.excluded.stamp, entries.c.changed),
                else_=func.max(_put_entry.excluded.changed, entries.c.changed + 1),
            ),
        },
    )
)
_put_label = insert(labels)
_COUNT_LABEL = Prepared(
    _put_label.on_conflict_do_update(
        index_elements=["feed", "label"], set_={"total": labels.c.total + _put_label.excluded.total}
    )
)
_JOIN = Prepared(insert(memberships))
_MAKE = Prepared(insert(feeds).values({c.name: bindparam(c.name) for c in feeds.c if c.name != "number"}))
_MOVE = Prepared(
    update(feeds)
    .where(feeds.c.number == bindparam("of_number"))
    .values(state=bindparam("state"), changed=bindparam("changed"), generation=bindparam("generation"))
)
_STANDINGS = Prepared(
    select(feeds.c.kind, feeds.c.term, feeds.c.number, feeds.c.state, feeds.c.changed).where(
        feeds.c.kind == bindparam("of_kind"), feeds.c.term.in_(bindparam("terms", expanding=True))
    )
)
_FACT = Prepared(select(facts.c.value).where(facts.c.name == bindparam("of_name")))
_GENERATION = Prepared(select(func.max(feeds.c.generation)))
_WANTED: BindParameter[Any] = bindparam("wanted", expanding=True)
_FORGET_POSTS = Prepared(delete(posts).where(posts.c.path.in_(_WANTED)))
_UNBURY = Prepared(delete(tombstones).where(tombstones.c.id.in_(_WANTED)))
_DROP_ENTRIES = Prepared(delete(entries).where(entries.c.id.in_(_WANTED)))
_DROP_LABELS = Prepared(delete(labels).where(labels.c.feed.in_(_WANTED), labels.c.total <= 0))
_put_fact = insert(facts)
_PUT_FACT = _put_fact.on_conflict_do_update(index_elements=["name"], set_={"value": _put_fact.excluded.value})
_LEAVE = Prepared(
    delete(memberships).where(
        memberships.c.feed == bindparam("of_feed"),
        memberships.c.age == bindparam("of_age"),
        memberships.c.entry_id == bindparam("of_entry"),
    )
)
_COUNT = Prepared(
    update(feeds).where(feeds.c.number == bindparam("of_feed")).values(total=feeds.c.total + bindparam("more"))
)


class _Standing(NamedTuple):
    """A feed's row while its transaction runs."""

    number: int
    state: str
    changed: int


class Commit:
    def __init__(self, connection: Connection, feeds_known: dict[FeedKey, int] | None = None) -> None:
        """feeds_known: numbers of feeds that are certain to be in this index; those that come up are added."""
        self._connection = connection
        self._feeds = {} if feeds_known is None else feeds_known
        self._happened: list[dict[str, object]] = []

    def fact(self, name: str) -> str | None:
        value: str | None = _FACT.value(self._connection, of_name=name)
        return value

    def put_fact(self, name: str, value: str) -> None:
        self._connection.execute(_PUT_FACT, {"name": name, "value": value})

    def announce(self, events: Iterable[Event], *, now: datetime) -> None:
        """Tell of what this commit changes, once it has (invariant 18)."""
        self._happened += [outbox.row_of(one, now) for one in events]

    def finish(self) -> None:
        """Write what happened into the outbox, all at once."""
        if self._happened:
            outbox.add(self._connection, self._happened)

    def put_posts(self, rows: Iterable[PostRow]) -> None:
        _PUT_POST.execute(self._connection, [{name: getattr(row, name) for name in _POST_FIELDS} for row in rows])

    def forget_posts(self, paths: Iterable[str]) -> None:
        _FORGET_POSTS.do_to(self._connection, paths)

    def bury(self, stones: Iterable[Tombstone]) -> None:
        _PUT_TOMBSTONE.execute(self._connection, [asdict(stone) for stone in stones])

    def unbury(self, ids: Iterable[str]) -> None:
        _UNBURY.do_to(self._connection, ids)

    def forget_tombstones(self, *, before: datetime) -> None:
        self._connection.execute(delete(tombstones).where(tombstones.c.at < int(before.timestamp())))

    def put_diagnostics(
        self,
        found: Iterable[Diagnostic],
        *,
        paths: Iterable[str],
        judged: Iterable[str] = (),
        codes: Sequence[str] = (),
        now: datetime,
    ) -> News:
        """Replace what was said of `paths`, and with these codes of the paths that were judged."""
        named = set(paths)
        known = list(problems.said_of(self._connection, named))
        known += (
            one for one in problems.said_of(self._connection, set(judged) - named) if one.diagnostic.code in codes
        )
        return problems.put(self._connection, known, found, now=now)

    def put_diagnostics_of_sweep(self, found: Iterable[Diagnostic], *, codes: Sequence[str], now: datetime) -> News:
        """Replace what was said with these codes of any path."""
        return problems.put(self._connection, problems.said_with(self._connection, codes), found, now=now)

    def forget_solved(self, *, now: datetime) -> None:
        problems.forget_solved(self._connection, now=now)

    def put_entries(
        self,
        plans: Sequence[Plan],
        *,
        now: datetime,
        shape_of: ShapeOf,
        earlier: Earlier = NOTHING,
        written: Mapping[str, Written] = NOT_WRITTEN,
    ) -> None:
        """Carry out plans: entries, memberships and counts. The feeds they touch are moved by `move`.

        written: the new entries of these ids, where somebody has written them down already.
        """
        clock = int(now.timestamp())
        rows = [
            _entry_row(
                plan.new,
                written.get(plan.id) or write_down(plan.new),
                is_live=plan.is_live,
                clock=clock,
                earlier=earlier.get(plan.id),
            )
            for plan in plans
            if plan.new is not None
        ]
        gone = [plan.id for plan in plans if plan.new is None]
        _PUT_ENTRY.execute(self._connection, rows)
        _DROP_ENTRIES.do_to(self._connection, gone)
        self._put_memberships(plans, shape_of)

    def _put_memberships(self, plans: Sequence[Plan], shape_of: ShapeOf) -> None:
        numbers = self._numbers({key for plan in plans for key in (*plan.leave, *plan.join)}, shape_of)
        leaving, joining, labelled, counted = [], [], dict[tuple[int, str], int](), dict[int, int]()
        for plan in plans:
            for key, label in plan.leave.items():
                assert plan.old is not None
                leaving.append(
                    {"of_feed": numbers[key], "of_age": -microseconds(plan.old.published), "of_entry": plan.id}
                )
                _add(labelled, (numbers[key], label), -1)
                _add(counted, numbers[key], -1)
            for key, label in plan.join.items():
                assert plan.new is not None
                joining.append({"feed": numbers[key], "age": -microseconds(plan.new.published), "entry_id": plan.id})
                _add(labelled, (numbers[key], label), 1)
                _add(counted, numbers[key], 1)
        _LEAVE.execute(self._connection, leaving)
        _JOIN.execute(self._connection, joining)
        _COUNT_LABEL.execute(
            self._connection, [{"feed": f, "label": name, "total": n} for (f, name), n in labelled.items() if n]
        )
        if any(n < 0 for n in labelled.values()):
            _DROP_LABELS.do_to(self._connection, (feed for (feed, _), n in labelled.items() if n < 0))
        _COUNT.execute(self._connection, [{"of_feed": feed, "more": n} for feed, n in counted.items() if n])

    def _many(self, statement: object, values: list[dict[str, object]]) -> None:
        if values:
            self._connection.execute(statement, values)  # type: ignore[call-overload]

    def _numbers(self, keys: set[FeedKey], shape_of: ShapeOf) -> dict[FeedKey, int]:
        """Look up the feeds, making those that are new."""
        unknown = keys - self._feeds.keys()
        self._feeds |= {key: row.number for key, row in self._standings(unknown).items()}
        if fresh := sorted(unknown - self._feeds.keys()):
            self._make(fresh, shape_of)
            self._feeds |= {key: row.number for key, row in self._standings(fresh).items()}
        return self._feeds

    def _make(self, fresh: Iterable[FeedKey], shape_of: ShapeOf) -> None:
        rows = [
            {
                "kind": k.kind,
                "term": k.term,
                "slug": shape_of(k).slug,
                "total": 0,
                "state": "",
                "changed": 0,
                "generation": 0,
            }
            for k in fresh
        ]
        _MAKE.execute(self._connection, rows)

    def _standings(self, keys: Iterable[FeedKey]) -> dict[FeedKey, _Standing]:
        terms_of: dict[str, list[str]] = {}
        for key in keys:
            terms_of.setdefault(key.kind, []).append(key.term)
        found = {}
        for kind, terms in terms_of.items():
            for kind_, term, *standing in _STANDINGS.ask_of(self._connection, terms, of_kind=kind):
                found[FeedKey(kind_, term)] = _Standing._make(standing)
        return found

    def know(self, keys: Iterable[FeedKey], *, shape_of: ShapeOf) -> None:
        """Make these feeds where there are none, empty."""
        self._numbers(set(keys), shape_of)

    def all_feeds(self) -> tuple[FeedKey, ...]:
        return tuple(
            FeedKey(row.kind, row.term) for row in self._connection.execute(select(feeds.c.kind, feeds.c.term))
        )

    def move(self, keys: Iterable[FeedKey], *, now: datetime, shape_of: ShapeOf) -> tuple[Move, ...]:
        """Give each of these feeds whose bytes differ a new state, and return what moved.

        `changed` advances by at least a second with every move (invariant 11); where that is ahead of the clock,
        the web leaves Last-Modified out until it has come.
        """
        moved = []
        clock = int(now.timestamp())
        generation = (_GENERATION.value(self._connection) or 0) + 1
        standings = sorted(self._standings(keys).items())
        fresh = [keepsakes.feed_name(key) for key, row in standings if not row.state]
        earlier = keepsakes.waiting(self._connection, "feed", fresh) if fresh else {}
        values = []
        for key, row, shape, window, label in self._looks(standings, shape_of):
            if row.state and row.state == state_of(shape.revision, label, row.changed, window):
                continue
            known = earlier.get(keepsakes.feed_name(key)) if earlier else None
            before = known["state"] if known else row.state
            if known and before == state_of(shape.revision, label, known["changed"], window):
                state, changed = before, known["changed"]  # what readers hold is good: another index, and no move
            else:
                changed = max(clock, (known["changed"] if known else row.changed) + 1)
                state = state_of(shape.revision, label, changed, window)
                moved.append(Move(key, before, state))
            values.append({"of_number": row.number, "state": state, "changed": changed, "generation": generation})
        _MOVE.execute(self._connection, values)
        return tuple(moved)

    def _looks(
        self, standings: Sequence[tuple[FeedKey, _Standing]], shape_of: ShapeOf
    ) -> Iterator[tuple[FeedKey, _Standing, Shape, tuple[Sight, ...], str]]:
        """Yield how these feeds look now: shape, window, label. Only some of them are held at a time."""
        for piece in pieces(standings):
            shapes = {row.number: shape_of(key) for key, row in piece}
            windows = windows_of(self._connection, shapes)
            labels_ = majority_labels(self._connection, shapes)
            for key, row in piece:
                number = row.number
                yield key, row, shapes[number], windows[number], labels_.get(number, "")

    def know_kept(self, *, shape_of: ShapeOf) -> None:
        """Make the feeds that an earlier index knew, so that one that is empty by now stays an empty feed."""
        self.know(keepsakes.feeds_waiting(self._connection), shape_of=shape_of)

    def forget_kept(self) -> None:
        keepsakes.forget(self._connection)

    def respell(self, shape_of: ShapeOf) -> None:
        """Bring the slugs in line with the settings, in two steps because two feeds may exchange theirs."""
        rows = self._connection.execute(select(feeds.c.number, feeds.c.kind, feeds.c.term, feeds.c.slug)).all()
        wanted = {row.number: shape_of(FeedKey(row.kind, row.term)).slug for row in rows}
        wrong = [row.number for row in rows if row.slug != wanted[row.number]]
        self._many(_RESPELL, [{"of_number": number, "slug": f"/{number}"} for number in wrong])  # nobody's slug
        self._many(_RESPELL, [{"of_number": number, "slug": wanted[number]} for number in wrong])


_RESPELL = update(feeds).where(feeds.c.number == bindparam("of_number")).values(slug=bindparam("slug"))


def _entry_row(
    entry: Entry, written: Written, *, is_live: bool, clock: int, earlier: Mapping[str, Any] | None
) -> dict[str, object]:
    """Return a row. clock: seconds since 1970, for what no earlier index knew."""
    return {
        "id": entry.id,
        "first_seen": earlier["first_seen"] if earlier else clock,
        "is_live": is_live,
        "published": microseconds(entry.published),
        "updated": microseconds(entry.updated),
        "expires": entry.expires and microseconds(entry.expires),
        "stamp": written.stamp,
        "changed": _since_when(written.stamp, earlier, clock),
        "weight": written.weight,
        "brief_weight": written.brief_weight,
        "payload": written.payload,
    }


def _since_when(stamp: str, earlier: Mapping[str, Any] | None, clock: int) -> int:
    """Return since when an entry looks as it does, if an earlier index knew that (invariant 11)."""
    if not earlier or "changed" not in earlier:
        return clock
    changed: int = earlier["changed"]
    return changed if earlier["stamp"] == stamp else max(clock, changed + 1)


def _add(counts: dict[Any, int], key: object, more: int) -> None:
    counts[key] = counts.get(key, 0) + more


def pieces(values: Iterable[_T]) -> Iterator[list[_T]]:
    """Yield lists that one IN (…) can take."""
    rest = iter(values)
    while piece := list(islice(rest, _AT_ONCE)):
        yield piece
