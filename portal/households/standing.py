"""How a household stands with its regular visit (VS-03): who is due, who is overdue. Late is shown, not forbidden."""

from dataclasses import dataclass
from datetime import date, timedelta

from portal.domain.calendar import add_months
from portal.domain.policy import Policy


@dataclass(frozen=True)
class Standing:
    """``state``: a code of ``door_state``; ``due``: the last day on which the next visit is on time, None: at once."""

    state: str
    due: date | None
    days_late: int = 0


def standing(occupancy: str, last_visit_on: date | None, policy: Policy, today: date) -> Standing:
    """A vacant household is not due (its owner is rung, not counted); one never visited is due, but late for nothing."""
    if occupancy == "vacant":
        return Standing("vacant", None)
    if last_visit_on is None:
        return Standing("due", None)
    due = add_months(last_visit_on, policy.visit_interval_months)
    if last_visit_on <= line(policy, today):
        return Standing("overdue", due, max((today - due).days, 0))
    return Standing("due" if last_visit_on <= line(policy, today, soon=True) else "done", due)


def line(policy: Policy, today: date, *, soon: bool = False) -> date:
    """A last visit on this day or before is over the interval (with ``soon``: will be within the days policy says)."""
    return add_months(today + timedelta(days=policy.visit_due_soon_days if soon else 0), -policy.visit_interval_months)
