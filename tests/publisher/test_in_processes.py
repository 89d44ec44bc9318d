"""What many posts become does not depend on how many processes read them."""

import shutil
from copy import copy
from pathlib import Path

import pytest

from feeds.publisher import looking, publisher

QUIRKS = Path(__file__).parent.parent / "quirks"


@pytest.fixture
def open_site_of_quirks(open_desk, tmp_path, monkeypatch):
    """A site with every odd post that we know of, some twice; few posts are many here."""
    monkeypatch.setattr(publisher, "MANY", 2)
    monkeypatch.setattr(looking, "_AT_ONCE", 3)

    def open_(jobs, **content):
        folder = tmp_path / str(jobs)
        shutil.copytree(QUIRKS, folder / "content")
        shutil.copytree(QUIRKS / "q09-layouts", folder / "content/again")
        return open_desk(folder, content={"roots": ["content"], "jobs": jobs, **content})

    return open_


def all_of(desk):
    """Everything that readers and authors get to see."""
    posts = {path: (row.digest, row.standing, row.entry_id) for path, row in desk.site.store.post_rows().items()}
    renditions = {one.address: (one.state, one.body()) for one in desk.site.library.each(copy)}
    return posts, renditions, desk.codes(), list(desk.site.store.all_entries())


def test_a_first_ingest_gives_the_same_in_one_process_and_in_three(open_site_of_quirks):
    alone, together = open_site_of_quirks(1), open_site_of_quirks(3)
    runs = [desk.publish() for desk in (alone, together)]
    assert all_of(alone) == all_of(together)
    assert (runs[0].read, runs[0].changed, runs[0].said) == (runs[1].read, runs[1].changed, runs[1].said)
    assert runs[0].changed > 50


def test_other_settings_give_the_same_in_one_process_and_in_three(open_site_of_quirks):
    alone, together = open_site_of_quirks(1), open_site_of_quirks(3)
    for desk in (alone, together):
        desk.publish()
    alone.clock.advance(3600)  # it is both desks'
    for jobs, desk in ((1, alone), (3, together)):
        desk.restart_with(content={"jobs": jobs, "key": "path", "split_terms": True}, site={"title": "Other"})
        desk.publish()
    assert all_of(alone) == all_of(together)


def test_a_file_that_is_still_written_waits_in_other_processes_too(open_desk, monkeypatch):
    monkeypatch.setattr(publisher, "MANY", 2)
    desk = open_desk(content={"settle": 5, "jobs": 2})
    for name in ("one", "two", "young"):
        desk.post(f"content/{name}.md")
    (desk.folder / "content/young.md").touch()
    desk.clock.now = desk.clock.now.fromtimestamp(
        (desk.folder / "content/young.md").stat().st_mtime, desk.clock.now.tzinfo
    )
    run = desk.publish()
    assert run.waiting == {"content/young.md"}
    assert b"/one/" in desk.read("/feed.atom")
    desk.clock.advance(30)
    assert desk.publish().changed == 1


def test_no_process_is_started_where_little_has_changed(open_site_of_quirks, monkeypatch):
    desk = open_site_of_quirks(2)
    desk.publish()

    def never(*_args, **_named):
        raise AssertionError

    monkeypatch.setattr(publisher, "looks_at", never)
    for number in range(20):
        desk.post(f"content/new/{number}.md")
    assert desk.publish().changed == 20
