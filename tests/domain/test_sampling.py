"""Sizes, strata and the draw: every vector of the methods, and the two promises of W5."""

from collections import Counter
from dataclasses import replace
from datetime import date
from fractions import Fraction
from hashlib import sha256

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portal.domain.policy import DEFAULT, PRESETS
from portal.domain.refusals import Refused
from portal.domain.sample_size import (
    advise_size,
    issued_by_percent,
    issued_for,
    margin,
    needed_answers,
    rule_size,
    share_percent,
)
from portal.domain.sampling import (
    FrameLine,
    check_draw,
    check_seed,
    draw,
    draw_share,
    draw_stratum,
    evenness,
    excluded_because,
    floor_gap,
    frame_hash,
    hash_order,
    positions,
    seed_hash,
    strata_of,
)
from portal.domain.strata import Cell, allocate, allocate_by_spread, join_small, stratum_code, with_floor

SEED = "2026H1|SJZC|8f3a"
LONG_SEED = "2026H1|SJZC|0123456789abcdef0123456789abcdef"
TEN = [FrameLine(f"01-0{f}0{r}", "01", "", f) for f in range(1, 6) for r in (1, 2)]


def refusal(call, *args, **kwargs) -> str:
    with pytest.raises(Refused) as why:
        call(*args, **kwargs)
    return why.value.code


# size


@pytest.mark.parametrize(
    ("households", "points", "answers"),
    [(1648, 5, 312), (300, 5, 169), (500, 5, 218), (1000, 5, 278), (5000, 5, 357), (300, 10, 73), (0, 5, 0), (1, 5, 1)],
)
def test_the_statistical_size_is_cochrans_rounded_up(households, points, answers):
    assert needed_answers(households, points) == answers


@pytest.mark.parametrize(
    ("households", "percent", "issued", "returned", "points"),
    [
        (200, 15, 30, 23, 19.3),
        (200, 30, 60, 45, 12.9),
        (300, 15, 45, 34, 15.9),
        (300, 30, 90, 68, 10.5),
        (800, 15, 120, 90, 9.7),
        (800, 30, 240, 180, 6.4),
        (1648, 15, 248, 186, 6.8),
        (1648, 30, 495, 372, 4.5),
        (3000, 15, 450, 338, 5.0),
        (3000, 30, 900, 675, 3.3),
    ],
)
def test_what_the_rule_buys_at_its_recovery_floor(households, percent, issued, returned, points):
    advice = advise_size(households, percent, 75)
    assert (advice.issued, advice.returned) == (issued, returned)
    assert advice.margin is not None
    assert round(100 * advice.margin, 1) == points


def test_the_larger_of_rule_and_statistics_is_proposed_with_the_certain_ones_on_top():
    small, large = advise_size(310, 15, 75, certainty=10), advise_size(20000, 30, 75)
    assert (small.wanted_answers, small.wanted_issued, small.proposed) == (169, 226, 236)
    assert large.proposed == large.issued == 6000


def test_shares_are_rounded_up_in_whole_numbers():
    assert issued_by_percent(15, 200) == 30
    assert issued_by_percent(15, 201) == 31
    assert issued_by_percent(20, 1) == 1
    assert issued_by_percent(30, 0) == 0
    assert rule_size(15, 210, certainty=10) == 40


def test_the_forms_to_issue_are_not_one_too_many():
    assert [issued_for(n, 70, 1000) for n in (21, 42, 84)] == [30, 60, 120]
    assert issued_for(90, 50, 100) == 100


def test_the_margin_is_nothing_when_all_answered_and_unknown_when_nobody_did():
    assert margin(300, 300) == 0
    assert margin(1, 1) == 0
    assert margin(0, 300) is None


@pytest.mark.parametrize(
    ("frame_day", "percent"),
    [
        (date(2021, 5, 1), 30),
        (date(2026, 4, 30), 30),
        (date(2026, 5, 1), 30),
        (date(2026, 5, 2), 15),
        (date(2036, 5, 1), 15),
        (date(2021, 4, 1), 30),
    ],
)
def test_a_community_is_asked_by_its_age(frame_day, percent):
    assert share_percent(date(2021, 5, 1), frame_day, PRESETS["opinion_procedure"]) == percent


def test_exactly_five_years_is_the_policys_choice():
    older = replace(DEFAULT, sample_exact_age="older")
    assert share_percent(date(2021, 5, 1), date(2026, 5, 1), older) == 15
    assert share_percent(date(2020, 2, 29), date(2025, 2, 28), older) == 15
    assert share_percent(date(2020, 2, 29), date(2025, 2, 28), DEFAULT) == 30


def test_other_procedures_ask_all_or_a_fixed_share():
    assert share_percent(date(2021, 5, 1), date(2026, 5, 2), PRESETS["service_handbook"]) == 100
    assert share_percent(date(2021, 5, 1), date(2026, 5, 2), PRESETS["satisfaction_control"]) == 30


def test_vacant_households_are_never_asked_whatever_the_base():
    for base in ("occupied_renovating", "permanent", "owners", "all"):
        assert excluded_because("vacant", True, base) == "vacant"
        assert excluded_because("renovating", True, base) is None
    assert excluded_because("occupied", False, "permanent") == "not_permanent"
    assert excluded_because("occupied", False, "occupied_renovating") is None


# strata and shares


def test_shares_go_by_largest_remainder():
    held = {"01": 120, "02": 96, "03": 240, "04": 60, "05": 33}
    assert list(allocate(100, held).values()) == [22, 17, 44, 11, 6]


def test_every_stratum_gets_two_and_nobody_gives():
    held = {"01": 120, "02": 96, "03": 240, "04": 60, "05": 33, "06": 6}
    given_two = with_floor(allocate(30, held), held)
    assert list(given_two.values()) == [7, 5, 13, 3, 2, 2]
    assert sum(given_two.values()) == 32
    assert with_floor({"01": 0}, {"01": 1}) == {"01": 1}


def test_equal_remainders_go_to_the_larger_stratum_and_then_to_the_smaller_code():
    assert allocate(2, {"a": 5, "b": 10, "c": 5}) == {"a": 1, "b": 1, "c": 0}
    assert allocate(2, {"a": 5, "b": 15}) == {"a": 0, "b": 2}
    assert allocate(1, {"b": 5, "a": 5}) == {"b": 0, "a": 1}


def test_more_than_the_frame_is_no_sample():
    with pytest.raises(ValueError, match="larger"):
        allocate(11, {"a": 10})
    with pytest.raises(ValueError, match="larger"):
        allocate_by_spread(11, {"a": 10}, {})
    assert allocate(0, {"a": 0}) == {"a": 0}


def test_spread_draws_more_where_answers_were_divided():
    held = {"a": 100, "b": 100, "c": 10}
    shares = allocate_by_spread(40, held, {"a": (10, 20), "b": (20, 20), "c": (0, 0)})
    assert sum(shares.values()) == 40
    assert shares["a"] > shares["b"]


def test_spread_shares_the_excess_of_a_full_stratum_again():
    shares = allocate_by_spread(100, {"a": 10, "b": 100}, {"a": (50, 100), "b": (98, 98)})
    assert shares == {"a": 10, "b": 90}


@settings(derandomize=True, max_examples=100, deadline=None)
@given(st.lists(st.integers(1, 60), min_size=1, max_size=8), st.data())
def test_shares_add_up_and_stay_within_one_of_proportion(sizes, data):
    held = {f"{i:02}": n for i, n in enumerate(sizes)}
    size = data.draw(st.integers(0, sum(sizes)))
    last = {code: (data.draw(st.integers(0, 9)), 9) for code in held}
    for shares in (allocate(size, held), allocate_by_spread(size, held, last)):
        assert sum(shares.values()) == size
        assert all(0 <= shares[code] <= held[code] for code in held)
    assert all(abs(n - Fraction(size * held[c], sum(sizes))) < 1 for c, n in allocate(size, held).items())


def joined(**sizes: int) -> list[tuple[str, ...]]:
    cells = [Cell(code[:2], code[2:], n) for code, n in sizes.items()]
    rows = join_small(cells, lambda n: n < 5, lambda a, b: a + b)
    assert sum(row.content for row in rows) == sum(sizes.values())
    return [row.codes for row in rows]


def test_a_small_stratum_joins_the_next_of_its_building():
    assert joined(b11=2, b12=9, b21=9) == [("b1-2", "b1-1"), ("b2-1",)]


def test_the_last_of_a_building_joins_the_one_before():
    assert joined(b11=9, b12=4, b21=9) == [("b1-1", "b1-2"), ("b2-1",)]


def test_a_lone_small_building_joins_the_next_and_the_last_the_one_before():
    assert joined(b1=3, b2=9, b3=3) == [("b2", "b1", "b3")]


def test_joining_goes_on_until_none_is_small_or_one_is_left():
    assert joined(b1=1, b2=1, b3=1, b4=1, b5=1, b6=5) == [("b5", "b4", "b3", "b2", "b1"), ("b6",)]
    assert joined(b1=1, b2=1) == [("b2", "b1")]
    assert joined(b1=1) == [("b1",)]


def test_a_building_without_stairs_is_its_own_stratum():
    assert stratum_code("01", "1") == "01-1"
    assert [cell.code for cell in strata_of(TEN)] == ["01"]


# the draw


def test_the_hash_order_is_that_of_the_methods():
    assert seed_hash(SEED) == "628d46035fbd1df03a1a92876e4b1bf15617e1c7e5bb522a1d23ae07c0726429"
    order = hash_order([line.code for line in TEN], SEED)
    assert order[:5] == ["01-0101", "01-0202", "01-0301", "01-0402", "01-0102"]


@pytest.mark.parametrize(
    ("size", "codes"),
    [
        (2, ["01-0101", "01-0302"]),
        (3, ["01-0101", "01-0201", "01-0401"]),
        (5, ["01-0101", "01-0202", "01-0301", "01-0402", "01-0501"]),
    ],
)
def test_the_draw_is_that_of_the_methods(size, codes):
    drawn = draw(TEN, size, SEED)
    assert [line.code for line in drawn.asked] == codes
    assert int(sha256(f"{SEED}|01".encode()).hexdigest(), 16) % 10 == 1


def test_substitutes_are_the_others_in_hash_order():
    lines = draw_stratum(TEN, "01", 3, SEED)
    substitutes = [line.code for line in lines if line.substitute]
    assert substitutes == [c for c in hash_order([u.code for u in TEN], SEED) if c not in {s.code for s in lines[:3]}]
    assert [line.order for line in lines] == [1, 2, 3, 1, 2, 3, 4, 5, 6, 7]


def estate(certain: int = 0) -> list[FrameLine]:
    lines = [
        FrameLine(f"u{b}{s}{f:02}{r}", f"{b:02}", str(s), f)
        for b in (1, 2, 3)
        for s in (1, 2)
        for f in range(1, 12 + 3 * b)
        for r in (1, 2, 3)
    ]
    return [replace(line, certainty=i < certain) for i, line in enumerate(lines)]


def test_certain_households_are_all_asked_and_none_of_them_is_drawn():
    frame = estate(certain=7)
    drawn = draw(frame, 40, LONG_SEED)
    certain = [line for line in drawn.asked if line.certainty]
    assert {line.code for line in certain} == {line.code for line in frame if line.certainty}
    assert all(line.stratum == "certainty" for line in certain)
    assert len(drawn.asked) == 47
    assert sum(s.households for s in drawn.strata) == len(frame) - 7


def test_the_start_in_each_stratum_comes_from_seed_and_code():
    frame = estate()
    drawn = draw(frame, 40, LONG_SEED)
    for stratum in drawn.strata:
        listed = sorted(
            (u for u in frame if stratum_code(u.building, u.stair) == stratum.code),
            key=lambda u: (u.floor, sha256(f"{LONG_SEED}|{u.code}".encode()).hexdigest()),
        )
        start = int.from_bytes(sha256(f"{LONG_SEED}|{stratum.code}".encode()).digest(), "big")
        n, held = stratum.drawn, stratum.households
        expected = [u.code for i, u in enumerate(listed) if (i * n + start) % held < n]
        assert [line.code for line in drawn.asked if line.stratum == stratum.code] == expected


def test_every_household_stands_on_the_list_once():
    frame = estate(certain=5)
    drawn = draw(frame, 50, LONG_SEED)
    assert Counter(line.code for line in drawn.lines) == Counter(line.code for line in frame)


def test_the_draw_does_not_depend_on_the_order_of_the_list():
    frame = estate(certain=3)
    assert draw(frame, 50, LONG_SEED) == draw(list(reversed(frame)), 50, LONG_SEED)


def test_a_recorded_draw_is_repeated_and_any_change_is_found():
    frame = estate(certain=3)
    drawn = draw(frame, 50, LONG_SEED)
    check_draw(drawn, frame)
    swapped = (*drawn.lines[1:], drawn.lines[0])
    assert refusal(check_draw, replace(drawn, lines=swapped), frame) == "sample.draw_other"
    assert refusal(check_draw, drawn, frame[:-1]) == "sample.frame_other"
    assert refusal(check_draw, replace(drawn, seed="other"), frame) == "sample.draw_other"
    assert refusal(check_draw, replace(drawn, algorithm="x"), frame) == "sample.algorithm_other"


def test_a_draw_with_other_shares_is_repeated_too():
    frame = estate()
    held = {cell.code: len(cell.content) for cell in strata_of(frame)}
    shares = allocate_by_spread(30, held, {"01-1": (10, 20), "02-1": (20, 20)})
    drawn = draw(frame, 30, LONG_SEED, shares)
    check_draw(drawn, frame)
    assert {s.code: s.drawn for s in drawn.strata} == with_floor(shares, held)
    assert refusal(draw, frame, 30, LONG_SEED, {"01-1": 30}) == "sample.bad_shares"
    assert refusal(draw, frame, 30, LONG_SEED, shares | {"01-1": 9999}) == "sample.bad_shares"


def test_nobody_is_drawn_for_a_size_of_none_and_never_more_than_there_are():
    assert draw(TEN, 0, SEED).asked == ()
    assert len(draw(TEN, 10, SEED).asked) == 10
    assert refusal(draw, TEN, 11, SEED) == "sample.too_large"
    assert draw([], 0, SEED).lines == ()


def test_a_code_that_could_be_misread_is_refused():
    assert refusal(draw, [FrameLine("a|b", "01")], 1, SEED) == "sample.bad_code"
    assert refusal(draw, [FrameLine("一号", "01")], 1, SEED) == "sample.bad_code"
    assert refusal(draw, [FrameLine("a", "01"), FrameLine("a", "02")], 1, SEED) == "sample.code_twice"
    twice = [FrameLine("a", "A", "1"), FrameLine("b", "A-1")]
    assert refusal(draw, twice, 1, SEED) == "sample.stratum_twice"


def test_the_seed_is_checked_against_its_published_hash_without_the_digits():
    published = seed_hash(LONG_SEED)
    assert check_seed(LONG_SEED, published) == LONG_SEED
    assert check_seed(LONG_SEED, published, "4711") == f"{LONG_SEED}|4711"
    assert refusal(check_seed, LONG_SEED, seed_hash("x")) == "sample.seed_other"
    assert refusal(check_seed, SEED, seed_hash(SEED)) == "sample.seed_short"
    assert refusal(check_seed, LONG_SEED, published, "47a") == "sample.digits"
    assert draw(TEN, 3, f"{LONG_SEED}|4711").asked != draw(TEN, 3, LONG_SEED).asked


def test_the_frame_hash_holds_all_that_decides_a_draw():
    hashes = {
        frame_hash(TEN),
        frame_hash([*TEN[:-1], replace(TEN[-1], floor=6)]),
        frame_hash([*TEN[:-1], replace(TEN[-1], floor=None)]),
        frame_hash([*TEN[:-1], replace(TEN[-1], certainty=True)]),
        frame_hash([*TEN[:-1], replace(TEN[-1], stair="2")]),
    }
    assert len(hashes) == 5
    assert frame_hash(TEN) == frame_hash(reversed(TEN))


def test_a_weekly_share_of_work_orders_is_rounded_up_and_repeatable():
    orders = [f"w{i}" for i in range(11)]
    assert len(draw_share(orders, 20, "week 12")) == 3
    assert draw_share(orders, 20, "week 12") == draw_share(orders[::-1], 20, "week 12")
    assert draw_share([], 20, "week 12") == ()


def test_a_household_without_a_known_floor_can_be_drawn_but_stands_in_no_band():
    frame = [*TEN, FrameLine("shop", "01", "", None)]
    drawn = draw(frame, 11, SEED)
    assert "shop" in {line.code for line in drawn.asked}
    assert sum(row.households for row in evenness(drawn, frame) if row.part == "floors") == 10


def test_the_evenness_report_adds_up():
    frame = estate(certain=6)
    drawn = draw(frame, 60, LONG_SEED)
    rows = evenness(drawn, frame, floors_in_band=5)
    for part in ("building", "stair", "floors"):
        mine = [row for row in rows if row.part == part]
        assert sum(row.drawn for row in mine) == sum(row.expected for row in mine) == 60
        assert sum(row.households for row in mine) == len(frame) - 6
        assert max(abs(row.gap) for row in mine) < 2
    assert [r.floors for r in rows if r.part == "floors" and r.code == "01"] == [(1, 5), (6, 10), (11, 15)]


def test_floors_under_ground_are_a_band_of_their_own():
    frame = [FrameLine(f"u{f}{r}", "01", "", f) for f in (-2, -1, 1, 2) for r in range(3)]
    rows = evenness(draw(frame, 4, SEED), frame)
    assert [row.floors for row in rows if row.part == "floors"] == [(-5, 0), (1, 6)]


@settings(derandomize=True, max_examples=150, deadline=None)
@given(st.integers(1, 60), st.data())
def test_every_place_has_the_same_chance_and_every_run_its_share(households, data):
    size = data.draw(st.integers(0, households))
    taken = [set(positions(households, size, a)) for a in range(households)]
    assert all(len(places) == size for places in taken)
    chances = Counter(place for places in taken for place in places)
    assert all(chances[i] == size for i in range(households))
    start = data.draw(st.integers(0, households - 1))
    length = data.draw(st.integers(1, households - start))
    for places in taken:
        run = sum(i in places for i in range(start, start + length))
        assert abs(run - Fraction(length * size, households)) < 1


@settings(derandomize=True, max_examples=40, deadline=None)
@given(st.integers(0, 10**6), st.data())
def test_a_draw_is_even_over_every_run_of_floors(number, data):
    frame = estate(certain=data.draw(st.integers(0, 9)))
    size = data.draw(st.integers(0, len(frame) - 9))
    drawn = draw(frame, size, f"seed {number}")
    assert floor_gap(drawn, frame) < 1
    assert len(drawn.asked) >= size
