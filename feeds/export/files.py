"""Single files of a tree: each step is whole or did not happen, and none goes through a link that leads out."""

import hashlib
import os
import shutil
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from feeds.errors import FeedsError
from feeds.export.naming import folder_of, folders_above

_NEW = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | getattr(os, "O_BINARY", 0)
_MODE = 0o666
_HAS_UTIME = os.utime in os.supports_fd


def put(path: Path | str, body: bytes, *, mtime: int | None = None) -> None:
    """Write a new file, with the folders above it. mtime: seconds since 1970."""
    put_pieces(path, (body,), mtime=mtime)


def put_pieces(path: Path | str, pieces: Iterable[bytes], *, mtime: int | None = None) -> None:
    try:
        file = os.open(path, _NEW, _MODE)
    except FileNotFoundError:
        Path(path).parent.mkdir(parents=True, exist_ok=True)
        file = os.open(path, _NEW, _MODE)
    try:
        for piece in pieces:
            rest = memoryview(piece)
            while rest:
                rest = rest[os.write(file, rest) :]
        if mtime is not None:
            os.utime(file if _HAS_UTIME else path, (mtime, mtime))
    finally:
        os.close(file)


def number_of(tree: Path | None) -> str | None:
    """Return what a folder is known by, wherever it is moved to: its inode."""
    try:
        return str(tree.stat().st_ino) if tree else None
    except OSError:
        return None


def move(source: Path, target: Path) -> None:
    """Put a file into its place at once, over the one that is there."""
    try:
        source.replace(target)
    except FileNotFoundError:
        target.parent.mkdir(parents=True, exist_ok=True)
        source.replace(target)


def share(tree: Path, spare: Path, path: str) -> None:
    """Let a path be in one tree what it is in another: the same file, or nothing."""
    source, target = tree / path, spare / path
    target.unlink(missing_ok=True)
    try:
        _link(source, target)
    except FileNotFoundError:
        if not source.exists():
            drop(spare, path)
            return
        target.parent.mkdir(parents=True, exist_ok=True)
        _link(source, target)


def share_all(tree: Path, spare: Path, paths: Iterable[str]) -> None:
    """Let a new, empty tree hold the same files at these paths."""
    there, here = f"{tree}/", f"{spare}/"
    made = {""}
    for path in paths:
        folder = folder_of(path)
        if folder not in made:
            os.makedirs(here + folder, exist_ok=True)  # noqa: PTH103 - a Path for each of many files takes longer
            made.add(folder)
        try:
            _link(there + path, here + path)
        except FileNotFoundError:  # somebody took it away
            share(tree, spare, path)


def _link(source: Path | str, target: Path | str) -> None:
    try:
        os.link(source, target)
    except PermissionError:  # a file system without hard links
        shutil.copy2(source, target)


def drop(tree: Path, path: str) -> None:
    """Remove a file, and the folders that it leaves empty."""
    with suppress(FileNotFoundError, NotADirectoryError):
        (tree / path).unlink()
    for folder in folders_above(path):
        try:
            if folder:
                (tree / folder).rmdir()
        except FileNotFoundError:
            continue
        except OSError:
            return


def digest_of(file: Path) -> str:
    try:
        return hashlib.sha256(file.read_bytes()).hexdigest()
    except OSError:
        return ""


def files_below(folder: Path) -> Iterable[Path]:
    for parent, folders, names in os.walk(folder):
        yield from (Path(parent) / name for name in names)
        yield from (link for name in folders if (link := Path(parent) / name).is_symlink())


def names_in(folder: str, mtime_ns: int) -> list[str] | None:
    """Name what lies in a folder; None while nothing came or went since this time."""
    try:
        return None if os.stat(folder).st_mtime_ns == mtime_ns else os.listdir(folder)  # noqa: PTH116, PTH208 - often
    except OSError:
        return []


def raise_if_outside(home: Path, path: str) -> None:
    parent = home / folder_of(path)
    if not parent.resolve().is_relative_to(home):
        raise FeedsError(f"{parent} leads out of {home}", "delete that symbolic link, or choose another --output")
