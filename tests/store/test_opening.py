"""Opening an index that is damaged, of another version, locked or in a place where nobody may write."""

import os
import sqlite3

import pytest

from feeds.errors import IndexUnusableError
from feeds.store import Store, database
from feeds.store.schema import VERSION


def index(folder):
    return folder / ".feeds/index.sqlite3"


@pytest.fixture
def said():
    return []


@pytest.fixture
def reopen(desk, said):
    desk.post("content/one.md")
    desk.publish()
    desk.site.close()
    return lambda: Store(desk.folder / ".feeds", now=desk.clock(), say=said.append)


def is_empty(store):
    try:
        return store.fact("is_ready") is None and not store.post_rows()
    finally:
        store.close()


def test_a_good_index_is_used_as_it_is(reopen, said):
    assert not is_empty(reopen())
    assert said == []


@pytest.mark.parametrize(
    "damage",
    [
        lambda file: file.write_bytes(b"not a database" * 1000),
        lambda file: file.write_bytes(file.read_bytes()[:5000]),
        lambda file: file.write_bytes(file.read_bytes()[:8192] + b"\xff" * 4096 + file.read_bytes()[12288:]),
    ],
    ids=["rubbish", "cut short", "a page overwritten"],
)
def test_a_damaged_index_is_set_aside_and_said(desk, reopen, said, damage):
    damage(index(desk.folder))
    assert is_empty(reopen())
    assert len(said) == 1
    assert "damaged" in said[0]
    assert [file.name for file in (desk.folder / ".feeds").glob("*.aside.sqlite3")] == [
        "index.20261101T120000.aside.sqlite3"
    ]


def test_an_index_of_another_version_is_set_aside_and_said(desk, reopen, said):
    with sqlite3.connect(index(desk.folder)) as connection:
        connection.execute("UPDATE facts SET value = '0' WHERE name = 'schema'")
    connection.close()
    assert is_empty(reopen())
    assert "version 0" in said[0]


def test_a_locked_index_is_one_clear_error(desk, reopen, monkeypatch):
    monkeypatch.setattr(database, "_BUSY_SECONDS", 0)
    connection = sqlite3.connect(index(desk.folder), isolation_level=None)
    connection.execute("PRAGMA locking_mode=EXCLUSIVE")
    connection.execute("BEGIN EXCLUSIVE")
    try:
        with pytest.raises(IndexUnusableError, match="locked"):
            reopen()
    finally:
        connection.close()


def test_a_state_folder_that_cannot_be_made_is_one_clear_error(tmp_path, clock):
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(IndexUnusableError, match="set `state"):
        Store(tmp_path / "file" / "state", now=clock())


def test_only_one_process_at_a_time_publishes(desk, clock):
    other = Store(desk.folder / ".feeds", now=clock())
    assert desk.site.claim() is not None
    assert not other.lock.acquire()
    assert other.lock.owner() == os.getpid()
    desk.site.close()
    assert other.lock.owner() is None
    assert other.lock.acquire()
    other.close()


# What each version had not yet, newest first.
YOUNGER = {
    "5": ("DROP TABLE traffic", "DROP TABLE subscriptions", "DROP TABLE programs"),
    "4": (
        "DROP TABLE outbox",
        "DROP INDEX diagnostics_solved",
        "ALTER TABLE diagnostics DROP COLUMN solved",
        "ALTER TABLE diagnostics DROP COLUMN last_seen",
        "ALTER TABLE diagnostics DROP COLUMN first_seen",
    ),
    "3": (
        "DROP INDEX posts_missing",
        "DROP INDEX posts_digest",
        "ALTER TABLE posts DROP COLUMN missing_since",
        "ALTER TABLE posts DROP COLUMN pin",
        "DROP TABLE tombstones",
        "DROP TABLE keepsakes",
    ),
    "2": ("ALTER TABLE entries DROP COLUMN changed",),
}


def make_younger(folder, version):
    """Turn a closed index into one as that version made them."""
    with sqlite3.connect(index(folder)) as connection:
        for each, statements in YOUNGER.items():
            for statement in statements if each >= version else ():
                connection.execute(statement)
        connection.execute("UPDATE facts SET value = ? WHERE name = 'schema'", (version,))
    connection.close()


@pytest.mark.parametrize("version", YOUNGER)
def test_an_index_of_an_earlier_version_keeps_its_validators_and_gets_what_is_new(desk, version):
    desk.post("content/one.md")
    desk.publish()
    before = desk.etags()
    desk.site.close()
    make_younger(desk.folder, version)
    desk.restart()
    assert list((desk.folder / ".feeds").glob("*.aside.*")) == []
    assert desk.site.store.fact("schema") == VERSION
    assert desk.etags() == before
    with desk.site.store.reading() as reader:
        (entry,) = desk.site.store.all_entries()
        assert (reader.shown(entry.id).changed == 0) == (version == "2")
    desk.move("content/one.md", "content/other.md")
    desk.publish()
    assert [one.id for one in desk.site.store.all_entries()] == [entry.id]


def test_an_index_that_is_set_aside_hands_on_what_the_posts_cannot_give_back(desk, clock):
    desk.post("content/2026-10-01-one.md", categories="red")
    desk.post("content/2026-10-02-two.md")
    desk.publish()
    clock.advance(100)
    desk.post("content/2026-10-02-two.md", body="Edited.")
    desk.move("content/2026-10-01-one.md", "content/2026-10-01-other.md")
    desk.publish()
    before = {
        path: (desk.look_up(path).etag(), desk.look_up(path).last_modified) for path in ("/feed.atom", "/feed.rss")
    }
    body = desk.read("/feed.atom")
    desk.site.close()
    with sqlite3.connect(index(desk.folder)) as connection:
        connection.execute("UPDATE facts SET value = '0' WHERE name = 'schema'")
    connection.close()
    clock.advance(1000)
    desk.restart()
    desk.publish()
    assert len(list((desk.folder / ".feeds").glob("*.aside.sqlite3"))) == 1
    assert {path: (desk.look_up(path).etag(), desk.look_up(path).last_modified) for path in before} == before
    assert desk.read("/feed.atom") == body


@pytest.mark.parametrize("version", [version for version in YOUNGER if version < "5"])
def test_what_an_index_of_an_earlier_version_says_was_seen_first_when_it_came_forward(desk, clock, version):
    desk.write("content/open.md", "---\ntitle: Open\n")
    desk.publish()
    desk.site.close()
    make_younger(desk.folder, version)
    clock.advance(60)
    desk.restart()
    came = int(clock().timestamp())
    (problem,) = desk.site.store.problems(now=clock()).open
    assert (problem.diagnostic.code, problem.first_seen, problem.last_seen) == ("file-unfinished", came, came)
    clock.advance(60)
    desk.publish()
    (problem,) = desk.site.store.problems(now=clock()).open
    assert (problem.first_seen, problem.last_seen) == (came, came + 60)
