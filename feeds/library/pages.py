"""Entries as pages for people: an address becomes an entry, an entry a page, and pages are remembered.

A page is named by what goes into it, so it is made anew when that has changed, and never for a 304 of the same.
"""

from collections import OrderedDict
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from datetime import datetime
from threading import Lock

from feeds.fingerprint import digest_bytes
from feeds.library.printed import Printed
from feeds.library.standings import PageStanding, Standings
from feeds.model import SITE, Entry, FeedKey, feed_keys
from feeds.render.html import EntryLink, FeedLink, Templates, canonical_of, entry_page, frame_of
from feeds.render.readings import heading
from feeds.settings import Settings
from feeds.shapes import Shapes
from feeds.store import Reader, Shown, Store, microseconds
from feeds.urls import entry_address, entry_id, feed_address, wire

_PAGES = 2000  # remembered; some ten kilobytes each


@dataclass(frozen=True, slots=True, kw_only=True)
class _Sight:
    """All that a page shows and the settings do not say."""

    shown: Shown
    older: EntryLink | None
    newer: EntryLink | None


class EntryPages:
    """Any number of threads may ask at once."""

    def __init__(
        self,
        settings: Settings,
        store: Store,
        templates: Templates,
        *,
        shapes: Shapes,
        is_hidden: Callable[[FeedKey], bool],
    ) -> None:
        """is_hidden: says whether a feed has no address of its own."""
        self._settings = settings
        self._store = store
        self._shapes = shapes
        self._is_hidden = is_hidden
        self._templates = templates
        self._frame = frame_of(settings)
        self._made: OrderedDict[tuple[str, bool], tuple[_Sight, Printed]] = OrderedDict()
        self._press = Lock()
        self._known_authority = ""
        self._known_numbers: dict[FeedKey, int] = {}
        apart = (FeedKey("collection", one.name) for one in settings.collection if one.apart)
        self._whole = (SITE, *apart)  # the feeds that hold every entry together

    def look_up(self, address: str, *, leads_to_pages: bool = True) -> Printed | None:
        """Return the page at a decoded path such as `/entry/2026-storm/`; None where there is none.

        leads_to_pages: of feeds, where they have any; else to the feeds themselves.
        """
        if not self._settings.pages.entries:
            return None
        authority = self._authority()
        id_ = entry_id(address, authority)
        if id_ is None:
            return None
        with self._store.reading() as reader:
            shown = reader.shown(id_)
            if shown is None:
                return None
            sight = self._sight(reader, shown, authority)
        return self._page(address, sight, leads_to_pages=leads_to_pages)

    def addresses(self) -> Iterator[str]:
        """Yield the readable address of each page, that of the newest entry first; none where pages are off."""
        authority = self._authority()
        with self._store.reading() as reader:
            ids = [id_ for number in self._numbers(reader) for id_ in reader.ids_in(number)]
        return (entry_address(id_, authority) for id_ in ids)

    def changes(self) -> tuple[tuple[str, int], ...]:
        """Return each entry that has a page, the oldest first, and its Last-Modified in seconds."""
        with self._store.reading() as reader:
            found = [row for number in self._numbers(reader) for row in reversed(reader.page_rows(number))]
        return tuple((row.id, row.changed) for row in found)

    def address_of(self, id_: str) -> str:
        """Return the readable address of an entry's page."""
        return entry_address(id_, self._authority())

    def names_since(self, moment: datetime, *, most: int) -> tuple[str, ...]:
        """Name what `since` would return, contents and all, without reading it."""
        with self._store.reading() as reader:
            found = [sight for number in self._numbers(reader) for sight in reader.row_of(number, most=most)]
        since = microseconds(moment)
        newest = sorted((one for one in found if one.published >= since), key=lambda one: one.published, reverse=True)
        return tuple(f"{one.id} {one.stamp}" for one in newest[:most])

    def since(self, moment: datetime, *, most: int) -> tuple[tuple[str, Entry], ...]:
        """Return the newest entries with the addresses of their pages, as far back as a moment."""
        authority = self._authority()
        with self._store.reading() as reader:
            numbers = self._numbers(reader)
            found = [entry for number in numbers for entry in reader.newest_in(number, since=moment, most=most)]
        newest = sorted(found, key=lambda entry: entry.published, reverse=True)[:most]
        return tuple((entry_address(entry.id, authority), entry) for entry in newest)

    def standings(self, standings: Standings, ids: Collection[str] | None = None) -> Iterator[PageStanding]:
        """Yield how pages stand: all, or those that show any of some entries; none where pages are off.

        standings: what was read before, and is kept up. ids: of all entries that have changed since; None: any can.
        """
        with self._store.reading() as reader:
            if ids is None:
                yield from standings.read(reader, self._numbers(reader))
            else:
                yield from standings.read_again(reader, ids)

    def _authority(self) -> str:
        """Return who mints the ids. The first ingest settles it for as long as the settings stand."""
        self._known_authority = self._known_authority or self._store.fact("authority") or ""
        return self._known_authority

    def _numbers(self, reader: Reader) -> list[int]:
        """Return the numbers of the feeds that hold every entry together, each once; none where pages are off."""
        found = (self._number_of(reader, key) for key in self._whole if self._settings.pages.entries)
        return [number for number in found if number is not None]

    def _number_of(self, reader: Reader, key: FeedKey) -> int | None:
        """Return the number of a feed; feeds are never deleted from the index."""
        if key not in self._known_numbers and (row := reader.feed(key)):
            self._known_numbers[key] = row.number
        return self._known_numbers.get(key)

    def _sight(self, reader: Reader, shown: Shown, authority: str) -> _Sight:
        entry = shown.entry
        own = FeedKey("collection", entry.collection) if entry.is_apart and entry.collection else SITE
        number = self._number_of(reader, own)
        beside = (None, None) if number is None else reader.neighbours(number, entry)
        held = reader.entries(id_ for id_ in beside if id_)
        older, newer = (_link(held[id_], authority) if id_ else None for id_ in beside)
        return _Sight(shown=shown, older=older, newer=newer)

    def _page(self, address: str, sight: _Sight, *, leads_to_pages: bool) -> Printed:
        with self._press:
            key = (address, leads_to_pages)
            made = self._made.get(key)
            if made is None or made[0] != sight:
                made = sight, self._print(address, sight, leads_to_pages=leads_to_pages)
                self._made[key] = made
            self._made.move_to_end(key)
            if len(self._made) > _PAGES:
                self._made.popitem(last=False)
        return made[1]

    def _print(self, address: str, sight: _Sight, *, leads_to_pages: bool) -> Printed:
        settings, entry = self._settings, sight.shown.entry
        body = entry_page(
            entry,
            templates=self._templates,
            frame=self._frame,
            page=settings.site.url + wire(address),
            feeds=tuple(self._feeds(entry)),
            leads_to_pages=leads_to_pages,
            older=sight.older,
            newer=sight.newer,
        )
        changed = max(sight.shown.changed, int(entry.updated.timestamp()))
        links = f'<{canonical_of(entry)}>; rel="canonical"'
        name = digest_bytes(body)[:24]
        return Printed(
            address=address,
            name=name,
            last_modified=changed,
            updated=int(entry.updated.timestamp()),
            links=links,
            bodies={"identity": body},
        )

    def _feeds(self, entry: Entry) -> Iterator[FeedLink]:
        for key, label in feed_keys(entry):
            if key != SITE and not self._is_hidden(key):
                own = self._settings.feed_for(key)
                address = feed_address(key, self._shapes.of(key).slug)
                yield FeedLink(kind=key.kind, title=(own and own.title) or label or key.term, address=address)


def _link(entry: Entry, authority: str) -> EntryLink:
    return EntryLink(title=heading(entry), address=entry_address(entry.id, authority))
