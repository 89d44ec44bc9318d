"""Ask REDbot about six feeds and about what is no feed, and show what it says.

python scripts/show_redbot.py [FOLDER]

Serves the site in FOLDER (default: this one's sample) from a copy of it. Ends with 1 where REDbot warns of something
that EXPLAINED does not explain.
"""  # noqa: INP001 (a script, not a package)

import json
import re
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parents[1]
PATIENCE = 60  # seconds
ADDRESSES = (
    "/feed.atom",
    "/feed.rss",
    "/feed.json",
    "/category/xinwen.rss",
    "/tag/%E6%BD%AE%E5%A3%B0%E6%97%A5%E6%8A%A5%E6%96%B0%E9%97%BB.atom",
    "/source/%E6%BD%AE%E5%A3%B0%E6%97%A5%E6%8A%A5.json",
    "/feed.xml",  # an old address
    "/tag/Cafe%CC%81.atom",  # another spelling
    "/category/sunk.rss",  # retired
    "/category/nobody.rss",
)
EXPLAINED: Mapping[str, str] = {}  # the id of a WARN → why it stands; REDbot has none so far
SETTINGS = """
[aliases]
styles = ["jekyll"]
"""
RETIRED = 'retired = ["/category/sunk"]'
POST = "---\ntitle: Coffee at the mole\ndate: 2026-09-02\ntags: [Café]\n---\nThe tide clerk's.\n"


class Note(NamedTuple):
    level: str  # GOOD, INFO, WARN or BAD
    id: str
    summary: str


class Report(NamedTuple):
    """What REDbot says of one address. It asks several times: plain, coded, conditional, and for a part."""

    status: int
    notes: tuple[Note, ...]

    @property
    def troubles(self) -> tuple[Note, ...]:
        """What is wrong, or odd and not explained."""
        return tuple(
            note for note in self.notes if note.level == "BAD" or (note.level == "WARN" and note.id not in EXPLAINED)
        )


def ask(address: str) -> Report:
    command = [sys.executable, "-m", "redbot.cli", "--output-format", "har", address]
    said = subprocess.run(command, capture_output=True, check=True, timeout=PATIENCE)  # noqa: S603 (our own words)
    entry = json.loads(said.stdout)["log"]["entries"][0]
    notes = (Note(note["level"], note["note_id"], note["summary"]) for note in entry["_red_messages"])
    return Report(entry["response"]["status"], tuple(notes))


@contextmanager
def served(folder: Path) -> Iterator[str]:
    """Serve a copy of a site, with an old address, a term in two spellings and a retired one; yield its address."""
    with tempfile.TemporaryDirectory() as name:
        copy = Path(name) / "site"
        shutil.copytree(folder / "content", copy / "content")
        (copy / "content" / "coffee.md").write_text(POST, encoding="utf-8")
        settings = (folder / "feeds.toml").read_text(encoding="utf-8")
        settings = settings.replace("[feeds]\n", f"[feeds]\n{RETIRED}\n", 1) + SETTINGS
        (copy / "feeds.toml").write_text(settings, encoding="utf-8")
        command = [sys.executable, "-m", "feeds", "serve", str(copy), "--port", "0"]
        with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as process:  # noqa: S603 (our own words)
            try:
                yield address_said(process)
            finally:
                process.terminate()


def address_said(process: "subprocess.Popen[str]") -> str:
    """Read where the server listens, and wait until it has read the posts."""
    assert process.stdout is not None, "it is a pipe"
    found = next(match[1] for line in process.stdout if (match := re.search(r"(http://\S+)/feed\.atom", line)))
    ends = time.monotonic() + PATIENCE
    while time.monotonic() < ends:
        try:
            urllib.request.urlopen(f"{found}/readyz", timeout=PATIENCE).close()  # noqa: S310 (http on this machine)
        except urllib.error.HTTPError as err:
            err.close()
        else:
            return found
    raise SystemExit("the server did not become ready")


def text_of(path: str, report: Report) -> str:
    levels = [note.level for note in report.notes]
    counts = ", ".join(f"{levels.count(level)} {level}" for level in ("BAD", "WARN", "INFO", "GOOD"))
    lines = (f"   {note.level:4} {note.id}: {note.summary}\n" for note in report.notes)
    return f"== {path}: {report.status}; {counts}\n{''.join(lines)}\n"


def main() -> int:
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT
    troubles = 0
    with served(folder) as address:
        for path in ADDRESSES:
            report = ask(address + path)
            troubles += len(report.troubles)
            sys.stdout.write(text_of(path, report))
    sys.stdout.write(f"{len(ADDRESSES)} addresses, {troubles} troubles\n")
    return 1 if troubles else 0


if __name__ == "__main__":
    sys.exit(main())
