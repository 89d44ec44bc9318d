"""Other names of sources in the addresses of feeds: each leads to the feed of the canonical name."""

from collections.abc import Mapping

from feeds.model import FeedKey
from feeds.settings import Settings
from feeds.slugs import normal_term, slug_for
from feeds.sources import Sources


class Aliases:
    """What the settings say about names, turned into slugs."""

    def __init__(self, settings: Settings) -> None:
        self._sources = Sources(settings)
        self._fixed = settings.fixed_slugs("source")
        self._terms = self._spelled(settings)

    def is_alias(self, key: FeedKey) -> bool:
        """Say whether a feed is one of before its source was known by another name."""
        return key.kind == "source" and self._sources.canonical(key.term) != normal_term(key.term)

    def canonical_slug(self, slug: str) -> str:
        """Return the slug of the source that an address means, whether it says a slug or a name, canonical or not."""
        term = self._terms.get(slug, slug)
        return slug_for(self._sources.canonical(term), self._fixed)

    def _spelled(self, settings: Settings) -> Mapping[str, str]:
        """Slug → name, for the names whose slugs no longer look like them."""
        names = (normal_term(name) for one in settings.source for name in (one.name, *one.aliases))
        return {slug_for(name, self._fixed): name for name in names}
