"""Who may be asked on the frame day, who must be, and how many the rule and statistics ask for (SV-03, SV-04; methods 2.1-2.3)."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from portal.domain import sampling
from portal.domain.calendar import add_months, full_years
from portal.domain.policy import Policy
from portal.domain.refusals import Refused
from portal.domain.sample_size import SizeAdvice, advise_size, issued_for, margin, needed_answers, share_percent
from portal.households.models import Building, Community, Household
from portal.opinions.models import Opinion
from portal.surveys.models import Answer, Campaign, Response
from portal.surveys.questionnaires import questionnaire

MARGINS = (10, 7, 5, 3)
"""Precisions shown beside the rule, in points either way at 95 %."""


@dataclass(frozen=True, slots=True)
class Unit:
    """A household as it stands today, with the reason why it is not in the frame, if any."""

    household_id: UUID
    code: str
    building: str
    stair: str
    floor: int | None
    moved_in: date | None
    certainty: bool
    excluded: str | None


def units_of(
    session: Session, community_id: UUID, policy: Policy, certain: frozenset[UUID] = frozenset()
) -> list[Unit]:
    """Every household of the community, the excluded ones too (methods 2.1: who was left out is reported)."""
    rows = session.execute(
        select(
            Household.id, Household.unit_code, Building.code, Household.stair, Household.floor, Household.moved_in,
            Household.occupancy, Household.permanent,
        ).join(Building, Building.id == Household.building_id).where(Household.community_id == community_id)
    )  # fmt: skip
    units = []
    for household_id, unit_code, building, stair, floor, moved_in, occupancy, permanent in rows:
        excluded = sampling.excluded_because(occupancy, permanent, policy.sample_base)
        must = excluded is None and household_id in certain
        units.append(Unit(household_id, unit_code, building, stair, floor, moved_in, must, excluded))
    return units


def frame_of(units: Iterable[Unit]) -> list[sampling.FrameLine]:
    """Those who may be asked, as the draw takes them."""
    return [sampling.FrameLine(u.code, u.building, u.stair, u.floor, u.certainty) for u in units if u.excluded is None]


def summary(units: Iterable[Unit]) -> dict[str, Any]:
    """What a campaign keeps of its frame (``Campaign.frame``)."""
    excluded: Counter[str] = Counter()
    places: dict[tuple[str, str], list[int]] = {}
    for unit in units:
        if unit.excluded:
            excluded[unit.excluded] += 1
        else:
            places.setdefault((unit.building, unit.stair), [0, 0])[unit.certainty] += 1
    return {
        "population": sum(map(sum, places.values())),
        "certainty": sum(held[1] for held in places.values()),
        "excluded": dict(excluded),
        "places": [[building, stair, *held] for (building, stair), held in sorted(places.items())],
    }


def last_campaign(session: Session, community_id: UUID, before: date) -> Campaign | None:
    """The community's latest drawn campaign with an earlier frame day."""
    return session.scalar(
        select(Campaign)
        .where(Campaign.community_id == community_id, Campaign.frame_day < before, Campaign.drawn_at.is_not(None))
        .order_by(Campaign.frame_day.desc(), Campaign.id.desc())
        .limit(1)
    )


def grumblers(session: Session, community_id: UUID, frame_day: date, zone: str) -> frozenset[UUID]:
    """Households that complained since the last survey (a year back without one) or grumbled in it (SV-04).

    To grumble is to be dissatisfied on the whole, or to give any item the worst grade.
    """
    last = last_campaign(session, community_id, frame_day)
    since = last.frame_day if last else add_months(frame_day, -12)
    found = set(
        session.scalars(
            select(Opinion.household_id).where(
                Opinion.community_id == community_id,
                Opinion.kind == "complaint",
                Opinion.household_id.is_not(None),
                Opinion.raised_at >= datetime.combine(since, time(), ZoneInfo(zone)),
            )
        )
    )
    if last is not None:
        questions = questionnaire(session, last.form)
        worst = {item.scale.grades[-1].key for item in questions.items}
        overall = and_(Answer.item == questions.lead.key, Answer.grade.in_(questions.lead.scale.dissatisfied()))
        found |= set(
            session.scalars(
                select(Response.household_id)
                .join(Answer, Answer.response_id == Response.id)
                .where(Answer.campaign_id == last.id, Answer.scored, or_(overall, Answer.grade.in_(worst)))
            )
        )
    return frozenset(household for household in found if household is not None)


@dataclass(frozen=True)
class Precision:
    """What a number of answers is worth: ``margin`` points either way at 95 %, and the forms to issue for them."""

    margin: float | None
    answers: int
    issued: int
    rule: bool


@dataclass(frozen=True)
class SizePreview:
    """A campaign's size before it is planned: the rule beside statistics (methods 2.2)."""

    frame: dict[str, Any]
    percent: int
    reason: str  # older | younger | percent | all
    years: int | None
    advice: SizeAdvice
    precisions: Sequence[Precision]

    def drawn_for(self, size_reason: str) -> int:
        """Households to draw at random by ``rule``, or by the larger of rule and ``statistics``."""
        rule = self.advice.issued
        return max(rule, self.advice.wanted_issued) if size_reason == "statistics" else rule


def preview_size(
    community: Community, frame: dict[str, Any], policy: Policy, frame_day: date, first_handover_on: date | None
) -> SizePreview:
    """The size that SV-03 asks for, and what it would buy.

    Raises ``Refused``: ``campaign.handover_unknown`` where the age decides and nobody knows it, ``campaign.too_young``
    (SV-01), ``campaign.nobody`` where the frame is empty.
    """
    first = first_handover_on or community.first_handover_on
    if policy.sample_rule == "by_age" and first is None:
        raise Refused("campaign.handover_unknown", "first_handover_on")
    years = full_years(first, frame_day) if first and first <= frame_day else (0 if first else None)
    if years is not None and years < policy.survey_from_years:
        raise Refused("campaign.too_young", "first_handover_on", years=policy.survey_from_years)
    population, certainty = frame["population"], frame["certainty"]
    if not population:
        raise Refused("campaign.nobody")
    percent = share_percent(first or frame_day, frame_day, policy)
    reason = policy.sample_rule
    if reason == "by_age":
        reason = "older" if percent == policy.sample_percent_older else "younger"
    back = policy.recovery_floor_percent
    advice = advise_size(population, percent, back, certainty=certainty, margin_percent=policy.margin_percent)
    at_random = population - certainty
    rows = [Precision(advice.margin, advice.returned, advice.issued, rule=True)]
    for points in sorted({*MARGINS, policy.margin_percent}, reverse=True):
        wanted = needed_answers(at_random, points)
        rows.append(Precision(margin(wanted, at_random), wanted, issued_for(wanted, back, at_random), rule=False))
    return SizePreview(frame, percent, reason, years, advice, rows)
