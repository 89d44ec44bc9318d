"""Paths of feeds: `/feed.atom`, `/category/新京报.rss`."""

from typing import NamedTuple, cast

from feeds.model import FORMATS, KINDS, Format, Kind


class FeedPath(NamedTuple):
    kind: Kind
    slug: str  # "" for the site
    format: Format


def parse_path(path: str) -> FeedPath | None:
    """Read a decoded path; None where no feed could ever have it."""
    address, dot, suffix = path.rpartition(".")
    if not dot or suffix not in FORMATS:
        return None
    if address == "/feed":
        return FeedPath("site", "", suffix)
    kind, slash, slug = address.removeprefix("/").partition("/")
    if not slash or not slug or "/" in slug or kind not in KINDS or kind == "site" or not address.startswith("/"):
        return None
    return FeedPath(cast("Kind", kind), slug, suffix)
