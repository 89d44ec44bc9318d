"""What a reader would take from HTML: its text, its first paragraph, its first image."""

import html
import re
from functools import lru_cache

from turbohtml import Element, PlainText

from feeds.entries.markup.editing import tree_of as tree_made_of
from feeds.entries.markup.links import is_chart
from feeds.text import legal_text, one_line

_TEXT = PlainText(layout="strict", bullet="", table_cell_separator=" ")
_CHARACTER = re.compile(r"&(?:#\d{1,7}|#[xX][0-9A-Fa-f]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});")
_INLINE_TAG = re.compile(
    r"</?(?:a|abbr|b|big|br|cite|code|del|em|font|i|img|ins|kbd|mark|p|q|s|small|span|strike|strong|sub|sup|tt|u|wbr)"
    r"(?:\s[^<>]*)?/?>",
    re.IGNORECASE,
)


@lru_cache(maxsize=2)  # the same content is asked for its text, its first paragraph and its first image
def tree_of(fragment: str) -> Element:
    """Return a tree to read and not to edit."""
    return tree_made_of(fragment)


def text_of(fragment: str) -> str:
    """Return the text of HTML, one line for each block; entities are decoded once."""
    return _lines(tree_of(fragment))


def first_paragraph(fragment: str) -> str:
    """Return the text of the first paragraph that has any, else the first line of text, on one line.

    fragment: canonical, as `finish` gives it.
    """
    if fragment.startswith("<p>"):  # nearly always, and mostly with nothing but text in it
        end = fragment.find("<", 3)
        text = one_line(html.unescape(fragment[3:end]))
        if text and fragment.startswith("</p>", end):
            return text
    root = tree_of(fragment)
    for paragraph in root.iter_elements("p"):
        text = one_line(_lines(paragraph))
        if text:
            return text
    return one_line(_lines(root).partition("\n")[0])


def first_image(fragment: str) -> tuple[str, str] | None:
    """Return address and alternative text of the first image that belongs to the content."""
    if "<img" not in fragment:
        return None
    for image in tree_of(fragment).iter_elements("img"):
        src = image.attr("src") or ""
        if src and not is_chart(src):
            return src, one_line(image.attr("alt") or "")
    return None


def plain(text: str) -> str:
    """Return a title or description as plain text: inline tags dropped, character references decoded once.

    `a < b` and `List<String>` are no tags, and `R&D` is no reference, so they stay.
    """
    without_tags = _INLINE_TAG.sub("", text) if "<" in text else text
    if "&" not in text:
        return without_tags
    return legal_text(_CHARACTER.sub(lambda match: html.unescape(match[0]), without_tags))[0]


def _lines(element: Element) -> str:
    lines = (line.strip() for line in element.to_text(_TEXT).splitlines())
    return "\n".join(line for line in lines if line)
