"""The page at the site's root: every feed, and where to subscribe to it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo

from jinja2 import Environment, PackageLoader

from feeds.model import FORMATS, Format
from feeds.render.media_types import MEDIA_TYPES
from feeds.render.moments import in_zone


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


_FORMAT_NAMES: dict[Format, str] = {"atom": "Atom", "rss": "RSS", "json": "JSON"}


def _day(moment: datetime, zone: tzinfo) -> str:
    return in_zone(moment, zone).date().isoformat()


_ENVIRONMENT = Environment(
    loader=PackageLoader("feeds.render"), autoescape=True, auto_reload=False, trim_blocks=True, lstrip_blocks=True
)
_ENVIRONMENT.filters["day"] = _day
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
