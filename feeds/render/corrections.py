"""What feedgen 1.0.0 gets wrong, put right by one extension of ours through its public doors.

Each correction names its defect. `tests/render/test_corrections.py` shows every defect in bare feedgen and fails when
feedgen has repaired it, so that ours can go.
"""

import html
from collections.abc import Mapping
from datetime import UTC, datetime, tzinfo

from feedgen.ext.base import BaseEntryExtension, BaseExtension

from feeds import __version__
from feeds.model import FORMATS, Enclosure, Entry, Feed, Image
from feeds.render.attribution import write_atom_origin, write_rss_origin
from feeds.render.heads import GENERATOR, looks
from feeds.render.media_types import MEDIA_TYPES
from feeds.render.moments import in_zone, rfc822, rfc3339
from feeds.render.picture import medium_of
from feeds.render.readings import authors_of, feed_author, heading, original_of, scheme_of
from feeds.render.xml import ATOM, CC, CONTENT, DC, MEDIA, SY, XML_LANG, Element, add, dress, drop, spell_out

ATOM_PREFIXES: Mapping[str, str] = {"media": MEDIA, "sy": SY}
# atom and content are feedgen's own; naming them here gives a fragment the same root as the document.
# `cc` would be another module by the same people; validators hold that prefix for it.
RSS_PREFIXES: Mapping[str, str] = {
    "dc": DC,
    "media": MEDIA,
    "creativeCommons": CC,
    "atom": ATOM,
    "content": CONTENT,
    "sy": SY,
}


class _Untold(datetime):
    """A date that feedgen accepts and does not write."""

    def __bool__(self) -> bool:
        return False


# feedgen fills lastBuildDate with the present moment, and writes every RSS date through setlocale, which is
# process-wide and not safe among threads. Given this, it writes none, and FeedCorrections writes the true one.
UNTOLD = _Untold(1970, 1, 1, tzinfo=UTC)


class FeedCorrections(BaseExtension):
    """Corrects the head of one feed."""

    def __init__(self, feed: Feed, prefixes: Mapping[str, str]) -> None:
        self._feed = feed
        self._prefixes = prefixes

    def extend_ns(self) -> dict[str, str]:
        return dict(self._prefixes)

    def extend_atom(self, root: Element) -> Element:
        dress(root, self._feed.stylesheet)
        write_rhythm(root, self._feed.lifetime)
        return root

    def extend_rss(self, root: Element) -> Element:
        feed, channel = self._feed, root[0]
        dress(root, feed.stylesheet)
        _set_language(
            root, feed.language
        )  # <language> means nothing to a stylesheet, nor to a browser's choice of fonts
        channel.find("link").text = feed.home  # feedgen takes the last link added, whatever its rel
        channel.find("generator").text = f"{GENERATOR} {__version__}"  # feedgen leaves the version out of RSS
        for element in (channel.find("title"), channel.find("description"), *channel.findall("image/title")):
            spell_out(element)
        add(channel, "lastBuildDate", rfc822(feed.updated, feed.zone))
        write_rhythm(channel, feed.lifetime)
        add(channel, f"{{{DC}}}creator", feed_author(feed))  # managingEditor wants an e-mail address
        for other in FORMATS:
            if other != "rss":  # feedgen lets none but the first rel=self through
                add(channel, f"{{{ATOM}}}link", href=feed.self_urls[other], rel="alternate", type=MEDIA_TYPES[other])
        for hub in feed.hubs:
            add(channel, f"{{{ATOM}}}link", href=hub, rel="hub")
        return root


class EntryCorrections(BaseEntryExtension):
    """Corrects one entry, in Atom and in RSS."""

    def __init__(self, entry: Entry, zone: tzinfo) -> None:
        self._entry = entry
        self._zone = zone

    def extend_atom(self, element: Element) -> Element:
        entry = self._entry
        _set_language(element, entry.lang)
        _write_atom_links(element, entry)  # of all attributes, feedgen keeps href alone (its issue 135)
        add(element, "published", rfc3339(entry.published, self._zone))
        write_atom_origin(element, entry, self._zone)
        _write_atom_stopgap(element, entry)
        _write_image(element, entry.image)
        return element

    def extend_rss(self, item: Element) -> Element:
        entry = self._entry
        _set_language(item, entry.lang)
        spell_out(item.find("title"))
        _mark_summary_as_html(item, entry)
        drop(item, "author")  # feedgen writes it only for people with an e-mail address, which it makes public
        _write_rss_categories(item, entry)
        add(item, "pubDate", rfc822(entry.published, self._zone))
        for person in authors_of(entry):
            add(item, f"{{{DC}}}creator", person.name)
        write_rss_origin(item, entry)
        if in_zone(entry.updated, self._zone) != in_zone(entry.published, self._zone):
            add(item, f"{{{ATOM}}}updated", rfc3339(entry.updated, self._zone))
        _write_image(item, entry.image)
        return item


def write_rhythm(head: Element, lifetime: int) -> None:
    """Say how often to look: so many times in an hour, or in a day (RSS 1.0 module Syndication).

    feedgen's own extension writes the names with a capital, which nobody reads.
    """
    period, count = looks(lifetime)
    add(head, f"{{{SY}}}updatePeriod", period)
    add(head, f"{{{SY}}}updateFrequency", str(count))


def _set_language(element: Element, language: str | None) -> None:
    if language:
        element.set(XML_LANG, language)


def _write_atom_links(element: Element, entry: Entry) -> None:
    drop(element, "link")
    add(element, "link", href=entry.link, rel="alternate", type="text/html")
    if original := original_of(entry):
        add(element, "link", href=original, rel="via")
    for enclosure in entry.enclosures:
        add(element, "link", href=enclosure.url, rel="enclosure", type=enclosure.type, length=_length(enclosure))


def _write_atom_stopgap(element: Element, entry: Entry) -> None:
    """An entry without content needs a summary that is not empty (RFC 4287 §4.1.1.1), be it the title."""
    if element.find("content") is None and element.find("summary") is None:
        add(element, "summary", heading(entry))


def _write_rss_categories(item: Element, entry: Entry) -> None:
    """Write the terms: feedgen writes the labels, and one category would have several names."""
    drop(item, "category")
    for category in entry.categories:
        add(item, "category", category.term, domain=scheme_of(category))


def _length(enclosure: Enclosure) -> str | None:
    return str(enclosure.length) if enclosure.length > 0 else None


def _mark_summary_as_html(item: Element, entry: Entry) -> None:
    """A description is HTML by convention (RSS 2.0 "encoded HTML"), a summary is plain text: escape it once more."""
    description = item.find("description")
    if description is not None and description.text == entry.summary:
        description.text = html.escape(entry.summary, quote=False)


def _write_image(element: Element, image: Image | None) -> None:
    """Write it bare: media:group, into which feedgen's own extension puts each image, is for variants of one medium."""
    if image is None:
        return
    add(element, f"{{{MEDIA}}}content", url=image.url, type=image.type, medium=medium_of(image))
    add(element, f"{{{MEDIA}}}thumbnail", url=image.url)
