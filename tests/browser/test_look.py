"""Text size and theme: chosen once, kept by the device, also on pages that are the same for everybody."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.tablet import Office, Tablet, shown

pytestmark = pytest.mark.browser


def test_a_resident_chooses_once_and_every_page_follows(chromium: Browser, office: Office) -> None:
    page = chromium.new_page()
    page.goto(f"{office.address}/zh-hans/jinxiu/")
    page.locator("a[data-value=largest]").click()
    page.locator("a[data-look=theme]:visible").click()
    page.goto(f"{office.address}/zh-hant/")
    root = page.locator("html")
    expect(root).to_have_attribute("data-size", "largest")
    expect(root).to_have_attribute("data-theme", "dark")
    expect(page.locator("a[data-look=size][aria-current]")).to_have_attribute("data-value", "largest")
    page.locator("a[data-value=normal]").click()
    page.goto(f"{office.address}/zh-hant/")
    expect(root).to_have_attribute("data-size", "normal")
    expect(page.locator("a[data-look=theme]:visible")).to_have_count(1)
    page.context.close()


def test_without_a_script_the_address_says_it(chromium: Browser, office: Office) -> None:
    context = chromium.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{office.address}/zh-hans/jinxiu/?size=l&theme=d")
    for link in ("繁", "En"):
        page.locator(f".top__set a:has-text('{link}')").click()
        expect(page.locator("html")).to_have_attribute("data-size", "large")
        expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    context.close()


def test_a_tablet_keeps_size_and_theme_without_a_network(tablet: Callable[..., Tablet]) -> None:
    own = tablet()
    page = own.enrol()
    own.offline()
    page.click(".strip__look")
    shown(page, "outbox")
    page.click("button[data-value=largest]")
    page.click("button[data-value=dark]")
    own.close()
    page = own.open(offline=True)
    shown(page, "today")
    root = page.locator("html")
    expect(root).to_have_attribute("data-size", "largest")
    expect(root).to_have_attribute("data-theme", "dark")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
