"""The index: rows in SQLite. One process writes, many read."""

from feeds.store.commit import NOTHING, Commit, Earlier
from feeds.store.database import begin_anew
from feeds.store.keepsakes import Keepsake, as_lines, from_lines
from feeds.store.payload import microseconds, moment_at
from feeds.store.rows import FeedRow, Held, ListedRow, PostRow, Shown, Sight, Tombstone
from feeds.store.store import Reader, Store
from feeds.store.window import state_of

__all__ = [
    "NOTHING",
    "Commit",
    "Earlier",
    "FeedRow",
    "Held",
    "Keepsake",
    "ListedRow",
    "PostRow",
    "Reader",
    "Shown",
    "Sight",
    "Store",
    "Tombstone",
    "as_lines",
    "begin_anew",
    "from_lines",
    "microseconds",
    "moment_at",
    "state_of",
]
