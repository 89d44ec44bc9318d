"""The list of sources, a page at a time."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from feeds.model import Source
from feeds.render.html.frame import Frame
from feeds.render.html.index import Pager
from feeds.render.html.templates import Templates
from feeds.render.readings import plain, terms_of, web_address


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceRow:
    """A source as the page shows it; its addresses lead somewhere, or are not there."""

    name: str
    address: str  # readable, of its feed without a format's suffix
    home: str | None
    logo: str | None
    license_address: str | None
    license_name: str
    language: str
    count: int
    newest: datetime | None


def source_row(source: Source, *, address: str, count: int, newest: datetime | None) -> SourceRow:
    license_address, license_name = terms_of(source.license)
    return SourceRow(
        name=plain(source.name),
        address=address,
        home=web_address(source.url),
        logo=web_address(source.logo),
        license_address=license_address,
        license_name=license_name,
        language=source.language or "",
        count=count,
        newest=newest,
    )


def sources_page(
    rows: Sequence[SourceRow],
    *,
    templates: Templates,
    frame: Frame,
    count: int,
    pager: Pager,
    language: str | None = None,
    has_pages: bool = True,
) -> bytes:
    """Write a page. count: of all sources. has_pages: whether feeds have pages to lead to."""
    return templates.render(
        "sources.html", frame, language=language, rows=rows, count=count, pager=pager, has_pages=has_pages
    )
