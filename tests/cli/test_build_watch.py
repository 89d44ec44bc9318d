"""`feeds build --watch` as a process: it builds, goes on after each change, and ends when it is told to."""

import os
import selectors
import signal
import subprocess
import sys

import pytest

pytestmark = pytest.mark.slow

PATIENCE = 60  # seconds, on a busy machine
POST = "---\ntitle: {title}\ndate: 2026-10-01 08:00:00\ncategory: Weather\n---\nSome text.\n"


class Watching:
    def __init__(self, folder):
        self.folder = folder
        command = [sys.executable, "-m", "feeds", "build", ".", "--output", "public", "--watch"]
        environ = {name: value for name, value in os.environ.items() if not name.startswith("FEEDS_")}
        self.process = subprocess.Popen(command, cwd=folder, env=environ, stdout=subprocess.PIPE, text=True, bufsize=1)

    def line(self):
        """Wait for the next line that it prints."""
        with selectors.DefaultSelector() as selector:
            selector.register(self.process.stdout, selectors.EVENT_READ)
            assert selector.select(PATIENCE), "it printed nothing"
        return self.process.stdout.readline()

    def end(self, number=signal.SIGTERM):
        self.process.send_signal(number)
        return self.process.wait(PATIENCE)


@pytest.fixture
def watching(tmp_path):
    (tmp_path / "content").mkdir()
    (tmp_path / "content/fog.md").write_text(POST.format(title="Fog"))
    started = []

    def start():
        started.append(Watching(tmp_path))
        return started[-1]

    yield start
    for one in started:
        one.process.kill()
        one.process.wait()
        one.process.stdout.close()


def test_a_change_is_in_the_files_and_a_signal_ends_it(watching):
    build = watching()
    assert "files written" in build.line()
    (build.folder / "content/ice.md").write_text(POST.format(title="Ice on the water"))
    said = build.line()
    assert "files written" in said
    assert not said.startswith("0 ")
    assert "Ice on the water" in (build.folder / "public/category/Weather.rss").read_text()
    assert build.end() == 0


def test_a_second_one_follows_the_index_and_is_refused_the_same_output(watching):
    build = watching()
    build.line()
    second = watching()
    assert second.process.wait(PATIENCE) == 2
    assert build.end(signal.SIGINT) == 0
