"""What a server tells while it publishes: a sum first, then a line for each change."""

import logging

import pytest

from feeds.cli.serve import greeting
from feeds.opening import Opening
from feeds.web.tale import Tale


@pytest.fixture
def told(caplog):
    """Run the publisher once, tell of it, and return the lines with their levels."""
    caplog.set_level(logging.INFO, logger="feeds")

    def tell(tale, run):
        caplog.clear()
        tale.note(run)
        return [(record.levelname, record.getMessage()) for record in caplog.records]

    return tell


def test_the_first_reading_is_told_as_a_sum(desk, told):
    desk.post("content/one.md", categories="a")
    desk.post("content/two.md", title="", categories="b")
    tale = Tale(desk.site)
    sum_ = f"2 posts in 3 feeds; 1 warning in 1 file: feeds check {desk.folder}"
    assert told(tale, desk.publish()) == [("INFO", sum_)]


@pytest.fixture
def tale(desk):
    desk.post("content/one.md", title="One", categories="a")
    desk.publish()
    return Tale(desk.site)


def test_each_change_is_a_line_and_the_last_says_how_many_feeds_moved(desk, tale, told):
    desk.post("content/one.md", title="First", categories="a")
    desk.post("content/two.md", title="Two", categories="b")
    assert told(tale, desk.publish()) == [
        ("INFO", "changed First (content/one.md)"),
        ("INFO", "added Two (content/two.md) · 3 feeds"),
    ]
    desk.delete("content/two.md")
    assert told(tale, desk.publish()) == [("INFO", "removed Two (content/two.md) · 2 feeds")]


def test_what_is_odd_is_told_at_its_level_and_so_is_that_it_is_mended(desk, tale, told):
    desk.write("content/two.md", "---\ntitle: A: b\ndate: 2026-10-01\n---\nText\n")
    lines = told(tale, desk.publish())
    assert lines[0] == ("INFO", "added A: b (content/two.md) · 1 feed")
    assert lines[1][0] == "WARNING"
    assert lines[1][1].startswith("content/two.md:2: front-matter-salvaged The front matter is not valid")
    desk.write("content/two.md", '---\ntitle: "A: b"\ndate: 2026-10-01\n---\nText\n')
    assert told(tale, desk.publish()) == [("INFO", "solved content/two.md:2: front-matter-salvaged")]


def test_a_run_that_changes_nothing_is_not_worth_a_line(desk, tale, told):
    assert told(tale, desk.publish()) == []


def test_thousands_of_changes_are_few_lines(desk, tale, told):
    for number in range(30):
        desk.post(f"content/n{number}.md", title=f"N{number}", categories="a")
    lines = told(tale, desk.publish())
    assert len(lines) == 11
    assert lines[-1] == ("INFO", "… and 20 more · 2 feeds")


def test_a_title_cannot_move_the_cursor(desk, tale, told):
    desk.post("content/two.md", title="x\x9b2Jy")
    assert "x\\x9b2Jy" in told(tale, desk.publish())[0][1]


def test_an_index_that_is_begun_anew_does_not_end_the_tale(desk, tale, told):
    tale._last = 10_000_000
    desk.post("content/two.md", title="Two")
    told(tale, desk.publish())
    desk.post("content/two.md", title="Three")
    assert told(tale, desk.publish()) == [("INFO", "changed Three (content/two.md) · 1 feed")]


def test_the_greeting_says_what_is_served_and_where(desk):
    opening = Opening(folder=desk.folder, settings=desk.settings, said=())
    assert list(greeting(opening, "http://127.0.0.1:8000", holds="2 posts in 3 feeds"))[1:] == [
        f"  {desk.folder}",
        "  2 posts in 3 feeds",
        "",
        "  http://127.0.0.1:8000/           all feeds",
        "  http://127.0.0.1:8000/feed.atom",
        "  http://127.0.0.1:8000/feed.rss",
        "  http://127.0.0.1:8000/feed.json",
        "",
        "Changes are told below. Ctrl-C stops the server.",
    ]
