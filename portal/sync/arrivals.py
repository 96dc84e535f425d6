"""Bytes that have come: whom they complete (``sync.md``, uploads). Attachments are known per office."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from portal.core import changes
from portal.core.facts import Awaited, Fact
from portal.core.storage import Attachment, Blob, Upload
from portal.signoff.service import mark_complete
from portal.sync import kept
from portal.sync.applying import look_for_attachments
from portal.sync.results import told


def known(session: Session, office_ids: Sequence[UUID], sha256: str) -> tuple[int, str] | None:
    """Size and type, where one of the offices has these bytes."""
    row = session.execute(
        select(Blob.size, Blob.type).where(Blob.sha256 == sha256, Blob.office_id.in_(office_ids)).limit(1)
    ).first()
    return (row.size, row.type) if row else None


def offices_awaiting(session: Session, sha256: str, *, staff_id: UUID, offices: Iterable[UUID]) -> set[UUID]:
    """Where a fact of this person, or of their offices, still misses the bytes."""
    query = (
        select(Awaited.office_id)
        .join(Fact, Fact.id == Awaited.fact_id)
        .where(Awaited.sha256 == sha256, (Fact.staff_id == staff_id) | Awaited.office_id.in_(list(offices)))
        .distinct()
    )
    return set(session.scalars(query))


def arrived(
    session: Session, office_ids: Iterable[UUID], sha256: str, size: int, kind: str, *, by: UUID, at: datetime
) -> None:
    """The offices have these bytes, which lie in the store: facts and records that missed nothing else are complete."""
    offices = sorted(set(office_ids))
    changes.lock(session, offices)
    have = {office for office, _ in kept.blobs_of(session, ((office, sha256) for office in offices))}
    for office_id in offices:
        if office_id not in have:
            kept.take_in(session, office_id, [(sha256, size, kind)], at=at)
        _complete_records(session, office_id, sha256, size, kind, at)
        _complete_facts(session, office_id, sha256, by=by, at=at)


def _complete_records(session: Session, office_id: UUID, sha256: str, size: int, kind: str, at: datetime) -> None:
    owners = set(
        session.scalars(
            update(Attachment)
            .where(
                Attachment.office_id == office_id, Attachment.sha256 == sha256, Attachment.received_at.is_(None),
                Attachment.size == size, Attachment.type == kind,
            )
            .values(received_at=at)
            .returning(Attachment.owner_id)
            .execution_options(synchronize_session=False)
        )
    )  # fmt: skip
    if owners:
        still = select(Attachment.owner_id).where(Attachment.owner_id.in_(owners), Attachment.received_at.is_(None))
        mark_complete(session, sorted(owners - set(session.scalars(still))))


def _complete_facts(session: Session, office_id: UUID, sha256: str, *, by: UUID, at: datetime) -> None:
    ids = session.scalars(select(Awaited.fact_id).where(Awaited.office_id == office_id, Awaited.sha256 == sha256)).all()
    rows = list(kept.by_ids(session, ids, with_payload=True).values())
    if not rows:
        return
    wrong = look_for_attachments(session, rows)
    for row in rows:
        if row.status == "partial" and row.id in wrong:
            # It is applied, so it can't go back into quarantine: it stays incomplete, is never signed, and says why.
            row.missing, row.problems = sorted({*row.missing, sha256}), told(wrong[row.id])
        elif row.status == "partial" and not row.missing:
            row.status = "stored"
    kept.write(session, rows)
    kept.tell(session, rows, by=by, at=at)


def release(
    session: Session, office_id: UUID, hashes: Iterable[str], *, staff_id: UUID, by: UUID, at: datetime
) -> None:
    """The office takes a revoked device's uploads out of quarantine, those that a fact it accepts lists."""
    wanted = sorted(set(hashes))
    aside = session.execute(
        select(Upload.sha256, func.max(Upload.length), func.max(Upload.type))
        .where(
            Upload.sha256.in_(wanted), Upload.staff_id == staff_id, Upload.quarantined, Upload.finished,
        )
        .group_by(Upload.sha256)
    ).all()  # fmt: skip
    for sha256, size, kind in aside:
        arrived(session, [office_id], sha256, size, kind, by=by, at=at)
    session.execute(
        delete(Upload)
        .where(Upload.sha256.in_([row[0] for row in aside]), Upload.staff_id == staff_id, Upload.quarantined)
        .execution_options(synchronize_session=False)
    )
