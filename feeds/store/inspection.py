"""A look at the index as it is, damaged or not, in one read transaction. Nothing of it is changed.

What the memberships ought to be is laid beside them in temporary tables, so that memory does not grow with the site.
"""

import sqlite3
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, select, text
from sqlalchemy.exc import DatabaseError
from sqlalchemy.pool import NullPool

from feeds.errors import BackupError, IndexUnusableError
from feeds.model import Entry, FeedKey, Shape, feed_keys
from feeds.store import schema
from feeds.store.database import FILE
from feeds.store.keepsakes import MEND_FIRST, Keepsake, all_kept_in
from feeds.store.payload import Written, microseconds, unpack, write_down
from feeds.store.rows import EntryRow, FeedStanding, Misplaced, PostRow
from feeds.store.window import majority_label, state_of, window_of

_AT_ONCE = 500
_MOST_TROUBLES = 20

_WANTED = (
    "CREATE TEMP TABLE wanted (kind TEXT, term TEXT, age INTEGER, entry_id TEXT, label TEXT,"
    " PRIMARY KEY (kind, term, age, entry_id)) WITHOUT ROWID"
)
_PLACED = "SELECT feed, age, entry_id FROM memberships"
_MEANT = "SELECT number AS feed, age, entry_id FROM temp.wanted JOIN feeds USING (kind, term)"
_MISPLACED = f"""
    WITH missing AS ({_MEANT} EXCEPT {_PLACED}), surplus AS ({_PLACED} EXCEPT {_MEANT}),
    found AS (
        SELECT feed, 1 AS lacks, 0 AS has, entry_id FROM missing UNION ALL SELECT feed, 0, 1, entry_id FROM surplus
    )
    SELECT feed, kind, term, sum(lacks) AS missing, sum(has) AS surplus, min(entry_id) AS example
    FROM found LEFT JOIN feeds ON number = feed GROUP BY feed ORDER BY feed
"""  # noqa: S608 - nothing from outside goes into these statements
_LABELS = """
    WITH meant AS (
        SELECT number AS feed, label, count(*) AS total FROM temp.wanted JOIN feeds USING (kind, term)
        GROUP BY number, label
    )
    SELECT DISTINCT kind, term, feed FROM (
        SELECT * FROM (SELECT feed, label, total FROM meant EXCEPT SELECT feed, label, total FROM labels)
        UNION ALL SELECT * FROM (SELECT feed, label, total FROM labels EXCEPT SELECT feed, label, total FROM meant)
    ) LEFT JOIN feeds ON number = feed ORDER BY feed
"""
_TOTALS = """
    SELECT feeds.kind, feeds.term FROM feeds
    LEFT JOIN (SELECT kind, term, count(*) AS meant FROM temp.wanted GROUP BY kind, term) AS counted
    ON counted.kind = feeds.kind AND counted.term = feeds.term
    WHERE feeds.total != coalesce(meant, 0) ORDER BY feeds.number
"""
_UNKNOWN = """
    SELECT DISTINCT wanted.kind, wanted.term FROM temp.wanted AS wanted LEFT JOIN feeds USING (kind, term)
    WHERE feeds.number IS NULL ORDER BY 1, 2
"""
_ORPHANS = """
    SELECT id FROM entries
    WHERE NOT EXISTS (SELECT 1 FROM posts WHERE posts.entry_id = id AND standing = 'holder') ORDER BY id
"""
_HOLLOW = """
    SELECT path FROM posts WHERE standing = 'holder'
    AND (entry_id IS NULL OR NOT EXISTS (SELECT 1 FROM entries WHERE id = entry_id)) ORDER BY path
"""
_RISEN = "SELECT id FROM tombstones WHERE id IN (SELECT id FROM entries) ORDER BY id"
_CLAIMS = """
    SELECT * FROM posts WHERE entry_id IS NOT NULL AND standing != 'waiting'
    ORDER BY entry_id, missing_since IS NOT NULL, is_archive, rank, path
"""


class DamageError(Exception):
    """The file is no whole SQLite database, or not one of ours."""


@contextmanager
def inspecting(state: Path) -> Iterator["Inspection"]:
    """Open the index below `state` to look at it.

    Raises IndexUnusableError where there is none or it cannot be opened, DamageError where SQLite or Python cannot make
    sense of it.
    """
    path = state / FILE
    if not path.exists():
        raise IndexUnusableError(f"{path}: there is no index yet", "`feeds serve` and `feeds build` make it")
    engine = _engine(path)
    try:
        with engine.connect() as connection:
            yield Inspection(connection)
    except (DatabaseError, sqlite3.DatabaseError) as err:
        reason = str(getattr(err, "orig", err))
        if "locked" in reason or "unable to open" in reason:
            raise IndexUnusableError(f"{path}: {reason}", "see who has it open, and who may read it") from err
        raise DamageError(reason) from err
    finally:
        engine.dispose()


@contextmanager
def salvaging(state: Path) -> Iterator[Connection]:
    """Open a damaged index to read what still can be read."""
    engine = _engine(state / FILE)
    try:
        with engine.connect() as connection:
            yield connection
    finally:
        engine.dispose()


def keepsakes_of(state: Path) -> Iterator[Keepsake]:
    """Yield what the folder could not give back, were the index lost, as it stands at one moment.

    Raises IndexUnusableError where there is no index, BackupError where it is damaged or of another version.
    """
    try:
        with inspecting(state) as inspection:
            if troubles := inspection.troubles(is_quick=True):
                raise BackupError(f"{state / FILE}: {troubles[0]}", MEND_FIRST)
            if version := inspection.other_version():
                raise BackupError(f"{state / FILE} is of version {version}", MEND_FIRST)
            yield from inspection.keepsakes()
    except DamageError as err:
        raise BackupError(f"{state / FILE} is damaged: {err}", MEND_FIRST) from err


class Inspection:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    # --- the file

    def troubles(self, *, is_quick: bool = False) -> tuple[str, ...]:
        """Say what is wrong with the file as a whole, in SQLite's words or ours; nothing else makes sense then.

        is_quick: without comparing the indexes of tables with what they index.
        """
        check = "quick_check" if is_quick else "integrity_check"
        said = self._connection.exec_driver_sql(f"PRAGMA {check}({_MOST_TROUBLES})").scalars().all()
        if list(said) != ["ok"]:
            return tuple(f"the file is damaged: {one}" for one in said)
        return ()

    def other_version(self) -> str | None:
        """Return the version of an index that is not of this program's."""
        version = self.fact("schema")
        return None if version == schema.VERSION else version or "unknown"

    def authority(self) -> str | None:
        """Return who mints the ids: as it is written down, else as most ids have it."""
        counts: Counter[str] = Counter()
        if known := self.fact("authority"):
            return known
        for id_ in self._scalars("SELECT id FROM entries WHERE id LIKE 'tag:%:%' ORDER BY id"):
            counts[id_.split(":")[1]] += 1
        return max(counts, key=lambda one: (counts[one], one), default=None)

    def fact(self, name: str) -> str | None:
        value: str | None = self._connection.scalar(select(schema.facts.c.value).where(schema.facts.c.name == name))
        return value

    def keepsakes(self) -> Iterator[Keepsake]:
        return all_kept_in(self._connection)

    # --- posts

    def post_rows(self) -> Iterator[PostRow]:
        """Yield every post, in the order of paths."""
        for row in self._stream(select(schema.posts).order_by(schema.posts.c.path)):
            yield PostRow(**row._mapping)  # noqa: SLF001 - SQLAlchemy's public name

    def claims(self) -> Iterator[PostRow]:
        """Yield the posts that claim an id, ordered by it; of each id, first the one that ought to hold it."""
        for row in self._stream(text(_CLAIMS).columns(*schema.posts.c)):
            yield PostRow(**row._mapping)  # noqa: SLF001

    # --- entries

    def entries_at(self, ids: Iterable[str]) -> dict[str, EntryRow]:
        found = {}
        rest = iter(ids)
        while piece := list(islice(rest, _AT_ONCE)):
            query = select(schema.entries).where(schema.entries.c.id.in_(piece))
            found.update({row.id: _entry_row(row) for row in self._connection.execute(query)})
        return found

    def entries(self) -> Iterator[EntryRow]:
        """Yield every entry, in the order of ids."""
        for row in self._stream(select(schema.entries).order_by(schema.entries.c.id)):
            yield _entry_row(row)

    def orphans(self) -> Iterator[str]:
        """Name the entries that no post holds."""
        return self._scalars(_ORPHANS)

    def hollow(self) -> Iterator[str]:
        """Name the posts that hold an entry that is not there."""
        return self._scalars(_HOLLOW)

    def risen(self) -> Iterator[str]:
        """Name the entries that have a tombstone all the same."""
        return self._scalars(_RISEN)

    # --- memberships

    @contextmanager
    def expecting(self, live: Iterable[Entry]) -> Iterator[None]:
        """Work out which feeds hold which of these entries; within, the index can be compared with that."""
        expect(self._connection, live)
        try:
            yield
        finally:
            self._connection.exec_driver_sql("DROP TABLE temp.wanted")

    def misplaced(self) -> Iterator[Misplaced]:
        for row in self._connection.execute(text(_MISPLACED)):
            key = None if row.kind is None else FeedKey(row.kind, row.term)
            yield Misplaced(feed=key, missing=row.missing, surplus=row.surplus, example=row.example)

    def unknown_feeds(self) -> Iterator[FeedKey]:
        """Name the feeds that entries are in and the index does not know."""
        return self._keys(_UNKNOWN)

    def mislabelled(self) -> Iterator[FeedKey | None]:
        """Name the feeds whose names are counted wrongly; None stands for one that is not there."""
        return self._keys(_LABELS)

    def miscounted(self) -> Iterator[FeedKey]:
        return self._keys(_TOTALS)

    # --- feeds

    def feeds(self) -> Iterator[FeedStanding]:
        for row in self._stream(select(schema.feeds).order_by(schema.feeds.c.number)):
            yield FeedStanding(
                number=row.number, key=FeedKey(row.kind, row.term), slug=row.slug, state=row.state, changed=row.changed
            )

    def state_now(self, feed: FeedStanding, shape: Shape) -> str:
        """Name what a feed's renditions show, as it follows from its window."""
        window = window_of(self._connection, feed.number, window=shape.window, content=shape.content)
        return state_of(shape.revision, majority_label(self._connection, feed.number), feed.changed, window)

    def _stream(self, query: Any) -> Iterator[Any]:  # noqa: ANN401 - SQLAlchemy's types say nothing more
        return iter(self._connection.execute(query, execution_options={"yield_per": _AT_ONCE}))

    def _scalars(self, query: str) -> Iterator[str]:
        return iter(self._connection.scalars(text(query), execution_options={"yield_per": _AT_ONCE}))

    def _keys(self, query: str) -> Iterator[Any]:
        for row in self._connection.execute(text(query)):
            yield None if row.kind is None else FeedKey(row.kind, row.term)


def expect(connection: Connection, live: Iterable[Entry]) -> None:
    """Fill the temporary table `wanted` with what the memberships of these entries ought to be."""
    connection.exec_driver_sql(_WANTED)
    rows = (
        (key.kind, key.term, -microseconds(entry.published), entry.id, label)
        for entry in live
        for key, label in feed_keys(entry)
    )
    while piece := list(islice(rows, _AT_ONCE)):
        connection.exec_driver_sql("INSERT INTO temp.wanted VALUES (?, ?, ?, ?, ?)", piece)


def _entry_row(row: Any) -> EntryRow:  # noqa: ANN401
    try:
        entry = unpack(row.payload)
        derived = (microseconds(entry.published), microseconds(entry.updated), _expiry(entry), *write_down(entry))
    except (ValueError, TypeError, KeyError, AttributeError, OverflowError):
        return EntryRow(id=row.id, is_live=bool(row.is_live), entry=None, is_sound=False)
    written = Written(payload=row.payload, stamp=row.stamp, weight=row.weight, brief_weight=row.brief_weight)
    held = (row.published, row.updated, row.expires, *written)
    is_sound = (derived, entry.id) == (held, row.id)
    return EntryRow(
        id=row.id, is_live=bool(row.is_live), entry=entry if entry.id == row.id else None, is_sound=is_sound
    )


def _expiry(entry: Entry) -> int | None:
    return microseconds(entry.expires) if entry.expires else None


def _engine(path: Path) -> Engine:
    def connect() -> sqlite3.Connection:
        address = f"{path.absolute().as_uri()}?mode=ro"
        return sqlite3.connect(address, uri=True, isolation_level=None, timeout=5, check_same_thread=False)

    engine = create_engine("sqlite://", creator=connect, poolclass=NullPool)
    event.listen(engine, "begin", lambda connection: connection.exec_driver_sql("BEGIN"))
    return engine
