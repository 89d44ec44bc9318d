"""Posts that vanish and come back, are renamed, or go for good (invariant 8)."""

import os
import shutil

import pytest

GRACE = {"content": {"grace": 5}}


@pytest.fixture
def patient(open_desk):
    return open_desk(**GRACE)


def ids(desk):
    return [row.entry_id for row in desk.site.store.post_rows().values()]


def test_a_post_that_comes_back_within_the_grace_time_was_never_gone(patient, clock):
    file = patient.post("content/one.md", categories="red")
    patient.publish()
    before, text = patient.etags(), file.read_text()
    file.unlink()
    assert patient.publish().is_nothing
    clock.advance(4.9)
    assert patient.site.claim().keep_time().is_nothing
    patient.write("content/one.md", text)
    assert patient.publish().is_nothing
    clock.advance(100)
    assert patient.site.claim().keep_time().is_nothing
    assert patient.etags() == before
    assert patient.site.store.tombstones() == ()


def test_a_post_that_does_not_come_back_goes_when_its_grace_time_is_over(patient, clock):
    patient.post("content/one.md", title="Gone", categories="red")
    patient.publish()
    patient.delete("content/one.md")
    patient.take("content/one.md")
    publisher = patient.site.claim()
    assert (publisher.next_moment() - clock()).total_seconds() == 5
    clock.advance(5)
    assert publisher.keep_time().removed == 1
    assert publisher.next_moment() is None
    assert b"<entry" not in patient.read("/category/red.atom")
    (stone,) = patient.site.store.tombstones()
    assert (stone.path, stone.title, stone.at, stone.why) == (
        "content/one.md",
        "Gone",
        int(clock().timestamp()),
        "deleted",
    )


def test_a_second_sweep_does_not_prolong_the_grace_time(patient, clock):
    patient.post("content/one.md")
    patient.publish()
    patient.delete("content/one.md")
    for _ in range(4):
        patient.publish()
        clock.advance(2)
    assert patient.publish().removed == 0  # it went with the sweep before
    assert b"<entry" not in patient.read("/feed.atom")


def test_a_folder_that_is_made_anew_moves_nothing(patient, clock):
    texts = {f"content/deep/{number}.md": patient.post(f"content/deep/{number}.md").read_text() for number in range(9)}
    patient.publish()
    before = patient.etags()
    shutil.rmtree(patient.folder / "content/deep")
    assert patient.publish().is_nothing
    for path, text in texts.items():
        patient.write(path, text)
    clock.advance(60)
    run = patient.publish()
    assert run.is_nothing
    assert patient.etags() == before


def test_a_deletion_on_purpose_waits_for_nobody(patient):
    patient.post("content/one.md")
    patient.publish()
    patient.delete("content/one.md")
    assert patient.site.claim().take(["content/one.md"], is_final=True).removed == 1


def test_a_run_that_has_no_next_one_waits_for_nobody(patient):
    patient.post("content/one.md")
    patient.publish()
    patient.delete("content/one.md")
    assert patient.site.claim().catch_up(is_patient=True).removed == 1


def test_the_grace_time_outlives_a_restart(patient, clock):
    patient.post("content/one.md")
    patient.publish()
    patient.delete("content/one.md")
    patient.publish()
    clock.advance(3)
    patient.restart()
    patient.publish()
    clock.advance(2)
    assert patient.site.claim().keep_time().removed == 1


def test_a_clock_that_is_set_back_prolongs_no_grace_time(patient, clock):
    patient.post("content/one.md")
    patient.publish()
    patient.delete("content/one.md")
    patient.publish()
    clock.advance(-86_400)
    patient.publish()
    clock.advance(5)
    assert patient.site.claim().keep_time().removed == 1


def test_a_draft_leaves_at_once_and_its_tombstone_says_why(patient):
    patient.post("content/one.md")
    patient.publish()
    patient.post("content/one.md", draft="true")
    assert patient.publish().removed == 1
    assert [stone.why for stone in patient.site.store.tombstones()] == ["withdrawn"]


def test_a_post_that_returns_after_all_takes_its_tombstone_away(desk):
    desk.post("content/one.md")
    desk.publish()
    desk.delete("content/one.md")
    desk.publish()
    assert len(desk.site.store.tombstones()) == 1
    desk.post("content/one.md")
    desk.publish()
    assert desk.site.store.tombstones() == ()


def test_tombstones_are_kept_for_as_long_as_the_settings_say(open_desk, clock):
    desk = open_desk(content={"tombstones": 2})
    desk.post("content/one.md")
    desk.publish()
    desk.delete("content/one.md")
    desk.publish()
    clock.advance(2 * 86_400)
    desk.restart()
    desk.publish()
    assert len(desk.site.store.tombstones()) == 1
    clock.advance(1)
    desk.restart()
    desk.publish()
    assert desk.site.store.tombstones() == ()


@pytest.mark.parametrize("grace", [0, 5])
def test_a_renamed_post_keeps_its_id(open_desk, clock, grace):
    desk = open_desk(content={"grace": grace})
    desk.post("content/2026-10-01-one.md", categories="red")
    desk.publish()
    before = ids(desk)
    desk.move("content/2026-10-01-one.md", "content/2026-10-01-other.md")
    desk.publish()
    clock.advance(60)
    desk.publish()
    assert ids(desk) == before
    assert desk.site.store.tombstones() == ()
    desk.post("content/2026-10-01-other.md", title="Edited", categories="red")
    desk.publish()
    assert ids(desk) == before
    assert b"Edited" in desk.read("/category/red.atom")


def test_a_renamed_post_keeps_its_id_when_the_new_name_is_heard_of_first(patient, clock):
    patient.post("content/2026-10-01-one.md")
    patient.publish()
    before = ids(patient)
    patient.move("content/2026-10-01-one.md", "content/2026-10-01-other.md")
    patient.take("content/2026-10-01-other.md")
    patient.take("content/2026-10-01-one.md")
    clock.advance(5)
    patient.site.claim().keep_time()
    assert ids(patient) == before


def test_a_copy_is_a_post_of_its_own(desk):
    file = desk.post("content/2026-10-01-one.md")
    desk.publish()
    desk.write("content/2026-10-01-two.md", file.read_text())
    desk.publish()
    assert len(set(ids(desk))) == 2


def test_when_the_old_name_comes_back_both_posts_are_published(patient, clock):
    text = patient.post("content/2026-10-01-one.md", title="Old").read_text()
    patient.publish()
    (before,) = ids(patient)
    patient.move("content/2026-10-01-one.md", "content/2026-10-01-other.md")
    patient.publish()
    clock.advance(60)
    patient.publish()
    patient.write("content/2026-10-01-one.md", text)
    patient.publish()
    rows = patient.site.store.post_rows()
    assert rows["content/2026-10-01-one.md"].entry_id == before
    assert rows["content/2026-10-01-other.md"].entry_id != before
    assert {row.standing for row in rows.values()} == {"holder"}
    assert patient.read("/feed.atom").count(b"<entry") == 2
    assert patient.codes() == []


def test_a_renamed_post_may_be_renamed_again(desk):
    desk.post("content/2026-10-01-one.md")
    desk.publish()
    before = ids(desk)
    for old, new in (("one", "two"), ("two", "three"), ("three", "one")):
        desk.move(f"content/2026-10-01-{old}.md", f"content/2026-10-01-{new}.md")
        desk.publish()
        assert ids(desk) == before


def test_a_renamed_post_that_states_an_id_has_that(desk):
    desk.post("content/2026-10-01-one.md")
    desk.publish()
    desk.move("content/2026-10-01-one.md", "content/2026-10-01-two.md")
    desk.publish()
    desk.post("content/2026-10-01-two.md", guid="tag:example.com,2020:mine")
    desk.publish()
    assert ids(desk) == ["tag:example.com,2020:mine"]
    assert [stone.why for stone in desk.site.store.tombstones()] == ["renamed"]


def test_a_post_that_turns_bad_and_then_moves_to_the_archive_keeps_its_last_good_version(open_desk, clock):
    desk = open_desk(content={"grace": 5, "archives": ["archive"]})
    file = desk.post("content/one.md", categories="red")
    desk.publish()
    before, good = desk.etags(), file.read_text()
    desk.write("content/one.md", "---\ntitle: half")
    desk.publish()
    desk.move("content/one.md", "archive/one.md")
    desk.publish()
    for _ in range(3):
        clock.advance(6)
        assert desk.site.claim().keep_time().is_nothing
        assert desk.site.claim().next_moment() > clock()
    assert desk.etags() == before
    desk.write("archive/one.md", good)
    desk.publish()
    clock.advance(6)
    desk.publish()
    assert desk.etags() == before
    assert list(desk.site.store.post_rows()) == ["archive/one.md"]
    assert desk.site.store.tombstones() == ()


def test_a_post_that_comes_back_takes_its_id_from_a_twin_that_was_edited_meanwhile(patient, clock):
    text = patient.post("content/a.md", title="First", guid="shared").read_text()
    patient.post("content/b.md", title="Second", guid="shared")
    patient.publish()
    patient.delete("content/a.md")
    patient.publish()
    patient.post("content/b.md", title="Edited", guid="shared")
    patient.publish()
    assert b"Edited" in patient.read("/feed.atom")
    patient.write("content/a.md", text)
    patient.publish()
    clock.advance(60)
    patient.publish()
    standings = {path: row.standing for path, row in patient.site.store.post_rows().items()}
    assert standings == {"content/a.md": "holder", "content/b.md": "shadowed"}
    assert b"First" in patient.read("/feed.atom")
    assert patient.codes() == [("content/b.md", "id-claimed")]


def test_a_post_that_comes_back_broken_leaves_its_id_to_the_twin_that_took_it(patient, clock):
    patient.post("content/a.md", title="First", guid="shared")
    patient.post("content/b.md", title="Second", guid="shared")
    patient.publish()
    patient.delete("content/a.md")
    patient.publish()
    patient.post("content/b.md", title="Edited", guid="shared")
    patient.publish()
    patient.write("content/a.md", "---\ntitle: half")
    patient.publish()
    assert patient.read("/feed.atom").count(b"<entry") == 1
    assert b"Edited" in patient.read("/feed.atom")
    patient.post("content/a.md", title="Mended", guid="shared")
    patient.publish()
    assert b"Mended" in patient.read("/feed.atom")


def test_a_file_that_was_left_half_written_by_us_goes_after_an_hour_and_nobody_elses_does(desk, clock):
    noon = clock().timestamp()
    ages = {
        ".feeds-0123456789abcdef.tmp": 3601,
        ".feeds-0123456789abcde0.tmp": 3599,
        ".0123456789abcdef.tmp": 9999,
        ".feeds-theirs.tmp": 9999,
    }
    for name, age in ages.items():
        os.utime(desk.write(f"content/deep/{name}", "---\ntitle: ha"), (noon - age,) * 2)
    desk.publish()
    left = {file.name for file in (desk.folder / "content/deep").iterdir()}
    assert left == ages.keys() - {".feeds-0123456789abcdef.tmp"}


def test_another_file_that_cannot_be_read_saves_no_post_that_is_gone(patient, clock):
    patient.post("content/one.md", categories="red")
    patient.write("content/two.md", "---\ntitle: half")
    patient.publish()
    patient.delete("content/one.md")
    patient.publish()
    clock.advance(5)
    assert patient.site.claim().keep_time().removed == 1
