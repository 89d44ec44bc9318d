"""The table of what is below `/-/`."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager

from starlette.requests import Request
from starlette.routing import BaseRoute, Route

from feeds.site import Site
from feeds.web.admin import problems
from feeds.web.admin.door import NOTHING, Door
from feeds.web.admin.events import EventStream
from feeds.web.admin.fetching import Fetching
from feeds.web.admin.follower import Follower
from feeds.web.admin.frames import Frames
from feeds.web.admin.hooks import Hooks
from feeds.web.admin.kept import Kept
from feeds.web.admin.places import Roots
from feeds.web.admin.posts import Posts
from feeds.web.admin.regenerate import Regenerate
from feeds.web.admin.reports import Reports
from feeds.web.admin.status import StatusPages
from feeds.web.replies import Reply
from feeds.web.tokens import Tokens

ROOT = "/-/"
_AT_ONCE = 8  # pieces of work that wait for the disk


class Admin:
    """All of it, for one site."""

    def __init__(self, site: Site, status: StatusPages, *, clock: Callable[[], float] = time.time) -> None:
        """clock: seconds since 1970."""
        self._status = status
        admin, base = site.settings.admin, f"{site.settings.base_path}{ROOT}"
        state = site.store.state / "admin"
        self._desk = ThreadPoolExecutor(max_workers=_AT_ONCE, thread_name_prefix="desk")
        self._fetching = Fetching(site, state=state)
        self._tokens = Tokens(admin)
        self._site, self._readers = site, Tokens(admin, takes_basic=True)
        kept, roots, address = Kept(state / "kept"), Roots(site), f"{base}regenerate"
        self._reports = reports = Reports(site, kept, desk=self._desk)
        self._regenerate = Regenerate(site, reports, kept, roots=roots, desk=self._desk, address=address)
        self._posts = Posts(site, reports, roots=roots, desk=self._desk, address=f"{base}posts/", base=address)
        self._follower = Follower(site.store, Frames(site.settings).of)
        ask = self._fetching.ask if admin.hook_command else site.orders.give
        self._hooks = Hooks(admin, reports, kept, ask=ask, desk=self._desk, address=address, clock=clock)

    def routes(self) -> list[BaseRoute]:
        """Return the routes in the order in which they are tried; the last one takes what is left."""
        tokens, regenerate, posts = self._tokens, self._regenerate, self._posts
        nothing = Door(tokens, GET=_nothing, POST=_nothing, PUT=_nothing, DELETE=_nothing)
        return [
            Route(f"{ROOT}regenerate", Door(tokens, POST=regenerate.post)),
            Route(f"{ROOT}regenerate/{{id}}", Door(tokens, GET=regenerate.get)),
            Route(f"{ROOT}posts/{{path:path}}", Door(tokens, GET=posts.get, PUT=posts.put, DELETE=posts.delete)),
            Route(f"{ROOT}events", Door(tokens, GET=EventStream(self._follower).answer)),
            Route(f"{ROOT}hooks/{{forge}}", Door(POST=self._hooks.post)),
            *(
                Route(f"{ROOT}{name}", Door(self._readers, GET=one))
                for name, one in {**problems.answers(self._site), **self._status.answers()}.items()
            ),
            Route(f"{ROOT}{{rest:path}}", nothing),
        ]

    def end_streams(self) -> None:
        """End the answers that would go on for ever: the server is told to end."""
        self._follower.end()

    @asynccontextmanager
    async def working(self) -> AsyncIterator[None]:
        try:
            yield
        finally:
            self.end_streams()
            await asyncio.to_thread(self._fetching.close)
            await asyncio.to_thread(self._reports.write)
            self._desk.shutdown(wait=False, cancel_futures=True)


async def _nothing(_request: Request) -> Reply:
    return NOTHING
