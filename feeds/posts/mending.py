"""Front matter in YAML, mended as text: what is right stays as it was written, to the byte.

Nothing here decides whether that is safe: whoever mends reads the post again, before and after.
"""

import codecs
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from feeds.diagnostics import Diagnostic, Found
from feeds.posts.fences import cut
from feeds.posts.frontmatter import FrontMatter, read_front_matter
from feeds.posts.quoting import plain, quoted
from feeds.posts.yaml_block import RefusedError
from feeds.text import legal_text

MENDED = ("date-missing", "front-matter-salvaged", "front-matter-cut", "terms-split")  # in the order of mending

_BOMS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
_LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n|\Z)")
_VALUE = re.compile(r"(?P<head>[ \t]*(?P<quote>[\"']?)(?P<key>\w[\w.-]*)(?P=quote)[ \t]*:)[ \t]*(?P<value>.*?)[ \t]*")
_ITEM = re.compile(r"(?P<head>[ \t]*-[ \t]+)(?P<value>.*?)[ \t]*")


@dataclass(frozen=True, slots=True)
class Written:
    """A file as it is written: its text in lines with their ends, and how to get back to its bytes."""

    lines: tuple[str, ...]
    bom: bytes
    codec: str

    def plain(self) -> list[str]:
        return [_without_end(line) for line in self.lines]

    def content(self) -> bytes:
        return self.bom + "".join(self.lines).encode(self.codec)


def written(content: bytes) -> Written | None:
    """Take bytes apart; None where they would not come back as they were."""
    bom, codec = next(((bom, codec) for bom, codec in _BOMS if content.startswith(bom)), (b"", "utf-8"))
    try:
        text = content.removeprefix(bom).decode(codec)
    except UnicodeDecodeError:
        return None
    found = Written(tuple(line for line in _LINE.findall(text) if line), bom, codec)
    return found if found.content() == content and not legal_text(text)[1] else None


def mended(post: Written, problem: Diagnostic, *, date: str) -> Written | None:
    """Mend one problem; None where it is not understood. date: to write where there is none."""
    text = legal_text("".join(post.lines))[0]
    head = cut(text)
    if head.state != "complete" or head.dialect != "yaml":
        return None
    try:
        front = read_front_matter(text, Found(problem.path), max_bytes=len(text) * 4, max_depth=20)
    except RefusedError:
        return None
    last = head.head_line + head.head.count("\n")  # the closing fence, 1-based
    lines = _edited(post.lines, front, problem, last=last, date=date)
    return None if lines is None else replace(post, lines=tuple(lines))


def _edited(lines: Sequence[str], front: FrontMatter, problem: Diagnostic, *, last: int, date: str) -> list[str] | None:
    if problem.code == "date-missing":
        return _with_date(lines, front, date, last=last)
    if problem.line is None or not problem.line < last:
        return None
    if problem.code == "terms-split":
        return _with_list(lines, front, problem.line)
    return _quoted(lines, front, problem.line, last=last)


def _with_date(lines: Sequence[str], front: FrontMatter, date: str, *, last: int) -> list[str] | None:
    """Fill the empty `date`, or add one as the last line of the front matter."""
    key = next((key for key in front.values if key.lower() == "date"), None)
    if key is None:
        end = _end_of(lines[last - 2])
        return [*lines[: last - 1], f"date: {date}{end}", *lines[last - 1 :]]
    number, value = front.lines.get(key), front.values[key]
    if number is None or not (value is None or (isinstance(value, str) and not value.strip())):
        return None  # something stands there, and only its author knows what it means
    match = _VALUE.fullmatch(_without_end(lines[number - 1]))
    if match is None or match["value"] not in ("", "''", '""', "~", "null"):
        return None
    return _with_line(lines, number, f"{match['head']} {date}")


def _with_list(lines: Sequence[str], front: FrontMatter, number: int) -> list[str] | None:
    """Write the words of a line as the list that they were taken for."""
    match = _VALUE.fullmatch(_without_end(lines[number - 1]))
    value = None if match is None else _value_at(front, number, match["key"])
    if match is None or not isinstance(value, str):
        return None
    return _with_line(lines, number, f"{match['head']} [{', '.join(map(plain, value.split()))}]")


def _quoted(lines: Sequence[str], front: FrontMatter, number: int, *, last: int) -> list[str] | None:
    """Put the value, or the values of the list, that stand on a line into quotation marks."""
    line = _without_end(lines[number - 1])
    if item := _ITEM.fullmatch(line):
        text = next((text for (_, text), at in front.items.items() if at == number), None)
        return None if text is None else _with_line(lines, number, item["head"] + quoted(text))
    match = _VALUE.fullmatch(line)
    value = None if match is None else _value_at(front, number, match["key"])
    if match is None or value is None:
        return None
    if isinstance(value, str):
        return _with_line(lines, number, f"{match['head']} {quoted(value)}")
    if match["value"]:
        return _with_line(lines, number, f"{match['head']} [{', '.join(map(quoted, value))}]")
    return _quoted_items(lines, number, value, last=last)


def _quoted_items(lines: Sequence[str], number: int, values: Sequence[str], *, last: int) -> list[str] | None:
    """Quote each item of a list that stands below its key, an item a line."""
    edited = list(lines)
    matches = [_ITEM.fullmatch(_without_end(line)) for line in lines[number : min(number + len(values), last - 1)]]
    if len(matches) != len(values):
        return None
    for at, (match, value) in enumerate(zip(matches, values, strict=True), start=number):
        if match is None:
            return None
        edited[at] = match["head"] + quoted(value) + _end_of(lines[at])
    return edited


def _value_at(front: FrontMatter, number: int, key: str) -> str | list[str] | None:
    """Return what was read of a line: of a key on it, or of one inside the table that began above."""
    tops = sorted((line, top) for top, line in front.lines.items() if line <= number)
    if not tops:
        return None
    line, top = tops[-1]
    value = front.values.get(top)
    if line != number:
        value = value.get(key) if isinstance(value, dict) else None
    if isinstance(value, list) and value and all(isinstance(part, str) for part in value):
        return value
    return value if isinstance(value, str) else None


def _with_line(lines: Sequence[str], number: int, text: str) -> list[str]:
    return [*lines[: number - 1], text + _end_of(lines[number - 1]), *lines[number:]]


def _without_end(line: str) -> str:
    return line.rstrip("\r\n")


def _end_of(line: str) -> str:
    return line[len(_without_end(line)) :]


def problems_to_mend(found: Sequence[Diagnostic]) -> Iterator[Diagnostic]:
    """Yield what may be mended, dates first: until its date is written, a post may take it from the file's time."""
    for code in MENDED:
        yield from (one for one in found if one.code == code)
