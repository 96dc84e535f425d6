"""What a visit's fact makes, and what it must not make."""

from datetime import timedelta

from flask import Flask
from sqlalchemy import select

from portal.core import search
from portal.core.db import db
from portal.households.models import Household
from portal.opinions.models import Contact, Opinion
from portal.signoff.models import Approval, Revision
from portal.visits.models import Visit
from portal.visits.service import record_visits
from tests.factories import AT, DAY, Estate
from tests.facts import received, visit_body


def record(estate: Estate, *facts, author="field_staff"):
    return record_visits(facts, by=estate.actor(author), at=AT + timedelta(minutes=1))


def test_a_visit_brings_its_contact_its_opinions_and_waits_for_the_supervisor(app: Flask, estate: Estate) -> None:
    fact = received(estate, visit_body(estate))
    record(estate, fact)
    session = db.session()
    visit = session.get_one(Visit, fact.id)
    assert (visit.status, visit.outcome, visit.method, visit.met_name) == ("received", "met", "door", "陈文")
    contact = session.get_one(Contact, visit.contact_id)
    assert (contact.channel, contact.person) == ("visit", "陈文")
    raised = session.scalars(select(Opinion).order_by(Opinion.content)).all()
    assert {o.content for o in raised} == {"电梯夜间有异响", "楼道灯太暗"}
    assert {o.status for o in raised} == {"received"}
    approval = session.scalars(select(Approval)).one()
    assert (approval.waiting_role, approval.step, approval.chain) == ("supervisor", 1, ["supervisor", "manager", "director"])
    household = session.get_one(Household, estate.households["101"])
    assert (household.last_visit_on, household.open_opinions) == (DAY, 2)
    assert session.scalars(select(Revision.content)).one() == fact.content
    assert search.find(session, [estate.office_id], "visit", "異響") == [fact.id]
