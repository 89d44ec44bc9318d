"""The ASGI application: feeds by a look-up in front, everything else through the router."""

import json
import os
import time
from collections.abc import AsyncIterator, Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, asynccontextmanager
from pathlib import Path
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from feeds.opening import read_folder
from feeds.site import Site, open_site
from feeds.urls import STYLESHEET
from feeds.web.aliases import Aliases
from feeds.web.crowd import BUSY, Crowd
from feeds.web.delta import DeltaDoor
from feeds.web.entries import ROOT, EntryDoor
from feeds.web.environment import FLAGS, FOLDER
from feeds.web.feeds import SUFFIXES, FeedDoor
from feeds.web.health import healthz, readyz
from feeds.web.logs import start_logging
from feeds.web.looks import Looks
from feeds.web.moving import AliasDoor
from feeds.web.pages import PAGES, ListPage
from feeds.web.publishing import Progress, publishing
from feeds.web.replies import METHODS, NOT_ALLOWED, NOT_ALLOWED_TO_PROGRAMS, NOT_FOUND, Reply, as_response, http_date
from feeds.web.throttle import throttle_of

Clock = Callable[[], float]  # seconds since 1970
Answer = Callable[[Request], Coroutine[Any, Any, Response]]


def create_app(
    site: Site, *, clock: Clock = time.time, progress: Progress | None = None, is_owner: bool = False
) -> ASGIApp:
    """Serve a site's feeds; while the application lives it also publishes, where nobody else does.

    is_owner: the application closes the site when it ends.
    It sends the Date field itself, so that no Last-Modified is ever later than it (RFC 9110 §8.8.2.1). A server in
    front that adds one, as uvicorn does unless told otherwise, would double it.
    """
    press = ThreadPoolExecutor(max_workers=1, thread_name_prefix="press")
    base = site.settings.base_path
    throttle = throttle_of(site.settings.server)
    door = DeltaDoor if site.settings.server.delta else FeedDoor
    feeds = door(site.library, site.settings, press=press, clock=clock, throttle=throttle)
    chosen = site.settings.aliases
    aliases = Aliases(chosen.styles)
    moved = AliasDoor(site.library, feeds, is_in_place=chosen.answer == "in-place", base=base)
    entries = EntryDoor(site, press=press, clock=clock, base=base)
    crowd = Crowd(site.settings.server.max_concurrent)
    router = _router(site, press, progress, entries=entries, crowd=crowd, is_owner=is_owner)

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await router(scope, receive, send)
            return
        path = _below(scope["path"], base) if base else scope["path"]
        if reply := feeds.at_once(scope, path):
            now = feeds.now
        elif reply := await in_time(scope, path):
            now = int(clock())
        else:
            await router({**scope, "path": path}, receive, _dated(send, clock))
            return
        await send(reply.start(now))
        await send(reply.rest(scope["method"]))

    async def in_time(scope: Scope, path: str) -> Reply | None:
        if path.endswith(SUFFIXES) and path not in PAGES:
            return await crowd.admit(feeds.in_time(scope, path), BUSY)
        old = aliases.read(path, scope["query_string"])
        return await crowd.admit(moved.in_time(old, scope), BUSY) if old else None

    return app


def create_app_from_environment() -> ASGIApp:
    """Make the application in a worker process, which learns folder and flags through the environment."""
    start_logging()
    opening = read_folder(Path(os.environ[FOLDER]), environ=os.environ, flags=json.loads(os.environ.get(FLAGS, "{}")))
    return create_app(open_site(opening.folder, opening.settings), is_owner=True)


def _router(
    site: Site,
    press: ThreadPoolExecutor,
    progress: Progress | None,
    *,
    entries: EntryDoor,
    crowd: Crowd,
    is_owner: bool,
) -> Starlette:
    @asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[None]:
        with ExitStack() as closing:
            if is_owner:
                closing.callback(site.close)
            closing.callback(press.shutdown, wait=False, cancel_futures=True)
            async with publishing(site, progress):
                yield

    router = Starlette(
        routes=[
            *(
                Route(path, _in(crowd, ListPage(site, kind, press=press).reply), methods=METHODS)
                for path, kind in PAGES.items()
            ),
            Route(f"{ROOT}{{name:path}}", _in(crowd, entries.reply), methods=METHODS),
            Route(STYLESHEET, Looks().reply, methods=METHODS),
            Route("/healthz", healthz, methods=METHODS),
            Route("/readyz", readyz, methods=METHODS),
        ],
        lifespan=lifespan,
        exception_handlers={404: _not_found, 405: _not_allowed},
    )
    router.state.site = site
    return router


def _in(crowd: Crowd, answer: Answer) -> Answer:
    """Let a page be asked for only while there is room to wait for it."""

    async def respond(request: Request) -> Response:
        return await crowd.admit(answer(request), as_response(BUSY, request.method))

    return respond


def _not_found(request: Request, _exception: Exception) -> Response:
    return as_response(NOT_FOUND, request.method)


def _not_allowed(request: Request, _exception: Exception) -> Response:
    return as_response(NOT_ALLOWED if request.scope["path"] == "/" else NOT_ALLOWED_TO_PROGRAMS)


def _below(path: str, base: str) -> str:
    """Take off the path below which the site lives, where a proxy in front has not done so already."""
    return path.removeprefix(base) if path.startswith(base + "/") else path


def _dated(send: Send, clock: Clock) -> Send:
    async def send_dated(message: Message) -> None:
        if message["type"] == "http.response.start":
            message = {**message, "headers": [(b"date", http_date(int(clock()))), *message["headers"]]}
        await send(message)

    return send_dated
