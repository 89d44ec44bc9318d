"""The reading side: selection → Feed → Rendition, with the memo."""

from feeds.library.addresses import WHOLE, Narrowing, parse_path, parse_query
from feeds.library.library import Library, Listed, Standing
from feeds.library.pages import EntryPage
from feeds.library.rendition import CODINGS, TAG_SUFFIXES, Base, Rendition, read_tag
from feeds.render import Coding

__all__ = [
    "CODINGS",
    "TAG_SUFFIXES",
    "WHOLE",
    "Base",
    "Coding",
    "EntryPage",
    "Library",
    "Listed",
    "Narrowing",
    "Rendition",
    "Standing",
    "parse_path",
    "parse_query",
    "read_tag",
]
