"""What is odd about a site, sorted, grouped and counted."""

from collections.abc import Container, Iterable
from dataclasses import dataclass, replace
from datetime import UTC, tzinfo
from itertools import groupby

from feeds.check.wording import quantity
from feeds.diagnostics import CATALOGUE, Diagnostic, Level, Problem, Problems


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

    def only(self, codes: Container[str]) -> "Report":
        """Leave out all problems of other kinds."""
        of_problems, of_solved = (
            tuple(one for one in many if one.diagnostic.code in codes) for many in (self.problems, self.solved)
        )
        return replace(self, problems=of_problems, solved=of_solved)

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


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """All problems of one code. message: what they have in common, `…` where each has a text of its own."""

    code: str
    problems: tuple[Problem, ...]

    @property
    def level(self) -> Level:
        return CATALOGUE[self.code].level

    @property
    def remedy(self) -> str:
        return CATALOGUE[self.code].remedy

    @property
    def has_details(self) -> bool:
        return len({problem.diagnostic.detail for problem in self.problems}) > 1

    @property
    def message(self) -> str:
        detail = "…" if self.has_details else self.problems[0].diagnostic.detail
        return CATALOGUE[self.code].summary.replace("{detail}", detail)

    @property
    def count(self) -> str:
        """Say how many there are: `3 files`, or `5 in 3 files`."""
        files = quantity(len({problem.diagnostic.path for problem in self.problems}), "file")
        return files if files.startswith(f"{len(self.problems):,} ") else f"{len(self.problems):,} in {files}"


def groups(report: Report) -> tuple[Group, ...]:
    """Return the problems by code, the gravest first."""
    found = groupby(report.problems, key=lambda problem: problem.diagnostic.code)
    return tuple(Group(code=code, problems=tuple(group)) for code, group in found)


def _rank(diagnostic: Diagnostic) -> tuple[int, str, str, int, str]:
    return (-diagnostic.level, diagnostic.code, diagnostic.path, diagnostic.line or 0, diagnostic.detail)
