"""Measure how Feedwright starts on a large folder, beside a plain feedgen script on the same machine.

    python start.py [--posts N] [--seed N]

Each start is a fresh process: seconds until /readyz answers 200 (until the end, for the script), and the peak of
resident memory. An edit counts from the end of writing one post until its category's feed has a new ETag; the script
would have to run again. Seconds differ between machines; the ratios to the script hardly do.
"""

import argparse
import http.client
import os
import platform
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple, NoReturn

HERE = Path(__file__).parent
PATIENCE = 900.0  # seconds that anything may take before the run counts as failed
TICK = 0.01  # seconds between two looks at a process
UNIT = 1 if sys.platform == "darwin" else 1024  # bytes in a unit of ru_maxrss


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    seconds: float
    peak: int  # bytes of resident memory


class Child:
    """A process of ours whose peak of memory is known at its end. Its output goes to a log, shown when it fails."""

    def __init__(self, *command: str, log: Path) -> None:
        environ = {name: value for name, value in os.environ.items() if not name.startswith("FEEDS_")}
        self.command, self.log = command, log
        self.started = time.perf_counter()
        with log.open("wb") as output:
            self.process = subprocess.Popen(
                [sys.executable, *command], stdin=subprocess.DEVNULL, stdout=output, stderr=output, env=environ
            )

    def has_ended(self) -> bool:
        return os.waitid(os.P_PID, self.process.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is not None

    def end(self) -> int:
        """Wait for the end and return the peak of resident memory in bytes."""
        # wait4 tells about this child alone; RUSAGE_CHILDREN would keep the peak of the largest so far.
        _, status, usage = os.wait4(self.process.pid, 0)
        self.process.returncode = os.waitstatus_to_exitcode(status)
        if self.process.returncode not in (0, -signal.SIGTERM):
            self.fail(f"ended with status {self.process.returncode}")
        return usage.ru_maxrss * UNIT

    def stop(self) -> int:
        os.kill(self.process.pid, signal.SIGTERM)  # Popen's own would reap a process that has ended, and lose its usage
        return self.end()

    def fail(self, why: str) -> NoReturn:
        tail = self.log.read_text(encoding="utf-8", errors="replace").splitlines()[-20:]
        raise SystemExit("\n".join((*tail, f"{' '.join(self.command)}: {why}")))


class Answer(NamedTuple):
    status: int | None  # None while nobody listens
    etag: str | None


@dataclass(slots=True, kw_only=True)
class Server:
    child: Child
    port: int
    seconds: float = 0.0  # until ready
    peak: int = 0  # bytes; known once it is stopped

    def wait_until(self, is_so: Callable[[], bool], *, since: float) -> float:
        """Return the seconds from `since` until it is so."""
        while not is_so():
            if self.child.has_ended():
                self.child.fail("ended by itself")
            if time.perf_counter() - since > PATIENCE:
                self.child.fail(f"did not answer as expected within {PATIENCE:.0f} seconds")
            time.sleep(TICK)
        return time.perf_counter() - since

    def head(self, path: str) -> Answer:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            connection.request("HEAD", path)
            response = connection.getresponse()
            return Answer(response.status, response.headers["ETag"])
        except (OSError, http.client.HTTPException):
            return Answer(None, None)
        finally:
            connection.close()


def run_script(folder: Path, scratch: Path) -> Measured:
    child = Child(str(HERE / "naive.py"), str(folder), str(scratch / "naive"), log=scratch / "naive.log")
    peak = child.end()
    return Measured(seconds=time.perf_counter() - child.started, peak=peak)


@contextmanager
def server(folder: Path, scratch: Path) -> Iterator[Server]:
    """Start a server and wait until it is ready; stop it at the end."""
    port = free_port()
    child = Child("-m", "feeds", "serve", str(folder), "--port", str(port), log=scratch / "serve.log")
    running = Server(child=child, port=port)
    try:
        running.seconds = running.wait_until(lambda: running.head("/readyz").status == 200, since=child.started)
        if running.head("/feed.atom").status != 200:
            child.fail("is ready, but does not serve /feed.atom")
        yield running
    finally:
        running.peak = child.stop()


def start_server(folder: Path, scratch: Path) -> Measured:
    with server(folder, scratch) as running:
        pass
    return Measured(seconds=running.seconds, peak=running.peak)


def edit_one(folder: Path, scratch: Path) -> Measured:
    """Change the newest post of all, which stands in every window that it belongs to."""
    newest = max((folder / "_posts").iterdir())
    content = newest.read_text(encoding="utf-8")
    category = next(line for line in content.splitlines() if line.startswith("categories: ")).split()[1]
    address = f"/category/{category}.atom"
    with server(folder, scratch) as running:
        before = running.head(address).etag
        newest.write_text(content.replace("\n---\n\n", "\n---\n\n又及。\n\n", 1), encoding="utf-8")
        seconds = running.wait_until(
            lambda: running.head(address).etag not in (None, before), since=time.perf_counter()
        )
    return Measured(seconds=seconds, peak=running.peak)


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


def size_of(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def generate(folder: Path, scratch: Path, *, posts: int, seed: int) -> str:
    # In a child, so that this process stays small: a child's peak counts from the memory of the one that started it.
    command = (str(HERE / "corpus.py"), str(folder), "--posts", str(posts), "--seed", str(seed))
    child = Child(*command, log=scratch / "corpus.log")
    child.end()
    return child.log.read_text(encoding="utf-8").strip()


def row(name: str, measured: Measured, yardstick: Measured) -> str:
    time_ratio, memory_ratio = measured.seconds / yardstick.seconds, measured.peak / yardstick.peak
    return f"{name:26}{measured.seconds:9.2f}{time_ratio:8.2f}{measured.peak / 1e6:11.0f}{memory_ratio:8.2f}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--posts", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="feeds-bench-") as name:
        report(Path(name), posts=options.posts, seed=options.seed)


def report(scratch: Path, *, posts: int, seed: int) -> None:
    folder = scratch / "site"
    print(generate(folder, scratch, posts=posts, seed=seed))
    print(f"{platform.python_implementation()} {platform.python_version()}, {os.cpu_count()} cores, {sys.platform}\n")
    print(f"{'':26}{'seconds':>9}{'ratio':>8}{'peak MB':>11}{'ratio':>8}")
    script = run_script(folder, scratch)
    print(row("feedgen script", script, script), flush=True)
    print(row("feeds serve, first start", start_server(folder, scratch), script), flush=True)
    print(row("feeds serve, second start", start_server(folder, scratch), script), flush=True)
    print(row("feeds serve, one edit", edit_one(folder, scratch), script), flush=True)
    print(f"\nindex {size_of(folder / '.feeds') / 1e6:.1f} MB, posts {size_of(folder / '_posts') / 1e6:.1f} MB")


if __name__ == "__main__":
    main()
