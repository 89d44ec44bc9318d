"""What a program took until it ended: seconds, CPU and memory of it and of all processes that it started (Linux)."""

import ctypes
import os
import re
import signal
import subprocess
import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Self

LOOK = 0.05  # seconds between two looks at the memory of several processes
TICKS = os.sysconf("SC_CLK_TCK")
SUBREAPER = 36  # PR_SET_CHILD_SUBREAPER (prctl(2)): what a program leaves behind when it ends becomes ours


@dataclass(frozen=True, slots=True, kw_only=True)
class Usage:
    seconds: float
    cpu: float  # seconds, of all processes
    peak: int  # bytes


class TookTooLongError(Exception):
    pass


def run(command: Sequence[str], log: Path, *, timeout: float) -> Usage:
    """Run a command to its end. Raises TookTooLongError, and SystemExit with the end of its log where it failed."""
    ctypes.CDLL(None).prctl(SUBREAPER, 1, 0, 0, 0)
    with log.open("wb") as said:
        began = time.perf_counter()
        process = start(command, said.fileno())
    with _Memory(process.pid) as memory, _Limit(process, timeout) as limit:
        try:
            # wait4 tells of this child and those that it waited for; RUSAGE_CHILDREN would add all since the beginning.
            _, status, usage = os.wait4(process.pid, 0)
        except BaseException:  # an interrupt, say, that the group of its own does not hear
            end(process)
            raise
        seconds = time.perf_counter() - began
    process.returncode = os.waitstatus_to_exitcode(status)
    if limit.is_over:
        raise TookTooLongError
    if process.returncode != 0:
        raise SystemExit(f"{log.read_text(errors='replace')[-3000:]}\n{' '.join(command)}: status {process.returncode}")
    cpu = usage.ru_utime + usage.ru_stime + _left_behind()
    return Usage(seconds=seconds, cpu=cpu, peak=max(usage.ru_maxrss * 1024, memory.peak))


def _left_behind() -> float:
    """Wait for what a program has started and not waited for, such as a fork server; return its seconds of CPU."""
    cpu = 0.0
    while True:
        try:
            _, _, usage = os.wait4(-1, 0)
        except ChildProcessError:
            return cpu
        cpu += usage.ru_utime + usage.ru_stime


def start(command: Sequence[str], said: int) -> "subprocess.Popen[bytes]":
    """Start a command in a process group of its own.

    Without settings of ours from outside, and with bytecode, which is there wherever a program is installed.
    """
    dropped = ("FEEDS_", "PYTHONDONTWRITEBYTECODE")
    environ = {name: value for name, value in os.environ.items() if not name.startswith(dropped)}
    return subprocess.Popen(
        command, stdin=subprocess.DEVNULL, stdout=said, stderr=said, env=environ, start_new_session=True
    )


def end(process: "subprocess.Popen[bytes]") -> None:
    os.killpg(process.pid, signal.SIGKILL)
    process.wait(30)


class _Limit:
    """Ends a process group that takes too long."""

    def __init__(self, process: "subprocess.Popen[bytes]", seconds: float) -> None:
        self.is_over = False
        self._pid = process.pid
        self._timer = threading.Timer(seconds, self._kill)

    def __enter__(self) -> Self:
        self._timer.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._timer.cancel()

    def _kill(self) -> None:
        self.is_over = True
        os.killpg(self._pid, signal.SIGKILL)


class _Memory:
    """Looks at the memory of a process and of those that it started, while there are several.

    What they share is counted once (PSS). Of a single process the kernel itself keeps the peak.
    """

    def __init__(self, pid: int) -> None:
        self.peak = 0
        self._pid, self._has_ended = pid, threading.Event()
        self._thread = threading.Thread(target=self._look)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._has_ended.set()
        self._thread.join()

    def _look(self) -> None:
        while not self._has_ended.wait(LOOK):
            pids = tuple(family(self._pid))
            if len(pids) > 1:
                self.peak = max(self.peak, sum(map(share_of, pids)))


def family(pid: int) -> Iterator[int]:
    """Yield a process and all that it started, directly or not, and that still run."""
    yield pid
    for children in Path(f"/proc/{pid}/task").glob("*/children"):
        for child in _text(children).split():
            yield from family(int(child))


def cpu_of(pid: int) -> float:
    """Return the seconds of CPU that a running process and those that it started have used."""
    return sum(_own_cpu(one) for one in family(pid))


def _own_cpu(pid: int) -> float:
    fields = _text(Path(f"/proc/{pid}/stat")).rpartition(")")[2].split()
    return sum(map(int, fields[11:15])) / TICKS  # own time and that of children that ended


def peak_of(pid: int) -> int:
    """Return the peak of a running process's own resident memory, in bytes."""
    found = re.search(r"VmHWM:\s+(\d+) kB", _text(Path(f"/proc/{pid}/status")))
    return int(found[1]) * 1024 if found else 0


def share_of(pid: int) -> int:
    """Return the bytes that a process holds, what it shares with others divided among them (PSS)."""
    found = re.search(r"^Pss:\s+(\d+) kB", _text(Path(f"/proc/{pid}/smaps_rollup")), re.MULTILINE)
    return int(found[1]) * 1024 if found else 0


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8", errors="replace")
    except (FileNotFoundError, ProcessLookupError):
        return ""  # it has just ended
