"""An opinion moves only by the table, and always with its event, its household's count and a change number."""

from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import func, select

from portal.accounts.models import PolicyValue
from portal.core.audit import Event
from portal.core.changes import newest
from portal.core.db import db, writing
from portal.domain.lives import OpinionAction
from portal.domain.refusals import Refused
from portal.households.models import Household
from portal.opinions import life
from portal.opinions.models import Opinion
from portal.visits.service import record_visits
from tests.factories import AT, DAY, Estate
from tests.facts import opinion, received, visit_body

A = OpinionAction


@pytest.fixture
def raised(estate: Estate) -> UUID:
    one = opinion()
    record_visits([received(estate, visit_body(estate, opinions=[one]))], by=estate.actor("field_staff"), at=AT)
    return UUID(one["id"])


def do(estate: Estate, raised: UUID, *actions: A) -> tuple[str, int, int]:
    """Status, round and revision after the actions."""
    with writing() as session:
        kept = session.get_one(Opinion, raised)
        for action in actions:
            life.move(session, kept, action, by=estate.staff["supervisor"], at=AT, why="test")
        return kept.status, kept.round, kept.revision


def open_opinions(estate: Estate) -> int:
    db.session.expire_all()
    return db.session.get_one(Household, estate.households["101"]).open_opinions


def test_a_whole_life_with_a_second_round(app: Flask, estate: Estate, raised: UUID) -> None:
    first = (A.CLASSIFY, A.ASSIGN, A.MEASURE, A.COMPLETE)
    assert do(estate, raised, *first) == ("done", 1, 5)
    assert do(estate, raised, A.AGAIN) == ("assigned", 2, 6)
    assert open_opinions(estate) == 1
    assert do(estate, raised, A.MEASURE, A.COMPLETE, A.SATISFY) == ("satisfied", 2, 9)
    assert open_opinions(estate) == 0
    assert do(estate, raised, A.AGAIN) == ("assigned", 3, 10)
    assert open_opinions(estate) == 1
    events = db.session.scalars(select(Event).where(Event.subject_id == raised).order_by(Event.id)).all()
    assert [e.name.rpartition(":")[2] for e in events] == [
        "received", "classified", "assigned", "measured", "completed", "reopened", "measured", "completed", "satisfied",
        "reopened",
    ]  # fmt: skip
    assert events[-1].changes == {"from": "satisfied", "status": "assigned", "round": 3, "why": "test"}


def test_what_the_table_does_not_know_changes_nothing(app: Flask, estate: Estate, raised: UUID) -> None:
    before = newest(db.session(), estate.office_id)
    with pytest.raises(Refused) as why:
        do(estate, raised, A.SATISFY)
    assert why.value.code == "opinion.not_now"
    assert newest(db.session(), estate.office_id) == before
    assert db.session.scalar(select(func.count()).where(Event.subject_id == raised)) == 1


def test_the_exit_opens_after_the_rounds_that_the_office_allows(app: Flask, estate: Estate, raised: UUID) -> None:
    do(estate, raised, A.CLASSIFY, A.ASSIGN, A.MEASURE, A.COMPLETE)
    with pytest.raises(Refused) as why:
        do(estate, raised, A.EXIT)
    assert why.value.code == "opinion.rounds_left"
    with writing() as session:
        session.add(
            PolicyValue(
                office_id=estate.office_id, field="rounds_before_exit", value="1", effective_from=DAY, source="office"
            )
        )
    assert do(estate, raised, A.EXIT)[0] == "exited"
    assert open_opinions(estate) == 0


def test_each_move_is_told_to_the_tablets(app: Flask, estate: Estate, raised: UUID) -> None:
    before = newest(db.session(), estate.office_id)
    do(estate, raised, A.CLASSIFY)
    db.session.expire_all()
    assert newest(db.session(), estate.office_id) == before + 1


def test_a_complaint_goes_its_own_way(app: Flask, estate: Estate) -> None:
    one = opinion(kind="complaint")
    record_visits([received(estate, visit_body(estate, opinions=[one]))], by=estate.actor("field_staff"), at=AT)
    raised = UUID(one["id"])
    with pytest.raises(Refused):
        do(estate, raised, A.CLASSIFY, A.ASSIGN)
    steps = (A.CLASSIFY, A.ACKNOWLEDGE, A.JUDGE, A.INVESTIGATE, A.ASSIGN, A.PROPOSE, A.ANSWER, A.COMPLETE, A.SATISFY)
    assert do(estate, raised, *steps)[0] == "satisfied"
