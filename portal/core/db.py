"""The database: three column types of our own, sessions that only read, and ``writing()`` for everything else."""

import json
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, SafeUUID

from flask_migrate import Migrate
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import LargeBinary, MetaData, Text, TypeDecorator, event, types
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Connection, Dialect, Engine
from sqlalchemy.orm import DeclarativeBase, Session, registry

from portal.domain.canonical import writer


class Id(TypeDecorator[UUID]):
    """A UUID in 16 bytes: BLOB on SQLite, ``uuid`` on PostgreSQL (SQLAlchemy's own stores 32 letters on SQLite)."""

    impl = LargeBinary(16)
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> types.TypeEngine[Any]:
        if dialect.name == "postgresql":
            return dialect.type_descriptor(postgresql.UUID(as_uuid=True))
        return dialect.type_descriptor(sqlite.BLOB(16))

    # The whole conversion in one function a value: the stock wrappers around ``process_bind_param`` cost intake a third.
    def bind_processor(self, dialect: Dialect) -> Any:
        return None if dialect.name == "postgresql" else _id_bytes

    def result_processor(self, dialect: Dialect, coltype: object) -> Any:
        return None if dialect.name == "postgresql" else _id_of


def _id_bytes(value: UUID | None) -> bytes | None:
    return None if value is None else value.int.to_bytes(16, "big")


def _id_of(value: bytes | None) -> UUID | None:
    if value is None:
        return None
    # What UUID(bytes=…) makes, without the choice between six spellings: a third of a pull's time went there (measured).
    made = object.__new__(UUID)
    object.__setattr__(made, "int", int.from_bytes(value, "big"))
    object.__setattr__(made, "is_safe", SafeUUID.unknown)
    return made


class Instant(TypeDecorator[datetime]):
    """A moment: takes aware times only, keeps UTC milliseconds, gives aware times.

    SQLite keeps whole milliseconds since 1970, which sort as they should; PostgreSQL keeps ``timestamptz``.
    """

    impl = types.BigInteger
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> types.TypeEngine[Any]:
        if dialect.name == "postgresql":
            return dialect.type_descriptor(postgresql.TIMESTAMP(timezone=True, precision=3))
        return dialect.type_descriptor(sqlite.INTEGER())

    def bind_processor(self, dialect: Dialect) -> Any:
        return _utc if dialect.name == "postgresql" else _milliseconds

    def result_processor(self, dialect: Dialect, coltype: object) -> Any:
        return _utc_or_none if dialect.name == "postgresql" else _moment


_EPOCH, _MILLISECOND = datetime(1970, 1, 1, tzinfo=UTC), timedelta(milliseconds=1)


def _aware(value: datetime) -> datetime:
    if value.tzinfo is None:
        raise ValueError("a moment needs its offset; naive times are refused")
    return value


def _utc(value: datetime | None) -> datetime | None:
    return None if value is None else _aware(value).astimezone(UTC)


def _utc_or_none(value: datetime | None) -> datetime | None:
    return None if value is None else value.astimezone(UTC)


def _milliseconds(value: datetime | None) -> int | None:
    return None if value is None else (_aware(value) - _EPOCH) // _MILLISECOND


def _moment(value: int | None) -> datetime | None:
    return None if value is None else _EPOCH + value * _MILLISECOND


class Canonical(TypeDecorator[bytes]):
    """Canonical JSON as the bytes that were hashed (``sync.md``); never a database's own JSON, which reorders keys."""

    impl = LargeBinary
    cache_ok = True

    def process_bind_param(self, value: bytes | None, dialect: Dialect) -> bytes | None:
        if value is not None and not isinstance(value, bytes):
            raise TypeError("a canonical column takes bytes")
        return value

    def process_result_value(self, value: Any, dialect: Dialect) -> bytes | None:
        return None if value is None else bytes(value)


class Json(TypeDecorator[Any]):
    """A small document of our own making, as text: escaped, so that U+0000 passes on both databases."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> str | None:
        if value is None:
            return None
        return "[]" if type(value) is list and not value else _encode(value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> Any:
        return None if value is None else json.loads(value)


_encode = writer(escaped=True)


NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


class Model(DeclarativeBase):
    """Base of all tables."""

    registry = registry(
        metadata=MetaData(naming_convention=NAMES),
        type_annotation_map={UUID: Id(), datetime: Instant(), bytes: Canonical()},
    )


db = SQLAlchemy(model_class=Model)
migrate = Migrate()


@event.listens_for(Engine, "connect")
def _connect(dbapi: Any, _: Any) -> None:
    if isinstance(dbapi, sqlite3.Connection):
        # The driver's own BEGIN is deferred, and a deferred transaction that reads and then writes fails under writers.
        dbapi.isolation_level = None
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
            dbapi.execute(f"PRAGMA {pragma}")


@event.listens_for(Engine, "begin")
def _begin(connection: Connection) -> None:
    writes = connection.get_execution_options().get("writes", False)
    if connection.dialect.name == "sqlite":
        # The pragma stays on the pooled connection, so it is said each time.
        connection.exec_driver_sql(f"PRAGMA query_only={int(not writes)}")
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
    elif not writes:
        connection.exec_driver_sql("SET TRANSACTION READ ONLY")


@contextmanager
def writing() -> Iterator[Session]:
    """The one way to write: takes the write lock at once, commits at the end, rolls back on any exception.

    Enter it after body, files, password and hashes are done and leave it before anything is rendered. Joins an outer
    ``writing()``. Rows read in order to be changed are read inside, ``with_for_update()``.
    """
    session = db.session()
    if session.info.get("writes"):
        yield session
        return
    if session.in_transaction():
        session.commit()  # ends the read and expires what it loaded
    session.connection(execution_options={"writes": True})
    session.info["writes"], session.info["held"] = True, set()  # held: offices locked, see ``changes.lock``
    try:
        yield session
        session.commit()
    except BaseException:
        session.rollback()
        raise
    finally:
        session.info.pop("writes", None)
        session.info.pop("held", None)


def engine_options(url: str) -> dict[str, Any]:
    """SQLite waits ten seconds for the write lock; PostgreSQL checks a pooled connection before it is used."""
    if url.startswith("sqlite"):
        return {"connect_args": {"timeout": 10}}
    return {"pool_pre_ping": True, "pool_size": 8}
