"""A first hour in a terminal, as `make terminal` shows it: init, new, check, --fix, list, serve, change."""

import re
import runpy
from pathlib import Path

import pytest

PLAY = runpy.run_path(str(Path(__file__).parents[2] / "scripts" / "show_terminal.py"))["play"]


@pytest.mark.slow
def test_a_person_sees_what_becomes_of_each_step(tmp_path):
    shown = "\n".join(PLAY(tmp_path, columns=100))
    steps = [
        r"\$ feeds init harbour\n.*feeds\.toml written",
        r"\$ feeds new 'Fog until noon'.*\nharbour/\S+fog-until-noon\.md",
        r"\$ feeds check harbour\nwarning front-matter-salvaged · 1 file\n",
        r"\n  harbour/2026-11-02-storm\.md:2\n",
        r'\n-title: Storm: the second night\n\+title: "Storm: the second night"\n',
        r"Write 1 file\? \[y/N\]: y\n",
        r"\nNothing to mend\.\n",
        r"\nAddress +Entries +Newest +Every +Title\n/category/Weather +2 ",
        r"\nFeeds · Feedwright \S+\n",
        r"\n  2 posts in 2 feeds\n",
        r"\n  http://127\.0\.0\.1:\d+/ +all feeds\n",
        r"\n\d\d:\d\d:\d\d changed Storm: the second night \(2026-11-02-storm\.md\) · 2 feeds\n",
        r"\n\d\d:\d\d:\d\d added Calm \(2026-11-03-calm\.md\) · 2 feeds\n",
        r"\n\d\d:\d\d:\d\d removed Storm",
    ]
    at = 0
    for step in steps:
        found = re.compile(step).search(shown, at)
        assert found, f"{step}\n{shown[at:]}"
        at = found.end() - 1
    assert "Traceback" not in shown
    assert "\x1b" not in shown
