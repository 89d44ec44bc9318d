"""The index: rows in SQLite. One process writes, many read."""

from feeds.store.beside import reading_beside
from feeds.store.commit import NOT_WRITTEN, NOTHING, Commit, Earlier
from feeds.store.database import begin_anew
from feeds.store.inspection import DamageError, Inspection, inspecting, keepsakes_of
from feeds.store.keepsakes import Keepsake, as_lines, as_of_then, from_lines
from feeds.store.lock import lock_of
from feeds.store.mending import begin_anew_from_what_is_left
from feeds.store.payload import Written, microseconds, moment_at, unpack, write_down
from feeds.store.problems import KEPT_SOLVED, News
from feeds.store.rows import EntryRow, FeedRow, Held, ListedRow, Misplaced, PageRow, PostRow, Shown, Sight, Tombstone
from feeds.store.store import Reader, Store
from feeds.store.window import state_of

__all__ = [
    "KEPT_SOLVED",
    "NOTHING",
    "NOT_WRITTEN",
    "Commit",
    "DamageError",
    "Earlier",
    "EntryRow",
    "FeedRow",
    "Held",
    "Inspection",
    "Keepsake",
    "ListedRow",
    "Misplaced",
    "News",
    "PageRow",
    "PostRow",
    "Reader",
    "Shown",
    "Sight",
    "Store",
    "Tombstone",
    "Written",
    "as_lines",
    "as_of_then",
    "begin_anew",
    "begin_anew_from_what_is_left",
    "from_lines",
    "inspecting",
    "keepsakes_of",
    "lock_of",
    "microseconds",
    "moment_at",
    "reading_beside",
    "state_of",
    "unpack",
    "write_down",
]
