"""The small things of the desk: what was pressed waits, nothing is sent twice, the focus and the place are kept."""

import pytest
from playwright.sync_api import Page, Route

from tests.browser.test_desk import Desk, desk, here, settled, status  # noqa: F401  the fixture

pytestmark = [
    pytest.mark.browser,
    pytest.mark.parametrize("settings", ["sqlite"], indirect=True),
]  # it is the browser that is looked at
FOCUSED = "document.activeElement.id || document.activeElement.tagName"


def held(page: Page, pattern: str) -> list[Route]:
    """Requests to these addresses wait until the test lets them go."""
    waiting: list[Route] = []
    page.route(pattern, lambda route: waiting.append(route))
    return waiting


def let_go(page: Page, asked: list[Route]) -> None:
    """The first of them goes on; the page may say that it waits before the request has come to the test."""
    for _ in range(500):
        if asked:
            break
        page.wait_for_timeout(10)
    asked[0].continue_()


def test_a_pressed_button_waits_and_sends_once(desk: Desk) -> None:  # noqa: F811
    page = desk.open("supervisor", "/desk/inbox")
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.method) if request.url.endswith("/sign") else None)
    waits = page.evaluate(
        """() => { const form = document.querySelector("form[data-sign]"), button = form.querySelector(".button--go");
        for (let n = 0; n < 3; n++) form.requestSubmit();
        return [button.getAttribute("aria-busy"), button.getAttribute("aria-disabled")]; }"""
    )
    assert waits == ["true", "true"]
    page.wait_for_selector(".toast:has-text('已签字')")
    assert sent == ["POST"] and status(desk).count("signed_1") == 1


def test_a_download_leaves_its_button_ready(desk: Desk) -> None:  # noqa: F811
    page = desk.open("supervisor", "/desk/visits")
    for _ in range(2):
        page.locator("details.menu").evaluate("menu => menu.open = true")
        with page.expect_download():
            page.click("button[value=csv]")
        assert page.locator("[aria-busy]").count() == 0


def test_the_inbox_keeps_its_filter_and_its_place(desk: Desk) -> None:  # noqa: F811
    page = desk.open("supervisor", "/desk/inbox?show=sign")
    page.keyboard.press("j")
    page.wait_for_selector("#pane h2:has-text('102')")
    settled(page)
    page.keyboard.press("s")
    page.wait_for_selector(".toast")
    assert page.url.endswith("show=sign") and "103" in here(page)
    page.wait_for_selector("#pane h2:has-text('103')")
    page.keyboard.press("Enter")
    page.wait_for_url("**/desk/visits/*")
    page.go_back()
    page.wait_for_selector(".list__row.is-here")
    assert "103" in here(page)
    page.reload()
    page.wait_for_selector(".list__row.is-here")
    assert "103" in here(page)


def test_a_pane_that_takes_long_shows_its_shape_and_cannot_be_signed(desk: Desk) -> None:  # noqa: F811
    page = desk.open("supervisor", "/desk/inbox")
    asked = held(page, "**/pane?*")
    page.keyboard.press("j")
    page.wait_for_selector("#pane .skeleton")
    page.keyboard.press("s")
    let_go(page, asked)
    page.wait_for_selector("#pane h2:has-text('102')")
    settled(page)
    assert status(desk) == ["received"] * 5


def test_all_keys_are_one_click_away(desk: Desk) -> None:  # noqa: F811
    page = desk.open("supervisor", "/desk/inbox")
    page.click(".keys [data-keys]")
    assert page.locator("dialog#keys").is_visible()
    page.keyboard.press("Escape")
    assert page.locator("dialog#keys").is_hidden()
    assert page.evaluate("document.activeElement.matches('.keys [data-keys]')")


def test_a_list_is_busy_while_it_is_fetched_and_the_focus_is_never_lost(desk: Desk) -> None:  # noqa: F811
    page = desk.open("front_desk", "/desk/households?occupancy=occupied")
    asked = held(page, "**/desk/households?*")
    page.focus("#chip-occupancy")
    page.keyboard.press("Enter")
    page.wait_for_selector("#list[aria-busy=true]")
    let_go(page, asked)
    page.wait_for_selector("#list:not([aria-busy]):not(:has(#chip-occupancy))")
    page.wait_for_function(f"{FOCUSED} === 'list'")  # the chip is gone: its list has the focus, not the top of the page


def test_a_list_that_cannot_be_fetched_says_what_to_do(desk: Desk) -> None:  # noqa: F811
    page = desk.open("front_desk", "/desk/households")
    page.context.set_offline(True)
    page.select_option("#list-occupancy", "occupied")
    page.wait_for_selector(".toast--late:has-text('连不上系统')")
    assert page.locator("[aria-busy]").count() == 0


@pytest.mark.parametrize(
    ("locale", "family", "quote"),
    [("zh-CN", "PingFang SC", "“"), ("zh-TW", "PingFang TC", "「"), ("en-GB", "ui-sans-serif", "“")],
)
def test_type_is_set_by_the_script_of_the_page(desk: Desk, locale: str, family: str, quote: str) -> None:  # noqa: F811
    page = desk.open("supervisor", "/desk/inbox", locale=locale)
    found = page.evaluate(
        """() => { const s = getComputedStyle(document.querySelector(".list__note")); return [s.fontFamily, s.quotes, s.fontVariantNumeric,
        s.fontSynthesis, s.textAutospace, parseFloat(getComputedStyle(document.body).lineHeight) / parseFloat(getComputedStyle(document.body).fontSize)]; }"""
    )
    assert found[0].replace('"', "").startswith(family) and found[1].startswith(f'"{quote}"')
    assert found[2:5] == ["tabular-nums", "none", "normal"] and 1.59 < found[5] < 1.76
