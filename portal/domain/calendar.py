"""Days, months and hours as the rules count them; no clock of its own.

Civil Code of the PRC, articles 201-204: the first day is not counted; a period of months or years ends on the
corresponding day, or on the month's last where there is none; a last day that is a statutory rest day moves to the next
working day; the day ends at 24:00 or at close of business; the parties may agree otherwise, hence ``Counting``.
Public holidays and the working days that make up for them are data which the office keeps, never code.
"""

from __future__ import annotations

import calendar as months
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from enum import StrEnum

from portal.domain.refusals import Refused


class Counting(StrEnum):
    """How days of a deadline are counted (policy ``deadline_counting``)."""

    NATURAL = "natural"  # every day counts, the last one too
    WORKDAY = "workday"  # only working days count
    ROLL = "roll"  # every day counts, a last day of rest moves to the next working day


@dataclass(frozen=True, slots=True)
class WorkCalendar:
    """Which days are worked: weekly rest days, public ``holidays``, and ``make_up`` days worked instead."""

    holidays: frozenset[date] = frozenset()
    make_up: frozenset[date] = frozenset()
    rest_weekdays: frozenset[int] = frozenset({5, 6})

    def __post_init__(self) -> None:
        if len(self.rest_weekdays & set(range(7))) == 7:
            raise ValueError("a week needs at least one working day")

    def is_workday(self, day: date) -> bool:
        """A make-up day is worked whatever else is said of it; a holiday or weekly rest day is not."""
        if day in self.make_up:
            return True
        return day not in self.holidays and day.weekday() not in self.rest_weekdays

    def nearest_workday(self, day: date, step: int = 1) -> date:
        """``day`` itself if worked, else the next working day (``step`` 1) or the one before (``step`` -1)."""
        while not self.is_workday(day):
            day += timedelta(days=step)
        return day


EVERY_DAY_ALIKE = WorkCalendar()


def _moved(start: date, days: int, step: int, counting: Counting, calendar: WorkCalendar) -> date:
    if days < 0:
        raise ValueError("a period is not negative")
    if counting is not Counting.WORKDAY:
        day = start + timedelta(days=step * days)
        return calendar.nearest_workday(day, step) if counting is Counting.ROLL else day
    day = start
    for _ in range(days):
        day = calendar.nearest_workday(day + timedelta(days=step), step)
    return calendar.nearest_workday(day, step)


def due_on(
    start: date, days: int, counting: Counting = Counting.NATURAL, calendar: WorkCalendar = EVERY_DAY_ALIKE
) -> date:
    """The last day on which something due within ``days`` of ``start`` is on time; its first day is not counted."""
    return _moved(start, days, 1, counting, calendar)


def latest_start(
    event: date, days: int, counting: Counting = Counting.NATURAL, calendar: WorkCalendar = EVERY_DAY_ALIKE
) -> date:
    """The last day on which something wanted ``days`` before ``event`` is on time (SV-02: announced a week before)."""
    return _moved(event, days, -1, counting, calendar)


def add_months(day: date, count: int) -> date:
    """The corresponding day ``count`` months on (back, where negative); the month's last day where there is none."""
    index = day.year * 12 + day.month - 1 + count
    year, month = divmod(index, 12)
    return date(year, month + 1, min(day.day, months.monthrange(year, month + 1)[1]))


def due_after_months(
    start: date, count: int, counting: Counting = Counting.NATURAL, calendar: WorkCalendar = EVERY_DAY_ALIKE
) -> date:
    """The last day of a period of ``count`` months (VS-03: once in three months); rolled where the policy rolls."""
    day = add_months(start, count)
    return day if counting is Counting.NATURAL else calendar.nearest_workday(day)


def full_years(since: date, on: date) -> int:
    """Whole years completed from ``since`` to ``on``; the anniversary completes one (29 February: on the 28th).

    Raises ``ValueError`` where ``on`` lies before ``since``.
    """
    if on < since:
        raise ValueError("the day lies before the beginning")
    years = on.year - since.year
    return years if on >= add_months(since, 12 * years) else years - 1


def days_late(
    due: date, on: date, counting: Counting = Counting.NATURAL, calendar: WorkCalendar = EVERY_DAY_ALIKE
) -> int:
    """How many days ``on`` is past ``due``: 0 when on time; working days only where only those count."""
    if on <= due:
        return 0
    if counting is not Counting.WORKDAY:
        return (on - due).days
    return sum(calendar.is_workday(due + timedelta(days=i)) for i in range(1, (on - due).days + 1))


def ends_at(due: date, zone: tzinfo, closes: time | None = None) -> datetime:
    """The first instant that is too late: 24:00 of ``due`` in the office's zone, or its close of business."""
    if closes is not None:
        return datetime.combine(due, closes, zone)
    return datetime.combine(due + timedelta(days=1), time(0), zone)


def clock_deadline(start: datetime, hours: int) -> datetime:
    """``hours`` of the clock after ``start``, whatever the day (VS-17: 24 hours); in UTC.

    Raises ``ValueError`` for a time without zone or a negative number.
    """
    if start.tzinfo is None:
        raise ValueError("an instant needs a time zone")
    if hours < 0:
        raise ValueError("a period is not negative")
    return start.astimezone(UTC) + timedelta(hours=hours)


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """Part of a day, from ``start`` up to but not including ``end``; over midnight where ``end`` is earlier."""

    start: time
    end: time

    def holds(self, moment: time) -> bool:
        """Is ``moment`` inside?"""
        if self.start < self.end:
            return self.start <= moment < self.end
        return moment >= self.start or moment < self.end

    def __str__(self) -> str:
        return f"{self.start:%H:%M}-{self.end:%H:%M}"


_SPAN = re.compile(r"([01]\d|2[0-3]):([0-5]\d)-(?:([01]\d|2[0-3]):([0-5]\d)|24:00)")


def read_spans(text: str) -> tuple[Span, ...]:
    """``09:00-12:00,14:00-20:00`` as spans, in order; "" is none at all.

    Raises ``Refused("hours.unreadable")`` for anything else, and for a span without length.
    """
    spans = []
    for part in filter(None, (p.strip() for p in text.split(","))):
        match = _SPAN.fullmatch(part)
        if match is None:
            raise Refused("hours.unreadable", text=part)
        start = time(int(match[1]), int(match[2]))
        end = time(int(match[3]), int(match[4])) if match[3] else time(0)
        if start == end:
            raise Refused("hours.unreadable", text=part)
        spans.append(Span(start, end))
    return tuple(sorted(spans))


def write_spans(spans: Iterable[Span]) -> str:
    """What ``read_spans`` reads."""
    return ",".join(map(str, spans))


def in_field_hours(
    local: datetime,
    workday: Sequence[Span],
    rest_day: Sequence[Span],
    calendar: WorkCalendar,
    quiet: Sequence[Span] = (),
) -> bool:
    """May one knock at this local time (VS-20)? In the office's hours of such a day, not in the household's quiet."""
    hours = workday if calendar.is_workday(local.date()) else rest_day
    moment = local.time()
    return any(span.holds(moment) for span in hours) and not any(span.holds(moment) for span in quiet)
