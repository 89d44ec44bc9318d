"""The page that lists all feeds of a site: searched, sorted and turned page by page.

What is read of the index is kept until that changes, and so is each page that was asked for. A poll of the same page
costs one look at the index's version.
"""

from collections import Counter, OrderedDict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from threading import Lock

from feeds import __version__
from feeds.fingerprint import digest_bytes, digest_texts
from feeds.library import Library, Listed, Printed
from feeds.model import SITE, Entry, FeedKey
from feeds.pages.discovery import site_links
from feeds.pages.sorting import Sorting
from feeds.pages.spellings import collation, folded, spellings
from feeds.pages.wanted import LISTED, Wanted
from feeds.render.html import FeedLine, FeedList, KindLine, Pager, frame_of, index_page
from feeds.settings import Settings

ON_A_PAGE = 50  # feeds
_NEWEST = 6  # entries of the site
_PAGES = 200  # remembered; some forty kilobytes each


@dataclass(frozen=True, slots=True, kw_only=True)
class _Sight:
    """What the index holds at one version of it."""

    version: object
    site_feed: Listed | None
    feeds: tuple[Listed, ...]  # all but the site's, those with the newest entry first
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
                body = self._print(sight, wanted, language=language, turn=lambda number: _turned(wanted, number))
                name = digest_bytes(body)[:24]
                self._made[key] = Printed(address="/", name=name, links=self._links, bodies={"identity": body})
            self._made.move_to_end(key)
            while len(self._made) > _PAGES:
                self._made.popitem(last=False)
            return self._made[key]

    def as_files(self, *, has_links: bool = True) -> Iterator[tuple[str, str, Callable[[], bytes]]]:
        """Yield the whole list as pages that need no server: address, state, and what makes it.

        The addresses are `/`, `/list/2/`, and so on; equal states have equal bytes. has_links: to the pages of feeds.
        """
        with self._press:
            sight = self._current()
        rhythms = self._library.rhythms()
        gaps = [rhythms.get(one.key) for one in sight.feeds]
        for number in range(1, _pages(len(sight.feeds)) + 1):
            state = self._state(sight, number, gaps, has_links=has_links)
            yield _leaf(number), state, partial(self._file, sight, number, rhythms, has_links=has_links)

    def _state(self, sight: _Sight, number: int, rhythms: Sequence[timedelta | None], *, has_links: bool) -> str:
        """Name all that a page shows; where it shows the same as the last time, nothing is written down for it.

        rhythms: in the order of the feeds.
        """
        here = slice((number - 1) * ON_A_PAGE, number * ON_A_PAGE)
        shown, gaps = sight.feeds[here], rhythms[here]
        total = str(sight.site_feed.count) if sight.site_feed else ""
        newest = sight.newest if number == 1 else ()
        looks = (
            shown,
            gaps,
            total,
            newest,
            len(sight.feeds),
            sight.counts,
            has_links,
            self._library.templates.revision,
        )
        before = self._states.get(number)
        if before is None or before[0] != looks:
            lines = [repr(_line(one, gap)) for one, gap in zip(shown, gaps, strict=True)]
            news = repr(newest) if number == 1 else ""
            common = (self._revision, str(len(sight.feeds)), str(sight.counts), str(has_links), total, news)
            before = self._states[number] = looks, digest_texts(*common, *lines)
        return before[1]

    def spell(self, start: int, count: int) -> bool:
        """Find out what so many names may be searched for; say whether there are more. It is remembered."""
        with self._press:
            feeds = self._seen.feeds if self._seen else ()
        for one in feeds[start : start + count]:
            _names(one)
        return start + count < len(feeds)

    def _file(self, sight: _Sight, number: int, rhythms: Mapping[FeedKey, timedelta], *, has_links: bool) -> bytes:
        return self._print(sight, Wanted(page=number), turn=_leaf, rhythms=rhythms, is_file=True, has_links=has_links)

    def _current(self) -> _Sight:
        version = (self._library.pages, self._library.version())  # the former, for an index that was begun anew
        if self._seen is None or self._seen.version != version:
            self._seen = self._look(version)
            self._made.clear()
        return self._seen

    def _look(self, version: object) -> _Sight:
        listing = self._library.listing()
        site_feed = listing[0] if listing and listing[0].key == SITE else None
        feeds = listing if site_feed is None else listing[1:]
        return _Sight(
            version=version,
            site_feed=site_feed,
            feeds=self._sorting.sorted(feeds),
            newest=self._library.leaves.newest(_NEWEST),
            counts=Counter([one.key.kind for one in feeds]),
        )

    def _print(
        self,
        sight: _Sight,
        wanted: Wanted,
        *,
        turn: Callable[[int], str],
        language: str | None = None,
        rhythms: Mapping[FeedKey, timedelta] | None = None,
        is_file: bool = False,
        has_links: bool = True,
    ) -> bytes:
        found = _found(sight.feeds, wanted)
        page = min(wanted.page, _pages(len(found)))
        shown = found[(page - 1) * ON_A_PAGE : page * ON_A_PAGE]
        rhythms = self._library.rhythms_of(one.key for one in shown) if rhythms is None else rhythms
        return index_page(
            templates=self._library.templates,
            frame=self._frame,
            language=language,
            site_feed=_line(sight.site_feed) if sight.site_feed else None,
            newest=sight.newest if wanted == Wanted() else (),
            kinds=[KindLine(kind=kind, count=sight.counts[kind]) for kind in LISTED if kind in sight.counts],
            feeds=FeedList(
                lines=[_line(one, rhythms.get(one.key)) for one in shown],
                count=len(found),
                text=wanted.text,
                kind=wanted.kind,
                order=wanted.order,
                is_served=not is_file,
                has_pages=has_links,
                pager=Pager(page=page, pages=_pages(len(found)), turn=turn),
            ),
        )


def _found(feeds: Sequence[Listed], wanted: Wanted) -> Sequence[Listed]:
    words = folded(wanted.text).split()
    found = [one for one in feeds if not wanted.kind or one.key.kind == wanted.kind]
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
