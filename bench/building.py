"""Measure `feeds build` beside other generators that make feeds of the same posts: all anew, and after one change.

    python building.py [--sizes N …] [--rivals NAME …] [--rounds N] [--timeout SECONDS] [--all] [--no-watch]

Each generator has a folder of its own with the same posts and its settings from rivals/sites/. In each round one after
the other builds into an empty folder without anything it kept; then the newest post gets a new title, which changes the
site's feed, a category's, a tag's (and ours of a source), and it builds again; then it builds once more with nothing
changed. Ratios are medians of those of each round. At the end all that can watch a folder do so, and the newest post is
renamed again and again, and then others like it are added: seconds from the end of writing one until all of its feeds
on disk have the new title.
Peaks of memory are those of all processes of a generator at once. Those that take minutes are left out above a size;
--all asks them, too. Files lie in memory (/dev/shm) where that is there, so that no disk is measured.
"""

import argparse
import os
import platform
import re
import shutil
import statistics
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from comparing import Likeness, compare
from measuring import TookTooLongError, Usage, run
from rivals import ALL, OURS, Post, Rival, newest_post
from watching import PATIENCE, IdleError, Watched, watch

HERE = Path(__file__).parent
SHM = Path("/dev/shm")
STAGES = ("all anew", "one post changed", "nothing changed")


@dataclass(slots=True, kw_only=True)
class Place:
    """One generator at one size, and what was measured of it."""

    rival: Rival
    home: Path
    files: int = 0
    bytes: int = 0
    rounds: list[dict[str, Usage]] = field(default_factory=list)  # by stage
    likeness: Likeness | None = None
    watched: Watched | None = None

    @property
    def folder(self) -> Path:
        return self.home / "site"

    @property
    def output(self) -> Path:
        return self.home / "output/public"

    @property
    def post(self) -> Post:
        return newest_post(self.folder / self.rival.posts)

    def prepare(self, size: int, seed: int) -> None:
        arguments = ("--posts", str(size), "--layout", self.rival.layout, "--seed", str(seed))
        self.home.mkdir()
        # In a child, so that this process stays small: a peak counts from the memory of the process that started it.
        run((sys.executable, str(HERE / "corpus.py"), str(self.folder), *arguments), self.home / "log", timeout=3600)
        self.rival.prepare(self.folder)

    def forget(self) -> None:
        for path in (self.output.parent, *(self.folder / name for name in self.rival.leavings)):
            shutil.rmtree(path, ignore_errors=True)
        self.output.parent.mkdir()

    def measure(self, number: int, timeout: float) -> None:
        """Take one round."""
        word = f"改{number}改"
        if self.rival.starts_anew:
            self.post.rename(word)
        self.forget()
        measured = {STAGES[0]: self._build(timeout)}
        self.rounds.append(measured)
        sizes = [path.stat().st_size for path in self.output.rglob("*") if path.is_file()]
        self.files, self.bytes = len(sizes), sum(sizes)
        if self.rival.starts_anew:
            return
        self.post.rename(word)
        measured[STAGES[1]] = self._build(timeout)
        self._check(word)
        measured[STAGES[2]] = self._build(timeout)

    def watch(self, changes: int) -> None:
        command = self.rival.watch(self.folder, self.output)
        if not command:
            return
        self.forget()
        try:
            self.watched = watch(command, self.post, self.feeds(), changes=changes, log=self.home / "log")
        except IdleError:
            print(f"left out: {self.rival.name}, which watched and did not make all feeds new within {PATIENCE:.0f} s")

    def _build(self, timeout: float) -> Usage:
        return run(self.rival.build(self.folder, self.output), self.home / "log", timeout=timeout)

    def _check(self, word: str) -> None:
        for path in self.feeds():
            if word not in path.read_text(encoding="utf-8"):
                raise SystemExit(f"{self.rival.name} did not write the new title to {path}")

    def feeds(self) -> list[Path]:
        """Return the feeds that hold the newest post."""
        post = self.post
        return [self.output / path for paths in self.rival.feeds(post.category, post.tag).values() for path in paths]


def measure(size: int, scratch: Path, options: argparse.Namespace) -> list[Place]:
    places = []
    for rival in choose(size, options):
        place = Place(rival=rival, home=scratch / rival.name.replace(" ", "-"))
        place.prepare(size, options.seed)
        places.append(place)
    print(*((place.home / "log").read_text(encoding="utf-8").strip() for place in places[:1]), flush=True)
    for number in range(options.rounds or (3 if size <= 10_000 else 1)):
        take_round(places, number, options.timeout)
    ours = next((place for place in places if place.rival is OURS), None)
    for place in places:
        if ours and place.rounds and place is not ours:
            place.likeness = compare(place.rival, place.output, ours=ours.output, corpus=ours.folder)
    for place in places if options.changes else ():
        place.watch(options.changes)
    return places


def take_round(places: list[Place], number: int, timeout: float) -> None:
    """Let each build, in another order each time; who takes too long is asked no more."""
    for place in sorted(places, key=lambda place: (places.index(place) + number) % len(places)):
        try:
            place.measure(number, timeout)
        except TookTooLongError:
            print(f"left out: {place.rival.name}, which took more than {timeout:.0f} s", flush=True)
            places.remove(place)


def choose(size: int, options: argparse.Namespace) -> Iterator[Rival]:
    for rival in ALL:
        if options.rivals and rival.name not in options.rivals:
            continue
        if not rival.found():
            print(f"left out: {rival.name}, which is not installed")
        elif size > rival.largest and not options.all:
            print(f"left out: {rival.name}, which takes minutes above {rival.largest:,} posts (--all asks it)")
        else:
            yield rival


# --- what is told


def told(places: Sequence[Place]) -> Iterator[str]:
    """Yield the tables, in Markdown."""
    yield "| | writes | feeds of | files | MB | items as ours |\n|---|---|---|--:|--:|--:|"
    for place in places:
        rival = place.rival
        row = (rival.name, ", ".join(rival.formats), rival.kinds, f"{place.files:,}", _mb(place.bytes))
        yield f"| {' | '.join(row)} | {_alike(place.likeness)} |"
    yield ""
    for stage in STAGES:
        yield from _stage(stage, places)
    yield from _watching([place for place in places if place.watched])


def _alike(likeness: Likeness | None) -> str:
    if likeness is None:
        return "–"
    return f"{likeness.common} of {likeness.ours} in {likeness.feeds} files"


def _stage(stage: str, places: Sequence[Place]) -> Iterator[str]:
    yield f"| {stage} | wall s | CPU s | peak MB | ours / this: wall | CPU | peak |\n|---|--:|--:|--:|--:|--:|--:|"
    for place in places:
        usages = [one[stage] for one in place.rounds if stage in one]
        if usages:
            seconds, cpu, peak = (statistics.median(values) for values in zip(*map(_values, usages), strict=True))
            yield f"| {place.rival.name} | {seconds:.2f} | {cpu:.2f} | {_mb(peak)} | {_ratios(stage, place, places)} |"
    yield ""


def _values(usage: Usage) -> tuple[float, float, float]:
    return usage.seconds, usage.cpu, usage.peak


def _ratios(stage: str, place: Place, places: Sequence[Place]) -> str:
    """Return how ours stands to a rival: the medians of the rounds in which both were measured."""
    ours = next((one for one in places if one.rival is OURS), None)
    if ours is None or place is ours:
        return " – | – | –"
    pairs = [
        [one / other for one, other in zip(_values(mine[stage]), _values(theirs[stage]), strict=True)]
        for mine, theirs in zip(ours.rounds, place.rounds, strict=False)
        if stage in mine and stage in theirs
    ]
    return " | ".join(f"{statistics.median(values):.3g}" for values in zip(*pairs, strict=True))


def _watching(places: Sequence[Place]) -> Iterator[str]:
    if not places:
        return
    yield "| one post saved, while it watches | median s | worst s | CPU s each | peak MB |\n|---|--:|--:|--:|--:|"
    for place in places:
        watched = place.watched
        assert watched is not None
        yield f"| {place.rival.name} | {_middle(watched.seconds)} | {watched.cpu:.2f} | {_mb(watched.peak)} |"
    yield "\n| one post added, while it watches | median s | worst s |\n|---|--:|--:|"
    for place in places:
        assert place.watched is not None
        yield f"| {place.rival.name} | {_middle(place.watched.added)} |"
    yield ""


def _middle(seconds: Sequence[float]) -> str:
    return f"{statistics.median(seconds):.3f} | {max(seconds):.3f}"


def _mb(size: float) -> str:
    return f"{size / 1e6:,.0f}"


def machine() -> Iterator[str]:
    """Yield what the figures belong to."""
    cpu = re.search(r"model name\s*: (.*)", Path("/proc/cpuinfo").read_text(encoding="utf-8"))
    memory = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") / 2**30
    yield f"{os.cpu_count()} cores ({cpu[1] if cpu else platform.machine()}), {memory:.0f} GB, {platform.system()}"
    yield f"{platform.python_implementation()} {platform.python_version()}"
    yield from (f"{rival.name}: {rival.version()}; {rival.remark}" for rival in ALL if rival.found())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", type=int, nargs="+", default=[1_000, 10_000])
    parser.add_argument("--rivals", nargs="+", choices=[rival.name for rival in ALL], help="ours counts as one")
    parser.add_argument("--rounds", type=int, help="3, or 1 above 10,000 posts")
    parser.add_argument("--changes", type=int, default=5, help="while it watches; 0 for none")
    parser.add_argument("--timeout", type=float, default=600.0, metavar="SECONDS", help="for one build")
    parser.add_argument("--all", action="store_true", help="measure each at each size, whatever it takes")
    parser.add_argument("--scratch", type=Path, default=SHM if SHM.is_dir() else None)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    print(*machine(), sep="\n")
    for size in options.sizes:
        print(f"\n## {size:,} posts\n")
        with tempfile.TemporaryDirectory(prefix="feeds-bench-", dir=options.scratch) as name:
            places = measure(size, Path(name), options)
            print("", *(told(places) if places else ()), sep="\n", flush=True)


if __name__ == "__main__":
    main()
