"""One pass over the tree: what nobody sees or wants in a feed goes, what stays becomes canonical."""

import re
from html import escape

from turbohtml import Element, Node, Text, parse_fragment

from feeds.entries.markup.elements import RULES
from feeds.entries.markup.links import Links
from feeds.entries.markup.policy import ATTRIBUTES, WITH_CONTENT
from feeds.text import legal_text

MAX_DEPTH = 200  # elements inside each other; readers give up near 500, and the sanitiser's work grows with the square

_UNSEEN = ",".join([*sorted(WITH_CONTENT), "[hidden]"])
_HIDING = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)
_AS_DIV = frozenset({"center", "form", "fieldset", "nav", "search", "dir", "menu"})  # blocks without meaning in a feed
_EMPTY_LINK = re.compile(r"^[^\S\n]*<>[^\S\n]*$", re.MULTILINE)
_WRAPPING = (
    "a article aside b blockquote cite code del div dl em figcaption figure footer h1 h2 h3 h4 h5 h6 header hgroup i"
    " ins main mark ol p pre s section small span strike strong sub summary sup u ul"
)
_WRAPPERS = frozenset(_WRAPPING.split())


def tree_of(html: str) -> Element:
    return parse_fragment(html)


def is_too_deep(root: Element, html: str) -> bool:
    """Say whether elements are nested deeper than MAX_DEPTH. html: what the tree was parsed from."""
    if html.count("<") <= MAX_DEPTH:  # cheap, and true of nearly every post
        return False
    depths: dict[Node | None, int] = {root: 0}
    for element in root.iter_elements():
        depth = depths[element] = depths.get(element.parent, 0) + 1
        if depth > MAX_DEPTH:
            return True
    return False


def text_only(root: Element) -> str:
    """Return the text of a tree as bare paragraphs."""
    root.remove(_UNSEEN)
    lines = (" ".join(line.split()) for line in legal_text(root.to_text())[0].splitlines())
    return "".join(f"<p>{escape(line, quote=False)}</p>" for line in lines if line)


def tidy(root: Element, links: Links) -> None:
    """Edit the tree in place. Editing an edited tree changes nothing."""
    root.remove(_UNSEEN)
    for element in root.select('[style*="display" i],[style*="visibility" i]'):
        if _HIDING.search(element.attr("style") or ""):
            element.decompose()
    elements: list[Element] = []
    for node in list(root.descendants):
        if isinstance(node, Element):
            elements.append(node)
        elif not isinstance(node, Text):
            node.decompose()  # comments and processing instructions, which would keep an empty element
    for element in reversed(elements):  # children before their parents
        if element.tag != "p" or len(element.attrs):
            _settle(element, links)
        elif not element.text.strip():  # nearly all are paragraphs with text
            _drop_if_empty(element)
    if "<>" in root.text:
        _drop_empty_links(root, links)


def _drop_empty_links(root: Element, links: Links) -> None:
    """Drop `<>` where a line of a paragraph is nothing else; in a sentence, a cell or code it means something."""
    root.normalize()  # elements that went have left their texts in pieces
    for text in [node for node in root.descendants if isinstance(node, Text) and "<>" in node.data]:
        home = text.parent
        is_in_line = isinstance(text.previous_sibling, Element) and text.previous_sibling.tag != "br"
        kept = _EMPTY_LINK.sub("", text.data)
        if kept == text.data or is_in_line or not isinstance(home, Element) or home.tag not in {"p", "div"}:
            continue
        text.data = kept
        links.found.add("link-empty")
        while isinstance(home, Element) and home is not root and home.tag in _WRAPPERS:
            parent = home.parent
            _drop_if_empty(home)
            home = parent


def _settle(element: Element, links: Links) -> None:
    tag = element.tag
    if tag in _AS_DIV:
        element.tag = tag = "div"
    rule = RULES.get(tag)
    if rule is not None and not rule(element, links):
        return
    allowed = ATTRIBUTES.get(tag)
    if allowed is None:
        element.unwrap()
        return
    attributes = element.attrs
    if len(attributes):
        for name in [name for name in attributes if name not in allowed]:
            del attributes[name]
    if tag == "span" and not len(attributes):
        element.unwrap()
    elif tag in _WRAPPERS:
        _drop_if_empty(element)


def _drop_if_empty(element: Element) -> None:
    children = element.children
    for child in children:  # nearly always ended by the first
        if not _is_blank(child):
            return
    if element.tag in {"p", "div"} or not children:
        element.decompose()
    else:
        element.unwrap()  # the blank in it may part two words


def _is_blank(node: Node) -> bool:
    return not node.data.strip() if isinstance(node, Text) else isinstance(node, Element) and node.tag == "br"
