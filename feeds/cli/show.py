import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

import click

from feeds.cli.completing import complete_address
from feeds.cli.helping import examples
from feeds.cli.session import current_site, folder_option

if TYPE_CHECKING:
    from feeds.library import Library, Rendition


@click.command(
    epilog=examples(
        "feeds show /feed",
        "feeds show /category/news.rss --no-pager",
        "feeds show /feed.json --folder blog > feed.json",
    )
)
@click.argument("address", shell_complete=complete_address)
@click.option("--pager/--no-pager", default=True, help="Page what is longer than the terminal.  [default: page]")
@folder_option
def show(address: str, folder: Path, *, pager: bool) -> None:
    """Print a feed.

    ADDRESS as in `feeds list`, or as in a reader; without .atom, .rss or .json it is Atom. On a terminal it is coloured
    and shown through $PAGER where it does not fit; in a pipe it is the very bytes that a reader gets.
    """
    with current_site(folder) as site:
        rendition = find(site.library, address)
        body = site.library.fill(rendition).body()
    if sys.stdout.isatty():
        from feeds.cli.reading import show_document

        show_document(body, is_json=rendition.format == "json", is_paged=pager)
    else:
        sys.stdout.buffer.write(body)


def find(library: "Library", address: str) -> "Rendition":
    """Return the rendition that an address means. Raises UnknownFeedError with the addresses most like it."""
    from feeds.errors import UnknownFeedError

    for path in spellings(address):
        rendition = library.look_up(library.redirect(path) or path)
        if rendition is not None:
            return rendition
    raise UnknownFeedError(f"there is no feed {address}", _remedy(library, address))


def spellings(address: str) -> Iterator[str]:
    """Yield the paths that an address may stand for: as it is before percent-decoded, with its suffix before without.

    A whole URL stands for its path.
    """
    if address.startswith(("http://", "https://")):
        address = urlsplit(address).path
    path = "/" + address.lstrip("/")
    for spelled in dict.fromkeys((path, unquote(path))):
        yield spelled
        yield f"{spelled}.atom"


def _remedy(library: "Library", address: str) -> str:
    from difflib import get_close_matches

    known = [listed.address for listed in library.listing()]
    likely = {unquote(path).rsplit(".", 1)[0]: None for path in spellings(address)}
    near = [found for path in likely for found in get_close_matches(path, known, n=3, cutoff=0.5)]
    if not near:
        return "`feeds list` names them all"
    return f"did you mean {' or '.join(dict.fromkeys(near))}?"
