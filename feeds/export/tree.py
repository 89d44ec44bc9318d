"""A plain tree of files: every feed in every format, the pages, the lists of sources, the stylesheet.

Any web server can serve it.

File names are the addresses as people read them; servers percent-decode what browsers ask for.
"""

import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import chain
from pathlib import Path, PurePosixPath

from feeds.errors import FeedsError
from feeds.library import Library, Listed
from feeds.model import FORMATS
from feeds.pages.lists import LISTS, index_document
from feeds.pages.sitemaps import Sitemaps
from feeds.render.html import Templates
from feeds.render.looks import FEED_CSS
from feeds.settings import Settings
from feeds.urls import PAGES_STYLESHEET, STYLESHEET

Progress = Callable[[int, int], None]  # files done so far, files to do


@dataclass(frozen=True, slots=True, kw_only=True)
class Built:
    written: int
    unchanged: int
    notes: tuple[str, ...] = ()  # one line each


def build(
    library: Library,
    output: Path,
    *,
    settings: Settings,
    now: datetime | None = None,
    progress: Progress = lambda _done, _total: None,
) -> Built:
    """Write all feeds below `output`, each file at once or not at all; files that are right already stay untouched.

    now: when it is, for sitemaps; without it there are none.
    Raises FeedsError where a file cannot be written.
    """
    listing = library.listing()
    pages = _pages(settings, listing, library.templates)
    if now is not None:
        pages |= {address: make() for address, make in Sitemaps(settings, library).documents(now)}
    entries = tuple(library.pages.addresses())
    total = len(FORMATS) * len(listing) + len(pages) + len(entries)
    written = 0
    try:
        output.mkdir(parents=True, exist_ok=True)
        home = output.resolve()
        documents = chain(
            pages.items(), _documents(library, (one.address for one in listing)), _entries(library, entries)
        )
        for done, (address, body) in enumerate(documents, start=1):
            written += write(home, address, body)
            progress(done, total)
    except OSError as err:
        raise FeedsError(f"{err.filename or output}: {err.strerror}", "choose another --output") from err
    return Built(
        written=written, unchanged=total - written, notes=_notes(home, [*(one.address for one in listing), *entries])
    )


def _pages(settings: Settings, listing: Sequence[Listed], templates: Templates) -> dict[str, bytes]:
    documents = {"/": index_document(templates), **LISTS}
    lists = {_file_of(address): document.make(settings, listing) for address, document in documents.items()}
    return {**lists, STYLESHEET: FEED_CSS, PAGES_STYLESHEET: templates.css}


def _file_of(address: str) -> str:
    return f"{address}index.html" if address.endswith("/") else address


def _documents(library: Library, addresses: Iterable[str]) -> Iterator[tuple[str, bytes]]:
    for address in addresses:
        for format_ in FORMATS:
            path = f"{address}.{format_}"
            rendition = library.look_up(path)
            assert rendition is not None, path
            yield path, library.fill(rendition).body()


def _entries(library: Library, addresses: Iterable[str]) -> Iterator[tuple[str, bytes]]:
    for address in addresses:
        page = library.pages.look_up(address)
        assert page is not None, address
        yield _file_of(address), page.body()


def write(home: Path, address: str, body: bytes) -> bool:
    """Write a file, unless it is there with these bytes; say whether it was written.

    home: resolved. Raises FeedsError where the file would not lie below it.
    """
    path = inside(home, address)
    if _holds(path, body):
        return False
    path.parent.mkdir(parents=True, exist_ok=True)
    if not path.parent.resolve().is_relative_to(home):
        raise FeedsError(f"{path.parent} leads out of {home}", "delete that symbolic link, or choose another --output")
    temporary = path.with_name(f".{os.getpid()}.feeds-part")
    try:
        temporary.write_bytes(body)
        temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    return True


def inside(home: Path, address: str) -> Path:
    """Return the path of an address below home. Raises FeedsError where a slug is no file name."""
    parts = PurePosixPath(address.removeprefix("/")).parts
    if not parts or any(part in {"/", "..", "."} or set(part) & {"\0", "\\"} for part in parts):
        raise FeedsError(f"{address} cannot be the name of a file", "give that feed another `slug`")
    return home.joinpath(*parts)


def _holds(path: Path, body: bytes) -> bool:
    try:
        return path.stat().st_size == len(body) and path.read_bytes() == body
    except (FileNotFoundError, NotADirectoryError):
        return False


def _notes(home: Path, addresses: Iterable[str]) -> tuple[str, ...]:
    """Name the feeds whose files overwrite one another where letter case does not count."""
    if not (home / "INDEX.HTML").exists():
        return ()
    return tuple(
        f"{' and '.join(twins)} share a file, because letter case does not count here"
        for twins in case_twins(addresses)
    )


def case_twins(addresses: Iterable[str]) -> tuple[tuple[str, ...], ...]:
    """Group the addresses that differ only by case."""
    groups: dict[str, list[str]] = {}
    for address in addresses:
        groups.setdefault(address.casefold(), []).append(address)
    return tuple(tuple(group) for group in groups.values() if len(group) > 1)
