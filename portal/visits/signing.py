"""What signing means for visits: how one is told in a list, and what the chain's moves do to it."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from portal.accounts.models import Staff
from portal.core import changes
from portal.core.changes import Touched
from portal.core.i18n import day
from portal.core.labels import label
from portal.core.registry import Description, SignoffKind
from portal.households.addresses import address_text
from portal.households.models import Building, Household
from portal.opinions.models import Opinion
from portal.visits.models import Visit
from portal.visits.words import MET


def describe(session: Session, record_ids: Sequence[UUID]) -> dict[UUID, Description]:
    """Each visit as a line: whose door, who was there, what came of it; counts for the cover sheet of a bundle."""
    rows = session.execute(
        select(Visit, Building, Household.stair, Household.room, Staff.name)
        .join(Household, Household.id == Visit.household_id)
        .join(Building, Building.id == Household.building_id)
        .join(Staff, Staff.id == Visit.author_id)
        .where(Visit.id.in_(list(record_ids)))
    ).all()
    kinds: dict[UUID, Counter[str]] = {}
    opinions = select(Opinion.contact_id, Opinion.kind, Opinion.answered_with != "").where(
        Opinion.contact_id.in_([visit.contact_id for visit, *_ in rows])
    )
    for contact_id, kind, answered in session.execute(opinions):
        found = kinds.setdefault(contact_id, Counter())
        found[f"opinion_{kind}"] += 1
        found["answered"] += bool(answered)
    told = {}
    for visit, building, stair, room, author in rows:
        counts = _counts(visit, kinds.get(visit.contact_id, Counter()))
        told[visit.id] = Description(
            title=f"{address_text(building, stair, room)} {label('visit_type', visit.type)}",
            note=" · ".join([day(visit.occurred_at), author, label("outcome", visit.outcome)]),
            url=f"/desk/visits/{visit.id}",
            counts=dict(counts),
        )
    return told


def _counts(visit: Visit, opinions: Counter[str]) -> Counter[str]:
    """``exceptions``: what a signer should look at first: a refusal, a complaint, somebody dissatisfied."""
    counts: Counter[str] = Counter(visits=1)
    counts["met"] = visit.outcome == MET
    counts[f"outcome_{visit.outcome}"] = 1
    counts[f"method_{visit.method}"] = 1
    counts["opinions"] = visit.opinion_count
    counts["exceptions"] = bool(
        visit.outcome == "refused" or opinions["opinion_complaint"] or visit.satisfaction == "dissatisfied"
    )
    counts["signed_by_resident"] = bool(visit.body.get("resident_signature"))
    return counts + opinions


def moved(session: Session, record_id: UUID, status: str, revision: int, at: datetime) -> None:
    """Keep the visit's own status, and let the author's tablet pull how the record stands."""
    visit = session.execute(
        update(Visit)
        .where(Visit.id == record_id)
        .values(status=status, revision=revision)
        .returning(Visit.office_id, Visit.author_id)
    ).one()
    changes.number(session, visit.office_id, [Touched("own_record", record_id, None, staff_id=visit.author_id)])


VISIT_RECORDS = SignoffKind(describe=describe, moved=moved)
