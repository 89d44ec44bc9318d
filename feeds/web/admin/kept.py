"""Small records on disk that all workers share, and that outlive them: bounded in number and in age."""

import fcntl
import hashlib
import json
import os
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

_DAY = 86_400  # seconds
_MOST = 10_000
_EVERY = 500  # a look for old records after so many new ones


class Claim:
    """The right to write one record, held until it is written or given up; a process that dies lets go of it."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor: int | None = descriptor

    def write(self, record: Any) -> None:  # noqa: ANN401 - whatever JSON can say
        if self._descriptor is not None:
            text = json.dumps(record, ensure_ascii=False).encode("utf-8", "surrogatepass")
            os.ftruncate(self._descriptor, 0)
            os.pwrite(self._descriptor, text, 0)
            self.give_up()

    def give_up(self) -> None:
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None


class Kept:
    """Safe in threads and between processes. What it cannot write it forgets: nothing of the posts is kept here."""

    def __init__(
        self,
        folder: Path,
        *,
        most: int = _MOST,
        seconds: float = _DAY,
        clock: Callable[[], float] = time.time,
    ) -> None:
        """seconds: for which a record is kept. clock: seconds since 1970."""
        self._folder = folder
        self._most = most
        self._seconds = seconds
        self._clock = clock
        self._new = 0  # records since the last look for old ones
        self._lock = threading.Lock()

    def claim(self, *name: str) -> Claim | Any | None:  # noqa: ANN401 - a record is whatever was written
        """Return the record of this name; the right to write it where there is none; None while somebody has that."""
        self._folder.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(self._place(name), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(descriptor)
            return None
        claim = Claim(descriptor)
        record = self._read(descriptor)
        if record is None:
            self._forget_old()
            return claim
        claim.give_up()
        return record

    def record(self, *name: str) -> Any | None:  # noqa: ANN401
        with suppress(OSError):
            descriptor = os.open(self._place(name), os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW)
            try:
                return self._read(descriptor)
            finally:
                os.close(descriptor)
        return None

    def write(self, record: Any, *name: str) -> None:  # noqa: ANN401
        """Write a record whatever there was."""
        with suppress(OSError):
            self._folder.mkdir(parents=True, exist_ok=True)
            fresh = self._place(name).with_suffix(f".{threading.get_ident()}-{os.getpid()}")
            fresh.write_text(json.dumps(record, ensure_ascii=False), "utf-8", "surrogatepass")
            fresh.replace(self._place(name))
            self._forget_old()

    def _place(self, name: tuple[str, ...]) -> Path:
        digest = hashlib.sha256("\0".join(name).encode("utf-8", "surrogatepass")).hexdigest()
        return self._folder / f"{digest}.json"

    def _read(self, descriptor: int) -> Any | None:  # noqa: ANN401
        """Return a record that is whole and not too old."""
        seen = os.fstat(descriptor)
        if self._clock() - seen.st_mtime > self._seconds:
            return None
        try:
            return json.loads(os.pread(descriptor, seen.st_size, 0))
        except ValueError:
            return None

    def _forget_old(self) -> None:
        with self._lock:
            self._new += 1
            if self._new % min(_EVERY, max(1, self._most // 2)):
                return
        with suppress(OSError):
            seen = sorted(((file.stat().st_mtime, file) for file in self._folder.iterdir()), reverse=True)
            oldest = self._clock() - self._seconds
            for number, (mtime, file) in enumerate(seen):
                if number >= self._most or mtime < oldest:
                    file.unlink(missing_ok=True)
