"""The program as a process: what only a real one can show."""

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families

pytestmark = pytest.mark.slow

POST = '---\ntitle: "First"\ndate: 2026-10-01 08:00:00\ncategory: 新京报\n---\n\nSome text.\n'
PATIENCE = 20  # seconds, on a busy machine


def environment():
    return {name: value for name, value in os.environ.items() if not name.startswith(("FEEDS_", "PYTHONUNBUFFERED"))}


def command(*words):
    return [sys.executable, "-m", "feeds", *map(str, words)]


def run(*words):
    return subprocess.run(command(*words), env=environment(), capture_output=True, text=True, timeout=60, check=False)


class Server:
    """`feeds serve` on a free port."""

    def __init__(self, folder, *words, **settings):
        self.process = subprocess.Popen(
            command("serve", folder, "--port", 0, *words),
            env={
                **environment(),
                **{f"FEEDS_SERVER__{name.upper()}": value for name, value in settings.items()},
                "TMPDIR": str(folder),  # what a server that is killed leaves goes with it
            },
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        self.said = ""
        while not (found := re.search(r"(http://\S+)/feed\.rss", self.said)):
            line = self.process.stdout.readline()
            assert line, self.process.communicate()
            self.said += line
        self.address = found[1]

    def get(self, path, **fields):
        """Ask until the first ingest is over."""
        request = urllib.request.Request(self.address + path, headers=fields)
        deadline = time.monotonic() + PATIENCE
        while True:
            try:
                with urllib.request.urlopen(request, timeout=PATIENCE) as response:
                    return response.status, response.headers, response.read()
            except urllib.error.HTTPError as err:
                with err:
                    if err.code != 503 or time.monotonic() > deadline:
                        return err.code, err.headers, err.read()

    def end(self, number):
        """Send a signal; return exit status, the rest of stdout, and stderr."""
        self.process.send_signal(number)
        out, err = self.process.communicate(timeout=10)
        return self.process.returncode, out, err


@pytest.fixture
def folder(tmp_path):
    path = tmp_path / "content/2026-10-01-first.md"
    path.parent.mkdir()
    path.write_text(POST, encoding="utf-8")
    return tmp_path


@pytest.fixture
def serve(folder):
    servers = []

    def start(*words, **settings):
        servers.append(Server(folder, *words, **settings))
        return servers[-1]

    yield start
    for server in servers:
        if server.process.poll() is None:
            server.process.terminate()  # killed, it would leave its workers, and they hold the pipe
            server.process.communicate(timeout=PATIENCE)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_server_answers_and_ends_cleanly(serve, folder, number):
    server = serve()
    status, headers, body = server.get("/category/%E6%96%B0%E4%BA%AC%E6%8A%A5.rss")
    assert status == 200
    assert headers["Content-Type"] == "application/rss+xml; charset=utf-8"
    assert "<title>First</title>" in body.decode()
    assert len(headers.get_all("Date")) == 1
    assert "Server" not in headers
    status, _, err = server.end(number)
    assert status == 0
    assert "Traceback" not in err


@pytest.mark.parametrize("words", [(), ("--workers", "2")], ids=["alone", "workers"])
def test_a_second_server_of_the_folder_says_that_it_only_serves_and_takes_over(serve, folder, words):
    first, second = serve(), serve(*words)
    status, headers, _ = second.get("/feed.rss")
    assert status == 200
    assert first.get("/feed.rss")[1]["ETag"] == headers["ETag"]
    first.process.kill()
    first.process.communicate()
    path = folder / "content/2026-10-01-first.md"
    path.write_text(POST.replace("First", "Taken over"), encoding="utf-8")
    deadline = time.monotonic() + PATIENCE
    while b"Taken over" not in second.get("/feed.rss")[2]:
        assert time.monotonic() < deadline
    said = second.end(signal.SIGTERM)[2]
    assert f"Another process ({first.process.pid}) publishes this folder; this one only serves" in said


def test_the_addresses_to_open_are_printed(serve, folder):
    said = serve().said
    assert str(folder) in said
    assert re.search(r"http://127\.0\.0\.1:\d+/ ", said)
    assert "/feed.atom" in said


def test_a_changed_post_is_out_without_a_word_from_us(serve, folder):
    server = serve()
    _, headers, _ = server.get("/feed.rss")
    path = folder / "content/2026-10-01-first.md"
    path.write_text(POST.replace("First", "Second"), encoding="utf-8")
    deadline = time.monotonic() + PATIENCE
    while (answer := server.get("/feed.rss", **{"If-None-Match": headers["ETag"]}))[0] == 304:
        assert time.monotonic() < deadline
    assert "Second" in answer[2].decode()


def queued_events():
    """Return how many events of a watcher the kernel keeps."""
    place = Path("/proc/sys/fs/inotify/max_queued_events")
    return int(place.read_text()) if place.exists() else 0


@pytest.mark.skipif(not 0 < queued_events() <= 100_000, reason="the kernel's queue is none that can be filled here")
def test_what_changed_while_the_queue_of_the_kernel_ran_over_is_found_and_what_changes_then_is_heard_of(serve, folder):
    first, last = folder / "content/2026-10-01-first.md", folder / "content/2026-10-02-last.md"
    last.write_text(POST.replace("First", "Last"), encoding="utf-8")
    (folder / "feeds.toml").write_text("[content]\nsweep = 1\n")
    server = serve()
    assert "Last" in server.get("/feed.rss")[2].decode()
    server.process.send_signal(signal.SIGSTOP)  # so that it empties no queue
    try:
        with first.open("a") as one, (folder / "content/2026-10-03-other.md").open("a") as other:
            for _ in range(queued_events()):  # by turns, or the kernel would make one of equal ones
                os.write(one.fileno(), b"x")
                os.write(other.fileno(), b"x")
        last.write_text(POST.replace("First", "Beyond the queue"), encoding="utf-8")
    finally:
        server.process.send_signal(signal.SIGCONT)
    wait_until_shown(server, "Beyond the queue")
    last.write_text(POST.replace("First", "After it"), encoding="utf-8")
    wait_until_shown(server, "After it")


def wait_until_shown(server, word):
    deadline = time.monotonic() + PATIENCE
    while word not in server.get("/feed.rss")[2].decode():
        assert time.monotonic() < deadline


def test_several_workers_agree_and_end_cleanly(serve):
    server = serve("--workers", 2)
    answers = [server.get("/feed.rss") for _ in range(8)]
    assert {status for status, _, _ in answers} == {200}
    assert len({headers["ETag"] for _, headers, _ in answers}) == 1
    status, _, err = server.end(signal.SIGTERM)
    assert status == 0
    assert "Traceback" not in err


def test_what_a_reader_holds_is_good_for_every_worker_after_a_restart_and_without_the_index(serve, folder):
    def statuses(server, **condition):
        """Each poll has its own connection, which any of the workers may take."""
        return {server.get("/feed.rss", **{"Accept-Encoding": "gzip", **condition})[0] for _ in range(12)}

    first = serve("--workers", 2)
    kept = [first.get("/feed.rss", **{"Accept-Encoding": "gzip"})[1] for _ in range(12)]
    assert len({(headers["ETag"], headers["Last-Modified"]) for headers in kept}) == 1
    tag, date = {"If-None-Match": kept[0]["ETag"]}, {"If-Modified-Since": kept[0]["Last-Modified"]}
    assert statuses(first, **tag) | statuses(first, **date) == {304}
    first.end(signal.SIGTERM)

    second = serve("--workers", 2)
    assert statuses(second, **tag) | statuses(second, **date) == {304}
    second.end(signal.SIGTERM)

    shutil.rmtree(folder / ".feeds")
    third = serve("--workers", 2)
    assert statuses(third, **tag) == {304}
    assert third.end(signal.SIGTERM)[0] == 0


def test_a_forged_address_does_not_hide_an_eager_poller_and_a_trusted_proxy_tells_its_readers_apart(serve, folder):
    (folder / "feeds.toml").write_text("[server]\npolite_seconds = 3600\n", encoding="utf-8")
    server = serve()
    polls = [server.get("/feed.rss", **{"X-Forwarded-For": f"198.51.100.{number}"}) for number in range(3)]
    assert [status for status, _, _ in polls] == [200, 429, 429]
    assert 0 < int(polls[1][1]["Retry-After"]) <= 3600
    assert server.get("/feed.rss", **{"If-None-Match": polls[0][1]["ETag"]})[0] == 304
    assert "name it in server.trusted_proxies" in server.end(signal.SIGTERM)[2]

    with (folder / "feeds.toml").open("a", encoding="utf-8") as file:
        file.write('trusted_proxies = ["127.0.0.1"]\n')
    server = serve()
    readers = ["198.51.100.1", "198.51.100.2", "6.6.6.6, 198.51.100.1"]
    assert [server.get("/feed.rss", **{"X-Forwarded-For": reader})[0] for reader in readers] == [200, 200, 429]


def numbers_of(server):
    """Ask for the numbers: name and the values of the labels, in the order of their names → number."""
    status, _, body = server.get("/metrics")
    assert status == 200, body
    families = text_string_to_metric_families(body.decode())
    return {
        (one.name, *(one.labels[name] for name in sorted(one.labels))): one.value
        for family in families
        for one in family.samples
    }


def test_each_of_several_workers_tells_the_numbers_of_all(serve, folder):
    server = serve("--workers", 2, access_log="json", access_log_file="access.log")
    polls, sought, seen = 40, ("feeds_requests_total", "identity", "site", "200"), []
    deadline = time.monotonic() + PATIENCE
    assert server.get("/readyz")[0] == 200
    while numbers_of(server)["feeds_workers",] < 2:
        assert time.monotonic() < deadline
    while len(seen) < 2 or seen[-1] < polls:  # what another worker counted may be told two seconds late
        if not seen:
            assert {server.get("/feed.rss")[0] for _ in range(polls)} == {200}
        seen.append(numbers_of(server).get(sought, 0))
        assert time.monotonic() < deadline
    assert seen == sorted(seen)
    assert seen[-1] == polls
    numbers = numbers_of(server)
    assert numbers["feeds_publishers",] == numbers["feeds_index_entries",] == 1
    status, _, err = server.end(signal.SIGTERM)
    assert (status, "Traceback" in err) == (0, False)
    lines = (folder / "access.log").read_text().splitlines()
    assert [json.loads(line)["path"] for line in lines].count("/feed.rss") == polls


@pytest.mark.parametrize("words", [(), ("--workers", "2")])
def test_an_access_log_that_cannot_be_written_is_one_line(folder, words):
    (folder / "feeds.toml").write_text('[server]\naccess_log = "json"\naccess_log_file = "no/such/log"\n')
    server = run("serve", folder, "--port", 0, *words)
    assert server.returncode == 2
    assert server.stderr.splitlines()[-1].startswith("feeds: ")
    assert "set server.access_log_file to a file that can be written" in server.stderr
    assert "Traceback" not in server.stderr


def test_an_open_connection_does_not_keep_the_server_alive(serve):
    import socket

    server = serve()
    server.get("/feed.rss")
    port = int(server.address.rsplit(":", 1)[1])
    with socket.create_connection(("127.0.0.1", port)) as lingering:
        lingering.sendall(b"GET /feed.rss HTTP/1.1\r\nHost: x\r\n")  # and never ends
        assert server.end(signal.SIGTERM)[0] == 0


@pytest.mark.parametrize("path", [b"/category/\xff\xfe.rss", b"/category/%ff.rss", b"/%00", b"/\xe6\x96\xb0.rss"])
def test_odd_bytes_in_a_path_leave_no_traceback(serve, path):
    import socket

    server = serve()
    port = int(server.address.rsplit(":", 1)[1])
    with socket.create_connection(("127.0.0.1", port), timeout=PATIENCE) as client:
        client.sendall(b"GET " + path + b" HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        answer = b"".join(iter(lambda: client.recv(65536), b""))
    assert answer.split(b" ")[1] in (b"400", b"404", b"503")
    assert "Traceback" not in server.end(signal.SIGTERM)[2]


def test_a_taken_port_is_one_line(serve, folder):
    port = serve().address.rsplit(":", 1)[1]
    second = run("serve", folder, "--port", port)
    assert second.returncode == 2
    assert second.stdout == ""
    assert second.stderr.splitlines()[-1] == (
        f"feeds: port {port} of 127.0.0.1 is taken; stop the other server, or choose another --port"
    )


@pytest.mark.parametrize("words", [(), ("--workers", "2")])
def test_an_index_that_cannot_be_used_is_one_line(folder, words):
    (folder / ".feeds").write_text("in the way")
    server = run("serve", folder, "--port", 0, *words)
    assert server.returncode == 2
    assert len(server.stderr.splitlines()) == 1
    assert server.stderr.startswith("feeds: ")


@pytest.mark.parametrize("words", [("list",), ("list", "--format", "json"), ("show", "/feed.rss"), ("check",)])
def test_a_reader_of_a_pipe_that_has_gone_away_is_no_trouble(folder, words):
    run("list", folder)
    theirs, ours = os.pipe()
    os.close(theirs)
    process = subprocess.Popen(
        command(*words), cwd=folder, env=environment(), stdout=ours, stderr=subprocess.PIPE, text=True
    )
    os.close(ours)
    _, err = process.communicate(timeout=PATIENCE)
    assert err == ""


def test_telling_the_version_loads_nothing_heavy():
    program = "import sys, feeds.cli; print(*sorted({name.split('.')[0] for name in sys.modules}))"
    loaded = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout.split()
    heavy = {"asyncio", "feedgen", "jinja2", "lxml", "pydantic", "rich", "sqlalchemy", "starlette", "uvicorn", "yaml"}
    assert heavy.isdisjoint(loaded)
