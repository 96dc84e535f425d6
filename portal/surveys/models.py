"""Surveys: a round over offices, an office's campaign, its frame, sample, hand-out and answers."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.core.db import Json, Model
from portal.core.ids import new_id
from portal.households.models import Community, Household


class Campaign(Model):
    """One office's satisfaction survey in one community. The draw can be repeated from seed, frame and algorithm.

    ``planned``: frame and hash of the seed are fixed, the seed is still secret; ``running``: drawn; ``closed``: collection
    has ended. ``frame`` sums the frame lines up: ``population``, ``certainty``, ``excluded`` by reason, and ``places``
    (building, stair, households at random, certain ones), so that figures need not count the frame again. ``drawn`` is
    what the draw recorded of its strata. ``policy`` holds the numbers of the day as text, by field.
    """

    __tablename__ = "campaign"
    __table_args__ = (
        Index("ix_campaign_community", "community_id", "frame_day", "id"),
        Index("ix_campaign_office", "office_id", "frame_day", "id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    office_id: Mapped[UUID] = mapped_column(ForeignKey("office.id"))
    community_id: Mapped[UUID] = mapped_column(ForeignKey("community.id"))
    title: Mapped[str]
    form: Mapped[str]  # questionnaire_s0@1
    seed: Mapped[str]
    seed_hash: Mapped[str]
    digits: Mapped[str] = mapped_column(default="")  # added by an owners' representative after the hash was published
    frame_hash: Mapped[str]
    algorithm: Mapped[str]
    share_percent: Mapped[int]
    share_reason: Mapped[str]  # older | younger | percent | all
    size: Mapped[int]  # households to draw at random; certain ones come on top
    size_reason: Mapped[str] = mapped_column(default="rule")  # rule | statistics
    frame_day: Mapped[date]
    frame: Mapped[Any] = mapped_column(Json)
    drawn: Mapped[Any] = mapped_column(Json, nullable=True)
    drawn_at: Mapped[datetime | None]
    received_on: Mapped[date]  # the office has the forms (SV-05 counts from here)
    hand_out_by: Mapped[date]
    collect_by: Mapped[date]
    set_dates: Mapped[Any] = mapped_column(Json, default=dict)  # by step: what the plan or an extension says itself
    policy: Mapped[Any] = mapped_column(Json)
    events: Mapped[Any] = mapped_column(Json, default=dict)  # days of what happened, by step of the timeline
    late_reasons: Mapped[Any] = mapped_column(Json, default=dict)  # by step: reason, by, at
    status: Mapped[str] = mapped_column(default="planned")  # planned | running | closed
    closing: Mapped[Any] = mapped_column(Json, nullable=True)  # asked for below the floor: reason, visits since, by, at
    closed_at: Mapped[datetime | None]
    closed_reason: Mapped[str | None]
    made_by_id: Mapped[UUID] = mapped_column(ForeignKey("staff.id"))
    made_at: Mapped[datetime]

    community: Mapped[Community] = relationship()


class FrameLine(Model):
    """A household as it stood on the frame day: where, in which stratum, or why it is out.

    ``stratum`` is the one it was drawn in; small ones were joined, so it may bear a neighbour's name.
    """

    __tablename__ = "frame_line"
    __table_args__ = (UniqueConstraint("campaign_id", "household_id"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    campaign_id: Mapped[UUID] = mapped_column(ForeignKey("campaign.id"))
    office_id: Mapped[UUID] = mapped_column(ForeignKey("office.id"))
    household_id: Mapped[UUID] = mapped_column(ForeignKey("household.id"))
    building: Mapped[str]
    stair: Mapped[str]
    stratum: Mapped[str]
    floor: Mapped[int | None]
    unit_code: Mapped[str]
    moved_in: Mapped[date | None]
    certainty: Mapped[bool] = mapped_column(default=False)
    excluded: Mapped[str | None]  # vacant | not_permanent


class SampleLine(Model):
    """A drawn household, or an ordered substitute (``released_for`` set once it replaces another).

    ``attempts`` counts the hand-outs tried, ``handed_at`` is that of the form received, ``collect_on`` and
    ``collect_time`` (of the office's day, or blank) as agreed then.
    """

    __tablename__ = "sample_line"
    __table_args__ = (
        UniqueConstraint("campaign_id", "household_id"),
        Index("ix_sample_line_campaign", "campaign_id", "status", "position", "id"),
        Index("ix_sample_line_household", "household_id"),
        Index("ix_sample_line_stratum", "campaign_id", "stratum", "substitute", "position", "id"),
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
    status: Mapped[str] = mapped_column(
        default="drawn"
    )  # drawn | reserve | issued | refused | not_in | moved | returned
    attempts: Mapped[int] = mapped_column(default=0)
    handed_at: Mapped[datetime | None]
    collect_on: Mapped[date | None]
    collect_time: Mapped[str] = mapped_column(default="")
    returned_at: Mapped[datetime | None]

    campaign: Mapped[Campaign] = relationship()
    household: Mapped[Household] = relationship()


class Handout(Model):
    """One attempt to hand a paper or link to a household: with receipt and collection time, or why not (SV-05)."""

    __tablename__ = "handout"
    __table_args__ = (Index("ix_handout_household", "campaign_id", "household_id", "at"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)  # the fact's id
    office_id: Mapped[UUID] = mapped_column(ForeignKey("office.id"))
    campaign_id: Mapped[UUID] = mapped_column(ForeignKey("campaign.id"))
    household_id: Mapped[UUID] = mapped_column(ForeignKey("household.id"))
    outcome: Mapped[str]  # received | refused | not_in | moved
    serial: Mapped[str] = mapped_column(default="")
    sign_mode: Mapped[str | None]  # resident | proxy
    collect_on: Mapped[date | None]
    collect_time: Mapped[str] = mapped_column(default="")
    by_id: Mapped[UUID] = mapped_column(ForeignKey("staff.id"))
    at: Mapped[datetime]


class Response(Model):
    """One household's answers. What does not count is kept with ``counted`` None, so that the key lets only one count.

    ``flag`` says why: ``second`` answer of a household, or ``late``, given after collection was closed.
    """

    __tablename__ = "response"
    __table_args__ = (
        UniqueConstraint("campaign_id", "household_id", "counted"),
        Index("ix_response_figures", "campaign_id", "counted", "mode", "proxy", "disposition"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)  # the fact's id
    office_id: Mapped[UUID] = mapped_column(ForeignKey("office.id"))
    campaign_id: Mapped[UUID] = mapped_column(ForeignKey("campaign.id"))
    household_id: Mapped[UUID] = mapped_column(ForeignKey("household.id"))
    contact_id: Mapped[UUID] = mapped_column(ForeignKey("contact.id"))
    mode: Mapped[str]  # door | phone | link | paper | post
    proxy: Mapped[bool] = mapped_column(default=False)
    disposition: Mapped[str]  # I | P | R (methods W8)
    counted: Mapped[bool | None] = mapped_column(default=True)
    flag: Mapped[str | None]
    serial: Mapped[str] = mapped_column(default="")
    by_id: Mapped[UUID | None] = mapped_column(ForeignKey("staff.id"))
    at: Mapped[datetime]

    answers: Mapped[list["Answer"]] = relationship()


class Answer(Model):
    """One item of a response. ``place``, ``certainty`` and ``scored`` stand here too, so that one walk along one index
    gives all figures of a campaign: ``scored`` says that the response counts and is valid (I or P).
    """

    __tablename__ = "answer"
    __table_args__ = (
        UniqueConstraint("response_id", "item"),
        Index("ix_answer_figures", "campaign_id", "scored", "item", "place", "certainty", "grade"),
        Index("ix_answer_opinion", "opinion_id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    office_id: Mapped[UUID] = mapped_column(ForeignKey("office.id"))
    campaign_id: Mapped[UUID] = mapped_column(ForeignKey("campaign.id"))
    response_id: Mapped[UUID] = mapped_column(ForeignKey("response.id"))
    item: Mapped[str]
    grade: Mapped[str | None]
    value: Mapped[str] = mapped_column(default="")
    remark: Mapped[str] = mapped_column(default="")
    place: Mapped[str]  # building and stair as on the frame day
    certainty: Mapped[bool] = mapped_column(default=False)
    scored: Mapped[bool] = mapped_column(default=True)
    opinion_id: Mapped[UUID | None] = mapped_column(ForeignKey("opinion.id"))  # what became of it in the register
