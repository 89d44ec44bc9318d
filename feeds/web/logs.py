"""Where log lines go: to stderr, one each, ours from INFO and other people's from WARNING.

A traceback is shown to those who ask for it: with `feeds --debug`, or FEEDS_DEBUG in the environment.
"""

import logging
import os
import sys
import traceback
from pathlib import Path
from types import TracebackType

DEBUG = "FEEDS_DEBUG"
_FORMAT = "%(asctime)s %(levelname)s %(message)s"
_COLOURS = {"INFO": "2", "WARNING": "33", "ERROR": "31", "CRITICAL": "31"}  # SGR: dim, yellow, red
_LOOKS = {"added": "32", "changed": "36", "removed": "35", "solved": "32"}  # green, cyan, magenta
_Raised = tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]


def is_debugging() -> bool:
    return os.environ.get(DEBUG, "0") not in ("", "0")


class OneLine(logging.Formatter):
    """Writes a record on one line; of an error its name, its words and where it arose."""

    def formatException(self, ei: _Raised) -> str:  # noqa: N802 - logging's name
        if is_debugging() or ei[1] is None:
            return super().formatException(ei)
        last = traceback.extract_tb(ei[2])[-1:]
        where = f" ({Path(last[0].filename).name}:{last[0].lineno})" if last else ""
        return " ".join(f"{type(ei[1]).__name__}: {ei[1]}{where}".split())

    def format(self, record: logging.LogRecord) -> str:
        if is_debugging() or not record.exc_info:
            return super().format(record)
        record.exc_text = None  # another handler's
        return super().format(record).replace("\n", ": ")


class Coloured(OneLine):
    """Writes for a terminal: the time dim, what is wrong in colour."""

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802 - logging's name
        head = f"\x1b[2m{self.formatTime(record, self.datefmt)}\x1b[0m"
        colour = _COLOURS.get(record.levelname, "")
        word = "" if record.levelno <= logging.INFO else f"\x1b[{colour}m{record.levelname.lower()}\x1b[0m "
        return f"{head} {word}{_with_look(record.message, _LOOKS.get(getattr(record, 'look', ''), ''))}"


def _with_look(message: str, colour: str) -> str:
    """Colour the first word of a line that says what became of a post."""
    first, space, rest = message.partition(" ")
    return f"\x1b[{colour}m{first}\x1b[0m{space}{rest}" if colour else message


def start_logging() -> None:
    handler = logging.StreamHandler()
    handler.setFormatter((Coloured if has_colours() else OneLine)(_FORMAT, "%H:%M:%S"))
    logging.basicConfig(level=logging.WARNING, handlers=[handler])
    logging.getLogger("feeds").setLevel(logging.INFO)


def log_in_lines() -> None:
    """Let what is logged before anybody starts logging, or by commands that do not, be one line, too."""
    if logging.lastResort:
        logging.lastResort.setFormatter(OneLine("feeds: %(message)s"))


def has_colours() -> bool:
    """Say whether stderr is a terminal that may be coloured (no-color.org)."""
    return sys.stderr.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM", "dumb") != "dumb"
