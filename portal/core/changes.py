"""Change numbers: per office, from the office's own row inside the writing transaction (``sync.md``, pull).

A database sequence would let a reader skip rows that commit late; the office's row is locked until the commit.
"""

from collections.abc import Iterable
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import ForeignKey, Index, func, insert, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from portal.core.db import Model


class ChangeCounter(Model):
    """The newest change number of an office; one row per office, the lock under which numbers are given."""

    __tablename__ = "change_counter"

    office_id: Mapped[UUID] = mapped_column(ForeignKey("office.id"), primary_key=True)
    seq: Mapped[int] = mapped_column(default=0)


class Change(Model):
    """Record ``record_id`` of ``kind`` was changed, or is gone, as number ``seq`` of its office."""

    __tablename__ = "change"
    __table_args__ = (Index("ix_change_record", "office_id", "record_id", "seq"),)

    office_id: Mapped[UUID] = mapped_column(ForeignKey("office.id"), primary_key=True)
    seq: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    community_id: Mapped[UUID | None]
    kind: Mapped[str]
    record_id: Mapped[UUID]
    gone: Mapped[bool] = mapped_column(default=False)


class Touched(NamedTuple):
    """One record that a pull must bring anew."""

    kind: str
    record_id: UUID
    community_id: UUID | None
    gone: bool = False


def lock(session: Session, office_ids: Iterable[UUID]) -> None:
    """Take the offices' rows, the first lock of every writer of records (order: office, communities, records by id)."""
    session.execute(
        select(ChangeCounter.office_id)
        .where(ChangeCounter.office_id.in_(sorted(set(office_ids))))
        .order_by(ChangeCounter.office_id)
        .with_for_update()
    ).all()


def number(session: Session, office_id: UUID, touched: Iterable[Touched]) -> int:
    """Number what was touched, each record once, and return the office's newest number."""
    rows = list(dict.fromkeys(touched))
    newest = session.execute(
        update(ChangeCounter)
        .where(ChangeCounter.office_id == office_id)
        .values(seq=ChangeCounter.seq + len(rows))
        .returning(ChangeCounter.seq)
    ).scalar_one()
    first = newest - len(rows)
    if rows:
        session.connection().execute(
            insert(Change.__table__),  # type: ignore[arg-type]
            [
                {
                    "office_id": office_id,
                    "seq": first + i,
                    "community_id": row.community_id,
                    "kind": row.kind,
                    "record_id": row.record_id,
                    "gone": row.gone,
                }
                for i, row in enumerate(rows, 1)
            ],
        )
    return newest


def newest(session: Session, office_id: UUID) -> int:
    """The office's newest change number, 0 before the first."""
    found = session.scalar(select(func.max(ChangeCounter.seq)).where(ChangeCounter.office_id == office_id))
    return found or 0
