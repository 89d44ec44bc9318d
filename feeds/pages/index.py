"""The page that lists all feeds of a site: searched, sorted and turned page by page.

What is read of the index is kept until that changes, and so is each page that was asked for. A poll of the same page
costs one look at the index's version.
"""

from collections import OrderedDict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from itertools import chain
from threading import Lock

from feeds import __version__
from feeds.fingerprint import digest_bytes, digest_texts
from feeds.library import Library, Listed, Printed
from feeds.model import SITE, Entry
from feeds.pages.discovery import site_links
from feeds.pages.sorting import Sorting, part_of
from feeds.pages.spellings import collation, folded, spellings
from feeds.pages.wanted import LISTED, Wanted
from feeds.render.html import FeedLine, FeedList, KindLine, Pager, frame_of, index_page
from feeds.settings import Settings

ON_A_PAGE = 50  # feeds
_NEWEST = 6  # entries of the site
_PAGES = 200  # remembered; some forty kilobytes each

_Shown = tuple[Sequence[Listed], Sequence[timedelta | None]]  # feeds on a page, and their rhythms


@dataclass(frozen=True, slots=True, kw_only=True)
class _Sight:
    """What the index holds at one version of it."""

    version: object
    site_feed: Listed | None
    feeds: tuple[Listed, ...]  # all but the site's, by kind and term
    newest: tuple[Entry, ...]
    counts: dict[str, int]  # of feeds, by kind


class SiteIndex:
    """Any number of threads may ask at once; one page is made at a time."""

    def __init__(self, settings: Settings, library: Library) -> None:
        self._library = library
        self._frame = frame_of(settings)
        self._revision = digest_texts(__version__, library.templates.revision, settings.model_dump_json())
        self._links = f'{site_links(settings)}, <{self._frame.url}>; rel="canonical"'
        self._seen: _Sight | None = None
        self._sorting = Sorting(_newest_first)
        self._states: dict[int, tuple[object, str]] = {}  # of each page as a file: what it was made of
        self._made: OrderedDict[tuple[Wanted, str | None], Printed] = OrderedDict()
        self._press = Lock()

    def page(self, wanted: Wanted, *, language: str | None = None) -> Printed:
        """Return a page of the list; the last one where fewer are left than are asked for."""
        with self._press:
            sight = self._current()
            key = (wanted, language)
            if key not in self._made:
                body = self._searched(sight, wanted, language)
                name = digest_bytes(body)[:24]
                self._made[key] = Printed(address="/", name=name, links=self._links, bodies={"identity": body})
            self._made.move_to_end(key)
            while len(self._made) > _PAGES:
                self._made.popitem(last=False)
            return self._made[key]

    def as_files(self, *, has_links: bool = True) -> Iterator[tuple[str, str, Callable[[], bytes]]]:
        """Yield the whole list as pages that need no server: address, state, and what makes it.

        The addresses are `/`, `/list/2/`, and so on; equal states have equal bytes. Feeds stand by kind and term there,
        so that a new entry changes the first page and those of its feeds, and moves nothing on the others.
        has_links: to the pages of feeds.
        """
        listing, gaps = self._library.listing_with_rhythms()
        with self._press:
            sight = self._current()
        parts = [part_of(listing, kind) for kind in LISTED]
        feeds = tuple(chain.from_iterable(listing[part] for part in parts))
        rhythms = tuple(chain.from_iterable(gaps[part] for part in parts))
        for number in range(1, _pages(len(feeds)) + 1):
            here = slice((number - 1) * ON_A_PAGE, number * ON_A_PAGE)
            shown = feeds[here], rhythms[here]
            state = self._state(sight, number, shown, len(feeds), has_links=has_links)
            yield _leaf(number), state, partial(self._file, sight, number, shown, len(feeds), has_links=has_links)

    def _state(self, sight: _Sight, number: int, shown: _Shown, count: int, *, has_links: bool) -> str:
        """Name all that a page shows; where it shows the same as the last time, nothing is written down for it.

        count: of all feeds.
        """
        common: tuple[object, ...] = (_pages(count), tuple(sight.counts), has_links, self._library.templates.revision)
        if number == 1:
            common = (*common, sight.site_feed and sight.site_feed.count, count, sight.newest)
        before = self._states.get(number)
        if before is None or before[0] != (shown, common):
            lines = [repr(_line(one, gap)) for one, gap in zip(*shown, strict=True)]
            before = self._states[number] = (shown, common), digest_texts(self._revision, repr(common), *lines)
        return before[1]

    def spell(self, start: int, count: int) -> bool:
        """Find out what so many names may be searched for; say whether there are more. It is remembered."""
        with self._press:
            feeds = self._seen.feeds if self._seen else ()
        for one in feeds[start : start + count]:
            _names(one)
        return start + count < len(feeds)

    def _file(self, sight: _Sight, number: int, shown: _Shown, count: int, *, has_links: bool) -> bytes:
        return self._print(
            sight,
            [_line(one, gap) for one, gap in zip(*shown, strict=True)],
            Wanted(page=number),
            Pager(page=number, pages=_pages(count), turn=_leaf),
            count=count,
            is_file=True,
            has_links=has_links,
        )

    def _current(self) -> _Sight:
        version = (self._library.pages, self._library.version())  # the former, for an index that was begun anew
        if self._seen is None or self._seen.version != version:
            self._seen = self._look(version)
            self._made.clear()
        return self._seen

    def _look(self, version: object) -> _Sight:
        listing = self._library.listing()
        parts = {kind: listing[part_of(listing, kind)] for kind in LISTED}
        return _Sight(
            version=version,
            site_feed=listing[0] if listing and listing[0].key == SITE else None,
            feeds=tuple(chain.from_iterable(parts.values())),
            newest=self._library.leaves.newest(_NEWEST),
            counts={kind: len(part) for kind, part in parts.items() if part},
        )

    def _searched(self, sight: _Sight, wanted: Wanted, language: str | None) -> bytes:
        found = _found(self._sorting.sorted(sight.feeds), wanted)
        pages = _pages(len(found))
        page = min(wanted.page, pages)
        shown = found[(page - 1) * ON_A_PAGE : page * ON_A_PAGE]
        rhythms = self._library.rhythms_of(one.key for one in shown)
        return self._print(
            sight,
            [_line(one, rhythms.get(one.key)) for one in shown],
            wanted,
            Pager(page=page, pages=pages, turn=partial(_turned, wanted)),
            count=len(found),
            language=language,
        )

    def _print(
        self,
        sight: _Sight,
        lines: Sequence[FeedLine],
        wanted: Wanted,
        pager: Pager,
        *,
        count: int,
        language: str | None = None,
        is_file: bool = False,
        has_links: bool = True,
    ) -> bytes:
        return index_page(
            templates=self._library.templates,
            frame=self._frame,
            language=language,
            site_feed=_line(sight.site_feed) if sight.site_feed else None,
            newest=sight.newest if wanted == Wanted() else (),
            kinds=[KindLine(kind=kind, count=sight.counts[kind]) for kind in LISTED if kind in sight.counts],
            feeds=FeedList(
                lines=lines,
                count=count,
                text=wanted.text,
                kind=wanted.kind,
                order=wanted.order,
                is_served=not is_file,
                has_pages=has_links,
                pager=pager,
            ),
        )


def _found(feeds: Sequence[Listed], wanted: Wanted) -> Sequence[Listed]:
    words = folded(wanted.text).split()
    found = [one for one in feeds if one.key.kind == wanted.kind] if wanted.kind else feeds
    if words:
        found = [one for one in found if _is_meant(one, words)]
    if wanted.order == "name":
        return sorted(found, key=lambda one: (collation(one.title), one.address))
    if wanted.order == "count":
        return sorted(found, key=lambda one: -one.count)  # equal ones stay in their order
    return found


def _is_meant(one: Listed, words: Sequence[str]) -> bool:
    names = _names(one)
    return all(word in names for word in words)


def _names(one: Listed) -> str:
    """Return a line for each spelling by which a feed is found."""
    names = spellings(one.title)
    return names if one.key.term == one.title else f"{names}\n{spellings(one.key.term)}"


def _newest_first(one: Listed) -> tuple[float, str]:
    return -one.newest.timestamp() if one.newest else 0.0, one.address


def _pages(count: int) -> int:
    return max(1, -(-count // ON_A_PAGE))


def _turned(wanted: Wanted, page: int) -> str:
    return f"/{wanted._replace(page=page).query}"


def _leaf(page: int) -> str:
    return "/" if page == 1 else f"/list/{page}/"


def _line(one: Listed, rhythm: timedelta | None = None) -> FeedLine:
    return FeedLine(
        kind=one.key.kind,
        title=one.title,
        address=one.address,
        count=one.count,
        newest=one.newest,
        rhythm=rhythm,
    )
