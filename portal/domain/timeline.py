"""The clocks of a survey campaign: each runs from what happened, or from what is due until it has (SV-16)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from portal.domain.calendar import EVERY_DAY_ALIKE, Counting, WorkCalendar, days_late, due_on, latest_start
from portal.domain.policy import Policy

EVENTS = (
    "forms_received",
    "announced",
    "handed_out",
    "collected",
    "floor_reached",
    "statistics",
    "open_letter",
    "to_qa",
    "improvement_plan",
)


@dataclass(frozen=True, slots=True)
class TimelineStep:
    """One step of a campaign.

    ``due`` is its last day on time, None where the procedure sets none or its clock has no beginning yet; ``projected``
    says that the clock's beginning is itself only due; ``late`` is in days, of a step still to do as of today.
    """

    key: str
    rule: str
    start: date | None
    due: date | None
    done: date | None
    projected: bool
    late: int

    @property
    def state(self) -> str:
        """``done``, ``open`` while its clock runs, ``waiting`` before."""
        if self.done is not None:
            return "done"
        return "waiting" if self.start is None or self.projected else "open"


def survey_timeline(
    policy: Policy,
    events: Mapping[str, date],
    *,
    today: date,
    set_dates: Mapping[str, date] | None = None,
    calendar: WorkCalendar = EVERY_DAY_ALIKE,
) -> list[TimelineStep]:
    """The steps of a campaign in order, with what each is due.

    ``events`` gives the days on which those of ``EVENTS`` happened; ``set_dates`` the campaign's own dates by step,
    which go before the policy's (SV-05, SV-06: per plan, as agreed). Raises ``ValueError`` for an unknown event.
    """
    unknown = set(events) - set(EVENTS)
    if unknown:
        raise ValueError(f"no such event: {sorted(unknown)}")
    counting, fixed = Counting(policy.deadline_counting), set_dates or {}
    steps: dict[str, TimelineStep] = {}

    def after(key: str) -> tuple[date | None, bool]:
        if key in events:
            return events[key], False
        before = steps.get(key)
        return (before.due if before else None), True

    def add(key: str, rule: str, start: date | None, projected: bool, due: date | None) -> None:
        due, done = fixed.get(key, due), events.get(key)
        late = 0 if due is None else days_late(due, done or today, counting, calendar)
        steps[key] = TimelineStep(key, rule, start, due, done, projected and done is None, late)

    def within(start: date | None, days: int | None) -> date | None:
        return None if start is None or days is None else due_on(start, days, counting, calendar)

    start, projected = after("forms_received")
    add("handed_out", "SV-05", start, projected, within(start, policy.hand_out_within_days))
    start, projected = after("handed_out")
    lead = policy.announced_before_days
    announce_by = None if start is None or lead is None else latest_start(start, lead, counting, calendar)
    add("announced", "SV-02", start, projected, announce_by)
    add("collected", "SV-06", start, projected, within(start, policy.collect_within_days))
    collected, projected = after("collected")
    start, waits = _statistics_clock(policy, events, steps["collected"], collected, projected)
    add("statistics", "SV-09", start, waits, within(start, policy.statistics_within_days))
    if policy.open_letter:
        add("open_letter", "SV-11", collected, projected, within(collected, policy.open_letter_within_days))
        start, waits = after("open_letter")
        add("to_qa", "SV-12", start, waits, within(start, policy.to_qa_within_days))
    if policy.improvement_plan_by:
        month, day = map(int, policy.improvement_plan_by.split("-"))
        add("improvement_plan", "SV-15", collected, projected, collected and date(collected.year, month, day))
    order = ("announced", "handed_out", *(key for key in steps if key not in ("announced", "handed_out")))
    return [steps[key] for key in order]


def _statistics_clock(
    policy: Policy, events: Mapping[str, date], step: TimelineStep, collected: date | None, projected: bool
) -> tuple[date | None, bool]:
    """From collection; or from the later of the recovery floor reached and the collection date passed (S1, SV-09)."""
    if policy.statistics_from == "collected":
        return collected, projected
    passed = step.due or collected
    reached = events.get("floor_reached")
    if reached is None:
        return passed, True
    return max(reached, passed or reached), False
