"""What each format is called on the wire."""

from collections.abc import Mapping

from feeds.model import Format

MEDIA_TYPES: Mapping[Format, str] = {
    "atom": "application/atom+xml",
    "rss": "application/rss+xml",
    "json": "application/feed+json",
}
