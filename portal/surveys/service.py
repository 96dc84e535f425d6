"""Planning a campaign, drawing its sample, and proving the draw afterwards (SV-01 to SV-04; methods 2.1-2.3, W3-W5)."""

import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from fractions import Fraction
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, select, update
from sqlalchemy.orm import Session

from portal.accounts.policy import policy_for, zone_of
from portal.core import audit, bulk, changes, search
from portal.core.clock import day_at
from portal.core.ids import new_id
from portal.domain import sampling
from portal.domain.policy import Policy
from portal.domain.refusals import Refused
from portal.domain.strata import stratum_code
from portal.domain.timeline import survey_timeline
from portal.households.models import Community
from portal.surveys.frame import SizePreview, Unit, frame_of, grumblers, preview_size, summary, units_of
from portal.surveys.models import Campaign, FrameLine, SampleLine
from portal.surveys.questionnaires import available, questionnaire
from portal.surveys.rules import policy_of, snapshot

KIND = "campaign"  # of search


def campaign_words(title: str, community: Community) -> list[str]:
    """What a campaign is found by."""
    return [title, community.name_hans, community.name_hant]


@dataclass(frozen=True, kw_only=True)
class CampaignPlan:
    """What a person decides about a campaign; what is left out follows from policy."""

    title: str
    frame_day: date
    received_on: date
    form: str = "questionnaire_s0@1"
    first_handover_on: date | None = None
    size_reason: str = "rule"  # rule | statistics
    cover_complaints: bool | None = None  # None: as policy says
    hand_out_by: date | None = None
    collect_by: date | None = None
    target: int | None = None  # per cent; None: as policy says


def preview_campaign(
    session: Session, community: Community, frame_day: date, *, first_handover_on: date | None = None,
    cover_complaints: bool | None = None,
) -> tuple[Policy, SizePreview]:  # fmt: skip
    """The policy of the frame day and the size it leads to. Raises as ``frame.preview_size``."""
    policy = policy_for(session, community.office_id, on=frame_day)
    _, preview = _frame(session, community, policy, frame_day, first_handover_on, cover_complaints)
    return policy, preview


def _frame(
    session: Session, community: Community, policy: Policy, frame_day: date, first: date | None, cover: bool | None
) -> tuple[list[Unit], SizePreview]:
    certain: frozenset[UUID] = frozenset()
    if policy.sample_complainants if cover is None else cover:
        certain = grumblers(session, community.id, frame_day, zone_of(session, community.office_id))
    units = units_of(session, community.id, policy, certain)
    return units, preview_size(community, summary(units), policy, frame_day, first)


def plan_campaign(
    session: Session, community: Community, plan: CampaignPlan, *, by: UUID, at: datetime, seed: str | None = None
) -> Campaign:
    """Fix the frame and commit to a seed: both hashes are known from now on, the seed itself only after the draw (W5).

    ``seed`` is made here; a caller gives one only to repeat a demonstration. Raises ``Refused``: the codes of
    ``frame.preview_size``, ``questionnaire.unknown``, ``campaign.date_needed`` where neither policy nor plan sets a date,
    ``campaign.dates_crossed``, ``campaign.frame_later`` for a frame day still to come, and those of ``sampling``.
    """
    policy = policy_for(session, community.office_id, on=plan.frame_day)
    if plan.target is not None:
        policy = policy.changed("campaign", target=plan.target, target_kind="rate")
    if plan.form not in available():
        raise Refused("questionnaire.unknown", "form")
    questionnaire(session, plan.form)
    if plan.frame_day > day_at(at, zone_of(session, community.office_id)):
        raise Refused("campaign.frame_later", "frame_day")
    hand_out_by, collect_by, set_dates = _dates(policy, plan)
    units, preview = _frame(
        session, community, policy, plan.frame_day, plan.first_handover_on, plan.cover_complaints
    )  # fmt: skip
    frame = frame_of(units)
    sampling.strata_of(frame)  # a frame that cannot be drawn from is refused now, not on the day of the draw
    seed = seed or f"{plan.frame_day:%Y%m%d}|{secrets.token_hex(16)}"
    sampling.check_seed(seed, sampling.seed_hash(seed))
    _set_handover(session, community, plan.first_handover_on, by=by, at=at)
    campaign = Campaign(
        id=new_id(), office_id=community.office_id, community_id=community.id, title=plan.title.strip(), form=plan.form,
        seed=seed, seed_hash=sampling.seed_hash(seed), frame_hash=sampling.frame_hash(frame), algorithm=sampling.ALGORITHM,
        share_percent=preview.percent, share_reason=preview.reason, size=preview.drawn_for(plan.size_reason),
        size_reason=plan.size_reason, frame_day=plan.frame_day, frame=preview.frame, received_on=plan.received_on,
        hand_out_by=hand_out_by, collect_by=collect_by, set_dates=set_dates, policy=snapshot(policy), events={},
        late_reasons={}, made_by_id=by, made_at=at,
    )  # fmt: skip
    session.add(campaign)
    session.flush()
    bulk.put(session, FrameLine, [_frame_row(campaign, unit) for unit in units])
    search.index(
        session, [search.entry(campaign.id, campaign.office_id, KIND, campaign_words(campaign.title, community))]
    )
    audit.record(
        session, "surveys:campaign:planned", campaign.id, office_id=campaign.office_id, by=by, at=at,
        seed_hash=campaign.seed_hash, frame_hash=campaign.frame_hash, size=campaign.size,
        population=preview.frame["population"],
    )  # fmt: skip
    return campaign


def _frame_row(campaign: Campaign, unit: Unit) -> dict[str, Any]:
    return {
        "id": new_id(), "campaign_id": campaign.id, "office_id": campaign.office_id, "household_id": unit.household_id,
        "building": unit.building, "stair": unit.stair, "stratum": stratum_code(unit.building, unit.stair),
        "floor": unit.floor, "unit_code": unit.code, "moved_in": unit.moved_in, "certainty": unit.certainty,
        "excluded": unit.excluded,
    }  # fmt: skip


def _dates(policy: Policy, plan: CampaignPlan) -> tuple[date, date, dict[str, str]]:
    """Last days for handing out and collecting, and those that the plan sets itself (SV-05, SV-06)."""
    own = {"handed_out": plan.hand_out_by, "collected": plan.collect_by}
    set_dates = {step: day for step, day in own.items() if day is not None}
    steps = survey_timeline(
        policy, {"forms_received": plan.received_on}, today=plan.received_on, set_dates=set_dates
    )  # fmt: skip
    due = {step.key: step.due for step in steps}
    for step, name in (("handed_out", "hand_out_by"), ("collected", "collect_by")):
        if due[step] is None:
            raise Refused("campaign.date_needed", name)
    hand_out_by, collect_by = due["handed_out"], due["collected"]
    assert hand_out_by is not None and collect_by is not None
    if hand_out_by < plan.received_on:
        raise Refused("campaign.dates_crossed", "hand_out_by")
    if collect_by < hand_out_by:
        raise Refused("campaign.dates_crossed", "collect_by")
    return hand_out_by, collect_by, {step: day.isoformat() for step, day in set_dates.items()}


def _set_handover(session: Session, community: Community, first: date | None, *, by: UUID, at: datetime) -> None:
    """What was asked for is remembered: the next campaign need not ask again."""
    if first is None or (first == community.first_handover_on and not community.handover_proposed):
        return
    before = community.first_handover_on
    community.first_handover_on, community.handover_proposed = first, False
    audit.record(
        session, "households:community:corrected", community.id, office_id=community.office_id, by=by, at=at,
        first_handover_on=[before.isoformat() if before else None, first.isoformat()],
    )  # fmt: skip


def draw_campaign(session: Session, campaign_id: UUID, *, by: UUID, at: datetime, digits: str = "") -> Campaign:
    """Reveal the seed and draw: ``digits`` are what an owners' representative adds to it (W5).

    Raises ``Refused``: ``campaign.drawn_before``, and the codes of ``sampling.check_seed`` and ``sampling.draw``.
    """
    campaign = locked_campaign(session, campaign_id)
    if campaign.status != "planned":
        raise Refused("campaign.drawn_before")
    seed = sampling.check_seed(campaign.seed, campaign.seed_hash, digits)
    frame, households = _stored_frame(session, campaign_id)
    size = min(campaign.size, sum(not line.certainty for line in frame))
    drawn = sampling.draw(frame, size, seed)
    rows = [_sample_row(campaign, line, households[line.code]) for line in drawn.lines]
    bulk.put(session, SampleLine, rows)
    _write_joined(session, campaign_id, drawn)
    campaign.digits, campaign.status, campaign.drawn_at = digits, "running", at
    campaign.drawn = {"size": size, "strata": [[s.code, list(s.joined), s.households, s.drawn] for s in drawn.strata]}
    audit.record(
        session, "surveys:campaign:drawn", campaign.id, office_id=campaign.office_id, by=by, at=at, digits=digits,
        asked=len(drawn.asked), status="running",
    )  # fmt: skip
    changes.number(
        session, campaign.office_id,
        [changes.Touched("sample_line", row["id"], None) for row in rows if row["status"] == "drawn"],
    )  # fmt: skip
    return campaign


def _sample_row(campaign: Campaign, line: sampling.SampleLine, household_id: UUID) -> dict[str, Any]:
    return {
        "id": new_id(), "campaign_id": campaign.id, "office_id": campaign.office_id, "household_id": household_id,
        "stratum": line.stratum, "position": line.order, "certainty": line.certainty, "substitute": line.substitute,
        "released_for": None, "status": "reserve" if line.substitute else "drawn", "attempts": 0, "handed_at": None,
        "collect_on": None, "collect_time": "", "returned_at": None,
    }  # fmt: skip


def _write_joined(session: Session, campaign_id: UUID, drawn: sampling.Draw) -> None:
    table: Any = FrameLine.__table__
    rows = [{"own": own, "to": s.code} for s in drawn.strata for own in s.joined if own != s.code]
    if rows:
        session.connection().execute(
            update(table)
            .where(table.c.campaign_id == campaign_id, table.c.stratum == bindparam("own"))
            .values(stratum=bindparam("to")),
            rows,
        )


def make_campaign(
    session: Session, community: Community, plan: CampaignPlan, *, by: UUID, at: datetime, digits: str = "",
    seed: str | None = None,
) -> Campaign:  # fmt: skip
    """Plan and draw in one go, where nobody waits between commitment and draw. Raises as both."""
    campaign = plan_campaign(session, community, plan, by=by, at=at, seed=seed)
    return draw_campaign(session, campaign.id, by=by, at=at, digits=digits)


def locked_campaign(session: Session, campaign_id: UUID) -> Campaign:
    """The campaign to be changed, under its office's lock and its own."""
    office_id = session.scalars(select(Campaign.office_id).where(Campaign.id == campaign_id)).one()
    changes.lock(session, [office_id])
    return session.scalars(
        select(Campaign).where(Campaign.id == campaign_id).with_for_update(of=Campaign).execution_options(populate_existing=True)
    ).one()  # fmt: skip


def _stored_frame(session: Session, campaign_id: UUID) -> tuple[list[sampling.FrameLine], dict[str, UUID]]:
    rows = session.execute(
        select(
            FrameLine.unit_code, FrameLine.building, FrameLine.stair, FrameLine.floor, FrameLine.certainty,
            FrameLine.household_id,
        ).where(FrameLine.campaign_id == campaign_id, FrameLine.excluded.is_(None))
    ).all()  # fmt: skip
    frame = [sampling.FrameLine(row.unit_code, row.building, row.stair, row.floor, row.certainty) for row in rows]
    return frame, {row.unit_code: row.household_id for row in rows}


@dataclass(frozen=True)
class DrawProof:
    """A draw repeated from its records: ``problem`` is the code of what differs, None where all agrees.

    ``floor_gap`` is the largest difference between drawn and expected over runs of floors, in households; under 1 always.
    """

    problem: str | None
    rows: list[sampling.EvenRow]
    floor_gap: Fraction
    seed: str


def prove_draw(session: Session, campaign: Campaign) -> DrawProof:
    """Draw again from frame, seed and algorithm as kept, compare, and say how even it was (SV-04)."""
    frame, households = _stored_frame(session, campaign.id)
    code_of = {household: code for code, household in households.items()}
    recorded = _recorded_draw(session, campaign, code_of)
    problem = None
    try:
        sampling.check_seed(campaign.seed, campaign.seed_hash, campaign.digits)
        sampling.check_draw(recorded, frame)
    except Refused as why:
        problem = why.code
    if problem:
        return DrawProof(problem, [], Fraction(0), recorded.seed)
    return DrawProof(None, sampling.evenness(recorded, frame), sampling.floor_gap(recorded, frame), recorded.seed)


def _recorded_draw(session: Session, campaign: Campaign, code_of: dict[UUID, str]) -> sampling.Draw:
    strata = [sampling.DrawnStratum(code, tuple(joined), held, n) for code, joined, held, n in campaign.drawn["strata"]]
    place = {stratum.code: at for at, stratum in enumerate(strata)}
    rows: Iterable[Any] = session.execute(
        select(
            SampleLine.household_id, SampleLine.stratum, SampleLine.position, SampleLine.substitute, SampleLine.certainty
        ).where(SampleLine.campaign_id == campaign.id)
    ).all()  # fmt: skip
    ordered = sorted(rows, key=lambda r: (place.get(r.stratum, len(place)), r.substitute, r.position))
    return sampling.Draw(
        algorithm=campaign.algorithm,
        frame_hash=campaign.frame_hash,
        seed=f"{campaign.seed}|{campaign.digits}" if campaign.digits else campaign.seed,
        size=campaign.drawn["size"],
        strata=tuple(strata),
        lines=tuple(
            sampling.SampleLine(code_of.get(r.household_id, ""), r.stratum, r.position, r.substitute, r.certainty)
            for r in ordered
        ),
    )


def campaign_policy(campaign: Campaign) -> Policy:
    """The numbers that this campaign was planned by."""
    return policy_of(campaign.policy)
