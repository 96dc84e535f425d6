"""A backup holds everything and comes back whole, from either database into either."""

import shutil
import zipfile
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select

from portal.accounts.models import Company
from portal.app import create_app
from portal.core import backup, clock
from portal.core.db import Model, db, writing
from portal.core.ids import new_id
from portal.core.storage import Blob
from portal.domain.refusals import Refused
from portal.households.models import Household, Resident
from tests.conftest import settings_for
from tests.factories import AT, Estate

REVISION = "0001"


def counts() -> dict[str, int]:
    return {t.name: db.session.scalar(select(func.count()).select_from(t)) or 0 for t in Model.metadata.sorted_tables}


@pytest.fixture
def made(app: Flask, estate: Estate, tmp_path: Path) -> Path:
    store = app.extensions["store"]
    sha256 = store.put(b"a photo of a door")
    with writing() as session:
        session.add(
            Blob(id=new_id(), office_id=estate.office_id, sha256=sha256, size=17, type="image/png", received_at=AT)
        )
        session.get_one(Household, estate.households["101"]).remark = "两岁的猫\x01 𬱖"
    target = tmp_path / "made.zip"
    backup.backup(target, store, at=clock.now())
    return target


@pytest.fixture
def empty(sqlite_template: Path, tmp_path: Path) -> Flask:
    folder = tmp_path / "elsewhere"
    settings = settings_for(folder, f"sqlite:///{folder}/portal.sqlite")
    shutil.copyfile(sqlite_template, folder / "portal.sqlite")
    return create_app(settings)


def test_what_was_backed_up_is_there_again(app: Flask, estate: Estate, made: Path, empty: Flask) -> None:
    before, epoch = counts(), db.session.scalar(select(Company.sync_epoch))
    with empty.app_context():
        backup.restore(made, empty.extensions["store"], revision=REVISION)
        assert counts() == before
        assert db.session.get_one(Household, estate.households["101"]).remark == "两岁的猫\x01 𬱖"
        assert (
            db.session.scalar(select(Resident.phone).where(Resident.household_id == estate.households["304"]))
            == "13900000304"
        )
        assert empty.extensions["store"].read(db.session.scalar(select(Blob.sha256)) or "") == b"a photo of a door"
        assert db.session.scalar(select(Company.sync_epoch)) != epoch, "tablets must notice"
        db.engine.dispose()


def test_a_database_with_data_is_not_overwritten(app: Flask, made: Path) -> None:
    with pytest.raises(Refused, match="backup.not_empty"):
        backup.restore(made, app.extensions["store"], revision=REVISION)


def test_a_changed_byte_is_seen_and_nothing_is_loaded(made: Path, empty: Flask, tmp_path: Path) -> None:
    damaged = tmp_path / "damaged.zip"
    with zipfile.ZipFile(made) as source, zipfile.ZipFile(damaged, "w") as target:
        for name in source.namelist():
            content = source.read(name)
            target.writestr(name, content.replace(b"1390", b"1391") if name == "tables/resident.jsonl" else content)
    with empty.app_context():
        with pytest.raises(Refused, match="backup.damaged"):
            backup.restore(damaged, empty.extensions["store"], revision=REVISION)
        assert not any(n for name, n in counts().items() if name != "form_version")
        db.engine.dispose()


def test_what_is_no_backup_is_refused(empty: Flask, tmp_path: Path) -> None:
    nothing = tmp_path / "holiday.zip"
    nothing.write_bytes(b"PK\x03\x04 not really")
    with empty.app_context(), pytest.raises(Refused, match="backup.unreadable"):
        backup.restore(nothing, empty.extensions["store"], revision=REVISION)


def test_a_restore_is_refused_while_a_server_holds_the_instance(tmp_path: Path) -> None:
    with (
        backup.holding(tmp_path, by="serve"),
        pytest.raises(Refused, match="backup.server_runs"),
        backup.holding(tmp_path, by="restore"),
    ):
        pass
