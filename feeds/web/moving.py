"""Answers at old addresses: the feed itself, or the way to it."""

from starlette.types import ASGIApp, Receive, Scope, Send

from feeds.library import Library
from feeds.urls import wire
from feeds.web.aliases import Old, canonical
from feeds.web.feeds import is_sound
from feeds.web.replies import METHODS, NOT_ALLOWED, NOT_FOUND, NOT_READY, OPTIONS, Reply, moved, send_reply


class AliasDoor:
    """The ASGI application behind every old address.

    feeds: answers for the feed itself, so that in place the bytes and validators are those of the true address.
    """

    def __init__(self, library: Library, feeds: ASGIApp, *, is_in_place: bool, base: str = "") -> None:
        self._library = library
        self._feeds = feeds
        self._is_in_place = is_in_place
        self._base = base
        self._is_ready = False

    async def answer(self, old: Old, scope: Scope, receive: Receive, send: Send) -> None:
        path = self._path(old) if scope["method"] in METHODS and self._ready() else None
        if path is not None and self._is_in_place:
            await self._feeds({**scope, "path": path}, receive, send)
        else:
            await send_reply(send, self._reply(path, scope["method"]), method=scope["method"])

    def _ready(self) -> bool:
        """Before the first ingest is over a name may still become ambiguous, and a redirect is for ever."""
        self._is_ready = self._is_ready or self._library.is_ready
        return self._is_ready

    def _path(self, old: Old) -> str | None:
        return canonical(old, self._library.address_of) if is_sound(old.name) else None

    def _reply(self, path: str | None, method: str) -> Reply:
        if method not in METHODS:
            return NOT_ALLOWED
        if not self._is_ready:
            return NOT_READY
        if path is None:
            return NOT_FOUND
        # 301 and not 308: it is the one that every reader knows, and feeds are only ever read.
        return OPTIONS if method == "OPTIONS" else moved(wire(self._base + path), status=301)
