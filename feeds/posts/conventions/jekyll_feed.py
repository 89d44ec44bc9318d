"""Reads what a `_config.yml` says to jekyll-feed, below `feed:` and `collections:` (jekyll-feed's README)."""

import posixpath
from collections.abc import Iterator, Mapping
from pathlib import Path

from feeds.posts.conventions.inferred import Gathering
from feeds.posts.conventions.reading import Config, first_text, is_true, list_of, table_of, text_of

_COLLECTION = "/:collection/:path:output_ext"  # Jekyll docs, "Collections › Permalinks"
_BY_TAG = "/feed/by_tag/"

Options = Mapping[str, object]


def take_feeds(found: Gathering, folder: Path, config: Config) -> None:
    feed, source = table_of(config.values.get("feed")), config.name
    limit = text_of(feed.get("posts_limit"))
    found.take("feeds.window", int(limit) if limit.isdecimal() else limit, source=source)
    if is_true(feed.get("excerpt_only")):
        found.take("feeds.content", "summary", source=source)
    found.take("site.icon", first_text(feed, "icon"), source=source)
    found.take("site.logo", first_text(feed, "logo"), source=source)
    _take_tags(found, feed.get("tags"), source=source)
    fed = _fed(feed)
    named = _take_collections(found, folder, config, fed=fed)
    found.take("aliases.addresses", dict(_addresses(feed, fed, named)), source=source)
    for key in _unread(folder, feed):
        found.say(f"{key}, which jekyll-feed knows, has no meaning here: see docs/jekyll.md")


def _fed(feed: Options) -> Mapping[str, Options]:
    """Return the collections that jekyll-feed gives feeds, with what it is told of each."""
    collections = feed.get("collections")
    if isinstance(collections, Mapping):
        return {name: table_of(options) for key, options in collections.items() if (name := text_of(key))}
    return {name: {} for one in list_of(collections) if (name := text_of(one))}


def _take_tags(found: Gathering, tags: object, *, source: str) -> None:
    """jekyll-feed writes no feed of a tag that is both wanted and unwanted."""
    unwanted = _names(table_of(tags).get("except"))
    only = [f"/tag/{name}" for name in _names(table_of(tags).get("only")) if name not in unwanted]
    found.take("feeds.only", only, source=source)
    found.take("feeds.retired", [f"/tag/{name}" for name in unwanted], source=source)


def _take_collections(found: Gathering, folder: Path, config: Config, *, fed: Mapping[str, Options]) -> set[str]:
    """Take the collections that jekyll-feed gives feeds; where it is not told, those that have pages of their own."""
    base = text_of(config.values.get("collections_dir")).strip("/")
    declared = _declared(config.values.get("collections"))
    wanted = set(fed) or {name for name, options in declared.items() if is_true(options.get("output"))}
    return {
        name
        for name in sorted(wanted - {"posts"})
        if (folder / (place := posixpath.join(base, f"_{name}"))).is_dir()
        and found.add("collection", _block(name, place, declared.get(name, {})), source=config.name)
    }


def _declared(collections: object) -> Mapping[str, Options]:
    if isinstance(collections, Mapping):
        return {name: table_of(options) for key, options in collections.items() if (name := text_of(key))}
    return {name: {} for one in list_of(collections) if (name := text_of(one))}


def _block(name: str, place: str, options: Options) -> dict[str, object]:
    own = first_text(options, "permalink")
    permalink = own if not own or own.startswith("/") else f"/{own}"
    return {"name": name, "folder": place, "permalink": permalink or _COLLECTION}


def _addresses(feed: Options, fed: Mapping[str, Options], collections: set[str]) -> Iterator[tuple[str, str]]:
    """Yield the addresses of jekyll-feed that its settings move, or that only they tell of."""
    if path := first_text(fed.get("posts", {}), "path") or first_text(feed, "path"):
        yield _path(path), "/feed.atom"
    tags = first_text(table_of(feed.get("tags")), "path")
    if tags and _path(tags) != _path(_BY_TAG):
        yield _path(f"{tags}{{name}}.xml"), "/tag/{name}.atom"
    for name in sorted(collections & fed.keys()):
        yield _path(first_text(fed[name], "path") or f"/feed/{name}.xml"), f"/collection/{name}.atom"
        yield f"/feed/{name}/{{name}}.xml", f"/collection/{name}/{{name}}.atom"


def _path(path: str) -> str:
    """Put a path below the site, whatever it climbs out of."""
    return posixpath.normpath("/" + path.lstrip("/"))


def _names(value: object) -> list[str]:
    return [name for one in list_of(value) if (name := text_of(one))]


def _unread(folder: Path, feed: Options) -> Iterator[str]:
    if is_true(feed.get("disable_in_development")):
        yield "feed.disable_in_development"
    if (folder / "feed.xslt.xml").exists():
        yield "feed.xslt.xml"
