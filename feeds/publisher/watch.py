"""Keeping the feeds in line while the process lives: what is heard of or ordered at once, the clock, sweeps."""

import logging
import math
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from pathlib import Path

from feeds.errors import FolderError, IndexLostError
from feeds.posts.watch import Hints
from feeds.publisher.orders import Orders, Report, Ticket
from feeds.publisher.publisher import Progress, Publisher
from feeds.publisher.reading import get_ready
from feeds.publisher.run import Run
from feeds.publisher.survey import Survey

log = logging.getLogger(__name__)

_ARMING = 1.0  # seconds after which a new watcher surely listens
_SHARE_OF_TIME = 20  # a sweep takes at most one part in so many of all time, however large the folder is
_BREATH = 0.05  # seconds after a run for which what can wait does
_RELISTEN = 300.0  # seconds after which a watcher is tried again that has met the system's limits
_MOST_UNTOLD = 20  # runs that are over and were not told of, however busy it is
_COURTESY = 0.1  # seconds for which a survey gives way each time, at most
_STEP = 0.005  # seconds between two looks whether it still has to
_SOME_AHEAD, _MOST_AHEAD = 40, 120  # commits that the index holds apart: in quiet times, and at any time
_TICK = 0.01  # seconds: the shortest rest while something waits
_PATIENCE = 20  # times that an order waits for files that are being written at this moment


def watch(
    publisher: Publisher,
    orders: Orders,
    stop: threading.Event,
    on_run: Callable[[Run], None],
    progress: Progress | None = None,
) -> None:
    """Publish until `stop` is set; `on_run` gets each run, the empty ones too. Never raises for what a folder does.

    progress: is told of long runs over everything. Raises IndexLostError.
    """
    loop = _Loop(publisher, orders, stop, progress)
    try:
        while not stop.is_set():
            run = loop.turn()
            get_ready()
            on_run(run)
            loop.rest()
        loop.tidy()
    finally:
        loop.close()


class _Loop:
    def __init__(self, publisher: Publisher, orders: Orders, stop: threading.Event, progress: Progress | None) -> None:
        self._publisher = publisher
        self._orders = orders
        self._stop = stop
        self._progress = progress
        self._hints: Hints | None = None
        self._waiting: set[str] = set()  # paths that must rest before they are read
        self._relisten = 0.0  # by the monotonic clock; when a watcher that was lost is tried again
        self._until_settled = math.inf  # seconds until the first of them may have rested
        self._open: list[_Open] = []
        self._over: list[tuple[Run, Sequence[str]]] = []  # runs, with their orders, that have not been told of
        self._must_sweep = publisher.store.fact("is_ready") is None  # at once: somebody waits for it
        self._next_sweep = 0.0  # by the monotonic clock
        self._behind = ThreadPoolExecutor(max_workers=2, thread_name_prefix="survey")
        self._homing: Future[None] | None = None  # what the index has written ahead is on its way into its place
        self._quiet_at = 0.0  # by the monotonic clock; until then a survey gives way
        self._waited = 0.0  # seconds for which it did
        self._survey: Future[Survey] | None = None  # under way, so that what is ordered meanwhile need not wait for it
        self._surveyed = (0.0, 0.0)  # when it began: by the monotonic clock, and in seconds since 1970
        self._swept: float | None = None  # seconds since 1970, when the last sweep began

    def turn(self) -> Run:
        if self._publisher.store.is_lost:
            raise IndexLostError("the index is damaged, or another has taken its place")
        if self._publisher.pause():  # what has come waits a little, so that a burst goes out together
            self._prepare()
            return self._publisher.keep_time()
        heard, tickets = self._orders.take()
        self._open += [_Open(ticket) for ticket in tickets]
        paths = self._paths_of(heard)
        wanted = self._paths_ordered()
        try:
            run = self._run(paths, wanted)
        except FolderError as err:
            log.error("folder.unreadable: %s; what is published stays", err)  # noqa: TRY400 - no traceback for an operator's matter
            self._next_sweep = time.monotonic() + self._publisher.settings.content.sweep
            run = Run(is_blind=True)
            self._answer(self._done_with(run), error=str(err))
        else:
            done = self._done_with(run)
            self._answer(done)
            self._over += [(run, [one.ticket.id for one in done])] if done or not run.is_nothing else []
        self._note_waiting(run)
        self._quiet_at = time.monotonic() + _BREATH
        return run

    def _prepare(self) -> None:
        """Read what was heard of meanwhile."""
        try:
            self._note_waiting(self._publisher.prepare(self._paths_of(self._orders.take_hints())))
        except FolderError as err:
            log.error("folder.unreadable: %s; what is published stays", err)  # noqa: TRY400

    def _note_waiting(self, run: Run) -> None:
        settle = self._publisher.settings.content.settle
        self._waiting = run.waiting
        self._until_settled = min(run.rest, settle) if run.waiting or self._open else math.inf

    def _run(self, heard: set[str], ordered: set[str]) -> Run:
        """Look at what was ordered, which is final, and at what was heard of; or at everything, where it is time."""
        publisher, swept = self._publisher, self._swept
        self._quiet_at = math.inf if ordered or heard else self._quiet_at
        run = publisher.take(ordered, is_final=True) if ordered else Run()
        if self._must_sweep:
            self._must_sweep = False
            self._surveyed = time.monotonic(), publisher.now().timestamp()
            run.join(self._sweep(None))
        else:
            if (heard := heard - ordered) or publisher.is_prepared:
                run.join(publisher.take(heard))
            if self._survey and self._survey.done():
                survey, self._survey = self._survey.result, None
                run.join(self._sweep(survey()))
            elif not heard and not ordered:
                run.join(publisher.keep_time())
            if self._survey is None and time.monotonic() >= self._next_sweep:
                self._begin_survey()
        run.lags = self._lags(run, swept)
        return run

    def _begin_survey(self) -> None:
        self._surveyed = time.monotonic(), self._publisher.now().timestamp()
        self._waited = 0.0
        self._survey = self._behind.submit(self._publisher.survey, give_way=self._give_way)
        self._survey.add_done_callback(lambda _done: self._orders.ring())

    def _give_way(self) -> None:
        """Let what was ordered, and whoever asks for what it changed, come first. On the survey's thread."""
        began = time.monotonic()
        while time.monotonic() < min(self._quiet_at, began + _COURTESY) and not self._stop.is_set():
            time.sleep(_STEP)
        self._waited += time.monotonic() - began

    def _sweep(self, survey: Survey | None) -> Run:
        began, at = self._surveyed
        run = self._publisher.catch_up(self._progress, survey=survey)
        is_new = self._listen()
        took = time.monotonic() - began - self._waited
        pause = _ARMING if is_new else max(self._publisher.settings.content.sweep, _SHARE_OF_TIME * took)
        self._next_sweep = time.monotonic() + pause
        self._swept = at
        return run

    def _lags(self, run: Run, swept: float | None) -> tuple[float, ...]:
        """Say how long each change of a post took to be published; nothing before the first sweep.

        A file may bring an old mtime from elsewhere, but the last sweep did not see it so: it came after that.
        """
        if swept is None:
            return ()
        now = self._publisher.now().timestamp()
        return tuple(max(0.0, now - max(swept, mtime / 1e9)) for mtime in run.mtimes)

    # --- orders

    def _paths_ordered(self) -> set[str]:
        """Name the paths of the open orders; a folder among them, or none at all, calls for a sweep.

        Of those that were tried before, only what could not be read then is looked at again.
        """
        paths: set[str] = set()
        for one in self._open:
            if one.tries:
                paths |= one.ticket.paths & self._waiting
                continue
            if not one.ticket.paths or any((self._publisher.folder / path).is_dir() for path in one.ticket.paths):
                self._must_sweep = True
            paths |= one.ticket.paths
        return paths

    def _done_with(self, run: Run) -> "list[_Open]":
        """Return the orders whose posts have been read, or were waited for long enough; the others wait on."""
        done = []
        for one in self._open:
            one.run.join(run)
            one.tries += 1
            is_waiting = run.waiting if not one.ticket.paths else run.waiting & one.ticket.paths
            if not is_waiting or one.tries >= _PATIENCE:
                done.append(one)
        return done

    def _answer(self, done: "list[_Open]", *, error: str = "") -> None:
        """Report on orders; until then they are open, and would be put back if the loop ended."""
        for one in done:
            one.ticket.fulfil(Report.of(one.ticket.id, one.run, error=error))
        self._open = [one for one in self._open if one not in done]

    # --- hints

    def _paths_of(self, heard: frozenset[str]) -> set[str]:
        """Turn hints into paths below the folder; a folder among them calls for a sweep."""
        paths = set(self._waiting)
        for name in heard:
            path = Path(name)
            if path.is_relative_to(self._orders.spool.parent):
                continue  # our own
            if not path.is_relative_to(self._publisher.folder) or not path.suffix or path.is_dir():
                self._must_sweep = True
            else:
                paths.add(path.relative_to(self._publisher.folder).as_posix())
        return paths

    def rest(self) -> None:
        """Wait for a hint or an order, the next sweep, the next post whose time comes, or files that must settle.

        What need not be done at once waits for a moment in which nothing comes: whoever polls for what has just changed
        shares this interpreter, and whoever ordered it may order more.
        """
        if 0 < len(self._over) < _MOST_UNTOLD and self._wait(_BREATH):
            self._bring_home(_MOST_AHEAD)
            return
        self.tidy()
        self._bring_home(_SOME_AHEAD)
        self._wait(self._until_due())

    def _until_due(self) -> float:
        due = self._publisher.next_moment()
        return (due - self._publisher.now()).total_seconds() if due else math.inf

    def _wait(self, most: float) -> bool:
        """Wait so many seconds at most; say whether something came."""
        if pause := self._publisher.pause():
            rest = max(_TICK, min(pause, self._until_settled, most))
            return self._orders.wait(rest, stop=self._stop, only_hints=True) or rest < most
        until_sweep = math.inf if self._survey else self._next_sweep - time.monotonic()
        rest = min(until_sweep, max(_TICK, self._until_settled), most)
        return self._orders.wait(max(0, rest), stop=self._stop) or rest < most

    def tidy(self) -> None:
        """Tell of the runs that are over."""
        over, self._over = self._over, []
        self._publisher.conclude_all(over)

    def _bring_home(self, least: int) -> None:
        """Move what the index has written ahead into its place, after so many commits, while nobody waits for it."""
        store = self._publisher.store
        if store.ahead >= least and (self._homing is None or self._homing.done()):
            self._homing = self._behind.submit(store.bring_home)

    def _listen(self) -> bool:
        """Watch the roots as they are now; say whether that is new, and some changes may have gone unheard."""
        self._orders.spool.mkdir(parents=True, exist_ok=True)
        roots = (self._publisher.folder / root.path for root in self._publisher.roots)
        folders = (*roots, self._orders.spool)
        if (
            self._hints
            and self._hints.fit(folders)
            and not (self._hints.is_lost and time.monotonic() >= self._relisten)
        ):
            return False
        self._relisten = time.monotonic() + _RELISTEN
        self._stop_listening()
        self._hints = Hints(folders, self._orders.hint)
        self._hints.start()
        return True

    def _stop_listening(self) -> None:
        if self._hints:
            self._hints.stop()
            self._hints = None

    def close(self) -> None:
        self._behind.shutdown(wait=False, cancel_futures=True)
        if self._homing:
            wait([self._homing], timeout=1)  # or it would hold the index open when that is closed
        self._stop_listening()
        self._orders.put_back(one.ticket for one in self._open)


class _Open:
    """An order that is being carried out."""

    def __init__(self, ticket: Ticket) -> None:
        self.ticket = ticket
        self.run = Run()
        self.tries = 0
