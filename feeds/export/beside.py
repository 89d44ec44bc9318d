"""Pages of feeds and entries, made in as many processes as there are for it: each follows from its address alone."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from itertools import islice
from pathlib import Path

from feeds.crew import Crew
from feeds.export.documents import Document, page_at
from feeds.export.leaves import Made, Writer
from feeds.settings import Settings
from feeds.site import Site, look_into

_AT_ONCE = 50  # pages in one task
_MANY = 300  # pages; to have other processes begin takes longer than to make fewer

_Errand = Sequence[tuple[str, str]]  # addresses and states


def make_pages(site: Site, pages: Mapping[str, Document], writer: Writer, *, jobs: int) -> Iterator[Made]:
    """Yield what comes of these documents, which are pages, by address."""
    size = jobs if len(pages) >= _MANY else 1
    crew = Crew(partial(making_beside, site.folder, site.settings, writer), size=size, own=_maker(site, writer))
    for made in crew.results(_errands(pages)):
        yield from made


def _errands(pages: Mapping[str, Document]) -> Iterator[_Errand]:
    rest = iter(pages.items())
    while piece := [(address, page.state) for address, page in islice(rest, _AT_ONCE)]:
        yield piece


def _maker(site: Site, writer: Writer) -> Callable[[_Errand], list[Made]]:
    def make(errand: _Errand) -> list[Made]:
        return [
            Made(document=address, state=state, leaves=tuple(writer.leaves(page_at(site, address))))
            for address, state in errand
        ]

    return make


def making_beside(folder: Path, settings: Settings, writer: Writer) -> Callable[[_Errand], list[Made]]:
    """Prepare another process than the one that has the site open."""
    site = look_into(folder, settings)
    site.library.choose(settings.is_built)
    return _maker(site, writer)
