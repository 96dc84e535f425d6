"""Numbers of the register: the year and a running number of the office, none twice, none left out (OP-01)."""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.core import changes
from portal.opinions.models import RegisterCounter


def next_number(session: Session, office_id: UUID, year: int) -> str:
    """2026-0412; the office's row is locked, so two desks never get the same one."""
    changes.lock(session, [office_id])
    counter = session.scalars(
        select(RegisterCounter)
        .where(RegisterCounter.office_id == office_id, RegisterCounter.year == year)
        .with_for_update()
    ).one_or_none()
    if counter is None:
        counter = RegisterCounter(office_id=office_id, year=year, last=0)
        session.add(counter)
    counter.last += 1
    session.flush()
    return f"{year}-{counter.last:04d}"
