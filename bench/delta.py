"""What a delta (RFC 3229, method `feed`) saves: bytes of the whole and of what is new in a feed of 100 entries.

    python delta.py [--posts 100] [--new 1]

The posts are those of `corpus.py`; the newest of them come after the reader has last asked.
"""

import argparse
import itertools
import subprocess
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path

from feeds.library import CODINGS, Coding, Library, read_tag
from feeds.model import FORMATS, Format
from feeds.settings import load_settings
from feeds.site import open_site

Row = tuple[Format, Coding, int, int]  # bytes of the whole, and of the delta
HERE = Path(__file__).parent
NOW = datetime(2026, 11, 1, 12, 0, tzinfo=UTC)


def sizes(library: Library, tags: dict[Format, str]) -> list[Row]:
    """Measure the whole, and what is new since the tag of each format."""
    found = []
    for form, coding in itertools.product(FORMATS, CODINGS):
        rendition = library.look_up(f"/feed.{form}")
        base = read_tag(tags[form])
        assert rendition is not None
        assert base is not None
        whole = library.fill(rendition, coding).body(coding)
        delta = library.fill_delta(rendition, base, coding).deltas[base.state, coding]
        found.append((form, coding, len(whole), len(delta)))
    return found


def measure(folder: Path, posts: int, new: int) -> list[Row]:
    command = (sys.executable, str(HERE / "corpus.py"), str(folder), "--posts", str(posts + new))
    subprocess.run(command, check=True, capture_output=True)
    files = sorted((folder / "_posts").iterdir())[-new:]
    texts = {path: path.read_bytes() for path in files}
    for path in files:
        path.unlink()
    flags = {"content.roots": ["_posts"], "content.settle": 0, "feeds.window": posts, "server.delta": True}
    with open_site(folder, load_settings(folder, environ={}, flags=flags), now=lambda: NOW) as site:
        publisher = site.claim()
        assert publisher is not None
        publisher.catch_up()
        before = {form: site.library.look_up(f"/feed.{form}") for form in FORMATS}
        tags = {form: one.etag().strip('"') for form, one in before.items() if one}
        for path, text in texts.items():
            path.write_bytes(text)
        publisher.catch_up()
        return sizes(site.library, tags)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--posts", type=int, default=100)
    parser.add_argument("--new", type=int, default=1)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        rows = measure(Path(folder), options.posts, options.new)
    print(f"{options.new} new in {options.posts} entries, bytes")
    print(f"{'format':8}{'coding':10}{'whole':>10}{'delta':>10}{'saved':>8}")
    for form, coding, whole, delta in rows:
        print(f"{form:8}{coding:10}{whole:10,}{delta:10,}{1 - delta / whole:8.1%}")


if __name__ == "__main__":
    main()
