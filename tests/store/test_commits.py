"""The counter by which readers learn of commits, between processes and over the death of one."""

import subprocess
import sys
from datetime import UTC, datetime

import pytest

from feeds.store import Store
from feeds.store.commits import CommitCounter

NOW = datetime(2026, 11, 1, tzinfo=UTC)


@pytest.fixture
def store(tmp_path):
    store = Store(tmp_path, now=NOW)
    yield store
    store.close()


def test_each_commit_gives_another_even_number(store):
    seen = [store.commits()]
    for number in range(3):
        with store.writing() as commit:
            commit.put_fact("number", str(number))
        seen.append(store.commits())
    assert len(set(seen)) == 4
    assert not any(number % 2 for number in seen)


def test_the_number_is_odd_while_a_commit_is_under_way(store):
    with store.writing() as commit:
        commit.put_fact("number", "1")
        assert store.commits() % 2 == 1
    assert store.commits() % 2 == 0


def test_a_transaction_that_fails_leaves_the_number_even(store):
    with pytest.raises(ZeroDivisionError), store.writing():
        raise ZeroDivisionError
    assert store.commits() % 2 == 0


def test_another_process_sees_the_same_number(store, tmp_path):
    with store.writing() as commit:
        commit.put_fact("number", "1")
    code = "import sys, pathlib; from feeds.store.commits import CommitCounter; print(CommitCounter(pathlib.Path(sys.argv[1])).now())"
    told = subprocess.run([sys.executable, "-c", code, str(tmp_path)], capture_output=True, text=True, check=True)
    assert int(told.stdout) == store.commits() > 0


def test_whoever_dies_in_a_commit_leaves_the_number_odd_until_the_next_one(store, tmp_path):
    code = (
        "import os, sys, pathlib; from feeds.store.commits import CommitCounter\n"
        "with CommitCounter(pathlib.Path(sys.argv[1])).counting(): os._exit(0)"
    )
    subprocess.run([sys.executable, "-c", code, str(tmp_path)], check=True)
    assert store.commits() % 2 == 1
    with store.writing() as commit:
        commit.put_fact("number", "1")
    assert store.commits() % 2 == 0


def test_where_it_cannot_be_shared_sqlite_is_always_asked(tmp_path):
    counter = CommitCounter(tmp_path / "nowhere")
    with counter.counting():
        assert counter.now() % 2 == 1
    assert counter.now() % 2 == 1
