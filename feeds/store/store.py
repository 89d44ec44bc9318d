"""Reading and writing the index. One transaction each; no decisions here."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, nullcontext
from datetime import date, datetime
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from sqlite3 import DatabaseError
from sqlite3 import OperationalError as DriverError
from threading import Lock, local
from typing import Any

from sqlalchemy import (
    BindParameter,
    Connection,
    Engine,
    ExceptionContext,
    Integer,
    and_,
    bindparam,
    event,
    func,
    or_,
    select,
    tuple_,
)
from sqlalchemy.exc import OperationalError

from feeds.diagnostics import Diagnostic, Problems
from feeds.errors import IndexLostError
from feeds.events import Event, EventKind
from feeds.model import SITE, ContentMode, Entry, FeedKey, Kind, Window
from feeds.store import health, keepsakes, outbox, problems, traffic
from feeds.store.commit import Commit
from feeds.store.commits import CommitCounter
from feeds.store.database import FILE, open_database, unusable
from feeds.store.lock import lock_of
from feeds.store.mending import Mending
from feeds.store.payload import microseconds, moment_at, unpack
from feeds.store.prepared import Prepared
from feeds.store.rows import Counts, FeedRow, Held, ListedRow, PageRow, PostRow, Shown, Sight, Tombstone
from feeds.store.schema import diagnostics, entries, facts, feeds, labels, memberships, posts, tombstones
from feeds.store.window import window_of
from feeds.traffic import Attendance, Visits

_AT_ONCE = 500  # rows that are held at a time

# Written once: to make them anew costs more than SQLite takes to answer.
_WANTED: BindParameter[Any] = bindparam("wanted", expanding=True)
_POSTS = Prepared(select(posts).where(posts.c.path.in_(_WANTED)))
_CLAIMS = Prepared(select(posts).where(posts.c.entry_id.in_(_WANTED)))
_WITH_BYTES = Prepared(
    select(posts).where(posts.c.standing == "holder", posts.c.digest.in_(_WANTED)).order_by(posts.c.path)
)
_HELD = Prepared(select(entries.c.id, entries.c.is_live, entries.c.payload).where(entries.c.id.in_(_WANTED)))
_CONTENTS = Prepared(select(entries.c.id, entries.c.payload).where(entries.c.id.in_(_WANTED)))
_MISSING = Prepared(select(posts.c.path).where(posts.c.missing_since <= bindparam("until")))  # in order it were a scan
_FIRST_MISSING = select(func.min(posts.c.missing_since)).where(posts.c.missing_since.is_not(None))
_CLOCK: BindParameter[Any] = bindparam("clock")
_BEGINS = and_(
    ~entries.c.is_live, entries.c.published <= _CLOCK, or_(entries.c.expires.is_(None), entries.c.expires > _CLOCK)
)
_ENDS = and_(entries.c.is_live, entries.c.expires <= _CLOCK)
_DUE = Prepared(select(entries.c.id).where(or_(_BEGINS, _ENDS)).order_by(entries.c.id))
_NEXT_BEGIN = select(func.min(entries.c.published)).where(~entries.c.is_live, entries.c.published > _CLOCK)
_NEXT_END = select(func.min(entries.c.expires)).where(entries.c.is_live, entries.c.expires > _CLOCK)
_NEXT = Prepared(select(_NEXT_BEGIN.scalar_subquery(), _NEXT_END.scalar_subquery(), _FIRST_MISSING.scalar_subquery()))
_MOVED = Prepared(select(feeds.c.kind, feeds.c.term, feeds.c.generation).where(feeds.c.generation > bindparam("since")))
_FACT = Prepared(select(facts.c.value).where(facts.c.name == bindparam("of_name")))
_OF_FEED = memberships.c.feed == feeds.c.number
_AGE = select(func.min(memberships.c.age)).where(_OF_FEED).scalar_subquery()
_MAJORITY = (
    select(labels.c.label)
    .where(labels.c.feed == feeds.c.number)
    .order_by(labels.c.total.desc(), labels.c.label)
    .limit(1)
    .scalar_subquery()
)
_FEED_FIELDS = (*(feeds.c[name] for name in ("number", "kind", "term", "slug", "total", "changed", "state")), _MAJORITY)
_OF_KIND = select(*_FEED_FIELDS).where(feeds.c.kind == bindparam("of_kind"))
_FEED = Prepared(_OF_KIND.where(feeds.c.term == bindparam("of_term")))
_FEED_WITH_SLUG = Prepared(_OF_KIND.where(feeds.c.slug == bindparam("of_slug")))
_LIST = select(
    feeds.c.kind,
    feeds.c.term,
    feeds.c.slug,
    func.coalesce(_MAJORITY, feeds.c.term),
    feeds.c.total,
    _AGE,
    feeds.c.state,
).order_by(feeds.c.kind != SITE.kind, feeds.c.kind, feeds.c.term)
_LISTING = Prepared(_LIST)
_LISTED = Prepared(_LIST.where(feeds.c.kind == bindparam("of_kind"), feeds.c.term == bindparam("of_term")))
_AGES_OF = Prepared(
    select(memberships.c.age)
    .join(feeds, _OF_FEED)
    .where(feeds.c.kind == bindparam("of_kind"), feeds.c.term == bindparam("of_term"))
    .order_by(memberships.c.age)
    .limit(bindparam("newest", type_=Integer))
)
# One text for each feed: SQLite numbers the rows of all feeds seven times as slowly as it reads the first of each.
_FIRST_AGES = (
    select(memberships.c.age).where(_OF_FEED).order_by(memberships.c.age).limit(bindparam("newest", type_=Integer))
).correlate(feeds)
_ALL_AGES = Prepared(
    select(feeds.c.kind, feeds.c.term, select(func.group_concat(_FIRST_AGES.subquery().c.age)).scalar_subquery())
)
_ROWS = Prepared(
    select(memberships.c.feed, memberships.c.entry_id, -memberships.c.age, entries.c.updated, entries.c.stamp)
    .join(entries, entries.c.id == memberships.c.entry_id)
    .where(memberships.c.feed.in_(bindparam("numbers", expanding=True)))
    .order_by(memberships.c.feed, memberships.c.age, memberships.c.entry_id)
)
_SHOWN = Prepared(
    select(entries.c.payload, entries.c.stamp, entries.c.changed).where(
        entries.c.id == bindparam("of_id"), entries.c.is_live
    )
)
_IN_FEED = memberships.c.feed == bindparam("of_feed", type_=Integer)
_HERE = tuple_(memberships.c.age, memberships.c.entry_id)
_PLACE_IN_FEED = tuple_(bindparam("of_age", type_=Integer), bindparam("of_entry"))
_DOWNWARDS = (memberships.c.age, memberships.c.entry_id)
_UPWARDS = (memberships.c.age.desc(), memberships.c.entry_id.desc())
_ONE_OF_FEED = select(memberships.c.entry_id).where(_IN_FEED).limit(1)
_NEXT_OLDER = Prepared(_ONE_OF_FEED.where(_HERE > _PLACE_IN_FEED).order_by(*_DOWNWARDS))
_NEXT_NEWER = Prepared(_ONE_OF_FEED.where(_HERE < _PLACE_IN_FEED).order_by(*_UPWARDS))
_SIGHTS = (
    select(memberships.c.entry_id, -memberships.c.age, entries.c.updated, entries.c.stamp)
    .join(entries, entries.c.id == memberships.c.entry_id)
    .where(_IN_FEED)
    .limit(bindparam("most", type_=Integer))
)
_FROM_THE_NEWEST = Prepared(_SIGHTS.order_by(*_DOWNWARDS))
_BELOW = Prepared(_SIGHTS.where(_HERE > _PLACE_IN_FEED).order_by(*_DOWNWARDS))
_ABOVE = Prepared(_SIGHTS.where(_HERE < _PLACE_IN_FEED).order_by(*_UPWARDS))
_SINCE = func.max(entries.c.changed, entries.c.updated // 1_000_000)
_PAGES = (
    select(entries.c.id, entries.c.published, _SINCE, entries.c.stamp)
    .join(
        memberships,
        and_(memberships.c.age == -entries.c.published, memberships.c.entry_id == entries.c.id),
    )
    .where(_IN_FEED)
)
_PAGES_OF = Prepared(_PAGES.where(entries.c.id.in_(bindparam("ids", expanding=True))))
_ALL_PAGES = Prepared(
    select(entries.c.id, -memberships.c.age, _SINCE, entries.c.stamp)
    .join(entries, entries.c.id == memberships.c.entry_id)
    .where(_IN_FEED)
    .order_by(*_DOWNWARDS)
)
_NEWEST = select(memberships.c.entry_id).where(_OF_FEED).order_by(memberships.c.age, memberships.c.entry_id).limit(1)
_EVERY_FEED = select(feeds).order_by(_AGE, _NEWEST.scalar_subquery(), feeds.c.number)


class _Own(local):
    """What belongs to one thread."""

    connection: Connection | None = None  # while it writes


class Store:
    def __init__(self, state: Path, *, now: datetime, say: Callable[[str], None] = lambda _line: None) -> None:
        """Raises IndexUnusableError. say: gets a line about an index that was set aside."""
        self.state = state
        self._index = state / FILE
        self._say = say
        self._watching = Lock()
        self._own = _Own()
        self.ahead = 0  # commits of this process since `bring_home`
        self.lock = lock_of(state)
        self._attach(self._opened(now))
        self._commits = CommitCounter(state)
        self.commits = self._commits.now

    def _opened(self, now: datetime) -> Engine:
        return open_database(self.state, now=now, say=self._say, is_in_use=self.lock.is_held)

    def _attach(self, engine: Engine) -> None:
        self.engine = engine
        self._number = health.number_of(self._index)
        event.listen(self.engine, "handle_error", self._notice_damage)
        self._watched = self.engine.connect()  # PRAGMA data_version compares with this connection's own past
        self._watched.rollback()
        self._watch = self._watched.connection.cursor()

    def close(self) -> None:
        self._close()
        health.note_sound(self._index)
        self.lock.release()

    def _close(self) -> None:
        self._watched.close()
        self.engine.dispose()

    # --- damage

    def reopen(self, *, now: datetime) -> None:
        """Open what lies in the index's place now; where that is known to be damaged, it is set aside and begun anew.

        Whoever is reading meanwhile ends that with the index that was open before.
        """
        engine = self._opened(now)
        with self._watching:
            self._close()
            self._attach(engine)

    @property
    def is_lost(self) -> bool:
        """Say whether the index turned out to be damaged, here or in another process, or another took its place."""
        return self.is_replaced or health.is_noted_damaged(self._index)

    @property
    def is_replaced(self) -> bool:
        """Say whether another process has begun a new index where this one was."""
        return health.number_of(self._index) != self._number

    def _notice_damage(self, context: ExceptionContext) -> None:
        self._raise_if_damage(context.original_exception)

    def _raise_if_damage(self, error: BaseException) -> None:
        if self._number is not None and health.is_damage(error):
            health.note_damage(self._index, self._number)
            raise IndexLostError(f"{self._index}: {error}") from error

    # --- facts about the index

    def fact(self, name: str) -> str | None:
        with self._connected() as connection:
            value: str | None = _FACT.value(connection, of_name=name)
            return value

    def data_version(self) -> int:
        """Return a number that differs after any commit of another connection; costs some microseconds."""
        with self._watching:
            try:
                version: int = self._watch.execute("PRAGMA data_version").fetchone()[0]
            except DatabaseError as err:
                self._raise_if_damage(err)
                raise
        return version

    def moved_since(self, generation: int) -> tuple[tuple[FeedKey, ...], int]:
        """Name the feeds that moved after a generation of the index, and the newest generation."""
        with self._watching:
            try:
                rows = _MOVED.ask(self._watched, since=generation)
            except DatabaseError as err:
                self._raise_if_damage(err)
                raise
        newest = max((row[2] for row in rows), default=generation)
        return tuple(FeedKey(kind, term) for kind, term, _generation in rows), newest

    # --- writing

    @contextmanager
    def writing(self, feeds_known: dict[FeedKey, int] | None = None) -> Iterator[Commit]:
        """Give a commit whose changes are seen by all or by none.

        feeds_known: numbers of feeds, which commit after commit of one run can share; of no use once one has failed.
        Raises IndexUnusableError where the disk is full, or the index may not be written or stays locked.
        """
        with self._transaction() as connection:
            commit = Commit(connection, feeds_known)
            yield commit
            commit.finish()

    @contextmanager
    def mending(self) -> Iterator[Mending]:
        """Give a commit that can mend. Raises as `writing` does."""
        with self._transaction() as connection:
            commit = Mending(connection)
            yield commit
            commit.finish()

    @contextmanager
    def _transaction(self, *, is_counted: bool = True) -> Iterator[Connection]:
        """is_counted: whether it can change what is read of feeds, entries and problems."""
        try:
            with (
                self.engine.connect().execution_options(is_writer=True) as connection,
                self._commits.counting() if is_counted else nullcontext(),
                connection.begin(),
            ):
                self._own.connection = connection
                yield connection
        except (OperationalError, DatabaseError) as err:
            self._raise_if_damage(err)
            if isinstance(err, OperationalError | DriverError):
                raise unusable(self.state, err) from err
            raise
        finally:
            self._own.connection = None
        self.ahead += 1

    def bring_home(self) -> None:
        """Move what was written ahead into its place, as far as that is possible without anybody's waiting for it.

        Else a commit has to do that now and then, and takes as long as the disk does. Any thread may.
        """
        self.ahead = 0
        with self.engine.connect() as connection:
            connection.connection.cursor().execute("PRAGMA wal_checkpoint(PASSIVE)")

    # --- reading

    @contextmanager
    def _connected(self) -> Iterator[Connection]:
        """Give a connection to read with; to a thread that writes its own, which sees what it has written."""
        if self._own.connection is not None:
            yield self._own.connection
            return
        try:
            with self.engine.connect() as connection:
                yield connection
        except DatabaseError as err:
            self._raise_if_damage(err)
            raise

    # --- posts, entries, diagnostics

    def looks(self, *, give_way: Callable[[], None] = lambda: None) -> dict[str, tuple[int, int]]:
        """Return size and mtime in nanoseconds of each post's file as it was read last, by path.

        Those that are missing have -1 for both. There may be very many, so no PostRow is made of each; give_way: is
        called after some of them each, so that others come first.
        """
        query = select(posts.c.path, posts.c.size, posts.c.mtime_ns, posts.c.missing_since)
        found: dict[str, tuple[int, int]] = {}
        with self._connected() as connection:
            for rows in connection.execute(query, execution_options={"yield_per": _AT_ONCE}).partitions():
                found.update((path, (size, mtime) if since is None else (-1, -1)) for path, size, mtime, since in rows)
                give_way()
        return found

    def post_rows(self) -> dict[str, PostRow]:
        with self._connected() as connection:
            return {row.path: _post(row) for row in connection.execute(select(posts))}

    def post_rows_at(self, paths: Iterable[str]) -> dict[str, PostRow]:
        wanted = list(paths)
        if not wanted:
            return {}
        with self._connected() as connection:
            return {row[0]: _post(row) for row in _POSTS.ask_of(connection, wanted)}

    def claims(self, ids: Iterable[str]) -> dict[str, list[PostRow]]:
        """Return the posts that claim each of these ids."""
        claimants: dict[str, list[PostRow]] = {}
        with self._connected() as connection:
            for row in map(_post, _CLAIMS.ask_of(connection, ids)):
                claimants.setdefault(row.entry_id or "", []).append(row)
        return claimants

    def rows_with_digests(self, digests: Iterable[str]) -> tuple[PostRow, ...]:
        """Return the posts that hold an entry and had these bytes when they were read last, in the order of paths."""
        with self._connected() as connection:
            return tuple(map(_post, _WITH_BYTES.ask_of(connection, digests)))

    def missing(self, *, until: datetime) -> tuple[str, ...]:
        """Name the posts that have been missing since this moment or longer."""
        with self._connected() as connection:
            return tuple(sorted(path for (path,) in _MISSING.ask(connection, until=microseconds(until))))

    def unread(self) -> tuple[PostRow, ...]:
        """Return the files that are there and have never been read as posts, as they are unfinished or unreadable."""
        query = select(posts).where(posts.c.standing == "waiting", posts.c.missing_since.is_(None))
        with self._connected() as connection:
            return tuple(_post(row) for row in connection.execute(query))

    def tombstones(self) -> tuple[Tombstone, ...]:
        """Return the entries that are no more, the last gone first."""
        query = select(tombstones).order_by(tombstones.c.at.desc(), tombstones.c.id)
        with self._connected() as connection:
            return tuple(Tombstone(**row._mapping) for row in connection.execute(query))  # noqa: SLF001

    def tombstone(self, id_: str) -> Tombstone | None:
        with self._connected() as connection:
            row = connection.execute(select(tombstones).where(tombstones.c.id == id_)).one_or_none()
        return None if row is None else Tombstone(**row._mapping)  # noqa: SLF001

    def kept(self, what: keepsakes.What, names: Iterable[str]) -> dict[str, dict[str, Any]]:
        """Return what an earlier index knew of these and this one has not taken yet."""
        wanted = list(names)
        if not wanted:
            return {}
        with self._connected() as connection:
            return keepsakes.waiting(connection, what, wanted)

    def keepsakes(self) -> Iterator[keepsakes.Keepsake]:
        """Yield what the folder could not give back, were the index lost."""
        with self._connected() as connection:
            yield from keepsakes.kept_in(connection)

    def held(self, ids: Iterable[str]) -> dict[str, Held]:
        with self._connected() as connection:
            found = _HELD.ask_of(connection, ids)
            return {id_: Held(entry=unpack(payload), is_live=bool(is_live)) for id_, is_live, payload in found}

    def all_entries(self) -> Iterator[Entry]:
        """Yield every entry, in feeds or not, in the order of ids; only a few are held at a time."""
        query = select(entries.c.payload).order_by(entries.c.id)
        with self._connected() as connection:
            yield from map(unpack, connection.scalars(query, execution_options={"yield_per": _AT_ONCE}))

    def due(self, now: datetime) -> tuple[str, ...]:
        """Name the entries whose time has come, or is over."""
        with self._connected() as connection:
            return tuple(id_ for (id_,) in _DUE.ask(connection, clock=microseconds(now)))

    def next_moments(self, now: datetime) -> tuple[tuple[datetime, ...], tuple[datetime, ...]]:
        """Return when entries come or go next, and since when the post has been missing that is so for longest."""
        with self._connected() as connection:
            ((begin, end, missing),) = _NEXT.ask(connection, clock=microseconds(now))
        due = tuple(moment_at(moment) for moment in (begin, end) if moment is not None)
        return due, () if missing is None else (moment_at(missing),)

    def diagnostics(self) -> tuple[Diagnostic, ...]:
        columns = (diagnostics.c.code, diagnostics.c.path, diagnostics.c.line, diagnostics.c.detail)
        query = select(*columns).where(diagnostics.c.solved.is_(None))
        ordered = query.order_by(diagnostics.c.path, diagnostics.c.line, diagnostics.c.number)
        with self._connected() as connection:
            return tuple(Diagnostic(**row._mapping) for row in connection.execute(ordered))  # noqa: SLF001

    def problems(self, *, now: datetime) -> Problems:
        """Return the diagnostics with their times, and those that were solved in the days before now."""
        with self._connected() as connection:
            return problems.problems(connection, now=now)

    # --- what happened

    def events_after(self, number: int, *, limit: int = 1000) -> tuple[Event, ...]:
        """Return what happened after an event, the oldest first, as far as it is kept."""
        with self._connected() as connection:
            return outbox.after(connection, number, limit=limit)

    def first_event(self) -> int:
        """Return the number of the oldest event that is kept, 0 where there is none."""
        with self._connected() as connection:
            return outbox.first(connection)

    def last_event(self) -> int:
        with self._connected() as connection:
            return outbox.last(connection)

    def last_events(self, kind: EventKind, *, limit: int) -> tuple[Event, ...]:
        """Return the newest events of a kind that are kept, the newest first."""
        with self.engine.connect() as connection:
            return outbox.last_of(connection, kind, limit=limit)

    # --- what readers asked

    def add_visits(self, visits: Visits, *, day: date, forgets: bool = False) -> None:
        """Add what was counted on a day. forgets: lets go of old days, too. Raises as `writing` does."""
        with self._transaction(is_counted=False) as connection:
            traffic.add(connection, visits, day=day)
            if forgets:
                traffic.forget(connection, day=day)

    def attendance(self, *, day: date, days: int) -> Attendance:
        """Return what was asked on the last so many days, this one included."""
        with self._connected() as connection:
            return traffic.attendance(connection, day=day, days=days)

    # --- sums

    def counts(self) -> Counts:
        """Count what the index holds; it takes as long as looking through its narrowest columns."""
        with self._connected() as connection:
            unsolved = diagnostics.c.solved.is_(None)
            said = select(diagnostics.c.code, func.count()).where(unsolved).group_by(diagnostics.c.code)
            return Counts(
                posts=connection.scalar(select(func.count()).select_from(posts)) or 0,
                entries=connection.scalar(select(func.count()).select_from(entries).where(entries.c.is_live)) or 0,
                feeds=connection.scalar(select(func.count()).select_from(feeds)) or 0,
                diagnostics=dict(iter(connection.execute(said))),
            )

    def size(self) -> int:
        """Return the bytes of the index on disk, with what is written ahead of it."""
        return sum(file.stat().st_size for file in self.state.glob(f"{FILE}*") if file.is_file())

    def post_count(self) -> int:
        query = select(func.count()).select_from(entries).where(entries.c.is_live)
        with self._connected() as connection:
            return connection.scalar(query) or 0

    # --- feeds

    @contextmanager
    def reading(self) -> Iterator["Reader"]:
        """Give one consistent view of the feeds."""
        if self._own.connection is not None:
            yield Reader(self._own.connection)
            return
        with self._connected() as connection, connection.begin():
            yield Reader(connection)


Sights = tuple[Sight, ...]


class Reader:
    """Feeds as they stood at one moment."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def feed_with_slug(self, kind: Kind, slug: str) -> FeedRow | None:
        return self._row(_FEED_WITH_SLUG, of_kind=kind, of_slug=slug)

    def feed(self, key: FeedKey) -> FeedRow | None:
        return self._row(_FEED, of_kind=key.kind, of_term=key.term)

    def _row(self, query: Prepared, **values: str) -> FeedRow | None:
        for number, kind, term, slug, total, changed, state, label in query.ask(self._connection, **values):
            key = FeedKey(kind, term)
            return FeedRow(
                number=number, key=key, slug=slug, count=total, label=label or "", changed=changed, state=state
            )
        return None

    def every_feed(self) -> tuple[FeedRow, ...]:
        """Return all feeds; those that begin with the same entry, and so may share more, stand side by side."""
        names = _majorities(self._connection)
        rows = self._connection.execute(_EVERY_FEED).all()
        return tuple(
            FeedRow(
                number=row.number,
                key=FeedKey(row.kind, row.term),
                slug=row.slug,
                count=row.total,
                label=names.get(row.number, ""),
                changed=row.changed,
                state=row.state,
            )
            for row in rows
        )

    def authority(self) -> str:
        """Return who mints the ids; "" before the first ingest is over."""
        return _FACT.value(self._connection, of_name="authority") or ""

    def terms_after(self, number: int) -> tuple[tuple[int, FeedKey], ...]:
        """Name the feeds that came into the index after one, oldest first, with their numbers."""
        query = select(feeds.c.number, feeds.c.kind, feeds.c.term).where(feeds.c.number > number)
        rows = self._connection.execute(query.order_by(feeds.c.number))
        return tuple((row.number, FeedKey(row.kind, row.term)) for row in rows)

    def window(self, number: int, *, window: Window, content: ContentMode) -> tuple[Sight, ...]:
        """Return what stands in a feed's window, newest first, without its contents."""
        return window_of(self._connection, number, window=window, content=content)

    def entries(self, ids: Iterable[str]) -> dict[str, Entry]:
        return {id_: unpack(payload) for id_, payload in _CONTENTS.ask_of(self._connection, ids)}

    def shown(self, id_: str) -> Shown | None:
        """Return an entry if it stands in feeds now."""
        rows = _SHOWN.ask(self._connection, of_id=id_)
        payload, stamp, changed = rows[0] if rows else (None, "", 0)
        return Shown(entry=unpack(payload), stamp=stamp, changed=changed) if rows else None

    def ids_in(self, number: int) -> tuple[str, ...]:
        """Name all entries of a feed, newest first, in the window or not."""
        query = select(memberships.c.entry_id).where(memberships.c.feed == number)
        return tuple(self._connection.scalars(query.order_by(memberships.c.age, memberships.c.entry_id)))

    def page_rows(self, number: int, ids: Iterable[str] | None = None) -> list[PageRow]:
        """Return the entries of a feed that holds whole ones: these, in no order, or all, the newest first."""
        if ids is None:
            return list(map(PageRow._make, _ALL_PAGES.ask(self._connection, of_feed=number)))
        return list(map(PageRow._make, _PAGES_OF.ask_of(self._connection, ids, of_feed=number)))

    def newest_in(self, number: int, *, since: datetime, most: int) -> tuple[Entry, ...]:
        """Return the entries of a feed that were published since a moment, newest first."""
        query = select(entries.c.payload).join(memberships, memberships.c.entry_id == entries.c.id)
        recent = query.where(memberships.c.feed == number, memberships.c.age <= -microseconds(since))
        ordered = recent.order_by(memberships.c.age, memberships.c.entry_id).limit(most)
        return tuple(map(unpack, self._connection.scalars(ordered)))

    def neighbours(self, number: int, entry: Entry) -> tuple[str | None, str | None]:
        """Name the entries that stand in a feed beside one of its own: the next older, the next newer."""
        place = {"of_feed": number, "of_age": -microseconds(entry.published), "of_entry": entry.id}
        return _NEXT_OLDER.value(self._connection, **place), _NEXT_NEWER.value(self._connection, **place)

    def row_of(self, number: int, *, most: int, past: tuple[int, str] | None = None, newer: bool = False) -> Sights:
        """Return entries of a feed without their contents, beginning with the newest, or beside a place in it.

        past: moment in microseconds and id of the entry there, which is left out. newer: those above it, nearest first.
        """
        if past is None:
            rows = _FROM_THE_NEWEST.ask(self._connection, of_feed=number, most=most)
        else:
            place = {"of_age": -past[0], "of_entry": past[1]}
            rows = (_ABOVE if newer else _BELOW).ask(self._connection, of_feed=number, most=most, **place)
        return tuple(map(Sight._make, rows))

    def rows_of(self, numbers: Iterable[int]) -> dict[int, Sights]:
        """Return all entries of some feeds without their contents, the newest first, by number; no empty feed."""
        rows = _ROWS.ask_of(self._connection, numbers)
        return {number: tuple(Sight._make(row[1:]) for row in group) for number, group in groupby(rows, itemgetter(0))}

    def moments_of(self, key: FeedKey, *, newest: int) -> list[int]:
        """Return when the newest so many entries of one feed were published, in microseconds since 1970."""
        ages = _AGES_OF.ask(self._connection, of_kind=key.kind, of_term=key.term, newest=newest)
        return [-age for (age,) in ages]

    def published(self) -> tuple[datetime, ...]:
        """Return when the entries that stand in feeds were published, in no order."""
        return tuple(map(moment_at, self._connection.scalars(select(entries.c.published).where(entries.c.is_live))))

    def moments(self, *, newest: int) -> dict[FeedKey, list[int]]:
        """Return when the newest so many entries of each feed were published, in microseconds since 1970."""
        rows = _ALL_AGES.ask(self._connection, newest=newest)
        return {FeedKey(kind, term): [-int(age) for age in ages.split(",")] for kind, term, ages in rows if ages}

    def listed(self, key: FeedKey) -> ListedRow | None:
        """Return one line of that list."""
        rows = _LISTED.ask(self._connection, of_kind=key.kind, of_term=key.term)
        return ListedRow._make(rows[0]) if rows else None

    def listing(self) -> tuple[ListedRow, ...]:
        """List every feed, the site's first, then by kind and term."""
        return tuple(map(ListedRow._make, _LISTING.ask(self._connection)))


def _majorities(connection: Connection) -> Mapping[int, str]:
    query = select(labels.c.feed, labels.c.label).order_by(labels.c.feed, labels.c.total, labels.c.label.desc())
    return {row.feed: row.label for row in connection.execute(query)}  # the last of each feed wins


def _post(row: Iterable[Any]) -> PostRow:
    """row: with the columns of the table, in their order."""
    path, is_archive, rank, size, mtime_ns, digest, standing, entry_id, pin, missing_since = row
    return PostRow(
        path=path,
        is_archive=bool(is_archive),
        rank=rank,
        size=size,
        mtime_ns=mtime_ns,
        digest=digest,
        standing=standing,
        entry_id=entry_id,
        pin=pin,
        missing_since=missing_since,
    )
