"""Promises that come round again by themselves on the day of their next check (PB-05): one standing job, office by office."""

from typing import Any
from uuid import UUID

from sqlalchemy import select

from portal.accounts.models import Office
from portal.core import clock
from portal.core.db import db, writing
from portal.publishing.commitments import reopen_recurring

KIND = "publishing_recur"


def recur(job_id: UUID, arguments: Any, cursor: int) -> tuple[int, bool]:
    """One slice is one office, by the day that its own calendar shows; the cursor counts offices."""
    at = clock.now()
    office = db.session.scalars(select(Office).order_by(Office.id).offset(cursor).limit(1)).one_or_none()
    if office is None:
        return cursor, True
    office_id, today = office.id, clock.day_at(at, office.time_zone)
    db.session.rollback()
    with writing() as session:
        reopen_recurring(session, today, at, office_id)
    return cursor + 1, False
