"""A file with what the folder cannot give back, and an index that begins with it."""

import os
from datetime import datetime
from pathlib import Path
from typing import TextIO

from feeds.doctor.mending import alone
from feeds.errors import BackupError
from feeds.settings import Settings
from feeds.store import as_lines, as_of_then, begin_anew, from_lines, keepsakes_of


def back_up(folder: Path, settings: Settings, file: Path) -> int:
    """Write the file, at once or not at all; return how many lines it has. Others may publish meanwhile.

    Raises BackupError where it cannot be written or the index is damaged, IndexUnusableError where there is none.
    """
    temporary = file.with_name(f".{file.name}.{os.getpid()}.part")
    try:
        descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as stream:
            count = write_backup(folder, settings, stream)
            stream.flush()
            os.fsync(stream.fileno())
        temporary.replace(file)
        _sync_folder(file.parent)
    except OSError as err:
        raise BackupError(f"{file}: {err.strerror}", "name a file in a folder that can be written") from err
    finally:
        temporary.unlink(missing_ok=True)
    return count


def write_backup(folder: Path, settings: Settings, stream: TextIO) -> int:
    """Write what is to be kept to a stream; return how many lines that is. Raises as `back_up` does."""
    return sum(stream.write(line) > 0 for line in as_lines(keepsakes_of(folder / settings.state.path)))


def restore(folder: Path, settings: Settings, file: Path, *, now: datetime) -> Path | None:
    """Begin a new index with what a backup holds; the next run reads the posts. Return where the old one lies.

    Nothing is changed before the whole file has been read. Raises BackupError where it is none or is damaged,
    IndexUnusableError while another process publishes the folder.
    """
    state = folder / settings.state.path
    try:
        lines = file.open(encoding="utf-8")
    except OSError as err:
        raise BackupError(f"{file}: {err.strerror}", "name a file that can be read") from err
    with lines:
        try:
            kept = as_of_then(from_lines(lines, name=str(file)))
            return alone(folder, state, lambda: begin_anew(state, kept, now=now))
        except UnicodeDecodeError as err:
            raise BackupError(
                f"{file} is not a backup", "name a file that `feeds doctor --backup` has written"
            ) from err


def _sync_folder(folder: Path) -> None:
    """See that the name of a new file, too, outlives a loss of power."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
