"""The documents that are made from the list of all feeds, by address: served as they are, and written as files."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType

from feeds.library import Listed
from feeds.pages.discovery import feeds_as_json, feeds_as_opml, narrowed, of_kind, robots
from feeds.pages.sources import sources_as_json, sources_as_opml
from feeds.render.html import Templates
from feeds.settings import Settings

# settings, all feeds, the words of pages → bytes
Make = Callable[[Settings, Sequence[Listed], Templates], bytes]
# settings, all feeds, query, now → feeds asked for
Narrow = Callable[[Settings, Sequence[Listed], str, datetime], Sequence[Listed]]
_OPML = "text/x-opml; charset=utf-8"


@dataclass(frozen=True, slots=True, kw_only=True)
class ListDocument:
    """What one of them is, for whom, and for how long it may be kept."""

    make: Make
    media_type: str
    fresh: int  # seconds
    is_for_programs: bool = False  # which may run in a browser, and keep half a list as if it were whole
    narrow: Narrow | None = None  # where a query may ask for a part of the list
    links: Callable[[Settings], str] | None = None  # value of the Link field (RFC 8288)


def _opml(make: Make, narrow: Narrow | None = None) -> ListDocument:
    return ListDocument(make=make, media_type=_OPML, fresh=300, is_for_programs=True, narrow=narrow)


LISTS: Mapping[str, ListDocument] = MappingProxyType(
    {
        "/sources.json": ListDocument(
            make=sources_as_json, media_type="application/json", fresh=300, is_for_programs=True
        ),
        "/sources.opml": _opml(sources_as_opml),
        "/opml.xml": _opml(feeds_as_opml, narrowed),
        "/categories.opml": _opml(of_kind("category"), narrowed),
        "/tags.opml": _opml(of_kind("tag"), narrowed),
        "/authors.opml": _opml(of_kind("author"), narrowed),
        "/feeds.json": ListDocument(
            make=feeds_as_json, media_type="application/json", fresh=60, is_for_programs=True, narrow=narrowed
        ),
        "/robots.txt": ListDocument(make=robots, media_type="text/plain; charset=utf-8", fresh=86_400),
    }
)
