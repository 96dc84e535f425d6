"""The gallery looks as it did: photographed in nine views that hold every pair of language, theme, text size and width."""

from itertools import combinations

import pytest

from portal.core.i18n import LANGUAGES, Language
from tests.pages import photographs
from tests.pages.browser import Reader
from tests.pages.photographs import VIEWS, View

pytestmark = pytest.mark.browser
MEANT = "If it was meant: make gallery, look at the new photographs, and keep them with the change."


@pytest.mark.parametrize("language", LANGUAGES, ids=lambda x: x.slug)
def test_no_part_of_the_design_looks_different_than_before(reader: Reader, language: Language) -> None:
    told = []
    with photographs.opened(reader, language) as tab:
        for view in (view for view in VIEWS if view.language is language):
            before, now = photographs.kept(view), photographs.taken(tab, view)
            for name, words in photographs.changed(before, now).items():
                told.append(f"{name} in {view.name}: {words}; see {photographs.show(view, name, before, now)}")
    assert not told, "\n".join([*told, MEANT])


PLANTED = {
    ".tag--wait { background: #fde6bd }": "tags", ".button--go { background: #0b6b6b }": "buttons",
    ".button { padding-inline: 18px }": "buttons", ".field__input { padding-block: 9px }": "fields",
    ".toast { border-radius: 16px }": "dialog", ".figure__rate { font-weight: 400 }": "figures",
    ".fill--solid { fill: #8a3a5f }": "charts", ".place { gap: 20px }": "people",
}  # fmt: skip


def test_a_planted_change_is_seen_where_it_is(reader: Reader) -> None:
    view = VIEWS[0]
    with photographs.opened(reader, view.language) as tab:
        before = photographs.taken(tab, view)
        for style, section in PLANTED.items():
            planted = tab.add_style_tag(content=style)
            assert section in photographs.changed(before, photographs.taken(tab, view)), style
            planted.evaluate("style => style.remove()")
        assert photographs.changed(before, photographs.taken(tab, view)) == {}


def test_what_another_browser_draws_a_hair_differently_is_no_change(reader: Reader) -> None:
    view = VIEWS[0]
    with photographs.opened(reader, view.language) as tab:
        before = photographs.taken(tab, view)
        tab.add_style_tag(content=".icon, .mark { stroke-width: 1.85 }")
        assert photographs.changed(before, photographs.taken(tab, view, soft=0.4)) == {}


def test_the_views_hold_every_pair() -> None:
    def parts(view: View) -> tuple[str, ...]:
        return (view.language.slug, view.theme, view.size, str(view.width))

    for one, other in combinations(range(4), 2):
        every = {(parts(a)[one], parts(b)[other]) for a in VIEWS for b in VIEWS}
        assert {(parts(view)[one], parts(view)[other]) for view in VIEWS} == every, (one, other)


def test_the_photographs_stay_small() -> None:
    assert sum(file.stat().st_size for file in photographs.KEPT.glob("*")) < 1_500_000
