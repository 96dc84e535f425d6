"""Campaigns, their samples and what was said, of one office; a guessed id finds nothing."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload, selectinload

from portal.accounts.models import Staff
from portal.households.models import Building, Community, Household
from portal.surveys.models import Answer, Campaign, FrameLine, Handout, Response, SampleLine


def campaign_of(session: Session, office_id: UUID, campaign_id: UUID) -> Campaign | None:
    """The campaign with its community, if it is this office's."""
    return session.scalar(
        select(Campaign)
        .where(Campaign.id == campaign_id, Campaign.office_id == office_id)
        .options(joinedload(Campaign.community))
    )


def communities_of(session: Session, office_id: UUID) -> Sequence[Community]:
    return session.scalars(
        select(Community).where(Community.office_id == office_id).order_by(Community.name_hans, Community.id)
    ).all()


def line_of(session: Session, campaign: Campaign, household_id: UUID) -> SampleLine | None:
    """The line of a household that was asked, reserves left out."""
    return session.scalar(
        select(SampleLine)
        .where(
            SampleLine.campaign_id == campaign.id, SampleLine.household_id == household_id, SampleLine.status != "reserve"
        )
        .options(joinedload(SampleLine.household).joinedload(Household.building))
    )  # fmt: skip


@dataclass(frozen=True)
class BuildingProgress:
    """How far one building is: lines in the sample, not reached yet, issued, returned."""

    building: Building | None
    code: str
    asked: int
    waiting: int
    issued: int
    returned: int


def progress_by_building(session: Session, campaign: Campaign) -> list[BuildingProgress]:
    """The sample by building, as on the frame day."""
    rows = session.execute(
        select(FrameLine.building, SampleLine.status, func.count())
        .join(
            FrameLine,
            (FrameLine.campaign_id == SampleLine.campaign_id) & (FrameLine.household_id == SampleLine.household_id),
        )
        .where(SampleLine.campaign_id == campaign.id, SampleLine.status != "reserve")
        .group_by(FrameLine.building, SampleLine.status)
    )
    found: dict[str, dict[str, int]] = {}
    for code, status, number in rows:
        found.setdefault(code, {})[status] = number
    known = {
        b.code: b for b in session.scalars(select(Building).where(Building.community_id == campaign.community_id))
    }  # fmt: skip
    order = sorted(found, key=lambda code: (known[code].position if code in known else 10**6, code))
    return [
        BuildingProgress(
            known.get(code), code, sum(found[code].values()), found[code].get("drawn", 0),
            found[code].get("issued", 0) + found[code].get("returned", 0), found[code].get("returned", 0),
        )
        for code in order
    ]  # fmt: skip


def lines_by_household(session: Session, campaign_id: UUID) -> dict[UUID, SampleLine]:
    """Everybody who was asked, by household."""
    rows = session.scalars(
        select(SampleLine).where(SampleLine.campaign_id == campaign_id, SampleLine.status != "reserve")
    )
    return {line.household_id: line for line in rows}


@dataclass(frozen=True)
class Said:
    """What is known of one household in one campaign."""

    handouts: Sequence[Handout]
    responses: Sequence[Response]
    substitute: SampleLine | None
    stands_for: SampleLine | None
    names: dict[UUID, str]


def said_of(session: Session, line: SampleLine) -> Said:
    """Attempts, answers and substitutes around one line; answers are read only by who may (SV-08)."""
    of_line: Any = (Handout.campaign_id == line.campaign_id, Handout.household_id == line.household_id)
    handouts = session.scalars(select(Handout).where(*of_line).order_by(Handout.at, Handout.id)).all()
    responses = session.scalars(
        select(Response)
        .where(Response.campaign_id == line.campaign_id, Response.household_id == line.household_id)
        .options(selectinload(Response.answers))
        .order_by(Response.at, Response.id)
    ).all()
    home = joinedload(SampleLine.household).joinedload(Household.building)
    substitute = session.scalar(select(SampleLine).where(SampleLine.released_for == line.id).options(home))
    stands_for = None
    if line.released_for is not None:
        stands_for = session.scalar(select(SampleLine).where(SampleLine.id == line.released_for).options(home))
    people = {h.by_id for h in handouts} | {r.by_id for r in responses if r.by_id}
    names = {row.id: row.name for row in session.execute(select(Staff.id, Staff.name).where(Staff.id.in_(people)))}
    return Said(handouts, responses, substitute, stands_for, names)


def answered_items(response: Response) -> dict[str, Answer]:
    """A response's answers by item."""
    return {answer.item: answer for answer in response.answers}


def staff_name(session: Session, staff_id: str | UUID | None) -> str:
    """A colleague's name, or a dash."""
    if staff_id is None:
        return "—"
    return session.scalar(select(Staff.name).where(Staff.id == UUID(str(staff_id)))) or "—"
