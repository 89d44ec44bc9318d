"""What the content folder cannot give back: when things were first seen and last changed, ids taken over, tombstones.

An index that is set aside hands them on to the one that is made anew, and `feeds doctor --backup` writes them to a
file. Either way they lie in the new index, and each is taken when the publisher comes to what it belongs to.
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Literal, NamedTuple, get_args

from sqlalchemy import Connection, delete, insert, select, text
from sqlalchemy.exc import DatabaseError

from feeds.errors import BackupError
from feeds.model import FeedKey
from feeds.store.schema import facts, keepsakes, tombstones

What = Literal["authority", "post", "entry", "feed", "tombstone"]
FORMAT = {"feedwright": "backup", "version": 1}
_AT_ONCE = 500

# An index of an earlier schema may lack some of these columns or tables; then there is nothing of that kind to keep.
_QUERIES: Mapping[What, str] = {
    "authority": "SELECT value AS name FROM facts WHERE name = 'authority'",
    "post": "SELECT path AS name, pin FROM posts WHERE pin IS NOT NULL ORDER BY path",
    "entry": "SELECT id AS name, first_seen, updated, json_extract(CAST(payload AS TEXT), '$.kept.fingerprint')"
    " AS fingerprint FROM entries ORDER BY id",
    "feed": "SELECT json_array(kind, term) AS name, state, changed FROM feeds WHERE state != '' ORDER BY kind, term",
    "tombstone": "SELECT id AS name, path, title, at, why FROM tombstones ORDER BY id",
}


class Keepsake(NamedTuple):
    what: What
    name: str  # the authority itself, a path, an id, or a feed's kind and term as JSON
    value: Mapping[str, Any]  # what the query of its kind says of it


def feed_name(key: FeedKey) -> str:
    return json.dumps(list(key), ensure_ascii=False, separators=(",", ":"))


def kept_in(connection: Connection) -> Iterator[Keepsake]:
    """Yield what an index holds, of this schema or an earlier one, as far as it can be read."""
    for what, query in _QUERIES.items():
        try:
            for row in connection.execute(text(query)).mappings():
                value = dict(row)
                yield Keepsake(what, value.pop("name"), value)
        except DatabaseError:
            continue


def as_lines(kept: Iterable[Keepsake]) -> Iterator[str]:
    """Write keepsakes down: a line of JSON that names the format, then one for each."""
    yield json.dumps(FORMAT) + "\n"
    for one in kept:
        yield json.dumps([one.what, one.name, one.value], ensure_ascii=False) + "\n"


def from_lines(lines: Iterable[str], *, name: str) -> Iterator[Keepsake]:
    """Read them again. name: of the file, for complaints. Raises BackupError where it is none of ours, or damaged."""
    remedy = "name a file that `feeds doctor --backup` has written"
    numbered = enumerate(lines, start=1)
    try:
        if json.loads(next(numbered, (1, ""))[1]) != FORMAT:
            raise BackupError(f"{name} is not a backup of this version", remedy)
    except json.JSONDecodeError as err:
        raise BackupError(f"{name} is not a backup", remedy) from err
    for number, line in numbered:
        try:
            what, own, value = json.loads(line)
        except (ValueError, TypeError):
            what, own, value = "", "", {}
        if what not in get_args(What) or not isinstance(own, str) or not isinstance(value, dict):
            raise BackupError(f"{name}, line {number}: damaged", "use an older backup")
        yield Keepsake(what, own, value)


def hand_on(connection: Connection, kept: Iterable[Keepsake]) -> int:
    """Put keepsakes into a new index, which is empty; return how many."""
    count = 0
    waiting: list[dict[str, object]] = []
    for one in kept:
        count += 1
        if one.what == "authority":
            connection.execute(insert(facts).values(name="authority", value=one.name))
        elif one.what == "tombstone":
            connection.execute(insert(tombstones).values(id=one.name, **one.value))
        else:
            waiting.append({"what": one.what, "name": one.name, "value": json.dumps(one.value)})
        if len(waiting) == _AT_ONCE:
            connection.execute(insert(keepsakes), waiting)
            waiting = []
    if waiting:
        connection.execute(insert(keepsakes), waiting)
    return count


def waiting(connection: Connection, what: What, names: Sequence[str]) -> dict[str, dict[str, Any]]:
    """Return those of a kind that lie in the index for these names."""
    found = {}
    for start in range(0, len(names), _AT_ONCE):
        piece = names[start : start + _AT_ONCE]
        query = select(keepsakes.c.name, keepsakes.c.value).where(keepsakes.c.what == what, keepsakes.c.name.in_(piece))
        found.update({row.name: json.loads(row.value) for row in connection.execute(query)})
    return found


def feeds_waiting(connection: Connection) -> list[FeedKey]:
    names = connection.scalars(select(keepsakes.c.name).where(keepsakes.c.what == "feed").order_by(keepsakes.c.name))
    return [FeedKey(*json.loads(name)) for name in names]


def forget(connection: Connection) -> None:
    """Let go of those that nobody has taken; what they belonged to is gone."""
    connection.execute(delete(keepsakes))
