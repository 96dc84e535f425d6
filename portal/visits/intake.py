"""Visits and attempts from facts: a batch is one set of statements with finished rows, the same for tablet and desk.

The fact's own row and the blobs of its attachments are there before (``core.facts``, ``portal.sync``). What a fact makes:
contact, visit, opinions, checks of earlier opinions, revision, approval, ledger entry, attachments, events, change numbers,
search rows; the household's last visit and open opinions; the line of the day's plan.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, select, update
from sqlalchemy.orm import Session

from portal.accounts.policy import policy_for, zone_of
from portal.core import bulk, changes, clock, search
from portal.core.changes import Touched
from portal.core.facts import Problem, ReceivedFact, by_office
from portal.core.ids import read_id
from portal.domain.chains import chain_for
from portal.domain.policy import Policy
from portal.households.models import Household
from portal.opinions import life, rows
from portal.opinions.models import Contact
from portal.opinions.rows import Batch, Place
from portal.opinions.scope import Scope, read
from portal.signoff import service as signoff
from portal.signoff.service import Submission
from portal.signoff.steps import Standard, standard_of
from portal.visits.models import Plan, PlanLine, Visit
from portal.visits.words import MET, SETTLES_PLAN

KIND = "visit"  # of sign-off
CHAIN = "visit_record"


class VisitIntake:
    """Facts of kind ``visit``, forms ``visit@n`` and ``attempt@n``; their subject is the household."""

    def problems(self, session: Session, facts: Sequence[ReceivedFact]) -> dict[UUID, list[Problem]]:
        """Problems by fact. Codes beside those of ``formspec.problems``: ``unknown_form``, ``wrong_form``,
        ``unknown_subject``, ``unknown_reference`` {of}, ``id_taken``."""
        found: dict[UUID, list[Problem]] = {}
        for office_id, group in by_office(facts).items():
            readings = [read(fact, ("visit", "attempt")) for fact in group]
            scope = Scope.load(session, office_id, {fact.subject_id for fact in group}, readings)
            for reading in readings:
                if wrong := scope.problems(reading, reading.fact.subject_id):
                    found[reading.fact.id] = wrong
        return found

    def apply(self, session: Session, facts: Sequence[ReceivedFact], *, at: datetime | None = None) -> dict[UUID, int]:
        """Record facts without problems. The household's own revision does not rise, so nothing is returned."""
        for office_id, group in sorted(by_office(facts).items()):
            changes.lock(session, [office_id])
            session.flush()
            _Intake.of(session, office_id, group, at).run(session, group)
        return {}


VISITS = VisitIntake()


def checked_opinions(bodies: Iterable[Mapping[str, Any]]) -> set[UUID]:
    return {read_id(check["opinion"]) for body in bodies for check in body.get("checks") or ()}


@dataclass
class _Intake:
    """One batch of one office on its way into the tables."""

    zone: str
    policy: Policy
    standard: Standard
    batch: Batch
    places: dict[UUID, Place]
    names: dict[str, str]
    here: dict[str, datetime]
    visits: list[dict[str, Any]] = field(default_factory=list)
    visited: dict[UUID, date] = field(default_factory=dict)
    settled: dict[tuple[UUID, date], UUID] = field(default_factory=dict)  # (household, day) → visit, for the plan

    @classmethod
    def of(cls, session: Session, office_id: UUID, facts: Sequence[ReceivedFact], at: datetime | None) -> "_Intake":
        at = at or max(fact.received_at for fact in facts)
        zone = zone_of(session, office_id)
        policy = policy_for(session, office_id, on=clock.day_at(at, zone))
        earlier = checked_opinions(fact.body for fact in facts)
        raised = {read_id(o["id"]) for fact in facts for o in fact.body.get("opinions") or ()}
        batch = Batch(office_id, policy, at, life.standings(session, earlier - raised))
        return cls(
            zone, policy, standard_of(session, office_id, at, policy=policy, zone=zone), batch,
            rows.places(session, office_id, {fact.subject_id for fact in facts}), rows.resident_names(session, facts),
            rows.received_hashes(session, office_id, facts),
        )  # fmt: skip

    def run(self, session: Session, facts: Sequence[ReceivedFact]) -> None:
        for fact in facts:
            self._gather(fact)
        bulk.put(session, Contact, self.batch.contacts)
        bulk.put(session, Visit, self.visits)
        more = self.batch.write(session)
        signoff.submit(
            session, KIND, [Submission(f.id, f.office_id, f.staff_id, f.content, f.complete) for f in facts],
            chain=chain_for(CHAIN, self.policy).steps, at=self.batch.at, standard=self.standard,
        )  # fmt: skip
        self._tell_households(session, more)
        lines = self._settle_plan(session)
        touched = [Touched("household", p.id, p.community_id) for p in self.places.values()]
        changes.number(session, self.batch.office_id, touched + lines)

    def _gather(self, fact: ReceivedFact) -> None:
        place = self.places[fact.subject_id]
        body = fact.body
        met = rows.person_named(body, self.names)
        contact_id = self.batch.contact(fact, place, "visit", met)
        columns = visit_columns(body, fact.staff_id, met)
        day = clock.day_at(fact.occurred_at, self.zone)
        self.visits.append(
            {
                "id": fact.id, "office_id": fact.office_id, "community_id": place.community_id, "household_id": place.id,
                "contact_id": contact_id, "author_id": fact.staff_id, "form": fact.form, "status": "received",
                "revision": 1, "occurred_at": fact.occurred_at, "recorded_at": fact.recorded_at,
                "received_at": fact.received_at, **columns, "body": fact.body,
            }
        )  # fmt: skip
        self.batch.raise_opinions(
            body.get("opinions") or (), contact_id=contact_id, place=place, person=met, by=fact.staff_id,
            raised_at=fact.occurred_at,
        )  # fmt: skip
        self.batch.check(body.get("checks") or (), visit_id=fact.id, by=fact.staff_id, said_at=fact.occurred_at)
        self.batch.attach(fact, fact.id, self.here)
        self.batch.found_by.append(visit_entry(fact.id, fact.office_id, place, met, body))
        if counts_as_covered(columns, self.policy):
            self.visited[place.id] = max(day, self.visited.get(place.id, day))
        if columns["outcome"] in SETTLES_PLAN:
            self.settled.setdefault((place.id, day), fact.id)

    def _tell_households(self, session: Session, more: Counter[UUID]) -> None:
        changed = []
        for place in self.places.values():
            day = self.visited.get(place.id)
            last = day if day and (place.last_visit_on is None or day > place.last_visit_on) else place.last_visit_on
            if more[place.id] or last != place.last_visit_on:
                changed.append({"of": place.id, "more": more[place.id], "last": last})
        bulk.many(session, _HOUSEHOLD, changed)

    def _settle_plan(self, session: Session) -> list[Touched]:
        if not self.settled:
            return []
        households, days = {h for h, _ in self.settled}, {d for _, d in self.settled}
        open_lines = bulk.rows(session, _OPEN_LINES, households=list(households), days=list(days))
        done = [
            {"of": line, "visit": self.settled[household, day], "staff": staff_id}
            for line, household, day, staff_id in open_lines
            if (household, day) in self.settled
        ]
        bulk.many(session, _LINE, done)
        return [Touched("plan_line", line["of"], None, staff_id=line["staff"]) for line in done]


_HOUSEHOLD = (
    update(Household.__table__)  # type: ignore[arg-type]
    .where(Household.__table__.c.id == bindparam("of"))
    .values(open_opinions=Household.__table__.c.open_opinions + bindparam("more"), last_visit_on=bindparam("last"))
)
_OPEN_LINES = (
    select(PlanLine.id, PlanLine.household_id, Plan.day, Plan.staff_id)
    .join(Plan, Plan.id == PlanLine.plan_id)
    .where(
        PlanLine.household_id.in_(bindparam("households", expanding=True)),
        PlanLine.visit_id.is_(None),
        Plan.day.in_(bindparam("days", expanding=True)),
    )
    .order_by(PlanLine.id)
)
_LINE = (
    update(PlanLine.__table__)  # type: ignore[arg-type]
    .where(PlanLine.__table__.c.id == bindparam("of"))
    .values(visit_id=bindparam("visit"))
)


def visit_columns(body: Mapping[str, Any], author_id: UUID, met: str) -> dict[str, Any]:
    """What the form says, as columns of a visit; a value that its form hides does not count."""
    own = str(author_id)
    second = next((visitor for visitor in body["visitors"] if visitor != own), None)
    again = body.get("again_on") if body["outcome"] in ("not_in", "another_day") else body.get("next_contact_on")
    return {
        "second_id": read_id(second) if second else None,
        "type": body["type"],
        "method": body["method"],
        "outcome": body["outcome"],
        "attempt": body.get("attempt") or 0,
        "satisfaction": (body.get("ratings") or {}).get("overall"),
        "met_name": met,
        "next_contact_on": date.fromisoformat(again) if again else None,
        "opinion_count": len(body.get("opinions") or ()),
    }


def counts_as_covered(columns: Mapping[str, Any], policy: Policy) -> bool:
    """Whether a visit counts as having been to the household (VS-03)."""
    return columns["outcome"] == MET and columns["method"] in policy.covered_methods


def visit_entry(visit_id: UUID, office_id: UUID, place: Place, met: str, body: Mapping[str, Any]) -> dict[str, Any]:
    """What a visit is found by."""
    said = [opinion["content"] for opinion in body.get("opinions") or ()]
    words = [place.building, place.stair, place.room, met, *said, body.get("remark") or ""]
    return search.entry(visit_id, office_id, "visit", words)
