"""How an opinion came to where it stands, told from its events with the words that were said at each step."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.accounts.models import Department, Staff
from portal.core.audit import Event
from portal.opinions.life import EVENTS, RECEIVED
from portal.opinions.models import Measure, Opinion, OpinionCheck, OpinionStep

ACTIONS: Mapping[str, str] = {name: action.value for action, name in EVENTS.items()} | {RECEIVED: "receive"}


@dataclass(frozen=True)
class Entry:
    """One step: what (a code of ``opinion_action``), when, by whom, in which round, with what words."""

    action: str
    at: datetime
    by: str
    round: int
    words: str = ""
    method: str = ""
    department: Department | None = None
    measures: tuple[Measure, ...] = field(default=())


def history(session: Session, opinion: Opinion) -> list[Entry]:
    """First to last. Steps taken by a tablet's visit are there too, with what the resident said then."""
    events = session.scalars(
        select(Event).where(Event.subject_id == opinion.id, Event.name.in_(list(ACTIONS))).order_by(Event.at, Event.id)
    ).all()
    steps = {
        (s.action, s.at): s for s in session.scalars(select(OpinionStep).where(OpinionStep.opinion_id == opinion.id))
    }
    checks = session.scalars(select(OpinionCheck).where(OpinionCheck.opinion_id == opinion.id)).all()
    names = _names(session, {e.by_id for e in events if e.by_id})
    departments = {
        d.id: d for d in session.scalars(select(Department).where(Department.office_id == opinion.office_id))
    }
    by_visit = {str(c.visit_id): c for c in checks if c.visit_id}
    told = []
    for event in events:
        action = ACTIONS[event.name]
        step = steps.get((action, event.at))
        check = by_visit.get(str(event.changes.get("visit", "")))
        words = step.words if step else check.remark if check else ""
        if action == "answer" and not words:
            words = opinion.answered_with
        round_number = step.round if step else int(event.changes.get("round", 1))
        measures = tuple(m for m in opinion.measures if action == "measure" and m.at == event.at)
        told.append(
            Entry(
                action, event.at, names.get(event.by_id, "") if event.by_id else "", round_number, words,
                step.method if step else "door" if check else "",
                departments.get(step.department_id) if step and step.department_id and action == "assign" else None, measures,
            )
        )  # fmt: skip
    return told


def _names(session: Session, ids: set[UUID]) -> dict[UUID, str]:
    return {row.id: row.name for row in session.execute(select(Staff.id, Staff.name).where(Staff.id.in_(ids)))}
