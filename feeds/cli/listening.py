"""The socket that the server listens on, taken before anything else so that a taken port is one clear line."""

import errno
import os
import socket
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from feeds.errors import FeedsError

_BACKLOG = 2048
_FIRST_PASSED = 3  # SD_LISTEN_FDS_START of sd_listen_fds(3)
_ANYWHERE = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 - where to find a server that listens everywhere


@contextmanager
def listening(host: str, port: int) -> Iterator[socket.socket]:
    """Listen on a port; 0 takes a free one. Raises FeedsError where that cannot be."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        listener = socket.socket(family, kind, protocol)
    except OSError as err:
        raise FeedsError(f"{host} is no address of this machine: {err.strerror}", "choose another --host") from err
    with listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind(address)
            listener.listen(_BACKLOG)  # now: two sockets may be bound to one port, but only one may listen
        except OSError as err:
            raise _refused(host, port, err) from err
        listener.set_inheritable(True)
        yield listener


def _refused(host: str, port: int, err: OSError) -> FeedsError:
    if err.errno == errno.EADDRINUSE:
        return FeedsError(f"port {port} of {host} is taken", "stop the other server, or choose another --port")
    if err.errno == errno.EACCES:
        return FeedsError(f"port {port} needs more rights than this process has", "choose a --port above 1023")
    return FeedsError(f"port {port} of {host} cannot be used: {err.strerror}", "choose another --host or --port")


def passed(environ: Mapping[str, str]) -> socket.socket | None:
    """Take the socket that a supervisor has opened for this process (sd_listen_fds(3)); None where there is none.

    Raises FeedsError where it is not one listening TCP socket.
    """
    if environ.get("LISTEN_PID") != str(os.getpid()):  # meant for a process that we have the variables from
        return None
    count = environ.get("LISTEN_FDS", "")
    if count != "1":
        raise FeedsError(f"LISTEN_FDS is {count!r}, and we listen on one socket", "leave one ListenStream= in the unit")
    try:
        listener = socket.socket(fileno=_FIRST_PASSED)
    except OSError as err:
        raise FeedsError(
            f"LISTEN_FDS is set, but file descriptor {_FIRST_PASSED} is no socket: {err.strerror}",
            "start from a socket unit, or unset LISTEN_FDS",
        ) from err
    if not _takes_tcp(listener):
        listener.close()
        raise FeedsError(
            f"file descriptor {_FIRST_PASSED} is no TCP socket that listens",
            "give ListenStream= a port, and leave Accept= at no",
        )
    listener.set_inheritable(True)
    return listener


def _takes_tcp(listener: socket.socket) -> bool:
    is_tcp = listener.family in (socket.AF_INET, socket.AF_INET6) and listener.type == socket.SOCK_STREAM
    return is_tcp and bool(listener.getsockopt(socket.SOL_SOCKET, socket.SO_ACCEPTCONN))


def address_of(listener: socket.socket) -> str:
    """Return where a browser on this machine finds the server: `http://127.0.0.1:8000`."""
    host, port = listener.getsockname()[:2]
    host = _ANYWHERE.get(host, host)
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
