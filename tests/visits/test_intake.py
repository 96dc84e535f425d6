"""What a visit's fact makes, and what is wrong with one that makes nothing."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from portal.core import search
from portal.core.audit import Event
from portal.core.changes import Change
from portal.core.db import db, writing
from portal.core.facts import Fact, Problem, ReceivedFact
from portal.core.ids import new_id
from portal.core.storage import Attachment
from portal.domain.lives import OpinionAction
from portal.domain.refusals import Refused
from portal.households.models import Household, Resident
from portal.opinions import life
from portal.opinions.models import Contact, Opinion, OpinionCheck
from portal.signoff.models import Approval, Revision
from portal.visits.intake import VISITS
from portal.visits.models import Visit
from portal.visits.service import desk_fact, record_visits
from tests.factories import AT, DAY, Estate
from tests.facts import attempt_body, opinion, received, uploaded, visit_body


def record(estate: Estate, *facts: ReceivedFact, author: str = "field_staff") -> None:
    record_visits(facts, by=estate.actor(author), at=AT + timedelta(minutes=1))


def problems(*facts: ReceivedFact) -> dict[UUID, list[Problem]]:
    with writing() as session:
        return VISITS.problems(session, facts)


def household(estate: Estate, room: str = "101") -> Household:
    db.session.expire_all()
    return db.session.get_one(Household, estate.households[room])


def test_a_visit_brings_its_contact_its_opinions_and_waits_for_the_supervisor(app: Flask, estate: Estate) -> None:
    engineering = estate.departments["engineering"]
    raised = [
        opinion(department=str(engineering), due_on="2026-03-20"),
        opinion(kind="suggestion", content="楼道灯太暗"),
    ]
    fact = received(estate, visit_body(estate, opinions=raised, next_contact_on="2026-04-01"))
    record(estate, fact)
    session = db.session()
    visit = session.get_one(Visit, fact.id)
    assert (visit.status, visit.outcome, visit.method, visit.met_name) == ("received", "met", "door", "陈文")
    assert (visit.opinion_count, visit.satisfaction, visit.next_contact_on) == (2, "satisfied", date(2026, 4, 1))
    assert (visit.occurred_at, visit.received_at, visit.body) == (AT, AT + timedelta(minutes=1), fact.body)
    contact = session.get_one(Contact, visit.contact_id)
    assert (contact.channel, contact.person, contact.household_id) == ("visit", "陈文", estate.households["101"])
    first = session.get_one(Opinion, UUID(raised[0]["id"]))
    assert (first.status, first.round, first.contact_id, first.department_id) == (
        "received",
        1,
        contact.id,
        engineering,
    )
    assert (first.content, first.due_on, first.raised_at) == ("电梯夜间有异响", date(2026, 3, 20), AT)
    approval = session.scalars(select(Approval)).one()
    assert (approval.waiting_role, approval.step, approval.chain) == (
        "supervisor",
        1,
        ["supervisor", "manager", "director"],
    )
    assert approval.due_at == fact.received_at + timedelta(hours=48)
    assert session.scalars(select(Revision.content)).one() == fact.content
    assert (household(estate).last_visit_on, household(estate).open_opinions) == (DAY, 2)
    stored = session.get_one(Fact, fact.id)
    assert (stored.status, stored.sha256, stored.payload) == ("stored", fact.sha256, fact.content)


def test_a_visit_is_found_by_room_name_and_words_in_either_script(app: Flask, estate: Estate) -> None:
    fact = received(estate, visit_body(estate))
    record(estate, fact)
    for words in ("異響", "异响", "101", "陈文", "樓道燈"):
        assert search.find(db.session(), [estate.office_id], "visit", words) == [fact.id]
    assert search.find(db.session(), [estate.office_id], "opinion", "樓道燈") == [UUID(fact.body["opinions"][1]["id"])]
    assert search.find(db.session(), [estate.other_office_id], "visit", "异响") == []


def test_tablets_are_told_of_the_household_once(app: Flask, estate: Estate) -> None:
    before = db.session.scalar(select(func.max(Change.seq)).where(Change.office_id == estate.office_id)) or 0
    record(estate, received(estate, visit_body(estate)), received(estate, visit_body(estate)))
    told = db.session.execute(
        select(Change.kind, Change.record_id, Change.community_id).where(
            Change.office_id == estate.office_id, Change.seq > before, Change.kind == "household"
        )
    ).all()
    assert [tuple(row) for row in told] == [("household", estate.households["101"], estate.community_id)]


def test_each_record_has_its_event(app: Flask, estate: Estate) -> None:
    fact = received(estate, visit_body(estate))
    record(estate, fact)
    names = db.session.scalars(select(Event.name).where(Event.by_id == estate.staff["field_staff"])).all()
    assert sorted(names) == ["opinions:opinion:received", "opinions:opinion:received", "signoff:visit:submitted"]


def test_an_attempt_is_recorded_and_does_not_count_as_a_visit(app: Flask, estate: Estate) -> None:
    fact = received(estate, attempt_body(estate, outcome="another_day", again_on="2026-03-08"), form="attempt@1")
    record(estate, fact)
    visit = db.session.get_one(Visit, fact.id)
    assert (visit.outcome, visit.attempt, visit.next_contact_on) == ("another_day", 1, date(2026, 3, 8))
    assert household(estate).last_visit_on is None


@pytest.mark.parametrize(("method", "counts"), [("door", True), ("phone", False), ("patrol", False)])
def test_what_counts_as_visited_is_policy(app: Flask, estate: Estate, method: str, counts: bool) -> None:
    body = visit_body(estate, method=method, opinions=[])
    record(estate, received(estate, body))
    assert (household(estate).last_visit_on == DAY) is counts


def test_the_day_of_a_visit_is_the_offices_day_and_never_goes_back(app: Flask, estate: Estate) -> None:
    late = datetime(2026, 3, 5, 17, 0, tzinfo=UTC)  # the 6th in Shanghai
    record(estate, received(estate, visit_body(estate, opinions=[]), occurred_at=late))
    assert household(estate).last_visit_on == date(2026, 3, 6)
    record(estate, received(estate, visit_body(estate, opinions=[]), occurred_at=AT - timedelta(days=9)))
    assert household(estate).last_visit_on == date(2026, 3, 6)


def test_a_complaint_keeps_the_remedy_sought_and_stays_to_be_handled(app: Flask, estate: Estate) -> None:
    complaint = opinion(
        kind="complaint", content="保安态度差", remedy_sought="当面道歉", answered_at_once="yes", answered_with="已致歉",
        case_number="2026-0101",
    )  # fmt: skip
    record(estate, received(estate, visit_body(estate, opinions=[complaint])))
    kept = db.session.get_one(Opinion, UUID(complaint["id"]))
    assert (kept.status, kept.remedy_sought, kept.answered_with) == ("received", "当面道歉", "已致歉")
    assert search.find(db.session(), [estate.office_id], "opinion", "2026-0101") == [kept.id]


@pytest.mark.parametrize(
    ("changed", "status", "still_open"),
    [
        ({"kind": "inquiry", "answered_at_once": "yes", "answered_with": "晚上十点关门"}, "done", 1),
        ({"kind": "praise", "answered_at_once": "yes", "answered_with": "谢谢"}, "satisfied", 0),
        ({"kind": "inquiry", "answered_at_once": "yes", "answered_with": "已说明", "category": None}, "received", 1),
        ({"kind": "repair"}, "received", 1),
    ],
)
def test_what_was_answered_on_the_spot_goes_as_far_as_the_table_allows(
    app: Flask, estate: Estate, changed: dict[str, Any], status: str, still_open: int
) -> None:
    raised = opinion(**changed)
    record(estate, received(estate, visit_body(estate, opinions=[raised])))
    assert db.session.get_one(Opinion, UUID(raised["id"])).status == status
    assert household(estate).open_opinions == still_open


def answered(estate: Estate) -> UUID:
    """An opinion whose measure was reported done, to be asked about."""
    raised = opinion()
    record(estate, received(estate, visit_body(estate, opinions=[raised])))
    with writing() as session:
        kept = session.get_one(Opinion, UUID(raised["id"]))
        for action in (OpinionAction.CLASSIFY, OpinionAction.ASSIGN, OpinionAction.MEASURE, OpinionAction.COMPLETE):
            life.move(session, kept, action, by=estate.staff["supervisor"], at=AT)
    return UUID(raised["id"])


def test_a_satisfied_resident_settles_the_opinion(app: Flask, estate: Estate) -> None:
    earlier = answered(estate)
    body = visit_body(estate, opinions=[], checks=[{"opinion": str(earlier), "satisfied": "yes"}])
    record(estate, received(estate, body))
    kept = db.session.get_one(Opinion, earlier)
    assert (kept.status, kept.round, household(estate).open_opinions) == ("satisfied", 1, 0)


def test_a_dissatisfied_one_sends_it_back_in_a_new_round(app: Flask, estate: Estate) -> None:
    earlier = answered(estate)
    check = {"opinion": str(earlier), "satisfied": "no", "remark": "还是响"}
    fact = received(estate, visit_body(estate, opinions=[], checks=[check]))
    record(estate, fact)
    kept = db.session.get_one(Opinion, earlier)
    assert (kept.status, kept.round, household(estate).open_opinions) == ("assigned", 2, 1)
    said = db.session.scalars(select(OpinionCheck)).one()
    assert (said.round, said.satisfied, said.remark, said.visit_id) == (1, False, "还是响", fact.id)


def test_what_was_said_of_an_opinion_nobody_has_acted_on_is_kept(app: Flask, estate: Estate) -> None:
    raised = opinion()
    record(estate, received(estate, visit_body(estate, opinions=[raised])))
    check = {"opinion": raised["id"], "satisfied": "no", "remark": "没人来"}
    record(estate, received(estate, visit_body(estate, opinions=[], checks=[check])))
    assert db.session.get_one(Opinion, UUID(raised["id"])).status == "received"
    assert db.session.scalars(select(OpinionCheck.remark)).one() == "没人来"


def test_an_opinion_may_be_asked_about_in_the_batch_that_raised_it(app: Flask, estate: Estate) -> None:
    raised = opinion(kind="inquiry", answered_at_once="yes", answered_with="已答")
    first = received(estate, visit_body(estate, opinions=[raised]))
    second = received(estate, visit_body(estate, opinions=[], checks=[{"opinion": raised["id"], "satisfied": "yes"}]))
    record(estate, first, second)
    assert db.session.get_one(Opinion, UUID(raised["id"])).status == "satisfied"
    assert household(estate).open_opinions == 0


def test_attachments_are_there_when_the_office_has_them(app: Flask, estate: Estate) -> None:
    here = uploaded(estate, b"\x89PNG a photo")
    to_come = {"sha256": "b" * 64, "size": 5, "type": "image/jpeg", "role": "photo"}
    body = visit_body(estate, photos=[here["sha256"], to_come["sha256"]])
    fact = received(estate, body, attachments=[here, to_come], complete=False)
    record(estate, fact)
    rows = db.session.scalars(
        select(Attachment).where(Attachment.owner_id == fact.id).order_by(Attachment.position)
    ).all()
    assert [(row.sha256, row.received_at is not None) for row in rows] == [(here["sha256"], True), ("b" * 64, False)]
    assert db.session.scalars(select(Approval.complete)).one() is False


def test_a_resident_on_the_list_gives_the_name(app: Flask, estate: Estate) -> None:
    resident = db.session.scalars(select(Resident).where(Resident.household_id == estate.households["101"])).one()
    body = visit_body(estate, resident=str(resident.id))
    del body["resident_name"]
    fact = received(estate, body)
    record(estate, fact)
    assert db.session.get_one(Visit, fact.id).met_name == resident.name


def test_the_second_visitor_is_remembered(app: Flask, estate: Estate) -> None:
    both = [str(estate.staff["field_staff"]), str(estate.staff["second_field_staff"])]
    fact = received(estate, visit_body(estate, visitors=both))
    record(estate, fact)
    assert db.session.get_one(Visit, fact.id).second_id == estate.staff["second_field_staff"]


def test_the_same_fact_is_recorded_once(app: Flask, estate: Estate) -> None:
    fact = received(estate, visit_body(estate))
    record(estate, fact)
    with pytest.raises(Refused) as why:
        record(estate, fact)
    assert why.value.code == "record.problems"  # its opinions are there
    bare = received(estate, visit_body(estate, opinions=[]))
    record(estate, bare)
    with pytest.raises(Refused) as why:
        record(estate, bare)
    assert why.value.code == "record.twice"
    with pytest.raises(IntegrityError), writing() as session:
        VISITS.apply(session, [bare])
    assert db.session.scalar(select(func.count()).select_from(Visit)) == 2


def test_an_unknown_household_and_a_foreign_one_are_answered_alike(app: Flask, estate: Estate) -> None:
    foreign = received(estate, visit_body(estate), subject=estate.foreign_household_id)
    unknown = received(estate, visit_body(estate), subject=new_id())
    found = problems(foreign, unknown)
    assert found[foreign.id] == found[unknown.id] == [Problem("/subject", "unknown_subject")]


def wrong(estate: Estate) -> list[tuple[dict[str, Any], str, str]]:
    own = opinion()
    neighbour = db.session.scalars(select(Resident.id).where(Resident.household_id == estate.households["102"])).one()
    return [
        ({"visitors": [str(new_id())]}, "/body/visitors/0", "unknown_reference"),
        ({"visitors": [str(estate.staff["other_supervisor"])]}, "/body/visitors/0", "unknown_reference"),
        ({"resident": str(neighbour)}, "/body/resident", "unknown_reference"),
        ({"photos": ["c" * 64]}, "/body/photos/0", "unknown_reference"),
        ({"opinions": [{**own, "department": str(new_id())}]}, f"/body/opinions/{own['id']}/department", "unknown_reference"),
        ({"opinions": [{**own, "category": "weather"}]}, f"/body/opinions/{own['id']}/category", "unknown_reference"),
        ({"checks": [{"opinion": str(new_id()), "satisfied": "yes"}]}, "/body/checks/0/opinion", "unknown_reference"),
        ({"opinions": [{**own, "content": ""}]}, f"/body/opinions/{own['id']}/content", "required"),
        ({"outcome": "not_in"}, "/body/outcome", "not_a_choice"),
        ({"weather": "rain"}, "/body/weather", "unknown_key"),
    ]  # fmt: skip


def test_each_fault_is_named_where_it_is(app: Flask, estate: Estate) -> None:
    for changed, where, code in wrong(estate):
        fact = received(estate, visit_body(estate, **changed))
        assert [(p.field, p.code) for p in problems(fact)[fact.id]] == [(where, code)], changed


@pytest.mark.parametrize(
    ("form", "code"),
    [("visit@9", "unknown_form"), ("visit@01", "unknown_form"), ("visit", "unknown_form"), ("opinion@1", "wrong_form")],
)
def test_a_form_must_be_known_and_fit(app: Flask, estate: Estate, form: str, code: str) -> None:
    fact = received(estate, visit_body(estate), form=form)
    assert [(p.field, p.code) for p in problems(fact)[fact.id]] == [("/form", code)]


def test_an_opinions_id_is_taken_once_also_within_a_batch_and_across_offices(app: Flask, estate: Estate) -> None:
    raised = opinion()
    first, second = (received(estate, visit_body(estate, opinions=[raised])) for _ in range(2))
    assert list(problems(first, second)) == [second.id]
    record(estate, first)
    where = f"/body/opinions/{raised['id']}/id"
    assert problems(second)[second.id] == [Problem(where, "id_taken")]
    theirs = received(
        estate, visit_body(estate, "other_supervisor", opinions=[raised]), author="other_supervisor",
        office_id=estate.other_office_id, subject=estate.foreign_household_id,
    )  # fmt: skip
    assert problems(theirs)[theirs.id] == [Problem(where, "id_taken")]


def test_another_households_opinion_cannot_be_checked(app: Flask, estate: Estate) -> None:
    raised = opinion()
    record(estate, received(estate, visit_body(estate, opinions=[raised]), room="102"))
    fact = received(estate, visit_body(estate, checks=[{"opinion": raised["id"], "satisfied": "yes"}]), room="101")
    assert [(p.field, p.code, p.params) for p in problems(fact)[fact.id]] == [
        ("/body/checks/0/opinion", "unknown_reference", {"of": "opinion"})
    ]


def test_the_desk_records_on_the_same_path(app: Flask, estate: Estate) -> None:
    by = estate.actor("front_desk")
    body = visit_body(estate, "front_desk", method="phone")
    fact = desk_fact(
        "visit", "visit@1", estate.households["101"], body, by=by, at=AT, occurred_at=AT - timedelta(hours=1)
    )
    assert record_visits([fact], by=by, at=AT) == {fact.id: 1}
    visit = db.session.get_one(Visit, fact.id)
    assert (visit.method, visit.author_id, visit.occurred_at) == ("phone", by.id, AT - timedelta(hours=1))


def test_nobody_records_for_another_office_or_person(app: Flask, estate: Estate) -> None:
    fact = received(estate, visit_body(estate))
    for login in ("second_field_staff", "other_supervisor"):
        with pytest.raises(Refused) as why:
            record_visits([fact], by=estate.actor(login), at=AT)
        assert why.value.code == "unknown_subject"
    assert db.session.scalar(select(func.count()).select_from(Visit)) == 0
