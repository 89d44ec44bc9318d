"""Feeds as pages for people: `/category/新京报/`, and behind it every entry that the feed ever had.

The pages behind the first hold a fixed number of entries each, counted from the oldest, so that a new entry changes the
first one alone; where it is long enough for two, it gives one away. Each is found by the entry above it, which its
address names: `/category/新京报/before/2026-storm/`. So none costs more the deeper it lies.
"""

import re
from collections import OrderedDict
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from threading import Lock
from typing import NamedTuple, cast
from urllib.parse import quote

from feeds import __version__
from feeds.fingerprint import digest_texts
from feeds.library.addresses import WHOLE
from feeds.library.describing import Describer
from feeds.library.printed import Printed
from feeds.library.rhythm import rhythm
from feeds.model import SITE, Entry, FeedKey, Kind
from feeds.render.html import FeedHead, ReaderLink, Templates, feed_page, frame_of
from feeds.settings import Settings
from feeds.store import FeedRow, Reader, Sight, Store, microseconds, moment_at
from feeds.urls import entry_address, entry_id, feed_address, wire

ON_A_PAGE = 15  # entries
_PAGES = 500  # remembered; some thirty kilobytes each
_FEW = 100  # feeds that are asked for at once, or one by one
_OF_RHYTHM = 50  # entries that tell how often a feed has news
_BEFORE = "before"
_ENTRIES = "/entry/"


class LeafPath(NamedTuple):
    """What the address of such a page says."""

    kind: Kind
    slug: str
    before: str = ""  # NAME/ of the entry above it, as in `/entry/NAME/`; "" for the newest


_ADDRESS = re.compile(
    rf"/(?:(category|tag|source|author)/([^/]+)|(collection)/([^/]+(?:/(?!{_BEFORE}/)[^/]+)?))/(?:{_BEFORE}/(.+/))?",
    re.DOTALL,
)


def parse_leaf(path: str) -> LeafPath | None:
    """Read a decoded path; None where no feed's page could ever have it."""
    found = _ADDRESS.fullmatch(path)
    return found and LeafPath(cast("Kind", found[1] or found[3]), found[2] or found[4], found[5] or "")


class LeafStanding(NamedTuple):
    """A page that need not have been made."""

    address: str  # readable
    state: str  # equal states, equal bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class _Leaf:
    """What stands on one page, and what it leads to."""

    row: FeedRow
    sights: tuple[Sight, ...]
    moments: tuple[int, ...]  # of the newest entries, for the rhythm
    older: str | None = None  # ids of the entries above the pages beside this one
    newer: str | None = None  # "" for the first page
    before: str = ""

    @property
    def names(self) -> tuple[str | None, ...]:
        stamps = (sight.stamp for sight in self.sights)
        numbers = (str(self.row.count), *map(str, self.moments))
        return self.row.label, self.older, self.newer, *numbers, *stamps


class FeedPages:
    """Any number of threads may ask at once."""

    def __init__(
        self,
        settings: Settings,
        store: Store,
        templates: Templates,
        describer: Describer,
        *,
        is_hidden: Callable[[FeedKey], bool],
    ) -> None:
        """is_hidden: says whether a feed has no address of its own."""
        self._settings = settings
        self._store = store
        self._templates = templates
        self._describer = describer
        self._is_hidden = is_hidden
        self._frame = frame_of(settings)
        self._revision = digest_texts(__version__, settings.model_dump_json())
        self._made: OrderedDict[tuple[str, str | None], Printed] = OrderedDict()
        self._press = Lock()

    def look_up(self, path: LeafPath, *, language: str | None = None) -> Printed | None:
        """Return a page; None where there is none. language: in which it speaks, the site's where it is None.

        It is made only where it does not stand any more as it was made before.
        """
        authority = self._store.fact("authority") or ""
        with self._store.reading() as reader:
            leaf = self._find(reader, path, authority)
            if leaf is None:
                return None
            name = self._name(leaf, authority, language)
            made = self._remembered((_address(leaf), language), name)
            if made is not None:
                return made
            entries = reader.entries(sight.id for sight in leaf.sights)
        return self._print(leaf, [entries[sight.id] for sight in leaf.sights], authority, language=language, name=name)

    def standings(self, keys: Collection[FeedKey]) -> dict[FeedKey, tuple[LeafStanding, ...]]:
        """Return how all pages of these feeds stand, the newest first, without making any; nothing of unknown feeds.

        What lies on them is read once for all: to look for each page takes twenty times as long.
        """
        authority = self._store.fact("authority") or ""
        found = {}
        with self._store.reading() as reader:
            known = [reader.feed(key) for key in keys] if len(keys) < _FEW else reader.every_feed()
            rows = [row for row in known if row and not self._is_hidden(row.key) and row.key in keys]
            for start in range(0, len(rows), _FEW):
                piece = rows[start : start + _FEW]
                sights = reader.rows_of(row.number for row in piece)
                for row in piece:
                    leaves = _leaves(row, sights.get(row.number, ()), authority)
                    found[row.key] = tuple(
                        LeafStanding(_address(leaf), self._name(leaf, authority, None)) for leaf in leaves
                    )
        return found

    def _find(self, reader: Reader, path: LeafPath, authority: str) -> _Leaf | None:
        row = reader.feed_with_slug(path.kind, path.slug)
        if row is None or self._is_hidden(row.key):
            return None
        return self._leaf(reader, row, path.before, authority)

    def _name(self, leaf: _Leaf, authority: str, language: str | None) -> str:
        return digest_texts(self._revision, self._templates.revision, authority, language, *leaf.names)[:24]

    def newest(self, most: int) -> tuple[Entry, ...]:
        """Return the newest entries of the whole site."""
        with self._store.reading() as reader:
            row = reader.feed(SITE)
            sights = reader.row_of(row.number, most=most) if row else ()
            entries = reader.entries(sight.id for sight in sights)
        return tuple(entries[sight.id] for sight in sights)

    # --- what stands on it

    def _leaf(self, reader: Reader, row: FeedRow, before: str, authority: str) -> _Leaf | None:
        moments = tuple(reader.moments_of(row.key, newest=_OF_RHYTHM))
        if not before:
            return self._first(reader, row, moments)
        id_ = entry_id(_ENTRIES + before, authority)
        above = reader.shown(id_) if id_ else None
        return self._further(reader, row, moments, above.entry, before) if above else None

    def _first(self, reader: Reader, row: FeedRow, moments: tuple[int, ...]) -> _Leaf:
        is_all = row.count < 2 * ON_A_PAGE
        sights = reader.row_of(row.number, most=2 * ON_A_PAGE if is_all else ON_A_PAGE + row.count % ON_A_PAGE)
        return _Leaf(row=row, sights=sights, moments=moments, older=None if is_all else sights[-1].id)

    def _further(
        self, reader: Reader, row: FeedRow, moments: tuple[int, ...], above: Entry, before: str
    ) -> _Leaf | None:
        place = (microseconds(above.published), above.id)
        sights = reader.row_of(row.number, most=ON_A_PAGE + 1, past=place)
        if not sights:
            return None
        over = reader.row_of(row.number, most=2 * ON_A_PAGE - 1, past=place, newer=True)
        is_second = len(over) < 2 * ON_A_PAGE - 1
        return _Leaf(
            row=row,
            sights=sights[:ON_A_PAGE],
            moments=moments,
            older=sights[ON_A_PAGE - 1].id if len(sights) > ON_A_PAGE else None,
            newer="" if is_second else over[ON_A_PAGE - 1].id,
            before=before,
        )

    # --- making

    def _remembered(self, key: tuple[str, str | None], name: str) -> Printed | None:
        with self._press:
            made = self._made.get(key)
            if made is None or made.name != name:
                return None
            self._made.move_to_end(key)
            return made

    def _print(
        self, leaf: _Leaf, entries: Sequence[Entry], authority: str, *, language: str | None, name: str
    ) -> Printed:
        address = _address(leaf)
        url = self._settings.site.url + wire(address)
        older = _address_before(leaf, leaf.older, authority) if leaf.older else None
        body = feed_page(
            templates=self._templates,
            frame=self._frame,
            language=language,
            feed=self._head(leaf),
            page=url,
            entries=entries,
            older=older,
            newer=None if leaf.newer is None else _address_before(leaf, leaf.newer, authority),
        )
        links = f'<{url}>; rel="canonical"'
        printed = Printed(address=address, name=name, links=links, bodies={"identity": body})
        with self._press:
            self._made[address, language] = printed
            self._made.move_to_end((address, language))
            if len(self._made) > _PAGES:
                self._made.popitem(last=False)
        return printed

    def _head(self, leaf: _Leaf) -> FeedHead:
        row = leaf.row
        described = self._describer.feed(row, leaf.sights, WHOLE, authority="")
        gap, source = rhythm(leaf.moments), self._settings.source_of(row.key)
        return FeedHead(
            kind=row.key.kind,
            title=self._describer.name(row.key, row.label),
            description=self._describer.own_description(row.key),
            address=feed_address(row.key, row.slug),
            urls=described.self_urls,
            count=row.count,
            newest=moment_at(leaf.moments[0]) if leaf.moments else None,
            rhythm=None if gap is None else timedelta(microseconds=gap),
            logo=described.logo,
            home=source.url if source else None,
            readers=self._readers(described.self_urls["atom"]),
        )

    def _readers(self, url: str) -> tuple[ReaderLink, ...]:
        known = self._settings.pages.readers
        return tuple(
            ReaderLink(name=name, url=address.replace("{url}", quote(url, safe=""))) for name, address in known.items()
        )


def _leaves(row: FeedRow, sights: Sequence[Sight], authority: str) -> Iterator[_Leaf]:
    """Divide all entries of a feed into its pages, as `FeedPages._first` and `_further` find them one by one."""
    moments = tuple(sight.published for sight in sights[:_OF_RHYTHM])
    is_all = len(sights) < 2 * ON_A_PAGE
    end = len(sights) if is_all else ON_A_PAGE + len(sights) % ON_A_PAGE
    yield _Leaf(row=row, sights=tuple(sights[:end]), moments=moments, older=None if is_all else sights[end - 1].id)
    newer = ""  # of the second page
    while end < len(sights):
        above = sights[end - 1].id
        here = tuple(sights[end : end + ON_A_PAGE])
        end += ON_A_PAGE
        yield _Leaf(
            row=row,
            sights=here,
            moments=moments,
            older=here[-1].id if end < len(sights) else None,
            newer=newer,
            before=entry_address(above, authority).removeprefix(_ENTRIES),
        )
        newer = above


def _address(leaf: _Leaf) -> str:
    return f"{feed_address(leaf.row.key, leaf.row.slug)}/{_BEFORE}/{leaf.before}" if leaf.before else _root(leaf)


def _root(leaf: _Leaf) -> str:
    return f"{feed_address(leaf.row.key, leaf.row.slug)}/"


def _address_before(leaf: _Leaf, id_: str, authority: str) -> str:
    """Return the readable address of the page below an entry, of the first page where there is none above."""
    return f"{_root(leaf)}{_BEFORE}/{entry_address(id_, authority).removeprefix(_ENTRIES)}" if id_ else _root(leaf)
