"""Answers at old addresses: the feed itself, or the way to it."""

import asyncio

from starlette.types import Scope

from feeds.library import Library, parse_query
from feeds.pages.aliases import Old, canonical
from feeds.urls import wire
from feeds.web.feeds import FeedDoor, is_sound
from feeds.web.replies import METHODS, NOT_ALLOWED, NOT_FOUND, NOT_READY, Reply, moved, options


class AliasDoor:
    """What is answered at every old address.

    feeds: answers for the feed itself, so that in place the bytes and validators are those of the true address.
    """

    def __init__(self, library: Library, feeds: FeedDoor, *, is_in_place: bool, base: str = "") -> None:
        self._library = library
        self._feeds = feeds
        self._is_in_place = is_in_place
        self._base = base

    async def in_time(self, old: Old, scope: Scope) -> Reply:
        if scope["method"] not in METHODS:
            return NOT_ALLOWED
        if scope["method"] == "OPTIONS":
            return options(scope)
        # Before the first ingest is over a name may still become ambiguous, and a redirect is for ever.
        if not await asyncio.to_thread(lambda: self._library.is_ready):
            return NOT_READY
        path = await asyncio.to_thread(canonical, old, self._library.address_of) if is_sound(old.name) else None
        if path is None:
            return NOT_FOUND
        if self._is_in_place:
            return self._feeds.at_once(scope, path) or await self._feeds.in_time(scope, path)
        # 301 and not 308: it is the one that every reader knows, and feeds are only ever read.
        narrowing = parse_query(scope["query_string"].decode("latin-1"))
        return moved(wire(self._base + path) + narrowing.query, status=301)
