"""Every page in a real browser, in three languages, two themes and three sizes of text: for every eye and hand.

Each page is opened once for a language; what is seen there is kept, and each kind of check is a test of its own.
"""

import pytest

from tests.pages.browser import PAIRWISE, SIZES, THEMES, Look
from tests.pages.examples import Page

pytestmark = pytest.mark.browser


def test_axe_finds_nothing(look: Look, page: Page) -> None:
    seen = look(page)
    assert seen.runs == 9
    assert seen.axe == []


def test_nothing_lies_beyond_the_edge_of_a_narrow_phone_or_at_200_percent(look: Look, page: Page) -> None:
    assert look(page).sideways == []


def test_the_place_of_the_keyboard_is_seen_in_forced_colours_too(look: Look, page: Page) -> None:
    assert look(page).focus == []


def test_nothing_moves_for_who_wants_less_motion(look: Look, page: Page) -> None:
    assert look(page).moving == []


def test_no_script_fails_and_the_policy_stops_nothing(look: Look, page: Page) -> None:
    assert look(page).errors == []


def test_the_tablets_pages_show_what_is_in_its_store(look: Look, page: Page) -> None:
    assert look(page).rows == []


def test_nine_combinations_hold_every_pair() -> None:
    told = [(language, theme, size) for language, pairs in PAIRWISE.items() for theme, size in pairs]
    assert len(told) == 9
    assert {(a, b) for a, b, _ in told} == {(a, b) for a in PAIRWISE for b in THEMES}
    assert {(a, c) for a, _, c in told} == {(a, c) for a in PAIRWISE for c in SIZES}
    assert {(b, c) for _, b, c in told} == {(b, c) for b in THEMES for c in SIZES}
