"""The access log: remembered in a request, written by a thread of its own a moment later."""

import logging
import os
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from select import PIPE_BUF

from starlette.types import Scope

from feeds.errors import FeedsError
from feeds.metrics import Answer
from feeds.site import Site
from feeds.web.clients import UNIX, Clients, clients_of
from feeds.web.visits import Visit, as_common, as_json, visit_of

log = logging.getLogger(__name__)

_EVERY = 0.2  # seconds between two writings
_MOST = 20_000  # requests that wait for the disk; further ones are lost
_PATIENCE = 2.0  # seconds for the last lines, where whoever reads them does not
_STDOUT = 1

FORMS: Mapping[str, Callable[[Visit], str]] = {"common": as_common, "json": as_json}


class AccessLogError(FeedsError):
    """The file of the access log cannot be written."""


class AccessLog:
    """One line for each request. A file that was renamed or removed is begun anew, so rotating needs no signal."""

    def __init__(
        self,
        line: Callable[[Visit], str],
        path: Path | None = None,
        *,
        clients: Clients | None = None,
        clock: Callable[[], float] = time.time,
    ) -> None:
        """path: None writes to standard output. clock: seconds since 1970. Raises AccessLogError."""
        self._line = line
        self._clients = clients or Clients()
        self._path = path
        self._clock = clock
        self._waiting: deque[tuple[Scope, Answer, int, float, float]] = deque()
        try:
            self._descriptor = _STDOUT if path is None else _opened(path)
        except OSError as err:
            raise AccessLogError(
                f"{path}: {err.strerror}", "set server.access_log_file to a file that can be written"
            ) from err
        self._is_failing = False
        self.lost = 0  # lines

    def note(self, scope: Scope, answer: Answer, sent: int, *, seconds: float) -> None:
        """Remember a request that was answered. sent: bytes of the body. seconds: that it took."""
        if len(self._waiting) < _MOST:
            self._waiting.append((scope, answer, sent, self._clock(), seconds))
        else:
            self.lost += 1

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Write what is noted as long as the context lasts, and the rest at its end, which closes the file."""
        stop = threading.Event()
        thread = threading.Thread(target=self._write_until, args=(stop,), name="access-log", daemon=True)
        thread.start()
        try:
            yield
        finally:
            stop.set()
            thread.join(_PATIENCE)
            if not thread.is_alive():  # else nobody reads standard output any more
                self.write()
                self.close()

    def _write_until(self, stop: threading.Event) -> None:
        while not stop.wait(_EVERY):
            self.write()

    def write(self) -> None:
        """Write all that was noted so far; where that cannot be, it is counted as lost, and told once."""
        lines = [self._line_of(*self._waiting.popleft()) for _ in range(len(self._waiting))]
        if not lines:
            return
        try:
            self._follow()
            for piece in pieces(lines):
                _write_all(self._descriptor, piece)
        except OSError as err:
            self.lost += len(lines)
            if not self._is_failing:
                log.warning("access-log.failing: %s; lines are lost until it can be written again", err)
            self._is_failing = True
        else:
            self._is_failing = False

    def _line_of(self, scope: Scope, answer: Answer, sent: int, moment: float, seconds: float) -> bytes:
        address = self._clients.of(scope).address
        client = "" if address == UNIX else address
        visit = visit_of(scope, answer, sent, client=client, moment=moment, seconds=seconds)
        return f"{self._line(visit)}\n".encode()

    def _follow(self) -> None:
        """Begin a new file where another program has taken the present one away."""
        if self._path is None or _is_at(self._path, self._descriptor):
            return
        fresh = _opened(self._path)
        os.close(self._descriptor)
        self._descriptor = fresh

    def close(self) -> None:
        if self._path is not None:
            os.close(self._descriptor)


def open_access_log(site: Site, *, clock: Callable[[], float] = time.time) -> AccessLog | None:
    """Open the log that the settings of a site want, if any. Raises AccessLogError."""
    chosen = site.settings.server
    if chosen.access_log == "off":
        return None
    path = site.folder / chosen.access_log_file if chosen.access_log_file else None
    return AccessLog(FORMS[chosen.access_log], path, clients=clients_of(chosen), clock=clock)


def pieces(lines: Iterable[bytes]) -> Iterator[bytes]:
    """Join lines into pieces that a pipe takes whole, so that those of several workers do not mix (POSIX write)."""
    piece = b""
    for line in lines:
        if piece and len(piece) + len(line) > PIPE_BUF:
            yield piece
            piece = b""
        piece += line
    if piece:
        yield piece


def _opened(path: Path) -> int:
    return os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o640)


def _is_at(path: Path, descriptor: int) -> bool:
    try:
        return os.path.samestat(path.stat(), os.fstat(descriptor))
    except FileNotFoundError:
        return False


def _write_all(descriptor: int, piece: bytes) -> None:
    while piece:
        piece = piece[os.write(descriptor, piece) :]
