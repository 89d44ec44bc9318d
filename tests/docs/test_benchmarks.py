"""docs/benchmarks.md: each command on it runs, with less to do."""

import re
import shlex
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "benchmarks.md").read_text(encoding="utf-8")
COMMANDS = re.findall(r"^\$ (.*)$", PAGE, re.MULTILINE)
# What makes each small. Of two equal options the last counts; those of the page stand before.
LESS = {
    "abuse.py": "--seconds 1 --idle 60 --feeds 40",
    "attribution.py": "--posts 400",
    "building.py": "--sizes 60 --rounds 1 --changes 0 --rivals feedwright",
    "compiled.py": "--posts 20 --rounds 1 --rooms slugs.py urls",
    "change.py": "--sizes 60 --repeats 2 --rival-repeats 1 --burst 5 --rewritten 20",
    "delta.py": "--posts 20",
    "floor.py": "--posts 60",
    "newswire.py": "--seconds 5 --every 4 --posts 400 --late 60",
    "profiling.py": "--posts 20",
    "serving.py": "--feeds 20 --rounds 1 --seconds 1",
    "soak.py": "--polls 4000 --feeds 40",
}


def expanded(command):
    """Return the words that a command runs; of `make`, those of the recipe."""
    words = shlex.split(command)
    if words[0] == "make":
        told = subprocess.run(
            ["make", "-n", "-o", ".venv/rivals/.ready", *words[1:]],
            cwd=ROOT,
            check=True,
            capture_output=True,
            text=True,
        )
        words = shlex.split(next(line for line in told.stdout.splitlines() if "bench/" in line))
    assert words[0].endswith("/python")
    return words[1:]


def test_the_page_shows_commands():
    assert {"make bench-build", "make bench-soak"} <= set(COMMANDS)
    assert len(COMMANDS) > 6


@pytest.mark.slow
@pytest.mark.parametrize("command", COMMANDS)
def test_each_command_of_the_page_runs_with_less_to_do(command):
    script, *options = expanded(command)
    name = Path(script).name
    if name == "serving.py" and not (shutil.which("wrk") and shutil.which("nginx", path="/usr/sbin:/usr/bin")):
        pytest.skip("needs wrk and nginx (Debian: wrk, nginx-light)")
    if name == "compiled.py" and not (shutil.which("cc") and Path(sysconfig.get_path("include"), "Python.h").exists()):
        pytest.skip("needs a C compiler and Python's headers (Debian: gcc, libc6-dev, python3-dev)")
    words = [sys.executable, script, *options, *shlex.split(LESS[name])]
    ended = subprocess.run(words, cwd=ROOT, check=False, capture_output=True, text=True, encoding="utf-8", timeout=300)
    assert ended.returncode == 0, ended.stdout + ended.stderr
    assert ended.stdout.strip()


def test_each_script_that_is_named_takes_the_options_that_are_shown():
    shown = re.findall(r"python (bench/\w+\.py)([^\n`|]*)", PAGE)
    assert shown
    for script, rest in shown:
        text = (ROOT / script).read_text(encoding="utf-8")
        assert all(f'"{option}"' in text for option in re.findall(r"--[a-z-]+", rest))


def test_each_target_that_is_named_can_be_made():
    targets = set(re.findall(r"^(bench[a-z-]*):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    named = set(re.findall(r"make (bench[a-z-]*)", PAGE))
    assert {"bench", "bench-build", "bench-http"} <= named <= targets
