"""Show in which rooms the time of `feeds build` goes, in one process.

    python profiling.py [--posts N] [--seed N] [--top N]

Builds all feeds of a corpus under cProfile, which makes calls dearer than they are: small functions weigh too much
here, and the sum is more than a build takes. A call into C counts for the room or the library that made it.
"""

import argparse
import cProfile
import pstats
import re
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from rivals import OURS

from feeds.cli import main as feeds

HERE = Path(__file__).parent
Calls = dict[tuple[str, int, str], Any]  # what pstats holds: file, line and name of a function, and its figures


def profile(folder: Path, output: Path) -> Calls:
    profiler = cProfile.Profile()
    profiler.enable()
    try:
        feeds(["build", str(folder), "--output", str(output), "--jobs", "1"], standalone_mode=False)
    finally:
        profiler.disable()
    return pstats.Stats(profiler).stats  # type: ignore[attr-defined,no-any-return]


def rooms(calls: Calls) -> "Counter[str]":
    """Return the seconds by room of ours, and by library."""
    seconds: Counter[str] = Counter()
    for function, (_, _, own, _, callers) in calls.items():
        if function[0] != "~":
            seconds[room_of(function[0])] += own
        for caller, (_, _, spent, _) in callers.items() if function[0] == "~" else ():
            seconds[room_of(caller[0])] += spent
    return seconds


def room_of(file: str) -> str:
    """Name the room, or the library, to which a file of code belongs."""
    if found := re.search(r"site-packages/(\w+)", file):
        return found[1]
    if found := re.search(r"/feeds/(\w+)", file):
        return f"feeds/{found[1]}"
    return "loading modules" if "importlib" in file else "Python's own"


def told(calls: Calls, top: int) -> Iterator[str]:
    seconds = rooms(calls)
    whole = seconds.total()
    yield f"{whole:.1f} s under the profiler, by room and library\n\n| | s | share |\n|---|--:|--:|"
    yield from (f"| {name} | {spent:.2f} | {spent / whole:.0%} |" for name, spent in seconds.most_common(top))
    yield "\n| function, itself alone | calls | s |\n|---|--:|--:|"
    dearest = sorted(calls.items(), key=lambda item: item[1][2], reverse=True)[:top]
    yield from (f"| {_name(*function)} | {figures[1]:,} | {figures[2]:.2f} |" for function, figures in dearest)


def _name(file: str, _line: int, name: str) -> str:
    return f"`{name.strip('<>{}')}`" if file == "~" else f"`{name}` ({room_of(file)}, {Path(file).name})"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--posts", type=int, default=2_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--top", type=int, default=14)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="feeds-bench-") as name:
        folder = Path(name) / "site"
        corpus = (str(folder), "--posts", str(options.posts), "--seed", str(options.seed))
        subprocess.run((sys.executable, str(HERE / "corpus.py"), *corpus), check=True)
        OURS.prepare(folder)
        print(*told(profile(folder, Path(name) / "public"), options.top), sep="\n")


if __name__ == "__main__":
    main()
