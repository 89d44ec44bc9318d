"""Front matter: the values that a post begins with, in YAML, TOML or JSON, whole or salvaged."""

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

import frontmatter
import yaml

from feeds.diagnostics import Found
from feeds.posts.fences import Fenced, State, absent, cut
from feeds.posts.handlers import BROKEN, HANDLERS, inside
from feeds.posts.salvage import problem_of, salvage
from feeds.posts.yaml_block import Block, RefusedError, read_plain

_MOST = 20  # of one kind of mistake are told; who made more has one cause to mend
_EMPTY = re.compile(r"\{\s*\}|#\s*[\w.-]+\s*[:=].*")  # an empty mapping, or a key that somebody commented out


class FrontMatter(NamedTuple):
    """What a file begins with. Scalars are text as written; collections are dicts and lists of such."""

    values: Mapping[str, object] = MappingProxyType({})
    lines: Mapping[str, int] = MappingProxyType({})  # of each top key, 1-based, in the file
    items: Mapping[tuple[str, str], int] = MappingProxyType({})  # likewise, of texts in lists: (top key, text)
    body: str = ""
    body_line: int = 1
    state: State = "complete"


def read_front_matter(text: str, found: Found, *, max_bytes: int, max_depth: int) -> FrontMatter:
    """Part a text from its front matter and read that. Line ends must be LF already (see `text.legal_text`).

    Broken front matter is salvaged line by line, with a diagnostic for each value that had to be. A block that holds no
    mapping is text between two rules and stays in the body. Raises RefusedError where a limit is passed.
    """
    fenced = cut(text)
    if fenced.state != "complete":
        return FrontMatter(body=fenced.body, body_line=fenced.body_line, state=fenced.state)
    if len(fenced.head) > max_bytes or len(fenced.head.encode()) > max_bytes:
        raise RefusedError("front-matter-too-large", f"{max_bytes} bytes")
    block = _read(fenced, found, max_depth=max_depth)
    if not block.values or all(" " in key for key in block.values):  # `He said: stop` between two rules
        return _without_keys(text, fenced)
    first = _first_line(fenced)
    _tell(block, found, first=first)
    return FrontMatter(
        values=block.values,
        lines={key: line + first for key, line in block.lines.items()},
        items={item: line + first for item, line in block.items.items()},
        body=fenced.body,
        body_line=fenced.body_line,
    )


def _read(fenced: Fenced, found: Found, *, max_depth: int) -> Block:
    if fenced.dialect == "yaml" and (plain := read_plain(inside(fenced.head), max_depth=max_depth)):
        return plain  # nearly always
    handler = HANDLERS[fenced.dialect](max_depth)
    try:
        frontmatter.parse(fenced.head, handler=handler)
    except BROKEN as err:
        block, losses = salvage(handler.split(fenced.head)[0], fenced.dialect, read=handler.read)
        if block.values is not None:
            first = _first_line(fenced)
            for loss in losses[:_MOST]:
                found.add("front-matter-salvaged", line=first + loss.line, detail=f"{loss.key}: {loss.problem}")
            if not losses:  # each piece is fine, only together they are not
                found.add("front-matter-salvaged", line=first + _line_of(err), detail=problem_of(err))
        return block
    return handler.block


def _first_line(fenced: Fenced) -> int:
    """Return the line of the file on which the block itself begins: behind the fence, or on the brace."""
    return fenced.head_line if fenced.dialect == "json" else fenced.head_line + 1


def _line_of(err: Exception) -> int:
    """Return the line, from 0 inside the block, that a parser minds."""
    mark = getattr(err, "problem_mark", None) if isinstance(err, yaml.MarkedYAMLError) else None
    if mark:
        return int(mark.line)
    said = re.search(r"\bline (\d+)", str(err))  # tomllib and json name it in their sentence
    return int(said[1]) - 1 if said else 0


def _without_keys(text: str, fenced: Fenced) -> FrontMatter:
    """Tell front matter that is merely empty from a body that opens with a rule."""
    lines = [line.strip() for line in fenced.head.split("\n")[1:-1]]
    if any(line and not _EMPTY.fullmatch(line) for line in lines):
        whole = absent(text)
        return FrontMatter(body=whole.body, body_line=whole.body_line, state="absent")
    state: State = "complete" if fenced.body else "unfinished"  # two fences and nothing else: nobody is done yet
    return FrontMatter(body=fenced.body, body_line=fenced.body_line, state=state)


def _tell(block: Block, found: Found, *, first: int) -> None:
    for key, line in block.duplicates[:_MOST]:
        found.add("front-matter-duplicate-key", line=first + line, detail=key)
    for value, line in block.cut[:_MOST]:
        found.add("front-matter-cut", line=first + line, detail=value)
