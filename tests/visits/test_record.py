"""One visit with everything around it, as its page shows it."""

from datetime import timedelta
from uuid import UUID

from flask import Flask

from portal.core import search
from portal.core.db import db
from portal.core.registry import registry
from portal.signoff import service as signoff
from portal.visits.queries import record_of, texts
from portal.visits.service import record_visits
from tests.factories import AT, Estate
from tests.facts import correction_body, opinion, received, uploaded, visit_body

LATER = AT + timedelta(hours=1)


def test_a_record_brings_opinions_photos_signatures_history_and_changes(app: Flask, estate: Estate) -> None:
    photo = uploaded(estate, b"photo")
    raised = [opinion(content="第一条"), opinion(content="第二条")]
    body = visit_body(estate, opinions=raised, photos=[photo["sha256"]])
    fact = received(estate, body, attachments=[photo])
    by = estate.actor("field_staff")
    record_visits([fact], by=by, at=AT)
    signoff.send_back(fact.id, 1, comment="补备注", by=estate.actor("supervisor"), at=LATER)
    fixed = received(
        estate,
        correction_body(body, "补了", remark="下午在家"),
        kind="correction",
        form="correction@1",
        subject=fact.id,
        occurred_at=LATER,
    )
    record_visits([fixed], by=by, at=LATER + timedelta(minutes=5))
    record = record_of(db.session(), estate.office_id, fact.id)
    assert record
    assert [str(o.id) for o in record.opinions] == [o["id"] for o in raised]
    assert record.attachment(photo["sha256"]) is not None
    assert [(s.decision, s.comment) for s in record.signatures] == [("returned", "补备注")]
    assert [(line.name, line.by_name) for line in record.history] == [
        ("signoff:visit:submitted", "field_staff 王"),
        ("signoff:visit:returned", "supervisor 王"),
        ("signoff:visit:corrected", "field_staff 王"),
    ]
    assert {d.field for d in record.changes[0].differences} == {"/corrected", "/remark"}
    assert record.document.name == "visit@1"
    assert record.people == {by.id: "field_staff 王"}
    assert record.approval and record.approval.revision == 2
    assert search.matches("下午在家 101", *texts(record.visit))


def test_another_offices_record_is_not_there(app: Flask, estate: Estate) -> None:
    fact = received(estate, visit_body(estate))
    record_visits([fact], by=estate.actor("field_staff"), at=AT)
    assert record_of(db.session(), estate.other_office_id, fact.id) is None


def test_a_visit_is_told_in_a_list_by_its_door(app: Flask, estate: Estate) -> None:
    fact = received(estate, visit_body(estate))
    record_visits([fact], by=estate.actor("field_staff"), at=AT)
    told: dict[UUID, object] = dict(registry().signoff["visit"].describe(db.session(), [fact.id]))
    line = registry().signoff["visit"].describe(db.session(), [fact.id])[fact.id]
    assert list(told) == [fact.id]
    assert line.title == "1栋1单元 101 Regular visit"
    assert line.note == "5 March 2026 · field_staff 王 · Met"
    assert line.url == f"/desk/visits/{fact.id}"
