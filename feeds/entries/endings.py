"""The end of a body: the way back to the site it came from, and the address of its original."""

import re
from collections.abc import Callable, Sequence

from turbohtml import Element, Node, Text

from feeds.text import one_line

_SEPARATORS = re.compile(r"[\s｜|·•]*")
_WRAPPERS = frozenset({"div", "section", "article", "main", "footer"})
_WRAPPED = _WRAPPERS | {"p"}
_LAST_BLOCKS = 3  # how far from the end the original's address is looked for: it may stand above the credit
# Words that say of a link, or of the address behind them, that it leads to the original.
_TO_ORIGINAL = re.compile(
    r"(?:阅读|查看|点击(?:阅读|查看)?)?原文(?:链接|地址)?|原始链接|閱讀原文|原文連結|元記事(?:を読む)?|원문(?: ?보기)?"
    r"|(?:(?:read|see|view|link to|go to) )?(?:the )?original(?: (?:article|post|story|source))?"
    r"|(?:zum )?original(?:artikel)?(?: lesen)?|lire l[’']original|leer (?:el )?original",
    re.IGNORECASE,
)
_ADDRESS = re.compile(r"https?://\S+")
_LABEL = re.compile(rf"(?:{_TO_ORIGINAL.pattern})\s*[：:]\s*", re.IGNORECASE)


def take_original(root: Element, *, is_original: Callable[[str], bool]) -> str | None:
    """Take the stand-alone link to the original out of the end of a tidied tree, and return its absolute address.

    is_original: says whether a bare address at the end is the original's; it may be the author's own content. A link
    that says what it leads to is not asked for.
    """
    for block in _last_blocks(root):
        link = block if block.tag == "a" and _stands_for_original(block) else _last_bare_link(block)
        if link is None:
            continue
        address, home = link.attr("href") or "", link.parent
        if not address.startswith("http") or not (_says_original(link) or is_original(address)):
            return None
        before = link.previous_sibling
        if isinstance(before, Text) and _LABEL.fullmatch(before.data.strip()):
            before.decompose()
        link.decompose()
        drop_if_bare(home, root)
        return address
    return None


def drop_navigation(root: Element, navigation: Sequence[re.Pattern[str]]) -> bool:
    """Take trailing links that lead back out of a tidied tree; say whether there were any."""
    had_navigation = False
    while True:
        trail = _trailing_navigation(root, navigation)
        block = root if trail else next(iter(_last_blocks(root, most=1)), root)
        trail = trail or _trailing_navigation(block, navigation)
        if not trail:
            return had_navigation
        had_navigation = True
        for node in trail:
            node.decompose()
        drop_if_bare(block, root)


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


def _last_bare_link(block: Element) -> Element | None:
    """Return the link at a block's end that stands alone on its line and shows its own address."""
    children = [node for node in block.children if not _is_separator(node)]
    last = children[-1] if children else None
    if not isinstance(last, Element) or last.tag != "a" or not _stands_for_original(last):
        return None
    before = last.previous_sibling
    if isinstance(before, Element):
        return last if before.tag == "br" else None
    if before is None or not isinstance(before, Text) or len(children) == 1:
        return last
    return last if before.data.endswith("\n") or _LABEL.fullmatch(before.data.strip()) else None


def _stands_for_original(link: Element) -> bool:
    return _ADDRESS.fullmatch(link.text.strip()) is not None or _says_original(link)


def _says_original(link: Element) -> bool:
    before = link.previous_sibling
    is_labelled = isinstance(before, Text) and _LABEL.fullmatch(before.data.strip()) is not None
    return is_labelled or _TO_ORIGINAL.fullmatch(one_line(link.text).strip(" »>→…[]【】")) is not None


def drop_if_bare(block: Node | None, root: Element) -> None:
    """Drop a block that holds nothing but separators any more, and the wrappers that held only it."""
    while isinstance(block, Element) and block is not root and all(map(_is_separator, block.children)):
        parent = block.parent
        block.decompose()
        block = parent


def _last_blocks(root: Element, *, most: int = _LAST_BLOCKS) -> list[Element]:
    """Return the last blocks of a tree, the very last first; wrappers around the whole end are looked into."""
    blocks: list[Element] = []
    for node in reversed(root.children):
        if isinstance(node, Text):
            if node.data.strip():
                break
        elif isinstance(node, Element):
            blocks.extend(_last_blocks(node, most=most) if _is_wrapper(node) else [node])
        if len(blocks) >= most:
            break
    return blocks[:most]


def _is_wrapper(element: Element) -> bool:
    return element.tag in _WRAPPERS and any(
        isinstance(node, Element) and node.tag in _WRAPPED for node in element.children
    )
