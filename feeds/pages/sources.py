"""The lists of all sources and their feeds, from what the library lists and the settings know."""

from collections.abc import Sequence

from feeds.library import Listed
from feeds.model import FORMATS
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


def sources_as_json(settings: Settings, listing: Sequence[Listed]) -> bytes:
    return sources_json(source_lines(settings, listing), zone=settings.zone)


def sources_as_opml(settings: Settings, listing: Sequence[Listed]) -> bytes:
    site = settings.site
    return sources_opml(source_lines(settings, listing), title=f"{site.title}: sources", home=f"{site.url}/")
