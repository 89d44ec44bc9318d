"""Addresses of entry pages: `/entry/2026-storm/`.

The mapping from ids is one-to-one and can be read backwards, so a page is looked up by the id that its address spells,
and the address outlives whatever the id outlives (invariant 2). A name of our minting shows as it is, with its slashes;
an id from somewhere else, such as a post's own `guid`, stands whole behind `~id`.
"""

from collections.abc import Iterator
from urllib.parse import unquote

from feeds.slugs import read_spelled, spell
from feeds.urls.ids import tag_uri

ROOT = "/entry/"
_OTHER = "~id"  # no spelled name begins so: behind its `~` stand two hexadecimal digits
_MORE = "~~"  # likewise; begins a segment that goes on with the one before it
_MAX_BYTES = 200  # of a segment: a file name holds 255
_INDEX = "index.html"  # the name of a page in a tree of files


def entry_address(id_: str, authority: str) -> str:
    """Return the readable address of an entry's page. authority: of the ids that we mint, "example.com,2021"."""
    name = unquote(id_.removeprefix(f"tag:{authority}:"))
    own = [name] if tag_uri(authority, name) == id_ else [_OTHER, id_]
    segments = [spelled for part in own[-1].split("/") for spelled in _spelled(part)]
    return ROOT + "".join(f"{segment}/" for segment in [*own[:-1], *segments])


def entry_id(address: str, authority: str) -> str | None:
    """Return the id whose page has this readable address; None where no page has it."""
    first, *rest = address.removeprefix(ROOT).removesuffix("/").split("/")
    is_other = first == _OTHER
    name = read_spelled(_joined(rest if is_other else [first, *rest]))
    if name is None:
        return None
    id_ = name if is_other else tag_uri(authority, name)
    return id_ if entry_address(id_, authority) == address else None


def _spelled(part: str) -> Iterator[str]:
    """Yield what stands for one part between slashes: itself, in pieces where it is too long for a file name."""
    if part.isascii() and part.isalnum() and len(part) <= _MAX_BYTES:  # many names
        yield part
        return
    units = [spell(character) for character in part]
    if part.startswith("."):
        units[0] = "~2E"
    elif part == _INDEX:
        units[0] = "~69"
    piece = "" if units else _MORE
    for unit in units:
        if len((piece + unit).encode()) > _MAX_BYTES:
            yield piece
            piece = _MORE
        piece += unit
    yield piece


def _joined(segments: list[str]) -> str:
    """Put pieces and parts together again; an empty part is written as a piece without text."""
    return "/".join("" if one == _MORE else one for one in segments).replace(f"/{_MORE}", "")
