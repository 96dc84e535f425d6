"""How much a revoked device may still hand in, and what is swept away when nobody asked for it."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from flask import current_app
from sqlalchemy import delete, func, or_, select
from sqlalchemy.orm import Session

from portal.core import clock, jobs
from portal.core.db import db, writing
from portal.core.facts import Fact, FactOther
from portal.core.storage import Attachment, Blob, Store, Upload
from portal.domain.canonical import NotJson, TextFault, parse_strict
from portal.sync.envelope import Caller, Problem
from portal.sync.prepare import TYPES

REVOKED_AN_HOUR = 500
HOUR = timedelta(hours=1)
UNFINISHED, UNNAMED = timedelta(days=30), timedelta(days=90)  # how long an upload is kept
SWEEP = "sync_sweep"
SWEEP_AT_ONCE = 200


def check_revoked(caller: Caller, *, at: datetime) -> None:
    """Raises Problem 429 where a revoked device has handed in too much within the hour."""
    since, staff = at - HOUR, caller.actor.id
    session = db.session()
    came = sum(
        session.scalar(query) or 0
        for query in (
            select(func.count()).where(
                Fact.office_id == caller.home, Fact.staff_id == staff, Fact.received_at > since,
                Fact.device_id == caller.device_id,
            ),
            select(func.count()).where(
                FactOther.staff_id == staff, FactOther.received_at > since, FactOther.device_id == caller.device_id
            ),
            select(func.count()).where(
                Upload.staff_id == staff, Upload.quarantined,
                or_(*(Upload.expires_at.between(since + kept, at + kept) for kept in (UNFINISHED, UNNAMED))),
            ),
        )
    )  # fmt: skip
    session.rollback()
    if came >= REVOKED_AN_HOUR:
        raise Problem(429, "too_many_attempts", headers={"Retry-After": str(int(HOUR.total_seconds()))})


def ask_for_sweep(session: Session, *, at: datetime) -> None:
    """Once a day, whenever somebody uploads."""
    jobs.ask(session, SWEEP, at.date().isoformat(), {}, at=at)


def sweep(job_id: UUID, arguments: Any, cursor: int) -> tuple[int, bool]:
    """One slice: uploads that expired, with their bytes where no fact and no record names them."""
    at = clock.now()
    expired = db.session.execute(
        select(Upload.id, Upload.sha256, Upload.office_id, Upload.finished)
        .where(Upload.expires_at <= at)
        .order_by(Upload.id)
        .limit(SWEEP_AT_ONCE)
    ).all()
    db.session.rollback()
    folder = current_app.config["PORTAL"].instance / "uploads"
    unnamed: list[str] = []
    with writing() as session:
        for row in expired:
            session.execute(delete(Upload).where(Upload.id == row.id))
            if row.finished and not _is_named(session, row.office_id, row.sha256):
                _forget(session, row.office_id, row.sha256)
                unnamed.append(row.sha256)
    for row in expired:
        (folder / row.id.hex).unlink(missing_ok=True)
    store: Store = current_app.extensions["store"]
    for sha256 in unnamed:
        if not db.session.scalar(select(Blob.id).where(Blob.sha256 == sha256).limit(1)):
            store.remove(sha256)
    return cursor + len(expired), len(expired) < SWEEP_AT_ONCE


def _is_named(session: Session, office_id: UUID, sha256: str) -> bool:
    """Whether a record lists it, or a fact that is not applied (yet): in quarantine, in conflict, waiting."""
    attached = select(Attachment.id).where(Attachment.office_id == office_id, Attachment.sha256 == sha256).limit(1)
    if session.scalar(attached):
        return True
    kept = select(Fact.payload).where(
        Fact.office_id == office_id, Fact.status.in_(("waiting", "conflict", "quarantined"))
    )
    return any(sha256 in _hashes(payload) for payload in session.scalars(kept))


def _hashes(payload: bytes) -> set[str]:
    try:
        listed = parse_strict(payload).get("attachments")
    except (NotJson, TextFault):
        return set()
    return {str(a.get("sha256")) for a in listed if isinstance(a, dict)} if isinstance(listed, list) else set()


def _forget(session: Session, office_id: UUID, sha256: str) -> None:
    """Only pictures are ever forgotten: other bytes of the store belong to other features, whoever uploaded them again."""
    session.execute(delete(Blob).where(Blob.office_id == office_id, Blob.sha256 == sha256, Blob.type.in_(TYPES)))
