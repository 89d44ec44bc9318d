"""RSS 2.0 with content, dc, media and atom: an item as bytes, and a document around such bytes."""

from collections.abc import Sequence
from datetime import tzinfo

from feeds.model import ContentMode, Entry, Feed
from feeds.render.corrections import RSS_PREFIXES
from feeds.render.reference import entry_model, feed_model
from feeds.render.xml import fragment_of, splice

_TAIL = b"</channel></rss>"


def fragment(entry: Entry, *, mode: ContentMode, zone: tzinfo) -> bytes:
    return fragment_of(entry_model(entry, mode=mode, zone=zone).rss_entry(), RSS_PREFIXES)


def document(feed: Feed, fragments: Sequence[bytes]) -> bytes:
    return splice(feed_model(feed, "rss").rss_str(), fragments, _TAIL)
