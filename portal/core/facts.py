"""Facts as they came from the tablets, and what could not be applied (``sync.md``). What they mean is the features' affair."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple, Protocol
from uuid import UUID

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, Session, mapped_column

from portal.core.db import Json, Model
from portal.core.ids import new_id


class Fact(Model):
    """A fact that took its id: applied, partial, waiting, quarantined or in conflict. ``payload`` is its canonical text."""

    __tablename__ = "fact"
    __table_args__ = (
        Index("ix_fact_author", "office_id", "staff_id", "received_at", "id"),
        Index("ix_fact_follows", "follows_id"),
        Index("ix_fact_status", "office_id", "status", "received_at", "id"),
        Index("ix_fact_subject", "subject_id", "received_at"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    office_id: Mapped[UUID] = mapped_column(ForeignKey("office.id"))
    device_id: Mapped[UUID | None] = mapped_column(ForeignKey("device.id"))
    staff_id: Mapped[UUID] = mapped_column(ForeignKey("staff.id"))
    kind: Mapped[str]
    form: Mapped[str]
    subject_id: Mapped[UUID | None]
    follows_id: Mapped[UUID | None]
    sha256: Mapped[str]
    occurred_at: Mapped[datetime]
    recorded_at: Mapped[datetime]
    received_at: Mapped[datetime]
    applied_at: Mapped[datetime | None]
    status: Mapped[str]  # stored | partial | waiting | conflict | quarantined | settled
    revision: Mapped[int] = mapped_column(default=0)
    missing: Mapped[Any] = mapped_column(Json, default=list)  # hashes still to come, as in ``awaited``
    problems: Mapped[Any] = mapped_column(Json, default=list)
    decision: Mapped[Any] = mapped_column(Json, nullable=True)
    payload: Mapped[bytes]
    repaired: Mapped[bytes | None]  # the body as the office put it right; the payload stays what the tablet hashed


class FactOther(Model):
    """A body that did not take its id: broken text, wrong hash, or another content under a taken id. Never thrown away."""

    __tablename__ = "fact_other"
    __table_args__ = (
        Index("ix_fact_other_seen", "sha256_of_bytes", "staff_id"),
        Index("ix_fact_other_author", "staff_id", "received_at"),
        Index("ix_fact_other_office", "office_id", "received_at", "id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    office_id: Mapped[UUID | None] = mapped_column(ForeignKey("office.id"))
    device_id: Mapped[UUID | None] = mapped_column(ForeignKey("device.id"))
    staff_id: Mapped[UUID | None] = mapped_column(ForeignKey("staff.id"))
    fact_id: Mapped[UUID | None]
    reason: Mapped[str]  # unreadable | text | wrong_hash | conflict | data
    problems: Mapped[Any] = mapped_column(Json, default=list)
    sha256_of_bytes: Mapped[str]
    raw: Mapped[bytes]
    received_at: Mapped[datetime]
    decision: Mapped[Any] = mapped_column(Json, nullable=True)


class Awaited(Model):
    """An attachment that a fact lists and its office does not have yet; the row goes when the bytes have come."""

    __tablename__ = "awaited"
    __table_args__ = (Index("ix_awaited_sha256", "office_id", "sha256"),)

    fact_id: Mapped[UUID] = mapped_column(ForeignKey("fact.id"), primary_key=True)
    sha256: Mapped[str] = mapped_column(primary_key=True)
    office_id: Mapped[UUID] = mapped_column(ForeignKey("office.id"))


class FormVersion(Model):
    """A published form document; never changed, every version accepted for ever."""

    __tablename__ = "form_version"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    form: Mapped[str]
    version: Mapped[int]
    office_id: Mapped[UUID | None] = mapped_column(ForeignKey("office.id"))
    spec: Mapped[Any] = mapped_column(Json)
    hash: Mapped[str] = mapped_column(unique=True)
    published_at: Mapped[datetime]

    __table_args__ = (Index("uq_form_version_form_version", "form", "version", unique=True),)


class Problem(NamedTuple):
    """What is wrong with a fact: ``field`` is a JSON Pointer into the fact (members of a list by their id), code, parameters."""

    field: str
    code: str
    params: dict[str, Any] = {}


@dataclass(frozen=True)
class ReceivedFact:
    """A fact whose text, hash and id have been settled; what a feature's ``intake`` takes, in lists.

    ``content`` is its canonical text as hashed. ``complete``: all its attachments are there.
    """

    id: UUID
    kind: str
    form: str
    subject_id: UUID
    follows_id: UUID | None
    base: int | None
    office_id: UUID
    staff_id: UUID
    device_id: UUID | None
    occurred_at: datetime
    recorded_at: datetime
    received_at: datetime
    body: dict[str, Any]
    attachments: list[dict[str, Any]]
    sha256: str
    content: bytes
    complete: bool = True
    seen: Any = None  # what the form says of the body (``opinions.scope.Look``), where it was asked before the lock
    clock_offset_ms: int = 0  # server minus device, as the tablet last saw it; beyond five minutes deadlines heed it


def by_office(facts: Iterable[ReceivedFact]) -> dict[UUID, list[ReceivedFact]]:
    """A batch office by office, each in the order it came."""
    groups: defaultdict[UUID, list[ReceivedFact]] = defaultdict(list)
    for fact in facts:
        groups[fact.office_id].append(fact)
    return groups


def row_of(fact: ReceivedFact, *, status: str, **changed: Any) -> dict[str, Any]:
    """The finished row of a fact, every column of ``Fact``; ``changed`` overrides (missing, problems, applied_at …)."""
    return {
        "id": fact.id,
        "office_id": fact.office_id,
        "device_id": fact.device_id,
        "staff_id": fact.staff_id,
        "kind": fact.kind,
        "form": fact.form,
        "subject_id": fact.subject_id,
        "follows_id": fact.follows_id,
        "sha256": fact.sha256,
        "occurred_at": fact.occurred_at,
        "recorded_at": fact.recorded_at,
        "received_at": fact.received_at,
        "applied_at": fact.received_at,
        "status": status,
        "revision": 0,
        "missing": [],
        "problems": [],
        "decision": None,
        "payload": fact.content,
        "repaired": None,
        **changed,
    }


class Intake(Protocol):
    """What a feature offers for its kinds of fact; both take lists, so that a batch is one set of statements.

    ``problems`` looks at content and references of facts not applied before (no entry: nothing wrong; runs inside the
    writing transaction, sees the rows of the same office only). ``apply`` records them, writes their events and change
    numbers, and returns for kinds that read ``base`` the revision that the subject got. ``at`` is the moment it happens,
    for a fact that had waited later than its receipt; without it the newest receipt.

    The caller has taken the office's row first (``changes.lock``) and has stored the blobs that came inside the facts.
    ``apply`` numbers the records a fact makes or changes; ``own_record``, the fact itself, is numbered by its keeper.
    """

    def problems(self, session: Session, facts: Sequence[ReceivedFact]) -> dict[UUID, list[Problem]]: ...

    def apply(
        self, session: Session, facts: Sequence[ReceivedFact], *, at: datetime | None = None
    ) -> dict[UUID, int]: ...
