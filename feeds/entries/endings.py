"""The end of a body: its credit line, the address of its original, and the way back to the site it came from."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from turbohtml import Element, Node, Text

from feeds.entries.attribution import stated_source
from feeds.text import one_line

_SEPARATORS = re.compile(r"[\s｜|·•]*")
_WRAPPERS = frozenset({"div", "section", "article", "main", "footer"})
_LAST_BLOCKS = 5  # how far from the end a credit line is looked for
_TAIL = 100  # characters, for a body that is not made of paragraphs
_ORIGINAL_BLOCKS = 3  # and the original's address, which may stand above the credit


@dataclass(frozen=True, slots=True, kw_only=True)
class Ending:
    """What the end of a body says about where it comes from."""

    stated: str | None = None  # name of the source, as written
    original: str | None = None  # absolute address


def take_ending(root: Element, *, navigation: Sequence[re.Pattern[str]], is_syndicated: bool) -> Ending:
    """Read the end of a tidied tree; take the navigation out, and with it the address of the original.

    is_syndicated: whether something else says that the post comes from elsewhere. Only then, or where a credit or
    navigation stands beside it, is a bare address at the end the original's; else it is content.
    """
    had_navigation = _drop_navigation(root, navigation)
    blocks = _last_blocks(root)
    stated = next((name for block in blocks if (name := stated_source(block.text))), None)
    stated = stated or stated_source(root.text[-_TAIL:])
    if not (stated or had_navigation or is_syndicated):
        return Ending()
    return Ending(stated=stated, original=_take_original(root, blocks[:_ORIGINAL_BLOCKS]))


def _drop_navigation(root: Element, navigation: Sequence[re.Pattern[str]]) -> bool:
    had_navigation = False
    while True:
        trail = _trailing_navigation(root, navigation)
        block = root if trail else next(iter(_last_blocks(root)), root)
        trail = trail or _trailing_navigation(block, navigation)
        if not trail:
            return had_navigation
        had_navigation = True
        for node in trail:
            node.decompose()
        _drop_if_bare(block, root)


def _trailing_navigation(block: Element, navigation: Sequence[re.Pattern[str]]) -> list[Node]:
    """Return the navigation links at a block's end and what parts them; [] where the block ends otherwise."""
    trail: list[Node] = []
    has_link = False
    for node in reversed(block.children):
        if isinstance(node, Element) and node.tag == "a":
            if not _is_navigation(node, navigation):
                break
            trail.append(node)
            has_link = True
        elif _is_separator(node):
            trail.append(node)
        else:
            break
    return trail if has_link else []


def _is_navigation(link: Element, navigation: Sequence[re.Pattern[str]]) -> bool:
    text = one_line(link.text)
    return any(pattern.fullmatch(text) for pattern in navigation)


def _is_separator(node: Node) -> bool:
    if isinstance(node, Text):
        return _SEPARATORS.fullmatch(node.data) is not None
    return isinstance(node, Element) and node.tag == "br"


def _take_original(root: Element, blocks: Sequence[Element]) -> str | None:
    for block in blocks:
        link = block if block.tag == "a" and _shows_address(block) else _last_bare_link(block)
        if link is not None:
            address, home = link.attr("href"), link.parent
            link.decompose()
            _drop_if_bare(home, root)
            return address
    return None


def _last_bare_link(block: Element) -> Element | None:
    """Return the link at a block's end that stands alone on its line and shows its own address."""
    children = [node for node in block.children if not _is_separator(node)]
    last = children[-1] if children else None
    if not isinstance(last, Element) or last.tag != "a" or not _shows_address(last):
        return None
    before = last.previous_sibling
    starts_line = before is None or not isinstance(before, Text) or before.data.endswith("\n") or len(children) == 1
    if isinstance(before, Element) and before.tag != "br":
        starts_line = False
    return last if starts_line else None


def _shows_address(link: Element) -> bool:
    return re.match(r"https?://\S+\Z", link.text.strip()) is not None


def _drop_if_bare(block: Node | None, root: Element) -> None:
    """Drop a block that holds nothing but separators any more, and the wrappers that held only it."""
    while isinstance(block, Element) and block is not root and all(map(_is_separator, block.children)):
        parent = block.parent
        block.decompose()
        block = parent


def _last_blocks(root: Element) -> list[Element]:
    """Return the last blocks of a tree, the very last first; wrappers around the whole end are looked into."""
    blocks: list[Element] = []
    for node in reversed(root.children):
        if isinstance(node, Text):
            if node.data.strip():
                break
        elif isinstance(node, Element):
            blocks.extend(_last_blocks(node) if _is_wrapper(node) else [node])
        if len(blocks) >= _LAST_BLOCKS:
            break
    return blocks[:_LAST_BLOCKS]


def _is_wrapper(element: Element) -> bool:
    inner = _WRAPPERS | {"p"}
    return element.tag in _WRAPPERS and any(
        isinstance(node, Element) and node.tag in inner for node in element.children
    )
