"""Front matter that no parser takes, read key by key: a script that quotes nothing still loses no post (quirks 15, 16).

The block is cut at each line that begins with a key. A piece that parses alone counts as it parses; of the others the
text behind the key is taken as it stands, outer quotation marks off.
"""

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from textwrap import dedent

import yaml

from feeds.posts.fences import Dialect
from feeds.posts.handlers import BROKEN
from feeds.posts.yaml_block import Block

_NAME = r"(?P<quote>[\"']?)(?P<key>\w[\w.-]*)(?P=quote)[ \t]*"
_KEYS: dict[Dialect, re.Pattern[str]] = {
    "yaml": re.compile(_NAME + r":(?:[ \t]+|$)(?P<value>.*)"),
    "toml": re.compile(_NAME + r"=[ \t]*(?P<value>.*)"),
    "json": re.compile(r"[ \t{]*\"(?P<key>[^\"]+)\"[ \t]*:[ \t]*(?P<value>.*)"),
}
_TABLE = re.compile(r"\[(?P<key>\w[\w.-]*)\][ \t]*$")
_ITEM = re.compile(r"[ \t]*-[ \t]+(.*)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Loss:
    """A piece that had to be read as plain text. line: from 0, inside the block."""

    key: str
    line: int
    problem: str


@dataclass(frozen=True, slots=True, kw_only=True)
class _Piece:
    line: int
    key: str
    lines: list[str]
    value: str  # what stands behind the key, on its line
    is_table: bool = False


def salvage(text: str, dialect: Dialect, *, read: Callable[[str], Block]) -> tuple[Block, list[Loss]]:
    """Read a broken block piece by piece. Without a single key in it, its values are None: it is no front matter."""
    block, losses = Block(), []
    for piece in _pieces(text, dialect):
        try:
            part = read(_alone(piece, dialect))
        except BROKEN as err:
            inner = _inner(piece, dialect)
            if inner is None:
                losses.append(Loss(key=piece.key, line=piece.line, problem=problem_of(err)))
                part = _part(piece, _as_it_stands(piece, dialect))
            else:
                nested, lost = salvage(inner, dialect, read=read)
                losses += [replace(loss, line=loss.line + piece.line + 1) for loss in lost]
                part = _part(piece, nested.values or {})
        _add(block, part, piece)
    return block, losses


def _part(piece: _Piece, value: object) -> Block:
    return Block(values={piece.key: value}, lines={piece.key: 0})


def problem_of(err: Exception) -> str:
    """Say in one line what a parser minded."""
    problem = getattr(err, "problem", None) if isinstance(err, yaml.MarkedYAMLError) else None
    return problem or str(err).split("\n", 1)[0]


def _pieces(text: str, dialect: Dialect) -> Iterator[_Piece]:
    piece: _Piece | None = None
    for number, line in enumerate(text.split("\n")):
        table = _TABLE.match(line) if dialect == "toml" else None
        is_in_table = piece is not None and piece.is_table and table is None
        match = None if is_in_table else table or _KEYS[dialect].match(line)
        if match:
            if piece:
                yield piece
            value = "" if table else match["value"]
            piece = _Piece(line=number, key=match["key"], lines=[line], value=value, is_table=table is not None)
        elif piece:
            piece.lines.append(line)
    if piece:
        yield piece


def _inner(piece: _Piece, dialect: Dialect) -> str | None:
    """Return the block that a piece holds inside: a table's, or the indented keys of a mapping; None without one."""
    if piece.value.strip() or dialect == "json" or len(piece.lines) < 2:
        return None
    inner = dedent("\n".join(piece.lines[1:]))
    return inner if piece.is_table or _KEYS[dialect].match(inner.lstrip("\n")) else None


def _alone(piece: _Piece, dialect: Dialect) -> str:
    text = "\n".join(piece.lines)
    if dialect != "json":
        return text
    return "{" + text.strip().lstrip("{").rstrip("}").strip().rstrip(",") + "}"


def _as_it_stands(piece: _Piece, dialect: Dialect) -> object:
    value = piece.value.strip()
    further = [line.strip() for line in piece.lines[1:] if line.strip()]
    if dialect == "json":
        value = value.rstrip("}").strip().rstrip(",")
        further = []
    if not value and further and all(_ITEM.match(line) for line in further):
        return [unquoted(line[1:].strip()) for line in further]
    if value.startswith("[") and value.endswith("]"):
        return [unquoted(part.strip()) for part in value[1:-1].split(",") if part.strip()]
    return unquoted(" ".join((value, *further)).strip())


def unquoted(value: str) -> str:
    """Take one pair of outer quotation marks off, or the opening one that nobody closed.

    What is a whole JSON string is read as one: scripts quote by JSON, whose surrogate pairs YAML refuses.
    """
    if len(value) > 1 and value[0] == value[-1] and value[0] in "\"'":
        return _json_string(value) or value[1:-1]
    if value[:1] == '"' and value.count('"') == 1:
        return value[1:]
    return value


def _json_string(value: str) -> str | None:
    try:
        found = json.loads(value)
    except ValueError:
        return None
    return found if isinstance(found, str) else None


def _add(block: Block, part: Block, piece: _Piece) -> None:
    if part.values is None:
        return
    if block.values is None:
        block.values = {}
    for key in part.values.keys() & block.values.keys():
        block.duplicates.append((key, piece.line))
    block.values.update(part.values)
    block.lines.update({key: piece.line + line for key, line in part.lines.items()})
    block.items.update({item: piece.line + line for item, line in part.items.items()})
    block.duplicates += [(key, piece.line + line) for key, line in part.duplicates]
    block.cut += [(value, piece.line + line) for value, line in part.cut]
