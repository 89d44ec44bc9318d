"""`feeds regenerate URL` and SIGUSR1: a running server is told to look at its posts now."""

import http.server
import json
import os
import signal
import socket
import threading
import time
from contextlib import closing
from datetime import UTC, datetime

import pytest
from click.testing import CliRunner

from feeds.cli import main
from feeds.store import Store

from .test_processes import PATIENCE, POST, Server

TOKEN = "0123456789abcdef-desk"
SETTINGS = f'[admin]\ntokens = {{desk = "{TOKEN}"}}\n[content]\nsweep = 3600\nsettle = 3600\n'


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "content").mkdir()
    (tmp_path / "content/2026-10-01-first.md").write_text(POST, encoding="utf-8")
    os.utime(tmp_path / "content/2026-10-01-first.md", (1_600_000_000, 1_600_000_000))  # it has rested
    (tmp_path / "feeds.toml").write_text(SETTINGS, encoding="utf-8")
    return tmp_path


@pytest.fixture(params=[1, 2], ids=["alone", "workers"])
def server(folder, request):
    server = Server(folder, "--workers", request.param)
    assert server.get("/feed.rss")[0] == 200
    yield server
    server.process.terminate()
    server.process.communicate(timeout=PATIENCE)


def regenerate(*words, token=TOKEN):
    return CliRunner().invoke(main, ["regenerate", *words], env={"FEEDS_TOKEN": token}, catch_exceptions=False)


def save(folder, text, name="2026-10-01-first.md"):
    """Write a post at this very moment: it is too young to be read unless it is ordered."""
    (folder / "content" / name).write_text(text, encoding="utf-8")


@pytest.mark.slow
def test_what_was_read_and_which_feeds_moved_is_told(server, folder):
    save(folder, POST.replace("First", "Second"), "second.md")
    told = regenerate(server.address, "--path", "content/second.md")
    assert told.exit_code == 0, told.stderr
    first, *feeds = told.stdout.splitlines()
    assert first == "1 files read, 1 entries changed, 0 removed"
    assert {line.partition("  ")[0] for line in feeds} == {"/feed", "/category/新京报"}
    assert b"<title>Second</title>" in server.get("/feed.rss")[2]


@pytest.mark.slow
def test_a_signal_has_everything_looked_at_and_ends_nothing(server, folder):
    until = time.monotonic() + PATIENCE
    while not runs_ordered(folder):
        server.process.send_signal(signal.SIGUSR1)
        threading.Event().wait(0.05)
        assert time.monotonic() < until
    assert server.process.poll() is None
    assert server.end(signal.SIGTERM)[0] == 0


def runs_ordered(folder):
    """The runs that somebody ordered, as the publisher tells of them."""
    with closing(Store(folder / ".feeds", now=datetime.now(UTC))) as store:
        return [one for one in store.events_after(0) if one.kind == "run" and one.what["orders"]]


@pytest.mark.slow
def test_every_worker_takes_orders_knows_their_results_and_writes_posts(server, folder):
    from urllib.request import Request, urlopen

    def ask(method, path, content=b""):
        fields = {"Authorization": f"Bearer {TOKEN}", "Connection": "close"}
        with urlopen(Request(server.address + path, data=content, headers=fields, method=method), timeout=60) as answer:
            return json.loads(answer.read())

    for number in range(8):  # connections fall to one worker or another
        text = POST.replace("First", f"Number {number}").encode()
        told = ask("PUT", f"/-/posts/{number}.md?wait=60", text)
        assert told["result"]["changed"] == 1
        assert ask("GET", f"/-/regenerate/{told['id']}?wait=60")["is_done"]
        assert f"<title>Number {number}</title>".encode() in server.get("/feed.rss")[2]


# without a server, or with another one


@pytest.fixture
def stranger():
    """Some HTTP server that answers every POST with `status` and `body`, and notes what it was asked."""

    class Answer(http.server.BaseHTTPRequestHandler):
        def do_POST(self):
            self.server.asked.append((self.path, self.headers["Authorization"]))
            self.send_response(self.server.status)
            self.end_headers()
            self.wfile.write(self.server.body)

        def log_message(self, *_words):
            pass

    server = http.server.HTTPServer(("127.0.0.1", 0), Answer)
    server.status, server.body, server.asked = 200, b"{}", []
    server.address = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


DONE = {"id": "a1", "is_done": True, "read": 1, "changed": 0, "removed": 0, "feeds": [], "diagnostics": []}
WRONG = {
    "code": "file-too-large",
    "level": "error",
    "path": "content/a.md",
    "line": 3,
    "message": "Too\x1b large.",
    "remedy": "Shorten it.",
}


def test_paths_wait_and_token_are_sent(stranger):
    stranger.body = json.dumps(DONE).encode()
    told = regenerate(f"{stranger.address}/news/", "--path", "content/新.md", "--path", "b c", "--wait", "2.5")
    assert (told.exit_code, told.stdout) == (0, "1 files read, 0 entries changed, 0 removed\n")
    (asked,) = stranger.asked
    assert asked == (
        "/news/-/regenerate?wait=2.5&path=content%2F%E6%96%B0.md&path=b+c",
        f"Bearer {TOKEN}",
    )


def test_a_token_is_read_from_a_file(stranger, tmp_path):
    stranger.body = json.dumps(DONE).encode()
    (tmp_path / "token").write_text("of-a-file-0123456789\n")
    assert regenerate(stranger.address, "--token-file", str(tmp_path / "token"), token="").exit_code == 0
    assert stranger.asked[0][1] == "Bearer of-a-file-0123456789"


def test_feeds_errors_in_posts_are_told_with_their_place_and_exit_status_1(stranger):
    stranger.body = json.dumps({**DONE, "diagnostics": [WRONG], "error": "git ended"}).encode()
    told = regenerate(stranger.address)
    assert told.exit_code == 1
    assert "content/a.md:3: error file-too-large Too\\x1b large. — Shorten it.\nerror: git ended\n" in told.stdout


def test_a_result_that_does_not_come_in_time_is_told_with_its_address(stranger):
    stranger.status, stranger.body = 202, b'{"id": "a1", "is_done": false}'
    told = regenerate(stranger.address, "--wait", "0")
    assert told.exit_code == 1
    assert f"{stranger.address}/-/regenerate/a1" in told.stderr


@pytest.mark.parametrize(
    ("status", "body", "words"),
    [
        (401, b'{"detail": "This token is none of those that are set."}', "none of those that are set.; is the token"),
        (404, b'{"detail": "no token is set."}', "answered 404: no token is set."),
        (404, b"<html>", "is a feeds server there?"),
        (200, b"[]", "is a feeds server there?"),
        (500, b"", "answered 500"),
    ],
)
def test_a_server_that_refuses_is_one_line(stranger, status, body, words):
    stranger.status, stranger.body = status, body
    told = regenerate(stranger.address)
    assert (told.exit_code, told.stderr.count("\n")) == (2, 1)
    assert words in told.stderr
    assert TOKEN not in told.output


def test_nobody_there_is_one_line():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))  # and nobody listens
        told = regenerate(f"http://127.0.0.1:{listener.getsockname()[1]}")
    assert (told.exit_code, told.stderr.count("\n")) == (2, 1)
    assert "nobody answers at http://127.0.0.1" in told.stderr


@pytest.mark.parametrize(
    ("words", "token", "told"),
    [
        (["http://example.com"], TOKEN, "would get the token in clear text"),
        (["ftp://example.com"], TOKEN, "is no address"),
        (["example.com"], TOKEN, "is no address"),
        (["http://[::1"], TOKEN, "is no address"),
        (["http://127.0.0.1:x"], TOKEN, "is no address"),
        (["http://127.0.0.1/\r\nX: y"], TOKEN, "is no address"),
        (["http://127.0.0.1"], "", "there is no token"),
        (["http://127.0.0.1"], "a\r\nb", "there is no token"),
        (["http://127.0.0.1", "--token-file", "/no/such/file"], TOKEN, "/no/such/file cannot be read"),
    ],
)
def test_what_cannot_be_asked_is_one_line_and_nothing_is_sent(words, token, told):
    answer = regenerate(*words, token=token)
    assert answer.exit_code == 2
    assert told in answer.stderr
    assert TOKEN not in answer.output
