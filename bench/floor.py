"""Show the floor of a cold ingest: what the libraries alone need, beside what ours does with them.

    python floor.py [--posts N]

A bare loop over the same posts calls each library once, looks once at each node of the body, as whoever makes links
absolute must, names its words, as whoever tells an edit from noise must, and writes the post down: no dates, no terms,
no attribution, no diagnostics, no feeds. Microseconds of CPU a post, in one process. Then posts a second in several
processes, into a new index: of the least program (lean.py), which has dates, terms and links, and of ours. What a whole
build needs at least, `building.py` shows with the same program.
"""

# mypy: disable-error-code="no-untyped-call"

import argparse
import tempfile
import time
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime
from hashlib import blake2b
from pathlib import Path
from typing import Any
from unicodedata import normalize

import comrak
import corpus
import frontmatter
import lean
import nh3
import orjson
from building import SHM
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


def timed(work: Callable[[], Any], clock: Callable[[], float] = time.process_time) -> tuple[float, Any]:
    best, result = float("inf"), None
    for _ in range(ROUNDS):
        started = clock()
        result = work()
        best = min(best, clock() - started)
    return best, result


def insert(rows: Iterable[lean.Row]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        lean.insert(rows, Path(folder) / lean.INDEX)


def floor(paths: Sequence[str]) -> None:
    total, values = 0.0, list[Any](paths)
    for name, step in STEPS.items():
        seconds, values = timed(lambda step=step, values=values: list(map(step, values)))  # type: ignore[misc]
        total += tell(name, seconds, len(paths))
    parsing = timed(lambda: list(map(parse_fragment, values)))[0]
    for name, glance in GLANCES.items():
        seconds, _ = timed(lambda glance=glance: list(map(glance, values)))  # type: ignore[misc]
        total += tell(name, seconds - (parsing if "orjson" not in name else 0), len(paths))  # it is parsed above
    rows = [
        lean.Row(str(n), "", n, value.encode(), [str(feed + n % 999) for feed in range(4)])
        for n, value in enumerate(values)
    ]
    total += tell("rows (sqlite3)", timed(lambda: insert(rows))[0], len(paths))
    print(f"{'sum of the floor':40}{total:8.0f}")


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


def least(paths: Sequence[str]) -> None:
    """Let the least program read the posts, name what it has read, and put that into an index, but no feed."""
    seconds, _ = timed(lambda: insert(lean.spread(lean.rows_of, paths)), time.perf_counter)
    print(f"the least program, a cold ingest: {len(paths) / seconds:,.0f} posts a second")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--posts", type=int, default=2000)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=SHM if SHM.is_dir() else None) as name:
        scratch = Path(name).resolve()
        folder = scratch / "site"
        print(corpus.write(folder, options.posts), flush=True)
        paths = sorted(map(str, folder.glob("_posts/*.md")))
        print(f"{'microseconds of CPU a post':40}")
        floor(paths)
        ours(folder)
        least(paths)
        cold(folder)


if __name__ == "__main__":
    main()
