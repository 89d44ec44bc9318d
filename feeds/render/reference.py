"""A feed and its entries as feedgen models them: the reference that our spliced bytes must equal (invariant 10)."""

from datetime import tzinfo
from functools import partial
from typing import Any, Literal, TypeAlias

from feedgen.entry import FeedEntry
from feedgen.feed import FeedGenerator

from feeds import __version__
from feeds.model import FORMATS, Category, ContentMode, Entry, Feed
from feeds.render.corrections import (
    ATOM_PREFIXES,
    RSS_PREFIXES,
    UNTOLD,
    EntryCorrections,
    FeedCorrections,
)
from feeds.render.heads import GENERATOR
from feeds.render.media_types import MEDIA_TYPES
from feeds.render.moments import in_zone, zone_of
from feeds.render.readings import (
    authors_of,
    feed_author,
    feed_description,
    feed_rights,
    feed_title,
    heading,
    origin_of,
    scheme_of,
)

XmlFormat: TypeAlias = Literal["atom", "rss"]
Model: TypeAlias = Any  # feedgen ships no types

_RSS_DOCS = "https://www.rssboard.org/rss-specification"


def entry_model(entry: Entry, *, mode: ContentMode, zone: tzinfo) -> Model:
    """Model one entry for both XML formats, corrections included. Nothing in it comes from the clock."""
    zone = zone_of(entry, zone)
    model: Model = FeedEntry()  # type: ignore[no-untyped-call]
    model.register_extension("corrections", partial(EntryCorrections, entry, zone))
    model.guid(entry.id, permalink=entry.id == entry.link)
    model.title(heading(entry))
    model.updated(in_zone(entry.updated, zone))
    model.link(href=entry.link, rel="alternate")
    model.author([{"name": p.name, "email": p.email, "uri": p.uri} for p in authors_of(entry)])
    model.category([_category(category) for category in entry.categories])
    _add_text(model, entry, mode)
    _add_origin(model, entry)
    return model


def _add_text(model: Model, entry: Entry, mode: ContentMode) -> None:
    """RSS gets content:encoded behind the description, or the content as description where there is no summary."""
    if mode != "title" and entry.summary:
        model.summary(entry.summary)
    if mode == "full" and entry.content_html:
        model.content(entry.content_html, type="html")


def _add_origin(model: Model, entry: Entry) -> None:
    if entry.enclosures:  # RSS has room for one (Best Practices Profile); the corrections bring all of them to Atom
        first = entry.enclosures[0]
        model.enclosure(first.url, first.length, first.type)
    if (origin := origin_of(entry)) and (address := origin.feed or origin.url):
        model.source(address, origin.name)


def _category(category: Category) -> dict[str, str]:
    """A label that only repeats the term is left out."""
    known = {"term": category.term, "scheme": scheme_of(category)}
    return known | ({"label": category.label} if category.label not in ("", category.term) else {})


def feed_model(feed: Feed, format_: XmlFormat) -> Model:
    """Model the head of a feed; `add_entry(model, order="append")` on it makes feedgen's whole document."""
    model: Model = FeedGenerator()  # type: ignore[no-untyped-call]
    prefixes = ATOM_PREFIXES if format_ == "atom" else RSS_PREFIXES
    model.register_extension("corrections", partial(FeedCorrections, feed, prefixes))
    model.id(feed.id)
    model.title(feed_title(feed))
    model.updated(in_zone(feed.updated, feed.zone) if format_ == "atom" else UNTOLD)
    model.author({"name": feed_author(feed), "email": feed.author_email, "uri": feed.author_url})
    model.language(feed.language)
    model.generator(GENERATOR, version=__version__)
    model.docs(_RSS_DOCS)
    model.ttl(feed.lifetime // 60)  # minutes; RSS alone has it
    model.rights(feed_rights(feed))
    _add_links(model, feed, format_)
    _add_description(model, feed, format_)
    _add_images(model, feed, format_)
    return model


def _add_links(model: Model, feed: Feed, format_: XmlFormat) -> None:
    model.link(href=feed.home, rel="alternate", type="text/html")
    model.link(href=feed.self_urls[format_], rel="self", type=MEDIA_TYPES[format_])
    for other in FORMATS:
        if other != format_:
            model.link(href=feed.self_urls[other], rel="alternate", type=MEDIA_TYPES[other])
    for hub in feed.hubs:
        model.link(href=hub, rel="hub")
    if format_ == "atom":
        # Some readers take the first alternate for the home page, others the last (newsboat, Liferea), of any type.
        # No two may agree in type and language (RFC 4287 §4.1.1), so this one says its language.
        model.link(href=feed.home, rel="alternate", type="text/html", hreflang=feed.language)


def _add_description(model: Model, feed: Feed, format_: XmlFormat) -> None:
    """Atom may go without; RSS may not."""
    if feed.description.strip() or format_ == "rss":
        model.subtitle(feed_description(feed))


def _add_images(model: Model, feed: Feed, format_: XmlFormat) -> None:
    """An RSS image carries the title and link of its channel (Best Practices Profile)."""
    if format_ == "rss" and (image := feed.image or feed.logo or feed.icon):
        model.image(image, title=feed_title(feed), link=feed.home)
    elif format_ == "atom":
        model.icon(feed.icon)
        model.logo(feed.logo)
