"""Reading visits: one record with everything around it, what a list searches in, and coverage (VS-03)."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import Any
from uuid import UUID

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session, joinedload, selectinload

from portal.accounts.models import Department, Staff
from portal.core.storage import Attachment
from portal.domain.differences import Difference, differences
from portal.domain.formspec import Document
from portal.domain.policy import Policy
from portal.households.models import Building, Household
from portal.households.standing import conditions
from portal.opinions.models import Contact, Opinion, OpinionCheck
from portal.opinions.scope import document_of
from portal.signoff import queries as signoff
from portal.signoff.models import Approval
from portal.signoff.queries import EventLine, SignatureLine
from portal.visits.models import Visit


@dataclass(frozen=True)
class Change:
    """What one revision changed against the one before."""

    revision: int
    differences: list[Difference]


@dataclass(frozen=True)
class VisitRecord:
    """One visit as its page shows it. ``document`` is the form in the version it was recorded with."""

    visit: Visit
    document: Document
    contact: Contact
    approval: Approval | None
    opinions: Sequence[Opinion]
    checks: Sequence[tuple[OpinionCheck, Opinion]]
    attachments: Sequence[Attachment]
    signatures: list[SignatureLine]
    history: list[EventLine]
    changes: list[Change]
    people: Mapping[UUID, str]
    departments: Mapping[UUID, Department]

    def attachment(self, sha256: str) -> Attachment | None:
        """The photo or signature that the record names by its hash."""
        return next((a for a in self.attachments if a.sha256 == sha256), None)


def visit_for(session: Session, office_id: UUID, visit_id: UUID) -> Visit | None:
    """A visit of the office; another office's is not there."""
    query = select(Visit).where(Visit.id == visit_id, Visit.office_id == office_id)
    place = joinedload(Visit.household).options(joinedload(Household.building), joinedload(Household.community))
    return session.scalar(query.options(place))


def record_of(session: Session, office_id: UUID, visit_id: UUID) -> VisitRecord | None:
    """Everything about one visit of the office, or None."""
    visit = visit_for(session, office_id, visit_id)
    if visit is None:
        return None
    opinions = session.scalars(
        select(Opinion)
        .where(Opinion.contact_id == visit.contact_id)
        .options(selectinload(Opinion.measures), selectinload(Opinion.checks))
    ).all()
    order = {member["id"]: n for n, member in enumerate(visit.body.get("opinions") or ())}
    checks = session.execute(
        select(OpinionCheck, Opinion)
        .join(Opinion, Opinion.id == OpinionCheck.opinion_id)
        .where(OpinionCheck.visit_id == visit.id)
        .order_by(OpinionCheck.id)
    ).all()
    attachments = session.scalars(
        select(Attachment).where(Attachment.owner_id == visit.id).order_by(Attachment.position)
    )
    departments = session.scalars(select(Department).where(Department.office_id == office_id)).all()
    return VisitRecord(
        visit=visit,
        document=document_of(visit.form),
        contact=session.get_one(Contact, visit.contact_id),
        approval=signoff.approval_of(session, visit.id),
        opinions=sorted(opinions, key=lambda o: (order.get(str(o.id), len(order)), o.id)),
        checks=[(check, opinion) for check, opinion in checks],
        attachments=attachments.all(),
        signatures=signoff.signatures_of(session, visit.id),
        history=signoff.history_of(session, visit.id),
        changes=changes_of(session, visit.id),
        people=_people(session, visit),
        departments={d.id: d for d in departments},
    )


def changes_of(session: Session, visit_id: UUID) -> list[Change]:
    """What each revision changed, newest first."""
    bodies = signoff.revisions_of(session, visit_id)
    return [Change(n, differences(before, after)) for (_, before), (n, after) in pairwise(bodies)][::-1]


def _people(session: Session, visit: Visit) -> dict[UUID, str]:
    ids = {visit.author_id, *(UUID(v) for v in visit.body.get("visitors") or ())}
    return {row.id: row.name for row in session.execute(select(Staff.id, Staff.name).where(Staff.id.in_(ids)))}


def texts(visit: Visit) -> Iterator[str]:
    """The words by which a visit can be found, as they stand in it: for checking hits of a search."""
    yield f"{visit.household.building.name_hans}{visit.household.stair} {visit.household.room} {visit.met_name}"
    yield visit.household.building.name_hant
    for opinion in visit.body.get("opinions") or ():
        yield opinion["content"]
    yield visit.body.get("remark") or ""


@dataclass(frozen=True)
class Coverage:
    """How far one building, or all of them, is visited: each figure counts households, as ``standing`` calls them."""

    building_id: UUID | None
    households: int  # occupied or renovating: who is to be visited
    covered: int  # visited within the interval
    due_soon: int  # of those covered, due within the days that policy says
    overdue: int  # visited, but not within the interval
    never: int

    @property
    def waiting(self) -> int:
        """To be visited now: overdue, or never visited."""
        return self.overdue + self.never


def coverage(session: Session, office_id: UUID, day: date, policy: Policy) -> list[Coverage]:
    """Coverage by building on a day, in the order of buildings; the office's total comes last."""
    who = conditions(policy, day)

    def counted(condition: Any) -> Any:
        return func.coalesce(func.sum(case((condition, 1), else_=0)), 0)

    rows = session.execute(
        select(
            Building.id, func.count(Household.id), counted(who.covered), counted(who.due_soon), counted(who.overdue),
            counted(who.never),
        )
        .join(Household, Household.building_id == Building.id)
        .where(Building.office_id == office_id, who.to_visit)
        .group_by(Building.id, Building.position, Building.code)
        .order_by(Building.position, Building.code)
    )  # fmt: skip
    found = [Coverage(row[0], *(int(n) for n in row[1:])) for row in rows]
    totals = [
        sum(getattr(c, name) for c in found) for name in ("households", "covered", "due_soon", "overdue", "never")
    ]
    return [*found, Coverage(None, *totals)]
