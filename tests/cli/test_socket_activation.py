"""A socket that systemd opens before the server starts, and passes as file descriptor 3 (sd_listen_fds(3))."""

import os
import signal
import socket
import subprocess
import sys
import urllib.error
import urllib.request

import pytest

pytestmark = pytest.mark.slow

PATIENCE = 20  # seconds, on a busy machine

# What systemd does between fork and exec: the socket becomes descriptor 3, and the variables name the process.
PASS = """
import os, sys
given, count, pid, *words = sys.argv[1:]
if given != "none":
    os.dup2(int(given), 3)
    os.set_inheritable(3, True)
os.environ |= {"LISTEN_FDS": count, "LISTEN_PID": str(os.getpid()) if pid == "own" else pid}
os.execv(sys.executable, [sys.executable, "-m", "feeds", *words])
"""


@pytest.fixture
def folder(tmp_path):
    post = tmp_path / "content" / "2026-10-01-first.md"
    post.parent.mkdir()
    post.write_text('---\ntitle: "First"\ndate: 2026-10-01\n---\nSome text.\n', encoding="utf-8")
    return tmp_path


@pytest.fixture
def start(folder):
    """`feeds serve` as a supervisor starts it; given: the socket that it passes."""
    processes = []

    def start_(given, *words, count="1", pid="own"):
        number = "none" if given is None else str(given.fileno())
        processes.append(
            subprocess.Popen(
                [sys.executable, "-c", PASS, number, count, pid, "serve", str(folder), "--port", "0", *words],
                env={name: value for name, value in os.environ.items() if not name.startswith("FEEDS_")},
                pass_fds=() if given is None else (given.fileno(),),
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                text=True,
            )
        )
        return processes[-1]

    yield start_
    for process in processes:
        if process.poll() is None:
            process.kill()
        process.communicate()


@pytest.fixture
def listener():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield listener


def read(port):
    """Ask once, and again while the posts are being read for the first time."""
    while True:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/feed.rss", timeout=PATIENCE) as response:
                return response.read()
        except urllib.error.HTTPError as err:
            with err:
                if err.code != 503:
                    raise


@pytest.mark.parametrize("words", [(), ("--workers", "2")])
def test_the_passed_socket_is_served_and_the_port_of_the_settings_is_left_alone(start, listener, words):
    port = listener.getsockname()[1]
    with socket.create_connection(("127.0.0.1", port), timeout=PATIENCE) as early:  # before there is a server
        early.sendall(b"GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        process = start(listener, *words)
        assert early.recv(65536).startswith(b"HTTP/1.1 200")
    assert b"<title>First</title>" in read(port)
    process.send_signal(signal.SIGTERM)
    out, err = process.communicate(timeout=PATIENCE)
    assert process.returncode == 0, err
    assert f"http://127.0.0.1:{port}/feed.rss" in out


def test_the_next_server_finds_the_requests_that_came_in_between(start, listener):
    port = listener.getsockname()[1]
    first = start(listener)
    read(port)
    first.send_signal(signal.SIGTERM)
    assert first.wait(PATIENCE) == 0
    with socket.create_connection(("127.0.0.1", port), timeout=PATIENCE) as waiting:
        waiting.sendall(b"GET /feed.rss HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        start(listener)
        assert waiting.recv(65536).startswith(b"HTTP/1.1 200")


def test_variables_meant_for_another_process_are_not_ours(start, listener):
    process = start(listener, pid="1")
    line = ""
    while "/feed.rss" not in line:
        line = process.stdout.readline()
        assert line, process.communicate()
    own = int(line.strip().removesuffix("/feed.rss").rsplit(":", 1)[1])
    assert own != listener.getsockname()[1]


@pytest.mark.parametrize("count", ["0", "2", "", "one"])
def test_any_other_number_of_sockets_is_one_line(start, listener, count):
    process = start(listener, count=count)
    _, err = process.communicate(timeout=PATIENCE)
    assert process.returncode == 2
    assert err.splitlines()[-1].startswith(f"feeds: LISTEN_FDS is {count!r}, ")


def test_a_socket_that_does_not_listen_is_one_line(start):
    for family, kind in (
        (socket.AF_INET, socket.SOCK_STREAM),
        (socket.AF_INET, socket.SOCK_DGRAM),
        (socket.AF_UNIX, socket.SOCK_STREAM),
    ):
        with socket.socket(family, kind) as given:
            process = start(given)
            _, err = process.communicate(timeout=PATIENCE)
        assert process.returncode == 2
        assert err.splitlines()[-1].startswith("feeds: file descriptor 3 is no TCP socket that listens; ")


def test_a_file_in_the_place_of_the_socket_is_one_line(start, folder):
    with (folder / "log").open("w", encoding="utf-8") as given:
        process = start(given)
        _, err = process.communicate(timeout=PATIENCE)
    assert process.returncode == 2
    assert err.splitlines()[-1].startswith("feeds: LISTEN_FDS is set, but file descriptor 3 is no socket: ")
