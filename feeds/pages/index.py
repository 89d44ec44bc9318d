"""The page that lists all feeds of a site, from what the library lists."""

from collections.abc import Sequence

from feeds.library import Listed
from feeds.model import SITE, Kind
from feeds.render.html import FeedGroup, FeedLine, index_page
from feeds.settings import Settings

_TITLES: dict[Kind, str] = {"category": "Categories", "tag": "Tags", "source": "Sources", "author": "Authors"}


def site_index(settings: Settings, listing: Sequence[Listed]) -> bytes:
    site = settings.site
    groups = (
        FeedGroup(kind=kind, title=title, feeds=tuple(_line(one) for one in listing if one.key.kind == kind))
        for kind, title in _TITLES.items()
    )
    site_feed = next((_line(one) for one in listing if one.key == SITE), None)
    return index_page(
        title=site.title,
        description=site.description,
        language=site.language,
        groups=tuple(groups),
        site_feed=site_feed or FeedLine(title=site.title, address="/feed", count=0, newest=None),
        zone=settings.zone,
        base=settings.base_path,
    )


def _line(one: Listed) -> FeedLine:
    return FeedLine(title=one.title, address=one.address, count=one.count, newest=one.newest)
