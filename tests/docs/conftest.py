"""A copy of the sample site, the shell in which somebody tries what a page shows, and a server that runs meanwhile."""

import os
import re
import shutil
import subprocess
import sys
import threading
from contextlib import contextmanager
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PATIENCE = 60  # seconds, on a busy machine
BLOCK = r"^<!-- tested: {} -->\n```(?:sh|console)\n(.*?)^```$"


class Shell:
    """Runs what is shown, in a folder where `feeds` is ours."""

    def __init__(self, folder):
        self.folder = folder
        self.addresses = {}  # as they are shown → where they are here
        self.environment = {name: value for name, value in os.environ.items() if not name.startswith("FEEDS_")}
        programs = folder.parent / "bin"
        programs.mkdir()
        (programs / "feeds").write_text(f'#!/bin/sh\nexec "{sys.executable}" -m feeds "$@"\n')
        (programs / "feeds").chmod(0o755)
        self.environment["PATH"] = f"{programs}{os.pathsep}{self.environment['PATH']}"

    def run(self, text):
        """Return what it prints; it has to end well."""
        ended = subprocess.run(self._words(text), **self._where, check=False, capture_output=True, timeout=PATIENCE)
        assert ended.returncode == 0, f"{text}\n{ended.stdout}{ended.stderr}"
        return ended.stdout

    @contextmanager
    def running(self, text):
        """Run what does not end by itself; gives its lines, each as soon as it is printed."""
        with subprocess.Popen(
            self._words(text), **self._where, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, start_new_session=True
        ) as process:
            ending = threading.Timer(PATIENCE, os.killpg, (process.pid, 15))  # who waits for a line in vain is told so
            ending.start()
            try:
                yield process.stdout
            finally:
                ending.cancel()
                os.killpg(process.pid, 15)
                process.stdout.read()

    @property
    def _where(self):
        return {"cwd": self.folder, "env": self.environment, "text": True, "encoding": "utf-8"}

    def _words(self, text):
        for shown, here in self.addresses.items():
            text = text.replace(shown, here)
        return ["bash", "-euo", "pipefail", "-c", text]


@pytest.fixture
def shell(tmp_path):
    site = tmp_path / "site"
    site.mkdir()
    shutil.copytree(ROOT / "content", site / "content")
    shutil.copy(ROOT / "feeds.toml", site)
    return Shell(site)


@pytest.fixture
def blocks():
    """Find the shell blocks of a page that a test is named for, without the prompts of consoles."""

    def find(page, test):
        text = (ROOT / page).read_text(encoding="utf-8")
        found = re.findall(BLOCK.format(re.escape(test)), text, re.MULTILINE | re.DOTALL)
        return [re.sub(r"^\$ ", "", one, flags=re.MULTILINE) for one in found]

    return find


def address_in(lines):
    """Read on until a server says where it is."""
    return next(found[0] for line in lines if (found := re.search(r"http://127\.0\.0\.1:\d+", line)))


@pytest.fixture
def serving(shell):
    """Start a server as a command says, on a free port; it is the one that the page speaks of."""

    @contextmanager
    def serve(command, shown="http://127.0.0.1:8000", **environment):
        shell.environment |= {"FEEDS_SERVER__PORT": "0", **environment}
        with shell.running(command) as lines:
            shell.addresses[shown] = address = address_in(lines)
            shell.run(f"curl -fs --retry 50 --retry-delay 1 --retry-all-errors {address}/readyz")
            yield address

    return serve
