"""Pages for people about feeds: the list of all at `/`, and one for each, such as `/category/新京报/`."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from functools import partial
from itertools import count

from starlette.requests import Request
from starlette.responses import Response

from feeds.errors import IndexLostError
from feeds.library import Coding, Printed, parse_leaf
from feeds.pages.index import SiteIndex
from feeds.pages.sources import ROOT as SOURCES
from feeds.pages.sources import SourcePages
from feeds.pages.wanted import Wanted, parse_wanted
from feeds.site import Site
from feeds.urls import wire
from feeds.web.feeds import is_sound
from feeds.web.languages import language_for, varied_by
from feeds.web.negotiation import coding_for
from feeds.web.pages import Described, Page, answer
from feeds.web.replies import GONE, NOT_FOUND, NOT_READY, Fields, Reply, as_response, fields_of, moved, options, said

KINDS = ("category", "tag", "source", "author", "collection")
_FRESH = 60  # seconds
_QUIET = 3.0  # seconds without any change, after which what people may ask for is made
_SPELLED = 200  # names at a time: some ten milliseconds
_POLICY = (
    b"default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; img-src 'self' https:; "
    b"form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
_GUARDS: Fields = ((b"content-security-policy", _POLICY), (b"x-content-type-options", b"nosniff"))

Find = Callable[[Request, str | None], Printed | Reply]


class PeopleDoor:
    """What a browser gets at the addresses that people read."""

    def __init__(self, site: Site) -> None:
        self._site = site
        self._library = site.library
        # Of its own: reading the list of 20,000 feeds takes a second, and nobody who wants a feed waits for that.
        self._press = ThreadPoolExecutor(max_workers=1, thread_name_prefix="pages")
        self._base = site.settings.base_path
        self._languages = site.settings.pages.languages
        self._index = SiteIndex(site.settings, site.library)
        self._sources = SourcePages(site.settings, site.library)
        self._lives = False  # while the application does
        self._spelling: asyncio.Task[None] | None = None
        self._unready = count(-2, -1)

    @asynccontextmanager
    async def working(self) -> AsyncIterator[None]:
        warming = asyncio.create_task(self._warm())
        self._lives = True
        try:
            yield
        finally:
            tasks = [task for task in (warming, self._spelling) if task]
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            self._press.shutdown(wait=False, cancel_futures=True)

    async def _warm(self) -> None:
        """Make the first page before anybody asks for it, in the first quiet moment: reading the list takes long."""
        asked, seen = asyncio.get_running_loop().run_in_executor, -1
        while (version := await asked(self._press, self._version)) != seen:
            seen = version
            await asyncio.sleep(_QUIET)
        for language in self._languages or (None,):
            await asked(self._press, partial(self._index.page, Wanted(), language=language))

    def _version(self) -> int:
        """Return the version of the index; another one each time while there is none that is whole."""
        try:
            return self._library.version() if self._library.is_ready else next(self._unready)
        except IndexLostError:
            return next(self._unready)

    async def _spell(self) -> None:
        """Find out what names may be searched for, a few at a time, so that nobody waits for it."""
        asked, start = asyncio.get_running_loop().run_in_executor, 0
        while await asked(self._press, self._index.spell, start, _SPELLED):
            start += _SPELLED

    async def index(self, request: Request) -> Response:
        reply = await self._reply(request, self._find_index)
        if self._lives and self._spelling is None:  # whoever came may search; nobody else is worth the memory
            self._spelling = asyncio.create_task(self._spell())
        return reply

    async def leaf(self, request: Request) -> Response:
        return await self._reply(request, self._find_leaf)

    async def sources(self, request: Request) -> Response:
        return await self._reply(request, self._find_sources)

    async def _reply(self, request: Request, find: Find) -> Response:
        if request.method == "OPTIONS":
            return as_response(options(request.scope))
        asked = fields_of(request.scope)
        coding = coding_for(asked.get(b"accept-encoding"))
        language = language_for(asked.get(b"accept-language"), self._languages)

        def made() -> Printed | Reply:
            found = find(request, language)
            if isinstance(found, Printed):
                found.body(coding)
            return found

        found = await asyncio.get_running_loop().run_in_executor(self._press, made)
        reply = found if isinstance(found, Reply) else _answer(found, request, coding, self._languages)
        return as_response(reply, request.method)

    def _find_index(self, request: Request, language: str | None) -> Printed:
        return self._index.page(parse_wanted(request.scope["query_string"].decode("latin-1")), language=language)

    def _find_sources(self, request: Request, language: str | None) -> Printed | Reply:
        if not self._library.is_ready:
            return NOT_READY
        path: str = request.scope["path"]
        if found := self._sources.page(path, language=language):
            return found
        slashed = SOURCES if path == f"{SOURCES}1/" else f"{path}/"
        return moved(wire(f"{self._base}{slashed}")) if self._sources.page(slashed) else NOT_FOUND

    def _find_leaf(self, request: Request, language: str | None) -> Printed | Reply:
        if not self._library.is_ready:
            return NOT_READY
        path: str = request.scope["path"]
        if not is_sound(path):
            return NOT_FOUND
        wanted = parse_leaf(path)
        if wanted is None:
            return self._slashed(path)
        return self._library.leaves.look_up(wanted, language=language) or self._elsewhere(path)

    def _slashed(self, path: str) -> Reply:
        """Lead `/category/NAME` to where it ends in a slash, if there is anything."""
        meant = parse_leaf(f"{path}/")
        if meant is None:
            return NOT_FOUND
        if self._library.leaves.look_up(meant):
            return moved(wire(f"{self._base}{path}/"))
        return self._elsewhere(f"{path}/")

    def _elsewhere(self, path: str) -> Reply:
        """Say where a page is that is not here. Its feed may be spelled differently, or the entry above may be gone."""
        wanted = parse_leaf(path)
        assert wanted is not None
        feed = f"/{wanted.kind}/{wanted.slug}"
        if wanted.before and self._library.leaves.look_up(wanted._replace(before="")):
            return said(302, "Moved.", (b"location", wire(f"{self._base}{feed}/").encode()), _NOT_KEPT)
        if self._library.is_retired(f"{feed}.atom"):
            return GONE
        there = self._library.redirect(f"{feed}.atom")
        if there is None:
            return NOT_FOUND
        return moved(wire(self._base + there.removesuffix(".atom") + path.removeprefix(feed)))


_NOT_KEPT = (b"cache-control", b"no-store")


def _answer(found: Printed, request: Request, coding: Coding, languages: Sequence[str]) -> Reply:
    described = Described(
        media_type=b"text/html; charset=utf-8",
        fresh=_FRESH,
        more=((b"link", found.links.encode("ascii")),),
        guards=_GUARDS,
        vary=varied_by(languages),
    )
    return answer(Page(name=found.name, bodies=found.bodies), described, request, coding=coding, now=0)
