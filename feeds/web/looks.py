"""Stylesheets, of feeds and of pages, and the script of pages: the same bytes for everyone until the next start."""

from starlette.requests import Request
from starlette.responses import Response

from feeds.fingerprint import digest_bytes
from feeds.web.replies import GUARDS, Fields, Reply, as_response, fields_of, options
from feeds.web.validators import is_not_modified

_FRESH = 86_400  # seconds; it changes with a new version only, and an old one still suits


class Looks:
    """Replies at the address of one of them."""

    def __init__(self, body: bytes, media_type: bytes = b"text/css; charset=utf-8") -> None:
        self._etag = f'"{digest_bytes(body)[:24]}"'
        kept: Fields = (
            (b"etag", self._etag.encode("ascii")),
            (b"cache-control", b"max-age=%d, stale-while-revalidate=%d" % (_FRESH, 7 * _FRESH)),
        )
        described: Fields = (
            (b"content-type", media_type),
            (b"content-length", b"%d" % len(body)),
        )
        self._not_modified = Reply(304, kept)
        self._found = Reply(200, (*described, *kept, *GUARDS), body)
        self._described = Reply(200, self._found.fields)  # for HEAD

    async def reply(self, request: Request) -> Response:
        if request.method == "OPTIONS":
            return as_response(options(request.scope))
        tags = fields_of(request.scope).get(b"if-none-match", b"").decode("latin-1") or None
        if is_not_modified(if_none_match=tags, if_modified_since=None, etags=[self._etag], last_modified=None, now=0):
            return as_response(self._not_modified)
        return as_response(self._described if request.method == "HEAD" else self._found)
