"""Reads the configuration and data files of Jekyll and Hugo, in whichever of their languages."""

import json
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import yaml

from feeds.text import one_line

_LOADER: type[yaml.BaseLoader] = getattr(yaml, "CBaseLoader", yaml.BaseLoader)  # scalars stay text: `lang: no`
_ABSENT = frozenset({"", "~", "null", "Null", "NULL"})  # what YAML calls nothing

EXTENSIONS = (".toml", ".yaml", ".yml", ".json")


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    """One configuration file. trouble says why it could not be read; it has no values then."""

    name: str  # POSIX, relative to the site folder
    values: Mapping[str, object]
    trouble: str = ""


def first_config(folder: Path, names: Iterable[str]) -> Config | None:
    """Read the first of these files that exists."""
    return next((read_config(folder, name) for name in names if (folder / name).is_file()), None)


def read_config(folder: Path, name: str) -> Config:
    try:
        values = read_table(folder / name)
    except (OSError, ValueError, yaml.YAMLError, RecursionError) as err:
        return Config(name=name, values={}, trouble=_trouble(name, err))
    return Config(name=name, values=values)


def read_table(path: Path) -> dict[str, object]:
    """Read a YAML, TOML or JSON file whose top is a table; {} for an empty one."""
    values = _parse(path.read_bytes().decode("utf-8-sig"), path.suffix)
    if values is None or values == "":
        return {}
    if not isinstance(values, dict):
        raise ValueError("it is no list of keys and values")  # noqa: TRY004 - a file's content, not an argument's type
    return {str(key): value for key, value in values.items()}


def _parse(text: str, suffix: str) -> object:
    if suffix == ".toml":
        return tomllib.loads(text.replace("\r\n", "\n"))
    if suffix == ".json":
        return json.loads(text)
    return yaml.load(text, Loader=_LOADER)  # noqa: S506 - a base loader makes texts, lists and tables, never objects


def _trouble(name: str, err: Exception) -> str:
    where, why = name, str(err)
    if isinstance(err, yaml.MarkedYAMLError) and err.problem_mark:
        where, why = f"{name} line {err.problem_mark.line + 1}", err.problem or err.context or "broken YAML"
    elif isinstance(err, OSError):
        why = err.strerror or why
    elif isinstance(err, UnicodeDecodeError):
        why = "it is not UTF-8"
    return f"{where} cannot be read ({one_line(why)}), so nothing was taken from it"


def text_of(value: object) -> str:
    """Return a scalar as one line of text; "" for nothing, a list or a table."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return ""
    text = one_line(str(value))
    return "" if text in _ABSENT else text


def first_text(table: Mapping[str, object], *names: str) -> str:
    return next((text for name in names if (text := text_of(table.get(name)))), "")


def is_true(value: object) -> bool:
    return value is True or (isinstance(value, str) and value.lower() in {"true", "yes", "on"})


def table_of(value: object) -> Mapping[str, object]:
    """Return a table as it is, and an empty one for everything else."""
    return value if isinstance(value, Mapping) else {}


def list_of(value: object) -> list[object]:
    """Return a list as it is, and an empty one for everything else."""
    return value if isinstance(value, list) else []


def language_of(text: str) -> str:
    """Turn a locale into a language tag: zh_CN.UTF-8 → zh-CN."""
    return text.partition(".")[0].replace("_", "-")
