"""Puts a mistake into one line: where, which key, what is wrong, what to do."""

import json
from collections.abc import Callable, Mapping
from typing import NamedTuple

from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails

from feeds.settings.layers import Layer
from feeds.settings.names import Place, choices, field_at, is_secret, kind_in_words, lists, meant, tables
from feeds.settings.sample import toml_literal

_LONGEST = 60  # characters of a value that a message repeats

Told = tuple[str, str]  # what is wrong, and the remedy


class Mistake(NamedTuple):
    line: int  # 1-based; 0 where there are no lines
    where: str
    what: str
    remedy: str

    def __str__(self) -> str:
        where = f"{self.where} line {self.line}" if self.line else self.where
        return f"{where}: {self.what}; {self.remedy}"


def mistake(layer: Layer, error: ErrorDetails) -> Mistake:
    """Tell what pydantic found, in the words of the layer in which it stands."""
    what, remedy = _tell(layer, error)
    return Mistake(layer.line_of(_place(error)), layer.where, what, remedy)


def wrong(error: ErrorDetails) -> str:
    """Tell only what is wrong with a value, not where and which."""
    what, remedy = _tell(Layer(where="", is_secret=True), error)
    return f"{what}; {remedy}".removeprefix(".".join(map(str, error["loc"][:2]))).strip()


def _tell(layer: Layer, error: ErrorDetails) -> Told:
    return _TELLERS.get(error["type"], _told_by_kind)(layer, _place(error), error)


def _place(error: ErrorDetails) -> Place:
    return tuple(part for part in error["loc"] if part != "[key]")  # pydantic's mark for the key itself


def _subject(layer: Layer, place: Place, error: ErrorDetails) -> str:
    """Name the key and repeat its value, unless that is secret or a whole table."""
    key = layer.spell(place)
    if layer.is_secret or is_secret(place) or isinstance(error["input"], Mapping):
        return key
    shown = json.dumps(error["input"], ensure_ascii=False, default=str)
    return f"{key} {shown if len(shown) <= _LONGEST else shown[:_LONGEST] + '…'}"


def _told_by_rule(layer: Layer, place: Place, error: ErrorDetails) -> Told:
    what, _, remedy = str(error["ctx"]["error"]).rpartition("; ")
    return f"{_subject(layer, place, error)} {what}", remedy


def _told_by_kind(layer: Layer, place: Place, error: ErrorDetails) -> Told:
    subject = _subject(layer, place, error)
    field = field_at(place)
    if field is None:
        return f"{subject} cannot be used ({error['msg']})", "look it up in docs/settings.md"
    words = kind_in_words(field)
    is_list = words.startswith("list")
    if choices(field) and is_list == isinstance(place[-1], int):
        return f"{subject} is none of its choices", f"write {words.removeprefix('list of ')}"
    if isinstance(place[-1], int):
        return f"{subject} is not text", 'write each in quotation marks, as in ["one", "two"]'
    if len(place) == 3 and place[0] not in lists():  # inside a table of texts
        return f"{subject} is not text", "write it in quotation marks"
    article = "" if words in ("text", "true or false") else "a "
    value = "" if layer.is_secret or is_secret(place) else error["input"]
    return f"{subject} is not {article}{words}", _remedy(field, words, value)


def _remedy(field: FieldInfo, words: str, value: object) -> str:
    if words.startswith("list"):
        example = [value] if value and isinstance(value, str) else ["one", "two"]
        return f"write it as {json.dumps(example, ensure_ascii=False)}"
    if words.startswith("table"):
        return f"write it as {toml_literal((field.examples or [{}])[0])}"
    if words == "text":
        example_text = str(value) if isinstance(value, int | float) else "some text"
        return f'write it in quotation marks, as in "{example_text}"'
    if field.default is None:
        return "change it or take it away"
    return f"change it, or take it away for the default, {json.dumps(field.default)}"


def _told_empty(layer: Layer, place: Place, _error: ErrorDetails) -> Told:
    return f"{layer.spell(place)} is empty", "fill it in or take it away"


def _told_unknown(layer: Layer, place: Place, _error: ErrorDetails) -> Told:
    what, guess = f"there is no setting {layer.spell(place)}", meant(place)
    return what, f"did you mean {layer.suggest(guess)}?" if guess else "take it away, or look it up in docs/settings.md"


def _told_missing(layer: Layer, place: Place, _error: ErrorDetails) -> Told:
    return f"{layer.spell(place[:-1])} has no {place[-1]}", f"add one, as in {place[-1]} = {_example(place)}"


def _example(place: Place) -> str:
    field = field_at(place)
    return toml_literal(((field and field.examples) or [""])[0])


def _told_table(layer: Layer, place: Place, error: ErrorDetails) -> Told:
    name = str(place[0])
    first = next(iter(tables()[name].model_fields))
    if name not in lists():
        return f"{_subject(layer, place, error)} is not a table", f"write [{name}] and below it {first} = …"
    as_list = f'write a list, as in [{{"{first}": {_example((name, 0, first))}}}]'
    remedy = as_list if layer.style == "environment" else f"head each {name} with [[{name}]], in two brackets"
    return f"{_subject(layer, place, error)} is not a list of {name}s", remedy


def _told_list(layer: Layer, place: Place, error: ErrorDetails) -> Told:
    return (_told_table if len(place) == 1 else _told_by_kind)(layer, place, error)


def _told_not_unicode(layer: Layer, _place: Place, _error: ErrorDetails) -> Told:
    return f"text under {next(iter(layer.values), '')} is not UTF-8", "write it in UTF-8"


_TELLERS: dict[str, Callable[[Layer, Place, ErrorDetails], Told]] = {
    "value_error": _told_by_rule,
    "extra_forbidden": _told_unknown,
    "json_invalid": _told_not_unicode,  # lone surrogates, which stand for undecodable bytes, are all that JSON refuses
    "missing": _told_missing,
    "model_type": _told_table,
    "tuple_type": _told_list,
    "string_too_short": _told_empty,
}
