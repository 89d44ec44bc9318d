"""Exactly one publisher writes (invariant 17). The kernel lets go of the lock when its owner dies, however it dies."""

import fcntl
import os
from pathlib import Path


class PublisherLock:
    def __init__(self, path: Path) -> None:
        self._path = path
        self._descriptor: int | None = None

    def acquire(self) -> bool:
        """Try once; say whether this process publishes now."""
        if self._descriptor is not None:
            return True
        descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(descriptor)
            return False
        self._descriptor = descriptor
        os.ftruncate(descriptor, 0)
        os.write(descriptor, f"{os.getpid()}\n".encode())
        return True

    def is_held(self) -> bool:
        """Say whether a process publishes now, this one or another; nothing is made or taken."""
        try:
            descriptor = os.open(self._path, os.O_RDONLY | os.O_CLOEXEC)
        except (FileNotFoundError, NotADirectoryError):
            return False
        try:
            fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
        else:
            return False
        finally:
            os.close(descriptor)

    def owner(self) -> int | None:
        """Return the id of the process that publishes now; None where nobody does, or it has not written it yet."""
        try:
            return int(self._path.read_text("ascii")) if self.is_held() else None
        except (OSError, ValueError):  # it has just taken the lock, or let go of it
            return None

    def release(self) -> None:
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None


def lock_of(state: Path) -> PublisherLock:
    """Return the lock of the index below `state`, not acquired yet."""
    return PublisherLock(state / "publisher.lock")
