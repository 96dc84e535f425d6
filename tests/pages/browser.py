"""Pages opened in a real Chromium: each in three languages, the theme and the size of text switched in place."""

import json
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from flask import Flask
from flask.sessions import SecureCookieSessionInterface
from playwright.sync_api import Browser, BrowserContext, Playwright
from playwright.sync_api import Page as Tab
from werkzeug.serving import make_server

from portal.core.db import db
from portal.core.i18n import LANGUAGES, Language
from portal.demo.people import password_for
from tests.browser.tablet import Quiet, Tablet, choose_pin, shown, unlock
from tests.pages import eyes
from tests.pages.demo import NOW
from tests.pages.examples import Page, staff_id

SIZES = ("normal", "large", "largest")
THEMES = ("light", "dark")
# Every language with every size, every theme with each of both: nine of eighteen cover all pairs.
PAIRWISE: dict[str, tuple[tuple[str, str], ...]] = {
    "zh-hans": (("light", "normal"), ("dark", "large"), ("light", "largest")),
    "zh-hant": (("dark", "normal"), ("light", "large"), ("dark", "largest")),
    "en": (("light", "normal"), ("dark", "large"), ("dark", "largest")),
}
EVERY = {language.slug: tuple((t, s) for t in THEMES for s in SIZES) for language in LANGUAGES}
DESK, PHONE, ZOOMED = (1280, 800), (320, 640), (640, 400)  # the desk at 200 % has 640 of its 1,280 pixels left


@dataclass
class Seen:
    """What was found on one page, by kind of check; empty lists where all is well."""

    axe: list[str] = field(default_factory=list)
    sideways: list[str] = field(default_factory=list)
    focus: list[str] = field(default_factory=list)
    moving: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    rows: list[str] = field(default_factory=list)
    runs: int = 0


@contextmanager
def served(app: Flask) -> Iterator[str]:
    """The app behind a server of its own; its address. Beside the app's own pages it sends axe, as one more script."""
    server = make_server("127.0.0.1", 0, _with_axe(app), threaded=True, request_handler=Quiet)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def _with_axe(app: Flask) -> Callable[..., Iterable[bytes]]:
    """axe from an address instead of from the test: the browser fetches and compiles it once, not for every page."""
    headers = [("Content-Type", "text/javascript; charset=utf-8"), ("Cache-Control", "max-age=86400, immutable")]
    content = eyes.AXE.encode("utf-8")

    def either(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        if environ["PATH_INFO"] != eyes.AXE_PATH:
            return app(environ, start_response)
        start_response("200 OK", [*headers, ("Content-Length", str(len(content)))])
        return [content]

    return either


class Reader:
    """One browser that opens pages as whoever may open them; the tablet's pages from an enrolled tablet's own store."""

    def __init__(
        self, app: Flask, address: str, driver: Playwright, browser: Browser, program: str | None, folder: Path
    ) -> None:
        self.app, self.address, self.browser = app, address, browser
        self._tablet = Tablet(driver, program, folder / "tablet", address)
        self._on_tablet: Tab | None = None
        self._locked = False
        self._cookies: dict[str, str] = {}
        self._tabs: dict[str, Tab] = {}
        self.problems: list[str] = []  # of the page opened last: scripts that failed, what the policy stopped

    def close(self) -> None:
        self._tablet.close()

    @contextmanager
    def tab(self, page: Page, language: Language, size: tuple[int, int] = DESK) -> Iterator[Tab]:
        """The page, open and finished, in a language."""
        if page.tablet:
            tab = self._enrolled()
            tab.set_viewport_size({"width": size[0], "height": size[1]})
            tab.emulate_media(color_scheme="light", reduced_motion="no-preference", forced_colors="none")
            self._open(tab, page, language)
            yield tab
            return
        tab = self._tab(page, language)
        tab.set_viewport_size({"width": size[0], "height": size[1]})
        self._open(tab, page, language)
        yield tab

    def _tab(self, page: Page, language: Language) -> Tab:
        """One for each language, kept: what does not change is fetched once, and no process is started for a page.

        Who reads is told by the cookie.
        """
        if language.slug not in self._tabs:
            context = self.browser.new_context(locale=language.tag, timezone_id="Asia/Shanghai")
            context.add_cookies([{"name": "language", "value": language.catalogue, "url": self.address}])
            self._tabs[language.slug] = context.new_page()
            self._watch(self._tabs[language.slug])
        tab = self._tabs[language.slug]
        tab.context.clear_cookies(name="session")
        if page.login:
            tab.context.add_cookies([{"name": "session", "value": self._signed_in(page.login), "url": self.address}])
        tab.emulate_media(color_scheme="light", reduced_motion="no-preference", forced_colors="none")
        return tab

    def new_context(self, login: str | None, language: Language, **options: Any) -> BrowserContext:
        """A browser of its own for a person, signed in, in a language."""
        context = self.browser.new_context(locale=language.tag, timezone_id="Asia/Shanghai", **options)
        cookies = {"language": language.catalogue}
        if login:
            cookies["session"] = self._signed_in(login)
        context.add_cookies([{"name": k, "value": v, "url": self.address} for k, v in cookies.items()])
        return context

    def _signed_in(self, login: str) -> str:
        """The cookie of a person who has signed in; made without Argon2."""
        if login not in self._cookies:
            serializer = SecureCookieSessionInterface().get_signing_serializer(self.app)
            assert serializer is not None
            with self.app.app_context():
                own, number = staff_id(db.session(), login)
                db.session.remove()
            self._cookies[login] = serializer.dumps({"_user_id": f"{own}:{number}", "_fresh": True})
        return self._cookies[login]

    def _enrolled(self) -> Tab:
        """The tablet of the demo's field staff, with its day and its households on it."""
        if self._on_tablet is None:
            secret = self.app.config["PORTAL"].secret_key
            tab = self._tablet.open("enrol")
            self._watch(tab)
            tab.clock.set_fixed_time(NOW)
            shown(tab, "enrol")
            tab.fill("#login", "field")
            tab.fill("#password", password_for(secret, "field"))
            tab.fill("#device_name", "3号平板")
            choose_pin(tab)
            tab.click("[data-slot=submit]")
            shown(tab, "today")
            tab.locator("html[data-offline=ready]").wait_for(state="attached", timeout=20_000)
            self._on_tablet = tab
        return self._on_tablet

    def _watch(self, tab: Tab) -> None:
        tab.on("pageerror", lambda problem: self.problems.append(str(problem)))
        # What axe itself writes is stopped too, and may be told only while the next page is being opened.
        tab.on(
            "console",
            lambda said: (
                self.problems.append(said.text)
                if "Content Security" in said.text and eyes.AXE_PATH not in said.location.get("url", "")
                else None
            ),
        )

    def _open(self, tab: Tab, page: Page, language: Language) -> None:
        with self.app.app_context():
            path = page.address(self.app, db.session(), language)
            db.session.remove()
        self.problems.clear()
        if page.tablet and page.endpoint:
            path = self._at_the_lock(tab, page, path)
        answer = tab.goto(self.address + (path if page.sent is None or page.endpoint or page.path else "/login"))
        if page.sent is not None:
            with tab.expect_navigation() as navigation:
                tab.evaluate(eyes.SEND, [path + page.sent_to, page.sent])
            answer = navigation.value
        assert answer is not None and answer.status == page.status, (page.name, answer and answer.status)
        if page.tablet and page.endpoint:
            name = "help" if page.endpoint == "field.help_chapter" else page.fixed.get("page", "today")
            if name == "unlock" and not self._locked:
                shown(tab, "today")
                tab.click("[data-slot=lock]")
                self._locked = True
            shown(tab, name)

    def _at_the_lock(self, tab: Tab, page: Page, path: str) -> str:
        """The keypad is seen by locking the first page, every other page by unlocking the tablet before."""
        if page.fixed.get("page") == "unlock":
            return path.removesuffix("unlock")
        if self._locked:
            tab.goto(self.address + "/field/")
            unlock(tab)
            shown(tab, "today")
            self._locked = False
        return path


def looked_at(reader: Reader, page: Page, combinations: dict[str, tuple[tuple[str, str], ...]] = PAIRWISE) -> Seen:
    """Open a page in each language and look at it in every way that is asked for."""
    seen = Seen()
    for language in LANGUAGES:
        with reader.tab(page, language) as tab:
            seen.errors += reader.problems  # before axe writes styles of its own, which the policy stops
            tab.evaluate(eyes.LOAD)
            for theme, size in combinations[language.slug]:
                where = f"{language.slug}, {theme}, {size}"
                _set(tab, theme, size)
                seen.axe += [f"{where}: {found}" for found in _axe(tab, page)]
                seen.runs += 1
            _wide(tab, language, seen)
            if language is LANGUAGES[0]:
                _steady(tab, seen)
                if page.tablet and page.endpoint:
                    seen.rows += tab.evaluate(eyes.EMPTY)
    return seen


def _set(tab: Tab, theme: str, size: str) -> None:
    tab.emulate_media(color_scheme=theme, reduced_motion="reduce")  # type: ignore[arg-type]
    tab.evaluate("size => { document.documentElement.dataset.size = size }", size)


def _axe(tab: Tab, page: Page) -> list[str]:
    found: list[str] = json.loads(tab.evaluate(eyes.RUN, {"public": page.public}))
    return found


def _wide(tab: Tab, language: Language, seen: Seen) -> None:
    """On the narrowest phone and at 200 %, in every size of text: nothing lies beyond the edge."""
    for width, height in (PHONE, ZOOMED):
        tab.set_viewport_size({"width": width, "height": height})
        found: list[str] = tab.evaluate(eyes.SIDEWAYS, list(SIZES))
        seen.sideways += [f"{language.slug}, {width} px, {told}" for told in found]
    tab.set_viewport_size({"width": DESK[0], "height": DESK[1]})
    _set(tab, "light", "normal")


def _steady(tab: Tab, seen: Seen) -> None:
    """With less motion nothing moves; the place of the keyboard is seen, in forced colours as well."""
    seen.moving += tab.evaluate(eyes.MOVING)
    tab.keyboard.press("Tab")  # from here on the browser knows that a keyboard is at work
    for colours in ("none", "active"):
        tab.emulate_media(forced_colors=colours)
        seen.focus += [
            f"{'forced colours: ' if colours == 'active' else ''}{found}" for found in tab.evaluate(eyes.FOCUS)
        ]
    tab.emulate_media(forced_colors="none")


Look = Callable[[Page], Seen]
__all__ = ["DESK", "EVERY", "PAIRWISE", "SIZES", "THEMES", "Look", "Reader", "Seen", "looked_at", "served"]
