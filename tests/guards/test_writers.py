"""Four processes write at once and nothing is lost; a write outside ``writing()`` fails loudly."""

import subprocess
import sys
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import insert, select
from sqlalchemy.exc import DBAPIError

from portal.accounts.models import Company
from portal.core.changes import ChangeCounter
from portal.core.db import db
from tests.factories import Estate

ROOT = Path(__file__).parents[2]
EACH = 50
WRITER = """
import sys
from pathlib import Path
from uuid import UUID
from sqlalchemy import select
from portal.app import create_app
from portal.core.changes import ChangeCounter
from portal.core.db import db, writing
from tests.conftest import settings_for

folder, url, office, times = Path(sys.argv[1]), sys.argv[2], UUID(sys.argv[3]), int(sys.argv[4])
with create_app(settings_for(folder, url)).app_context():
    for _ in range(times):
        with writing() as session:
            row = session.scalars(select(ChangeCounter).where(ChangeCounter.office_id == office).with_for_update()).one()
            row.seq = row.seq + 1
"""


def test_four_processes_lose_no_update(app: Flask, estate: Estate, tmp_path: Path) -> None:
    url = app.config["SQLALCHEMY_DATABASE_URI"]
    command = [sys.executable, "-c", WRITER, str(tmp_path), url, str(estate.office_id), str(EACH)]
    writers = [subprocess.Popen(command, cwd=ROOT, stderr=subprocess.PIPE) for _ in range(4)]
    for writer in writers:
        _, problem = writer.communicate(timeout=60)
        assert writer.returncode == 0, problem.decode()[-2000:]
    db.session.remove()
    assert db.session.scalar(select(ChangeCounter.seq).where(ChangeCounter.office_id == estate.office_id)) == 4 * EACH


def test_a_write_outside_writing_fails_loudly(app: Flask) -> None:
    with pytest.raises(DBAPIError):
        db.session.execute(insert(Company).values(name_hans="x", name_hant="x", sync_epoch="1"))
    db.session.rollback()
