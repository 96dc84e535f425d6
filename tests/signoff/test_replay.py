"""The stored status is what the events say: whatever was done, replaying them comes to the same."""

import random
from datetime import datetime, timedelta
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import select

from portal.core.audit import Event
from portal.core.db import db, writing
from portal.core.facts import ReceivedFact
from portal.domain.lives import SETTLED, OpinionAction
from portal.domain.refusals import Refused
from portal.households.models import Household
from portal.opinions import life
from portal.opinions.models import Opinion
from portal.signoff import ledger, service
from portal.signoff.models import Approval
from portal.signoff.steps import state_of
from portal.visits.models import Visit
from portal.visits.service import record_visits
from tests.factories import AT, Estate
from tests.facts import correction_body, opinion, received, visit_body

SIGNERS = ("supervisor", "second_supervisor", "manager", "director", "field_staff", "other_supervisor")


class Walk:
    """People doing things in no order; what a rule forbids is refused and must leave no trace."""

    def __init__(self, estate: Estate, seed: int) -> None:
        self.estate, self.chance, self.at = estate, random.Random(seed), AT
        self.visits: dict[UUID, ReceivedFact] = {}

    def tick(self) -> datetime:
        self.at += timedelta(minutes=self.chance.randint(1, 50))
        return self.at

    def visit(self) -> None:
        raised = [
            opinion(
                kind=self.chance.choice(("inquiry", "repair", "complaint", "praise")),
                answered_at_once=self.chance.choice(("yes", "no")), answered_with="已答",
            )
            for _ in range(self.chance.randint(0, 2))
        ]  # fmt: skip
        room = self.chance.choice(("101", "102"))
        checks = self.some_checks(room)
        fact = received(
            self.estate, visit_body(self.estate, opinions=raised, checks=checks), room=room, occurred_at=self.tick()
        )
        record_visits([fact], by=self.estate.actor("field_staff"), at=self.at)
        self.visits[fact.id] = fact

    def some_checks(self, room: str) -> list[dict[str, str]]:
        known = db.session.scalars(select(Opinion.id).where(Opinion.household_id == self.estate.households[room])).all()
        asked = self.chance.sample(sorted(known), min(len(known), 2))
        return [
            {"opinion": str(own), "satisfied": self.chance.choice(("yes", "no")), "remark": "说了"} for own in asked
        ]

    def correct(self) -> None:
        fact = self.chance.choice(list(self.visits.values()))
        body = correction_body(fact.body, "更正", remark=str(self.at))
        fixed = received(
            self.estate, body, kind="correction", form="correction@1", subject=fact.id, occurred_at=self.tick()
        )
        record_visits([fixed], by=self.estate.actor("field_staff"), at=self.at)

    def sign(self) -> None:
        approvals = db.session.scalars(select(Approval).order_by(Approval.id)).all()
        some = self.chance.sample([(a.record_id, a.revision, a.step) for a in approvals], min(len(approvals), 3))
        service.sign(some, by=self.estate.actor(self.chance.choice(SIGNERS)), at=self.tick())

    def send_back(self) -> None:
        approval = self.chance.choice(db.session.scalars(select(Approval).order_by(Approval.id)).all())
        who = self.estate.actor(self.chance.choice(SIGNERS))
        service.send_back(approval.record_id, approval.revision, comment="请更正", by=who, at=self.tick())

    def move(self) -> None:
        known = db.session.scalars(select(Opinion.id).order_by(Opinion.id)).all()
        action = self.chance.choice(list(OpinionAction))
        with writing() as session:
            kept = session.get_one(Opinion, self.chance.choice(known))
            life.move(session, kept, action, by=self.estate.staff["supervisor"], at=self.tick())

    def run(self, steps: int) -> None:
        self.visit()
        doings = (
            self.visit,
            self.correct,
            self.sign,
            self.sign,
            self.sign,
            self.send_back,
            self.move,
            self.move,
            self.move,
        )
        for _ in range(steps):
            try:
                self.chance.choice(doings)()
            except (Refused, IndexError):
                db.session.rollback()


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_replaying_the_events_comes_to_the_stored_status(app: Flask, estate: Estate, seed: int) -> None:
    Walk(estate, seed).run(70)
    db.session.expire_all()
    told: dict[UUID, dict[str, object]] = {}
    for event in db.session.scalars(select(Event).order_by(Event.id)):
        if "status" in event.changes:
            told[event.subject_id] = event.changes
    visits = db.session.scalars(select(Visit)).all()
    assert len({v.status for v in visits}) > 3
    for visit in visits:
        approval = db.session.scalars(select(Approval).where(Approval.record_id == visit.id)).one()
        said = (told[visit.id]["status"], told[visit.id]["revision"])
        assert said == (visit.status, visit.revision) == (state_of(approval), approval.revision)
    opinions = db.session.scalars(select(Opinion)).all()
    assert len({o.status for o in opinions}) > 2
    for kept in opinions:
        assert (told[kept.id]["status"], told[kept.id]["round"]) == (kept.status, kept.round)
    for household in db.session.scalars(select(Household)):
        still = [o for o in opinions if o.household_id == household.id and o.status not in SETTLED]
        assert household.open_opinions == len(still)
    assert ledger.verify(db.session(), estate.office_id).intact
