"""Describes the settings for people (`docs/settings.md`) and for editors (JSON Schema), from their definitions.

`python -m feeds.settings > docs/settings.md` writes the former anew.
"""

from collections.abc import Iterable, Iterator

from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined

from feeds.settings.names import header, kind_in_words, tables
from feeds.settings.rules import HUGO_PLACEHOLDERS, JEKYLL_PLACEHOLDERS
from feeds.settings.sample import toml_literal
from feeds.settings.whole import Settings

_PREFACE = """\
# Settings

<!-- Written by `python -m feeds.settings > docs/settings.md`; change the definitions in feeds/settings/models.py. -->

Everything has a default, so a folder of posts needs no settings at all. What you decide stands in one of these places;
a later one wins:

1. what is read from a Jekyll folder's `_config.yml` or a Hugo folder's `hugo.toml`, as long as there is no `feeds.toml`
2. `feeds.toml` in the site folder; `feeds init` writes one with every setting explained. `[[source]]` may also stand
   in a file of its own, `sources.toml`; the two are joined
3. the environment: `FEEDS_`, the table, two underscores and the key, as in `FEEDS_SITE__TITLE`. Lists and numbers are
   written as in `feeds.toml`. With `_FILE` behind it (`FEEDS_SITE__TITLE_FILE`) the variable names a file that holds
   the value
4. flags of the command, as in `--port`

Every mistake is told at once, with the place where it stands and what to do. A name that is not in these tables is a
mistake. `feeds init --schema` prints a JSON Schema, with which editors complete and check `feeds.toml`.
"""

_PERMALINKS = """\
## Permalinks

`content.permalink` holds one of Jekyll's styles (`date`, `pretty`, `ordinal`, `weekdate`, `none`) or a path that begins
with a slash and has at least one placeholder. Permalinks decide links only, never the ids of entries.

Placeholders, most of them Jekyll's: {jekyll}.

And Hugo's: {hugo}.
"""


def settings_schema() -> dict[str, object]:
    """Return the JSON Schema of `feeds.toml`."""
    schema = Settings.model_json_schema()
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema, "title": "Settings of Feedwright"}


def settings_document() -> str:
    """Return the text of `docs/settings.md`."""
    parts = [_PREFACE]
    for name, field in Settings.model_fields.items():
        parts.append(f"## `{header(name)}`\n\n{field.description}\n")
        parts.append("\n".join(_rows(name)) + "\n")
    parts.append(_PERMALINKS.format(jekyll=_listed(JEKYLL_PLACEHOLDERS), hugo=_listed(HUGO_PLACEHOLDERS)))
    return "\n".join(parts)


def _listed(placeholders: Iterable[str]) -> str:
    return ", ".join(f"`:{name}`" for name in sorted(placeholders))


def _rows(table: str) -> Iterator[str]:
    yield "| key | what it is | default | meaning |"
    yield "|---|---|---|---|"
    for key, field in tables()[table].model_fields.items():
        cells = (f"`{key}`", kind_in_words(field), _default(field), _meaning(field))
        yield f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |"


def _default(field: FieldInfo) -> str:
    if field.default is PydanticUndefined:
        return "required"
    return "" if field.default is None else f"`{toml_literal(field.default)}`"


def _meaning(field: FieldInfo) -> str:
    example = f" Example: `{toml_literal(field.examples[0])}`" if field.examples else ""
    return f"{field.description}{example}"
