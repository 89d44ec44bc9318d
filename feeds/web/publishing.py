"""The publisher's thread: reads the posts while the port is already open, then follows their changes.

Beside it, a thread for each hub that is told of them.
"""

import asyncio
import gc
import logging
import sys
import threading
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from feeds.errors import FeedsError, IndexLostError
from feeds.hub import start_announcing
from feeds.publisher import Run, watch
from feeds.site import Site
from feeds.web.tale import Tale

log = logging.getLogger(__name__)

Progress = Callable[[int, int], None]  # files read so far, files to read

_STOP_SECONDS = 1.0
_TURN_SECONDS = 0.0002  # after which the publisher thread lets readers in; by itself Python waits five times that
_RETRY_SECONDS = 5.0


class _StoppedError(Exception):
    """The server ends in the middle of a run; the next start goes on where it was."""


@asynccontextmanager
async def publishing(
    site: Site, progress: Progress | None = None, *, on_run: Callable[[Run], None] = lambda _run: None
) -> AsyncIterator[None]:
    """Publish and tell hubs while the context lasts, unless another process does; take its place when it ends.

    on_run: gets each run, on the publisher's thread.
    """
    sys.setswitchinterval(_TURN_SECONDS)
    stop = threading.Event()
    # A daemon, so that a run that takes its time cannot keep the process alive; the index survives being killed.
    thread = threading.Thread(target=_publish, args=(site, stop, progress, on_run), name="publisher", daemon=True)
    thread.start()
    announcing = start_announcing(site, stop)
    try:
        yield
    finally:
        stop.set()
        await asyncio.gather(
            asyncio.to_thread(thread.join, _STOP_SECONDS), *(asyncio.to_thread(one.end) for one in announcing)
        )


def _publish(site: Site, stop: threading.Event, progress: Progress | None, on_run: Callable[[Run], None]) -> None:
    """Go on whatever happens: readers keep the last good feeds, and the trouble is logged."""
    while not stop.is_set():
        try:
            _publish_until_trouble(site, stop, _until(stop, progress or log_progress()), on_run)
        except _StoppedError:
            return
        except IndexLostError as err:
            log.error("index.lost: %s; what is remembered stays, and the posts are read anew", err)  # noqa: TRY400
            if _recover(site):
                continue
        except FeedsError as err:
            log.error("publisher.waits: %s", err)  # noqa: TRY400 - the operator's to mend; a traceback would say nothing
        except Exception:
            log.exception("publisher.failed; it begins again in %d seconds", _RETRY_SECONDS)
        stop.wait(_RETRY_SECONDS)


def _publish_until_trouble(
    site: Site, stop: threading.Event, progress: Progress, on_run: Callable[[Run], None]
) -> None:
    """Return at once where another process publishes. Raises IndexLostError."""
    tale, is_first = Tale(site), True

    def told(run: Run) -> None:
        nonlocal is_first
        if is_first:
            _keep_for_good()
            is_first = False
        tale.note(run)
        on_run(run)

    publisher = site.claim()
    if site.store.is_lost:
        raise IndexLostError("the index is damaged, or another has taken its place")
    if publisher:
        watch(publisher, site.orders, stop, told, progress)


def _keep_for_good() -> None:
    """Let the garbage collector never again look at what there is after the start: each look holds up every reader."""
    gc.collect()
    gc.freeze()


def _recover(site: Site) -> bool:
    """Begin anew, if this process publishes, or with what the one that does has made."""
    if site.publisher is None and not site.store.is_replaced:
        return False
    try:
        site.recover()
    except FeedsError as err:
        log.error("publisher.waits: %s", err)  # noqa: TRY400
        return False
    return True


def _until(stop: threading.Event, progress: Progress) -> Progress:
    """Report progress, and end the run in the middle when the server stops."""

    def report(done: int, total: int) -> None:
        if stop.is_set():
            raise _StoppedError
        progress(done, total)

    return report


def log_progress(every: int = 1000) -> Progress:
    """Log a line each so many posts, and one at the end of a long run."""
    last = 0

    def report(done: int, total: int) -> None:
        nonlocal last
        if done - last >= every or (done == total > every):
            log.info("read %d of %d posts", done, total)
            last = done

    return report
