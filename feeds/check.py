"""What is odd about a site, told for people and for machines, with the exit status that a build server acts on."""

import json
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import groupby
from types import MappingProxyType

from feeds.diagnostics import Diagnostic, Level


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """All diagnostics of a site, the gravest first, then by code, file and line."""

    diagnostics: tuple[Diagnostic, ...]

    def count(self, level: Level) -> int:
        return sum(diagnostic.level == level for diagnostic in self.diagnostics)

    def exit_status(self, *, strict: bool = False) -> int:
        """0 clean or notes only; 1 on errors, and on warnings where strict."""
        threshold = Level.WARNING if strict else Level.ERROR
        return int(any(diagnostic.level >= threshold for diagnostic in self.diagnostics))


def report(diagnostics: Iterable[Diagnostic]) -> Report:
    return Report(diagnostics=tuple(sorted(set(diagnostics), key=_rank)))


def as_text(report: Report, rules: Mapping[str, int] = MappingProxyType({})) -> str:
    """Write one line for each diagnostic, an empty line between codes, and the sum at the end.

    rules: how many posts' origins each rule found, where that is asked for; the text then ends with it.
    """
    groups = groupby(report.diagnostics, key=lambda diagnostic: diagnostic.code)
    paragraphs = ["\n".join(map(as_line, group)) for _, group in groups]
    counted = [as_counts(rules)] if rules else []
    return "\n\n".join([*paragraphs, as_sum(report), *counted]) + "\n"


def as_line(diagnostic: Diagnostic) -> str:
    """Write `file:line: level code message — remedy`, as editors and build servers read it."""
    place = diagnostic.path if diagnostic.line is None else f"{diagnostic.path}:{diagnostic.line}"
    what = f"{diagnostic.level} {diagnostic.code} {diagnostic.message}"
    return printable(f"{place}: {what} — {diagnostic.remedy}")


def as_sum(report: Report) -> str:
    if not report.diagnostics:
        return "Nothing to mend."
    counts = [_quantity(report.count(level), str(level)) for level in reversed(Level) if report.count(level)]
    files = Counter(diagnostic.path for diagnostic in report.diagnostics)
    return f"{', '.join(counts)} in {_quantity(len(files), 'file')}."


def as_counts(rules: Mapping[str, int]) -> str:
    """Write which rule found how many origins, one a line."""
    total = sum(rules.values())
    lines = (f"  {name:<14}{count:>9,}{count / total:>8.1%}" for name, count in rules.items())
    return "\n".join((f"Rules that found the origins of {_quantity(total, 'post')}:", *lines))


def as_json(report: Report) -> str:
    """Write a list of objects; `line` is null where the whole file is meant."""
    return json.dumps([_as_object(diagnostic) for diagnostic in report.diagnostics], indent=2) + "\n"


def printable(text: str) -> str:
    """Spell characters that could move a terminal's cursor, or that no terminal can show, as Python escapes."""
    return "".join(c if c.isprintable() else c.encode("unicode_escape", "surrogatepass").decode("ascii") for c in text)


def _rank(diagnostic: Diagnostic) -> tuple[int, str, str, int, str]:
    return (-diagnostic.level, diagnostic.code, diagnostic.path, diagnostic.line or 0, diagnostic.detail)


def _as_object(diagnostic: Diagnostic) -> dict[str, str | int | None]:
    return {
        "code": diagnostic.code,
        "level": str(diagnostic.level),
        "path": diagnostic.path,
        "line": diagnostic.line,
        "detail": diagnostic.detail,
        "message": diagnostic.message,
        "remedy": diagnostic.remedy,
    }


def _quantity(count: int, noun: str) -> str:
    return f"{count:,} {noun}" if count == 1 else f"{count:,} {noun}s"
