"""Straight quotes, hyphens and points made the characters that printers use, as kramdown and goldmark do."""

import html
import re

from feeds.entries.markup.markdown import markdown

_PLAIN = re.compile(r"[\"']|--|\.\.\.")
_MARKS = re.compile(r"[!#$%&()*+,/:;<=>?@\[\\\]^_`{|}~]")  # of Markdown; quotes, hyphens and points are wanted
_BEFORE = "a "  # keeps a hyphen or a number at the start from making a list
_PARAGRAPH = slice(len(f"<p>{_BEFORE}"), -len("</p>\n"))


def typographic(line: str) -> str:
    """Return a line of plain text with “quotes”, – and …; nothing else in it means anything."""
    if not _PLAIN.search(line):
        return line
    escaped = _MARKS.sub(r"\\\g<0>", line)
    return html.unescape(markdown(_BEFORE + escaped, is_typographic=True)[_PARAGRAPH])
