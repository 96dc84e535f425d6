"""How a household stands with its regular visit (VS-03): who is due, who is overdue. Late is shown, not forbidden.

Told twice, of one household and as conditions of the database: they agree (``tests/households/test_standing.py``), and
every list, drawing and count of the office asks here. Never visited is due, but late for nothing.
"""

from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import ColumnElement

from portal.domain.calendar import add_months
from portal.domain.policy import Policy
from portal.households.models import Household

VISITED = ("occupied", "renovating")  # who is to be visited; a vacant dwelling's owner is rung and not counted


@dataclass(frozen=True)
class Standing:
    """``state``: a code of ``door_state``; ``due``: the last day on which the next visit is on time, None: at once."""

    state: str
    due: date | None
    days_late: int = 0

    @property
    def covered(self) -> bool:
        """Visited within the interval, though perhaps due again soon."""
        return self.state == "done" or (self.state == "due" and self.due is not None)


@dataclass(frozen=True)
class Conditions:
    """Whom ``standing`` calls what, for queries. ``never`` + ``overdue`` + ``covered`` is everybody ``to_visit``."""

    to_visit: ColumnElement[bool]
    never: ColumnElement[bool]
    overdue: ColumnElement[bool]  # visited once, but not within the interval
    covered: ColumnElement[bool]
    due_soon: ColumnElement[bool]  # of those covered


def conditions(policy: Policy, today: date) -> Conditions:
    """The household's standing on a day as conditions over ``Household``."""
    to_visit, last = Household.occupancy.in_(VISITED), Household.last_visit_on
    over, soon = line(policy, today), line(policy, today, soon=True)
    return Conditions(
        to_visit=to_visit,
        never=to_visit & last.is_(None),
        overdue=to_visit & (last <= over),
        covered=to_visit & (last > over),
        due_soon=to_visit & (last > over) & (last <= soon),
    )


def standing(occupancy: str, last_visit_on: date | None, policy: Policy, today: date) -> Standing:
    """A vacant household is not due (its owner is rung, not counted); one never visited is due, but late for nothing."""
    if occupancy not in VISITED:
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
