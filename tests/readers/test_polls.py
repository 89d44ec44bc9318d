"""Each reader polls a site through its life, and its own database is compared with what was published.

All of them follow the feed in every format they read, and must hold the same of each.
"""

import pytest

pytestmark = pytest.mark.slow

SITE = "/feed"
FOLDER = {"atom": "/feed.xml", "rss": "/index.xml"}  # where Jekyll and Hugo have them


@pytest.fixture
def paths(stage):
    """The feed of the whole site in each format that the reader reads, subscribed to."""
    paths = [f"{SITE}.{form}" for form in stage.reader.forms]
    stage.subscribe(*paths)
    return paths


def every(paths, *statuses):
    return {path: list(statuses) for path in paths}


def of(held, name):
    """Return what is held of the entry with this key."""
    (one,) = (one for one in held if one.id.endswith(f":{name}"))
    return one


def test_a_first_poll_brings_everything_and_finds_the_home_page(stage, paths):
    assert len(stage.published()) == 2
    assert stage.held() == stage.published()
    assert {stage.reader.home(stage.url(path)) for path in paths} <= {stage.url("/"), None}
    assert stage.complaints() == [""] * len(paths)


def test_nothing_new_is_304_and_changes_nothing(stage, paths):
    assert stage.poll() == stage.poll() == every(paths, 304)
    assert stage.held() == stage.published()
    stage.tell("nothing new", 304)


def test_a_new_entry_arrives(stage, paths):
    stage.clock.advance(60)
    stage.publish("c", "Third", day="2026-10-03")
    assert stage.poll() == every(paths, 200)
    assert stage.poll() == every(paths, 304)
    assert len(stage.published()) == 3
    assert stage.held() == stage.published()
    stage.tell("add", 200, 304)


def test_an_edit_takes_the_place_of_what_was_held(stage, paths):
    before = of(stage.published(), "b")
    stage.clock.advance(60)
    stage.publish("b", "二（改）", day="2026-10-02", body="改过。", category="Old News")
    assert stage.poll() == every(paths, 200)
    assert stage.poll() == every(paths, 304)
    if (
        stage.reader.name == "Liferea"
    ):  # it does not look again at an entry whose id it has (itemset_generic_merge_check)
        assert of(stage.held(), "b") == before
        assert of(stage.held(), "a") == of(stage.published(), "a")
        assert len(stage.held()) == 2
    else:
        assert stage.held() == stage.published() != [before]
    if stage.reader.name == "rss2email":
        assert [stage.reader.replies(stage.url(path)) for path in paths] == [1, 1]
    stage.tell("edit", 200, 304)


def test_an_entry_with_an_old_date_arrives(stage, paths):
    stage.clock.advance(60)
    stage.publish("z", "Found in a drawer", day="2019-01-01")
    assert stage.poll() == every(paths, 200)
    assert stage.poll() == every(paths, 304)
    assert len(stage.published()) == 3
    assert stage.held() == stage.published()
    stage.tell("back-dated add", 200, 304)


def test_an_entry_that_is_withdrawn_stays_with_who_has_it(stage, paths):
    """A feed cannot say that an entry is gone, only not list it, and all four keep what they have."""
    before = stage.published()
    stage.clock.advance(60)
    stage.withdraw("b")
    assert stage.poll() == every(paths, 200)
    # `reader` keeps the validators only of an answer that had something new for it (Decider.should_update_feed).
    after = 200 if stage.reader.name == "reader" else 304
    assert stage.poll() == every(paths, after)
    assert [one.title for one in stage.published()] == ["Ä & B"]
    assert stage.held() == before
    stage.tell("delete", 200, after)


def test_an_entry_comes_back_once(stage, paths):
    before = stage.published()
    stage.clock.advance(60)
    stage.withdraw("b")
    stage.poll()
    stage.clock.advance(60)
    stage.publish("b", "二", day="2026-10-02", body="第二条。", category="Old News")
    stage.poll()
    assert stage.held() == stage.published() == before
    assert stage.poll() == every(paths, 304)
    stage.tell("delete, and back", 304)


def test_a_move_with_301_is_followed_and_nothing_comes_twice(stage):
    """Subscribed where another program had the feed; then the settings turn that address into a redirect."""
    olds = {FOLDER[form]: f"{SITE}.{form}" for form in stage.reader.forms if form in FOLDER}
    stage.subscribe(*olds)
    assert stage.poll() == every(olds, 304)
    stage.restart(aliases={"styles": ["jekyll", "hugo"], "answer": "redirect"})
    assert stage.poll() == every(olds, 301) | every(olds.values(), 304)
    stage.clock.advance(60)
    stage.publish("c", "Third", day="2026-10-03")
    assert stage.poll() == every(olds, 301) | every(olds.values(), 200)
    assert stage.held() == stage.published()
    if stage.reader.name == "rss2email":  # it takes down the new address with the first news from there
        assert [stage.reader.where(stage.url(old)) for old in olds] == [stage.url(new) for new in olds.values()]
        assert stage.poll() == every(olds.values(), 304)
    else:
        assert [stage.reader.where(stage.url(old)) for old in olds] == [stage.url(old) for old in olds]
        assert stage.poll() == every(olds, 301) | every(olds.values(), 304)
    assert stage.held() == stage.published()
    assert stage.complaints() == [""] * len(olds)
    stage.tell("move 301", 301, 200)


def test_a_move_with_308_is_followed(stage):
    """A category's name as it is written leads to its address."""
    olds = {f"/category/Old%20News.{form}": f"/category/Old_News.{form}" for form in stage.reader.forms}
    raw = [f"/category/Old News.{form}" for form in stage.reader.forms]
    stage.subscribe(*olds)
    assert stage.poll() == every(raw, 308) | every(olds.values(), 304)
    stage.clock.advance(60)
    stage.publish("c", "Third", day="2026-10-03", category="Old News")
    assert stage.poll() == every(raw, 308) | every(olds.values(), 200)
    assert len(stage.published("/category/Old_News")) == 3
    assert stage.held() == stage.published("/category/Old_News")
    stage.tell("move 308", 308, 200)


def test_a_feed_that_is_gone_leaves_what_was_read(stage):
    paths = [f"/category/Old_News.{form}" for form in stage.reader.forms]
    stage.subscribe(*paths)
    before = stage.published("/category/Old_News")
    stage.restart(feeds={"retired": ["/category/Old News"]})
    assert stage.poll() == every(paths, 410)
    assert stage.held() == before
    # Liferea unsubscribes; the others leave that to whoever reads their complaint.
    leaves = stage.reader.name == "Liferea"
    assert all(("discontinued" if leaves else "410") in complaint for complaint in stage.complaints())
    assert stage.poll() == ({} if leaves else every(paths, 410))
    assert stage.held() == before
    stage.tell("gone 410", *([410] if leaves else [410, 410]), is_gone=True)


def test_a_restart_between_polls_is_nothing_new(stage, paths):
    etags = stage.etags()
    stage.restart()
    assert stage.poll() == every(paths, 304)
    assert stage.etags() == etags
    assert stage.held() == stage.published()
    stage.tell("restart", 304)


def test_a_change_while_the_server_was_down_arrives(stage, paths):
    stage.server.stop()
    stage.clock.advance(60)
    stage.desk.post("content/c.md", title="Third", date="2026-10-03 08:00:00")
    stage.restart()
    assert stage.poll() == every(paths, 200)
    assert len(stage.published()) == 3
    assert stage.held() == stage.published()
    stage.tell("change during a restart", 200)


def test_two_changes_within_a_second_both_arrive(stage, paths):
    """The second one's Last-Modified is ahead of the clock, so it is not sent; the clock then catches up with it."""
    stage.clock.advance(60)
    stage.publish("c", "Third", day="2026-10-03")
    assert stage.poll() == every(paths, 200)
    stage.publish("d", "Fourth", day="2026-10-04")
    assert stage.poll() == every(paths, 200)
    assert len(stage.published()) == 4
    assert stage.held() == stage.published()
    assert stage.poll() == every(paths, 304)
    stage.clock.advance(1)
    assert stage.poll() == every(paths, 304)
    stage.publish("e", "Fifth", day="2026-10-05")
    assert stage.poll() == every(paths, 200)
    assert stage.held() == stage.published()
    stage.tell("two changes in a second", 200, 200, 304)
