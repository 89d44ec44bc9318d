"""Handlers that python-frontmatter calls: one for each dialect, each of them reading values as text.

The fences are found before (see `fences`), so a handler gets exactly the front matter and takes its fences off.
"""

import json
import re
import tomllib
from collections.abc import Mapping
from datetime import date, datetime, time

import yaml
from frontmatter.default_handlers import BaseHandler

from feeds.posts.fences import Dialect
from feeds.posts.yaml_block import Block, RefusedError, read_yaml

# What a dialect raises at broken front matter. ValueError: TOML, JSON, and integers beyond Python's limit of digits.
BROKEN = (yaml.YAMLError, ValueError)

_DOTTED = r"(?<![\w\"'-])(?:[\w\"'-]+[ \t]*\.[ \t]*)"


class _Handler(BaseHandler):
    FM_BOUNDARY = re.compile(r"\A")  # the base class demands one; our own `split` never asks it

    def __init__(self, max_depth: int) -> None:
        super().__init__()
        self.max_depth = max_depth
        self.block = Block()

    def split(self, text: str) -> tuple[str, str]:
        return inside(text), ""

    def load(self, fm: str) -> dict[str, object]:
        self.block = self.read(fm)
        return self.block.values or {}

    def read(self, text: str) -> Block:
        raise NotImplementedError


class YamlHandler(_Handler):
    def read(self, text: str) -> Block:
        try:
            return read_yaml(text, max_depth=self.max_depth)
        except yaml.YAMLError:
            if re.search(
                rf"(?:[\[{{]\s*){{{self.max_depth + 1}}}", text
            ):  # libyaml looks ahead, and may give up before us
                raise RefusedError("front-matter-too-deep", str(self.max_depth)) from None
            raise


class TomlHandler(_Handler):
    def read(self, text: str) -> Block:
        if re.search(rf"{_DOTTED}{{{self.max_depth + 1}}}", text):
            raise RefusedError("front-matter-too-deep", str(self.max_depth))  # tomllib takes a minute for `a.a.a.…`
        try:
            values = as_text(tomllib.loads(text), depth=self.max_depth)
        except RecursionError:
            raise RefusedError("front-matter-too-deep", str(self.max_depth)) from None
        return _block(values, lines=_key_lines(text, r"[\"']?([\w-]+)[\"']?\s*="))


class JsonHandler(_Handler):
    def split(self, text: str) -> tuple[str, str]:
        return text, ""

    def read(self, text: str) -> Block:
        twice: list[str] = []
        try:
            found = json.loads(
                text,
                parse_int=str,
                parse_float=str,
                parse_constant=str,
                object_pairs_hook=lambda pairs: _object(pairs, twice),
            )
            values = as_text(found, depth=self.max_depth)
        except RecursionError:
            raise RefusedError("front-matter-too-deep", str(self.max_depth)) from None
        block = _block(values, lines=_key_lines(text, r"[{,]?\s*\"([^\"\n]+)\"\s*:"))
        block.duplicates = [(key, block.lines.get(key, 0)) for key in twice]
        return block


HANDLERS: Mapping[Dialect, type[_Handler]] = {"yaml": YamlHandler, "toml": TomlHandler, "json": JsonHandler}


def inside(head: str) -> str:
    """Return the lines between two fences."""
    return head[head.index("\n") + 1 : head.rindex("\n") + 1]


def as_text(value: object, *, depth: int) -> object:
    """Turn typed values into the text of YAML's, so that every dialect looks the same to what follows."""
    if isinstance(value, dict | list) and depth < 0:
        raise RecursionError
    if isinstance(value, dict):
        return {str(key): as_text(inner, depth=depth - 1) for key, inner in value.items()}
    if isinstance(value, list):
        return [as_text(inner, depth=depth - 1) for inner in value]
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    return "" if value is None else str(value)


def _block(values: object, *, lines: dict[str, int]) -> Block:
    return Block(values=values if isinstance(values, dict) else None, lines=lines)


def _key_lines(text: str, key: str) -> dict[str, int]:
    pattern = re.compile(r"\s*" + key)
    lines: dict[str, int] = {}
    for number, line in enumerate(text.split("\n")):
        if match := pattern.match(line):
            lines.setdefault(match[1], number)
    return lines


def _object(pairs: list[tuple[str, object]], twice: list[str]) -> dict[str, object]:
    values: dict[str, object] = {}
    for key, value in pairs:
        if key in values:
            twice.append(key)
        values[key] = value
    return values
