"""The list of all feeds, read again and again."""

from feeds.model import FeedKey

RED, BLUE = FeedKey("category", "red"), FeedKey("category", "blue")


def listed(desk):
    return {one.key: one for one in desk.site.library.listing()}


def test_only_what_has_changed_is_made_anew(open_desk):
    desk = open_desk()
    desk.post("content/a.md", categories="[red]")
    desk.post("content/b.md", categories="[blue]")
    desk.publish()
    before = listed(desk)
    desk.post("content/c.md", categories="[red]", date="2026-10-09 08:00:00")
    desk.publish()
    after = listed(desk)
    assert after[BLUE] is before[BLUE]
    assert (before[RED].count, after[RED].count) == (1, 2)
    assert after[RED].newest > before[RED].newest


def test_a_feed_that_is_gone_and_comes_back_is_listed_again(open_desk):
    desk = open_desk()
    desk.post("content/a.md", categories="[red]")
    desk.post("content/b.md", categories="[blue]")
    desk.publish()
    before = listed(desk)
    desk.site.library.choose(lambda key: key != BLUE)
    assert BLUE not in listed(desk)
    desk.site.library.choose(lambda _key: True)
    assert listed(desk) == before
