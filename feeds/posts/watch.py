"""Hints that something below the roots has changed. They may be late, doubled or missing; the sweep is the truth."""

import logging
import os
import threading
from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path

from watchfiles import watch

from feeds.posts.habits import is_post_folder

log = logging.getLogger(__name__)

_DEBOUNCE = 50  # milliseconds: how long a burst may go on before it is handed over
_STEP = 20  # milliseconds of quiet that end a burst


class Hints:
    """Watches folders on a thread of its own. hear: gets the absolute paths of each burst, on that thread."""

    def __init__(self, folders: Iterable[Path], hear: Callable[[set[str]], None]) -> None:
        self.folders = tuple(folders)
        self._identities = _identities(self.folders)
        self._prefixes = sorted((f"{folder}/" for folder in self.folders), key=len, reverse=True)
        self._hear = hear
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._listen, name="feeds-watch", daemon=True)
        self.is_lost = False  # nothing is heard any more

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._stop.set()
        self._thread.join(timeout=2)

    def fit(self, folders: Iterable[Path]) -> bool:
        """Say whether it is these folders that are watched: one that was made anew under its old name is another."""
        wanted = tuple(folders)
        return self.folders == wanted and self._identities == _identities(wanted)

    def is_news(self, _change: object, path: str) -> bool:
        """Say whether this can concern a post; hidden names are those of half-made and of private files."""
        inside = next((path.removeprefix(one) for one in self._prefixes if path.startswith(one)), "")
        return not path.endswith("~") and all(is_post_folder(one, in_site_folder=False) for one in inside.split("/"))

    def _listen(self) -> None:
        if not self.folders:
            return
        try:
            for changes in watch(
                *self.folders,
                watch_filter=self.is_news,
                debounce=_DEBOUNCE,
                step=_STEP,
                stop_event=self._stop,
                recursive=True,
                rust_timeout=500,
            ):
                self._hear({path for _, path in changes})
        except (OSError, RuntimeError) as err:  # inotify's limits are reached, or a root has gone
            self.is_lost = True
            log.warning("watch.lost: %s; changes are found by the sweep alone until it is tried again", err)


def _identities(folders: Iterable[Path]) -> list[tuple[int, int]]:
    """Return device and inode of each folder, nothing of one that is gone."""
    found = []
    for folder in folders:
        with suppress(OSError):
            seen = os.stat(folder)  # noqa: PTH116 - one call for both
            found.append((seen.st_dev, seen.st_ino))
    return found
