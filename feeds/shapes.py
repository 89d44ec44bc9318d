"""How the settings cut each feed, looked up once per feed and remembered."""

from collections.abc import Mapping
from functools import cache

from feeds import __version__
from feeds.fingerprint import digest_texts
from feeds.model import FeedKey, Shape
from feeds.settings import Settings, SourceSettings
from feeds.slugs import path_slug_for, slug_for

_WRITING = "3"  # another one whenever render writes other bytes of the same entries, so that validators move with them


class Shapes:
    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        site = settings.site.model_dump_json()
        bounds = settings.cache.model_dump_json(include={"min", "max"})  # <ttl> shows these; only HTTP says the rest
        cuts = settings.feeds.model_dump_json(exclude={"only", "retired", "hubs"})
        self._site_revision = digest_texts(__version__, _WRITING, site, cuts, bounds, *settings.feeds.hubs)
        self.of = cache(self._shape_of)

    @property
    def revision(self) -> str:
        """Name all settings that any feed's bytes or address depend on."""
        own = (feed.model_dump_json() for feed in self._settings.feed)
        looks = (look for source in self._settings.source for look in (source.name, *_looks_of(source)))
        return digest_texts(self._site_revision, *own, *looks)

    def _shape_of(self, key: FeedKey) -> Shape:
        settings = self._settings
        own = settings.feed_for(key)
        looks = _looks_of(settings.source_of(key))
        return Shape(
            slug=slug_of(key, settings.fixed_slugs(key.kind)),
            window=settings.window_of(key),
            content=settings.content_of(key),
            revision=digest_texts(self._site_revision, own.model_dump_json() if own else None, *looks),
        )


def slug_of(key: FeedKey, fixed: Mapping[str, str]) -> str:
    """Return a feed's slug. fixed: as the settings fix them, for its kind."""
    return (path_slug_for if key.kind == "collection" else slug_for)(key.term, fixed)


def _looks_of(source: SourceSettings | None) -> tuple[str | None, ...]:
    """Return what a source's own feed shows of it besides its entries, which bring the rest themselves."""
    return (source.logo, source.language) if source and (source.logo or source.language) else ()
