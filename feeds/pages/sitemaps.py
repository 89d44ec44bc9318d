"""The sitemaps of a site whose posts have their pages here: all of them, in parts, and the news of two days."""

import re
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import NamedTuple

from feeds.library import Library
from feeds.render.moments import zone_of
from feeds.render.readings import heading
from feeds.render.sitemaps import MOST, MOST_NEWS, NewsItem, Place, news_sitemap, sitemap, sitemap_index
from feeds.settings import Settings
from feeds.urls import wire

INDEX = "/sitemap.xml"
NEWS = "/sitemap-news.xml"
_PART = re.compile(r"/sitemap-([1-9][0-9]{0,5})\.xml")
_NEW_FOR = timedelta(hours=48)  # as Google News has it: by the clock, for what is older has no place there


class Sitemap(NamedTuple):
    body: bytes
    until: datetime | None = None  # when the clock changes it; None: only the entries do


class Sitemaps:
    def __init__(self, settings: Settings, library: Library) -> None:
        self._settings = settings
        self._library = library

    def documents(self, now: datetime) -> Iterator[tuple[str, Callable[[], bytes]]]:
        """Yield all of them by address, with what makes each; none where entries have no pages."""
        if not self._settings.pages.entries:
            return
        parts = self._parts()
        yield INDEX, lambda: self._index(parts)
        for number, part in enumerate(parts, start=1):
            yield _address(number), partial(sitemap, part, zone=self._settings.zone)
        yield NEWS, lambda: self._news(now).body

    def at(self, address: str, now: datetime) -> Sitemap | None:
        """Return the one at an address; None where there is none."""
        if not self._settings.pages.entries:
            return None
        if address == NEWS:
            return self._news(now)
        parts = self._parts()
        if address == INDEX:
            return Sitemap(self._index(parts))
        found = _PART.fullmatch(address)
        if found is None or int(found[1]) > len(parts):
            return None
        return Sitemap(sitemap(parts[int(found[1]) - 1], zone=self._settings.zone))

    def _parts(self) -> Sequence[Sequence[Place]]:
        """Divide the pages, the oldest first, so that a new entry changes the last part alone."""
        places = [Place(url=self._url(address), changed=_moment(at)) for address, at in self._library.pages.changes()]
        return [places[start : start + MOST] for start in range(0, len(places), MOST)] or [[]]

    def _index(self, parts: Sequence[Sequence[Place]]) -> bytes:
        return sitemap_index(
            (
                Place(
                    url=self._url(_address(number)),
                    changed=max((one.changed for one in part if one.changed), default=None),
                )
                for number, part in enumerate(parts, start=1)
            ),
            zone=self._settings.zone,
        )

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


def _address(number: int) -> str:
    return f"/sitemap-{number}.xml"


def _moment(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
