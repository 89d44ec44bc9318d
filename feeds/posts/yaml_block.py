"""YAML read for what was written: every scalar stays the text it is, so `No`, `0123` and dates keep their spelling.

The events of libyaml are put together here instead of by PyYAML's constructor. That gives the line of each key, tells
duplicate keys, and bounds depth and aliases before anything is built. No tag is obeyed, so no object is ever made.
A block of nothing but lines `key: value` of the plainest kind, which most posts have, needs none of that.
"""

import re
from dataclasses import dataclass, field
from functools import cached_property
from typing import cast

import yaml

_LOADER: type[yaml.BaseLoader] = getattr(yaml, "CBaseLoader", yaml.BaseLoader)

# Keys whose values are prose or names. Only these win back what a ` #` cut off; elsewhere it is a comment.
_PROSE = frozenset(
    "title description summary excerpt category categories tag tags author authors source name".split()  # noqa: SIM905 - reads as the list it is
)

# What any reader of YAML takes for a key, and for a text of one line: quoted with \" and \\ alone, or bare without what
# that might be an indicator, a comment or white space of another kind.
_KEY = r"([A-Za-z_][A-Za-z0-9_-]{0,60})"
_CLEAN = r'[^"\\\x00-\x1f\x7f-\xa0\u2028\u2029\ud800-\udfff\ufeff\ufffe\uffff]*'
_QUOTED = rf'"{_CLEAN}(?:\\["\\]{_CLEAN})*"'
_INSIDE = r"[\w./+,()'!?;=@&*\u2010-\u2027\u3001-\u3029\uff01-\uff65-]"
_BARE = rf"[^\W_](?:{_INSIDE}++|:(?=[\w/+-])| (?={_INSIDE}))*"
_LINE = re.compile(rf"{_KEY}:(?: +(?:({_QUOTED})|({_BARE})|\[({_QUOTED}(?:, ?{_QUOTED})*)\]))? *")
_ITEM = re.compile(_QUOTED)
_ESCAPED = re.compile(r"\\(.)")


class RefusedError(Exception):
    """Front matter beyond a limit: the post is not published. code: a diagnostic's; detail: the limit."""

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(f"{code}: {detail}")
        self.code = code
        self.detail = detail


@dataclass(slots=True, kw_only=True)
class Block:
    """Front matter as read, by whichever dialect. Lines are counted from 0, inside the block."""

    values: dict[str, object] | None = None  # None: the block is no mapping
    lines: dict[str, int] = field(default_factory=dict)
    items: dict[tuple[str, str], int] = field(default_factory=dict)  # of the texts in lists, by top key and text
    duplicates: list[tuple[str, int]] = field(default_factory=list)
    cut: list[tuple[str, int]] = field(default_factory=list)  # whole values that a `#` would have cut short


def read_yaml(text: str, *, max_depth: int) -> Block:
    """Read one YAML document. Raises yaml.YAMLError where it is broken, RefusedError where it passes a limit."""
    return read_plain(text, max_depth=max_depth) or _Builder(text, max_depth).build()


def read_plain(text: str, *, max_depth: int) -> Block | None:
    """Read a block of plain lines; None where it has any other, or a key twice."""
    values: dict[str, object] = {}
    block = Block(values=values)
    for number, line in enumerate(text.removesuffix("\n").split("\n")):
        match = _LINE.fullmatch(line)
        if match is None or match[1] in values:
            return None
        key, quoted, bare, several = match.groups()
        block.lines[key] = number
        if several:
            if not max_depth:
                return None
            items = [_unquoted(item) for item in _ITEM.findall(several)]
            values[key] = items
            for item in items:
                block.items.setdefault((key, item), number)
        else:
            values[key] = _unquoted(quoted) if quoted else bare or ""
    return block


def _unquoted(text: str) -> str:
    return _ESCAPED.sub(r"\1", text[1:-1]) if "\\" in text else text[1:-1]


@dataclass(slots=True)
class _Open:
    """A collection whose end has not come yet."""

    content: dict[str, object] | list[object]
    anchor: str | None
    nodes_before: int
    key: str | None = None  # of a mapping: the key that waits for its value


class _Builder:
    def __init__(self, text: str, max_depth: int) -> None:
        self._text = text
        self._max_depth = max_depth
        self._has_hash = "#" in text
        self._block = Block()
        self._open: list[_Open] = []
        self._anchored: dict[str, tuple[object, int]] = {}  # value, and how many nodes it stands for
        self._nodes = 0
        self._top_key = ""

    def build(self) -> Block:
        documents = 0
        for event in yaml.parse(self._text, Loader=_LOADER):
            if isinstance(event, yaml.ScalarEvent):
                self._scalar(event)
            elif isinstance(event, yaml.CollectionStartEvent):
                self._start(event)
            elif isinstance(event, yaml.CollectionEndEvent):
                self._end(event)
            elif isinstance(event, yaml.AliasEvent):
                self._alias(event)
            elif isinstance(event, yaml.DocumentStartEvent):
                documents += 1
                if documents > 1:
                    raise yaml.MarkedYAMLError(
                        problem="a second document begins here", problem_mark=_mark(event.start_mark)
                    )
        return self._block

    def _scalar(self, event: yaml.ScalarEvent) -> None:
        value: str = event.value
        if not event.style or event.tag or event.anchor:
            value = self._as_written(event)
        if event.anchor:
            self._anchored[event.anchor] = (value, 1)
        self._place(value, event, weight=1)

    def _start(self, event: yaml.CollectionStartEvent) -> None:
        if len(self._open) > self._max_depth:
            raise RefusedError("front-matter-too-deep", str(self._max_depth))
        content: dict[str, object] | list[object] = {} if isinstance(event, yaml.MappingStartEvent) else []
        self._open.append(_Open(content, event.anchor, self._nodes))

    def _end(self, event: yaml.CollectionEndEvent) -> None:
        closed = self._open.pop()
        if closed.anchor:
            self._anchored[closed.anchor] = (closed.content, self._nodes - closed.nodes_before + 1)
        self._place(closed.content, event, weight=1)

    def _alias(self, event: yaml.AliasEvent) -> None:
        """Repeat an anchored value. What is still open has no anchor yet, so nothing can contain itself."""
        if event.anchor not in self._anchored:
            raise yaml.MarkedYAMLError(
                problem=f"nothing is called *{event.anchor}", problem_mark=_mark(event.start_mark)
            )
        value, weight = self._anchored[event.anchor]
        self._place(value, event, weight=weight)

    def _place(self, value: object, event: yaml.Event, *, weight: int) -> None:
        self._nodes += weight
        if self._nodes > 2 * len(self._text) + 8:  # a node takes about a character, unless aliases multiply it
            raise RefusedError("front-matter-too-large", "its own text, once its aliases are written out")
        if not self._open:
            self._block.values = value if isinstance(value, dict) else None
            return
        parent = self._open[-1]
        if isinstance(parent.content, list):
            parent.content.append(value)
            if isinstance(value, str) and len(self._open) == 2:
                self._block.items.setdefault((self._top_key, value), _mark(event.start_mark).line)
        elif parent.key is None:
            self._open_key(parent, value, event)
        else:
            parent.content[parent.key] = value
            parent.key = None

    def _open_key(self, parent: _Open, value: object, event: yaml.Event) -> None:
        parent.key = value if isinstance(value, str) else str(value)
        line = _mark(event.start_mark).line
        if parent.key in parent.content:
            self._block.duplicates.append((parent.key, line))
        if len(self._open) == 1:
            self._top_key = parent.key
            self._block.lines[parent.key] = line

    def _as_written(self, event: yaml.ScalarEvent) -> str:
        """Give back what YAML took for a comment, a tag or an anchor, where the value is prose or a name (quirk 16)."""
        value: str = event.value
        if self._is_key_next() or self._top_key.lower() not in _PROSE:
            return value
        if (event.tag and event.implicit == (False, False)) or (event.anchor and f"*{event.anchor}" not in self._text):
            start, end = _mark(event.start_mark), _mark(event.end_mark)
            value = self._line(start.line)[start.column : end.column].strip()
        if self._has_hash and not event.style:
            value = self._with_comment(value, event)
        return value

    def _is_key_next(self) -> bool:
        parent = self._open[-1] if self._open else None
        return parent is not None and isinstance(parent.content, dict) and parent.key is None

    def _with_comment(self, value: str, event: yaml.ScalarEvent) -> str:
        end = _mark(event.end_mark)
        rest = self._line(end.line)[end.column :].strip()
        if not rest.startswith("#") or (not value and rest[1:2].isspace()) or rest == "#":
            return value  # `tags: # as many as you like` is a comment after all
        whole = f"{value} {rest}" if value else rest
        self._block.cut.append((whole, end.line))
        return whole

    def _line(self, number: int) -> str:
        return self._lines[number] if number < len(self._lines) else ""

    @cached_property
    def _lines(self) -> list[str]:
        return self._text.splitlines()


def _mark(mark: object) -> yaml.Mark:
    """Say what every event of a parser has: its place. libyaml's marks have the shape of PyYAML's."""
    return cast("yaml.Mark", mark)
