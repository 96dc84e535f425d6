"""Who did what: every change of state is written with its event, in the same transaction."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, Session, mapped_column

from portal.core import bulk
from portal.core.db import Json, Model
from portal.core.ids import new_id


class Event(Model):
    """An event ``area:thing:past``; ``changes`` holds codes, counts and ids, never names in clear."""

    __tablename__ = "event"
    __table_args__ = (Index("ix_event_subject", "subject_id", "at"),)

    office_id: Mapped[UUID | None] = mapped_column(ForeignKey("office.id"))
    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    name: Mapped[str]
    subject_id: Mapped[UUID]
    by_id: Mapped[UUID | None]
    at: Mapped[datetime]
    changes: Mapped[Any] = mapped_column(Json)


def record(
    session: Session,
    name: str,
    subject_id: UUID,
    *,
    office_id: UUID | None,
    by: UUID | None,
    at: datetime,
    **changes: Any,
) -> None:
    """Write one event beside the change it tells of."""
    session.add(
        Event(office_id=office_id, name=name, subject_id=subject_id, by_id=by, at=at, changes=changes),
    )


def record_many(session: Session, rows: list[dict[str, Any]]) -> None:
    """Write finished rows at once, for intake; each row has the columns of ``Event``."""
    bulk.put(session, Event, rows)
