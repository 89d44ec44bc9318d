"""What may happen to a machine: readers keep what is published, the operator is told what to mend, and it goes on by itself."""

import os
import sqlite3
import threading
from contextlib import contextmanager

import pytest
from sqlalchemy import event

from feeds.web import publishing

PATIENCE = 20  # seconds after which a test has failed


@pytest.fixture
def published(open_desk, monkeypatch, caplog):
    """A desk with a post, whose publisher works and, where it meets trouble, tries again at once."""
    monkeypatch.setattr(publishing, "_RETRY_SECONDS", 0.01)
    desk = open_desk(content={"sweep": 0.05})
    desk.post("content/one.md", title="One", categories="red")
    desk.publish()
    stop = threading.Event()
    work = threading.Thread(target=publishing._publish, args=(desk.site, stop, lambda *_: None, lambda _run: None))

    def start():
        work.start()
        return desk

    yield start
    stop.set()
    work.join(PATIENCE)
    assert not work.is_alive()


def until(is_so):
    waiting = threading.Event()
    for _ in range(PATIENCE * 100):
        if is_so():
            return
        waiting.wait(0.01)
    raise AssertionError("it did not happen")


@contextmanager
def goes_on_afterwards(desk, caplog, *, told):
    """Within the context something is wrong: the feeds stay and the operator is told. Then the change gets through."""
    before = desk.read("/feed.atom"), desk.etags()
    yield
    until(lambda: told in caplog.text)
    assert (desk.read("/feed.atom"), desk.etags()) == before
    assert "Traceback" not in caplog.text


def test_a_full_disk(published, caplog):
    desk = published()
    engine = desk.site.store.engine
    full = threading.Event()

    def limit(connection, _record, _proxy):
        connection.execute("PRAGMA max_page_count = 1" if full.is_set() else "PRAGMA max_page_count = 1000000000")

    event.listen(engine, "checkout", limit)  # SQLite then finds no room, with the error that a full disk gives
    full.set()
    with goes_on_afterwards(desk, caplog, told="make room on its disk"):
        for number in range(40):  # more than what is free in pages that are there already
            desk.post(f"content/{number}.md", title=f"More {number}", body=os.urandom(4000).hex())
    full.clear()
    until(lambda: b"More 39" in desk.read("/feed.atom"))


def test_an_index_that_may_not_be_written(published, caplog):
    desk = published()
    engine = desk.site.store.engine
    refused = threading.Event()

    def refuse(connection, _record, _proxy):
        connection.execute(f"PRAGMA query_only = {int(refused.is_set())}")

    event.listen(engine, "checkout", refuse)
    refused.set()
    with goes_on_afterwards(desk, caplog, told="make it writable"):
        desk.post("content/two.md", title="Two")
    refused.clear()
    until(lambda: b"Two" in desk.read("/feed.atom"))


def test_an_index_that_another_program_has_locked(published, caplog, monkeypatch):
    desk = published()
    event.listen(
        desk.site.store.engine, "checkout", lambda connection, *_: connection.execute("PRAGMA busy_timeout = 10")
    )
    other = sqlite3.connect(desk.folder / ".feeds/index.sqlite3", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with goes_on_afterwards(desk, caplog, told="close what has it open"):
        desk.post("content/two.md", title="Two")
    other.execute("ROLLBACK")
    other.close()
    until(lambda: b"Two" in desk.read("/feed.atom"))


def test_a_root_that_vanishes_and_comes_back_changed(published, caplog):
    desk = published()
    with goes_on_afterwards(desk, caplog, told="folder.unreadable"):
        (desk.folder / "content").rename(desk.folder / "elsewhere")
    desk.post("elsewhere/two.md", title="Two")
    (desk.folder / "elsewhere").rename(desk.folder / "content")
    until(lambda: b"Two" in desk.read("/feed.atom"))
    assert b"One" in desk.read("/feed.atom")


def test_a_post_that_may_not_be_read_any_more_stays_as_it_was(published, monkeypatch):
    desk = published()
    real = os.open

    def refuse(path, *args, **kwargs):
        if str(path).endswith("one.md"):
            raise PermissionError(13, "Permission denied")
        return real(path, *args, **kwargs)

    monkeypatch.setattr(os, "open", refuse)
    before = desk.read("/category/red.atom")
    desk.post("content/one.md", title="One", body="Changed.", categories="red")
    until(lambda: ("content/one.md", "file-unreadable") in desk.codes())
    assert ("content/one.md", "last-good-kept") in desk.codes()
    assert desk.read("/category/red.atom") == before
    monkeypatch.setattr(os, "open", real)
    until(lambda: b"Changed." in desk.read("/category/red.atom"))
    assert desk.codes() == []


def test_a_folder_of_posts_that_may_not_be_listed_any_more_keeps_its_posts(published, monkeypatch):
    desk = published()
    desk.post("content/deep/two.md", title="Two")
    until(lambda: b"Two" in desk.read("/feed.atom"))
    real = os.scandir

    def refuse(path):
        if str(path).endswith("deep"):
            raise PermissionError(13, "Permission denied")
        return real(path)

    monkeypatch.setattr(os, "scandir", refuse)
    until(lambda: ("content/deep", "not-looked-at") in desk.codes())
    assert b"Two" in desk.read("/feed.atom")
    monkeypatch.setattr(os, "scandir", real)
    until(lambda: desk.codes() == [])
    assert b"Two" in desk.read("/feed.atom")
