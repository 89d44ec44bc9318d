"""HTTP/1.1 for strangers: uvicorn's protocol on httptools, with bounds in bytes, seconds and connections.

uvicorn itself takes heads of any size, waits for ever for half a request and for a reader that does not read, and never
closes one connection in favour of another. What is added here works beside its own doing and costs a poll nothing but
a few comparisons: clocks run only while something is missing. And a request that the application can answer from what
it remembers is answered where its head ends, without a task or messages of ASGI, which take longer than all the rest.

Relied upon in uvicorn, and watched by `tests/cli/test_protocol.py`: of HttpToolsProtocol the methods overridden here,
one of them private (`_start_asgi_task`), and the attributes `transport`, `loop`, `logger`, `scope`, `cycle`, `flow`,
`connections`, `headers`, `parser`, `pipeline`, `app_state`, `timeout_keep_alive` and `timeout_keep_alive_task`; of a
cycle `scope`, `response_started`, `response_complete`, `keep_alive`, `waiting_for_100_continue`, `on_response` and
`disconnected`; of the flow `write_paused`. `scope` is new with each message and has a `method` once its head is
complete; every complaint of the parser leads to `send_400_response`; a cycle that must not keep its connection alive
closes it.
"""

import asyncio
import heapq
import itertools
import logging
import os
import socket
import struct
import sys
import time
from collections.abc import Collection
from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, cast

from uvicorn._types import ASGI3Application
from uvicorn.config import Config
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle
from uvicorn.server import ServerState

from feeds.settings import ServerSettings
from feeds.web.atonce import AtOnce
from feeds.web.environment import AT_ONCE, COUNT_REFUSAL, ON_DRAIN
from feeds.web.replies import http_date

if TYPE_CHECKING:
    from starlette.types import Scope

_UNBOUNDED = sys.maxsize  # bytes: bodies are not counted, for nothing here keeps them
_LINGER = 2.0  # seconds in which a client may read why it was refused; closing at once could take the words back
_FIRST = 1.0  # seconds for the first request of a connection after the server was told to end
_PORTION = 65_536  # bytes of an answer that a reader takes in each write timeout, at least
_SHARE = 64  # one connection in so many goes when there are too many: to look for them costs the same as for one
_SMALL = 4096  # bytes of a body that are copied behind their head, for one write
_ORDER = itertools.count()  # of connections: the loop's time stands still within a turn, in which many may come
_TOO_SLOW = (HTTPStatus.REQUEST_TIMEOUT, "This request took too long to arrive.")

# uvicorn warns of all that is not HTTP. Nobody can act on that, and whoever likes could fill the log; errors are told.
_LOG = logging.getLogger("uvicorn.error.connections")
_LOG.setLevel(logging.ERROR)


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    max_header_bytes: int
    read_timeout: float  # seconds, as all the others
    write_timeout: float
    drain: float
    max_connections: int

    @classmethod
    def of(cls, server: ServerSettings, *, open_files: int) -> "Bounds":
        """open_files: how many connections the process can have at all."""
        return cls(
            max_header_bytes=server.max_header_bytes,
            read_timeout=server.read_timeout,
            write_timeout=server.write_timeout,
            drain=server.drain,
            max_connections=min(server.max_connections, open_files),
        )


class BoundedProtocol(HttpToolsProtocol):
    """One connection."""

    def __init__(
        self,
        config: Config,
        server_state: ServerState,
        app_state: dict[str, Any],
        _loop: asyncio.AbstractEventLoop | None = None,
        *,
        bounds: Bounds,
    ) -> None:
        super().__init__(config, server_state, app_state, _loop)
        self.logger = _LOG
        self._bounds = bounds
        self.number = next(_ORDER)
        self._whole = bounds.max_header_bytes
        self._left = self._whole  # bytes that the present message may still have; all of them: none is under way
        self._clock: asyncio.TimerHandle | None = None  # runs while a request is awaited that is not all there
        self._since = 0.0  # when it began to, in the loop's time
        self._write_clock: asyncio.TimerHandle | None = None  # runs while the reader does not take what we send
        self._is_over = False  # nothing more is read
        self._is_ending = False  # the next answer is the last
        self._running: RequestResponseCycle | None = None  # `cycle` may be one that waits behind it

    # a connection

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn has it
        super().connection_made(transport)
        self._start_clock()
        if len(self.connections) > self._bounds.max_connections:
            make_room(cast("set[BoundedProtocol]", self.connections))

    def connection_lost(self, exc: Exception | None) -> None:
        self._stop_clock()
        self._stop_write_clock()
        if self._running is not None:
            self._running.disconnected = True  # uvicorn tells only the newest, and the other would write into nothing
        super().connection_lost(exc)

    def _start_asgi_task(self, cycle: RequestResponseCycle, app: ASGI3Application) -> None:
        self._running = cycle
        if (at_once := self.app_state.get(AT_ONCE)) is None or not self._has_answered(cycle, at_once):
            HttpToolsProtocol._start_asgi_task(self, cycle, app)  # noqa: SLF001 - our own, and faster than super()

    def _has_answered(self, cycle: RequestResponseCycle, at_once: AtOnce) -> bool:
        """Answer from what the application remembers, without a task, as `cycle.send` would; say whether that was so.

        Not where an answer has to wait, ends its connection, or comes before the body of its request.
        """
        if (
            not cycle.keep_alive
            or self._is_ending
            or self.pipeline
            or self.flow.write_paused
            or cycle.waiting_for_100_continue
            or self.transport.is_closing()
            or (answer := at_once(cast("Scope", cycle.scope))) is None
        ):
            return False
        head, body = answer
        cycle.response_started = cycle.response_complete = True
        self.transport.write(head + body if len(body) < _SMALL else head)
        if len(body) >= _SMALL:
            self.transport.write(body)
        cycle.on_response()
        cycle.on_response = _nothing  # as uvicorn does, for else the two keep each other in memory
        return True

    @property
    def idle_since(self) -> float | None:
        """When it was last of use, in the loop's time; None while an answer is under way."""
        if self._is_answering or self.flow.write_paused:
            return None
        if self.timeout_keep_alive_task is not None:
            return self.timeout_keep_alive_task.when() - self.timeout_keep_alive
        return self._since

    @property
    def _is_answering(self) -> bool:
        return self.cycle is not None and not self.cycle.response_complete

    def shutdown(self) -> None:
        """Close once the answers under way are out, and in any case shortly before the server's patience ends.

        Answers that would go on for ever are told to end now.
        A connection that was made just now may still bring its first request: nobody who came in time is sent away.
        """
        if end_streams := self.app_state.get(ON_DRAIN):
            end_streams()
        patience = self._bounds.drain
        self.loop.call_later(max(patience - 1, patience / 2), self.transport.abort)
        if self._running is None and not self._is_over:
            self._is_ending = True
            self._stop_clock()
            self._start_clock(_FIRST)
        else:
            super().shutdown()

    # what comes in

    def data_received(self, data: bytes) -> None:
        left = self._left - len(data)
        if left < 0:
            self._read_on(data)
        else:
            self._left = left
            HttpToolsProtocol.data_received(self, data)
        if self._left == self._whole:
            if self._clock is not None:
                self._stop_clock()
        elif self._clock is None and not self._is_over:
            self._start_clock()

    def on_headers_complete(self) -> None:
        if self._is_over:
            return
        if [name for name, _ in self.headers].count(b"host") != 1 and self.parser.get_http_version() == "1.1":
            # RFC 9112 §3.2
            self._refuse(HTTPStatus.BAD_REQUEST, "A request needs one Host field, and no more.")
            return
        HttpToolsProtocol.on_headers_complete(self)

    def on_body(self, body: bytes) -> None:
        if not self._is_over:
            HttpToolsProtocol.on_body(self, body)

    def on_message_complete(self) -> None:
        if self._is_over:
            return
        self._left = self._whole
        if self._is_ending:
            self.cycle.keep_alive = False
        HttpToolsProtocol.on_message_complete(self)

    def _read_on(self, data: bytes) -> None:
        """Read more than one head may have: a large head, a body, or several messages in one."""
        while data and not self._is_over:
            if self._left > 0:
                piece, data = data[: self._left], data[self._left :]
                self._left -= len(piece)
                HttpToolsProtocol.data_received(self, piece)
            elif self._is_in_head:
                self._refuse(HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE, "The head of this request is too large.")
            else:
                self._left = _UNBOUNDED

    @property
    def _is_in_head(self) -> bool:
        return self.scope is None or "method" not in self.scope

    def send_400_response(self, msg: str) -> None:  # noqa: ARG002 - uvicorn's signature
        self._refuse(HTTPStatus.BAD_REQUEST, "This is not HTTP/1.1.")

    def _refuse(self, status: HTTPStatus, words: str) -> None:
        """Read nothing more; finish the answers under way, or say what is wrong, and close."""
        self._is_over = True
        self._stop_clock()
        self._left = 0
        if self._is_answering:
            self.cycle.keep_alive = False
            return
        self._say_no(status, words)
        if self.transport.can_write_eof():
            self.transport.write_eof()
        self._start_clock(_LINGER)

    def _start_clock(self, seconds: float | None = None) -> None:
        self._since = self.loop.time()
        self._clock = self.loop.call_later(seconds or self._bounds.read_timeout, self._give_up)

    def _stop_clock(self) -> None:
        if self._clock is not None:
            self._clock.cancel()
            self._clock = None

    def _give_up(self) -> None:
        """The request is not there in time, or what was said of it has had its time."""
        self._clock = None
        has_begun = self._left != self._whole
        if not self._is_over and has_begun and self._is_in_head:
            self._refuse(*_TOO_SLOW)
            return
        if not self._is_over and self._is_answering and not self.cycle.response_started:  # its body is missing
            self._say_no(*_TOO_SLOW)
        self.transport.close()

    def _say_no(self, status: HTTPStatus, words: str) -> None:
        self.transport.write(refusal(status, words))
        if count := self.app_state.get(COUNT_REFUSAL):
            count(status.value, len(words) + 1)

    # what goes out

    def pause_writing(self) -> None:
        super().pause_writing()
        self._await_reader()

    def resume_writing(self) -> None:
        self._stop_write_clock()
        super().resume_writing()

    def _await_reader(self) -> None:
        unsent = self.transport.get_write_buffer_size()
        self._write_clock = self.loop.call_later(self._bounds.write_timeout, self._judge_reader, unsent)

    def _judge_reader(self, unsent: int) -> None:
        """Close where hardly anything was taken. unsent: bytes, when the clock began."""
        if unsent - self.transport.get_write_buffer_size() < _PORTION:
            # By a reset: else the kernel would keep what it has of the answer, for as long as the reader likes.
            with socket.socket(fileno=os.dup(self.transport.get_extra_info("socket").fileno())) as same:
                same.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self.transport.abort()
        else:
            self._await_reader()

    def _stop_write_clock(self) -> None:
        if self._write_clock is not None:
            self._write_clock.cancel()
            self._write_clock = None


def _nothing() -> None:
    pass


def make_room(connections: set[BoundedProtocol]) -> None:
    """Close those that have been idle longest; none with an answer under way."""
    count = max(1, len(connections) // _SHARE)
    for connection in idle_longest(connections, count):
        connections.discard(connection)  # now, and not when it is lost: others may come before that
        connection.transport.close()


def idle_longest(connections: Collection[BoundedProtocol], count: int) -> list[BoundedProtocol]:
    idle = [(since, one.number, one) for one in connections if (since := one.idle_since) is not None]
    return [one for _, _, one in heapq.nsmallest(count, idle)]


def refusal(status: HTTPStatus, words: str) -> bytes:
    """Write a whole answer that ends its connection (RFC 9112 §9.6)."""
    body = f"{words}\n".encode("ascii")
    return (
        b"HTTP/1.1 %d %s\r\nDate: %s\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: %d\r\n"
        b"Cache-Control: no-store\r\nConnection: close\r\n\r\n%s"
    ) % (status, status.phrase.encode("ascii"), http_date(int(time.time())), len(body), body)
