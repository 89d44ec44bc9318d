"""A file's bytes, read only once it rests, and its text, whatever the encoding."""

import codecs
import os
import stat
from datetime import datetime
from typing import NamedTuple

from feeds.diagnostics import Found
from feeds.model import Gone, Unsettled
from feeds.settings import ContentSettings

_BOM_16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
# A pipe put in a file's place must not hold us up for ever.
_FLAGS = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)


class Reading(NamedTuple):
    content: bytes
    mtime_ns: int


def read_settled(
    file: str, path: str, *, settings: ContentSettings, now: datetime | None, found: Found
) -> Reading | Gone | Unsettled:
    """Read a file between two looks at it (invariant 7). What changes meanwhile, or is young, is read again later.

    now: None where whoever wrote it says that it is done, however young it is.
    """
    try:
        descriptor = os.open(file, _FLAGS)
    except (FileNotFoundError, NotADirectoryError):
        return Gone(path=path)
    except OSError as err:
        return _unreadable(path, err, found)
    try:
        if now is not None and _is_young(descriptor, settings.settle, now):
            return Unsettled(path=path, why="file-unsettled")
        return _read(descriptor, path, settings=settings, found=found)
    except OSError as err:
        return _unreadable(path, err, found)
    finally:
        os.close(descriptor)


def _is_young(descriptor: int, settle: float, now: datetime) -> bool:
    return abs(now.timestamp() - os.fstat(descriptor).st_mtime_ns / 1e9) < settle  # two clocks may differ a little


def _read(descriptor: int, path: str, *, settings: ContentSettings, found: Found) -> Reading | Gone | Unsettled:
    before = os.fstat(descriptor)
    if not stat.S_ISREG(before.st_mode):
        return Gone(path=path)
    if before.st_size > settings.max_file_bytes:
        return _waits(path, "file-too-large", found, detail=f"{settings.max_file_bytes} bytes")
    content = _all_bytes(descriptor, before.st_size)
    after = os.fstat(descriptor)
    if (after.st_size, after.st_mtime_ns) != (before.st_size, before.st_mtime_ns) or len(content) != after.st_size:
        return Unsettled(path=path, why="file-unsettled")
    return Reading(content=content, mtime_ns=after.st_mtime_ns)


def _all_bytes(descriptor: int, size: int) -> bytes:
    """Read up to one byte more than expected, so that growth shows."""
    pieces = [os.read(descriptor, size + 1)]
    wanted = size - len(pieces[0])  # none: the usual end, and the next look tells of growth
    while wanted > 0 and (piece := os.read(descriptor, wanted + 1)):
        pieces.append(piece)
        wanted -= len(piece)
    return b"".join(pieces)


def decode(content: bytes) -> tuple[str, str]:
    """Return the text without its byte order mark, and what was wrong with it; "" where nothing was."""
    if content.startswith(_BOM_16):
        return content.decode("utf-16", "replace"), "UTF-16"
    content = content.removeprefix(codecs.BOM_UTF8)
    try:
        return content.decode(), ""
    except UnicodeDecodeError as err:
        line = err.object.count(b"\n", 0, err.start) + 1
        return content.decode(errors="replace"), f"byte 0x{err.object[err.start]:02X} in line {line}"


def _unreadable(path: str, err: OSError, found: Found) -> Unsettled:
    return _waits(path, "file-unreadable", found, detail=err.strerror or str(err))


def _waits(path: str, code: str, found: Found, *, detail: str) -> Unsettled:
    found.add(code, detail=detail)
    return Unsettled(path=path, why=code)
