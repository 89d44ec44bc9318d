"""What the publisher tells those who listen: values that are written with the change that they tell of."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, get_args

EventKind = Literal["post", "entry", "feed", "diagnostic", "run"]
EVENT_KINDS: tuple[EventKind, ...] = get_args(EventKind)

FIELDS: Mapping[EventKind, Mapping[str, str]] = {
    "post": {"path": "of the file, relative to the site folder", "standing": "holder, shadowed, skipped or waiting"},
    "entry": {"id": "of the entry", "path": "of its post", "title": "", "change": "added, changed or removed"},
    "feed": {"kind": "site, category, tag, source or author", "term": "", "before": "its state", "after": "its state"},
    "diagnostic": {
        "code": "",
        "level": "note, warning or error",
        "path": "of the file",
        "line": "or null",
        "detail": "",
        "is_solved": "whether it is not said any more",
    },
    "run": {
        "read": "files",
        "changed": "entries that came or changed",
        "removed": "entries that went",
        "feeds": "that moved",
        "problems": "diagnostics that reading gave",
        "orders": "ids of the orders that it carried out",
    },
}

Value = str | int | bool | None | list[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """Something that has happened, and can be read by whoever is told of it (invariant 18)."""

    kind: EventKind
    what: Mapping[str, Value]  # as FIELDS says
    number: int = 0  # grows, also over restarts; 0: it is not in the index yet
    at: int = 0  # seconds since 1970
