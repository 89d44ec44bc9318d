"""Hints that something below the roots has changed. They may be late, doubled or missing; the sweep is the truth."""

import logging
import threading
from collections.abc import Callable, Iterable
from pathlib import Path

from watchfiles import watch

log = logging.getLogger(__name__)

_DEBOUNCE = 50  # milliseconds: how long a burst may go on before it is handed over
_STEP = 20  # milliseconds of quiet that end a burst


class Hints:
    """Watches folders on a thread of its own. hear: gets the absolute paths of each burst, on that thread."""

    def __init__(self, folders: Iterable[Path], hear: Callable[[set[str]], None]) -> None:
        self.folders = tuple(folders)
        self._hear = hear
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._listen, name="feeds-watch", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._stop.set()
        self._thread.join(timeout=2)

    def _listen(self) -> None:
        if not self.folders:
            return
        try:
            for changes in watch(
                *self.folders, debounce=_DEBOUNCE, step=_STEP, stop_event=self._stop, recursive=True, rust_timeout=500
            ):
                self._hear({path for _, path in changes})
        except (OSError, RuntimeError) as err:  # inotify's limits are reached, or a root has gone
            log.warning("watch.lost: %s; changes are found by the sweep alone", err)
