"""Authors: a name, a key into the site's authors, a table, or a list of any of these."""

import re
from collections.abc import Iterator, Mapping

from feeds.model import Person
from feeds.posts.fields import Fields, first_text, is_blank, lowered

Authors = Mapping[str, Mapping[str, object]]

_NAME_AND_EMAIL = re.compile(r"(?P<name>[^<>]+?)\s*<(?P<email>[^<>\s@]+@[^<>\s@]+)>")
_EMAIL_AND_NAME = re.compile(r"(?P<email>[^()\s@]+@[^()\s@]+)\s*\((?P<name>[^()]+)\)")  # RSS 2.0's spelling


def people(fields: Fields, authors: Authors) -> tuple[Person, ...]:
    """Return the authors that a post names, each once. authors: the site's own, by key."""
    found: dict[Person, None] = {}
    for name, value in fields.written("author", "authors"):
        for part in value if isinstance(value, list) else [value]:
            found |= dict.fromkeys(_person(part, fields=fields, authors=authors, name=name))
    return tuple(found)


def _person(value: object, *, fields: Fields, authors: Authors, name: str) -> Iterator[Person]:
    if is_blank(value):
        return
    if isinstance(value, dict) and (person := _of_table(value)):
        yield person
    elif isinstance(value, str) and (text := fields.clean(value)):
        yield _of_text(text, fields=fields, authors=authors, name=name)
    else:
        fields.ignore(name)


def _of_text(text: str, *, fields: Fields, authors: Authors, name: str) -> Person:
    if text in authors:
        return _of_table(dict(authors[text])) or Person(name=text)
    if match := _NAME_AND_EMAIL.fullmatch(text) or _EMAIL_AND_NAME.fullmatch(text):
        return Person(name=match["name"].strip(" \"'"), email=match["email"])
    if authors and not any(lowered(dict(one)).get("name") == text for one in authors.values()):
        fields.found.add("author-unknown", line=fields.line(name), detail=text)
    return Person(name=text)


def _of_table(table: dict[str, object]) -> Person | None:
    table = lowered(table)
    name = first_text(table.get(key) for key in ("name", "display_name", "title"))
    if name is None:
        return None
    uri = first_text(table.get(key) for key in ("uri", "url", "web", "website", "home", "link"))
    return Person(name=name, email=first_text([table.get("email")]), uri=uri)
