"""`feeds watch`: against a server of our own making that says what a test wants, and against a real one."""

import json
import os
import re
import select
import signal
import subprocess
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from click.testing import CliRunner

from feeds.cli import main
from feeds.cli.listener import Decoder, Frame, Listener
from feeds.cli.watch import line_of
from feeds.errors import FeedsError

TOKEN = "0123456789abcdef-desk"
PATIENCE = 30  # seconds, on a busy machine


def decoded(text):
    """What is read of a stream: frames, and the id that is sent when coming again."""
    decoder = Decoder()
    frames = [frame for line in text.split("\n") if (frame := decoder.read(line))]
    return frames, decoder


@pytest.mark.parametrize(
    ("text", "frames", "last_id"),
    [
        ("id: 1\nevent: feed\ndata: a\n\n", [Frame("feed", "a")], "1"),
        ("data: a\ndata: b\n\ndata:c\n\n", [Frame("message", "a\nb"), Frame("message", "c")], ""),
        ("data:  a\n\n", [Frame("message", " a")], ""),
        (":\n: words\n\n", [], ""),
        ("data\n\n", [Frame("message", "")], ""),
        ("retry: 3000\nid: 7\n\n", [], "7"),
        ("id: 1\ndata: a\n\nid: 2\ndata: b", [Frame("message", "a")], "1"),
        ("id: 1\ndata: a\n\nid\ndata: b\n\n", [Frame("message", "a"), Frame("message", "b")], ""),
        ("id: 1\0\ndata: a\n\n", [Frame("message", "a")], ""),
        ("event: feed\n\ndata: a\n\n", [Frame("message", "a")], ""),
        ("other: x\ndata: a\n\n", [Frame("message", "a")], ""),
    ],
)
def test_a_stream_is_read_as_the_standard_says(text, frames, last_id):
    found, decoder = decoded(text)
    assert (found, decoder.last_id) == (frames, last_id)


@pytest.mark.parametrize(
    ("line", "seconds"), [("retry: 250", 0.25), ("retry: 1e9", 3), ("retry: 99999999", 300), ("retry:", 3)]
)
def test_the_server_says_when_to_come_again_within_reason(line, seconds):
    assert decoded(f"{line}\n")[1].retry == seconds


class Station:
    """A server that gives each request the next of its answers, and remembers what was asked."""

    def __init__(self, *answers):
        self.asked = []
        waiting = list(answers)
        station = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                station.asked.append((self.path, dict(self.headers)))
                status, fields, body = waiting.pop(0) if waiting else stream("")
                self.send_response(status)
                for name, value in fields.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_):
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01})
        self._thread.start()

    def close(self):
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


def stream(text):
    return 200, {"Content-Type": "text/event-stream; charset=utf-8"}, text.encode()


def problem(status, detail, **fields):
    return status, {"Content-Type": "application/problem+json", **fields}, json.dumps({"detail": detail}).encode()


@pytest.fixture
def station():
    stations = []

    def open_(*answers):
        stations.append(Station(*answers))
        return stations[-1]

    yield open_
    for one in stations:
        one.close()


def event(number, kind="run", **what):
    data = json.dumps({"event": kind, "number": number, **what}, ensure_ascii=False)
    return f"id: {number}\nevent: {kind}\ndata: {data}\n\n"


class Watcher:
    """Listens until it has heard so many frames. `said` is what the operator sees, `waits` how long it slept."""

    def __init__(self, url, **given):
        self.said, self.waits = [], []
        self._listener = Listener(url, token=TOKEN, say=self.said.append, sleep=self.waits.append, **given)

    def hear(self, count):
        frames = self._listener.frames()
        return [json.loads(next(frames).data)["number"] for _ in range(count)]


def test_the_token_goes_along_and_the_address_may_be_that_of_the_site_or_of_its_events(station):
    for suffix in ("", "/", "/-/events"):
        server = station(stream(event(1)))
        assert Watcher(server.url + suffix).hear(1) == [1]
        ((path, fields),) = server.asked
        assert (path, fields["Authorization"]) == ("/-/events", f"Bearer {TOKEN}")
        assert "Last-Event-ID" not in fields


def test_kinds_and_a_site_below_a_path_are_asked_for(station):
    server = station(stream(event(1)))
    Watcher(f"{server.url}/nachrichten/ä", kinds=["feed", "run"], after=12).hear(1)
    assert server.asked[0][0] == "/nachrichten/%C3%A4/-/events?kind=feed&kind=run"
    assert server.asked[0][1]["Last-Event-ID"] == "12"


def test_it_comes_again_after_the_time_that_the_server_said_and_goes_on_where_it_was(station):
    server = station(stream("retry: 250\n\n" + event(4) + "id: 5\ndata: {"), stream(event(5)))
    watcher = Watcher(server.url)
    assert watcher.hear(2) == [4, 5]
    assert server.asked[1][1]["Last-Event-ID"] == "4"
    assert watcher.waits == [0.25]
    assert watcher.said == [
        "There is no connection (the server ended it); trying again every 0.25 seconds.",
        "Connected again.",
    ]


def test_what_passes_is_waited_for_and_told_once(station):
    server = station(
        problem(503, "As many listen already as may.", **{"Retry-After": "30"}),
        problem(503, "As many listen already as may.", **{"Retry-After": "30"}),
        stream(event(1)),
        (502, {}, b"<h1>Bad Gateway</h1>"),
        stream(event(2)),
    )
    watcher = Watcher(server.url)
    assert watcher.hear(2) == [1, 2]
    assert watcher.waits == [30, 30, 3, 3]
    assert [line.partition(")")[0] for line in watcher.said] == [
        "There is no connection (As many listen already as may.",
        "Connected again.",
        "There is no connection (the server ended it",
        "Connected again.",
    ]


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (
            problem(401, "This needs a token."),
            "This needs a token.; give the token in FEEDS_TOKEN or with --token-file",
        ),
        (problem(404, "No token is set."), "No token is set.; check the address of the site"),
        ((404, {}, b"<p>nothing"), "404 Not Found; check the address"),
        ((301, {"Location": "https://example.com/"}, b""), "leads to https://example.com/; give that address"),
        ((500, {}, b""), "500 Internal Server Error; look into the log"),
        ((502, {}, b""), "502 Bad Gateway; look into the log"),
        ((200, {"Content-Type": "text/html"}, b"<p>Hello"), "has no events, but something else"),
    ],
)
def test_what_does_not_pass_is_told_and_ends_it(station, answer, words):
    with pytest.raises(FeedsError, match=re.escape(words)):
        Watcher(station(answer).url).hear(1)


def test_a_server_that_is_not_there_at_first_is_told(station):
    server = station()
    server.close()
    with pytest.raises(FeedsError, match=r"cannot be reached.*check the address"):
        Watcher(server.url).hear(1)


@pytest.mark.parametrize("url", ["example.com", "127.0.0.1:8000", "ftp://example.com", "http://", "http://x:port/"])
def test_what_is_no_address_is_told_as_such(url):
    with pytest.raises(FeedsError, match="is no address of a site; write it like https"):
        Listener(url, token=TOKEN, say=print)


def test_a_token_leaves_this_machine_only_encrypted():
    with pytest.raises(FeedsError, match="would get the token in clear text; use https"):
        Listener("http://example.com", token=TOKEN, say=print)
    Listener("https://example.com", token=TOKEN, say=print)


AT = "2026-11-24T10:00:00Z"
TAGS = {"atom": {"url": "https://example.com/", "before": None, "after": '"b-atom"'}}


@pytest.mark.parametrize(
    ("kind", "what", "words"),
    [
        ("post", {"path": "a.md", "standing": "holder"}, "a.md (holder)"),
        ("entry", {"id": "x", "path": "a.md", "title": "海", "change": "added"}, "added: 海 (a.md)"),
        ("feed", {"address": "/tag/海", "formats": TAGS}, '/tag/海: new → "b-atom"'),
        (
            "diagnostic",
            {"code": "c", "level": "error", "path": "a.md", "line": 3, "detail": "d", "is_solved": False},
            "error: a.md:3: c (d)",
        ),
        (
            "diagnostic",
            {"code": "c", "level": "error", "path": "a.md", "line": None, "detail": "", "is_solved": True},
            "solved: a.md: c",
        ),
        (
            "run",
            {"read": 3, "changed": 2, "removed": 1, "feeds": 4, "problems": 0, "orders": []},
            "3 read, 2 changed, 1 removed, 4 feeds moved, 0 problems",
        ),
    ],
)
def test_each_kind_is_one_line_for_people(kind, what, words):
    line = line_of(Frame(kind, json.dumps({"event": kind, "number": 1, "at": AT, **what})))
    assert (line.kind, line.what) == (kind, words)
    assert re.fullmatch(r"2026-11-2\d \d\d:\d\d:00", line.when)


@pytest.mark.parametrize(("count", "words"), [(1, "1 event"), (7, "7 events"), (None, "events before this one")])
def test_what_was_lost_is_told(count, words):
    assert line_of(Frame("lost", json.dumps({"event": "lost", "number": 1, "count": count}))) == ("-", "lost", words)


@pytest.mark.parametrize("data", ["{}", "[1]", "null", "no JSON", '{"at": 3}', '{"a": "new field"}'])
def test_what_a_newer_server_tells_in_other_ways_is_shown_as_it_came(data):
    assert line_of(Frame("feed", data)) == ("-", "feed", data)
    assert line_of(Frame("news", data)).what == data


@pytest.fixture
def run(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("FEEDS_TOKEN", TOKEN)
    return lambda *words: CliRunner().invoke(main, ["watch", *map(str, words)], catch_exceptions=False)


def test_lines_for_programs_are_the_objects_as_they_came(run, station):
    server = station(stream(event(1) + event(2, kind="lost", count=3)), problem(401, "Not any more."))
    shown = run(server.url, "--json")
    assert [json.loads(line)["number"] for line in shown.stdout.splitlines()] == [1, 2]
    assert shown.exit_code == 2
    assert "Not any more." in shown.stderr


def test_in_a_pipe_columns_are_separated_by_tabs_and_nothing_moves_the_cursor(run, station):
    told = {"at": AT, "path": "a.md", "title": "x\x1b[2J", "change": "added", "id": "i"}
    server = station(stream(event(1, kind="entry", **told)), problem(401, "x"))
    _, kind, what = run(server.url).stdout.rstrip("\n").split("\t")
    assert (kind, what) == ("entry", "added: x\\x1b[2J (a.md)")


def test_the_token_may_stand_in_a_file(run, station, tmp_path, monkeypatch):
    monkeypatch.delenv("FEEDS_TOKEN")
    (tmp_path / "token").write_text("of-the-file-0123456789\n")
    server = station(problem(401, "x"))
    run(server.url, "--token-file", tmp_path / "token")
    assert server.asked[0][1]["Authorization"] == "Bearer of-the-file-0123456789"


@pytest.mark.parametrize("text", [None, "", " \n", "two\nlines", "märchen"])
def test_without_a_usable_token_nobody_is_asked(run, station, tmp_path, text):
    server = station()
    if text is not None:
        (tmp_path / "token").write_text(text, encoding="utf-8")
    result = run(server.url, "--token-file", tmp_path / "token")
    assert (result.exit_code, server.asked) == (2, [])
    assert "token" in result.stderr


def test_a_token_for_commands_is_no_mistake_in_the_settings(run, tmp_path):
    (tmp_path / "content").mkdir()
    result = CliRunner().invoke(main, ["check", str(tmp_path)], catch_exceptions=False)
    assert result.exit_code == 0, result.stderr


# --- processes


class Program:
    """A `feeds` command as a process, read line by line."""

    def __init__(self, *words):
        environ = {name: value for name, value in os.environ.items() if not name.startswith("FEEDS_")}
        self.process = subprocess.Popen(
            [sys.executable, "-m", "feeds", *map(str, words)],
            env={**environ, "FEEDS_TOKEN": TOKEN, "FEEDS_ADMIN__TOKENS__DESK": TOKEN},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        self._said = {"stdout": b"", "stderr": b""}

    def until(self, pattern, name="stdout"):
        """Read until a line is like a pattern; return the match."""
        pipe, deadline = getattr(self.process, name), time.monotonic() + PATIENCE
        while not (found := re.search(pattern, self._said[name].decode())):
            assert select.select([pipe], [], [], max(0, deadline - time.monotonic()))[0], self._said
            piece = os.read(pipe.fileno(), 65536)
            assert piece, (self._said, self.process.poll())
            self._said[name] += piece
        return found

    def end(self, number):
        self.process.send_signal(number)
        self.process.communicate(timeout=PATIENCE)
        return self.process.returncode


@pytest.fixture
def start():
    programs = []

    def start_(*words):
        programs.append(Program(*words))
        return programs[-1]

    yield start_
    for one in reversed(programs):
        if one.process.poll() is None:
            one.end(signal.SIGTERM)


@pytest.mark.slow
@pytest.mark.parametrize("workers", [1, 2])
def test_watching_goes_on_when_the_server_reads_its_settings_anew(start, tmp_path, workers):
    def post(name):
        (tmp_path / f"content/2026-10-01-{name}.md").write_text(f"---\ntitle: Post {name}\n---\n\nText.\n")

    (tmp_path / "content").mkdir()
    post("a")
    server = start("serve", tmp_path, "--port", 0, "--workers", workers)
    url = server.until(r"(http://\S+)/feed\.rss")[1]
    watcher = start("watch", url, "--after", 0)
    watcher.until(r"\tfeed\t/feed: new ")
    post("b")
    watcher.until(r"\tentry\tadded: Post b ")
    watcher.until(r"\tfeed\t/feed: ")
    server.process.send_signal(signal.SIGHUP)
    watcher.until("There is no connection", "stderr")
    post("c")
    watcher.until(r"\tentry\tadded: Post c ")
    watcher.until("Connected again", "stderr")
    assert watcher.end(signal.SIGINT) == 0
    assert server.end(signal.SIGTERM) == 0
