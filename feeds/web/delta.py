"""Only what is new: RFC 3229 with the method `feed`, for readers that ask for it where the settings allow it.

A delta is made for one reader's base, and no cache may keep it. Nor may a shared cache keep the whole that a request
with A-IM got: it would later ask again with its own tag and another reader's A-IM, and the delta from the cache's base
would reach a reader that holds another one, or nothing. `Vary: A-IM` keeps the wholes that it got for others out of it.
"""

from collections.abc import Callable, Iterator
from concurrent.futures import Executor
from dataclasses import replace
from functools import lru_cache

from starlette.types import Scope

from feeds.library import Base, Coding, Library, Rendition, read_tag
from feeds.settings import Settings
from feeds.web.counters import Traffic
from feeds.web.feeds import Asked, FeedDoor
from feeds.web.negotiation import coding_for, weights_in
from feeds.web.replies import GUARDS, Fields, Reply, fields_of
from feeds.web.sheets import Place, described, validators
from feeds.web.throttle import Throttle
from feeds.web.validators import opaque_tags

_METHOD = "feed"


class DeltaDoor(FeedDoor):
    """Answers who asks for it with what is new since the state that it holds, where that is known and worth it."""

    _varies_by = (b"A-IM",)

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
        super().__init__(library, settings, press=press, clock=clock, throttle=throttle, traffic=traffic)
        self._to_asking = replace(self._to_readers, is_shared=False)
        excepted = settings.server.delta_except  # parts of the User-Agent of readers that cannot read what they ask for
        self._excepted = tuple(name.lower().encode("latin-1", "replace") for name in excepted)

    def _reply(self, rendition: Rendition, scope: Scope, asked: Asked, *, now: int) -> Reply | None:
        reply = self._whole(rendition, scope, asked, now=now)
        if reply is not None and reply.status == 304:
            return reply
        if b"a-im" not in asked:
            return reply
        coding = coding_for(asked.get(b"accept-encoding"))
        for base in self._bases(rendition, scope, asked):
            made = rendition.deltas.get((base.state, coding))
            if made is None:
                return None
            if made:
                return self._delta(rendition, base, coding, now=now)
        return reply

    def _needs(self, rendition: Rendition, scope: Scope) -> Coding | None:
        asked = fields_of(scope)
        if b"a-im" in asked and not self._is_viewed(rendition, asked):
            return None  # a delta may do
        return super()._needs(rendition, scope)

    def _make(self, rendition: Rendition, scope: Scope) -> Reply:
        asked = fields_of(scope)
        coding = coding_for(asked.get(b"accept-encoding"))
        for base in self._bases(rendition, scope, asked):
            rendition = self._library.fill_delta(rendition, base, coding)
            if rendition.deltas[base.state, coding]:
                return self._delta(rendition, base, coding, now=int(self._clock()))
        return super()._make(rendition, scope)

    def _place(self, asked: Asked) -> Place:
        if b"a-im" in asked:
            return self._place_of(self._to_asking, coding_for(asked.get(b"accept-encoding")))
        return super()._place(asked)

    def _bases(self, rendition: Rendition, scope: Scope, asked: Asked) -> Iterator[Base]:
        """Return what a client holds of this feed, as far as it is remembered and it can take a delta from it."""
        tags = asked.get(b"if-none-match")
        if tags is None or scope["method"] != "GET" or not _is_wanted(asked.get(b"a-im")):
            return
        agent = asked.get(b"user-agent", b"").lower()
        if any(name in agent for name in self._excepted):
            return
        seen = set()
        for base in map(read_tag, opaque_tags(tags.decode("latin-1"))):
            if base and base.state not in seen and self._library.remembers(rendition, base):
                seen.add(base.state)
                yield base

    def _delta(self, rendition: Rendition, base: Base, coding: Coding, *, now: int) -> Reply:
        """Reply with a delta that has been made; the reply is remembered once it cannot change any more."""
        reply = rendition.kept.get((base, coding))
        if isinstance(reply, Reply):
            return reply
        body = rendition.deltas[base.state, coding]
        known = dict(validators(rendition, coding, cache=self._cache, now=now, manner=self._to_asking))
        fields: Fields = (
            *described(rendition, coding, body, manner=self._to_asking),
            (b"im", _METHOD.encode("ascii")),
            (b"delta-base", base.etag.encode("ascii")),
            *(known | {b"cache-control": b"no-store"}).items(),
            *GUARDS,
        )
        reply = Reply(226, fields, body, kind=rendition.key.kind, coding=coding)
        if rendition.last_modified <= now:
            rendition.kept[base, coding] = reply
        return reply


@lru_cache(maxsize=64)
def _is_wanted(a_im: bytes | None) -> bool:
    """Say whether a client accepts the method `feed`, and not less than no method at all (RFC 3229 §10.5.3)."""
    weights = weights_in(a_im.decode("latin-1")) if a_im else {}
    return 0 < weights.get(_METHOD, 0.0) >= weights.get("identity", 0.0)
