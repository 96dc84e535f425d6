"""Migrations go up, down and up again with data, and end where the models say, on both databases."""

from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from flask import Flask
from flask_migrate import downgrade, upgrade
from sqlalchemy import MetaData, Table, func, inspect, select, text

from portal.app import create_app
from portal.core.db import Id, Instant, Model, db
from tests.conftest import settings_for
from tests.factories import Estate


def counts() -> dict[str, int]:
    with db.engine.connect() as connection:
        return {
            t.name: connection.scalar(select(func.count()).select_from(t)) or 0 for t in Model.metadata.sorted_tables
        }


def ours(thing: Any, name: str | None, kind: str, reflected: bool, other: Any) -> bool:
    return not (name or "").startswith(("search_fts", "ix_search_row_pairs"))


def drift(metadata: MetaData) -> list[Any]:
    with db.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "include_object": ours})
        return list(compare_metadata(context, metadata))


def test_migrations_end_where_the_models_are(app: Flask) -> None:
    assert drift(Model.metadata) == []


def test_a_missing_foreign_key_is_seen(app: Flask) -> None:
    from sqlalchemy import Column, ForeignKeyConstraint

    planted = MetaData(naming_convention=Model.metadata.naming_convention)
    for table in Model.metadata.sorted_tables:
        table.to_metadata(planted)
    event: Table = planted.tables["event"]
    assert isinstance(event.c.by_id, Column)
    event.append_constraint(ForeignKeyConstraint(["by_id"], ["staff.id"], name="fk_event_by_id"))
    assert any("fk" in str(change[0]) for change in drift(planted) if isinstance(change, tuple))


def schema() -> dict[str, Any]:
    """Tables, columns, keys, checks and indexes as the database itself tells them."""
    seen = inspect(db.engine)
    found = {}
    for table in sorted(seen.get_table_names()):
        if table.startswith(("search_fts", "alembic")):
            continue
        found[table] = {
            "columns": sorted((c["name"], str(c["type"]), c["nullable"]) for c in seen.get_columns(table)),
            "keys": sorted(
                (k["name"] or "", tuple(k["constrained_columns"]), k["referred_table"])
                for k in seen.get_foreign_keys(table)
            ),
            "unique": sorted((u["name"] or "", tuple(u["column_names"])) for u in seen.get_unique_constraints(table)),
            "checks": sorted(c["name"] or "" for c in seen.get_check_constraints(table)),
            "indexes": sorted(
                (i["name"] or "", tuple(map(str, i["column_names"])), bool(i["unique"]))
                for i in seen.get_indexes(table)
                if not (i["name"] or "").startswith("ix_search_row_pairs")
            ),
        }
    return found


def test_the_migrated_schema_equals_the_one_made_from_the_models(
    app: Flask, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    migrated = schema()
    with db.engine.execution_options(writes=True).begin() as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(text("DROP SCHEMA public CASCADE"))
            connection.execute(text("CREATE SCHEMA public"))
            Model.metadata.create_all(connection)
    if db.engine.dialect.name == "sqlite":
        other = create_app(settings_for(tmp_path / "other", f"sqlite:///{tmp_path}/other/portal.sqlite"))
        with other.app_context():
            with db.engine.execution_options(writes=True).begin() as connection:
                Model.metadata.create_all(connection)
            made = schema()
            db.engine.dispose()
    else:
        made = schema()
    assert migrated == made


def test_up_down_and_up_again_keeps_every_row_of_the_steps_before_the_last(app: Flask, estate: Estate) -> None:
    before = counts()
    assert before["household"] > 5
    db.session.remove()
    downgrade(revision="base")
    assert "household" not in inspect(db.engine).get_table_names()
    upgrade()
    assert set(counts()) == set(before)
    assert not any(counts().values())


def test_no_foreign_key_deletes_children_by_itself() -> None:
    for table in Model.metadata.sorted_tables:
        for key in table.foreign_keys:
            assert key.ondelete is None, f"{table.name}.{key.parent.name}"


def test_only_our_own_column_types_hold_times_and_ids() -> None:
    from sqlalchemy import DateTime, LargeBinary, Uuid

    for table in Model.metadata.sorted_tables:
        for column in table.columns:
            assert type(column.type) not in (DateTime, Uuid, LargeBinary), f"{table.name}.{column.name}"
            if column.name == "id":
                assert isinstance(column.type, Id), table.name
            if column.name.endswith("_at"):
                assert isinstance(column.type, Instant), f"{table.name}.{column.name}"
