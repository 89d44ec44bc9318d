"""Where the feeds of a site are, for programs that look for them: OPML, JSON, robots.txt, sitemaps, and links."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo
from html import escape

from feeds.model import FORMATS, Format, Kind
from feeds.render.media_types import MEDIA_TYPES
from feeds.render.moments import rfc3339
from feeds.render.pieces import json_array, json_object, outline
from feeds.render.readings import plain

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


def feed_outline(feed: FoundFeed) -> bytes:
    """Write a feed's line in a subscription list (OPML 2.0)."""
    title = plain(feed.title) or feed.page
    shown = {"type": "rss", "text": title, "title": title, "xmlUrl": feed.urls["rss"], "htmlUrl": feed.page}
    return outline(shown | ({"language": feed.language} if feed.language else {}))


def feed_json(feed: FoundFeed, *, zone: tzinfo) -> bytes:
    """Write what there is to know of a feed without asking for it."""
    told = {
        "kind": feed.kind,
        "term": plain(feed.term),
        "title": plain(feed.title),
        "page": feed.page,
        "feeds": dict(feed.urls),
        "count": feed.count,
        "newest": feed.newest and rfc3339(feed.newest, zone),
        "etags": dict(feed.etags),
    }
    return json_object(told, depth=2)


def feeds_json(objects: Sequence[bytes], *, title: str, home: str) -> bytes:
    """Write the list of these feeds. objects: as `feed_json` writes them. home: address of the site."""
    head = json_object({"title": plain(title), "home": home, "feeds": []})
    return json_array(objects, before=head[: head.rindex(b"[]")], after=b"\n}\n", depth=1)


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
