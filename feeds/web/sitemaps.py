"""Sitemaps over HTTP, where entries have their pages here."""

import asyncio
from datetime import datetime
from threading import Lock
from typing import NamedTuple

from starlette.requests import Request
from starlette.responses import Response

from feeds.library import Coding
from feeds.pages.sitemaps import INDEX, NEWS, Sitemaps
from feeds.render import ENCODERS
from feeds.site import Site
from feeds.web.negotiation import coding_for
from feeds.web.pages import Described, Page, answer, page
from feeds.web.replies import NOT_READY_FOR_PROGRAMS, SHARED, Reply, as_response, fields_of, options, said

ADDRESSES = (INDEX, NEWS, "/sitemap-{number:int}.xml")
_DESCRIBED = Described(media_type=b"application/xml; charset=utf-8", fresh=300, more=SHARED)
_NOT_FOUND = said(404, "There is no sitemap here.", (b"cache-control", b"max-age=60"), *SHARED)


class _Made(NamedTuple):
    page: Page
    version: int  # of the index
    until: datetime | None


class SitemapDoor:
    def __init__(self, site: Site) -> None:
        self._site = site
        self._sitemaps = Sitemaps(site.settings, site.library)
        self._made: dict[str, _Made] = {}
        self._making = Lock()

    async def reply(self, request: Request) -> Response:
        if request.method == "OPTIONS":
            return as_response(options(request.scope))
        if not self._site.settings.pages.entries:
            return as_response(_NOT_FOUND, request.method)
        if not self._site.library.is_ready:
            return as_response(NOT_READY_FOR_PROGRAMS, request.method)
        return as_response(await asyncio.to_thread(self._answer, request), request.method)

    def _answer(self, request: Request) -> Reply:
        coding = coding_for(fields_of(request.scope).get(b"accept-encoding"))
        now = self._site.now()
        current = self._current(request.scope["path"], coding, now)
        return answer(current, _DESCRIBED, request, coding=coding, now=int(now.timestamp())) if current else _NOT_FOUND

    def _current(self, address: str, coding: Coding, now: datetime) -> Page | None:
        """Return a sitemap, made anew when the index or the clock asks for it."""
        with self._making:
            version = self._site.store.data_version()  # before the entries, so that no commit falls between unseen
            made = self._made.get(address)
            if made is None or made.version != version or (made.until and made.until <= now):
                found = self._sitemaps.at(address, now)
                if found is None:
                    return None
                made = self._made[address] = _Made(page(found.body), version, found.until)
            if coding not in made.page.bodies:
                made.page.bodies[coding] = ENCODERS[coding](made.page.bodies["identity"])
            return made.page
