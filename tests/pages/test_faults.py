"""Every kind of check, with a fault planted for it: a check that cannot fail is none."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Page as Tab

from portal.core import access
from portal.core.i18n import LANGUAGES
from tests.client import Page as Parsed
from tests.pages import conformance, eyes
from tests.pages.browser import Reader
from tests.pages.conftest import bare_app
from tests.pages.examples import FILE, NOT_PAGES, PART, REDIRECT, Page, finders, pages_of, rules_of
from tests.pages.test_html import opened, without_rows, wrong

HANS = LANGUAGES[0]
GOOD = "<!doctype html><html lang='zh-Hans'><head><title>住户 · 邻里</title></head><body><main><h1>住户</h1>{}</main></body></html>"


def told(body: str) -> list[str]:
    return conformance.problems(GOOD.replace("{}", body))


def test_a_good_page_passes() -> None:
    assert told("<ul><li><a href='/x'>1</a></li></ul><dl><div><dt>a</dt><dd><p>b</p></dd></div></dl>") == []


@pytest.mark.parametrize(
    "body",
    [
        "<div>open", "<span><div>x</div></span>", "<p><ul><li>x</li></ul></p>", "<ul><div>x</div></ul>", "<li>x</li>",
        "<a href='/x'><button type='button'>x</button></a>", "<p id='a'>x</p><p id='a'>y</p>", "<p style='color: red'>x</p>",
        "<p onclick='go()'>x</p>", "<script>1</script>", "<style>p { color: red }</style>", "<img src='/x.png'>", "<center>x</center>",
        "<p align='right'>x</p>", "<label for='none'>x</label>", "<p aria-describedby='none'>x</p>", "<a href='#none'>x</a>",
        "<dl><dd>x</dd></dl>", "<h2></h2>", "<details><p>x</p></details>", "<select required><option value='1'>x</option></select>",
        "<input type='checkbox' placeholder='x' aria-label='y'>", "<span aria-label='x'>y</span>", "<time>yesterday</time>",
        "<table><tr><td>x</table><tr>", "<a href='two words'>x</a>",
    ],
)  # fmt: skip
def test_invalid_html_and_what_stands_inline_is_seen(body: str) -> None:
    assert told(body) != []


@pytest.mark.parametrize(
    ("name", "changed"),
    [
        ("a second h1", lambda html: html.replace("</h1>", "</h1><h1>x</h1>", 1)),
        ("a title that begins otherwise", lambda html: html.replace("<title>", "<title>x", 1)),
        ("another language", lambda html: html.replace('lang="zh-Hans"', 'lang="zh-Hant"', 1)),
    ],
)
def test_a_fault_in_the_head_of_a_real_page_is_seen(demo: Flask, name: str, changed: Any) -> None:
    page = Page("households.index", "households.index", login="supervisor")
    good = opened(demo, page, HANS)
    assert wrong(good, HANS) == []
    good.set_data(changed(good.get_data(as_text=True)))
    with pytest.raises(AssertionError):
        assert wrong(good, HANS) == [], name


def test_a_weaker_policy_is_seen(demo: Flask) -> None:
    answer = opened(demo, Page("login", "accounts.login"), HANS)
    answer.headers["Content-Security-Policy"] += "; script-src 'unsafe-inline'"
    assert wrong(answer, HANS)[0].startswith("policy")


def test_a_list_without_rows_is_seen(demo: Flask) -> None:
    page = Page("visits.index", "visits.index", login="supervisor", query={"q": lambda session, office: "没有这样的话"})
    assert without_rows(page, Parsed(opened(demo, page, HANS)))


@pytest.fixture
def app() -> Flask:
    return bare_app()


def test_a_new_page_is_looked_at_without_being_entered_anywhere(app: Flask) -> None:
    app.add_url_rule("/desk/wonders", "wonders.index", access.signed_in(lambda: ""))
    assert "wonders.index" in [page.name for page in pages_of(app)]


def test_a_new_page_that_needs_a_record_says_what_to_add(app: Flask) -> None:
    app.add_url_rule("/desk/wonders/<uuid:wonder_id>", "wonders.show", access.signed_in(lambda wonder_id: ""))
    with pytest.raises(LookupError, match=r'tests/pages/examples\.py either BY_PARAMETER\["wonder_id"\]'):
        pages_of(app)


def test_what_is_said_to_be_no_page_is_none(demo: Flask) -> None:
    assert set(NOT_PAGES) <= set(demo.view_functions), "a rule that is no more"
    for endpoint, kind in NOT_PAGES.items():
        for rule in rules_of(demo, endpoint):
            if kind != PART and set(rule._converters) <= {"language"} | set(_found(rule)):
                answer = opened(demo, Page(endpoint, endpoint, _found(rule), login="supervisor"), HANS)
                assert is_no_page(answer, kind), (endpoint, answer.status_code, answer.mimetype)


def test_a_page_that_is_said_to_be_none_is_seen(demo: Flask) -> None:
    answer = opened(demo, Page("visits.index", "visits.index", login="supervisor"), HANS)
    assert not is_no_page(answer, FILE) and not is_no_page(answer, REDIRECT)


def is_no_page(answer: Any, kind: str) -> bool:
    if kind == REDIRECT:
        return answer.status_code in (302, 303)
    return answer.mimetype != "text/html" or answer.status_code in (202, 404)  # its file may not have been made yet


def _found(rule: Any) -> dict[str, Any]:
    try:
        return finders(rule)
    except LookupError:
        return {}


@pytest.fixture
def blank(reader: Reader) -> Iterator[Tab]:
    context = reader.browser.new_context(
        viewport={"width": 320, "height": 640}, reduced_motion="reduce", locale="zh-Hans"
    )
    tab = context.new_page()
    yield tab
    context.close()


STYLE = "<style>body { background: #fff; color: #222; margin: 0 }</style>"


def shown(tab: Tab, body: str) -> None:
    tab.set_content(GOOD.replace("</head>", f"{STYLE}</head>").replace("{}", body))


@pytest.mark.browser
def test_axe_sees_low_contrast_a_missing_name_and_a_small_target(blank: Tab) -> None:
    def rules(public: bool = False) -> set[str]:
        blank.evaluate(eyes.AXE)
        found: str = blank.evaluate(eyes.RUN, {"public": public})

        return {line.split(" ")[0] for line in json.loads(found)}

    shown(blank, "<p>well</p>")
    assert rules(True) == set()
    shown(blank, "<p style='color: #999'>faint</p><button type='button'></button>")
    assert {"color-contrast", "button-name"} <= rules()
    shown(blank, "<p style='color: #6b6b6b'>5.3 to 1: enough for staff, not for residents</p>")
    assert (rules(), rules(True)) == (set(), {"color-contrast-enhanced"})
    shown(
        blank,
        "<button style='all: unset; display: block; width: 60px; font-size: 8px; line-height: 10px'>a</button>" * 2,
    )
    assert "target-size" in rules()


@pytest.mark.browser
def test_what_lies_beyond_the_edge_is_seen(blank: Tab) -> None:
    shown(blank, "<p>well</p>")
    assert blank.evaluate(eyes.SIDEWAYS, ["normal"]) == []
    shown(blank, "<p style='width: 400px'>too wide</p>")
    assert "normal: 400 px wide: p" in blank.evaluate(eyes.SIDEWAYS, ["normal"])[0]
    shown(blank, "<p style='width: 1em; overflow-wrap: anywhere'>letter by letter</p>")
    assert "squeezed: p. letter by letter" in blank.evaluate(eyes.SIDEWAYS, ["normal"])[0]


@pytest.mark.browser
def test_a_hidden_place_of_the_keyboard_is_seen(blank: Tab) -> None:
    shown(blank, "<a href='/x'>well</a>")
    blank.keyboard.press("Tab")
    assert blank.evaluate(eyes.FOCUS) == []
    shown(blank, "<a href='/x' style='outline: none'>lost</a>")
    blank.keyboard.press("Tab")
    assert len(blank.evaluate(eyes.FOCUS)) == 1
    shown(blank, "<style>a:focus { outline: none; box-shadow: 0 0 0 3px blue }</style><a href='/x'>a shadow only</a>")
    blank.keyboard.press("Tab")
    assert blank.evaluate(eyes.FOCUS) == []
    blank.emulate_media(forced_colors="active")  # where shadows are not painted
    assert len(blank.evaluate(eyes.FOCUS)) == 1


@pytest.mark.browser
def test_what_moves_all_the_same_is_seen(blank: Tab) -> None:
    shown(blank, "<p>well</p>")
    assert blank.evaluate(eyes.MOVING) == []
    shown(blank, "<p style='transition: color 1s'>x</p>")
    assert "transition 1s" in blank.evaluate(eyes.MOVING)[0]
    shown(blank, "<style>@keyframes turn { to { rotate: 1turn } } p { animation: turn 2s infinite }</style><p>x</p>")
    assert blank.evaluate(eyes.MOVING)


@pytest.mark.browser
def test_an_empty_list_of_the_tablet_is_seen(blank: Tab) -> None:
    shown(blank, "<p class='empty' hidden>nothing</p>")
    assert blank.evaluate(eyes.EMPTY) == []
    shown(blank, "<p class='empty'>nothing</p>")
    assert blank.evaluate(eyes.EMPTY) == ["empty: nothing"]
