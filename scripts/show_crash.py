"""Change a folder at random and kill its publisher, and show how many runs and steps that were.

python scripts/show_crash.py [RUNS [KILLS]]
"""  # noqa: INP001 (a script, not a package)

import os
import runpy
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple
from xml.etree import ElementTree as ET

from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

ROOT = Path(__file__).resolve().parent.parent
RUNS, STEPS, KILLS = 50, 25, 40


class Results(NamedTuple):
    passed: list[str]
    failed: list[str]
    numbers: dict[str, int]  # that tests have noted


def main(words: list[str]) -> int:
    runs, kills = (int(word) for word in [*words, *map(str, (RUNS, KILLS)[len(words) :])])
    for line in random_changes(runs):
        sys.stdout.write(f"{line}\n")
    results, took = kill(kills)
    for line in killed(results, took):
        sys.stdout.write(f"{line}\n")
    return 1 if results.failed else 0


def random_changes(runs: int) -> Iterator[str]:
    """Let the machine of the stateful test run; a step after which something differs raises."""
    stateful = runpy.run_path(str(ROOT / "tests/publisher/test_incremental.py"))
    began = time.monotonic()
    run_state_machine_as_test(
        stateful["ChangingFolder"],
        settings=settings(
            max_examples=runs,
            stateful_step_count=STEPS,
            deadline=None,
            database=None,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        ),
    )
    done = Counter[str](stateful["DONE"])
    whole, rebuilds, documents = (done.pop(name) for name in ("runs", "rebuilds", "documents"))
    yield f"Any sequence of changes, incremental beside a rebuild ({time.monotonic() - began:.0f} s):"
    yield f"  runs        {whole:,}, of {STEPS} steps at most"
    yield f"  steps       {done.total():,}"
    for name, count in done.most_common():
        yield f"    {name.replace('_', ' '):24}{count:,}"
    yield f"  rebuilds    {rebuilds:,}, after each step and at the start of each run"
    yield f"  documents   {documents:,} compared byte by byte with their validators; none differed"
    yield f"  validators  {documents:,} looked up among earlier ones of their run; none stood for two bodies"


def kill(kills: int) -> tuple[Results, float]:
    """Run the crash tests, so many kills at random times; return what became of them, and in how many seconds."""
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as place:
        told = Path(place) / "told.xml"
        command = [
            sys.executable,
            "-m",
            "pytest",
            "-q",
            "-n",
            "2",
            "tests/publisher/test_crash.py",
            f"--junitxml={told}",
        ]
        subprocess.run(  # noqa: S603 - our own tests
            command,
            cwd=ROOT,
            env={**os.environ, "KILLS": str(kills), "SEED": str(time.time_ns())},
            stdout=subprocess.DEVNULL,
            check=False,
        )
        cases = list(ET.parse(told).iter("testcase"))  # noqa: S314 - pytest wrote it
    results = Results([], [], {})
    for case in cases:
        is_good = case.find("failure") is None and case.find("error") is None
        (results.passed if is_good else results.failed).append(case.get("name", ""))
        noted = case.iter("property")
        results.numbers.update({one.get("name", ""): int(one.get("value", "0")) for one in noted})
    return results, time.monotonic() - began


def killed(results: Results, took: float) -> Iterator[str]:
    points = [name for name in results.passed if "at_any_step" in name]
    ingests = [name for name in results.passed if "ingest" in name]
    numbers = results.numbers
    yield ""
    yield f"kill -9, then a restart beside an undisturbed run ({took:.0f} s):"
    yield f"  a first ingest            {len(ingests)} kills, after so many transactions"
    yield f"  a change, step by step    {len(points)} kills, one at each of:"
    for name in points:
        yield f"    {name.partition('[')[2].rstrip(']')}"
    writes = f"{numbers.get('writes', 0):,} files were written"
    yield f"  at random, under load     {numbers.get('kills', 0)} kills while {writes}"
    yield f"  failed                    {len(results.failed)}{''.join(f' {name}' for name in results.failed)}"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
