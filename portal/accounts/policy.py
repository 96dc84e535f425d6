"""The policy of an office on a day: the product's defaults, what the company set, what the office set, in this order."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from portal.accounts.models import Office, PolicyValue
from portal.core import bulk, clock
from portal.domain.policy import DEFAULT, DatedValue, Policy, policy_on, read_field

# Built once: intake asks for both with every batch.
_VALUES = (
    select(PolicyValue.office_id, PolicyValue.field, PolicyValue.value, PolicyValue.effective_from, PolicyValue.source)
    .where(
        PolicyValue.office_id.is_(None) | (PolicyValue.office_id == bindparam("office")),
        PolicyValue.effective_from <= bindparam("day"),
    )
    .order_by(PolicyValue.effective_from, PolicyValue.id)
)
_ZONE = select(Office.time_zone).where(Office.id == bindparam("office"))


def policy_for(session: Session, office_id: UUID, *, on: date) -> Policy:
    """Every number as it stands for the office on a day. A stored value is text, as ``policy.write_field`` makes it."""
    rows = bulk.rows(session, _VALUES, office=office_id, day=on)
    company = [_dated(row) for row in rows if row.office_id is None]
    office = [_dated(row) for row in rows if row.office_id is not None]
    if not rows:
        return DEFAULT
    return policy_on(policy_on(DEFAULT, company, on), office, on)


def _dated(row: object) -> DatedValue:
    effective_from, field, value, source = (getattr(row, n) for n in ("effective_from", "field", "value", "source"))
    return DatedValue(effective_from, field, read_field(field, value), source)


def zone_of(session: Session, office_id: UUID) -> str:
    """The office's time zone, by which its days are counted."""
    found: str = bulk.rows(session, _ZONE, office=office_id)[0].time_zone
    return found


def policy_at(session: Session, office_id: UUID, at: datetime) -> Policy:
    """The policy in force at a moment, by the office's own calendar."""
    return policy_for(session, office_id, on=clock.day_at(at, zone_of(session, office_id)))
