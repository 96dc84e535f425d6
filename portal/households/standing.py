"""How a household stands with its regular visit (VS-03): who is due, who is overdue. Late is shown, not forbidden."""

from dataclasses import dataclass
from datetime import date, timedelta

from portal.domain.calendar import add_months, due_after_months
from portal.domain.policy import Policy


@dataclass(frozen=True)
class Standing:
    """``state``: a code of ``door_state``; ``due``: the last day on which the next visit is on time, None: at once."""

    state: str
    due: date | None
    days_late: int = 0


def standing(occupancy: str, last_visit_on: date | None, policy: Policy, today: date) -> Standing:
    """A vacant household is not due (its owner is rung, not counted); one never visited is due from the first day."""
    if occupancy == "vacant":
        return Standing("vacant", None)
    if last_visit_on is None:
        return Standing("due", None)
    due = due_after_months(last_visit_on, policy.visit_interval_months)
    late = (today - due).days
    if late > 0:
        return Standing("overdue", due, late)
    soon = -late <= policy.visit_due_soon_days
    return Standing("due" if soon else "done", due)


def in_time_since(policy: Policy, today: date, *, soon: bool) -> date:
    """The first day of a last visit that is not overdue today (with ``soon``: not due either); for lists."""
    until = today + timedelta(days=policy.visit_due_soon_days + 1 if soon else 0)
    day = add_months(until, -policy.visit_interval_months)
    while due_after_months(day, policy.visit_interval_months) < until:
        day += timedelta(days=1)  # months differ in length: three months after 28 February is 28 May, not the 31st
    return day
