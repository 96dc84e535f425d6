"""Intervals, weights and verdicts, against the vectors of the methods."""

from fractions import Fraction
from math import inf

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portal.domain.estimates import (
    StratumCount,
    WeightClass,
    base_weight,
    change,
    class_factors,
    effective,
    kish,
    simple_interval,
    stratified,
    stratified_index,
    two_phase,
    verdict,
    weighted,
    wilson,
)
from portal.domain.factors import (
    effect,
    exact_limits,
    importance_matrix,
    is_concentrated,
    pareto,
    percentile,
    ranks,
    spearman,
)
from portal.domain.policy import DEFAULT

FOUR = [
    StratumCount(f"{i:02}", "", held, n, x)
    for i, (held, n, x) in enumerate([(120, 20, 18), (96, 15, 12), (240, 36, 30), (60, 9, 5)], 1)
]


def near(values, digits=4):
    return tuple(round(v, digits) for v in values)


@pytest.mark.parametrize(("x", "n", "limits"), [(45, 50, (0.7864, 0.9565)), (90, 100, (0.8256, 0.9448))])
def test_wilsons_limits(x, n, limits):
    assert near(wilson(x / n, n)) == limits


@pytest.mark.parametrize(
    ("x", "n", "households", "limits"),
    [(150, 186, 1648, (0.7476, 0.8542)), (30, 34, 300, (0.7440, 0.9509)), (0, 10, 100, (0, 0.2588))],
)
def test_a_finite_population_narrows_the_interval(x, n, households, limits):
    assert near(simple_interval(x, n, households)) == limits


def test_the_effective_number_of_the_methods():
    assert round(effective(186, 1648), 2) == 209.54
    assert effective(300, 300) == inf


def test_when_all_answered_the_interval_is_the_point():
    assert simple_interval(30, 40, 40) == (0.75, 0.75)
    assert simple_interval(1, 1, 1) == (1, 1)


def test_without_answers_there_is_no_interval():
    assert simple_interval(0, 0, 100) is None
    assert wilson(0.5, 0) is None


def test_the_stratified_estimate_of_the_methods():
    found = stratified(FOUR)
    assert near((found.value,), 5) == (0.81034,)
    assert near((found.standard_error,), 5) == (0.04039,)
    assert near((found.n_star,), 2) == (94.19,)
    assert near((found.low, found.high)) == (0.7196, 0.8767)


@pytest.mark.parametrize(
    ("answers", "value", "n_star", "limits"),
    [(20, 0.794321, 109.3439, (0.709201, 0.859463)), (24, 0.790988, 110.9682, (0.706241, 0.856261))],
)
def test_certain_households_enter_with_their_own_weight(answers, value, n_star, limits):
    found = stratified(FOUR, StratumCount("", "", 24, answers, 9))
    assert near((found.value, found.low, found.high), 6) == (value, *limits)
    assert round(found.n_star, 4) == n_star


def test_strata_without_enough_answers_join_their_neighbours():
    strata = [
        StratumCount("01", "1", 40, 6, 5),
        StratumCount("01", "2", 12, 1, 0),
        StratumCount("02", "1", 30, 5, 5),
        StratumCount("02", "2", 8, 0, 0),
    ]
    found = stratified(strata)
    assert near((found.value, found.low, found.high), 6) == (0.834921, 0.572914, 0.950172)
    assert round(found.n_star, 4) == 13.6923
    assert found.joined == (("01-1", "01-2"), ("02-1", "02-2"))


def test_a_join_that_leaves_a_single_answer_goes_on():
    strata = [StratumCount("01", "1", 1, 1, 1), StratumCount("01", "2", 5, 0, 0), StratumCount("02", "", 9, 4, 2)]
    assert stratified(strata).joined == (("02", "01-1", "01-2"),)


def test_a_certainty_stratum_that_nobody_answered_is_left_out_and_told():
    silent = stratified(FOUR, StratumCount("", "", 24, 0, 0))
    assert silent.left_out
    assert silent.value == stratified(FOUR).value
    assert not stratified(FOUR, StratumCount("", "", 24, 1, 1)).left_out


def test_without_random_answers_there_is_no_estimate():
    assert stratified([StratumCount("01", "", 40, 0, 0)], StratumCount("", "", 24, 20, 9)) is None
    assert stratified([]) is None


def test_when_every_household_answered_the_estimate_is_the_point():
    found = stratified([StratumCount("01", "", 10, 10, 7), StratumCount("02", "", 20, 20, 20)])
    assert found.low == found.value == found.high == pytest.approx(0.9)


def test_unanimous_answers_fall_back_to_the_finite_population_alone():
    found = stratified([StratumCount("01", "", 100, 5, 5), StratumCount("02", "", 100, 5, 5)])
    assert found.n_star == effective(10, 200)
    assert found.low < 1 == found.high


def test_one_stratum_left_uses_the_finite_population_alone():
    found = stratified([StratumCount("01", "", 100, 10, 7)])
    assert (found.low, found.high) == simple_interval(7, 10, 100)


def test_a_single_answer_counts_with_the_widest_spread():
    found = stratified([StratumCount("01", "", 10, 1, 1)], StratumCount("", "", 30, 30, 15))
    assert near((found.standard_error,), 6) == (round(0.25 * (0.9 / 4) ** 0.5, 6),)
    unanimous = stratified([StratumCount("01", "", 10, 1, 1)], StratumCount("", "", 30, 30, 30))
    assert unanimous.n_star == effective(31, 40)


def test_the_index_by_strata_weighs_households_and_not_answers():
    strata = [StratumCount("01", "", 10, 5, 400), StratumCount("02", "", 30, 5, 200)]
    assert stratified_index(strata) == pytest.approx(50)
    assert stratified_index(strata, StratumCount("", "", 40, 2, 200)) == pytest.approx(75)
    assert stratified_index([StratumCount("01", "", 10, 0, 0)]) is None


def test_equal_weights_change_nothing():
    answers = [(2.5, i < 150) for i in range(186)]
    found = weighted(answers, 1648)
    assert near((found.low, found.high)) == near(simple_interval(150, 186, 1648))
    assert kish([]) == 0
    assert kish([1, 1, 4]) == 2
    assert weighted([], 100) is None


def test_a_line_stands_for_the_households_of_its_stratum():
    assert base_weight(120, 26, 2) == 5
    assert base_weight(120, 2, 2) is None


def test_the_two_phase_estimate_of_the_methods():
    found = two_phase(1000, (120, 100), 80, (20, 12))
    assert near((found.value, found.standard_error, found.low, found.high), 6) == (0.74, 0.047846, 0.637207, 0.821812)
    assert round(found.n_star, 4) == 84.0447


def test_without_non_returners_the_two_phases_are_one():
    found = two_phase(1000, (200, 150), 0, (0, 0))
    assert found.value == 0.75
    assert round(found.n_star, 2) == 248.75  # (m - 1) / (1 - m/N), the smaller of the two
    assert (found.low, found.high) == pytest.approx(simple_interval(150, 200, 1000), abs=2e-4)


def test_a_single_returned_form_counts_with_the_widest_spread_too():
    found = two_phase(10, (1, 1), 0, (0, 0))
    assert found.standard_error == pytest.approx((0.9 / 4) ** 0.5)
    assert (found.low, found.high) == simple_interval(1, 1, 10)


def test_non_returners_of_whom_nobody_answered_leave_no_estimate():
    assert two_phase(1000, (120, 100), 80, (0, 0)) is None
    assert two_phase(1000, (0, 0), 80, (20, 12)) is None


def test_certain_households_add_their_part_to_two_phases():
    found = two_phase(1000, (120, 100), 80, (20, 12), StratumCount("", "", 250, 250, 100))
    assert found.value == pytest.approx(0.8 * 0.74 + 0.2 * 0.4)
    assert found.standard_error == pytest.approx(0.8 * 0.0478464, rel=1e-5)
    assert two_phase(1000, (120, 100), 80, (20, 12), StratumCount("", "", 9, 0, 0)).left_out


def test_weights_are_made_up_for_by_classes_and_thin_ones_join():
    classes = [
        WeightClass("01", "new", Fraction(100), Fraction(50), 10),
        WeightClass("01", "old", Fraction(40), Fraction(10), 8),
        WeightClass("02", "new", Fraction(30), Fraction(15), 4),
        WeightClass("03", "old", Fraction(20), Fraction(20), 9),
    ]
    assert class_factors(classes) == {
        "01-new": Fraction(140, 60),
        "01-old": Fraction(140, 60),
        "02-new": Fraction(50, 35),
        "03-old": Fraction(50, 35),
    }
    assert class_factors([WeightClass("01", "", Fraction(9), Fraction(0), 0)]) == {"01": None}


def test_newcombes_interval_of_a_change():
    def wave(x, n):
        return x / n, *wilson(x / n, n)

    found = change(wave(170, 190), wave(150, 186))
    assert near((found.difference, found.low, found.high)) == (0.0883, 0.0161, 0.1607)
    assert found.real
    assert not change(wave(150, 186), wave(152, 186)).real
    assert change(wave(150, 186), wave(170, 190)).high == pytest.approx(-found.low)


@pytest.mark.parametrize(
    ("limits", "says"),
    [
        ((0.80, 0.9), "met"),
        ((0.80 - 1e-12, 0.9), "met"),
        ((0.79, 0.9), "undecided"),
        ((0.7, 0.80), "undecided"),
        ((0.7, 0.7999), "missed"),
        (None, "undecided"),
    ],
)
def test_the_verdict_is_honest_about_small_samples(limits, says):
    assert verdict(limits, 0.8) == says


@settings(derandomize=True, max_examples=100, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 30), st.integers(0, 30), st.integers(0, 30)), min_size=1, max_size=6))
def test_an_estimate_lies_within_its_limits_and_the_limits_within_a_share(rows):
    strata = []
    for i, row in enumerate(rows):
        x, n, held = sorted(row)
        strata.append(StratumCount(f"{i // 2:02}", str(i % 2), held, n, x))
    found = stratified(strata)
    if found is None:
        assert not any(s.answers for s in strata)
    else:
        assert 0 <= found.low <= found.value + 1e-9
        assert found.value <= found.high + 1e-9 <= 1 + 2e-9


# what weighs most


def test_the_pareto_of_the_methods():
    counts = {"a": 42, "b": 30, "c": 18, "d": 12, "e": 6, "f": 5, "other": 7}
    rows = pareto(counts, {"a": 4})
    assert [row.cumulative.percent for row in rows] == ["35.0", "60.0", "75.0", "85.0", "90.0", "94.2", "100.0"]
    assert [row.name for row in rows if row.mark] == ["d"]
    assert [row.name for row in rows if row.main] == ["a", "b", "c", "d"]
    assert rows[-1].name == "other"
    assert rows[0].households == 4


def test_equal_counts_stand_by_name_and_eighty_per_cent_is_reached_exactly():
    rows = pareto({"b": 2, "a": 2, "c": 1})
    assert [row.name for row in rows] == ["a", "b", "c"]
    assert [row.mark for row in rows] == [False, True, False]


def test_a_pareto_of_nothing_marks_nothing():
    assert pareto({}) == []
    assert not any(row.mark for row in pareto({"a": 0}))
    assert pareto({"a": 0})[0].cumulative.value is None


def test_an_issue_is_concentrated_by_households_or_by_share_of_forms():
    assert is_concentrated(3, 3, 1000, DEFAULT)
    assert not is_concentrated(2, 2, 41, DEFAULT)
    assert is_concentrated(2, 2, 40, DEFAULT)
    assert not is_concentrated(0, 0, 0, DEFAULT)


def test_fewer_cases_after_a_measure_are_put_to_the_exact_test():
    found = effect(18, 90, 6, 90)
    assert round(found.probability, 4) == 0.0113
    assert near((found.ratio, found.low, found.high), 2) == (0.33, 0.11, 0.88)
    assert found.effective
    short = effect(12, 90, 2, 30)
    assert round(short.probability, 2) == 0.28
    assert not short.effective


def test_an_effect_without_cases_is_no_effect():
    nothing = effect(0, 90, 0, 90)
    assert (nothing.probability, nothing.ratio, nothing.effective) == (1, None, False)
    assert effect(0, 90, 3, 90).high == inf
    with pytest.raises(ValueError, match="window"):
        effect(1, 0, 1, 90)


def test_exact_limits_reach_the_ends():
    assert exact_limits(0, 10)[0] == 0
    assert exact_limits(10, 10)[1] == 1
    assert near(exact_limits(6, 24)) == (0.0977, 0.4671)


def test_percentiles_are_values_that_occurred():
    days = [1, 2, 2, 3, 5, 8, 13, 21, 34, 55]
    assert (percentile(days, 50), percentile(days, 90), percentile(days, 100), percentile(days, 0)) == (5, 34, 55, 1)
    assert percentile(days[::-1], 91) == 55
    assert percentile([], 50) is None


def test_ranks_share_their_average():
    assert ranks([10, 20, 20, 5]) == [2, 3.5, 3.5, 1]
    assert spearman([(1, 3), (2, 2), (3, 1)]) == pytest.approx(-1)
    assert spearman([(1, 1), (1, 2)]) is None
    assert spearman([]) is None


def test_importance_asks_for_thirty_pairs_that_vary():
    rising = [(i % 5, i % 5) for i in range(30)]
    mixed = [(i % 5, (i * 7 + i // 5) % 3) for i in range(30)]
    found = importance_matrix(
        {"a": (60, rising), "b": (80, mixed), "c": (90, [(5, i % 5) for i in range(30)]), "d": (70, rising[:29])}
    )
    assert [(row.item, row.high_index, row.high_importance) for row in found.shown] == [
        ("a", False, True),
        ("b", True, False),
    ]
    assert found.constant == ("c",)
    assert found.too_few == ("d",)
    assert importance_matrix({"d": (70, [])}).shown == ()


def test_an_item_on_the_cut_line_is_high():
    rising = [(i % 5, i % 5) for i in range(30)]
    found = importance_matrix({"a": (60, rising), "b": (60, rising)})
    assert all(row.high_index and row.high_importance for row in found.shown)
