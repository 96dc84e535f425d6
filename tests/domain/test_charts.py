"""Where the parts of a chart stand: they join, they end where they must, and nothing is drawn that is not there."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.domain import charts

counts = st.lists(st.integers(0, 10_000), min_size=1, max_size=8)


@pytest.mark.parametrize(
    ("most", "top", "step"),
    [(0, 1, 1), (1, 1, 1), (5, 5, 1), (6, 6, 2), (11, 15, 5), (26, 30, 10), (99, 100, 20), (1001, 1500, 500)],
)
def test_an_axis_ends_in_a_round_number_just_above(most: int, top: int, step: int) -> None:
    assert charts.axis(most) == (top, step)


@given(st.integers(0, 10**9))
def test_an_axis_holds_what_it_is_for_with_few_lines(most: int) -> None:
    top, step = charts.axis(most)
    assert top >= most and top % step == 0 and 1 <= top // step <= 5 and top - most < step or most == 0


@given(counts)
def test_parts_join_without_a_gap_and_end_where_the_bar_ends(values: list[int]) -> None:
    parts = charts.along(values, 248.0)
    assert [part.value for part in parts] == [value for value in values if value]
    for one, following in zip(parts, parts[1:], strict=False):
        assert round(one.start + one.length, 1) == following.start
    if parts:
        assert parts[0].start == 0 and round(parts[-1].start + parts[-1].length, 1) == 248.0


def test_a_bar_of_a_larger_whole_ends_early() -> None:
    (done,) = charts.along([30], 200.0, 120)
    assert (done.start, done.length) == (0, 50.0)
    assert charts.along([0, 0], 200.0) == () and charts.along([3], 200.0, 0) == ()


@given(st.lists(counts.filter(lambda row: len(row) <= 3), min_size=1, max_size=12))
def test_columns_stand_on_the_base_line_and_inside_the_drawing(rows: list[list[int]]) -> None:
    drawn = charts.columns(rows, 640.0, 180.0)
    assert drawn.ticks[0] == (180.0, 0) and drawn.ticks[-1][0] == 0
    for column, row in zip(drawn.columns, rows, strict=True):
        assert column.total == sum(row) and column.left >= 0 and column.left + drawn.thick <= 640.1
        if column.parts:
            lowest, highest = column.parts[0], column.parts[-1]
            assert round(lowest.start + lowest.length, 1) == 180.0
            assert highest.start == pytest.approx(column.top, abs=0.11) and column.top >= 0


def test_a_column_twice_as_high_stands_for_twice_as_many() -> None:
    one, two = charts.columns([[10], [20]], 100.0, 100.0).columns
    assert (one.parts[0].length, two.parts[0].length) == (50.0, 100.0)
    assert (one.middle, two.middle) == (25.0, 75.0)


def test_nothing_at_all_is_an_empty_chart_and_no_error() -> None:
    assert charts.columns([], 640.0, 180.0).columns == ()
    assert charts.columns([[0, 0]], 640.0, 180.0).columns[0].parts == ()


@pytest.mark.parametrize(
    ("share", "low", "at"), [(0.5, 0.0, 90.0), (0.5, 0.5, 0.0), (0.75, 0.5, 90.0), (0.2, 0.5, 0.0), (1.4, 0.0, 180.0)]
)
def test_a_share_is_placed_on_its_axis_and_never_beyond_it(share: float, low: float, at: float) -> None:
    assert charts.place(share, 180.0, low) == at
