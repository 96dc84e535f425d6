"""Receipts and answers from the tablet, as the office finds them afterwards."""

from uuid import UUID

import pytest
from sqlalchemy import func, select

from portal.core.audit import Event
from portal.core.changes import Change
from portal.core.db import db
from portal.core.ids import part_id
from portal.core.search import find, rows_of
from portal.households.models import Household
from portal.opinions.models import Contact, Opinion
from portal.surveys.models import Answer, Handout, Response
from tests.factories import Estate
from tests.surveys.surveying import answers, campaign_of, handout, lines, response, take, utc


@pytest.fixture
def campaign(estate: Estate) -> UUID:
    return campaign_of(estate)


def codes(found: dict[UUID, list[object]], fact_id: UUID) -> list[tuple[str, str]]:
    return [(problem.field, problem.code) for problem in found.get(fact_id, [])]  # type: ignore[attr-defined]


def test_a_receipt_marks_the_household_as_issued_with_the_agreed_collection(estate: Estate, campaign: UUID) -> None:
    home = estate.households["101"]
    assert not take(handout(estate, campaign, home, serial="S-014"))
    line = lines(campaign)[home]
    assert (line.status, line.attempts, line.collect_time) == ("issued", 1, "19:30")
    assert line.collect_on is not None and line.collect_on.isoformat() == "2026-03-12"
    assert db.session.scalars(select(Handout)).one().serial == "S-014"


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 0, 1), (1, 2, 0), (2, 1, 0)])
def test_attempts_may_arrive_in_any_order(estate: Estate, campaign: UUID, order: tuple[int, ...]) -> None:
    home = estate.households["102"]
    facts = [
        handout(estate, campaign, home, "not_in", at=utc(5)),
        handout(estate, campaign, home, "not_in", at=utc(6)),
        handout(estate, campaign, home, "received", at=utc(7)),
    ]
    for at in order:
        take(facts[at])
    line = lines(campaign)[home]
    assert (line.status, line.attempts, line.handed_at) == ("issued", 3, utc(7))


def test_an_answer_counts_once_and_marks_the_household_as_returned(estate: Estate, campaign: UUID) -> None:
    home = estate.households["101"]
    assert not take(handout(estate, campaign, home), response(estate, campaign, home, "VVSSFFVVSS"))
    given = db.session.scalars(select(Response)).one()
    assert (given.disposition, given.counted, given.flag, given.mode) == ("I", True, None, "paper")
    assert db.session.scalar(select(func.count()).select_from(Answer).where(Answer.scored)) == 10
    assert lines(campaign)[home].status == "returned"


def test_a_second_answer_of_a_household_is_kept_and_flagged(estate: Estate, campaign: UUID) -> None:
    home = estate.households["101"]
    first, second = response(estate, campaign, home, "V" * 10), response(estate, campaign, home, "D" * 10, at=utc(6))
    assert not take(first) and not take(second)
    kept = {r.id: (r.counted, r.flag) for r in db.session.scalars(select(Response))}
    assert kept == {first.id: (True, None), second.id: (None, "second")}
    assert not db.session.scalars(select(Answer.id).where(Answer.response_id == second.id, Answer.scored)).all()


def test_two_answers_in_one_batch_count_once_too(estate: Estate, campaign: UUID) -> None:
    home = estate.households["103"]
    take(response(estate, campaign, home), response(estate, campaign, home))
    assert sorted(db.session.scalars(select(Response.flag)), key=str) == [None, "second"]


def test_every_remark_becomes_an_opinion_of_the_register(estate: Estate, campaign: UUID) -> None:
    home = estate.households["201"]
    fact = response(
        estate, campaign, home, "S" * 9 + "V", {"cleaning": "楼道两天没扫", "overall": " "}, suggestion="希望多种树", name="陈先生"
    )  # fmt: skip
    take(fact)
    found = {o.content: o for o in db.session.scalars(select(Opinion))}
    assert set(found) == {"楼道两天没扫", "希望多种树"}
    assert found["楼道两天没扫"].id == part_id(fact.id, "cleaning") and found["楼道两天没扫"].category == "cleaning"
    assert found["希望多种树"].id == part_id(fact.id, "suggestion")
    contact = db.session.scalars(select(Contact)).one()
    assert (contact.channel, contact.person, contact.household_id) == ("survey", "陈先生", home)
    linked = db.session.scalars(select(Answer).where(Answer.opinion_id.is_not(None))).all()
    assert {a.opinion_id for a in linked} == {o.id for o in found.values()}
    assert db.session.get_one(Household, home).open_opinions == 2


def test_a_remark_can_be_found_in_the_other_script(estate: Estate, campaign: UUID) -> None:
    fact = response(estate, campaign, estate.households["201"], "S" * 10, {"cleaning": "楼道没有打扫"})
    take(fact)
    opinion = part_id(fact.id, "cleaning")
    assert rows_of(db.session(), [opinion])
    assert find(db.session(), [estate.office_id], "opinion", "樓道") == [opinion]


def test_a_dissatisfied_grade_opens_a_follow_up_without_a_remark(estate: Estate, campaign: UUID) -> None:
    take(response(estate, campaign, estate.households["202"], "VVDSFNV0VV"))
    found = {o.content for o in db.session.scalars(select(Opinion))}
    assert found == {"清洁服务：不满意", "维修及时率：一般"}


def test_a_second_answer_s_grades_open_nothing_but_its_remarks_do(estate: Estate, campaign: UUID) -> None:
    home = estate.households["202"]
    take(response(estate, campaign, home, "V" * 10))
    take(response(estate, campaign, home, "DDVVVVVVVV", {"security": "夜里没人巡逻"}))
    assert [o.content for o in db.session.scalars(select(Opinion))] == ["夜里没人巡逻"]


@pytest.mark.parametrize(
    ("grades", "worth"), [("SSSSSSSS--", "I"), ("SSSSSSS---", "P"), ("SSSS0-----", "P"), ("SSSS------", "R")]
)
def test_how_much_was_answered_decides_what_a_form_is_worth(
    estate: Estate, campaign: UUID, grades: str, worth: str
) -> None:
    take(response(estate, campaign, estate.households["203"], grades))
    assert db.session.scalars(select(Response.disposition)).one() == worth
    assert bool(db.session.scalar(select(Answer.id).where(Answer.scored).limit(1))) is (worth != "R")


def test_a_grade_that_the_questionnaire_does_not_offer_is_a_problem(estate: Estate, campaign: UUID) -> None:
    home = estate.households["101"]
    wrong = response(estate, campaign, home, {"cleaning": "S", "security": "excellent", "lifts": "S"})
    found = take(wrong)
    assert codes(found, wrong.id) == [  # type: ignore[arg-type]
        ("/body/answers/2/item", "survey.unknown_item"),
        ("/body/answers/1/grade", "not_a_choice"),
    ]
    assert db.session.scalars(select(Response)).all() == []


def test_the_form_itself_is_checked(estate: Estate, campaign: UUID) -> None:
    home = estate.households["101"]
    empty = response(estate, campaign, home, mode="pigeon", answers=[])
    late = handout(estate, campaign, home, collect_on="2026-02-30")
    found = take(empty, late)
    assert set(codes(found, empty.id)) == {("/body/mode", "not_a_choice"), ("/body/answers", "required")}  # type: ignore[arg-type]
    assert codes(found, late.id) == [("/body/collect_on", "not_a_date")]  # type: ignore[arg-type]


def test_what_a_fact_refers_to_must_be_this_office_s(estate: Estate, campaign: UUID) -> None:
    assert estate.foreign_household_id
    foreign = response(estate, campaign, estate.foreign_household_id)
    nowhere = response(estate, UUID(int=7), estate.households["101"])
    nobody = handout(estate, campaign, estate.households["101"], handed_out_by=str(UUID(int=9)))
    other = response(estate, campaign, estate.households["101"], questionnaire="questionnaire_s0@9")
    found = take(foreign, nowhere, nobody, other)
    assert ("/subject", "unknown_subject") in codes(found, foreign.id)  # type: ignore[arg-type]
    assert codes(found, nowhere.id) == [("/body/campaign", "unknown_reference")]  # type: ignore[arg-type]
    assert codes(found, nobody.id) == [("/body/handed_out_by", "unknown_reference")]  # type: ignore[arg-type]
    assert codes(found, other.id) == [("/body/questionnaire", "survey.other_questionnaire")]  # type: ignore[arg-type]


def test_a_household_outside_the_sample_cannot_answer(estate: Estate) -> None:
    drawn = campaign_of(estate, every=False)
    statuses = {line.status: home for home, line in lines(drawn).items()}
    fact = response(estate, drawn, statuses["reserve"])
    assert codes(take(fact), fact.id) == [("/subject", "survey.not_released")]  # type: ignore[arg-type]


def test_all_that_changed_is_told_to_the_tablets_and_to_the_log(estate: Estate, campaign: UUID) -> None:
    home = estate.households["101"]
    before = db.session.scalar(select(func.max(Change.seq))) or 0
    fact = response(estate, campaign, home, "D" + "S" * 9)
    take(fact)
    rows = db.session.execute(select(Change.kind, Change.record_id).where(Change.seq > before)).all()
    assert set(rows) == {("household", home), ("sample_line", lines(campaign)[home].id)}
    told = db.session.scalars(select(Event).where(Event.subject_id == fact.id)).one()
    assert told.name == "surveys:response:recorded" and told.changes["opinions"] == 1
    assert "陈" not in str(told.changes)


def test_a_large_batch_is_taken_in_few_statements(estate: Estate, campaign: UUID) -> None:
    from sqlalchemy import event

    facts = [response(estate, campaign, home, answers=answers("VSFNDVSFND")) for home in estate.households.values()]
    seen: list[str] = []
    hook = lambda *args: seen.append(args[2])  # noqa: E731
    event.listen(db.engine, "before_cursor_execute", hook)
    try:
        take(*facts)
    finally:
        event.remove(db.engine, "before_cursor_execute", hook)
    assert db.session.scalar(select(func.count()).select_from(Response)) == 12
    assert len(seen) < 45, len(seen)
