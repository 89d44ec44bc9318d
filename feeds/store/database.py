"""Opening the index: a SQLite file that many read and one writes, set aside and begun anew where it is damaged."""

import sqlite3
from collections.abc import Callable, Iterable
from datetime import datetime
from pathlib import Path

from sqlalchemy import Connection, Engine, create_engine, event, select, update
from sqlalchemy.exc import DatabaseError, OperationalError

from feeds.errors import IndexUnusableError
from feeds.store import schema
from feeds.store.health import is_noted_damaged, is_noted_sound
from feeds.store.keepsakes import Keepsake, hand_on, kept_in

_BUSY_SECONDS = 5
_PARTS = ("", "-wal", "-shm")  # SQLite's files of one index
FILE = "index.sqlite3"
DAMAGED = "the index is damaged"
_VERSION = select(schema.facts.c.value).where(schema.facts.c.name == "schema")
_STEPS = {  # from this version to the next; tables that are new are simply made
    "2": ("ALTER TABLE entries ADD COLUMN changed BIGINT NOT NULL DEFAULT 0",),
    "3": ("ALTER TABLE posts ADD COLUMN pin VARCHAR", "ALTER TABLE posts ADD COLUMN missing_since BIGINT"),
    "4": (
        "ALTER TABLE diagnostics ADD COLUMN first_seen BIGINT NOT NULL DEFAULT 0",
        "ALTER TABLE diagnostics ADD COLUMN last_seen BIGINT NOT NULL DEFAULT 0",
        "ALTER TABLE diagnostics ADD COLUMN solved BIGINT",
        "UPDATE diagnostics SET first_seen = :now, last_seen = :now",  # since when they are said nobody knows
    ),
    "5": (),
}


def open_database(
    state: Path, *, now: datetime, say: Callable[[str], None], is_in_use: Callable[[], bool] = lambda: False
) -> Engine:
    """Open the index below `state`, making it where there is none.

    It is read through only where it was not closed in good order. is_in_use: says whether another process publishes
    into it, and has seen to that.
    A damaged index, or one of another schema, is renamed and a new one begun, to which it hands on what the posts
    cannot give back; `say` gets one line about it.
    Raises IndexUnusableError where the folder cannot be written or the index stays locked.
    """
    path = state / FILE
    try:
        state.mkdir(parents=True, exist_ok=True)
    except OSError as err:
        raise IndexUnusableError(
            f"{state}: {err.strerror}", "set `state.path` to a folder that can be written"
        ) from err
    engine = engine_of(path)
    try:
        trouble = (
            DAMAGED if is_noted_damaged(path) else _trouble(engine, now, is_trusted=is_noted_sound(path) or is_in_use())
        )
    except OperationalError as err:
        engine.dispose()
        raise unusable(path, err) from err
    if trouble:
        engine.dispose()
        aside = set_aside(path, now=now)
        say(f"{path}: {trouble}; it was set aside as {aside.name} and is made anew from the posts")
        engine = engine_of(path)
        _create(engine)
        _hand_on(aside, engine)
    return engine


def begin_anew(state: Path, kept: Iterable[Keepsake], *, now: datetime) -> Path | None:
    """Make an index that knows nothing but these keepsakes; the posts give it the rest.

    Returns where the one before it lies now, None where there was none. Nobody may have it open. Raises
    BackupError as reading the keepsakes does; then nothing has changed.
    """
    fresh = state / f"{FILE}.new"
    _unlink(fresh)
    state.mkdir(parents=True, exist_ok=True)
    engine = engine_of(fresh)
    try:
        _create(engine)
        with engine.begin() as connection:
            hand_on(connection, kept)
    finally:
        engine.dispose()
    aside = set_aside(state / FILE, now=now) if (state / FILE).exists() else None
    _rename(fresh, state / FILE)
    return aside


def _unlink(path: Path) -> None:
    for suffix in _PARTS:
        path.with_name(path.name + suffix).unlink(missing_ok=True)


def set_aside(path: Path, *, now: datetime) -> Path:
    """Rename an index that nobody has open, with what belongs to it; return its new place."""
    aside = path.with_name(f"index.{now:%Y%m%dT%H%M%S}.aside.sqlite3")
    _rename(path, aside)
    return aside


def _hand_on(aside: Path, engine: Engine) -> None:
    """Save what can be read of an index that was set aside."""
    old = engine_of(aside)
    try:
        with old.connect() as before, engine.begin() as connection:
            hand_on(connection, kept_in(before))
    except DatabaseError:  # it cannot even be opened: what it knew is lost
        return
    finally:
        old.dispose()


def _trouble(engine: Engine, now: datetime, *, is_trusted: bool) -> str | None:
    """Say in a word why this index cannot be used; None: it can. is_trusted: its pages need not be read through."""
    try:
        _create(engine)
        _bring_forward(engine, now)
        with engine.connect() as connection:
            version = connection.scalar(_VERSION)
            if version != schema.VERSION:
                return f"the index is of version {version}, not {schema.VERSION}"
            if not is_trusted and connection.exec_driver_sql("PRAGMA quick_check(1)").scalar() != "ok":
                return DAMAGED
    except OperationalError as err:
        if _is_damage(err):
            return DAMAGED
        raise
    except DatabaseError:
        return DAMAGED
    return None


def _bring_forward(engine: Engine, now: datetime) -> None:
    """Give an index of an earlier version what this one has more, so that no validator and no date is lost."""
    with engine.connect() as connection:
        if connection.scalar(_VERSION) not in _STEPS:
            return
    with engine.connect().execution_options(is_writer=True) as connection, connection.begin():
        before = connection.scalar(_VERSION)  # another process may have been faster
        for version, statements in _STEPS.items():
            for statement in statements if before and version >= before else ():
                connection.exec_driver_sql(statement, {"now": int(now.timestamp())})
        schema.metadata.create_all(connection)
        for index in (*schema.posts.indexes, *schema.diagnostics.indexes):
            index.create(connection, checkfirst=True)
        connection.execute(update(schema.facts).where(schema.facts.c.name == "schema").values(value=schema.VERSION))


def _is_damage(err: OperationalError) -> bool:
    return "malformed" in str(err) or "no such" in str(err) or "has no column" in str(err)


def _create(engine: Engine) -> None:
    with engine.begin() as connection:
        if connection.dialect.has_table(connection, "facts"):
            return
        schema.metadata.create_all(connection)
        connection.execute(schema.facts.insert().values(name="schema", value=schema.VERSION))


def _rename(path: Path, aside: Path) -> None:
    for suffix in _PARTS:
        part = path.with_name(path.name + suffix)
        if part.exists():
            part.rename(aside.with_name(aside.name + suffix))


def unusable(path: Path, err: OperationalError | sqlite3.OperationalError) -> IndexUnusableError:
    """Say what to do about an index, at or below `path`, that cannot be used now."""
    words = str(getattr(err, "orig", err))
    if "locked" in words:
        return IndexUnusableError(f"{path} is locked by another program", "close what has it open")
    if "full" in words or "disk I/O" in words:
        return IndexUnusableError(f"{path} cannot be written ({words})", "make room on its disk")
    return IndexUnusableError(f"{path}: {words}", "make it writable or set `state.path` to another folder")


def engine_of(path: Path) -> Engine:
    """Connect to an index as it lies there; nothing is made, checked or mended."""
    engine = create_engine(f"sqlite:///{path}", connect_args={"timeout": _BUSY_SECONDS, "check_same_thread": False})
    event.listen(engine, "connect", _prepare)
    event.listen(engine, "begin", _begin)
    return engine


def _prepare(connection: sqlite3.Connection, _record: object) -> None:
    connection.isolation_level = None  # BEGIN is ours: the driver's would leave reads outside any transaction
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=NORMAL")
    connection.execute("PRAGMA cache_size=-12000")  # KiB
    connection.execute("PRAGMA wal_autocheckpoint=4000")  # pages; the publisher sees to it before (Store.bring_home)
    connection.execute("PRAGMA journal_size_limit=16000000")  # bytes of the write-ahead log that are kept for use again


def _begin(connection: Connection) -> None:
    is_writer = connection.get_execution_options().get("is_writer", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if is_writer else "BEGIN")
