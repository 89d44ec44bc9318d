"""Show the floor of a cold ingest and of a build: what the libraries alone need, beside what ours does with them.

    python floor.py [--posts N] [--processes N]

A bare loop over the same posts calls each library once, looks once at each node of the body, as whoever makes links
absolute must, names its words, as whoever tells an edit from noise must, and writes the post down: no dates, no terms,
no attribution, no diagnostics, no feeds. Microseconds of CPU a post, in one process; then the whole in several.

Then a build, beside Hugo's (Debian: hugo) and ours of the same posts. Its floor begins the processes, does that bare
loop, escapes each post once for each format, and hashes and writes files with the bytes of ours, as if somebody had
whispered them; all of it divided among the processes without a loss.
"""

# mypy: disable-error-code="no-untyped-call"

import argparse
import sqlite3
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import blake2b, sha256
from html import escape
from multiprocessing import get_context
from pathlib import Path
from typing import Any
from unicodedata import normalize

import comrak
import corpus
import frontmatter
import nh3
import orjson
from building import SHM, Place
from measuring import Usage, run
from rivals import OURS
from rivals.hugo import Hugo
from turbohtml import Element, Node, parse_fragment

from feeds.opening import read_folder
from feeds.posts.roots import find_roots, sweep
from feeds.publisher.reading import Desk, authority_of
from feeds.site import open_site
from feeds.sources import Sources
from feeds.store import write_down

OPTIONS, PARSING, RENDERING = comrak.ExtensionOptions(), comrak.ParseOptions(), comrak.RenderOptions()
RENDERING.unsafe_ = True
ROUNDS = 3  # of which the best counts
START = "import comrak, frontmatter, nh3, orjson, sqlite3, turbohtml"
PATIENCE = 3600.0  # seconds for one build


def read(path: str) -> bytes:
    content = Path(path).read_bytes()
    digest(content)
    return content


STEPS: dict[str, Callable[[Any], Any]] = {
    "read and digest": read,
    "front matter (python-frontmatter)": lambda content: frontmatter.loads(content.decode()).content,
    "Markdown (comrak)": lambda text: comrak.render_markdown(text, OPTIONS, PARSING, RENDERING),
    "HTML (turbohtml)": lambda html: parse_fragment(html).serialize(),
    "sanitise (nh3)": nh3.clean,
}
# What stays what it is for the step after it.
GLANCES: dict[str, Callable[[str], object]] = {
    "each node looked at once": lambda html: [_addresses(node) for node in parse_fragment(html).descendants],
    "its words named": lambda html: digest(normalize("NFC", parse_fragment(html).to_text()).encode()),
    "written down (orjson)": lambda html: digest(orjson.dumps({"id": "", "title": "", "content_html": html})),
}


def _addresses(node: Node) -> tuple[str | None, ...]:
    return (node.attr("href"), node.attr("src")) if isinstance(node, Element) else ()


def digest(content: bytes) -> str:
    return blake2b(content, digest_size=16).hexdigest()


def through(paths: Iterable[str]) -> list[str]:
    """Do all steps for each post, as one process of several."""
    values: list[Any] = list(paths)
    for step in STEPS.values():
        values = list(map(step, values))
    for glance in GLANCES.values():
        list(map(glance, values))
    return values


def timed(work: Callable[[], Any], clock: Callable[[], float] = time.process_time) -> tuple[float, Any]:
    best, result = float("inf"), None
    for _ in range(ROUNDS):
        started = clock()
        result = work()
        best = min(best, clock() - started)
    return best, result


def insert(contents: Sequence[str]) -> None:
    """Write what an index cannot do without: a file, an entry, four memberships for each post."""
    with tempfile.TemporaryDirectory() as folder:
        database = sqlite3.connect(Path(folder) / "floor.sqlite3", isolation_level=None)
        database.execute("PRAGMA journal_mode=WAL")
        database.execute("PRAGMA synchronous=NORMAL")
        database.execute("CREATE TABLE posts (path TEXT PRIMARY KEY, size INTEGER, mtime INTEGER, digest TEXT)")
        database.execute("CREATE TABLE entries (id TEXT PRIMARY KEY, published INTEGER, payload BLOB)")
        database.execute("CREATE TABLE memberships (feed, age, entry, PRIMARY KEY (feed, age, entry)) WITHOUT ROWID")
        database.execute("BEGIN")
        rows = range(len(contents))
        database.executemany("INSERT INTO posts VALUES (?, 1, 1, 'd')", ((f"_posts/{n}.md",) for n in rows))
        database.executemany(
            "INSERT INTO entries VALUES (?, ?, ?)", ((f"tag:{n}", n, contents[n].encode()) for n in rows)
        )
        members = ((1000 * k + n % 999, n, f"tag:{n}") for n in rows for k in range(4))
        database.executemany("INSERT INTO memberships VALUES (?, ?, ?)", members)
        database.execute("COMMIT")
        database.close()


def floor(paths: Sequence[str]) -> tuple[float, list[str]]:
    """Print the floor's table; return its sum, in microseconds a post, and the contents of the posts."""
    total, values = 0.0, list[Any](paths)
    for name, step in STEPS.items():
        seconds, values = timed(lambda step=step, values=values: list(map(step, values)))  # type: ignore[misc]
        total += tell(name, seconds, len(paths))
    parsing = timed(lambda: list(map(parse_fragment, values)))[0]
    for name, glance in GLANCES.items():
        seconds, _ = timed(lambda glance=glance: list(map(glance, values)))  # type: ignore[misc]
        total += tell(name, seconds - (parsing if "orjson" not in name else 0), len(paths))  # it is parsed above
    return total + tell("rows (sqlite3)", timed(lambda: insert(values))[0], len(paths)), values


def tell(name: str, seconds: float, posts: int) -> float:
    print(f"{name:40}{seconds / posts * 1e6:8.0f}")
    return seconds / posts * 1e6


def ours(folder: Path) -> None:
    opening = read_folder(folder, environ={})
    settings, now = opening.settings, lambda: datetime.now(UTC)
    authority = authority_of(settings, None, now())
    desk = Desk(folder=folder, settings=settings, authority=authority, authors={}, sources=Sources(settings), now=now)
    sightings = sweep(folder, find_roots(folder, settings)).sightings
    seconds, looks = timed(lambda: [desk.look(one, "", is_whole=True) for one in sightings])
    tell("ours: a file to an entry", seconds, len(looks))
    tell("ours: an entry written down", timed(lambda: [write_down(one.entry) for one in looks])[0], len(looks))


def cold(folder: Path) -> None:
    settings = read_folder(folder, environ={}).settings
    with open_site(folder, settings) as site:
        assert site.publisher is not None
        started, cpu = time.perf_counter(), time.process_time()
        run = site.publisher.catch_up()
        seconds = time.perf_counter() - started
        tell("ours: the publisher's own process", time.process_time() - cpu, run.read)
        print(f"ours, a cold ingest: {run.read / seconds:,.0f} posts a second")


def together(paths: Sequence[str], processes: int) -> None:
    with ProcessPoolExecutor(processes, mp_context=get_context("spawn")) as pool:
        list(pool.map(through, [paths[:1]] * processes * 4))  # until all have begun
        pieces = [paths[start : start + 50] for start in range(0, len(paths), 50)]
        seconds, _ = timed(lambda: sum(len(made) for made in pool.map(through, pieces)), time.perf_counter)
    print(f"the libraries alone, in {processes} processes: {len(paths) / seconds:,.0f} posts a second, no row written")


@dataclass(frozen=True, slots=True, kw_only=True)
class Builds:
    """What was measured of whole builds, and the tree that ours made."""

    usages: dict[str, Usage]
    start: float  # seconds of CPU until an interpreter has the libraries
    tree: Path


def build_all(scratch: Path, posts: int) -> Builds:
    """Build with ours, and with Hugo where it is there. Before this process has children: it waits for all it has."""
    places = {"ours: RSS, Atom, JSON": Place(rival=OURS, home=scratch / "ours")}
    if Hugo().found():
        places["hugo: RSS, Atom"] = Place(rival=Hugo(), home=scratch / "hugo")
    return Builds(
        usages={name: built(place, posts) for name, place in places.items()},
        start=run((sys.executable, "-c", START), scratch / "log", timeout=PATIENCE).cpu,
        tree=scratch / "ours/output/public",
    )


def floor_of_build(builds: Builds, contents: Sequence[str], ingest: float, processes: int) -> None:
    """Print the floor of a build of these posts. ingest: microseconds of CPU a post, for reading it."""
    tree = builds.tree
    files = sorted(path for path in tree.rglob("*") if path.is_file())
    parts = {
        "the processes begin": builds.start * processes,
        "posts: libraries and rows": ingest * len(contents) / 1e6,
        "each post escaped for RSS and Atom, and as JSON": timed(lambda: list(map(in_each_format, contents)))[0],
        f"{len(files):,} files hashed and written": hash_and_write(files, tree, tree.with_name("floor")),
    }
    total = sum(parts.values())
    print(f"\n{'seconds of CPU for a build':58}")
    for name, seconds in (*parts.items(), ("sum of the floor", total)):
        print(f"{name:58}{seconds:8.2f}")
    print(f"\n{'seconds for a build':44}{'wall':>10}{'CPU':>10}{'floor / this':>14}")
    wall = total / processes
    print(f"{f'the floor, in {processes} processes without a loss':44}{wall:10.2f}{total:10.2f}{1:14.2f}")
    for name, usage in builds.usages.items():
        print(f"{name:44}{usage.seconds:10.2f}{usage.cpu:10.2f}{wall / usage.seconds:14.2f}")


def built(place: Place, posts: int) -> Usage:
    """Return what the quickest build took."""
    place.prepare(posts, seed=1)
    usages = []
    for _ in range(ROUNDS):
        place.forget()
        usages.append(run(place.rival.build(place.folder, place.output), place.home / "log", timeout=PATIENCE))
    return min(usages, key=lambda usage: usage.seconds)


def in_each_format(content: str) -> int:
    return len(escape(content, quote=False)) + len(escape(content, quote=False)) + len(orjson.dumps(content))


def hash_and_write(files: Sequence[Path], tree: Path, target: Path) -> float:
    """Return the seconds of CPU for that; reading the files is not counted."""
    for folder in {target / file.parent.relative_to(tree) for file in files}:
        folder.mkdir(parents=True, exist_ok=True)
    cpu = 0.0
    for file in files:
        content, place = file.read_bytes(), target / file.relative_to(tree)
        began = time.process_time()
        sha256(content).hexdigest()
        place.write_bytes(content)
        cpu += time.process_time() - began
    return cpu


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--posts", type=int, default=2000)
    parser.add_argument("--processes", type=int, default=2)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=SHM if SHM.is_dir() else None) as name:
        scratch = Path(name).resolve()
        folder = scratch / "site"
        print(corpus.write(folder, options.posts), flush=True)
        builds = build_all(scratch, options.posts)
        paths = sorted(map(str, folder.glob("_posts/*.md")))
        print(f"{'microseconds of CPU a post':40}")
        ingest, contents = floor(paths)
        print(f"{'sum of the floor':40}{ingest:8.0f}")
        ours(folder)
        together(paths, options.processes)
        cold(folder)
        floor_of_build(builds, contents, ingest, options.processes)


if __name__ == "__main__":
    main()
