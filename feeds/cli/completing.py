"""What shells complete: the addresses of feeds, beside what click knows of commands and options by itself."""

import os
from pathlib import Path
from typing import TYPE_CHECKING

import click
from click.shell_completion import CompletionItem

if TYPE_CHECKING:
    from feeds.library import Listed

_MOST = 200  # more than anybody looks through


def complete_address(ctx: click.Context, _parameter: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Propose the addresses that begin so, as the index has them. Who presses a key does not wait for posts to be read.

    Whatever is wrong, nothing is proposed: an error would be written into the line that is being typed.
    """
    try:
        listed = _listed(Path(ctx.params.get("folder") or "."))
    except Exception:  # noqa: BLE001
        return []
    begun = "/" + incomplete.lstrip("/")
    found = [one for one in listed if one.address.startswith(begun)]
    return [CompletionItem(one.address, help=one.title) for one in found[:_MOST]]


def _listed(folder: Path) -> "tuple[Listed, ...]":
    from feeds.opening import read_folder
    from feeds.site import open_site

    opening = read_folder(folder, environ=os.environ)
    if not (opening.folder / opening.settings.state.path).is_dir():
        return ()  # nothing is made by a look
    with open_site(opening.folder, opening.settings) as site:
        return site.library.listing()
