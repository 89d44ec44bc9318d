"""The table of what is below `/-/`."""

from starlette.requests import Request
from starlette.routing import BaseRoute, Route

from feeds.site import Site
from feeds.web.admin.door import NOTHING, Door
from feeds.web.replies import Reply
from feeds.web.tokens import Tokens

ROOT = "/-/"


def routes(site: Site) -> list[BaseRoute]:
    """Return the routes in the order in which they are tried. Add yours before the last one."""
    tokens = Tokens(site.settings.admin)
    nothing = Door(tokens, GET=_nothing, POST=_nothing, PUT=_nothing, DELETE=_nothing)
    return [
        Route(f"{ROOT}{{rest:path}}", nothing),
    ]


async def _nothing(_request: Request) -> Reply:
    return NOTHING
