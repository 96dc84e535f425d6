"""Opinions raised outside a visit, from facts of kind ``opinion``: one contact, any number of opinions (OP-01)."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from portal.accounts.policy import policy_for, zone_of
from portal.core import bulk, changes, clock
from portal.core.changes import Touched
from portal.core.facts import Problem, ReceivedFact, by_office
from portal.opinions import life, rows
from portal.opinions.models import Contact
from portal.opinions.rows import Batch
from portal.opinions.scope import Scope, read


class OpinionIntake:
    """Facts of kind ``opinion``, forms ``opinion@n``; their subject is the household."""

    def problems(self, session: Session, facts: Sequence[ReceivedFact]) -> dict[UUID, list[Problem]]:
        """Problems by fact, with the codes of ``formspec.problems`` and of ``Scope.problems``."""
        found: dict[UUID, list[Problem]] = {}
        for office_id, group in by_office(facts).items():
            readings = [read(fact, ("opinion",)) for fact in group]
            scope = Scope.load(session, office_id, {fact.subject_id for fact in group}, readings)
            for reading in readings:
                if wrong := scope.problems(reading, reading.fact.subject_id):
                    found[reading.fact.id] = wrong
        return found

    def apply(self, session: Session, facts: Sequence[ReceivedFact], *, at: datetime | None = None) -> dict[UUID, int]:
        """Record facts without problems; the household's own revision does not rise."""
        for office_id, group in sorted(by_office(facts).items()):
            _take_in(session, office_id, group, at or max(fact.received_at for fact in group))
        return {}


OPINIONS = OpinionIntake()


def _take_in(session: Session, office_id: UUID, facts: Sequence[ReceivedFact], at: datetime) -> None:
    changes.lock(session, [office_id])
    session.flush()
    policy = policy_for(session, office_id, on=clock.day_at(at, zone_of(session, office_id)))
    batch = Batch(office_id, policy, at, {})
    places = rows.places(session, office_id, {fact.subject_id for fact in facts})
    names = rows.resident_names(session, facts)
    here = rows.received_hashes(session, office_id, facts)
    for fact in facts:
        place, body = places[fact.subject_id], fact.body
        person = rows.person_named(body, names)
        contact_id = batch.contact(fact, place, body["channel"], person, body.get("phone") or "")
        batch.raise_opinions(
            body["opinions"], contact_id=contact_id, place=place, person=person, by=fact.staff_id,
            raised_at=fact.occurred_at,
        )  # fmt: skip
        batch.attach(fact, contact_id, here)
    bulk.put(session, Contact, batch.contacts)
    life.count(session, batch.write(session))
    changes.number(session, office_id, [Touched("household", p.id, p.community_id) for p in places.values()])
