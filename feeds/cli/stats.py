import json
import sys
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, tzinfo
from pathlib import Path
from typing import TYPE_CHECKING

import click

from feeds.check import printable, quantity
from feeds.cli.helping import examples
from feeds.cli.session import current_site, folder_argument, format_option
from feeds.diagnostics import CATALOGUE, Level
from feeds.model import KINDS
from feeds.traffic import KEPT_DAYS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rich.text import Text

    from feeds.library import Listed
    from feeds.site import Site

_PLURALS = {"category": "categories"}
_MONTHS = 12  # in text
_DAYS = 7  # likewise
_BAR = 24  # cells of the longest
_WIDEST = 40  # cells of a name


@dataclass(frozen=True, slots=True, kw_only=True)
class Statistics:
    """What a site holds, counted. Of months, sources and categories the numbers are of entries."""

    title: str
    posts: int  # files, published or not
    entries: int  # in feeds
    newest: str | None  # RFC 3339, in the site's zone
    oldest: str | None
    feeds: Mapping[str, int]  # by kind
    problems: Mapping[str, int]  # by level
    codes: Mapping[str, int]  # problems by code
    index_bytes: int
    months: Mapping[str, int]  # `2026-11`, the newest first
    sources: Mapping[str, int]  # by title, the largest first
    categories: Mapping[str, int]
    answers: Mapping[str, int]  # to readers who asked for feeds, by day, the newest first
    subscribers: Mapping[str, int]  # of whom aggregators told, likewise


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """A part of the text: numbers under a heading."""

    heading: str
    numbers: Sequence[tuple[str, int]]
    left_out: int = 0


@click.command(epilog=examples("feeds stats", "feeds stats --top 30", "feeds stats --format json"))
@folder_argument
@click.option(
    "--top", type=click.IntRange(min=1), default=10, show_default=True, help="Sources and categories in text."
)
@format_option
def stats(folder: Path, top: int, form: str) -> None:
    """Count posts, entries, feeds, the entries of months, sources and categories, problems, readers, and the index."""
    with current_site(folder) as site:
        found = gather(site)
    if form == "json":
        click.echo(json.dumps(asdict(found), ensure_ascii=False, indent=2))
    else:
        _print(found, sections(found, top))


def gather(site: "Site") -> Statistics:
    counts, listed, zone = site.store.counts(), site.library.listing(), site.settings.zone
    with site.store.reading() as reader:
        moments = sorted(reader.published(), reverse=True)
    codes = Counter(one.code for one in site.store.diagnostics())
    days = site.store.attendance(day=site.now().astimezone(zone).date(), days=KEPT_DAYS).days
    return Statistics(
        title=site.settings.site.title,
        posts=counts.posts,
        entries=len(moments),
        newest=_spelled(moments[:1], zone),
        oldest=_spelled(moments[-1:], zone),
        feeds={kind: sum(one.key.kind == kind for one in listed) for kind in KINDS},
        problems={str(level): _of(level, codes) for level in reversed(Level)},
        codes=dict(codes.most_common()),
        index_bytes=site.store.size(),
        months=dict(Counter(f"{moment.astimezone(zone):%Y-%m}" for moment in moments)),
        sources=_volumes(listed, "source"),
        categories=_volumes(listed, "category"),
        answers={one.day: one.asked.times for one in days},
        subscribers={one.day: one.subscribers for one in days if one.subscribers},
    )


def _spelled(moments: Sequence[datetime], zone: tzinfo) -> str | None:
    return next((moment.astimezone(zone).isoformat() for moment in moments), None)


def _of(level: Level, codes: Mapping[str, int]) -> int:
    return sum(count for code, count in codes.items() if CATALOGUE[code].level is level)


def _volumes(listed: "Sequence[Listed]", kind: str) -> dict[str, int]:
    """Return the entries of each feed of a kind, by its term, which is what tells two of one title apart."""
    found = [one for one in listed if one.key.kind == kind and one.count]
    return {one.key.term: one.count for one in sorted(found, key=lambda one: (-one.count, one.key.term))}


def sections(found: Statistics, top: int) -> tuple[Section, ...]:
    return (
        _section("Entries by month", found.months, _MONTHS),
        _section("Entries by source", found.sources, top),
        _section("Entries by category", found.categories, top),
        _section("Problems", found.codes, top),
        _section("Answers to readers by day", found.answers, _DAYS),
        _section("Subscribers by day, as aggregators tell", found.subscribers, _DAYS),
    )


def _section(heading: str, numbers: Mapping[str, int], most: int) -> Section:
    return Section(heading=heading, numbers=tuple(numbers.items())[:most], left_out=max(len(numbers) - most, 0))


def facts(found: Statistics) -> tuple[tuple[str, str], ...]:
    """Return what the text begins with."""
    kinds = ", ".join(
        quantity(1, kind) if count == 1 else f"{count:,} {_PLURALS.get(kind, f'{kind}s')}"
        for kind, count in found.feeds.items()
        if count
    )
    problems = ", ".join(quantity(count, level) for level, count in found.problems.items() if count)
    span = f", from {found.oldest[:10]} to {found.newest[:10]}" if found.oldest and found.newest else ""
    return (
        ("Posts", f"{found.posts:,}"),
        ("Entries", f"{found.entries:,}{span}"),
        ("Feeds", f"{sum(found.feeds.values()):,}: {kinds}" if kinds else "0"),
        ("Problems", problems or "none"),
        ("Index", size(found.index_bytes)),
    )


def size(count: float) -> str:
    """Say bytes in their largest unit: `812 B`, `3.4 kB`, `12 MB`."""
    for unit in ("B", "kB", "MB"):
        if count < 1000:
            return f"{count:.0f} {unit}" if unit == "B" or count >= 10 else f"{count:.1f} {unit}"
        count /= 1000
    return f"{count:.1f} GB"


def _print(found: Statistics, parts: Sequence[Section]) -> None:
    from rich.text import Text

    from feeds.cli.terminal import console, print_line

    screen = console()
    print_line(screen, Text(printable(found.title), "bold"))
    for name, said in facts(found):
        print_line(screen, Text.assemble((f"  {name:<10}", "dim"), said))
    for part in parts:
        for line in _lines(part):
            print_line(screen, line)


def _lines(part: Section) -> "Iterator[Text]":
    """Yield a heading and its numbers; on a terminal with a bar for each."""
    from rich.cells import cell_len, set_cell_size
    from rich.text import Text

    if not part.numbers:
        return
    yield Text()
    yield Text(part.heading, "bold")
    names = [printable(name) for name, _ in part.numbers]
    width = min(_WIDEST, max(map(cell_len, names)))
    digits = max(len(f"{number:,}") for _, number in part.numbers)
    most = max(number for _, number in part.numbers)
    for name, (_, number) in zip(names, part.numbers, strict=True):
        shown = name if cell_len(name) <= width else set_cell_size(name, width - 1).rstrip() + "…"
        bar = "█" * max(1, round(_BAR * number / most)) if sys.stdout.isatty() else ""
        line = Text.assemble("  ", shown, " " * (width - cell_len(shown) + 2), f"{number:>{digits},}")
        yield line.append(f"  {bar}", "blue") if bar else line
    if part.left_out:
        yield Text(f"  … and {part.left_out:,} more", "dim")
