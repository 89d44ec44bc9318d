"""What a terminal can show: colours, links, and tables that fit. NO_COLOR and TERM=dumb are respected (by rich)."""

import os
import socket
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import quote

from feeds.check import printable

if TYPE_CHECKING:
    from rich.console import Console
    from rich.text import Text

_GAP = "  "
_LEAST = 12  # cells that the last column wants before the first one has to give way
# Who shows OSC 8 as a link; others may print it as rubbish. As `supports-hyperlinks` and `ls --hyperlink` have learned.
_LINKING_PROGRAMS = frozenset({"iTerm.app", "WezTerm", "vscode", "ghostty", "Hyper", "rio", "Tabby", "WarpTerminal"})
_LINKING_VARIABLES = ("KITTY_WINDOW_ID", "WT_SESSION", "KONSOLE_VERSION", "DOMTERM", "ALACRITTY_WINDOW_ID")
_LINKING_TERMS = ("xterm-kitty", "foot", "alacritty", "contour", "xterm-ghostty", "wezterm")
_VTE_THAT_LINKS = 5000  # 0.50


class Cell(NamedTuple):
    text: str
    style: str = ""


def console(*, is_for_errors: bool = False) -> "Console":
    """Return a console that prints text as it is: no markup, no emoji codes, no colours that nobody asked for."""
    from rich.console import Console

    return Console(stderr=is_for_errors, markup=False, emoji=False, highlight=False)


def print_line(console: "Console", line: "Text") -> None:
    """Print a line that only the terminal may wrap, so that an address in it stays whole when it is copied."""
    console.print(line, soft_wrap=True)


def can_link(environ: Mapping[str, str]) -> bool:
    """Say whether the terminal shows OSC 8 links. FORCE_HYPERLINK decides where it is set."""
    if forced := environ.get("FORCE_HYPERLINK"):
        return forced != "0"
    term, vte = environ.get("TERM", ""), environ.get("VTE_VERSION", "")
    return (
        environ.get("TERM_PROGRAM") in _LINKING_PROGRAMS
        or any(environ.get(name) for name in _LINKING_VARIABLES)
        or term.startswith(_LINKING_TERMS)
        or (vte.isdecimal() and int(vte) >= _VTE_THAT_LINKS)
    )


def link_to(file: Path, line: int | None, environ: Mapping[str, str]) -> str:
    """Return the address under which a terminal opens a file; where it is known to understand it, at the line."""
    path = quote(os.fsencode(file))
    if environ.get("TERM_PROGRAM") == "vscode":
        return f"vscode://file{path}" + (f":{line}" if line else "")
    fragment = f"#{line}" if line and environ.get("KITTY_WINDOW_ID") else ""
    return f"file://{quote(socket.gethostname())}{path}{fragment}"


def print_table(
    console: "Console", head: Sequence[str], rows: Sequence[Sequence[Cell]], *, right: Collection[int] = ()
) -> None:
    """Print rows under their heads.

    The first column holds addresses and names and is never cut or broken: where it does not fit, the rest of its row
    stands below it. The last one is cut where the line ends. right: columns whose text ends on the right.
    """
    shown = [[Cell(printable(cell.text), cell.style) for cell in row] for row in rows]
    titles = [Cell(text, "bold") for text in head]
    widths = _widths([titles, *shown], console.width)
    for row in (titles, *shown):
        for line in _lines(row, widths, console.width, right):
            print_line(console, line)


def _widths(rows: Sequence[Sequence[Cell]], width: int) -> list[int]:
    """Return the cells of each column; of the last one, what is left."""
    from rich.cells import cell_len

    widths = [max(cell_len(row[number].text) for row in rows) for number in range(len(rows[0]))]
    others = sum(widths[1:-1]) + len(_GAP) * (len(widths) - 1)
    widths[0] = min(widths[0], max(width - others - min(widths[-1], _LEAST), 2))
    widths[-1] = max(width - widths[0] - others, 0)
    return widths


def _lines(row: Sequence[Cell], widths: Sequence[int], width: int, right: Collection[int]) -> "list[Text]":
    from rich.cells import cell_len
    from rich.text import Text

    first, *others = row
    is_beside = cell_len(first.text) <= widths[0]
    rest = Text()
    for number, cell in enumerate(others, start=1):
        is_last = number == len(others)
        rest.append(_GAP)
        rest.append(_fitted(cell.text, widths[number], is_last=is_last, is_right=number in right), cell.style)
    if is_beside:
        line = Text.assemble((first.text, first.style), " " * (widths[0] - cell_len(first.text)), rest)
        return [_cut(line, width)]
    return [Text(first.text, first.style), _cut(Text.assemble(" " * widths[0], rest), width)]


def _fitted(text: str, width: int, *, is_last: bool, is_right: bool) -> str:
    from rich.cells import cell_len

    room = " " * max(width - cell_len(text), 0)
    if is_last:
        return text
    return room + text if is_right else text + room


def _cut(line: "Text", width: int) -> "Text":
    line.rstrip()
    line.truncate(width, overflow="ellipsis")
    return line
