"""The ledger: one hash chain per office, over salted hashes of what was handed in and signed (design, decision 7).

An entry's hash covers the one before, its place, kind, subject, revision and ``content_sha256``. The salt lies with the
revision and is destroyed with it: what was erased then shows as *erased*, and the chain still holds.
"""

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import bindparam, select, tuple_, update
from sqlalchemy.orm import Session

from portal.core import bulk
from portal.domain.canonical import canonical
from portal.signoff.models import Approval, LedgerEntry, LedgerHead, Revision, Signature

SIGNATURE = "signature"
START = "0" * 64
SLICE = 1_000


class Entry(NamedTuple):
    """What is to be entered: a revision of a record (``kind`` is the record's), or a signature."""

    kind: str
    subject_id: UUID
    n: int
    content_sha256: str


def new_salt() -> str:
    return secrets.token_hex(16)


def salted(salt: str, content: bytes) -> str:
    """SHA-256 over salt and canonical content, 64 lower-case hex digits."""
    return hashlib.sha256(salt.encode("ascii") + content).hexdigest()


def signature_content(row: Any, record_id: UUID, content_sha256: str) -> bytes:
    """The canonical text of a decision: who said what about which content. ``row`` has the columns of ``Signature``."""
    return canonical(
        {
            "record": str(record_id), "content": content_sha256, "revision": row.revision, "step": row.step,
            "decision": row.decision, "role": row.role, "by": str(row.by_id),
            "for": str(row.for_id) if row.for_id else None, "at": _moment(row.at), "comment": row.comment,
            "field_comments": [list(pair) for pair in sorted(row.field_comments.items())],
            "bundle": str(row.bundle_id) if row.bundle_id else None,
        }
    )  # fmt: skip


def _moment(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="milliseconds")


def _hash(prev: str, office_id: UUID, seq: int, entry: Entry, at: str) -> str:
    text = f"{prev}\n{office_id}\n{seq}\n{entry.kind}\n{entry.subject_id}\n{entry.n}\n{entry.content_sha256}\n{at}"
    return hashlib.sha256(text.encode()).hexdigest()


_HEAD = select(LedgerHead.seq, LedgerHead.hash).where(LedgerHead.office_id == bindparam("office")).with_for_update()
_HEADS: Any = LedgerHead.__table__
_MOVE_HEAD = (
    update(_HEADS).where(_HEADS.c.office_id == bindparam("office")).values(seq=bindparam("to"), hash=bindparam("own"))
)


def append(session: Session, office_id: UUID, entries: Sequence[Entry], *, at: datetime) -> None:
    """Enter at the end of the office's chain; the caller holds the office's row (``changes.lock``)."""
    if not entries:
        return
    head = next(iter(bulk.rows(session, _HEAD, office=office_id)), None)
    seq, prev = (head.seq, head.hash) if head else (0, START)
    moment = _moment(at)
    rows = []
    for entry in entries:
        seq += 1
        own = _hash(prev, office_id, seq, entry, moment)
        rows.append(
            {
                "office_id": office_id, "seq": seq, "prev": prev, "hash": own, "kind": entry.kind,
                "subject_id": entry.subject_id, "n": entry.n, "content_sha256": entry.content_sha256, "at": at,
            }
        )  # fmt: skip
        prev = own
    bulk.put(session, LedgerEntry, rows)
    if head:
        bulk.many(session, _MOVE_HEAD, [{"office": office_id, "to": seq, "own": prev}])
    else:
        bulk.put(session, LedgerHead, [{"office_id": office_id, "seq": seq, "hash": prev}])


class Fault(NamedTuple):
    """What is wrong with an entry: ``link``, ``entry``, ``content``, ``missing``, ``gap``, ``head``, ``unlisted``."""

    seq: int
    code: str
    kind: str = ""
    subject_id: UUID | None = None
    n: int = 0


@dataclass
class Report:
    """What a verification found; ``erased`` entries are no faults."""

    office_id: UUID
    entries: int = 0
    erased: int = 0
    head: str = START
    faults: list[Fault] = field(default_factory=list)

    @property
    def intact(self) -> bool:
        return not self.faults


def verify(session: Session, office_id: UUID) -> Report:
    """Recompute the whole chain and every content that is still there."""
    report = Report(office_id)
    seq, prev = 0, START
    while rows := _slice(session, office_id, seq):
        contents = _contents(session, rows)
        for row in rows:
            if row.seq != seq + 1:
                report.faults.append(Fault(row.seq, "gap"))
            _check(report, row, prev, contents)
            seq, prev = row.seq, row.hash
            report.entries += 1
    report.head = prev
    head = session.execute(
        select(LedgerHead.seq, LedgerHead.hash).where(LedgerHead.office_id == office_id)
    ).one_or_none()
    if (head.seq, head.hash) != (seq, prev) if head else seq > 0:
        report.faults.append(Fault(seq, "head"))
    report.faults += _unlisted(session, office_id)
    return report


def _slice(session: Session, office_id: UUID, after: int) -> Sequence[Any]:
    return session.execute(
        select(LedgerEntry.__table__)
        .where(LedgerEntry.office_id == office_id, LedgerEntry.seq > after)
        .order_by(LedgerEntry.seq)
        .limit(SLICE)
    ).all()


def _check(report: Report, row: Any, prev: str, contents: dict[tuple[str, UUID, int], str | None]) -> None:
    named = Fault(row.seq, "", row.kind, row.subject_id, row.n)
    entry = Entry(row.kind, row.subject_id, row.n, row.content_sha256)
    if row.prev != prev:
        report.faults.append(named._replace(code="link"))
    if row.hash != _hash(row.prev, report.office_id, row.seq, entry, _moment(row.at)):
        report.faults.append(named._replace(code="entry"))
    key = (row.kind, row.subject_id, row.n)
    if key not in contents:
        report.faults.append(named._replace(code="missing"))
    elif contents[key] is None:
        report.erased += 1
    elif contents[key] != row.content_sha256:
        report.faults.append(named._replace(code="content"))


def _contents(session: Session, rows: Sequence[Any]) -> dict[tuple[str, UUID, int], str | None]:
    """The hash of what each entry speaks of as it lies there now; None where it was erased."""
    records = [(r.subject_id, r.n) for r in rows if r.kind != SIGNATURE]
    signatures = [r.subject_id for r in rows if r.kind == SIGNATURE]
    found: dict[tuple[str, UUID, int], str | None] = {}
    if records:
        for r in session.execute(
            select(
                Revision.kind, Revision.record_id, Revision.n, Revision.salt, Revision.content, Revision.sha256
            ).where(tuple_(Revision.record_id, Revision.n).in_(records))
        ):
            whole = None if r.salt is None and r.content is None else salted(r.salt or "", r.content or b"")
            found[r.kind, r.record_id, r.n] = whole if whole is None or whole == r.sha256 else "changed"
    if signatures:
        for row in session.execute(
            select(Signature.__table__, Revision.record_id, Revision.salt, Revision.sha256)
            .join(Approval, Approval.id == Signature.approval_id)
            .join(Revision, (Revision.record_id == Approval.record_id) & (Revision.n == Signature.revision))
            .where(Signature.id.in_(signatures))
        ):
            text = signature_content(row, row.record_id, row.sha256)
            found[SIGNATURE, row.id, row.revision] = None if row.salt is None else salted(row.salt, text)
    return found


def _unlisted(session: Session, office_id: UUID) -> list[Fault]:
    """Revisions and signatures that were put beside the ledger, not into it."""
    listed = LedgerEntry.office_id == office_id
    revisions = session.execute(
        select(Revision.kind, Revision.record_id, Revision.n)
        .outerjoin(
            LedgerEntry,
            listed
            & (LedgerEntry.subject_id == Revision.record_id)
            & (LedgerEntry.n == Revision.n)
            & (LedgerEntry.kind == Revision.kind),
        )
        .where(Revision.office_id == office_id, LedgerEntry.seq.is_(None))
    )
    signatures = session.execute(
        select(Signature.id, Signature.revision)
        .outerjoin(LedgerEntry, listed & (LedgerEntry.subject_id == Signature.id) & (LedgerEntry.kind == SIGNATURE))
        .where(Signature.office_id == office_id, LedgerEntry.seq.is_(None))
    )
    return [Fault(0, "unlisted", kind, record, n) for kind, record, n in revisions] + [
        Fault(0, "unlisted", SIGNATURE, own, n) for own, n in signatures
    ]


def heads(session: Session) -> dict[UUID, tuple[int, str]]:
    """The end of each office's chain, as printed in backups."""
    return {row.office_id: (row.seq, row.hash) for row in session.execute(select(LedgerHead.__table__))}
