"""Opinions raised outside a visit: one contact, any number of opinions, on the register."""

from datetime import timedelta
from uuid import UUID

from flask import Flask
from sqlalchemy import select

from portal.core import search
from portal.core.changes import Change
from portal.core.db import db, writing
from portal.core.facts import Problem, ReceivedFact
from portal.core.ids import new_id
from portal.core.storage import Attachment
from portal.households.models import Household
from portal.opinions.intake import OPINIONS
from portal.opinions.models import Contact, Opinion
from portal.opinions.rows import contact_id_of
from tests.factories import Estate
from tests.facts import opinion, received, uploaded


def raised(estate: Estate, *opinions: dict[str, object], **changed: object) -> ReceivedFact:
    body = {
        "channel": "phone",
        "resident_name": "李女士",
        "phone": "139 1234 5678",
        "opinions": list(opinions) or [opinion()],
    }
    attachments = changed.pop("attachments", None)
    subject = changed.pop("subject", None)
    return received(
        estate,
        {**body, **changed},
        kind="opinion",
        form="opinion@1",
        author="front_desk",
        attachments=attachments,
        subject=subject,
    )  # type: ignore[arg-type]


def record(*facts: ReceivedFact) -> None:
    with writing() as session:
        assert not OPINIONS.problems(session, facts)
        OPINIONS.apply(session, facts)


def test_a_call_is_one_contact_with_its_opinions(app: Flask, estate: Estate) -> None:
    fact = raised(estate, opinion(), opinion(kind="complaint", content="停车费太贵", remedy_sought="退费"))
    record(fact)
    contact = db.session.get_one(Contact, contact_id_of(fact.id))
    assert (contact.channel, contact.person, contact.phone) == ("phone", "李女士", "139 1234 5678")
    opinions = db.session.scalars(select(Opinion).order_by(Opinion.kind)).all()
    assert [(o.kind, o.status, o.remedy_sought, o.contact_id) for o in opinions] == [
        ("complaint", "received", "退费", contact.id),
        ("repair", "received", "", contact.id),
    ]
    assert db.session.get_one(Household, estate.households["101"]).open_opinions == 2
    assert search.find(db.session(), [estate.office_id], "opinion", "停車費") == [opinions[0].id]
    told = db.session.scalars(select(Change.record_id).where(Change.kind == "household")).all()
    assert told[-1] == estate.households["101"]


def test_photos_of_a_call_belong_to_the_contact(app: Flask, estate: Estate) -> None:
    photo = uploaded(estate, b"a leak")
    fact = raised(estate, opinion(photos=[photo["sha256"]]), attachments=[photo])
    record(fact)
    assert db.session.scalars(select(Attachment.owner_id)).one() == contact_id_of(fact.id)


def test_what_is_wrong_is_named(app: Flask, estate: Estate) -> None:
    foreign = raised(estate, subject=estate.foreign_household_id)
    empty = raised(estate, opinions=[])
    named = opinion(department=str(new_id()))
    department = raised(estate, named)
    with writing() as session:
        found = OPINIONS.problems(session, [foreign, empty, department])
    assert found[foreign.id] == [Problem("/subject", "unknown_subject")]
    assert found[empty.id] == [Problem("/body/opinions", "required")]
    where = f"/body/opinions/{named['id']}/department"
    assert found[department.id] == [Problem(where, "unknown_reference", {"of": "department"})]


def test_a_fact_applied_late_is_handed_on_from_that_moment(app: Flask, estate: Estate) -> None:
    from portal.core.audit import Event

    fact = raised(estate)
    late = fact.received_at + timedelta(days=3)
    with writing() as session:
        OPINIONS.apply(session, [fact], at=late)
    own = UUID(fact.body["opinions"][0]["id"])
    assert db.session.scalars(select(Event.at).where(Event.subject_id == own)).one() == late
    assert db.session.get_one(Opinion, own).raised_at == fact.occurred_at
