"""What the server's side asks before a request becomes a task: half the time of a poll is spent between the two."""

import time
from collections.abc import Callable

from starlette.types import Scope

from feeds.metrics import Tally
from feeds.web.accesslog import AccessLog
from feeds.web.feeds import FeedDoor

AtOnce = Callable[[Scope], tuple[bytes, bytes] | None]


def answering_at_once(feeds: FeedDoor, tally: Tally, log: AccessLog | None, *, base: str) -> AtOnce:
    """Return what answers an ASGI scope with head and body as they go over the wire, and None where that takes more.

    What it answers it counts and notes, as the application does. base: path of the site, readable.
    """
    counted = tally.counts

    def at_once(scope: Scope) -> tuple[bytes, bytes] | None:
        began = time.perf_counter() if log else 0.0
        path = scope["path"]
        try:
            reply = feeds.at_once(scope, below(path, base) if base else path)
        except Exception:  # noqa: BLE001 - the application is asked next, meets it again, and tells
            return None
        if reply is None:
            return None
        body = b"" if scope["method"] == "HEAD" else reply.body
        counts = counted[reply.answer]  # no call: every poll comes here
        counts[0] += 1
        counts[1] += len(body)
        if log:
            log.note(scope, reply.answer, len(body), seconds=time.perf_counter() - began)
        return reply.head(feeds.now), body

    return at_once


def below(path: str, base: str) -> str:
    """Take off the path below which the site lives, where a proxy in front has not done so already."""
    return path.removeprefix(base) if path.startswith(base + "/") else path
