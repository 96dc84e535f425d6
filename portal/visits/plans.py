"""The day's plan: which doors a supervisor gives to a person (VS-03, VS-04, before monthly plans exist)."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session, selectinload

from portal.accounts.actors import Actor
from portal.accounts.models import RoleGrant
from portal.accounts.policy import policy_for
from portal.core import audit, changes
from portal.core.changes import Touched
from portal.core.db import writing
from portal.domain.policy import Policy
from portal.domain.refusals import Refused
from portal.households.models import Building, Household
from portal.households.standing import conditions
from portal.opinions.models import Measure, Opinion
from portal.visits.models import Plan, PlanLine, Visit


class Candidate(NamedTuple):
    """A household that may be planned: why (``promised``, ``due``), or None where nothing speaks for it today."""

    household_id: UUID
    community_id: UUID
    reason: str | None


def candidates(session: Session, office_id: UUID, day: date, policy: Policy, among: Any) -> list[Candidate]:
    """Households with the reason to visit them on a day: promises first, then building by building, floor by floor.

    *Promised*: the next contact that was agreed is due, or a measure was reported done and the resident is to be asked
    (VS-09). *Due*: occupied or renovating, and not visited within the policy's interval (VS-03). ``among`` is a condition.
    """
    who = conditions(policy, day)
    rows = session.execute(
        select(Household.id, Household.community_id, (who.overdue | who.never).label("due"))
        .join(Building, Building.id == Household.building_id)
        .where(Household.office_id == office_id, among)
        .order_by(Building.position, Building.code, Household.stair, Household.floor, Household.room, Household.id)
    ).all()
    promised = _promised(session, office_id, day, {row.id for row in rows})
    found = [
        Candidate(row.id, row.community_id, "promised" if row.id in promised else "due" if row.due else None)
        for row in rows
    ]
    return sorted(found, key=lambda c: c.reason != "promised")


def _promised(session: Session, office_id: UUID, day: date, among: set[UUID]) -> set[UUID]:
    newest = (
        select(Visit.household_id, func.max(Visit.occurred_at).label("at"))
        .where(Visit.office_id == office_id, Visit.household_id.in_(among))
        .group_by(Visit.household_id)
        .subquery()
    )
    agreed = session.scalars(
        select(Visit.household_id)
        .join(newest, (newest.c.household_id == Visit.household_id) & (newest.c.at == Visit.occurred_at))
        .where(Visit.next_contact_on <= day)
    )
    reported = session.scalars(
        select(Opinion.household_id).where(
            Opinion.household_id.in_(among),
            Opinion.status == "done",
            select(Measure.id).where(Measure.opinion_id == Opinion.id, Measure.round == Opinion.round).exists(),
        )
    )
    return {*agreed, *(household for household in reported if household is not None)}


def give_plan(
    staff_id: UUID,
    day: date,
    *,
    by: Actor,
    at: datetime,
    household_ids: Sequence[UUID] = (),
    building_ids: Sequence[UUID] = (),
    brief: str | None = None,
) -> UUID:
    """Give a person doors for a day; returns the plan. Giving again adds what is not there yet.

    Of buildings the households due or promised are taken, less those that somebody else has that day; households named
    singly are taken in any case (``special`` where nothing else speaks for them). ``brief``: what the office did lately,
    told at each door (VS-05); None leaves it as it is. Raises Refused: ``plan.unknown_staff``, ``plan.unknown_place``,
    ``plan.nothing_due``.
    """
    office_id = by.office_id
    if office_id is None:
        raise Refused("plan.unknown_staff", "staff")
    with writing() as session:
        changes.lock(session, [office_id])
        _check_staff(session, office_id, staff_id, day)
        _check_places(session, office_id, household_ids, building_ids)
        policy = policy_for(session, office_id, on=day)
        plan = session.scalar(
            select(Plan)
            .where(Plan.office_id == office_id, Plan.staff_id == staff_id, Plan.day == day)
            .with_for_update()
        )
        if plan is None:
            plan = Plan(office_id=office_id, staff_id=staff_id, day=day, made_at=at)
            session.add(plan)
            session.flush()
        if brief is not None and brief.strip() != plan.brief:
            plan.brief, plan.brief_by_id = brief.strip(), by.id
        added = _add_lines(session, plan, _chosen(session, plan, policy, household_ids, building_ids))
        if not added and not plan.lines:
            raise Refused("plan.nothing_due", "buildings")
        audit.record(
            session, "visits:plan:given", plan.id, office_id=office_id, by=by.id, at=at, staff=str(staff_id),
            day=day.isoformat(), added=len(added), lines=len(plan.lines),
        )  # fmt: skip
        _number(session, plan)
        return plan.id


def _check_staff(session: Session, office_id: UUID, staff_id: UUID, day: date) -> None:
    known = session.scalar(
        select(RoleGrant.id)
        .where(
            RoleGrant.staff_id == staff_id, RoleGrant.office_id == office_id, RoleGrant.from_day <= day,
            RoleGrant.to_day.is_(None) | (RoleGrant.to_day >= day),
        )
        .limit(1)
    )  # fmt: skip
    if known is None:
        raise Refused("plan.unknown_staff", "staff")


def _check_places(
    session: Session, office_id: UUID, household_ids: Iterable[UUID], building_ids: Iterable[UUID]
) -> None:
    for model, wanted in ((Household, set(household_ids)), (Building, set(building_ids))):
        known = session.scalars(select(model.id).where(model.id.in_(wanted), model.office_id == office_id)).all()
        if len(known) != len(wanted):
            raise Refused("plan.unknown_place", "buildings")


def _chosen(
    session: Session, plan: Plan, policy: Policy, household_ids: Sequence[UUID], building_ids: Sequence[UUID]
) -> list[Candidate]:
    named, there = set(household_ids), {line.household_id for line in plan.lines}
    taken = set(
        session.scalars(
            select(PlanLine.household_id)
            .join(Plan, Plan.id == PlanLine.plan_id)
            .where(Plan.office_id == plan.office_id, Plan.day == plan.day, Plan.id != plan.id)
        )
    )
    among = Household.id.in_(named) | Household.building_id.in_(list(building_ids))
    chosen = []
    for candidate in candidates(session, plan.office_id, plan.day, policy, among):
        if candidate.household_id in there:
            continue
        if candidate.household_id in named:
            chosen.append(candidate._replace(reason=candidate.reason or "special"))
        elif candidate.reason and candidate.household_id not in taken:
            chosen.append(candidate)
    return chosen


def _add_lines(session: Session, plan: Plan, chosen: Sequence[Candidate]) -> list[PlanLine]:
    first = max((line.position for line in plan.lines), default=-1) + 1
    added = [
        PlanLine(
            plan_id=plan.id, office_id=plan.office_id, community_id=c.community_id, household_id=c.household_id,
            reason=c.reason, position=position,
        )
        for position, c in enumerate(chosen, first)
    ]  # fmt: skip
    session.add_all(added)
    session.flush()
    session.refresh(plan, ["lines"])
    return added


def _number(session: Session, plan: Plan) -> None:
    """The lines travel to their person, and the brief with each household."""
    lines = [Touched("plan_line", line.id, None, staff_id=plan.staff_id) for line in plan.lines]
    homes = [Touched("household", line.household_id, line.community_id) for line in plan.lines]
    changes.number(session, plan.office_id, lines + homes)


def take_back(line_id: UUID, *, by: Actor, at: datetime) -> None:
    """Take a door that was not visited out of a plan. Raises Refused: ``plan.unknown_line``, ``plan.visited``."""
    with writing() as session:
        changes.lock(session, by.offices)
        line = session.scalar(
            select(PlanLine).where(PlanLine.id == line_id, PlanLine.office_id.in_(by.offices)).with_for_update()
        )
        if line is None:
            raise Refused("plan.unknown_line")
        if line.visit_id is not None:
            raise Refused("plan.visited")
        staff_id = session.scalar(select(Plan.staff_id).where(Plan.id == line.plan_id))
        session.delete(line)
        audit.record(
            session, "visits:plan:reduced", line.plan_id, office_id=line.office_id, by=by.id, at=at,
            household=str(line.household_id),
        )  # fmt: skip
        gone = Touched("plan_line", line.id, None, gone=True, staff_id=staff_id)
        changes.number(session, line.office_id, [gone, Touched("household", line.household_id, line.community_id)])


def plan_for(session: Session, staff_id: UUID, day: date, office_id: UUID | None = None) -> Plan | None:
    """A person's plan for a day with its lines (in ``office_id``, or wherever the person has one)."""
    query = select(Plan).where(Plan.staff_id == staff_id, Plan.day == day).options(selectinload(Plan.lines))
    if office_id:
        query = query.where(Plan.office_id == office_id)
    return session.scalars(query.order_by(Plan.id)).first()


def plans_of(session: Session, office_id: UUID, day: date) -> Sequence[Plan]:
    """All plans of an office for a day, with their lines."""
    query = select(Plan).where(Plan.office_id == office_id, Plan.day == day).options(selectinload(Plan.lines))
    return session.scalars(query.order_by(Plan.id)).all()
