"""Where the feeds of a site are, for programs that look for them: OPML, JSON, robots.txt, sitemaps, and links."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo
from html import escape

import orjson
from lxml import etree

from feeds.model import FORMATS, Format, Kind
from feeds.render.media_types import MEDIA_TYPES
from feeds.render.moments import rfc3339
from feeds.render.readings import plain
from feeds.render.xml import add

FORMAT_NAMES: Mapping[Format, str] = {"atom": "Atom", "rss": "RSS", "json": "JSON"}


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundFeed:
    """One feed as programs find it. Addresses are absolute and percent-encoded."""

    kind: Kind
    term: str
    title: str
    page: str  # of people
    urls: Mapping[Format, str]
    etags: Mapping[Format, str]  # of the plain coding; empty where they are not known
    count: int
    newest: datetime | None
    language: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundGroup:
    """Feeds that belong together."""

    title: str  # "" for feeds that stand by themselves
    feeds: Sequence[FoundFeed]


def feeds_opml(groups: Sequence[FoundGroup], *, title: str) -> bytes:
    """Write a subscription list (OPML 2.0), the feeds of each group inside an outline of its own."""
    root = etree.Element("opml", version="2.0")
    head, body = add(root, "head"), add(root, "body")
    add(head, "title", plain(title))
    add(head, "docs", "http://opml.org/spec2.opml")
    for group in groups:
        name = plain(group.title)
        parent = etree.SubElement(body, "outline", {"text": name, "title": name}) if name else body
        for feed in group.feeds:
            _outline(parent, feed)
    document: bytes = etree.tostring(root, encoding="UTF-8", xml_declaration=True, pretty_print=True)
    return document


def _outline(parent: object, feed: FoundFeed) -> None:
    title = plain(feed.title) or feed.page
    shown = {"type": "rss", "text": title, "title": title, "xmlUrl": feed.urls["rss"], "htmlUrl": feed.page}
    etree.SubElement(parent, "outline", shown | ({"language": feed.language} if feed.language else {}))


def feeds_json(feeds: Sequence[FoundFeed], *, title: str, home: str, zone: tzinfo) -> bytes:
    """Write what there is to know of every feed without asking for it. home: address of the site."""
    told = {"title": plain(title), "home": home, "feeds": [_known(feed, zone) for feed in feeds]}
    return orjson.dumps(told, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)


def _known(feed: FoundFeed, zone: tzinfo) -> Mapping[str, object]:
    return {
        "kind": feed.kind,
        "term": plain(feed.term),
        "title": plain(feed.title),
        "page": feed.page,
        "feeds": dict(feed.urls),
        "count": feed.count,
        "newest": feed.newest and rfc3339(feed.newest, zone),
        "etags": dict(feed.etags),
    }


def links(feeds: Sequence[tuple[str, Format, str]]) -> str:
    """Write autodiscovery for the head of a page, a line each. feeds: title, format, absolute address; best first."""
    return "".join(
        f'<link rel="alternate" type="{MEDIA_TYPES[format_]}" title="{escape(plain(title))}" href="{escape(url)}">\n'
        for title, format_, url in feeds
    )


def link_field(urls: Mapping[Format, str], *, lists: Mapping[str, str]) -> str:
    """Write the Link field (RFC 8288) of a page: its feeds, best first, and what lists more.

    lists: media types by address.
    """
    alternates = [f'<{urls[each]}>; rel="alternate"; type="{MEDIA_TYPES[each]}"' for each in FORMATS]
    return ", ".join((*alternates, *(f'<{url}>; rel="related"; type="{kind}"' for url, kind in lists.items())))


def robots_txt(*, base: str, sitemaps: Sequence[str]) -> bytes:
    """Let programs have everything but what is there for scripts with a token (RFC 9309). base: path of the site."""
    lines = ["User-agent: *", f"Disallow: {base}/-/", f"Allow: {base}/", *(f"Sitemap: {one}" for one in sitemaps)]
    return "".join(f"{line}\n" for line in lines).encode()
