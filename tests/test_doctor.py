"""An index that is damaged by hand: the doctor names it, mends it, and moves no validator without need."""

import json
import os
import shutil
import sqlite3
from contextlib import closing
from datetime import date
from itertools import product

import pytest

from feeds.doctor import Finding, Health, as_text, back_up, mend, restore, verify
from feeds.errors import BackupError, IndexUnusableError
from feeds.model import FORMATS, SITE
from feeds.traffic import Asked, Subscription, Visits


def index(desk):
    return desk.folder / ".feeds/index.sqlite3"


def damage(desk, *statements):
    with closing(sqlite3.connect(index(desk))) as connection, connection:
        for statement in statements:
            connection.execute(statement)


def look(desk):
    return verify(desk.folder, desk.settings, now=desk.clock)


def faults(desk):
    return {(one.code, one.what) for one in look(desk).findings}


def repaired(desk):
    """Mend the index of a folder that nobody publishes, and open the site again."""
    desk.site.close()
    said = []
    health = mend(desk.folder, desk.settings, now=desk.clock, say=said.append)
    desk.restart()
    return health, said


def seen(desk):
    """What a reader of every feed in every format holds."""
    found = {}
    for listed, format_ in product(desk.site.library.listing(), FORMATS):
        rendition = desk.site.library.fill(desk.look_up(f"{listed.address}.{format_}"))
        found[rendition.address] = rendition.etag(), rendition.last_modified, rendition.body()
    return found


@pytest.fixture
def published(desk, clock):
    """Three posts, a draft, one to come, one that is bad, and two that claim one id."""
    desk.post("content/one.md", title="One", categories="red", tags="[a, b]", author="Ann")
    desk.post("content/two.md", title="Two", categories="red", source="Herald", date="2026-10-02 08:00:00")
    desk.post("content/three.md", title="Three", categories="blue", date="2026-10-03 08:00:00")
    desk.post("content/draft.md", draft="true")
    desk.post("content/soon.md", title="Soon", date="2026-11-01 13:00:00", categories="blue")
    desk.write("content/bad.md", "---\ntitle: never closed\n")
    desk.post("content/twin-a.md", title="Twin", guid="tag:example.com,2020:twin")
    desk.post("content/twin-b.md", title="Twin", guid="tag:example.com,2020:twin")
    desk.publish()
    clock.advance(60)
    desk.post("content/two.md", title="Two, edited", categories="red", source="Herald", date="2026-10-02 08:00:00")
    desk.publish()
    clock.advance(60)
    return desk


ONE, TWO, TWIN = "tag:example.com,2026:one", "tag:example.com,2026:two", "tag:example.com,2020:twin"


def test_a_published_site_is_well(published):
    health = look(published)
    assert health.findings == ()
    assert (health.posts, health.entries, health.feeds) == (8, 5, 7)
    assert as_text(health) == "All is well: 8 posts, 5 entries, 7 feeds.\n"


def test_the_doctor_changes_nothing_in_the_index(published):
    published.site.close()
    before = index(published).read_bytes()
    damage(published, "UPDATE feeds SET total = 77")
    damaged = index(published).read_bytes()
    assert damaged != before
    look(published)
    assert index(published).read_bytes() == damaged


NUMBER = "(SELECT number FROM feeds WHERE term = 'red')"
DAMAGES = {
    "a row of a post lost": (
        "DELETE FROM posts WHERE path = 'content/one.md'",
        {("post-unknown", "content/one.md"), ("entry-orphaned", ONE)},
    ),
    "a row without a file": (
        (
            "INSERT INTO posts (path, is_archive, rank, size, mtime_ns, digest, standing)"
            " SELECT 'content/no.md', is_archive, rank, size, mtime_ns, 'x', 'skipped'"
            " FROM posts WHERE path = 'content/one.md'"
        ),
        {("post-gone", "content/no.md")},
    ),
    "a size": ("UPDATE posts SET size = 1 WHERE path = 'content/one.md'", {("post-changed", "content/one.md")}),
    "a rank": ("UPDATE posts SET rank = 7 WHERE path = 'content/one.md'", {("post-moved", "content/one.md")}),
    "a digest": ("UPDATE posts SET digest = 'x' WHERE path = 'content/one.md'", {("post-digest", "content/one.md")}),
    "the id of a post": (
        "UPDATE posts SET entry_id = 'tag:example.com,2026:other' WHERE path = 'content/one.md'",
        {("post-id", "content/one.md"), ("entry-orphaned", ONE), ("post-entry-missing", "content/one.md")},
    ),
    "an id taken over": (
        "UPDATE posts SET pin = 'tag:example.com,2026:other' WHERE path = 'content/one.md'",
        {("post-id", "content/one.md")},
    ),
    "a post taken for none": (
        "UPDATE posts SET standing = 'skipped', entry_id = NULL WHERE path = 'content/one.md'",
        {("post-id", "content/one.md"), ("entry-orphaned", ONE)},
    ),
    "none taken for a post": (
        "UPDATE posts SET standing = 'holder' WHERE path = 'content/draft.md'",
        {("post-id", "content/draft.md"), ("post-entry-missing", "content/draft.md")},
    ),
    "two that hold one id": (
        "UPDATE posts SET standing = 'holder' WHERE path = 'content/twin-b.md'",
        {
            ("post-standing", "content/twin-a.md"),
            ("post-standing", "content/twin-b.md"),
            ("post-differs", "content/twin-b.md"),
        },
    ),
    "nobody who holds an id": (
        "UPDATE posts SET standing = 'shadowed' WHERE entry_id = 'tag:example.com,2020:twin'",
        {
            ("post-standing", "content/twin-a.md"),
            ("post-standing", "content/twin-b.md"),
            ("entry-orphaned", TWIN),
        },
    ),
    "an entry lost": (
        f"DELETE FROM entries WHERE id = '{ONE}'",
        {("post-entry-missing", "content/one.md")}
        | {("feed-members", f"/{one}") for one in ("feed", "category/red", "tag/a", "tag/b", "author/Ann")}
        | {("feed-count", f"/{one}") for one in ("feed", "category/red", "tag/a", "tag/b", "author/Ann")}
        | {("feed-names", f"/{one}") for one in ("feed", "category/red", "tag/a", "tag/b", "author/Ann")}
        | {("feed-state", f"/{one}") for one in ("feed", "category/red", "tag/a", "tag/b", "author/Ann")},
    ),
    "an entry that is no JSON": (
        f"UPDATE entries SET payload = CAST('rubbish' AS BLOB) WHERE id = '{ONE}'",
        {("entry-unreadable", ONE)},
    ),
    "a text": (
        f"UPDATE entries SET payload = CAST(replace(CAST(payload AS TEXT), 'Some', 'None') AS BLOB) WHERE id = '{ONE}'",
        {("entry-derived", ONE), ("post-differs", "content/one.md")},
    ),
    "a stamp": (
        f"UPDATE entries SET stamp = 'x' WHERE id = '{ONE}'",
        {("entry-derived", ONE)}
        | {("feed-state", f"/{one}") for one in ("feed", "category/red", "tag/a", "tag/b", "author/Ann")},
    ),
    "a date": (f"UPDATE entries SET published = 5, updated = 7 WHERE id = '{ONE}'", {("entry-derived", ONE)}),
    "a weight": (f"UPDATE entries SET weight = 1 WHERE id = '{ONE}'", {("entry-derived", ONE)}),
    "an entry before its time": (
        "UPDATE entries SET is_live = 1 WHERE id = 'tag:example.com,2026:soon'",
        {("entry-due", "tag:example.com,2026:soon")}
        | {("feed-members", f"/{one}") for one in ("feed", "category/blue")}
        | {("feed-count", f"/{one}") for one in ("feed", "category/blue")}
        | {("feed-names", f"/{one}") for one in ("feed", "category/blue")},
    ),
    "a tombstone of an entry that is there": (
        f"INSERT INTO tombstones (id, path, title, at, why) VALUES ('{ONE}', 'content/one.md', 'One', 1, 'deleted')",
        {("entry-buried", ONE)},
    ),
    "a membership lost": (
        f"DELETE FROM memberships WHERE feed = {NUMBER} AND entry_id = '{ONE}'",
        {("feed-members", "/category/red"), ("feed-state", "/category/red")},
    ),
    "a membership too many": (
        (
            f"INSERT INTO memberships (feed, age, entry_id) SELECT {NUMBER}, age, entry_id FROM memberships"
            " WHERE entry_id = 'tag:example.com,2026:three' LIMIT 1"
        ),
        {("feed-members", "/category/red"), ("feed-state", "/category/red")},
    ),
    "a membership of another age": (
        f"UPDATE memberships SET age = age - 1 WHERE feed = {NUMBER} AND entry_id = '{ONE}'",
        {("feed-members", "/category/red")},
    ),
    "a membership in no feed": (
        "INSERT INTO memberships VALUES (999, 1, 'tag:example.com,2026:one')",
        {("feed-members", "a feed that is not there")},
    ),
    "a total": (f"UPDATE feeds SET total = 77 WHERE number = {NUMBER}", {("feed-count", "/category/red")}),
    "a label": (f"UPDATE labels SET total = 9 WHERE feed = {NUMBER}", {("feed-names", "/category/red")}),
    "a label in no feed": ("INSERT INTO labels VALUES (999, 'x', 1)", {("feed-names", "a feed that is not there")}),
    "a slug": (f"UPDATE feeds SET slug = 'x' WHERE number = {NUMBER}", {("feed-slug", "/category/red")}),
    "a state": (f"UPDATE feeds SET state = 'x' WHERE number = {NUMBER}", {("feed-state", "/category/red")}),
    "a feed lost": (
        f"DELETE FROM feeds WHERE number = {NUMBER}",
        {
            ("feed-unknown", "/category/red"),
            ("feed-members", "a feed that is not there"),
            ("feed-names", "a feed that is not there"),
        },
    ),
    "who mints the ids": ("DELETE FROM facts WHERE name = 'authority'", {("authority-lost", "index")}),
}


@pytest.mark.parametrize("what", DAMAGES)
def test_what_is_damaged_is_named_and_mended(published, what):
    statement, expected = DAMAGES[what]
    before = seen(published)
    published.site.close()
    damage(published, statement)
    assert faults(published) == expected
    health, said = repaired(published)
    assert health.findings == ()
    assert len(said) == 1
    assert "fault" in said[0]
    after = seen(published)
    assert {address: (tag, body) for address, (tag, _, body) in after.items()} == {
        address: (tag, body) for address, (tag, _, body) in before.items()
    }
    assert all(after[address][1] >= before[address][1] for address in before)


def test_mending_what_is_well_changes_nothing(published):
    published.site.close()
    before = index(published).read_bytes()
    health, said = repaired(published)
    assert (health.findings, said) == ((), [])
    published.site.close()
    assert index(published).read_bytes() == before


def test_mending_leaves_the_validators_of_feeds_alone_that_were_right(published):
    before = seen(published)
    published.site.close()
    damage(published, f"DELETE FROM memberships WHERE feed = {NUMBER} AND entry_id = '{ONE}'")
    published.clock.advance(1000)
    repaired(published)
    after = seen(published)
    changed = {address for address in before if before[address] != after[address]}
    assert changed == {f"/category/red.{format_}" for format_ in FORMATS}
    for address in changed:  # who polled by date alone while it lacked an entry gets it now
        assert after[address][0] == before[address][0]
        assert after[address][1] == int(published.clock().timestamp())


def test_several_things_at_once_are_mended_at_once(published):
    before = seen(published)
    published.site.close()
    damage(
        published, *(DAMAGES[what][0] for what in ("a digest", "a total", "a slug", "a stamp", "a row without a file"))
    )
    health, _ = repaired(published)
    assert health.findings == ()
    assert {key: (tag, body) for key, (tag, _, body) in seen(published).items()} == {
        key: (tag, body) for key, (tag, _, body) in before.items()
    }


def test_an_entry_of_which_no_post_is_left_goes_and_leaves_a_tombstone(published):
    published.site.close()
    damage(published, "DELETE FROM posts WHERE path = 'content/one.md'")
    (published.folder / "content/one.md").unlink()
    assert faults(published) == {("entry-orphaned", ONE)}
    health, _ = repaired(published)
    assert health.findings == ()
    assert b"<title>One</title>" not in published.read("/feed.atom")
    assert [(stone.id, stone.title, stone.why) for stone in published.site.store.tombstones()] == [
        (ONE, "One", "deleted")
    ]


def test_an_entry_that_cannot_be_read_keeps_its_dates(published):
    first_seen = "SELECT first_seen, changed, updated FROM entries WHERE id = ?"
    published.site.close()
    with closing(sqlite3.connect(index(published))) as connection:
        before = connection.execute(first_seen, (TWO,)).fetchone()
    damage(published, f"UPDATE entries SET payload = CAST('[]' AS BLOB) WHERE id = '{TWO}'")
    assert ("entry-unreadable", TWO) in faults(published)
    repaired(published)
    with closing(sqlite3.connect(index(published))) as connection:
        assert connection.execute(first_seen, (TWO,)).fetchone() == before


def test_an_entry_that_cannot_be_read_and_whose_post_is_bad_waits_for_its_post(published):
    published.write("content/one.md", "---\ntitle: never closed\n")
    published.publish()
    assert look(published).findings == ()
    published.site.close()
    damage(published, f"UPDATE entries SET payload = CAST('[]' AS BLOB) WHERE id = '{ONE}'")
    health, _ = repaired(published)
    assert health.findings == ()
    assert b"<title>One</title>" not in published.read("/feed.atom")
    published.post("content/one.md", title="One", categories="red")
    published.publish()
    assert b"<title>One</title>" in published.read("/feed.atom")
    assert look(published).findings == ()


def test_a_post_that_lost_its_permissions_is_named_and_its_last_good_version_stays(published, monkeypatch):
    published.site.close()
    path, whole = published.folder / "content/one.md", os.open

    def refuse(file, *arguments, **named):
        if file == str(path):
            raise PermissionError(13, "Permission denied")
        return whole(file, *arguments, **named)

    monkeypatch.setattr("feeds.posts.reading.os.open", refuse)
    (finding,) = look(published).findings
    assert str(finding) == (
        "content/one.md: could be read once, and now cannot: The file cannot be read: Permission denied."
    )
    health, _ = repaired(published)
    assert health.findings == ()
    assert ("content/one.md", "last-good-kept") in published.codes()
    assert b"<title>One</title>" in published.read("/feed.atom")


def test_an_index_that_forgot_who_mints_the_ids_finds_it_in_them_years_later(open_desk, clock):
    desk = open_desk(site={"authority": None})
    desk.post("content/one.md")
    desk.publish()
    before = seen(desk)
    desk.site.close()
    clock.advance(3 * 366 * 86_400)
    damage(desk, "DELETE FROM facts WHERE name = 'authority'")
    assert faults(desk) == {("authority-lost", "index")}
    health, _ = repaired(desk)
    assert health.findings == ()
    assert seen(desk) == before
    assert desk.site.store.fact("authority") == "example.com,2026"


# --- the file itself


@pytest.mark.parametrize(
    "harm",
    [
        lambda file: file.write_bytes(b"not a database" * 1000),
        lambda file: file.write_bytes(file.read_bytes()[:5000]),
        lambda file: file.write_bytes(file.read_bytes()[:8192] + b"\xff" * 4096 + file.read_bytes()[12288:]),
    ],
    ids=["rubbish", "cut short", "a page overwritten"],
)
def test_a_damaged_file_is_named_set_aside_and_made_anew(published, harm):
    before = seen(published)
    published.site.close()
    harm(index(published))
    assert {code for code, _ in faults(published)} == {"index-damaged"}
    health, said = repaired(published)
    assert health.findings == ()
    assert "set aside as index.20261101T120200.aside.sqlite3" in said[-1]
    assert {key: body.count(b"<entry") for key, (*_, body) in seen(published).items()} == {
        key: body.count(b"<entry") for key, (*_, body) in before.items()
    }


def test_what_can_still_be_read_of_a_damaged_file_is_kept(published):
    published.move("content/three.md", "content/3.md")
    published.delete("content/one.md")
    published.publish()
    before, stones = seen(published), published.site.store.tombstones()
    published.site.close()
    damage(published, "PRAGMA writable_schema = ON", "DELETE FROM sqlite_schema WHERE name = 'memberships'")
    assert {code for code, _ in faults(published)} == {"index-damaged"}
    published.clock.advance(1000)
    health, said = repaired(published)
    assert health.findings == ()
    assert len(said) == 2
    assert seen(published) == before
    assert published.site.store.tombstones() == stones


def test_an_index_of_another_version_is_named_and_brought_forward(published):
    before = seen(published)
    published.site.close()
    damage(published, "UPDATE facts SET value = '0' WHERE name = 'schema'")
    (finding,) = look(published).findings
    assert "it is of version 0" in str(finding)
    health, _ = repaired(published)
    assert health.findings == ()
    assert seen(published) == before


def test_where_there_is_no_index_verifying_says_so_and_mending_makes_one(published):
    before = seen(published)
    published.site.close()
    shutil.rmtree(published.folder / ".feeds")
    with pytest.raises(IndexUnusableError, match="no index yet"):
        look(published)
    health, _ = repaired(published)
    assert health.findings == ()
    assert seen(published).keys() == before.keys()


def test_posts_that_were_never_read_to_the_end_are_a_fault_where_nobody_reads_them(desk):
    desk.post("content/one.md")
    desk.site.close()
    assert ("index-unfinished", "index") in faults(desk)
    health, _ = repaired(desk)
    assert health.findings == ()


def test_settings_that_differ_are_one_fault_that_names_them_and_nothing_is_mended_under_them(open_desk):
    desk = open_desk()
    desk.post("content/one.md")
    desk.post("content/two.md")
    desk.publish()
    before = desk.etags()
    desk.restart_with(site={"title": "Other"})
    health = verify(desk.folder, desk.settings, now=desk.clock)
    assert [str(one) for one in health.findings] == [
        'settings: site.title is "Other" here, and was "Example" when the index was made; so posts are not compared with it'
    ]
    desk.site.close()
    with pytest.raises(IndexUnusableError, match=r'site\.title is "Other" here'):
        repaired(desk)
    desk.restart_with()
    assert desk.etags() == before
    desk.restart_with(site={"title": "Other"})
    desk.publish()  # takes them on
    assert faults(desk) == set()


def test_settings_on_which_no_feed_depends_are_no_fault(open_desk):
    desk = open_desk()
    desk.post("content/one.md")
    desk.publish()
    desk.restart_with(content={"sweep": 7}, server={"port": 8001})
    assert faults(desk) == set()


def test_an_index_of_another_program_is_mended_by_this_one(open_desk):
    desk = open_desk()
    desk.post("content/one.md")
    desk.publish()
    with desk.site.store.writing() as commit:
        commit.put_fact("compose_revision", "of an earlier version")
    assert faults(desk) == {("settings-changed", "settings")}
    health, _ = repaired(desk)
    assert health.findings == ()


# --- while another process publishes


def test_what_changes_meanwhile_is_no_fault_while_somebody_publishes(published):
    published.post("content/one.md", title="Edited", categories="red")
    published.post("content/new.md")
    published.delete("content/three.md")
    health = look(published)
    assert health.faults == 0
    assert {(one.code, one.what) for one in health.findings} == {
        ("meanwhile", "content/new.md"),
        ("meanwhile", "content/one.md"),
        ("meanwhile", "content/three.md"),
    }
    published.site.close()
    assert faults(published) == {
        ("post-changed", "content/one.md"),
        ("post-unknown", "content/new.md"),
        ("post-gone", "content/three.md"),
    }


def test_a_file_that_changes_while_it_is_compared_is_no_fault(published, monkeypatch):
    published.site.close()
    from feeds.publisher.reading import Desk

    read = Desk.read

    def read_late(self, sighting, *arguments, **named):
        if sighting.path == "content/one.md":
            published.post("content/one.md", title="Edited", categories="red")
        return read(self, sighting, *arguments, **named)

    monkeypatch.setattr(Desk, "read", read_late)
    health = look(published)
    assert [(one.code, one.what) for one in health.findings] == [("meanwhile", "content/one.md")]
    assert health.faults == 0


def test_what_is_published_while_the_index_is_looked_at_does_not_confuse_it(published, monkeypatch):
    from feeds.store import Inspection

    post_rows = Inspection.post_rows

    def publish_first(self):
        published.post("content/two.md", title="Edited", categories="blue", date="2026-10-02 08:00:00")
        published.publish()
        return post_rows(self)

    monkeypatch.setattr(Inspection, "post_rows", publish_first)
    assert faults(published) == {("meanwhile", "content/two.md")}


def test_a_post_in_its_grace_time_is_expected_back(open_desk, clock):
    desk = open_desk(content={"grace": 5})
    desk.post("content/one.md")
    desk.publish()
    desk.delete("content/one.md")
    desk.publish()
    desk.site.close()
    assert faults(desk) == set()
    clock.advance(6)
    assert faults(desk) == {("post-gone", "content/one.md")}


def test_a_post_whose_time_has_come_is_a_fault_where_nobody_publishes(published):
    published.clock.advance(7200)
    assert look(published).faults == 0
    published.site.close()
    assert faults(published) == {("entry-due", "tag:example.com,2026:soon")}
    health, _ = repaired(published)
    assert health.findings == ()
    assert b"<title>Soon</title>" in published.read("/feed.atom")


def test_nothing_is_mended_or_restored_while_another_process_publishes(published, tmp_path):
    file = tmp_path / "backup"
    back_up(published.folder, published.settings, file)
    damage(published, "UPDATE feeds SET total = 77")
    for act in (
        lambda: mend(published.folder, published.settings, now=published.clock, say=print),
        lambda: restore(published.folder, published.settings, file, now=published.clock()),
    ):
        with pytest.raises(IndexUnusableError, match=r"another process publishes this folder.*stop that server first"):
            act()
    assert ("feed-count", "/category/red") in faults(published)
    assert published.look_up("/feed.atom") is not None


# --- backups


def test_after_a_restored_backup_every_feed_and_page_is_as_it_was(open_desk, clock, tmp_path):
    desk = open_desk(pages={"entries": True}, content={"key": "path"})
    desk.post("content/one.md", title="One", categories="red", tags="[a]", author="Ann")
    desk.post("content/two.md", title="Two", source="Herald")
    desk.post("content/three.md", title="Three")
    desk.post("content/gone.md", title="Gone", categories="left")
    desk.publish()
    clock.advance(100)
    desk.post("content/one.md", title="One", categories="red", tags="[a, b]", author="Ann")
    desk.move("content/two.md", "content/2.md")
    desk.delete("content/gone.md")
    desk.publish()
    clock.advance(100)
    before, pages, stones = seen(desk), pages_of(desk), desk.site.store.tombstones()
    visits = Visits(feeds={SITE: Asked(3, 1, 900)}, subscribers={Subscription(SITE, "rss", "x"): 7}, programs={"x": 4})
    desk.site.store.add_visits(visits, day=clock().date())
    asked = desk.site.store.attendance(day=clock().date(), days=1)
    assert len({modified for modified, _ in pages.values()}) == 2
    file = tmp_path / "backup"
    assert back_up(desk.folder, desk.settings, file) == len(file.read_text().splitlines())
    desk.site.close()
    shutil.rmtree(desk.folder / ".feeds")
    clock.advance(100_000)
    assert restore(desk.folder, desk.settings, file, now=clock()) is None
    desk.restart()
    desk.publish()
    assert seen(desk) == before
    assert pages_of(desk) == pages
    assert desk.site.store.tombstones() == stones
    assert desk.site.store.attendance(day=date(2026, 11, 1), days=1) == asked
    assert asked.days[0].subscribers == 7
    assert look(desk).findings == ()
    assert list(tmp_path.glob(".backup*")) == []


def pages_of(desk):
    pages = desk.site.library.pages
    return {
        address: (pages.look_up(address).last_modified, pages.look_up(address).body()) for address in pages.addresses()
    }


def test_the_page_of_a_post_that_changed_since_the_backup_is_newer(open_desk, clock, tmp_path):
    desk = open_desk(pages={"entries": True})
    desk.post("content/one.md", title="One")
    desk.publish()
    back_up(desk.folder, desk.settings, tmp_path / "backup")
    desk.site.close()
    clock.advance(1000)
    desk.post("content/one.md", title="One", tags="[new]")
    restore(desk.folder, desk.settings, tmp_path / "backup", now=clock())
    desk.restart()
    desk.publish()
    assert [modified for modified, _ in pages_of(desk).values()] == [int(clock().timestamp())]


def test_a_backup_without_the_later_fields_is_still_read(published, tmp_path):
    before = seen(published)
    file = tmp_path / "backup"
    back_up(published.folder, published.settings, file)
    lines = [json.loads(line) for line in file.read_text().splitlines()]
    for line in lines[1:-1]:
        if line[0] == "entry":
            del line[2]["stamp"], line[2]["changed"]
    file.write_text("".join(json.dumps(line) + "\n" for line in lines))
    published.site.close()
    aside = restore(published.folder, published.settings, file, now=published.clock())
    assert aside.exists()
    published.restart()
    published.publish()
    assert seen(published) == before


SPOILT = {
    "not ours": (lambda lines: ["hello\n"], "is not a backup"),
    "not even text": (lambda lines: ["\udcff"], "is not a backup"),
    "of another version": (lambda lines: ['{"feedwright": "backup", "version": 99}\n', *lines[1:]], "of this version"),
    "cut within a line": (lambda lines: [*lines[:-2], lines[-2][:20]], "line .*: damaged"),
    "cut between lines": (lambda lines: lines[:-1], "cut short"),
    "a line lost": (lambda lines: [*lines[:2], *lines[3:]], "some lines are missing"),
    "a line behind the last": (lambda lines: [*lines, lines[1]], "damaged"),
    "a field lost": (lambda lines: [lines[0], '["entry", "x", {"first_seen": 1}]\n', *lines[2:]], "line 2: damaged"),
    "a field of another type": (lambda lines: [lines[0], '["post", "x", {"pin": 1}]\n', *lines[2:]], "line 2: damaged"),
    "a feed of no kind": (
        lambda lines: [lines[0], '["feed", "[\\"x\\",\\"y\\"]", {"state": "x", "changed": 1}]\n', *lines[2:]],
        "line 2: damaged",
    ),
    "of an unknown kind": (lambda lines: [lines[0], '["planet", "x", {}]\n', *lines[2:]], "line 2: damaged"),
}


@pytest.mark.parametrize("what", SPOILT)
def test_a_spoilt_backup_is_refused_before_anything_is_changed(published, tmp_path, what):
    spoil, words = SPOILT[what]
    file = tmp_path / "backup"
    back_up(published.folder, published.settings, file)
    lines = file.read_text().splitlines(keepends=True)
    file.write_text("".join(spoil(lines)), errors="surrogateescape")
    published.site.close()
    before = index(published).read_bytes()
    with pytest.raises(BackupError, match=words):
        restore(published.folder, published.settings, file, now=published.clock())
    assert index(published).read_bytes() == before
    assert list((published.folder / ".feeds").glob("*.aside.*")) == []


def test_an_index_whose_dates_cannot_all_be_read_gives_no_backup_that_lacks_them(published, tmp_path):
    file = tmp_path / "backup"
    file.write_text("the last good one")
    damage(published, f"UPDATE entries SET payload = CAST('rubbish' AS BLOB) WHERE id = '{ONE}'")
    with pytest.raises(BackupError, match="--repair"):
        back_up(published.folder, published.settings, file)
    assert file.read_text() == "the last good one"
    assert sorted(tmp_path.glob("*backup*")) == [file]


# --- words


def test_many_things_of_one_kind_are_counted(desk):
    findings = tuple(Finding(code="post-gone", what=f"content/{number}.md") for number in range(25))
    lines = as_text(Health(findings=findings, posts=25)).splitlines()
    assert len(lines) == 22
    assert lines[-2].startswith("… and 5 more of this kind")
    assert lines[-1] == "25 faults in 25 posts, 0 entries, 0 feeds."
