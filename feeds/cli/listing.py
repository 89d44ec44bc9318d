import csv
import io
import json
import sys
import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from pathlib import Path
from typing import TYPE_CHECKING

import click

from feeds.cli.helping import examples
from feeds.cli.session import current_site, folder_argument
from feeds.model import KINDS

if TYPE_CHECKING:
    from feeds.library import Listed

_LONG_AGO = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A feed, and how often something new comes in it; None where too few entries tell."""

    feed: "Listed"
    rhythm: timedelta | None


_SORTED: Mapping[str, Callable[[Line], tuple[object, ...]]] = {
    "name": lambda line: (folded(line.feed.title), line.feed.address),
    "newest": lambda line: (_LONG_AGO - (line.feed.newest or _LONG_AGO), line.feed.address),
    "count": lambda line: (-line.feed.count, line.feed.address),
    "rhythm": lambda line: (line.rhythm or timedelta.max, line.feed.address),
}


@click.command(
    "list",
    epilog=examples(
        "feeds list",
        "feeds list --kind category --sort count --limit 20",
        "feeds list --search harbour --format csv",
    ),
)
@folder_argument
@click.option(
    "--kind", "kinds", multiple=True, type=click.Choice(KINDS), help="Only these; may be given several times."
)
@click.option("--search", metavar="WORD", default="", help="Only feeds with this in their title, term or address.")
@click.option("--sort", type=click.Choice([*_SORTED]), help="What comes first.  [default: the site's feed, then kinds]")
@click.option("--limit", type=click.IntRange(min=1), help="No more than so many.")
@click.option(
    "--format", "form", type=click.Choice(["text", "json", "csv"]), default="text", show_default=True, help="For whom."
)
def listing(folder: Path, kinds: tuple[str, ...], search: str, sort: str | None, limit: int | None, form: str) -> None:
    """List the feeds: address, number of entries, newest date, rhythm, title.

    An address is followed by .atom, .rss or .json. --sort count, newest and rhythm put the largest, the newest and the
    quickest first; the rhythm is the typical time between two new entries. In a pipe the columns of text are separated
    by tabs, and the rhythm is left to json and csv, which tell it in seconds.
    """
    with current_site(folder) as site:
        listed = zip(*site.library.listing_with_rhythms(), strict=True)
        found = [Line(feed=one, rhythm=gap) for one, gap in listed]
        zone = site.settings.zone
    lines = [line for line in found if _is_wanted(line.feed, kinds, folded(search))]
    if sort:
        lines.sort(key=_SORTED[sort])
    _tell(lines[:limit], form, zone)


def folded(text: str) -> str:
    """Spell a text so that case and widths of letters do not matter: `ＡＢＣ` is `abc`."""
    return unicodedata.normalize("NFKC", text).casefold()


def _is_wanted(feed: "Listed", kinds: Sequence[str], word: str) -> bool:
    is_of_kind = not kinds or feed.key.kind in kinds
    return is_of_kind and any(word in folded(text) for text in (feed.title, feed.key.term, feed.address))


def _tell(lines: Sequence[Line], form: str, zone: tzinfo) -> None:
    if form == "json":
        click.echo(json.dumps([_as_object(line, zone) for line in lines], ensure_ascii=False, indent=2))
    elif form == "csv":
        click.echo(_as_csv(_as_object(line, zone) for line in lines), nl=False)
    elif sys.stdout.isatty():
        _print_table(lines, zone)
    else:
        for line in lines:
            click.echo("\t".join(_columns(line.feed, zone)))


_FIELDS = ("address", "kind", "term", "title", "count", "newest", "rhythm_seconds")


def _as_object(line: Line, zone: tzinfo) -> dict[str, str | int | None]:
    feed = line.feed
    newest = feed.newest.astimezone(zone).isoformat() if feed.newest else None
    seconds = None if line.rhythm is None else int(line.rhythm.total_seconds())
    return dict(zip(_FIELDS, (feed.address, *feed.key, feed.title, feed.count, newest, seconds), strict=True))


def _as_csv(rows: Iterable[Mapping[str, str | int | None]]) -> str:
    text = io.StringIO()
    writer = csv.DictWriter(text, _FIELDS, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


def _columns(feed: "Listed", zone: tzinfo) -> tuple[str, str, str, str]:
    newest = f"{feed.newest.astimezone(zone):%Y-%m-%d %H:%M}" if feed.newest else "-"
    return feed.address, str(feed.count), newest, feed.title


def _print_table(lines: Sequence[Line], zone: tzinfo) -> None:
    from feeds.cli.terminal import Cell, console, print_table

    rows = []
    for line in lines:
        address, count, newest, title = _columns(line.feed, zone)
        rows.append(
            (Cell(address, "cyan"), Cell(f"{int(count):,}"), Cell(newest, "dim"), Cell(span(line.rhythm)), Cell(title))
        )
    print_table(console(), ("Address", "Entries", "Newest", "Every", "Title"), rows, right={1, 3})


def span(time: timedelta | None) -> str:
    """Say a time in its largest unit: `40 s`, `12 min`, `3 h`, `2 d`."""
    if time is None:
        return "-"
    seconds = time.total_seconds()
    for unit, size in (("d", 86_400), ("h", 3_600), ("min", 60)):
        if seconds >= size:
            return f"{seconds / size:.0f} {unit}"
    return f"{seconds:.0f} s"
