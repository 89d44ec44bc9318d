"""For whoever watches over the server: is it alive, and does it have feeds yet."""

from typing import TYPE_CHECKING

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

if TYPE_CHECKING:
    from feeds.site import Site

_FRESH = {"Cache-Control": "no-store"}


async def healthz(_request: Request) -> Response:
    """Answer as long as the event loop turns."""
    return PlainTextResponse("ok\n", headers=_FRESH)


async def readyz(request: Request) -> Response:
    """Answer 503 until the first ingest is over, so that nobody is sent to a server with half of its feeds."""
    site: Site = request.app.state.site
    if site.library.is_ready:
        return PlainTextResponse("ready\n", headers=_FRESH)
    return PlainTextResponse("the posts are being read for the first time\n", 503, {**_FRESH, "Retry-After": "5"})
