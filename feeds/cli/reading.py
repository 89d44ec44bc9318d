"""A feed on a terminal: indented, coloured, and through the pager where it is long."""

import json
import os
import re
import shutil
from collections.abc import Iterator

import click

from feeds.check import printable
from feeds.cli.terminal import console

_MOST_COLOURED = 1_000_000  # characters; more takes seconds
_PAGER_FLAGS = "-FRX"  # less: leave at the end of what fits, show colours, keep the screen; as git sets it
_PIECES = re.compile(r"<!\[CDATA\[.*?\]\]>|<!--.*?-->|<\?.*?\?>|<[^>]+>|[^<]+", re.DOTALL)
_WORDS = ("<!", "<?")  # begin what opens no element


def show_document(body: bytes, *, is_json: bool, is_paged: bool) -> None:
    text = body.decode("utf-8")
    text = shown(json.dumps(json.loads(text), ensure_ascii=False, indent=2) if is_json else indented(text))
    page(_coloured(text, is_json=is_json), is_paged=is_paged)


def page(text: str, *, is_paged: bool = True) -> None:
    """Print a text, coloured or not, through $PAGER where it does not fit."""
    if is_paged and not _fits(click.unstyle(text)):
        os.environ.setdefault("LESS", _PAGER_FLAGS)
        click.echo_via_pager(text)
    else:
        click.echo(text, color=True)


def indented(xml: str) -> str:
    """Put each element of a feed on a line of its own. Feeds have no mixed content, so no text is changed."""
    return "\n".join("  " * depth + text for depth, text in _lines(_PIECES.findall(xml)))


def _lines(pieces: list[str]) -> Iterator[tuple[int, str]]:
    """Yield lines with their depth: an element without elements in it is one line."""
    depth, line, is_open = 0, "", False
    for piece in pieces:
        is_tag = piece.startswith("<") and not piece.startswith("<![CDATA[")
        if not is_tag:
            if line or piece.strip():
                line += piece if line else piece.strip()
        elif piece.startswith("</"):
            if is_open:
                yield depth - 1, line + piece
            else:
                yield depth - 1, piece
            depth, line, is_open = depth - 1, "", False
        else:
            if line.strip():
                yield depth - is_open, line.rstrip()
            is_open = not (piece.startswith(_WORDS) or piece.endswith("/>"))
            line = piece if is_open else ""
            if not is_open:
                yield depth, piece
            depth += is_open
    if line.strip():
        yield depth, line.strip()


def shown(text: str) -> str:
    """Spell what could move a terminal's cursor, line by line. A feed may hold C1 control characters."""
    return "\n".join("\t".join(map(printable, line.split("\t"))) for line in text.split("\n"))


def _coloured(text: str, *, is_json: bool) -> str:
    from rich.syntax import Syntax

    screen = console()
    if len(text) > _MOST_COLOURED or not screen.color_system or screen.no_color:
        return text
    highlighted = Syntax("", "json" if is_json else "xml", theme="ansi_dark").highlight(text)
    with screen.capture() as captured:
        screen.print(highlighted, soft_wrap=True, end="")
    return captured.get().rstrip("\n")


def _fits(text: str) -> bool:
    """Say whether a text is shown whole, as the terminal wraps it."""
    from rich.cells import cell_len

    width, height = shutil.get_terminal_size()
    return sum(max(1, -(-cell_len(line) // width)) for line in text.split("\n")) < height
