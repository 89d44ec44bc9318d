"""The numbers of all workers of one server, whichever of them is asked.

Each writes its own into a file of a folder that they share, now and then and always before it reads those of the
others. So whoever asks sees only what is in the files, and no counter ever goes back. The counters of a worker that has
ended stay; its gauges end with it.
"""

import json
import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Lock

from feeds.metrics.readings import Readings, is_known, merged, of_the_past

EVERY = 2.0  # seconds between two writings
_SILENCE = 15.0  # seconds after which a worker that writes nothing has ended


class Exchange:
    """Where one worker leaves its numbers and finds those of the others. Any thread may ask."""

    def __init__(
        self, folder: Path, take: Callable[[], Readings], *, name: str = "", clock: Callable[[], float] = time.time
    ) -> None:
        """folder: of this server alone. take: returns the numbers of this worker, which is known by its name.

        clock: seconds since 1970, as the file system's.
        """
        self._path = folder / f"{name or f'{os.getpid()}-{time.time_ns()}'}.json"
        self._take = take
        self._clock = clock
        self._putting = Lock()  # taken with the numbers, so that older ones never replace newer ones

    def put(self) -> None:
        """Leave the present numbers in place of the last; readers see the old ones or the new ones."""
        with self._putting:
            self._write(self._take())

    def close(self) -> None:
        """Leave the last numbers."""
        with self._putting:
            self._write(of_the_past(self._take()))

    def _write(self, readings: Readings) -> None:
        fresh = self._path.with_suffix(".new")
        fresh.write_text(json.dumps(list(readings.items())), encoding="utf-8")
        fresh.replace(self._path)

    def all(self) -> Readings:
        """Return the numbers of all workers: those of this one as they are, the others' as they last wrote them."""
        self.put()
        return merged(self._each())

    def _each(self) -> Iterator[Readings]:
        for path in sorted(self._path.parent.glob("*.json")):
            pairs = ((tuple(key), tuple(value)) for key, value in json.loads(path.read_text(encoding="utf-8")))
            readings = {key: value for key, value in pairs if is_known(key, value)}
            is_silent = self._clock() - path.stat().st_mtime > _SILENCE
            yield of_the_past(readings) if is_silent else readings
