"""The reading side: selection → Feed → Rendition, with the memo."""

from feeds.library.addresses import WHOLE, Narrowing, parse_path, parse_query
from feeds.library.leaves import parse_leaf
from feeds.library.library import Library, Standing
from feeds.library.printed import Printed
from feeds.library.rendition import CODINGS, TAG_SUFFIXES, Base, Rendition, read_tag
from feeds.library.roll import Listed
from feeds.library.standings import Standings
from feeds.render import Coding

__all__ = [
    "CODINGS",
    "TAG_SUFFIXES",
    "WHOLE",
    "Base",
    "Coding",
    "Library",
    "Listed",
    "Narrowing",
    "Printed",
    "Rendition",
    "Standing",
    "Standings",
    "parse_leaf",
    "parse_path",
    "parse_query",
    "read_tag",
]
