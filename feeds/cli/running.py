"""uvicorn: one server in this process, or several under its supervisor."""

import signal
import socket
from types import FrameType

import uvicorn
from starlette.types import ASGIApp
from uvicorn.config import STARTUP_FAILURE
from uvicorn.supervisors import Multiprocess

from feeds.web.logs import start_logging

_GRACE = 1  # seconds for requests under way: Ctrl-C ends the whole within two


def run_alone(app: ASGIApp, listener: socket.socket) -> int:
    """Serve until SIGINT or SIGTERM; return the exit status."""
    start_logging()
    server = uvicorn.Server(server_config(app))

    def stop(_signal: int, _frame: FrameType | None) -> None:
        server.should_exit = True

    # uvicorn has its own handlers while it serves, and afterwards sends itself the signal again, which would kill it.
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, stop)
    server.run(sockets=[listener])
    return 0


def run_workers(factory: str, listener: socket.socket, *, workers: int) -> int:
    """Serve from as many processes until SIGINT or SIGTERM. factory: `module:function`, makes the application."""
    start_logging()
    supervisor = Multiprocess(server_config(factory, workers=workers), sockets=[listener])
    supervisor.run()
    return 1 if any(process.exitcode == STARTUP_FAILURE for process in supervisor.processes) else 0


def server_config(app: ASGIApp | str, *, workers: int = 1) -> uvicorn.Config:
    return uvicorn.Config(
        app,
        factory=isinstance(app, str),
        workers=workers,
        lifespan="on",
        ws="none",
        log_config=None,
        log_level="warning",
        access_log=False,
        server_header=False,
        proxy_headers=False,  # the application reads them, and only from trusted hops
        date_header=False,  # the application sends it
        timeout_graceful_shutdown=_GRACE,
    )
