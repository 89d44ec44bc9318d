"""An index that is damaged while nobody looks: when it is noticed, and what becomes of it while readers ask."""

import os
import shutil
import sqlite3
import threading
import time

import pytest
from starlette.testclient import TestClient

from feeds.errors import IndexLostError
from feeds.publisher import watch
from feeds.store import Store
from feeds.web.app import create_app

PATIENCE = 20  # seconds after which a test has failed; none of them waits that long when all is well
PAGE = 4096


def spoil(index, *tables):
    """Overwrite the roots of these tables, and leave size and times as they were."""
    connection = sqlite3.connect(f"file:{index}?immutable=1", uri=True)
    query = "SELECT tbl_name, rootpage FROM sqlite_master WHERE rootpage > 1"
    pages = [page for table, page in connection.execute(query) if table in tables]
    connection.close()
    before = index.stat()
    with index.open("r+b") as file:
        for page in pages:
            file.seek((page - 1) * PAGE)
            file.write(b"\xff" * PAGE)
    os.utime(index, ns=(before.st_atime_ns, before.st_mtime_ns))


def index_of(desk):
    return desk.folder / ".feeds/index.sqlite3"


def validators(desk):
    found = (desk.look_up(f"{one.address}.atom") for one in desk.site.library.listing())
    return {one.key: (one.etag(), one.last_modified) for one in found}


def set_aside(desk):
    return list((desk.folder / ".feeds").glob("*.aside.sqlite3"))


@pytest.fixture
def published(desk):
    for number in range(1, 9):
        desk.post(f"content/{number}.md", categories=f"c{number}", date=f"2026-10-0{number} 08:00:00")
    desk.publish()
    desk.clock.advance(100)
    desk.post("content/1.md", categories="c1", date="2026-10-01 08:00:00", body="Edited.")
    desk.publish()
    desk.restart()  # so that all of it lies in the index itself, and none of it in the log beside it
    return desk


@pytest.fixture
def opened(published):
    """Opens another index of this state folder; gives what is said of it."""

    def open_(state):
        said = []
        Store(state, now=published.clock(), say=said.append).close()
        return said

    return open_


def test_an_index_that_was_closed_in_good_order_is_not_read_through(published, opened):
    published.site.close()
    spoil(index_of(published), "posts", "memberships")
    assert opened(published.folder / ".feeds") == []


def test_an_index_found_damaged_in_use_is_set_aside_at_the_next_start(published, opened):
    spoil(index_of(published), "posts", "memberships")
    with pytest.raises(IndexLostError, match="malformed"):
        published.publish()
    published.site.close()
    (said,) = opened(published.folder / ".feeds")
    assert "damaged" in said
    assert opened(published.folder / ".feeds") == []


def test_an_index_whose_owner_was_killed_is_read_through(published, opened, tmp_path):
    published.post("content/9.md")
    published.publish()
    killed = tmp_path / "killed"
    shutil.copytree(published.folder / ".feeds", killed)  # what lies on disk while it is in use
    spoil(killed / "index.sqlite3", "keepsakes")
    (said,) = opened(killed)
    assert "damaged" in said


def test_an_index_that_was_killed_and_is_whole_is_used(published, opened, tmp_path):
    published.post("content/9.md")
    published.publish()
    killed = tmp_path / "killed"
    shutil.copytree(published.folder / ".feeds", killed)
    assert opened(killed) == []


def test_an_index_that_another_process_publishes_into_is_not_read_through(published, opened, monkeypatch):
    monkeypatch.setattr("feeds.store.database.is_noted_sound", lambda _index: False)
    spoil(index_of(published), "keepsakes")
    assert opened(published.folder / ".feeds") == []
    published.site.close()
    (said,) = opened(published.folder / ".feeds")
    assert "damaged" in said


def test_a_damaged_index_is_begun_anew_with_the_same_validators(published):
    before, body = validators(published), published.read("/category/c1.atom")
    published.restart()
    spoil(index_of(published), "posts", "memberships")
    with pytest.raises(IndexLostError):
        published.publish()
    assert published.site.store.is_lost
    published.clock.advance(1000)
    published.site.recover()
    published.publish()
    assert not published.site.store.is_lost
    assert len(set_aside(published)) == 1
    assert validators(published) == before
    assert published.read("/category/c1.atom") == body


def test_a_process_that_only_reads_goes_on_with_the_index_that_took_the_place(published, open_desk):
    reader = open_desk(published.folder)
    assert reader.site.publisher is None
    before = reader.etags()
    published.restart()
    published.site.store.engine.dispose()
    index_of(published).rename(index_of(published).with_name("elsewhere"))
    assert reader.site.store.is_replaced
    published.restart()
    published.publish()
    reader.site.recover()
    assert reader.etags() == before
    published.post("content/9.md", categories="c9")
    published.publish()
    assert reader.etags() == published.etags() != before


def test_while_an_index_is_lost_what_is_remembered_stays_and_the_rest_is_asked_to_come_again(published):
    client = TestClient(create_app(published.site, clock=lambda: published.clock().timestamp()))
    remembered = client.get("/category/c1.atom")
    spoil(index_of(published), "posts", "memberships")
    published.site.store.engine.dispose()  # the pages that are remembered with its connections
    assert client.get("/category/c2.atom").status_code == 503
    assert client.get("/").status_code == 503
    published.site.recover()
    assert client.get("/category/c1.atom").content == remembered.content
    assert client.get("/category/c2.atom").status_code == 503
    published.publish()
    assert client.get("/category/c1.atom").headers["etag"] == remembered.headers["etag"]
    assert client.get("/category/c2.atom").status_code == 200
    assert client.get("/").status_code == 200


def test_the_loop_hands_a_lost_index_up(published):
    spoil(index_of(published), "posts", "memberships")
    published.site.store.engine.dispose()
    with pytest.raises(IndexLostError):
        watch(published.site.claim(), published.site.orders, threading.Event(), lambda _run: None)


@pytest.mark.slow
def test_a_server_that_meets_damage_mends_it_by_itself(published, caplog):
    spoil(index_of(published), "posts", "memberships")
    published.site.store.engine.dispose()
    with TestClient(create_app(published.site)) as client:
        until = time.monotonic() + PATIENCE
        while client.get("/category/c2.atom").status_code != 200:
            assert time.monotonic() < until
    assert "index.lost" in caplog.text
    assert len(set_aside(published)) == 1
