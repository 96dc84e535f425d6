"""What the office says in public, in both scripts, and the promises in it.

A publication has versions: the newest is worked on, one may be in public. Its texts are *wordings*, pairs of halves with
where each came from; a checked version is frozen as two *editions*, which are what residents read and what is hashed.
"""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.accounts.models import Department
from portal.core.db import Json, Model
from portal.core.ids import new_id
from portal.households.models import Community


class Publication(Model):
    """An open letter or notice. Numbered per office, year and kind when approved; a number is never used again."""

    __tablename__ = "publication"
    __table_args__ = (
        UniqueConstraint("office_id", "kind", "year", "number"),
        Index("ix_publication_community", "community_id", "public_version", "published_at", "id"),
        Index("ix_publication_office", "office_id", "made_at", "id"),
        Index("ix_publication_status", "office_id", "status", "made_at", "id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    office_id: Mapped[UUID] = mapped_column(ForeignKey("office.id"))
    community_id: Mapped[UUID] = mapped_column(ForeignKey("community.id"))
    public_id: Mapped[str] = mapped_column(unique=True)  # printed in QR codes for ever: /p/<public id>
    kind: Mapped[str]  # open_letter | response_notice
    year: Mapped[int | None]
    number: Mapped[int | None]
    source_script: Mapped[str]  # zh-Hans | zh-Hant: the half in which it is worded
    title: Mapped[str]  # of the newest version in the source script, for lists
    status: Mapped[str] = mapped_column(default="draft")  # of the newest version
    version: Mapped[int] = mapped_column(default=1)  # the newest
    public_version: Mapped[int | None]  # the one residents read; none before the first, nor after it was taken down
    revision: Mapped[int] = mapped_column(default=1)  # rises with every change of the newest version
    author_id: Mapped[UUID] = mapped_column(ForeignKey("staff.id"))
    made_at: Mapped[datetime]
    published_at: Mapped[datetime | None]  # of the first version
    take_down_on: Mapped[date | None]  # the last day on display

    community: Mapped[Community] = relationship()
    versions: Mapped[list["PublicationVersion"]] = relationship(order_by="PublicationVersion.version")
    rows: Mapped[list["PublicationRow"]] = relationship(order_by="PublicationRow.position")


class PublicationVersion(Model):
    """One version: who worded and approved it, and when it went out and ended (``lives.Publication``)."""

    __tablename__ = "publication_version"
    __table_args__ = (UniqueConstraint("publication_id", "version"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    office_id: Mapped[UUID] = mapped_column(ForeignKey("office.id"))
    publication_id: Mapped[UUID] = mapped_column(ForeignKey("publication.id"))
    version: Mapped[int]
    status: Mapped[str] = mapped_column(default="draft")
    dated: Mapped[date]
    made_by_id: Mapped[UUID] = mapped_column(ForeignKey("staff.id"))
    made_at: Mapped[datetime]
    worded_by: Mapped[Any] = mapped_column(Json, default=list)  # ids of all who wrote in it: none of them approves it
    cleared: Mapped[Any] = mapped_column(
        Json, default=list
    )  # words a person declared to name nobody: {text, reason, by}
    reason_hans: Mapped[str] = mapped_column(default="")  # of a correction: what was wrong
    reason_hant: Mapped[str] = mapped_column(default="")
    returned_with: Mapped[str] = mapped_column(default="")  # what the approver asked to be changed
    approved_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("staff.id"))
    approved_at: Mapped[datetime | None]
    published_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]


class Wording(Model):
    """One text of one version in both scripts. ``hans`` or ``hant`` is the source half, by the publication's script.

    The other half is ``converted`` or ``edited`` by hand; ``made_from`` is the hash of the source it was made from, so
    that a source changed since is seen. ``doubts`` are the open places of a conversion, ``overrides`` those decided.
    """

    __tablename__ = "wording"
    __table_args__ = (UniqueConstraint("publication_id", "version", "owner_id", "field"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    office_id: Mapped[UUID] = mapped_column(ForeignKey("office.id"))
    publication_id: Mapped[UUID] = mapped_column(ForeignKey("publication.id"))
    version: Mapped[int]
    owner_id: Mapped[UUID]  # the publication, a row or a commitment
    field: Mapped[str]  # title | salutation | opening | closing | brief | explanation | measure
    hans: Mapped[str] = mapped_column(default="")
    hant: Mapped[str] = mapped_column(default="")
    origin: Mapped[str] = mapped_column(default="converted")  # converted | edited: of the half that is not the source
    engine: Mapped[str] = mapped_column(default="")
    made_from: Mapped[str] = mapped_column(default="")
    doubts: Mapped[Any] = mapped_column(Json, default=list)
    overrides: Mapped[Any] = mapped_column(Json, default=list)


class Edition(Model):
    """One version in one script as it was checked: the whole content, its hash, who checked it, the PDF that was made."""

    __tablename__ = "edition"
    __table_args__ = (
        UniqueConstraint("publication_id", "version", "script"),
        Index("ix_edition_hash", "content_sha256"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    office_id: Mapped[UUID] = mapped_column(ForeignKey("office.id"))
    publication_id: Mapped[UUID] = mapped_column(ForeignKey("publication.id"))
    version: Mapped[int]
    script: Mapped[str]  # zh-Hans | zh-Hant
    origin: Mapped[str]  # source | converted | edited
    engine: Mapped[str] = mapped_column(default="")
    texts: Mapped[Any] = mapped_column(Json)  # portal.publishing.content
    revision: Mapped[int]  # the publication's when this was checked
    checked_by_id: Mapped[UUID] = mapped_column(ForeignKey("staff.id"))
    checked_at: Mapped[datetime]
    content_sha256: Mapped[str | None]  # of the numbered content, from the approval on
    pdf_sha256: Mapped[str | None]  # of the PDF as published, kept in the store


class PublicationRow(Model):
    """One issue answered. ``brief`` and ``explanation`` are as last published; what is being worded stands in wordings."""

    __tablename__ = "publication_row"
    __table_args__ = (
        Index("ix_publication_row", "publication_id", "position"),
        Index("ix_publication_row_issue", "issue_id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    office_id: Mapped[UUID] = mapped_column(ForeignKey("office.id"))
    publication_id: Mapped[UUID] = mapped_column(ForeignKey("publication.id"))
    issue_id: Mapped[UUID | None] = mapped_column(ForeignKey("issue.id"))
    since_version: Mapped[int] = mapped_column(default=1)
    position: Mapped[int]
    households: Mapped[int] = mapped_column(default=0)
    brief_hans: Mapped[str] = mapped_column(default="")
    brief_hant: Mapped[str] = mapped_column(default="")
    explanation_hans: Mapped[str] = mapped_column(default="")
    explanation_hant: Mapped[str] = mapped_column(default="")

    publication: Mapped[Publication] = relationship(back_populates="rows")
    commitments: Mapped[list["Commitment"]] = relationship(order_by="Commitment.position")


class Commitment(Model):
    """A measure in public (PB-05). The first date is never edited away; changes are {from, to, reason_hans, reason_hant, at}."""

    __tablename__ = "commitment"
    __table_args__ = (
        Index("ix_commitment_row", "row_id", "position"),
        Index("ix_commitment_due", "office_id", "due_on", "id"),
        Index("ix_commitment_department", "department_id", "status", "due_on"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    office_id: Mapped[UUID] = mapped_column(ForeignKey("office.id"))
    row_id: Mapped[UUID] = mapped_column(ForeignKey("publication_row.id"))
    measure_id: Mapped[UUID | None] = mapped_column(ForeignKey("measure.id"))
    since_version: Mapped[int] = mapped_column(default=1)
    position: Mapped[int]
    text_hans: Mapped[str] = mapped_column(default="")  # as last published
    text_hant: Mapped[str] = mapped_column(default="")
    actor: Mapped[str]  # office | contractor | authority | owner | jointly
    department_id: Mapped[UUID | None] = mapped_column(ForeignKey("department.id"))
    due_kind: Mapped[str]  # at_once | begun | ongoing | recurring | date | span
    due_from: Mapped[date | None]
    due_on: Mapped[date | None]  # of a recurring one: the next check
    first_due_on: Mapped[date | None]
    changes: Mapped[Any] = mapped_column(Json, default=list)
    status: Mapped[str] = mapped_column(default="open")  # open | done | verified | overdue | changed | declined
    revision: Mapped[int] = mapped_column(default=1)
    done_on: Mapped[date | None]
    outcome_hans: Mapped[str] = mapped_column(default="")
    outcome_hant: Mapped[str] = mapped_column(default="")
    verified_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("staff.id"))
    verified_on: Mapped[date | None]

    row: Mapped[PublicationRow] = relationship(back_populates="commitments")
    department: Mapped[Department | None] = relationship()


class GlossaryTerm(Model):
    """A pair of spellings that a person decided for one estate, used in every later conversion."""

    __tablename__ = "glossary_term"
    __table_args__ = (UniqueConstraint("community_id", "hans", "hant"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    office_id: Mapped[UUID] = mapped_column(ForeignKey("office.id"))
    community_id: Mapped[UUID] = mapped_column(ForeignKey("community.id"))
    hans: Mapped[str]
    hant: Mapped[str]
    by_id: Mapped[UUID] = mapped_column(ForeignKey("staff.id"))
    at: Mapped[datetime]


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
