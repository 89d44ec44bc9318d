"""Diagnostics with their times: what is said again keeps when it was first, what is not said any more is solved."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Connection, Row, bindparam, delete, insert, select, update

from feeds.diagnostics import Diagnostic, Problem, Problems
from feeds.store.prepared import Answer, Prepared
from feeds.store.schema import diagnostics

KEPT_SOLVED = 7 * 86_400  # seconds for which a solved problem can still be told
_MOST_SOLVED = 1_000

_OPEN = select(diagnostics).where(diagnostics.c.solved.is_(None))
_KNOWN = select(*(diagnostics.c[name] for name in ("number", "code", "path", "line", "detail"))).where(
    diagnostics.c.solved.is_(None)
)
_OF_PATHS = Prepared(_KNOWN.where(diagnostics.c.path.in_(bindparam("paths", expanding=True))))
_WITH_CODES = Prepared(_KNOWN.where(diagnostics.c.code.in_(bindparam("codes", expanding=True))))
_SAY = Prepared(
    insert(diagnostics).values(
        {name: bindparam(name) for name in ("code", "path", "line", "detail", "first_seen", "last_seen")}
    )
)
_SEE = Prepared(
    update(diagnostics)
    .where(diagnostics.c.number == bindparam("of_number"))
    .values(line=bindparam("on_line"), last_seen=bindparam("seen"))
)
_SOLVE = Prepared(
    update(diagnostics).where(diagnostics.c.number == bindparam("of_number")).values(solved=bindparam("at"))
)
_TOO_MANY = (
    select(diagnostics.c.number)
    .where(diagnostics.c.solved.is_not(None))
    .order_by(diagnostics.c.solved.desc(), diagnostics.c.number.desc())
    .limit(-1)  # SQLite has no OFFSET without it
    .offset(_MOST_SOLVED)
)


class News(NamedTuple):
    """What there is to tell: problems that were not there before, and those that are no more."""

    new: tuple[Diagnostic, ...] = ()
    solved: tuple[Diagnostic, ...] = ()


class _Known(NamedTuple):
    number: int
    diagnostic: Diagnostic


def said_of(connection: Connection, paths: Iterable[str]) -> Iterator[_Known]:
    """Yield what is said of these paths."""
    return map(_known, _OF_PATHS.ask_of(connection, paths))


def said_with(connection: Connection, codes: Sequence[str]) -> Iterator[_Known]:
    """Yield what is said with these codes, of whatever path."""
    return map(_known, _WITH_CODES.ask_of(connection, codes))


def put(connection: Connection, said: Iterable[_Known], found: Iterable[Diagnostic], *, now: datetime) -> News:
    """Say what was found instead of what is said now.

    A diagnostic is the same if path, code and detail are; its line may move, as it does when something is written above
    it.
    """
    clock = int(now.timestamp())
    before = set(said)
    again, new = _paired(before, dict.fromkeys(found))
    solved = sorted(before - again.keys())
    _SEE.execute(
        connection, [{"of_number": one.number, "on_line": is_.line, "seen": clock} for one, is_ in again.items()]
    )
    _SAY.execute(connection, [{**asdict(one), "first_seen": clock, "last_seen": clock} for one in new])
    _SOLVE.execute(connection, [{"of_number": one.number, "at": clock} for one in solved])
    if solved:
        forget_solved(connection, now=now)
    return News(new=tuple(new), solved=tuple(one.diagnostic for one in solved))


def _paired(before: set[_Known], found: Iterable[Diagnostic]) -> tuple[dict[_Known, Diagnostic], list[Diagnostic]]:
    """Find what is said again, first on the lines where it was, then on others; return it, and what is new."""
    on_their_lines = {one.diagnostic: one for one in before}
    again = {on_their_lines[one]: one for one in found if one in on_their_lines}
    rest: dict[tuple[str, str, str], list[_Known]] = {}
    for known in sorted(before - again.keys(), reverse=True):
        rest.setdefault(_key(known.diagnostic), []).append(known)
    new = []
    for one in found:
        if one in on_their_lines:
            continue
        if alike := rest.get(_key(one)):
            again[alike.pop()] = one
        else:
            new.append(one)
    return again, new


def _key(diagnostic: Diagnostic) -> tuple[str, str, str]:
    return diagnostic.path, diagnostic.code, diagnostic.detail


def forget_solved(connection: Connection, *, now: datetime) -> None:
    """Let go of what was solved long ago, and of the oldest where there are many."""
    long_ago = int(now.timestamp()) - KEPT_SOLVED
    connection.execute(delete(diagnostics).where(diagnostics.c.solved <= long_ago))
    connection.execute(delete(diagnostics).where(diagnostics.c.number.in_(_TOO_MANY)))


def problems(connection: Connection, *, now: datetime) -> Problems:
    """Return what is said now, by path and line, and what was solved of late, the last first."""
    long_ago = int(now.timestamp()) - KEPT_SOLVED
    columns = diagnostics.c
    unsolved = _OPEN.order_by(columns.path, columns.line, columns.number)
    solved = select(diagnostics).where(columns.solved > long_ago).order_by(columns.solved.desc(), columns.number.desc())
    return Problems(
        open=tuple(map(_problem, connection.execute(unsolved))),
        solved=tuple(map(_problem, connection.execute(solved))),
    )


def _known(row: Answer) -> _Known:
    number, code, path, line, detail = row
    return _Known(number, Diagnostic(code=code, path=path, line=line, detail=detail))


def _diagnostic(row: Row[Any]) -> Diagnostic:
    return Diagnostic(code=row.code, path=row.path, line=row.line, detail=row.detail)


def _problem(row: Row[Any]) -> Problem:
    return Problem(
        diagnostic=_diagnostic(row),
        number=row.number,
        first_seen=row.first_seen,
        last_seen=row.last_seen,
        solved=row.solved,
    )
