"""The reading side: selection → Feed → Rendition, with the memo."""

from feeds.library.addresses import parse_path
from feeds.library.library import Library, Listed
from feeds.library.rendition import CODINGS, TAG_SUFFIXES, Rendition
from feeds.render import Coding

__all__ = ["CODINGS", "TAG_SUFFIXES", "Coding", "Library", "Listed", "Rendition", "parse_path"]
