"""The demo that all pages are opened with: made once for a run, copied for each process, at a day and minute that stands still."""

import fcntl
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from unittest import mock
from uuid import UUID

from flask import Flask
from sqlalchemy import select, update

from portal.accounts import devices
from portal.accounts.actors import actor_for
from portal.accounts.models import Office, Staff
from portal.app import create_app
from portal.core import clock
from portal.core.database_commands import bring_up_to_date
from portal.core.db import db, writing
from portal.core.jobs import Job
from portal.demo.command import SEED, fill
from portal.households.models import Household
from portal.households.roster_import import receive
from tests.conftest import settings_for
from tests.households.rosters import HEADING, ask_for, csv_of, take
from tests.sync.contract_client import Tablet, new_fact

AS_OF = date(2026, 3, 5)
NOW = datetime(2026, 3, 5, 2, 24, tzinfo=UTC)
HOUSEHOLDS, DAYS = 60, 60
ROSTER = csv_of(
    HEADING,
    ("1栋", "1单元", "101", "张三", "13900000001", "2016-06-29", "自住"),
    ("1栋", "1单元", "", "李四", "13912345678", "2016-06-29", "自住"),
    ("1栋", "1单元", "103", "王五", "13900000003", "民国105年6月", "自住"),
)


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
        _what_the_demo_lacks(app, folder)
        with writing() as session:
            session.execute(update(Staff).values(language=None))  # the reader's language comes from the browser
        db.session.remove()
        db.engine.dispose()


def _what_the_demo_lacks(app: Flask, folder: Path) -> None:
    """A tablet, records that could not be read, rosters in each state."""
    session = db.session()
    office = session.scalars(select(Office).where(Office.letter_code == "青物公")).one()
    staff = {person.login: person for person in session.scalars(select(Staff))}
    supervisor = actor_for(session, staff["supervisor"], on=AS_OF, office_id=office.id)
    home = session.scalars(select(Household.id).where(Household.office_id == office.id).order_by(Household.id)).first()
    office_id, field = office.id, staff["field"].id  # the jobs below give back the session, and these rows with it
    with writing() as write:
        write.execute(update(Job).values(due_at=NOW + timedelta(days=1)))  # PDFs: nobody waits for them here
    take(office_id, ROSTER, folder, name="望月园")
    ask_for(office_id, ROSTER, folder, name="翠湖苑", filename="翠湖苑名册.csv")
    (folder / "third.csv").write_bytes(ROSTER)
    receive(folder / "third.csv", "补充名册.csv", db.session.get_one(Office, office_id), by=supervisor.id, at=NOW)
    _tablet_with_trouble(app, field, home)


def _tablet_with_trouble(app: Flask, staff_id: UUID, household_id: UUID | None) -> None:
    def send(
        method: str, path: str, headers: Mapping[str, str], content: bytes
    ) -> tuple[int, Mapping[str, str], bytes]:
        answer = app.test_client(use_cookies=False).open(path, method=method, headers=dict(headers), data=content)
        return answer.status_code, dict(answer.headers), answer.get_data()

    made = devices.enrol(staff_id, "3号平板", at=NOW - timedelta(days=20))
    db.session.rollback()
    tablet = Tablet(send, made.token)
    assert tablet.schema
    body = {
        "type": "regular",
        "method": "pigeon",
        "visitors": [str(staff_id)],
        "outcome": None,
        "resident_name": "陈文",
    }
    tablet.send_one(new_fact("visit", str(household_id), "visit@1", body))
    tablet.send_one({**new_fact("visit", str(household_id), "visit@1", body), "sha256": "0" * 64})
    db.session.rollback()
