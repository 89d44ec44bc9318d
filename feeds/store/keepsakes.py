"""What the content folder cannot give back: when things were first seen and last changed, ids taken over, tombstones.

And what readers asked on which day, and how far hubs have been told of what happened.

An index that is set aside hands them on to the one that is made anew, and `feeds doctor --backup` writes them to a
file. Either way they lie in the new index, and each is taken when the publisher comes to what it belongs to.
What else is to be kept gets a kind in `What`, a query, and its fields.
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Literal, NamedTuple, get_args

from sqlalchemy import Connection, RowMapping, Table, bindparam, delete, insert, select, text
from sqlalchemy.exc import DatabaseError

from feeds.errors import BackupError
from feeds.model import KINDS, FeedKey
from feeds.store.prepared import Prepared
from feeds.store.schema import facts, keepsakes, programs, subscriptions, tombstones, traffic

What = Literal["authority", "post", "entry", "feed", "tombstone", "traffic", "subscription", "program", "outbox", "hub"]
FORMAT = {"feedwright": "backup", "version": 1}
MEND_FIRST = "run `feeds doctor --repair` first"
_COUNT = "keepsakes"  # in the last line of a backup
_AT_ONCE = 500
_COUNT_ON = text("INSERT INTO sqlite_sequence (name, seq) VALUES ('outbox', :number)")
_KEEP, _KEEP_FACT, _KEEP_TOMBSTONE = (
    insert(table).prefix_with("OR IGNORE") for table in (keepsakes, facts, tombstones)
)
# What goes where it came from, at once: its table, and the columns that its name is made of.
_ROWS: Mapping[str, tuple[Table, tuple[str, ...]]] = {
    "traffic": (traffic, ("day", "kind", "term")),
    "subscription": (subscriptions, ("kind", "term", "format", "reader")),
    "program": (programs, ("day", "name")),
}

_NUMBERS = ("outbox", "hub")  # of events

_FINGERPRINT = (
    "CASE WHEN json_valid(CAST(payload AS TEXT))"
    " THEN json_extract(CAST(payload AS TEXT), '$.kept.fingerprint') END AS fingerprint"
)
# An index of an earlier schema may lack some of these columns or tables; then there is nothing of that kind to keep.
_QUERIES: Mapping[What, str] = {
    "authority": "SELECT value AS name FROM facts WHERE name = 'authority'",
    "post": "SELECT path AS name, pin FROM posts WHERE pin IS NOT NULL ORDER BY path",
    "entry": f"SELECT id AS name, first_seen, updated, stamp, changed, {_FINGERPRINT} FROM entries ORDER BY id",  # noqa: S608
    "feed": "SELECT json_array(kind, term) AS name, state, changed FROM feeds WHERE state != '' ORDER BY kind, term",
    "tombstone": "SELECT id AS name, path, title, at, why FROM tombstones ORDER BY id",
    "traffic": "SELECT json_array(day, kind, term) AS name, unchanged, answered, sent, subscribers FROM traffic",
    "subscription": "SELECT json_array(kind, term, format, reader) AS name, day, subscribers FROM subscriptions",
    "program": "SELECT json_array(day, name) AS name, asked FROM programs",
    "outbox": "SELECT name, seq AS number FROM sqlite_sequence WHERE name = 'outbox'",
    "hub": "SELECT substr(name, 5) AS name, CAST(value AS INTEGER) AS told FROM facts WHERE name LIKE 'hub:%'",
}
_EARLIER_QUERIES: Mapping[What, str] = {
    "entry": f"SELECT id AS name, first_seen, updated, {_FINGERPRINT} FROM entries ORDER BY id",  # noqa: S608
}
_FIELDS: Mapping[What, Mapping[str, type]] = {
    "authority": {},
    "post": {"pin": str},
    "entry": {"first_seen": int, "updated": int, "fingerprint": str},
    "feed": {"state": str, "changed": int},
    "tombstone": {"path": str, "title": str, "at": int, "why": str},
    "traffic": {"unchanged": int, "answered": int, "sent": int, "subscribers": int},
    "subscription": {"day": str, "subscribers": int},
    "program": {"asked": int},
    "outbox": {"number": int},
    "hub": {"told": int},
}
# What backups of earlier versions lack; either all or none of a kind is there.
_LATER_FIELDS: Mapping[What, Mapping[str, type]] = {"entry": {"stamp": str, "changed": int}}


class Keepsake(NamedTuple):
    what: What
    name: str  # the authority itself, a path, an id, or a feed's kind and term as JSON
    value: Mapping[str, Any]  # what the query of its kind says of it


def feed_name(key: FeedKey) -> str:
    return json.dumps(list(key), ensure_ascii=False, separators=(",", ":"))


def kept_in(connection: Connection) -> Iterator[Keepsake]:
    """Yield what an index holds, of this schema or an earlier one, as far as it can be read."""
    for what, query in _QUERIES.items():
        count = 0
        try:
            for one in _asked(connection, what, query):
                count += 1
                yield one
        except DatabaseError:
            if not count and what in _EARLIER_QUERIES:
                yield from _as_far_as_readable(_asked(connection, what, _EARLIER_QUERIES[what]))


def all_kept_in(connection: Connection) -> Iterator[Keepsake]:
    """Yield what an index of this schema holds, all of it.

    Raises DatabaseError where it cannot be read, and BackupError where it makes no sense.
    """
    for what, query in _QUERIES.items():
        for row in connection.execute(text(query), execution_options={"yield_per": _AT_ONCE}).mappings():
            one = _keepsake(what, row)
            if not _is_sound(one):
                raise BackupError(f"the index is damaged: what it says of {one.name} cannot be read", MEND_FIRST)
            yield one


def _asked(connection: Connection, what: What, query: str) -> Iterator[Keepsake]:
    for row in connection.execute(text(query), execution_options={"yield_per": _AT_ONCE}).mappings():
        one = _keepsake(what, row)
        if _is_sound(one):
            yield one


def _as_far_as_readable(kept: Iterator[Keepsake]) -> Iterator[Keepsake]:
    try:
        yield from kept
    except DatabaseError:
        return


def _keepsake(what: What, row: RowMapping) -> Keepsake:
    value = dict(row)
    return Keepsake(what, value.pop("name"), value)


def as_lines(kept: Iterable[Keepsake]) -> Iterator[str]:
    """Write keepsakes down: a line of JSON that names the format, one for each, and one that counts them."""
    yield json.dumps(FORMAT) + "\n"
    count = 0
    for one in kept:
        count += 1
        yield json.dumps([one.what, one.name, one.value], ensure_ascii=False) + "\n"
    yield json.dumps({_COUNT: count}) + "\n"


def from_lines(lines: Iterable[str], *, name: str) -> Iterator[Keepsake]:
    """Read them again. name: of the file, for complaints.

    Raises BackupError where it is none of ours, damaged, or cut short; the last shows only at its end.
    """
    remedy = "name a file that `feeds doctor --backup` has written"
    numbered = enumerate(lines, start=1)
    try:
        if json.loads(next(numbered, (1, ""))[1]) != FORMAT:
            raise BackupError(f"{name} is not a backup of this version", remedy)
    except json.JSONDecodeError as err:
        raise BackupError(f"{name} is not a backup", remedy) from err
    end: object = None
    for number, line in numbered:
        one = _read_line(line)
        if end is not None or one is None:
            raise BackupError(f"{name}, line {number}: damaged", "use an older backup")
        if isinstance(one, Keepsake):
            yield one
        elif one.get(_COUNT) != number - 2:
            raise BackupError(f"{name}, line {number}: some lines are missing", "use an older backup")
        else:
            end = one
    if end is None:
        raise BackupError(f"{name} is cut short", "use an older backup")


def as_of_then(kept: Iterable[Keepsake]) -> Iterator[Keepsake]:
    """Yield keepsakes that have grown old meanwhile: what hubs have been told since then nobody knows."""
    for one in kept:
        yield one._replace(value={"told": 0}) if one.what == "hub" else one


def _read_line(line: str) -> Keepsake | dict[str, object] | None:
    """Return a keepsake, or the table of the last line; None where it is neither."""
    try:
        found = json.loads(line)
    except ValueError:
        return None
    if isinstance(found, dict):
        return found
    one = Keepsake(*found) if isinstance(found, list) and len(found) == 3 else None
    return one if one and _is_sound(one) else None


def _is_sound(one: Keepsake) -> bool:
    if one.what not in get_args(What) or not isinstance(one.name, str) or not isinstance(one.value, dict):
        return False
    later = _LATER_FIELDS.get(one.what, {})
    fields = {**_FIELDS[one.what], **(later if later.keys() & one.value.keys() else {})}
    is_typed = one.value.keys() == fields.keys() and all(type(one.value[name]) is fields[name] for name in fields)
    if one.what in _ROWS:
        return is_typed and _names_of(one) is not None
    return is_typed and (one.what != "feed" or _key_of(one.name) is not None)


def _names_of(one: Keepsake) -> dict[str, str] | None:
    """Read the columns that a row's name is made of; None where they are none."""
    columns = _ROWS[one.what][1]
    try:
        values = json.loads(one.name)
    except ValueError:
        return None
    if not isinstance(values, list) or len(values) != len(columns) or not all(isinstance(each, str) for each in values):
        return None
    return dict(zip(columns, values, strict=True))


def _key_of(name: str) -> FeedKey | None:
    """Read a feed's name as `feed_name` writes it; None where it is none."""
    try:
        kind, term = json.loads(name)
    except (ValueError, TypeError):
        return None
    return FeedKey(kind, term) if kind in KINDS and isinstance(term, str) else None


def hand_on(connection: Connection, kept: Iterable[Keepsake]) -> int:
    """Put keepsakes into a new index, which is empty; return how many. Of two for one thing the first counts."""
    count = 0
    waiting: list[dict[str, object]] = []
    rows: dict[str, list[dict[str, object]]] = {}
    numbers: list[Keepsake] = []
    for one in kept:
        count += 1
        if one.what == "authority":
            connection.execute(_KEEP_FACT, {"name": "authority", "value": one.name})
        elif one.what == "tombstone":
            connection.execute(_KEEP_TOMBSTONE, {"id": one.name, **one.value})
        elif one.what in _NUMBERS:
            numbers.append(one)
        elif one.what in _ROWS:
            rows.setdefault(one.what, []).append({**(_names_of(one) or {}), **one.value})
            if len(rows[one.what]) == _AT_ONCE:
                _put_rows(connection, one.what, rows.pop(one.what))
        else:
            waiting.append({"what": one.what, "name": one.name, "value": json.dumps(one.value)})
        if len(waiting) == _AT_ONCE:
            connection.execute(_KEEP, waiting)
            waiting = []
    if waiting:
        connection.execute(_KEEP, waiting)
    for what, several in rows.items():
        _put_rows(connection, what, several)
    _go_on_counting(connection, numbers)
    return count


def _go_on_counting(connection: Connection, kept: Sequence[Keepsake]) -> None:
    """Number events from the last one on, so that nobody takes a new one for one that it knows.

    Events are not kept: what a hub does not know of is missing in the numbers. Where the last number is not known, the
    very first one is missing to every hub.
    """
    last = next((one.value["number"] for one in kept if one.what == "outbox"), None)
    if kept:
        connection.execute(_COUNT_ON, {"number": 1 if last is None else last})
    for one in kept:
        if one.what == "hub":
            until = 0 if last is None else one.value["told"]
            connection.execute(_KEEP_FACT, {"name": f"hub:{one.name}", "value": str(until)})


def _put_rows(connection: Connection, what: str, rows: list[dict[str, object]]) -> None:
    connection.execute(insert(_ROWS[what][0]).prefix_with("OR IGNORE"), rows)


_WAITING = Prepared(
    select(keepsakes.c.name, keepsakes.c.value).where(
        keepsakes.c.what == bindparam("of_what"), keepsakes.c.name.in_(bindparam("names", expanding=True))
    )
)


def waiting(connection: Connection, what: What, names: Sequence[str]) -> dict[str, dict[str, Any]]:
    """Return those of a kind that lie in the index for these names."""
    return {name: json.loads(value) for name, value in _WAITING.ask_of(connection, names, of_what=what)}


def feeds_waiting(connection: Connection) -> list[FeedKey]:
    names = connection.scalars(select(keepsakes.c.name).where(keepsakes.c.what == "feed").order_by(keepsakes.c.name))
    return [FeedKey(*json.loads(name)) for name in names]


def forget(connection: Connection) -> None:
    """Let go of those that nobody has taken; what they belonged to is gone."""
    connection.execute(delete(keepsakes))
