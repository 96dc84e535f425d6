"""Deadlines as the Civil Code and the policy count them."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portal.domain.calendar import (
    Counting,
    Span,
    WorkCalendar,
    add_months,
    clock_deadline,
    days_late,
    due_after_months,
    due_on,
    ends_at,
    full_years,
    in_field_hours,
    latest_start,
    read_spans,
    write_spans,
)
from portal.domain.refusals import Refused

SPRING = WorkCalendar(
    holidays=frozenset(date(2026, 2, 15) + timedelta(days=i) for i in range(9)),
    make_up=frozenset({date(2026, 2, 14), date(2026, 2, 28)}),
)
DAYS = st.dates(date(2020, 1, 1), date(2035, 12, 31))


def test_the_chain_of_the_procedure_counts_natural_days_and_not_the_first():
    handed_out = due_on(date(2026, 3, 2), 3)
    collected = due_on(handed_out, 10)
    assert handed_out == date(2026, 3, 5)
    assert collected == date(2026, 3, 15)
    assert due_on(collected, 3) == date(2026, 3, 18)
    assert due_on(collected, 14) == date(2026, 3, 29)


def test_a_sunday_rolls_to_monday_only_where_the_policy_rolls():
    assert due_on(date(2026, 3, 5), 10, Counting.ROLL) == date(2026, 3, 16)
    assert due_on(date(2026, 3, 5), 10, Counting.NATURAL).weekday() == 6


def test_working_days_skip_the_weekend():
    assert due_on(date(2026, 3, 5), 10, Counting.WORKDAY) == date(2026, 3, 19)
    assert due_on(date(2026, 3, 7), 1, Counting.WORKDAY) == date(2026, 3, 9)


def test_a_make_up_saturday_is_worked_and_a_holiday_monday_is_not():
    assert due_on(date(2026, 2, 13), 1, Counting.WORKDAY, SPRING) == date(2026, 2, 14)
    assert due_on(date(2026, 2, 14), 1, Counting.WORKDAY, SPRING) == date(2026, 2, 24)
    assert due_on(date(2026, 2, 10), 6, Counting.ROLL, SPRING) == date(2026, 2, 24)
    assert due_on(date(2026, 2, 18), 10, Counting.ROLL, SPRING) == date(2026, 2, 28)


def test_a_week_without_any_working_day_is_no_calendar():
    with pytest.raises(ValueError, match="working day"):
        WorkCalendar(rest_weekdays=frozenset(range(7)))


def test_an_announcement_a_week_before_counts_back():
    assert latest_start(date(2026, 3, 16), 7) == date(2026, 3, 9)
    assert latest_start(date(2026, 3, 15), 7, Counting.ROLL) == date(2026, 3, 6)
    assert latest_start(date(2026, 3, 16), 1, Counting.WORKDAY) == date(2026, 3, 13)


@pytest.mark.parametrize("days", [-1, -10])
def test_a_negative_period_is_refused(days):
    with pytest.raises(ValueError, match="negative"):
        due_on(date(2026, 3, 2), days)


@pytest.mark.parametrize(
    ("day", "count", "expected"),
    [
        (date(2025, 11, 30), 3, date(2026, 2, 28)),
        (date(2027, 11, 30), 3, date(2028, 2, 29)),
        (date(2026, 12, 15), 3, date(2027, 3, 15)),
        (date(2026, 3, 31), -1, date(2026, 2, 28)),
        (date(2026, 1, 31), -2, date(2025, 11, 30)),
        (date(2024, 2, 29), 12, date(2025, 2, 28)),
        (date(2026, 10, 31), 2, date(2026, 12, 31)),
    ],
)
def test_months_end_on_the_corresponding_day_or_the_last(day, count, expected):
    assert add_months(day, count) == expected


def test_three_months_that_end_on_a_sunday_roll_with_the_policy():
    assert due_after_months(date(2026, 2, 15), 3) == date(2026, 5, 15)
    assert due_after_months(date(2026, 2, 16), 3) == date(2026, 5, 16)
    assert due_after_months(date(2026, 2, 16), 3, Counting.ROLL) == date(2026, 5, 18)


def test_five_years_are_full_on_the_anniversary_and_not_a_day_before():
    assert full_years(date(2021, 3, 1), date(2026, 2, 28)) == 4
    assert full_years(date(2021, 3, 1), date(2026, 3, 1)) == 5
    assert full_years(date(2020, 2, 29), date(2025, 2, 27)) == 4
    assert full_years(date(2020, 2, 29), date(2025, 2, 28)) == 5
    with pytest.raises(ValueError, match="before"):
        full_years(date(2026, 1, 2), date(2026, 1, 1))


def test_a_day_ends_at_midnight_of_the_office_or_at_its_close_of_business():
    zone = ZoneInfo("Asia/Shanghai")
    assert ends_at(date(2026, 12, 31), zone).astimezone(UTC) == datetime(2026, 12, 31, 16, tzinfo=UTC)
    assert ends_at(date(2026, 3, 5), zone, time(17, 30)) == datetime(2026, 3, 5, 17, 30, tzinfo=zone)


def test_twenty_four_hours_are_clock_hours_even_when_the_clock_is_changed():
    zone = ZoneInfo("Europe/London")
    complained = datetime(2026, 3, 28, 12, tzinfo=zone)
    assert clock_deadline(complained, 24) == datetime(2026, 3, 29, 13, tzinfo=zone)
    assert clock_deadline(complained, 24) - complained.astimezone(UTC) == timedelta(hours=24)
    with pytest.raises(ValueError, match="time zone"):
        clock_deadline(datetime(2026, 3, 28, 12), 24)  # noqa: DTZ001
    with pytest.raises(ValueError, match="negative"):
        clock_deadline(complained, -1)


def test_lateness_counts_the_days_that_count():
    due = date(2026, 3, 13)
    assert days_late(due, due) == 0
    assert days_late(due, date(2026, 3, 1)) == 0
    assert days_late(due, date(2026, 3, 16)) == 3
    assert days_late(due, date(2026, 3, 16), Counting.WORKDAY) == 1


def test_hours_are_read_and_written_back():
    spans = read_spans(" 14:00-20:00, 09:00-12:00 ")
    assert spans == (Span(time(9), time(12)), Span(time(14), time(20)))
    assert write_spans(spans) == "09:00-12:00,14:00-20:00"
    assert read_spans("20:00-24:00")[0].holds(time(23, 59))
    assert read_spans("") == ()
    assert spans[0].holds(time(9)) and not spans[0].holds(time(12))


@pytest.mark.parametrize("text", ["9-12", "09:00", "25:00-26:00", "09:00-09:00", "00:00-24:00", "09:60-10:00"])
def test_hours_that_say_nothing_are_refused(text):
    with pytest.raises(Refused) as why:
        read_spans(text)
    assert why.value.code == "hours.unreadable"


def test_one_knocks_in_field_hours_and_never_in_the_quiet_ones():
    evening, afternoon = read_spans("17:30-20:30"), read_spans("14:00-20:30")
    quiet = read_spans("20:00-08:00,12:30-14:30")

    def may(*when: int) -> bool:
        return in_field_hours(datetime(2026, *when), evening, afternoon, SPRING, quiet)  # noqa: DTZ001

    assert not may(3, 4, 10, 0)  # Wednesday, working hours
    assert may(3, 4, 17, 30)
    assert not may(3, 4, 20, 0)  # quiet by then
    assert may(3, 7, 15, 0)  # Saturday afternoon
    assert not may(3, 7, 14, 15)
    assert not may(2, 28, 15, 0)  # a Saturday that is worked
    assert may(2, 17, 15, 0)  # a Tuesday of the Spring Festival


@settings(derandomize=True, max_examples=80, deadline=None)
@given(DAYS, st.integers(0, 60))
def test_working_days_due_are_worked_and_exactly_as_many(start, days):
    due = due_on(start, days, Counting.WORKDAY, SPRING)
    worked = sum(SPRING.is_workday(start + timedelta(days=i)) for i in range(1, (due - start).days + 1))
    assert SPRING.is_workday(due)
    assert worked == days or (days == 0 and not SPRING.is_workday(start))


@settings(derandomize=True, max_examples=80, deadline=None)
@given(DAYS, st.integers(0, 60))
def test_rolling_never_shortens_and_never_ends_on_a_day_of_rest(start, days):
    rolled = due_on(start, days, Counting.ROLL, SPRING)
    assert rolled >= due_on(start, days, Counting.NATURAL, SPRING)
    assert SPRING.is_workday(rolled)


@settings(derandomize=True, max_examples=80, deadline=None)
@given(DAYS, st.integers(-40, 40))
def test_months_there_and_back_lose_only_the_month_end(day, count):
    there = add_months(day, count)
    back = add_months(there, -count)
    assert back == day or (back < day and there.day < day.day)
