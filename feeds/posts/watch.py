"""Hints that something below the roots has changed. They may be late, doubled or missing; the sweep is the truth."""

import logging
import threading
import time
from collections.abc import Iterable
from pathlib import Path

from watchfiles import watch

log = logging.getLogger(__name__)

_DEBOUNCE = 50  # milliseconds: how long a burst may go on before it is handed over
_NOTICE = 0.25  # seconds until a stop is noticed, which rings no bell of ours
_STEP = 20  # milliseconds of quiet that end a burst


class Hints:
    """Watches folders on a thread of its own and collects the paths it hears of."""

    def __init__(self, folders: Iterable[Path]) -> None:
        self.folders = tuple(folders)
        self._heard: set[str] = set()
        self._wake = threading.Condition()
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._listen, name="feeds-watch", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._stop.set()
        self._thread.join(timeout=2)

    def wait(self, timeout: float, *, stop: threading.Event) -> frozenset[str]:
        """Return the absolute paths heard of since the last call; none after `timeout` seconds or once stopped."""
        until = time.monotonic() + timeout
        with self._wake:
            while not self._heard and not stop.is_set() and (rest := until - time.monotonic()) > 0:
                self._wake.wait(min(rest, _NOTICE))
            heard, self._heard = frozenset(self._heard), set()
            return heard

    def _listen(self) -> None:
        if not self.folders:
            return
        try:
            for changes in watch(
                *self.folders, debounce=_DEBOUNCE, step=_STEP, stop_event=self._stop, recursive=True, rust_timeout=500
            ):
                with self._wake:
                    self._heard.update(path for _, path in changes)
                    self._wake.notify_all()
        except (OSError, RuntimeError) as err:  # inotify's limits are reached, or a root has gone
            log.warning("watch.lost: %s; changes are found by the sweep alone", err)
