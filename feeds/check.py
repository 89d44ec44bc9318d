"""What is odd about a site, told for people and for machines, with the exit status that a build server acts on."""

import json
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from itertools import groupby
from types import MappingProxyType

from feeds.diagnostics import Diagnostic, Level, Problem, Problems


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """All problems of a site, the gravest first, then by code, file and line; and those solved of late, the last first.

    zone: in which times are written.
    """

    problems: tuple[Problem, ...]
    solved: tuple[Problem, ...] = ()
    zone: tzinfo = UTC

    @property
    def diagnostics(self) -> tuple[Diagnostic, ...]:
        return tuple(problem.diagnostic for problem in self.problems)

    def count(self, level: Level) -> int:
        return sum(diagnostic.level == level for diagnostic in self.diagnostics)

    def exit_status(self, *, strict: bool = False) -> int:
        """0 clean or notes only; 1 on errors, and on warnings where strict."""
        threshold = Level.WARNING if strict else Level.ERROR
        return int(any(diagnostic.level >= threshold for diagnostic in self.diagnostics))


def report(kept: Problems, found: Iterable[Diagnostic] = (), *, zone: tzinfo = UTC) -> Report:
    """Put together what the index keeps and what was found just now; each once, and with its times if it has any."""
    told = {diagnostic: Problem(diagnostic=diagnostic) for diagnostic in found}
    told |= {problem.diagnostic: problem for problem in kept.open}
    ranked = sorted(told.values(), key=lambda problem: _rank(problem.diagnostic))
    return Report(problems=tuple(ranked), solved=kept.solved, zone=zone)


def as_text(report: Report, rules: Mapping[str, int] = MappingProxyType({}), *, asked: int = 0) -> str:
    """Write one line for each problem, an empty line between codes, and the sum at the end.

    rules: how many posts' origins each rule found, where that is asked for; the text then ends with it.
    asked: seconds since 1970. What was there before says since when, and what is solved since then says so.
    """
    groups = groupby(report.problems, key=lambda problem: problem.diagnostic.code)
    paragraphs = ["\n".join(as_line(each, report.zone, asked=asked) for each in group) for _, group in groups]
    solved = [as_solved(each) for each in report.solved if each.solved is not None and each.solved >= asked > 0]
    told = ["\n".join(solved)] if solved else []
    counted = [as_counts(rules)] if rules else []
    return "\n\n".join([*paragraphs, *told, as_sum(report), *counted]) + "\n"


def as_line(problem: Problem, zone: tzinfo = UTC, *, asked: int = 0) -> str:
    """Write `file:line: level code message — remedy (since 2026-11-01 12:00)`, as editors and build servers read it."""
    diagnostic, since = problem.diagnostic, problem.first_seen
    what = f"{diagnostic.level} {diagnostic.code} {diagnostic.message} — {diagnostic.remedy}"
    is_old = since is not None and since < asked
    when = f" (since {datetime.fromtimestamp(since, zone):%Y-%m-%d %H:%M})" if is_old and since is not None else ""
    return printable(f"{diagnostic.place}: {what}{when}")


def as_solved(problem: Problem) -> str:
    diagnostic = problem.diagnostic
    return printable(f"{diagnostic.path}: solved {diagnostic.code} {diagnostic.message}")


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


def as_json(report: Report, *, indent: int | None = 2) -> str:
    """Write what `/-/problems.json` says; `line` is null where the whole file is meant.

    Times are RFC 3339, and null for what no index remembers. indent: None writes it on one line, some times as quickly.
    """
    told = {
        "problems": [_as_object(each, report.zone) for each in report.problems],
        "solved": [
            {**_as_object(each, report.zone), "solved": _moment(each.solved, report.zone)} for each in report.solved
        ],
    }
    return json.dumps(told, indent=indent) + "\n"


def printable(text: str) -> str:
    """Spell characters that could move a terminal's cursor, or that no terminal can show, as Python escapes."""
    return "".join(c if c.isprintable() else c.encode("unicode_escape", "surrogatepass").decode("ascii") for c in text)


def _rank(diagnostic: Diagnostic) -> tuple[int, str, str, int, str]:
    return (-diagnostic.level, diagnostic.code, diagnostic.path, diagnostic.line or 0, diagnostic.detail)


def _as_object(problem: Problem, zone: tzinfo) -> dict[str, str | int | None]:
    diagnostic = problem.diagnostic
    return {
        "code": diagnostic.code,
        "level": str(diagnostic.level),
        "path": diagnostic.path,
        "line": diagnostic.line,
        "detail": diagnostic.detail,
        "message": diagnostic.message,
        "remedy": diagnostic.remedy,
        "first_seen": _moment(problem.first_seen, zone),
        "last_seen": _moment(problem.last_seen, zone),
    }


def _moment(seconds: int | None, zone: tzinfo) -> str | None:
    return None if seconds is None else datetime.fromtimestamp(seconds, zone).isoformat()


def _quantity(count: int, noun: str) -> str:
    return f"{count:,} {noun}" if count == 1 else f"{count:,} {noun}s"
