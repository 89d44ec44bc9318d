"""Pages for people: the one at the site's root, with every feed, and one for each entry."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo
from html import escape

from jinja2 import Environment, PackageLoader

from feeds.model import FORMATS, Entry, Format, Kind
from feeds.render.linked import news_article, organization
from feeds.render.media_types import MEDIA_TYPES
from feeds.render.moments import in_zone, rfc3339, zone_of
from feeds.render.readings import heading, license_of, origin_of, original_of, terms_of


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedLine:
    """One feed as the page shows it."""

    title: str
    address: str  # readable, without a format's suffix: `/category/新京报`; the browser encodes it
    count: int  # of its entries
    newest: datetime | None  # aware; None where it has no entries


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedGroup:
    """The feeds of one kind, in the order in which they are shown."""

    title: str  # Categories
    feeds: tuple[FeedLine, ...]
    kind: Kind


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Publisher:
    """Who publishes the site, as its pages name it."""

    title: str  # of the site
    name: str
    language: str
    url: str  # absolute
    logo: str | None = None  # absolute


_FORMAT_NAMES: dict[Format, str] = {"atom": "Atom", "rss": "RSS", "json": "JSON"}


_ROWS: Mapping[Kind, str] = {"category": "Category", "tag": "Tags", "source": "Source", "author": "Author"}


def _minute(moment: datetime, zone: tzinfo) -> str:
    return f"{in_zone(moment, zone):%Y-%m-%d %H:%M}"


def _day(moment: datetime, zone: tzinfo) -> str:
    return in_zone(moment, zone).date().isoformat()


_ENVIRONMENT = Environment(
    loader=PackageLoader("feeds.render"), autoescape=True, auto_reload=False, trim_blocks=True, lstrip_blocks=True
)
_ENVIRONMENT.filters.update(day=_day, minute=_minute, moment=rfc3339)
_ENVIRONMENT.policies["json.dumps_kwargs"] = {"ensure_ascii": False}
_ENVIRONMENT.globals.update(formats=[(format_, _FORMAT_NAMES[format_], MEDIA_TYPES[format_]) for format_ in FORMATS])


def index_page(
    *,
    title: str,
    description: str,
    language: str,
    groups: Sequence[FeedGroup],
    site_feed: FeedLine,
    zone: tzinfo,
    base: str = "",
) -> bytes:
    """Write the page; groups without feeds are left out.

    base: path below which the site lives, as the browser sees it: `/news`, or nothing. zone: days are counted in it.
    """
    page = _ENVIRONMENT.get_template("index.html").render(
        title=title,
        description=description,
        language=language,
        groups=[group for group in groups if group.feeds],
        site_feed=site_feed,
        zone=zone,
        base=base,
    )
    return page.encode()


def canonical_of(entry: Entry) -> str:
    """Return where an entry is at home (RFC 6596): at its original, else where its own link leads."""
    return original_of(entry) or entry.link


def entry_page(
    entry: Entry,
    *,
    publisher: Publisher,
    page: str,
    feeds: Sequence[FeedLink],
    older: EntryLink | None,
    newer: EntryLink | None,
    zone: tzinfo,
    base: str = "",
) -> bytes:
    """Write the page of one entry, with no more of it than the entry itself has.

    page: absolute address of this page. feeds: those it is in, the site's left out. base: as in `index_page`.
    """
    zone, original = zone_of(entry, zone), original_of(entry)
    license_address, license_name = terms_of(license_of(entry))
    who = organization(name=publisher.name, url=publisher.url, logo=publisher.logo)
    rows = [(name, [feed for feed in feeds if feed.kind == kind]) for kind, name in _ROWS.items()]
    text = _ENVIRONMENT.get_template("entry.html").render(
        entry=entry,
        title=heading(entry),
        site_title=publisher.title,
        language=publisher.language,
        canonical=canonical_of(entry),
        original=original,
        is_original_linked=original is not None and f'href="{escape(original)}"' in entry.content_html,
        origin=origin_of(entry),
        people=[person for person in entry.authors if person.name],
        license_address=license_address,
        license_name=license_name,
        feeds=feeds,
        rows=[row for row in rows if row[1]],
        older=older,
        newer=newer,
        linked=news_article(entry, page=page, publisher=who, zone=zone),
        zone=zone,
        base=base,
    )
    return text.encode()
