"""For whoever watches over the server: is it alive, and does it have feeds yet."""

from typing import TYPE_CHECKING

from starlette.requests import Request
from starlette.responses import Response

from feeds.web.replies import NOT_READY_FOR_PROGRAMS, as_response, options, said

if TYPE_CHECKING:
    from feeds.site import Site

_FRESH = (b"cache-control", b"no-store")
_ALIVE = said(200, "ok", _FRESH)
_READY = said(200, "ready", _FRESH)


async def healthz(request: Request) -> Response:
    """Answer as long as the event loop turns."""
    return as_response(options(request.scope) if request.method == "OPTIONS" else _ALIVE, request.method)


async def readyz(request: Request) -> Response:
    """Answer 503 until the first ingest is over, so that nobody is sent to a server with half of its feeds."""
    if request.method == "OPTIONS":
        return as_response(options(request.scope))
    site: Site = request.app.state.site
    return as_response(_READY if site.library.is_ready else NOT_READY_FOR_PROGRAMS, request.method)
