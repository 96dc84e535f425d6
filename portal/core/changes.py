"""Change numbers: per office, from the office's own row inside the writing transaction (``sync.md``, pull).

A database sequence would let a reader skip rows that commit late; the office's row is locked until the commit. The log
keeps one row a record, its last change, so that a first pull reads each record once however often it changed.
"""

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, NamedTuple, TypeVar
from uuid import UUID

from sqlalchemy import ForeignKey, Index, bindparam, delete, func, insert, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from portal.core import bulk
from portal.core.db import Model

DIGESTED = frozenset({"community", "building", "household"})
_SLICE = 5_000  # ids in one statement; both databases take more, their planners don't profit
_MODULUS = 1 << 128
Item = TypeVar("Item")


class ChangeCounter(Model):
    """The newest change number of an office; one row per office, the lock under which numbers are given."""

    __tablename__ = "change_counter"

    office_id: Mapped[UUID] = mapped_column(ForeignKey("office.id"), primary_key=True)
    seq: Mapped[int] = mapped_column(default=0)


class Change(Model):
    """Record ``record_id`` of ``kind`` was last changed, or is gone, as number ``seq`` of its office.

    ``staff_id``: whose record it is; None: everybody's who sees the community.
    """

    __tablename__ = "change"
    __table_args__ = (
        Index("ix_change_record", "office_id", "record_id", "seq"),
        Index("ix_change_reader", "office_id", "staff_id", "seq"),
    )

    office_id: Mapped[UUID] = mapped_column(ForeignKey("office.id"), primary_key=True)
    seq: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    community_id: Mapped[UUID | None]
    kind: Mapped[str]
    record_id: Mapped[UUID]
    gone: Mapped[bool] = mapped_column(default=False)
    staff_id: Mapped[UUID | None]


class Digest(Model):
    """What a tablet compares after a pull: the sum over the community's records, kept in the write (32 hex digits)."""

    __tablename__ = "digest"

    office_id: Mapped[UUID] = mapped_column(ForeignKey("office.id"), primary_key=True)
    community_id: Mapped[UUID] = mapped_column(primary_key=True)
    sum: Mapped[str]


class Touched(NamedTuple):
    """One record that a pull must bring anew; a personal one (plan line, own record) names its reader."""

    kind: str
    record_id: UUID
    community_id: UUID | None
    gone: bool = False
    staff_id: UUID | None = None


# Built once: every writer asks for these.
_COUNTER: Any = ChangeCounter.__table__
_CHANGE: Any = Change.__table__
_DIGEST: Any = Digest.__table__
_COUNT = (
    update(_COUNTER)
    .where(_COUNTER.c.office_id == bindparam("office"))
    .values(seq=_COUNTER.c.seq + bindparam("more"))
    .returning(_COUNTER.c.seq)
)
_FORGET = (
    delete(_CHANGE)
    .where(
        _CHANGE.c.office_id == bindparam("office"),
        _CHANGE.c.kind == bindparam("named"),
        _CHANGE.c.record_id.in_(bindparam("ids", expanding=True)),
    )
    .returning(_CHANGE.c.kind, _CHANGE.c.record_id, _CHANGE.c.seq, _CHANGE.c.community_id, _CHANGE.c.gone)
)
_SUMS = select(_DIGEST.c.community_id, _DIGEST.c.sum).where(
    _DIGEST.c.office_id == bindparam("office"), _DIGEST.c.community_id.in_(bindparam("ids", expanding=True))
)
_SUM = (
    update(_DIGEST)
    .where(_DIGEST.c.office_id == bindparam("office"), _DIGEST.c.community_id == bindparam("community"))
    .values(sum=bindparam("total"))
)
_LOCK = (
    select(ChangeCounter.office_id)
    .where(ChangeCounter.office_id.in_(bindparam("ids", expanding=True)))
    .order_by(ChangeCounter.office_id)
    .with_for_update()
)


def lock(session: Session, office_ids: Iterable[UUID]) -> None:
    """Take the offices' rows, the first lock of every writer of records (order: office, communities, records by id).

    What the transaction holds already is not asked for again; what a savepoint took is not relied on, it may go with it.
    """
    held: set[UUID] = session.info.get("held", set())
    wanted = set(office_ids) - held
    if not wanted:
        return
    bulk.rows(session, _LOCK, ids=sorted(wanted))
    if not session.in_nested_transaction():
        held |= wanted


def number(session: Session, office_id: UUID, touched: Iterable[Touched]) -> int:
    """Number what was touched, each record once, and return the office's newest number."""
    rows = list({(each.kind, each.record_id): each for each in touched}.values())
    newest: int = bulk.rows(session, _COUNT, office=office_id, more=len(rows))[0].seq
    if rows:
        numbered = list(enumerate(rows, newest - len(rows) + 1))
        gone = _forget(session, office_id, rows)
        bulk.put(
            session,
            Change,
            [
                {
                    "office_id": office_id, "seq": seq, "community_id": row.community_id, "kind": row.kind,
                    "record_id": row.record_id, "gone": row.gone, "staff_id": row.staff_id,
                }
                for seq, row in numbered
            ],
        )  # fmt: skip
        _digest(session, office_id, gone, numbered)
    return newest


def newest(session: Session, office_id: UUID) -> int:
    """The office's newest change number, 0 before the first."""
    found = session.scalar(select(func.max(ChangeCounter.seq)).where(ChangeCounter.office_id == office_id))
    return found or 0


def term(kind: str, record_id: UUID, seq: int) -> int:
    """What one record adds to the digest of its community (``sync.md``, pull)."""
    return int.from_bytes(hashlib.sha256(f"{kind}|{record_id}|{seq}".encode("ascii")).digest()[16:], "big")


def in_slices(items: Sequence[Item], size: int = _SLICE) -> Iterator[Sequence[Item]]:
    """A long list in pieces that fit one statement."""
    for start in range(0, len(items), size):
        yield items[start : start + size]


def _forget(session: Session, office_id: UUID, rows: Sequence[Touched]) -> list[Any]:
    """Take the records' earlier rows out of the log; returns those that counted in a digest."""
    by_kind: dict[str, list[UUID]] = defaultdict(list)
    for row in rows:
        by_kind[row.kind].append(row.record_id)
    counted = []
    for kind, ids in by_kind.items():
        for some in in_slices(ids):
            earlier = bulk.rows(session, _FORGET, office=office_id, named=kind, ids=list(some))
            if kind in DIGESTED:
                counted += [row for row in earlier if not row.gone]
    return counted


def _digest(session: Session, office_id: UUID, before: Sequence[Any], after: Sequence[tuple[int, Touched]]) -> None:
    moved: dict[UUID, int] = defaultdict(int)
    for row in before:
        if row.community_id:
            moved[row.community_id] -= term(row.kind, row.record_id, row.seq)
    for seq, each in after:
        if each.kind in DIGESTED and each.community_id:
            moved[each.community_id] += 0 if each.gone else term(each.kind, each.record_id, seq)
    if not moved:
        return
    known = {row.community_id: row.sum for row in bulk.rows(session, _SUMS, office=office_id, ids=list(moved))}
    for community_id, difference in moved.items():
        total = (int(known.get(community_id, "0"), 16) + difference) % _MODULUS
        if community_id in known:
            bulk.many(session, _SUM, [{"office": office_id, "community": community_id, "total": f"{total:032x}"}])
        else:
            session.execute(
                insert(Digest), [{"office_id": office_id, "community_id": community_id, "sum": f"{total:032x}"}]
            )
