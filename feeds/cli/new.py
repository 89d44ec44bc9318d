import os
from datetime import UTC, datetime
from pathlib import Path

import click

from feeds.cli.helping import examples
from feeds.cli.session import folder_option


@click.command(
    epilog=examples(
        'feeds new "Low water at noon"',
        'feeds new "Low water at noon" --category Tides --tag Harbours --source "The Coastal Gazette" --folder blog',
    )
)
@click.argument("title")
@click.option("--category", "categories", multiple=True, help="Category; may be given several times.")
@click.option("--tag", "tags", multiple=True, help="Tag; may be given several times.")
@click.option("--source", help="Who published it first.")
@folder_option
def new(title: str, categories: tuple[str, ...], tags: tuple[str, ...], source: str | None, folder: Path) -> None:
    """Begin a post and print its path."""
    from feeds.opening import read_folder
    from feeds.posts.roots import find_roots
    from feeds.posts.scaffold import new_post

    opening = read_folder(folder, environ=os.environ)
    roots = [root.path for root in find_roots(opening.folder, opening.settings) if not root.is_archive]
    path = new_post(
        opening.folder / (roots[0] if roots else "content"),
        title=title,
        now=datetime.now(UTC),
        zone=opening.settings.zone,
        categories=categories,
        tags=tags,
        source=source,
    )
    click.echo(os.path.relpath(path))
