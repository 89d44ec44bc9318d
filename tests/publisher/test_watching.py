"""The loop that keeps a living process in line with its folder."""

import errno
import os
import subprocess
import sys
import threading
from queue import Queue

import pytest

from feeds.model import SITE
from feeds.posts.watch import Hints
from feeds.publisher import watch

PATIENCE = 20  # seconds after which a test has failed; none of them waits that long when all is well


@pytest.fixture
def watched(open_desk):
    """A desk whose publisher watches; `runs` yields what each run did, but for the empty ones."""
    desk = open_desk(content={"sweep": 3600})
    stop, runs = threading.Event(), Queue()
    first = threading.Event()

    def on_run(run):
        first.set()
        if not run.is_nothing:
            runs.put(run)

    thread = threading.Thread(target=watch, args=(desk.site.claim(), desk.site.orders, stop, on_run))
    thread.start()
    assert first.wait(PATIENCE)
    desk.runs = runs
    yield desk
    stop.set()
    thread.join(PATIENCE)
    assert not thread.is_alive()


def moved_until(desk, wanted):
    """Gather the feeds that move until all wanted have."""
    moved = set()
    while not wanted <= moved:
        moved |= set(desk.runs.get(timeout=PATIENCE).moved)
    return moved


@pytest.mark.slow
def test_a_saved_file_moves_its_feeds_while_sweeps_are_far_between(watched):
    watched.runs.get(timeout=PATIENCE)  # the site's feed comes to be, empty
    watched.post("content/one.md", categories="red")
    assert moved_until(watched, {SITE, ("category", "red")}) == {SITE, ("category", "red")}
    watched.post("content/one.md", body="Changed.", categories="red")
    moved_until(watched, {SITE, ("category", "red")})
    assert b"Changed." in watched.read("/category/red.atom")


@pytest.mark.slow
def test_a_deleted_folder_is_noticed(watched):
    watched.post("content/deep/one.md", categories="red")
    moved_until(watched, {("category", "red")})
    watched.delete("content/deep/one.md")
    (watched.folder / "content/deep").rmdir()
    moved_until(watched, {("category", "red")})
    assert b"<entry" not in watched.read("/category/red.atom")


@pytest.mark.slow
def test_what_is_saved_in_a_root_that_was_made_anew_is_heard_of(watched):
    watched.runs.get(timeout=PATIENCE)
    root = watched.folder / "content"
    root.rename(watched.folder / "before")
    root.mkdir()
    watched.site.orders.give().result(PATIENCE)  # a look finds that it is another folder
    watched.post("content/one.md", categories="red")
    assert moved_until(watched, {("category", "red")}) >= {("category", "red")}
    watched.post("content/one.md", body="Changed.", categories="red")
    assert moved_until(watched, {("category", "red")}) >= {("category", "red")}


@pytest.mark.parametrize(
    ("inside", "is_news"),
    [
        ("content/a.md", True),
        ("content/deep/a.md", True),
        ("content/deep", True),
        ("content", True),
        (".feeds/orders/0123456789abcdef.json", True),
        ("content/.feeds-0123456789abcdef.tmp", False),
        ("content/.a.md.X8s2kd", False),
        ("content/.git/index.lock", False),
        ("content/node_modules/a/readme.md", False),
        ("content/a.md~", False),
    ],
    ids=str,
)
def test_names_that_no_post_has_wake_nobody(tmp_path, inside, is_news):
    folder = tmp_path / ".hidden"  # what is above the roots does not count
    hints = Hints([folder / "content", folder / ".feeds/orders"], lambda _paths: None)
    assert hints.is_news("added", str(folder / inside)) is is_news


def test_where_the_site_folder_is_the_root_the_index_beside_the_posts_wakes_nobody(tmp_path):
    hints = Hints([tmp_path, tmp_path / ".feeds/orders"], lambda _paths: None)
    heard = ["a.md", ".feeds/index.sqlite3-wal", ".feeds/orders/1.json", ".git/HEAD"]
    assert [hints.is_news("added", str(tmp_path / name)) for name in heard] == [True, False, True, False]


@pytest.mark.slow
def test_a_file_that_is_still_being_written_is_published_once_it_rests(open_desk, watched):
    file = watched.folder / "content/slow.md"
    file.write_text("---\ntitle: Slow\n")
    watched.write("content/slow.md", "---\ntitle: Slow\ndate: 2026-10-01\ntags: slow\n---\nAll of it.\n")
    moved_until(watched, {("tag", "slow")})
    assert b"All of it." in watched.read("/tag/slow.atom")


def test_a_folder_that_cannot_be_read_keeps_what_is_published_and_stops_at_once(open_desk, caplog):
    desk = open_desk()
    desk.post("content/one.md", categories="red")
    desk.publish()
    before = desk.etags()
    (desk.folder / "content").rename(desk.folder / "hidden")
    stop = threading.Event()

    def on_run(run):
        assert run.is_nothing
        if run.is_blind:
            stop.set()

    watch(desk.site.claim(), desk.site.orders, stop, on_run)
    assert desk.etags() == before
    assert "folder.unreadable" in caplog.text


def git(folder, *words):
    subprocess.run(
        ["git", "-c", "user.name=x", "-c", "user.email=x@example.com", "-C", str(folder), *words],
        check=True,
        capture_output=True,
        env={"PATH": os.environ["PATH"], "HOME": str(folder), "GIT_CONFIG_NOSYSTEM": "1"},
    )


@pytest.mark.slow
def test_a_checkout_of_another_branch_and_back_moves_what_differs_and_nothing_else(watched):
    for name in ("one", "two", "three"):
        watched.post(f"content/{name}.md", categories="red" if name == "one" else "blue")
    moved_until(watched, {SITE, ("category", "red"), ("category", "blue")})
    folder = watched.folder
    (folder / ".gitignore").write_text(".feeds\n")
    git(folder, "init", "-q", "-b", "main")
    git(folder, "add", ".")
    git(folder, "commit", "-qm", "posts")
    before = watched.etags()
    git(folder, "checkout", "-q", "-b", "other")
    watched.post("content/one.md", body="Of the other branch.", categories="red")
    assert moved_until(watched, {SITE, ("category", "red")}) == {SITE, ("category", "red")}
    git(folder, "commit", "-qam", "one")
    git(folder, "checkout", "-q", "main")
    assert ("category", "blue") not in moved_until(watched, {SITE, ("category", "red")})
    assert watched.etags()["category", "blue"] == before["category", "blue"]
    assert b"Of the other branch" not in watched.read("/category/red.atom")
    git(folder, "checkout", "-q", "other")
    moved_until(watched, {SITE, ("category", "red")})
    assert b"Of the other branch" in watched.read("/category/red.atom")


@pytest.mark.slow
def test_what_rsync_brings_is_published_and_its_temporary_files_are_not(watched, tmp_path_factory):
    source = tmp_path_factory.mktemp("source")
    for number in range(50):
        (source / f"{number}.md").write_text(f"---\ntitle: Post {number}\ndate: 2026-10-01\ntags: far\n---\nText.\n")
    (source / "deep").mkdir()
    (source / "deep/last.md").write_text("---\ntitle: Last\ndate: 2026-10-02\ntags: [far, deep]\n---\nText.\n")
    subprocess.run(["rsync", "-a", "--delete", f"{source}/", f"{watched.folder}/content/"], check=True)
    seen = set()
    while watched.look_up("/tag/deep.atom") is None or watched.read("/feed.atom").count(b"<entry") < 50:
        seen |= set(watched.runs.get(timeout=PATIENCE).moved)
    assert len(list(watched.site.store.all_entries())) == 51
    (source / "deep/last.md").unlink()
    subprocess.run(["rsync", "-a", "--delete", f"{source}/", f"{watched.folder}/content/"], check=True)
    moved_until(watched, {("tag", "deep")})
    assert b"<entry" not in watched.read("/tag/deep.atom")


def runs_of(desk, *changes):
    """Let the publisher find each change before the next one is made; return the runs that found something."""
    stop, runs, waiting = threading.Event(), [], list(changes)

    def on_run(run):
        if run.is_nothing and not run.is_blind:
            return
        runs.append(run)
        if waiting:
            waiting.pop(0)()
        else:
            stop.set()

    watch(desk.site.claim(), desk.site.orders, stop, on_run)
    return runs


def test_where_no_watcher_can_be_had_the_sweep_finds_every_change(open_desk, monkeypatch, caplog):
    def refuse(*_folders, **_how):
        raise OSError(errno.ENOSPC, "the limit on inotify watches is reached")

    monkeypatch.setattr("feeds.posts.watch.watch", refuse)
    desk = open_desk(content={"sweep": 0.001})
    runs = runs_of(
        desk,
        lambda: desk.post("content/one.md", categories="red"),
        lambda: desk.post("content/one.md", body="Changed.", categories="red"),
        lambda: desk.delete("content/one.md"),
    )
    assert all(("category", "red") in run.moved for run in runs[1:])
    assert "watch.lost" in caplog.text


def test_the_time_from_a_change_to_its_feeds_counts_from_the_file_or_the_look_before(open_desk):
    desk = open_desk(content={"sweep": 0.001})
    desk.post("content/old.md")
    noon = desk.clock().timestamp()

    def copy_with_its_old_time():
        desk.post("content/copied.md")
        desk.clock.advance(9)

    def write_now():
        desk.clock.advance(100)
        os.utime(desk.post("content/written.md"), (desk.clock().timestamp() - 4,) * 2)

    def write_ahead_of_the_clock():
        os.utime(desk.post("content/ahead.md"), (noon + 1_000_000,) * 2)

    runs = runs_of(desk, copy_with_its_old_time, write_now, write_ahead_of_the_clock)
    assert [run.lags for run in runs] == [(), (9.0,), (4.0,), (0.0,)]


def test_a_run_that_could_not_look_says_so_and_the_queue_is_empty_after_one_that_could(open_desk):
    desk = open_desk(content={"sweep": 0.001})
    desk.post("content/one.md")

    def take_the_folder_away():
        assert desk.site.claim().queue == 0
        (desk.folder / "content").rename(desk.folder / "hidden")

    assert [run.is_blind for run in runs_of(desk, take_the_folder_away)] == [False, True]


def test_files_that_wait_to_be_read_are_a_queue(open_desk):
    desk = open_desk()
    seen = []
    for number in range(1200):
        desk.post(f"content/{number}.md")
    publisher = desk.site.claim()
    publisher.catch_up(lambda done, total: seen.append((publisher.queue, total - done)))
    assert seen == [(700, 700), (200, 200), (0, 0)]


def test_what_is_ordered_does_not_wait_for_a_sweep_that_is_under_way(open_desk, monkeypatch):
    desk = open_desk(content={"sweep": 0.01})
    desk.post("content/one.md", title="One")
    publisher = desk.site.claim()
    looking, may_end, survey = threading.Event(), threading.Event(), publisher.survey

    def slowly(**how):
        seen = survey(**how)
        if threading.current_thread() is not work:
            looking.set()
            assert may_end.wait(PATIENCE)
        return seen

    monkeypatch.setattr(publisher, "survey", slowly)
    monkeypatch.setattr(sys.modules["feeds.publisher.watch"], "_ARMING", 0)
    stop = threading.Event()
    work = threading.Thread(target=watch, args=(publisher, desk.site.orders, stop, lambda _run: None))
    work.start()
    try:
        assert looking.wait(PATIENCE)
        desk.post("content/two.md", title="Two")
        desk.delete("content/one.md")
        assert desk.site.orders.give(["content/two.md", "content/one.md"]).result(PATIENCE).changed == 1
        assert b"Two" in desk.read("/feed.atom")
        may_end.set()
        assert desk.site.orders.give().result(PATIENCE)
    finally:
        may_end.set()
        stop.set()
        work.join(PATIENCE)
    body = desk.read("/feed.atom")
    assert b"Two" in body  # the sweep had not seen it
    assert b"One" not in body  # and had seen this
