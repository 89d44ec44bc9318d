"""The lists of all sources and their feeds, for programs and for people, from listing and settings."""

import re
from collections import OrderedDict
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from threading import Lock

from feeds import __version__
from feeds.fingerprint import digest_bytes, digest_texts
from feeds.library import Library, Listed, Printed
from feeds.model import FORMATS
from feeds.pages.sorting import Sorting, part_of
from feeds.render.html import Pager, SourceRow, frame_of, source_row, sources_page
from feeds.render.sources import SourceLine
from feeds.settings import Settings
from feeds.slugs import normal_term
from feeds.sources import Sources
from feeds.urls import wire


def source_line(one: Listed, settings: Settings, sources: Sources) -> SourceLine:
    """Return what lists say of a source. one: its feed."""
    name = one.key.term
    known = sources.known(name)
    return SourceLine(
        source=sources.source(name),
        urls={format_: f"{settings.site.url}{wire(one.address)}.{format_}" for format_ in FORMATS},
        count=one.count,
        newest=one.newest,
        aliases=tuple(dict.fromkeys(map(normal_term, known.aliases))) if known else (),
    )


ROOT = "/sources/"
ON_A_PAGE = 100  # sources
_PAGES = 50  # remembered; some fifty kilobytes each
_PAGE = re.compile(rf"{ROOT}(?:([1-9][0-9]{{0,5}})/)?")


class SourcePages:
    """The same for people, a page at a time, the source with most entries first. Any number of threads may ask."""

    def __init__(self, settings: Settings, library: Library) -> None:
        self._library = library
        self._frame = frame_of(settings)
        self._revision = digest_texts(__version__, library.templates.revision, settings.model_dump_json())
        self._sources = Sources(settings)
        self._version: object = None
        self._listed: Sequence[Listed] = ()
        self._sorting = Sorting(_most_first)
        self._states: dict[int, tuple[object, str]] = {}  # of each page as a file: what it was made of
        self._made: OrderedDict[tuple[int, str | None], Printed] = OrderedDict()
        self._press = Lock()

    def page(self, path: str, *, language: str | None = None) -> Printed | None:
        """Return the page at a decoded path, `/sources/` or `/sources/2/`; None where there is none."""
        found = _PAGE.fullmatch(path)
        number = int(found[1] or 1) if found else 0
        with self._press:
            self._catch_up()
            if not found or path != _address(number) or number > _pages(len(self._listed)):
                return None
            key = (number, language)
            if key not in self._made:
                body = self._print(number, self._listed, language=language)
                links = f'<{self._frame.url.rstrip("/")}{path}>; rel="canonical"'
                name = digest_bytes(body)[:24]
                self._made[key] = Printed(address=path, name=name, links=links, bodies={"identity": body})
            self._made.move_to_end(key)
            if len(self._made) > _PAGES:
                self._made.popitem(last=False)
            return self._made[key]

    def as_files(self, *, has_links: bool = True) -> Iterator[tuple[str, str, Callable[[], bytes]]]:
        """Yield every page: address, state, and what makes it. Equal states have equal bytes.

        has_links: to the pages of feeds.
        """
        with self._press:
            self._catch_up()
        listed = self._listed
        for number in range(1, _pages(len(listed)) + 1):
            shown = _shown(listed, number)
            common = (len(listed), has_links, self._library.templates.revision)
            before = self._states.get(number)
            if before is None or before[0] != (shown, common):
                state = digest_texts(self._revision, repr(common), *(repr(self._row(one)) for one in shown))
                before = self._states[number] = (shown, common), state
            yield _address(number), before[1], partial(self._print, number, listed, has_links=has_links)

    def _catch_up(self) -> None:
        version = (self._library.pages, self._library.version())  # the former, for an index that was begun anew
        if version != self._version:
            self._version = version
            listing = self._library.listing()
            self._listed = self._sorting.sorted(listing[part_of(listing, "source")])
            self._made.clear()

    def _row(self, one: Listed) -> SourceRow:
        source = self._sources.source(one.key.term)
        return source_row(source, address=one.address, count=one.count, newest=one.newest)

    def _print(
        self, number: int, listed: Sequence[Listed], *, language: str | None = None, has_links: bool = True
    ) -> bytes:
        return sources_page(
            [self._row(one) for one in _shown(listed, number)],
            templates=self._library.templates,
            frame=self._frame,
            count=len(listed),
            pager=Pager(page=number, pages=_pages(len(listed)), turn=_address),
            language=language,
            has_pages=has_links,
        )


def _most_first(one: Listed) -> tuple[int, str, str]:
    return -one.count, one.title, one.key.term


def _shown(listed: Sequence[Listed], number: int) -> Sequence[Listed]:
    return listed[(number - 1) * ON_A_PAGE : number * ON_A_PAGE]


def _address(number: int) -> str:
    return ROOT if number == 1 else f"{ROOT}{number}/"


def _pages(count: int) -> int:
    return max(1, -(-count // ON_A_PAGE))
