"""When an opinion is late: each clock runs from the step before it, by the office's policy (SV-16's way, methods 2.10)."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, and_, func, or_

from portal.core import clock
from portal.domain.lives import Opinion as State
from portal.domain.policy import Policy
from portal.opinions.models import Opinion

TO_MEASURE = (State.RECEIVED, State.CLASSIFIED, State.ASSIGNED)
UNDER_WAY = (State.MEASURED, State.ACKNOWLEDGED, State.JUDGED, State.INVESTIGATED, State.PROPOSED, State.ANSWERED)
TO_REVISIT = (State.DONE,)


@dataclass(frozen=True)
class Due:
    """What is awaited and until which day; ``late`` counts the days since."""

    step: str  # measure | promise | revisit
    on: date
    late: int


def due_of(opinion: Opinion, policy: Policy, today: date, zone: str) -> Due | None:
    """The next day that counts for an opinion; None where nothing is awaited."""
    since = clock.day_at(opinion.since_at or opinion.raised_at, zone)
    status = opinion.status
    if status in TO_MEASURE:
        step, on = "measure", since + timedelta(days=policy.opinion_measure_within_days)
    elif status in TO_REVISIT:
        step, on = "revisit", since + timedelta(days=policy.opinion_revisit_within_days)
    elif status in UNDER_WAY and opinion.due_on is not None:
        step, on = "promise", opinion.due_on
    else:
        return None
    return Due(step, on, max(0, (today - on).days))


def is_late(policy: Policy, today: date, zone: str) -> ColumnElement[bool]:
    """The same as a condition of the database."""
    since = func.coalesce(Opinion.since_at, Opinion.raised_at)

    def before(days: int) -> datetime:
        return datetime.combine(today - timedelta(days=days), time.min, ZoneInfo(zone))

    return or_(
        and_(Opinion.status.in_(TO_MEASURE), since < before(policy.opinion_measure_within_days)),
        and_(Opinion.status.in_(TO_REVISIT), since < before(policy.opinion_revisit_within_days)),
        and_(Opinion.status.in_(UNDER_WAY), Opinion.due_on < today),
    )
