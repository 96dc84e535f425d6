"""What the office says in public, in both scripts, and the promises in it."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.core.db import Json, Model
from portal.core.ids import new_id


class Publication(Model):
    """An open letter or notice. Numbered per office, year and kind when approved; a number is never used again."""

    __tablename__ = "publication"
    __table_args__ = (
        UniqueConstraint("office_id", "kind", "year", "number"),
        Index("ix_publication_community", "community_id", "status", "published_at", "id"),
        Index("ix_publication_office", "office_id", "made_at", "id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    office_id: Mapped[UUID] = mapped_column(ForeignKey("office.id"))
    community_id: Mapped[UUID] = mapped_column(ForeignKey("community.id"))
    public_id: Mapped[str] = mapped_column(unique=True)  # printed in QR codes for ever: /p/<public id>
    kind: Mapped[str]  # open_letter | response_notice
    year: Mapped[int | None]
    number: Mapped[int | None]
    source_script: Mapped[str]
    status: Mapped[str] = mapped_column(default="draft")
    version: Mapped[int] = mapped_column(default=1)
    revision: Mapped[int] = mapped_column(default=1)
    author_id: Mapped[UUID] = mapped_column(ForeignKey("staff.id"))
    approved_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("staff.id"))
    made_at: Mapped[datetime]
    dated: Mapped[date]
    approved_at: Mapped[datetime | None]
    published_at: Mapped[datetime | None]
    take_down_on: Mapped[date | None]

    editions: Mapped[list["Edition"]] = relationship(order_by="Edition.version, Edition.script")
    rows: Mapped[list["PublicationRow"]] = relationship(order_by="PublicationRow.position")


class Edition(Model):
    """The frame text of one version in one script: title, salutation, opening, closing; where it came from, who checked."""

    __tablename__ = "edition"
    __table_args__ = (UniqueConstraint("publication_id", "version", "script"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    publication_id: Mapped[UUID] = mapped_column(ForeignKey("publication.id"))
    version: Mapped[int]
    script: Mapped[str]  # zh-Hans | zh-Hant
    origin: Mapped[str]  # source | converted | edited
    engine: Mapped[str | None]
    texts: Mapped[Any] = mapped_column(Json)  # {"title", "salutation", "opening", "closing"}
    doubts: Mapped[Any] = mapped_column(Json, default=list)  # open and settled doubtful places
    checked_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("staff.id"))
    checked_at: Mapped[datetime | None]
    pdf_sha256: Mapped[str | None]  # of the PDF as published, kept in the store
    content_sha256: Mapped[str | None]


class PublicationRow(Model):
    """One issue answered: brief, explanation, measures (each a commitment), in both scripts."""

    __tablename__ = "publication_row"
    __table_args__ = (UniqueConstraint("publication_id", "position"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    publication_id: Mapped[UUID] = mapped_column(ForeignKey("publication.id"))
    issue_id: Mapped[UUID | None] = mapped_column(ForeignKey("issue.id"))
    position: Mapped[int]
    households: Mapped[int] = mapped_column(default=0)
    brief_hans: Mapped[str]
    brief_hant: Mapped[str]
    explanation_hans: Mapped[str] = mapped_column(default="")
    explanation_hant: Mapped[str] = mapped_column(default="")

    commitments: Mapped[list["Commitment"]] = relationship(order_by="Commitment.position")


class Commitment(Model):
    """A measure in public (PB-05). The first date is never edited away; changes are a list of {from, to, reason, at}."""

    __tablename__ = "commitment"
    __table_args__ = (
        Index("ix_commitment_row", "row_id", "position"),
        Index("ix_commitment_due", "office_id", "status", "due_on"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    office_id: Mapped[UUID] = mapped_column(ForeignKey("office.id"))
    row_id: Mapped[UUID] = mapped_column(ForeignKey("publication_row.id"))
    measure_id: Mapped[UUID | None] = mapped_column(ForeignKey("measure.id"))
    position: Mapped[int]
    text_hans: Mapped[str]
    text_hant: Mapped[str]
    actor: Mapped[str]  # office | contractor | authority | owner | jointly
    department_id: Mapped[UUID | None] = mapped_column(ForeignKey("department.id"))
    due_kind: Mapped[str]  # at_once | begun | ongoing | recurring | date | span
    due_from: Mapped[date | None]
    due_on: Mapped[date | None]
    first_due_on: Mapped[date | None]
    changes: Mapped[Any] = mapped_column(Json, default=list)
    status: Mapped[str] = mapped_column(default="open")  # open | done | verified | overdue | changed | declined
    done_on: Mapped[date | None]
    outcome_hans: Mapped[str] = mapped_column(default="")
    outcome_hant: Mapped[str] = mapped_column(default="")
    verified_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("staff.id"))


class Posting(Model):
    """A notice put up on a board: where, when, by whom (PB-03)."""

    __tablename__ = "posting"
    __table_args__ = (Index("ix_posting_publication", "publication_id"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    office_id: Mapped[UUID] = mapped_column(ForeignKey("office.id"))
    publication_id: Mapped[UUID] = mapped_column(ForeignKey("publication.id"))
    place: Mapped[str]
    by_id: Mapped[UUID] = mapped_column(ForeignKey("staff.id"))
    at: Mapped[datetime]
    down_at: Mapped[datetime | None]
