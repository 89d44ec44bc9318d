"""Keeping the feeds in line while the process lives: hints at once, sweeps now and then, the clock at its second."""

import logging
import threading
import time
from collections.abc import Callable
from pathlib import Path

from feeds.errors import FolderError
from feeds.posts.watch import Hints
from feeds.publisher.publisher import Publisher
from feeds.publisher.run import Run

log = logging.getLogger(__name__)

_ARMING = 1.0  # seconds after which a new watcher surely listens
_SHARE_OF_TIME = 20  # a sweep takes at most one part in so many of all time, however large the folder is


def watch(publisher: Publisher, stop: threading.Event, on_run: Callable[[Run], None]) -> None:
    """Publish until `stop` is set; `on_run` gets each run, the empty ones too. Never raises for what a folder does."""
    loop = _Loop(publisher, stop)
    try:
        while not stop.is_set():
            on_run(loop.turn())
            loop.rest()
    finally:
        loop.close()


class _Loop:
    def __init__(self, publisher: Publisher, stop: threading.Event) -> None:
        self._publisher = publisher
        self._stop = stop
        self._hints: Hints | None = None
        self._heard: frozenset[str] = frozenset()
        self._waiting: set[str] = set()
        self._next_sweep = 0.0  # by the monotonic clock

    def turn(self) -> Run:
        started = time.monotonic()
        paths = self._paths_heard()
        try:
            if started >= self._next_sweep:
                run = self._publisher.catch_up()
                self._listen()
                took = time.monotonic() - started
                self._next_sweep = time.monotonic() + max(self._publisher.settings.content.sweep, _SHARE_OF_TIME * took)
            else:
                run = self._publisher.take(paths) if paths else self._publisher.keep_time()
        except FolderError as err:
            log.error("folder.unreadable: %s; what is published stays", err)  # noqa: TRY400 - no traceback for an operator's matter
            self._next_sweep = time.monotonic() + self._publisher.settings.content.sweep
            run = Run()
        self._waiting = run.waiting
        return run

    def _paths_heard(self) -> set[str]:
        """Turn hints into paths below the folder; a folder among them calls for a sweep."""
        paths = set(self._waiting)
        for heard in self._heard:
            path = Path(heard)
            if not path.is_relative_to(self._publisher.folder) or not path.suffix or path.is_dir():
                self._next_sweep = 0
            else:
                paths.add(path.relative_to(self._publisher.folder).as_posix())
        self._heard = frozenset()
        return paths

    def rest(self) -> None:
        """Wait for a hint, the next sweep, the next post whose time comes, or files that must settle."""
        now = time.monotonic()
        wait = max(0.0, self._next_sweep - now)
        if self._waiting:
            wait = min(wait, max(0.01, self._publisher.settings.content.settle))
        if due := self._publisher.next_moment():
            wait = min(wait, max(0.0, (due - self._publisher.now()).total_seconds()))
        if self._hints:
            self._heard = self._hints.wait(wait, stop=self._stop)
        else:
            self._stop.wait(wait)

    def _listen(self) -> bool:
        """Watch the roots as they are now; say whether that is new, and some changes may have gone unheard."""
        folders = tuple(self._publisher.folder / root.path for root in self._publisher.roots)
        if self._hints and self._hints.folders == folders:
            return False
        self.close()
        self._hints = Hints(folders)
        self._hints.start()
        return True

    def close(self) -> None:
        if self._hints:
            self._hints.stop()
            self._hints = None
