"""Categories and tags as a post names them: one string, or a list, under either of two keys."""

from collections.abc import Iterator

from feeds.posts.fields import Fields, lowered
from feeds.slugs import normal_term


def terms(fields: Fields, *names: str, is_split: bool, most: int) -> tuple[str, ...]:
    """Return the terms under these keys, each once, in the order written; never an empty one.

    Their text counts as it stands: `No`, `Null`, `~` and `0123` are names (quirk 17). is_split: a string under a plural
    key is cut at white space, as Jekyll does (`value_from_plural_key`); else it is one term (quirk 19).
    most: what a post may have; the rest is left out.
    """
    found: dict[str, None] = {}
    for name, value in fields.written(*names):
        is_cut = is_split and name in {"categories", "tags"}
        found |= dict.fromkeys(_under(name, value, fields=fields, is_cut=is_cut))
    if len(found) > most:
        fields.found.add("terms-too-many", line=fields.line(names[0]), detail=str(most))
    return tuple(found)[:most]


def _under(name: str, value: object, *, fields: Fields, is_cut: bool) -> Iterator[str]:
    if isinstance(value, str) and is_cut and len(value.split()) > 1:
        fields.found.add("terms-split", line=fields.line(name), detail=value)
        value = list(value.split())
    for part in _flat(value):
        term = normal_term(fields.clean(part)) if part is not None else None
        if term:
            yield term
        elif term is None:
            fields.ignore(name)
        else:
            fields.found.add("term-empty", line=fields.line(name))


def _flat(value: object) -> Iterator[str | None]:
    """Yield the texts in a value, None for what is no text. A table goes by its `name`."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, list):
        for part in value:
            yield from _flat(part)
    elif isinstance(value, dict):
        table = lowered(value)
        name = table.get("name", table.get("title"))
        yield name if isinstance(name, str) else None
