"""Atom 1.0 (RFC 4287): an entry as bytes, and a document around such bytes."""

from collections.abc import Sequence
from datetime import tzinfo

from feeds.model import ContentMode, Entry, Feed
from feeds.render.corrections import ATOM_PREFIXES
from feeds.render.reference import entry_model, feed_model
from feeds.render.xml import fragment_of, splice

_TAIL = b"</feed>"


def fragment(entry: Entry, *, mode: ContentMode, zone: tzinfo) -> bytes:
    return fragment_of(entry_model(entry, mode=mode, zone=zone).atom_entry(), ATOM_PREFIXES)


def document(feed: Feed, fragments: Sequence[bytes]) -> bytes:
    return splice(feed_model(feed, "atom").atom_str(), fragments, _TAIL)
