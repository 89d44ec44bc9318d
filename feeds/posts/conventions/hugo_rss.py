"""Reads what a Hugo configuration says of RSS (Hugo docs, "RSS templates", "Configure services", "Output formats")."""

from collections.abc import Iterator, Mapping

from feeds.posts.conventions.inferred import Gathering
from feeds.posts.conventions.reading import Config, list_of, table_of, text_of

_TAXONOMIES = frozenset({"categories", "tags"})  # those that have feeds here


def take_rss(found: Gathering, config: Config) -> None:
    """Take how many entries there are, and whether Hugo had any RSS whose addresses are to be answered."""
    values, source = config.values, config.name
    limit = text_of(table_of(table_of(values.get("services")).get("rss")).get("limit")) or text_of(
        values.get("rsslimit")
    )
    if limit.isdecimal() and int(limit):  # -1, the default, and 0 stand for all
        found.take("feeds.window", int(limit), source=source)
    if "rss" in (text_of(kind).lower() for kind in list_of(values.get("disablekinds"))):
        found.say(f"{source} has no RSS (disableKinds), so its addresses are not answered")
    else:
        found.take("aliases.styles", ["hugo"], source="as in Hugo")
    for key in _unread(values):
        found.say(f"{key} has no meaning here: see docs/hugo.md")


def _unread(values: Mapping[str, object]) -> Iterator[str]:
    names = (text_of(name) for name in table_of(values.get("taxonomies")).values())
    yield from (f"the taxonomy {name}" for name in names if name and name not in _TAXONOMIES)
