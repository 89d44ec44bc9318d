"""lxml, as much of it as we need to make elements."""

import html
import re
from typing import Any, TypeAlias

from lxml import etree

Element: TypeAlias = Any  # lxml.etree._Element; lxml ships no types

ATOM = "http://www.w3.org/2005/Atom"
CC = "http://backend.userland.com/creativeCommonsRssModule"
CONTENT = "http://purl.org/rss/1.0/modules/content/"
DC = "http://purl.org/dc/elements/1.1/"
MEDIA = "http://search.yahoo.com/mrss/"
SY = "http://purl.org/rss/1.0/modules/syndication/"
XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"

_MARKS = re.compile("([&<])")
_REFERENCES = {"&": "#x26", "<": "#x3C"}


def add(parent: Element, tag: str, text: str = "", **attributes: str | None) -> Element:
    """Append an element; attributes that are None or empty are left out."""
    child = etree.SubElement(parent, tag, {name: value for name, value in attributes.items() if value})
    if text:
        child.text = text
    return child


def spell_out(element: Element) -> None:
    """Write `&` and `<` as `&#x26;` and `&#x3C;`.

    The RSS Best Practices Profile asks this of plain text, for the sake of readers that take `&lt;` for markup.
    """
    first, *rest = _MARKS.split(element.text or "")
    if not rest:
        return
    element.text = first
    for mark, tail in zip(rest[::2], rest[1::2], strict=True):
        reference = etree.Entity(_REFERENCES[mark])
        reference.tail = tail
        element.append(reference)


def dress(root: Element, stylesheet: str | None) -> None:
    """Say before the root where its CSS is (W3C "Associating Style Sheets with XML documents").

    stylesheet: its path on the wire.
    """
    if stylesheet:
        reference = html.escape(stylesheet)
        root.addprevious(etree.ProcessingInstruction("xml-stylesheet", f'href="{reference}" type="text/css"'))


def drop(parent: Element, tag: str) -> None:
    """Remove the children of this name."""
    for child in parent.findall(tag):
        parent.remove(child)
