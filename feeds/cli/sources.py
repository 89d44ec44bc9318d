import json
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from datetime import tzinfo
from pathlib import Path
from typing import TYPE_CHECKING

import click

from feeds.check import printable
from feeds.cli.helping import examples
from feeds.cli.session import current_site, folder_argument, format_option

if TYPE_CHECKING:
    from feeds.provenance import SourceLine, UnknownLine


@click.command(
    epilog=examples("feeds sources", "feeds sources --unknown", "feeds sources blog --suggest > sources.toml")
)
@folder_argument
@click.option("--unknown", is_flag=True, help="List the posts of which nothing says where they come from.")
@click.option("--suggest", is_flag=True, help="Propose aliases for names that look like one, as TOML.")
@format_option
def sources(folder: Path, form: str, *, unknown: bool, suggest: bool) -> None:
    """List the publications that posts come from.

    Each with its role, entries, newest date, the rules by which it was found, and the other names that posts use. In a
    pipe the columns are separated by tabs. What --suggest prints can be pasted into sources.toml; it merges nothing.
    """
    from feeds import provenance
    from feeds.sources import Sources

    if unknown and suggest:
        raise click.UsageError("--unknown and --suggest are two questions; ask one")
    with current_site(folder) as site:
        settings = site.settings
        entries = tuple(map(provenance.brief, site.store.all_entries()))
    if suggest:
        found = provenance.suggest(entries, Sources(settings))
        click.echo(_as_json(map(asdict, found)) if form == "json" else provenance.as_toml(found).rstrip("\n"))
    elif unknown:
        _tell_unknown(tuple(provenance.without_origin(entries)), form)
    else:
        _tell_seen(provenance.sources_seen(entries, suffix=settings.content.source_suffix), form, settings.zone)


def _as_json(objects: Iterable[object]) -> str:
    return json.dumps(list(objects), ensure_ascii=False, indent=2)


def _tell_unknown(posts: "Sequence[UnknownLine]", form: str) -> None:
    if form == "json":
        click.echo(_as_json(map(asdict, posts)))
        return
    for post in posts:
        near = post.nearest
        nearest = f" — nearest: {near.rule}, “{near.said}”" if near else ""
        click.echo(printable(f"{post.path}:{post.line}: {post.title}{nearest}"))


def _tell_seen(lines: "Sequence[SourceLine]", form: str, zone: tzinfo) -> None:
    if form == "json":
        click.echo(_as_json(_as_object(line, zone) for line in lines))
    elif sys.stdout.isatty():
        _print_table(lines, zone)
    else:
        for line in lines:
            click.echo("\t".join(map(printable, _columns(line, zone))))


def _as_object(line: "SourceLine", zone: tzinfo) -> dict[str, object]:
    return asdict(line) | {
        "newest": line.newest.astimezone(zone).isoformat(),
        "shares": {rule: round(count / line.count, 4) for rule, count in line.rules.items()},
    }


def _columns(line: "SourceLine", zone: tzinfo) -> tuple[str, ...]:
    rules = ", ".join(f"{rule} {count / line.count:.0%}" for rule, count in line.rules.items())
    newest = f"{line.newest.astimezone(zone):%Y-%m-%d %H:%M}"
    return line.name, line.role, str(line.count), newest, rules, _aliases(line.aliases)


def _aliases(aliases: Mapping[str, int]) -> str:
    return ", ".join(f"{name} ({count})" for name, count in aliases.items()) or "-"


def _print_table(lines: "Sequence[SourceLine]", zone: tzinfo) -> None:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table("Source", "Role", "Entries", "Newest", "Found by", "Also called", box=None)
    table.columns[2].justify = "right"
    for line in lines:
        table.add_row(*map(Text, map(printable, _columns(line, zone))))
    Console().print(table)
