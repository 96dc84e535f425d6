"""A record on its way: signed in order, returned with a reason, corrected, signed again from the first step."""

import threading
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from portal.core.changes import Change
from portal.core.db import db, writing
from portal.core.facts import ReceivedFact
from portal.core.ids import new_id
from portal.domain.refusals import Refused
from portal.signoff import queries, service
from portal.signoff.models import Approval, Signature
from portal.visits.models import Visit
from portal.visits.service import record_visits
from tests.factories import AT, DAY, Estate
from tests.facts import correction_body, received, visit_body

LATER = AT + timedelta(hours=1)


def record(estate: Estate, *facts: ReceivedFact, author: str = "field_staff") -> None:
    record_visits(facts, by=estate.actor(author), at=AT)


def sign(estate: Estate, login: str, fact: ReceivedFact, revision: int = 1, step: int = 1) -> service.Outcome:
    return service.sign([(fact.id, revision, step)], by=estate.actor(login), at=LATER)


def status(fact: ReceivedFact) -> tuple[str, int]:
    db.session.expire_all()
    visit = db.session.get_one(Visit, fact.id)
    return visit.status, visit.revision


@pytest.fixture
def visit(estate: Estate) -> ReceivedFact:
    fact = received(estate, visit_body(estate))
    record(estate, fact)
    return fact


def test_a_record_is_signed_in_order_and_closed(app: Flask, estate: Estate, visit: ReceivedFact) -> None:
    for step, (role, after) in enumerate(
        [("supervisor", "signed_1"), ("manager", "signed_2"), ("director", "closed")], 1
    ):
        assert [a.record_id for a in queries.waiting_for(db.session(), estate.actor(role))] == [visit.id]
        assert sign(estate, role, visit, step=step).signed == [visit.id]
        assert status(visit) == (after, 1)
        assert not queries.waiting_for(db.session(), estate.actor(role))
    assert [s.role for s in queries.signatures_of(db.session(), visit.id)] == ["supervisor", "manager", "director"]
    assert sign(estate, "director", visit, step=3).left_out[0].code == "signoff.stale"


def test_a_returned_record_comes_back_to_its_author_and_starts_again(
    app: Flask, estate: Estate, visit: ReceivedFact
) -> None:
    sign(estate, "supervisor", visit)
    where = f"/body/opinions/{visit.body['opinions'][0]['id']}/content"
    service.send_back(
        visit.id,
        1,
        comment="照片是另一户的",
        field_comments={where: "请写明楼层"},
        by=estate.actor("manager"),
        at=LATER,
    )
    assert status(visit) == ("returned", 1)
    [back] = queries.returned_to(db.session(), estate.staff["field_staff"])
    assert (back.comment, back.field_comments, back.by_name) == ("照片是另一户的", {where: "请写明楼层"}, "manager 王")
    assert sign(estate, "manager", visit, step=2).left_out[0].params["state"] == "returned"

    body = correction_body(visit.body, "写明了楼层", remark="三楼")
    fixed = received(estate, body, kind="correction", form="correction@1", subject=visit.id, base=1)
    record(estate, fixed)
    assert status(visit) == ("corrected", 2)
    assert not queries.returned_to(db.session(), estate.staff["field_staff"])
    assert sign(estate, "manager", visit, revision=2).left_out[0].code == "signoff.not_your_step"
    for step, role in enumerate(("supervisor", "manager", "director"), 1):
        assert sign(estate, role, visit, revision=2, step=step).signed
    assert status(visit) == ("closed", 2)
    first, returned, *_ = queries.signatures_of(db.session(), visit.id)
    assert (first.decision, returned.decision) == ("signed", "returned")
    assert {d.field for d in first.changed_since} == {"/corrected", "/remark"}


def test_nobody_signs_or_returns_their_own_record(app: Flask, estate: Estate) -> None:
    own = received(estate, visit_body(estate, "supervisor"), author="supervisor")
    record(estate, own, author="supervisor")
    assert not queries.waiting_for(db.session(), estate.actor("supervisor"))
    assert sign(estate, "supervisor", own).left_out[0].code == "signoff.author"
    with pytest.raises(Refused) as why:
        service.send_back(own.id, 1, comment="自己退回", by=estate.actor("supervisor"), at=LATER)
    assert why.value.code == "signoff.author"
    assert sign(estate, "second_supervisor", own).signed == [own.id]


def test_a_step_that_only_its_author_holds_goes_one_level_up_visibly(app: Flask, estate: Estate) -> None:
    own = received(estate, visit_body(estate, "manager"), author="manager")
    record(estate, own, author="manager")
    sign(estate, "supervisor", own)
    [waiting] = queries.waiting_for(db.session(), estate.actor("director"))
    assert (waiting.record_id, waiting.step, waiting.waiting_role) == (own.id, 2, "director")
    assert sign(estate, "director", own, step=2).signed == [own.id]
    raised = queries.signatures_of(db.session(), own.id)[-1]
    assert (raised.role, raised.raised) == ("director", True)


def test_a_new_colleague_takes_the_step_that_had_gone_up(app: Flask, estate: Estate) -> None:
    from portal.accounts import service as accounts
    from portal.accounts.models import Staff

    own = received(estate, visit_body(estate, "manager"), author="manager")
    record(estate, own, author="manager")
    sign(estate, "supervisor", own)
    with writing() as session:
        deputy = session.get_one(Staff, estate.staff["second_supervisor"])
        accounts.grant_role(session, deputy, "manager", estate.office_id, from_day=DAY, at=LATER, by=None)
    [waiting] = queries.waiting_for(db.session(), estate.actor("second_supervisor"))
    assert (waiting.record_id, waiting.waiting_role) == (own.id, "manager")


def test_another_office_finds_nothing_to_sign(app: Flask, estate: Estate, visit: ReceivedFact) -> None:
    unknown = received(estate, visit_body(estate))
    theirs, none = sign(estate, "other_supervisor", visit), sign(estate, "other_supervisor", unknown)
    assert [(x.code, x.params) for x in theirs.left_out] == [(x.code, x.params) for x in none.left_out]
    assert theirs.left_out[0].code == "signoff.unknown"
    with pytest.raises(Refused) as why:
        service.send_back(visit.id, 1, comment="不是我们的", by=estate.actor("other_supervisor"), at=LATER)
    assert why.value.code == "signoff.unknown"
    assert not queries.waiting_for(db.session(), estate.actor("other_supervisor"))
    assert status(visit) == ("received", 1)


def test_a_step_belongs_to_its_role(app: Flask, estate: Estate, visit: ReceivedFact) -> None:
    for login in ("manager", "field_staff", "second_field_staff", "qa"):
        expected = "signoff.author" if login == "field_staff" else "signoff.not_your_step"
        assert sign(estate, login, visit).left_out[0].code == expected
    assert sign(estate, "supervisor", visit, step=2).left_out[0].code == "signoff.stale"
    assert sign(estate, "supervisor", visit, revision=2).left_out[0].code == "signoff.stale"


def test_a_record_is_not_returned_without_a_reason(app: Flask, estate: Estate, visit: ReceivedFact) -> None:
    with pytest.raises(Refused) as why:
        service.send_back(visit.id, 1, comment="  ", by=estate.actor("supervisor"), at=LATER)
    assert (why.value.code, why.value.field) == ("signoff.comment_needed", "comment")


def test_a_record_whose_photos_are_under_way_waits(app: Flask, estate: Estate) -> None:
    partial = received(estate, visit_body(estate), complete=False)
    record(estate, partial)
    assert sign(estate, "supervisor", partial).left_out[0].code == "signoff.incomplete"
    with writing() as session:
        service.mark_complete(session, [partial.id])
    assert sign(estate, "supervisor", partial).signed == [partial.id]


def test_a_list_is_signed_but_for_what_cannot_be(app: Flask, estate: Estate) -> None:
    facts = [received(estate, visit_body(estate), room=room) for room in ("101", "102", "103")]
    record(estate, *facts)
    sign(estate, "second_supervisor", facts[1])
    done = service.sign([(f.id, 1, 1) for f in facts], by=estate.actor("supervisor"), at=LATER)
    assert done.signed == [facts[0].id, facts[2].id]
    [left] = done.left_out
    assert (left.record_id, left.code, left.params["state"]) == (facts[1].id, "signoff.stale", "signed_1")


def test_of_two_who_sign_at_once_one_wins_and_the_other_is_told(
    app: Flask, estate: Estate, visit: ReceivedFact
) -> None:
    actors = [estate.actor("supervisor"), estate.actor("second_supervisor")]
    db.session.rollback()
    gate = threading.Barrier(2)
    outcomes: list[Any] = []

    def press(actor: Any) -> None:
        with app.app_context():
            gate.wait()
            outcomes.append(service.sign([(visit.id, 1, 1)], by=actor, at=LATER))
            db.session.remove()

    threads = [threading.Thread(target=press, args=(actor,)) for actor in actors]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    won, lost = sorted(outcomes, key=lambda o: len(o.left_out))
    assert won.signed == [visit.id]
    assert [(x.code, x.params["step"], x.params["state"]) for x in lost.left_out] == [("signoff.stale", 2, "signed_1")]
    assert len(db.session.scalars(select(Signature)).all()) == 1
    assert status(visit) == ("signed_1", 1)


def test_the_database_itself_takes_one_signature_a_step(app: Flask, estate: Estate, visit: ReceivedFact) -> None:
    sign(estate, "supervisor", visit)
    approval = db.session.scalars(select(Approval)).one()
    again = Signature(
        id=new_id(), office_id=estate.office_id, approval_id=approval.id, revision=1, step=1, decision="signed",
        role="supervisor", by_id=estate.staff["second_supervisor"], at=LATER,
    )  # fmt: skip
    with pytest.raises(IntegrityError), writing() as session:
        session.add(again)


def test_the_inbox_is_read_page_by_page_longest_waiting_first(app: Flask, estate: Estate) -> None:
    facts = [received(estate, visit_body(estate), room=room, occurred_at=AT + timedelta(minutes=n))
             for n, room in enumerate(("101", "102", "103", "104", "201"))]  # fmt: skip
    for fact in facts:
        record(estate, fact)
    actor, seen, after = estate.actor("supervisor"), [], None
    while page := queries.waiting_for(db.session(), actor, after=after, limit=2):
        seen += [a.record_id for a in page]
        after = (page[-1].waiting_since, page[-1].id)
    assert seen == [fact.id for fact in facts]
    assert queries.waiting_count(db.session(), actor) == 5


def test_a_signature_reaches_the_authors_tablet(app: Flask, estate: Estate, visit: ReceivedFact) -> None:
    numbers = select(Change.seq).where(Change.kind == "own_record", Change.record_id == visit.id)
    before = db.session.scalars(numbers).all()
    sign(estate, "supervisor", visit)
    db.session.expire_all()
    assert db.session.scalars(numbers).one() > before[-1]
