"""Who is acting: a member of staff with the roles in force today, and the office they are working in."""

from dataclasses import dataclass, field, replace
from datetime import date
from uuid import UUID

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from portal.accounts.models import Office, RoleGrant, Staff
from portal.core import bulk
from portal.domain.permissions import COMPANY_WIDE, may


@dataclass(frozen=True)
class Grant:
    role: str
    office_id: UUID | None
    department_id: UUID | None


@dataclass(frozen=True)
class Actor:
    """A person acting with their roles; what services take as ``by``. Also what flask-login calls the user."""

    id: UUID
    login: str
    name: str
    company_id: UUID
    language: str | None
    text_size: str
    session_number: int
    grants: tuple[Grant, ...]
    offices: tuple[UUID, ...]  # all offices this person may work in, in the order of their names
    office_id: UUID | None  # the one chosen
    time_zone: str = "Asia/Shanghai"
    device_id: UUID | None = field(default=None)

    is_authenticated = True
    is_active = True
    is_anonymous = False

    def get_id(self) -> str:
        return f"{self.id}:{self.session_number}"

    def roles(self, office_id: UUID | None = None) -> frozenset[str]:
        """The roles held in an office (default: the chosen one), company-wide ones included."""
        here = office_id or self.office_id
        return frozenset(g.role for g in self.grants if g.office_id is None or g.office_id == here)

    def may(self, permission: str, office_id: UUID | None = None) -> bool:
        return may(self.roles(office_id), permission)

    def here(self) -> "Actor":
        """The same person in the chosen office only: what its pages may reach."""
        return replace(self, offices=(self.office_id,) if self.office_id else ())

    def inside(self, office_id: UUID) -> "Actor":
        """The same person in one office of theirs only."""
        return replace(self, office_id=office_id, offices=(office_id,))

    def offices_with(self, permission: str) -> list[UUID]:
        """The offices in which this person holds a permission: all of them for a company-wide role."""
        return [office for office in self.offices if self.may(permission, office)]

    def departments(self, office_id: UUID | None = None) -> frozenset[UUID]:
        here = office_id or self.office_id
        return frozenset(g.department_id for g in self.grants if g.department_id and g.office_id == here)


# Built once: every request asks for these.
_GRANTS = select(RoleGrant.role, RoleGrant.office_id, RoleGrant.department_id).where(
    RoleGrant.staff_id == bindparam("staff"),
    RoleGrant.from_day <= bindparam("day"),
    RoleGrant.to_day.is_(None) | (RoleGrant.to_day >= bindparam("day")),
)
_OFFICES = (
    select(Office.id, Office.time_zone)
    .where(Office.company_id == bindparam("company"))
    .order_by(Office.name_hans, Office.id)
)
_OWN_OFFICES = _OFFICES.where(Office.id.in_(bindparam("ids", expanding=True)))


def actor_for(
    session: Session, staff: Staff, *, on: date, office_id: UUID | None = None, device_id: UUID | None = None
) -> Actor:
    """Load a person's roles as they are on a day; the chosen office falls back to the first."""
    grants = tuple(Grant(*row) for row in bulk.rows(session, _GRANTS, staff=staff.id, day=on))
    if any(g.office_id is None and g.role in COMPANY_WIDE for g in grants):
        rows = bulk.rows(session, _OFFICES, company=staff.company_id)
    else:
        own = [g.office_id for g in grants if g.office_id]
        rows = bulk.rows(session, _OWN_OFFICES, company=staff.company_id, ids=own)
    offices = {row.id: row.time_zone for row in rows}
    chosen = office_id if office_id in offices else next(iter(offices), None)
    return Actor(
        id=staff.id,
        login=staff.login,
        name=staff.name,
        company_id=staff.company_id,
        language=staff.language,
        text_size=staff.text_size,
        session_number=staff.session_number,
        grants=grants,
        offices=tuple(offices),
        office_id=chosen,
        time_zone=offices[chosen] if chosen else "Asia/Shanghai",
        device_id=device_id,
    )
