"""Pages for people: `/` lists every feed."""

import asyncio
from concurrent.futures import Executor
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response

from feeds.export.index import site_index
from feeds.fingerprint import digest_bytes
from feeds.library import CODINGS, Coding, Listed
from feeds.render import gzip_bytes
from feeds.site import Site
from feeds.web.negotiation import choose_coding
from feeds.web.replies import GUARDS, OPTIONS, Fields, Reply, as_response, values_of
from feeds.web.validators import is_not_modified

_HTML = b"text/html; charset=utf-8"
_SUFFIX: dict[Coding, str] = {"identity": "", "gzip": "-gz"}
_CONDITIONS = (b"if-none-match", b"if-modified-since", b"accept-encoding")


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """A page made once, in all codings."""

    name: str  # of its bytes
    bodies: dict[Coding, bytes]

    def etag(self, coding: Coding) -> str:
        return f'"{self.name}{_SUFFIX[coding]}"'


def page(body: bytes) -> Page:
    return Page(name=digest_bytes(body)[:24], bodies={"identity": body, "gzip": gzip_bytes(body)})


class IndexPage:
    """The list of all feeds; made anew when the list has changed."""

    def __init__(self, site: Site, *, press: Executor) -> None:
        self._site = site
        self._press = press  # one thread, so that the memo below needs no lock
        self._memo: tuple[tuple[Listed, ...], Page] | None = None

    async def reply(self, request: Request) -> Response:
        if request.method == "OPTIONS":
            return as_response(OPTIONS)
        current = await asyncio.get_running_loop().run_in_executor(self._press, self._current)
        return as_response(_answer(current, request))

    def _current(self) -> Page:
        listing = self._site.library.listing()
        if self._memo is None or self._memo[0] != listing:
            self._memo = listing, page(site_index(self._site.settings, listing))
        return self._memo[1]


def _answer(current: Page, request: Request) -> Reply:
    tags, _since, accepted = values_of(request.headers.raw, *_CONDITIONS)
    coding = choose_coding(accepted)
    etags = [current.etag(each) for each in CODINGS]
    kept: Fields = (
        (b"etag", current.etag(coding).encode("ascii")),
        (b"cache-control", b"max-age=60"),
        (b"vary", b"Accept-Encoding"),
    )
    if is_not_modified(if_none_match=tags, if_modified_since=None, etags=etags, last_modified=None, now=0):
        return Reply(304, kept)
    body = current.bodies[coding]
    described: Fields = ((b"content-type", _HTML), (b"content-length", b"%d" % len(body)))
    if coding != "identity":
        described = (*described, (b"content-encoding", coding.encode("ascii")))
    return Reply(200, (*described, *kept, *GUARDS), b"" if request.method == "HEAD" else body)
