"""Every step of an opinion's life, with its words, person and date (VS-07 to VS-09, OP-06, OP-07). States move in ``life``."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from portal.accounts.actors import Actor
from portal.accounts.policy import zone_of
from portal.core import changes, clock
from portal.core.db import writing
from portal.core.ids import new_id
from portal.domain.lives import OpinionAction as Action
from portal.domain.refusals import Refused
from portal.opinions import life, numbers
from portal.opinions.models import Contact, Measure, Opinion, OpinionCheck, OpinionStep
from portal.opinions.service import KINDS, department_in, worded

METHODS = ("phone", "door")
DUE_KINDS = ("at_once", "begun", "ongoing", "recurring", "date", "span")
ACTORS = ("office", "contractor", "authority", "owner", "jointly")


def opinion_for(session: Session, opinion_id: UUID, revision: int | None, by: Actor) -> Opinion:
    """The opinion to be moved, locked. Raises Refused: ``opinion.unknown``, ``opinion.stale`` where it has moved since."""
    mine = Opinion.office_id.in_(by.offices)
    own = session.scalar(select(Opinion.office_id).where(Opinion.id == opinion_id, mine))
    changes.lock(session, [own] if own else [])
    opinion = session.scalars(
        select(Opinion)
        .where(Opinion.id == opinion_id, mine)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one_or_none()
    if opinion is None or not within_reach(opinion, by):
        raise Refused("opinion.unknown")
    if revision is not None and revision != opinion.revision:
        raise Refused("opinion.stale")
    return opinion


def within_reach(opinion: Opinion, by: Actor) -> bool:
    """Department staff reach what lies with their own department; everybody else what their office has."""
    if by.roles() <= {"department_head", "department_officer"}:
        return opinion.department_id in by.departments()
    return True


def classify(
    opinion_id: UUID,
    *,
    kind: str,
    category: str,
    part: str | None = None,
    revision: int | None,
    by: Actor,
    at: datetime,
) -> None:
    """Say what it is (VS-07). One that becomes a complaint goes the complaint's way from here on (VS-08)."""
    if kind not in KINDS:
        raise Refused("not_a_choice", "kind")
    if not category:
        raise Refused("required", "category")
    with writing() as session:
        opinion = opinion_for(session, opinion_id, revision, by)
        opinion.kind, opinion.category, opinion.part = kind, category, part or None
        _number(session, opinion, at)
        life.move(session, opinion, Action.CLASSIFY, by=by.id, at=at, kind=kind, category=category)
        _note(session, opinion, Action.CLASSIFY, "", by, at)


def _number(session: Session, opinion: Opinion, at: datetime) -> None:
    """A contact that came from a tablet gets its number when the office first handles it."""
    contact = session.get_one(Contact, opinion.contact_id)
    if contact.number is None:
        zone = zone_of(session, opinion.office_id)
        contact.number = numbers.next_number(session, opinion.office_id, clock.day_at(at, zone).year)
    opinion.case_number = opinion.case_number or contact.number


def assign(
    opinion_id: UUID, department_id: UUID, words: str = "", *, revision: int | None, by: Actor, at: datetime
) -> None:
    """Send it to its department (VS-07)."""
    words = worded(words, "words", needed=False)
    with writing() as session:
        opinion = opinion_for(session, opinion_id, revision, by)
        opinion.department_id = department_in(session, opinion.office_id, department_id)
        life.move(session, opinion, Action.ASSIGN, by=by.id, at=at, department=str(department_id))
        _note(session, opinion, Action.ASSIGN, words, by, at)


def name_measure(
    opinion_id: UUID,
    action: str,
    *,
    person: str,
    due_on: date | None,
    due_kind: str = "date",
    due_from: date | None = None,
    actor: str = "office",
    revision: int | None,
    by: Actor,
    at: datetime,
) -> UUID:
    """The head of the department names measure, person and date (OP-06); the date becomes the promise to the resident."""
    action, person = worded(action, "action"), worded(person, "person", most=80)
    terms = checked_terms(actor, due_kind, due_from, due_on)
    with writing() as session:
        opinion = opinion_for(session, opinion_id, revision, by)
        life.move(session, opinion, Action.MEASURE, by=by.id, at=at, due_kind=terms["due_kind"])
        last = session.scalar(
            select(func.max(Measure.position)).where(Measure.opinion_id == opinion.id, Measure.round == opinion.round)
        )
        measure = Measure(
            id=new_id(), office_id=opinion.office_id, opinion_id=opinion.id, round=opinion.round,
            position=0 if last is None else last + 1, action=action, person=person, department_id=opinion.department_id,
            by_id=by.id, at=at, **terms,
        )  # fmt: skip
        session.add(measure)
        if terms["due_on"] is not None:
            opinion.due_on = terms["due_on"]
        _note(session, opinion, Action.MEASURE, "", by, at)
        return measure.id


def checked_terms(actor: str, due_kind: str, due_from: date | None, due_on: date | None) -> dict[str, Any]:
    """Actor and date of a measure. Raises Refused: ``not_a_choice``, ``measure.date_needed``, ``measure.span_backwards``."""
    if actor not in ACTORS:
        raise Refused("not_a_choice", "actor")
    if due_kind not in DUE_KINDS:
        raise Refused("not_a_choice", "due_kind")
    if due_kind in ("date", "span", "recurring") and due_on is None:
        raise Refused("measure.date_needed", "due_on")
    if due_kind == "span" and (due_from is None or due_on is None or due_from > due_on):
        raise Refused("measure.span_backwards", "due_from")
    dated = due_kind in ("date", "span", "recurring")
    return {
        "actor": actor, "due_kind": due_kind, "due_on": due_on if dated else None,
        "due_from": due_from if due_kind == "span" else None,
    }  # fmt: skip


def report_done(opinion_id: UUID, result: str, *, revision: int | None, by: Actor, at: datetime) -> None:
    """The department reports its measures of this round done (VS-09); somebody revisits."""
    result = worded(result, "words")
    with writing() as session:
        opinion = opinion_for(session, opinion_id, revision, by)
        life.move(session, opinion, Action.COMPLETE, by=by.id, at=at)
        today = clock.day_at(at, zone_of(session, opinion.office_id))
        for measure in session.scalars(
            select(Measure).where(
                Measure.opinion_id == opinion.id, Measure.round == opinion.round, Measure.done_on.is_(None)
            )
        ):
            measure.done_on, measure.result = today, result
        _note(session, opinion, Action.COMPLETE, result, by, at)


def check(
    opinion_id: UUID, satisfied: bool, remark: str, *, method: str, revision: int | None, by: Actor, at: datetime
) -> None:
    """Ask the resident: satisfied, or back to the department in a new round (VS-09). Whoever did the work does not ask.

    Raises Refused: ``opinion.own_work``, ``required`` (a remark where not satisfied), ``not_a_choice``, ``opinion.not_now``.
    """
    if method not in METHODS:
        raise Refused("not_a_choice", "method")
    remark = worded(remark, "words", needed=not satisfied)
    with writing() as session:
        opinion = opinion_for(session, opinion_id, revision, by)
        if _completed_by(session, opinion) == by.id:
            raise Refused("opinion.own_work")
        asked_about = opinion.round
        action = Action.SATISFY if satisfied else Action.AGAIN
        life.move(session, opinion, action, by=by.id, at=at, method=method)
        session.add(
            OpinionCheck(
                office_id=opinion.office_id, opinion_id=opinion.id, round=asked_about, visit_id=None, satisfied=satisfied,
                remark=remark, by_id=by.id, at=at,
            )
        )  # fmt: skip
        _note(session, opinion, action, remark, by, at, method=method, in_round=asked_about)


def _completed_by(session: Session, opinion: Opinion) -> UUID | None:
    return session.scalar(
        select(OpinionStep.by_id)
        .where(
            OpinionStep.opinion_id == opinion.id,
            OpinionStep.round == opinion.round,
            OpinionStep.action == Action.COMPLETE.value,
        )
        .order_by(OpinionStep.at.desc())
        .limit(1)
    )


def say(opinion_id: UUID, action: Action, words: str, *, revision: int | None, by: Actor, at: datetime) -> None:
    """A step that is words: answer, explain (OP-07), put off, decline, and the steps of a complaint (CP-02).

    Raises Refused: ``required``, ``too_long``, ``opinion.not_now``, ``opinion.rounds_left``, ``opinion.stale``.
    """
    words = worded(words, "words")
    with writing() as session:
        opinion = opinion_for(session, opinion_id, revision, by)
        life.move(session, opinion, action, by=by.id, at=at)
        if action is Action.ANSWER:
            opinion.answered_with = words
        _note(session, opinion, action, words, by, at)


def close_after_review(
    opinion_id: UUID, reasons: str, outside: str, *, revision: int | None, by: Actor, at: datetime
) -> None:
    """The reviewed exit (VS-09): by another person than any who worked on it, with reasons and outside routes named.

    Raises Refused: ``required``, ``too_long``, ``opinion.own_exit``, ``opinion.rounds_left``, ``opinion.not_now``,
    ``opinion.stale``, ``opinion.unknown``.
    """
    words = f"{worded(reasons, 'reasons')}\n{worded(outside, 'outside')}"
    with writing() as session:
        opinion = opinion_for(session, opinion_id, revision, by)
        if opinion.receiver_id == by.id or _had_a_hand(session, opinion, by.id):
            raise Refused("opinion.own_exit")
        life.move(session, opinion, Action.EXIT, by=by.id, at=at)
        _note(session, opinion, Action.EXIT, words, by, at)


def _had_a_hand(session: Session, opinion: Opinion, staff_id: UUID) -> bool:
    query = select(OpinionStep.id).where(OpinionStep.opinion_id == opinion.id, OpinionStep.by_id == staff_id)
    return session.scalar(query.limit(1)) is not None


def _note(
    session: Session,
    opinion: Opinion,
    action: Action,
    words: str,
    by: Actor,
    at: datetime,
    *,
    method: str = "",
    in_round: int | None = None,
) -> None:
    session.add(
        OpinionStep(
            office_id=opinion.office_id, opinion_id=opinion.id, round=in_round or opinion.round, action=action.value,
            words=words, department_id=opinion.department_id, method=method, by_id=by.id, at=at,
        )
    )  # fmt: skip
