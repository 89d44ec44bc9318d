"""How many commits an index has seen, in memory that all its processes share: asking costs no system call.

SQLite's own `PRAGMA data_version` says the same for some four microseconds, which is a tenth of what a poll takes. The
counter is odd while a commit is under way, and stays so where its process dies in it: then, as where it cannot be
shared, readers ask SQLite, so they never miss a commit of ours. Of others, such as the command line of SQLite, it does
not know: ask SQLite now and then.
"""

import mmap
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_FILE = "commits"
_BYTES = 8


class CommitCounter:
    """The counter beside one index. Reading it is one step for all threads and processes."""

    def __init__(self, state: Path) -> None:
        """Make it where there is none; where that is not possible it never stands still."""
        self._memory = _shared(state / _FILE)
        self._cells = memoryview(self._memory or bytearray(_BYTES)).cast("Q")
        self._is_shared = self._memory is not None

    def now(self) -> int:
        """Return a number that differs after any commit; it is odd where SQLite must be asked."""
        return self._cells[0] if self._is_shared else 1

    @contextmanager
    def counting(self) -> Iterator[None]:
        """Count the transaction that begins and ends within the block, whether it succeeds or not."""
        self._cells[0] |= 1
        try:
            yield
        finally:
            self._cells[0] = (self._cells[0] + 2) & ~1  # another process may have begun since the lock went


def _shared(path: Path) -> mmap.mmap | None:
    """Return the memory; None where it cannot be written. It is unmapped once nobody uses it any more."""
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
    except OSError:
        return None
    try:
        if os.fstat(descriptor).st_size < _BYTES:
            os.ftruncate(descriptor, _BYTES)
        return mmap.mmap(descriptor, _BYTES)
    except (OSError, ValueError):
        return None
    finally:
        os.close(descriptor)
