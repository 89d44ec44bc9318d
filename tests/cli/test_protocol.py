"""One connection at a time, on a clock that the test turns, against a transport that keeps what was sent."""

import asyncio
import logging
import socket
import struct
from functools import wraps

import pytest
from uvicorn.config import Config
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle
from uvicorn.server import ServerState

from feeds.cli.protocol import BoundedProtocol, Bounds, idle_longest
from feeds.web.environment import AT_ONCE, COUNT_REFUSAL

CAP = 1024
BOUNDS = Bounds(max_header_bytes=CAP, read_timeout=10, write_timeout=30, drain=8, max_connections=4)
GET = b"GET /feed.atom HTTP/1.1\r\nHost: x\r\n\r\n"
KEEP_ALIVE = 65


class Timer:
    def __init__(self, when, call):
        self._when, self.call, self.is_cancelled = when, call, False

    def when(self):
        return self._when

    def cancel(self):
        self.is_cancelled = True


class SteeredLoop:
    """Tasks run in the true loop; time passes when the test says so."""

    def __init__(self):
        self._now = 1000.0
        self._timers = []

    def time(self):
        return self._now

    def create_task(self, work):
        return asyncio.get_running_loop().create_task(work)

    def call_later(self, delay, call, *args):
        self._timers.append(Timer(self._now + delay, lambda: call(*args)))
        return self._timers[-1]

    def advance(self, seconds):
        self._now += seconds
        due = sorted((one for one in self._timers if one.when() <= self._now), key=Timer.when)
        self._timers = [one for one in self._timers if one not in due]
        for one in due:
            if not one.is_cancelled:
                one.call()


class Wire(asyncio.Transport):
    """What the client sees: the bytes, and how the connection ended."""

    def __init__(self):
        super().__init__()
        self.sent, self.ended, self.has_eof, self.unsent = b"", None, False, 0
        self.end_of_ours = None

    def write(self, data):
        self.sent += data

    def can_write_eof(self):
        return True

    def write_eof(self):
        self.has_eof = True

    def close(self):
        self.ended = self.ended or "closed"

    def abort(self):
        self.ended = "aborted"

    def is_closing(self):
        return self.ended is not None

    def get_write_buffer_size(self):
        return self.unsent

    def get_extra_info(self, name, default=None):
        return self.end_of_ours if name == "socket" else default

    def pause_reading(self):
        pass

    def resume_reading(self):
        pass

    def statuses(self):
        return [int(part[:3]) for part in self.sent.split(b"HTTP/1.1 ")[1:]]


class House:
    """Connections of one server whose application answers 200, at once or when it is told to."""

    def __init__(self, **bounds):
        self.loop = SteeredLoop()
        self.state = ServerState()
        self.refused = []  # status, and bytes of the body
        self.app_state = {COUNT_REFUSAL: lambda status, sent: self.refused.append((status, sent))}
        self.bounds = Bounds(**{name: getattr(BOUNDS, name) for name in BOUNDS.__slots__} | bounds)
        self.config = Config(
            self.app, interface="asgi3", ws="none", log_config=None, proxy_headers=False, timeout_keep_alive=KEEP_ALIVE
        )
        self.config.load()
        self.asked = []
        self.may_answer = asyncio.Event()
        self.may_answer.set()
        self.reads_body = False

    async def app(self, scope, receive, send):
        self.asked.append(scope["path"])
        if self.reads_body:
            message = await receive()
            while message["type"] == "http.request" and message["more_body"]:
                message = await receive()
            self.asked.append(message["type"])
        await self.may_answer.wait()
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"2")]})
        await send({"type": "http.response.body", "body": b"ok"})

    def connect(self):
        connection = BoundedProtocol(self.config, self.state, self.app_state, self.loop, bounds=self.bounds)
        connection.connection_made(Wire())
        return connection


async def settle():
    """Let the tasks do what they can do without time passing."""
    for _ in range(500):
        await asyncio.sleep(0)


def scenario(test):
    """Let a coroutine function be a test."""

    @wraps(test)
    def run(*args, **given):
        asyncio.run(test(*args, **given))

    return run


async def say(connection, data):
    connection.data_received(data)
    await settle()


def head(size):
    """A whole request head of so many bytes."""
    start = b"GET /feed.atom HTTP/1.1\r\nHost: x\r\nCookie: "
    return start + b"c" * (size - len(start) - 4) + b"\r\n\r\n"


# --- what uvicorn must go on doing


@scenario
async def test_uvicorn_still_has_what_the_bounds_are_built_on():
    house = House()
    connection = house.connect()
    for name in (
        *("connection_made", "connection_lost", "data_received", "pause_writing", "resume_writing"),
        *("shutdown", "on_headers_complete", "on_body", "on_message_complete", "send_400_response", "_start_asgi_task"),
    ):
        assert callable(getattr(HttpToolsProtocol, name, None)), f"uvicorn's HttpToolsProtocol has no {name} any more"
    for name in (
        *("transport", "loop", "logger", "scope", "cycle", "flow", "connections"),
        *("app_state", "timeout_keep_alive", "timeout_keep_alive_task", "pipeline", "headers", "parser"),
    ):
        assert hasattr(connection, name), f"uvicorn's HttpToolsProtocol has no attribute {name} any more"
    assert connection.flow.write_paused is False
    connection.data_received(GET[:20])
    assert "method" not in connection.scope
    house.may_answer.clear()
    await say(connection, GET[20:])
    assert connection.scope["method"] == "GET"
    assert isinstance(connection.cycle, RequestResponseCycle)
    assert (connection.cycle.response_started, connection.cycle.response_complete) == (False, False)
    assert connection.cycle.keep_alive is True
    assert connection.cycle.waiting_for_100_continue is False
    assert connection.cycle.scope is connection.scope
    assert callable(connection.cycle.on_response)
    assert connection.timeout_keep_alive_task is None
    house.may_answer.set()
    await settle()
    assert (connection.cycle.response_started, connection.cycle.response_complete) == (True, True)
    assert connection.timeout_keep_alive_task.when() == house.loop.time() + connection.timeout_keep_alive
    assert connection in house.state.connections


# --- heads


@pytest.mark.parametrize("piece", [1, 7, 100, 5000, 10**7])
@scenario
async def test_a_head_over_the_cap_gets_431_and_reaches_nobody(piece):
    house = House()
    connection = house.connect()
    sent = head(200_000)
    for start in range(0, 20_000 if piece < 100 else len(sent), piece):
        connection.data_received(sent[start : start + piece])
    await settle()
    assert connection.transport.statuses() == [431]
    assert b"connection: close" in connection.transport.sent.lower()
    assert connection.transport.has_eof
    assert house.asked == []
    assert connection.transport.ended is None  # it may still read why
    house.loop.advance(2)
    assert connection.transport.ended == "closed"


@pytest.mark.parametrize(
    ("sent", "status"), [(head(CAP + 1), 431), (b"\x16\x03\x01 no HTTP\r\n\r\n", 400), (b"GET /half", 408)]
)
@scenario
async def test_what_never_becomes_a_request_is_counted_once_with_what_it_is_told(sent, status):
    house = House()
    connection = house.connect()
    await say(connection, sent)
    house.loop.advance(BOUNDS.read_timeout)
    house.loop.advance(60)
    assert connection.transport.statuses() == [status]
    _, _, body = bytes(connection.transport.sent).partition(b"\r\n\r\n")
    assert house.refused == [(status, len(body))]


@scenario
async def test_an_application_that_counts_nothing_is_no_trouble():
    house = House()
    house.app_state.clear()
    connection = house.connect()
    await say(connection, head(CAP + 1))
    assert connection.transport.statuses() == [431]


@pytest.mark.parametrize(("size", "status"), [(CAP - 1, 200), (CAP, 200), (CAP + 1, 431)])
@pytest.mark.parametrize("piece", [1, CAP, CAP + 1])
@scenario
async def test_the_cap_counts_to_the_byte(size, status, piece):
    connection = House().connect()
    sent = head(size)
    for start in range(0, len(sent), piece):
        connection.data_received(sent[start : start + piece])
    await settle()
    assert connection.transport.statuses() == [status]


@scenario
async def test_many_small_requests_in_one_piece_are_all_answered():
    house = House()
    connection = house.connect()
    await say(connection, GET * 200)
    assert connection.transport.statuses() == [200] * 200
    assert connection.transport.ended is None


@scenario
async def test_a_body_may_be_larger_than_a_head():
    house = House()
    connection = house.connect()
    await say(connection, b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 50000\r\n\r\n" + b"b" * 50_000)
    await say(connection, GET)
    assert connection.transport.statuses() == [200, 200]


@pytest.mark.parametrize(
    "garbage",
    [b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", b"\0" * 50, b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", b"x\r\n"],
)
@scenario
async def test_what_is_not_http_gets_400_and_no_line_in_the_log(garbage, caplog):
    house = House()
    connection = house.connect()
    with caplog.at_level(logging.INFO):
        await say(connection, garbage)
        await say(connection, garbage)
    assert connection.transport.statuses() == [400]
    assert house.asked == []
    assert caplog.records == []
    house.loop.advance(2)
    assert connection.transport.ended == "closed"


@scenario
async def test_what_was_asked_before_the_garbage_is_answered_first():
    house = House()
    connection = house.connect()
    await say(connection, GET + b"\0\0\0")
    assert connection.transport.statuses() == [200]
    assert connection.transport.ended == "closed"


# --- seconds


@scenario
async def test_a_connection_that_says_nothing_is_closed_without_a_word():
    house = House()
    connection = house.connect()
    house.loop.advance(9.9)
    assert connection.transport.ended is None
    house.loop.advance(0.2)
    assert connection.transport.ended == "closed"
    assert connection.transport.sent == b""


@scenario
async def test_a_trickle_does_not_extend_the_time_for_a_head():
    house = House()
    connection = house.connect()
    for number in range(10):
        assert connection.transport.sent == b""
        connection.data_received(GET[number : number + 1])
        house.loop.advance(1)
    assert connection.transport.statuses() == [408]
    assert house.asked == []


@scenario
async def test_the_time_for_a_later_head_begins_with_its_first_byte():
    house = House()
    connection = house.connect()
    await say(connection, GET)
    house.loop.advance(50)
    connection.data_received(GET[:5])
    house.loop.advance(9.9)
    assert connection.transport.statuses() == [200]
    house.loop.advance(0.2)
    assert connection.transport.statuses() == [200, 408]


@scenario
async def test_a_body_that_does_not_come_ends_the_connection():
    house = House()
    connection = house.connect()
    await say(connection, b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\n")
    assert connection.transport.statuses() == [200]
    for _ in range(8):
        house.loop.advance(1.25)
        connection.data_received(b"b")
    assert connection.transport.ended == "closed"
    assert connection.transport.statuses() == [200]


@scenario
async def test_an_application_that_waits_for_a_body_learns_that_it_will_not_come():
    house = House()
    house.reads_body = True
    connection = house.connect()
    await say(connection, b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\nb")
    house.loop.advance(10)
    assert connection.transport.statuses() == [408]
    assert connection.transport.ended == "closed"
    connection.connection_lost(None)
    await settle()
    assert house.asked == ["/", "http.disconnect"]
    assert connection.transport.statuses() == [408]


@scenario
async def test_half_a_request_behind_a_slow_answer_does_not_cost_that_answer():
    house = House()
    house.may_answer.clear()
    connection = house.connect()
    await say(connection, GET)
    connection.data_received(GET[:9])
    house.loop.advance(60)
    assert (connection.transport.sent, connection.transport.ended) == (b"", None)
    house.may_answer.set()
    await settle()
    assert connection.transport.statuses() == [200]
    assert connection.transport.ended == "closed"


@scenario
async def test_an_idle_connection_is_kept_for_its_time():
    house = House()
    connection = house.connect()
    await say(connection, GET)
    house.loop.advance(KEEP_ALIVE - 0.1)
    assert connection.transport.ended is None
    house.loop.advance(0.2)
    assert connection.transport.ended == "closed"


# --- readers


@scenario
async def test_a_reader_that_does_not_read_is_cut_off():
    house = House()
    connection = house.connect()
    await say(connection, GET)
    connection.transport.unsent = 1_000_000
    connection.pause_writing()
    house.loop.advance(29)
    assert connection.transport.ended is None
    connection.transport.unsent -= 500  # a trickle helps nothing
    with socket.socket() as ours:
        connection.transport.end_of_ours = ours
        house.loop.advance(1.1)
        assert ours.getsockopt(socket.SOL_SOCKET, socket.SO_LINGER, 8) == struct.pack("ii", 1, 0)
    assert connection.transport.ended == "aborted"


@scenario
async def test_a_slow_reader_that_reads_on_is_kept():
    house = House()
    connection = house.connect()
    await say(connection, GET)
    house.loop.advance(1)
    connection.transport.unsent = 1_000_000
    connection.pause_writing()
    for _ in range(2):
        connection.transport.unsent -= 100_000
        house.loop.advance(30)
    assert connection.transport.ended is None
    connection.resume_writing()
    connection.data_received(GET)
    await settle()
    house.loop.advance(31)
    assert connection.transport.ended is None


# --- many


@scenario
async def test_one_connection_too_many_ends_the_one_that_has_been_idle_longest():
    house = House()
    connections = []
    for _ in range(4):
        connections.append(house.connect())
        house.loop.advance(1)
    answering, served, silent, half = connections
    await say(served, GET)
    half.data_received(GET[:5])
    house.may_answer.clear()
    await say(answering, GET)
    newcomers = []
    for ended in (silent, half, served):
        house.loop.advance(1)
        newcomers.append(house.connect())
        assert [one for one in connections if one.transport.ended] == [ended]
        connections.remove(ended)
    assert not any(one.transport.ended for one in newcomers)
    house.may_answer.set()
    await settle()
    assert answering.transport.statuses() == [200]


@scenario
async def test_of_connections_made_in_one_turn_of_the_loop_the_first_go():
    house = House()
    connections = [house.connect() for _ in range(40)]
    assert [one for one in connections if not one.transport.ended] == connections[-4:]


@scenario
async def test_where_all_are_being_answered_a_newcomer_has_to_go():
    house = House()
    house.may_answer.clear()
    connections = [house.connect() for _ in range(4)]
    for one in connections:
        await say(one, GET)
    newcomer = house.connect()
    assert newcomer.transport.ended == "closed"
    assert not any(one.transport.ended for one in connections)


@scenario
async def test_a_reader_that_has_not_taken_its_answer_yet_is_not_idle():
    house = House()
    connection = house.connect()
    await say(connection, GET)
    assert idle_longest([connection], 1) == [connection]
    connection.pause_writing()
    assert idle_longest([connection], 1) == []


# --- the end


@scenario
async def test_the_end_closes_idle_connections_at_once_and_lets_answers_finish():
    house = House()
    idle, half, answering = (house.connect() for _ in range(3))
    await say(idle, GET)
    half.data_received(GET[:5])
    house.may_answer.clear()
    await say(answering, GET)
    for one in (idle, half, answering):
        one.shutdown()
    assert (idle.transport.ended, half.transport.ended, answering.transport.ended) == ("closed", None, None)
    house.loop.advance(1)
    assert half.transport.statuses() == [408]
    house.may_answer.set()
    await settle()
    assert answering.transport.statuses() == [200]
    assert answering.transport.ended == "closed"


@scenario
async def test_the_end_cuts_off_what_does_not_finish_before_the_patience_ends():
    house = House()
    house.may_answer.clear()
    connection = house.connect()
    await say(connection, GET)
    connection.shutdown()
    house.loop.advance(6.9)
    assert connection.transport.ended is None
    house.loop.advance(0.2)
    assert connection.transport.ended == "aborted"


@scenario
async def test_the_end_lets_a_connection_that_has_just_been_made_ask_once():
    house = House()
    connection = house.connect()
    connection.shutdown()
    await say(connection, GET)
    assert connection.transport.statuses() == [200]
    assert b"connection: close" in connection.transport.sent
    assert connection.transport.ended == "closed"


@scenario
async def test_an_answer_with_others_behind_it_is_given_up_with_its_connection(caplog):
    house = House()
    house.may_answer.clear()
    connection = house.connect()
    await say(connection, GET * 3)
    connection.transport.abort()
    connection.connection_lost(None)
    house.may_answer.set()
    await settle()
    assert connection.transport.sent == b""
    assert house.asked == ["/feed.atom"]
    assert caplog.records == []


# --- Host


@pytest.mark.parametrize("lines", [b"", b"Host: x\r\nHost: y\r\n"], ids=["none", "two"])
@pytest.mark.parametrize(
    "rest", [b"", b"GET /next HTTP/1.1\r\nHost: x\r\n\r\n"], ids=["alone", "with another behind it"]
)
@scenario
async def test_a_request_of_http_1_1_without_one_host_is_refused_and_reaches_nobody(lines, rest):
    house = Remembering()
    connection = house.connect()
    await say(connection, b"POST /known HTTP/1.1\r\nContent-Length: 2\r\n" + lines + b"\r\nab" + rest)
    assert connection.transport.statuses() == [400]
    assert (house.asked, house.known) == ([], [])
    house.loop.advance(60)
    assert connection.transport.ended == "closed"


@scenario
async def test_a_request_without_host_behind_one_that_is_answered_ends_the_connection():
    house = House()
    connection = house.connect()
    house.may_answer.clear()
    await say(connection, GET + b"GET /feed.atom HTTP/1.1\r\n\r\n")
    house.may_answer.set()
    await settle()
    assert connection.transport.statuses() == [200]
    assert house.asked == ["/feed.atom"]
    assert connection.transport.ended == "closed"


@scenario
async def test_http_1_0_needs_no_host():
    house = House()
    connection = house.connect()
    await say(connection, b"GET /feed.atom HTTP/1.0\r\n\r\n")
    assert connection.transport.statuses() == [200]


# --- what the application remembers


class Remembering(House):
    """A house whose application remembers an answer of so many bytes to whatever is asked below /known."""

    def __init__(self, size=2, **bounds):
        super().__init__(**bounds)
        self.known = []  # what was answered without a task
        self.body = b"k" * size
        self.app_state[AT_ONCE] = self.at_once

    def at_once(self, scope):
        if not scope["path"].startswith("/known"):
            return None
        self.known.append((scope["method"], scope["path"]))
        return b"HTTP/1.1 200 OK\r\ncontent-length: %d\r\n\r\n" % len(self.body), self.body


def asking(path, *fields, version="1.1"):
    return "\r\n".join((f"GET {path} HTTP/{version}", "Host: x", *fields, "", "")).encode()


@scenario
async def test_what_is_remembered_is_answered_before_any_task_runs():
    house = Remembering()
    connection = house.connect()
    connection.data_received(asking("/known"))
    assert connection.transport.sent == b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nkk"
    await settle()
    assert house.asked == []
    assert connection.timeout_keep_alive_task.when() == house.loop.time() + KEEP_ALIVE
    assert connection.idle_since == house.loop.time()
    house.loop.advance(KEEP_ALIVE)
    assert connection.transport.ended == "closed"


@scenario
async def test_a_large_answer_goes_out_whole():
    house = Remembering(size=100_000)
    connection = house.connect()
    connection.data_received(asking("/known"))
    assert connection.transport.sent.partition(b"\r\n\r\n")[2] == house.body


@scenario
async def test_requests_in_one_packet_are_answered_in_their_order_whoever_answers():
    house = Remembering()
    connection = house.connect()
    paths = ["/known/1", "/known/2", "/slow/3", "/known/4", "/slow/5", "/known/6", "/known/7"]
    await say(connection, b"".join(map(asking, paths)))
    bodies = [part.partition(b"\r\n\r\n")[2] for part in connection.transport.sent.split(b"HTTP/1.1 200 OK\r\n")[1:]]
    assert bodies[:2] == [b"kk", b"kk"]
    assert len(bodies) == len(paths)
    assert [path for path in house.asked if path.startswith("/slow")] == ["/slow/3", "/slow/5"]
    assert (bodies[2], bodies[4]) == (b"ok", b"ok")


@scenario
async def test_thousands_of_requests_in_one_packet_do_not_pile_up():
    house = Remembering(max_header_bytes=10**6)
    connection = house.connect()
    await say(connection, asking("/slow") + asking("/known") * 3000)
    for _ in range(20):
        await settle()
    assert len(connection.transport.statuses()) == 3001


@pytest.mark.parametrize(
    "request_",
    [
        asking("/known", version="1.0"),
        asking("/known", "Connection: close"),
        asking("/known", "Expect: 100-continue", "Content-Length: 2"),
    ],
    ids=["HTTP/1.0", "close", "100-continue"],
)
@scenario
async def test_an_answer_that_ends_its_connection_or_awaits_a_body_takes_the_long_way(request_):
    house = Remembering()
    connection = house.connect()
    await say(connection, request_)
    assert house.known == []
    assert house.asked == ["/known"]


@scenario
async def test_a_reader_that_does_not_read_gets_no_more_than_the_transport_holds():
    house = Remembering()
    connection = house.connect()
    connection.pause_writing()
    await say(connection, asking("/known"))
    assert connection.transport.sent == b""
    connection.resume_writing()
    await settle()
    assert connection.transport.statuses() == [200]
    assert house.known == []


@scenario
async def test_the_first_request_after_the_server_was_told_to_end_is_the_last():
    house = Remembering()
    connection = house.connect()
    connection.shutdown()
    await say(connection, asking("/known"))
    assert connection.transport.statuses() == [200]
    assert b"connection: close" in connection.transport.sent
    assert connection.transport.ended == "closed"
