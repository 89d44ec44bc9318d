"""What goes back to a client, as a value; and the few replies that are always the same."""

import json
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from email.utils import formatdate
from functools import lru_cache
from http import HTTPStatus

from starlette.responses import Response
from starlette.types import Message, Scope

from feeds.library import Coding
from feeds.metrics import Answer
from feeds.model import Kind

Fields = tuple[tuple[bytes, bytes], ...]

METHODS = ("GET", "HEAD", "OPTIONS")
_ALLOW = ", ".join(METHODS).encode()
_TEXT = b"text/plain; charset=utf-8"

GUARDS: Fields = (
    (
        b"content-security-policy",
        b"default-src 'none'; style-src 'self'; frame-ancestors 'none'",
    ),
    (b"x-content-type-options", b"nosniff"),
)
SHARED: Fields = (  # lets readers that run in a browser fetch feeds, and see their validators
    (b"access-control-allow-origin", b"*"),
    (b"access-control-expose-headers", b"ETag, Link"),
)
WAITING: Fields = (  # the same, where a reader is asked to come again
    (b"access-control-allow-origin", b"*"),
    (b"access-control-expose-headers", b"Retry-After"),
)


_NOTHING: Message = {"type": "http.response.body", "body": b""}


@dataclass(slots=True)
class Reply:
    """What is sent, but for the Date."""

    status: int
    fields: Fields
    body: bytes = b""
    kind: Kind | None = None  # of the feed that it is about
    coding: Coding = "identity"
    answer: Answer = field(init=False, compare=False)  # what it is counted as
    _start: Message = field(default_factory=dict, repr=False, compare=False)
    _rest: Message = field(init=False, repr=False, compare=False)
    _second: int = field(default=-1, repr=False, compare=False)  # for which the start was made
    _head: bytes = field(default=b"", repr=False, compare=False)
    _second_of_head: int = field(default=-1, repr=False, compare=False)
    _lines: bytes = field(default=b"", repr=False, compare=False)  # of all fields but Date

    def __post_init__(self) -> None:
        self.answer = answer_of(self.kind or "other", self.status, self.coding)
        self._rest = {"type": "http.response.body", "body": self.body} if self.body else _NOTHING

    def about(self, kind: Kind) -> "Reply":
        """Return the same reply as one about a feed of this kind."""
        return replace(self, kind=kind)

    def start(self, now: int) -> Message:
        """Return ASGI's message with status and fields; it is made once a second. now: seconds since 1970."""
        if self._second != now:
            fields = [(b"date", http_date(now)), *self.fields]
            self._start = {"type": "http.response.start", "status": self.status, "headers": fields}
            self._second = now
        return self._start

    def head(self, now: int) -> bytes:
        """Return status line and fields as they go over the wire (RFC 9112 §2.1); made once a second, as `start`."""
        if self._second_of_head != now:
            self._lines = self._lines or b"".join(b"%s: %s\r\n" % line for line in self.fields)
            self._head = b"%sdate: %s\r\n%s\r\n" % (_status_line(self.status), http_date(now), self._lines)
            self._second_of_head = now
        return self._head

    def rest(self, method: str) -> Message:
        """Return ASGI's message with the body, which HEAD does not get (RFC 9110 §9.3.2)."""
        return _NOTHING if method == "HEAD" else self._rest


@lru_cache(maxsize=1024)
def answer_of(kind: str, status: int, coding: str) -> Answer:
    """Return one and the same value for equal parts, so that a rendition's replies keep none of their own."""
    return Answer(kind, status, coding)


@lru_cache(maxsize=64)
def _status_line(status: int) -> bytes:
    return f"HTTP/1.1 {status} {HTTPStatus(status).phrase}\r\n".encode("ascii")


@lru_cache(maxsize=4096)
def http_date(seconds: int) -> bytes:
    """Write an IMF-fixdate, in English whatever the locale."""
    return formatdate(seconds, usegmt=True).encode("ascii")


def problem(status: int, detail: str, *fields: tuple[bytes, bytes]) -> Reply:
    """Tell a program what is wrong (RFC 9457); the type is about:blank, so the title is the status's own."""
    told = {"title": HTTPStatus(status).phrase, "status": status, "detail": detail}
    body = json.dumps(told).encode() + b"\n"
    described = ((b"content-type", b"application/problem+json"), (b"content-length", b"%d" % len(body)))
    return Reply(status, (*described, *GUARDS, *fields), body)


def said(status: int, text: str, *fields: tuple[bytes, bytes]) -> Reply:
    """Reply with one line of text."""
    body = f"{text}\n".encode()
    described = ((b"content-type", _TEXT), (b"content-length", b"%d" % len(body)))
    return Reply(status, (*described, *GUARDS, *fields), body)


NOT_FOUND = said(404, "There is no feed here; / lists them all.", (b"cache-control", b"max-age=60"), *SHARED)
GONE = said(410, "This feed has ended for good; please unsubscribe.", (b"cache-control", b"max-age=86400"), *SHARED)
_ONLY = "Only GET, HEAD and OPTIONS are answered here."
NOT_ALLOWED = said(405, _ONLY, (b"allow", _ALLOW), *SHARED)
NOT_ALLOWED_TO_PROGRAMS = problem(405, _ONLY, (b"allow", _ALLOW), *SHARED)
_SOON: Fields = ((b"retry-after", b"5"), (b"cache-control", b"no-store"), *WAITING)
NOT_READY = said(
    503,
    "The posts are being read for the first time; please come again in a few seconds.",
    *_SOON,
)
NOT_READY_FOR_PROGRAMS = problem(503, "The posts are being read for the first time.", *_SOON)
_OPTIONS = Reply(204, ((b"allow", _ALLOW), *SHARED))
_PREFLIGHT = Reply(
    204,
    (
        *_OPTIONS.fields,
        (b"access-control-allow-methods", _ALLOW),
        (b"access-control-allow-headers", b"If-None-Match, If-Modified-Since, Cache-Control"),
        (b"access-control-max-age", b"86400"),
    ),
)


def options(scope: Scope) -> Reply:
    """Reply to OPTIONS; what a page elsewhere may ask for is said only to a browser that asks it (CORS preflight)."""
    asked = fields_of(scope)
    return _PREFLIGHT if b"origin" in asked and b"access-control-request-method" in asked else _OPTIONS


def moved(location: str, *, status: int = 308) -> Reply:
    """Send the client to the one true path for good. location: percent-encoded."""
    return said(status, "Moved.", (b"location", location.encode("ascii")), (b"cache-control", b"max-age=3600"), *SHARED)


def fields_of(scope: Scope) -> dict[bytes, bytes]:
    """Return the request's fields by lower-case name, those of several lines joined (RFC 9110 §5.3)."""
    lines = scope["headers"]
    fields: dict[bytes, bytes] = dict(lines)
    return fields if len(fields) == len(lines) else _joined(lines)


def _joined(lines: Iterable[tuple[bytes, bytes]]) -> dict[bytes, bytes]:
    values: dict[bytes, list[bytes]] = {}
    for name, value in lines:
        values.setdefault(name, []).append(value)
    return {name: b", ".join(several) for name, several in values.items()}


def as_response(reply: Reply, method: str = "GET") -> Response:
    """Let the router send a reply. Starlette takes fields as they are only where they are set afterwards."""
    response = Response(reply.rest(method)["body"], reply.status)
    response.raw_headers = list(reply.fields)
    return response
