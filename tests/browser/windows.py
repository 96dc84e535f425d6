"""A colleague at the desk, or a resident, before a window of a real browser; they press what they read, as people do."""

import re
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Locator, Page, expect

from tests.browser.tablet import PASSWORD, WAIT


class Window:
    """A window of its own, signed in with nobody else's cookies. ``errors``: what its scripts failed at."""

    def __init__(self, browser: Browser, address: str, **options: Any) -> None:
        given = {
            "viewport": {"width": 1440, "height": 900},
            "locale": "zh-CN",
            "timezone_id": "Asia/Shanghai",
            **options,
        }
        self.context = browser.new_context(**given)
        self.address = address
        self.errors: list[str] = []
        self.page: Page = self.context.new_page()
        self.page.set_default_timeout(WAIT)
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))

    def close(self) -> None:
        self.context.close()

    def open(self, path: str) -> None:
        answer = self.page.goto(self.address + path)
        assert answer and answer.status == 200, (path, answer and answer.status)

    def sign_in(self, login: str) -> "Window":
        self.open("/login")
        self.page.fill("#login", login)
        self.page.fill("#password", PASSWORD)
        self.page.click("button.button--go")
        expect(self.page.locator("nav.rail")).to_be_visible()
        return self

    def menu(self, name: str) -> None:
        """Open a page of the main menu."""
        self.page.locator("nav.rail .rail__link", has_text=name).click()
        self.headed(name)

    def headed(self, words: str) -> None:
        expect(self.page.locator("h1")).to_contain_text(words)

    def link(self, words: str, within: str = "main") -> None:
        self.page.locator(within).get_by_role("link", name=words).first.click()

    def press(self, words: str | re.Pattern[str], within: str | Locator = "main") -> None:
        place = self.page.locator(within) if isinstance(within, str) else within
        place.get_by_role("button", name=words).first.click()

    def told(self, words: str) -> None:
        """The page says so."""
        expect(self.page.locator("main")).to_contain_text(words)

    def toast(self, words: str) -> None:
        expect(self.page.locator(".toast").last).to_contain_text(words)

    def act(self, title: str) -> Locator:
        """The card of one thing to do, unfolded."""
        card = self.page.locator("details.act", has=self.page.locator("summary", has_text=title))
        if card.get_attribute("open") is None:
            card.locator("summary").click()
        return card

    def download(self, words: str, to: Path, within: str = "main") -> bytes:
        """Press a button or a link that hands out a file; its content."""
        with self.page.expect_download() as handed:
            self.page.locator(within).get_by_text(words, exact=True).first.click()
        handed.value.save_as(to)
        return to.read_bytes()

    def fetch(self, words: str) -> bytes:
        """What a link leads to, where the browser would show it instead of handing it out, as it shows a PDF."""
        link = self.page.locator("main").get_by_role("link", name=words)
        answer = self.context.request.get(self.address + (link.get_attribute("href") or ""))
        assert answer.status == 200, (words, answer.status)
        return answer.body()
