from pathlib import Path

import click

from feeds.cli.session import current_site, folder_argument, format_option


@click.command()
@folder_argument
@format_option
@click.option("--strict", is_flag=True, help="Fail on warnings, too.")
@click.pass_context
def check(ctx: click.Context, folder: Path, form: str, *, strict: bool) -> None:
    """Tell what is odd about the posts, and how to mend it.

    Exit status: 0 nothing worse than notes (than warnings, without --strict), 1 something to mend, 2 the check itself
    could not be done.
    """
    from feeds.check import as_json, as_text, report

    with current_site(folder, says_inferred=True) as site:
        found = report(site.store.diagnostics())
    click.echo(as_json(found) if form == "json" else as_text(found), nl=False)
    ctx.exit(found.exit_status(strict=strict))
