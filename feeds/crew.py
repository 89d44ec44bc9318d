"""Work done by several processes at once, where there is much of it. What comes out does not depend on how many."""

import gc
import multiprocessing
import os
import pickle
import signal
from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
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
_MOST = 40  # tasks whose results may wait for one before them, as they do while processes begin
# What any of our work needs; a process that has it begins within milliseconds.
_EVERYTHING = ["feeds.site", "feeds.entries.compose"]


class DeclinedError(Exception):
    """What a process raises that finds it cannot do a task as its caller would."""


class Crew(Generic[Task, Result]):
    """Does tasks here and in other processes, or here alone where one process is all there is.

    A process that dies, or declines, costs time and nothing else: what it had to do is done here. All of them end when
    this one does, however it ends; a Ctrl-C is this one's to answer.
    """

    def __init__(
        self,
        make: Callable[[], Callable[[Task], Result]],
        *,
        size: int,
        own: Callable[[Task], Result] | None = None,
    ) -> None:
        """make: prepares a process and returns what does a task in it; pickled. size: how many processes, this one too.

        own: does a task here; None: as one that `make` prepares.
        """
        self._make = make
        self._others = size - 1
        self._given = own

    def results(self, tasks: Iterable[Task]) -> Generator[Result, None, None]:
        """Yield the result of each task, in the order of the tasks, of which only some are asked for ahead.

        While the first of them is under way elsewhere, the next that nobody has is done here.
        """
        if self._others < 1:
            yield from map(self._own, tasks)
            return
        rest = iter(tasks)
        waiting: deque[tuple[Task, Future[Result]]] = deque()
        with self._pool() as pool, _beginning(pool) as begins:
            while True:
                under_way = sum(not future.done() for _, future in waiting)
                more = 0 if begins() else max(0, _AHEAD * self._others - under_way)
                waiting += [(task, _submitted(pool, _do, task)) for task in islice(rest, more)]
                if waiting and (waiting[0][1].done() or len(waiting) >= _MOST):
                    yield self._ended(*waiting.popleft())
                elif mine := list(islice(rest, 1)):
                    waiting.append((mine[0], _done(self._own(mine[0]))))
                elif waiting:
                    yield self._ended(*waiting.popleft())
                else:
                    return

    @cached_property
    def _own(self) -> Callable[[Task], Result]:
        return self._given or self._make()

    def _ended(self, task: Task, future: "Future[Result]") -> Result:
        try:
            return future.result()
        except (BrokenProcessPool, DeclinedError):
            return self._own(task)

    @contextmanager
    def _pool(self) -> Generator[ProcessPoolExecutor, None, None]:
        others = set(multiprocessing.active_children())
        make = pickle.dumps(self._make)  # here, for the thread that begins a process would do it while ours goes on
        pool = ProcessPoolExecutor(self._others, mp_context=_context(), initializer=_begin, initargs=(make,))
        try:
            yield pool
        except BaseException:  # nobody wants what they do any more; and a Ctrl-C may have come while one was beginning
            for child in set(multiprocessing.active_children()) - others:
                child.kill()
            raise
        finally:
            pool.shutdown(cancel_futures=True)


def get_ready() -> None:
    """Have what other processes are made of begin, for a crew that will soon be wanted; while it does, go on."""
    if cores() > 1:
        _context()


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


@contextmanager
def _beginning(pool: ProcessPoolExecutor) -> Iterator[Callable[[], bool]]:
    """Have a first process begun, and give what says whether that is still so.

    It takes until the server for forks has imported what it is to hand on: as long as hundreds of posts.
    """
    thread = Thread(target=_submitted, args=(pool, int))
    thread.start()
    try:
        yield thread.is_alive
    finally:
        thread.join()


def _submitted(pool: ProcessPoolExecutor, do: Callable[..., Any], *task: object) -> "Future[Any]":
    try:
        return pool.submit(do, *task)
    except BrokenProcessPool as err:
        return _done(error=err)


def _done(result: object = None, *, error: Exception | None = None) -> "Future[Any]":
    """Return the future of what is over."""
    future: Future[Any] = Future()
    if error:
        future.set_exception(error)
    else:
        future.set_result(result)
    return future


# --- in the other processes

_work: Callable[[Any], Any]


def _begin(make: bytes) -> None:
    global _work  # noqa: PLW0603 - a pool's tasks find what its initializer made nowhere else
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # a terminal sends it to all
    Thread(target=_end_with_parent, daemon=True).start()
    _work = pickle.loads(make)()  # noqa: S301 - our parent wrote it
    gc.freeze()  # what is there now stays: nobody need look through it again
    gc.set_threshold(20_000)  # and what comes is mostly gone when its task is done


def _do(task: object) -> object:
    return _work(task)


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        wait([parent.sentinel])
        os._exit(1)
