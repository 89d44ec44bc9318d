"""Files of a root as they are written, read and deleted for somebody outside: whole or not at all, and never elsewhere.

Each folder on the way is opened below the one before it, and no symbolic link is followed, so that nobody can change
where a path leads while it is used.
"""

import fcntl
import hashlib
import os
import secrets
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path, PurePosixPath

from feeds.posts.habits import unfinished_name

_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
_FILE = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
_FRESH = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
_LOCKS = 64
_PIECE = 1 << 20  # bytes


class NoFileError(Exception):
    """Something else than a file of the root is in the way; the text says what."""


def tag_of(content: bytes) -> str:
    """Return the entity tag of a post's bytes, quoted."""
    return f'"{hashlib.sha256(content).hexdigest()}"'


@contextmanager
def only(state: Path, path: str) -> Iterator[None]:
    """Keep everybody else from changing a path, in this process and in others."""
    number = hashlib.sha256(path.encode()).digest()[0] % _LOCKS
    state.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(state / f"post-{number:02}.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


@contextmanager
def folder_of(root: str, inside: PurePosixPath, *, make: bool = False) -> Iterator[int]:
    """Open the folder of a path below a root. root: its absolute path, every symbolic link resolved.

    make: the folders that are missing. Raises NoFileError, or FileNotFoundError where one is missing.
    """
    descriptor = os.open(root, _FOLDER)
    try:
        for name in inside.parts[:-1]:
            below = _open_folder(name, descriptor, make=make)
            os.close(descriptor)
            descriptor = below
        yield descriptor
    finally:
        os.close(descriptor)


def _open_folder(name: str, above: int, *, make: bool) -> int:
    if make:
        with suppress(FileExistsError):
            os.mkdir(name, dir_fd=above)
            os.fsync(above)
    try:
        return os.open(name, _FOLDER, dir_fd=above)
    except FileNotFoundError:
        raise
    except OSError as err:
        raise NoFileError(f"{name} is no folder of this root, or cannot be opened ({err.strerror})") from err


def read(folder: int, name: str, *, most: int | None = None) -> bytes | None:
    """Return a file's bytes, None where there is none. most: bytes. Raises NoFileError."""
    try:
        descriptor = os.open(name, _FILE, dir_fd=folder)
    except FileNotFoundError:
        return None
    except OSError as err:
        raise NoFileError(f"{name} is no file, or cannot be opened ({err.strerror})") from err
    try:
        seen = os.fstat(descriptor)
        if not stat.S_ISREG(seen.st_mode):
            raise NoFileError(f"{name} is no file")
        if most is not None and seen.st_size > most:
            raise NoFileError(f"{name} is larger than {most} bytes")
        pieces = []
        while piece := os.read(descriptor, _PIECE):
            pieces.append(piece)
        return b"".join(pieces)
    finally:
        os.close(descriptor)


def write(folder: int, name: str, content: bytes) -> None:
    """Put a file in place, so that nobody ever sees half of it, not even after the power has failed.

    Until then it has a hidden name, which is no post's; where we are killed, the publisher takes it away later. It
    stays there whatever happens once the folder is `secure`.
    """
    mode = _mode(folder, name)
    fresh = unfinished_name(secrets.token_hex(8))
    descriptor = os.open(fresh, _FRESH, 0o666 if mode is None else 0o600, dir_fd=folder)
    try:
        try:
            _write_all(descriptor, content)
            if mode is not None:
                os.fchmod(descriptor, mode)
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
        os.replace(fresh, name, src_dir_fd=folder, dst_dir_fd=folder)
    except BaseException:
        with suppress(OSError):
            os.unlink(fresh, dir_fd=folder)
        raise


def _mode(folder: int, name: str) -> int | None:
    """Return the permissions of the file that is there; None where there is none."""
    with suppress(FileNotFoundError):
        seen = os.stat(name, dir_fd=folder, follow_symlinks=False)
        if not stat.S_ISREG(seen.st_mode):
            raise NoFileError(f"{name} is no file")
        return stat.S_IMODE(seen.st_mode)
    return None


def _write_all(descriptor: int, content: bytes) -> None:
    rest = memoryview(content)
    while rest:
        rest = rest[os.write(descriptor, rest) :]


def delete(folder: int, name: str) -> None:
    """Take a file away, for good once the folder is `secure`."""
    os.unlink(name, dir_fd=folder)


def secure(folder: int) -> None:
    """Have the disk know what was put into a folder and taken from it, so that no failing power undoes it."""
    os.fsync(folder)
