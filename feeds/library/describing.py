"""What the settings and the index say of a feed, put together: its head and its validators, without any entry."""

from collections.abc import Iterable, Mapping, Sequence
from functools import cache

from feeds.fingerprint import digest_texts
from feeds.library.addresses import WHOLE, Narrowing
from feeds.library.rendition import Rendition
from feeds.library.rhythm import lifetime_of
from feeds.model import FORMATS, SITE, Feed, FeedKey, Format
from feeds.render import RENDERERS
from feeds.settings import Settings
from feeds.shapes import Shapes
from feeds.store import FeedRow, Sight, moment_at, state_of
from feeds.urls import RSS_WIDTH, SITE_STYLESHEET, STYLESHEET, drawn_icon, feed_address, on_site, tag_uri, wire


class Describer:
    """Pure: the same rows and settings, the same description."""

    def __init__(self, settings: Settings, shapes: Shapes) -> None:
        self._settings = settings
        self._shapes = shapes
        self._on_site = cache(self._resolved)
        self._stylesheet = wire(settings.base_path + STYLESHEET)
        self._site_stylesheet = wire(settings.base_path + SITE_STYLESHEET)

    def rendition(self, row: FeedRow, sights: Sequence[Sight], format_: Format, narrowing: Narrowing) -> Rendition:
        """Describe a feed in one format, with nothing rendered yet."""
        return self.renditions(row, sights, (format_,), narrowing)[0]

    def renditions(
        self, row: FeedRow, sights: Sequence[Sight], formats: Iterable[Format], narrowing: Narrowing
    ) -> tuple[Rendition, ...]:
        """Describe a feed in several formats; what they have in common is found out once."""
        revision = self._shapes.of(row.key).revision
        if narrowing != WHOLE:
            revision = digest_texts(revision, narrowing.query)
        address, urls = feed_address(row.key, row.slug), self.self_urls(row, narrowing)
        state = state_of(revision, row.label, row.changed, sights)
        updated = max([sight.updated for sight in sights]) // 1_000_000 if sights else row.changed
        lifetime = self._lifetime(sights)
        return tuple(
            Rendition(
                address=f"{address}.{format_}{narrowing.query}",
                key=row.key,
                format=format_,
                state=state,
                media_type=RENDERERS[format_].media_type,
                last_modified=row.changed,
                updated=updated,
                lifetime=lifetime,
                links=self._links(urls, format_, narrowing),
                narrowing=narrowing,
            )
            for format_ in formats
        )

    def feed(
        self,
        row: FeedRow,
        sights: Sequence[Sight],
        narrowing: Narrowing,
        *,
        authority: str,
        lifetime: int | None = None,
    ) -> Feed:
        """Describe a feed as its documents show it.

        authority: who mints the ids, as the index has it. lifetime: in seconds, where it is known.
        """
        site, name = self._settings.site, self.name(row.key, row.label)
        source = self._settings.source_of(row.key)
        logo = source.logo if source else None
        image = None if site.logo else self._drawn(RSS_WIDTH)
        title = name if row.key.kind == "site" else f"{name} · {site.title}"
        updated = max([sight.updated for sight in sights]) if sights else row.changed * 1_000_000
        return Feed(
            key=row.key,
            id=tag_uri(authority, f"feed:{row.key.kind}:{row.key.term}"),
            address=feed_address(row.key, row.slug),
            title=title,
            description=self._description(row.key) or title,
            home=site.url + "/",
            self_urls=self.self_urls(row, narrowing),
            zone=self._settings.zone,
            updated=moment_at(updated),
            lifetime=self._lifetime(sights) if lifetime is None else lifetime,
            language=(source and source.language) or site.language,
            author=site.author or site.title,
            author_email=site.author_email,
            author_url=site.author_url,
            rights=site.rights,
            icon=logo or self._from_settings(site.icon) or self._drawn(64),
            large_icon=self._drawn(512) if logo is None else None,
            image=(self._from_settings(site.image) or image) if logo is None else None,
            logo=logo or self._from_settings(site.logo),
            content=narrowing.content or self._shapes.of(row.key).content,
            hubs=self._hubs(narrowing),
            stylesheet=self._site_stylesheet if row.key == SITE else self._stylesheet,
        )

    def name(self, key: FeedKey, label: str) -> str:
        own = self._settings.feed_for(key)
        if own and own.title:
            return own.title
        return self._settings.site.title if key.kind == "site" else label or key.term

    def own_description(self, key: FeedKey) -> str:
        """Return what the settings say of this very feed."""
        own = self._settings.feed_for(key)
        return (own and own.description) or ""

    def self_urls(self, row: FeedRow, narrowing: Narrowing) -> dict[Format, str]:
        url = self._settings.site.url + wire(feed_address(row.key, row.slug))
        return {format_: f"{url}.{format_}{narrowing.query}" for format_ in FORMATS}

    def _drawn(self, size: int) -> str | None:
        """Return the address of the icon that is drawn where the site's own is missing, or shows in browsers alone."""
        return self._on_site(drawn_icon(size)) if self._settings.site.wants_drawing else None

    def _from_settings(self, reference: str | None) -> str | None:
        return self._on_site(reference) if reference else None

    def _resolved(self, reference: str) -> str | None:
        return on_site(reference, self._settings.site.url)

    def _lifetime(self, sights: Sequence[Sight]) -> int:
        return lifetime_of([sight.published for sight in sights], self._settings.cache)

    def _description(self, key: FeedKey) -> str:
        """What the site says of itself is not true of each publication that it passes on."""
        own = self._settings.feed_for(key)
        return (own and own.description) or ("" if key.kind == "source" else self._settings.site.description)

    def _links(self, urls: Mapping[Format, str], format_: Format, narrowing: Narrowing) -> str:
        """Write the Link field (RFC 8288): this feed, its hubs, where it belongs (RFC 6596), and its other formats."""
        others = (
            f'<{urls[other]}>; rel="alternate"; type="{RENDERERS[other].media_type.partition(";")[0]}"'
            for other in FORMATS
            if other != format_
        )
        own = urls[format_]  # canonical, too: the same feed may be read at an old address, or through another host
        hubs = (f'<{hub}>; rel="hub"' for hub in self._hubs(narrowing))
        return ", ".join((f'<{own}>; rel="self"', *hubs, f'<{own}>; rel="canonical"', *others))

    def _hubs(self, narrowing: Narrowing) -> tuple[str, ...]:
        """Return where one may subscribe. A narrower feed is no topic: it has too many addresses to tell hubs of."""
        return self._settings.feeds.hubs if narrowing == WHOLE else ()
