"""Who holds which role in an office on a day."""

from collections import defaultdict
from datetime import date
from uuid import UUID

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from portal.accounts.models import RoleGrant, Staff
from portal.core import bulk

# Built once: intake asks for both with every batch.
_HERE = RoleGrant.office_id.is_(None) | (RoleGrant.office_id == bindparam("office"))
_HOLDERS = (
    select(RoleGrant.role, RoleGrant.staff_id)
    .join(Staff, Staff.id == RoleGrant.staff_id)
    .where(
        Staff.active,
        _HERE,
        RoleGrant.from_day <= bindparam("day"),
        RoleGrant.to_day.is_(None) | (RoleGrant.to_day >= bindparam("day")),
    )
)
_COLLEAGUES = select(RoleGrant.staff_id).where(_HERE).distinct()


def holders(session: Session, office_id: UUID, *, on: date) -> dict[str, frozenset[UUID]]:
    """By role, the active staff who hold it in the office that day, company-wide roles included."""
    rows = bulk.rows(session, _HOLDERS, office=office_id, day=on)
    found: defaultdict[str, set[UUID]] = defaultdict(set)
    for role, staff_id in rows:
        found[role].add(staff_id)
    return {role: frozenset(staff) for role, staff in found.items()}


def colleagues(session: Session, office_id: UUID) -> frozenset[UUID]:
    """Everybody who holds or ever held a role in the office: whom a record may name, however late it arrives."""
    return frozenset(row.staff_id for row in bulk.rows(session, _COLLEAGUES, office=office_id))
