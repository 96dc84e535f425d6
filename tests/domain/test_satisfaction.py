"""Rates and scores counted by hand, and the rules for what counts."""

from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portal.domain.refusals import Refused
from portal.domain.response_rates import Disposition, Dispositions, eligible_share, outcome_rates
from portal.domain.satisfaction import (
    Base,
    Form,
    Grade,
    ItemCount,
    Rate,
    Reading,
    Returns,
    Scale,
    band,
    count_item,
    form_worth,
    is_hidden,
    item_index,
    lowest_item,
    rounded,
    satisfaction_rate,
    weighted_score,
)

FIVE = Scale(
    (
        Grade("very_satisfied", 1, Reading.STRICT, 100),
        Grade("satisfied", 2, Reading.STRICT, 75),
        Grade("fairly", 3, Reading.BROAD, 50),
        Grade("dissatisfied", 4, Reading.NO, 25),
        Grade("very_dissatisfied", 5, Reading.NO, 0),
    )
)
COUNT = ItemCount(dict(zip([g.key for g in FIVE.grades], [40, 30, 18, 8, 4], strict=True)), no_opinion=10)


def scale_refusal(*grades: Grade) -> str:
    with pytest.raises(Refused) as why:
        Scale(grades)
    return why.value.code


def test_the_two_readings_and_the_index_of_the_methods():
    assert satisfaction_rate(FIVE, COUNT, Reading.STRICT).percent == "70.0"
    assert satisfaction_rate(FIVE, COUNT, Reading.BROAD).percent == "88.0"
    assert item_index(FIVE, COUNT) == Fraction("73.5")


def test_a_reading_is_never_taken_from_the_place_of_a_label():
    ranked = Scale(
        (
            Grade("满意", 3, Reading.STRICT, 80),
            Grade("很满意", 1, Reading.STRICT, 100),
            Grade("较满意", 2, Reading.STRICT, 90),
            Grade("不满意", 4, Reading.NO, 20),
        )
    )
    assert ranked.satisfied(Reading.STRICT) == ("很满意", "较满意", "满意")
    assert ranked.dissatisfied() == ("不满意",)
    assert FIVE.satisfied(Reading.BROAD) == ("very_satisfied", "satisfied", "fairly")
    assert FIVE.satisfied(Reading.STRICT) == ("very_satisfied", "satisfied")


def test_a_rate_by_the_no_reading_makes_no_sense():
    with pytest.raises(ValueError, match="strict or broad"):
        FIVE.satisfied(Reading.NO)


def test_a_scale_that_contradicts_itself_is_refused():
    good, bad = Grade("good", 1, Reading.STRICT, 100), Grade("bad", 2, Reading.NO, 0)
    assert scale_refusal(good) == "scale.too_short"
    assert scale_refusal(good, Grade("good", 2, Reading.NO, 0)) == "scale.grade_twice"
    assert scale_refusal(good, Grade("bad", 1, Reading.NO, 0)) == "scale.grade_twice"
    assert scale_refusal(good, Grade("dont_know", 2, Reading.NO, 0)) == "scale.reserved_key"
    assert scale_refusal(bad, Grade("worse", 3, Reading.BROAD, 0)) == "scale.out_of_order"
    assert scale_refusal(good, bad, Grade("worse", 3, Reading.NO, 10)) == "scale.out_of_order"


def test_no_opinion_stands_in_no_denominator_whatever_the_base():
    counts = {"returned": 130, "issued": 200}
    bases = {base: satisfaction_rate(FIVE, COUNT, Reading.STRICT, base, **counts) for base in Base}
    assert {base: (rate.numerator, rate.denominator) for base, rate in bases.items()} == {
        Base.VALID: (70, 100),
        Base.RETURNED: (70, 120),
        Base.SURVEYED: (70, 190),
    }


def test_answers_are_counted_blank_ones_nowhere():
    count = count_item(FIVE, ["satisfied", None, "", "refused", "dont_know", "no_contact", "satisfied", "fairly"])
    assert (count.valid, count.no_opinion, count.grades["satisfied"]) == (3, 2, 2)
    with pytest.raises(ValueError, match="not an answer"):
        count_item(FIVE, ["good"])


def test_without_a_denominator_there_is_no_value():
    empty = count_item(FIVE, ["dont_know"])
    rate = satisfaction_rate(FIVE, empty, Reading.STRICT)
    assert (rate.value, rate.percent, rate.reaches(0)) == (None, None, False)
    assert item_index(FIVE, empty) is None


def test_the_recovery_floor_is_compared_in_whole_numbers():
    assert Returns(1000, 248, 186, 180).recovery_rate.reaches(75)
    assert not Returns(1000, 248, 185, 180).recovery_rate.reaches(75)
    assert Rate(3 * 10**17, 4 * 10**17).reaches(75)
    assert not Rate(3 * 10**17 - 1, 4 * 10**17).reaches(75)


def test_nothing_issued_has_not_reached_the_floor():
    nothing = Returns(1000, 0, 0, 0)
    assert nothing.recovery_rate.value is None
    assert not nothing.recovery_rate.reaches(75)
    assert nothing.issue_rate.value == 0


def test_the_three_rates_of_forms():
    forms = Returns(eligible=1648, issued=248, returned=192, valid=186)
    assert [r.percent for r in (forms.issue_rate, forms.recovery_rate, forms.valid_rate)] == ["15.0", "77.4", "96.9"]


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (Fraction(825, 10), "82.5"),
        (Fraction(8245, 100), "82.5"),
        (Fraction(8244999, 100000), "82.4"),
        (100, "100.0"),
        (0, "0.0"),
        (Fraction(-1, 20), "-0.1"),
        (Fraction(-1, 100), "0.0"),
        (Fraction(1, 3), "0.3"),
    ],
)
def test_figures_are_rounded_half_up_and_only_for_display(value, text):
    assert rounded(value) == text


def test_a_per_cent_is_rounded_from_the_counts_and_not_from_a_float():
    assert Rate(41, 80).percent == "51.3"  # 51.25 exactly
    assert Rate(1, 2000).percent == "0.1"  # 0.05 exactly
    assert rounded(Fraction(5, 2), 0) == "3"


@pytest.mark.parametrize(
    ("answered", "items", "worth"),
    [
        (8, 10, Form.COMPLETE),
        (7, 10, Form.PARTIAL),
        (5, 10, Form.PARTIAL),
        (4, 10, Form.REFUSED),
        (0, 10, Form.REFUSED),
        (9, 11, Form.COMPLETE),
        (6, 11, Form.PARTIAL),
        (5, 11, Form.REFUSED),
    ],
)
def test_a_form_is_worth_what_was_answered(answered, items, worth):
    given_ = ["satisfied", "dont_know"] * 6
    blank = [None, "refused", ""] * 5
    assert form_worth(FIVE, given_[:answered] + blank[: items - answered], items) is worth


def test_a_questionnaire_without_scored_items_is_a_mistake():
    with pytest.raises(ValueError, match="scored items"):
        form_worth(FIVE, [], 0)


def test_weights_are_shared_again_over_what_was_answered():
    groups = [(40, Fraction(90)), (30, Fraction(80)), (20, None), (10, Fraction(70))]
    assert weighted_score(groups) == Fraction(40 * 90 + 30 * 80 + 10 * 70, 80)
    assert weighted_score([(25, Fraction(i)) for i in (60, 80, 90, 100)]) == Fraction("82.5")
    assert weighted_score([(1, None)]) is None
    assert weighted_score([]) is None


@pytest.mark.parametrize(
    ("total", "key"),
    [
        (100, "very_satisfied"),
        (Fraction(9999, 100), "rather_satisfied"),
        (90, "rather_satisfied"),
        (Fraction(8999, 100), "satisfied"),
        (80, "satisfied"),
        (Fraction(7999, 100), "dissatisfied"),
        (20, "dissatisfied"),
        (Fraction(1, 100), "dissatisfied"),
        (0, "very_dissatisfied"),
    ],
)
def test_bands_are_half_open(total, key):
    assert band(total) == key


@pytest.mark.parametrize("total", [-1, 101])
def test_a_total_outside_the_scale_has_no_band(total):
    with pytest.raises(ValueError, match="between"):
        band(total)


def test_a_figure_of_fewer_than_five_answers_is_hidden():
    assert is_hidden(4)
    assert not is_hidden(5)


def test_the_lowest_item_leaves_out_what_has_no_value():
    assert lowest_item({"a": Rate(3, 4), "b": Rate(2, 3), "c": Rate(0, 0), "d": Rate(4, 6)}) == "b"
    assert lowest_item({"c": Rate(0, 0)}) is None


# AAPOR

VECTOR = Dispositions(186, 6, 22, 25, 4, 5, 0)


def test_the_response_rates_of_the_methods():
    rates = outcome_rates(VECTOR, e=Fraction(95, 100))
    names = ("RR1", "RR2", "RR3", "RR5", "COOP1", "REF1", "CON1")
    assert [round(rates[n].value, 4) for n in names] == [0.75, 0.7742, 0.7508, 0.7654, 0.8532, 0.0887, 0.8790]


def test_cooperation_and_the_other_denominators():
    rates = outcome_rates(VECTOR, e=Fraction(1, 2))
    assert rates["COOP3"] == Rate(186, 214)
    assert rates["COOP4"] == Rate(192, 214)
    assert rates["RR4"] == Rate(192, 243 + Fraction(5, 2))
    assert rates["REF2"] == Rate(22, 243 + Fraction(5, 2))
    assert rates["CON3"] == Rate(218, 243)
    assert rates["RR6"] == Rate(192, 243)


def test_unknown_lines_are_shared_in_proportion():
    assert eligible_share(VECTOR) == 1
    assert eligible_share(Dispositions(complete=90, not_eligible=10)) == Fraction(9, 10)
    assert eligible_share(Dispositions(not_eligible=10)) == 0
    assert eligible_share(Dispositions(unknown_other=3)) is None


def test_rates_that_need_the_share_are_unknown_where_it_is():
    rates = outcome_rates(Dispositions(unknown_occupied=3))
    assert [name for name, rate in rates.items() if rate is None] == ["RR3", "RR4", "REF2", "CON2"]
    assert rates["RR1"].value == 0
    assert rates["RR5"].value is None


def test_a_replaced_household_and_its_substitute_are_two_lines():
    lines = Dispositions.of([Disposition.NO_CONTACT, Disposition.COMPLETE, Disposition.PARTIAL])
    assert outcome_rates(lines)["RR1"] == Rate(1, 3)
    every = Dispositions.of(Disposition)
    assert (every.answered, every.eligible, every.unknown, every.not_eligible) == (2, 5, 2, 1)


@settings(derandomize=True, max_examples=100, deadline=None)
@given(st.lists(st.integers(0, 40), min_size=5, max_size=5), st.integers(0, 30), st.integers(0, 30))
def test_readings_and_bases_keep_their_order(counts, unknown, blank):
    count = ItemCount(dict(zip([g.key for g in FIVE.grades], counts, strict=True)), unknown)
    returned = count.valid + unknown + blank
    strict, broad = (satisfaction_rate(FIVE, count, r) for r in (Reading.STRICT, Reading.BROAD))
    surveyed = satisfaction_rate(FIVE, count, Reading.STRICT, Base.SURVEYED, returned=returned, issued=returned + 7)
    assert strict.numerator <= broad.numerator
    assert strict.denominator == broad.denominator <= surveyed.denominator
    index = item_index(FIVE, count)
    assert index is None or 0 <= index <= 100


@settings(derandomize=True, max_examples=100, deadline=None)
@given(st.integers(0, 10**6), st.integers(1, 10**6), st.integers(0, 100))
def test_a_floor_is_reached_exactly_where_the_fraction_reaches_it(returned, issued, percent):
    assert Rate(returned, issued).reaches(percent) == (Fraction(returned, issued) >= Fraction(percent, 100))
