"""The documents that are made from the list of all feeds, by address: served as they are, and written as files."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from feeds.library import Listed
from feeds.pages.index import site_index
from feeds.pages.sources import sources_as_json, sources_as_opml
from feeds.render.html import Templates
from feeds.settings import Settings


@dataclass(frozen=True, slots=True, kw_only=True)
class ListDocument:
    """What one of them is, for whom, and for how long it may be kept."""

    make: Callable[[Settings, Sequence[Listed]], bytes]
    media_type: str
    fresh: int  # seconds
    is_for_programs: bool = False  # which may run in a browser, and keep half a list as if it were whole


def index_document(templates: Templates) -> ListDocument:
    """Return the one at `/`, which is for people, as a site's templates make it."""
    return ListDocument(
        make=lambda settings, listing: site_index(settings, listing, templates),
        media_type="text/html; charset=utf-8",
        fresh=60,
    )


LISTS: Mapping[str, ListDocument] = MappingProxyType(
    {
        "/sources.json": ListDocument(
            make=sources_as_json, media_type="application/json", fresh=300, is_for_programs=True
        ),
        "/sources.opml": ListDocument(
            make=sources_as_opml, media_type="text/x-opml; charset=utf-8", fresh=300, is_for_programs=True
        ),
    }
)
