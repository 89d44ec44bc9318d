"""Feeds over HTTP: a look-up in front of the router, because nearly every request is one for a feed.

A poll is answered at once where all is remembered. Where the index must be asked or bytes be made, another thread does
it, so that one client's first request for a feed does not keep the others waiting.
"""

import asyncio
from collections.abc import Callable, Mapping
from concurrent.futures import Executor
from functools import lru_cache
from typing import Any, TypeAlias

from starlette.types import Scope

from feeds.library import CODINGS, WHOLE, Coding, Library, Narrowing, Rendition, parse_query
from feeds.model import FORMATS
from feeds.settings import Settings
from feeds.urls import wire
from feeds.web.counters import NOBODY, FeedTraffic, Traffic
from feeds.web.documents import is_document
from feeds.web.negotiation import coding_for
from feeds.web.replies import GONE, METHODS, NOT_ALLOWED, NOT_FOUND, NOT_READY, Reply, fields_of, moved, options
from feeds.web.sheets import Manner, Place, sheet_of
from feeds.web.throttle import Throttle
from feeds.web.validators import is_not_modified
from feeds.web.views import Views

SUFFIXES = tuple(f".{format_}" for format_ in FORMATS)
_READING = ("GET", "HEAD")
_VIEW = (b"Accept", b"Sec-Fetch-Dest")
_DOCUMENT = b"document"  # Sec-Fetch-Dest of a browser that is about to show the answer
_SEEN = "traffic"  # where a rendition keeps who counts its readers

Asked: TypeAlias = Mapping[bytes, bytes]  # the request's fields, by lower-case name


class FeedDoor:
    """What is answered at every path that ends like a feed's."""

    _varies_by: tuple[bytes, ...] = ()  # fields that decide on replies, besides coding and view

    def __init__(
        self,
        library: Library,
        settings: Settings,
        *,
        press: Executor,
        clock: Callable[[], float],
        throttle: Throttle | None = None,
        traffic: Traffic | None = None,
    ) -> None:
        """press: makes bytes, one rendition at a time. clock: seconds since 1970.

        throttle: holds back who asks too eagerly; None: nobody. traffic: counts who asks for which feed.
        """
        self._library = library
        self._recall = library.recall
        self._press = press
        self._clock = clock
        self._cache = settings.cache
        self._base = settings.base_path
        self._has_browser_view = settings.server.browser_view
        vary = b", ".join((b"Accept-Encoding", *(_VIEW if self._has_browser_view else ()), *self._varies_by))
        self._to_readers = Manner(vary=vary)
        self._to_browsers = Manner(vary=vary, is_document=True)
        self._to_viewers = Manner(vary=vary, is_document=True, is_shared=False)
        self._views = Views(library, settings)
        self._places: dict[tuple[Manner, Coding], Place] = {}
        self._place_for = lru_cache(maxsize=512)(self._choose_place)
        self._throttle = throttle
        self._traffic = traffic or Traffic()
        self._meet = self._traffic.meet
        self._turn_of: asyncio.AbstractEventLoop | None = None  # the loop whose present turn has begun
        self.now = 0  # seconds since 1970, when the present turn began

    def at_once(self, scope: Scope, path: str) -> Reply | None:
        """Reply from what is remembered; None where more is needed. path: decoded, below the site's own.

        Nearly every request ends here, so a microsecond counts.
        """
        loop = asyncio.get_running_loop()
        if self._turn_of is not loop:
            self._begin_turn(loop)
        query = scope["query_string"]
        rendition = self._recall(path + _narrowing(query).query if query else path)
        if rendition is None or scope["method"] not in _READING:
            return None
        asked = fields_of(scope)
        if asked.get(b"sec-fetch-dest") == _DOCUMENT and self._is_viewed(rendition, asked):
            return None
        reply = self._reply(rendition, scope, asked, now=self.now)
        if reply is None:
            return None
        if reply.status != 304:
            return self._counted(self._politely(reply, rendition, scope), rendition, scope, asked)
        seen: Any = rendition.kept.get(_SEEN) or self._seen(rendition)
        agent = asked.get(b"user-agent", NOBODY)
        seen.unchanged += 1
        if agent in seen.agents:
            seen.agents[agent] += 1
        else:
            self._meet(seen, agent)
        return reply

    async def in_time(self, scope: Scope, path: str) -> Reply:
        """Reply to anything, after looking into the index and making bytes where that is needed."""
        if scope["method"] not in METHODS:
            return NOT_ALLOWED
        if scope["method"] == "OPTIONS":  # refused, a browser would hide 404, 410 and 308 from its reader
            return options(scope)
        asked = asyncio.get_running_loop().run_in_executor
        found = await asked(None, self._find, path, scope)
        if isinstance(found, Reply):
            return found
        fields = fields_of(scope)
        reply: Reply | None
        if self._is_viewed(found, fields):
            reply = self._view_of(self._views.of(found), fields)
            if reply is None:
                reply = await asked(self._press, self._make_view, found, fields)
        else:
            reply = self._reply(found, scope, fields, now=int(self._clock()))
            if reply is None:
                reply = await asked(self._press, self._make, found, scope)
        return self._counted(self._politely(reply, found, scope), found, scope, fields)

    def _counted(self, reply: Reply, rendition: Rendition, scope: Scope, asked: Asked) -> Reply:
        """Count an answer by feed and User-Agent, unless it asks to wait. On the event loop."""
        if reply.status == 429:
            return reply
        seen = self._seen(rendition)
        if reply.status == 304:
            seen.unchanged += 1
        else:
            seen.answered += 1
            seen.sent += len(reply.rest(scope["method"])["body"])
        agent = asked.get(b"user-agent", NOBODY)
        if agent in seen.agents:
            seen.agents[agent] += 1
        else:
            self._meet(seen, agent)
        return reply

    def _seen(self, rendition: Rendition) -> FeedTraffic:
        """Return where a rendition's feed is counted; it is looked up once."""
        seen = rendition.kept[_SEEN] = self._traffic.of(rendition.key, rendition.format)
        return seen

    def _politely(self, reply: Reply, rendition: Rendition, scope: Scope) -> Reply:
        """Give a whole feed only to who has waited for it."""
        if self._throttle is None or reply.status != 200:
            return reply
        held = self._throttle.held_back(scope, rendition.address, now=int(self._clock()))
        return reply if held is None else held.about(rendition.key.kind)

    def _begin_turn(self, loop: asyncio.AbstractEventLoop) -> None:
        """Look once in each turn of the event loop whether feeds have moved: no request is answered from before it."""
        self._library.refresh()
        self.now = int(self._clock())
        self._turn_of = loop
        loop.call_soon(self._end_turn)

    def _end_turn(self) -> None:
        self._turn_of = None

    def _find(self, path: str, scope: Scope) -> Rendition | Reply:
        narrowing = _narrowing(scope["query_string"])
        if not self._library.is_ready:
            return NOT_READY
        if not is_sound(path):
            return NOT_FOUND
        if rendition := self._library.look_up(path, narrowing, needs=lambda found: self._needs(found, scope)):
            return rendition
        if self._library.is_retired(path):
            return GONE
        canonical = self._library.redirect(path)
        return NOT_FOUND if canonical is None else moved(wire(self._base + canonical) + narrowing.query)

    def _whole(self, rendition: Rendition, _scope: Scope, asked: Asked, *, now: int) -> Reply | None:
        return self._in_place(rendition, self._place(asked), asked, now=now)

    def _in_place(self, rendition: Rendition, place: Place, asked: Asked, *, now: int) -> Reply | None:
        """Reply with a rendition, or say that the client has it; None where its bytes must be made first."""
        sheet = sheet_of(rendition, place, cache=self._cache, now=now)
        tags, since = asked.get(b"if-none-match"), asked.get(b"if-modified-since")
        if tags in sheet.tags:
            return sheet.not_modified
        if (tags is not None or since is not None) and _is_known(rendition, tags, since, now=now):
            return sheet.not_modified
        return sheet.found

    _reply = _whole  # others may have more to choose from

    def _place(self, asked: Asked) -> Place:
        get = asked.get
        return self._place_for(get(b"accept-encoding"), get(b"sec-fetch-dest"), get(b"accept"))

    def _choose_place(self, accept_encoding: bytes | None, sec_fetch_dest: bytes | None, accept: bytes | None) -> Place:
        is_shown = self._has_browser_view and is_document(sec_fetch_dest, accept)
        return self._place_of(self._to_browsers if is_shown else self._to_readers, coding_for(accept_encoding))

    def _place_of(self, manner: Manner, coding: Coding) -> Place:
        return self._places.setdefault((manner, coding), Place(manner, coding))

    def _needs(self, rendition: Rendition, scope: Scope) -> Coding | None:
        """Say in which coding bytes of a rendition that has none are needed for the reply; None: it needs none."""
        asked = fields_of(scope)
        if self._is_viewed(rendition, asked):
            return None if self._view_of(self._views.of(rendition), asked) else "identity"
        is_answered = self._reply(rendition, scope, asked, now=int(self._clock())) is not None
        return None if is_answered else coding_for(asked.get(b"accept-encoding"))

    def _make(self, rendition: Rendition, scope: Scope) -> Reply:
        """Make the bytes that the reply needs, and reply with them; the rendition may be another one then."""
        asked = fields_of(scope)
        filled = self._library.fill(rendition, coding_for(asked.get(b"accept-encoding")))
        reply = self._whole(filled, scope, asked, now=int(self._clock()))
        assert reply is not None, "its bytes have just been made"
        return reply

    def _is_viewed(self, rendition: Rendition, asked: Asked) -> bool:
        """Say whether a browser is to show a feed, and will show a link to its page before it."""
        is_shown = self._has_browser_view and asked.get(b"sec-fetch-dest") == _DOCUMENT
        return is_shown and self._views.has(rendition)

    def _view_of(self, view: Rendition, asked: Asked) -> Reply | None:
        place = self._place_of(self._to_viewers, coding_for(asked.get(b"accept-encoding")))
        return self._in_place(view, place, asked, now=int(self._clock()))

    def _make_view(self, rendition: Rendition, asked: Asked) -> Reply:
        reply = self._view_of(self._views.fill(rendition, coding_for(asked.get(b"accept-encoding"))), asked)
        assert reply is not None, "its bytes have just been made"
        return reply


def _is_known(rendition: Rendition, tags: bytes | None, since: bytes | None, *, now: int) -> bool:
    return is_not_modified(
        if_none_match=None if tags is None else tags.decode("latin-1"),
        if_modified_since=None if since is None else since.decode("latin-1"),
        etags=[rendition.etag(each) for each in CODINGS],
        last_modified=rendition.last_modified if rendition.last_modified <= now else None,
        now=now,
    )


def _narrowing(query: bytes) -> Narrowing:
    return parse_query(query.decode("latin-1")) if query else WHOLE


def is_sound(path: str) -> bool:
    """Say whether a path may be looked up: no NUL, which PostgreSQL refuses, and nothing that is not Unicode."""
    return "\0" not in path and not any("\ud800" <= character <= "\udfff" for character in path)
