"""Records handed up together: one signature a record, what has moved is left out and named, one may be taken out."""

from datetime import timedelta
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import select

from portal.core.audit import Event
from portal.core.db import db
from portal.core.facts import ReceivedFact
from portal.domain.refusals import Refused
from portal.signoff import bundles, queries, service
from portal.signoff.models import BundleLine, Signature
from portal.visits.models import Visit
from portal.visits.service import record_visits
from tests.factories import AT, Estate
from tests.facts import attempt_body, opinion, received, visit_body

LATER = AT + timedelta(hours=1)


@pytest.fixture
def handed_in(estate: Estate) -> list[ReceivedFact]:
    facts = [
        received(estate, visit_body(estate), room="101"),
        received(estate, visit_body(estate, opinions=[opinion(kind="complaint", answered_at_once="yes", answered_with="已安抚")]), room="102"),
        received(estate, attempt_body(estate, outcome="refused"), form="attempt@1", room="103"),
    ]  # fmt: skip
    record_visits(facts, by=estate.actor("field_staff"), at=AT)
    return facts


def bundle_up(estate: Estate, facts: list[ReceivedFact], login: str = "field_staff") -> UUID:
    return bundles.make_bundle([fact.id for fact in facts], by=estate.actor(login), at=AT).id


def statuses(facts: list[ReceivedFact]) -> list[str]:
    db.session.expire_all()
    return [db.session.get_one(Visit, fact.id).status for fact in facts]


def refused(code: str) -> "pytest.RaisesExc[Refused]":
    return pytest.raises(Refused, check=lambda why: why.code == code)


def test_the_cover_sheet_counts_what_the_signer_must_know(
    app: Flask, estate: Estate, handed_in: list[ReceivedFact]
) -> None:
    cover = bundles.make_bundle([f.id for f in handed_in], by=estate.actor("field_staff"), at=AT).cover
    assert (cover["records"], cover["late"], cover["corrected"]) == (3, 0, 0)
    counts = cover["counts"]
    assert (counts["visits"], counts["met"], counts["outcome_refused"], counts["opinions"]) == (3, 2, 1, 3)
    assert (counts["opinion_complaint"], counts["answered"], counts["exceptions"]) == (1, 1, 2)


def test_signing_a_bundle_signs_each_record_on_its_own_chain(
    app: Flask, estate: Estate, handed_in: list[ReceivedFact]
) -> None:
    bundle = bundle_up(estate, handed_in)
    for step, role in enumerate(("supervisor", "manager", "director"), 1):
        assert [b.id for b in queries.bundles_waiting(db.session(), estate.actor(role))] == [bundle]
        done = bundles.sign_bundle(bundle, by=estate.actor(role), at=LATER, step=step)
        assert (len(done.signed), done.left_out) == (3, [])
    assert statuses(handed_in) == ["closed"] * 3
    marked = db.session.scalars(select(Signature.bundle_id)).all()
    assert marked == [bundle] * 9


def test_a_record_that_has_moved_is_left_out_and_named(
    app: Flask, estate: Estate, handed_in: list[ReceivedFact]
) -> None:
    bundle = bundle_up(estate, handed_in)
    moved = handed_in[1]
    service.sign([(moved.id, 1, 1)], by=estate.actor("second_supervisor"), at=LATER)
    done = bundles.sign_bundle(bundle, by=estate.actor("supervisor"), at=LATER, step=1)
    assert done.signed == [handed_in[0].id, handed_in[2].id]
    assert [(x.record_id, x.code) for x in done.left_out] == [(moved.id, "signoff.stale")]
    assert statuses(handed_in) == ["signed_1"] * 3
    done = bundles.sign_bundle(bundle, by=estate.actor("manager"), at=LATER, step=2)
    assert (done.signed, done.left_out) == ([handed_in[0].id, handed_in[2].id], [])
    told = db.session.scalars(select(Event).where(Event.name == "signoff:bundle:signed").order_by(Event.id)).all()
    assert [event.changes["left_out"] for event in told] == [{str(moved.id): "signoff.stale"}, {}]


def test_a_record_may_be_set_aside(app: Flask, estate: Estate, handed_in: list[ReceivedFact]) -> None:
    bundle = bundle_up(estate, handed_in)
    aside = handed_in[2].id
    done = bundles.sign_bundle(bundle, by=estate.actor("supervisor"), at=LATER, without=[aside])
    assert [(x.record_id, x.code) for x in done.left_out] == [(aside, "signoff.set_aside")]
    assert statuses(handed_in) == ["signed_1", "signed_1", "received"]
    assert service.sign([(aside, 1, 1)], by=estate.actor("supervisor"), at=LATER).signed == [aside]


def test_one_record_is_taken_out_and_the_rest_goes_on(
    app: Flask, estate: Estate, handed_in: list[ReceivedFact]
) -> None:
    bundle = bundle_up(estate, handed_in)
    out = handed_in[0].id
    bundles.take_out(
        bundle,
        out,
        1,
        comment="少一张照片",
        field_comments={"/body/photos": "请补"},
        by=estate.actor("supervisor"),
        at=LATER,
    )
    assert statuses(handed_in) == ["returned", "received", "received"]
    [back] = queries.returned_to(db.session(), estate.staff["field_staff"])
    assert (back.record_id, back.field_comments) == (out, {"/body/photos": "请补"})
    done = bundles.sign_bundle(bundle, by=estate.actor("supervisor"), at=LATER, step=1)
    assert (len(done.signed), done.left_out) == (2, [])
    assert out not in db.session.scalars(select(BundleLine.record_id)).all()
    with refused("signoff.unknown"):
        bundles.take_out(bundle, out, 1, comment="再退", by=estate.actor("supervisor"), at=LATER)


def test_a_bundle_is_signed_once_a_step_by_who_holds_it(
    app: Flask, estate: Estate, handed_in: list[ReceivedFact]
) -> None:
    bundle = bundle_up(estate, handed_in)
    with refused("signoff.not_your_step"):
        bundles.sign_bundle(bundle, by=estate.actor("manager"), at=LATER, step=1)
    bundles.sign_bundle(bundle, by=estate.actor("supervisor"), at=LATER, step=1)
    with refused("signoff.stale"):
        bundles.sign_bundle(bundle, by=estate.actor("second_supervisor"), at=LATER, step=1)
    with refused("signoff.unknown"):
        bundles.sign_bundle(bundle, by=estate.actor("other_supervisor"), at=LATER, step=2)
    assert statuses(handed_in) == ["signed_1"] * 3


def test_what_does_not_belong_together_is_not_bundled(
    app: Flask, estate: Estate, handed_in: list[ReceivedFact]
) -> None:
    ids = [fact.id for fact in handed_in]
    with refused("signoff.bundle_empty"):
        bundles.make_bundle([], by=estate.actor("supervisor"), at=AT)
    with refused("signoff.unknown"):
        bundles.make_bundle(ids, by=estate.actor("other_supervisor"), at=AT)
    with refused("signoff.not_author"):
        bundles.make_bundle(ids, by=estate.actor("second_field_staff"), at=AT)
    service.sign([(ids[0], 1, 1)], by=estate.actor("supervisor"), at=LATER)
    with refused("signoff.bundle_mixed"):
        bundles.make_bundle(ids, by=estate.actor("supervisor"), at=AT)
    bundle_up(estate, handed_in[1:], "supervisor")
    with refused("signoff.bundled"):
        bundles.make_bundle(ids[1:2], by=estate.actor("supervisor"), at=AT)


def test_the_author_of_one_record_signs_the_others(app: Flask, estate: Estate, handed_in: list[ReceivedFact]) -> None:
    own = received(estate, visit_body(estate, "supervisor"), author="supervisor", room="201")
    record_visits([own], by=estate.actor("supervisor"), at=AT)
    bundle = bundle_up(estate, [*handed_in, own], "supervisor")
    done = bundles.sign_bundle(bundle, by=estate.actor("supervisor"), at=LATER, step=1)
    assert len(done.signed) == 3
    assert [(x.record_id, x.code) for x in done.left_out] == [(own.id, "signoff.author")]
