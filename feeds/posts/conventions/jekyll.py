"""Reads a Jekyll folder's `_config.yml` (Jekyll docs, "Configuration options", "Permalinks", "Collections")."""

from collections.abc import Mapping
from pathlib import Path

from feeds.posts.conventions.authors import load_authors
from feeds.posts.conventions.inferred import Gathering, Inferred
from feeds.posts.conventions.jekyll_feed import take_feeds
from feeds.posts.conventions.reading import (
    Config,
    first_config,
    first_text,
    is_true,
    language_of,
    list_of,
    table_of,
    text_of,
)

_NAMES = ("_config.yml", "_config.yaml", "_config.toml")
_STYLES = frozenset({"date", "pretty", "ordinal", "weekdate", "none"})
_HABIT = "as Jekyll does"


def infer_jekyll(folder: Path) -> Inferred | None:
    """Return what a Jekyll folder says of itself; None where it is not one."""
    config = first_config(folder, _NAMES)
    if config is None and not _has_posts(folder):
        return None
    config = config or Config(name="_config.yml", values={})
    found = Gathering()
    if config.trouble:
        found.say(config.trouble)
    _take_site(found, folder, config)
    _take_content(found, config)
    take_feeds(found, folder, config)
    return found.whole()


def has_jekylls_config(folder: Path) -> bool:
    return any((folder / name).is_file() for name in _NAMES)


def _has_posts(folder: Path) -> bool:
    return any((folder / "_posts").glob("*")) or any(folder.glob("[!._]*/_posts/*"))


def _take_site(found: Gathering, folder: Path, config: Config) -> None:
    values, source = config.values, config.name
    found.take("site.title", first_text(values, "title", "name"), source=source)
    found.take("site.description", first_text(values, "description"), source=source)
    if first_text(values, "url"):
        found.take("site.url", _address(values), source=source)
    else:
        found.take("site.url", _domain(folder), source="CNAME")
    found.take("site.timezone", first_text(values, "timezone"), source=source)
    found.take("site.language", language_of(first_text(values, "lang", "locale", "language")), source=source)
    _take_author(found, folder, config)


def _address(values: Mapping[str, object]) -> str:
    base = first_text(values, "baseurl").strip("/")
    url = first_text(values, "url").rstrip("/")
    return f"{url}/{base}" if base else url


def _domain(folder: Path) -> str:
    """Return the address that GitHub Pages gives a site with a file CNAME."""
    try:
        domain = (folder / "CNAME").read_text("utf-8-sig").strip()
    except (OSError, ValueError):
        return ""
    return f"https://{domain}" if domain else ""


def _take_author(found: Gathering, folder: Path, config: Config) -> None:
    """Take a name, a table, or a key into `_data/authors.yml`."""
    name = text_of(config.values.get("author"))
    author = table_of(config.values.get("author")) or load_authors(folder).get(name, {})
    found.take("site.author", first_text(author, "name") or name, source=config.name)
    found.take("site.author_email", first_text(author, "email"), source=config.name)
    found.take("site.author_url", first_text(author, "uri", "url"), source=config.name)


def _take_content(found: Gathering, config: Config) -> None:
    if not found.take("content.permalink", _permalink(config.values), source=config.name):
        found.take("content.permalink", "date", source=_HABIT)
    found.take("content.split_terms", True, source=_HABIT)
    found.take("content.summaries", "whole", source=_HABIT)
    found.take("content.untitled", "name", source=_HABIT)
    if not _is_plain(table_of(config.values.get("kramdown"))):
        found.take("content.typography", ["title", "body"], source=_HABIT)
    found.take("content.excerpt_separator", first_text(config.values, "excerpt_separator"), source=config.name)
    found.take("aliases.styles", ["jekyll"], source=_HABIT)
    if is_true(config.values.get("show_drafts")):
        found.take("content.drafts", True, source=config.name)


def _is_plain(kramdown: Mapping[str, object]) -> bool:
    """Say whether a site wants its quotes straight, as jekyll-feed's README has it."""
    quotes = kramdown.get("smart_quotes")
    names = [text_of(one) for one in list_of(quotes)] or text_of(quotes).replace(" ", "").split(",")
    return names == ["apos", "apos", "quot", "quot"]


def _permalink(values: Mapping[str, object]) -> str:
    """Return the template of posts: from front matter defaults, the collection `posts`, or the whole site."""
    posts = table_of(table_of(values.get("collections")).get("posts"))
    template = _default_permalink(values) or first_text(posts, "permalink") or first_text(values, "permalink")
    return template if not template or template in _STYLES or template.startswith("/") else f"/{template}"


def _default_permalink(values: Mapping[str, object]) -> str:
    defaults = values.get("defaults")
    for default in reversed(defaults if isinstance(defaults, list) else []):
        scope = table_of(table_of(default).get("scope"))
        permalink = first_text(table_of(table_of(default).get("values")), "permalink")
        if permalink and not text_of(scope.get("path")) and text_of(scope.get("type")) in ("", "posts"):
            return permalink
    return ""
