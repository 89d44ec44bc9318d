"""Mending an index: what follows from its entries is made to follow again. No post is read here."""

import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from sqlalchemy import bindparam, case, delete, select, text, update

from feeds.model import Entry, Plan
from feeds.store.commit import Commit, ShapeOf, pieces
from feeds.store.database import begin_anew
from feeds.store.inspection import Inspection, expect, salvaging
from feeds.store.keepsakes import as_lines, from_lines, kept_in
from feeds.store.payload import microseconds, moment_at, write_down
from feeds.store.schema import entries, feeds, posts

_LEAVE = """
    DELETE FROM memberships WHERE NOT EXISTS (
        SELECT 1 FROM feeds JOIN temp.wanted AS wanted USING (kind, term)
        WHERE number = memberships.feed AND age = memberships.age AND entry_id = memberships.entry_id
    )
"""
_JOIN = """
    INSERT OR IGNORE INTO memberships (feed, age, entry_id)
    SELECT number, age, entry_id FROM temp.wanted JOIN feeds USING (kind, term)
"""
_LABEL = """
    INSERT INTO labels (feed, label, total)
    SELECT number, label, count(*) FROM temp.wanted JOIN feeds USING (kind, term) GROUP BY number, label
"""
_COUNT = "UPDATE feeds SET total = (SELECT count(*) FROM memberships WHERE feed = number)"
_UNBURY = "DELETE FROM tombstones WHERE id IN (SELECT id FROM entries)"
_REDERIVE = (
    update(entries)
    .where(entries.c.id == bindparam("of_id"))
    .values({name: bindparam(name) for name in ("is_live", "published", "updated", "expires", "stamp", "payload")})
    .values(weight=bindparam("weight"), brief_weight=bindparam("brief_weight"))
)


def begin_anew_from_what_is_left(state: Path, *, now: datetime) -> Path | None:
    """Put a damaged index aside and begin another, with what can still be read of what the posts cannot give back.

    Returns where the old one lies. Nobody may have it open.
    """
    with tempfile.TemporaryFile("w+", encoding="utf-8") as spool:
        with salvaging(state) as connection:
            spool.writelines(as_lines(kept_in(connection)))
        spool.seek(0)
        return begin_anew(state, from_lines(spool, name="the old index"), now=now)


class Mending(Commit):
    """A transaction that mends."""

    def read_again(self, paths: Iterable[str]) -> None:
        """Have the next sweep read these posts, whatever it finds."""
        pin = case((posts.c.pin.is_not(None), posts.c.entry_id))
        afresh = update(posts).values(mtime_ns=-1, digest="", pin=pin)
        for piece in pieces(paths):
            self._connection.execute(afresh.where(posts.c.path.in_(piece)))

    def rewrite(self, known: Sequence[Entry], *, now: datetime, shape_of: ShapeOf) -> None:
        """Put entries in the place of what cannot be read; their dates stay, as far as these can be."""
        dates: dict[str, object] = {}
        for piece in pieces(entry.id for entry in known):
            query = select(entries.c.id, entries.c.updated).where(entries.c.id.in_(piece))
            dates.update({row.id: row.updated for row in self._connection.execute(query)})
        fresh = [_dated(entry, dates.get(entry.id)) for entry in known]
        plans = [Plan(id=entry.id, new=entry, is_live=entry.is_live(now)) for entry in fresh]
        self.put_entries(plans, now=now, shape_of=shape_of)

    def forget_standing(self, paths: Iterable[str]) -> None:
        """Let posts claim nothing until the next sweep has read them."""
        for piece in pieces(paths):
            afresh = update(posts).values(mtime_ns=-1, digest="", standing="waiting", entry_id=None)
            self._connection.execute(afresh.where(posts.c.path.in_(piece)))

    def drop_unreadable(self) -> None:
        """Let go of entries that cannot be read. Their posts, where there are any, are read again."""
        ids = [row.id for row in Inspection(self._connection).entries() if row.entry is None]
        for piece in pieces(ids):
            self.forget_standing(
                self._connection.scalars(select(posts.c.path).where(posts.c.entry_id.in_(piece))).all()
            )
            self._connection.execute(delete(entries).where(entries.c.id.in_(piece)))

    def note_what_is_shown(self, shape_of: ShapeOf) -> None:
        """Write down what each feed shows now, right or wrong, so that it moves where mending changes that."""
        inspection = Inspection(self._connection)
        for feed in tuple(inspection.feeds()):
            state = inspection.state_now(feed, shape_of(feed.key))
            if state != feed.state:
                self._connection.execute(update(feeds).where(feeds.c.number == feed.number).values(state=state))

    def derive(self, *, now: datetime, shape_of: ShapeOf) -> None:
        """Make everything follow from the entries again: what is said beside them, memberships, names and counts."""
        self._derive_columns(now)
        inspection = Inspection(self._connection)
        expect(self._connection, (row.entry for row in inspection.entries() if row.entry and row.is_live))
        self.know(list(inspection.unknown_feeds()), shape_of=shape_of)
        for statement in (_LEAVE, _JOIN, "DELETE FROM labels", _LABEL, _COUNT, _UNBURY, "DROP TABLE temp.wanted"):
            self._connection.execute(text(statement))

    def _derive_columns(self, now: datetime) -> None:
        rows = Inspection(self._connection).entries()
        wrong = [row.id for row in rows if row.entry and not (row.is_sound and row.is_live == row.entry.is_live(now))]
        for piece in pieces(wrong):
            held = Inspection(self._connection).entries_at(piece).values()
            self._connection.execute(_REDERIVE, [_columns(row.entry, now) for row in held if row.entry])


def _dated(entry: Entry, updated: object) -> Entry:
    """Give an entry its `updated` back; microseconds since 1970, if that is what the index says."""
    if entry.is_updated_stated or not isinstance(updated, int):
        return entry
    try:
        return replace(entry, updated=max(moment_at(updated), entry.published))
    except OverflowError:
        return entry


def _columns(entry: Entry, now: datetime) -> dict[str, object]:
    return {
        "of_id": entry.id,
        "is_live": entry.is_live(now),
        "published": microseconds(entry.published),
        "updated": microseconds(entry.updated),
        "expires": entry.expires and microseconds(entry.expires),
        **write_down(entry)._asdict(),
    }
