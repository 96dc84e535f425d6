"""A returned visit is corrected by its author; what was signed stays, opinions follow while nobody has acted on them."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import select

from portal.core import search
from portal.core.db import db, writing
from portal.core.facts import Problem, ReceivedFact
from portal.core.ids import new_id
from portal.core.storage import Attachment
from portal.domain.lives import OpinionAction
from portal.households.models import Household
from portal.opinions import life
from portal.opinions.models import Opinion, OpinionCheck
from portal.signoff import service as signoff
from portal.signoff.models import Approval, Revision
from portal.visits.corrections import CORRECTIONS
from portal.visits.models import Visit
from portal.visits.queries import changes_of
from portal.visits.service import record_visits
from tests.factories import AT, DAY, Estate
from tests.facts import attempt_body, correction_body, opinion, received, uploaded, visit_body

LATER = AT + timedelta(hours=2)


def record(estate: Estate, *facts: ReceivedFact, author: str = "field_staff") -> dict[UUID, int]:
    return record_visits(facts, by=estate.actor(author), at=LATER)


def returned(estate: Estate, **changed: Any) -> ReceivedFact:
    fact = received(estate, visit_body(estate, **changed))
    record(estate, fact)
    signoff.send_back(fact.id, 1, comment="请更正", by=estate.actor("supervisor"), at=AT)
    return fact


def correction(estate: Estate, visit: ReceivedFact, **changed: Any) -> ReceivedFact:
    given = {
        name: changed.pop(name)
        for name in ("author", "base", "form", "attachments", "complete", "subject")
        if name in changed
    }
    body = correction_body(visit.body, "已更正", **changed)
    given = {"form": "correction@1", "base": 1, "subject": visit.id, **given}
    return received(estate, body, kind="correction", occurred_at=LATER, **given)


def problems(*facts: ReceivedFact) -> dict[UUID, list[Problem]]:
    with writing() as session:
        return CORRECTIONS.problems(session, facts)


def test_a_correction_is_the_next_revision_and_the_first_one_stays(app: Flask, estate: Estate) -> None:
    visit = returned(estate)
    fixed = correction(estate, visit, resident_name="陈文二", remark="补记：住三楼", type="special")
    assert record(estate, fixed) == {fixed.id: 2}
    row = db.session.get_one(Visit, visit.id)
    assert (row.status, row.revision, row.type, row.met_name) == ("corrected", 2, "special", "陈文二")
    assert "corrected" not in row.body and row.body["remark"] == "补记：住三楼"
    assert row.contact_id and row.occurred_at == AT
    contents = db.session.scalars(
        select(Revision.content).where(Revision.record_id == visit.id).order_by(Revision.n)
    ).all()
    assert contents == [visit.content, fixed.content]
    [change] = changes_of(db.session(), visit.id)
    assert change.revision == 2
    assert {(d.field, d.before, d.after) for d in change.differences} == {
        ("/corrected", None, "已更正"), ("/remark", None, "补记：住三楼"), ("/resident_name", "陈文", "陈文二"),
        ("/type", "regular", "special"),
    }  # fmt: skip
    assert search.find(db.session(), [estate.office_id], "visit", "补记") == [visit.id]


def test_only_the_author_corrects_and_only_what_was_returned(app: Flask, estate: Estate) -> None:
    visit = returned(estate)
    other = correction(estate, visit, author="second_field_staff")
    assert [p.code for p in problems(other)[other.id]] == ["not_author"]
    untouched = received(estate, visit_body(estate), room="102")
    record(estate, untouched)
    early = correction(estate, untouched)
    assert problems(early)[early.id] == [Problem("/subject", "not_returned", {"status": "received"})]
    stale = correction(estate, visit, base=7)
    assert problems(stale)[stale.id] == [Problem("/base", "stale_revision", {"revision": 1})]


def test_of_two_corrections_of_one_return_the_first_counts(app: Flask, estate: Estate) -> None:
    visit = returned(estate)
    first, second = correction(estate, visit, remark="一"), correction(estate, visit, remark="二")
    assert [p.code for p in problems(first, second)[second.id]] == ["not_returned"]
    record(estate, first)
    assert [p.code for p in problems(second)[second.id]] == ["not_returned"]


def test_an_unknown_visit_and_a_foreign_one_are_answered_alike(app: Flask, estate: Estate) -> None:
    visit = returned(estate)
    unknown = correction(estate, visit, subject=new_id())
    foreign = correction(estate, visit, author="other_supervisor")
    foreign = received(
        estate, foreign.body, kind="correction", form="correction@1", subject=visit.id, author="other_supervisor",
        office_id=estate.other_office_id,
    )  # fmt: skip
    found = problems(unknown, foreign)
    assert found[unknown.id] == found[foreign.id] == [Problem("/subject", "unknown_subject")]


def test_a_visit_is_corrected_on_the_form_of_its_kind(app: Flask, estate: Estate) -> None:
    visit = returned(estate)
    wrong = correction(estate, visit, form="attempt_correction@1")
    assert [(p.field, p.code) for p in problems(wrong)[wrong.id]] == [("/form", "wrong_form")]
    attempt = received(estate, attempt_body(estate), form="attempt@1", room="103")
    record(estate, attempt)
    signoff.send_back(attempt.id, 1, comment="第几次？", by=estate.actor("supervisor"), at=AT)
    fixed = correction(estate, attempt, form="attempt_correction@1", attempt=2)
    record(estate, fixed)
    assert db.session.get_one(Visit, attempt.id).attempt == 2


def test_opinions_follow_while_nobody_has_acted_on_them(app: Flask, estate: Estate) -> None:
    kept, acted, added = opinion(), opinion(content="车位被占"), opinion(content="新说的一条")
    visit = returned(estate, opinions=[kept, acted])
    with writing() as session:
        life.move(
            session,
            session.get_one(Opinion, UUID(acted["id"])),
            OpinionAction.CLASSIFY,
            by=estate.staff["supervisor"],
            at=AT,
        )
    record(
        estate,
        correction(
            estate, visit,
            opinions=[{**kept, "content": "电梯白天有异响", "kind": "complaint"}, {**acted, "content": "改了"}, added],
        ),
    )  # fmt: skip
    session = db.session()
    first, second = (session.get_one(Opinion, UUID(o["id"])) for o in (kept, acted))
    assert (first.content, first.kind, first.revision) == ("电梯白天有异响", "complaint", 2)
    assert (second.content, second.status) == ("车位被占", "classified")
    assert session.get_one(Opinion, UUID(added["id"])).content == "新说的一条"
    assert search.find(session, [estate.office_id], "opinion", "白天") == [first.id]
    assert session.get_one(Household, estate.households["101"]).open_opinions == 3
    assert session.get_one(Visit, visit.id).opinion_count == 3


def test_another_answer_to_a_check_counts_in_the_round_that_runs(app: Flask, estate: Estate) -> None:
    raised = opinion(kind="inquiry", answered_at_once="yes", answered_with="已答")
    record(estate, received(estate, visit_body(estate, opinions=[raised])))
    visit = returned(estate, opinions=[], checks=[{"opinion": raised["id"], "satisfied": "yes"}])
    assert db.session.get_one(Opinion, UUID(raised["id"])).status == "satisfied"
    fixed = correction(estate, visit, checks=[{"opinion": raised["id"], "satisfied": "no", "remark": "听错了"}])
    record(estate, fixed)
    asked = db.session.get_one(Opinion, UUID(raised["id"]))
    assert (asked.status, asked.round) == ("assigned", 2)
    checks = db.session.scalars(select(OpinionCheck)).all()
    assert [(c.round, c.satisfied, c.remark) for c in checks] == [(1, False, "听错了")]


def test_photos_of_the_visit_stay_and_new_ones_join(app: Flask, estate: Estate) -> None:
    old, new = uploaded(estate, b"old photo"), uploaded(estate, b"new photo")
    first = received(estate, visit_body(estate, photos=[old["sha256"]]), attachments=[old])
    record(estate, first)
    signoff.send_back(first.id, 1, comment="补一张", by=estate.actor("supervisor"), at=AT)
    fixed = correction(estate, first, photos=[old["sha256"], new["sha256"]], attachments=[new])
    record(estate, fixed)
    rows = db.session.scalars(
        select(Attachment).where(Attachment.owner_id == first.id).order_by(Attachment.position)
    ).all()
    assert [row.sha256 for row in rows] == [old["sha256"], new["sha256"]]
    assert db.session.scalars(select(Approval.complete)).one() is True


@pytest.mark.parametrize("first_here", [True, False])
def test_a_correction_is_complete_when_all_the_visit_ever_listed_is(
    app: Flask, estate: Estate, first_here: bool
) -> None:
    old = (
        uploaded(estate, b"old")
        if first_here
        else {"sha256": "d" * 64, "size": 3, "type": "image/png", "role": "photo"}
    )
    first = received(estate, visit_body(estate, photos=[old["sha256"]]), attachments=[old], complete=first_here)
    record(estate, first)
    signoff.send_back(first.id, 1, comment="更正", by=estate.actor("supervisor"), at=AT)
    record(estate, correction(estate, first, remark="改"))
    assert db.session.scalars(select(Approval.complete)).one() is first_here


def test_a_corrected_method_moves_the_households_last_visit(app: Flask, estate: Estate) -> None:
    visit = returned(estate)
    assert db.session.get_one(Household, estate.households["101"]).last_visit_on == DAY
    record(estate, correction(estate, visit, method="phone"))
    db.session.expire_all()
    assert db.session.get_one(Household, estate.households["101"]).last_visit_on is None
