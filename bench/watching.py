"""How long a generator that watches its folder takes from a saved post to its feeds on disk."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from measuring import cpu_of, end, family, peak_of, start
from rivals import Post

LOOK = 0.002  # seconds between two looks at the feeds
REST = 1.5  # seconds without work after which a generator counts as waiting for changes
PATIENCE = 120.0  # seconds that a change may take before the run counts as failed


class IdleError(Exception):
    pass


@dataclass(frozen=True, slots=True, kw_only=True)
class Watched:
    seconds: tuple[float, ...]  # of each change of one post
    cpu: float  # seconds for one of these, the mean
    added: tuple[float, ...]  # of each new post
    peak: int  # bytes: the sum of the peaks of its processes


def watch(command: Sequence[str], post: Post, feeds: Sequence[Path], *, changes: int, log: Path) -> Watched:
    """Start a generator, wait until it rests, save the post again and again, and then new ones like it.

    Raises IdleError where the feeds do not become new.
    """
    with log.open("wb") as said:
        process = start(command, said.fileno())
    try:
        wait_until(lambda: all(feed.exists() for feed in feeds))
        rest(process.pid)
        before = cpu_of(process.pid)
        seconds = tuple(_change(post.rename, feeds, f"看{number}看", process.pid) for number in range(changes))
        spent = cpu_of(process.pid) - before
        added = tuple(_change(post.add, feeds, f"新{number}新", process.pid) for number in range(changes))
        peak = sum(map(peak_of, family(process.pid)))
        return Watched(seconds=seconds, cpu=spent / changes, added=added, peak=peak)
    finally:
        end(process)


def _change(change: Callable[[str], None], feeds: Sequence[Path], word: str, pid: int) -> float:
    seen = {feed: _mark(feed) for feed in feeds}
    change(word)
    began, missing = time.perf_counter(), set(feeds)

    def has_all() -> bool:
        for feed in tuple(missing):
            mark = _mark(feed)
            if mark != seen[feed]:  # only what was written is read: looking must not cost what is measured
                seen[feed] = mark
                missing.difference_update({feed} if word in _text(feed) else ())
        return not missing

    wait_until(has_all)
    seconds = time.perf_counter() - began
    rest(pid)
    return seconds


def _mark(path: Path) -> tuple[int, int, int] | None:
    try:
        stat = path.stat()
    except FileNotFoundError:
        return None
    return stat.st_ino, stat.st_size, stat.st_mtime_ns


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8", errors="replace")
    except FileNotFoundError:
        return ""


def rest(pid: int) -> None:
    """Wait until nothing has been done for a while."""
    used, since = cpu_of(pid), time.perf_counter()
    while time.perf_counter() - since < REST:
        time.sleep(0.1)
        if (now := cpu_of(pid)) > used + 0.02:
            used, since = now, time.perf_counter()


def wait_until(is_so: Callable[[], bool]) -> None:
    ends = time.perf_counter() + PATIENCE
    while not is_so():
        if time.perf_counter() > ends:
            raise IdleError
        time.sleep(LOOK)
