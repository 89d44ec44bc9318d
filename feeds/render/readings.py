"""What all formats read in the same way from an entry or a feed."""

from dataclasses import replace
from functools import lru_cache
from urllib.parse import quote

from feeds.model import Category, Entry, Fact, Feed, Person, Source
from feeds.text import legal_text, shorten
from feeds.urls import absolute

_TITLE_LENGTH = 80  # characters of a title that has to be made from the summary


def heading(entry: Entry) -> str:
    """Name an entry even where its post does not: Atom demands a title, and readers show one."""
    return entry.title.strip() or shorten(entry.summary.strip(), _TITLE_LENGTH) or entry.link


def authors_of(entry: Entry) -> tuple[Person, ...]:
    """Who wrote it: its authors, else the publication that published it first, else nobody.

    Where it is nobody, the feed's author speaks for the entry (RFC 4287 §4.1.1, JSON Feed 1.1 `authors`).
    """
    named = tuple(person for person in entry.authors if person.name)
    if not named and (origin := origin_of(entry)):
        return (Person(name=origin.name, uri=origin.url),)
    return named


def origin_of(entry: Entry) -> Source | None:
    """Return the publication that published first, with those of its addresses that lead somewhere.

    They come from front matter and settings as people wrote them.
    """
    return None if entry.source is None or not entry.source.name.strip() else _reachable(entry.source)


@lru_cache(maxsize=4096)
def _reachable(source: Source) -> Source:
    return replace(source, url=web_address(source.url), feed=web_address(source.feed), logo=web_address(source.logo))


def origin_fact(entry: Entry) -> Fact | None:
    """Return how the origin was found out."""
    return next((fact for fact in entry.facts if fact.role == "origin"), None)


def license_of(entry: Entry) -> str | None:
    """Return the terms of an entry: its own, else those under which its origin lets its items be passed on."""
    if entry.license or entry.source is None:
        return entry.license
    return entry.source.license


@lru_cache(maxsize=1024)
def terms_of(license_: str | None) -> tuple[str | None, str]:
    """Tell a licence's address from its name: one of the two is there, or neither is."""
    text = plain(license_ or "")
    address = web_address(text)
    return (address, "") if address else (None, text)


def web_address(address: str | None) -> str | None:
    """Return an absolute http or https URI, or None where the text is none."""
    return absolute(address, "") if address else None


def original_of(entry: Entry) -> str | None:
    """Return the address of the original, unless the entry's own link is that address already."""
    return entry.via if entry.via != entry.link else None


def scheme_of(category: Category) -> str:
    """Return what tells a category from a tag: Atom's scheme, RSS's domain."""
    return f"urn:feedwright:{category.scheme}"


def source_id(source: Source) -> str:
    """Return an absolute IRI for atom:source (RFC 4287 §4.2.11), the same whenever the same source comes by.

    The outlet's own id is unknown to us, so it is its feed's address, else its home page, else a name of our minting.
    """
    return source.feed or source.url or f"urn:feedwright:source:{quote(source.name, safe='')}"


def feed_title(feed: Feed) -> str:
    return plain(feed.title) or feed.home


def feed_description(feed: Feed) -> str:
    """RSS 2.0 demands a description; the title is better than a phrase that says nothing."""
    return plain(feed.description) or feed_title(feed)


def feed_author(feed: Feed) -> str:
    return plain(feed.author) or feed_title(feed)


def feed_rights(feed: Feed) -> str:
    return plain(feed.rights or "")


@lru_cache(maxsize=4096)  # most of what heads say is the same in all of them
def plain(text: str) -> str:
    """Settings and terms come here as they were written; entries were made legal when they were composed."""
    return legal_text(text)[0].strip()
