"""Reads a Jekyll folder's `_config.yml` (Jekyll docs, "Configuration options", "Permalinks", "Collections")."""

import os
from collections.abc import Iterator, Mapping
from pathlib import Path

from feeds.posts.conventions.authors import load_authors
from feeds.posts.conventions.inferred import Gathering, Inferred
from feeds.posts.conventions.reading import (
    Config,
    first_config,
    first_text,
    is_true,
    language_of,
    table_of,
    text_of,
)

_NAMES = ("_config.yml", "_config.yaml", "_config.toml")
_STYLES = frozenset({"date", "pretty", "ordinal", "weekdate", "none"})
_HABIT = "as Jekyll does"
_PRUNED = frozenset({"node_modules", "vendor"})


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
    _take_content(found, folder, config)
    return found.whole()


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
    found.take("site.author", _author(folder, values.get("author")), source=source)


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


def _author(folder: Path, value: object) -> str:
    if isinstance(value, Mapping):
        return first_text(value, "name")
    name = text_of(value)
    return first_text(load_authors(folder).get(name, {}), "name") or name


def _take_content(found: Gathering, folder: Path, config: Config) -> None:
    if not found.take("content.permalink", _permalink(config.values), source=config.name):
        found.take("content.permalink", "date", source=_HABIT)
    found.take("content.split_terms", True, source=_HABIT)
    found.take("aliases.styles", ["jekyll"], source=_HABIT)
    if is_true(config.values.get("show_drafts")):
        found.take("content.drafts", True, source=config.name)
    found.take("content.roots", list(_roots(folder, config.values)), source=config.name)


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


def _roots(folder: Path, values: Mapping[str, object]) -> Iterator[str]:
    """Name the folders of posts where collections add to them; otherwise they are found by themselves."""
    base = text_of(values.get("collections_dir")).strip("/")
    collections = [f"{base}/_{name}".lstrip("/") for name in _published_collections(values)]
    collections = [path for path in collections if (folder / path).is_dir()]
    if collections:
        wanted = {"_posts", "_drafts"} if is_true(values.get("show_drafts")) else {"_posts"}
        yield from _folders_named(folder, wanted)
        yield from collections


def _published_collections(values: Mapping[str, object]) -> Iterator[str]:
    """Name the collections that jekyll-feed gives feeds; where it is not told, those that have pages of their own."""
    fed = table_of(values.get("feed")).get("collections")
    if isinstance(fed, list | Mapping):
        yield from (name for entry in fed if (name := text_of(entry)) not in ("", "posts"))
        return
    for name, options in table_of(values.get("collections")).items():
        if name != "posts" and is_true(table_of(options).get("output")):
            yield name


def _folders_named(folder: Path, wanted: set[str]) -> list[str]:
    found: list[str] = []
    for at, names, _ in os.walk(folder):
        here = Path(at).relative_to(folder)
        found.extend((here / name).as_posix() for name in names if name in wanted)
        names[:] = [name for name in names if name[0] not in "._" and name not in _PRUNED]
    return sorted(found, key=lambda path: (path.count("/"), path))
