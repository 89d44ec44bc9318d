"""Feeds over HTTP: a look-up in front of the router, because nearly every request is one for a feed.

A poll that brings nothing new costs one look-up and no rendering. Bytes are made on a thread of their own, so that one
client's first request for a feed does not keep the others waiting.
"""

import asyncio
from collections.abc import Callable
from concurrent.futures import Executor

from starlette.types import Receive, Scope, Send

from feeds.library import CODINGS, Coding, Library, Rendition
from feeds.model import FORMATS
from feeds.settings import CacheSettings
from feeds.urls import wire
from feeds.web.negotiation import choose_coding
from feeds.web.replies import (
    GUARDS,
    METHODS,
    NOT_ALLOWED,
    NOT_FOUND,
    NOT_READY,
    OPTIONS,
    SHARED,
    Fields,
    Reply,
    http_date,
    moved,
    send_reply,
    values_of,
)
from feeds.web.validators import is_not_modified

SUFFIXES = tuple(f".{format_}" for format_ in FORMATS)
_CONDITIONS = (b"if-none-match", b"if-modified-since", b"accept-encoding")
_KEEPING: Fields = ((b"vary", b"Accept-Encoding"), *SHARED)


class FeedDoor:
    """The ASGI application behind every path that ends like a feed's."""

    def __init__(
        self, library: Library, *, press: Executor, clock: Callable[[], float], cache: CacheSettings, base: str = ""
    ) -> None:
        """press: makes bytes, one rendition at a time. clock: seconds since 1970. base: path of the site, readable."""
        self._library = library
        self._press = press
        self._clock = clock
        self._cache = cache
        self._base = base
        self._is_ready = False

    async def __call__(self, scope: Scope, _receive: Receive, send: Send) -> None:
        await send_reply(send, await self._reply(scope), method=scope["method"])

    async def _reply(self, scope: Scope) -> Reply:
        if scope["method"] not in METHODS:
            return NOT_ALLOWED
        if not self._ready():
            return NOT_READY
        path: str = scope["path"]
        rendition = self._library.look_up(path) if is_sound(path) else None
        if rendition is None:
            return self._elsewhere(path)
        return OPTIONS if scope["method"] == "OPTIONS" else await self._read(rendition, scope)

    def _ready(self) -> bool:
        self._is_ready = self._is_ready or self._library.is_ready  # it never becomes unready again
        return self._is_ready

    def _elsewhere(self, path: str) -> Reply:
        canonical = self._library.redirect(path) if is_sound(path) else None
        return NOT_FOUND if canonical is None else moved(wire(self._base + canonical))

    async def _read(self, rendition: Rendition, scope: Scope) -> Reply:
        tags, since, accepted = values_of(scope["headers"], *_CONDITIONS)
        coding = choose_coding(accepted)
        now = int(self._clock())
        if (tags is not None or since is not None) and is_not_modified(
            if_none_match=tags,
            if_modified_since=since,
            etags=[rendition.etag(each) for each in CODINGS],
            last_modified=rendition.last_modified if rendition.last_modified <= now else None,
            now=now,
        ):
            return Reply(304, validators(rendition, coding, cache=self._cache, now=now))
        return found(await self._filled(rendition, coding), coding, cache=self._cache, now=now)

    async def _filled(self, rendition: Rendition, coding: Coding) -> Rendition:
        if rendition.has(coding):
            return rendition
        return await asyncio.get_running_loop().run_in_executor(self._press, self._library.fill, rendition, coding)


def found(rendition: Rendition, coding: Coding, *, cache: CacheSettings, now: int) -> Reply:
    body = rendition.body(coding)
    described: Fields = (
        (b"content-type", rendition.media_type.encode("ascii")),
        (b"content-length", b"%d" % len(body)),
    )
    if coding != "identity":
        described = (*described, (b"content-encoding", coding.encode("ascii")))
    return Reply(200, (*described, *validators(rendition, coding, cache=cache, now=now), *GUARDS), body)


def validators(rendition: Rendition, coding: Coding, *, cache: CacheSettings, now: int) -> Fields:
    """Return the fields that 200 and 304 share (RFC 9110 §15.4.5).

    No Last-Modified ahead of the clock (§8.8.2.1): after several changes within one second the index is ahead by some.
    """
    fields: Fields = (
        (b"etag", rendition.etag(coding).encode("ascii")),
        (b"link", rendition.links.encode("ascii")),
        (b"cache-control", freshness(rendition.lifetime, cache)),
        *_KEEPING,
    )
    if rendition.last_modified > now:
        return fields
    return ((b"last-modified", http_date(rendition.last_modified)), *fields)


def freshness(lifetime: int, cache: CacheSettings) -> bytes:
    """Return the value of Cache-Control: how long a copy is fresh, and how much longer it may stand in (RFC 5861)."""
    stale = (cache.stale_while_revalidate, cache.stale_if_error)
    return b"max-age=%d, stale-while-revalidate=%d, stale-if-error=%d" % (lifetime, *stale)


def is_sound(path: str) -> bool:
    """Say whether a path may be looked up: no NUL, which PostgreSQL refuses, and nothing that is not Unicode."""
    return "\0" not in path and not any("\ud800" <= character <= "\udfff" for character in path)
