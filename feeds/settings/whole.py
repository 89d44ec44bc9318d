"""All settings of a site, and what they say about one feed."""

from collections.abc import Mapping
from functools import cached_property
from urllib.parse import unquote, urlsplit
from zoneinfo import ZoneInfo

from pydantic import Field

from feeds.model import ContentMode, FeedKey, Kind, Window
from feeds.settings import rules
from feeds.settings.models import (
    AdminSettings,
    AliasesSettings,
    AttributionSettings,
    BuildSettings,
    CacheSettings,
    CollectionSettings,
    ContentSettings,
    FeedSettings,
    FeedsSettings,
    PagesSettings,
    ServerSettings,
    SiteSettings,
    SourceSettings,
    StateSettings,
    Table,
)
from feeds.slugs import normal_term


class Settings(Table):
    site: SiteSettings = Field(default=SiteSettings(), description="The site as a whole.")
    content: ContentSettings = Field(default=ContentSettings(), description="Where posts are and how they are read.")
    feeds: FeedsSettings = Field(default=FeedsSettings(), description="What all feeds have in common.")
    feed: tuple[FeedSettings, ...] = Field(default=(), description="One feed's own; what is absent follows [feeds].")
    collection: tuple[CollectionSettings, ...] = Field(
        default=(), description="Posts in a folder of their own, which have a feed of their own."
    )
    source: tuple[SourceSettings, ...] = Field(
        default=(), description="One publication that posts come from; `sources.toml` may hold these, too."
    )
    attribution: AttributionSettings = Field(
        default=AttributionSettings(), description="How the origin of posts is found and told."
    )
    pages: PagesSettings = Field(default=PagesSettings(), description="Pages for people.")
    cache: CacheSettings = Field(
        default=CacheSettings(), description="How long readers and caches may keep a feed before they ask again."
    )
    server: ServerSettings = Field(default=ServerSettings(), description="Where readers are answered.")
    admin: AdminSettings = Field(
        default=AdminSettings(), description="Who may tell the server to do something, and how."
    )
    aliases: AliasesSettings = Field(
        default=AliasesSettings(), description="Addresses at which feeds were before, and what answers there."
    )
    build: BuildSettings = Field(
        default=BuildSettings(), description="What `feeds build` writes; the server takes no notice of it."
    )
    state: StateSettings = Field(default=StateSettings(), description="What is kept between two runs.")

    @cached_property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.site.timezone)

    @cached_property
    def base_path(self) -> str:
        """Return the readable path below which the site lives: `/news`, or nothing."""
        return unquote(urlsplit(self.site.url).path).rstrip("/")

    @cached_property
    def links_to_pages(self) -> bool:
        """Say whether the links of posts lead to the pages served here: nobody has said where else they stand."""
        return self.pages.entries and "permalink" not in self.content.model_fields_set

    @cached_property
    def retired(self) -> frozenset[FeedKey]:
        return frozenset(map(rules.feed_key, self.feeds.retired))

    @cached_property
    def _built(self) -> frozenset[str]:
        return frozenset(one if one.endswith("/*") else str(rules.feed_key(one)) for one in self.build.feeds)

    def is_built(self, key: FeedKey) -> bool:
        """Say whether `feeds build` writes this feed."""
        return not self.build.feeds or str(key) in self._built or f"/{key.kind}/*" in self._built

    @cached_property
    def _only(self) -> dict[Kind, frozenset[FeedKey]]:
        keys = [rules.feed_key(address) for address in self.feeds.only]
        return {one.kind: frozenset(key for key in keys if key.kind == one.kind) for one in keys}

    def is_wanted(self, key: FeedKey) -> bool:
        """Say whether there is to be such a feed: not retired, nor of a kind of which only others are wanted."""
        return key not in self.retired and key in self._only.get(key.kind, (key,))

    def collection_of(self, path: str) -> CollectionSettings | None:
        """Return the collection that a post belongs to, by its path relative to the site folder; the innermost."""
        holding = [one for one in self.collection if path.startswith(f"{one.folder.strip('/')}/")]
        return max(holding, key=lambda one: len(one.folder), default=None)

    @cached_property
    def window(self) -> Window:
        return Window(newest=self.feeds.window, hours=self.feeds.hours, max_bytes=self.feeds.max_bytes)

    @cached_property
    def _own(self) -> dict[FeedKey, FeedSettings]:
        return {feed.key: feed for feed in self.feed}

    @cached_property
    def _windows(self) -> dict[FeedKey, Window]:
        common = self.feeds
        return {
            key: Window(
                newest=common.window if own.window is None else own.window,
                hours=common.hours if own.hours is None else own.hours,
                max_bytes=common.max_bytes,
            )
            for key, own in self._own.items()
        }

    @cached_property
    def _sources(self) -> dict[FeedKey, SourceSettings]:
        return {FeedKey("source", normal_term(source.name)): source for source in self.source}

    def source_of(self, key: FeedKey) -> SourceSettings | None:
        """Return the publication whose own feed this is, if the settings know it."""
        return self._sources.get(key)

    @cached_property
    def _slugs(self) -> dict[Kind, dict[str, str]]:
        slugs: dict[Kind, dict[str, str]] = {}
        for key, own in self._own.items():
            if own.slug:
                slugs.setdefault(key.kind, {})[key.term] = own.slug
        return slugs

    def feed_for(self, key: FeedKey) -> FeedSettings | None:
        """Return what [[feed]] says about this feed, if anything."""
        return self._own.get(key)

    def fixed_slugs(self, kind: Kind) -> Mapping[str, str]:
        """Return normal term → slug as [[feed]] fixes them, for feeds of one kind."""
        return self._slugs.get(kind, {})

    def window_of(self, key: FeedKey) -> Window:
        return self._windows.get(key, self.window)

    def content_of(self, key: FeedKey) -> ContentMode:
        own = self._own.get(key)
        return (own and own.content) or self.feeds.content
