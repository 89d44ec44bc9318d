"""The report of `feeds check` for people: a paragraph for each kind of problem, with what to do, and where."""

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from feeds.check import Group, Report, as_sum, groups, printable, since, solved_since
from feeds.cli.terminal import can_link, console, link_to, print_line
from feeds.diagnostics import Level, Problem
from feeds.posts.mending import MENDED

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from rich.text import Text

_LOOKS = {Level.ERROR: "bold red", Level.WARNING: "bold yellow", Level.NOTE: "bold blue"}
_SHOWN = 10  # places of one kind on a terminal, where all would push the first kinds out of sight
_WIDEST = 60  # cells of a place that others are lined up with
_LEAST = 24  # cells beside it, or what is said goes below


def print_findings(report: Report, *, folder: Path, prefix: str, asked: int, is_whole: bool) -> None:
    """Print what there is to mend.

    prefix: the way from here to the site folder, "" or ending in `/`. asked: as in `as_lines`. is_whole: name every
    place.
    """
    screen = console()
    is_terminal = sys.stdout.isatty()
    page = _Page(report, folder=folder, prefix=prefix, asked=asked, width=screen.width if is_terminal else None)
    for line in page.lines(most=None if is_whole or not is_terminal else _SHOWN):
        print_line(screen, line)


class _Page:
    def __init__(self, report: Report, *, folder: Path, prefix: str, asked: int, width: int | None) -> None:
        self._report = report
        self._folder = folder
        self._prefix = prefix
        self._asked = asked
        self._width = width  # None: lines may be as long as they like
        self._has_links = width is not None and can_link(os.environ)

    def lines(self, *, most: int | None) -> "Iterator[Text]":
        from rich.text import Text

        for group in groups(self._report):
            yield from self._of(group, most)
            yield Text()
        solved = solved_since(self._report, self._asked)
        yield from (Text(f"{self._place(problem)}: solved {problem.diagnostic.code}", "green") for problem in solved)
        if solved:
            yield Text()
        yield Text(as_sum(self._report), "bold")
        if any(group.code in MENDED for group in groups(self._report)):
            yield Text("Some of this can be mended for you: feeds check --fix shows how, and asks.", "dim")

    def _of(self, group: Group, most: int | None) -> "Iterator[Text]":
        from rich.cells import cell_len
        from rich.text import Text

        when = self._when(group)
        common = f" · {when.pop()}" if len(when) == 1 and when != {""} else ""
        yield Text.assemble((f"{group.level} {group.code}", _LOOKS[group.level]), (f" · {group.count}{common}", "dim"))
        yield from self._wrapped(Text(printable(group.message)), "  ", "  ")
        yield from self._wrapped(Text(f"→ {printable(group.remedy)}", "green"), "  ", "    ")
        shown = group.problems[:most]
        width = min(_WIDEST, max(cell_len(self._place(problem)) for problem in shown))
        said = [self._said(problem, group, has_time=not common) for problem in shown]
        room = None if self._width is None else self._width - width - 4
        is_beside = room is None or room >= min(_LEAST, max(map(cell_len, map(str, said))))
        for problem, one in zip(shown, said, strict=True):
            yield from self._line(problem, one, width if is_beside else 0)
        if rest := len(group.problems) - len(shown):
            yield Text(f"  … and {rest:,} more: --code {group.code} names all", "dim")

    def _when(self, group: Group) -> set[str]:
        return {since(problem, self._report.zone, asked=self._asked) for problem in group.problems}

    def _place(self, problem: Problem) -> str:
        return printable(self._prefix + problem.diagnostic.place)

    def _said(self, problem: Problem, group: Group, *, has_time: bool) -> "Text":
        """Return what is said of one problem alone."""
        from rich.text import Text

        when = since(problem, self._report.zone, asked=self._asked) if has_time else ""
        detail = printable(problem.diagnostic.detail) if group.has_details else ""
        return Text.assemble(detail, "  " if detail and when else "", (when, "dim"))

    def _line(self, problem: Problem, said: "Text", width: int) -> "Iterator[Text]":
        """Yield a place, which is never broken, and what is said of it beside; or below, where the place is wider.

        width: cells of the place; 0 where nothing fits beside it.
        """
        from rich.cells import cell_len
        from rich.style import Style
        from rich.text import Text

        diagnostic, text = problem.diagnostic, self._place(problem)
        link = link_to(self._folder / diagnostic.path, diagnostic.line, os.environ) if self._has_links else None
        place = Text.assemble("  ", (text, Style(color="cyan", link=link)))
        if not said:
            yield place
        elif self._width is None or cell_len(text) <= width:
            place.append(" " * max(width - cell_len(text), 0) + "  ")
            first, *others = self._wrapped(said, "", " " * (width + 4))
            yield Text.assemble(place, first)
            yield from others
        else:
            yield place
            yield from self._wrapped(said, "      ", "      ")

    def _wrapped(self, text: "Text", first: str, further: str) -> "Sequence[Text]":
        """Break a text at words; the lines begin with these indents."""
        from rich.text import Text

        if self._width is None:
            return [Text.assemble(first, text)]
        lines = text.wrap(console(), max(self._width - len(further), 10))
        return [Text.assemble(further if number else first, line) for number, line in enumerate(lines)]
