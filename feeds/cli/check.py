import os
from pathlib import Path
from typing import TYPE_CHECKING

import click

from feeds.cli.helping import examples
from feeds.cli.session import current_site, folder_argument
from feeds.diagnostics import CATALOGUE, Problems

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from feeds.check import Report
    from feeds.diagnostics import Diagnostic
    from feeds.model import Entry
    from feeds.posts.term_pages import TermPage
    from feeds.settings import Settings
    from feeds.site import Site


@click.command(
    epilog=examples(
        "feeds check",
        "feeds check --strict --code date-missing --code title-missing",
        "feeds check --format sarif > feeds.sarif",
        "feeds check --format github",
    )
)
@folder_argument
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "lines", "json", "sarif", "github"]),
    default="text",
    show_default=True,
    help="For people, editors, programs, code scanning, or the log of a GitHub workflow.",
)
@click.option(
    "--code", "codes", multiple=True, metavar="CODE", help="Only problems of this kind; may be given several times."
)
@click.option("--all", "is_whole", is_flag=True, help="Name every place; on a terminal text names ten of each kind.")
@click.option("--strict", is_flag=True, help="Fail on warnings, too.")
@click.option("--require-source", is_flag=True, help="Name each post of which nothing says where it comes from.")
@click.pass_context
def check(
    ctx: click.Context,
    folder: Path,
    form: str,
    codes: tuple[str, ...],
    *,
    is_whole: bool,
    strict: bool,
    require_source: bool,
) -> None:
    """Tell what is odd about the posts, since when, and how to mend it; and once, what is mended.

    What is said in text stands in groups, the gravest first; lines are `file:line: level code message`, as editors
    read them. For sarif and github, files are named from the top of the repository.

    Exit status: 0 nothing worse than notes (than warnings, without --strict), 1 something to mend, 2 the check itself
    could not be done.
    """
    from feeds.site import utc_now

    _refuse_unknown(codes)
    asked = utc_now()
    with current_site(folder, says_inferred=True) as site:
        entries, settings = _brief_entries(site), site.settings
        kept = _with(codes, site.store.problems(now=asked))
    is_required = require_source or settings.attribution.require != "off"
    found = _examined(site, entries, kept, is_required=is_required, codes=codes)
    _print(found, form, site.folder, asked=int(asked.timestamp()), is_whole=is_whole or bool(codes))
    if is_required and form in ("text", "lines"):
        _print_rules(entries)
    ctx.exit(found.exit_status(strict=strict))


def _refuse_unknown(codes: "Sequence[str]") -> None:
    from difflib import get_close_matches

    for code in codes:
        if code not in CATALOGUE:
            near = " or ".join(get_close_matches(code, CATALOGUE)) or "one of docs/diagnostics.md"
            raise click.BadParameter(f"nothing is called {code}; did you mean {near}?", param_hint="--code")


def _with(codes: "Sequence[str]", kept: Problems) -> Problems:
    if not codes:
        return kept
    of_open, of_solved = (
        tuple(one for one in many if one.diagnostic.code in codes) for many in (kept.open, kept.solved)
    )
    return Problems(open=of_open, solved=of_solved)


def _brief_entries(site: "Site") -> "tuple[Entry, ...]":
    from feeds.provenance import brief

    return tuple(map(brief, site.store.all_entries()))


def _examined(
    site: "Site", entries: "Sequence[Entry]", kept: Problems, *, is_required: bool, codes: "Sequence[str]"
) -> "Report":
    """Put what is kept together with what the entries as a whole tell."""
    from feeds.check import report
    from feeds.posts.term_pages import term_pages

    pages = term_pages(site.folder, site.settings.content)
    origins = _of_origins(entries, pages, site.settings, is_required=is_required)
    wanted = (one for one in origins if not codes or one.code in codes)
    return report(kept, wanted, zone=site.settings.zone)


def _print(found: "Report", form: str, folder: Path, *, asked: int, is_whole: bool) -> None:
    from feeds import check as room
    from feeds.cli.findings import print_findings
    from feeds.cli.places import prefix_here, top_of_repository, way_to

    top = top_of_repository(folder, os.environ)
    here = prefix_here(folder)
    if form == "text":
        print_findings(found, folder=folder, prefix=here, asked=asked, is_whole=is_whole)
    elif form == "lines":
        click.echo(room.as_lines(found, asked=asked, prefix=here), nl=False)
    elif form == "json":
        click.echo(room.as_json(found), nl=False)
    elif form == "sarif":
        click.echo(room.as_sarif(found, base=top.as_uri(), prefix=way_to(folder, top)), nl=False)
    else:
        click.echo(room.as_github(found, prefix=way_to(folder, top)), nl=False)


def _print_rules(entries: "Sequence[Entry]") -> None:
    from feeds.check import as_counts
    from feeds.provenance import rules_counted

    if rules := rules_counted(entries):
        click.echo(f"\n{as_counts(rules)}")


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
