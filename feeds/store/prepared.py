"""Statements that are compiled once and given to SQLite without a detour.

SQLAlchemy takes several times as long to fit in values and to make rows as SQLite takes to answer, and a change asks a
score of small questions. What goes in and comes out is as the driver has it: texts, numbers, bytes, None, and 0 or 1
for no or yes. What goes wrong is an error of `sqlite3`, not of SQLAlchemy.
"""

import re
import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from operator import itemgetter
from typing import Any, TypeAlias, cast

from sqlalchemy import Connection
from sqlalchemy.dialects.sqlite import dialect
from sqlalchemy.sql import ClauseElement

Answer: TypeAlias = tuple[Any, ...]

_DIALECT = dialect(paramstyle="qmark")
_EXPANDING = re.compile(r"__\[POSTCOMPILE_(\w+)\]")
_AT_ONCE = 500  # values in one IN (…)


class Prepared:
    """At most one of its parameters is expanding. A read stands in a transaction only where one has been begun."""

    def __init__(self, statement: ClauseElement) -> None:
        compiled = statement.compile(dialect=_DIALECT)
        self._text = str(compiled)
        self._names: Sequence[str] = getattr(compiled, "positiontup", None) or ()
        self._constants = {name: value for name, value in compiled.params.items() if value is not None}
        self._values_of = itemgetter(*self._names) if len(self._names) > 1 else self._only_value
        found = _EXPANDING.search(self._text)
        self._expanding = found[1] if found else ""
        self._text_for = cache(self._expanded)

    def execute(self, connection: Connection, rows: Sequence[Mapping[str, object]]) -> None:
        """Execute it for each of these rows."""
        if not rows:
            return
        whole = [{**row, **self._constants} for row in rows] if self._constants else rows
        values = [self._values_of(row) for row in whole]
        if len(values) == 1:
            _driver(connection).execute(self._text, values[0])
        else:
            _driver(connection).executemany(self._text, values)

    def ask(self, connection: Connection, **values: object) -> list[Answer]:
        """Return all rows of the answer."""
        if self._constants:
            values |= self._constants
        return _driver(connection).execute(self._text, self._values_of(values) if self._names else ()).fetchall()

    def value(self, connection: Connection, **values: object) -> Any:  # noqa: ANN401 - whatever stands in that column
        """Return the first column of the first row, None where there is none."""
        rows = self.ask(connection, **values)
        return rows[0][0] if rows else None

    def ask_of(self, connection: Connection, wanted: Iterable[object], **values: object) -> Iterator[Answer]:
        """Yield the rows of the answers that it gives with these values for the parameter that is expanding."""
        rest = list(dict.fromkeys(wanted))
        for start in range(0, len(rest), _AT_ONCE):
            piece = rest[start : start + _AT_ONCE]
            room = 1 << (len(piece) - 1).bit_length()  # so that there are few texts; a value may well come twice
            piece += piece[-1:] * (room - len(piece))
            given = [
                value
                for name in self._names
                for value in (piece if name == self._expanding else (values.get(name, self._constants.get(name)),))
            ]
            yield from _driver(connection).execute(self._text_for(room), given).fetchall()

    def do_to(self, connection: Connection, wanted: Iterable[object]) -> None:
        """Execute it for all of these values of the parameter that is expanding."""
        for _ in self.ask_of(connection, wanted):
            pass

    def _expanded(self, room: int) -> str:
        return _EXPANDING.sub(", ".join("?" * room), self._text)

    def _only_value(self, row: Mapping[str, object]) -> tuple[object]:
        return (row[self._names[0]],)


def _driver(connection: Connection) -> sqlite3.Connection:
    return cast("sqlite3.Connection", connection.connection.driver_connection)
