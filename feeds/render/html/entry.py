"""The page of one entry."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape

from feeds.model import Entry, Kind
from feeds.render.html.frame import Frame
from feeds.render.html.templates import Templates
from feeds.render.linked import news_article
from feeds.render.moments import zone_of
from feeds.render.readings import heading, license_of, origin_of, original_of, terms_of


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedLink:
    """A feed that an entry is in."""

    kind: Kind
    title: str
    address: str  # readable, without a format's suffix


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryLink:
    """An entry's page as another one leads to it."""

    title: str
    address: str  # readable


def canonical_of(entry: Entry) -> str:
    """Return where an entry is at home (RFC 6596): at its original, else where its own link leads."""
    return original_of(entry) or entry.link


def entry_page(
    entry: Entry,
    *,
    templates: Templates,
    frame: Frame,
    page: str,
    feeds: Sequence[FeedLink] = (),
    older: EntryLink | None = None,
    newer: EntryLink | None = None,
    leads_to_pages: bool = True,
) -> bytes:
    """Write the page of one entry, with no more of it than the entry itself has.

    page: absolute address of this page. feeds: those it is in, the site's left out. leads_to_pages: of these
    feeds; else to the feeds themselves.
    """
    zone, original = zone_of(entry, frame.zone), original_of(entry)
    license_address, license_name = terms_of(license_of(entry))
    return templates.render(
        "entry.html",
        frame,
        entry=entry,
        title=heading(entry),
        page=page,
        canonical=canonical_of(entry),
        original=original,
        is_original_linked=original is not None and f'href="{escape(original)}"' in entry.content_html,
        origin=origin_of(entry),
        people=[person for person in entry.authors if person.name],
        license_address=license_address,
        license_name=license_name,
        feeds=feeds,
        by_kind=_by_kind(feeds),
        leads_to_pages=leads_to_pages,
        older=older,
        newer=newer,
        linked=news_article(entry, page=page, publisher=frame.publisher, zone=zone),
        zone=zone,
    )


def _by_kind(feeds: Sequence[FeedLink]) -> Mapping[Kind, Sequence[FeedLink]]:
    kinds: dict[Kind, list[FeedLink]] = {}
    for feed in feeds:
        kinds.setdefault(feed.kind, []).append(feed)
    return kinds
