"""Entries over HTTP: a page for each, where the settings ask for them."""

import asyncio
from collections.abc import Callable
from concurrent.futures import Executor

from starlette.requests import Request
from starlette.responses import Response

from feeds.library import Coding, Printed
from feeds.site import Site
from feeds.urls import wire
from feeds.web.negotiation import coding_for
from feeds.web.pages import Described, Page, answer
from feeds.web.replies import NOT_READY, Reply, as_response, fields_of, moved, options, said

NOT_FOUND = said(404, "There is no entry here; / lists all feeds.", (b"cache-control", b"max-age=60"))
ROOT = "/entry/"
_FRESH = 60  # seconds
# What posts may show, pictures and sound, and nothing that runs.
_POLICY = (
    b"default-src 'none'; style-src 'self'; img-src 'self' https:; media-src 'self' https:; frame-ancestors 'none'"
)
_GUARDS = ((b"content-security-policy", _POLICY), (b"x-content-type-options", b"nosniff"))


class EntryDoor:
    """What is answered below `/entry/`."""

    def __init__(self, site: Site, *, press: Executor, clock: Callable[[], float], base: str = "") -> None:
        """press: makes pages, one at a time. clock: seconds since 1970. base: path of the site, readable."""
        self._library = site.library
        self._press = press
        self._clock = clock
        self._base = base

    async def reply(self, request: Request) -> Response:
        if request.method == "OPTIONS":
            return as_response(options(request.scope))
        if not self._library.is_ready:
            return as_response(NOT_READY, request.method)
        coding = coding_for(fields_of(request.scope).get(b"accept-encoding"))
        path: str = request.scope["path"]
        found = await asyncio.get_running_loop().run_in_executor(self._press, self._find, path, coding)
        reply = found if isinstance(found, Reply) else self._answer(found, request, coding)
        return as_response(reply, request.method)

    def _find(self, path: str, coding: Coding) -> Printed | Reply:
        """Return the page with its bytes, or else the way to the address that is meant."""
        pages = self._library.pages
        if found := pages.look_up(path):
            found.body(coding)
            return found
        if not path.endswith("/") and pages.look_up(f"{path}/"):
            return moved(wire(f"{self._base}{path}/"))
        return NOT_FOUND

    def _answer(self, found: Printed, request: Request, coding: Coding) -> Reply:
        now = int(self._clock())
        described = Described(
            media_type=b"text/html; charset=utf-8",
            fresh=_FRESH,
            last_modified=found.last_modified if (found.last_modified or 0) <= now else None,
            more=((b"link", found.links.encode("ascii")),),
            guards=_GUARDS,
        )
        return answer(Page(name=found.name, bodies=found.bodies), described, request, coding=coding, now=now)
