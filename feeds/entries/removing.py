"""Taking a source line out of a tree, whatever elements it runs through."""

import re
from collections.abc import Iterable
from html import escape

from turbohtml import Element, Node, Text

from feeds.entries.attribution import Clue
from feeds.entries.lines import Line, texts_in

_SHOWS_SOMETHING = ("img", "audio", "video", "picture")


def take_out(root: Element, clues: Iterable[Clue]) -> bool:
    """Take the parts of lines out that name a source; say whether there were any."""
    cuts = [_cut(clue.line, clue.cut, root) for clue in clues if clue.line]
    return any(cuts)


def without_paragraph(content: str, clues: Iterable[Clue], root: Element) -> str | None:
    """Return the content without the one paragraph at its top that does nothing but name a source; None: it is not so.

    content: of this tree, canonical. The tree stays as it is.
    """
    cuts = {(clue.line, clue.cut) for clue in clues if clue.line}
    if len(cuts) != 1:
        return None
    ((line, cut),) = cuts
    home = line.nodes[0].parent
    if len(line.nodes) != 1 or not isinstance(home, Element) or home.tag != "p" or home.parent is not root:
        return None
    if cut != line.text or line.raw.strip() != cut or home.text.strip() != cut or len(home.attrs):
        return None
    before, paragraph, after = content.partition(f"<p>{escape(cut, quote=False)}</p>")
    is_between = (not before or before.endswith("</p>")) and (not after or after.startswith("<p>"))
    return before + after if paragraph and is_between and paragraph not in after else None


def _cut(line: Line, part: str, root: Element) -> bool:
    span = _span(line, part)
    if span is None:
        return False
    start, end = span
    at = 0
    homes: list[Node | None] = []
    for text in list(texts_in(line.nodes)):
        length = 1 if text is None else len(text.data)
        if text is not None and start < at + length and at < end:
            homes.append(text.parent)
            text.data = text.data[: max(0, start - at)] + text.data[max(0, end - at) :]
        at += length
    if line.is_last:
        _drop_breaks(line.nodes)
    for home in homes:
        _drop_emptied(home, root)
    return True


def _span(line: Line, part: str) -> tuple[int, int] | None:
    """Return where the part begins and ends in the joined text of the line's nodes; None where it is gone already."""
    found = _last_in(line.raw, part)
    now = "".join("\x00" if text is None else text.data for text in texts_in(line.nodes))
    if found is None or now[line.start : line.start + len(line.raw)] != line.raw:
        return None
    return line.start + found[0], line.start + found[1]


def _last_in(raw: str, part: str) -> tuple[int, int] | None:
    """Return where the part stands in a text, with the white space before it, whatever white space is in it."""
    if part and raw.count(part) == 1 and " ".join(part.split()) == part and " " not in part:
        at = raw.index(part)  # nearly always so, and thousands of parts would be as many patterns
        return len(raw[:at].rstrip()), at + len(part)
    spelled = r"\s+".join(map(re.escape, part.split()))
    matches = list(re.finditer(rf"\s*{spelled}", raw))
    return matches[-1].span() if matches else None


def _drop_breaks(nodes: Iterable[Node]) -> None:
    """Drop the line breaks and the white space that now end a paragraph."""
    for node in reversed(tuple(nodes)):
        is_break = isinstance(node, Element) and node.tag == "br"
        if not is_break and not (isinstance(node, Text) and not node.data.strip()):
            return
        if node.parent is not None:
            node.decompose()


def _drop_emptied(home: Node | None, root: Element) -> None:
    while isinstance(home, Element) and home is not root and not home.text.strip():
        if any(home.find(tag) for tag in _SHOWS_SOMETHING):
            return
        parent = home.parent
        home.decompose()
        home = parent
