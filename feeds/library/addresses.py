"""Addresses of feeds: `/feed.atom`, `/category/新京报.rss`, `/feed.json?limit=10&content=title`."""

import re
from typing import NamedTuple, cast
from urllib.parse import parse_qsl

from feeds.model import FORMATS, KINDS, ContentMode, Format, Kind, Shape

_MOST = 5000  # entries, as [feeds] window
_BREADTHS: dict[str, int] = {"title": 0, "summary": 1, "full": 2}


class FeedPath(NamedTuple):
    kind: Kind
    slug: str  # "" for the site
    format: Format


class Narrowing(NamedTuple):
    """How much less than the whole feed somebody asks for; None leaves it whole."""

    limit: int | None = None  # newest entries
    content: ContentMode | None = None

    @property
    def query(self) -> str:
        """Return the one way to write it in an address, with its question mark; "" for the whole feed."""
        fields = [f"{name}={value}" for name, value in zip(self._fields, self, strict=True) if value is not None]
        return f"?{'&'.join(fields)}" if fields else ""


WHOLE = Narrowing()


def parse_path(path: str) -> FeedPath | None:
    """Read a decoded path; None where no feed could ever have it."""
    address, dot, suffix = path.rpartition(".")
    if not dot or suffix not in FORMATS:
        return None
    if address == "/feed":
        return FeedPath("site", "", suffix)
    kind, slash, slug = address.removeprefix("/").partition("/")
    if not slash or not slug or kind not in KINDS or kind == "site" or not address.startswith("/"):
        return None
    if slug.count("/") > (kind == "collection") or not all(slug.split("/")):  # `/collection/changes/news`
        return None
    return FeedPath(cast("Kind", kind), slug, suffix)


def parse_query(query: str) -> Narrowing:
    """Read `limit=N&content=full|summary|title`; what is unknown or unreadable is as if it were not there."""
    fields = dict(parse_qsl(query))
    limit, content = fields.get("limit", ""), fields.get("content", "")
    return Narrowing(
        limit=min(max(int(limit), 1), _MOST) if re.fullmatch("[0-9]{1,9}", limit) else None,
        content=cast("ContentMode", content) if content in _BREADTHS else None,
    )


def within(narrowing: Narrowing, shape: Shape) -> Narrowing:
    """Take out what would not narrow a feed of this shape: more entries or more content than it has nobody gets.

    So each narrower feed is a function of its whole one, and never changes while that stands still (invariant 11).
    """
    limit, content = narrowing
    is_whole = shape.window.hours == 0 and limit is not None and limit >= shape.window.newest
    is_wider = content is not None and _BREADTHS[content] >= _BREADTHS[shape.content]
    return Narrowing(limit=None if is_whole else limit, content=None if is_wider else content)
