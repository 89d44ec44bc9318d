"""The pages for people about feeds, as files that any web server can serve."""

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from itertools import chain
from typing import NamedTuple

from feeds import __version__
from feeds.fingerprint import digest_bytes, digest_texts
from feeds.library import Library, Listed, parse_leaf
from feeds.model import SITE
from feeds.pages.icons import icons
from feeds.pages.index import SiteIndex
from feeds.pages.sorting import Kept
from feeds.pages.sources import SourcePages
from feeds.settings import Settings
from feeds.urls import PAGES_SCRIPT, PAGES_STYLESHEET


class HumanPage(NamedTuple):
    """One of them; it may be made when it is wanted, or never."""

    address: str  # readable; ends in a slash where it is a page
    media_type: str
    state: str  # equal states, equal bytes
    make: Callable[[], bytes]
    is_of_feed: bool = False  # the library makes it from its address


_HTML = "text/html; charset=utf-8"


class HumanPages:
    """What it has looked at before it looks at no more, as long as it stays the same."""

    def __init__(self, settings: Settings, library: Library) -> None:
        self._settings = settings
        self._library = library
        self._index = SiteIndex(settings, library)
        self._sources = SourcePages(settings, library)
        self._leaves = Kept(self._leaves_of)
        self._readings = library.readings

    def all(self) -> Iterator[HumanPage]:
        """Yield all that a visitor needs. Searching wants a server, and is left out.

        Where the settings say so, every feed has its page, and all that lie behind it; else there is the list alone.
        """
        settings, library = self._settings, self._library
        yield _made(PAGES_STYLESHEET, "text/css; charset=utf-8", library.templates.css)
        yield _made(PAGES_SCRIPT, "text/javascript; charset=utf-8", library.templates.script)
        if settings.site.wants_drawing:
            for address, (media_type, draw) in icons(settings.site.title).items():
                yield HumanPage(address, media_type, digest_texts(__version__, settings.site.title), draw)
        for address, state, make in self._index.as_files(has_links=settings.pages.feeds):
            yield HumanPage(address, _HTML, state, make)
        for address, state, make in self._sources.as_files(has_links=settings.pages.feeds):
            yield HumanPage(address, _HTML, state, make)
        if settings.pages.feeds:
            listing = library.listing()
            if library.readings != self._readings:
                self._readings, self._leaves = library.readings, Kept(self._leaves_of)
            yield from chain.from_iterable(self._leaves.of(listing))

    def _leaves_of(self, listed: Sequence[Listed]) -> Iterator[Sequence[HumanPage]]:
        """Yield the pages of each of these feeds. The site's own is the list itself."""
        library = self._library
        found = library.leaves.standings({one.key for one in listed if one.key != SITE})
        for one in listed:
            leaves = found.get(one.key, ())
            yield [
                HumanPage(
                    leaf.address, _HTML, leaf.state, partial(feed_page_at, library, leaf.address), is_of_feed=True
                )
                for leaf in leaves
            ]


def _made(address: str, media_type: str, body: bytes) -> HumanPage:
    return HumanPage(address, media_type, digest_bytes(body), lambda: body)


def feed_page_at(library: Library, address: str) -> bytes:
    wanted = parse_leaf(address)
    printed = library.leaves.look_up(wanted) if wanted else None
    assert printed is not None, address
    return printed.body()
