"""A tablet in a real browser, and the office behind a real server that can be made to fail."""

import io
import shutil
import socket
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from flask import Flask
from PIL import Image
from playwright.sync_api import BrowserContext, Page, Playwright, expect
from sqlalchemy.orm import Session
from werkzeug.serving import WSGIRequestHandler, make_server

from portal.accounts.models import Staff
from portal.accounts.service import hash_password
from portal.app import create_app
from portal.config import Settings
from portal.core import clock
from portal.core.db import db, writing
from portal.visits import plans
from tests.factories import Estate
from tests.sync.conftest import number_all

QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]
PASSWORD = "a password of the tests"
PIN = "804715"
HTML = b"<!doctype html><title>Hotel network</title><p>Please accept our terms.</p>"
WAIT = 10_000


class Quiet(WSGIRequestHandler):
    """Serves without a word: the tests say what matters."""

    def log(self, type: str, message: str, *args: Any) -> None:
        pass


class Faults:
    """Between the network and the portal: ``mode`` says for a call what goes wrong with it, None: nothing.

    ``portal``: somebody else answers 200 with a page. ``lost``: the call never arrives. ``dropped``: it arrives, its answer
    does not. ``twice``: it arrives twice. ``busy``: the portal's own 503. ``proxy``: a 503 that is not the portal's.
    """

    def __init__(self, app: Callable[..., Iterable[bytes]]) -> None:
        self.app = app
        self.mode: Callable[[str, str], str | None] = lambda method, path: None
        self.calls: list[tuple[str, str]] = []  # those of tablets
        self.asked: list[str] = []  # every address, by whomever

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        method, path = environ["REQUEST_METHOD"], environ["PATH_INFO"]
        self.asked.append(path)
        if not path.startswith("/sync/"):
            return self.app(environ, start_response)
        self.calls.append((method, path))
        return getattr(self, f"_{self.mode(method, path)}")(environ, start_response)

    def _None(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        return self.app(environ, start_response)

    def _portal(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        start_response("200 OK", [("Content-Type", "text/html"), ("Content-Length", str(len(HTML)))])
        return [HTML]

    def _proxy(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        start_response("503 Service Unavailable", [("Content-Type", "text/html"), ("Retry-After", "3600")])
        return [HTML]

    def _lost(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        return self._cut(environ, start_response)

    def _dropped(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        self._asked(environ)
        return self._cut(environ, start_response)

    def _twice(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        self._asked(environ | {"wsgi.input": io.BytesIO(body)})
        return self.app(environ | {"wsgi.input": io.BytesIO(body)}, start_response)

    def _asked(self, environ: dict[str, Any]) -> None:
        answer = self.app(environ, lambda *_: lambda _: None)
        for _ in answer:
            pass
        getattr(answer, "close", lambda: None)()

    def _cut(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        with suppress(OSError):
            environ["werkzeug.socket"].shutdown(socket.SHUT_RDWR)
        start_response("500 Cut", [("Content-Length", "0")])
        return []


class Office:
    """The estate of the tests behind a server; ``stop`` and ``start`` as a machine that goes down and comes back."""

    def __init__(
        self,
        settings: Settings,
        estate: Estate | None = None,
        port: int = 0,
        build: Callable[[], Estate] = Estate.build,
    ) -> None:
        """``estate``: what the database of ``settings`` holds already; None: ``build`` one."""
        self.app: Flask = create_app(settings)
        self.faults = Faults(self.app.wsgi_app)
        self.app.wsgi_app = self.faults  # type: ignore[method-assign]
        self.port = port
        self.server: Any = None
        self.estate = estate or self._built(build)

    def _built(self, build: Callable[[], Estate]) -> Estate:
        with self.app.app_context():
            estate = build()
            number_all(estate.office_id)
            number_all(estate.other_office_id)
            hashed = hash_password(PASSWORD)
            with writing() as session:
                for staff in session.query(Staff):
                    staff.password_hash = hashed
            return estate

    def __enter__(self) -> "Office":
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()
        with self.app.app_context():
            db.session.remove()
            db.engine.dispose()

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        self.server = make_server("127.0.0.1", self.port, self.app, threaded=True, request_handler=Quiet)
        self.port = self.server.server_port
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def stop(self) -> None:
        if self.server:
            self.server.shutdown()
            self.server.server_close()
            self.server = None

    @contextmanager
    def session(self) -> Iterator[Session]:
        """A look into the office's database."""
        with self.app.app_context():
            yield db.session()
            db.session.rollback()

    def today(self) -> Any:
        return clock.day_at(clock.now(), "Asia/Shanghai")

    def plan(self, *rooms: str, login: str = "field_staff", brief: str | None = None) -> None:
        """The supervisor gives a person these rooms for today."""
        with self.app.app_context():
            plans.give_plan(
                self.estate.staff[login],
                self.today(),
                by=self.estate.actor("supervisor"),
                at=datetime.now(UTC),
                household_ids=[self.estate.households[room] for room in rooms],
                brief=brief,
            )


class Tablet:
    """A browser profile on disk; closing the browser and opening it again is what happens in the field."""

    def __init__(
        self,
        driver: Playwright,
        browser: str | None,
        profile: Path,
        address: str,
        *,
        prepared: Path | None = None,
        language: str = "zh-hans",
        **options: Any,
    ) -> None:
        self.driver, self.browser, self.profile, self.address = driver, browser, profile, address
        self.language, self.options = language, options
        self.prepared = prepared
        self.context: BrowserContext | None = None
        self.errors: list[str] = []
        self.people = 0  # who set a PIN on it

    def open(self, page: str = "", *, offline: bool = False, locked: bool = False) -> Page:
        """Start the browser and open a page of the tablet; unlocked, where somebody set a PIN, unless it is to stay ``locked``."""
        self.context = self.driver.chromium.launch_persistent_context(
            str(self.profile),
            executable_path=self.browser,
            args=QUIET,
            offline=offline,
            viewport={"width": 820, "height": 1180},
            locale="zh-CN",
            timezone_id="Asia/Shanghai",
            **self.options,
        )
        shown = self.context.pages[0]
        self.watch(shown)
        shown.goto(f"{self.address}/field/{self.language}/{page}")
        if self.people and not locked:
            unlock(shown)
        return shown

    def watch(self, page: Page) -> None:
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        page.set_default_timeout(WAIT)

    def close(self) -> None:
        if self.context:
            self.context.close()
            self.context = None

    def enrol(self, login: str = "field_staff", password: str = PASSWORD) -> Page:
        """Open for the first time and sign in; returns on today's page with the worker in place."""
        page = self.open()
        page.wait_for_url("**/enrol")
        shown(page, "enrol")
        page.fill("#login", login)
        page.fill("#password", password)
        page.fill("#device_name", "3号平板")
        choose_pin(page)
        page.click("[data-slot=submit]")
        # Keys, the first download and the worker's own fetching come together here, on a busy machine for a while.
        page.locator("[data-page=today][data-started]").wait_for(state="attached", timeout=3 * WAIT)
        self.people += 1
        page.locator("html[data-offline=ready]").wait_for(state="attached", timeout=20_000)
        return page

    def ready(self) -> Page:
        """A tablet that somebody enrolled before (a copy of its profile), opened on today's page with the worker in place."""
        assert self.prepared, "nobody enrolled a tablet of this kind before"
        shutil.copytree(self.prepared, self.profile, ignore=shutil.ignore_patterns("Singleton*"))
        self.people = 1
        page = self.open()
        shown(page, "today")
        page.locator("html[data-offline=ready]").wait_for(state="attached", timeout=20_000)
        return page

    def offline(self, away: bool = True) -> None:
        assert self.context
        self.context.set_offline(away)


def choose_pin(page: Page, pin: str = PIN) -> None:
    """Type a new PIN, and once more."""
    page.fill("#pin", pin)
    page.fill("#pin_again", pin)


def unlock(page: Page, pin: str = PIN) -> None:
    """Open a locked tablet."""
    shown(page, "unlock")
    page.fill("#pin", pin)
    page.press("#pin", "Enter")
    page.locator("[data-page=unlock]").wait_for(state="detached")


def shown(page: Page, name: str) -> None:
    """Wait until a page of the tablet has been filled."""
    page.locator(f"[data-page={name}][data-started]").wait_for(state="attached", timeout=WAIT)


def go(page: Page, name: str, **query: str) -> None:
    """Open a page of the tablet by its address."""
    language = page.locator("html").get_attribute("data-language")
    asked = "&".join(f"{key}={value}" for key, value in query.items())
    origin = "/".join(page.url.split("/")[:3])
    page.goto(f"{origin}/field/{language}/{'' if name == 'today' else name}{'?' + asked if asked else ''}")
    shown(page, name)


def photo(path: Path, seed: int = 1) -> Path:
    """A picture as large as a camera makes it, different for each seed."""
    image = Image.effect_noise((2400, 1800), 60 + seed).convert("RGB")
    image.save(path, "JPEG", quality=92)
    return path


def choose(page: Page, path: str, value: str) -> None:
    """Tap one of the answers of a choice or a scale."""
    page.locator(f'[data-path="{path}"] label:has(input[value="{value}"])').click()


def write(page: Page, path: str, words: str) -> None:
    page.locator(f'[data-path="{path}"] [name]').fill(words)


def onward(page: Page) -> None:
    page.click("[data-slot=next]")


def sign(page: Page, place: str = '[data-path="resident_signature"]') -> None:
    """Draw a few strokes with the finger."""
    pad = page.locator(f"{place} canvas")
    pad.scroll_into_view_if_needed()
    box = pad.bounding_box()
    assert box
    page.mouse.move(box["x"] + 30, box["y"] + 40)
    page.mouse.down()
    for step in range(1, 12):
        page.mouse.move(box["x"] + 30 + 16 * step, box["y"] + 40 + (18 if step % 2 else -12))
    page.mouse.up()


def add_opinion(page: Page, kind: str, words: str, *, answered: str | None = None) -> str:
    """One more opinion; returns its id."""
    members = page.locator('[data-path="opinions"] [data-member]:not([data-member="__id__"])')
    before = members.count()
    page.click('[data-path="opinions"] [data-add]')
    expect(members).to_have_count(before + 1)
    member = members.last
    expect(member.locator(".adding")).to_be_visible()
    own = member.get_attribute("data-member") or ""
    choose(page, f"opinions/{own}/kind", kind)
    write(page, f"opinions/{own}/content", words)
    choose(page, f"opinions/{own}/answered_at_once", "yes" if answered else "no")
    if answered:
        write(page, f"opinions/{own}/answered_with", answered)
    return own


def saved(page: Page) -> None:
    """Everything typed so far lies on the tablet: the next second has passed and the page says so."""
    page.wait_for_timeout(700)
    expect(page.locator("[data-slot=saved]")).to_contain_text("已存在本机")
