"""Sitemaps (sitemaps.org 0.9) of the pages of entries, and Google's news sitemap of the newest."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, tzinfo

from lxml import etree

from feeds.render.moments import rfc3339
from feeds.render.readings import plain
from feeds.render.xml import Element, add

MOST = 50_000  # addresses in a sitemap
MOST_NEWS = 1_000  # in a news sitemap
_SITEMAP = "http://www.sitemaps.org/schemas/sitemap/0.9"
_NEWS = "http://www.google.com/schemas/sitemap-news/0.9"


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """An address, absolute and percent-encoded, and since when what is there looks as it does."""

    url: str
    changed: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class NewsItem:
    url: str
    title: str
    published: datetime
    zone: tzinfo  # in which its date is written


def sitemap_index(parts: Iterable[Place], *, zone: tzinfo) -> bytes:
    return _document("sitemapindex", "sitemap", parts, zone)


def sitemap(places: Iterable[Place], *, zone: tzinfo) -> bytes:
    """Write a part, of at most `MOST` addresses."""
    return _document("urlset", "url", places, zone)


def _document(root_name: str, name: str, places: Iterable[Place], zone: tzinfo) -> bytes:
    root = etree.Element(f"{{{_SITEMAP}}}{root_name}", nsmap={None: _SITEMAP})
    for place in places:
        element = add(root, f"{{{_SITEMAP}}}{name}")
        add(element, f"{{{_SITEMAP}}}loc", place.url)
        if place.changed:
            add(element, f"{{{_SITEMAP}}}lastmod", rfc3339(place.changed, zone))
    return _bytes(root)


def news_sitemap(items: Iterable[NewsItem], *, publication: str, language: str) -> bytes:
    """Write what Google News asks of the articles of two days. language: of the publication, BCP 47."""
    root = etree.Element(f"{{{_SITEMAP}}}urlset", nsmap={None: _SITEMAP, "news": _NEWS})
    for item in items:
        element = add(root, f"{{{_SITEMAP}}}url")
        add(element, f"{{{_SITEMAP}}}loc", item.url)
        news = add(element, f"{{{_NEWS}}}news")
        who = add(news, f"{{{_NEWS}}}publication")
        add(who, f"{{{_NEWS}}}name", plain(publication))
        add(who, f"{{{_NEWS}}}language", _language(language))
        add(news, f"{{{_NEWS}}}publication_date", rfc3339(item.published, item.zone))
        add(news, f"{{{_NEWS}}}title", plain(item.title))
    return _bytes(root)


def _language(tag: str) -> str:
    """Write a language as Google wants it: two or three letters, but Chinese as zh-cn or zh-tw."""
    primary, *rest = tag.lower().replace("_", "-").split("-")
    if primary != "zh":
        return primary
    return "zh-tw" if {"hant", "tw", "hk", "mo"} & set(rest) else "zh-cn"


def _bytes(root: Element) -> bytes:
    document: bytes = etree.tostring(root, encoding="UTF-8", xml_declaration=True, pretty_print=True)
    return document
