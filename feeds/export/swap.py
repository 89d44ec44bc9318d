"""Exchanging two folders in one step, so that whoever reads meets the one or the other and nothing between."""

import ctypes
import os
import sys
import tempfile
from contextlib import suppress
from functools import cache
from pathlib import Path

_AT_FDCWD = -2 if sys.platform == "darwin" else -100
_EXCHANGE = 2  # RENAME_EXCHANGE of renameat2(2), RENAME_SWAP of renameatx_np(2)
_CALL = "renameatx_np" if sys.platform == "darwin" else "renameat2"  # Python has neither


def exchange(one: Path, other: Path) -> None:
    """Let two folders of one file system take each other's place. Raises OSError where that cannot be done."""
    call = getattr(ctypes.CDLL(None, use_errno=True), _CALL, None)
    if call is None:
        raise OSError(f"this system has no {_CALL}")
    if call(_AT_FDCWD, os.fsencode(one), _AT_FDCWD, os.fsencode(other), _EXCHANGE):
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number), os.fspath(one))


@cache
def can_exchange(folder: Path) -> bool:
    """Try it with two folders in this one."""
    one, other = Path(tempfile.mkdtemp(dir=folder)), Path(tempfile.mkdtemp(dir=folder))
    try:
        (one / "x").mkdir()
        exchange(one, other)
        return (other / "x").exists()
    except (OSError, AttributeError):
        return False
    finally:
        for path in (one / "x", other / "x", one, other):
            with suppress(OSError):
                path.rmdir()
