"""`/-/events`: what happens, while it happens, as Server-Sent Events (WHATWG HTML §9.2)."""

import asyncio
import re
from collections.abc import Mapping

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from feeds.events import EVENT_KINDS
from feeds.web.admin.door import FRESH, refused
from feeds.web.admin.follower import Follower, Listener
from feeds.web.admin.frames import opening
from feeds.web.replies import GUARDS, Reply

RETRY = 3000  # milliseconds after which a listener that was cut off may come again
HEARTBEAT = 15.0  # seconds of silence after which a comment shows that the connection still stands

_HEARTBEAT = b":\n\n"
_NONE_SUCH = 2**63 - 1  # a number that no event ever has
_FIELDS = (
    (b"content-type", b"text/event-stream; charset=utf-8"),
    FRESH,
    (b"x-accel-buffering", b"no"),  # nginx would else keep events back until it has a buffer full
    *GUARDS,
)
_HEAD = Reply(200, _FIELDS)
_FULL = refused(503, "As many listen already as may; please come again later.", (b"retry-after", b"30"))


class EventStream:
    """Answers those who may listen."""

    def __init__(self, follower: Follower, *, heartbeat: float = HEARTBEAT, retry: int = RETRY) -> None:
        """heartbeat: seconds. retry: milliseconds."""
        self._follower = follower
        self._heartbeat = heartbeat
        self._retry = retry

    async def answer(self, request: Request) -> Reply | Response:
        """Answer GET with a stream, and HEAD with its fields."""
        kinds = request.query_params.getlist("kind")
        if unknown := sorted({*kinds} - {*EVENT_KINDS}):
            return _no_kind(unknown[0])
        if request.method == "HEAD":
            return _FULL if self._follower.is_full else _HEAD
        listener = await self._follower.join(last_heard(request.headers, request.query_params), frozenset(kinds))
        if listener is None:
            return _FULL
        return _Stream(self._follower, listener, heartbeat=self._heartbeat, retry=self._retry)


def last_heard(fields: Mapping[str, str], query: Mapping[str, str]) -> int | None:
    """Return the number of the last event that a listener knows; None where it says nothing.

    What it says when it comes again is newer than what its address says (WHATWG HTML §9.2.3). What is no number of
    ours counts as one of an index that was lost.
    """
    said = fields.get("last-event-id") or query.get("last_event_id") or ""
    if not said:
        return None
    return int(said) if re.fullmatch("[0-9]{1,18}", said) else _NONE_SUCH


def _no_kind(unknown: str) -> Reply:
    return refused(400, f"There are no events of the kind {unknown[:50]!r}, only: {', '.join(EVENT_KINDS)}.")


class _Stream(Response):
    """An answer that goes on until the listener leaves or the server ends."""

    def __init__(self, follower: Follower, listener: Listener, *, heartbeat: float, retry: int) -> None:
        super().__init__()
        self.raw_headers = list(_FIELDS)
        self._follower = follower
        self._listener = listener
        self._heartbeat = heartbeat
        self._retry = retry

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG002 - ASGI's signature
        tasks = asyncio.create_task(self._tell(send)), asyncio.create_task(_left(receive))
        try:
            done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                task.result()
        finally:
            self._follower.leave(self._listener)
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def _tell(self, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": self.raw_headers})
        frames = opening(self._listener.at, retry=self._retry)
        while frames:
            await send({"type": "http.response.body", "body": frames, "more_body": True})
            try:
                async with asyncio.timeout(self._heartbeat):  # wait_for of Python 3.11 can swallow a cancellation
                    frames = await self._listener.take()
            except TimeoutError:
                frames = _HEARTBEAT
        await send({"type": "http.response.body", "body": b""})


async def _left(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
