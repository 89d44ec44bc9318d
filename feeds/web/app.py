"""The ASGI application: feeds by a look-up in front, everything else through the router."""

import json
import os
import time
from collections.abc import AsyncIterator, Callable, Coroutine, Iterable
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from mimetypes import guess_type
from pathlib import Path
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import ASGIApp, Lifespan, Receive, Scope, Send

from feeds.errors import IndexLostError
from feeds.metrics import Answer
from feeds.opening import read_folder
from feeds.pages.aliases import Aliases
from feeds.pages.icons import icons, scaled_icon
from feeds.pages.lists import LISTS, ListDocument, Lists
from feeds.render.looks import FEED_CSS, SITE_FEED_CSS
from feeds.site import Site, open_site
from feeds.urls import PAGES_SCRIPT, PAGES_STYLESHEET, SITE_STYLESHEET, STYLESHEET, wire
from feeds.web.accesslog import AccessLog, open_access_log
from feeds.web.admin.addresses import ROOT as ADMIN
from feeds.web.admin.addresses import Admin
from feeds.web.admin.door import NOTHING
from feeds.web.admin.status import StatusPages
from feeds.web.atonce import answering_at_once, below
from feeds.web.counters import Traffic
from feeds.web.crowd import BUSY, BUSY_TO_PROGRAMS, Crowd
from feeds.web.daily import Daily
from feeds.web.delta import DeltaDoor
from feeds.web.entries import ROOT, EntryDoor
from feeds.web.environment import AT_ONCE, COUNT_REFUSAL, FLAGS, FOLDER, NUMBERS, ON_DRAIN
from feeds.web.feeds import SUFFIXES, FeedDoor
from feeds.web.health import healthz, readyz
from feeds.web.icons import IconDoor
from feeds.web.logs import start_logging
from feeds.web.looks import Looks
from feeds.web.moving import AliasDoor
from feeds.web.numbers import MetricsPage, Numbers
from feeds.web.pages import ListPage
from feeds.web.people import KINDS, PeopleDoor
from feeds.web.publishing import Progress, publishing
from feeds.web.replies import (
    METHODS,
    NOT_ALLOWED,
    NOT_ALLOWED_TO_PROGRAMS,
    NOT_FOUND,
    NOT_READY,
    Reply,
    answer_of,
    as_response,
)
from feeds.web.routed import Routed
from feeds.web.sitemaps import ADDRESSES, SitemapDoor
from feeds.web.throttle import throttle_of

Clock = Callable[[], float]  # seconds since 1970
Respond = Callable[[Request], Coroutine[Any, Any, Response]]

SOURCES = ("/sources", "/sources/{page:path}")
_FAILED = answer_of("other", 500, "identity")


def create_app(
    site: Site,
    *,
    clock: Clock = time.time,
    progress: Progress | None = None,
    is_owner: bool = False,
    shared: Path | None = None,
) -> ASGIApp:
    """Serve a site's feeds; while the application lives it also publishes, where nobody else does.

    is_owner: the application closes the site when it ends. shared: folder in which the processes of one server keep
    their numbers. Raises AccessLogError.
    It sends the Date field itself, so that no Last-Modified is ever later than it (RFC 9110 §8.8.2.1). A server in
    front that adds one, as uvicorn does unless told otherwise, would double it.
    """
    press = ThreadPoolExecutor(max_workers=1, thread_name_prefix="press")
    base = site.settings.base_path
    traffic = Traffic()
    feeds = _door(site, traffic, press=press, clock=clock)
    chosen = site.settings.aliases
    aliases = Aliases(chosen.styles, chosen.addresses)
    moved = AliasDoor(site.library, feeds, is_in_place=chosen.answer == "in-place", base=base)
    entries = EntryDoor(site, press=press, clock=clock, base=base)
    crowd = Crowd(site.settings.server.max_concurrent)
    log = open_access_log(site, clock=clock)
    numbers = Numbers(site, crowd, clock=clock, lost=lambda: log.lost if log else 0)
    metrics = MetricsPage(site, numbers, folder=shared)
    daily = Daily(site, traffic)
    admin = Admin(
        site, StatusPages(site, readings=metrics.of_all, bring_up_to_date=daily.bring_up_to_date), clock=clock
    )
    people = PeopleDoor(site)
    tasks = (
        people.working(),
        metrics.sharing(),
        daily.counting(),
        admin.working(),
        publishing(site, progress, on_run=numbers.note),
    )
    router = _router(
        site,
        press,
        entries=entries,
        people=people,
        crowd=crowd,
        metrics=metrics,
        admin=admin,
        life=_life(site, press, log, tasks, is_owner=is_owner),
    )
    counted = numbers.tally.counts

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            scope.get("state", {}).update(
                {
                    COUNT_REFUSAL: numbers.count_refusal,
                    ON_DRAIN: admin.end_streams,
                    AT_ONCE: answering_at_once(feeds, numbers.tally, log, base=base),
                }
            )
            await router(scope, receive, send)
            return
        began = time.perf_counter() if log else 0.0
        path = below(scope["path"], base) if base else scope["path"]
        answer, sent = _FAILED, 0
        try:
            if reply := feeds.at_once(scope, path):
                now, answer = feeds.now, reply.answer
            elif reply := await in_time(scope, path):
                now, answer = int(clock()), reply.answer if path.endswith(SUFFIXES) else _of_alias(reply)
            else:
                routed = Routed(send, clock)
                await router({**scope, "path": path}, receive, routed)
                answer, sent = routed.answer(_kind_of(path)), routed.sent
                return
            rest = reply.rest(scope["method"])
            await send(reply.start(now))
            await send(rest)
            sent = len(rest["body"])
        finally:
            counts = counted[answer]  # no call: every poll comes here
            counts[0] += 1
            counts[1] += sent
            if log:
                log.note(scope, answer, sent, seconds=time.perf_counter() - began)

    async def in_time(scope: Scope, path: str) -> Reply | None:
        if path.startswith(ADMIN):
            return None
        if path.endswith(SUFFIXES) and path not in LISTS:
            return await _if_index(crowd.admit(feeds.in_time(scope, path), BUSY))
        old = aliases.read(path, scope["query_string"])
        return await _if_index(crowd.admit(moved.in_time(old, scope), BUSY)) if old else None

    return app


def _door(site: Site, traffic: Traffic, *, press: ThreadPoolExecutor, clock: Clock) -> FeedDoor:
    throttle = throttle_of(site.settings.server)
    door = DeltaDoor if site.settings.server.delta else FeedDoor
    return door(site.library, site.settings, press=press, clock=clock, throttle=throttle, traffic=traffic)


def create_app_from_environment() -> ASGIApp:
    """Make the application in a worker process, which learns folder and flags through the environment."""
    start_logging()
    opening = read_folder(Path(os.environ[FOLDER]), environ=os.environ, flags=json.loads(os.environ.get(FLAGS, "{}")))
    shared = os.environ.get(NUMBERS)
    site = open_site(opening.folder, opening.settings)
    return create_app(site, is_owner=True, shared=Path(shared) if shared else None)


def _router(
    site: Site,
    press: ThreadPoolExecutor,
    *,
    entries: EntryDoor,
    people: PeopleDoor,
    crowd: Crowd,
    metrics: MetricsPage,
    admin: Admin,
    life: Lifespan[Starlette],
) -> Starlette:
    sitemaps, lists = SitemapDoor(site), Lists(site.settings, site.templates)
    router = Starlette(
        routes=[
            *(
                Route(
                    path, _in(crowd, ListPage(site, kind, lists, press=press).reply, busy=_busy(kind)), methods=METHODS
                )
                for path, kind in LISTS.items()
            ),
            *(
                Route(address, _in(crowd, sitemaps.reply, busy=BUSY_TO_PROGRAMS), methods=METHODS)
                for address in ADDRESSES
            ),
            Route("/", _in(crowd, people.index), methods=METHODS),
            *(
                Route(path, _in(crowd, people.sources), methods=METHODS)
                for path in ("/sources", "/sources/{page:path}")
            ),
            *(Route(f"/{kind}/{{rest:path}}", _in(crowd, people.leaf), methods=METHODS) for kind in KINDS),
            Route(f"{ROOT}{{name:path}}", _in(crowd, entries.reply), methods=METHODS),
            Route(STYLESHEET, Looks(FEED_CSS).reply, methods=METHODS),
            Route(SITE_STYLESHEET, Looks(SITE_FEED_CSS).reply, methods=METHODS),
            Route(PAGES_STYLESHEET, Looks(site.templates.css).reply, methods=METHODS),
            Route(PAGES_SCRIPT, Looks(site.templates.script, b"text/javascript; charset=utf-8").reply, methods=METHODS),
            *(
                Route(address, _in(crowd, IconDoor(*drawn, press=press).reply), methods=METHODS)
                for address, drawn in {**icons(site.settings.site.title), **scaled_icon(site)}.items()
            ),
            *_found_icon(site),
            Route("/healthz", healthz, methods=METHODS),
            Route("/readyz", readyz, methods=METHODS),
            Route("/metrics", metrics.reply, methods=METHODS),
            *admin.routes(),
        ],
        lifespan=life,
        exception_handlers={404: _not_found, 405: _not_allowed, IndexLostError: _not_ready},
    )
    router.router.redirect_slashes = False  # it would send clients to whatever host they say that we are
    router.state.site = site
    return router


def _found_icon(site: Site) -> list[Route]:
    """Serve the icon in the site's folder, for whoever has no other server for it."""
    found = site.icon()
    if found is None:
        return []
    media_type = guess_type(found.file.name)[0] or "image/x-icon"
    return [Route(wire(found.address), Looks(found.file.read_bytes(), media_type.encode()).reply, methods=METHODS)]


async def _if_index(answer: Coroutine[Any, Any, Reply]) -> Reply:
    """Ask to come again where the index turns out to be lost: it is made anew."""
    try:
        return await answer
    except IndexLostError:
        return NOT_READY


def _in(crowd: Crowd, respond: Respond, *, busy: Reply = BUSY) -> Respond:
    """Let a page be asked for only while there is room to wait for it."""

    async def respond_in_crowd(request: Request) -> Response:
        return await crowd.admit(respond(request), as_response(busy, request.method))

    return respond_in_crowd


def _busy(kind: ListDocument) -> Reply:
    return BUSY_TO_PROGRAMS if kind.is_for_programs else BUSY


def _life(
    site: Site,
    press: ThreadPoolExecutor,
    log: AccessLog | None,
    tasks: Iterable[AbstractAsyncContextManager[None]],
    *,
    is_owner: bool,
) -> Lifespan[Starlette]:
    """Return what goes on while the application lives. tasks: to be begun in this order, and ended in the other."""

    @asynccontextmanager
    async def life(_router: Starlette) -> AsyncIterator[None]:
        async with AsyncExitStack() as ending:
            if is_owner:
                ending.callback(site.close)
            ending.callback(press.shutdown, wait=False, cancel_futures=True)
            if log:
                ending.enter_context(log.writing())
            for task in tasks:
                await ending.enter_async_context(task)
            yield

    return life


def _kind_of(path: str) -> str:
    """Name what the router answers there, as it is counted."""
    if path == "/" or path in LISTS:
        return "index"
    return "entry" if path.startswith(ROOT) else "other"


def _of_alias(reply: Reply) -> Answer:
    return answer_of("alias", reply.status, reply.coding)


def _not_found(request: Request, _exception: Exception) -> Response:
    return as_response(NOTHING if request.scope["path"].startswith(ADMIN) else NOT_FOUND, request.method)


def _not_ready(request: Request, _exception: Exception) -> Response:
    return as_response(NOT_READY, request.method)


def _not_allowed(request: Request, _exception: Exception) -> Response:
    path = request.scope["path"]
    is_for_people = path in ("/", "/sources") or path.startswith((ROOT, "/sources/", *(f"/{kind}/" for kind in KINDS)))
    return as_response(NOT_ALLOWED if is_for_people else NOT_ALLOWED_TO_PROGRAMS)
