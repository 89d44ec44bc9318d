"""The lines in which a body begins and ends, as a reader sees them: text alone, wherever elements cut through it."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import NamedTuple

from turbohtml import Element, Node, Text

from feeds.text import one_line

HEAD = 3  # lines at the beginning in which a source may be named
TAIL = 8  # and at the end
_LONGEST = 4_000  # characters at the end of a paragraph that are looked at

_PASSAGES = (
    "address article aside blockquote dd details div dl dt fieldset footer header hr li main ol p section summary ul"
)
# What stands in these speaks of itself: a table's or a picture's source is not the post's.
_APART = "table figure pre h1 h2 h3 h4 h5 h6"
_CLOSED = frozenset(_APART.split())
_BLOCKS = _CLOSED | frozenset(_PASSAGES.split())
# A line end of the file parts two lines only behind a sentence or a bracket; else the paragraph is merely wrapped.
_LINE_END = re.compile(r"(?<=[。！？!?…”」』）)\]】.])[ \t]*\n|\x00")


class Line(NamedTuple):  # a post has a dozen that are looked at
    """One line and the nodes that it is made of; `start` is where it begins in their joined text."""

    text: str  # on one line, trimmed
    raw: str
    start: int = 0
    nodes: tuple[Node, ...] = ()
    is_lead: bool = False  # it ends the first paragraph that has text
    is_last: bool = False  # it ends its paragraph


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Lines:
    head: tuple[Line, ...] = ()  # in order
    tail: tuple[Line, ...] = ()  # the very last first


NOTHING = Lines()


def lines_of(root: Element) -> Lines:
    """Read the first and the last lines of a tree."""
    head: list[Line] = []
    for line in _lines_from_start(root):
        head.append(line)
        if len(head) >= HEAD and any(one.is_lead for one in head):
            break
    return Lines(head=tuple(head), tail=tuple(islice(_lines_from_end(root), TAIL)))


def _lines_from_start(root: Element) -> Iterator[Line]:
    is_lead = True
    for run in _runs(root, is_backwards=False):
        lines = _split(run, is_lead=is_lead)
        is_lead = is_lead and not lines
        yield from lines


def _lines_from_end(root: Element) -> Iterator[Line]:
    for run in _runs(root, is_backwards=True):
        yield from reversed(_split(run))


def _runs(element: Element, *, is_backwards: bool) -> Iterator[Sequence[Node]]:
    """Yield the runs of inline nodes between blocks, from one end of the tree."""
    run: list[Node] = []
    for node in reversed(element.children) if is_backwards else element.children:
        if isinstance(node, Text):
            if run or node.data.strip():  # white space between blocks is no line
                run.append(node)
        elif isinstance(node, Element) and (tag := node.tag) in _BLOCKS:
            if run:
                yield run[::-1] if is_backwards else run
                run = []
            if tag == "p" and len(inner := node.children) == 1 and isinstance(inner[0], Text):
                yield inner  # nearly always
            elif tag not in _CLOSED:
                yield from _runs(node, is_backwards=is_backwards)
        else:
            run.append(node)
    if run:
        yield run[::-1] if is_backwards else run


def texts_in(nodes: Sequence[Node]) -> Iterator[Text | None]:
    """Yield the texts of inline nodes in order; None stands for a line break."""
    for node in nodes:
        for inner in (node, *node.descendants) if isinstance(node, Element) else (node,):
            if isinstance(inner, Text):
                yield inner
            elif isinstance(inner, Element) and inner.tag == "br":
                yield None


def _split(run: Sequence[Node], *, is_lead: bool = False) -> list[Line]:
    raw = _joined(run)
    if "\n" not in raw and "\x00" not in raw:  # nearly always
        start = 0
        if len(raw) > _LONGEST:
            start = len(raw) - _LONGEST
            raw = raw[start:]
        text = one_line(raw)
        return [Line(text, raw, start, tuple(run), is_lead, is_last=True)] if text else []
    spans = [span for span in _spans(raw, max(0, len(raw) - _LONGEST)) if raw[slice(*span)].strip()]
    nodes, last = tuple(run), len(spans) - 1
    return [
        Line(
            text=one_line(raw[start:end]),
            raw=raw[start:end],
            start=start,
            nodes=nodes,
            is_lead=is_lead and number == last,
            is_last=number == last,
        )
        for number, (start, end) in enumerate(spans)
    ]


def _joined(run: Sequence[Node]) -> str:
    if len(run) == 1 and isinstance(run[0], Text):  # nearly always
        return run[0].data
    return "".join("\x00" if text is None else text.data for text in texts_in(run))


def _spans(raw: str, start: int) -> Iterator[tuple[int, int]]:
    for end in _LINE_END.finditer(raw, start):
        yield start, end.start()
        start = end.end()
    yield start, len(raw)
