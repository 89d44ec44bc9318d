"""Two notes beside the index: that it was closed in good order, and that it was found to be damaged.

Reading a large index through takes seconds, so that is done only where the first note does not hold. It names size and
time of the file, as they are once SQLite has closed it and taken its write-ahead log away: whoever is killed, or writes
to the file without us, leaves an index to which the note does not fit. The second names the file itself, not its path,
so it never speaks of the index that took its place.
"""

import sqlite3
from pathlib import Path

_SOUND = "index.sound"
_DAMAGED = "index.damaged"
_CODES = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)


def note_sound(index: Path) -> None:
    """Note that the index was closed by its last user; does nothing where another has it open, or none may write."""
    try:
        if not _log_of(index).exists():
            index.with_name(_SOUND).write_text(_looks(index), encoding="ascii")
    except OSError:
        return


def is_noted_sound(index: Path) -> bool:
    try:
        noted = index.with_name(_SOUND).read_text(encoding="ascii")
        return not _log_of(index).exists() and noted == _looks(index)
    except (OSError, UnicodeDecodeError):
        return False


def note_damage(index: Path, number: int) -> None:
    """Note that the file of this number is damaged, for every process and the next start."""
    try:
        index.with_name(_DAMAGED).write_text(str(number), encoding="ascii")
    except OSError:
        return


def is_noted_damaged(index: Path) -> bool:
    try:
        return index.with_name(_DAMAGED).read_text(encoding="ascii") == str(number_of(index))
    except (OSError, UnicodeDecodeError):
        return False


def number_of(index: Path) -> int | None:
    """Return the inode, which a file keeps when it is renamed; None where there is no file."""
    try:
        return index.stat().st_ino
    except OSError:
        return None


def is_damage(error: BaseException | None) -> bool:
    """Say whether SQLite complains of what the file holds, and not of locks, disks or statements."""
    code = getattr(error, "sqlite_errorcode", None) if isinstance(error, sqlite3.DatabaseError) else None
    return code is not None and code & 0xFF in _CODES


def _looks(index: Path) -> str:
    seen = index.stat()
    return f"{seen.st_ino} {seen.st_size} {seen.st_mtime_ns}"


def _log_of(index: Path) -> Path:
    return index.with_name(index.name + "-wal")
