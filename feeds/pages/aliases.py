"""Old addresses: where Jekyll, Hugo, WordPress and Pelican kept the feeds that we keep elsewhere.

Sources: jekyll-feed's README; Hugo docs, "RSS templates"; WordPress docs, "WordPress Feeds"; Pelican docs, "Settings ›
Feed settings", where categories and authors share one address and tags have none unless somebody chose it.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import starmap
from types import MappingProxyType
from typing import NamedTuple, cast
from urllib.parse import parse_qsl

from feeds.model import Format, Kind
from feeds.settings import AliasStyle, feed_key

Find = Callable[[Kind, str], str | None]  # kind and name → readable address without a format, `/category/新京报`


class Old(NamedTuple):
    """What an old address asks for."""

    kinds: tuple[Kind, ...]  # one of these, the first that knows the name; none where we have no such feed
    name: str  # as the address spells it; "" for the site
    format: Format


class Row(NamedTuple):
    address: str  # with {name}, and {parents} before it: any number of names; a slash at its end may be left out
    kinds: tuple[Kind, ...]
    format: Format
    term: str = "{name}"  # what the feed is called, from the name in the address


_WORDPRESS_FORMS: Mapping[str, Format] = {"rss2": "rss", "rss": "rss", "rdf": "rss", "atom": "atom"}
_WORDPRESS_NAMES: Mapping[str, Kind] = {"category_name": "category", "tag": "tag", "author_name": "author"}
_WORDPRESS_NUMBERS = frozenset({"cat", "tag_id", "author", "p", "page_id", "s"})  # feeds that only its database knows


def _wordpress() -> Iterator[Row]:
    """Yield the feeds of the site and of each term, plain and by form: `/feed/`, `/tag/X/feed/atom/`.

    Categories alone have parents, which their addresses name, too: `/category/PARENT/X/feed/`.
    """
    places: dict[str, Kind] = {
        "": "site",
        "/category/{parents}{name}": "category",
        "/tag/{name}": "tag",
        "/author/{name}": "author",
    }
    for place, kind in places.items():
        yield Row(f"{place}/feed/", (kind,), "rss")
        yield from (Row(f"{place}/feed/{form}/", (kind,), format_) for form, format_ in _WORDPRESS_FORMS.items())


TABLE: Mapping[AliasStyle, tuple[Row, ...]] = {
    "jekyll": (
        Row("/feed.xml", ("site",), "atom"),
        Row("/feed/by_tag/{name}.xml", ("tag",), "atom"),
        Row("/feed/{name}.xml", ("category",), "atom"),
    ),
    "hugo": (
        Row("/index.xml", ("site",), "rss"),
        Row("/categories/{name}/index.xml", ("category",), "rss"),
        Row("/tags/{name}/index.xml", ("tag",), "rss"),
        Row("/{name}/index.xml", ("collection",), "rss"),
    ),
    "wordpress": tuple(_wordpress()),
    "pelican": (
        Row("/feeds/all.atom.xml", ("site",), "atom"),
        Row("/feeds/all.rss.xml", ("site",), "rss"),
        Row("/feeds/{name}.atom.xml", ("category", "author"), "atom"),
        Row("/feeds/{name}.rss.xml", ("category", "author"), "rss"),
    ),
}


class Aliases:
    """A site's own old addresses, and the rows of the table that it has chosen."""

    def __init__(self, styles: Iterable[AliasStyle], addresses: Mapping[str, str] = MappingProxyType({})) -> None:
        """addresses: old address → readable address of the feed, with its format; both may hold {name}."""
        chosen = tuple(styles)
        self.rows = (*starmap(own_row, addresses.items()), *(row for style in chosen for row in TABLE[style]))
        self._patterns = [(_pattern(row.address), row) for row in self.rows]
        self._reads_queries = "wordpress" in chosen

    def read(self, path: str, query: bytes) -> Old | None:
        """Return what a decoded path and a raw query ask for; None where they are no old address."""
        if path == "/":
            return _asked(query) if self._reads_queries and query else None
        for pattern, row in self._patterns:
            if match := pattern.fullmatch(path):
                return Old(row.kinds, row.term.replace("{name}", match.groupdict().get("name", "")), row.format)
        return None


def own_row(old: str, feed: str) -> Row:
    """Read what the settings say of one old address, which they have checked."""
    address, _, suffix = feed.rpartition(".")
    key = feed_key(address)
    return Row(old, (key.kind,), cast("Format", suffix), key.term)


def canonical(old: Old, find: Find) -> str | None:
    """Return the readable path of the feed that an old address means; None where there is no such feed."""
    found = (find(kind, old.name) for kind in old.kinds)
    address = next((address for address in found if address is not None), None)
    return None if address is None else f"{address}.{old.format}"


def _pattern(address: str) -> re.Pattern[str]:
    pattern = re.escape(address).replace(re.escape("{name}"), "(?P<name>[^/]+)")
    pattern = pattern.replace(re.escape("{parents}"), "(?:[^/]+/)*")
    return re.compile(pattern + "?" if address.endswith("/") else pattern)


def _asked(query: bytes) -> Old | None:
    """Read WordPress's plain addresses: `?feed=rss2`, `?feed=atom&tag=x`."""
    fields = dict(parse_qsl(query.decode("latin-1")))
    format_ = _WORDPRESS_FORMS.get(fields.get("feed", ""))
    if format_ is None:
        return None
    if not _WORDPRESS_NUMBERS.isdisjoint(fields):
        return Old((), "", format_)
    named = next(((kind, fields[name]) for name, kind in _WORDPRESS_NAMES.items() if name in fields), None)
    return Old(("site",), "", format_) if named is None else Old((named[0],), named[1], format_)
