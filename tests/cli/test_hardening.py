"""A server among strangers, as a process: abuse over real sockets, its end, and its renewal."""

import contextlib
import os
import re
import resource
import select
import signal
import socket
import ssl
import subprocess
import sys
import threading
import time

import pytest

from feeds.cli.running import room_for, server_config
from feeds.settings import ServerSettings

pytestmark = pytest.mark.slow

TEXT = "今天的潮水很高。" * 300  # some 7 KB, so that a few hundred answers fill every buffer
PATIENCE = 30  # seconds, on a busy machine
SETTINGS = '[site]\ntitle = "{title}"\nurl = "https://example.com"\nauthority = "example.com,2026"\n[content]\nsettle = 0.0\n[server]\n'
GET = b"GET /feed.atom HTTP/1.1\r\nHost: x\r\n\r\n"


def post(title):
    return f'---\ntitle: "{title}"\ndate: 2026-10-01 08:00:00\n---\n\n{TEXT}\n'


class Server:
    """`feeds serve` on a free port, once it is ready."""

    def __init__(self, folder):
        environ = {name: value for name, value in os.environ.items() if not name.startswith("FEEDS_")}
        self.process = subprocess.Popen(
            [sys.executable, "-m", "feeds", "serve", str(folder), "--port", "0"],
            env=environ,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        found = None
        while not found:
            line = self.process.stdout.readline()
            assert line, self.process.communicate()
            found = re.search(r"http://127\.0\.0\.1:(\d+)/", line)
        self.port = int(found[1])
        self.said = []  # lines of stderr
        self._listening = threading.Thread(target=lambda: self.said.extend(iter(self.process.stderr.readline, "")))
        self._listening.start()
        wait_for(lambda: b" 200 " in self.ask(b"GET /readyz HTTP/1.0\r\n\r\n"))

    def connect(self):
        return socket.create_connection(("127.0.0.1", self.port), timeout=PATIENCE)

    def ask(self, request):
        """Send something; return all that comes until the server closes."""
        with self.connect() as client, contextlib.suppress(ConnectionResetError):
            client.sendall(request)
            return everything(client)
        return b""

    def get(self, path="/feed.atom"):
        """Ask on a connection of its own; return status, ETag and body."""
        head, _, body = self.ask(f"GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".encode()).partition(
            b"\r\n\r\n"
        )
        tag = re.search(rb"etag: (\S+)", head)
        return int(head.split()[1]), tag and tag[1], body

    def heard(self, words):
        return any(words in line for line in self.said)

    def end(self, number=signal.SIGTERM):
        """Send a signal; return the exit status."""
        self.process.send_signal(number)
        return self.gone()

    def gone(self):
        """Return the exit status once the process has ended."""
        status = self.process.wait(PATIENCE)
        self._listening.join()
        self.process.stdout.close()
        self.process.stderr.close()
        assert "Traceback" not in "".join(self.said)
        return status


def wait_for(is_so):
    ends = time.monotonic() + PATIENCE
    while not is_so():
        assert time.monotonic() < ends


def everything(client):
    return b"".join(iter(lambda: client.recv(65_536), b""))


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "content").mkdir()
    (tmp_path / "content/2026-10-01-first.md").write_text(post("First"), encoding="utf-8")
    return tmp_path


@pytest.fixture
def serve(folder):
    servers = []

    def settle(title="Example", **server):
        lines = "".join(f"{name} = {value}\n" for name, value in server.items())
        (folder / "feeds.toml").write_text(SETTINGS.format(title=title) + lines, encoding="utf-8")

    def start(**server):
        settle(**server)
        servers.append(Server(folder))
        return servers[-1]

    start.settle = settle
    yield start
    for server in servers:
        if server.process.poll() is None:
            assert server.end() == 0


# --- abuse


def test_strangers_are_answered_or_sent_away_and_readers_do_not_notice(serve):
    server = serve(read_timeout=0.5)
    status, tag, _ = server.get()
    assert status == 200
    answers = {
        "half": server.ask(b"GET /feed.atom HTTP/1.1\r\nHos"),
        "silent": server.ask(b""),
        "large": server.ask(b"GET /feed.atom HTTP/1.1\r\nCookie: " + b"c" * 2_000_000),
        "garbage": server.ask(b"\0\1\2\3 nonsense\r\n\r\n"),
        "old": server.ask(b"GET /feed.atom HTTP/1.0\r\n\r\n"),
        "absolute": server.ask(b"GET http://x/feed.atom HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"),
        "pipelined": server.ask(GET + GET + GET.replace(b"Host", b"Connection: close\r\nHost")),
    }
    assert {name: re.findall(rb"HTTP/1\.1 (\d+)", answer) for name, answer in answers.items()} == {
        "half": [b"408"],
        "silent": [],
        "large": [b"431"],
        "garbage": [b"400"],
        "old": [b"200"],
        "absolute": [b"200"],
        "pipelined": [b"200"] * 3,
    }
    assert server.get()[:2] == (200, tag)
    assert server.end() == 0
    assert len(server.said) <= 2  # of the first run


def test_tls_on_the_plain_port_fails_at_once_and_quietly(serve):
    server = serve()
    context = ssl.create_default_context()
    with server.connect() as client, pytest.raises((ssl.SSLError, ConnectionError)):
        context.wrap_socket(client, server_hostname="example.com")
    assert server.get()[0] == 200
    assert server.end() == 0
    assert not server.heard("nvalid")


def test_idle_connections_do_not_shut_readers_out(serve):
    server = serve(max_connections=8)
    with contextlib.ExitStack() as closing:
        idle = [closing.enter_context(server.connect()) for _ in range(40)]
        assert server.get()[0] == 200
        assert idle[0].recv(1) == b""  # the first to go


def test_a_reader_that_does_not_read_is_cut_off(serve):
    server = serve(write_timeout=0.2)
    with server.connect() as client:
        client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        client.sendall(GET * 2000)
        client.setblocking(False)
        watched = select.poll()
        watched.register(client, 0)

        def is_cut_off():
            with contextlib.suppress(OSError):
                client.send(b"G")  # where our window is shut, its reset is lost; it resets again at whatever we send
            return watched.poll(50)

        wait_for(is_cut_off)
        assert server.get()[0] == 200


# --- the end


@pytest.mark.parametrize("workers", [1, 2])
def test_the_end_lets_answers_finish_closes_idle_connections_and_refuses_new_ones(serve, workers):
    server = serve(workers=workers)
    with server.connect() as reader, server.connect() as idle:
        idle.sendall(GET)
        assert idle.recv(12) == b"HTTP/1.1 200"
        reader.sendall(GET * 1000)  # some 9 MB of answers, more than the buffers between us hold
        assert reader.recv(12) == b"HTTP/1.1 200"
        begun = time.monotonic()
        server.process.send_signal(signal.SIGTERM)
        assert everything(idle).endswith(b"</feed>")
        received = everything(reader)
        assert received.count(b"HTTP/1.1 200") > 1
        assert received.endswith(b"</feed>")  # whole answers only
        assert time.monotonic() - begun < PATIENCE
    assert server.gone() == 0
    with pytest.raises(ConnectionRefusedError):
        server.connect()


def test_the_end_comes_although_a_reader_does_not_read(serve):
    server = serve(drain=1)
    with server.connect() as reader:
        reader.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        reader.sendall(GET * 2000)
        assert reader.recv(12) == b"HTTP/1.1 200"
        assert server.end() == 0


# --- renewal


@pytest.mark.parametrize(("before", "after"), [(1, 1), (1, 2), (2, 2), (2, 1)])
def test_renewal_takes_new_settings_and_refuses_nobody(serve, folder, before, after):
    server = serve(workers=before)
    _, old_tag, old_body = server.get()
    assert b"<title>Example</title>" in old_body
    statuses, stop = [], threading.Event()

    def poll():
        while not stop.is_set():
            try:
                statuses.append(server.get()[0])
            except OSError as err:
                statuses.append(err)

    reader = threading.Thread(target=poll)
    reader.start()
    try:
        serve.settle(title="Renewed", workers=after)
        server.process.send_signal(signal.SIGHUP)
        wait_for(lambda: server.heard("The settings are read again"))
        wait_for(lambda: all(b"<title>Renewed</title>" in server.get()[2] for _ in range(5)))
    finally:
        stop.set()
        reader.join()
    assert set(statuses) == {200}
    (folder / "content/2026-10-01-first.md").write_text(post("Second"), encoding="utf-8")
    wait_for(lambda: all(b"<title>Second</title>" in server.get()[2] for _ in range(5)))
    # The old publisher may have taken the post in before it ended; the new one has then taken it in anew.
    wait_for(lambda: len({server.get()[1] for _ in range(10)}) == 1)
    assert server.get()[1] != old_tag
    assert server.end() == 0


@pytest.mark.parametrize("workers", [1, 2])
def test_renewal_with_wrong_settings_says_what_to_mend_and_changes_nothing(serve, folder, workers):
    server = serve(workers=workers)
    server.process.send_signal(signal.SIGHUP)  # after which all of them are up
    wait_for(lambda: server.heard("The settings are read again"))
    before = server.get()
    good = (folder / "feeds.toml").read_text(encoding="utf-8")
    (folder / "feeds.toml").write_text(good.replace("Example", "Renewed") + "drain = 0\n", encoding="utf-8")
    server.process.send_signal(signal.SIGHUP)
    wait_for(lambda: server.heard("The settings stay as they were"))
    assert server.heard("server.drain 0")
    assert server.get() == before
    (folder / "feeds.toml").write_text(good.replace("Example", "Renewed"), encoding="utf-8")
    server.process.send_signal(signal.SIGHUP)
    wait_for(lambda: b"Renewed" in server.get()[2])
    assert server.end() == 0


def told(server, name):
    """Return one number of `/metrics`, whichever process tells it."""
    _, _, body = server.get("/metrics")
    return next((float(line.split()[-1]) for line in body.decode().splitlines() if line.startswith(name)), 0)


@pytest.mark.parametrize("workers", [1, 2])
def test_what_processes_have_counted_outlives_their_renewal(serve, workers):
    server = serve(workers=workers)
    polled = 'feeds_requests_total{coding="identity",kind="site",status="200"}'
    for _ in range(7):
        server.get()
    wait_for(lambda: told(server, polled) == 7)
    server.process.send_signal(signal.SIGHUP)
    wait_for(lambda: server.heard("The settings are read again"))
    wait_for(lambda: told(server, "feeds_workers ") == workers)
    assert told(server, polled) == 7
    server.get()
    wait_for(lambda: told(server, polled) == 8)
    assert server.end() == 0


def test_what_is_no_request_is_told_among_the_numbers(serve):
    server = serve(workers=1)
    assert b" 431 " in server.ask(b"GET / HTTP/1.1\r\nCookie: " + b"c" * 200_000)
    assert b" 400 " in server.ask(b"\x16\x03\x01\r\n\r\n")
    refused = 'feeds_requests_total{{coding="identity",kind="other",status="{}"}}'
    assert [told(server, refused.format(status)) for status in (431, 400)] == [1, 1]
    assert server.end() == 0


def test_two_workers_answer_one_truth_at_one_port_while_posts_change(serve, folder):
    server = serve(workers=2)
    seen = set()
    for number in range(3):
        (folder / "content/2026-10-01-first.md").write_text(post(f"Take {number}"), encoding="utf-8")
        title = f"<title>Take {number}</title>".encode()
        wait_for(lambda title=title: all(title in server.get()[2] for _ in range(10)))
        tags = {server.get()[1] for _ in range(10)}
        assert len(tags) == 1
        seen |= tags
    assert len(seen) == 3


# --- open files


@pytest.mark.parametrize(
    ("limits", "room", "raised"),
    [
        ((1024, 4096), 1000, (1256, 4096)),
        ((1024, 1100), 844, (1100, 1100)),
        ((1024, resource.RLIM_INFINITY), 1000, (1256, resource.RLIM_INFINITY)),
        ((5000, 5000), 1000, None),
        ((resource.RLIM_INFINITY, resource.RLIM_INFINITY), 1000, None),
        ((100, 100), 50, (100, 100)),
    ],
)
def test_open_files_are_raised_as_far_as_needed_and_allowed(monkeypatch, limits, room, raised):
    changed = []
    monkeypatch.setattr(resource, "getrlimit", lambda _which: limits)
    monkeypatch.setattr(resource, "setrlimit", lambda _which, pair: changed.append(pair))
    assert room_for(1000) == room
    assert changed == ([raised] if raised else [])


def test_where_the_limit_cannot_be_raised_the_connections_bow(monkeypatch):
    def refuse(_which, _pair):
        raise ValueError("not allowed")

    monkeypatch.setattr(resource, "getrlimit", lambda _which: (1024, resource.RLIM_INFINITY))
    monkeypatch.setattr(resource, "setrlimit", refuse)
    assert room_for(5000) == 768


def test_the_settings_of_the_server_reach_uvicorn_in_every_process():
    import pickle

    server = ServerSettings(workers=3, keep_alive=7, drain=4, max_header_bytes=2048)
    config = pickle.loads(pickle.dumps(server_config("feeds.web.app:create_app_from_environment", server)))
    assert (config.workers, config.timeout_keep_alive, config.timeout_graceful_shutdown) == (3, 7, 4)
    assert config.http.keywords["bounds"].max_header_bytes == 2048
