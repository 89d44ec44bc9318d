"""Rehearse a newswire: five scripts rewrite 8,000 posts every 30 seconds, and 20 readers poll. Nothing may be lost.

    python newswire.py [--seconds N] [--posts N] [--every N] [--spread N] [--late N] [--keep FOLDER]

Each script writes its posts anew in place, unescaped, most with the bytes they had. In each round some are edited, some
are new, 2 % have broken front matter, 1 % are written in two halves with a pause between, some have moved to the
archive, and one folder has been deleted and made again. Each reader polls the site's feed and its own categories,
always with the ETag it had. Half of the categories are never edited. Every post says its number and revision at its
beginning and at its end.

Held against each other: every revision that was written, and every revision that a reader received; when its last byte
was written (plus `content.settle`), and when a poll brought it. Exits with 1 if anything was lost, torn, doubled or
late, or an ETag changed without its feed.
"""

import argparse
import itertools
import multiprocessing
import os
import queue
import random
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from multiprocessing.synchronize import Event
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

from change import Reader, percentile
from corpus import HAN
from serving import fetch, first_port, wait_until
from soak import resident

from feeds.settings import Settings

SCRIPTS = 5
READERS = 20
CATEGORIES = 10 * READERS  # ten to a reader; the second half is quiet
POLL = 0.25  # seconds between two polls of one feed by one reader
SETTLE = 0.5  # seconds: more than the pause of a script that writes in two halves
PAUSE = 0.1  # seconds between two halves
WINDOW = 200  # more than any category gets, so that its readers see all
BROKEN, HALVED, UNESCAPED = 0.02, 0.01, 0.1  # of all writes
EDITED, NEW, MOVED = 10, 10, 5  # posts of a script, in each round
IN_A_FOLDER = 100  # posts
LATE = 2.0  # seconds after its last byte and the settle time, and one turn of polls
QUIET = 60  # seconds in which all must have come out in the end
ATOM = "{http://www.w3.org/2005/Atom}"
MARK = re.compile(r"始(\d+)\.(\d+)·(.*?)终(\d+)\.(\d+)", re.DOTALL)
Revision = tuple[int, int]  # number of a post, its revision

SETTINGS = f"""[site]
title = "Newswire"
url = "https://newswire.example"
authority = "newswire.example,2026"
[content]
roots = ["content"]
archives = ["archive"]
settle = {SETTLE}
[feeds]
window = {WINDOW}
"""


# --- the scripts


@dataclass(slots=True, kw_only=True)
class Post:
    number: int
    category: int
    path: Path  # below the site's folder
    revision: int = 0

    def text(self) -> bytes:
        words = "".join(random.Random(self.number * 10_007 + self.revision).choices(HAN, k=120))
        quoted = ' says "so" & <b>' if self.number % round(1 / UNESCAPED) == 0 else ""
        front = (
            f'title: "Post {self.number}{quoted}"\ndate: {date_of(self.number)}\ncategories: [c{self.category:03}]\n'
        )
        mark = f"{self.number}.{self.revision}"
        return f"---\n{front}---\n\n始{mark}·{words}终{mark}\n".encode()

    def broken(self) -> bytes:
        """Return the text as a script leaves it that fails in the front matter: without its end, or with rubbish."""
        end = b"" if self.number % 2 else b"  - {broken: [\n---\n"
        return self.text().replace(b"---\n\n", end, 1)


def date_of(number: int) -> str:
    return time.strftime("%Y-%m-%d %H:%M:%S", time.gmtime(1_735_689_600 + number * 600))


@dataclass(slots=True, kw_only=True)
class Written:
    """What the scripts did."""

    at: dict[Revision, float] = field(default_factory=dict)  # when the last byte was written, by the monotonic clock
    counts: Counter[str] = field(default_factory=Counter)
    unknowable: set[int] = field(default_factory=set)  # posts whose halves lay longer than the settle time


class Script:
    """One of the threads that write. It alone knows its posts."""

    def __init__(self, folder: Path, name: int, posts: int, numbers: Iterator[int]) -> None:
        self._folder, self._name, self._numbers = folder, name, numbers
        self._picked = random.Random(name)
        self.written = Written()
        self.posts: list[Post] = []
        self.archived: list[Post] = []
        for _ in range(posts):
            self._write(self._new(range(CATEGORIES)))

    def _new(self, categories: range) -> Post:
        place = f"content/s{self._name}/d{len(self.posts) // IN_A_FOLDER}"
        (self._folder / place).mkdir(parents=True, exist_ok=True)
        number = next(self._numbers)
        category = categories[number % len(categories)]
        post = Post(number=number, category=category, path=Path(place) / f"wire-{number}.md")
        self.posts.append(post)
        return post

    def _write(self, post: Post, *, is_halved: bool = False) -> None:
        text = post.text()
        half = len(text) // 2 if is_halved else len(text)
        with (self._folder / post.path).open("wb") as file:
            file.write(text[:half])
            if is_halved:
                file.flush()
                began = time.monotonic()
                time.sleep(PAUSE)
                if time.monotonic() - began > SETTLE * 0.9:
                    self.written.unknowable.add(post.number)
            file.write(text[half:])
        self.written.at.setdefault((post.number, post.revision), time.monotonic())
        self.written.counts["files written"] += 1

    def round(self, spread: float) -> None:
        """Write everything anew, over so many seconds."""
        done = self._recreate_a_folder()
        todo = [post for post in self.posts if post not in done]
        loud = [post.number for post in todo if post.category < CATEGORIES // 2]
        edited = set(self._picked.sample(loud, min(EDITED, len(loud))))
        began = time.monotonic()
        for place, post in enumerate(todo):
            self._rewrite(post, is_edited=post.number in edited)
            if spread:
                time.sleep(max(0.0, began + spread * place / len(todo) - time.monotonic()))
        for _ in range(NEW):
            self._write(self._new(range(CATEGORIES // 2)))
            self.written.counts["posts added"] += 1
        self._archive()

    def _rewrite(self, post: Post, *, is_edited: bool) -> None:
        chance = self._picked.random()
        if is_edited:
            post.revision += 1
            self.written.counts["posts edited"] += 1
        elif chance < BROKEN:
            (self._folder / post.path).write_bytes(post.broken())
            self.written.counts["broken front matter"] += 1
            return
        is_halved = chance > 1 - HALVED
        self.written.counts["written in two halves"] += is_halved
        self._write(post, is_halved=is_halved)

    def _recreate_a_folder(self) -> list[Post]:
        place = self._picked.choice([post.path.parent for post in self.posts])
        shutil.rmtree(self._folder / place)
        (self._folder / place).mkdir()
        inside = [post for post in self.posts if post.path.parent == place]
        for post in inside:
            self._write(post)
        self.written.counts["folders made again"] += 1
        return inside

    def _archive(self) -> None:
        for post in self._picked.sample(self.posts[: len(self.posts) // 2], MOVED):
            to = Path("archive", *post.path.parts[1:])
            (self._folder / to).parent.mkdir(parents=True, exist_ok=True)
            (self._folder / post.path).rename(self._folder / to)
            post.path = to
            self.posts.remove(post)
            self.archived.append(post)
            self.written.counts["moved to the archive"] += 1

    def mend(self) -> None:
        for post in self.posts:
            if (self._folder / post.path).read_bytes() != post.text():
                self._write(post)


@contextmanager
def writing(
    scripts: Sequence[Script], *, every: float, until: float, spread: float
) -> Iterator[Sequence[threading.Thread]]:
    """Let each script do its rounds until so many seconds by the monotonic clock."""

    def work(script: Script, offset: float) -> None:
        due = time.monotonic() + offset
        while due < until:
            time.sleep(max(0.0, due - time.monotonic()))
            script.round(spread)
            due += every

    threads = [threading.Thread(target=work, args=(each, 0.01 * place)) for place, each in enumerate(scripts)]
    for thread in threads:
        thread.start()
    try:
        yield threads
    finally:
        for thread in threads:
            thread.join()


# --- the readers


@dataclass(slots=True, kw_only=True)
class Received:
    """What one reader, or all of them, got."""

    at: dict[Revision, float] = field(default_factory=dict)  # when a poll of its category first brought it
    statuses: Counter[int] = field(default_factory=Counter)
    tags: dict[str, list[str]] = field(default_factory=dict)  # of categories: every ETag, in order
    entries: int = 0  # read in all bodies
    faults: list[str] = field(default_factory=list)


class Subscriber:
    """One reader: keeps what each of its feeds held, and complains of what cannot be."""

    def __init__(self, port: int, paths: Sequence[str], received: Received) -> None:
        self._reader = Reader(port)
        self._paths = paths
        self._received = received
        self._held: dict[str, dict[str, tuple[str, Revision]]] = {}  # by feed and id
        self._ids: dict[int, str] = {}
        self._tags: dict[str, str] = {}
        self.turns = 0

    def turn(self) -> None:
        for path in self._paths:
            tag = self._tags.get(path, '"none"')
            status, body = self._reader.ask("GET", path, if_none_match=tag)
            self._received.statuses[status] += 1
            if status == 200:
                self._take(path, body, before=tag)
            elif status != 304:
                self._blame(path, f"status {status}")

    def _take(self, path: str, body: bytes, *, before: str) -> None:
        tag = self._reader.tag(path)
        self._tags[path] = tag
        self._received.tags.setdefault(path, []).append(tag)
        if tag == before:
            self._blame(path, "a 200 with the ETag that was asked for")
        held = self._held.get(path)
        now = self._read(path, body)
        if now == held:
            self._blame(path, f"another ETag, {tag} after {before}, and nothing has changed")
        for id_ in now.keys() & (held or {}).keys():
            if now[id_][1][1] < held[id_][1][1]:  # type: ignore[index]
                self._blame(path, f"post {now[id_][1][0]} went back to revision {now[id_][1][1]}")
        if path != "/feed.atom":
            for lost in (held or {}).keys() - now.keys():
                self._blame(path, f"{lost} has gone")
            for _, revision in now.values():
                self._received.at.setdefault(revision, time.monotonic())
        self._held[path] = now

    def _read(self, path: str, body: bytes) -> dict[str, tuple[str, Revision]]:
        """Return title and revision of each entry, by id."""
        now = {}
        for entry in ET.fromstring(body).findall(f"{ATOM}entry"):
            id_, title = entry.findtext(f"{ATOM}id") or "", entry.findtext(f"{ATOM}title") or ""
            self._received.entries += 1
            mark = MARK.search(entry.findtext(f"{ATOM}content") or "")
            if not mark or mark.group(1, 2) != mark.group(4, 5) or not title.startswith(f"Post {mark[1]}"):
                self._blame(path, f"a torn entry: {title} {mark and mark.group(1, 2, 4, 5)}")
                continue
            number, revision = int(mark[1]), int(mark[2])
            if id_ in now or self._ids.setdefault(number, id_) != id_:
                self._blame(path, f"post {number} twice: {id_}")
            now[id_] = title, (number, revision)
        return now

    def _blame(self, path: str, what: str) -> None:
        if len(self._received.faults) < 50:
            self._received.faults.append(f"{path}: {what}")

    def close(self) -> None:
        self._reader.close()


def paths_of(reader: int) -> list[str]:
    own = range(reader, CATEGORIES, READERS)
    return ["/feed.atom", *(f"/category/c{number:03}.atom" for number in own)]


def read_all(
    port: int, stop: Event, begun: "multiprocessing.Queue[int]", results: "multiprocessing.Queue[Received]"
) -> None:
    """Be all the readers, a thread each, until told to stop.

    begun: gets a reader's number when it has polled each of its feeds; results: what each received.
    """

    def read(number: int) -> None:
        received = Received()
        subscriber = Subscriber(port, paths_of(number), received)
        try:
            while not stop.is_set():
                began = time.monotonic()
                subscriber.turn()
                if not subscriber.turns:
                    begun.put(number)
                subscriber.turns += 1
                stop.wait(max(0.0, began + POLL - time.monotonic()))
        except Exception as err:  # noqa: BLE001 - the readers' own end is a fault, too
            received.faults.append(f"reader {number} ended: {err!r}")
        subscriber.close()
        results.put(received)

    threads = [threading.Thread(target=read, args=(number,)) for number in range(READERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


@contextmanager
def reading(port: int) -> Iterator[list[Received]]:
    """Let the readers poll, in a process of their own, once each has what there is.

    The list holds what they got once they have ended.
    """
    spawn = multiprocessing.get_context("spawn")
    stop, begun, results = spawn.Event(), spawn.Queue(), spawn.Queue()
    process = spawn.Process(target=read_all, args=(port, stop, begun, results))
    process.start()
    for _ in range(READERS):
        begun.get(timeout=QUIET)
    got: list[Received] = []
    try:
        yield got
    finally:
        stop.set()
        try:
            got.extend(results.get(timeout=60) for _ in range(READERS))
        except queue.Empty:
            process.terminate()
        process.join(30)


# --- the verdict


def together(parts: Sequence[Received]) -> Received:
    whole = Received()
    for part in parts:
        whole.at |= part.at
        whole.statuses += part.statuses
        whole.tags |= {path: tags for path, tags in part.tags.items() if path != "/feed.atom"}
        whole.entries += part.entries
        whole.faults += part.faults
    if len(parts) < READERS:
        whole.faults.append(f"{READERS - len(parts)} readers have not told what they got")
    return whole


def verdict(scripts: Sequence[Script], received: Received, *, began: float, late_after: float) -> Iterator[str]:
    """Yield the lines of the report; complaints go to the faults."""
    written = {revision: at for each in scripts for revision, at in each.written.at.items()}
    unknowable = {number for each in scripts for number in each.written.unknowable}
    later = {revision: at for revision, at in written.items() if at > began}
    counts = sum((each.written.counts for each in scripts), Counter[str]())
    yield "; ".join(f"{count:,} {name}" for name, count in counts.items())
    yield f"{sum(received.statuses.values()):,} polls: " + ", ".join(
        f"{count:,} × {status}" for status, count in sorted(received.statuses.items())
    )
    yield f"{received.entries:,} entries read; {len(unknowable)} posts with halves that lay for the settle time"
    lost, invented = written.keys() - received.at.keys(), received.at.keys() - written.keys()
    yield f"items published {len(written):,}, received {len(received.at):,}; {len(later):,} of them while we looked"
    received.faults += [f"lost: post {number} revision {revision}" for number, revision in sorted(lost)[:20]]
    received.faults += [f"invented: post {number} revision {revision}" for number, revision in sorted(invented)[:20]]
    delays = sorted(received.at[one] - at - SETTLE for one, at in later.items() if one in received.at)
    if delays:
        late = sum(delay > late_after + POLL for delay in delays)
        yield (
            f"seconds from the last byte and {SETTLE} s of settling to the poll that had it: p50 "
            f"{statistics.median(delays):.2f}, p99 {percentile(delays, 0.99):.2f}, max {delays[-1]:.2f}; {late} late"
        )
        received.faults += [f"{late} items were late by more than {late_after} s"] if late else []
    quiet = [path for path in received.tags if int(path[11:14]) >= CATEGORIES // 2]
    kept = sum(len(received.tags[path]) == 1 for path in quiet)
    yield f"{kept} of {len(quiet)} feeds whose content did not change kept their ETag"
    received.faults += [f"{len(quiet) - kept} feeds changed their ETag for nothing"] if kept < len(quiet) else []
    yield f"{len(received.faults)} faults"


def complaints_of(port: int, scripts: Sequence[Script]) -> Iterator[str]:
    """Yield what the categories' feeds do not hold as it was written last."""
    wanted: dict[int, set[Revision]] = {}
    for script in scripts:
        for post in (*script.posts, *script.archived):
            wanted.setdefault(post.category, set()).add((post.number, post.revision))
    for category, revisions in wanted.items():
        path = f"/category/c{category:03}.atom"
        status, _, body = fetch(port, path, if_none_match='"none"')
        held = {(int(mark[0]), int(mark[1])) for mark in MARK.findall(body.decode())}
        if held != revisions:
            yield f"{path}: {status}; in the end without {sorted(revisions - held)}, with {sorted(held - revisions)}"


def rehearse(args: argparse.Namespace, folder: Path, scratch: Path, closing: ExitStack) -> Received:
    for root in ("content", "archive"):
        (folder / root).mkdir(parents=True)
    (folder / "feeds.toml").write_text(SETTINGS, encoding="utf-8")
    numbers = itertools.count()
    scripts = [Script(folder, name, args.posts // SCRIPTS, numbers) for name in range(SCRIPTS)]
    process, port = closing.enter_context(served(folder, scratch))
    print(f"{args.posts:,} posts in {CATEGORIES} categories; memory {resident(process):.0f} MB", flush=True)
    with reading(port) as parts:
        began = time.monotonic()
        with writing(scripts, every=args.every, until=began + args.seconds, spread=args.spread):
            pass
        for script in scripts:
            script.mend()
        ends, complaints = time.monotonic() + QUIET, list(complaints_of(port, scripts))
        while complaints and time.monotonic() < ends:
            time.sleep(POLL)
            complaints = list(complaints_of(port, scripts))
        time.sleep(4 * POLL)  # the last turn of the readers
        print(f"{time.monotonic() - began:.0f} s; memory {resident(process):.0f} MB", flush=True)
    received = together(parts)
    received.faults += complaints
    print(*verdict(scripts, received, began=began, late_after=args.late), sep="\n")
    return received


@contextmanager
def served(folder: Path, scratch: Path) -> Iterator[tuple[int, int]]:
    """Serve a folder; give the server's process id and port."""
    command = (sys.executable, "-m", "feeds", "serve", str(folder), "--port", "0")
    with (scratch / "server.log").open("w") as log:
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=log, text=True)
        try:
            port = first_port(process)
            wait_until(lambda: fetch(port, "/readyz")[0] == 200)
            yield process.pid, port
        finally:
            process.terminate()
            process.wait(30)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=600)
    parser.add_argument("--posts", type=int, default=8_000)
    parser.add_argument("--every", type=float, default=30, help="seconds between two rounds of a script")
    parser.add_argument(
        "--spread", type=float, default=0, help="seconds over which a script writes; 0: as fast as it can"
    )
    parser.add_argument(
        "--late",
        type=float,
        default=LATE,
        help="seconds after which an item is late; more where others use the machine",
    )
    parser.add_argument("--keep", type=Path, metavar="FOLDER", help="a new folder for the site, which stays")
    args = parser.parse_args()
    print(f"{os.cpu_count()} cores; settle {SETTLE} s, pause between halves {PAUSE} s, a poll each {POLL} s; grace,")
    print("sweep and all else as it comes: " + usual())
    with tempfile.TemporaryDirectory(prefix="feeds-newswire-") as name, ExitStack() as closing:
        received = rehearse(args, args.keep or Path(name) / "site", Path(name), closing)
    print(*received.faults, sep="\n")
    sys.exit(bool(received.faults))


def usual() -> str:
    """Say the settings that time depends on and that are left as they are."""
    tables: dict[str, Any] = {name: table.annotation for name, table in Settings.model_fields.items()}
    wanted = ("grace", "sweep", "min_interval")
    found = {
        f"{name}.{key}": table.model_fields[key].default
        for name, table in tables.items()
        for key in wanted
        if key in getattr(table, "model_fields", ())
    }
    return ", ".join(f"{name} {value} s" for name, value in found.items())


if __name__ == "__main__":
    main()
