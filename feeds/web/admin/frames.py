"""What happened, as listeners are told it: a JSON object in a frame of Server-Sent Events (WHATWG HTML §9.2.6)."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import cast

from feeds.events import Event
from feeds.model import FeedKey, Kind, Move
from feeds.settings import Settings
from feeds.web.admin.moves import Moves

LOST = "lost"  # the kind of the frame that says how many others were not told

# What an object has beside `event`, `number` and `at`, where that differs from `feeds.events.FIELDS`.
TOLD: Mapping[str, Mapping[str, str]] = {
    "feed": {
        "kind": "site, category, tag, source or author",
        "term": "",
        "address": "without a format's suffix, readable",
        "formats": "for each its url, and the entity tags before and after",
    },
    LOST: {"count": "of the events that were not told; null where nobody knows"},
}


class Frames:
    """Any number of threads may ask at once."""

    def __init__(self, settings: Settings) -> None:
        self._moves = Moves(settings)

    def of(self, event: Event) -> bytes:
        what = self._moves.as_object(_move(event.what)) if event.kind == "feed" else event.what
        at = datetime.fromtimestamp(event.at, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        return _frame(event.kind, event.number, {"at": at, **what})


def _move(what: Mapping[str, object]) -> Move:
    key = FeedKey(cast("Kind", what["kind"]), str(what["term"]))
    return Move(key, str(what["before"]), str(what["after"]))


def lost(count: int | None, *, number: int) -> bytes:
    """Say that events were not told. number: of the last of them."""
    return _frame(LOST, number, {"count": count})


def opening(number: int, *, retry: int) -> bytes:
    """Begin a stream. number: of the last event before it, so that a listener that hears none goes on from there.

    retry: milliseconds after which a listener that was cut off may come again.
    """
    return b"retry: %d\nid: %d\n\n" % (retry, number)


def _frame(kind: str, number: int, what: Mapping[str, object]) -> bytes:
    data = json.dumps({"event": kind, "number": number, **what}, ensure_ascii=False)
    return b"id: %d\nevent: %s\ndata: %s\n\n" % (number, kind.encode(), data.encode(errors="replace"))
