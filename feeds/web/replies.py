"""What goes back to a client, as a value; and the few replies that are always the same."""

from collections.abc import Iterable
from dataclasses import dataclass
from email.utils import formatdate
from functools import lru_cache

from starlette.responses import Response
from starlette.types import Send

from feeds.library import Coding
from feeds.model import Kind

Fields = tuple[tuple[bytes, bytes], ...]

METHODS = ("GET", "HEAD", "OPTIONS")
_ALLOW = ", ".join(METHODS).encode()
_TEXT = b"text/plain; charset=utf-8"

GUARDS: Fields = (
    (
        b"content-security-policy",
        b"default-src 'none'; style-src 'self'; img-src 'self' https:; frame-ancestors 'none'",
    ),
    (b"x-content-type-options", b"nosniff"),
)
SHARED: Fields = (  # lets readers that run in a browser fetch feeds, and see their validators
    (b"access-control-allow-origin", b"*"),
    (b"access-control-expose-headers", b"ETag, Link"),
)


@dataclass(frozen=True, slots=True)
class Reply:
    status: int
    fields: Fields
    body: bytes = b""
    kind: Kind | None = None  # of the feed that it is about
    coding: Coding = "identity"


async def send_reply(send: Send, reply: Reply, *, method: str, now: float) -> None:
    """Send a reply with its Date; for HEAD the same fields without the body (RFC 9110 §9.3.2).

    now: seconds since 1970.
    """
    fields = ((b"date", http_date(int(now))), *reply.fields)
    await send({"type": "http.response.start", "status": reply.status, "headers": fields})
    await send({"type": "http.response.body", "body": b"" if method == "HEAD" else reply.body})


@lru_cache(maxsize=4096)
def http_date(seconds: int) -> bytes:
    """Write an IMF-fixdate, in English whatever the locale."""
    return formatdate(seconds, usegmt=True).encode("ascii")


def said(status: int, text: str, *fields: tuple[bytes, bytes]) -> Reply:
    """Reply with one line of text."""
    body = f"{text}\n".encode()
    described = ((b"content-type", _TEXT), (b"content-length", b"%d" % len(body)))
    return Reply(status, (*described, *GUARDS, *fields), body)


NOT_FOUND = said(404, "There is no feed here; / lists them all.", (b"cache-control", b"max-age=60"), *SHARED)
GONE = said(410, "This feed has ended for good; please unsubscribe.", (b"cache-control", b"max-age=86400"), *SHARED)
NOT_ALLOWED = said(405, "Only GET, HEAD and OPTIONS are answered here.", (b"allow", _ALLOW))
NOT_READY = said(
    503,
    "The posts are being read for the first time; please come again in a few seconds.",
    (b"retry-after", b"5"),
    (b"cache-control", b"no-store"),
    *SHARED,
)
OPTIONS = Reply(
    204,
    (
        (b"allow", _ALLOW),
        *SHARED,
        (b"access-control-allow-methods", _ALLOW),
        (b"access-control-allow-headers", b"If-None-Match, If-Modified-Since"),
        (b"access-control-max-age", b"86400"),
    ),
)


def moved(location: str, *, status: int = 308) -> Reply:
    """Send the client to the one true path for good. location: percent-encoded."""
    return said(status, "Moved.", (b"location", location.encode("ascii")), (b"cache-control", b"max-age=3600"), *SHARED)


def values_of(fields: Iterable[tuple[bytes, bytes]], *names: bytes) -> list[str | None]:
    """Return the values of request fields by lower-case name, lists of several lines joined (RFC 9110 §5.3)."""
    found: dict[bytes, list[bytes]] = {}
    for name, value in fields:
        if name in names:
            found.setdefault(name, []).append(value)
    return [b", ".join(found[name]).decode("latin-1") if name in found else None for name in names]


def as_response(reply: Reply) -> Response:
    """Let the router send a reply. Starlette takes fields as they are only where they are set afterwards."""
    response = Response(reply.body, reply.status)
    response.raw_headers = list(reply.fields)
    return response
