"""What the operator decides: one table of settings, read once, every mistake told at once.

Layers, the later winning: defaults, what was inferred from a Jekyll or Hugo folder, `feeds.toml` with
`sources.toml`, environment (`FEEDS_SITE__TITLE`; `FEEDS_…_FILE` names a file that holds the value), flags.
"""

from feeds.settings.document import settings_document, settings_schema
from feeds.settings.load import FILE_NAME, SOURCES_NAME, load_settings, what_is_wrong
from feeds.settings.models import (
    AdminSettings,
    AliasesSettings,
    AliasStyle,
    AttributionSettings,
    BuildSettings,
    CacheSettings,
    ClientField,
    CollectionSettings,
    ContentSettings,
    FeedSettings,
    FeedsSettings,
    HostKind,
    PagesSettings,
    ServerSettings,
    SiteSettings,
    SourceSettings,
    StateSettings,
)
from feeds.settings.rules import FORGES, HUGO_PLACEHOLDERS, JEKYLL_PLACEHOLDERS, LIFETIMES, TOKEN_DIGEST, feed_key
from feeds.settings.sample import sample_toml, toml_literal
from feeds.settings.summary import differences, summary_of
from feeds.settings.whole import Settings

__all__ = [
    "FILE_NAME",
    "FORGES",
    "HUGO_PLACEHOLDERS",
    "JEKYLL_PLACEHOLDERS",
    "LIFETIMES",
    "SOURCES_NAME",
    "TOKEN_DIGEST",
    "AdminSettings",
    "AliasStyle",
    "AliasesSettings",
    "AttributionSettings",
    "BuildSettings",
    "CacheSettings",
    "ClientField",
    "CollectionSettings",
    "ContentSettings",
    "FeedSettings",
    "FeedsSettings",
    "HostKind",
    "PagesSettings",
    "ServerSettings",
    "Settings",
    "SiteSettings",
    "SourceSettings",
    "StateSettings",
    "differences",
    "feed_key",
    "load_settings",
    "sample_toml",
    "settings_document",
    "settings_schema",
    "summary_of",
    "toml_literal",
    "what_is_wrong",
]
