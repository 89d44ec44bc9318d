import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from feeds.cli.helping import examples
from feeds.cli.session import folder_argument, tell_inferred
from feeds.cli.telling import progress, tell

if TYPE_CHECKING:
    from feeds.opening import Opening


@click.command(epilog=examples("feeds doctor", "feeds doctor blog --repair", "feeds doctor --backup keepsakes.jsonl"))
@folder_argument
@click.option("--repair", is_flag=True, help="Mend what is wrong; nobody may publish the folder meanwhile.")
@click.option(
    "--backup",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Write down what the posts cannot give back, such as dates and tombstones; - is standard output.",
)
@click.option(
    "--restore",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Begin a new index with such a file; the next start reads the posts.",
)
@click.pass_context
def doctor(ctx: click.Context, folder: Path, *, repair: bool, backup: Path | None, restore: Path | None) -> None:
    """Tell whether the index is what the posts make of it, and mend it.

    It changes nothing unless asked to, and may run while a server publishes the folder. It must have the settings of
    that server, those in FEEDS_ variables included; under others it says which differ, and mends nothing.

    Exit status: 0 all is well, 1 something is wrong (or still is, with --repair), 2 it could not be done.
    """
    if sum((repair, backup is not None, restore is not None)) > 1:
        raise click.UsageError("Give one of --repair, --backup and --restore.")
    from feeds.opening import read_folder

    opening = read_folder(folder, environ=os.environ)
    if backup is not None:
        _back_up(opening, backup)
    elif restore is not None:
        _restore(opening, restore)
    else:
        tell_inferred(opening)
        ctx.exit(_examine(opening, is_mended=repair))


def _examine(opening: "Opening", *, is_mended: bool) -> int:
    """Say what is wrong, after mending it where that is wanted; return the exit status."""
    from feeds.check import printable
    from feeds.doctor import SAME_SETTINGS, as_text, mend, verify
    from feeds.site import utc_now

    with progress("Comparing", "posts") as report:
        if is_mended:
            health = mend(opening.folder, opening.settings, now=utc_now, say=tell, progress=report)
        else:
            health = verify(opening.folder, opening.settings, now=utc_now, progress=report)
    for line in as_text(health).splitlines():
        click.echo(printable(line))
    if health.said("settings-differ"):
        tell(f"To mend this: {SAME_SETTINGS}")
    elif health.faults and not is_mended:
        tell(f"To mend this: feeds doctor --repair {opening.folder}")
    return int(health.faults > 0)


def _back_up(opening: "Opening", file: Path) -> None:
    from feeds.doctor import back_up, write_backup

    if str(file) == "-":
        write_backup(opening.folder, opening.settings, sys.stdout)
    else:
        click.echo(f"{back_up(opening.folder, opening.settings, file):,} lines written to {file}")


def _restore(opening: "Opening", file: Path) -> None:
    from feeds.doctor import restore
    from feeds.site import utc_now

    aside = restore(opening.folder, opening.settings, file, now=utc_now())
    if aside:
        tell(f"The index that was there was set aside as {aside}")
    click.echo(f"{file} restored; the next start reads the posts, and readers find everything as it was")
