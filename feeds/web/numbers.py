"""All that is counted while a site is served, and `/metrics`, which tells it."""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

from starlette.requests import Request
from starlette.responses import Response

from feeds import __version__
from feeds.diagnostics import CATALOGUE, Level
from feeds.metrics import NAMED, Exchange, Histogram, Readings, Tally
from feeds.metrics.readings import Key, Value
from feeds.metrics.sharing import EVERY
from feeds.publisher import Run
from feeds.site import Site
from feeds.web.clients import Guests, clients_of
from feeds.web.crowd import Crowd
from feeds.web.replies import GUARDS, Reply, answer_of, as_response, fields_of, options, problem

log = logging.getLogger(__name__)

_PATIENCE = 60  # seconds after which numbers are shared again where that has failed
_NEVER_KEPT = (b"cache-control", b"no-store")
_REFUSED = problem(404, "Nothing is told to this client; server.metrics names those that may ask.", _NEVER_KEPT)


class Numbers:
    """What one process has to tell."""

    def __init__(self, site: Site, crowd: Crowd, *, clock: Callable[[], float], lost: Callable[[], int] = int) -> None:
        """clock: seconds since 1970. lost: returns how many lines of the access log could not be written."""
        self._site = site
        self._crowd = crowd
        self._clock = clock
        self._lost = lost
        self._lags = Histogram(NAMED["feeds_publish_lag_seconds"].bounds)
        self._last_look = 0.0  # seconds since 1970; 0: never
        self._last_change = 0.0
        self.tally = Tally()

    def count_refusal(self, status: int, sent: int) -> None:
        """Count what the server answered by itself, because it never became a request. sent: bytes of the body."""
        self.tally.count(answer_of("other", status, "identity"), sent)

    def note(self, run: Run) -> None:
        """Count a run of the publisher, on its thread."""
        if not run.is_blind:
            self._last_look = self._clock()
        if not run.is_nothing:
            self._last_change = self._clock()
        for lag in run.lags:
            self._lags.add(lag)

    def take(self) -> Readings:
        """Return the numbers of this process. Any thread may ask; it looks at nothing but its own memory."""
        return dict((*self._asked(), *self._made(), *self._published(), (("feeds_workers",), (1,))))

    def _asked(self) -> Iterator[tuple[Key, Value]]:
        for answer, answers, sent in self.tally:
            labels = (answer.kind, str(answer.status), answer.coding)
            yield ("feeds_requests_total", *labels), (answers,)
            yield ("feeds_sent_bytes_total", *labels), (sent,)
        yield ("feeds_waiting_requests",), (self._crowd.waiting,)
        yield ("feeds_turned_away_total",), (self._crowd.turned_away,)
        yield ("feeds_access_log_lost_total",), (self._lost(),)

    def _made(self) -> Iterator[tuple[Key, Value]]:
        library = self._site.library
        for format_, histogram in library.render_times.items():
            yield ("feeds_render_seconds", format_), histogram.reading
        for coding, histogram in library.compress_times.items():
            yield ("feeds_compress_seconds", coding), histogram.reading
        yield ("feeds_memo_hits_total",), (library.shelf.hits,)
        yield ("feeds_memo_misses_total",), (library.shelf.misses,)
        yield ("feeds_memo_bytes",), (library.shelf.held,)
        yield ("feeds_memo_renditions",), (len(library.shelf),)

    def _published(self) -> Iterator[tuple[Key, Value]]:
        publisher = self._site.publisher
        yield ("feeds_publish_lag_seconds",), self._lags.reading
        yield ("feeds_publisher_queue",), (publisher.queue if publisher else 0,)
        yield ("feeds_publishers",), (1 if publisher else 0,)
        if self._last_look:
            yield ("feeds_last_look_timestamp_seconds",), (self._last_look,)
        if self._last_change:
            yield ("feeds_last_change_timestamp_seconds",), (self._last_change,)


def of_the_index(site: Site) -> Readings:
    """Count what there is; it is the same for all workers."""
    counts = site.store.counts()
    levels = dict.fromkeys(Level, 0)
    for code, count in counts.diagnostics.items():
        levels[CATALOGUE[code].level] += count
    return {
        ("feeds_index_posts",): (counts.posts,),
        ("feeds_index_entries",): (counts.entries,),
        ("feeds_index_feeds",): (counts.feeds,),
        **{("feeds_index_diagnostics", level.name.lower()): (count,) for level, count in levels.items()},
        ("feeds_info", __version__): (1,),
    }


class MetricsPage:
    """`/metrics`, for those who may read it."""

    def __init__(self, site: Site, numbers: Numbers, *, folder: Path | None = None) -> None:
        """folder: where the processes of this server share their numbers; None where nothing is shared."""
        self._site = site
        server = site.settings.server
        self._guests = Guests(server.metrics, clients_of(server))
        self._exchange = Exchange(folder, numbers.take) if folder and self._guests else None
        self._take = numbers.take

    @asynccontextmanager
    async def sharing(self) -> AsyncIterator[None]:
        """Leave the numbers where other workers find them, as long as the context lasts."""
        if self._exchange is None:
            yield
            return
        task = asyncio.create_task(_now_and_then(self._exchange))
        try:
            yield
        finally:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task
            await asyncio.to_thread(_told, self._exchange.close)

    async def reply(self, request: Request) -> Response:
        if request.method == "OPTIONS":
            return as_response(options(request.scope))
        if not self._guests.include(request.scope):
            return as_response(_REFUSED, request.method)
        accept = fields_of(request.scope).get(b"accept", b"").decode("latin-1")
        return as_response(await asyncio.to_thread(self._made, accept), request.method)

    def _made(self, accept: str) -> Reply:
        from feeds.metrics.exposition import exposition  # noqa: PLC0415 - takes long, and most sites never ask for it

        body, media_type = exposition({**self.of_all(), **of_the_index(self._site)}, accept)
        fields = (
            (b"content-type", media_type.encode("ascii")),
            (b"content-length", b"%d" % len(body)),
            _NEVER_KEPT,
            *GUARDS,
        )
        return Reply(200, fields, body)

    def of_all(self) -> Readings:
        """Return the numbers of all processes, or those of this one where the others' cannot be had."""
        if self._exchange:
            with suppress(OSError):  # which is told where it is shared, and not at each asking
                return self._exchange.all()
        return self._take()


async def _now_and_then(exchange: Exchange) -> None:
    while True:
        is_shared = await asyncio.to_thread(_told, exchange.put)
        await asyncio.sleep(EVERY if is_shared else _PATIENCE)


def _told(share: Callable[[], None]) -> bool:
    """Say whether the numbers could be shared; a full disk costs some numbers and nothing else."""
    try:
        share()
    except OSError as err:
        log.warning("numbers.unshared: %s; /metrics of other workers lacks them", err)
        return False
    return True
