"""The examples of README.md run as they are printed there.

`<!-- file: PATH -->` before a block is a file of the example; `<!-- run -->` before a console block runs its `feeds`
commands, one after the other, in a copy of the sample site that holds these files, too.
"""

import os
import re
import shlex
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
BLOCK = re.compile(r"^<!-- (?P<mark>run|file: (?P<path>\S+)) -->\n```\w+\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL)

FILES = {match["path"]: match["text"] for match in BLOCK.finditer(README) if match["path"]}
SESSIONS = [match["text"] for match in BLOCK.finditer(README) if match["mark"] == "run"]
PROMPT = "$ feeds "


@pytest.fixture
def site(tmp_path):
    """A copy of the sample site, with the files of README's examples beside it."""
    shutil.copytree(ROOT / "content", tmp_path / "content")
    shutil.copy(ROOT / "feeds.toml", tmp_path)
    for path, text in FILES.items():
        target = tmp_path / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8")
    return tmp_path


def feeds(arguments: list[str], folder: Path) -> str:
    """Run a command to its end and return what it wrote to standard output."""
    environ = {name: value for name, value in os.environ.items() if not name.startswith("FEEDS_")}
    command = (sys.executable, "-m", "feeds", *arguments)
    ended = subprocess.run(
        command, cwd=folder, env=environ, check=False, capture_output=True, text=True, encoding="utf-8", timeout=120
    )
    assert ended.returncode == 0, f"feeds {shlex.join(arguments)}\n{ended.stdout}{ended.stderr}"
    return ended.stdout


def commands(session: str) -> list[list[str]]:
    """The arguments of each `feeds` command that ends by itself."""
    lines = [line.removeprefix(PROMPT) for line in session.splitlines() if line.startswith(PROMPT)]
    return [arguments for arguments in map(shlex.split, lines) if arguments[0] != "serve"]


@pytest.mark.slow
def test_make_serves_the_sample_site(tmp_path):
    """`make test` is what runs this."""
    assert "```sh\nmake serve\nmake test\n```" in README
    command = ["make", "-o", ".venv/.ready", "serve", "PORT=0"]
    environ = {**os.environ, "FEEDS_STATE__PATH": str(tmp_path)}
    with subprocess.Popen(
        command, cwd=ROOT, env=environ, stdout=subprocess.PIPE, text=True, start_new_session=True
    ) as server:
        try:
            address = next(
                found[0] for line in server.stdout if (found := re.search(r"http://127\.0\.0\.1:[1-9]\d*", line))
            )
            asked = [
                "curl",
                "-fs",
                "--retry",
                "60",
                "--retry-delay",
                "1",
                "--retry-all-errors",
                f"{address}/category/xinwen.json",
            ]
            assert b"jsonfeed.org" in subprocess.run(asked, check=True, capture_output=True).stdout
        finally:
            os.killpg(server.pid, signal.SIGTERM)
            server.stdout.read()


def test_the_readme_has_examples_to_run():
    assert {arguments[0] for session in SESSIONS for arguments in commands(session)} == {
        "build",
        "check",
        "head",
        "init",
        "list",
        "new",
        "show",
        "sources",
    }


@pytest.mark.slow
@pytest.mark.parametrize("session", SESSIONS, ids=lambda session: session.splitlines()[0].removeprefix(PROMPT))
def test_the_commands_of_the_readme_end_well(session, site):
    for arguments in commands(session):
        printed = feeds(arguments, site)
        if arguments[0] in {"list", "show", "check", "sources"}:
            assert printed.strip()


@pytest.mark.slow
def test_the_feed_of_the_jekyll_example_holds_its_post(site):
    rss = feeds(["show", "/category/Weather.rss", "--folder", "blog"], site)
    assert "<title>The first storm of the autumn</title>" in rss
    assert "Sun, 01 Nov 2026 00:00:00 +0100" in rss
    assert "https://gazette.example.org/" in rss


@pytest.mark.slow
def test_the_built_sample_site_has_a_category_a_tag_and_a_source_feed_in_all_formats(site):
    feeds(["build", "--output", "public"], site)
    written = {path.relative_to(site / "public").as_posix() for path in (site / "public").rglob("*") if path.is_file()}
    for feed in ("feed", "category/xinwen", "tag/潮声日报新闻", "source/潮声日报"):
        assert {f"{feed}.{ending}" for ending in ("atom", "rss", "json")} <= written


@pytest.mark.slow
def test_the_draft_the_scheduled_and_the_expired_post_of_the_sample_site_stay_out(site):
    atom = feeds(["show", "/feed.atom"], site)
    assert "Welcome to Harbour Notes" in atom
    for title in ("Winter timetable of the harbour office", "The time capsule in the mole", "Berth 7 is closed"):
        assert title not in atom
