"""The desk in a browser: the inbox by keyboard, signing and returning, a bundle, lists that keep their place, no axe finding."""

import json
import threading
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest
from playwright.sync_api import Browser, BrowserContext, Page
from sqlalchemy import select
from werkzeug.serving import make_server

from portal.accounts import service as accounts
from portal.accounts.models import Staff
from portal.app import create_app
from portal.config import Settings
from portal.core import clock
from portal.core.db import db, writing
from portal.households.words import find_again
from portal.signoff.models import BundleLine, Signature
from portal.visits import service as visits
from portal.visits.models import Visit
from tests.factories import Estate
from tests.facts import visit_body
from tests.statistics.test_figures import answered
from tests.surveys.surveying import campaign_of

AXE = (Path(__file__).parents[1] / "vendor" / "axe-4.14.1.min.js").read_text("utf-8")
PASSWORD = "correct horse battery"
pytestmark = [pytest.mark.browser, pytest.mark.parametrize("settings", ["sqlite"], indirect=True)]


class Desk:
    """A running office with five records that wait for the supervisor."""

    def __init__(self, address: str, estate: Estate, context: Callable[..., BrowserContext]) -> None:
        self.address, self.estate, self.context = address, estate, context
        self.visits: list[UUID] = []

    def open(self, login: str, path: str, **options: object) -> Page:
        page = self.context(**options).new_page()
        page.goto(f"{self.address}/login")
        page.fill("#login", login)
        page.fill("#password", PASSWORD)
        page.click("button.button--go")
        page.goto(self.address + path)
        page.wait_for_load_state("networkidle")
        return page


@pytest.fixture
def desk(settings: Settings, chromium: Browser) -> Iterator[Desk]:
    app = create_app(settings)
    hashed = accounts.hash_password(PASSWORD)
    contexts: list[BrowserContext] = []

    def context(**options: object) -> BrowserContext:
        given = {"viewport": {"width": 1440, "height": 900}, "locale": "zh-CN", **options}
        contexts.append(chromium.new_context(**given))  # type: ignore[arg-type]
        return contexts[-1]

    with app.app_context():
        estate = Estate.build()
        with writing() as session:
            for staff in session.scalars(select(Staff)):
                staff.password_hash = hashed
            find_again(session, estate.households.values())
        desk = Desk("", estate, context)
        now = clock.now()
        for n, room in enumerate(("101", "102", "103", "201", "202")):
            at = now - timedelta(hours=20 - n)
            fact = visits.desk_fact(
                "visit", "visit@1", estate.households[room], visit_body(estate), by=estate.actor("field_staff"), at=at,
                occurred_at=at,
            )  # fmt: skip
            visits.record_visits([fact], by=estate.actor("field_staff"), at=at)
            desk.visits.append(fact.id)
        db.session.remove()
        server = make_server("127.0.0.1", 0, app, threaded=True)
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        desk.address = f"http://127.0.0.1:{server.server_port}"
        yield desk
        for each in contexts:
            each.close()
        server.shutdown()
        thread.join()
        db.session.remove()
        db.engine.dispose()


def status(desk: Desk) -> list[str]:
    db.session.rollback()
    return [db.session.get_one(Visit, i).status for i in desk.visits]


def here(page: Page) -> str:
    return page.locator(".list__row.is-here .list__title a").inner_text()


def settled(page: Page) -> None:
    page.wait_for_selector("#pane:not([aria-busy])")
    page.wait_for_load_state("networkidle")


def test_the_inbox_is_worked_by_keyboard(desk: Desk) -> None:
    page = desk.open("supervisor", "/desk/inbox")
    assert "101" in here(page)
    page.keyboard.press("j")
    page.keyboard.press("j")
    assert "103" in here(page)
    page.keyboard.press("k")
    page.wait_for_selector("#pane h2:has-text('102')")
    settled(page)
    assert page.evaluate("document.activeElement.textContent").strip().startswith("1栋1单元 102")
    page.keyboard.press("x")
    assert page.locator(".pick").is_visible() and "1" in page.locator("[data-count]").inner_text()
    page.keyboard.press("Escape")
    assert page.locator(".pick").is_hidden()
    page.keyboard.press("s")
    page.wait_for_selector(".toast:has-text('已签字')")
    page.wait_for_load_state("networkidle")
    assert status(desk) == ["received", "signed_1", "received", "received", "received"]
    page.keyboard.press("?")
    assert page.locator("dialog#keys").is_visible()
    page.keyboard.press("j")  # a key of the page does nothing behind the dialog
    page.keyboard.press("Escape")
    assert "103" in here(page)  # the next one, at the place of the one that was signed


def test_enter_opens_and_typing_is_never_taken_for_a_key(desk: Desk) -> None:
    page = desk.open("supervisor", "/desk/inbox")
    page.keyboard.press("/")
    page.keyboard.type("sjxr")
    assert page.locator("[data-search]").input_value() == "sjxr"
    assert status(desk) == ["received"] * 5
    page.locator(".list__row").nth(1).locator("a").focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/desk/visits/*")
    assert "102" in page.locator("h1").inner_text()


def test_r_returns_with_a_comment(desk: Desk) -> None:
    page = desk.open("supervisor", "/desk/inbox")
    page.keyboard.press("r")
    assert page.evaluate("document.activeElement.name") == "comment"
    page.keyboard.type("请补楼层 jkxs")
    page.locator("details[data-return] button").click()
    page.wait_for_selector(".toast:has-text('已退回')")
    assert status(desk)[0] == "returned"
    assert db.session.scalars(select(Signature.comment)).all() == ["请补楼层 jkxs"]


def test_a_comment_is_put_beside_a_field_of_the_record(desk: Desk) -> None:
    page = desk.open("supervisor", f"/desk/visits/{desk.visits[0]}")
    page.locator("dd", has_text="上门面谈").locator("summary").click()
    page.locator("textarea[name='field:/method']").fill("是电话吧？")
    page.keyboard.press("Tab")
    page.keyboard.press("Escape")
    page.evaluate("document.activeElement.blur()")
    page.keyboard.press("r")
    page.keyboard.type("见旁注")
    page.locator("#return button").click()
    page.wait_for_selector(".toast:has-text('已退回')")
    assert db.session.scalars(select(Signature.field_comments)).all() == [{"/method": "是电话吧？"}]


def test_ticks_become_a_bundle_that_is_signed_less_the_one_taken_out(desk: Desk) -> None:
    page = desk.open("supervisor", "/desk/inbox")
    for _ in range(3):
        page.keyboard.press("x")
        page.keyboard.press("j")
    settled(page)
    page.keyboard.press("b")
    page.wait_for_url("**/desk/inbox/bundles/*")
    assert page.locator(".counts dd").first.inner_text() == "3"
    second = page.locator(".lines > li", has_text="102")
    second.locator("summary").click()
    second.locator("textarea").fill("时间不对")
    second.locator("button").click()
    page.wait_for_selector(".toast:has-text('已抽出退回')")
    page.keyboard.press("s")
    page.wait_for_url("**/desk/inbox")
    assert status(desk) == ["signed_1", "returned", "signed_1", "received", "received"]
    assert len(db.session.scalars(select(BundleLine)).all()) == 2


def test_the_slower_of_two_is_told(desk: Desk) -> None:
    slow, fast = desk.open("supervisor", "/desk/inbox"), desk.open("second_supervisor", "/desk/inbox")
    fast.keyboard.press("s")
    fast.wait_for_selector(".toast")
    slow.keyboard.press("s")
    slow.wait_for_selector("h1:has-text('没有签上')")
    assert "second_supervisor 王" in slow.locator("main").inner_text()


def test_a_list_keeps_focus_address_and_the_way_back(desk: Desk) -> None:
    page = desk.open("front_desk", "/desk/households")
    page.focus("#list-occupancy")
    page.select_option("#list-occupancy", "occupied")
    page.wait_for_url("**occupancy=occupied**")
    page.wait_for_selector("#chip-occupancy")
    assert page.evaluate("document.activeElement.id") == "list-occupancy"
    page.locator("#sort-visited").focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**sort=visited**")
    page.wait_for_selector("th[aria-sort]:has(#sort-visited)")
    assert page.evaluate("document.activeElement.id") == "sort-visited"
    page.fill("#list-q", "陈文203")
    page.keyboard.press("Enter")
    page.wait_for_url("**q=**")
    page.wait_for_selector("tbody tr:only-child")
    page.go_back()
    page.wait_for_selector("tbody tr:nth-child(12)")
    assert page.locator("#list-q").input_value() == ""
    page.go_back()
    page.wait_for_selector("th[aria-sort]:has(#sort-address)")


def test_a_list_works_without_script(desk: Desk) -> None:
    page = desk.open("front_desk", "/desk/households", java_script_enabled=False)
    page.fill("#list-q", "陳文203")
    page.click("#list-go")
    assert page.locator("tbody tr").count() == 1
    page.click("#chip-q")
    assert page.locator("tbody tr").count() == 12


def test_a_number_is_revealed_in_its_place(desk: Desk) -> None:
    page = desk.open("front_desk", f"/desk/households/{desk.estate.households['203']}")
    page.click(".people__reveal")
    page.wait_for_selector("a.phone")
    assert page.locator("a.phone").inner_text() == "13900000203"


def paths(desk: Desk) -> list[str]:
    home, visit = desk.estate.households["101"], desk.visits[0]
    return [
        "/desk/inbox", "/desk/households", "/desk/households?occupancy=occupied&q=陈", f"/desk/households/{home}",
        "/desk/households/communities", f"/desk/households/communities/{desk.estate.community_id}", "/desk/visits",
        f"/desk/visits/{visit}", "/desk/plans",
    ]  # fmt: skip


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(("width", "locale"), [(1440, "zh-CN"), (390, "zh-TW")])
def test_axe_finds_nothing_and_nothing_sticks_out(desk: Desk, scheme: str, width: int, locale: str) -> None:
    page = desk.open(
        "supervisor", "/desk/inbox", viewport={"width": width, "height": 900}, locale=locale, color_scheme=scheme,
        bypass_csp=True,
    )  # fmt: skip
    for path in paths(desk):
        page.goto(desk.address + path)
        page.wait_for_load_state("networkidle")
        page.evaluate(AXE)
        found = page.evaluate("axe.run(document, {resultTypes: ['violations']}).then(r => r.violations)")
        told = [(v["id"], [n["target"] for n in v["nodes"]][:3], v["nodes"][0]["any"][:1]) for v in found]
        assert not told, f"{path}: {json.dumps(told, ensure_ascii=False, indent=1)}"
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), path


BEYOND = """() => [document.documentElement.scrollWidth - innerWidth,
  ...[...document.querySelectorAll(".scroll")].map((box) => box.scrollWidth - box.clientWidth)]"""


@pytest.mark.parametrize("locale", ["zh-CN", "zh-TW", "en-US"])
def test_the_figures_fit_a_screen_and_scroll_only_in_their_boxes_on_a_phone(desk: Desk, locale: str) -> None:
    made = campaign_of(desk.estate, target=85)
    answered(desk.estate, made)
    page = desk.open("supervisor", f"/desk/figures/{made}", locale=locale)
    for path in (f"/desk/figures/{made}", f"/desk/surveys/{made}"):
        for width in (320, 768, 1440):
            page.set_viewport_size({"width": width, "height": 900})
            page.goto(desk.address + path)
            whole, *boxes = page.evaluate(BEYOND)
            assert whole <= 0, (path, width)
            assert width < 1440 or max(boxes) <= 0, (path, boxes)


def test_no_page_breaks_its_own_policy(desk: Desk) -> None:
    page = desk.open("supervisor", "/desk/inbox")
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: said.append(str(error)))
    for path in paths(desk):
        page.goto(desk.address + path)
        page.wait_for_load_state("networkidle")
    assert said == []
