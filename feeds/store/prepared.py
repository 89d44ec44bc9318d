"""Statements for many rows, compiled once: SQLAlchemy takes longer to fit in each row than SQLite to write it."""

from collections.abc import Mapping, Sequence
from operator import itemgetter

from sqlalchemy import Connection
from sqlalchemy.dialects.sqlite import dialect
from sqlalchemy.sql import ClauseElement

_DIALECT = dialect(paramstyle="qmark")


class Prepared:
    """Its parameters are values that the driver takes as they are: texts, numbers, booleans, bytes, None."""

    def __init__(self, statement: ClauseElement) -> None:
        compiled = statement.compile(dialect=_DIALECT)
        names = getattr(compiled, "positiontup", None) or ()
        self._text = str(compiled)
        self._values_of = itemgetter(*names)
        self._constants = {name: value for name, value in compiled.params.items() if value is not None}

    def execute(self, connection: Connection, rows: Sequence[Mapping[str, object]]) -> None:
        if not rows:
            return
        whole = [{**row, **self._constants} for row in rows] if self._constants else rows
        connection.exec_driver_sql(self._text, [self._values_of(row) for row in whole])
