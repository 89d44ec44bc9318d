"""Where front matter begins and ends: anchored to the start of the file, so that rules in the body stay rules.

python-frontmatter looks for its fences anywhere, and a post that opens with a Markdown rule loses text to it. Here only
the first two fences count, the first of them before anything but blank lines.
"""

import json
import re
from typing import Literal, NamedTuple

Dialect = Literal["yaml", "toml", "json"]
State = Literal["complete", "absent", "unfinished"]

_OPENING = re.compile(
    r"(?:[^\S\n]*\n)*(?:(?P<fence>---|\+\+\+)[^\S\n]*(?:\n|\Z)|(?P<brace>\{)\s*(?:\"[^\"\n]*\"\s*:|\}))"
)
_BEGUN = re.compile(r"\s*(?:--?|\+\+?|\{\s*(?:\"[^\"\n]*\"?)?)\s*\Z")  # all there is yet of an opening fence
_CLOSING: dict[str, re.Pattern[str]] = {
    "---": re.compile(r"^(?:---|\.\.\.)[^\S\n]*$", re.MULTILINE),  # Jekyll closes with either
    "+++": re.compile(r"^\+\+\+[^\S\n]*$", re.MULTILINE),
}
_CLOSING_BRACE = re.compile(r"^\}[^\S\n]*$", re.MULTILINE)
_FIRST_LINE = re.compile(r"(?:\s*#[^\n]*(?=\n))*\s*(?P<line>[^\s#][^\n]*)\n")  # the first that is whole and no comment
_METADATA = re.compile(r"\[|(?P<quote>[\"']?)\w[\w .-]*(?P=quote)\s*[:=]")
_BODY = re.compile(r"(?:[^\S\n]*\n)*")


class Fenced(NamedTuple):
    """A text cut in two. Lines are counted from 1, in the file."""

    state: State
    body: str  # leading blank lines and trailing white space taken off
    body_line: int
    dialect: Dialect = "yaml"
    head: str = ""  # the front matter with its fences; "" unless complete
    head_line: int = 1  # of the opening fence


def cut(text: str) -> Fenced:
    """Cut the front matter off. An opening fence that nothing closes is unfinished, unless what follows is prose."""
    opening = _OPENING.match(text)
    if opening is None:
        return Fenced(state="unfinished", body="", body_line=1) if _BEGUN.match(text) else absent(text)
    if opening["brace"]:
        return _cut_json(text, opening.start("brace"))
    closing = _CLOSING[opening["fence"]].search(text, opening.end())
    if closing is None:
        return _unclosed(text, opening.end())
    dialect: Dialect = "yaml" if opening["fence"] == "---" else "toml"
    return _complete(text, dialect, start=opening.start("fence"), end=closing.end())


def absent(text: str) -> Fenced:
    """Take the whole text for the body."""
    body, line = _body(text, 0)
    return Fenced(state="absent", body=body, body_line=line)


def _complete(text: str, dialect: Dialect, *, start: int, end: int) -> Fenced:
    body, line = _body(text, end)
    head_line = text.count("\n", 0, start) + 1
    return Fenced(
        state="complete", dialect=dialect, head=text[start:end], head_line=head_line, body=body, body_line=line
    )


def _unclosed(text: str, start: int) -> Fenced:
    first = _FIRST_LINE.match(text, start)
    if first and not _METADATA.match(first["line"]):
        return absent(text)
    return Fenced(state="unfinished", body="", body_line=1)


def _cut_json(text: str, start: int) -> Fenced:
    """JSON has no fences: the object ends where it ends, or, where it is broken, at the first line that is a brace."""
    try:
        _, end = json.JSONDecoder().raw_decode(text, start)
    except RecursionError:
        end = len(text)  # the handler meets the same depth and refuses it
    except ValueError:
        closing = _CLOSING_BRACE.search(text, start)
        if closing is None:
            return Fenced(state="unfinished", body="", body_line=1)
        end = closing.end()
    return _complete(text, "json", start=start, end=end)


def _body(text: str, start: int) -> tuple[str, int]:
    """Return the body and its line. The first line keeps its indentation: it may be code."""
    blank = _BODY.match(text, start)
    assert blank is not None  # it matches the empty string
    return text[blank.end() :].rstrip(), text.count("\n", 0, blank.end()) + 1
