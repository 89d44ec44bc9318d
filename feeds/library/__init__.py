"""The reading side: selection → Feed → Rendition, with the memo."""

from feeds.library.addresses import parse_path
from feeds.library.library import Library, Listed
from feeds.library.rendition import CODINGS, Coding, Rendition

__all__ = ["CODINGS", "Coding", "Library", "Listed", "Rendition", "parse_path"]
