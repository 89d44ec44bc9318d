"""Feeds over HTTP: a look-up in front of the router, because nearly every request is one for a feed.

A poll is answered at once where all is remembered. Where the index must be asked or bytes be made, another thread does
it, so that one client's first request for a feed does not keep the others waiting.
"""

import asyncio
from collections.abc import Callable
from concurrent.futures import Executor

from starlette.types import Scope

from feeds.library import CODINGS, WHOLE, Coding, Library, Narrowing, Rendition, parse_query
from feeds.model import FORMATS
from feeds.settings import CacheSettings
from feeds.urls import wire
from feeds.web.negotiation import choose_coding
from feeds.web.replies import GONE, METHODS, NOT_ALLOWED, NOT_FOUND, NOT_READY, OPTIONS, Reply, moved, values_of
from feeds.web.sheets import sheet_of
from feeds.web.validators import is_not_modified

SUFFIXES = tuple(f".{format_}" for format_ in FORMATS)
_READING = ("GET", "HEAD")


class FeedDoor:
    """What is answered at every path that ends like a feed's."""

    def __init__(
        self, library: Library, *, press: Executor, clock: Callable[[], float], cache: CacheSettings, base: str = ""
    ) -> None:
        """press: makes bytes, one rendition at a time. clock: seconds since 1970. base: path of the site, readable."""
        self._library = library
        self._press = press
        self._clock = clock
        self._cache = cache
        self._base = base
        self._refreshed_in: asyncio.AbstractEventLoop | None = None  # the loop in whose present turn it was

    def at_once(self, scope: Scope, path: str) -> Reply | None:
        """Reply from what is remembered; None where more is needed. path: decoded, below the site's own."""
        if scope["method"] not in _READING:
            return None
        self._refresh()
        query = scope["query_string"]
        rendition = self._library.recall(path + _narrowing(query).query if query else path)
        return None if rendition is None else self._reply(rendition, scope)

    async def in_time(self, scope: Scope, path: str) -> Reply:
        """Reply to anything, after looking into the index and making bytes where that is needed."""
        if scope["method"] not in METHODS:
            return NOT_ALLOWED
        asked = asyncio.get_running_loop().run_in_executor
        found = await asked(None, self._find, path, _narrowing(scope["query_string"]))
        if isinstance(found, Reply):
            return found
        if scope["method"] == "OPTIONS":
            return OPTIONS
        reply = self._reply(found, scope)
        if reply is None:
            filled = await asked(self._press, self._library.fill, found, _coding_for(scope))
            reply = self._reply(filled, scope)
        assert reply is not None, "its bytes have just been made"
        return reply

    def _refresh(self) -> None:
        """Look once in each turn of the event loop whether feeds have moved: no request is answered from before it."""
        loop = asyncio.get_running_loop()
        if self._refreshed_in is not loop:
            self._library.refresh()
            self._refreshed_in = loop
            loop.call_soon(self._turn)

    def _turn(self) -> None:
        self._refreshed_in = None

    def _find(self, path: str, narrowing: Narrowing) -> Rendition | Reply:
        if not self._library.is_ready:
            return NOT_READY
        if not is_sound(path):
            return NOT_FOUND
        if rendition := self._library.look_up(path, narrowing):
            return rendition
        if self._library.is_retired(path):
            return GONE
        canonical = self._library.redirect(path)
        return NOT_FOUND if canonical is None else moved(wire(self._base + canonical) + narrowing.query)

    def _reply(self, rendition: Rendition, scope: Scope) -> Reply | None:
        """Reply with a rendition, or say that the client has it; None where its bytes must be made first."""
        tags, since, accepted = values_of(scope["headers"], b"if-none-match", b"if-modified-since", b"accept-encoding")
        now = int(self._clock())
        sheet = sheet_of(rendition, choose_coding(accepted), cache=self._cache, now=now)
        if tags in sheet.tags or (
            (tags is not None or since is not None) and _is_known(rendition, tags, since, now=now)
        ):
            return sheet.not_modified
        return sheet.found


def _coding_for(scope: Scope) -> Coding:
    return choose_coding(*values_of(scope["headers"], b"accept-encoding"))


def _is_known(rendition: Rendition, tags: str | None, since: str | None, *, now: int) -> bool:
    return is_not_modified(
        if_none_match=tags,
        if_modified_since=since,
        etags=[rendition.etag(each) for each in CODINGS],
        last_modified=rendition.last_modified if rendition.last_modified <= now else None,
        now=now,
    )


def _narrowing(query: bytes) -> Narrowing:
    return parse_query(query.decode("latin-1")) if query else WHOLE


def is_sound(path: str) -> bool:
    """Say whether a path may be looked up: no NUL, which PostgreSQL refuses, and nothing that is not Unicode."""
    return "\0" not in path and not any("\ud800" <= character <= "\udfff" for character in path)
