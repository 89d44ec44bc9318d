"""Show what `feeds build` writes: as the server sends it, only what changed, and never half.

python scripts/show_build.py same    200 random feeds: the files are what the server sends, in each coding
python scripts/show_build.py edits   ten edits of one post: the files written each time, by name; all others untouched
python scripts/show_build.py kill    50 builds killed at random: every state of the tree is one whole version, and the
                                     next build that is let be ends with what a new one writes

Each ends with 1 where that is not so. SEED in the environment repeats a run.
"""  # noqa: INP001 (a script, not a package)

import hashlib
import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
import urllib.parse
import urllib.request
from collections.abc import Callable
from functools import partial
from itertools import pairwise
from pathlib import Path

from show_redbot import ROOT, address_said

CODINGS = {"identity": "", "br": ".br", "gzip": ".gz", "zstd": ".zst"}
FEEDS, EDITS, BUILDS = 200, 10, 50
SWITCHING = 0.03  # seconds from the manifest to about the end of a switch; on a busy machine it takes ten times as long
SETTINGS = (
    '[site]\nurl = "https://example.org"\nauthority = "example.org,2026"\n[build]\ncodings = ["br", "gzip", "zstd"]\n'
)
PATIENCE = 60  # seconds


def main() -> int:
    seed = int(os.environ.get("SEED", random.randrange(2**32)))  # noqa: S311 - not a secret
    random.seed(seed)
    say(f"SEED={seed}")
    shows = {"same": show_same, "edits": show_edits, "kill": show_kill}
    with tempfile.TemporaryDirectory() as name:
        return shows[sys.argv[1]](Path(name))


def say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


# --- a site, and what is built of it


def site_of(folder: Path, posts: int) -> Path:
    """Make a site of the bench's corpus."""
    site = folder / "site"
    command = [sys.executable, str(ROOT / "bench" / "corpus.py"), str(site), "--posts", str(posts)]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)  # noqa: S603 (our own words)
    (site / "feeds.toml").write_text(SETTINGS, encoding="utf-8")
    return site


def build(site: Path, output: Path) -> "subprocess.Popen[bytes]":
    command = [sys.executable, "-m", "feeds", "build", str(site), "--output", str(output)]
    return subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True)  # noqa: S603


def built(site: Path, output: Path) -> None:
    if build(site, output).wait(PATIENCE * 5) != 0:
        raise SystemExit("feeds build failed")


def edit(post: Path, number: int) -> None:
    head, _, rest = post.read_text(encoding="utf-8").partition('title: "')
    title, _, rest = rest.partition('"')
    post.write_text(f'{head}title: "{title.split(" #")[0]} #{number}"{rest}', encoding="utf-8")


def date_of(post: Path) -> str:
    return next(line for line in post.read_text(encoding="utf-8").splitlines() if line.startswith("date:"))


def looks(output: Path) -> dict[str, tuple[int, int]]:
    """Return inode and time of each file by path."""
    files = ((path, path.stat()) for path in output.rglob("*") if path.is_file())
    return {str(path.relative_to(output)): (stat.st_ino, stat.st_mtime_ns) for path, stat in files}


def version_of(output: Path) -> str:
    """Return the digest of a tree's manifest. Raises ValueError where the files are not just those it names."""
    body = (output / "manifest.json").read_bytes()
    named = {one["path"]: one["sha256"] for one in json.loads(body)["files"]}
    found = {str(path.relative_to(output)): path for path in output.rglob("*") if path.is_file()}
    if found.keys() != {*named, "manifest.json"}:
        raise ValueError(f"{len(found)} files, {len(named) + 1} named")
    for path, digest in named.items():
        if hashlib.sha256(found[path].read_bytes()).hexdigest() != digest:
            raise ValueError(f"{path} has other bytes")
    return hashlib.sha256(body).hexdigest()[:12]


# --- the same bytes


def show_same(folder: Path) -> int:
    site, output = site_of(folder, 2000), folder / "public"
    built(site, output)
    feeds = [path for path in looks(output) if path.endswith((".atom", ".rss", ".json")) and "/" in path]
    chosen = random.sample(feeds, FEEDS)
    differ, count, size = 0, 0, 0
    with serving(site) as address:
        for path in chosen:
            for coding, suffix in CODINGS.items():
                sent = ask(f"{address}/{urllib.parse.quote(path)}", coding)
                held = (output / (path + suffix)).read_bytes()
                count, size = count + 1, size + len(held)
                if sent != held:
                    differ += 1
                    say(f"differs: {path} in {coding}")
    say(f"{FEEDS} of {len(feeds)} feeds, in {len(CODINGS)} codings: {count} bodies, {size:,} bytes, {differ} differ")
    return int(differ > 0)


class serving:  # noqa: N801 (used as a function)
    def __init__(self, site: Path) -> None:
        command = [sys.executable, "-m", "feeds", "serve", str(site), "--port", "0"]
        self._process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)  # noqa: S603

    def __enter__(self) -> str:
        return address_said(self._process)

    def __exit__(self, *_error: object) -> None:
        self._process.terminate()
        self._process.wait(PATIENCE)


def ask(address: str, coding: str) -> bytes:
    request = urllib.request.Request(address, headers={"Accept-Encoding": coding})  # noqa: S310 (http on this machine)
    with urllib.request.urlopen(request, timeout=PATIENCE) as answer:  # noqa: S310
        if answer.headers.get("Content-Encoding", "identity") != coding:
            raise SystemExit(f"{address} was not sent in {coding}")
        body: bytes = answer.read()
        return body


# --- only what changed


def show_edits(folder: Path) -> int:
    site, output = site_of(folder, 1000), folder / "public"
    built(site, output)
    post = max((site / "_posts").iterdir(), key=date_of)  # it stands in the site's feed, too
    wrong, first = 0, list[str]()
    for number in range(1, EDITS + 1):
        before = looks(output)
        edit(post, number)
        built(site, output)
        after = looks(output)
        touched = sorted(path for path in after if after[path] != before.get(path))
        version_of(output)
        say(f"edit {number}: {len(touched)} files written, {len(after) - len(touched)} untouched (time and inode)")
        for path in touched if number == 1 else ():
            say(f"    {path}")
        first = touched if number == 1 else first
        wrong += touched != first or after.keys() != before.keys()
    say(f"{EDITS} edits, {wrong} of them wrote other files than the first")
    return int(wrong > 0)


# --- never half


def show_kill(folder: Path) -> int:
    site, output = site_of(folder, 400), folder / "public"
    built(site, output)
    posts = sorted((site / "_posts").iterdir())[-50:]
    staging = folder / ".public.feeds" / "new"
    edit(posts[0], 0)
    took = measured(site, output, staging)
    seen, killed, writing, torn = [version_of(output)], 0, 0, 0
    for number in range(BUILDS):
        for post in random.sample(posts, 5):
            edit(post, number)
        left = look_of(staging)
        process = build(site, output)
        wait_for_moment(process, partial(is_new, staging, left), staging, took)
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
            killed += 1
        process.wait()
        writing += is_new(staging, left)  # it had begun to write, and did not come to tidying up
        try:
            seen.append(version_of(output))
        except (ValueError, OSError) as err:
            torn += 1
            say(f"build {number}: {err}")
    built(site, output)
    built(site, folder / "new")
    seen.append(version_of(output))
    is_same = seen[-1] == version_of(folder / "new")
    changes = sum(one != other for one, other in pairwise(seen))
    say(f"{BUILDS} builds, {killed} killed, {writing} of them between the first new file and the end")
    say(f"{changes} times another whole version stood there; {torn} trees were torn")
    say(f"the last build, which was let be, ended with {'just' if is_same else 'NOT'} what a new one writes")
    return int(torn > 0 or not is_same or killed < BUILDS // 2 or not writing or changes < 2)


def measured(site: Path, output: Path, staging: Path) -> float:
    """Build; return the seconds from the first new file to the end."""
    process = build(site, output)
    wait_until(process, staging.exists)
    began = time.monotonic()
    process.wait(PATIENCE)
    return time.monotonic() - began


def look_of(folder: Path) -> int | None:
    try:
        return folder.stat().st_ino
    except FileNotFoundError:  # a build takes it away as it ends
        return None


def is_new(folder: Path, left: int | None) -> bool:
    """Say whether a folder is there, and is not the one that the build before left when it was killed."""
    return look_of(folder) not in {None, left}


def wait_for_moment(
    process: "subprocess.Popen[bytes]", has_begun: Callable[[], bool], staging: Path, took: float
) -> None:
    """Wait for any moment of a build: before the first new file, after it, or just before or after the switch.

    took: seconds from the first new file to the end.
    """
    chance = random.random()  # noqa: S311
    if chance < 0.2:
        time.sleep(random.uniform(0, took))  # noqa: S311
        return
    wait_until(process, has_begun)
    if chance < 0.5:
        time.sleep(random.uniform(0, took))  # noqa: S311
        return
    wait_until(process, lambda: has_begun() and (staging / "manifest.json").exists())  # the last file that is made
    time.sleep(SWITCHING * 10 ** random.uniform(-1, 1))  # noqa: S311


def wait_until(process: "subprocess.Popen[bytes]", is_so: Callable[[], bool]) -> None:
    while process.poll() is None and not is_so():
        time.sleep(0.0002)


if __name__ == "__main__":
    sys.exit(main())
