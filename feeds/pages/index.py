"""The page that lists all feeds of a site, from what the library lists."""

from collections.abc import Sequence

from feeds.library import Listed
from feeds.model import SITE, Kind
from feeds.render.html import FeedGroup, FeedLine, Templates, frame_of, index_page
from feeds.settings import Settings

_KINDS: tuple[Kind, ...] = ("category", "tag", "source", "author", "collection")


def site_index(settings: Settings, listing: Sequence[Listed], templates: Templates) -> bytes:
    groups = (
        FeedGroup(kind=kind, feeds=tuple(_line(one) for one in listing if one.key.kind == kind)) for kind in _KINDS
    )
    site_feed = next((_line(one) for one in listing if one.key == SITE), None)
    return index_page(
        templates=templates,
        frame=frame_of(settings),
        groups=tuple(groups),
        site_feed=site_feed or FeedLine(title=settings.site.title, address="/feed", count=0, newest=None),
    )


def _line(one: Listed) -> FeedLine:
    return FeedLine(title=one.title, address=one.address, count=one.count, newest=one.newest)
