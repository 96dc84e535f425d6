"""``GET /sync/pull``: what changed since a cursor, page by page (``sync.md``, pull).

All of one page is read in one snapshot, so that the digests are true for its cursor. The cursor is not secret and not
signed: it only says where to go on, and one that does not fit its reader begins anew.
"""

import base64
import binascii
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.accounts.models import Company
from portal.core import clock
from portal.core.changes import Change, ChangeCounter, Digest
from portal.core.db import db
from portal.domain.canonical import digest
from portal.sync import office_records
from portal.sync.envelope import Caller
from portal.sync.own_records import LOADERS
from portal.sync.records import Reader

PAGE = 500
VERSION = 1


@dataclass
class Cursor:
    """How far a tablet has come: for each office the last change number and the hash of its office records."""

    epoch: str
    staff: str
    scope: str
    forms: str = ""
    offices: dict[str, list[Any]] = field(default_factory=dict)

    def text(self) -> str:
        told = [VERSION, self.epoch, self.staff, self.scope, self.forms, self.offices]
        return base64.urlsafe_b64encode(json.dumps(told, separators=(",", ":")).encode()).rstrip(b"=").decode()

    def fits(self, fresh: "Cursor", high: dict[UUID, int]) -> bool:
        """Whether it is of this epoch, user and scope, and not from the future."""
        return (self.epoch, self.staff, self.scope) == (fresh.epoch, fresh.staff, fresh.scope) and all(
            office in {own.hex for own in high} and 0 <= place[0] <= high[UUID(office)]
            for office, place in self.offices.items()
        )


def read_cursor(text: str) -> Cursor | None:
    """A cursor as this server made it, or None."""
    try:
        told = json.loads(base64.urlsafe_b64decode(text.encode("ascii") + b"=" * (-len(text) % 4)))
        version, epoch, staff, scope, forms, offices = told
        sound = version == VERSION and all(isinstance(part, str) for part in (epoch, staff, scope, forms))
        for office, (seq, hashed) in offices.items():
            sound = sound and UUID(office).hex == office and type(seq) is int and isinstance(hashed, str)
    except (binascii.Error, UnicodeError, ValueError, TypeError, AttributeError, RecursionError):
        return None
    return Cursor(epoch, staff, scope, forms, offices) if sound else None


def pull(caller: Caller, cursor: str | None, *, at: datetime) -> dict[str, Any]:
    """One page. A revoked device gets nothing, and its cursor back."""
    if caller.revoked:
        return {
            "records": [], "removed": [], "cursor": cursor, "more": False, "reset": False, "digests": None,
        }  # fmt: skip
    with _snapshot() as session:
        return _Page(session, caller, at).read(cursor)


@contextmanager
def _snapshot() -> Iterator[Session]:
    """One state of the database for all that is read (SQLite's transactions are that anyway)."""
    session = db.session()
    session.rollback()
    if db.engine.dialect.name == "postgresql":
        session.connection(execution_options={"isolation_level": "REPEATABLE READ"})
    try:
        yield session
    finally:
        session.rollback()


class _Found(NamedTuple):
    changes: list[Any]
    all: bool


class _Page:
    def __init__(self, session: Session, caller: Caller, at: datetime) -> None:
        self.session, self.caller, self.at = session, caller, at
        self.records: list[dict[str, Any]] = []
        self.removed: list[dict[str, str]] = []

    @property
    def room(self) -> int:
        return PAGE - len(self.records) - len(self.removed)

    def read(self, given: str | None) -> dict[str, Any]:
        offices = sorted(self.caller.actor.offices)
        rows = self.session.execute(
            select(Company.sync_epoch, ChangeCounter.office_id, ChangeCounter.seq).outerjoin(
                ChangeCounter, ChangeCounter.office_id.in_(offices)
            )
        ).all()
        high = dict.fromkeys(offices, 0) | {row.office_id: row.seq for row in rows if row.office_id}
        fresh = self._fresh(rows[0].sync_epoch)
        cursor = read_cursor(given) if given is not None else None
        reset = given is not None and (cursor is None or not cursor.fits(fresh, high))
        cursor = fresh if cursor is None or reset else cursor
        more = self._forms(cursor)
        extras = office_records.of_offices(self.session, offices, clock.day_at(self.at, "Asia/Shanghai"))
        for office_id in offices:
            more = more or self._office(office_id, cursor, high[office_id], extras[office_id])
        return {
            "records": self.records, "removed": self.removed, "cursor": cursor.text(), "more": more, "reset": reset,
            "digests": None if more else self._digests(),
        }  # fmt: skip

    def _fresh(self, epoch: str) -> Cursor:
        parts = [*(o.hex for o in self.caller.actor.offices), "|", *(o.hex for o in self.caller.scope)]
        return Cursor(epoch, self.caller.actor.id.hex, digest("".join(parts).encode())[:16])

    def _forms(self, cursor: Cursor) -> bool:
        hashed, ids = office_records.forms(self.session)
        if cursor.forms != hashed:
            self.records += office_records.form_records(self.session, ids)
            cursor.forms = hashed
        return False

    def _office(self, office_id: UUID, cursor: Cursor, high: int, extras: office_records.Kept) -> bool:
        """Add what fits of one office; True where something is left for the next page."""
        place = cursor.offices.setdefault(office_id.hex, [0, ""])
        if self.room < len(extras.records):
            return True
        if place[1] != extras.hash:
            self.records += extras.records
            place[1] = extras.hash
        if place[0] == high:
            return False
        if self.room == 0:
            return True
        found = self._changes(office_id, place[0])
        self._add(office_id, found.changes)
        place[0] = high if found.all else found.changes[-1].seq
        return not found.all

    def _changes(self, office_id: UUID, after: int) -> _Found:
        """The next changes that concern the reader: everybody's where the households may be seen, and the reader's own."""
        rows: list[Any] = []
        readers = [Change.staff_id == self.caller.actor.id]
        if office_id in self.caller.scope:
            readers.append(Change.staff_id.is_(None))
        for whose in readers:
            query = (
                select(Change.seq, Change.kind, Change.record_id, Change.gone)
                .where(Change.office_id == office_id, Change.seq > after, Change.kind.in_(list(LOADERS)), whose)
                .order_by(Change.seq)
                .limit(self.room + 1)
            )
            rows += self.session.execute(query).all()
        rows.sort(key=lambda row: row.seq)
        return _Found(rows[: self.room], len(rows) <= self.room)

    def _add(self, office_id: UUID, changes: list[Any]) -> None:
        reader = Reader(self.session, self.caller.actor.id, self.at)
        by_kind: dict[str, list[UUID]] = {}
        for row in changes:
            if row.gone:
                self.removed.append({"kind": row.kind, "id": str(row.record_id)})
            else:
                by_kind.setdefault(row.kind, []).append(row.record_id)
        loaded = {kind: LOADERS[kind](reader, ids) for kind, ids in by_kind.items()}
        office = str(office_id)
        for row in changes:
            record = None if row.gone else loaded[row.kind].get(row.record_id)
            if record is not None:
                self.records.append(
                    {
                        "kind": row.kind, "id": str(row.record_id), "office": office,
                        "community": str(record.community_id) if record.community_id else None, "n": row.seq,
                        "revision": record.revision, "data": record.data,
                    }
                )  # fmt: skip

    def _digests(self) -> dict[str, str]:
        rows = self.session.execute(
            select(Digest.community_id, Digest.sum).where(Digest.office_id.in_(self.caller.scope))
        )
        return {str(row.community_id): row.sum for row in rows}
