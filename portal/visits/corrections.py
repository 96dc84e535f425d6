"""Corrections of returned visits: a new revision by the author, which is signed again from step 1 (VS-10).

What was signed stays as it was, in its own revision. Opinions that came with the visit follow while nobody has acted on
them; one that has been acted on keeps what the office decided, and the correction shows in the visit's history.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from portal.accounts.policy import policy_for, zone_of
from portal.core import audit, changes, clock, search
from portal.core.changes import Touched
from portal.core.facts import Problem, ReceivedFact, by_office
from portal.core.storage import Attachment
from portal.domain.policy import Policy
from portal.households.models import Household
from portal.opinions import life, rows
from portal.opinions.models import Contact, Opinion, OpinionCheck
from portal.opinions.rows import Batch, Place
from portal.opinions.scope import Scope, read
from portal.signoff import service as signoff
from portal.visits.intake import checked_opinions, counts_as_covered, visit_columns, visit_entry
from portal.visits.models import Visit
from portal.visits.words import CORRECTION_OF, MET

OWN_KEYS = ("corrected",)  # what a correction says of itself, beside what the visit says


class CorrectionIntake:
    """Facts of kind ``correction``; their subject is the visit, ``base`` its revision as the author saw it."""

    def problems(self, session: Session, facts: Sequence[ReceivedFact]) -> dict[UUID, list[Problem]]:
        """Problems by fact. Codes beside those of visits: ``not_author``, ``not_returned``, ``stale_revision`` {revision}."""
        found: dict[UUID, list[Problem]] = {}
        for office_id, group in by_office(facts).items():
            visits = _visits(session, office_id, [fact.subject_id for fact in group])
            readings = [read(fact, _forms(visits.get(fact.subject_id))) for fact in group]
            scope = Scope.load(session, office_id, {v.household_id for v in visits.values()}, readings)
            corrected: set[UUID] = set()
            for reading in readings:
                fact = reading.fact
                visit = visits.get(fact.subject_id)
                if visit is None:
                    found[fact.id] = [Problem("/subject", "unknown_subject")]
                    continue
                wrong = _state_problems(fact, visit, corrected)
                wrong += scope.problems(
                    reading, visit.household_id, contact_id=visit.contact_id,
                    attached=_attached(session, visit.id) if reading.references else (),
                )  # fmt: skip
                if wrong:
                    found[fact.id] = wrong
                else:
                    corrected.add(visit.id)
        return found

    def apply(self, session: Session, facts: Sequence[ReceivedFact], *, at: datetime | None = None) -> dict[UUID, int]:
        """Make each the visit's next revision; returns those revisions by fact."""
        made: dict[UUID, int] = {}
        for office_id, group in sorted(by_office(facts).items()):
            changes.lock(session, [office_id])
            session.flush()
            zone = zone_of(session, office_id)
            for fact in group:
                moment = at or fact.received_at
                policy = policy_for(session, office_id, on=clock.day_at(moment, zone))
                made[fact.id] = _Correction(session, fact, policy, zone, moment).run()
        return made


CORRECTIONS = CorrectionIntake()


def _visits(session: Session, office_id: UUID, ids: Sequence[UUID]) -> dict[UUID, Visit]:
    query = select(Visit).where(Visit.id.in_(set(ids)), Visit.office_id == office_id)
    return {visit.id: visit for visit in session.scalars(query)}


def _forms(visit: Visit | None) -> tuple[str, ...]:
    """A visit is corrected on the form of its kind; of an unknown one only the subject is told."""
    if visit is None:
        return tuple(CORRECTION_OF.values())
    return (CORRECTION_OF[visit.form.partition("@")[0]],)


def _state_problems(fact: ReceivedFact, visit: Visit, corrected: set[UUID]) -> list[Problem]:
    if fact.staff_id != visit.author_id:
        return [Problem("/subject", "not_author")]
    if visit.status != "returned" or visit.id in corrected:
        return [Problem("/subject", "not_returned", {"status": visit.status})]
    if fact.base is not None and fact.base != visit.revision:
        return [Problem("/base", "stale_revision", {"revision": visit.revision})]
    return []


def _attached(session: Session, visit_id: UUID) -> Sequence[str]:
    return session.scalars(select(Attachment.sha256).where(Attachment.owner_id == visit_id)).all()


def visit_body(body: Mapping[str, Any]) -> dict[str, Any]:
    """What a correction says of the visit."""
    return {key: value for key, value in body.items() if key not in OWN_KEYS}


class _Correction:
    """One correction on its way into the tables."""

    def __init__(self, session: Session, fact: ReceivedFact, policy: Policy, zone: str, at: datetime) -> None:
        self.session, self.fact, self.policy, self.zone = session, fact, policy, zone
        self.at = at
        self.visit = session.get_one(Visit, fact.subject_id, with_for_update=True, populate_existing=True)
        self.place: Place = rows.places(session, fact.office_id, [self.visit.household_id])[self.visit.household_id]
        self.body = fact.body
        self.met = rows.person_named(self.body, rows.resident_names(session, [fact]))
        standings = life.standings(session, checked_opinions([self.body]))
        self.batch = Batch(fact.office_id, policy, self.at, standings)

    def run(self) -> int:
        session, fact, visit = self.session, self.fact, self.visit
        columns = visit_columns(self.body, fact.staff_id, self.met)
        before = {"outcome": visit.outcome, "method": visit.method}
        for name, value in columns.items():
            setattr(visit, name, value)
        visit.body = visit_body(fact.body)
        session.get_one(Contact, visit.contact_id).person = self.met
        self._opinions()
        self._checks()
        complete = self._attachments() and fact.complete
        visit.revision = signoff.resubmit(
            session, visit.id, fact.content, author_id=fact.staff_id, at=self.at, complete=complete
        )
        life.count(session, self.batch.write(session))
        search.reindex(session, visit_entry(visit.id, visit.office_id, self.place, self.met, self.body))
        if counts_as_covered(columns, self.policy) != counts_as_covered(before, self.policy):
            self._last_visit()
        changes.number(session, fact.office_id, [Touched("household", self.place.id, self.place.community_id)])
        return visit.revision

    def _opinions(self) -> None:
        members = {UUID(member["id"]): member for member in self.body.get("opinions") or ()}
        known = self.session.scalars(
            select(Opinion).where(Opinion.id.in_(members)).order_by(Opinion.id).with_for_update()
        ).all()
        for opinion in known:
            self._follow(opinion, members.pop(opinion.id))
        self.batch.raise_opinions(
            list(members.values()), contact_id=self.visit.contact_id, place=self.place, person=self.met,
            by=self.fact.staff_id, raised_at=self.visit.occurred_at,
        )  # fmt: skip

    def _follow(self, opinion: Opinion, member: Mapping[str, Any]) -> None:
        if opinion.status != "received":
            return
        columns = rows.opinion_columns(member)
        changed = sorted(name for name, value in columns.items() if getattr(opinion, name) != value)
        if not changed:
            return
        for name in changed:
            setattr(opinion, name, columns[name])
        opinion.revision += 1
        audit.record(
            self.session, life.CORRECTED, opinion.id, office_id=opinion.office_id, by=self.fact.staff_id, at=self.at,
            fields=changed, visit=str(self.visit.id), status=opinion.status, round=opinion.round,
        )  # fmt: skip
        words = (self.place.building, self.place.stair, self.place.room, self.met, opinion.case_number, opinion.content)
        search.reindex(self.session, search.entry(opinion.id, opinion.office_id, "opinion", words))

    def _checks(self) -> None:
        """A check that says the same as before stays; another answer counts in the round that runs now."""
        before = {
            (check.opinion_id, check.satisfied): check
            for check in self.session.scalars(select(OpinionCheck).where(OpinionCheck.visit_id == self.visit.id))
        }
        by_round = {(check.opinion_id, check.round): check for check in before.values()}
        fresh = []
        for member in self.body.get("checks") or ():
            own, satisfied = UUID(member["opinion"]), rows.SATISFIED[member["satisfied"]]
            same = before.get((own, satisfied))
            replaced = by_round.get((own, self.batch.standings[own].round))
            if same is not None:
                same.remark = member.get("remark") or ""
            else:
                if replaced is not None:
                    self.session.delete(replaced)
                fresh.append(member)
        self.session.flush()
        self.batch.check(fresh, visit_id=self.visit.id, by=self.fact.staff_id, said_at=self.visit.occurred_at)

    def _attachments(self) -> bool:
        """Add what the correction brings; whether all that the visit ever listed is there."""
        have = set(_attached(self.session, self.visit.id))
        first = len(have)
        here = rows.received_hashes(self.session, self.fact.office_id, [self.fact])
        self.batch.attach(self.fact, self.visit.id, here, first=first, known=have)
        missing = self.session.scalar(
            select(func.count()).where(Attachment.owner_id == self.visit.id, Attachment.received_at.is_(None))
        )
        return not missing and all(row["received_at"] for row in self.batch.attachments)

    def _last_visit(self) -> None:
        """The household's last covered visit, since method or outcome was corrected."""
        self.session.flush()
        latest = self.session.scalar(
            select(func.max(Visit.occurred_at)).where(
                Visit.household_id == self.place.id, Visit.outcome == MET,
                Visit.method.in_(self.policy.covered_methods),
            )
        )  # fmt: skip
        day = clock.day_at(latest, self.zone) if latest else None
        self.session.execute(update(Household).where(Household.id == self.place.id).values(last_visit_on=day))
