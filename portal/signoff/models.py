"""Approval chains at work: revisions of a record, who has signed which, bundles, and the ledger."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.core.db import Json, Model
from portal.core.ids import new_id


class Revision(Model):
    """One signed-for state of a record: its canonical content, salted and hashed; the salt dies with the record."""

    __tablename__ = "revision"
    __table_args__ = (UniqueConstraint("record_id", "n"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    office_id: Mapped[UUID] = mapped_column(ForeignKey("office.id"))
    record_id: Mapped[UUID]
    kind: Mapped[str]
    n: Mapped[int]
    content: Mapped[bytes | None]
    salt: Mapped[str | None]
    sha256: Mapped[str]
    author_id: Mapped[UUID] = mapped_column(ForeignKey("staff.id"))
    at: Mapped[datetime]


class Approval(Model):
    """Where one record stands in its chain; the chain is a snapshot of what policy said when it was handed in."""

    __tablename__ = "approval"
    __table_args__ = (
        Index("ix_approval_inbox", "office_id", "status", "waiting_role", "waiting_since", "id"),
        Index("uq_approval_record", "record_id", unique=True),
        Index("ix_approval_author", "author_id", "status"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    office_id: Mapped[UUID] = mapped_column(ForeignKey("office.id"))
    kind: Mapped[str]
    record_id: Mapped[UUID]
    author_id: Mapped[UUID] = mapped_column(ForeignKey("staff.id"))
    chain: Mapped[Any] = mapped_column(Json)  # role slugs in order
    step: Mapped[int] = mapped_column(default=1)  # the step that waits, from 1
    revision: Mapped[int] = mapped_column(default=1)
    status: Mapped[str] = mapped_column(default="open")  # open | returned | closed
    waiting_role: Mapped[str | None]
    waiting_since: Mapped[datetime]
    due_at: Mapped[datetime | None]
    complete: Mapped[bool] = mapped_column(default=True)  # all attachments are there; only then it can be signed

    signatures: Mapped[list["Signature"]] = relationship(order_by="Signature.at", viewonly=True)


class Signature(Model):
    """A decision on one step of one revision. The unique key decides two people signing at once."""

    __tablename__ = "signature"
    __table_args__ = (UniqueConstraint("approval_id", "revision", "step"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    office_id: Mapped[UUID] = mapped_column(ForeignKey("office.id"))
    approval_id: Mapped[UUID] = mapped_column(ForeignKey("approval.id"))
    revision: Mapped[int]
    step: Mapped[int]
    decision: Mapped[str]  # signed | returned
    role: Mapped[str]
    by_id: Mapped[UUID] = mapped_column(ForeignKey("staff.id"))
    for_id: Mapped[UUID | None] = mapped_column(ForeignKey("staff.id"))
    at: Mapped[datetime]
    comment: Mapped[str] = mapped_column(default="")
    field_comments: Mapped[Any] = mapped_column(Json, default=dict)
    bundle_id: Mapped[UUID | None] = mapped_column(ForeignKey("bundle.id"))


class Bundle(Model):
    """Records handed up together with a cover sheet (VS-10); signing it signs each listed record on its own approval."""

    __tablename__ = "bundle"
    __table_args__ = (Index("ix_bundle_office", "office_id", "made_at", "id"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    office_id: Mapped[UUID] = mapped_column(ForeignKey("office.id"))
    kind: Mapped[str]
    author_id: Mapped[UUID] = mapped_column(ForeignKey("staff.id"))
    cover: Mapped[Any] = mapped_column(Json)
    step: Mapped[int] = mapped_column(default=1)  # the step at which it is signed next
    made_at: Mapped[datetime]

    lines: Mapped[list["BundleLine"]] = relationship(order_by="BundleLine.position")


class BundleLine(Model):
    __tablename__ = "bundle_line"
    __table_args__ = (UniqueConstraint("bundle_id", "record_id"), Index("ix_bundle_line_record", "record_id"))

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    bundle_id: Mapped[UUID] = mapped_column(ForeignKey("bundle.id"))
    record_id: Mapped[UUID]
    revision: Mapped[int]
    position: Mapped[int]
    left_out: Mapped[str] = mapped_column(default="")  # why it is signed with the bundle no longer: a code


class LedgerHead(Model):
    """The end of an office's hash chain; the row under whose lock the next entry is made."""

    __tablename__ = "ledger_head"

    office_id: Mapped[UUID] = mapped_column(ForeignKey("office.id"), primary_key=True)
    seq: Mapped[int] = mapped_column(default=0)
    hash: Mapped[str]


class LedgerEntry(Model):
    """One link: the hash covers the one before, the kind, the subject, the revision and the salted content hash."""

    __tablename__ = "ledger"

    office_id: Mapped[UUID] = mapped_column(ForeignKey("office.id"), primary_key=True)
    seq: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    prev: Mapped[str]
    hash: Mapped[str]
    kind: Mapped[str]
    subject_id: Mapped[UUID]
    n: Mapped[int]
    content_sha256: Mapped[str]
    at: Mapped[datetime]
