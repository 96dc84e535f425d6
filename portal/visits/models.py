"""Visits, attempts, and the day's plan."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.accounts.models import Staff
from portal.core.db import Json, Model
from portal.core.ids import new_id
from portal.households.models import Household


class Visit(Model):
    """A visit or an attempt; its id is the fact's. ``body`` is what the newest revision says."""

    __tablename__ = "visit"
    __table_args__ = (
        Index("ix_visit_office", "office_id", "occurred_at", "id"),
        Index("ix_visit_received", "office_id", "received_at", "id"),
        Index("ix_visit_status", "office_id", "status", "occurred_at", "id"),
        Index("ix_visit_author", "office_id", "author_id", "occurred_at", "id"),
        Index("ix_visit_community", "office_id", "community_id", "occurred_at", "id"),
        Index("ix_visit_outcome", "office_id", "outcome", "occurred_at", "id"),
        Index("ix_visit_household", "household_id", "occurred_at", "id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    office_id: Mapped[UUID] = mapped_column(ForeignKey("office.id"))
    community_id: Mapped[UUID] = mapped_column(ForeignKey("community.id"))
    household_id: Mapped[UUID] = mapped_column(ForeignKey("household.id"))
    contact_id: Mapped[UUID] = mapped_column(ForeignKey("contact.id"))
    author_id: Mapped[UUID] = mapped_column(ForeignKey("staff.id"))
    second_id: Mapped[UUID | None] = mapped_column(ForeignKey("staff.id"))
    form: Mapped[str]  # visit@1 | attempt@1
    type: Mapped[
        str
    ]  # regular | special | complaint_revisit | paid_service_revisit | repair_revisit | survey_contact | …
    method: Mapped[str]  # door | phone | patrol
    outcome: Mapped[str]  # met | not_in | refused | moved | another_day
    attempt: Mapped[int] = mapped_column(default=0)
    satisfaction: Mapped[str | None]
    met_name: Mapped[str] = mapped_column(default="")
    next_contact_on: Mapped[date | None]  # agreed with the resident: a promise that the plan keeps
    opinion_count: Mapped[int] = mapped_column(default=0)
    status: Mapped[str] = mapped_column(default="received")  # received | returned | corrected | signed_1 … | closed
    revision: Mapped[int] = mapped_column(default=1)
    occurred_at: Mapped[datetime]
    recorded_at: Mapped[datetime]
    received_at: Mapped[datetime]
    body: Mapped[Any] = mapped_column(Json)

    household: Mapped[Household] = relationship()
    author: Mapped[Staff] = relationship(foreign_keys=[author_id])
    second: Mapped[Staff | None] = relationship(foreign_keys=[second_id])


class Plan(Model):
    """Whom to visit on a day, as a supervisor gave it to one person (before monthly plans exist)."""

    __tablename__ = "plan"
    __table_args__ = (UniqueConstraint("office_id", "staff_id", "day"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    office_id: Mapped[UUID] = mapped_column(ForeignKey("office.id"))
    staff_id: Mapped[UUID] = mapped_column(ForeignKey("staff.id"))
    day: Mapped[date]
    brief: Mapped[str] = mapped_column(default="")  # what the office did lately, told at each door
    brief_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("staff.id"))
    made_at: Mapped[datetime]

    lines: Mapped[list["PlanLine"]] = relationship(order_by="PlanLine.position")


class PlanLine(Model):
    __tablename__ = "plan_line"
    __table_args__ = (UniqueConstraint("plan_id", "household_id"), Index("ix_plan_line_household", "household_id"))

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    plan_id: Mapped[UUID] = mapped_column(ForeignKey("plan.id"))
    office_id: Mapped[UUID] = mapped_column(ForeignKey("office.id"))
    community_id: Mapped[UUID] = mapped_column(ForeignKey("community.id"))
    household_id: Mapped[UUID] = mapped_column(ForeignKey("household.id"))
    reason: Mapped[str]  # due | promised | carried_over | special
    position: Mapped[int]
    visit_id: Mapped[UUID | None] = mapped_column(ForeignKey("visit.id"))
