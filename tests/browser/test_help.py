"""Help where it is needed: the keys of a page, hints that go, the handbook on a tablet without a network."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser import test_desk
from tests.browser.tablet import Office, Tablet, go, shown
from tests.browser.test_desk import Desk

pytestmark = pytest.mark.browser
on_sqlite = pytest.mark.parametrize("settings", ["sqlite"], indirect=True)
desk = test_desk.desk  # the fixture
Make = Callable[..., Tablet]


def rows(page: Page) -> list[str]:
    return [words for words in page.locator("#keys div:not([hidden]) > dd").all_inner_texts() if words]


@on_sqlite
@pytest.mark.parametrize(
    ("locale", "heading", "signing"),
    [
        ("zh-CN", "这一页的按键", "签这份记录"),
        ("zh-TW", "這一頁的按鍵", "簽這份記錄"),
        ("en-GB", "Keys of this page", "sign this record"),
    ],
)
def test_the_question_mark_shows_the_keys_of_the_page_and_gives_the_focus_back(
    desk: Desk,
    locale: str,
    heading: str,
    signing: str,
) -> None:
    page = desk.open("supervisor", f"/desk/visits/{desk.visits[0]}", locale=locale)
    link = page.locator("header.bar a").first
    link.focus()
    page.keyboard.press("?")
    expect(page.locator("#keys h2")).to_have_text(heading)
    told = rows(page)
    assert signing in told and len(told) == 6  # neither next nor previous nor search: there is nothing to press
    for _ in range(4):
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.closest('dialog') !== null")
    page.keyboard.press("Escape")
    expect(page.locator("#keys")).to_be_hidden()
    assert link.evaluate("e => e === document.activeElement")


@on_sqlite
def test_a_button_in_the_menu_shows_the_keys_too(desk: Desk) -> None:
    page = desk.open("supervisor", "/desk/inbox")
    button = page.locator(".rail [data-keys]")
    button.click()
    assert "搜索" in "".join(rows(page)) or "查找" in rows(page)
    page.locator("#keys button").click()
    assert button.evaluate("e => e === document.activeElement")
    page.fill("[data-search]", "")
    page.focus("[data-search]")
    page.keyboard.type("?")  # a letter like any other for whoever writes
    expect(page.locator("#keys")).to_be_hidden()


@on_sqlite
def test_a_hint_of_the_desk_is_closed_by_keyboard_and_stays_away(desk: Desk) -> None:
    page = desk.open("supervisor", "/desk/inbox")
    expect(page.locator(".hint")).to_contain_text("左边是等您办的")
    page.locator(".hint__close").focus()
    with page.expect_response("**/desk/help/hints/inbox"):
        page.keyboard.press("Enter")
    expect(page.locator(".hint")).to_have_count(0)
    assert page.evaluate("document.activeElement.id") == "main"
    page.reload()
    expect(page.locator(".hint")).to_have_count(0)
    page.goto(f"{desk.address}/desk/visits/{desk.visits[0]}")
    expect(page.locator(".hint")).to_have_count(1)


def test_a_hint_of_the_tablet_stays_away_after_a_restart_without_a_network(office: Office, tablet: Make) -> None:
    office.plan("101")
    mine = tablet()
    page = mine.ready()
    hint = page.locator("[data-hint=today]")
    expect(hint).to_be_visible()
    hint.locator("button").click()
    expect(hint).to_be_hidden()
    mine.close()
    page = mine.open(offline=True)
    shown(page, "today")
    expect(page.locator("[data-hint=today]")).to_be_hidden()
    go(page, "outbox")
    expect(page.locator("[data-hint=outbox]")).to_be_visible()


def test_the_handbook_is_read_on_the_tablet_without_a_network(office: Office, tablet: Make) -> None:
    mine = tablet()
    mine.ready()
    mine.close()
    page = mine.open(offline=True)
    shown(page, "today")
    page.click(".strip a[href$='/help']")
    page.click("main a:has-text('客服专员')")
    expect(page.locator("h1")).to_have_text("客服专员")
    pictures = page.locator(".manual img")
    assert pictures.count() >= 3
    for n in range(pictures.count()):
        pictures.nth(n).scroll_into_view_if_needed()
        expect(pictures.nth(n)).to_have_js_property("complete", True)
        assert pictures.nth(n).evaluate("e => e.naturalWidth") > 0
    page.click(".manual a:has-text('出了问题怎么办')")
    expect(page.locator("h1")).to_have_text("出了问题怎么办")
    assert page.locator("h1").count() == 1 and page.evaluate("navigator.onLine") is False
