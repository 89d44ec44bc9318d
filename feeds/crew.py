"""Work done by several processes at once, where there is much of it. What comes out does not depend on how many."""

import gc
import multiprocessing
import os
import signal
from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager, suppress
from functools import cached_property
from itertools import islice
from multiprocessing.connection import wait
from multiprocessing.context import BaseContext
from multiprocessing.forkserver import ensure_running
from threading import Thread
from typing import Any, Generic, TypeVar

Task = TypeVar("Task")
Result = TypeVar("Result")

_AHEAD = 3  # tasks for each process that are under way: one is done, one waits for it, one has its result on the way
_EVERYTHING = ["feeds.site"]  # what any of our work needs; a process that has it begins within milliseconds


class DeclinedError(Exception):
    """What a process raises that finds it cannot do a task as its caller would."""


class Crew(Generic[Task, Result]):
    """Does tasks elsewhere, or here where one process is all there is.

    A process that dies, or declines, costs time and nothing else: what it had to do is done here. All of them end when
    this one does, however it ends; a Ctrl-C is this one's to answer.
    """

    def __init__(
        self,
        make: Callable[[], Callable[[Task], Result]],
        *,
        size: int,
        own: Callable[[Task], Result] | None = None,
        helps: bool = False,
    ) -> None:
        """make: prepares a process and returns what does a task in it; pickled. size: how many processes.

        own: does a task here; None: as one that `make` prepares. helps: this one does the first tasks while the others
        begin.
        """
        self._make = make
        self._helps = helps
        self._size = size
        self._given = own

    def results(self, tasks: Iterable[Task]) -> Generator[Result, None, None]:
        """Yield the result of each task, in the order of the tasks, of which only a few are asked for ahead."""
        if self._size < 2:
            yield from map(self._own, tasks)
            return
        tasks = iter(tasks)
        with self._pool() as pool:
            if self._helps:
                yield from self._meanwhile(pool, tasks)
            waiting: deque[tuple[Task, Future[Result] | None]] = deque()
            for task in tasks:
                waiting.append((task, _begun(pool, task)))
                if len(waiting) >= _AHEAD * self._size:
                    yield self._ended(*waiting.popleft())
            while waiting:
                yield self._ended(*waiting.popleft())

    def _meanwhile(self, pool: ProcessPoolExecutor, tasks: Iterator[Task]) -> Generator[Result, None, None]:
        """Do the first tasks here until a process has begun: what it imports takes as long as hundreds of posts."""
        beginning = Thread(target=_wake, args=(pool,))
        beginning.start()
        try:
            while beginning.is_alive() and (first := list(islice(tasks, 1))):
                yield self._own(*first)
        finally:
            beginning.join()

    @cached_property
    def _own(self) -> Callable[[Task], Result]:
        return self._given or self._make()

    def _ended(self, task: Task, future: "Future[Result] | None") -> Result:
        try:
            return future.result() if future else self._own(task)
        except (BrokenProcessPool, DeclinedError):
            return self._own(task)

    @contextmanager
    def _pool(self) -> Generator[ProcessPoolExecutor, None, None]:
        others = set(multiprocessing.active_children())
        pool = ProcessPoolExecutor(self._size, mp_context=_context(), initializer=_begin, initargs=(self._make,))
        try:
            yield pool
        except BaseException:  # nobody wants what they do any more; and a Ctrl-C may have come while one was beginning
            for child in set(multiprocessing.active_children()) - others:
                child.kill()
            raise
        finally:
            pool.shutdown(cancel_futures=True)


def cores() -> int:
    """Return how many processes can run at once here."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _context() -> BaseContext:
    """Never fork a process that may have threads; where there is a server for forks, it has imported all but once."""
    if "forkserver" not in multiprocessing.get_all_start_methods():
        return multiprocessing.get_context("spawn")
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(_EVERYTHING)
    with _safe_path():
        ensure_running()
    return context


@contextmanager
def _safe_path() -> Generator[None, None, None]:
    """Keep the server from importing what lies in the folder where we were called: `calendar.py` may be anybody's."""
    before = os.environ.get("PYTHONSAFEPATH")
    os.environ["PYTHONSAFEPATH"] = "1"
    try:
        yield
    finally:
        if before is None:
            del os.environ["PYTHONSAFEPATH"]
        else:
            os.environ["PYTHONSAFEPATH"] = before


def _begun(pool: ProcessPoolExecutor, task: Task) -> "Future[Any] | None":
    try:
        return pool.submit(_do, task)
    except BrokenProcessPool:
        return None


def _wake(pool: ProcessPoolExecutor) -> None:
    """Have a first process begun; that takes until the server for forks has imported what it is to hand on."""
    with suppress(BrokenProcessPool):
        pool.submit(int)


# --- in the other processes

_work: Callable[[Any], Any]


def _begin(make: Callable[[], Callable[[Any], Any]]) -> None:
    global _work  # noqa: PLW0603 - a pool's tasks find what its initializer made nowhere else
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # a terminal sends it to all
    Thread(target=_end_with_parent, daemon=True).start()
    _work = make()
    gc.freeze()  # what is there now stays: nobody need look through it again
    gc.set_threshold(20_000)  # and what comes is mostly gone when its task is done


def _do(task: object) -> object:
    return _work(task)


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        wait([parent.sentinel])
        os._exit(1)
