"""Abuse a server in eight ways, and see what it does and what another reader notices.

    python abuse.py [--seconds N] [--idle N] [--feeds N]

The server stands on one core, the abuse and the reader share another. The reader asks for a feed with its ETag, each
time on a new connection, every few milliseconds; its latencies are first taken in peace. Read and write timeouts are
set to 3 seconds, so that the whole takes a minute or two. Ends with 1 where the reader got anything but answers.
"""

import argparse
import asyncio
import collections
import itertools
import json
import os
import resource
import socket
import ssl
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Coroutine, Iterable
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from serving import BIG, LOAD_CORE, SERVER_CORE, fetch, first_port, pinned, wait_until, write_site

TIMEOUT = 3  # seconds, in which the server wants requests, and its answers taken
WAITING = 32  # requests that may wait for feeds to be made
PAUSE = 0.005  # seconds between two polls of the reader
LONGEST = 30  # seconds that a client of ours waits for anything

Outcomes = collections.Counter[str]
Abuse = Callable[[int], Coroutine[Any, Any, Outcomes]]  # port → how many clients came to what end


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What the reader saw. Latencies in milliseconds."""

    polls: int
    median: float
    p99: float
    slowest: float
    failures: int


# --- the reader


def read_for(port: int, seconds: float) -> None:
    """Poll, and print latencies in seconds; those that failed are None."""
    tag = dict(fetch(port, BIG)[1])[b"etag"].decode()
    request = f"GET {BIG} HTTP/1.1\r\nHost: x\r\nIf-None-Match: {tag}\r\nConnection: close\r\n\r\n".encode()
    took: list[float | None] = []
    print("ready", flush=True)
    ends = time.monotonic() + seconds
    while time.monotonic() < ends:
        begun = time.perf_counter()
        has_answer = is_answered(port, request)
        took.append(time.perf_counter() - begun if has_answer else None)
        time.sleep(PAUSE)
    print(json.dumps(took))


def is_answered(port: int, request: bytes) -> bool:
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=LONGEST) as client:
            client.sendall(request)
            return client.recv(4096).startswith(b"HTTP/1.1 304")
    except OSError:
        return False


def start_reader(port: int, seconds: float) -> subprocess.Popen[str]:
    command = ("taskset", "-c", LOAD_CORE, sys.executable, __file__, "--reader", str(port), "--seconds", str(seconds))
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    process.stdout.readline()
    return process


def seen_by(process: subprocess.Popen[str]) -> Seen:
    took = json.loads(process.communicate()[0])
    good = sorted(one * 1000 for one in took if one is not None)
    return Seen(
        polls=len(took),
        median=statistics.median(good),
        p99=good[int(len(good) * 0.99)],
        slowest=good[-1],
        failures=len(took) - len(good),
    )


# --- the abuse


async def outcome(reader: asyncio.StreamReader) -> str:
    """Say how a connection ended: by a status, in silence, or by a reset."""
    try:
        line = await asyncio.wait_for(reader.readline(), LONGEST)
    except ConnectionError:
        return "reset"
    except TimeoutError:
        return "left open"
    return line.split()[1].decode() if line.startswith(b"HTTP/") else "closed"


async def all_of(clients: Iterable[Awaitable[str]]) -> Outcomes:
    return collections.Counter(await asyncio.gather(*clients))


async def say(port: int, *pieces: bytes, pause: float = 0) -> str:
    """Send pieces, and return what came of it."""
    try:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
    except OSError:
        return "refused"
    try:
        answer = asyncio.ensure_future(outcome(reader))
        with suppress(ConnectionError):
            for piece in pieces:
                if answer.done():
                    break
                writer.write(piece)
                await writer.drain()
                if pause:
                    await asyncio.wait([answer], timeout=pause)
        return await answer
    finally:
        writer.transport.abort()


def get(path: str) -> bytes:
    return f"GET {path} HTTP/1.1\r\nHost: x\r\n\r\n".encode()


async def half_sent(port: int) -> Outcomes:
    return await all_of(say(port, get(BIG)[:30]) for _ in range(200))


async def trickled(port: int) -> Outcomes:
    letters = [bytes([letter]) for letter in get(BIG)]
    return await all_of(say(port, *letters, pause=0.25) for _ in range(200))


async def over_tls(port: int) -> Outcomes:
    async def shake() -> str:
        try:
            await asyncio.open_connection("127.0.0.1", port, ssl=ssl.create_default_context(), server_hostname="x")
        except (OSError, ssl.SSLError):
            return "handshake failed"
        return "handshake"

    return await all_of(shake() for _ in range(200))


async def without_host(port: int) -> Outcomes:
    return await all_of(say(port, f"GET {BIG} HTTP/1.0\r\n\r\n".encode()) for _ in range(200))


async def large_head(port: int) -> Outcomes:
    return await all_of(say(port, get(BIG)[:-2] + b"Cookie: " + b"c" * 2_000_000) for _ in range(50))


async def slow_readers(port: int) -> Outcomes:
    """Ask for 100 long answers at once, and read nothing until the connection is gone."""

    async def ask() -> str:
        loop = asyncio.get_running_loop()
        client = socket.socket()
        client.setblocking(False)
        client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        with client:
            await loop.sock_connect(client, ("127.0.0.1", port))
            await loop.sock_sendall(client, get(BIG) * 100)
            ends = loop.time() + LONGEST
            while loop.time() < ends:
                if client.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR):
                    return "reset"
                await asyncio.sleep(0.1)
        return "left open"

    return await all_of(ask() for _ in range(100))


def idling(count: int, *, seconds: float) -> Abuse:
    async def idle(port: int) -> Outcomes:
        """Open connections that ask once, keep them for a while, and count those that are still there."""
        clients: list[socket.socket] = []
        outcomes: Outcomes = collections.Counter()
        with ExitStack() as closing:
            for _ in range(count):
                client = closing.enter_context(socket.socket())
                client.settimeout(LONGEST)
                try:
                    client.connect(("127.0.0.1", port))
                    client.sendall(get("/healthz").replace(b"GET", b"HEAD"))
                    client.recv(4096)
                except OSError:
                    outcomes["refused"] += 1
                    continue
                clients.append(client)
                if len(clients) % 100 == 0:
                    await asyncio.sleep(0)
            await asyncio.sleep(seconds)
            for client in clients:
                client.setblocking(False)
                try:
                    client.recv(1)
                    outcomes["closed"] += 1
                except BlockingIOError:
                    outcomes["left open"] += 1
                except OSError:
                    outcomes["reset"] += 1
        return outcomes

    return idle


def flooding(paths: list[str]) -> Abuse:
    async def flood(port: int) -> Outcomes:
        return await all_of(say(port, get(path)) for path in paths)

    return flood


# --- the table


def resident(pid: int) -> float:
    """Return the memory of a process in megabytes."""
    return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * resource.getpagesize() / 1e6


def line(name: str, did: str, seen: Seen, megabytes: float) -> None:
    figures = f"{seen.median:>8.2f}{seen.p99:>8.2f}{seen.slowest:>8.1f}{seen.failures:>7}{megabytes:>8.0f}"
    print(f"{name:<34}{did:<44}{figures}", flush=True)


def run(args: argparse.Namespace, scratch: Path, closing: ExitStack) -> int:
    folder = scratch / "site"
    write_site(folder, args.feeds)
    with (folder / "feeds.toml").open("a", encoding="utf-8") as settings:
        settings.write(
            f"[server]\nread_timeout = {TIMEOUT}\nwrite_timeout = {TIMEOUT}\nmax_concurrent = {WAITING}\n"
            f"max_connections = {args.connections}\n"
        )
    command = (sys.executable, "-m", "feeds", "serve", str(folder), "--port", "0")
    process = closing.enter_context(pinned(*command, log=scratch / "server.log"))
    port = first_port(process)
    wait_until(lambda: fetch(port, "/readyz")[0] == 200)
    fetch(port, BIG)
    firsts = [f"/category/c{n:04}.{form}" for n, form in itertools.product(range(args.feeds), ("rss", "json"))]
    abuses: dict[str, Abuse] = {
        "200 half-sent requests": half_sent,
        "200 heads, 4 bytes a second": trickled,
        "200 TLS handshakes": over_tls,
        "200 HTTP/1.0 without Host": without_host,
        "50 heads of 2 MB": large_head,
        f"{args.idle:,} idle connections": idling(args.idle, seconds=args.seconds / 2),
        "100 readers that do not read": slow_readers,
        f"{len(firsts)} first requests at once": flooding(firsts),
    }
    print(f"timeouts {TIMEOUT} s; at most {args.connections} connections, {WAITING} waiting requests")
    print(f"{'abuse':<34}{'what the server did':<44}{'median':>8}{'p99':>8}{'max ms':>8}{'failed':>7}{'RSS MB':>8}")
    peace = seen_by(start_reader(port, args.seconds))
    line("(peace)", "", peace, resident(process.pid))
    failures = peace.failures
    for name, abuse in abuses.items():
        reader = start_reader(port, args.seconds)
        outcomes = asyncio.run(abuse(port))
        seen = seen_by(reader)
        failures += seen.failures
        line(name, ", ".join(f"{count} {what}" for what, count in outcomes.most_common()), seen, resident(process.pid))
    told = (scratch / "server.log").read_text(encoding="utf-8")
    print(f"The server's log has {len(told.splitlines())} lines and {told.count('Traceback')} tracebacks.")
    return 1 if failures else 0


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=8)
    parser.add_argument("--idle", type=int, default=10_000)
    parser.add_argument("--connections", type=int, default=8192)
    parser.add_argument("--feeds", type=int, default=400)
    parser.add_argument("--reader", type=int, help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.reader:
        read_for(args.reader, args.seconds)
        return
    assert SERVER_CORE != LOAD_CORE
    os.sched_setaffinity(0, {int(LOAD_CORE)})
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    if 0 < hard < args.idle + 500:
        args.idle = hard - 500
        print(f"The limit on open files, {hard}, leaves room for {args.idle} idle connections.")
    with tempfile.TemporaryDirectory() as home, ExitStack() as closing:
        sys.exit(run(args, Path(home), closing))


if __name__ == "__main__":
    main()
