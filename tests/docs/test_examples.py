"""The examples of docs/ run as they are printed there; none can be added that does not.

A mark stands before each block that is more than something to look at:

- `<!-- file: PATH -->`: a file of the example;
- `<!-- run -->`: `feeds` commands, run one after the other in a copy of the sample site that holds these files, too;
- `<!-- ask -->`: curl commands, run against a server of the sample site;
- `<!-- tested: PATH -->`: the test that covers it.

Settings (`toml`) need no mark: each block is read as a `feeds.toml`.
"""

import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from feeds.settings import load_settings

ROOT = Path(__file__).parents[2]
PAGES = sorted(ROOT.glob("docs/*.md"))
BLOCK = re.compile(
    r"^(?:<!-- (?P<mark>run|ask|file|tested)(?:: (?P<path>\S+))? -->\n)?```(?P<language>\w*)\n(?P<text>.*?)^```$",
    re.MULTILINE | re.DOTALL,
)
DOING = ("console", "sh", "bash", "yaml")  # languages of blocks that somebody would try
ANYWHERE = "http://127.0.0.1:8000"


def blocks(page, *marks):
    found = BLOCK.finditer(page.read_text(encoding="utf-8"))
    return [one for one in found if not marks or one["mark"] in marks]


RUN = [page for page in PAGES if blocks(page, "run")]
ASKED = [page for page in PAGES if blocks(page, "ask")]
TOML = [
    pytest.param(one["text"], id=f"{page.stem}-{number}")
    for page in PAGES
    for number, one in enumerate(blocks(page))
    if one["language"] == "toml" and one["mark"] is None
]


def environment():
    return {name: value for name, value in os.environ.items() if not name.startswith("FEEDS_")}


@pytest.fixture
def site(tmp_path):
    return copy_of_the_site(tmp_path)


def copy_of_the_site(folder):
    shutil.copytree(ROOT / "content", folder / "content")
    shutil.copy(ROOT / "feeds.toml", folder)
    return folder


def test_the_pages_have_examples_of_each_sort():
    assert {one["mark"] for page in PAGES for one in blocks(page)} >= {"run", "ask", "file", None}
    assert len(TOML) > 5


@pytest.mark.parametrize(
    "page", [*PAGES, ROOT / "README.md", ROOT / "contrib/README.md"], ids=lambda page: f"{page.parent.name}-{page.stem}"
)
def test_whatever_somebody_would_try_is_tried_here(page):
    untried = [one["text"] for one in blocks(page) if one["language"] in DOING and one["mark"] is None]
    assert untried == []
    missing = [one["path"] for one in blocks(page, "tested") if not (ROOT / one["path"]).is_file()]
    assert missing == []


@pytest.mark.parametrize("text", TOML)
def test_settings_that_are_shown_can_be_used(tmp_path, text):
    (tmp_path / "templates").mkdir()
    (tmp_path / "feeds.toml").write_text(text, encoding="utf-8")
    load_settings(tmp_path, environ={}, flags={})


@pytest.mark.slow
@pytest.mark.parametrize("page", RUN, ids=lambda page: page.stem)
def test_commands_that_are_shown_end_well(page, site):
    for one in blocks(page, "file", "run"):
        if one["mark"] == "file":
            path = site / one["path"]
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(one["text"], encoding="utf-8")
            continue
        for line in one["text"].splitlines():
            command, *arguments = shlex.split(line.removeprefix("$ "), comments=True)
            assert command == "feeds", line
            if line.startswith("$ ") and arguments[0] not in {"serve", "watch"}:
                run([sys.executable, "-m", "feeds", *arguments], site)


def run(command, folder):
    ended = subprocess.run(
        command,
        cwd=folder,
        env=environment(),
        check=False,
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=120,
    )
    assert ended.returncode == 0, f"{shlex.join(command)}\n{ended.stdout}{ended.stderr}"
    return ended.stdout


@pytest.fixture(scope="module")
def address(tmp_path_factory):
    """A server of the sample site."""
    folder = copy_of_the_site(tmp_path_factory.mktemp("served"))
    command = (sys.executable, "-m", "feeds", "serve", str(folder), "--port", "0")
    with subprocess.Popen(command, env=environment(), stdout=subprocess.PIPE, text=True, encoding="utf-8") as server:
        try:
            found = next(filter(None, (re.search(r"http://127\.0\.0\.1:(\d+)", line) for line in server.stdout)))
            run(
                ["curl", "-fs", "--retry", "50", "--retry-delay", "1", "--retry-connrefused", f"{found[0]}/readyz"],
                folder,
            )
            yield found[0]
        finally:
            server.terminate()
            server.stdout.read()


@pytest.mark.slow
@pytest.mark.parametrize("page", ASKED, ids=lambda page: page.stem)
def test_requests_that_are_shown_are_answered(page, address, tmp_path):
    for one in blocks(page, "ask"):
        for line in one["text"].splitlines():
            if line.startswith("$ "):
                assert run(shlex.split(line.removeprefix("$ ").replace(ANYWHERE, address)), tmp_path).strip(), line
