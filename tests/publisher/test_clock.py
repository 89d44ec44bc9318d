"""Time as an input: what the clock lets in and puts out (invariant 19)."""

from feeds.model import SITE


def test_a_scheduled_post_appears_at_its_second(desk, clock):
    desk.post("content/one.md", date="2026-11-01 12:00:10", categories="red")
    desk.publish()
    assert desk.etags() == {SITE: desk.look_up("/feed.atom").etag()}
    clock.advance(9)
    assert desk.site.claim().keep_time().is_nothing
    clock.advance(1)
    run = desk.site.claim().keep_time()
    assert run.changed == 1
    assert b"<entry" in desk.read("/category/red.atom")


def test_the_next_moment_that_matters_is_known(desk, clock):
    desk.post("content/one.md", date="2026-11-01 12:00:10")
    desk.post("content/two.md", date="2026-10-01", expiry="2026-11-01 12:00:05")
    desk.publish()
    assert (desk.site.claim().next_moment() - clock()).total_seconds() == 5
    clock.advance(5)
    desk.site.claim().keep_time()
    assert (desk.site.claim().next_moment() - clock()).total_seconds() == 5
    clock.advance(5)
    desk.site.claim().keep_time()
    assert desk.site.claim().next_moment() is None


def test_an_expired_post_leaves_and_its_feed_moves(desk, clock):
    desk.post("content/one.md", expiry="2026-11-01 12:00:05", categories="red")
    desk.publish()
    before = desk.etags()
    clock.advance(5)
    desk.site.claim().keep_time()
    assert b"<entry" not in desk.read("/category/red.atom")
    assert all(desk.etags()[key] != before[key] for key in before)


def test_a_post_scheduled_while_the_server_was_down_is_there_at_the_next_start(desk, clock):
    desk.post("content/one.md", date="2026-11-01 12:00:10")
    desk.publish()
    clock.advance(100)
    desk.restart()
    desk.publish()
    assert b"<entry" in desk.read("/feed.atom")


def test_an_embargoed_post_appears_at_its_second_and_is_published_then(desk, clock):
    desk.post("content/one.md", date="2026-10-20", embargo="2026-11-01 12:00:10", categories="red")
    desk.publish()
    before = desk.look_up("/feed.atom").etag()
    assert desk.look_up("/category/red.atom") is None
    clock.advance(9.5)
    assert desk.site.claim().keep_time().is_nothing
    clock.advance(0.5)
    desk.site.claim().keep_time()
    assert desk.look_up("/feed.atom").etag() != before
    assert b"<published>2026-11-01T12:00:10" in desk.read("/category/red.atom")


def test_an_embargo_that_is_over_leaves_the_date_as_it_is(desk):
    desk.post("content/one.md", date="2026-10-20", embargo="2026-10-10")
    desk.publish()
    assert b"<published>2026-10-20T00:00:00" in desk.read("/feed.atom")
