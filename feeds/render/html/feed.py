"""The page of one feed, for people: what it is, how to subscribe, and what it has brought."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo

from markupsafe import Markup

from feeds.model import Entry, Format, Kind, Source
from feeds.render.html.frame import Frame
from feeds.render.html.templates import Templates
from feeds.render.moments import zone_of
from feeds.render.readings import heading, license_of, origin_of, original_of, terms_of, web_address
from feeds.text import one_line, shorten

_SUMMARY = 160  # characters; a page of some thirty entries stays below 60 KB with them


@dataclass(frozen=True, slots=True, kw_only=True)
class ReaderLink:
    """Where a feed reader takes a feed."""

    name: str
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedHead:
    """A feed as its page presents it."""

    kind: Kind
    title: str
    description: str  # "" where nobody has described it
    address: str  # readable, without a format's suffix
    urls: Mapping[Format, str]  # absolute, on the wire
    count: int
    newest: datetime | None
    rhythm: timedelta | None  # typical time between two entries
    logo: str | None = None
    home: str | None = None  # of the publication that it is about
    readers: Sequence[ReaderLink] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """An entry, as lists of entries show it."""

    title: str
    link: str
    published: datetime
    zone: tzinfo  # in which its date is written
    language: str | None
    summary: str
    origin: Source | None
    original: str | None  # where it leads elsewhere
    license_address: str | None
    license_name: str


def item_of(entry: Entry, zone: tzinfo) -> Item:
    license_address, license_name = terms_of(license_of(entry))
    return Item(
        title=heading(entry),
        link=entry.link,
        published=entry.published,
        zone=zone_of(entry, zone),
        language=entry.lang,
        summary=shorten(one_line(entry.summary or _beginning(entry)), _SUMMARY),
        origin=origin_of(entry),
        original=web_address(original_of(entry)),
        license_address=license_address,
        license_name=license_name,
    )


def _beginning(entry: Entry) -> str:
    """Return the first paragraph of a post that is too short for a summary, unless the title says it already."""
    text = Markup(entry.content_html.partition("</p>")[0]).striptags()  # noqa: S704  sanitised, and plain text after
    is_known = bool(entry.title) and (text.startswith(entry.title) or entry.title.startswith(text))
    return "" if is_known else text


def feed_page(
    *,
    templates: Templates,
    frame: Frame,
    feed: FeedHead,
    page: str,
    entries: Sequence[Entry],
    older: str | None = None,
    newer: str | None = None,
    language: str | None = None,
) -> bytes:
    """Write the page. page: its absolute address. older, newer: readable addresses of the pages beside it.

    language: in which it speaks; the site's where it is None.
    """
    return templates.render(
        "feed.html",
        frame,
        language=language,
        feed=feed,
        page=page,
        items=[item_of(entry, frame.zone) for entry in entries],
        older=older,
        newer=newer,
    )
