"""Measure what a change costs, from a post that is written to the feed that has it, beside Hugo and a feedgen script.

    python change.py [--sizes N …] [--repeats N] [--burst N] [--rewritten N] [--no-rivals-above N] [--seed N]

The same corpus for all three, at each size; its categories are a fifth of its posts, 2,000 at most. What is served is
asked for over one connection that stays open, before the change and after it, always with the ETag that came last,
until a 200 has the new words; so a figure holds the poll that found it. A server that has started rests for some
seconds first, while it looks at all files, and the disk gets what was written until then: a PUT waits for the disk, and
shall not wait for the corpus. The looks that come every `content.sweep` seconds are part of what is measured.
`content.settle` is as it comes, and is part of what a saved file takes, but of no PUT. Hugo (Debian: hugo) is `hugo
server --renderToDisk --disableFastRender`; it has no layouts to render, so it writes feeds alone, and counts until the
category's index.xml on disk has the new words. The script would have to run again.
"""

import argparse
import asyncio
import http.client
import os
import platform
import re
import shutil
import signal
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote

from start import HERE, TICK, Child, Measured, Server, free_port, run_script

from feeds.opening import read_folder
from feeds.settings import load_settings
from feeds.site import open_site
from feeds.web.app import create_app

TOKEN = "bench-bench-bench-bench-bench-bench"  # gives the right to PUT
HUGO = 'baseURL = "https://finews.example.com/"\ntitle = "Bench"\nrssLimit = 50\n'
PATIENCE = 900.0  # seconds that anything may take before the run counts as failed
REST = 8.0  # seconds that a started server rests before it is measured: two looks at all files come first
LOOK = 0.001  # seconds between two polls for one change
IN_A_CATEGORY = 20  # posts of the burst
OF_A_SAVE = 3  # times that a post is PUT for each time that one is saved, which takes longer
POST = "---\ntitle: {title}\ndate: 2026-10-31 23:59:{second:02} +0800\ncategories: {category}\n---\n\n{text}\n"


@dataclass(slots=True, kw_only=True)
class Figures:
    """What was measured at one size: by row, seconds each time it was done, or whatever else the row counts."""

    size: int
    seconds: dict[str, list[float]] = field(default_factory=dict)
    plain: dict[str, str] = field(default_factory=dict)

    def add(self, row: str, seconds: float) -> None:
        self.seconds.setdefault(row, []).append(seconds)


def percentile(values: Sequence[float], part: float) -> float:
    """Return the smallest value that this part of all does not exceed."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(part * len(ordered)))]


# --- a reader


class Reader:
    """Polls one server over one connection that stays open."""

    def __init__(self, port: int) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        self._tags: dict[str, str] = {}
        self._held: dict[str, bytes] = {}

    def ask(self, method: str, path: str, *, body: bytes | None = None, **fields: str) -> tuple[int, bytes]:
        headers = {name.replace("_", "-"): value for name, value in fields.items()}
        self._connection.request(method, path, body=body, headers=headers)
        response = self._connection.getresponse()
        if method == "GET" and (tag := response.headers["ETag"]):
            self._tags[path] = tag
        return response.status, response.read()

    def tag(self, path: str) -> str:
        """Return the ETag that came last."""
        return self._tags[path]

    def poll(self, path: str) -> bytes:
        """Return the feed at a path as it is now; empty where there is none yet."""
        status, body = self.ask("GET", path, if_none_match=self._tags.get(path, '"none"'))
        if status != 304:
            self._held[path] = body if status == 200 else b""
        return self._held.get(path, b"")

    def wait_for(self, words: str, path: str, *, since: float) -> float:
        """Poll until the feed has these words; return the seconds since then."""
        wanted = words.encode()
        while wanted not in self.poll(path):
            if time.perf_counter() - since > PATIENCE:
                raise SystemExit(f"{path} did not get “{words}” within {PATIENCE:.0f} seconds")
            time.sleep(LOOK)
        return time.perf_counter() - since

    def close(self) -> None:
        self._connection.close()


# --- the site


def write_settings(folder: Path) -> str:
    """Write feeds.toml and return what it says in a word."""
    site = '[site]\ntitle = "Bench"\nurl = "https://finews.example.com"\nauthority = "finews.example.com,2026"\n'
    mine = f'[content]\nmin_interval = 0\n[admin.tokens]\nbench = "{TOKEN}"\n'
    (folder / "feeds.toml").write_text(site + mine, encoding="utf-8")
    settle = load_settings(folder, environ={}).content.settle
    return f"content.settle = {settle} s; min_interval = 0"


def newest_category(folder: Path) -> str:
    """Return the category of the newest post, as it stands in the site's window, too."""
    newest = max((folder / "_posts").iterdir()).read_text(encoding="utf-8")
    return next(line for line in newest.splitlines() if line.startswith("categories: ")).split()[1]


@contextmanager
def serving(folder: Path, scratch: Path, figures: Figures, start: str) -> Iterator[Server]:
    """Start a server, and take down when it was ready, when it gave its first feed, and its peak of memory."""
    port = free_port()
    child = Child("-m", "feeds", "serve", str(folder), "--port", str(port), log=scratch / "serve.log")
    server = Server(child=child, port=port)
    try:
        ready = server.wait_until(lambda: server.head("/readyz").status == 200, since=child.started)
        first = server.wait_until(lambda: server.head("/feed.atom").status == 200, since=child.started)
        figures.add(f"start {start}: ready", ready)
        figures.add(f"start {start}: first feed", first)
        yield server
    finally:
        figures.plain[f"memory after a {start} start"] = f"{peak_of(child.process.pid):.0f} MB"
        child.stop()


def peak_of(pid: int) -> float:
    """Return the peak of a process's resident memory, in MB (Linux)."""
    status = Path(f"/proc/{pid}/status").read_text(encoding="ascii")
    found = re.search(r"VmHWM:\s+(\d+) kB", status)
    return int(found[1]) * 1024 / 1e6 if found else 0.0


def cpu_of(pid: int) -> float:
    """Return the seconds of CPU that a process has used so far (Linux)."""
    used = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()[11:13]
    return sum(map(int, used)) / os.sysconf("SC_CLK_TCK")


def rest() -> None:
    """Let the server look at all files, and the disk have all that was written."""
    time.sleep(REST)
    os.sync()


# --- what is done to it


def put_over_http(reader: Reader, category: str, figures: Figures, repeats: int) -> None:
    """PUT one post again and again, and poll its category's feed."""
    feed, path = f"/category/{category}.atom", f"/-/posts/_posts/{quote('2026-10-31-put.md')}"
    reader.poll(feed)
    for number in range(repeats):
        title = f"put {number} over HTTP"
        body = POST.format(title=title, second=1, category=category, text=title).encode()
        began = time.perf_counter()
        status, said = reader.ask("PUT", path, body=body, authorization=f"Bearer {TOKEN}")
        if status >= 300:
            raise SystemExit(f"PUT {path}: {status} {said.decode(errors='replace')}")
        figures.add("PUT to served, over HTTP", reader.wait_for(title, feed, since=began))


def put_in_process(folder: Path, figures: Figures, repeats: int) -> None:
    """Do the same in a process of its own, without a socket."""
    command = (sys.executable, str(HERE / "change.py"), "--inside", str(folder), "--repeats", str(repeats))
    ended = subprocess.run(command, check=True, capture_output=True, text=True)
    said = ended.stdout.split()
    figures.seconds["PUT to served, in process"] = [float(each) for each in said]


def save(reader: Reader, folder: Path, category: str, figures: Figures, repeats: int) -> None:
    """Save one post again and again as editors do, in place, and poll its category's feed."""
    path, feed = folder / "_posts/2026-10-31-saved.md", f"/category/{category}.atom"
    for number in range(repeats):
        title = f"saved {number} in place"
        path.write_text(POST.format(title=title, second=2, category=category, text=title), encoding="utf-8")
        figures.add("file saved to served", reader.wait_for(title, feed, since=time.perf_counter()))


def burst(reader: Reader, folder: Path, figures: Figures, posts: int) -> None:
    """Save many new posts at once, and poll all feeds that they belong to."""
    began = time.perf_counter()
    for number in range(posts):
        text = POST.format(
            title=f"burst {number:06}", second=3, category=f"burst{number // IN_A_CATEGORY}", text=f"{number}"
        )
        (folder / f"_posts/2026-10-31-burst-{number:06}.md").write_text(text, encoding="utf-8")
    written = time.perf_counter()
    for number in range(posts):
        reader.wait_for(f"burst {number:06}", f"/category/burst{number // IN_A_CATEGORY}.atom", since=began)
    figures.add(f"{posts} posts saved, all served", time.perf_counter() - began)
    figures.plain["of which the writing"] = f"{written - began:.2f} s"


def rewrite(server: Server, folder: Path, figures: Figures, posts: int) -> None:
    """Write files anew with the bytes they have, and see what that costs and moves."""
    index = sqlite3.connect(f"file:{folder}/.feeds/index.sqlite3?mode=ro", uri=True)
    generation = index.execute("SELECT max(generation) FROM feeds").fetchone()[0]
    files = sorted((folder / "_posts").iterdir())[:posts]
    cpu, began = cpu_of(server.child.process.pid), time.perf_counter()
    for file in files:
        file.write_bytes(file.read_bytes())
    wanted = {f"_posts/{file.name}": file.stat().st_mtime_ns for file in files}

    def is_noticed() -> bool:
        seen = dict(index.execute("SELECT path, mtime_ns FROM posts"))
        return all(seen.get(path) == mtime for path, mtime in wanted.items())

    while not is_noticed():
        if time.perf_counter() - began > PATIENCE:
            raise SystemExit("the rewritten files were not noticed")
        time.sleep(0.2)
    row = f"{len(files)} files rewritten with the same bytes"
    figures.plain[f"{row}, CPU"] = f"{cpu_of(server.child.process.pid) - cpu:.2f} s"
    moved = index.execute("SELECT count(*) FROM feeds WHERE generation > ?", (generation,)).fetchone()[0]
    figures.plain[f"{row}, feeds moved"] = str(moved)
    index.close()


# --- without a socket


class Inside:
    """The application, called as a server would call it."""

    def __init__(self, app: Any) -> None:
        self._app = app
        self._tag = '"none"'

    async def poll(self, path: str) -> bytes:
        """Return a feed that has changed since the last time; empty where it has not."""
        return (await self.ask("GET", path, if_none_match=self._tag))[1]

    async def ask(self, method: str, path: str, *, body: bytes = b"", **fields: str) -> tuple[int, bytes]:
        headers = [(name.replace("_", "-").encode(), value.encode()) for name, value in fields.items()]
        scope = {
            "type": "http",
            "asgi": {"version": "3.0"},
            "http_version": "1.1",
            "method": method,
            "scheme": "http",
            "path": path,
            "raw_path": path.encode(),
            "query_string": b"",
            "root_path": "",
            "headers": [(b"host", b"finews.example.com"), (b"content-length", b"%d" % len(body)), *headers],
            "client": ("127.0.0.1", 1),
            "server": ("127.0.0.1", 80),
        }
        sent: list[dict[str, Any]] = []

        async def receive() -> dict[str, Any]:
            return {"type": "http.request", "body": body, "more_body": False}

        async def send(message: dict[str, Any]) -> None:
            sent.append(message)

        await self._app(scope, receive, send)
        self._tag = next((value.decode() for name, value in sent[0]["headers"] if name == b"etag"), self._tag)
        return int(sent[0]["status"]), b"".join(message.get("body", b"") for message in sent[1:])


@contextmanager
def lifespan(app: Any) -> Iterator[asyncio.Runner]:
    """Run the application's beginning and its end, as a server does."""
    with asyncio.Runner() as runner:
        heard: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        said: asyncio.Queue[dict[str, Any]] = asyncio.Queue()

        async def begin() -> asyncio.Task[None]:
            task = asyncio.create_task(app({"type": "lifespan", "asgi": {"version": "3.0"}}, heard.get, said.put))
            await heard.put({"type": "lifespan.startup"})
            await said.get()
            return task

        async def end(task: asyncio.Task[None]) -> None:
            await heard.put({"type": "lifespan.shutdown"})
            await task

        task = runner.run(begin())
        try:
            yield runner
        finally:
            runner.run(end(task))


def measure_inside(folder: Path, repeats: int) -> None:
    """Print the seconds of each PUT until a 200 has it."""
    opening = read_folder(folder, environ={})
    category = newest_category(folder)
    with open_site(opening.folder, opening.settings) as site:
        app = create_app(site)
        with lifespan(app) as runner:
            runner.run(asyncio.to_thread(rest))
            print(*runner.run(_puts(Inside(app), category, repeats)))


async def _puts(inside: Inside, category: str, repeats: int) -> list[float]:
    feed, path = f"/category/{category}.atom", "/-/posts/_posts/2026-10-31-put.md"
    took: list[float] = []
    await inside.poll(feed)
    for number in range(repeats):
        title = f"put {number} in process"
        body = POST.format(title=title, second=1, category=category, text=title).encode()
        began = time.perf_counter()
        status, said = await inside.ask("PUT", path, body=body, authorization=f"Bearer {TOKEN}")
        if status >= 300:
            raise SystemExit(f"PUT {path}: {status} {said!r}")
        while title.encode() not in await inside.poll(feed):  # noqa: ASYNC110 - a reader polls
            await asyncio.sleep(LOOK)
        took.append(time.perf_counter() - began)
    return took


# --- the others


@contextmanager
def hugo(folder: Path, scratch: Path, figures: Figures) -> Iterator[Path]:
    """Start Hugo's server on a folder; give the folder into which it writes."""
    (folder / "hugo.toml").write_text(HUGO, encoding="utf-8")
    output, log = scratch / "public", scratch / "hugo.log"
    command = ("hugo", "server", "--renderToDisk", "--disableFastRender", "--disableLiveReload")
    places = ("--source", str(folder), "--destination", str(output), "--port", str(free_port()))
    with log.open("wb") as said:
        began = time.perf_counter()
        process = subprocess.Popen((*command, *places), stdin=subprocess.DEVNULL, stdout=said, stderr=said)
        try:
            until_true(lambda: "Web Server is available" in log.read_text(errors="replace"), process, log)
            figures.add("Hugo: start", time.perf_counter() - began)
            yield output
            figures.plain["Hugo: memory"] = f"{peak_of(process.pid):.0f} MB"
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(30)


def until_true(is_so: Callable[[], bool], process: "subprocess.Popen[bytes]", log: Path) -> None:
    ends = time.perf_counter() + PATIENCE
    while not is_so():
        if process.poll() is not None or time.perf_counter() > ends:
            raise SystemExit(f"{log.read_text(errors='replace')[-2000:]}\nhugo did not do as expected")
        time.sleep(TICK)


def measure_hugo(scratch: Path, figures: Figures, *, posts: int, seed: int, repeats: int, category: str) -> None:
    folder = scratch / "hugo"
    generate(folder, scratch, posts=posts, seed=seed, layout="hugo")
    with hugo(folder, scratch, figures) as output:
        feed = output / "categories" / category / "index.xml"
        for number in range(repeats):
            title = f"saved {number} in place"
            text = POST.format(title=title, second=2, category=f"[{category}]", text=title).replace(
                "23:59:02 +0800", "15:59:02Z"
            )
            (folder / "content/posts/saved.md").write_text(text, encoding="utf-8")
            began = time.perf_counter()
            while title.encode() not in (feed.read_bytes() if feed.exists() else b""):
                if time.perf_counter() - began > PATIENCE:
                    raise SystemExit(f"{feed} did not get “{title}” from Hugo")
                time.sleep(TICK)
            figures.add("Hugo: file saved to feed on disk", time.perf_counter() - began)


def generate(folder: Path, scratch: Path, *, posts: int, seed: int, layout: str = "jekyll") -> str:
    """Write the corpus in a child, so that this process, from which others start, stays small."""
    command = (str(HERE / "corpus.py"), str(folder), "--posts", str(posts), "--seed", str(seed), "--layout", layout)
    child = Child(*command, log=scratch / "corpus.log")
    child.end()
    return child.log.read_text(encoding="utf-8").strip()


# --- the run


def measure(size: int, scratch: Path, options: argparse.Namespace) -> Figures:
    figures = Figures(size=size)
    folder = scratch / "site"
    print(generate(folder, scratch, posts=size, seed=options.seed), flush=True)
    print(write_settings(folder), flush=True)
    category = newest_category(folder)
    if size <= options.no_rivals_above:
        script: Measured = run_script(folder, scratch)
        figures.add("feedgen script: all anew", script.seconds)
        figures.plain["feedgen script: memory"] = f"{script.peak / 1e6:.0f} MB"
    with serving(folder, scratch, figures, "cold"):
        pass
    with serving(folder, scratch, figures, "warm") as server:
        reader = Reader(server.port)
        rest()
        put_over_http(reader, category, figures, options.repeats)
        save(reader, folder, category, figures, max(1, options.repeats // OF_A_SAVE))
        burst(reader, folder, figures, options.burst)
        rewrite(server, folder, figures, options.rewritten)
        reader.close()
    put_in_process(folder, figures, options.repeats)
    if size <= options.no_rivals_above and shutil.which("hugo"):
        measure_hugo(scratch, figures, posts=size, seed=options.seed, repeats=options.rival_repeats, category=category)
    return figures


def table(columns: Sequence[Figures]) -> Iterator[str]:
    """Yield one line for each figure, a column for each size, and how the last stands to the first."""
    yield f"{'':52}" + "".join(f"{one.size:>12,}" for one in columns) + f"{'last/first':>12}"
    rows = dict.fromkeys(row for one in columns for row in one.seconds)
    for row in rows:
        times = max(len(one.seconds.get(row, ())) for one in columns)
        for name, part in (("p50", 0.5), ("p99", 0.99)) if times > 1 else (("", 0.5),):
            values = [percentile(one.seconds[row], part) if row in one.seconds else None for one in columns]
            label = f"{row}, {times} times, {name}" if name else row
            yield f"{label:52}" + "".join(_in_units(value) for value in values) + _ratio(values[-1], values[0])
    for row in dict.fromkeys(row for one in columns for row in one.plain):
        yield f"{row:52}" + "".join(f"{one.plain.get(row, '–'):>12}" for one in columns)
    yield ""
    own = "file saved to served"
    for rival in ("Hugo: file saved to feed on disk", "feedgen script: all anew"):
        ratios = [_ratio(_median(one, rival), _median(one, own)) for one in columns]
        yield f"{rival} / ours:"[:52].ljust(52) + "".join(ratios)


def _in_units(seconds: float | None) -> str:
    if seconds is None:
        return f"{'–':>12}"
    return f"{seconds * 1000:>9.1f} ms" if seconds < 1 else f"{seconds:>10.2f} s"


def _median(figures: Figures, row: str) -> float | None:
    return statistics.median(figures.seconds[row]) if row in figures.seconds else None


def _ratio(one: float | None, other: float | None) -> str:
    return f"{one / other:>12.2f}" if one and other else f"{'–':>12}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", type=int, nargs="+", default=[1_000, 10_000, 100_000])
    parser.add_argument("--repeats", type=int, default=300, help="of a PUT; a file is saved a third as often")
    parser.add_argument("--rival-repeats", type=int, default=5, help="of each change, with Hugo")
    parser.add_argument("--burst", type=int, default=500, help="posts")
    parser.add_argument("--rewritten", type=int, default=5_000, help="files")
    parser.add_argument("--no-rivals-above", type=int, default=10_000, metavar="POSTS")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--inside", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.inside:
        measure_inside(options.inside, options.repeats)
        return
    print(f"{platform.python_implementation()} {platform.python_version()}, {os.cpu_count()} cores, {sys.platform}")
    print(f"a poll each {LOOK * 1000:.0f} ms\n")
    columns = []
    for size in options.sizes:
        with tempfile.TemporaryDirectory(prefix="feeds-bench-") as name:
            columns.append(measure(size, Path(name), options))
    print("", *table(columns), sep="\n")


if __name__ == "__main__":
    main()
