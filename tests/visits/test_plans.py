"""The day's plan: who is due, who was promised, and what a visit settles."""

from datetime import date, timedelta

import pytest
from flask import Flask
from sqlalchemy import select, update

from portal.accounts.models import PolicyValue
from portal.core.changes import Change
from portal.core.db import db, writing
from portal.core.ids import new_id
from portal.domain.lives import OpinionAction
from portal.domain.policy import DEFAULT
from portal.domain.refusals import Refused
from portal.households.models import Household
from portal.opinions import life
from portal.opinions.models import Measure, Opinion
from portal.visits.models import Plan, PlanLine
from portal.visits.plans import plans_of
from portal.visits.queries import coverage
from portal.visits.service import give_plan, plan_for, record_visits, take_back
from tests.factories import AT, DAY, Estate
from tests.facts import attempt_body, opinion, received, visit_body


def change(estate: Estate, room: str, **values: object) -> None:
    with writing() as session:
        session.execute(update(Household).where(Household.id == estate.households[room]).values(**values))


def visited(estate: Estate, on: date, *rooms: str) -> None:
    for room in rooms:
        change(estate, room, last_visit_on=on)


def give(estate: Estate, staff: str = "field_staff", **what: object) -> Plan:
    what = what or {"building_ids": [estate.building_id]}
    give_plan(estate.staff[staff], DAY, by=estate.actor("supervisor"), at=AT, **what)  # type: ignore[arg-type]
    db.session.expire_all()
    plan = plan_for(db.session(), estate.staff[staff], DAY)
    assert plan
    return plan


def rooms(estate: Estate, plan: Plan) -> list[tuple[str, str]]:
    names = {own: room for room, own in estate.households.items()}
    return [(names[line.household_id], line.reason) for line in plan.lines]


def test_due_households_are_planned_floor_by_floor(app: Flask, estate: Estate) -> None:
    visited(estate, DAY - timedelta(days=30), "101", "102", "103", "104", "201", "202")
    visited(estate, date(2025, 12, 5), "203")  # three months ago to the day
    visited(estate, date(2025, 12, 6), "204")
    change(estate, "301", occupancy="renovating")
    change(estate, "302", occupancy="vacant")
    assert rooms(estate, give(estate)) == [("203", "due"), ("301", "due"), ("303", "due"), ("304", "due")]


def test_promises_come_first(app: Flask, estate: Estate) -> None:
    agreed = received(
        estate,
        visit_body(estate, opinions=[], next_contact_on="2026-03-05"),
        room="304",
        occurred_at=AT - timedelta(days=9),
    )
    later = received(
        estate,
        visit_body(estate, opinions=[], next_contact_on="2026-03-06"),
        room="303",
        occurred_at=AT - timedelta(days=9),
    )
    again = received(
        estate, attempt_body(estate, outcome="another_day", again_on="2026-03-04"), form="attempt@1", room="302",
        occurred_at=AT - timedelta(days=9),
    )  # fmt: skip
    raised = opinion()
    done = received(estate, visit_body(estate, opinions=[raised]), room="301", occurred_at=AT - timedelta(days=9))
    record_visits([agreed, later, again, done], by=estate.actor("field_staff"), at=AT - timedelta(days=9))
    with writing() as session:
        kept = session.scalars(select(Opinion)).one()
        for action in (OpinionAction.CLASSIFY, OpinionAction.ASSIGN, OpinionAction.MEASURE, OpinionAction.COMPLETE):
            life.move(session, kept, action, by=estate.staff["supervisor"], at=AT)
        session.add(
            Measure(
                office_id=estate.office_id,
                opinion_id=kept.id,
                action="换轴承",
                by_id=estate.staff["department_head"],
                at=AT,
            )
        )
    visited(estate, DAY - timedelta(days=9), "102", "103", "104", "201", "202", "203", "204")
    assert rooms(estate, give(estate)) == [
        ("301", "promised"),
        ("302", "promised"),
        ("304", "promised"),
        ("101", "due"),
    ]


def test_the_interval_is_policy_from_its_day_on(app: Flask, estate: Estate) -> None:
    visited(estate, DAY - timedelta(days=40), *estate.households)
    with pytest.raises(Refused) as why:
        give(estate)
    assert why.value.code == "plan.nothing_due"
    with writing() as session:
        session.add(
            PolicyValue(
                office_id=estate.office_id,
                field="visit_interval_months",
                value="1",
                effective_from=DAY,
                source="office",
            )
        )
    assert len(give(estate).lines) == len(estate.households)


def test_named_households_are_taken_in_any_case(app: Flask, estate: Estate) -> None:
    visited(estate, DAY, "101")
    plan = give(estate, household_ids=[estate.households["102"], estate.households["101"]])
    assert rooms(estate, plan) == [("101", "special"), ("102", "due")]


def test_giving_again_adds_what_is_not_there_and_nobody_gets_anothers_doors(app: Flask, estate: Estate) -> None:
    give(estate, household_ids=[estate.households["101"]], brief="更换了门禁")
    plan = give(estate)
    assert len(plan.lines) == 12
    assert [line.position for line in plan.lines] == list(range(12))
    assert (plan.brief, plan.brief_by_id) == ("更换了门禁", estate.staff["supervisor"])
    with pytest.raises(Refused) as why:
        give(estate, "second_field_staff")
    assert why.value.code == "plan.nothing_due"
    assert len(plans_of(db.session(), estate.office_id, DAY)) == 1


def test_a_visit_settles_its_line_whoever_goes_and_an_attempt_does_not(app: Flask, estate: Estate) -> None:
    plan = give(estate)
    lines = {line.household_id: line.id for line in plan.lines}
    met = received(estate, visit_body(estate, "second_field_staff"), author="second_field_staff", room="101")
    not_in = received(
        estate, attempt_body(estate, "second_field_staff"), form="attempt@1", author="second_field_staff", room="102"
    )
    refused = received(
        estate,
        attempt_body(estate, "second_field_staff", outcome="refused"),
        form="attempt@1",
        author="second_field_staff",
        room="103",
    )
    record_visits([met, not_in, refused], by=estate.actor("second_field_staff"), at=AT)
    db.session.expire_all()
    settled = {
        room: db.session.get_one(PlanLine, lines[estate.households[room]]).visit_id
        for room in ("101", "102", "103", "104")
    }
    assert settled == {"101": met.id, "102": None, "103": refused.id, "104": None}
    told = db.session.scalars(
        select(Change.record_id).where(Change.kind == "plan_line").order_by(Change.seq.desc()).limit(2)
    )
    assert set(told) == {lines[estate.households["101"]], lines[estate.households["103"]]}


def test_a_visit_of_another_day_leaves_the_line(app: Flask, estate: Estate) -> None:
    plan = give(estate)
    early = received(estate, visit_body(estate), occurred_at=AT - timedelta(days=1))
    record_visits([early], by=estate.actor("field_staff"), at=AT)
    db.session.expire_all()
    assert all(line.visit_id is None for line in plan.lines)


def test_a_door_is_taken_back_unless_it_was_visited(app: Flask, estate: Estate) -> None:
    plan = give(estate)
    by_home = {line.household_id: line.id for line in plan.lines}
    record_visits([received(estate, visit_body(estate))], by=estate.actor("field_staff"), at=AT)
    take_back(by_home[estate.households["102"]], by=estate.actor("supervisor"), at=AT)
    for line, code in ((by_home[estate.households["101"]], "plan.visited"), (new_id(), "plan.unknown_line")):
        with pytest.raises(Refused) as why:
            take_back(line, by=estate.actor("supervisor"), at=AT)
        assert why.value.code == code
    with pytest.raises(Refused) as why:
        take_back(by_home[estate.households["103"]], by=estate.actor("other_supervisor"), at=AT)
    assert why.value.code == "plan.unknown_line"
    db.session.expire_all()
    left = plan_for(db.session(), estate.staff["field_staff"], DAY)
    assert left and len(left.lines) == 11
    gone = db.session.scalars(select(Change.record_id).where(Change.kind == "plan_line", Change.gone)).all()
    assert gone == [by_home[estate.households["102"]]]


def test_a_plan_is_for_colleagues_and_places_of_the_office(app: Flask, estate: Estate) -> None:
    cases = [
        ("other_supervisor", {"building_ids": [estate.building_id]}, "plan.unknown_staff"),
        ("field_staff", {"household_ids": [estate.foreign_household_id]}, "plan.unknown_place"),
        ("field_staff", {"building_ids": [new_id()]}, "plan.unknown_place"),
    ]
    for staff, what, code in cases:
        with pytest.raises(Refused) as why:
            give(estate, staff, **what)
        assert why.value.code == code


def test_coverage_tells_who_is_due_by_building_and_in_all(app: Flask, estate: Estate) -> None:
    visited(estate, DAY - timedelta(days=10), "101", "102")
    visited(estate, date(2025, 12, 10), "103")  # due on 10 March: soon
    visited(estate, date(2025, 12, 5), "104")
    change(estate, "304", occupancy="vacant")
    building, total = coverage(db.session(), estate.office_id, DAY, DEFAULT)
    assert (building.building_id, total.building_id) == (estate.building_id, None)
    for found in (building, total):
        assert (found.households, found.covered, found.due_soon, found.overdue, found.never) == (11, 3, 1, 1, 7)
        assert found.waiting == 8
