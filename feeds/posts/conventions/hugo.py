"""Reads a Hugo folder's `hugo.toml` or `config.toml` (Hugo docs, "Configuration", "URL management › Permalinks")."""

from collections.abc import Mapping
from pathlib import Path

from feeds.posts.conventions.inferred import Gathering, Inferred
from feeds.posts.conventions.reading import (
    EXTENSIONS,
    Config,
    first_config,
    first_text,
    is_true,
    language_of,
    table_of,
    text_of,
)

_PLACES = ("hugo", "config", "config/_default/hugo", "config/_default/config")
# A file `config.toml` may belong to any program; Hugo's has one of these, and Zola's, its cousin, has `base_url`.
_HUGO_KEYS = frozenset(
    {"baseurl", "languagecode", "defaultcontentlanguage", "contentdir", "permalinks", "module", "params"}
)
_MAIN_SECTIONS = ("posts", "post", "blog", "news", "articles")


def infer_hugo(folder: Path) -> Inferred | None:
    """Return what a Hugo folder says of itself; None where it is not one."""
    config = first_config(folder, (place + extension for place in _PLACES for extension in EXTENSIONS))
    if config is None:
        return None
    values = _lowered(config.values)
    if not _is_hugos(folder, config, values):
        return None
    found = Gathering()
    if config.trouble:
        found.say(config.trouble)
    _take_site(found, _of_main_language(values | _separate_params(folder, values)), source=config.name)
    _take_content(found, folder, Config(name=config.name, values=_of_main_language(values)))
    return found.whole()


def _is_hugos(folder: Path, config: Config, values: Mapping[str, object]) -> bool:
    if config.name.startswith(("hugo.", "config/")):
        return True
    if config.trouble:
        return any((folder / name).is_dir() for name in ("archetypes", "layouts", "themes"))
    return "base_url" not in values and not _HUGO_KEYS.isdisjoint(values)


def _lowered(values: Mapping[str, object]) -> dict[str, object]:
    """Lower the case of all keys, for Hugo's have none."""
    return {key.lower(): _lowered(value) if isinstance(value, Mapping) else value for key, value in values.items()}


def _separate_params(folder: Path, values: Mapping[str, object]) -> dict[str, object]:
    config = first_config(folder, (f"config/_default/params{extension}" for extension in EXTENSIONS))
    return {"params": {**_lowered(config.values), **table_of(values.get("params"))}} if config else {}


def _of_main_language(values: dict[str, object]) -> dict[str, object]:
    """Lay what [languages.xx] says of the main language over the rest."""
    main = text_of(values.get("defaultcontentlanguage")) or "en"
    own = table_of(table_of(values.get("languages")).get(main.lower()))
    return {**values, **own, "params": {**table_of(values.get("params")), **table_of(own.get("params"))}}


def _take_site(found: Gathering, values: Mapping[str, object], *, source: str) -> None:
    params = table_of(values.get("params"))
    found.take("site.title", first_text(values, "title"), source=source)
    found.take("site.description", first_text(params, "description", "subtitle"), source=source)
    found.take("site.url", _address(values), source=source)
    found.take("site.timezone", first_text(values, "timezone"), source=source)
    language = first_text(values, "languagecode", "locale", "defaultcontentlanguage")
    found.take("site.language", language_of(language), source=source)
    author = _author(params.get("author")) or _author(values.get("author"))
    found.take("site.author", author, source=source)
    found.take("site.rights", first_text(values, "copyright"), source=source)


def _address(values: Mapping[str, object]) -> str:
    url = first_text(values, "baseurl").rstrip("/")
    return f"https:{url}" if url.startswith("//") else url


def _author(value: object) -> str:
    return first_text(value, "name") if isinstance(value, Mapping) else text_of(value)


def _take_content(found: Gathering, folder: Path, config: Config) -> None:
    content = text_of(config.values.get("contentdir")).strip("/")
    if content not in ("", "content") and (folder / content).is_dir():
        found.take("content.roots", [content], source=config.name)
    # A stem names a page only within its section, and `index.md` is a stem that many bundles share.
    found.take("content.key", "path", source="as in Hugo")
    found.take("aliases.styles", ["hugo"], source="as in Hugo")
    if is_true(config.values.get("builddrafts")):
        found.take("content.drafts", True, source=config.name)
    patterns = _patterns(config.values)
    found.take("content.permalink", _pattern(patterns), source=config.name)
    if len(set(patterns.values())) > 1:
        found.say(f"content.permalink is one for all sections here; {config.name} has several in [permalinks]")


def _patterns(values: Mapping[str, object]) -> dict[str, str]:
    """Return section → pattern, from `[permalinks.page]` and from the older `[permalinks]`."""
    permalinks = table_of(values.get("permalinks"))
    pages = {**permalinks, **table_of(permalinks.get("page"))}
    taxonomies = {"tags", "categories", *map(text_of, table_of(values.get("taxonomies")).values())}
    return {section: text for section, value in pages.items() if section not in taxonomies and (text := text_of(value))}


def _pattern(patterns: Mapping[str, str]) -> str:
    """Choose one pattern for all posts: the only one, or that of the section where posts usually are."""
    distinct = set(patterns.values())
    chosen = next(iter(distinct)) if len(distinct) == 1 else first_text(patterns, *_MAIN_SECTIONS)
    return chosen if not chosen or chosen.startswith("/") else f"/{chosen}"
