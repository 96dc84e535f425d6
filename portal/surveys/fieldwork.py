"""While forms are out: substitutes, the end of collection, and the clocks (SV-05, SV-06, SV-09, SV-16; methods 2.7)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import and_, func, select
from sqlalchemy.orm import Session

from portal.accounts.policy import zone_of
from portal.core import audit, changes
from portal.core.clock import day_at
from portal.domain.refusals import Refused
from portal.domain.satisfaction import Returns
from portal.domain.timeline import EVENTS, TimelineStep, survey_timeline
from portal.surveys.models import Campaign, Response, SampleLine
from portal.surveys.rules import policy_of
from portal.surveys.service import locked_campaign

ISSUED = ("issued", "returned")
GIVES_WAY = ("refused", "moved", "not_in")


@dataclass(frozen=True)
class Progress:
    """Where the lines of a sample stand, substitutes that were released included, the others apart."""

    by_status: Mapping[str, int]
    population: int
    valid: int

    @property
    def issued(self) -> int:
        """Forms handed out; an answer without a receipt had a form too."""
        return sum(self.by_status.get(status, 0) for status in ISSUED)

    @property
    def returned(self) -> int:
        return self.by_status.get("returned", 0)

    @property
    def asked(self) -> int:
        """Lines in the sample: drawn, certain and released ones."""
        return sum(count for status, count in self.by_status.items() if status != "reserve")

    @property
    def returns(self) -> Returns:
        return Returns(self.population, self.issued, self.returned, self.valid)

    def needed(self, floor_percent: int) -> int:
        """Forms that must come back for the recovery floor, by whole numbers (SV-23)."""
        return -(-floor_percent * self.issued // 100)


def progress_of(session: Session, campaign: Campaign) -> Progress:
    """Counted from the sample's lines and the answers that count."""
    statuses = dict(
        session.execute(
            select(SampleLine.status, func.count()).where(SampleLine.campaign_id == campaign.id).group_by(SampleLine.status)
        ).all()
    )  # fmt: skip
    valid = session.scalar(
        select(func.count()).where(
            Response.campaign_id == campaign.id, Response.counted.is_(True), Response.disposition != "R"
        )
    )
    return Progress(statuses, campaign.frame["population"], valid or 0)


def release_substitute(session: Session, line_id: UUID, *, by: UUID, at: datetime) -> SampleLine:
    """The next substitute of its stratum takes the place of a household that gave none (W6; methods 2.7).

    Raises ``Refused``: ``campaign.not_running``, ``substitute.line_open`` where the household may still answer,
    ``substitute.attempts_left`` with ``attempts``, ``substitute.replaced`` where one was released before,
    ``substitute.certain`` (nobody stands for a household that must be covered), ``substitute.none_left``.
    """
    campaign_id = session.scalars(select(SampleLine.campaign_id).where(SampleLine.id == line_id)).one()
    campaign = locked_campaign(session, campaign_id)
    line = session.get_one(SampleLine, line_id, populate_existing=True)
    _check_replaceable(session, campaign, line)
    substitute = session.scalar(
        select(SampleLine)
        .where(
            SampleLine.campaign_id == campaign.id,
            SampleLine.stratum == line.stratum,
            SampleLine.substitute,
            SampleLine.status == "reserve",
        )
        .order_by(SampleLine.position, SampleLine.id)
        .limit(1)
    )
    if substitute is None:
        raise Refused("substitute.none_left")
    substitute.status, substitute.released_for = "drawn", line.id
    audit.record(
        session, "surveys:substitute:released", substitute.id, office_id=campaign.office_id, by=by, at=at,
        replaced=str(line.id), because=line.status,
    )  # fmt: skip
    changes.number(session, campaign.office_id, [changes.Touched("sample_line", substitute.id, None)])
    return substitute


def _check_replaceable(session: Session, campaign: Campaign, line: SampleLine) -> None:
    if campaign.status != "running":
        raise Refused("campaign.not_running")
    if line.certainty:
        raise Refused("substitute.certain")
    if line.status not in GIVES_WAY:
        raise Refused("substitute.line_open")
    at_most = policy_of(campaign.policy).attempts_at_most
    if line.status == "not_in" and line.attempts < at_most:
        raise Refused("substitute.attempts_left", attempts=at_most - line.attempts)
    if session.scalar(select(SampleLine.id).where(SampleLine.released_for == line.id)):
        raise Refused("substitute.replaced")


def close_collection(
    session: Session, campaign_id: UUID, *, by: UUID, at: datetime, reason: str = "", visits_since: date | None = None
) -> bool:
    """End the collection where the recovery floor is reached; below it ask QA, with a reason and visits begun (SV-06).

    True when closed, False when QA must still consent. Raises ``Refused``: ``campaign.not_running``,
    ``campaign.below_floor`` with ``returned``, ``issued``, ``needed`` where the reason or the visits are missing.
    """
    campaign = locked_campaign(session, campaign_id)
    if campaign.status != "running":
        raise Refused("campaign.not_running")
    floor = policy_of(campaign.policy).recovery_floor_percent
    progress = progress_of(session, campaign)
    if progress.returns.recovery_rate.reaches(floor):
        _close(session, campaign, reason.strip(), by=by, at=at)
        return True
    if not reason.strip() or visits_since is None:
        raise Refused(
            "campaign.below_floor", "reason" if not reason.strip() else "visits_since",
            returned=progress.returned, issued=progress.issued, needed=progress.needed(floor),
        )  # fmt: skip
    campaign.closing = {
        "reason": reason.strip(), "visits_since": visits_since.isoformat(), "by": str(by), "at": at.isoformat()
    }  # fmt: skip
    audit.record(
        session, "surveys:closing:asked", campaign.id, office_id=campaign.office_id, by=by, at=at,
        returned=progress.returned, issued=progress.issued,
    )  # fmt: skip
    return False


def consent_to_closing(session: Session, campaign_id: UUID, *, by: UUID, at: datetime) -> None:
    """QA consents to an end below the floor; the reason is printed in the method box.

    Raises ``Refused``: ``campaign.not_asked``, ``campaign.own_request`` (never the one who asked).
    """
    campaign = locked_campaign(session, campaign_id)
    if campaign.status != "running" or not campaign.closing:
        raise Refused("campaign.not_asked")
    if campaign.closing["by"] == str(by):
        raise Refused("campaign.own_request")
    campaign.closing = {**campaign.closing, "consent_by": str(by), "consent_at": at.isoformat()}
    _close(session, campaign, campaign.closing["reason"], by=by, at=at)


def extend_collection(session: Session, campaign_id: UUID, until: date, *, by: UUID, at: datetime) -> None:
    """QA gives more time. Raises ``Refused``: ``campaign.not_running``, ``campaign.not_later``."""
    campaign = locked_campaign(session, campaign_id)
    if campaign.status != "running":
        raise Refused("campaign.not_running")
    if until <= campaign.collect_by:
        raise Refused("campaign.not_later", "until")
    before = campaign.collect_by
    campaign.collect_by, campaign.closing = until, None
    campaign.set_dates = {**campaign.set_dates, "collected": until.isoformat()}
    audit.record(
        session, "surveys:collection:extended", campaign.id, office_id=campaign.office_id, by=by, at=at,
        collect_by=[before.isoformat(), until.isoformat()],
    )  # fmt: skip


def _close(session: Session, campaign: Campaign, reason: str, *, by: UUID, at: datetime) -> None:
    campaign.status, campaign.closed_at, campaign.closed_reason = "closed", at, reason or None
    audit.record(
        session, "surveys:campaign:closed", campaign.id, office_id=campaign.office_id, by=by, at=at, status="closed",
        below_floor=bool(campaign.closing),
    )  # fmt: skip
    lines = session.scalars(
        select(SampleLine.id).where(SampleLine.campaign_id == campaign.id, SampleLine.status != "reserve")
    )
    changes.number(
        session, campaign.office_id, [changes.Touched("sample_line", line, None, gone=True) for line in lines]
    )  # fmt: skip


def note_step(session: Session, campaign_id: UUID, step: str, on: date, *, by: UUID, at: datetime) -> None:
    """A step outside the survey itself happened (``announced``, ``statistics``, ``open_letter``, ``to_qa`` …).

    The first day stands. Raises ValueError for a step that the timeline does not know.
    """
    if step not in EVENTS:
        raise ValueError(step)
    campaign = locked_campaign(session, campaign_id)
    if step in campaign.events:
        return
    campaign.events = {**campaign.events, step: on.isoformat()}
    audit.record(
        session, "surveys:step:done", campaign.id, office_id=campaign.office_id, by=by, at=at, step=step, on=on.isoformat()
    )  # fmt: skip


def explain_late(session: Session, campaign_id: UUID, step: str, reason: str, *, by: UUID, at: datetime) -> None:
    """What is late asks for a reason once (SV-16). Raises ``Refused``: ``timeline.not_late``, ``timeline.explained``."""
    campaign = locked_campaign(session, campaign_id)
    today = day_at(at, zone_of(session, campaign.office_id))
    late = {s.key for s in timeline_of(session, campaign, today) if s.late}
    if step not in late:
        raise Refused("timeline.not_late", "reason")
    if step in campaign.late_reasons:
        raise Refused("timeline.explained", "reason")
    kept: dict[str, Any] = {"reason": reason.strip(), "by": str(by), "at": at.isoformat()}
    campaign.late_reasons = {**campaign.late_reasons, step: kept}
    audit.record(
        session, "surveys:step:explained", campaign.id, office_id=campaign.office_id, by=by, at=at, step=step
    )  # fmt: skip


def timeline_of(session: Session, campaign: Campaign, today: date) -> list[TimelineStep]:
    """The campaign's steps, each clock from what happened (SV-16)."""
    zone = zone_of(session, campaign.office_id)
    policy = policy_of(campaign.policy)
    events = {step: date.fromisoformat(day) for step, day in campaign.events.items()}
    events["forms_received"] = campaign.received_on
    if campaign.drawn_at is not None:
        handed = _handed_out_on(session, campaign.id)
        if handed is not None:
            events["handed_out"] = day_at(handed, zone)
        reached = _floor_reached_at(session, campaign, policy.recovery_floor_percent)
        if reached is not None:
            events["floor_reached"] = day_at(reached, zone)
    if campaign.closed_at is not None:
        events["collected"] = day_at(campaign.closed_at, zone)
    set_dates = {step: date.fromisoformat(day) for step, day in campaign.set_dates.items()}
    return survey_timeline(policy, events, today=today, set_dates=set_dates)


def _handed_out_on(session: Session, campaign_id: UUID) -> datetime | None:
    """When the last form was handed out, once no household drawn first waits for its first attempt."""
    mine = and_(SampleLine.campaign_id == campaign_id, SampleLine.substitute.is_(False))
    if session.scalar(select(SampleLine.id).where(and_(mine, SampleLine.status == "drawn")).limit(1)):
        return None
    return session.scalar(select(func.max(func.coalesce(SampleLine.handed_at, SampleLine.returned_at))).where(mine))


def _floor_reached_at(session: Session, campaign: Campaign, floor_percent: int) -> datetime | None:
    progress = progress_of(session, campaign)
    if not progress.returns.recovery_rate.reaches(floor_percent):
        return None
    needed = progress.needed(floor_percent)
    return session.scalar(
        select(Response.at)
        .where(Response.campaign_id == campaign.id, Response.counted.is_(True))
        .order_by(Response.at, Response.id)
        .offset(max(needed - 1, 0))
        .limit(1)
    )
