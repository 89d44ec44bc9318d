"""The table of formats: all that the rest of the house needs to know about them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import tzinfo
from typing import Protocol

from feeds.model import ContentMode, Entry, Feed, Format
from feeds.render import atom, jsonfeed, rss
from feeds.render.media_types import MEDIA_TYPES


class Fragment(Protocol):
    """Writes one entry, as it stands in every document of this format, mode and zone."""

    def __call__(self, entry: Entry, *, mode: ContentMode, zone: tzinfo) -> bytes: ...


class Document(Protocol):
    """Writes a whole document: the feed's head, these fragments in this order, the tail."""

    def __call__(self, feed: Feed, fragments: Sequence[bytes]) -> bytes: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Renderer:
    """Pure functions: same input, same bytes (invariant 9)."""

    media_type: str  # as Content-Type has it, with the charset where the type has that parameter
    suffix: str
    fragment: Fragment
    document: Document


RENDERERS: Mapping[Format, Renderer] = {
    "atom": Renderer(
        media_type=f"{MEDIA_TYPES['atom']}; charset=utf-8",
        suffix=".atom",
        fragment=atom.fragment,
        document=atom.document,
    ),
    "rss": Renderer(
        media_type=f"{MEDIA_TYPES['rss']}; charset=utf-8",
        suffix=".rss",
        fragment=rss.fragment,
        document=rss.document,
    ),
    "json": Renderer(
        media_type=MEDIA_TYPES["json"],
        suffix=".json",
        fragment=jsonfeed.fragment,
        document=jsonfeed.document,
    ),
}
