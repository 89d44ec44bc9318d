"""The report on lines, for editors and for people, and in JSON."""

import json
from collections import Counter
from collections.abc import Mapping
from datetime import UTC, datetime, tzinfo

from feeds.check.report import Report, groups
from feeds.check.wording import printable, quantity
from feeds.diagnostics import Level, Problem


def as_lines(report: Report, *, asked: int = 0, prefix: str = "") -> str:
    """Write one line for each problem, an empty line between codes, and the sum at the end.

    asked: seconds since 1970. What was there before says since when, and what is solved since then says so.
    prefix: the way from here to the site folder, "" or ending in `/`.
    """
    paragraphs = [
        "\n".join(as_line(each, report.zone, asked=asked, prefix=prefix) for each in group.problems)
        for group in groups(report)
    ]
    solved = [as_solved(each, prefix) for each in solved_since(report, asked)]
    told = ["\n".join(solved)] if solved else []
    return "\n\n".join([*paragraphs, *told, as_sum(report)]) + "\n"


def solved_since(report: Report, asked: int) -> tuple[Problem, ...]:
    return tuple(each for each in report.solved if each.solved is not None and each.solved >= asked > 0)


def as_line(problem: Problem, zone: tzinfo = UTC, *, asked: int = 0, prefix: str = "") -> str:
    """Write `file:line: level code message — remedy (since 2026-11-01 12:00)`, as editors and build servers read it."""
    diagnostic, when = problem.diagnostic, since(problem, zone, asked=asked)
    what = f"{diagnostic.level} {diagnostic.code} {diagnostic.message} — {diagnostic.remedy}"
    return printable(f"{prefix}{diagnostic.place}: {what}{f' ({when})' if when else ''}")


def since(problem: Problem, zone: tzinfo, *, asked: int) -> str:
    """Say since when it is so, of what was there before it was asked; "" of the rest."""
    first = problem.first_seen
    return f"since {datetime.fromtimestamp(first, zone):%Y-%m-%d %H:%M}" if first is not None and first < asked else ""


def as_solved(problem: Problem, prefix: str = "") -> str:
    diagnostic = problem.diagnostic
    return printable(f"{prefix}{diagnostic.path}: solved {diagnostic.code} {diagnostic.message}")


def as_sum(report: Report) -> str:
    if not report.diagnostics:
        return "Nothing to mend."
    counts = [quantity(report.count(level), str(level)) for level in reversed(Level) if report.count(level)]
    files = Counter(diagnostic.path for diagnostic in report.diagnostics)
    return f"{', '.join(counts)} in {quantity(len(files), 'file')}."


def as_counts(rules: Mapping[str, int]) -> str:
    """Write which rule found how many origins, one a line."""
    total = sum(rules.values())
    lines = (f"  {name:<14}{count:>9,}{count / total:>8.1%}" for name, count in rules.items())
    return "\n".join((f"Rules that found the origins of {quantity(total, 'post')}:", *lines))


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
