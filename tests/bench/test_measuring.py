"""What a benchmark counts: all processes of a program, and none of its own."""

import runpy
import subprocess
import sys
from pathlib import Path

import pytest

MEASURING = runpy.run_path(str(Path(__file__).parents[2] / "bench" / "measuring.py"))
SPIN = "import time\nwhile time.process_time() < 0.2: pass\n"
HOLD = "held = bytearray(60_000_000)\nfor at in range(0, len(held), 4096): held[at] = 1\n"


def program(path: Path, text: str) -> tuple[str, str]:
    path.write_text(text, encoding="utf-8")
    return sys.executable, str(path)


def test_the_work_of_what_a_program_starts_counts(tmp_path):
    inner = program(tmp_path / "inner.py", SPIN)
    outer = program(tmp_path / "outer.py", f"import subprocess\nsubprocess.run({inner!r}, check=True)\n")
    assert MEASURING["run"](outer, tmp_path / "log", timeout=60).cpu >= 0.2


def test_memory_of_processes_that_run_at_once_is_added_up(tmp_path):
    inner = program(tmp_path / "inner.py", f"{HOLD}print(flush=True)\ninput()\n")
    starts = f"two = [subprocess.Popen({inner!r}, stdin=-1, stdout=-1) for _ in range(2)]"
    waits = "for one in two: one.stdout.readline()\nprint(flush=True)\ninput()\nfor one in two: one.communicate(b'\\n')"
    outer = program(tmp_path / "outer.py", f"import subprocess\n{starts}\n{waits}\n")
    with subprocess.Popen(outer, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        process.stdout.readline()
        pids = tuple(MEASURING["family"](process.pid))
        held = sum(map(MEASURING["share_of"], pids))
        process.communicate(b"x\n")
    assert len(pids) == 3
    assert held > 120_000_000


def test_a_program_that_takes_too_long_is_ended(tmp_path):
    waits = program(tmp_path / "waits.py", "import signal\nsignal.pause()\n")
    with pytest.raises(MEASURING["TookTooLongError"]):
        MEASURING["run"](waits, tmp_path / "log", timeout=0.2)


def test_a_program_that_fails_says_why(tmp_path):
    fails = program(tmp_path / "fails.py", "raise SystemExit('no such folder')\n")
    with pytest.raises(SystemExit, match="no such folder"):
        MEASURING["run"](fails, tmp_path / "log", timeout=60)
