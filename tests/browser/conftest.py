"""One Chromium for all browser tests: the machine's own where there is one, else Playwright's."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Playwright, expect, sync_playwright

from tests.browser.tablet import QUIET, WAIT, Office, Tablet
from tests.conftest import settings_for
from tests.core.conftest import fonts

__all__ = ["fonts"]
expect.set_options(timeout=WAIT)  # a busy machine is no failure; what holds is seen at once all the same


def installed() -> str | None:
    return shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")


@pytest.fixture(scope="session")
def driver() -> Iterator[Playwright]:
    with sync_playwright() as playwright:
        yield playwright


@pytest.fixture(scope="session")
def chromium(driver: Playwright) -> Iterator[Browser]:
    browser = driver.chromium.launch(executable_path=installed(), args=QUIET)
    yield browser
    browser.close()


@pytest.fixture
def office(tmp_path: Path, sqlite_template: Path) -> Iterator[Office]:
    """An office with its estate behind a real server that can be made to fail."""
    path = tmp_path / "portal.sqlite"
    shutil.copyfile(sqlite_template, path)
    with Office(settings_for(tmp_path, f"sqlite:///{path}")) as office:
        yield office


@pytest.fixture
def tablet(driver: Playwright, office: Office, tmp_path: Path) -> Iterator[Callable[..., Tablet]]:
    """Make a tablet: a browser profile of its own, which outlives the browser."""
    made: list[Tablet] = []

    def make(name: str = "tablet", **options: object) -> Tablet:
        tablet = Tablet(driver, installed(), tmp_path / name, office.address, **options)  # type: ignore[arg-type]
        made.append(tablet)
        return tablet

    yield make
    for tablet in made:
        tablet.close()
        assert tablet.errors == []
