"""`feeds list`: what stands in it, in which order, and how it fits on a terminal."""

import csv
import io
import json
from datetime import timedelta

import pytest
from click.testing import CliRunner
from rich.cells import cell_len
from rich.console import Console

from feeds.cli import main
from feeds.cli.listing import span
from feeds.cli.terminal import Cell, print_table


def feeds(desk, *words):
    result = CliRunner().invoke(main, ["list", str(desk.folder), *words], catch_exceptions=False)
    assert result.exit_code == 0, result.stderr
    return result.stdout


def addresses(desk, *words):
    return [one["address"] for one in json.loads(feeds(desk, *words, "--format", "json"))]


@pytest.fixture
def newswire(desk):
    """Politics comes every hour, sport every day, 潮声 has one post; the site has all."""
    (desk.folder / "feeds.toml").write_text(
        '[site]\ntitle = "Wire"\nurl = "https://example.com"\nauthority = "example.com,2026"\n[content]\nsettle = 0\n'
    )
    for hour in range(8, 13):
        desk.post(f"content/p{hour}.md", categories="politics", date=f"2026-10-01 {hour:02}:00:00")
    for day in (2, 3, 4):
        desk.post(f"content/s{day}.md", categories="Sport", date=f"2026-10-{day:02} 08:00:00")
    desk.post("content/t.md", categories="潮声", date="2026-09-01 08:00:00")
    desk.publish()
    desk.site.close()
    return desk


@pytest.mark.parametrize(
    ("order", "first"),
    [
        ("name", ["/category/politics", "/category/Sport", "/category/潮声"]),
        ("newest", ["/category/Sport", "/category/politics", "/category/潮声"]),
        ("count", ["/category/politics", "/category/Sport", "/category/潮声"]),
        ("rhythm", ["/category/politics", "/category/Sport", "/category/潮声"]),
    ],
)
def test_a_list_is_in_the_order_asked_for(newswire, order, first):
    assert addresses(newswire, "--kind", "category", "--sort", order) == first


def test_kinds_a_word_and_a_limit_leave_out_the_rest(newswire):
    assert addresses(newswire, "--kind", "site", "--kind", "category", "--limit", "2") == ["/feed", "/category/Sport"]
    assert addresses(newswire, "--search", "ＳＰＯ") == ["/category/Sport"]
    assert addresses(newswire, "--search", "潮") == ["/category/潮声"]
    assert addresses(newswire, "--search", "nothing like it") == []


def test_the_rhythm_is_the_typical_time_between_two_entries(newswire):
    rhythms = {one["address"]: one["rhythm_seconds"] for one in json.loads(feeds(newswire, "--format", "json"))}
    assert rhythms["/category/politics"] == 3600
    assert rhythms["/category/Sport"] == 86_400
    assert rhythms["/category/潮声"] is None


def test_csv_carries_what_json_does(newswire):
    rows = list(csv.DictReader(io.StringIO(feeds(newswire, "--format", "csv"))))
    objects = json.loads(feeds(newswire, "--format", "json"))
    assert rows == [{name: "" if value is None else str(value) for name, value in one.items()} for one in objects]


@pytest.mark.parametrize(
    ("time", "said"),
    [
        (None, "-"),
        (timedelta(seconds=40), "40 s"),
        (timedelta(minutes=12), "12 min"),
        (timedelta(hours=3), "3 h"),
        (timedelta(days=14), "14 d"),
    ],
)
def test_a_rhythm_is_said_in_its_largest_unit(time, said):
    assert span(time) == said


# --- on a terminal


ROWS = (
    ("/category/a", "1", "Short"),
    ("/category/新京报新闻网", "1,234", "新京报新闻网的新闻"),
    ("/category/a_very_long_address_that_no_narrow_terminal_can_show_on_one_line", "12", "A title that is long, too"),
)


def printed(width, rows=ROWS):
    screen = Console(file=io.StringIO(), width=width, force_terminal=False)
    print_table(screen, ("Address", "Entries", "Title"), [[Cell(text) for text in row] for row in rows], right={1})
    return screen.file.getvalue().splitlines()


@pytest.mark.parametrize("width", [30, 40, 60, 80, 120])
def test_no_width_breaks_an_address(width):
    lines = printed(width)
    for address, *_ in ROWS:
        assert [line.split()[0] for line in lines].count(address) == 1
    assert all(cell_len(line) <= max(width, cell_len(line.split()[0])) for line in lines)


def test_columns_stand_below_each_other_though_letters_are_two_cells_wide():
    head, first, second, third = printed(120)
    ends = {cell_len(line[: line.index(count) + len(count)]) for line, count in ((first, "1"), (second, "1,234"))}
    assert len(ends) == 1
    assert cell_len(first[: first.index("Short")]) == cell_len(head[: head.index("Title")])
    assert third.startswith(ROWS[2][0])


def test_a_title_cannot_move_the_cursor_and_is_no_markup():
    assert "[bold]x\\x1b[2J" in "\n".join(printed(80, [("/feed", "1", "[bold]x\x1b[2J")]))
