"""The pages for residents in a real browser: no violation found by axe, no sideways scroll at 320 px, no script needed."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from portal.core import clock
from portal.core.db import db
from portal.publishing import commitments
from portal.publishing.models import Commitment
from tests.browser.tablet import Office
from tests.factories import Estate
from tests.publishing import letters

pytestmark = pytest.mark.browser
AXE = (Path(__file__).parents[1] / "vendor" / "axe-4.14.1.min.js").read_text("utf-8")
SIZES = ("", "?size=l", "?size=xl")


@pytest.fixture
def addresses(office: Office) -> Iterator[list[str]]:
    """A letter with promises in every state, and the pages around it."""
    with office.app.app_context():
        estate = office.estate
        made = letters.published(estate, letters.draft(estate, [letters.issue(estate), _second(estate)]))
        public_id = letters.get(made).public_id
        at, words = clock.now(), commitments.Words("已经换好，请您听一听", "已經換好，請您聽一聽")
        dated = [c for c in db.session.query(Commitment) if c.due_kind == "date"]
        commitments.report_done(
            dated[0].id, words, at.date(), revision=dated[0].revision, by=estate.actor("supervisor"), at=at
        )
        db.session.remove()
    yield [
        f"/zh-hans/letters/{public_id}", f"/zh-hant/letters/{public_id}", f"/en/letters/{public_id}", "/zh-hant/jinxiu/",
        "/zh-hans/", f"/zh-hans/verify/{public_id}/1", "/zh-hant/verify?code=1234", "/zh-hans/letters/none",
    ]  # fmt: skip


def _second(estate: Estate) -> object:
    return letters.issue(estate, "地库出口转弯处看不见来车，早上送孩子的时段最险", ("104", "301"))


def violations(page: Page) -> list[str]:
    page.evaluate(AXE)
    found = page.evaluate("async () => (await axe.run(document, {resultTypes: ['violations']})).violations")
    return [f"{v['id']}: {n['html'][:160]}" for v in found for n in v["nodes"]]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_in_any_language_and_theme(
    chromium: Browser, office: Office, addresses: list[str], scheme: str
) -> None:
    page = chromium.new_page(viewport={"width": 390, "height": 844}, color_scheme=scheme)  # type: ignore[arg-type]
    for address in addresses:
        page.goto(office.address + address)
        assert violations(page) == [], address
    page.close()


def test_nothing_scrolls_sideways_on_the_narrowest_phone_at_any_text_size(
    chromium: Browser, office: Office, addresses: list[str]
) -> None:
    page = chromium.new_page(viewport={"width": 320, "height": 640})
    for address in addresses:
        for size in SIZES:
            page.goto(office.address + address + (size if "?" not in address else size.replace("?", "&")))
            wide = page.evaluate("document.documentElement.scrollWidth")
            assert wide <= 320, (address, size, wide)
    page.close()


def test_letters_and_touch_targets_are_large(chromium: Browser, office: Office, addresses: list[str]) -> None:
    page = chromium.new_page(viewport={"width": 390, "height": 844})
    page.goto(office.address + addresses[0])
    smallest = page.evaluate(
        """() => Math.min(...[...document.querySelectorAll('body *')]
          .filter(e => [...e.childNodes].some(n => n.nodeType === 3 && n.data.trim()) && e.getClientRects().length && !e.closest('.sr'))
          .map(e => parseFloat(getComputedStyle(e).fontSize)))"""
    )
    assert smallest >= 18
    for link in page.locator("header a:visible, .act a:visible, .lines a:visible").all():
        box = link.bounding_box()
        assert box is not None and box["height"] >= 44 and box["width"] >= 44
    page.close()


def test_everything_is_there_with_scripts_switched_off(chromium: Browser, office: Office, addresses: list[str]) -> None:
    context = chromium.new_context(java_script_enabled=False, locale="zh-TW")
    page = context.new_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.resource_type))
    page.goto(office.address + addresses[1])
    told = page.locator("main").inner_text()
    for words in ("關於電梯夜間異響", "已辦結", "已經換好，請您聽一聽", "錦繡花園管理處"):
        assert words in told
    assert "script" not in asked
    page.locator("summary").click()
    assert page.locator("code").first.is_visible()
    page.get_by_role("link", name="简体中文").click()
    assert "已办结" in page.locator("main").inner_text()
    page.get_by_role("link", name="全部公开信和承诺").click()
    page.get_by_role("link", name="核对手中的纸质信").click()
    page.get_by_label("内容校验").fill("0123456789abcdef")
    page.get_by_role("button", name="核对").click()
    assert "没有公布过" in page.locator("main").inner_text()
    context.close()
