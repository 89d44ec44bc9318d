"""Show how much of a cold ingest is Python's own slowness: what reads posts, compiled to machine code by mypyc.

    python compiled.py [--posts N] [--rounds N]

Compiles the rooms that make an entry of a file (all of `feeds/posts` and `feeds/entries`, and what they stand on),
apart from the modules that mypyc cannot take, in a copy of the package. Then it reads the same posts with the package
and with the copy, each in turn, one process each; both must bring the same entries. Microseconds of CPU a post; of the
rounds, the medians. Needs a C compiler and Python's headers (Debian: gcc, libc6-dev, python3-dev).
"""

import argparse
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from operator import truediv
from pathlib import Path
from statistics import median

import corpus
from building import SHM

PACKAGE = Path(__file__).parents[1] / "feeds"
ROOMS = (
    "entries",
    "posts",
    "urls",
    "dates.py",
    "fingerprint.py",
    "slugs.py",
    "sources.py",
    "text.py",
)
# mypyc knows no lone surrogate in a literal, no name like one of C's own words, and fewer default values.
LEFT_OUT = {"posts/ground.py", "posts/handlers.py", "posts/watch.py", "text.py", "urls/references.py"}
READ = """
import sys, time
from datetime import UTC, datetime
from hashlib import blake2b
from pathlib import Path
from feeds import slugs
from feeds.opening import read_folder
from feeds.posts.roots import find_roots, sweep
from feeds.publisher.reading import desk_of
from feeds.store import write_down

folder, moment = Path(sys.argv[1]), datetime(2026, 1, 1, tzinfo=UTC)
settings = read_folder(folder, environ={}).settings
desk = desk_of(folder, settings, None, now=lambda: moment)
sightings = sweep(folder, find_roots(folder, settings)).sightings
digest = blake2b()
for one in sightings:
    entry = desk.look(one, "", is_whole=True).entry
    digest.update(repr(entry).encode())
began = time.process_time()
for one in sightings:
    desk.look(one, "", is_whole=True)
seconds = time.process_time() - began
print(slugs.__file__, digest.hexdigest(), seconds / len(sightings) * 1e6, sep="\\n")
"""


def compiled(target: Path, rooms: Sequence[str]) -> Sequence[str]:
    """Make a copy of the package there, its rooms compiled; return their modules."""
    shutil.copytree(PACKAGE, target / "feeds", ignore=shutil.ignore_patterns("__pycache__"))
    (target / "mypy.ini").write_text("[mypy]\nignore_missing_imports = True\n")
    files = [
        file for room in rooms for file in sorted((target / "feeds").glob(room if "." in room else f"{room}/**/*.py"))
    ]
    names = [str(file.relative_to(target / "feeds")) for file in files]
    names = [name for name in names if name not in LEFT_OUT]
    ended = subprocess.run(
        [sys.executable, "-m", "mypyc", *(f"feeds/{name}" for name in names)],
        cwd=target,
        check=False,
        capture_output=True,
        text=True,
        env={**os.environ, "MYPYC_OPT_LEVEL": "3"},
    )
    if ended.returncode != 0:
        errors = re.findall(r"^.*error.*$", ended.stdout + ended.stderr, re.MULTILINE)
        raise SystemExit("\n".join(errors[-20:]) or ended.stderr[-2000:])
    return names


def read(package: Path, folder: Path) -> tuple[float, str]:
    """Read the posts of a folder with the package that lies there; return microseconds of CPU a post, and a digest."""
    environ = {**os.environ, "PYTHONPATH": str(package), "PYTHONHASHSEED": "0"}
    ended = subprocess.run(
        (sys.executable, "-c", READ, str(folder)),
        cwd=package,
        env=environ,
        check=True,
        stdout=subprocess.PIPE,
        text=True,
    )
    file, digest, microseconds = ended.stdout.split()
    assert Path(file).is_relative_to(package), file
    return float(microseconds), digest


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--posts", type=int, default=2000)
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--rooms", nargs="+", default=ROOMS, help="what of the package is compiled")
    options = parser.parse_args()
    if not shutil.which(os.environ.get("CC", "cc")):
        parser.error("mypyc needs a C compiler; install one (Debian: gcc, libc6-dev, python3-dev)")
    with tempfile.TemporaryDirectory(dir=SHM if SHM.is_dir() else None) as name:
        scratch = Path(name).resolve()
        print(corpus.write(scratch / "site", options.posts), flush=True)
        modules = compiled(scratch, options.rooms)
        packages = {"as it is": PACKAGE.parent, f"{len(modules)} modules compiled": scratch}
        told: dict[str, list[float]] = {name: [] for name in packages}
        digests = set()
        for _ in range(options.rounds):
            for which, package in packages.items():
                microseconds, digest = read(package, scratch / "site")
                told[which].append(microseconds)
                digests.add(digest)
        assert len(digests) == 1, "the two read different entries"
        print(f"{'microseconds of CPU a post, from file to entry':52}")
        for which, values in told.items():
            print(f"{which:52}{median(values):8.0f}")
        as_it_is, other = told.values()
        print(f"{'compiled / as it is, median of pairs':52}{median(map(truediv, other, as_it_is)):8.2f}")


if __name__ == "__main__":
    main()
