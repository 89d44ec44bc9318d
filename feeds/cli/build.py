from pathlib import Path

import click

from feeds.cli.session import current_site, folder_argument
from feeds.cli.telling import progress, tell


@click.command()
@folder_argument
@click.option("--output", required=True, type=click.Path(path_type=Path), help="Folder for the files.")
def build(folder: Path, output: Path) -> None:
    """Write all feeds as plain files, for a server of your choice."""
    from feeds.export.tree import build as build_tree

    with current_site(folder, says_inferred=True) as site, progress("Writing", "files") as report:
        built = build_tree(site.library, output, settings=site.settings, now=site.now(), progress=report)
    for note in built.notes:
        tell(f"note: {note}")
    click.echo(f"{built.written:,} files written, {built.unchanged:,} unchanged in {output}")
