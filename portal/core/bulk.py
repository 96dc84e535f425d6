"""Many rows by one statement, and the rows of one statement, at nearly the driver's own speed.

A statement is compiled once for each database and kept; each row is turned into what the driver takes by the column types'
own functions, without the work that SQLAlchemy repeats for every execution. For intake: everything else uses sessions.
"""

from collections import namedtuple
from collections.abc import Callable, Iterable, Sequence
from itertools import repeat
from typing import Any, NamedTuple

from sqlalchemy import Executable, Insert, Table, Update, insert
from sqlalchemy.engine import Connection, Dialect
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

_Convert = Callable[[Any], Any]


class _Ready(NamedTuple):
    text: str
    parts: tuple[tuple[str, _Convert | None], ...]  # parameter and what converts it, in the order of the text
    positional: bool


_COPIED_FROM = 4  # rows: below, the round trips of COPY cost more than its rows save
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
    if len(rows) >= _COPIED_FROM and session.connection().dialect.driver == "psycopg":
        _copy(session.connection(), statement, rows)
    else:
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
    values: Any = _values(ready, rows)
    if not ready.positional:
        names = [name for name, _ in ready.parts]
        values = [dict(zip(names, row, strict=True)) for row in values]
    connection.exec_driver_sql(ready.text, values)


def _values(ready: _Ready, rows: Sequence[dict[str, Any]]) -> list[tuple[Any, ...]]:
    columns = [[row[name] for row in rows] for name, _ in ready.parts]  # a column at a time is quicker than a row
    turned = [
        _turned(convert, column) if convert else column
        for column, (_, convert) in zip(columns, ready.parts, strict=True)
    ]
    return list(zip(*turned, strict=True))


def _copy(connection: Connection, statement: Insert, rows: Sequence[dict[str, Any]]) -> None:
    """Insert by COPY: the database plans and starts one statement instead of one for each row (measured: half its time)."""
    dialect = connection.dialect
    key = (statement, "copy")
    ready = _ready.get(key)
    if ready is None:
        compiled = _compile(statement, dialect, rows[0])
        quoted = dialect.identifier_preparer.quote
        names = ", ".join(quoted(name) for name, _ in compiled.parts)
        text = f"COPY {quoted(statement.table.name)} ({names}) FROM STDIN"
        ready = _ready[key] = _Ready(text, compiled.parts, True)
    values = _values(ready, rows)
    driver: Any = connection.connection.dbapi_connection
    try:
        with driver.cursor() as cursor, cursor.copy(ready.text) as copy:
            for row in values:
                copy.write_row(row)
    except driver.Error as problem:
        lost = dialect.is_disconnect(problem, driver, None)
        if lost:
            connection.invalidate(problem)
        raise DBAPIError.instance(
            ready.text, None, problem, dialect.loaded_dbapi.Error, connection_invalidated=lost, dialect=dialect
        ) from problem


def _turned(convert: _Convert, column: list[Any]) -> Iterable[Any]:
    """The values as the driver takes them; one and the same value all the way (an office, a moment) is turned once."""
    if len(set(map(id, column))) == 1:
        return repeat(convert(column[0]), len(column))
    return map(convert, column)


def _compile(statement: Insert | Update, dialect: Dialect, row: dict[str, Any]) -> _Ready:
    compiled = statement.compile(dialect=dialect, column_keys=list(row) if isinstance(statement, Insert) else None)
    names = compiled.positiontup if compiled.positional else list(compiled.bind_names.values())
    parts = []
    for name in names or ():
        type_ = compiled.binds[name].type.dialect_impl(dialect)
        parts.append((name, type_.bind_processor(dialect)))
    return _Ready(str(compiled), tuple(parts), bool(compiled.positional))


class _Slot(NamedTuple):
    """One parameter of a read: its names in the text (several for a list), and where its value comes from."""

    source: str
    names: tuple[str, ...]
    is_list: bool
    convert: _Convert | None
    constant: Any


class _Read(NamedTuple):
    text: str
    slots: tuple[_Slot, ...]
    positional: bool
    row: Any
    converts: tuple[_Convert | None, ...]


_READS_KEPT = 2_000  # a statement for each length of its lists
_reads: dict[tuple[Any, str, tuple[int, ...]], _Read] = {}


def rows(session: Session, statement: Executable, **values: Any) -> list[Any]:
    """The rows that a statement kept in a module's constant gives (``select``, or a change ``returning``), as named tuples.

    ``values`` are its parameters, each of them; one for an expanding ``IN`` is a list. Columns only, no entities.
    """
    session.flush()
    connection = session.connection()
    lengths = tuple([len(value) for value in values.values() if type(value) is list])
    key = (statement, connection.dialect.name, lengths)
    read = _reads.get(key)
    if read is None:
        if len(_reads) >= _READS_KEPT:
            _reads.clear()
        read = _reads[key] = _prepare(statement, connection.dialect, values)
    found = connection.exec_driver_sql(read.text, _given(read, values)).all()
    if not found:
        return []
    columns = [
        map(convert, column) if convert else column
        for convert, column in zip(read.converts, zip(*found, strict=True), strict=True)
    ]
    return list(map(read.row._make, zip(*columns, strict=True)))


def _given(read: _Read, values: dict[str, Any]) -> Any:
    given: list[Any] = []
    names: list[str] = []
    for slot in read.slots:
        if slot.source not in values:
            some = [slot.constant]
        else:
            some = values[slot.source] if slot.is_list else [values[slot.source]]
            some = list(map(slot.convert, some)) if slot.convert else some
        given += some
        names += slot.names
    return tuple(given) if read.positional else dict(zip(names, given, strict=True))


def _prepare(statement: Any, dialect: Dialect, values: dict[str, Any]) -> _Read:
    compiled = statement.compile(dialect=dialect)
    state = compiled.construct_expanded_state(values)
    lists = {source: tuple(names) for source, names in state.parameter_expansion.items()}
    first = {name: source for source, names in lists.items() for name in names[:1]}
    later = {name for names in lists.values() for name in names[1:]}
    order = state.positiontup if compiled.positional else list(state.parameters)
    slots = []
    for name in order or ():
        if name in later:
            continue
        source = first.get(name, name)
        convert = compiled.binds[source].type.dialect_impl(dialect).bind_processor(dialect)
        constant = state.parameters[name] if source not in values else None
        constant = convert(constant) if convert and source not in values else constant
        slots.append(_Slot(source, lists.get(source, (name,)), source in lists, convert, constant))
    columns = list(statement.exported_columns)
    made = namedtuple("row", [column.key for column in columns], rename=True)  # type: ignore[misc]
    converts = tuple(column.type.dialect_impl(dialect).result_processor(dialect, None) for column in columns)
    return _Read(state.statement, tuple(slots), bool(compiled.positional), made, converts)
