"""What is made from the list of all feeds for programs, such as `/opml.xml`; and how any page is answered."""

import asyncio
from collections import OrderedDict
from collections.abc import Sequence
from concurrent.futures import Executor
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response

from feeds.fingerprint import digest_bytes
from feeds.library import CODINGS, TAG_SUFFIXES, Coding, Listed
from feeds.pages.lists import ListDocument, Lists
from feeds.render import ENCODERS
from feeds.settings import Settings
from feeds.site import Site
from feeds.web.negotiation import coding_for
from feeds.web.replies import (
    GUARDS,
    NOT_READY_FOR_PROGRAMS,
    SHARED,
    Fields,
    Reply,
    as_response,
    fields_of,
    http_date,
    options,
)
from feeds.web.validators import is_not_modified


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """A page, and those of its codings that somebody has asked for."""

    name: str  # of its bytes
    bodies: dict[Coding, bytes]
    is_weak: bool = False  # pages of this name mean the same, and their bytes may differ (RFC 9110 §8.8.1)

    def etag(self, coding: Coding) -> str:
        """Return its tag without the mark of weakness, which comparing it for GET passes over (§13.1.2)."""
        return f'"{self.name}{TAG_SUFFIXES[coding]}"'

    def field(self, coding: Coding) -> bytes:
        """Return its tag as the ETag field has it."""
        return (b"W/" if self.is_weak else b"") + self.etag(coding).encode("ascii")


def page(body: bytes) -> Page:
    return Page(name=digest_bytes(body)[:24], bodies={"identity": body})


@dataclass(frozen=True, slots=True, kw_only=True)
class Described:
    """What goes with a page besides its bytes and their tag."""

    media_type: bytes
    fresh: int  # seconds
    is_private: bool = False  # no cache between may keep it, and the reader's own asks each time
    last_modified: int | None = None  # seconds since 1970, never ahead of the clock (RFC 9110 §8.8.2.1)
    more: Fields = ()  # that a 304 repeats
    guards: Fields = GUARDS
    vary: bytes = b"Accept-Encoding"


_CONDITIONS = (b"if-none-match", b"if-modified-since")
_QUERIES = 16  # of which answers are remembered


class ListPage:
    """A page made from the list of all feeds; made anew when the list has changed."""

    def __init__(self, site: Site, kind: ListDocument, lists: Lists, *, press: Executor) -> None:
        """lists: makes all such pages, on the press alone."""
        self._site = site
        self._kind = kind
        self._lists = lists
        self._described = _described(kind, site.settings)
        self._press = press  # one thread, so that the memo below needs no lock
        self._memo: OrderedDict[str, tuple[Sequence[Listed], Page]] = OrderedDict()  # by query

    async def reply(self, request: Request) -> Response:
        if request.method == "OPTIONS":
            return as_response(options(request.scope))
        if self._kind.is_for_programs and not self._site.library.is_ready:
            return as_response(NOT_READY_FOR_PROGRAMS, request.method)
        coding = coding_for(fields_of(request.scope).get(b"accept-encoding"))
        query = request.scope["query_string"].decode("latin-1") if self._kind.narrow else ""
        current = await asyncio.get_running_loop().run_in_executor(self._press, self._current, query, coding)
        return as_response(answer(current, self._described, request, coding=coding, now=0))

    def _current(self, query: str, coding: Coding) -> Page:
        site, listing = self._site, self._listing(query)
        made = self._memo.get(query)
        if made is None or made[0] != listing:
            lists = Lists(site.settings, site.templates) if query else self._lists  # what a query leaves is not kept
            made = self._memo[query] = listing, page(self._kind.make(lists, listing))
        self._memo.move_to_end(query)
        if len(self._memo) > _QUERIES:
            self._memo.popitem(last=False)
        current = made[1]
        if coding not in current.bodies:
            current.bodies[coding] = ENCODERS[coding](current.bodies["identity"])
        return current

    def _listing(self, query: str) -> Sequence[Listed]:
        """Return what a query leaves of the list of all feeds."""
        site, listing = self._site, self._site.library.listing()
        return self._kind.narrow(site.settings, listing, query, site.now()) if self._kind.narrow and query else listing


def _described(kind: ListDocument, settings: Settings) -> Described:
    links: Fields = ((b"link", kind.links(settings).encode("ascii")),) if kind.links else ()
    shared = SHARED if kind.is_for_programs else ()
    return Described(media_type=kind.media_type.encode("ascii"), fresh=kind.fresh, more=(*links, *shared))


def answer(current: Page, described: Described, request: Request, *, coding: Coding, now: int) -> Reply:
    """Reply with a page, or say that the client has it. now: seconds since 1970; asked only where there is a date."""
    asked = fields_of(request.scope)
    tags, since = (asked[name].decode("latin-1") if name in asked else None for name in _CONDITIONS)
    etags = [current.etag(each) for each in CODINGS]
    dated = described.last_modified
    kept: Fields = (
        (b"etag", current.field(coding)),
        *(((b"last-modified", http_date(dated)),) if dated is not None else ()),
        (b"cache-control", b"private, no-cache" if described.is_private else b"max-age=%d" % described.fresh),
        (b"vary", described.vary),
        *described.more,
    )
    if is_not_modified(if_none_match=tags, if_modified_since=since, etags=etags, last_modified=dated, now=now):
        return Reply(304, kept)
    body = current.bodies[coding]
    fields: Fields = ((b"content-type", described.media_type), (b"content-length", b"%d" % len(body)))
    if coding != "identity":
        fields = (*fields, (b"content-encoding", coding.encode("ascii")))
    return Reply(200, (*fields, *kept, *described.guards), b"" if request.method == "HEAD" else body)
