"""Rows written past the ORM are the rows it would have written."""

import os
from datetime import UTC, datetime, timedelta, timezone
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import bindparam, select, update

from portal.core import bulk, changes
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


_FOUND = (
    select(Event.id, Event.office_id, Event.name, Event.at, Event.changes, Event.by_id)
    .where(
        Event.id.in_(bindparam("ids", expanding=True)), Event.name == "test:row:made", Event.at >= bindparam("since")
    )
    .order_by(Event.id)
)


@pytest.mark.parametrize("asked", [0, 1, 3, 2, 3])
def test_rows_are_read_as_a_session_reads_them_however_many_are_asked_for(
    app: Flask, estate: Estate, asked: int
) -> None:
    rows = [row(estate, changes=[{"n": n}]) for n in range(3)] + [row(estate, name="test:row:other")]
    with writing() as session:
        bulk.put(session, Event, rows)
    ids = [r["id"] for r in rows[:asked]]
    found = bulk.rows(db.session(), _FOUND, ids=ids, since=AT)
    values = {"ids": ids, "since": AT}
    assert found == [tuple(each) for each in db.session.execute(_FOUND, values)] and len(found) == asked
    assert [r.changes for r in found] == [[{"n": n}] for n in range(asked)] and all(r.at.tzinfo == UTC for r in found)
    assert bulk.rows(db.session(), _FOUND, ids=ids, since=AT + timedelta(milliseconds=1)) == []


def test_a_change_gives_its_rows_and_sees_what_the_session_holds(app: Flask, estate: Estate) -> None:
    events: Any = Event.__table__
    statement = (
        update(events).where(events.c.id == bindparam("of")).values(by_id=None).returning(events.c.name, events.c.id)
    )
    given = row(estate)
    with writing() as session:
        session.add(Event(**given))
        assert bulk.rows(session, statement, of=given["id"]) == [("test:row:made", given["id"])]


def test_an_office_locked_in_a_savepoint_is_locked_again_outside(app: Flask, estate: Estate) -> None:
    with writing() as session:
        with session.begin_nested():
            changes.lock(session, [estate.office_id])
        assert estate.office_id not in session.info["held"]
        changes.lock(session, [estate.office_id])
        assert session.info["held"] == {estate.office_id}
    with writing() as session:
        assert session.info["held"] == set(), "each transaction takes its own"


def test_a_forked_process_makes_ids_of_its_own(app: Flask) -> None:
    new_id()
    read, write = os.pipe()
    child = os.fork()
    if child == 0:
        os.write(write, b"".join(new_id().bytes[-7:] for _ in range(50)))
        os._exit(0)
    mine = {new_id().bytes[-7:] for _ in range(50)}
    os.waitpid(child, 0)
    made = os.read(read, 4096)
    os.close(read)
    os.close(write)
    theirs = {made[at : at + 7] for at in range(0, len(made), 7)}
    assert len(mine) == len(theirs) == 50 and not mine & theirs


def test_a_naive_time_is_refused(app: Flask, estate: Estate) -> None:
    with pytest.raises(ValueError, match="offset"), writing() as session:
        bulk.put(session, Event, [row(estate, at=datetime(2026, 3, 5))])  # noqa: DTZ001


def test_ids_made_later_are_larger_and_of_version_7() -> None:
    made = [new_id() for _ in range(5_000)]
    assert made == sorted(made) and len(set(made)) == len(made)
    assert all(isinstance(own, UUID) and own.version == 7 and own.variant == "specified in RFC 4122" for own in made)
