"""Reads settings from environment variables: `FEEDS_SITE__TITLE`, or `FEEDS_SITE__TITLE_FILE` with the path of a file.

Text stays text where the setting wants text; elsewhere the value is read as a JSON or TOML literal.
"""

import json
import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Literal, get_origin

from feeds.settings.layers import Layer, nest_one
from feeds.settings.names import field_at, is_in_table, plain_kind, tables

_PREFIX = "FEEDS_"
# Kubernetes and Docker links set these for a service that is named "feeds"; they are not meant for us.
_ORCHESTRATOR = re.compile(
    r"FEEDS_(?:SERVICE_(?:HOST|PORT)(?:_\w+)?|PORT_\d+_(?:TCP|UDP|SCTP)(?:_(?:PROTO|PORT|ADDR))?)"
)
_NO_SETTINGS = frozenset({"FEEDS_TOKEN", "FEEDS_DEBUG"})  # of commands: asking a server, and showing tracebacks
_TRUTH = {"true": True, "yes": True, "on": True, "1": True, "false": False, "no": False, "off": False, "0": False}


def environment_layers(environ: Mapping[str, str]) -> tuple[list[Layer], list[str]]:
    """Return a layer for each variable, shallow ones first, and the mistakes that keep a variable from being read."""
    layers, mistakes = [], []
    for name in sorted(environ, key=lambda name: (name.count("__"), name)):
        if not name.startswith(_PREFIX) or name in _NO_SETTINGS or _is_orchestrators(name, environ[name]):
            continue
        try:
            layers.append(_layer(name, environ))
        except ValueError as err:
            mistakes.append(f"environment {name}: {err}")
    return layers, mistakes


def _is_orchestrators(name: str, text: str) -> bool:
    return bool(_ORCHESTRATOR.fullmatch(name)) or (name == "FEEDS_PORT" and text.startswith("tcp://"))


def _layer(name: str, environ: Mapping[str, str]) -> Layer:
    plain = name.removesuffix("_FILE")
    is_file = plain != name and (field_at(_names(name)) is None or is_in_table(_names(name)))
    if not is_file:
        return Layer(where=f"environment {name}", values=_nested(name, environ[name]), style="environment")
    if plain in environ:
        raise ValueError(f"{plain} is set, too; unset one of the two")
    text = _read(environ[name])
    return Layer(where=f"environment {name}", values=_nested(plain, text), style="environment", is_secret=True)


def _names(name: str) -> tuple[str, ...]:
    return tuple(name.removeprefix(_PREFIX).lower().split("__"))


def _nested(name: str, text: str) -> dict[str, object]:
    names = _names(name)
    return nest_one(names, _literal(names, text))


def _read(path: str) -> str:
    try:
        return Path(path).read_text("utf-8-sig").removesuffix("\n").removesuffix("\r")
    except (OSError, ValueError) as err:
        why = err.strerror if isinstance(err, OSError) else "it is not UTF-8 text"
        raise ValueError(f'the file "{path}" cannot be read ({why}); name a readable file with the value') from err


def _literal(names: tuple[str, ...], text: str) -> object:
    """Read the text as the kind of value that its setting wants; what fits no kind stays text and is told as such."""
    field = field_at(names)
    kind = plain_kind(field.annotation) if field else None
    if kind is str or is_in_table(names) or get_origin(kind) is Literal or (field is None and names[0] not in tables()):
        return text
    if kind is bool:
        return _TRUTH.get(text.strip().lower(), text)
    return _parse(text)


def _parse(text: str) -> object:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        pass
    try:
        table = tomllib.loads(f"value = {text.strip()}")
    except (ValueError, RecursionError):
        return text
    return table["value"] if table.keys() == {"value"} else text
