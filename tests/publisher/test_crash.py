"""kill -9 in the middle of an ingest: the next start ends with the feeds of an undisturbed run."""

import os
import signal
import subprocess
import sys

import pytest

from feeds.model import FORMATS

INGEST = """
import sys
from pathlib import Path
from feeds.settings import load_settings
from feeds.site import open_site
from conftest import NOON, SETTINGS

folder = Path(sys.argv[1])
with open_site(folder, load_settings(folder, environ={}, flags=SETTINGS), now=lambda: NOON) as site:
    site.claim().catch_up(lambda done, total: print(done, flush=True))
"""


def _ingest(folder, tests):
    command = [sys.executable, "-c", INGEST, str(folder)]
    environment = {**os.environ, "PYTHONPATH": str(tests)}
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment)


def _documents(desk):
    return {
        (listed.address, format_): desk.read(f"{listed.address}.{format_}")
        for listed in desk.site.library.listing()
        for format_ in FORMATS
    }


@pytest.mark.slow
@pytest.mark.parametrize("batches", [0, 1, 2])
def test_a_killed_ingest_is_finished_by_the_next_start(open_desk, tmp_path, tmp_path_factory, batches, request):
    undisturbed = open_desk(tmp_path_factory.mktemp("undisturbed"))
    killed = tmp_path_factory.mktemp("killed")
    for folder in (undisturbed.folder, killed):
        (folder / "content").mkdir(exist_ok=True)
        for number in range(1500):
            text = (
                f"---\ntitle: Post {number}\ndate: 2026-09-{number % 28 + 1:02}\ntags: [t{number % 40}]\n---\nText.\n"
            )
            (folder / f"content/{number}.md").write_text(text)
    undisturbed.publish()

    with _ingest(killed, request.config.rootpath / "tests") as process:
        for _ in range(batches):
            process.stdout.readline()
        process.send_signal(signal.SIGKILL)
    assert process.returncode == -signal.SIGKILL

    restarted = open_desk(killed)
    assert not restarted.site.library.is_ready
    run = restarted.publish()
    assert run.read == 1500 - 500 * batches or batches == 0
    assert _documents(restarted) == _documents(undisturbed)
    assert restarted.etags() == undisturbed.etags()
