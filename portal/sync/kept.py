"""Facts that have their id, as rows: read, inserted, changed; with the attachments still to come."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, fields
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, delete, select, update
from sqlalchemy.orm import Session

from portal.core import audit, bulk, changes
from portal.core.changes import Touched
from portal.core.facts import Awaited, Fact, ReceivedFact
from portal.core.ids import new_id
from portal.core.storage import Blob

APPLIED = ("stored", "partial")


@dataclass
class Row:
    """A row of ``fact``, and whether it is in the table already. ``repaired``: the fact with the body the office made."""

    id: UUID
    office_id: UUID
    device_id: UUID | None
    staff_id: UUID
    kind: str
    form: str
    subject_id: UUID | None
    follows_id: UUID | None
    sha256: str
    occurred_at: datetime
    recorded_at: datetime
    received_at: datetime
    payload: bytes
    status: str = ""
    applied_at: datetime | None = None
    revision: int = 0
    missing: list[str] = field(default_factory=list)
    problems: list[dict[str, Any]] = field(default_factory=list)
    decision: dict[str, Any] | None = None
    repaired: bytes | None = None
    known: bool = field(default=False, metadata={"column": False})
    parsed: dict[str, Any] | None = field(default=None, metadata={"column": False})
    seen: Any = field(default=None, metadata={"column": False})
    base_seen: int | None = field(default=None, metadata={"column": False})

    @property
    def content(self) -> dict[str, Any]:
        """The fact as it is applied: as sent, or as the office repaired it."""
        if self.parsed is None:
            self.parsed = json.loads(self.repaired or self.payload)
        return self.parsed

    @property
    def attachments(self) -> list[dict[str, Any]]:
        listed = self.content.get("attachments")
        sound = isinstance(listed, list) and all(
            isinstance(a, dict) and isinstance(a.get("sha256"), str) for a in listed
        )
        return listed if sound and listed is not None else []

    def received(self) -> ReceivedFact:
        """What a feature's intake takes. A base that the office decided on replaces the tablet's."""
        content = self.content
        assert self.subject_id is not None
        return ReceivedFact(
            id=self.id, kind=self.kind, form=content["form"], subject_id=self.subject_id, follows_id=self.follows_id,
            base=content["base"] if self.base_seen is None else self.base_seen, office_id=self.office_id,
            staff_id=self.staff_id, device_id=self.device_id, occurred_at=self.occurred_at,
            recorded_at=self.recorded_at, received_at=self.received_at, body=content["body"],
            attachments=content["attachments"], sha256=self.sha256, content=self.repaired or self.payload,
            complete=not self.missing, seen=None if self.repaired else self.seen, clock_offset_ms=content["clock"]["offset_ms"],
        )  # fmt: skip


COLUMNS = tuple(f.name for f in fields(Row) if f.metadata.get("column", True))
_HEAD = tuple(name for name in COLUMNS if name not in ("payload", "repaired"))
_FACT: Any = Fact.__table__
_CHANGEABLE = ("office_id", "status", "applied_at", "revision", "missing", "problems", "decision", "repaired")
_UPDATE = (
    update(_FACT).where(_FACT.c.id == bindparam("of")).values({name: bindparam(f"new_{name}") for name in _CHANGEABLE})
)


def rows_of(session: Session, *where: Any, with_payload: bool = True) -> list[Row]:
    """Facts as they stand; without payload where only their state is asked for."""
    names = COLUMNS if with_payload else _HEAD
    found = session.execute(select(*(_FACT.c[name] for name in names)).where(*where).order_by(_FACT.c.id))
    return [_row(row) for row in found]


# Built once: every batch asks for these.
_ORDERED = select(*(_FACT.c[name] for name in COLUMNS)).order_by(_FACT.c.id)
_ORDERED_HEADS = select(*(_FACT.c[name] for name in _HEAD)).order_by(_FACT.c.id)
_BY_IDS = _ORDERED.where(_FACT.c.id.in_(bindparam("ids", expanding=True)))
_HEADS_BY_IDS = _ORDERED_HEADS.where(_FACT.c.id.in_(bindparam("ids", expanding=True)))
_WAITING = _ORDERED.where(_FACT.c.follows_id.in_(bindparam("ids", expanding=True)), _FACT.c.status == "waiting")


def by_ids(session: Session, ids: Iterable[UUID], *, with_payload: bool = False) -> dict[UUID, Row]:
    wanted = sorted(set(ids))
    if not wanted:
        return {}
    found = bulk.rows(session, _BY_IDS if with_payload else _HEADS_BY_IDS, ids=wanted)
    return {row.id: _row(row) for row in found}


def waiting_for(session: Session, ids: Iterable[UUID]) -> list[Row]:
    """The facts that wait for one of these."""
    wanted = sorted(set(ids))
    return [_row(row) for row in bulk.rows(session, _WAITING, ids=wanted)] if wanted else []


def _row(found: Any) -> Row:
    return Row(**{"payload": b"", **found._asdict(), "known": True})


def write(session: Session, rows: Sequence[Row]) -> None:
    """Insert what is new, in the order of the ids, and change what is known; the unique key has the last word."""
    fresh = sorted((row for row in rows if not row.known), key=lambda row: row.id)
    if fresh:
        bulk.put(session, Fact, [{name: getattr(row, name) for name in COLUMNS} for row in fresh])
    known = [row for row in rows if row.known]
    if known:
        bulk.many(
            session,
            _UPDATE,
            [{"of": row.id, **{f"new_{name}": getattr(row, name) for name in _CHANGEABLE}} for row in known],
        )
        session.execute(delete(Awaited).where(Awaited.fact_id.in_([row.id for row in known])))
    awaited = [
        {"fact_id": row.id, "sha256": sha256, "office_id": row.office_id}
        for row in rows
        if row.status != "settled"
        for sha256 in row.missing
    ]
    bulk.put(session, Awaited, awaited)
    for row in rows:
        row.known = True


def blobs_of(session: Session, wanted: Iterable[tuple[UUID, str]]) -> dict[tuple[UUID, str], tuple[int, str]]:
    """Size and type of what the offices have, by (office, hash)."""
    pairs = set(wanted)
    if not pairs:
        return {}
    query = select(Blob.office_id, Blob.sha256, Blob.size, Blob.type).where(
        Blob.sha256.in_({sha256 for _, sha256 in pairs}), Blob.office_id.in_({office for office, _ in pairs})
    )
    return {(row.office_id, row.sha256): (row.size, row.type) for row in session.execute(query)}


def take_in(session: Session, office_id: UUID, blobs: Iterable[tuple[str, int, str]], *, at: datetime) -> None:
    """The office has these bytes from now on; they lie in the store already. Under the office's lock."""
    rows = [
        {"id": new_id(), "office_id": office_id, "sha256": sha256, "size": size, "type": kind, "received_at": at}
        for sha256, size, kind in blobs
    ]
    bulk.put(session, Blob, rows)


def tell(session: Session, rows: Sequence[Row], *, by: UUID | None, at: datetime) -> None:
    """Let the authors' tablets pull how their records stand; events for what was not simply applied."""
    by_office: dict[UUID, list[Touched]] = {}
    events = []
    for row in rows:
        by_office.setdefault(row.office_id, []).append(Touched("own_record", row.id, None, staff_id=row.staff_id))
        if row.status not in APPLIED:
            events.append(
                {
                    "office_id": row.office_id, "id": new_id(), "name": f"sync:fact:{row.status}", "subject_id": row.id,
                    "by_id": by, "at": at, "changes": {"kind": row.kind, "codes": [p["code"] for p in row.problems]},
                }
            )  # fmt: skip
    audit.record_many(session, events)
    for office_id, touched in sorted(by_office.items()):
        changes.number(session, office_id, touched)
