"""Where an opinion of a visit was recorded, for who reads the opinion alone: the record and the photos taken of it."""

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.core.registry import Origin
from portal.core.storage import Attachment
from portal.visits.models import Visit


def origin_of(session: Session, opinion: Any) -> Origin | None:
    """The visit in which an opinion was raised; None for one that came another way."""
    visit = session.scalars(select(Visit).where(Visit.contact_id == opinion.contact_id)).first()
    if visit is None:
        return None
    members = (m for m in visit.body.get("opinions") or () if m.get("id") == str(opinion.id))
    named = next((m.get("photos") or [] for m in members), [])
    pictures = session.scalars(
        select(Attachment)
        .where(Attachment.owner_id == visit.id, Attachment.sha256.in_(named))
        .order_by(Attachment.position)
    ).all()
    return Origin("visits.show", {"visit_id": visit.id}, "visits:visit:read", pictures)
