"""RSS 2.0 with content, dc, media and atom: an item as bytes, and a document around such bytes.

It is what `reference` writes, written directly.
"""

import html
from collections.abc import Iterator, Sequence
from datetime import tzinfo

from feeds import __version__
from feeds.model import FORMATS, ContentMode, Entry, Feed
from feeds.render.escaping import attribute, attributes, element, encoded, spelled_out, text
from feeds.render.heads import GENERATOR, rhythm, stylesheet
from feeds.render.media_types import MEDIA_TYPES
from feeds.render.moments import in_zone, rfc822, rfc3339, zone_of
from feeds.render.picture import picture
from feeds.render.readings import (
    authors_of,
    feed_author,
    feed_description,
    feed_rights,
    feed_title,
    heading,
    license_of,
    origin_of,
    original_of,
    scheme_of,
    terms_of,
)

# `cc` would be another module by the people who made creativeCommons; validators hold that prefix for it.
_ROOT = (
    '<rss xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:media="http://search.yahoo.com/mrss/"'
    ' xmlns:creativeCommons="http://backend.userland.com/creativeCommonsRssModule"'
    ' xmlns:atom="http://www.w3.org/2005/Atom" xmlns:content="http://purl.org/rss/1.0/modules/content/"'
    ' xmlns:sy="http://purl.org/rss/1.0/modules/syndication/" version="2.0"'
)
_DOCS = "<docs>https://www.rssboard.org/rss-specification</docs>"
_TAIL = b"</channel></rss>"


def fragment(entry: Entry, *, mode: ContentMode, zone: tzinfo) -> bytes:
    return encoded("".join(_item(entry, mode, zone_of(entry, zone))))


def document(feed: Feed, fragments: Sequence[bytes]) -> bytes:
    return b"".join((encoded("".join(_head(feed))), *fragments, _TAIL))


def _item(entry: Entry, mode: ContentMode, zone: tzinfo) -> Iterator[str]:
    language = f' xml:lang="{attribute(entry.lang)}"' if entry.lang else ""
    yield f"<item{language}><title>{spelled_out(heading(entry))}</title>{element('link', entry.link)}"
    yield _description(entry, mode)
    yield f'<guid isPermaLink="{"true" if entry.id == entry.link else "false"}">{text(entry.id)}</guid>'
    if entry.enclosures:  # it has room for one (Best Practices Profile)
        first = entry.enclosures[0]
        yield f'<enclosure url="{attribute(first.url)}" length="{first.length}" type="{attribute(first.type)}"/>'
    origin = origin_of(entry)
    if address := origin and (origin.feed or origin.url):
        yield f'<source url="{attribute(address)}">{text(origin.name)}</source>' if origin else ""
    for category in entry.categories:  # the terms: a category has one name
        yield f'<category domain="{scheme_of(category)}">{text(category.term)}</category>'
    yield f"<pubDate>{rfc822(entry.published, zone)}</pubDate>"
    for person in authors_of(entry):  # `author` would make an e-mail address public
        yield element("dc:creator", person.name)
    if origin:
        publisher = spelled_out(origin.name)
        yield f"<dc:publisher>{publisher}</dc:publisher>"
        if not address:  # <source> does not say the same
            yield f"<dc:source>{publisher}</dc:source>"
    yield from _terms(entry)
    if in_zone(entry.updated, zone) != in_zone(entry.published, zone):
        yield f"<atom:updated>{rfc3339(entry.updated, zone)}</atom:updated>"
    yield picture(entry.image)
    yield "</item>"


def _description(entry: Entry, mode: ContentMode) -> str:
    """A description is HTML by convention (RSS 2.0 "encoded HTML"), a summary is plain text: escape it once more.

    Content stands behind it, or in its place where there is no summary.
    """
    summary = entry.summary if mode != "title" else ""
    content = entry.content_html if mode == "full" else ""
    if not summary:
        return f"<description>{text(content)}</description>" if content else ""
    description = f"<description>{text(html.escape(summary, quote=False))}</description>"
    return f"{description}<content:encoded>{text(content)}</content:encoded>" if content else description


def _terms(entry: Entry) -> Iterator[str]:
    """Yield where the original is, and on what terms the entry is passed on."""
    if original := original_of(entry):
        yield f"<atom:link{attributes(href=original, rel='via')}/>"
    address, name = terms_of(license_of(entry))
    if address:
        yield element("creativeCommons:license", address)
    if name:
        yield f"<dc:rights>{spelled_out(name)}</dc:rights>"


def _head(feed: Feed) -> Iterator[str]:
    title, home = spelled_out(feed_title(feed)), text(feed.home)
    language = f' xml:lang="{attribute(feed.language)}"' if feed.language else ""  # stylesheets and fonts go by it
    yield f"{stylesheet(feed)}{_ROOT}{language}><channel><title>{title}</title><link>{home}</link>"
    yield f"<description>{spelled_out(feed_description(feed))}</description>"
    yield f"<atom:link{attributes(href=feed.self_urls['rss'], rel='self', type=MEDIA_TYPES['rss'])}/>"
    if rights := feed_rights(feed):
        yield element("copyright", rights)
    yield f"{_DOCS}<generator>{GENERATOR} {__version__}</generator>"
    if image := feed.image or feed.logo or feed.icon:  # with title and link of its channel (Best Practices Profile)
        yield f"<image><url>{text(image)}</url><title>{title}</title><link>{home}</link></image>"
    if feed.language:
        yield element("language", feed.language)
    if minutes := feed.lifetime // 60:
        yield f"<ttl>{minutes}</ttl>"
    yield element("lastBuildDate", rfc822(feed.updated, feed.zone))
    yield rhythm(feed.lifetime)
    yield element("dc:creator", feed_author(feed))  # managingEditor wants an e-mail address
    for other in FORMATS:
        if other != "rss":
            yield f"<atom:link{attributes(href=feed.self_urls[other], rel='alternate', type=MEDIA_TYPES[other])}/>"
    for hub in feed.hubs:
        yield f"<atom:link{attributes(href=hub, rel='hub')}/>"
