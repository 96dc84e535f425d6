"""Issues 共性问题: opinions of one cause, grouped, with measures of their own, to be answered in public (SV-11)."""

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from portal.accounts.actors import Actor
from portal.accounts.models import Department
from portal.core import audit, changes, search
from portal.core.changes import Touched
from portal.core.db import writing
from portal.core.ids import new_id
from portal.domain.refusals import Refused
from portal.opinions.models import Issue, Measure, Opinion
from portal.opinions.service import worded
from portal.opinions.steps import checked_terms

KIND = "issue"


def open_issue(
    title: str, category: str, opinion_ids: Sequence[UUID], *, prominent_reason: str = "", by: Actor, at: datetime
) -> UUID:
    """Group opinions of one estate under one cause. ``prominent_reason``: why it is answered though few raised it (SV-11).

    Raises Refused: ``required``, ``issue.no_opinion``, ``issue.several_communities``, ``issue.grouped_already``.
    """
    title = worded(title, "title", most=200)
    if not category:
        raise Refused("required", "category")
    with writing() as session:
        opinions = _opinions(session, opinion_ids, by)
        if len({o.community_id for o in opinions}) > 1:
            raise Refused("issue.several_communities", "opinions")
        if any(o.issue_id for o in opinions):
            raise Refused("issue.grouped_already", "opinions")
        issue = Issue(
            id=new_id(), office_id=opinions[0].office_id, community_id=opinions[0].community_id, title=title,
            category=category, prominent_reason=prominent_reason.strip() or None, opened_by_id=by.id, opened_at=at,
        )  # fmt: skip
        session.add(issue)
        session.flush()
        search.index(session, [search.entry(issue.id, issue.office_id, KIND, [title])])
        _join(session, issue, opinions, by, at)
        audit.record(
            session, "opinions:issue:opened", issue.id, office_id=issue.office_id, by=by.id, at=at,
            category=category, opinions=len(opinions),
        )  # fmt: skip
        return issue.id


def add_opinions(issue_id: UUID, opinion_ids: Sequence[UUID], *, by: Actor, at: datetime) -> None:
    """More opinions of the same cause. Raises Refused as ``open_issue``, ``issue.unknown``, ``issue.closed``."""
    with writing() as session:
        issue = _issue(session, issue_id, by)
        opinions = _opinions(session, opinion_ids, by)
        if any(o.community_id != issue.community_id for o in opinions):
            raise Refused("issue.several_communities", "opinions")
        if any(o.issue_id not in (None, issue.id) for o in opinions):
            raise Refused("issue.grouped_already", "opinions")
        _join(session, issue, opinions, by, at)
        audit.record(
            session, "opinions:issue:grew", issue.id, office_id=issue.office_id, by=by.id, at=at, opinions=len(opinions)
        )


def take_out(issue_id: UUID, opinion_id: UUID, *, by: Actor, at: datetime) -> None:
    """One that belongs to another cause. Its own life goes on as it was."""
    with writing() as session:
        issue = _issue(session, issue_id, by)
        opinion = _opinions(session, [opinion_id], by)[0]
        if opinion.issue_id != issue.id:
            raise Refused("issue.not_in_it")
        opinion.issue_id = None
        _touch(session, issue.office_id, [opinion])
        audit.record(
            session, "opinions:issue:shrank", issue.id, office_id=issue.office_id, by=by.id, at=at,
            opinion=str(opinion.id),
        )  # fmt: skip


def word_issue(issue_id: UUID, title: str, explanation: str, *, by: Actor, at: datetime) -> None:
    """Its name and what is to be said about it: cause, whose part, what was found."""
    title, explanation = worded(title, "title", most=200), worded(explanation, "explanation", needed=False)
    with writing() as session:
        issue = _issue(session, issue_id, by)
        issue.title, issue.explanation, issue.revision = title, explanation, issue.revision + 1
        search.reindex(session, search.entry(issue.id, issue.office_id, KIND, [title, explanation]))
        audit.record(session, "opinions:issue:worded", issue.id, office_id=issue.office_id, by=by.id, at=at)


def name_measure(
    issue_id: UUID,
    action: str,
    *,
    person: str = "",
    department_id: UUID | None,
    actor: str = "office",
    due_kind: str = "date",
    due_from: date | None = None,
    due_on: date | None = None,
    by: Actor,
    at: datetime,
) -> UUID:
    """A measure for all of them, to be promised in public. Raises Refused as ``service.name_measure``."""
    action, person = worded(action, "action", most=1000), worded(person, "person", needed=False, most=80)
    terms = checked_terms(actor, due_kind, due_from, due_on)
    with writing() as session:
        issue = _issue(session, issue_id, by)
        if actor == "office" and department_id is None:
            raise Refused("required", "department_id")
        if department_id is not None and not session.scalar(
            select(Department.id).where(Department.id == department_id, Department.office_id == issue.office_id)
        ):
            raise Refused("not_a_choice", "department_id")
        last = session.scalar(select(func.max(Measure.position)).where(Measure.issue_id == issue.id))
        measure = Measure(
            id=new_id(), office_id=issue.office_id, issue_id=issue.id, position=0 if last is None else last + 1,
            action=action, person=person, department_id=department_id, by_id=by.id, at=at, **terms,
        )  # fmt: skip
        session.add(measure)
        issue.revision += 1
        audit.record(session, "opinions:issue:measured", issue.id, office_id=issue.office_id, by=by.id, at=at)
        return measure.id


def drop_measure(issue_id: UUID, measure_id: UUID, *, by: Actor, at: datetime) -> None:
    """A measure that will not be promised. One that stands in a letter stays there: the letter has its own row."""
    with writing() as session:
        issue = _issue(session, issue_id, by)
        measure = session.get(Measure, measure_id)
        if measure is None or measure.issue_id != issue.id:
            raise Refused("issue.unknown")
        if issue.status != "open":
            raise Refused("issue.closed")
        session.delete(measure)
        audit.record(session, "opinions:issue:measure_dropped", issue.id, office_id=issue.office_id, by=by.id, at=at)


def _issue(session: Session, issue_id: UUID, by: Actor) -> Issue:
    changes.lock(session, [by.office_id] if by.office_id else [])
    issue = session.scalars(
        select(Issue).where(Issue.id == issue_id, Issue.office_id == by.office_id).with_for_update()
    ).one_or_none()
    if issue is None:
        raise Refused("issue.unknown")
    if issue.status == "closed":
        raise Refused("issue.closed")
    return issue


def _opinions(session: Session, opinion_ids: Sequence[UUID], by: Actor) -> Sequence[Opinion]:
    changes.lock(session, [by.office_id] if by.office_id else [])
    ids = list(dict.fromkeys(opinion_ids))
    if not ids:
        raise Refused("issue.no_opinion", "opinions")
    found = session.scalars(
        select(Opinion)
        .where(Opinion.id.in_(ids), Opinion.office_id == by.office_id)
        .order_by(Opinion.id)
        .with_for_update()
    ).all()
    if len(found) != len(ids):
        raise Refused("opinion.unknown", "opinions")
    return found


def _join(session: Session, issue: Issue, opinions: Sequence[Opinion], by: Actor, at: datetime) -> None:
    ids = [o.id for o in opinions]
    session.execute(update(Opinion).where(Opinion.id.in_(ids)).values(issue_id=issue.id))
    _touch(session, issue.office_id, opinions)


def _touch(session: Session, office_id: UUID, opinions: Sequence[Opinion]) -> None:
    homes = {(o.household_id, o.community_id) for o in opinions if o.household_id is not None}
    changes.number(session, office_id, [Touched("household", home, community) for home, community in homes if home])
