"""Migrations run inside one writing transaction; on SQLite with foreign keys off, and checked at the end."""

from alembic import context
from flask import current_app
from sqlalchemy import Connection, text

from portal.core.db import db

config = context.config
target = db.metadata
OURS_BY_HAND = ("search_fts", "ix_search_row_pairs")


def include_object(thing: object, name: str | None, kind: str, reflected: bool, compare_to: object) -> bool:
    """FTS5's own tables and the expression index are made by hand; autogenerate would drop them."""
    return not (name or "").startswith(OURS_BY_HAND)


def run(connection: Connection) -> None:
    context.configure(
        connection=connection,
        target_metadata=target,
        render_as_batch=True,
        compare_type=True,
        transactional_ddl=True,
        include_object=include_object,
        user_module_prefix="portal.core.db.",
    )
    with context.begin_transaction():
        context.run_migrations()


def online() -> None:
    given = config.attributes.get("connection")
    if given is not None:
        run(given)
        return
    engine = current_app.extensions["migrate"].db.engine.execution_options(writes=True)
    with engine.connect() as connection:
        if connection.dialect.name == "sqlite":
            # Batch migrations drop and recreate parents; with keys on that empties or refuses children. The pragma does
            # nothing inside a transaction, so it is said on the raw connection before one begins.
            connection.connection.dbapi_connection.execute("PRAGMA foreign_keys=OFF")
        try:
            run(connection)
            if connection.dialect.name == "sqlite":
                broken = connection.execute(text("PRAGMA foreign_key_check")).fetchall()
                if broken:
                    raise RuntimeError(f"rows without their parents after migration: {broken[:5]}")
            connection.commit()
        finally:
            if connection.dialect.name == "sqlite":
                connection.rollback()
                connection.connection.dbapi_connection.execute("PRAGMA foreign_keys=ON")


online()
