"""Surveys: a round over offices, an office's campaign, its frame, sample, hand-out and answers."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.core.db import Json, Model
from portal.core.ids import new_id


class Campaign(Model):
    """One office's satisfaction survey in one community. The draw can be repeated from seed, frame and algorithm."""

    __tablename__ = "campaign"
    __table_args__ = (Index("ix_campaign_community", "community_id", "frame_day", "id"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    office_id: Mapped[UUID] = mapped_column(ForeignKey("office.id"))
    community_id: Mapped[UUID] = mapped_column(ForeignKey("community.id"))
    title: Mapped[str]
    form: Mapped[str]  # questionnaire_s0@1
    seed: Mapped[str]
    seed_hash: Mapped[str]
    frame_hash: Mapped[str]
    algorithm: Mapped[str]
    share_percent: Mapped[int]
    share_reason: Mapped[str]
    frame_day: Mapped[date]
    received_on: Mapped[date]  # the office has the forms (SV-05 counts from here)
    hand_out_by: Mapped[date]
    collect_by: Mapped[date]
    policy: Mapped[Any] = mapped_column(Json)  # the policy values in force, as they were
    status: Mapped[str] = mapped_column(default="running")  # running | closed
    closed_at: Mapped[datetime | None]
    closed_reason: Mapped[str | None]
    made_by_id: Mapped[UUID] = mapped_column(ForeignKey("staff.id"))
    made_at: Mapped[datetime]


class FrameLine(Model):
    """A household as it stood on the frame day: in which stratum, or why it is out."""

    __tablename__ = "frame_line"
    __table_args__ = (UniqueConstraint("campaign_id", "household_id"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    campaign_id: Mapped[UUID] = mapped_column(ForeignKey("campaign.id"))
    office_id: Mapped[UUID] = mapped_column(ForeignKey("office.id"))
    household_id: Mapped[UUID] = mapped_column(ForeignKey("household.id"))
    stratum: Mapped[str]
    floor: Mapped[int | None]
    unit_code: Mapped[str]
    excluded: Mapped[str | None]


class SampleLine(Model):
    """A drawn household, or an ordered substitute (``released_for`` set once it replaces another)."""

    __tablename__ = "sample_line"
    __table_args__ = (
        UniqueConstraint("campaign_id", "household_id"),
        Index("ix_sample_line_campaign", "campaign_id", "status", "position", "id"),
        Index("ix_sample_line_household", "household_id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    campaign_id: Mapped[UUID] = mapped_column(ForeignKey("campaign.id"))
    office_id: Mapped[UUID] = mapped_column(ForeignKey("office.id"))
    household_id: Mapped[UUID] = mapped_column(ForeignKey("household.id"))
    stratum: Mapped[str]
    position: Mapped[int]
    certainty: Mapped[bool] = mapped_column(default=False)
    substitute: Mapped[bool] = mapped_column(default=False)
    released_for: Mapped[UUID | None] = mapped_column(ForeignKey("sample_line.id"))
    status: Mapped[str] = mapped_column(default="drawn")  # drawn | reserve | issued | refused | not_reached | returned

    campaign: Mapped[Campaign] = relationship()


class Handout(Model):
    """A paper or link handed to a household against receipt, with the collection time agreed (SV-05)."""

    __tablename__ = "handout"
    __table_args__ = (UniqueConstraint("campaign_id", "household_id"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)  # the fact's id
    office_id: Mapped[UUID] = mapped_column(ForeignKey("office.id"))
    campaign_id: Mapped[UUID] = mapped_column(ForeignKey("campaign.id"))
    household_id: Mapped[UUID] = mapped_column(ForeignKey("household.id"))
    outcome: Mapped[str]  # received | refused | not_in | moved
    collect_at: Mapped[datetime | None]
    by_id: Mapped[UUID] = mapped_column(ForeignKey("staff.id"))
    at: Mapped[datetime]


class Response(Model):
    """One household's answers. A second answer is kept with ``counted`` None, so that the key lets only one count."""

    __tablename__ = "response"
    __table_args__ = (UniqueConstraint("campaign_id", "household_id", "counted"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)  # the fact's id
    office_id: Mapped[UUID] = mapped_column(ForeignKey("office.id"))
    campaign_id: Mapped[UUID] = mapped_column(ForeignKey("campaign.id"))
    household_id: Mapped[UUID] = mapped_column(ForeignKey("household.id"))
    mode: Mapped[str]  # door | phone | paper | link
    proxy: Mapped[bool] = mapped_column(default=False)
    disposition: Mapped[str]  # complete | partial | too_little (methods W8)
    counted: Mapped[bool | None] = mapped_column(default=True)
    by_id: Mapped[UUID | None] = mapped_column(ForeignKey("staff.id"))
    at: Mapped[datetime]

    answers: Mapped[list["Answer"]] = relationship()


class Answer(Model):
    __tablename__ = "answer"
    __table_args__ = (UniqueConstraint("response_id", "item"), Index("ix_answer_item", "campaign_id", "item", "grade"))

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    office_id: Mapped[UUID] = mapped_column(ForeignKey("office.id"))
    campaign_id: Mapped[UUID] = mapped_column(ForeignKey("campaign.id"))
    response_id: Mapped[UUID] = mapped_column(ForeignKey("response.id"))
    item: Mapped[str]
    grade: Mapped[str | None]
    remark: Mapped[str] = mapped_column(default="")
