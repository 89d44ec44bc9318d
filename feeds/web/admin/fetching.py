"""The command that fetches posts after a webhook: without a shell, one at a time, and not for ever."""

import fcntl
import logging
import os
import secrets
import signal
import subprocess
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from typing import IO

from feeds.publisher import Report, Ticket
from feeds.site import Site

log = logging.getLogger(__name__)

_GRACE = 5.0  # seconds that the command has to clean up once it is told to end
_TOLD = 2000  # bytes of its last words
_LOOK = 0.5  # seconds after which a stop is noticed
_LONGEST = 600.0  # seconds that the publisher has for what was fetched


class Fetching:
    """Runs the command on a thread of its own, then has everything looked at. Safe in threads.

    Who asks while it runs gets one more run after it, together with all who ask until then; workers take turns.
    """

    def __init__(self, site: Site, *, state: Path) -> None:
        """state: a folder that all workers share."""
        self._site = site
        self._command = site.settings.admin.hook_command
        self._seconds = site.settings.admin.hook_seconds
        self._turn = state / "fetching.lock"
        self._lock = threading.Lock()
        self._next: Ticket | None = None
        self._thread: threading.Thread | None = None
        self._running: subprocess.Popen[bytes] | None = None
        self._stop = threading.Event()

    def ask(self) -> Ticket:
        """Have the command run; return what gets the report on the posts, with what went wrong before."""
        with self._lock:
            if self._next is None:
                self._next = Ticket(f"fetch-{secrets.token_hex(8)}", frozenset())
            ticket = self._next
            if self._thread is None:
                self._thread = threading.Thread(target=self._work, name="fetching", daemon=True)
                self._thread.start()
        return ticket

    def close(self) -> None:
        """End the command that runs; what was asked for comes with the next start, which looks at everything."""
        self._stop.set()
        with self._lock:
            thread, running = self._thread, self._running
        if running:
            _signal(running, signal.SIGTERM)
        if thread:
            thread.join(_GRACE + 1)

    def _work(self) -> None:
        while ticket := self._take():
            error = ""
            try:
                with _turn(self._turn):
                    error = self._fetch()
            except OSError as err:
                error = f"{self._command[0]}: {err.strerror or err}"
            if error:
                log.error("hook.failed: %s", error)
            if not self._stop.is_set():
                self._look(ticket, error)

    def _take(self) -> Ticket | None:
        with self._lock:
            ticket, self._next = self._next, None
            if ticket is None or self._stop.is_set():
                self._thread = None
                return None
            return ticket

    def _fetch(self) -> str:
        """Run the command; return why it failed, "" where it did not."""
        with tempfile.TemporaryFile() as words:
            environ = {name: value for name, value in os.environ.items() if not name.startswith("FEEDS_")}
            with self._lock:
                self._running = subprocess.Popen(  # noqa: S603 - the operator's own command, without a shell
                    self._command,
                    cwd=self._site.folder,
                    env=environ,
                    stdin=subprocess.DEVNULL,
                    stdout=words,
                    stderr=subprocess.STDOUT,
                    start_new_session=True,
                )
            running = self._running
            try:
                status = running.wait(self._seconds)
            except subprocess.TimeoutExpired:
                _end(running)
                return f"{self._command[0]} was ended after {self._seconds:g} seconds{_last_words(words)}"
            finally:
                with self._lock:
                    self._running = None
            return f"{self._command[0]} ended with status {status}{_last_words(words)}" if status else ""

    def _look(self, ticket: Ticket, error: str) -> None:
        given = self._site.orders.give()
        waited = 0.0
        while not self._stop.is_set() and waited < _LONGEST:
            if report := given.result(_LOOK):
                both = "; ".join(filter(None, (error, report.error)))
                ticket.fulfil(replace(report, id=ticket.id, error=both))
                return
            waited += _LOOK
        ticket.fulfil(Report(id=ticket.id, error=error or "the posts have not been looked at yet"))


def _end(running: subprocess.Popen[bytes]) -> None:
    """End a command with all that it has started, first by asking: git wants to take its lock away."""
    _signal(running, signal.SIGTERM)
    with suppress(subprocess.TimeoutExpired):
        running.wait(_GRACE)
    _signal(running, signal.SIGKILL)
    running.wait()


def _signal(running: subprocess.Popen[bytes], number: signal.Signals) -> None:
    with suppress(ProcessLookupError):
        os.killpg(running.pid, number)  # it leads its group


def _last_words(words: IO[bytes]) -> str:
    size = words.seek(0, os.SEEK_END)
    words.seek(max(0, size - _TOLD))
    text = " ".join(words.read().decode("utf-8", "replace").split())
    return f": {text}" if text else ""


@contextmanager
def _turn(place: Path) -> Iterator[None]:
    """Wait until no other worker's command runs."""
    place.parent.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(place, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)
