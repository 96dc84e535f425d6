"""What residents raised, by whatever channel, and what was done about it."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.accounts.models import Department, Staff
from portal.core.db import Model
from portal.core.ids import new_id
from portal.households.models import Community, Household


class Contact(Model):
    """One contact with anybody by any channel: the communication register (OP-01)."""

    __tablename__ = "contact"
    __table_args__ = (
        Index("ix_contact_office", "office_id", "occurred_at", "id"),
        Index("ix_contact_household", "household_id", "occurred_at"),
        UniqueConstraint("office_id", "number"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    office_id: Mapped[UUID] = mapped_column(ForeignKey("office.id"))
    community_id: Mapped[UUID | None] = mapped_column(ForeignKey("community.id"))
    household_id: Mapped[UUID | None] = mapped_column(ForeignKey("household.id"))
    number: Mapped[str | None]  # given at the office: year and running number
    channel: Mapped[str]  # visit | phone | counter | letter | box | survey | forum | colleague | proxy | meeting
    person: Mapped[str] = mapped_column(default="")
    phone: Mapped[str] = mapped_column(default="")
    staff_id: Mapped[UUID] = mapped_column(ForeignKey("staff.id"))
    occurred_at: Mapped[datetime]
    received_at: Mapped[datetime]


class Issue(Model):
    """Opinions of one cause, grouped (共性问题)."""

    __tablename__ = "issue"
    __table_args__ = (
        Index("ix_issue_community", "community_id", "opened_at", "id"),
        Index("ix_issue_office", "office_id", "opened_at", "id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    office_id: Mapped[UUID] = mapped_column(ForeignKey("office.id"))
    community_id: Mapped[UUID] = mapped_column(ForeignKey("community.id"))
    title: Mapped[str]
    explanation: Mapped[str] = mapped_column(default="")
    category: Mapped[str]
    status: Mapped[str] = mapped_column(default="open")  # open | answered (in public) | closed
    revision: Mapped[int] = mapped_column(default=1)
    prominent_reason: Mapped[str | None]
    opened_by_id: Mapped[UUID] = mapped_column(ForeignKey("staff.id"))
    opened_at: Mapped[datetime]

    community: Mapped[Community] = relationship()
    opinions: Mapped[list["Opinion"]] = relationship(back_populates="issue")
    measures: Mapped[list["Measure"]] = relationship(back_populates="issue", order_by="Measure.position")


class Opinion(Model):
    """ONE thing a resident raised. States: ``portal.domain.chains``; each round is kept."""

    __tablename__ = "opinion"
    __table_args__ = (
        Index("ix_opinion_office", "office_id", "raised_at", "id"),
        Index("ix_opinion_status", "office_id", "status", "raised_at", "id"),
        Index("ix_opinion_department", "department_id", "status", "raised_at", "id"),
        Index("ix_opinion_household", "household_id", "raised_at"),
        Index("ix_opinion_issue", "issue_id"),
        Index("ix_opinion_contact", "contact_id"),
        Index("ix_opinion_due", "office_id", "due_on", "id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    office_id: Mapped[UUID] = mapped_column(ForeignKey("office.id"))
    community_id: Mapped[UUID] = mapped_column(ForeignKey("community.id"))
    contact_id: Mapped[UUID] = mapped_column(ForeignKey("contact.id"))
    household_id: Mapped[UUID | None] = mapped_column(ForeignKey("household.id"))
    issue_id: Mapped[UUID | None] = mapped_column(ForeignKey("issue.id"))
    kind: Mapped[str]  # inquiry | help | repair | suggestion | complaint | praise
    category: Mapped[str | None]
    part: Mapped[str | None]  # common | private | adjoining
    department_id: Mapped[UUID | None] = mapped_column(ForeignKey("department.id"))
    content: Mapped[str]
    answered_with: Mapped[str] = mapped_column(default="")
    remedy_sought: Mapped[str] = mapped_column(default="")  # what a complainant wants us to do (VS-08)
    case_number: Mapped[str] = mapped_column(default="")  # told to the resident when it was raised
    status: Mapped[str]
    round: Mapped[int] = mapped_column(default=1)
    revision: Mapped[int] = mapped_column(default=1)
    receiver_id: Mapped[UUID] = mapped_column(ForeignKey("staff.id"))
    raised_at: Mapped[datetime]
    due_on: Mapped[date | None]
    since_at: Mapped[datetime | None]  # when it came to where it stands; none: when it was raised

    contact: Mapped[Contact] = relationship()
    household: Mapped[Household | None] = relationship()
    department: Mapped[Department | None] = relationship()
    receiver: Mapped[Staff] = relationship()
    community: Mapped[Community] = relationship()
    issue: Mapped[Issue | None] = relationship(back_populates="opinions")
    measures: Mapped[list["Measure"]] = relationship(
        back_populates="opinion", order_by="Measure.round, Measure.position"
    )
    checks: Mapped[list["OpinionCheck"]] = relationship(order_by="OpinionCheck.at")


class OpinionStep(Model):
    """What was said or decided at one step, in words; the events beside it hold codes only. Each round is kept (VS-09)."""

    __tablename__ = "opinion_step"
    __table_args__ = (Index("ix_opinion_step_opinion", "opinion_id", "at", "id"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    office_id: Mapped[UUID] = mapped_column(ForeignKey("office.id"))
    opinion_id: Mapped[UUID] = mapped_column(ForeignKey("opinion.id"))
    round: Mapped[int]
    action: Mapped[str]  # portal.domain.lives.OpinionAction
    words: Mapped[str]
    department_id: Mapped[UUID | None] = mapped_column(ForeignKey("department.id"))
    method: Mapped[str] = mapped_column(default="")  # of a check: door | phone
    by_id: Mapped[UUID] = mapped_column(ForeignKey("staff.id"))
    at: Mapped[datetime]


class RegisterCounter(Model):
    """The last number that an office gave to a contact in a year; locked while the next one is given."""

    __tablename__ = "register_counter"

    office_id: Mapped[UUID] = mapped_column(ForeignKey("office.id"), primary_key=True)
    year: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    last: Mapped[int] = mapped_column(default=0)


class Measure(Model):
    """Action, responsible person, date: of one opinion in one round, or of an issue."""

    __tablename__ = "measure"
    __table_args__ = (Index("ix_measure_opinion", "opinion_id", "round"), Index("ix_measure_issue", "issue_id"))

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    office_id: Mapped[UUID] = mapped_column(ForeignKey("office.id"))
    opinion_id: Mapped[UUID | None] = mapped_column(ForeignKey("opinion.id"))
    issue_id: Mapped[UUID | None] = mapped_column(ForeignKey("issue.id"))
    round: Mapped[int] = mapped_column(default=1)
    position: Mapped[int] = mapped_column(default=0)
    action: Mapped[str]
    actor: Mapped[str] = mapped_column(default="office")  # office | contractor | authority | owner | jointly
    person: Mapped[str] = mapped_column(default="")
    department_id: Mapped[UUID | None] = mapped_column(ForeignKey("department.id"))
    due_kind: Mapped[str] = mapped_column(default="date")  # at_once | begun | ongoing | recurring | date | span
    due_from: Mapped[date | None]
    due_on: Mapped[date | None]
    done_on: Mapped[date | None]
    result: Mapped[str] = mapped_column(default="")
    by_id: Mapped[UUID] = mapped_column(ForeignKey("staff.id"))
    at: Mapped[datetime]

    department: Mapped[Department | None] = relationship()
    opinion: Mapped[Opinion | None] = relationship(back_populates="measures")
    issue: Mapped[Issue | None] = relationship(back_populates="measures")


class OpinionCheck(Model):
    """What the resident said when asked again: satisfied or not, in which round (VS-09)."""

    __tablename__ = "opinion_check"
    __table_args__ = (UniqueConstraint("opinion_id", "round", "visit_id"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    office_id: Mapped[UUID] = mapped_column(ForeignKey("office.id"))
    opinion_id: Mapped[UUID] = mapped_column(ForeignKey("opinion.id"))
    round: Mapped[int]
    visit_id: Mapped[UUID | None]
    satisfied: Mapped[bool]
    remark: Mapped[str] = mapped_column(default="")
    by_id: Mapped[UUID] = mapped_column(ForeignKey("staff.id"))
    at: Mapped[datetime]
