"""What nearly every command begins with: open the folder and bring its index up to date."""

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

import click

from feeds.cli.telling import progress, tell
from feeds.errors import FolderError, IndexUnusableError

if TYPE_CHECKING:
    from feeds.opening import Opening
    from feeds.site import Site

_MANY = 500  # files

folder_argument = click.argument("folder", type=click.Path(path_type=Path), default=".")
folder_option = click.option(
    "--folder", type=click.Path(path_type=Path), default=".", show_default=True, help="The site's folder."
)
format_option = click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json"]),
    default="text",
    show_default=True,
    help="For people or for programs.",
)


def get_crew_ready(opening: "Opening") -> None:
    """Where many posts will be read for the first time, have the processes for it begin before all else is loaded."""
    from feeds.crew import get_ready
    from feeds.posts.roots import find_roots

    folder, settings = opening.folder, opening.settings
    if settings.content.jobs == 1 or (folder / settings.state.path).exists():
        return
    with suppress(FolderError):  # whoever looks for the posts will say so
        roots = find_roots(folder, settings)
        files = (name for root in roots for _, _, names in os.walk(folder / root.path) for name in names)
        if next(islice(files, _MANY - 1, None), None):
            get_ready()


def tell_inferred(opening: "Opening") -> None:
    for line in opening.said:
        tell(f"inferred: {line}")


@contextmanager
def current_site(folder: Path, *, says_inferred: bool = False, jobs: int | None = None) -> Iterator["Site"]:
    """Open a site whose index agrees with its folder. jobs: processes that may read posts; None: as the settings say.

    Where another process publishes, that one keeps the index up to date, and it is read as it is.
    """
    from feeds.opening import read_folder

    flags = {"content.jobs": jobs}
    with caught_up(read_folder(folder, environ=os.environ, flags=flags), says_inferred=says_inferred) as site:
        yield site


@contextmanager
def caught_up(opening: "Opening", *, says_inferred: bool = False) -> Iterator["Site"]:
    """Open a site whose settings have been read, and bring its index in line with its folder."""
    get_crew_ready(opening)
    from feeds.site import open_site

    if says_inferred:
        tell_inferred(opening)
    with open_site(opening.folder, opening.settings, say=tell) as site:
        if site.publisher:
            with progress("Reading", "posts") as report:
                site.publisher.catch_up(report, is_patient=True)
        elif not site.library.is_ready:
            raise IndexUnusableError(
                f"{opening.folder}: another process is reading the posts for the first time",
                "try again when it is done",
            )
        yield site
