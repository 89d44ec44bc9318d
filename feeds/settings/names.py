"""Finds settings by name, and the name that somebody may have meant."""

from collections.abc import Mapping
from difflib import SequenceMatcher
from functools import cache
from inspect import isclass
from types import NoneType
from typing import Any, Literal, get_args, get_origin

from annotated_types import Ge, Gt, Le
from pydantic import SecretStr
from pydantic.fields import FieldInfo

from feeds.settings.models import Table
from feeds.settings.whole import Settings

Place = tuple[str | int, ...]  # ("site", "title"), or ("feed", 0, "title") for the first [[feed]]


@cache
def tables() -> dict[str, type[Table]]:
    """Return the table behind each top-level name; that of [[feed]] is one feed's, that of [[source]] one source's."""
    found = {}
    for name, field in Settings.model_fields.items():
        kind = field.annotation if isclass(field.annotation) else get_args(field.annotation)[0]
        if isclass(kind) and issubclass(kind, Table):
            found[name] = kind
    return found


@cache
def lists() -> frozenset[str]:
    """Name the tables that may stand more than once: [[feed]], [[source]]."""
    return frozenset(name for name in tables() if get_origin(Settings.model_fields[name].annotation) is tuple)


def header(table: str) -> str:
    """Write a table's name as the line that heads it."""
    return f"[[{table}]]" if table in lists() else f"[{table}]"


@cache
def all_keys() -> tuple[str, ...]:
    """Return the keys that stand once, dotted; those of [[feed]] and [[source]] mean nothing outside them."""
    once = (table for table in tables() if table not in lists())
    return tuple(f"{table}.{key}" for table in once for key in tables()[table].model_fields)


def field_at(place: Place) -> FieldInfo | None:
    """Return the definition of a key; None for a table and for what does not exist."""
    names = [part for part in place if isinstance(part, str)]
    table = tables().get(names[0]) if len(names) >= 2 else None
    field = table.model_fields.get(names[1]) if table else None
    is_inside = len(names) > 2  # a key that people choose themselves, in a table such as attribution.templates
    return None if field and is_inside and not _is_table(field) else field


def is_in_table(place: Place) -> bool:
    """Say whether people choose the last part of a key themselves, as in attribution.templates."""
    names = [part for part in place if isinstance(part, str)]
    return len(names) > 2 and field_at(place) is not None


def is_secret(place: Place) -> bool:
    """Say whether the value there is a secret, or may hold one."""
    names = tuple(part for part in place if isinstance(part, str))
    if len(names) == 1 and names[0] in tables():
        return any(_holds_secrets(field.annotation) for field in tables()[names[0]].model_fields.values())
    field = field_at(names[:2])
    return field is not None and _holds_secrets(field.annotation)


def _holds_secrets(annotation: object) -> bool:
    return annotation is SecretStr or any(map(_holds_secrets, get_args(annotation)))


def _is_table(field: FieldInfo) -> bool:
    return get_origin(plain_kind(field.annotation)) is Mapping


def plain_kind(annotation: Any) -> Any:  # noqa: ANN401 - an annotation is what typing makes of it
    """Strip `| None` and Annotated from an annotation."""
    if hasattr(annotation, "__metadata__"):
        return plain_kind(annotation.__origin__)
    kinds = [kind for kind in get_args(annotation) if kind is not NoneType]
    if get_origin(annotation) not in (tuple, Literal) and len(kinds) == 1:
        return plain_kind(kinds[0])
    return annotation


def choices(field: FieldInfo) -> tuple[str, ...]:
    """Return the values that a field, or each one in its list, may have; none where any will do."""
    kind = plain_kind(field.annotation)
    if get_origin(kind) is tuple:
        kind = get_args(kind)[0]
    return get_args(kind) if get_origin(kind) is Literal else ()


def kind_in_words(field: FieldInfo) -> str:
    """Say what a value looks like: `text`, `whole number from 1 to 5000`, `"full", "summary" or "title"`."""
    kind = plain_kind(field.annotation)
    if named := choices(field):
        quoted = [f'"{name}"' for name in named]
        words = f"{', '.join(quoted[:-1])} or {quoted[-1]}"
        return f"list of {words}" if get_origin(kind) is tuple else words
    if get_origin(kind) is tuple:
        return "list of texts"
    if _is_table(field):
        return "table of texts"
    words = {str: "text", bool: "true or false", int: "whole number", float: "number"}[kind]
    return words + _limits(field)


def _limits(field: FieldInfo) -> str:
    low: Any = None
    high: Any = None
    for limit in _metadata(field):
        match limit:
            case Ge(ge=low) | Gt(gt=low):
                pass
            case Le(le=high):
                pass
    if low is None:
        return ""
    above = any(isinstance(limit, Gt) for limit in _metadata(field))
    return f" from {low} to {high}" if high is not None else f" {'above' if above else 'of at least'} {low}"


def _metadata(field: FieldInfo) -> list[object]:
    found = list(field.metadata)
    for kind in get_args(field.annotation):
        for part in getattr(kind, "__metadata__", ()):
            found.extend(part.metadata if isinstance(part, FieldInfo) else [part])
    return found


def meant(place: Place) -> Place | None:
    """Guess which setting an unknown name stands for: the same key elsewhere, else the one spelled most alike."""
    names = [part for part in place if isinstance(part, str)]
    last = names[-1]
    same = [key for key in all_keys() if key.endswith(f".{last}") or key.replace(".", "_") == last]
    if same:
        return tuple(same[0].split("."))
    beside = tables().get(names[0]) if len(names) > 1 else Settings
    candidates: dict[Place, float] = {}
    for key in all_keys():
        candidates[tuple(key.split("."))] = _likeness(last, key.rpartition(".")[2])
    for name in beside.model_fields if beside else ():
        candidates[(*place[:-1], name)] = (
            _likeness(last, name) + 0.1
        )  # a slip of the finger is likelier than of the place
    best = max(candidates, key=lambda candidate: candidates[candidate])
    return best if candidates[best] >= 0.65 else None


def _likeness(one: str, other: str) -> float:
    return SequenceMatcher(None, one, other).ratio()
