"""The records a pull brings, whole, by kind: each loader takes ids and answers (community, revision, data) of those there.

A page's households are loaded by a fixed number of statements, however many they are.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from portal.accounts.models import Staff
from portal.domain import lives
from portal.households.models import Building, Community, Household, Resident
from portal.opinions.models import Measure, Opinion
from portal.publishing.models import Commitment, Publication, PublicationRow
from portal.sync.envelope import moment
from portal.visits.models import Plan, PlanLine, Visit

VISITS_SHOWN = 3
PLAN_DAYS = timedelta(days=31)
IN_PUBLIC = ("published", "corrected")


class Record(NamedTuple):
    community_id: UUID | None
    revision: int | None
    data: dict[str, Any]


@dataclass(frozen=True)
class Reader:
    """Who pulls, and when."""

    session: Session
    staff_id: UUID
    at: datetime


Loader = Callable[[Reader, Sequence[UUID]], dict[UUID, Record]]


def pair(hans: str, hant: str) -> dict[str, str]:
    """A text in both scripts."""
    return {"zh_Hans": hans, "zh_Hant": hant}


def day(value: date | None) -> str | None:
    return value.isoformat() if value else None


def _id(value: UUID | None) -> str | None:
    return str(value) if value else None


def _grouped(rows: Iterable[Any], key: str, make: Callable[[Any], dict[str, Any]]) -> dict[UUID, list[dict[str, Any]]]:
    found: defaultdict[UUID, list[dict[str, Any]]] = defaultdict(list)
    for row in rows:
        found[getattr(row, key)].append(make(row))
    return found


def communities(reader: Reader, ids: Sequence[UUID]) -> dict[UUID, Record]:
    query = select(Community).where(Community.id.in_(ids))
    return {
        c.id: Record(
            c.id, None,
            {
                "name": pair(c.name_hans, c.name_hant), "script": c.script,
                "first_handover_on": day(c.first_handover_on), "handover_proposed": c.handover_proposed,
            },
        )
        for c in reader.session.scalars(query)
    }  # fmt: skip


def buildings(reader: Reader, ids: Sequence[UUID]) -> dict[UUID, Record]:
    query = select(Building).where(Building.id.in_(ids))
    return {
        b.id: Record(
            b.community_id, None, {"code": b.code, "name": pair(b.name_hans, b.name_hant), "position": b.position}
        )
        for b in reader.session.scalars(query)
    }


_H: Any = Household.__table__
_M: Any = Measure.__table__
_HOUSEHOLD = (
    "stair", "floor", "floor_guessed", "room", "kind", "occupancy", "tenure", "permanent", "key", "area_hundredths",
    "moved_in_precision", "preference", "quiet_hours", "remark",
)  # fmt: skip


def households(reader: Reader, ids: Sequence[UUID]) -> dict[UUID, Record]:
    """One record a household: its own fields, residents, the last three visits, open opinions with measures and
    commitments, the brief."""
    rows = reader.session.execute(select(_H).where(_H.c.id.in_(ids))).all()
    residents = _residents(reader.session, ids)
    visits = _visits(reader.session, ids)
    opinions = _opinions(reader.session, ids)
    briefs = _briefs(reader.session, ids)
    return {
        row.id: Record(
            row.community_id, row.revision,
            {
                "building": str(row.building_id), **{name: getattr(row, name) for name in _HOUSEHOLD},
                "moved_in": day(row.moved_in), "last_visit_on": day(row.last_visit_on),
                "residents": residents.get(row.id, []), "visits": visits.get(row.id, []),
                "opinions": opinions.get(row.id, []), "brief": briefs.get(row.id),
            },
        )
        for row in rows
    }  # fmt: skip


def _residents(session: Session, ids: Sequence[UUID]) -> dict[UUID, list[dict[str, Any]]]:
    """Who lives there now; who has left stays at the office (OP-09)."""
    rows = session.execute(
        select(
            Resident.household_id, Resident.id, Resident.name, Resident.relation, Resident.phone, Resident.more_phones,
            Resident.language, Resident.since,
        )
        .where(Resident.household_id.in_(ids), Resident.until.is_(None))
        .order_by(Resident.household_id, Resident.position, Resident.id)
    )  # fmt: skip
    return _grouped(
        rows, "household_id",
        lambda r: {
            "id": str(r.id), "name": r.name, "relation": r.relation, "phone": r.phone,
            "more_phones": r.more_phones, "language": r.language, "since": day(r.since),
        },
    )  # fmt: skip


def _visits(session: Session, ids: Sequence[UUID]) -> dict[UUID, list[dict[str, Any]]]:
    newest = func.row_number().over(
        partition_by=Visit.household_id, order_by=(Visit.occurred_at.desc(), Visit.id.desc())
    )
    ranked = select(Visit.id, newest.label("place")).where(Visit.household_id.in_(ids)).subquery()
    rows = session.execute(
        select(
            Visit.household_id, Visit.id, Visit.type, Visit.method, Visit.outcome, Visit.attempt, Visit.satisfaction,
            Visit.met_name, Visit.opinion_count, Visit.status, Visit.revision, Visit.occurred_at, Visit.next_contact_on,
            Staff.name,
        )
        .join(ranked, ranked.c.id == Visit.id)
        .join(Staff, Staff.id == Visit.author_id)
        .where(ranked.c.place <= VISITS_SHOWN)
        .order_by(Visit.household_id, Visit.occurred_at.desc(), Visit.id.desc())
    )  # fmt: skip
    return _grouped(
        rows, "household_id",
        lambda v: {
            "id": str(v.id), "type": v.type, "method": v.method, "outcome": v.outcome, "attempt": v.attempt,
            "satisfaction": v.satisfaction, "met_name": v.met_name, "opinion_count": v.opinion_count,
            "status": v.status, "revision": v.revision, "occurred_at": moment(v.occurred_at),
            "next_contact_on": day(v.next_contact_on), "by": v.name,
        },
    )  # fmt: skip


def _opinions(session: Session, ids: Sequence[UUID]) -> dict[UUID, list[dict[str, Any]]]:
    rows = session.execute(
        select(
            Opinion.household_id, Opinion.id, Opinion.kind, Opinion.category, Opinion.part, Opinion.department_id,
            Opinion.content, Opinion.answered_with, Opinion.case_number, Opinion.status, Opinion.round,
            Opinion.raised_at, Opinion.due_on, Opinion.issue_id,
        )
        .where(Opinion.household_id.in_(ids), Opinion.status.not_in(lives.SETTLED))
        .order_by(Opinion.household_id, Opinion.raised_at, Opinion.id)
    ).all()  # fmt: skip
    own, shared, promises = _measures(session, rows)

    def told(o: Any) -> dict[str, Any]:
        measures = own[o.id] + shared[o.issue_id]
        return {
            "id": str(o.id), "kind": o.kind, "category": o.category, "part": o.part,
            "department": _id(o.department_id), "content": o.content, "answered_with": o.answered_with,
            "case_number": o.case_number, "status": o.status, "round": o.round, "raised_at": moment(o.raised_at),
            "due_on": day(o.due_on),
            "measures": [m.data for m in measures], "commitments": [c for m in measures for c in promises[m.id]],
        }  # fmt: skip

    return _grouped(rows, "household_id", told)


class _Told(NamedTuple):
    id: UUID
    data: dict[str, Any]


_ByOwner = defaultdict[UUID | None, list[_Told]]


def _measures(
    session: Session, opinions: Sequence[Any]
) -> tuple[_ByOwner, _ByOwner, defaultdict[UUID, list[dict[str, Any]]]]:
    """What is being done about opinions: their own measures, those of their issue, and what of it was promised in public."""
    own: _ByOwner = defaultdict(list)
    shared: _ByOwner = defaultdict(list)
    promises: defaultdict[UUID, list[dict[str, Any]]] = defaultdict(list)
    issues = {o.issue_id for o in opinions if o.issue_id}
    measures: Sequence[Any] = []
    if opinions:
        wanted = _M.c.opinion_id.in_([o.id for o in opinions])
        query = select(_M).where(wanted | _M.c.issue_id.in_(issues) if issues else wanted)
        measures = session.execute(query.order_by(_M.c.round, _M.c.position, _M.c.id)).all()
    for m in measures:
        told = _Told(
            m.id,
            {
                "id": str(m.id), "round": m.round, "action": m.action, "actor": m.actor, "person": m.person,
                "department": _id(m.department_id), "due_kind": m.due_kind, "due_from": day(m.due_from),
                "due_on": day(m.due_on), "done_on": day(m.done_on), "result": m.result,
            },
        )  # fmt: skip
        (own[m.opinion_id] if m.opinion_id else shared[m.issue_id]).append(told)
    for row in _commitments(session, [m.id for m in measures]):
        promises[row.measure_id].append(_promise(row))
    return own, shared, promises


def _commitments(session: Session, measure_ids: Sequence[UUID]) -> Iterable[Any]:
    if not measure_ids:
        return []
    return session.execute(
        select(
            Commitment.measure_id, Commitment.id, Commitment.text_hans, Commitment.text_hant, Commitment.actor,
            Commitment.due_kind, Commitment.due_from, Commitment.due_on, Commitment.status, Commitment.done_on,
            Publication.published_at,
        )
        .join(PublicationRow, PublicationRow.id == Commitment.row_id)
        .join(Publication, Publication.id == PublicationRow.publication_id)
        .where(Commitment.measure_id.in_(measure_ids), Publication.status.in_(IN_PUBLIC))
        .order_by(Commitment.position, Commitment.id)
    )  # fmt: skip


def _promise(c: Any) -> dict[str, Any]:
    return {
        "id": str(c.id), "text": pair(c.text_hans, c.text_hant), "actor": c.actor, "due_kind": c.due_kind,
        "due_from": day(c.due_from), "due_on": day(c.due_on), "status": c.status, "done_on": day(c.done_on),
        "published_at": moment(c.published_at) if c.published_at else None,
    }  # fmt: skip


def _briefs(session: Session, ids: Sequence[UUID]) -> dict[UUID, dict[str, Any]]:
    """What the office did lately, as the newest plan that lists the household tells it (VS-05), with author and date."""
    rows = session.execute(
        select(PlanLine.household_id, Plan.brief, Plan.day, Staff.name)
        .join(Plan, Plan.id == PlanLine.plan_id)
        .outerjoin(Staff, Staff.id == Plan.brief_by_id)
        .where(PlanLine.household_id.in_(ids), Plan.brief != "")
        .order_by(Plan.day, Plan.id)
    )
    return {row.household_id: {"text": row.brief, "by": row.name, "on": day(row.day)} for row in rows}


def plan_lines(reader: Reader, ids: Sequence[UUID]) -> dict[UUID, Record]:
    """The reader's own lines, of the last month and to come."""
    rows = reader.session.execute(
        select(
            PlanLine.id, PlanLine.community_id, PlanLine.household_id, PlanLine.reason, PlanLine.position,
            PlanLine.visit_id, Plan.day, Plan.brief,
        )
        .join(Plan, Plan.id == PlanLine.plan_id)
        .where(PlanLine.id.in_(ids), Plan.staff_id == reader.staff_id, Plan.day > (reader.at - PLAN_DAYS).date())
    )  # fmt: skip
    return {
        row.id: Record(
            row.community_id, None,
            {
                "day": day(row.day), "household": str(row.household_id), "reason": row.reason,
                "position": row.position, "visit": _id(row.visit_id), "brief": row.brief,
            },
        )
        for row in rows
    }  # fmt: skip
