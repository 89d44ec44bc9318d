"""The index: rows in SQLite. One process writes, many read."""

from feeds.store.commit import Commit
from feeds.store.payload import moment_at
from feeds.store.rows import FeedRow, Held, ListedRow, PostRow, Shown, Sight
from feeds.store.store import Reader, Store
from feeds.store.window import state_of

__all__ = [
    "Commit",
    "FeedRow",
    "Held",
    "ListedRow",
    "PostRow",
    "Reader",
    "Shown",
    "Sight",
    "Store",
    "moment_at",
    "state_of",
]
