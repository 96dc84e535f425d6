"""Many rows by one statement, at nearly the driver's own speed.

A statement is compiled once for each database and kept; each row is turned into what the driver takes by the column types'
own functions, without the work that SQLAlchemy repeats for every execution. For intake: everything else uses sessions.
"""

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from sqlalchemy import Insert, Table, Update, insert
from sqlalchemy.engine import Dialect
from sqlalchemy.orm import Session

_Convert = Callable[[Any], Any]


class _Ready(NamedTuple):
    text: str
    parts: tuple[tuple[str, _Convert | None], ...]  # parameter and what converts it, in the order of the text
    positional: bool


_ready: dict[tuple[Insert | Update, str], _Ready] = {}
_inserts: dict[str, Insert] = {}


def put(session: Session, table: Any, rows: Sequence[dict[str, Any]]) -> None:
    """Insert finished rows; each has every column of the table (a database's own numbers excepted) and no others.

    What the session has not written yet is not written by this: flush first what the rows point to.
    """
    if not rows:
        return
    own: Table = table.__table__
    statement = _inserts.get(own.name)
    if statement is None:
        statement = _inserts[own.name] = insert(own)
    many(session, statement, rows)


def many(session: Session, statement: Insert | Update, rows: Sequence[dict[str, Any]]) -> None:
    """Execute a statement kept in a module's constant for each row of parameters; it has no other parameters."""
    if not rows:
        return
    connection = session.connection()
    key = (statement, connection.dialect.name)
    ready = _ready.get(key)
    if ready is None:
        ready = _ready[key] = _compile(statement, connection.dialect, rows[0])
    columns = [[row[name] for row in rows] for name, _ in ready.parts]  # a column at a time is quicker than a row
    turned = [
        map(convert, column) if convert else column for column, (_, convert) in zip(columns, ready.parts, strict=True)
    ]
    values: Any = list(zip(*turned, strict=True))
    if not ready.positional:
        names = [name for name, _ in ready.parts]
        values = [dict(zip(names, row, strict=True)) for row in values]
    connection.exec_driver_sql(ready.text, values)


def _compile(statement: Insert | Update, dialect: Dialect, row: dict[str, Any]) -> _Ready:
    compiled = statement.compile(dialect=dialect, column_keys=list(row) if isinstance(statement, Insert) else None)
    names = compiled.positiontup if compiled.positional else list(compiled.bind_names.values())
    parts = []
    for name in names or ():
        type_ = compiled.binds[name].type.dialect_impl(dialect)
        parts.append((name, type_.bind_processor(dialect)))
    return _Ready(str(compiled), tuple(parts), bool(compiled.positional))
