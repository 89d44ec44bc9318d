"""The sitemaps of a site whose posts have their pages here: all of them, in parts, and the news of two days."""

import re
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import NamedTuple

from feeds.fingerprint import digest_texts
from feeds.library import Library
from feeds.render.moments import zone_of
from feeds.render.readings import heading
from feeds.render.sitemaps import MOST_NEWS, NewsItem, Place, news_sitemap, sitemap, sitemap_index
from feeds.settings import Settings
from feeds.urls import wire

Changes = Sequence[tuple[str, int]]  # ids of entries, and their pages' Last-Modified in seconds

INDEX = "/sitemap.xml"
NEWS = "/sitemap-news.xml"
_PART = re.compile(r"/sitemap-([1-9][0-9]{0,5})\.xml")
IN_A_PART = 1_000  # pages, of the 50,000 that sitemaps.org allows: it is made anew when one of them changes
_NEW_FOR = timedelta(hours=48)  # as Google News has it: by the clock, for what is older has no place there


class Sitemap(NamedTuple):
    body: bytes
    until: datetime | None = None  # when the clock changes it; None: only the entries do


class Sitemaps:
    def __init__(self, settings: Settings, library: Library) -> None:
        self._settings = settings
        self._library = library

    def documents(
        self, now: datetime, changes: Sequence[tuple[str, int]]
    ) -> Iterator[tuple[str, str, Callable[[], bytes]]]:
        """Yield all of them: address, state, and what makes it; equal states have equal bytes.

        changes: of each entry that has a page, the oldest first, as the library's `changes` has it.
        """
        parts = _divided(changes)
        yield INDEX, digest_texts(*(str(_last(part)) for part in parts)), partial(self._index, parts)
        for number, part in enumerate(parts, start=1):
            state = digest_texts(*(f"{id_} {changed}" for id_, changed in part))
            yield _address(number), state, partial(self._part, part)
        yield NEWS, self.name_of_news(now), lambda: self._news(now).body

    def name_of_news(self, now: datetime) -> str:
        """Name all that the news of two days say; the clock decides on it, too."""
        return digest_texts(*self._library.pages.names_since(now - _NEW_FOR, most=MOST_NEWS))

    def at(self, address: str, now: datetime) -> Sitemap | None:
        """Return the one at an address; None where there is none."""
        if not self._settings.pages.entries:
            return None
        if address == NEWS:
            return self._news(now)
        parts = _divided(self._library.pages.changes())
        if address == INDEX:
            return Sitemap(self._index(parts))
        found = _PART.fullmatch(address)
        if found is None or int(found[1]) > len(parts):
            return None
        return Sitemap(self._part(parts[int(found[1]) - 1]))

    def _part(self, changes: Changes) -> bytes:
        pages = self._library.pages
        places = [Place(url=self._url(pages.address_of(id_)), changed=_moment(at)) for id_, at in changes]
        return sitemap(places, zone=self._settings.zone)

    def _index(self, parts: Sequence[Changes]) -> bytes:
        places = (Place(url=self._url(_address(n)), changed=_last(part)) for n, part in enumerate(parts, start=1))
        return sitemap_index(places, zone=self._settings.zone)

    def _news(self, now: datetime) -> Sitemap:
        settings = self._settings
        found = self._library.pages.since(now - _NEW_FOR, most=MOST_NEWS)
        items = [
            NewsItem(
                url=self._url(address),
                title=heading(entry),
                published=entry.published,
                zone=zone_of(entry, settings.zone),
            )
            for address, entry in found
        ]
        body = news_sitemap(items, publication=settings.site.title, language=settings.site.language)
        return Sitemap(body, min((item.published + _NEW_FOR for item in items), default=None))

    def _url(self, address: str) -> str:
        return self._settings.site.url + wire(address)


def _divided(changes: Changes) -> Sequence[Changes]:
    """Divide the pages, the oldest first, so that a new entry changes the last part alone."""
    return [changes[start : start + IN_A_PART] for start in range(0, len(changes), IN_A_PART)] or [[]]


def _last(part: Changes) -> datetime | None:
    return max((_moment(changed) for _, changed in part), default=None)


def _address(number: int) -> str:
    return f"/sitemap-{number}.xml"


def _moment(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
