"""What a change does to the feeds: those that show it move, and no other."""

from feeds.entries import compose as composing
from feeds.model import SITE, FeedKey

RED, BLUE = FeedKey("category", "red"), FeedKey("category", "blue")


def moved(before, after):
    return {key for key in before | after if before.get(key) != after.get(key)}


def test_a_first_look_publishes_the_site_and_every_term(desk):
    desk.post("content/one.md", categories="red", tags="[a, b]", source="Herald", author="Ann")
    run = desk.publish()
    assert run.changed == 1
    assert set(desk.etags()) == {
        SITE,
        RED,
        FeedKey("tag", "a"),
        FeedKey("tag", "b"),
        FeedKey("source", "Herald"),
        FeedKey("author", "Ann"),
    }


def test_an_edited_post_moves_its_feeds_and_no_other(desk):
    desk.post("content/one.md", categories="red")
    desk.post("content/two.md", categories="blue")
    desk.publish()
    before = desk.etags()
    desk.post("content/one.md", body="Other text.", categories="red")
    run = desk.publish()
    assert set(run.moved) == {SITE, RED} == moved(before, desk.etags())


def test_a_retagged_post_moves_the_feed_it_leaves_and_the_feed_it_joins(desk):
    desk.post("content/one.md", categories="red")
    desk.publish()
    desk.post("content/one.md", categories="blue")
    assert set(desk.publish().moved) == {SITE, RED, BLUE}
    assert b"<entry" not in desk.read("/category/red.atom")
    assert b"<entry" in desk.read("/category/blue.atom")


def test_a_rewrite_with_the_same_bytes_moves_nothing(desk):
    desk.post("content/one.md", categories="red")
    desk.publish()
    before = desk.etags()
    desk.post("content/one.md", categories="red")
    run = desk.publish()
    assert run.read == 1
    assert run.is_nothing
    assert desk.etags() == before


def test_an_untouched_file_is_not_read_again_after_a_restart(desk):
    desk.post("content/one.md")
    desk.publish()
    before = desk.etags()
    desk.restart()
    assert desk.publish().read == 0
    assert desk.etags() == before


def test_editing_a_post_below_the_window_moves_no_feed(open_desk):
    desk = open_desk(feeds={"window": 2})
    for day in range(1, 5):
        desk.post(f"content/{day}.md", date=f"2026-10-0{day}")
    desk.publish()
    before = desk.etags()
    desk.post("content/1.md", body="Changed deep down.", date="2026-10-01")
    run = desk.publish()
    assert run.changed == 1
    assert not run.moved
    assert desk.etags() == before


def test_updated_starts_at_published_and_moves_only_with_the_content(desk, clock):
    desk.post("content/one.md", body="Text.", categories="red")
    desk.publish()
    assert b"<updated>2026-10-01T08:00:00+00:00</updated>" in desk.read("/feed.atom")
    desk.post("content/one.md", body="Text.", categories="blue")
    desk.publish()
    assert b"<updated>2026-10-01T08:00:00+00:00</updated>" in desk.read("/feed.atom")
    clock.advance(60)
    desk.post("content/one.md", body="Better text.", categories="blue")
    desk.publish()
    assert b"<updated>2026-11-01T12:01:00+00:00</updated>" in desk.read("/feed.atom")


def test_last_modified_advances_with_every_change_even_within_one_second(desk, clock):
    seen = []
    for number in range(4):
        desk.post("content/one.md", body=f"Text {number}.")
        desk.publish()
        seen.append(desk.look_up("/feed.atom").last_modified)
    assert seen == [int(clock().timestamp()) + number for number in range(4)]


def test_a_deleted_post_leaves_and_its_feeds_stay_valid_and_empty(desk):
    desk.post("content/one.md", categories="red")
    desk.publish()
    desk.delete("content/one.md")
    assert desk.publish().removed == 1
    assert b"<entry" not in desk.read("/category/red.atom")
    assert desk.look_up("/category/green.atom") is None


def test_a_post_moved_between_folders_keeps_its_id_and_moves_no_feed(open_desk):
    desk = open_desk(content={"roots": ["content"], "archives": ["old"], "permalink": "/:slug/"})
    desk.post("content/2026-10-01-one.md", categories="red")
    desk.publish()
    before, text = desk.etags(), desk.read("/feed.atom")
    desk.move("content/2026-10-01-one.md", "old/2026-10-01-one.md")
    run = desk.publish()
    assert run.removed == 0
    assert desk.etags() == before
    assert desk.read("/feed.atom") == text


def test_of_two_copies_the_live_one_is_published_and_the_archived_one_steps_in_when_it_goes(open_desk):
    desk = open_desk(content={"roots": ["content"], "archives": ["old"]})
    desk.post("content/2026-10-01-one.md", body="Live.")
    desk.post("old/2026-10-01-one.md", body="Archived.")
    desk.publish()
    assert b"Live." in desk.read("/feed.atom")
    assert ("old/2026-10-01-one.md", "copy-archived") in desk.codes()
    desk.delete("content/2026-10-01-one.md")
    desk.publish()
    assert b"Archived." in desk.read("/feed.atom")
    assert desk.codes() == []


def test_the_second_of_two_posts_that_claim_one_id_stays_out_with_an_error(desk):
    desk.post("content/a.md", body="First.", guid="same")
    desk.post("content/b.md", body="Second.", guid="same")
    desk.publish()
    text = desk.read("/feed.atom")
    assert text.count(b"<entry") == 1
    assert b"First." in text
    assert desk.codes() == [("content/b.md", "id-claimed")]


def test_who_holds_an_id_does_not_depend_on_who_came_first(desk):
    desk.post("content/b.md", body="Second.", guid="same")
    desk.publish()
    desk.post("content/a.md", body="First.", guid="same")
    desk.publish()
    assert b"First." in desk.read("/feed.atom")
    assert desk.codes() == [("content/b.md", "id-claimed")]


def test_a_claim_that_is_given_up_lets_the_other_post_in(desk):
    desk.post("content/a.md", body="First.", guid="same")
    desk.post("content/b.md", body="Second.", guid="same")
    desk.publish()
    desk.post("content/a.md", body="First.", guid="mine")
    desk.publish()
    assert desk.read("/feed.atom").count(b"<entry") == 2
    assert desk.codes() == []


def test_a_half_written_file_keeps_its_last_good_version_until_it_is_mended(desk):
    desk.post("content/one.md", body="Good.")
    desk.publish()
    before = desk.etags()
    desk.write("content/one.md", '---\ntitle: "a')
    desk.publish()
    assert desk.etags() == before
    assert {code for _, code in desk.codes()} == {"file-unfinished", "last-good-kept"}
    desk.post("content/one.md", body="Good.")
    desk.publish()
    assert desk.etags() == before
    assert desk.codes() == []


def test_a_half_written_file_that_was_never_good_is_not_published_and_not_forgotten(desk):
    desk.write("content/one.md", "")
    desk.publish()
    assert desk.codes() == [("content/one.md", "file-empty")]
    desk.post("content/one.md")
    desk.publish()
    assert desk.read("/feed.atom").count(b"<entry") == 1


def test_one_bad_post_costs_itself_only(desk):
    desk.post("content/one.md")
    desk.write("content/two.md", b"---\ntitle: \xff\xfe\x00\n---\n\x0b\x00")
    desk.write("content/three.md", '---\ntitle: "unfinished')
    desk.publish()
    assert b"A title" in desk.read("/feed.rss")


def test_hints_cost_as_much_as_they_name(desk):
    for number in range(5):
        desk.post(f"content/{number}.md")
    desk.publish()
    desk.post("content/3.md", body="Changed.")
    desk.delete("content/4.md")
    run = desk.take("content/3.md", "content/4.md", "content/nothing.md")
    assert (run.read, run.changed, run.removed) == (1, 1, 1)


def test_a_post_turned_draft_is_withdrawn(desk):
    desk.post("content/one.md")
    desk.publish()
    desk.post("content/one.md", draft="true")
    assert desk.publish().removed == 1


def test_other_settings_move_every_feed_without_reading_a_stale_validator(desk):
    desk.post("content/one.md", categories="red")
    desk.publish()
    before = desk.etags()
    desk.restart_with(site={"title": "New"})
    desk.publish()
    after = desk.etags()
    assert all(after[key] != before[key] for key in before)
    assert b"New" in desk.read("/feed.atom")


def test_a_change_of_host_keeps_ids_and_updated(desk, clock):
    desk.post("content/one.md", body="See [us](/there).", categories="red")
    desk.publish()
    before = desk.read("/feed.json")
    clock.advance(1000)
    desk.restart_with(site={"url": "https://elsewhere.example"})
    desk.publish()
    assert desk.read("/feed.json") == before.replace(b"https://example.com", b"https://elsewhere.example")


def test_without_an_authority_in_the_settings_ids_still_survive_a_change_of_host(open_desk):
    desk = open_desk(site={"authority": None})
    desk.post("content/one.md")
    desk.publish()
    assert b"tag:example.com,2026:one" in desk.read("/feed.atom")
    desk.restart_with(site={"url": "https://elsewhere.example", "authority": None})
    desk.publish()
    assert b"tag:example.com,2026:one" in desk.read("/feed.atom")


def test_deleting_the_index_gives_the_same_feeds_back(desk):
    for number in range(4):
        desk.post(f"content/{number}.md", date=f"2026-10-0{number + 1}", categories="red")
    desk.publish()
    before = {path: desk.read(path) for path in ("/feed.atom", "/category/red.rss", "/category/red.json")}
    tags = desk.etags()
    for file in (desk.folder / ".feeds").iterdir():
        file.unlink()
    desk.restart()
    desk.publish()
    assert {path: desk.read(path) for path in before} == before
    assert desk.etags() == tags


def test_a_bug_of_ours_costs_one_post_and_no_other(desk, monkeypatch, caplog):
    honest = composing.compose

    def compose(post, **others):
        if post.path == "content/unlucky.md":
            raise ZeroDivisionError
        return honest(post, **others)

    desk.post("content/unlucky.md", title="Good before")
    desk.post("content/other.md")
    desk.publish()
    monkeypatch.setattr(composing, "compose", compose)
    desk.post("content/unlucky.md", title="Worse")
    desk.post("content/other.md", body="Changed.")
    desk.publish()
    assert b"Good before" in desk.read("/feed.atom")
    assert b"Changed." in desk.read("/feed.atom")
    assert {code for _, code in desk.codes()} == {"post-failed", "last-good-kept"}
    monkeypatch.undo()
    desk.publish()
    assert b"Worse" in desk.read("/feed.atom")
    assert desk.codes() == []


def test_what_cannot_be_looked_at_stays_published(desk, monkeypatch):
    from feeds.posts import sweeping
    from feeds.posts.roots import sweep

    desk.post("content/deep/one.md")
    desk.publish()

    class Blind(sweeping._Look):  # root may look everywhere, so permissions cannot be taken away in a test
        def _entries(self, place, prefix, ground):
            if place.endswith("deep"):
                self._cannot_see(prefix.rstrip("/"), PermissionError(13, "Permission denied"))
                return ()
            return super()._entries(place, prefix, ground)

    monkeypatch.setattr(sweeping, "_Look", Blind)
    assert sweep(desk.folder, desk.site.claim().roots).blind == ("content/deep",)
    assert desk.publish().removed == 0
    assert desk.codes() == [("content/deep", "not-looked-at")]
    monkeypatch.undo()
    desk.publish()
    assert desk.codes() == []
