"""JSON Feed 1.1: an item as bytes, and a document around such bytes."""

from collections.abc import Mapping, Sequence
from datetime import tzinfo

import orjson

from feeds.model import ContentMode, Enclosure, Entry, Feed, Person
from feeds.render.moments import rfc3339, zone_of
from feeds.render.readings import (
    authors_of,
    feed_author,
    feed_description,
    feed_title,
    heading,
    license_of,
    origin_fact,
    origin_of,
    original_of,
    terms_of,
)

_VERSION = "https://jsonfeed.org/version/1.1"
# docs/json-feed-extensions.md documents both; these are the standards that they bring to JSON Feed.
_ABOUT_SOURCE = "https://www.rfc-editor.org/rfc/rfc4287#section-4.2.11"
_ABOUT_LICENSE = "https://www.rfc-editor.org/rfc/rfc4946"
_TAIL = b"]}"

Json = Mapping[str, object]


def fragment(entry: Entry, *, mode: ContentMode, zone: tzinfo) -> bytes:
    return orjson.dumps(_item(entry, mode, zone_of(entry, zone)))


def document(feed: Feed, fragments: Sequence[bytes]) -> bytes:
    head = orjson.dumps(_head(feed) | {"items": []})
    return b"".join((head[: -len(_TAIL)], b",".join(fragments), _TAIL))


def _head(feed: Feed) -> dict[str, object]:
    return _known(
        version=_VERSION,
        title=feed_title(feed),
        home_page_url=feed.home,
        feed_url=feed.self_urls["json"],
        description=feed_description(feed) if feed.description.strip() else None,
        icon=feed.large_icon or feed.icon,
        favicon=feed.icon,
        authors=[_known(name=feed_author(feed), url=feed.author_url)],
        language=feed.language,
        hubs=[{"type": "WebSub", "url": hub} for hub in feed.hubs],
    )


def _item(entry: Entry, mode: ContentMode, zone: tzinfo) -> Json:
    return _known(
        id=entry.id,
        url=entry.link,
        external_url=original_of(entry),
        title=heading(entry),
        **_text(entry, mode),
        image=entry.image and entry.image.url,
        date_published=rfc3339(entry.published, zone),
        date_modified=rfc3339(entry.updated, zone),
        authors=[_author(person) for person in authors_of(entry)],
        tags=list(dict.fromkeys(category.term for category in entry.categories)),
        language=entry.lang,
        attachments=[_attachment(enclosure) for enclosure in entry.enclosures],
        _source=_source(entry),
        _license=_license(entry),
    )


def _text(entry: Entry, mode: ContentMode) -> dict[str, str]:
    """An item must have content; where we publish none, the best text it has stands for it and is not said twice."""
    if mode == "full" and entry.content_html:
        return {"summary": entry.summary, "content_html": entry.content_html}
    return {"content_text": (entry.summary if mode != "title" else "") or heading(entry)}


def _author(person: Person) -> Json:
    return _known(name=person.name, url=person.uri)


def _attachment(enclosure: Enclosure) -> Json:
    return _known(url=enclosure.url, mime_type=enclosure.type, size_in_bytes=max(enclosure.length, 0))


def _source(entry: Entry) -> Json | None:
    """Our extension: who published first, where, through whom it came here, and how sure all that is.

    Without `name` the origin is unknown.
    """
    origin, fact = origin_of(entry), origin_fact(entry)
    if origin is None and entry.aggregator is None:
        return None
    return _known(
        about=_ABOUT_SOURCE,
        name=origin and origin.name,
        url=origin and origin.url,
        feed=origin and origin.feed,
        original=entry.via,
        via=entry.aggregator and entry.aggregator.name,
        rule=origin and fact and fact.rule,
        confidence=origin and fact and fact.confidence,
    )


def _license(entry: Entry) -> Json | None:
    """Our extension: the terms under which the item is passed on, by their address or else by their name."""
    address, name = terms_of(license_of(entry))
    return _known(about=_ABOUT_LICENSE, url=address, name=name) if address or name else None


def _known(**members: object) -> dict[str, object]:
    """Leave out what is absent or empty; JSON Feed knows no nulls."""
    return {name: value for name, value in members.items() if value}
