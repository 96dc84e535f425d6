"""Rows written past the ORM are the rows it would have written."""

from datetime import UTC, datetime, timedelta, timezone
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import bindparam, select, update

from portal.core import bulk
from portal.core.audit import Event
from portal.core.db import db, writing
from portal.core.ids import new_id
from tests.factories import Estate

AT = datetime(2026, 3, 5, 10, 24, 0, 123_000, tzinfo=timezone(timedelta(hours=8)))


def row(estate: Estate, **changed: object) -> dict[str, object]:
    return {
        "office_id": estate.office_id, "id": new_id(), "name": "test:row:made", "subject_id": new_id(), "by_id": None,
        "at": AT, "changes": {"z": 1, "a": "\x00楼"}, **changed,
    }  # fmt: skip


def test_every_type_comes_back_as_it_went(app: Flask, estate: Estate) -> None:
    rows = [row(estate), row(estate, by_id=estate.staff["qa"])]
    with writing() as session:
        bulk.put(session, Event, rows)
        bulk.put(session, Event, [])
    for given in rows:
        kept = db.session.get_one(Event, (given["id"]))
        assert {name: getattr(kept, name) for name in given} == given
        assert kept.at.tzinfo == UTC


def test_an_update_runs_for_each_row(app: Flask, estate: Estate) -> None:
    rows = [row(estate), row(estate)]
    statement = update(Event.__table__).where(Event.__table__.c.id == bindparam("of")).values(by_id=bindparam("who"))  # type: ignore[arg-type]
    with writing() as session:
        bulk.put(session, Event, rows)
        bulk.many(session, statement, [{"of": r["id"], "who": estate.staff["qa"]} for r in rows])
    assert set(db.session.scalars(select(Event.by_id).where(Event.name == "test:row:made"))) == {estate.staff["qa"]}


def test_a_naive_time_is_refused(app: Flask, estate: Estate) -> None:
    with pytest.raises(ValueError, match="offset"), writing() as session:
        bulk.put(session, Event, [row(estate, at=datetime(2026, 3, 5))])  # noqa: DTZ001


def test_ids_made_later_are_larger_and_of_version_7() -> None:
    made = [new_id() for _ in range(5_000)]
    assert made == sorted(made) and len(set(made)) == len(made)
    assert all(isinstance(own, UUID) and own.version == 7 and own.variant == "specified in RFC 4122" for own in made)
