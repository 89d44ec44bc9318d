"""`feeds stats`: what a site holds, counted."""

import json
from datetime import UTC, datetime

import pytest
from click.testing import CliRunner

from feeds.cli import main
from feeds.cli.stats import size
from feeds.model import SITE
from feeds.traffic import Asked, Subscription, Visits


@pytest.fixture
def stats(desk):
    (desk.folder / "feeds.toml").write_text(
        '[site]\ntitle = "Wire"\nurl = "https://example.com"\nauthority = "example.com,2026"\n[content]\nsettle = 0\n'
    )
    for day in (1, 2, 30):
        desk.post(f"content/p{day}.md", categories="politics", source="Herald", date=f"2026-09-{day:02} 08:00:00")
    desk.post("content/s.md", categories="[sport, 潮声]", author="Ann", date="2026-10-04 08:00:00")
    desk.post("content/soon.md", date="2990-01-01 08:00:00")
    desk.post("content/untitled.md", title="", date="2026-10-05 08:00:00")
    desk.site.close()

    def run(*words):
        result = CliRunner().invoke(main, ["stats", str(desk.folder), *words], catch_exceptions=False)
        assert result.exit_code == 0
        return result.stdout

    return run


def test_numbers_for_programs(stats):
    found = json.loads(stats("--format", "json"))
    assert (found["posts"], found["entries"]) == (6, 5)
    assert (found["oldest"], found["newest"]) == ("2026-09-01T08:00:00+00:00", "2026-10-05T08:00:00+00:00")
    feeds = {kind: count for kind, count in found["feeds"].items() if count}
    assert feeds == {"site": 1, "category": 3, "source": 1, "author": 1}
    assert list(found["months"].items()) == [("2026-10", 2), ("2026-09", 3)]
    assert list(found["categories"].items()) == [("politics", 3), ("sport", 1), ("潮声", 1)]
    assert found["sources"] == {"Herald": 3}
    assert found["problems"] == {"error": 0, "warning": 1, "note": 0}
    assert found["codes"] == {"title-missing": 1}
    assert found["index_bytes"] > 1000


def test_numbers_for_people(stats):
    lines = stats("--top", "2").splitlines()
    assert lines[:5] == [
        "Wire",
        "  Posts     6",
        "  Entries   5, from 2026-09-01 to 2026-10-05",
        "  Feeds     6: 1 site, 3 categories, 1 source, 1 author",
        "  Problems  1 warning",
    ]
    at = lines.index("Entries by category")
    assert lines[at : at + 4] == ["Entries by category", "  politics  3", "  sport     1", "  … and 1 more"]


def test_an_empty_site_has_numbers_too(tmp_path):
    result = CliRunner().invoke(main, ["stats", str(tmp_path)], catch_exceptions=False)
    assert "Entries   0\n" in result.stdout
    assert "Problems  none\n" in result.stdout


@pytest.mark.parametrize(
    ("count", "said"), [(0, "0 B"), (812, "812 B"), (3400, "3.4 kB"), (12_300_000, "12 MB"), (2_500_000_000, "2.5 GB")]
)
def test_bytes_are_said_in_their_largest_unit(count, said):
    assert size(count) == said


def test_readers_are_told_by_day(desk, stats):
    day = datetime.now(UTC).date()
    visits = Visits(feeds={SITE: Asked(8, 1, 900)}, subscribers={Subscription(SITE, "rss", "Feedly"): 1600})
    desk.restart()
    desk.site.store.add_visits(visits, day=day)
    desk.site.close()
    found = json.loads(stats("--format", "json"))
    assert (found["answers"], found["subscribers"]) == ({str(day): 9}, {str(day): 1600})
    text = stats()
    assert f"Answers to readers by day\n  {day}  9\n" in text
    assert f"Subscribers by day, as aggregators tell\n  {day}  1,600\n" in text


def test_a_site_that_nobody_read_says_nothing_of_readers(stats):
    assert "Answers" not in stats()
