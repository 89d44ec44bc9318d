"""Who listens at `/-/events` hears what happens, as httpx2 reads Server-Sent Events."""

import asyncio
import json
import re
import socket
import threading
import time
from contextlib import closing, contextmanager
from functools import partial, wraps
from pathlib import Path
from types import SimpleNamespace

import httpx2
import pytest
import uvicorn
from starlette.requests import Request

from feeds.cli.listening import listening
from feeds.cli.running import server_config
from feeds.events import EVENT_KINDS, FIELDS, Event
from feeds.site import open_site
from feeds.web.admin.events import EventStream, last_heard
from feeds.web.admin.follower import Follower
from feeds.web.admin.frames import LOST, TOLD, Frames
from feeds.web.app import create_app

TOKEN = "0123456789abcdef-desk"
BEARER = {"Authorization": f"Bearer {TOKEN}"}
PATIENCE = 30  # seconds, on a busy machine
PAGE = Path(__file__).parents[2] / "docs" / "events.md"


class Outbox:
    """What happened, as a test says; counts how often it is looked at and read."""

    def __init__(self):
        self.events = []
        self.looks = self.reads = 0
        self.trouble = None
        self._last = 0

    def happen(self, *paths, kind="post"):
        for path in paths:
            self._last += 1
            self.events.append(Event(kind=kind, what={"path": path}, number=self._last, at=1_800_000_000))

    def forget(self, count):
        del self.events[:count]

    def data_version(self):
        self.looks += 1
        return self._last

    def last_event(self):
        return self._last

    def events_after(self, number, *, limit):
        self.reads += 1
        if self.trouble:
            raise self.trouble
        return tuple(event for event in self.events if event.number > number)[:limit]


def frame(event):
    return f"{event.number} {event.what['path']}\n".encode()


def follower_of(outbox, **bounds):
    return Follower(outbox, frame, pause=0, **bounds)


async def heard(listener, until):
    """Return what a listener is told, up to some words."""
    told = b""
    while until not in told:
        told += await asyncio.wait_for(listener.take(), PATIENCE)
    return told.decode().splitlines()


async def until(condition):
    async with asyncio.timeout(PATIENCE):
        while not condition():  # noqa: ASYNC110 - it is of another task's making
            await asyncio.sleep(0)


def scenario(test):
    """Let a coroutine function be a test."""

    @wraps(test)
    def run(*args, **given):
        asyncio.run(test(*args, **given))

    return run


@pytest.fixture
def outbox():
    return Outbox()


# --- following


@scenario
async def test_who_listens_hears_what_happens_from_now_on(outbox):
    outbox.happen("before")
    follower = follower_of(outbox)
    listener = await follower.join()
    assert listener.at == 1
    outbox.happen("a", "b")
    assert await heard(listener, b"b") == ["2 a", "3 b"]
    follower.leave(listener)


@scenario
async def test_while_nobody_listens_nothing_is_looked_at(outbox):
    follower = follower_of(outbox)
    listener = await follower.join()
    outbox.happen("a")
    await heard(listener, b"a")
    follower.leave(listener)
    await asyncio.sleep(0)
    looks, reads = outbox.looks, outbox.reads
    outbox.happen("b")
    for _ in range(100):
        await asyncio.sleep(0)
    assert (outbox.looks, outbox.reads) == (looks, reads)
    again = await follower.join()
    outbox.happen("c")
    assert await heard(again, b"c") == ["3 c"]
    follower.leave(again)


@scenario
async def test_while_nothing_happens_nothing_is_read(outbox):
    follower = follower_of(outbox)
    listener = await follower.join()
    await until(lambda: outbox.looks > 1)
    reads, looks = outbox.reads, outbox.looks
    await until(lambda: outbox.looks > looks + 100)
    assert outbox.reads == reads
    follower.leave(listener)


@scenario
async def test_what_happens_is_read_as_often_for_many_listeners_as_for_one(outbox):
    follower = follower_of(outbox)
    listeners = [await follower.join() for _ in range(50)]
    await until(lambda: outbox.looks > 1)
    before = outbox.reads
    outbox.happen("a")
    for listener in listeners:
        assert await heard(listener, b"a") == ["1 a"]
    assert outbox.reads - before <= 2  # the second finds nothing more
    for listener in listeners:
        follower.leave(listener)


@scenario
async def test_who_comes_again_goes_on_where_it_was_whoever_else_listens(outbox):
    outbox.happen(*map(str, range(1, 501)))
    follower = follower_of(outbox)
    others = await follower.join()
    listener = await follower.join(after=3)
    outbox.happen("live")
    expected = [f"{number} {number}" for number in range(4, 501)] + ["501 live"]
    assert await heard(listener, b"live") == expected
    assert await heard(others, b"live") == ["501 live"]
    follower.leave(listener)
    follower.leave(others)


@scenario
async def test_what_is_forgotten_is_told_as_lost(outbox):
    outbox.happen(*"abcdefgh")
    outbox.forget(5)
    follower = follower_of(outbox)
    listener = await follower.join(after=2)
    told = await heard(listener, b"8 h")
    assert told[:2] == ["id: 5", "event: lost"]
    assert json.loads(told[2].removeprefix("data: ")) == {"event": "lost", "number": 5, "count": 3}
    assert told[4:] == ["6 f", "7 g", "8 h"]
    follower.leave(listener)


@scenario
async def test_what_is_forgotten_before_it_was_read_is_told_as_lost_to_those_who_listen(outbox):
    follower = follower_of(outbox)
    listener = await follower.join()
    await until(lambda: outbox.looks > 1)
    outbox.happen(*"abcd")
    outbox.forget(3)
    told = await heard(listener, b"4 d")
    assert '"count": 3' in told[2]
    assert told[-1] == "4 d"
    follower.leave(listener)


@scenario
async def test_who_heard_more_than_has_happened_knew_an_index_that_was_lost(outbox):
    outbox.happen("a")
    follower = follower_of(outbox)
    listener = await follower.join(after=7000)
    outbox.happen("b")
    told = await heard(listener, b"2 b")
    assert json.loads(told[2].removeprefix("data: ")) == {"event": "lost", "number": 1, "count": None}
    assert told[-1] == "2 b"
    follower.leave(listener)


@scenario
async def test_a_slow_listener_loses_the_oldest_and_the_others_lose_nothing(outbox):
    follower = follower_of(outbox, room=10)
    slow, quick = await follower.join(), await follower.join()
    got = []
    for number in range(1, 41):
        outbox.happen(f"n{number}")
        got += await heard(quick, b"n%d" % number)
    assert got == [f"{number} n{number}" for number in range(1, 41)]
    told = await heard(slow, b"n40")
    assert told[0] == "id: 30"
    assert json.loads(told[2].removeprefix("data: "))["count"] == 30
    assert told[4:] == [f"{number} n{number}" for number in range(31, 41)]
    outbox.happen("after")
    assert await heard(slow, b"after") == ["41 after"]
    follower.leave(slow)
    follower.leave(quick)


@scenario
async def test_some_kinds_alone_are_told_before_and_now(outbox):
    outbox.happen("a", kind="feed")
    outbox.happen("b", kind="entry")
    follower = follower_of(outbox)
    listener = await follower.join(after=0, kinds=frozenset({"feed"}))
    outbox.happen("c", kind="entry")
    outbox.happen("d", kind="feed")
    assert await heard(listener, b"d") == ["1 a", "4 d"]
    follower.leave(listener)


@scenario
async def test_one_listener_too_many_is_refused_until_another_leaves(outbox):
    follower = follower_of(outbox, most=2)
    first, second = await follower.join(), await follower.join()
    assert await follower.join() is None
    follower.leave(first)
    third = await follower.join()
    assert third is not None
    follower.leave(second)
    follower.leave(third)
    assert len(follower) == 0


@scenario
async def test_when_the_server_ends_so_do_the_streams_and_those_that_come_late(outbox):
    outbox.happen("a")
    follower = follower_of(outbox)
    listener = await follower.join()
    taking = asyncio.create_task(listener.take())
    await asyncio.sleep(0)
    follower.end()
    assert await asyncio.wait_for(taking, PATIENCE) == b""
    late = await follower.join(after=0)
    assert await late.take() == b""
    follower.leave(listener)
    follower.leave(late)


@scenario
async def test_where_the_index_cannot_be_read_the_streams_end_and_later_ones_go_on(outbox, caplog):
    follower = follower_of(outbox)
    listener = await follower.join()
    await until(lambda: outbox.looks > 1)
    outbox.trouble = OSError("disk")
    outbox.happen("a")
    assert await asyncio.wait_for(listener.take(), PATIENCE) == b""
    assert "events.failed" in caplog.text
    follower.leave(listener)
    outbox.trouble = None
    again = await follower.join(after=0)
    assert await heard(again, b"a") == ["1 a"]
    follower.leave(again)


# --- one stream


class Line:
    """An ASGI connection; `blocked` keeps back what is sent until it is set."""

    def __init__(self):
        self.sent = []
        self.blocked = asyncio.Event()
        self.blocked.set()
        self.gone = asyncio.Event()

    async def receive(self):
        await self.gone.wait()
        return {"type": "http.disconnect"}

    async def send(self, message):
        await self.blocked.wait()
        self.sent.append(message)

    @property
    def text(self):
        return b"".join(one.get("body", b"") for one in self.sent)

    async def listen(self, stream, query=b""):
        scope = {"type": "http", "method": "GET", "path": "/-/events", "query_string": query, "headers": []}
        response = await stream.answer(Request(scope, self.receive))
        await response(scope, self.receive, self.send)


@scenario
async def test_silence_is_broken_by_comments(outbox):
    line = Line()
    listening_ = asyncio.create_task(line.listen(EventStream(follower_of(outbox), heartbeat=0.001)))
    await until(lambda: line.text.count(b"\n:\n") >= 2)
    line.gone.set()
    await asyncio.wait_for(listening_, PATIENCE)


@scenario
@pytest.mark.parametrize("is_blocked", [False, True])
async def test_who_leaves_leaves_nothing_behind_even_in_the_middle_of_sending(outbox, is_blocked):
    follower, line = follower_of(outbox), Line()
    before = asyncio.all_tasks()
    listening_ = asyncio.create_task(line.listen(EventStream(follower)))
    await until(lambda: b"retry: 3000\nid: 0\n\n" in line.text)
    if is_blocked:
        line.blocked.clear()
        outbox.happen("a")
    line.gone.set()
    await asyncio.wait_for(listening_, PATIENCE)
    await asyncio.sleep(0)
    assert len(follower) == 0
    assert asyncio.all_tasks() == before


@scenario
async def test_a_reader_that_does_not_read_keeps_nobody_waiting_and_little_memory(outbox):
    follower, line = follower_of(outbox, room=10), Line()
    stream = EventStream(follower)
    listening_ = asyncio.create_task(line.listen(stream))
    quick = await follower.join()
    await until(lambda: len(follower) == 2 and line.sent)
    line.blocked.clear()
    for number in range(1, 1001):
        outbox.happen(f"n{number}")
    assert (await heard(quick, b"n1000"))[-1] == "1000 n1000"
    line.blocked.set()
    await until(lambda: b"1000 n1000" in line.text)
    assert b"event: lost" in line.text
    line.gone.set()
    await asyncio.wait_for(listening_, PATIENCE)
    follower.leave(quick)


@pytest.mark.parametrize(
    ("fields", "query", "number"),
    [
        ({}, {}, None),
        ({"last-event-id": "12"}, {}, 12),
        ({}, {"last_event_id": "12"}, 12),
        ({"last-event-id": "13"}, {"last_event_id": "12"}, 13),
        ({"last-event-id": ""}, {"last_event_id": "12"}, 12),
        ({"last-event-id": "0"}, {}, 0),
    ],
)
def test_the_last_event_is_named_by_a_field_or_else_by_the_address(fields, query, number):
    assert last_heard(fields, query) == number


@pytest.mark.parametrize("said", ["x", "-1", "1.5", "٣", "9" * 400])
def test_what_is_no_number_of_ours_is_beyond_all_that_happened(said):
    assert last_heard({"last-event-id": said}, {}) > 10**18


# --- over real connections, on a site that another process publishes


class Served:
    """One worker of a site: it only reads, and its server ends when it is told to."""

    def __init__(self, desk):
        self._site = open_site(desk.folder, desk.settings, now=desk.clock)
        self._listening = listening("127.0.0.1", 0)
        listener = self._listening.__enter__()
        self.port = listener.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self._server = uvicorn.Server(server_config(create_app(self._site), desk.settings.server))
        self.thread = threading.Thread(target=self._server.run, kwargs={"sockets": [listener.dup()]}, daemon=True)
        self.thread.start()

    def drain(self):
        self._server.should_exit = True

    def close(self):
        self.drain()
        self.thread.join(PATIENCE)
        self._site.close()
        self._listening.__exit__(None, None, None)

    @contextmanager
    def events(self, path="/-/events", **fields):
        """Listen; the stream has begun once this is entered. It ends before a test would wait for ever."""
        watchdog = threading.Timer(PATIENCE, self.drain)
        watchdog.start()
        with (
            closing(SimpleNamespace(close=watchdog.cancel)),
            httpx2.Client(base_url=self.url, headers={**BEARER, **fields}, timeout=PATIENCE) as client,
            client.sse(path) as source,
        ):
            frames = iter(source)
            opening = next(frames)
            assert (opening.data, opening.retry) == ("", 3000)
            yield frames

    def ask(self, method="GET", path="/-/events", **fields):
        return httpx2.request(method, self.url + path, headers=fields, timeout=PATIENCE)


@pytest.fixture
def desk(open_desk):
    return open_desk(admin={"tokens": {"desk": TOKEN}}, server={"drain": 3600})


def publish(desk):
    """Publish as the publisher's own thread does, which says when a run is over."""
    desk.site.publisher.conclude(desk.publish())


@pytest.fixture
def serve(desk):
    servers = []

    def start():
        servers.append(Served(desk))
        return servers[-1]

    yield start
    for server in servers:
        server.close()


def up_to_run(frames):
    """Return the events up to the end of a run: kind and object."""
    told = []
    for one in frames:
        told.append((one.event, json.loads(one.data)))
        assert told[-1][1]["number"] == int(one.id)
        if one.event == "run":
            return told
    raise AssertionError(told)


def of_kind(told, kind):
    return [what for event, what in told if event == kind]


def test_a_change_is_told_with_the_etags_that_the_feed_had_and_has(desk, serve):
    desk.post("content/2026-10-01-first.md", title="First", categories="[新京报]")
    publish(desk)
    before = {form: desk.look_up(f"/category/新京报.{form}").etag() for form in ("atom", "rss", "json")}
    with serve().events() as frames:
        desk.post("content/2026-10-01-first.md", title="Second", categories="[新京报]")
        publish(desk)
        told = up_to_run(frames)
    after = {form: desk.look_up(f"/category/新京报.{form}").etag() for form in ("atom", "rss", "json")}
    feeds = {one["address"]: one for one in of_kind(told, "feed")}
    assert set(feeds) == {"/feed", "/category/新京报"}
    assert feeds["/category/新京报"]["formats"] == {
        form: {
            "url": f"https://example.com/category/%E6%96%B0%E4%BA%AC%E6%8A%A5.{form}",
            "before": before[form],
            "after": after[form],
        }
        for form in ("rss", "atom", "json")
    }
    (entry,) = of_kind(told, "entry")
    assert (entry["title"], entry["change"]) == ("Second", "changed")
    assert of_kind(told, "post")[0]["path"] == "content/2026-10-01-first.md"
    assert of_kind(told, "run")[0]["changed"] == 1
    assert entry["at"] == "2026-11-01T12:00:00Z"


def test_what_is_told_can_be_read_already(desk, serve):
    server = serve()
    with server.events() as frames:
        desk.post("content/2026-10-01-first.md", title="First", categories="[News]")
        publish(desk)
        for one in frames:
            if one.event == "feed":
                feed = json.loads(one.data)
                assert feed["formats"]["atom"]["before"] is None
                answer = server.ask(path=f"{feed['address']}.atom", **{"Accept-Encoding": "identity"})
                assert answer.headers["etag"] == feed["formats"]["atom"]["after"]
            if one.event == "run":
                break


def test_who_was_away_while_the_server_started_anew_hears_what_happened_meanwhile(desk, serve):
    first = serve()
    with first.events() as frames:
        desk.post("content/2026-10-01-a.md", title="A")
        publish(desk)
        last = of_kind(up_to_run(frames), "run")[0]["number"]
    first.close()
    desk.post("content/2026-10-02-b.md", title="B")
    publish(desk)
    with serve().events(**{"Last-Event-ID": str(last)}) as frames:
        told = up_to_run(frames)
    assert [one["title"] for one in of_kind(told, "entry")] == ["B"]
    assert told[0][1]["number"] == last + 1


def test_a_server_that_is_told_to_end_does_not_wait_for_those_who_listen(desk, serve):
    server = serve()
    with server.events() as frames, server.events() as others:
        server.drain()
        assert list(frames) == []
        assert list(others) == []
        server.thread.join(PATIENCE)
        assert not server.thread.is_alive()


def test_a_listener_that_hangs_up_makes_room(desk, serve, monkeypatch):
    monkeypatch.setattr("feeds.web.admin.addresses.Follower", partial(Follower, most=1))
    server = serve()
    with server.events():
        refused = server.ask(**BEARER)
        assert (refused.status_code, refused.headers["retry-after"]) == (503, "30")
        assert server.ask("HEAD", **BEARER).status_code == 503
    deadline = time.monotonic() + PATIENCE
    while server.ask("HEAD", **BEARER).status_code != 200:
        assert time.monotonic() < deadline
    with server.events():
        pass


def test_the_fields_keep_caches_and_proxies_from_holding_events_back(serve):
    server = serve()
    answer = server.ask("HEAD", **BEARER)
    assert (answer.status_code, answer.content) == (200, b"")
    assert answer.headers["content-type"] == "text/event-stream; charset=utf-8"
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["x-accel-buffering"] == "no"
    with httpx2.stream("GET", f"{server.url}/-/events", headers=BEARER, timeout=PATIENCE) as stream:
        assert {**stream.headers, "date": ""} == {**answer.headers, "date": "", "transfer-encoding": "chunked"}


def test_only_who_has_a_token_may_listen(serve):
    server = serve()
    assert server.ask().status_code == 401
    assert server.ask("HEAD").status_code == 401
    assert server.ask(Authorization="Bearer 0123456789abcdef-nobody").status_code == 401


def test_other_methods_are_refused_and_options_names_those_there_are(serve):
    server = serve()
    assert server.ask("OPTIONS").headers["allow"] == "GET, HEAD, OPTIONS"
    refused = server.ask("POST", **BEARER)
    assert (refused.status_code, refused.headers["allow"]) == (405, "GET, HEAD, OPTIONS")


def test_a_kind_that_there_is_not_is_refused_with_those_that_there_are(serve):
    answer = serve().ask(path="/-/events?kind=feed&kind=feeds", **BEARER)
    assert answer.status_code == 400
    assert answer.json()["detail"] == (
        "There are no events of the kind 'feeds', only: post, entry, feed, diagnostic, run."
    )


def test_only_the_kinds_that_were_asked_for_are_told(desk, serve):
    with serve().events("/-/events?kind=feed&kind=run") as frames:
        desk.post("content/2026-10-01-a.md", title="A")
        publish(desk)
        assert {kind for kind, _ in up_to_run(frames)} == {"feed", "run"}


def test_a_connection_that_is_cut_in_the_middle_is_noticed(desk, serve):
    server = serve()
    with socket.create_connection(("127.0.0.1", server.port), timeout=PATIENCE) as connection:
        connection.sendall(f"GET /-/events HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {TOKEN}\r\n\r\n".encode())
        assert connection.recv(4096).startswith(b"HTTP/1.1 200")
    server.drain()
    server.thread.join(PATIENCE)
    assert not server.thread.is_alive()


# --- what is written of it


def documented():
    """Return the fields of each kind as docs/events.md has them."""
    rows = re.findall(r"^\| `([a-z]+)` \| (.*?) \|", PAGE.read_text("utf-8"), flags=re.MULTILINE)
    return {kind: re.findall(r"`([a-z_]+)`", fields) for kind, fields in rows}


def test_the_page_names_each_kind_and_its_fields():
    assert documented() == {kind: [*TOLD.get(kind, FIELDS.get(kind, {}))] for kind in (*EVENT_KINDS, LOST)}


def test_events_have_the_fields_that_the_page_names(desk):
    desk.post("content/2026-10-01-a.md", title="A", date="no day")
    publish(desk)
    desk.post("content/2026-10-01-a.md", title="A")
    publish(desk)
    frames = Frames(desk.settings)
    kinds = set()
    for event in desk.site.store.events_after(0):
        lines = frames.of(event).decode().split("\n")
        assert lines[:2] == [f"id: {event.number}", f"event: {event.kind}"]
        told = json.loads(lines[2].removeprefix("data: "))
        assert [*told] == ["event", "number", "at", *documented()[event.kind]]
        kinds.add(event.kind)
    assert kinds >= {"post", "entry", "feed", "run"}


def test_a_line_break_in_a_title_breaks_no_frame(desk):
    event = Event(kind="entry", what={"id": "x", "path": "p", "title": "a\r\nevent: b\u2028", "change": "added"})
    frame_ = Frames(desk.settings).of(event)
    assert frame_.count(b"\n") == 4
    assert b"\r" not in frame_
