from pathlib import Path
from typing import TYPE_CHECKING

import click

from feeds.cli.session import current_site, folder_argument, format_option

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from feeds.diagnostics import Diagnostic
    from feeds.model import Entry
    from feeds.posts.term_pages import TermPage
    from feeds.settings import Settings


@click.command()
@folder_argument
@format_option
@click.option("--strict", is_flag=True, help="Fail on warnings, too.")
@click.option("--require-source", is_flag=True, help="Name each post of which nothing says where it comes from.")
@click.pass_context
def check(ctx: click.Context, folder: Path, form: str, *, strict: bool, require_source: bool) -> None:
    """Tell what is odd about the posts, since when, and how to mend it; and once, what is mended.

    Exit status: 0 nothing worse than notes (than warnings, without --strict), 1 something to mend, 2 the check itself
    could not be done.
    """
    from feeds.check import as_json, as_text, report
    from feeds.posts.term_pages import term_pages
    from feeds.provenance import brief, rules_counted
    from feeds.site import utc_now

    asked = utc_now()
    with current_site(folder, says_inferred=True) as site:
        entries = tuple(map(brief, site.store.all_entries()))
        settings, kept = site.settings, site.store.problems(now=asked)
    is_required = require_source or settings.attribution.require != "off"
    pages = term_pages(site.folder, settings.content)
    origins = _of_origins(entries, pages, settings, is_required=is_required)
    found = report(kept, origins, zone=settings.zone)
    rules = rules_counted(entries) if is_required else {}
    text = as_json(found) if form == "json" else as_text(found, rules, asked=int(asked.timestamp()))
    click.echo(text, nl=False)
    ctx.exit(found.exit_status(strict=strict))


def _of_origins(
    entries: "Sequence[Entry]", pages: "Sequence[TermPage]", settings: "Settings", *, is_required: bool
) -> "Iterator[Diagnostic]":
    from feeds.provenance import misnamed_pages, missing_origins, notes
    from feeds.sources import Sources

    sources, suffix = Sources(settings), settings.content.source_suffix
    yield from notes(entries, sources, suffix=suffix)
    yield from misnamed_pages(pages, entries, sources, suffix=suffix)
    if is_required:
        yield from missing_origins(entries, is_error=settings.attribution.require == "error")
