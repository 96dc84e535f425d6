"""The pages of the URL map, and one copy of the demo for each process that opens them."""

import fcntl
import hashlib
import json
import os
import tempfile
from collections.abc import Iterator
from dataclasses import asdict
from functools import cache
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import sync_playwright

from portal.app import create_app
from portal.core.db import db
from tests.browser.conftest import installed
from tests.browser.tablet import QUIET
from tests.client import PortalClient
from tests.conftest import settings_for
from tests.pages import demo as demos
from tests.pages.browser import Look, Reader, Seen, looked_at, served
from tests.pages.examples import Page, pages_of


def bare_app() -> Flask:
    """The application without a database: enough to read its URL map."""
    with tempfile.TemporaryDirectory() as folder:
        return create_app(settings_for(Path(folder), f"sqlite:///{folder}/none.sqlite"))


@cache
def all_pages() -> list[Page]:
    return pages_of(bare_app())


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """A test that asks for a ``page`` is run for each."""
    if "page" in metafunc.fixturenames:
        metafunc.parametrize("page", [pytest.param(page, id=page.name) for page in all_pages()])


@pytest.fixture(autouse=True)
def _standing_clock() -> Iterator[None]:
    with demos.standing_clock():
        yield


@pytest.fixture(scope="session")
def bare() -> Flask:
    return bare_app()


@pytest.fixture(scope="session")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of all processes of this run."""
    own = tmp_path_factory.getbasetemp()
    return own.parent if "PYTEST_XDIST_WORKER" in os.environ else own


@pytest.fixture(scope="session")
def template(shared: Path) -> Path:
    """The demo, made once for all processes of a run."""
    return demos.made_once(shared / "demo-of-pages")


@pytest.fixture(scope="session")
def installation(template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    app = demos.copy_of(template, tmp_path_factory.mktemp("pages"))
    app.config["TESTING"] = True
    app.test_client_class = PortalClient
    yield app
    with app.app_context():
        db.engine.dispose()


@pytest.fixture
def demo(installation: Flask) -> Iterator[Flask]:
    with installation.app_context():
        yield installation
        db.session.remove()


@pytest.fixture(scope="session")
def reader(installation: Flask, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Reader]:
    with sync_playwright() as driver, served(installation) as address:
        browser = driver.chromium.launch(executable_path=installed(), args=QUIET)
        reader = Reader(installation, address, driver, browser, installed(), tmp_path_factory.mktemp("profile"))
        yield reader
        reader.close()
        browser.close()


@pytest.fixture(scope="session")
def look(reader: Reader, shared: Path) -> Look:
    """What is to be seen on a page; looked at once in a run, however many tests and processes ask."""
    folder = shared / "seen-on-pages"
    folder.mkdir(exist_ok=True)

    def looked(page: Page) -> Seen:
        told = folder / hashlib.sha256(page.name.encode()).hexdigest()
        with told.with_suffix(".lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not told.exists():
                told.write_text(json.dumps(asdict(looked_at(reader, page))), "utf-8")
        return Seen(**json.loads(told.read_text("utf-8")))

    return looked
