"""Poll a site a million times while its posts change, and see that nothing breaks, tears, leaks or is lost.

    python soak.py [--polls N] [--feeds N] [--changes N]

Each poll is conditional, with the ETag that its feed gave last, on connections that stay open. Meanwhile --changes
posts a second are rewritten in place, each tenth of them in two halves. Each post says its revision at its beginning
and at its end: an entry in which the two differ is torn. Every 200 is measured against its Content-Length and its old
ETag, each tenth is parsed. In the end each feed must hold the last revision of each of its posts.
The server stands on one core, the pollers and the writer on another. Exits with 1 if anything went wrong.
"""

import argparse
import gzip
import random
import re
import socket
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from xml.etree import ElementTree as ET

from corpus import HAN
from serving import SERVER_CORE, fetch, first_port, pinned, wait_until

CONNECTIONS = 32
SAMPLED = 10  # one in so many bodies is parsed
HALVED = 10  # one in so many posts is written in two halves
POSTS = 2  # in each feed
ATOM = "{http://www.w3.org/2005/Atom}"
QUIET = 120  # seconds in which the last changes must have come out
_REVISION = re.compile(r"始(\d+)(.*?)终(\d+)", re.DOTALL)


@dataclass(slots=True, kw_only=True)
class Tally:
    statuses: Counter[int] = field(default_factory=Counter)
    parsed: int = 0
    slowest: float = 0.0  # seconds
    faults: list[str] = field(default_factory=list)

    def blame(self, what: str, path: str) -> None:
        if len(self.faults) < 20:
            self.faults.append(f"{path}: {what}")


# --- the posts


class Desk:
    """Writes the posts; each knows its revision."""

    def __init__(self, folder: Path, feeds: int) -> None:
        self._folder = folder
        self._picked = random.Random(11)
        self.revisions = {(feed, number): 0 for feed in range(feeds) for number in range(POSTS)}
        self.rewritten = 0

    def prepare(self) -> None:
        (self._folder / "content").mkdir(parents=True)
        (self._folder / "feeds.toml").write_text(
            '[site]\ntitle = "Soak"\nurl = "https://soak.example"\nauthority = "soak.example,2026"\n', encoding="utf-8"
        )
        for post in self.revisions:
            self._path(post).write_bytes(self._text(post))

    def rewrite(self) -> None:
        """Change one post, in place."""
        post = self._picked.choice(list(self.revisions))
        self.revisions[post] += 1
        self.rewritten += 1
        text = self._text(post)
        with self._path(post).open("wb") as file:
            if self.rewritten % HALVED == 0:
                half = len(text) // 2
                file.write(text[:half])
                file.flush()
                time.sleep(0.002)
                text = text[half:]
            file.write(text)

    def _path(self, post: tuple[int, int]) -> Path:
        return self._folder / "content" / f"c{post[0]:04}-{post[1]}.md"

    def _text(self, post: tuple[int, int]) -> bytes:
        feed, number = post
        revision = self.revisions[post]
        words = "".join(self._picked.choices(HAN, k=200))
        front = f"title: c{feed:04} {number}\ndate: 2026-10-{number + 1:02} 08:00:00\ncategories: [c{feed:04}]\n"
        return f"---\n{front}---\n\n始{revision}{words}终{revision}\n".encode()


@contextmanager
def changing(desk: Desk, rate: int) -> Iterator[None]:
    """Rewrite so many posts a second."""
    stop = threading.Event()

    def change() -> None:
        due = time.monotonic()
        while not stop.is_set():
            desk.rewrite()
            due += 1 / rate
            stop.wait(max(0.0, due - time.monotonic()))

    thread = threading.Thread(target=change)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()


# --- the pollers


class Poller:
    """One connection that stays open. It sends one request at a time and reads the answer."""

    def __init__(self, port: int, tags: dict[str, bytes], tally: Tally) -> None:
        self._socket = socket.create_connection(("127.0.0.1", port), timeout=60)
        self._tags = tags
        self._tally = tally
        self._path = ""
        self._sent_tag = b""
        self._sent_at = 0.0

    def ask(self, path: str) -> None:
        self._path, self._sent_tag = path, self._tags.get(path, b"")
        condition = b"If-None-Match: %s\r\n" % self._sent_tag if self._sent_tag else b""
        head = b"GET %s HTTP/1.1\r\nHost: soak.example\r\nAccept-Encoding: gzip\r\n%s\r\n"
        self._sent_at = time.monotonic()
        self._socket.sendall(head % (path.encode("ascii"), condition))

    def hear(self) -> None:
        read = b""
        while b"\r\n\r\n" not in read:
            read += self._more()
        self._tally.slowest = max(self._tally.slowest, time.monotonic() - self._sent_at)
        head, body = read.split(b"\r\n\r\n", 1)
        status, tag = int(head[9:12]), _value(head, b"etag")
        self._tally.statuses[status] += 1
        if status == 304:
            if tag != self._sent_tag or body:
                self._tally.blame("a 304 with another ETag than was asked for, or with a body", self._path)
        elif status == 200:
            length = int(_value(head, b"content-length"))
            while len(body) < length:
                body += self._more()
            self._judge(tag, body, length)
        else:
            self._tally.blame(f"status {status}", self._path)

    def _judge(self, tag: bytes, body: bytes, length: int) -> None:
        if len(body) != length:
            self._tally.blame("more bytes than Content-Length", self._path)
        if not tag or tag == self._sent_tag:
            self._tally.blame("a 200 with the ETag that was asked for, or without one", self._path)
        self._tags[self._path] = tag
        if self._tally.statuses[200] % SAMPLED == 0:
            self._tally.parsed += 1
            if complaint := complaint_about(gzip.decompress(body), self._path):
                self._tally.blame(complaint, self._path)

    def _more(self) -> bytes:
        piece = self._socket.recv(262_144)
        if not piece:
            raise SystemExit(f"{self._path}: the server has closed the connection in the middle of an answer")
        return piece

    def close(self) -> None:
        self._socket.close()


def _value(head: bytes, name: bytes) -> bytes:
    start = head.find(b"\r\n%s: " % name)
    if start < 0:
        return b""
    start += len(name) + 4
    end = head.find(b"\r\n", start)
    return head[start:] if end < 0 else head[start:end]


def complaint_about(document: bytes, path: str) -> str:
    """Say what is wrong with a feed's document; empty where nothing is."""
    try:
        feed = ET.fromstring(document)
    except ET.ParseError as err:
        return f"not well-formed: {err}"
    own = [link.get("href") for link in feed.findall(f"{ATOM}link") if link.get("rel") == "self"]
    if own != [f"https://soak.example{path}"]:
        return f"says of itself {own}"
    entries = feed.findall(f"{ATOM}entry")
    if len(entries) != POSTS:
        return f"{len(entries)} entries instead of {POSTS}"
    for entry in entries:
        found = _REVISION.search(entry.findtext(f"{ATOM}content") or "")
        if not found or found[1] != found[3]:
            return "a torn entry"
    return ""


def revisions_in(document: bytes) -> dict[str, int]:
    """Return the revision of each entry, by its title."""
    entries = ET.fromstring(document).findall(f"{ATOM}entry")
    found = {one.findtext(f"{ATOM}title") or "": one.findtext(f"{ATOM}content") or "" for one in entries}
    return {title: int(match[1]) for title, text in found.items() if (match := _REVISION.search(text))}


def poll(pollers: Sequence[Poller], paths: Sequence[str]) -> None:
    """Poll these feeds, as many at once as there are connections."""
    for start in range(0, len(paths), len(pollers)):
        asked = list(zip(pollers, paths[start : start + len(pollers)], strict=False))
        for poller, path in asked:
            poller.ask(path)
        for poller, _ in asked:
            poller.hear()


# --- the run


def resident(pid: int) -> float:
    """Return a process's resident memory in MB (Linux)."""
    pages = int(Path(f"/proc/{pid}/statm").read_text(encoding="ascii").split()[1])
    return pages * 4096 / 1e6


def is_caught_up(port: int, desk: Desk, feed: int) -> bool:
    """Say whether a feed holds the last revision of each of its posts."""
    _, _, body = fetch(port, f"/category/c{feed:04}.atom")
    wanted = {f"c{feed:04} {number}": desk.revisions[feed, number] for number in range(POSTS)}
    return revisions_in(body) == wanted


def soak(args: argparse.Namespace, folder: Path, scratch: Path, closing: ExitStack) -> Tally:
    desk, tally = Desk(folder, args.feeds), Tally()
    desk.prepare()
    command = (sys.executable, "-m", "feeds", "serve", str(folder), "--port", "0")
    process = closing.enter_context(pinned(*command, log=scratch / "server.log"))
    port = first_port(process)
    wait_until(lambda: fetch(port, "/readyz")[0] == 200)
    tags: dict[str, bytes] = {}
    pollers = [Poller(port, tags, tally) for _ in range(CONNECTIONS)]
    for poller in pollers:
        closing.callback(poller.close)
    feeds = [f"/category/c{number:04}.atom" for number in range(args.feeds)]
    poll(pollers, feeds)
    print(f"{args.feeds:,} feeds fetched once: {dict(tally.statuses)}; memory {resident(process.pid):.0f} MB")
    tally.statuses.clear()
    tally.slowest = 0.0
    picked, began = random.Random(13), time.monotonic()
    with changing(desk, args.changes):
        for _ in range(10):
            for _ in range(args.polls // len(feeds) // 10):
                poll(pollers, picked.sample(feeds, len(feeds)))
            done = sum(tally.statuses.values())
            print(f"{done:>11,} polls, {desk.rewritten:>7,} changes, memory {resident(process.pid):.0f} MB", flush=True)
    took = time.monotonic() - began
    rate = sum(tally.statuses.values()) / took
    print(f"{took:.0f} s: {rate:,.0f} polls and {desk.rewritten / took:.0f} changes a second")
    print(f"slowest answer {tally.slowest * 1000:.0f} ms; memory {resident(process.pid):.0f} MB")
    for feed in range(args.feeds):
        wait_until(lambda feed=feed: is_caught_up(port, desk, feed), seconds=QUIET)  # type: ignore[misc]
    print(f"each feed holds the last revision of each of its {POSTS} posts")
    return tally


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--polls", type=int, default=1_000_000)
    parser.add_argument("--feeds", type=int, default=2_000)
    parser.add_argument("--changes", type=int, default=50, help="posts a second")
    args = parser.parse_args()
    print(f"server on core {SERVER_CORE}; {CONNECTIONS} connections")
    with tempfile.TemporaryDirectory() as name, ExitStack() as closing:
        tally = soak(args, Path(name) / "site", Path(name), closing)
    print("status   answers")
    for status, count in sorted(tally.statuses.items()):
        print(f"{status:<7}{count:>9,}")
    print(f"{tally.parsed:,} bodies parsed, {len(tally.faults)} faults")
    for fault in tally.faults:
        print(f"  {fault}")
    sys.exit(bool(tally.faults))


if __name__ == "__main__":
    main()
