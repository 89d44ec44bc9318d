"""The documents that are made from the list of all feeds, by address: served as they are, and written as files."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from types import MappingProxyType

from feeds.library import Listed
from feeds.model import SITE, Kind
from feeds.pages.discovery import found_feed, narrowed, robots, said
from feeds.pages.sorting import Kept, part_of
from feeds.pages.sources import source_line
from feeds.render.discovery import feed_json, feed_outline, feeds_json
from feeds.render.html import Templates
from feeds.render.pieces import OutlineGroup, opml
from feeds.render.sources import source_json, source_outline, sources_json
from feeds.settings import Settings
from feeds.sources import Sources

GROUPS: Mapping[Kind, str] = {
    "category": "Categories",
    "tag": "Tags",
    "source": "Sources",
    "author": "Authors",
    "collection": "Collections",
}
_OPML = "text/x-opml; charset=utf-8"


class Lists:
    """Makes them again and again: what stands in them for a feed is kept until that changes. For one thread."""

    def __init__(self, settings: Settings, templates: Templates, *, has_tags: bool = True) -> None:
        """has_tags: entity tags of feeds are told; who serves files gives them some of its own."""
        self._settings = settings
        self._templates = templates
        self._sources = Sources(settings)
        self._has_tags = has_tags
        self._outlines = Kept(partial(map, self._outline))
        self._objects = Kept(partial(map, self._object))
        self._source_outlines = Kept(partial(map, self._source_outline))
        self._source_objects = Kept(partial(map, self._source_object))

    # --- a feed

    def _outline(self, one: Listed) -> bytes:
        return feed_outline(found_feed(one, self._settings, self._sources))

    def _object(self, one: Listed) -> bytes:
        found = found_feed(one, self._settings, self._sources, has_tag=self._has_tags)
        return feed_json(found, zone=self._settings.zone)

    def _source_outline(self, one: Listed) -> bytes:
        home = f"{self._settings.site.url}/"
        return source_outline(source_line(one, self._settings, self._sources), home=home)

    def _source_object(self, one: Listed) -> bytes:
        return source_json(source_line(one, self._settings, self._sources), zone=self._settings.zone)

    # --- all of them; listing: the site's feed first, then by kind and term

    def all_as_opml(self, listing: Sequence[Listed]) -> bytes:
        """List all feeds: the site's by itself, the others by kind."""
        outlines = self._outlines.of(listing)
        groups = [OutlineGroup("", outlines[:1] if listing and listing[0].key == SITE else ())]
        groups += [OutlineGroup(self._said(title), outlines[part_of(listing, kind)]) for kind, title in GROUPS.items()]
        return opml(groups, title=self._settings.site.title)

    def kind_as_opml(self, listing: Sequence[Listed], *, kind: Kind) -> bytes:
        """List the feeds of one kind, without a group around them."""
        outlines = self._outlines.of(listing)[part_of(listing, kind)]
        return opml([OutlineGroup("", outlines)], title=self._titled(GROUPS[kind]))

    def all_as_json(self, listing: Sequence[Listed]) -> bytes:
        site = self._settings.site
        return feeds_json(self._objects.of(listing), title=site.title, home=f"{site.url}/")

    def sources_as_opml(self, listing: Sequence[Listed]) -> bytes:
        outlines = self._source_outlines.of(listing[part_of(listing, "source")])
        return opml([OutlineGroup("", outlines)], title=self._titled(GROUPS["source"]))

    def sources_as_json(self, listing: Sequence[Listed]) -> bytes:
        return sources_json(self._source_objects.of(listing[part_of(listing, "source")]))

    def robots(self, _listing: Sequence[Listed]) -> bytes:
        return robots(self._settings)

    def _titled(self, text: str) -> str:
        return f"{self._settings.site.title}: {self._said(text)}"

    def _said(self, text: str) -> str:
        return said(text, self._settings, self._templates)


# who makes it, all feeds → bytes
Make = Callable[[Lists, Sequence[Listed]], bytes]
# settings, all feeds, query, now → feeds asked for
Narrow = Callable[[Settings, Sequence[Listed], str, datetime], Sequence[Listed]]


@dataclass(frozen=True, slots=True, kw_only=True)
class ListDocument:
    """What one of them is, for whom, and for how long it may be kept."""

    make: Make
    media_type: str
    fresh: int  # seconds
    is_for_programs: bool = False  # which may run in a browser, and keep half a list as if it were whole
    tells_news: bool = False  # how many entries feeds have and when the newest came, not only what they are called
    narrow: Narrow | None = None  # where a query may ask for a part of the list
    links: Callable[[Settings], str] | None = None  # value of the Link field (RFC 8288)


def _opml(make: Make, narrow: Narrow | None = None) -> ListDocument:
    return ListDocument(make=make, media_type=_OPML, fresh=300, is_for_programs=True, narrow=narrow)


def _of_kind(kind: Kind) -> ListDocument:
    return _opml(partial(Lists.kind_as_opml, kind=kind), narrowed)


def _json(make: Make, *, fresh: int, narrow: Narrow | None = None) -> ListDocument:
    return ListDocument(
        make=make, media_type="application/json", fresh=fresh, is_for_programs=True, tells_news=True, narrow=narrow
    )


LISTS: Mapping[str, ListDocument] = MappingProxyType(
    {
        "/sources.json": _json(Lists.sources_as_json, fresh=300),
        "/sources.opml": _opml(Lists.sources_as_opml),
        "/opml.xml": _opml(Lists.all_as_opml, narrowed),
        "/categories.opml": _of_kind("category"),
        "/tags.opml": _of_kind("tag"),
        "/authors.opml": _of_kind("author"),
        "/feeds.json": _json(Lists.all_as_json, fresh=60, narrow=narrowed),
        "/robots.txt": ListDocument(make=Lists.robots, media_type="text/plain; charset=utf-8", fresh=86_400),
    }
)
