"""uvicorn: how one server is set up, and how it runs in this process."""

import resource
import signal
import socket
from collections.abc import Callable
from functools import partial
from importlib.util import find_spec
from typing import TYPE_CHECKING, Literal, cast

import uvicorn
from starlette.types import ASGIApp
from uvicorn.supervisors.multiprocess import Process

from feeds.cli.workers import HandOver, Look, Supervisor, listen_for_looks
from feeds.settings import ServerSettings
from feeds.web.logs import start_logging

if TYPE_CHECKING:
    import asyncio

Reread = Callable[[], ServerSettings | None]  # reads the settings anew; None where they cannot be used, which it tells

FACTORY = "feeds.cli.workers:application"

_RESERVE = 256  # files that a process has open beside its connections
_START_SECONDS = 20  # in which a worker must come up, and answer its supervisor; machines may be busy


def run_alone(
    app: ASGIApp, listener: socket.socket, server: ServerSettings, *, reread: Reread, look: Look, look_later: Look
) -> Callable[[], int]:
    """Serve until SIGINT or SIGTERM, or until SIGHUP has brought up processes that take over.

    look: what SIGUSR1 asks of this process's publisher; look_later: of that of the processes to come.
    Returns what remains to be done once the application's site is closed; that returns the exit status.
    """
    start_logging()
    alone = uvicorn.Server(server_config(app, server))
    hand_over = HandOver(alone, listener, successor=_successor(reread))
    # uvicorn has its own handlers while it serves, and afterwards sends itself the signal again, which would kill it.
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, hand_over.end)
    signal.signal(signal.SIGHUP, hand_over.begin)
    listen_for_looks(look)
    alone.run(sockets=[listener.dup()])  # which it closes
    running = hand_over.finish()
    return partial(_go_on, hand_over, running, listener, reread, look_later) if running else lambda: 0


def _go_on(hand_over: HandOver, running: list[Process], listener: socket.socket, reread: Reread, look: Look) -> int:
    """Keep those running that have taken over, and do what signals asked for since then."""
    supervisor = Supervisor(running[0].config, listener, successor=_successor(reread), look=look, running=running)
    if hand_over.is_ending:
        supervisor.should_exit.set()
    elif hand_over.is_asked_again:
        supervisor.handle_hup()
    return supervisor.supervise()


def run_workers(listener: socket.socket, server: ServerSettings, *, reread: Reread, look: Look) -> int:
    """Serve from several processes until SIGINT or SIGTERM; return the exit status. SIGHUP replaces them one by one."""
    start_logging()
    return Supervisor(server_config(FACTORY, server), listener, successor=_successor(reread), look=look).supervise()


def _successor(reread: Reread) -> Callable[[], uvicorn.Config | None]:
    def successor() -> uvicorn.Config | None:
        server = reread()
        return server_config(FACTORY, server) if server else None

    return successor


def server_config(app: ASGIApp | str, server: ServerSettings | None = None) -> uvicorn.Config:
    """Set up a server. app: an application, or `module:function`, which makes one in each of `server.workers`."""
    server = server or ServerSettings()
    is_factory = isinstance(app, str)
    return uvicorn.Config(
        app,
        factory=is_factory,
        workers=server.workers if is_factory else 1,
        http=_protocol(server),
        lifespan="on",
        ws="none",
        log_config=None,
        log_level="warning",
        access_log=False,
        server_header=False,
        proxy_headers=False,  # the application reads them, and only from trusted hops
        date_header=False,  # the application sends it
        timeout_keep_alive=server.keep_alive,
        timeout_graceful_shutdown=server.drain,
        timeout_worker_healthcheck=_START_SECONDS,
    )


def _protocol(server: ServerSettings) -> "type[asyncio.Protocol] | Literal['h11']":
    """Return what makes a protocol for each connection; it can be pickled, for workers."""
    if find_spec("httptools") is None:  # outside CPython
        return "h11"
    from feeds.cli.protocol import BoundedProtocol, Bounds

    bounds = Bounds.of(server, open_files=room_for(server.max_connections))
    return cast("type[asyncio.Protocol]", partial(BoundedProtocol, bounds=bounds))  # uvicorn only calls it


def room_for(connections: int) -> int:
    """Raise the limit on open files as far as is needed and allowed; return how many connections it leaves room for."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = connections + _RESERVE
    if 0 <= soft < wanted:  # RLIM_INFINITY is below 0
        raised = wanted if hard == resource.RLIM_INFINITY else min(hard, wanted)
        try:
            resource.setrlimit(resource.RLIMIT_NOFILE, (raised, hard))
            soft = raised
        except (OSError, ValueError):  # a kernel may allow less than it says
            pass
    return connections if soft < 0 else min(connections, max(soft - _RESERVE, soft // 2))
