"""Writes the `feeds.toml` that a new site begins with."""

import json
from collections.abc import Iterator, Mapping, Sequence
from textwrap import wrap

from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined

from feeds.settings.layers import nest
from feeds.settings.names import choices, header, kind_in_words, lists, tables
from feeds.settings.whole import Settings

_PREFACE = """\
# Settings of this site's feeds. A line like `# key = …` shows what holds without it.
# Environment (FEEDS_SITE__TITLE) and flags win over this file. `feeds init --schema` helps your editor.
"""


def sample_toml(values: Mapping[str, object] | None = None) -> str:
    """Write a commented `feeds.toml` with every setting; those in values, nested or dotted, are in force."""
    given = nest(values or {})
    blocks = [_PREFACE]
    for name, field in Settings.model_fields.items():
        own = given.get(name)
        if name in lists():
            blocks.append("\n".join(_list_lines(name, field, own if isinstance(own, Sequence) else ())))
        else:
            blocks.append("\n".join(_table_lines(name, field, own if isinstance(own, Mapping) else {})))
    return "\n".join(blocks)


def _table_lines(name: str, table: FieldInfo, given: Mapping[str, object]) -> Iterator[str]:
    yield f"[{name}]  # {table.description}"
    for key, field in tables()[name].model_fields.items():
        yield from _comment(field)
        mark = "" if key in given else "# "
        yield f"{mark}{key} = {toml_literal(given.get(key, _shown(field)))}"
    yield ""


def _list_lines(name: str, field: FieldInfo, given: Sequence[object]) -> Iterator[str]:
    yield f"# {field.description} As many as you like:"
    yield "#"
    yield f"# {header(name)}"
    for key, own in tables()[name].model_fields.items():
        yield f"# {key} = {toml_literal(_shown(own))}"
    for block in given:
        yield header(name)
        yield from (f"{key} = {toml_literal(value)}" for key, value in dict(block).items())  # type: ignore[call-overload]
    yield ""


def _comment(field: FieldInfo) -> Iterator[str]:
    which = "Any" if kind_in_words(field).startswith("list") else "One"
    named = f" {which} of {', '.join(choices(field))}." if choices(field) else ""
    yield from (f"# {line}" for line in wrap((field.description or "") + named, 100))


def _shown(field: FieldInfo) -> object:
    """Return the default, or an example where there is none."""
    has_default = field.default not in (None, PydanticUndefined)
    return field.default if has_default else (field.examples or [""])[0]


def toml_literal(value: object) -> str:
    """Write a value as TOML. Basic strings are JSON's, but TOML wants DEL escaped, too."""
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{json.dumps(key)} = {toml_literal(part)}" for key, part in value.items()) + "}"
    if isinstance(value, Sequence) and not isinstance(value, str):
        return "[" + ", ".join(toml_literal(part) for part in value) + "]"
    return json.dumps(value, ensure_ascii=False, default=str).replace("\x7f", "\\u007f")
