"""One Chromium for all browser tests: the machine's own where there is one, else Playwright's."""

import os
import shutil
import socket
from collections.abc import Callable, Iterator
from contextlib import suppress
from copy import deepcopy
from pathlib import Path
from typing import NamedTuple

import pytest
from playwright.sync_api import Browser, Playwright, expect, sync_playwright

from tests.browser.tablet import QUIET, WAIT, Office, Tablet
from tests.conftest import settings_for
from tests.core.conftest import fonts
from tests.factories import Estate

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


class Prepared(NamedTuple):
    """An office in which a tablet was enrolled, as left when both were switched off: copied for each test."""

    database: Path
    estate: Estate
    profile: Path
    port: int  # what a browser keeps belongs to an address, so each office answers at the same one


def lasting_port() -> int:
    """A free port below those that systems give to outgoing connections: nobody takes it between two tests."""
    for port in range(20_000 + os.getpid() % 5_000, 32_000):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            with suppress(OSError):
                probe.bind(("127.0.0.1", port))
                return port
    pytest.fail("no free port between 20000 and 32000")


@pytest.fixture(scope="session")
def prepared(driver: Playwright, sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Prepared:
    folder = tmp_path_factory.mktemp("prepared")
    path = folder / "portal.sqlite"
    shutil.copyfile(sqlite_template, path)
    with Office(settings_for(folder, f"sqlite:///{path}"), port=lasting_port()) as office:
        tablet = Tablet(driver, installed(), folder / "tablet", office.address)
        tablet.enrol()
        tablet.close()
        assert tablet.errors == []
    return Prepared(path, office.estate, folder / "tablet", office.port)


@pytest.fixture
def office(tmp_path: Path, prepared: Prepared) -> Iterator[Office]:
    """An office with its estate behind a real server that can be made to fail."""
    path = tmp_path / "portal.sqlite"
    shutil.copyfile(prepared.database, path)
    settings = settings_for(tmp_path, f"sqlite:///{path}")
    with Office(settings, deepcopy(prepared.estate), prepared.port) as office:
        yield office


@pytest.fixture
def tablet(driver: Playwright, office: Office, prepared: Prepared, tmp_path: Path) -> Iterator[Callable[..., Tablet]]:
    """Make a tablet: a browser profile of its own, which outlives the browser; new (``enrol``) or in use (``ready``)."""
    made: list[Tablet] = []

    def make(name: str = "tablet", **options: object) -> Tablet:
        given = {"prepared": prepared.profile, **options}
        tablet = Tablet(driver, installed(), tmp_path / name, office.address, **given)  # type: ignore[arg-type]
        made.append(tablet)
        return tablet

    yield make
    for tablet in made:
        tablet.close()
        assert tablet.errors == []
