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
from feeds.pages.discovery import said
from feeds.pages.sorting import Sorting
from feeds.render.html import Pager, SourceRow, Templates, frame_of, source_row, sources_page
from feeds.render.sources import SourceLine, sources_json, sources_opml
from feeds.settings import Settings
from feeds.slugs import normal_term
from feeds.sources import Sources
from feeds.urls import wire


def source_lines(settings: Settings, listing: Sequence[Listed]) -> tuple[SourceLine, ...]:
    """Return a line for each source feed, in the order of the listing."""
    sources = Sources(settings)
    return tuple(_line(one, settings, sources) for one in listing if one.key.kind == "source")


def _line(one: Listed, settings: Settings, sources: Sources) -> SourceLine:
    name = one.key.term
    known = sources.known(name)
    return SourceLine(
        source=sources.source(name),
        urls={format_: f"{settings.site.url}{wire(one.address)}.{format_}" for format_ in FORMATS},
        count=one.count,
        newest=one.newest,
        aliases=tuple(dict.fromkeys(map(normal_term, known.aliases))) if known else (),
    )


def sources_as_json(settings: Settings, listing: Sequence[Listed], _templates: Templates) -> bytes:
    return sources_json(source_lines(settings, listing), zone=settings.zone)


def sources_as_opml(settings: Settings, listing: Sequence[Listed], templates: Templates) -> bytes:
    site = settings.site
    title = f"{site.title}: {said('Sources', settings, templates)}"
    return sources_opml(source_lines(settings, listing), title=title, home=f"{site.url}/")


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
        self._rows: Sequence[SourceRow] = ()
        self._sorting = Sorting(_most_first)
        self._known: dict[int, tuple[Listed, SourceRow]] = {}  # by the identity of what is listed, which it keeps alive
        self._states: dict[int, tuple[object, str]] = {}  # of each page as a file: what it was made of
        self._made: OrderedDict[tuple[int, str | None], Printed] = OrderedDict()
        self._press = Lock()

    def page(self, path: str, *, language: str | None = None) -> Printed | None:
        """Return the page at a decoded path, `/sources/` or `/sources/2/`; None where there is none."""
        found = _PAGE.fullmatch(path)
        number = int(found[1] or 1) if found else 0
        with self._press:
            self._catch_up()
            if not found or path != _address(number) or number > _pages(len(self._rows)):
                return None
            key = (number, language)
            if key not in self._made:
                body = self._print(number, self._rows, language=language)
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
        rows = tuple(self._rows)
        for number in range(1, _pages(len(rows)) + 1):
            shown = rows[(number - 1) * ON_A_PAGE : number * ON_A_PAGE]
            looks = (shown, len(rows), has_links, self._library.templates.revision)
            before = self._states.get(number)
            if before is None or before[0] != looks:
                state = digest_texts(self._revision, str(len(rows)), str(has_links), *map(repr, shown))
                before = self._states[number] = looks, state
            yield _address(number), before[1], partial(self._print, number, rows, has_links=has_links)

    def _catch_up(self) -> None:
        version = (self._library.pages, self._library.version())  # the former, for an index that was begun anew
        if version != self._version:
            self._version = version
            found = [one for one in self._library.listing() if one.key.kind == "source"]
            known = self._known
            self._known = {id(one): known.get(id(one)) or (one, self._row(one)) for one in found}
            self._rows = [self._known[id(one)][1] for one in self._sorting.sorted(found)]
            self._made.clear()

    def _row(self, one: Listed) -> SourceRow:
        source = self._sources.source(one.key.term)
        return source_row(source, address=one.address, count=one.count, newest=one.newest)

    def _print(
        self, number: int, rows: Sequence[SourceRow], *, language: str | None = None, has_links: bool = True
    ) -> bytes:
        return sources_page(
            rows[(number - 1) * ON_A_PAGE : number * ON_A_PAGE],
            templates=self._library.templates,
            frame=self._frame,
            count=len(rows),
            pager=Pager(page=number, pages=_pages(len(rows)), turn=_address),
            language=language,
            has_pages=has_links,
        )


def _most_first(one: Listed) -> tuple[int, str, str]:
    return -one.count, one.title, one.key.term


def _address(number: int) -> str:
    return ROOT if number == 1 else f"{ROOT}{number}/"


def _pages(count: int) -> int:
    return max(1, -(-count // ON_A_PAGE))
