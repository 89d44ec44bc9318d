"""What programs that look for feeds are told, from what the library lists."""

import re
from collections.abc import Sequence
from datetime import datetime, timedelta
from urllib.parse import parse_qs

from feeds.library import Listed
from feeds.model import FORMATS, KINDS
from feeds.pages.sitemaps import INDEX, NEWS
from feeds.render.discovery import FoundFeed, link_field, robots_txt
from feeds.render.html import Templates
from feeds.settings import Settings
from feeds.sources import Sources
from feeds.urls import wire

_MOST_DAYS = 36_500


def narrowed(settings: Settings, listing: Sequence[Listed], query: str, now: datetime) -> Sequence[Listed]:
    """Return what `kind=KIND` and `active=DAYS` leave of the feeds; what is unknown is as if it were not there.

    Days are whole ones in the zone of the site, so that the answer changes with the feeds, or at midnight.
    """
    fields = parse_qs(query)
    kinds = {kind for kind in fields.get("kind", ()) if kind in KINDS}
    if kinds:
        listing = [one for one in listing if one.key.kind in kinds]
    days = fields.get("active", [""])[0]
    if re.fullmatch("[0-9]{1,5}", days):
        since = _midnight(settings, now) - timedelta(days=min(int(days), _MOST_DAYS))
        listing = [one for one in listing if one.newest and one.newest >= since]
    return listing


def _midnight(settings: Settings, now: datetime) -> datetime:
    return now.astimezone(settings.zone).replace(hour=0, minute=0, second=0, microsecond=0)


def found_feed(one: Listed, settings: Settings, sources: Sources, *, has_tag: bool = True) -> FoundFeed:
    """Return what programs are told of a feed. has_tag: its entity tags, where they are known, are told."""
    site, kind = settings.site, one.key.kind
    source = sources.source(one.key.term) if kind == "source" else None
    url = site.url + wire(one.address)
    return FoundFeed(
        kind=kind,
        term=one.key.term,
        title=one.title,
        page=f"{site.url}/" if kind == "site" else f"{url}/",
        urls={format_: f"{url}.{format_}" for format_ in FORMATS},
        etags={format_: one.etag(format_) for format_ in FORMATS} if has_tag and one.state else {},
        count=one.count,
        newest=one.newest,
        language=(source and source.language) or site.language,
    )


def robots(settings: Settings) -> bytes:
    url = settings.site.url
    sitemaps = (f"{url}{INDEX}", f"{url}{NEWS}") if settings.pages.entries else ()
    return robots_txt(base=wire(settings.base_path), sitemaps=sitemaps)


def site_links(settings: Settings) -> str:
    """Return the Link field of the page that lists all feeds."""
    url = settings.site.url
    urls = {format_: f"{url}/feed.{format_}" for format_ in FORMATS}
    return link_field(urls, lists={f"{url}/opml.xml": "text/x-opml", f"{url}/feeds.json": "application/json"})


def said(text: str, settings: Settings, templates: Templates) -> str:
    """Say a word of ours in the language of the site, as its pages do."""
    return templates.words(settings.site.language).texts.gettext(text)
