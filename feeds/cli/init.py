import json
from pathlib import Path

import click

from feeds.cli.helping import examples
from feeds.cli.session import folder_argument


@click.command(epilog=examples("feeds init", "feeds init blog", "feeds init --schema > feeds.schema.json"))
@folder_argument
@click.option("--schema", is_flag=True, help="Print the JSON Schema of feeds.toml, for editors, and write nothing.")
def init(folder: Path, *, schema: bool) -> None:
    """Write a commented feeds.toml, with what a Jekyll or Hugo folder says of itself in force.

    The folder is made where it is missing; a feeds.toml that is there stays as it is.
    """
    from feeds.settings import settings_schema

    if schema:
        click.echo(json.dumps(settings_schema(), ensure_ascii=False, indent=2))
    else:
        click.echo(f"{write_settings(folder)} written; every setting is explained in it")


def write_settings(folder: Path) -> Path:
    from feeds.errors import FeedsError
    from feeds.opening import readable
    from feeds.posts.conventions import infer
    from feeds.settings import FILE_NAME, sample_toml

    try:
        folder.mkdir(parents=True, exist_ok=True)
        path = readable(folder) / FILE_NAME
        text = sample_toml(infer(path.parent).values)
        with path.open("x", encoding="utf-8") as file:
            file.write(text)
    except FileExistsError as err:
        raise FeedsError(
            f"{err.filename} is there already and was left alone", "edit it, or move it away first"
        ) from err
    except OSError as err:
        raise FeedsError(f"{err.filename}: {err.strerror}", "choose a folder that you may write to") from err
    return path
