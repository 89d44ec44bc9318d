import json
import sys
from collections.abc import Sequence
from datetime import tzinfo
from pathlib import Path
from typing import TYPE_CHECKING

import click

from feeds.cli.session import current_site, folder_argument, format_option

if TYPE_CHECKING:
    from feeds.library import Listed


@click.command("list")
@folder_argument
@format_option
def listing(folder: Path, form: str) -> None:
    """List every feed: address, number of entries, newest date, title.

    An address is followed by .atom, .rss or .json. In a pipe the columns are separated by tabs.
    """
    with current_site(folder) as site:
        listed, zone = site.library.listing(), site.settings.zone
    if form == "json":
        click.echo(json.dumps([_as_object(one, zone) for one in listed], ensure_ascii=False, indent=2))
    elif sys.stdout.isatty():
        _print_table(listed, zone)
    else:
        for one in listed:
            click.echo("\t".join(_columns(one, zone)))


def _as_object(one: "Listed", zone: tzinfo) -> dict[str, str | int | None]:
    return {
        "address": one.address,
        "kind": one.key.kind,
        "term": one.key.term,
        "title": one.title,
        "count": one.count,
        "newest": one.newest.astimezone(zone).isoformat() if one.newest else None,
    }


def _columns(one: "Listed", zone: tzinfo) -> tuple[str, str, str, str]:
    newest = f"{one.newest.astimezone(zone):%Y-%m-%d %H:%M}" if one.newest else "-"
    return one.address, str(one.count), newest, one.title


def _print_table(listed: Sequence["Listed"], zone: tzinfo) -> None:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table("Address", "Entries", "Newest", "Title", box=None)
    table.columns[1].justify = "right"
    for one in listed:
        table.add_row(*map(Text, _columns(one, zone)))  # Text: brackets in a title are no markup
    Console().print(table)
