"""Measure how fast polls are answered, beside a bare ASGI callable, nginx and Starlette's StaticFiles.

    python serving.py [--feeds N] [--rounds N] [--seconds N] [--options]

All servers stand on one core, wrk on another, and the runs are interleaved. The ratios are of medians, to the bare
callable on the same uvicorn settings: it only sends ready replies, so no application can be faster; ours answers what
it remembers before the application is asked. nginx and StaticFiles serve the same bytes as files. Needs wrk and nginx
(Debian: wrk, nginx-light) and two cores.
--options: compares uvicorn's event loops and HTTP parsers instead.
"""

import argparse
import gzip
import http.client
import itertools
import pickle
import random
import re
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from corpus import HAN

HERE = Path(__file__).parent
SERVER_CORE, LOAD_CORE = "0", "1"
ENTRIES = 20  # in each feed's window
BIG = "/category/big.atom"  # 20 entries, 100 KB plain
CONNECTIONS = 32
REQUESTS = 20_000  # of the mix, after which it begins again
CONDITIONAL = 0.9  # of the mix
CHANGING = 0.01  # of the feeds, each second
CAPTURED = "captured.pickle"


@dataclass(frozen=True, slots=True, kw_only=True)
class Peer:
    name: str
    port: int
    suffix: str = ""  # of the paths of codings that are files of their own
    tags: dict[str, str] = field(default_factory=dict)  # path → ETag of the gzip coding, as this server gives it


@dataclass(frozen=True, slots=True, kw_only=True)
class Load:
    rate: float  # requests a second
    p99: float  # milliseconds
    slowest: float  # milliseconds
    errors: int


# --- the posts


def write_site(folder: Path, feeds: int) -> None:
    """Write one category of 20 long posts, and the others with two short ones each."""
    picked = random.Random(1)
    (folder / "content").mkdir(parents=True)
    (folder / "feeds.toml").write_text(
        f'[site]\ntitle = "Bench"\nurl = "https://bench.example"\nauthority = "bench.example,2026"\n'
        f"[content]\nsettle = 0.0\n[feeds]\nwindow = {ENTRIES}\n[cache]\nmin = 60\n",
        encoding="utf-8",
    )
    for number in range(ENTRIES):
        write_post(folder, "big", number, text=sentences(picked, 1_500))
    for feed, number in itertools.product(range(feeds), range(2)):
        write_post(folder, f"c{feed:04}", number, text=sentences(picked, 150))


def write_post(folder: Path, category: str, number: int, *, text: str) -> None:
    front = f"title: {category} {number}\ndate: 2026-10-{number + 1:02} 08:00:00\nlastmod: 2026-10-30 08:00:00\n"
    path = folder / "content" / f"{category}-{number}.md"
    path.write_text(f"---\n{front}categories: [{category}]\n---\n\n{text}\n", encoding="utf-8")


def sentences(picked: random.Random, length: int) -> str:
    return "".join(picked.choices(HAN, k=length))


# --- the servers


@contextmanager
def pinned(*command: str, log: Path) -> Iterator[subprocess.Popen[str]]:
    """Run a command on the servers' core until the end."""
    with log.open("w") as output:
        process = subprocess.Popen(
            ["taskset", "-c", SERVER_CORE, *command], stdout=subprocess.PIPE, stderr=output, text=True
        )
        try:
            yield process
        finally:
            process.terminate()
            process.wait(30)


def first_port(process: subprocess.Popen[str]) -> int:
    assert process.stdout is not None
    for line in process.stdout:
        if found := re.search(r"(?:^|127\.0\.0\.1:)(\d{4,5})\b", line):
            return int(found[1])
    raise SystemExit(f"{process.args!r} ended by itself")


def start_ours(folder: Path, scratch: Path, closing: ExitStack) -> Peer:
    command = (sys.executable, "-m", "feeds", "serve", str(folder), "--port", "0")
    port = first_port(closing.enter_context(pinned(*command, log=scratch / "ours.log")))
    wait_until(lambda: fetch(port, "/readyz")[0] == 200)
    return Peer(name="ours", port=port)


def start_python(kind: str, scratch: Path, closing: ExitStack, *options: str, folder: Path | None = None) -> Peer:
    command = (sys.executable, str(HERE / "serving_peer.py"), kind, str(folder or scratch), *options)
    name = " ".join((kind, *options)).replace("--", "")
    port = first_port(closing.enter_context(pinned(*command, log=scratch / f"{kind}.log")))
    wait_until(lambda: fetch(port, BIG)[0] == 200)
    return Peer(name=name, port=port)


def start_nginx(scratch: Path, closing: ExitStack) -> Peer:
    port = free_port()
    config = scratch / "nginx.conf"
    config.write_text(
        f"""daemon off; master_process off; worker_processes 1; pid {scratch}/nginx.pid; error_log {scratch}/nginx.log;
events {{ worker_connections 1024; }}
http {{
  access_log off; etag on; gzip_static on; keepalive_requests 1000000000; sendfile on; open_file_cache max=9999;
  types {{ application/atom+xml atom; }}
  client_body_temp_path {scratch}/body; proxy_temp_path {scratch}/proxy; fastcgi_temp_path {scratch}/fastcgi;
  uwsgi_temp_path {scratch}/uwsgi; scgi_temp_path {scratch}/scgi;
  server {{ listen 127.0.0.1:{port} backlog=2048; root {scratch}/static; add_header Cache-Control max-age=60; }}
}}
""",
        encoding="ascii",
    )
    nginx = shutil.which("nginx", path="/usr/sbin:/usr/bin:/usr/local/sbin:/usr/local/bin") or "nginx"
    closing.enter_context(pinned(nginx, "-p", str(scratch), "-c", str(config), log=scratch / "nginx.err"))
    wait_until(lambda: fetch(port, BIG)[0] == 200)
    return Peer(name="nginx", port=port)


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


def wait_until(is_so: Callable[[], bool], *, seconds: float = 120) -> None:
    ends = time.monotonic() + seconds
    while not is_so():
        if time.monotonic() > ends:
            raise SystemExit("a server did not answer as expected")
        time.sleep(0.02)


def fetch(port: int, path: str, **fields: str) -> tuple[int, list[tuple[bytes, bytes]], bytes]:
    """Return status, fields in lower case, body; status 0 while nobody listens."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    try:
        connection.request("GET", path, headers={name.replace("_", "-"): value for name, value in fields.items()})
        response = connection.getresponse()
        body = response.read()
    except (OSError, http.client.HTTPException):
        return 0, [], b""
    finally:
        connection.close()
    return (
        response.status,
        [(name.lower().encode(), value.encode("latin-1")) for name, value in response.getheaders()],
        body,
    )


def capture(ours: Peer, scratch: Path, paths: Sequence[str]) -> None:
    """Keep what ours answers: for the bare callable as replies, for the file servers as files."""
    table = {}
    for path in paths:
        status, fields, body = fetch(ours.port, path, accept_encoding="gzip")
        assert status == 200, path
        tag = dict(fields)[b"etag"].decode()
        ours.tags[path] = tag
        table[path, False] = fields, body
        table[path, True] = fetch(ours.port, path, accept_encoding="gzip", if_none_match=tag)[1:]
        file = scratch / "static" / path.removeprefix("/")
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(gzip.decompress(body))
        file.with_name(f"{file.name}.gz").write_bytes(body)
    (scratch / CAPTURED).write_bytes(pickle.dumps(table))
    _, fields, body = fetch(ours.port, BIG)
    whole = dict(table)
    whole[BIG, False] = fields, body
    plain = scratch / "plain"
    plain.mkdir()
    (plain / CAPTURED).write_bytes(pickle.dumps(whole))


def learn_tags(peer: Peer, paths: Sequence[str]) -> None:
    for path in paths:
        _, fields, _ = fetch(peer.port, path, accept_encoding="gzip")
        peer.tags[path] = dict(fields)[b"etag"].decode()


# --- the load


def load(peer: Peer, requests: Sequence[str], scratch: Path, *, seconds: int) -> Load:
    """Send these requests over and over; each is a path and its fields, as lines."""
    script = scratch / "load.lua"
    listed = ",\n".join(f"[==[{request}]==]" for request in requests)
    script.write_text(
        f"""local requests = {{ {listed} }}
local raw, at = {{}}, 0
function init() for i, one in ipairs(requests) do raw[i] = one:gsub("\\n", "\\r\\n") .. "\\r\\n\\r\\n" end end
function request() at = at % #raw + 1 return raw[at] end
function done(summary, latency)
  local e = summary.errors
  io.write(string.format("RESULT %f %f %f %d\\n", summary.requests / summary.duration * 1e6,
    latency:percentile(99) / 1000, latency.max / 1000, e.connect + e.read + e.write + e.timeout + e.status))
end
""",
        encoding="utf-8",
    )
    command = ("taskset", "-c", LOAD_CORE, "wrk", "-t1", f"-c{CONNECTIONS}", f"-d{seconds}s", "-s", str(script))
    output = subprocess.run((*command, f"http://127.0.0.1:{peer.port}/"), check=True, capture_output=True, text=True)
    found = re.search(r"RESULT (\S+) (\S+) (\S+) (\d+)", output.stdout)
    assert found, output.stdout
    return Load(rate=float(found[1]), p99=float(found[2]), slowest=float(found[3]), errors=int(found[4]))


def asked(path: str, *, coding: str = "", tag: str = "") -> str:
    fields = ["Host: bench.example", "User-Agent: Bench/1 (feed reader)", "Accept: */*"]
    fields += [f"Accept-Encoding: {coding}"] if coding else []
    fields += [f"If-None-Match: {tag}"] if tag else []
    return "\n".join((f"GET {path} HTTP/1.1", *fields))


def mix(peer: Peer, paths: Sequence[str]) -> list[str]:
    """Ask for the feeds by Zipf's law, most of the times with the tag that this server gave."""
    picked = random.Random(7)
    weights = [1 / rank for rank in range(1, len(paths) + 1)]
    return [
        asked(path, coding="gzip", tag=peer.tags[path] if picked.random() < CONDITIONAL else "")
        for path in picked.choices(paths, weights, k=REQUESTS)
    ]


@contextmanager
def changing(folder: Path, feeds: int) -> Iterator[None]:
    """Each second change one post in each of a hundredth of the feeds, and undo the changes of the second before."""
    stop = threading.Event()

    def change() -> None:
        picked = random.Random(3)
        changed: dict[Path, bytes] = {}
        count = max(1, round(feeds * CHANGING))
        while not stop.wait(1):
            for path, before in changed.items():
                path.write_bytes(before)
            names = picked.sample(range(feeds), count)
            changed = {path: path.read_bytes() for path in (folder / "content" / f"c{name:04}-1.md" for name in names)}
            for path, before in changed.items():
                path.write_bytes(before + "又及。\n".encode())
        for path, before in changed.items():
            path.write_bytes(before)

    thread = threading.Thread(target=change)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()


# --- the tables


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    name: str
    requests: Mapping[str, Sequence[str]]  # peer → what it is asked
    peers: Sequence[Peer]
    changes: Callable[[], object] | None = None  # a context in which ours is measured


def run(cases: Sequence[Case], scratch: Path, *, rounds: int, seconds: int, first: str) -> None:
    results: dict[tuple[str, str], list[Load]] = {}
    order = random.Random(5)
    for _ in range(rounds):
        for case in cases:
            for peer in order.sample(case.peers, len(case.peers)):
                with ExitStack() as during:
                    if case.changes and peer.name == "ours":
                        during.enter_context(case.changes())  # type: ignore[arg-type]
                    measured = load(peer, case.requests[peer.name], scratch, seconds=seconds)
                results.setdefault((case.name, peer.name), []).append(measured)
    print(f"{'case':<14}{'server':<34}{'requests/s':>11}{'ratio':>7}{'p99 ms':>8}{'max ms':>8}{'errors':>8}")
    for case in cases:
        yardstick = statistics.median(one.rate for one in results[case.name, first])
        for peer in case.peers:
            runs = results[case.name, peer.name]
            rate = statistics.median(one.rate for one in runs)
            p99 = statistics.median(one.p99 for one in runs)
            slowest = max(one.slowest for one in runs)
            errors = sum(one.errors for one in runs)
            figures = f"{rate:>11,.0f}{rate / yardstick:>7.2f}{p99:>8.1f}{slowest:>8.1f}{errors:>8}"
            print(f"{case.name:<14}{peer.name:<34}{figures}")


def compare_servers(args: argparse.Namespace, folder: Path, scratch: Path, closing: ExitStack) -> None:
    paths = [BIG, *(f"/category/c{number:04}.atom" for number in range(args.feeds))]
    ours = start_ours(folder, scratch, closing)
    capture(ours, scratch, paths)
    bare = start_python("bare", scratch, closing)
    plain = start_python("bare", scratch, closing, folder=scratch / "plain")
    nginx = start_nginx(scratch, closing)
    static = start_python("static", scratch, closing)
    bare.tags.update(ours.tags)
    learn_tags(nginx, paths)
    learn_tags(static, [BIG])
    everyone = [ours, bare, nginx, static]
    zipf = paths[1:]
    random.Random(2).shuffle(zipf)
    whole = {peer.name: [asked(BIG)] for peer in everyone}
    cases = [
        Case(
            name="304",
            peers=everyone,
            requests={peer.name: [asked(BIG, coding="gzip", tag=peer.tags[BIG])] for peer in everyone},
        ),
        Case(
            name="200 gzip",
            peers=[ours, bare, nginx],
            requests={peer.name: [asked(BIG, coding="gzip")] for peer in everyone},
        ),
        Case(name="200 identity", peers=[ours, plain, nginx, static], requests=whole),
        Case(
            name="mix",
            peers=[ours, bare, nginx],
            requests={peer.name: mix(peer, zipf) for peer in (ours, bare, nginx)},
            changes=lambda: changing(folder, args.feeds),
        ),
    ]
    plain_bytes, coded_bytes = (len(fetch(ours.port, BIG, **field)[2]) for field in ({}, {"accept_encoding": "gzip"}))
    print(f"{args.feeds + 1} category feeds; {BIG}: {plain_bytes:,} bytes plain, {coded_bytes:,} gzip")
    print(
        f"{args.rounds} rounds of {args.seconds} s each, interleaved; {CONNECTIONS} connections. ratio: to bare.\n"
        f"In the mix {CHANGING:.0%} of our feeds change each second; bare and nginx answer what does not change."
    )
    run(cases, scratch, rounds=args.rounds, seconds=args.seconds, first="bare")


def compare_options(args: argparse.Namespace, folder: Path, scratch: Path, closing: ExitStack) -> None:
    with ExitStack() as brief:
        ours = start_ours(folder, scratch, brief)
        capture(ours, scratch, [BIG])
    peers = []
    for loop, parser in (("uvloop", "httptools"), ("uvloop", "h11"), ("asyncio", "httptools"), ("asyncio", "h11")):
        peer = start_python("ours", scratch, closing, "--loop", loop, "--http", parser, folder=folder)
        peer.tags.update(ours.tags)
        peers.append(peer)
    peers.insert(0, default := start_python("ours", scratch, closing, folder=folder))
    default.tags.update(ours.tags)
    cases = [
        Case(name="304", peers=peers, requests={p.name: [asked(BIG, coding="gzip", tag=p.tags[BIG])] for p in peers}),
        Case(name="200 gzip", peers=peers, requests={p.name: [asked(BIG, coding="gzip")] for p in peers}),
    ]
    run(cases, scratch, rounds=args.rounds, seconds=args.seconds, first=default.name)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--feeds", type=int, default=2000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=int, default=3)
    parser.add_argument("--options", action="store_true")
    args = parser.parse_args()
    for program in ("wrk", "taskset"):
        if not shutil.which(program):
            raise SystemExit(
                f"{program} is missing; Debian has it in the package {'wrk' if program == 'wrk' else 'util-linux'}"
            )
    with tempfile.TemporaryDirectory() as home, ExitStack() as closing:
        scratch = Path(home)
        folder = scratch / "site"
        write_site(folder, 10 if args.options else args.feeds)
        (compare_options if args.options else compare_servers)(args, folder, scratch, closing)


if __name__ == "__main__":
    main()
