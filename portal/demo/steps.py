"""Taking the steps that were planned: one by one through the services of today, or a week's at a time for the past.

Both move states by ``opinions.life`` and leave the same rows; a week's steps at a time is what makes a year affordable.
"""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, select, update
from sqlalchemy.orm import Session

from portal.accounts.policy import policy_for
from portal.core import bulk, changes, clock
from portal.core.changes import Touched
from portal.core.db import writing
from portal.core.ids import new_id
from portal.demo.crew import Crew
from portal.demo.opinions import Act
from portal.demo.revisits import ask_at_the_door, asked_at_the_door
from portal.domain.lives import OpinionAction as Action
from portal.opinions import life, numbers, steps
from portal.opinions.models import Contact, Measure, Opinion, OpinionCheck, OpinionStep

CHECKS = (Action.SATISFY, Action.AGAIN)

_NUMBER = (
    update(Contact.__table__)  # type: ignore[arg-type]
    .where(Contact.__table__.c.id == bindparam("of"))
    .values(number=bindparam("given"))
)
_OPINION = (
    update(Opinion.__table__)  # type: ignore[arg-type]
    .where(Opinion.__table__.c.id == bindparam("of"))
    .values(
        case_number=bindparam("case"),
        answered_with=bindparam("answer"),
        department_id=bindparam("department"),
        category=bindparam("category"),
        due_on=bindparam("due"),
    )
)
_DONE = (
    update(Measure.__table__)  # type: ignore[arg-type]
    .where(
        Measure.__table__.c.opinion_id == bindparam("of"),
        Measure.__table__.c.round == bindparam("in_round"),
        Measure.__table__.c.done_on.is_(None),
    )
    .values(done_on=bindparam("on"), result=bindparam("words"))
)


_COLUMNS = ("of", "case", "answer", "department", "category", "due")


def take(acts: Sequence[Act], crew: Crew) -> list[tuple[datetime, UUID]]:
    """Each step by its service, in its own transaction, as people take them; returns the visits that were made for it."""
    visits = []
    for act in acts:
        if asked_at_the_door(act, crew):
            visits.append((act.at, ask_at_the_door(act)))
        else:
            _take(act, crew)
    return visits


def _take(act: Act, crew: Crew) -> None:
    matter, own = act.raised.matter, {"revision": None, "by": act.by, "at": act.at}
    match act.action:
        case Action.CLASSIFY:
            steps.classify(act.opinion_id, kind=matter.kind, category=matter.category, part=matter.part, **own)  # type: ignore[arg-type]
        case Action.ASSIGN:
            steps.assign(act.opinion_id, crew.departments[matter.department], act.words, **own)  # type: ignore[arg-type]
        case Action.MEASURE:
            steps.name_measure(act.opinion_id, act.words, person=act.person, due_on=act.due_on, **own)  # type: ignore[arg-type]
        case Action.COMPLETE:
            steps.report_done(act.opinion_id, act.words, **own)  # type: ignore[arg-type]
        case Action.SATISFY | Action.AGAIN:
            satisfied = act.action is Action.SATISFY
            steps.check(act.opinion_id, satisfied, act.words, method=act.method, **own)  # type: ignore[arg-type]
        case _:
            steps.say(act.opinion_id, act.action, act.words, **own)  # type: ignore[arg-type]


def take_together(acts: Sequence[Act], crew: Crew) -> None:
    """Steps of the past, in one transaction. The state machine judges each of them as it judges a single one."""
    if not acts:
        return
    with writing() as session:
        changes.lock(session, [crew.office.id])
        _Week(session, crew, [act.opinion_id for act in acts]).run(acts)


class _Week:
    """Rows of a week's steps."""

    def __init__(self, session: Session, crew: Crew, opinion_ids: Sequence[UUID]) -> None:
        self.session, self.crew = session, crew
        self.standings = life.standings(session, opinion_ids)
        self.known = {
            row.id: {
                "of": row.id, "case": row.case_number, "answer": row.answered_with, "department": row.department_id,
                "category": row.category, "due": row.due_on, "contact": row.contact_id, "number": row.number,
            }
            for row in session.execute(
                select(
                    Opinion.id, Opinion.case_number, Opinion.answered_with, Opinion.department_id, Opinion.contact_id,
                    Opinion.category, Opinion.due_on, Contact.number,
                ).join(Contact, Contact.id == Opinion.contact_id).where(Opinion.id.in_(self.standings))
            )
        }  # fmt: skip
        self.numbers: dict[UUID, str] = {}
        self.measures: list[dict[str, Any]] = []
        self.checks: list[dict[str, Any]] = []
        self.notes: list[dict[str, Any]] = []
        self.reports: list[dict[str, Any]] = []
        self.positions: defaultdict[tuple[UUID, int], int] = defaultdict(int)

    def run(self, acts: Sequence[Act]) -> None:
        session, office_id = self.session, self.crew.office.id
        policy = policy_for(session, office_id, on=clock.day_at(acts[0].at, self.crew.office.time_zone))
        for act in acts:
            standing = self.standings[act.opinion_id]
            asked = standing.round
            standing.step(act.action, policy, by=act.by.id, at=act.at, **self._told(act))
            self._rows(act, standing, asked)
        known = [{k: row[k] for k in _COLUMNS} for row in self.known.values()]
        bulk.many(session, _NUMBER, [{"of": contact, "given": n} for contact, n in self.numbers.items()])
        bulk.many(session, _OPINION, known)
        bulk.put(session, Measure, self.measures)
        bulk.many(session, _DONE, self.reports)
        bulk.put(session, OpinionCheck, self.checks)
        bulk.put(session, OpinionStep, self.notes)
        life.count(session, life.write(session, list(self.standings.values())))
        homes = sorted({(s.household_id, s.community_id) for s in self.standings.values() if s.household_id})
        changes.number(session, office_id, [Touched("household", home, place) for home, place in homes])

    def _told(self, act: Act) -> dict[str, Any]:
        matter = act.raised.matter
        match act.action:
            case Action.CLASSIFY:
                return {"kind": matter.kind, "category": matter.category}
            case Action.ASSIGN:
                return {"department": str(self.crew.departments[matter.department])}
            case Action.MEASURE:
                return {"due_kind": "date"}
            case Action.SATISFY | Action.AGAIN:
                return {"method": act.method}
        return {}

    def _rows(self, act: Act, standing: life.Standing, asked: int) -> None:
        known, office_id = self.known[standing.id], self.crew.office.id
        at_step = {"office_id": office_id, "opinion_id": standing.id, "by_id": act.by.id, "at": act.at}
        today = clock.day_at(act.at, self.crew.office.time_zone)
        match act.action:
            case Action.CLASSIFY:
                known["category"] = act.raised.matter.category
                self._number(known, today.year)
            case Action.ASSIGN:
                known["department"] = self.crew.departments[act.raised.matter.department]
            case Action.ANSWER:
                known["answer"] = act.words
            case Action.MEASURE:
                known["due"] = act.due_on
                self.measures.append(
                    at_step | {
                        "id": new_id(), "issue_id": None, "round": standing.round, "action": act.words, "actor": "office",
                        "position": self._next(standing), "person": act.person, "department_id": known["department"],
                        "due_kind": "date", "due_from": None, "due_on": act.due_on, "done_on": None, "result": "",
                    }
                )  # fmt: skip
            case Action.COMPLETE:
                self.reports.append({"of": standing.id, "in_round": standing.round, "on": today, "words": act.words})
            case Action.SATISFY | Action.AGAIN:
                said = {
                    "round": asked,
                    "visit_id": None,
                    "satisfied": act.action is Action.SATISFY,
                    "remark": act.words,
                }
                self.checks.append(at_step | said | {"id": new_id()})
        self.notes.append(
            at_step | {
                "id": new_id(), "round": asked, "action": act.action.value, "department_id": known["department"],
                "words": "" if act.action is Action.MEASURE else act.words, "method": act.method,
            }
        )  # fmt: skip

    def _next(self, standing: life.Standing) -> int:
        position = self.positions[standing.id, standing.round]
        self.positions[standing.id, standing.round] += 1
        return position

    def _number(self, known: dict[str, Any], year: int) -> None:
        if known["number"] is None:
            given = self.numbers.get(known["contact"])
            if given is None:
                given = numbers.next_number(self.session, self.crew.office.id, year)
                self.numbers[known["contact"]] = given
            known["number"] = given
        known["case"] = known["case"] or known["number"]
