"""kill -9 at any moment: the next start ends with the feeds of an undisturbed run, and nothing is told twice."""

import json
import os
import random
import signal
import subprocess
import sys
import threading
from collections import Counter

import pytest

from feeds.model import FORMATS
from feeds.settings import load_settings
from feeds.site import open_site
from feeds.store import as_lines, begin_anew, from_lines
from tests.conftest import laid_over
from tests.publisher import corridor

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


# --- a change, killed at each step


ARCHIVED = {"content": {"archives": ["old"]}}


def change(desk):
    """All kinds of change at once."""
    desk.post("content/edited.md", body="Edited.", tags="[a]")
    desk.post("content/retagged.md", tags="[b, c]")
    desk.post("content/fresh.md", tags="[a]")
    desk.delete("content/deleted.md")
    desk.move("content/renamed.md", "content/under-a-new-name.md")
    desk.move("content/archived.md", "old/archived.md")
    desk.write("content/broken.md", "---\ntitle: Cut off")


@pytest.fixture
def changed(open_desk, tmp_path_factory):
    """Give folders that were published, and then changed, each like the others; not published since."""

    def make(name):
        desk = open_desk(tmp_path_factory.mktemp(name), **ARCHIVED)
        for title in ("edited", "retagged", "deleted", "renamed", "archived", "broken"):
            desk.post(f"content/{title}.md", title=title, body=f"Of {title}.", tags="[a, b]")
        desk.publish()
        change(desk)
        return desk

    return make


def _told(desk):
    return sorted(
        (one.kind, sorted(one.what.items(), key=str)) for one in desk.site.store.events_after(0) if one.kind != "run"
    )


@pytest.mark.slow
@pytest.mark.parametrize("point", corridor.POINTS)
def test_a_publisher_killed_at_any_step_of_a_change_ends_like_an_undisturbed_one(changed, request, point):
    undisturbed, killed = changed("undisturbed"), changed("killed")
    undisturbed.publish()
    killed.site.close()
    settings = json.dumps(laid_over(ARCHIVED))
    command = [sys.executable, corridor.__file__, str(killed.folder), settings, point]
    environment = {**os.environ, "PYTHONPATH": str(request.config.rootpath), "NOW": killed.clock().isoformat()}
    done = subprocess.run(command, env=environment, capture_output=True, check=False)
    assert done.returncode == -signal.SIGKILL, done.stderr.decode()

    killed.restart()
    killed.publish()
    assert _documents(killed) == _documents(undisturbed)
    assert killed.etags() == undisturbed.etags()
    assert [one.last_modified for one in _renditions(killed)] == [one.last_modified for one in _renditions(undisturbed)]
    assert killed.site.store.tombstones() == undisturbed.site.store.tombstones()
    assert killed.codes() == undisturbed.codes()
    assert _told(killed) == _told(undisturbed)  # nothing forgotten, nothing twice


def _renditions(desk):
    return [desk.look_up(f"{listed.address}.atom") for listed in desk.site.library.listing()]


# --- killed again and again, at random times, under load


@pytest.mark.slow
def test_a_publisher_killed_at_random_times_under_load_loses_and_repeats_nothing(open_desk, tmp_path, request):
    """Posts change all the time while a watching publisher is killed and started again and again."""
    chance = random.Random(os.environ.get("SEED", os.environ.get("PYTEST_XDIST_TESTRUNUID", "7")))
    desk = open_desk()
    desk.publish()
    desk.site.close()
    tests = request.config.rootpath / "tests"
    revisions, stop = {}, threading.Event()

    def write():
        while not stop.is_set():
            name = f"content/{chance.randrange(40)}.md"
            revisions[name] = revisions.get(name, 0) + 1
            text = f"---\ntitle: {name}\ndate: 2026-10-01\ntags: [t{revisions[name] % 5}]\n---\nRevision {revisions[name]}.\n"
            half = desk.folder / (name + ".new")
            half.write_text(text)
            half.rename(desk.folder / name)
            stop.wait(0.002)

    writer = threading.Thread(target=write)
    writer.start()
    kills = int(os.environ.get("KILLS", "10"))
    try:
        for _ in range(kills):
            command = [sys.executable, "-c", WATCHING, str(desk.folder)]
            environment = {**os.environ, "PYTHONPATH": f"{tests}:{tests.parent}"}
            with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as process:
                for _ in range(chance.randrange(1, 8)):  # runs that changed something
                    assert process.stdout.readline()
                stop.wait(chance.random() / 50)
                process.kill()
    finally:
        stop.set()
        writer.join()
    desk.restart()
    desk.publish()
    body = desk.read("/feed.atom").decode()
    for name, revision in revisions.items():
        assert f"Revision {revision}.&lt;" in body, name
    assert body.count("<entry>") == len(revisions)
    entries = [dict(one.what) for one in desk.site.store.events_after(0, limit=10_000) if one.kind == "entry"]
    assert Counter(one["path"] for one in entries if one["change"] == "added") == dict.fromkeys(revisions, 1)
    request.node.user_properties += [("kills", kills), ("writes", sum(revisions.values()))]
    by_feed = {}
    for one in desk.site.store.events_after(0, limit=10_000):
        if one.kind == "feed":  # each move begins where the one before it ended
            key = (one.what["kind"], one.what["term"])
            assert by_feed.get(key, one.what["before"]) == one.what["before"]
            by_feed[key] = one.what["after"]
    assert by_feed["site", ""] == desk.look_up("/feed.atom").state
    # What the index holds is what a new one would hold.
    with open_site(desk.folder, _elsewhere(desk), now=desk.clock) as fresh:
        begun = list(as_lines(desk.site.store.keepsakes()))
        state = fresh.store.state
    begin_anew(state, from_lines(begun, name="a backup"), now=desk.clock())
    with open_site(desk.folder, _elsewhere(desk), now=desk.clock) as fresh:
        fresh.claim().catch_up()
        for listed in desk.site.library.listing():
            ours, theirs = desk.look_up(f"{listed.address}.atom"), fresh.library.look_up(f"{listed.address}.atom")
            assert (ours.etag(), ours.last_modified) == (theirs.etag(), theirs.last_modified)
            assert desk.read(f"{listed.address}.atom") == fresh.library.fill(theirs).body()


def _elsewhere(desk):
    return load_settings(desk.folder, environ={}, flags=laid_over({"state": {"path": ".rebuilt"}}))


WATCHING = """
import sys, threading
from pathlib import Path
from feeds.publisher import watch
from feeds.settings import load_settings
from feeds.site import open_site
from conftest import NOON, SETTINGS

folder = Path(sys.argv[1])
with open_site(folder, load_settings(folder, environ={}, flags=SETTINGS), now=lambda: NOON) as site:
    publisher = site.claim()
    watch(publisher, site.orders, threading.Event(), lambda run: run.is_nothing or print(run, flush=True))
"""
