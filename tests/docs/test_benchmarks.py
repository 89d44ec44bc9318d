"""docs/benchmarks.md names commands that there are."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "benchmarks.md").read_text(encoding="utf-8")
MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")


def test_each_benchmark_on_the_page_can_be_made():
    targets = set(re.findall(r"^(bench[a-z-]*):", MAKEFILE, flags=re.MULTILINE))
    named = set(re.findall(r"make (bench[a-z-]*)", PAGE))
    assert {"bench", "bench-build", "bench-http"} <= named <= targets


def test_each_script_on_the_page_is_there_and_takes_the_options_that_are_shown():
    shown = re.findall(r"python (bench/\w+\.py)([^\n`|]*)", PAGE)
    assert shown
    for script, rest in shown:
        text = (ROOT / script).read_text(encoding="utf-8")
        assert all(f'"{option}"' in text for option in re.findall(r"--[a-z-]+", rest))
