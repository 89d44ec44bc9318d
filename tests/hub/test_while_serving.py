"""The announcers beside a real application and a real process."""

import os
import signal
import threading
import time
import urllib.request

import pytest
from starlette.testclient import TestClient

from feeds.cli import main
from feeds.site import open_site
from feeds.web.app import create_app
from tests.cli.test_processes import Server
from tests.hub.conftest import selves

PATIENCE = 20  # seconds, on a busy machine


def until(is_so):
    deadline = time.monotonic() + PATIENCE
    while not is_so():
        assert time.monotonic() < deadline, "it does not come"
        threading.Event().wait(0.01)


def begun(desk, *hubs):
    return lambda: all(desk.site.store.fact(f"hub:{hub.url}") for hub in hubs)


@pytest.mark.slow
def test_a_saved_post_is_told_to_every_hub_and_a_silent_one_keeps_nobody_waiting(open_desk, open_hub):
    silent, hub = open_hub(), open_hub()
    hang = threading.Event()
    silent.on_ping = lambda: hang.wait(PATIENCE)
    desk = open_desk(feeds={"hubs": [silent.url, hub.url]})
    try:
        with TestClient(create_app(desk.site)) as client:
            until(begun(desk, silent, hub))
            for number in range(2):
                desk.post(f"content/{number}.md", categories=f"c{number}")
                until(
                    lambda number=number: (
                        {*selves(desk, f"/category/c{number}")} <= {*hub.told}
                        if client.get(f"/category/c{number}.rss").is_success
                        else False
                    )
                )
            ended = time.monotonic()
        assert time.monotonic() - ended < PATIENCE / 2  # though a ping is under way for as long
    finally:
        hang.set()
    assert len(silent.told) == 1


@pytest.mark.slow
def test_only_the_process_that_publishes_announces_and_its_heir_goes_on(open_desk, hub):
    desk = open_desk(feeds={"hubs": [hub.url]})
    desk.post("content/one.md")
    desk.publish()
    assert desk.site.publisher is not None
    with open_site(desk.folder, desk.settings) as other, TestClient(create_app(other)) as client:
        assert client.get("/feed.atom").status_code == 200
        desk.post("content/two.md", categories="red")
        desk.publish()
        wanted = selves(desk, "/feed", "/category/red")
        with desk.site.store.writing() as commit:
            commit.put_fact(f"hub:{hub.url}", "0")  # all is due
        assert client.get("/category/red.atom").status_code == 200
        assert hub.told == []
        desk.site.store.lock.release()
        until(lambda: {*wanted} <= {*hub.told})


@pytest.mark.slow
def test_a_server_killed_while_the_hub_takes_a_ping_sends_it_again_and_ends_with_all_told_of(tmp_path, hub):
    (tmp_path / "content").mkdir()
    (tmp_path / "feeds.toml").write_text(
        f'[site]\nurl = "https://example.com"\n[content]\nroots = ["content"]\n[feeds]\nhubs = ["{hub.url}"]\n'
    )
    server = Server(tmp_path)
    try:
        assert server.get("/feed.rss")[0] == 200
        until(lambda: _noted(tmp_path, hub) is not None)
        hub.on_ping = lambda: os.kill(server.process.pid, signal.SIGKILL)
        (tmp_path / "content/one.md").write_text("---\ntitle: One\ndate: 2026-10-01\ntags: [red]\n---\nText.\n")
        server.process.communicate(timeout=PATIENCE)
        assert server.process.returncode == -signal.SIGKILL
        (killed,) = hub.told
        hub.on_ping = lambda: None
        server = Server(tmp_path)
        wanted = {
            f"https://example.com/{place}.{form}" for place in ("feed", "tag/red") for form in ("atom", "rss", "json")
        }
        until(lambda: len(hub.told) == 7)
        assert {*hub.told} == {*hub.told[1:]} == wanted
        assert hub.told.count(killed) == 2
        until(lambda: _noted(tmp_path, hub) == _last(tmp_path))
    finally:
        if server.process.poll() is None:
            assert server.end(signal.SIGTERM)[0] == 0
    told = len(hub.told)
    server = Server(tmp_path)
    with urllib.request.urlopen(server.address + "/feed.rss", timeout=PATIENCE) as answer:
        assert answer.status == 200
    assert server.end(signal.SIGTERM)[0] == 0
    assert len(hub.told) == told


def _ask(folder, question):
    import sqlite3

    connection = sqlite3.connect(f"file:{folder}/.feeds/index.sqlite3?mode=ro", uri=True)
    try:
        row = connection.execute(question).fetchone()
    finally:
        connection.close()
    return row and row[0]


def _noted(folder, hub):
    found = _ask(folder, f"SELECT value FROM facts WHERE name = 'hub:{hub.url}'")
    return found and int(found)


def _last(folder):
    return _ask(folder, "SELECT max(number) FROM outbox")


@pytest.mark.slow
def test_writing_a_site_as_files_tells_no_hub(tmp_path, hub):
    from click.testing import CliRunner

    (tmp_path / "content").mkdir()
    (tmp_path / "content/one.md").write_text("---\ntitle: One\ndate: 2026-10-01\n---\nText.\n")
    (tmp_path / "feeds.toml").write_text(f'[feeds]\nhubs = ["{hub.url}"]\n')
    for name in ("one", "two"):
        (tmp_path / f"content/{name}.md").write_text("---\ntitle: One\ndate: 2026-10-01\n---\nText.\n")
        done = CliRunner().invoke(main, ["build", str(tmp_path), "--output", str(tmp_path / "out")])
        assert done.exit_code == 0, done.output
    assert hub.url.encode() in (tmp_path / "out/feed.atom").read_bytes()
    assert hub.told == []
