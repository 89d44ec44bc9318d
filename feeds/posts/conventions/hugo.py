"""Reads a Hugo folder's `hugo.toml` or `config.toml` (Hugo docs, "Configuration", "URL management › Permalinks")."""

from collections.abc import Mapping
from pathlib import Path

from feeds.posts.conventions.hugo_rss import take_rss
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
    _take_author(found, params.get("author") or values.get("author"), source=source)
    found.take("site.rights", first_text(values, "copyright"), source=source)


def _address(values: Mapping[str, object]) -> str:
    url = first_text(values, "baseurl").rstrip("/")
    return f"https:{url}" if url.startswith("//") else url


def _take_author(found: Gathering, author: object, *, source: str) -> None:
    table = table_of(author)
    found.take("site.author", first_text(table, "name") or text_of(author), source=source)
    found.take("site.author_email", first_text(table, "email"), source=source)
    found.take("site.author_url", first_text(table, "url", "uri", "homepage"), source=source)


def _take_content(found: Gathering, folder: Path, config: Config) -> None:
    values = config.values
    content = text_of(values.get("contentdir")).strip("/")
    if content not in ("", "content") and (folder / content).is_dir():
        found.take("content.roots", [content], source=config.name)
    # A stem names a page only within its section, and `index.md` is a stem that many bundles share.
    found.take("content.key", "path", source="as in Hugo")
    if _is_typographic(values):
        found.take("content.typography", ["body"], source="as in Hugo")
    if is_true(values.get("builddrafts")):
        found.take("content.drafts", True, source=config.name)
    found.take("content.permalink", "/:sections/:slug/", source="as in Hugo")
    _take_sections(found, folder, content or "content", config)
    take_rss(found, config)


def _is_typographic(values: Mapping[str, object]) -> bool:
    """Say whether goldmark sets “quotes”, as it does unless told otherwise; newer versions say so in a table."""
    extensions = table_of(table_of(table_of(values.get("markup")).get("goldmark")).get("extensions"))
    said = extensions.get("typographer")
    is_off = text_of(said).lower() == "false" or said is False or is_true(table_of(said).get("disable"))
    return not is_off


def _take_sections(found: Gathering, folder: Path, content: str, config: Config) -> None:
    """Take the folders at the top of the content: each has a feed in Hugo, beside that of the site."""
    patterns = _patterns(config.values)
    for place in sorted((folder / content).glob("*/")):
        if place.is_dir() and not place.name.startswith(".") and not any(place.glob("index.*")):  # a leaf bundle
            block: dict[str, object] = {"name": place.name, "folder": f"{content}/{place.name}", "apart": False}
            own = patterns.get(place.name.lower())
            found.add("collection", block | ({"permalink": own} if own else {}), source=config.name)


def _patterns(values: Mapping[str, object]) -> dict[str, str]:
    """Return section → pattern, from `[permalinks.page]` and from the older `[permalinks]`."""
    permalinks = table_of(values.get("permalinks"))
    pages = {**permalinks, **table_of(permalinks.get("page"))}
    found = {section: text for section, value in pages.items() if (text := text_of(value))}
    return {section: text if text.startswith("/") else f"/{text}" for section, text in found.items()}
