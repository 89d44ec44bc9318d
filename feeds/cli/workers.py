"""Several processes behind one socket: started, replaced one by one, and told to end. On uvicorn's supervisor."""

import os
import signal
import socket
import threading
from collections.abc import Callable, Sequence
from types import FrameType

import uvicorn
from starlette.types import ASGIApp
from uvicorn.config import STARTUP_FAILURE
from uvicorn.supervisors import Multiprocess
from uvicorn.supervisors.multiprocess import Process

from feeds.cli.telling import tell
from feeds.web.app import create_app_from_environment

Look = Callable[[], object]  # has the publisher look at everything
Successor = Callable[[], uvicorn.Config | None]  # for the processes to come; None where the settings cannot be used

_RENEWED = "The settings are read again: new processes answer from now on."
_FAILED = "The new processes did not come up; those that were there go on."


def application() -> ASGIApp:
    """Make the application in a worker process. SIGUSR1 is for its supervisor, though all of a group may get it."""
    signal.signal(signal.SIGUSR1, signal.SIG_IGN)
    return create_app_from_environment()


def listen_for_looks(look: Look) -> None:
    """Let SIGUSR1 have everything looked at. `look` is called on a thread: where a signal comes, locks may be held."""
    signal.signal(signal.SIGUSR1, lambda _signal, _frame: threading.Thread(target=look, name="look").start())


class Supervisor(Multiprocess):
    def __init__(
        self,
        config: uvicorn.Config,
        listener: socket.socket,
        *,
        successor: Successor,
        look: Look,
        running: Sequence[Process] = (),
    ) -> None:
        super().__init__(config, sockets=[listener])
        self.processes = list(running)
        self._successor = successor
        self._look = look
        self._had_terminal = os.isatty(0)

    def supervise(self) -> int:
        """Keep the processes running until SIGINT or SIGTERM; return the exit status."""
        self.run()
        return 1 if any(process.exitcode == STARTUP_FAILURE for process in self.processes) else 0

    def init_processes(self) -> None:
        if not self.processes:
            super().init_processes()

    def terminate_all(self) -> None:
        for listener in self.sockets:
            listener.close()  # else whoever connects now would wait until we are gone
        super().terminate_all()

    def handle_usr1(self) -> None:
        threading.Thread(target=self._look, name="look").start()

    def handle_hup(self) -> None:
        """Replace the processes one by one, each when its successor answers; no connection is refused meanwhile."""
        if self._had_terminal and not os.isatty(0):
            self.should_exit.set()
            return
        if (config := self._successor()) is None:
            return
        self.config = config
        while len(self.processes) > config.workers:
            self.handle_ttou()
        before = list(self.processes)
        self.restart_all()
        while len(self.processes) < config.workers:
            self.handle_ttin()
        tell(_FAILED if set(before) & set(self.processes) else _RENEWED)


class HandOver:
    """How a server of one process gives way to others: at SIGHUP they start on its socket, and then it drains."""

    def __init__(self, server: uvicorn.Server, listener: socket.socket, *, successor: Successor) -> None:
        self._server = server
        self._listener = listener
        self._successor = successor
        self._thread: threading.Thread | None = None
        self._processes: list[Process] = []
        self.is_ending = False
        self.is_asked_again = False  # while it was at it: whoever takes over has to read the settings once more
        self._cancelled = threading.Event()
        self._had_terminal = os.isatty(0)

    def end(self, _signal: int, _frame: FrameType | None) -> None:
        self.is_ending = True
        self._server.should_exit = True

    def begin(self, number: int, frame: FrameType | None) -> None:
        if self._had_terminal and not os.isatty(0):  # the window was closed
            self.end(number, frame)
        elif self._processes or (self._thread and self._thread.is_alive()):
            self.is_asked_again = True
        else:
            self._thread = threading.Thread(target=self._hand_over, name="hand-over")
            self._thread.start()

    def _hand_over(self) -> None:
        config = self._successor()
        if config and not self._cancelled.is_set():
            self._processes = start_workers(config, self._listener, cancelled=self._cancelled)
            tell(_RENEWED if self._processes else _FAILED)
        if self._processes:
            self._server.should_exit = True
        elif self.is_asked_again and not self._cancelled.is_set():
            self.is_asked_again = False
            self._hand_over()

    def finish(self) -> list[Process]:
        """Return the processes that serve from now on; none where the server ends for good."""
        self._cancelled.set()
        if self._thread:
            self._thread.join()
        if self.is_ending:
            end_workers(self._processes)
            return []
        return self._processes


def start_workers(config: uvicorn.Config, listener: socket.socket, *, cancelled: threading.Event) -> list[Process]:
    """Start as many as the settings want and wait until they answer; where one does not, end all and return none."""
    processes = [Process(config, [listener]) for _ in range(config.workers)]
    for process in processes:
        process.start()
    if all(process.wait_until_ready(config.timeout_worker_healthcheck, cancelled) for process in processes):
        return processes
    end_workers(processes)
    return []


def end_workers(processes: Sequence[Process]) -> None:
    for process in processes:
        process.terminate()
    for process in processes:
        process.join()
