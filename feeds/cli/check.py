import os
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from feeds.cli.helping import examples
from feeds.cli.session import current_site, folder_argument
from feeds.cli.telling import tell
from feeds.diagnostics import CATALOGUE

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from feeds.check import Report
    from feeds.diagnostics import Diagnostic
    from feeds.model import Entry
    from feeds.posts.term_pages import TermPage
    from feeds.settings import Settings
    from feeds.site import Site

_FOR_PEOPLE = ("text", "lines")


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What was asked for."""

    form: str
    codes: tuple[str, ...]
    is_whole: bool
    is_fixing: bool
    is_sure: bool
    strict: bool
    require_source: bool

    def refuse_nonsense(self) -> None:
        """Raises click's errors."""
        if (self.is_fixing and self.form not in _FOR_PEOPLE) or (self.is_sure and not self.is_fixing):
            raise click.UsageError("--fix goes with --format text or lines, and --yes with --fix.")
        for code in self.codes:
            if code not in CATALOGUE:
                near = " or ".join(get_close_matches(code, CATALOGUE)) or "one of docs/diagnostics.md"
                raise click.BadParameter(f"nothing is called {code}; did you mean {near}?", param_hint="--code")


@click.command(
    epilog=examples(
        "feeds check",
        "feeds check --strict --code date-missing --code title-missing",
        "feeds check --format sarif > feeds.sarif",
        "feeds check --format github",
        "feeds check --fix",
        "feeds check --fix --yes --code front-matter-salvaged",
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
@click.option("--fix", "is_fixing", is_flag=True, help="Show how dates, quotation marks and lists can be mended; ask.")
@click.option("--yes", "is_sure", is_flag=True, help="With --fix: write without asking.")
@click.option("--strict", is_flag=True, help="Fail on warnings, too.")
@click.option("--require-source", is_flag=True, help="Name each post of which nothing says where it comes from.")
@click.pass_context
def check(ctx: click.Context, /, folder: Path, **asked: Any) -> None:  # noqa: ANN401 - click fills in a Question
    """Tell what is odd about the posts, since when, and how to mend it; and once, what is mended.

    What is said in text stands in groups, the gravest first; lines are `file:line: level code message`, as editors
    read them. For sarif and github, files are named from the top of the repository.

    --fix writes the date that a post goes by where it has none, quotation marks that a value lacks, and categories or
    tags as the list that they are taken for: only where the post is read as before, and only after showing the
    difference. Nothing is written without a yes.

    Exit status: 0 nothing worse than notes (than warnings, without --strict), 1 something to mend, 2 the check itself
    could not be done.
    """
    from feeds.site import utc_now

    question = Question(**asked)
    question.refuse_nonsense()
    asked_at = utc_now()  # before the posts are read: what that finds solved is told
    with current_site(folder, says_inferred=True) as site:
        if question.is_fixing and (status := _fix(site, question)) is not None:
            ctx.exit(status)
        ctx.exit(_report(site, question, asked_at))


def _report(site: "Site", question: Question, asked: "datetime") -> int:
    """Print what there is to mend; return the exit status."""
    is_required = question.require_source or site.settings.attribution.require != "off"
    entries = _brief_entries(site)
    found = _examined(site, entries, asked=asked, is_required=is_required)
    found = found.only(question.codes) if question.codes else found
    _print(found, question, site.folder, asked=int(asked.timestamp()))
    if is_required and question.form in _FOR_PEOPLE:
        _print_rules(entries)
    return found.exit_status(strict=question.strict)


def _fix(site: "Site", question: Question) -> int | None:
    """Mend what is safe, and have it read; return the exit status, None where the report is to follow."""
    from feeds.cli.mending import fix
    from feeds.cli.places import prefix_here
    from feeds.posts.mending import MENDED

    wanted = dict.fromkeys(one.path for one in site.store.diagnostics() if one.code in (question.codes or MENDED))
    done = fix(site, tuple(wanted), question.codes, prefix=prefix_here(site.folder), is_sure=question.is_sure)
    if done is None:
        return 1
    if done and site.publisher is None:
        tell("The process that publishes this folder reads them now.")
        return 0
    if done and site.publisher:
        site.publisher.take(done, is_final=True)
    return None


def _brief_entries(site: "Site") -> "tuple[Entry, ...]":
    from feeds.provenance import brief

    return tuple(map(brief, site.store.all_entries()))


def _examined(site: "Site", entries: "Sequence[Entry]", *, asked: "datetime", is_required: bool) -> "Report":
    """Put what the index keeps together with what the entries as a whole tell."""
    from feeds.check import report
    from feeds.posts.term_pages import term_pages

    pages = term_pages(site.folder, site.settings.content)
    origins = _of_origins(entries, pages, site.settings, is_required=is_required)
    return report(site.store.problems(now=asked), origins, zone=site.settings.zone)


def _print(found: "Report", question: Question, folder: Path, *, asked: int) -> None:
    from feeds import check as room
    from feeds.cli.findings import print_findings
    from feeds.cli.places import prefix_here, top_of_repository, way_to

    top, here = top_of_repository(folder, os.environ), prefix_here(folder)
    match question.form:
        case "text":
            is_whole = question.is_whole or bool(question.codes)
            print_findings(found, folder=folder, prefix=here, asked=asked, is_whole=is_whole)
        case "lines":
            click.echo(room.as_lines(found, asked=asked, prefix=here), nl=False)
        case "json":
            click.echo(room.as_json(found), nl=False)
        case "sarif":
            click.echo(room.as_sarif(found, base=top.as_uri(), prefix=way_to(folder, top)), nl=False)
        case _:
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
