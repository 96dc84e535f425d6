"""The demo that all pages are opened with: made once for a run, copied for each process, at a day and minute that stands still."""

import fcntl
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path
from unittest import mock

from flask import Flask
from sqlalchemy import update

from portal.accounts.models import Staff
from portal.app import create_app
from portal.core import clock
from portal.core.database_commands import bring_up_to_date
from portal.core.db import db, writing
from portal.demo.command import SEED, fill
from tests.conftest import settings_for

AS_OF = date(2026, 3, 5)
NOW = datetime(2026, 3, 5, 2, 24, tzinfo=UTC)
HOUSEHOLDS, DAYS = 60, 60


@contextmanager
def standing_clock() -> Iterator[None]:
    """It stays a quarter past ten of the demo's day, so that a page looks the same whenever it is opened."""
    with mock.patch.object(clock, "now", lambda: NOW):
        yield


def made_once(folder: Path) -> Path:
    """The folder of the finished demo: made by the process that comes first, the others wait for it."""
    folder.mkdir(parents=True, exist_ok=True)
    done = folder / "made"
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not done.exists():
            (folder / "portal.sqlite").unlink(missing_ok=True)  # half made by a process that failed
            with standing_clock():
                _make(folder)
            done.touch()
    return folder


def copy_of(template: Path, folder: Path) -> Flask:
    """An installation of one's own with the demo in it."""
    folder.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(template / "portal.sqlite", folder / "portal.sqlite")
    shutil.copytree(template / "blobs", folder / "blobs", dirs_exist_ok=True)
    return create_app(settings_for(folder, f"sqlite:///{folder / 'portal.sqlite'}"))


def _make(folder: Path) -> None:
    app = create_app(settings_for(folder, f"sqlite:///{folder / 'portal.sqlite'}"))
    with app.app_context():
        bring_up_to_date()
        fill(
            app.config["PORTAL"].secret_key,
            seed=SEED,
            as_of=AS_OF,
            households=HOUSEHOLDS,
            tell=lambda _: None,
            days=DAYS,
        )
        with writing() as session:
            session.execute(update(Staff).values(language=None))  # the reader's language comes from the browser
        db.session.remove()
        db.engine.dispose()
