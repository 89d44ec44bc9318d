"""Atom 1.0 (RFC 4287): an entry as bytes, and a document around such bytes.

It is what `reference` writes, written directly.
"""

from collections.abc import Iterator, Sequence
from datetime import tzinfo

from feeds import __version__
from feeds.model import FORMATS, ContentMode, Entry, Feed, Person, Source
from feeds.render.escaping import attribute, attributes, element, encoded, text
from feeds.render.heads import GENERATOR, rhythm, stylesheet
from feeds.render.media_types import MEDIA_TYPES
from feeds.render.moments import rfc3339, zone_of
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
    source_id,
    terms_of,
)

_ROOT = (
    '<feed xmlns:media="http://search.yahoo.com/mrss/" xmlns:sy="http://purl.org/rss/1.0/modules/syndication/"'
    ' xmlns="http://www.w3.org/2005/Atom"'
)
_TAIL = b"</feed>"


def fragment(entry: Entry, *, mode: ContentMode, zone: tzinfo) -> bytes:
    return encoded("".join(_entry(entry, mode, zone_of(entry, zone))))


def document(feed: Feed, fragments: Sequence[bytes]) -> bytes:
    return b"".join((encoded("".join(_head(feed))), *fragments, _TAIL))


def _entry(entry: Entry, mode: ContentMode, zone: tzinfo) -> Iterator[str]:
    updated = rfc3339(entry.updated, zone)
    language = f' xml:lang="{attribute(entry.lang)}"' if entry.lang else ""
    yield f"<entry{language}><id>{text(entry.id)}</id><title>{text(heading(entry))}</title><updated>{updated}</updated>"
    yield from map(_author, authors_of(entry))
    content = entry.content_html if mode == "full" else ""
    summary = entry.summary if mode != "title" else ""
    if content:
        yield f'<content type="html">{text(content)}</content>'
    if summary:
        yield f"<summary>{text(summary)}</summary>"
    for one in entry.categories:
        label = one.label if one.label != one.term else ""
        yield f'<category term="{attribute(one.term)}"{attributes(scheme=scheme_of(one), label=label)}/>'
    yield f"<link{attributes(href=entry.link, rel='alternate', type='text/html')}/>"
    if original := original_of(entry):
        yield f"<link{attributes(href=original, rel='via')}/>"
    for enclosure in entry.enclosures:
        length = str(enclosure.length) if enclosure.length > 0 else None
        yield f"<link{attributes(href=enclosure.url, rel='enclosure', type=enclosure.type, length=length)}/>"
    yield f"<published>{rfc3339(entry.published, zone)}</published>"
    if origin := origin_of(entry):
        yield from _source(origin, updated)
    address, name = terms_of(license_of(entry))
    if address:  # `rights` is for people (RFC 4946 §2)
        yield f"<link{attributes(href=address, rel='license')}/>"
    if name:
        yield element("rights", name)
    if not content and not summary:  # it needs a summary then that is not empty (RFC 4287 §4.1.1.1)
        yield element("summary", heading(entry))
    yield picture(entry.image)
    yield "</entry>"


def _author(person: Person) -> str:
    email = element("email", person.email) if person.email else ""
    uri = element("uri", person.uri) if person.uri else ""
    return f"<author>{element('name', person.name)}{email}{uri}</author>"


def _source(source: Source, updated: str) -> Iterator[str]:
    address, name = terms_of(source.license)
    yield f"<source>{element('id', source_id(source))}{element('title', source.name)}<updated>{updated}</updated>"
    for rel, href in (("alternate", source.url), ("self", source.feed), ("license", address)):
        if href:
            yield f"<link{attributes(href=href, rel=rel)}/>"
    if source.logo:
        yield element("logo", source.logo)
    if rights := name or address:
        yield element("rights", rights)
    yield "</source>"


def _head(feed: Feed) -> Iterator[str]:
    language = f' xml:lang="{attribute(feed.language)}"' if feed.language else ""
    yield f"{stylesheet(feed)}{_ROOT}{language}>{element('id', feed.id)}{element('title', feed_title(feed))}"
    yield element("updated", rfc3339(feed.updated, feed.zone))
    yield _author(Person(name=feed_author(feed), email=feed.author_email, uri=feed.author_url))
    home = attributes(href=feed.home, rel="alternate", type="text/html")
    yield f"<link{home}/><link{attributes(href=feed.self_urls['atom'], rel='self', type=MEDIA_TYPES['atom'])}/>"
    for other in FORMATS:
        if other != "atom":
            yield f"<link{attributes(href=feed.self_urls[other], rel='alternate', type=MEDIA_TYPES[other])}/>"
    for hub in feed.hubs:
        yield f"<link{attributes(href=hub, rel='hub')}/>"
    # Some readers take the first alternate for the home page, others the last (newsboat, Liferea), of any type.
    # No two may agree in type and language (RFC 4287 §4.1.1), so this one says its language.
    yield f"<link{home}{attributes(hreflang=feed.language)}/>"
    yield f'<generator version="{__version__}">{GENERATOR}</generator>'
    if feed.icon:
        yield element("icon", feed.icon)
    if feed.logo:
        yield element("logo", feed.logo)
    if rights := feed_rights(feed):
        yield element("rights", rights)
    if feed.description.strip():
        yield element("subtitle", feed_description(feed))
    yield rhythm(feed.lifetime)
