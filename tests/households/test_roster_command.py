"""``portal import-roster``: counts, words for every row that comes back, and an exit status that can be trusted."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from flask import Flask
from sqlalchemy import func, select

from portal.cli import cli
from portal.core.db import db
from portal.domain.refusals import Refused
from portal.households.models import Community, Household, RosterImport
from tests.factories import Estate
from tests.households.rosters import HEADING, ROSTERS, csv_of

ROOT = Path(__file__).parents[2]
OFFICE = "锦绣花园管理处"
BROKEN = csv_of(
    HEADING,
    ("1栋", "1单元", "101", "张三", "13900000001", "2016-06-29", "自住"),
    ("1栋", "1单元", "", "李四", "13900000002", "", "自住"),
    ("1栋", "1单元", "不知道哪一间", "王五", "13900000003", "", "自住"),
)


def run(app: Flask, *arguments: str | Path) -> Result:
    return CliRunner().invoke(cli, ["import-roster", *map(str, arguments)], obj=lambda: app, standalone_mode=False)


def held() -> tuple[int, int, int]:
    db.session.rollback()
    return tuple(db.session.scalar(select(func.count()).select_from(t)) for t in (Community, Household, RosterImport))  # type: ignore[return-value]


@pytest.mark.parametrize(
    ("name", "first", "again"),
    [
        (
            "jinxiu_gb18030.csv",
            "read 1632, imported 1632, merged 0, refused 0",
            "read 1632, imported 0, merged 1632, refused 0",
        ),
        (
            "haibin_traditional.csv",
            "read 960, imported 960, merged 0, refused 0",
            "read 960, imported 0, merged 960, refused 0",
        ),
        ("cuihu.xlsx", "read 630, imported 624, merged 6, refused 0", "read 630, imported 0, merged 630, refused 0"),
    ],
)
def test_a_roster_is_imported_and_a_second_time_found(
    app: Flask, estate: Estate, name: str, first: str, again: str
) -> None:
    where = ("--community", "新名册", "--office", OFFICE)
    for expected in (first, again):
        done = run(app, ROSTERS / name, *where, "--create")
        assert (done.exception, done.stdout, done.stderr) == (None, f"{expected}\n", "")


def test_rows_that_come_back_are_told_in_words_and_in_the_exit_status(
    app: Flask, estate: Estate, tmp_path: Path
) -> None:
    roster = tmp_path / "roster.csv"
    roster.write_bytes(BROKEN)
    done = run(app, roster, "--community", "翠湖苑", "--office", OFFICE, "--create")
    assert done.exit_code == 1
    assert done.stdout == "read 3, imported 1, merged 0, refused 2\n"
    assert done.stderr.splitlines() == [
        "line 3: No room number",
        "line 4: The address could not be understood: 不知道哪一间",
    ]


def test_the_outcome_can_be_read_by_another_program(app: Flask, estate: Estate, tmp_path: Path) -> None:
    roster = tmp_path / "roster.csv"
    roster.write_bytes(BROKEN)
    done = run(app, roster, "--community", "翠湖苑", "--office", OFFICE, "--create", "--json")
    told: dict[str, Any] = json.loads(done.stdout)
    assert done.exit_code == 1
    assert {name: told[name] for name in ("read", "imported", "merged", "refused")} == {
        "read": 3, "imported": 1, "merged": 0, "refused": 2,
    }  # fmt: skip
    assert [(row["line"], row["code"]) for row in told["refused_rows"]] == [(3, "no_room"), (4, "address_unreadable")]
    assert told["community"] == "翠湖苑"


def test_a_dry_run_counts_the_same_and_writes_nothing(app: Flask, estate: Estate, tmp_path: Path) -> None:
    before = held()
    where = ("--community", "翠湖苑", "--office", OFFICE, "--create")
    done = run(app, ROSTERS / "cuihu.xlsx", *where, "--dry-run")
    assert (done.exit_code, done.stdout) == (0, "read 630, imported 624, merged 6, refused 0\n")
    assert held() == before
    assert not list((tmp_path / "rosters").iterdir()), "what was unpacked is gone"
    run(app, ROSTERS / "cuihu.xlsx", *where)
    done = run(app, ROSTERS / "cuihu.xlsx", "--community", "翠湖苑", "--office", OFFICE, "--dry-run")
    assert done.stdout == "read 630, imported 0, merged 630, refused 0\n"


def test_of_several_offices_one_must_be_named(app: Flask, estate: Estate) -> None:
    done = run(app, ROSTERS / "cuihu.xlsx", "--community", "翠湖苑", "--create")
    assert isinstance(done.exception, Refused) and done.exception.code == "office.unknown"
    assert done.exception.params == {"known": "海滨苑管理处、锦绣花园管理处"}


def test_an_unknown_community_is_not_made_by_mistake(app: Flask, estate: Estate) -> None:
    before = held()
    done = run(app, ROSTERS / "cuihu.xlsx", "--community", "翠胡苑", "--office", OFFICE)
    assert isinstance(done.exception, Refused) and done.exception.code == "community.unknown"
    assert done.exception.params == {"known": "锦绣花园"}
    assert held() == before


def test_the_community_is_known_by_either_name(app: Flask, estate: Estate, tmp_path: Path) -> None:
    roster = tmp_path / "roster.csv"
    roster.write_bytes(csv_of(HEADING, ("9栋", "1单元", "101", "张三", "", "", "自住")))
    done = run(app, roster, "--community", "錦繡花園", "--office", "錦繡花園管理處")
    assert (done.exception, done.stdout) == (None, "read 1, imported 1, merged 0, refused 0\n")
    assert held()[0] == 2


def test_a_new_community_takes_the_first_handover_it_is_given(app: Flask, estate: Estate) -> None:
    done = run(
        app,
        ROSTERS / "cuihu.xlsx",
        "--community",
        "翠湖苑",
        "--office",
        OFFICE,
        "--create",
        "--first-handover",
        "2022-03-01",
    )
    assert done.exit_code == 0
    community = db.session.scalars(select(Community).where(Community.name_hans == "翠湖苑")).one()
    assert (str(community.first_handover_on), community.handover_proposed) == ("2022-03-01", False)
    assert run(app, ROSTERS / "cuihu.xlsx", "--community", "x", "--first-handover", "2022-03-01").exit_code != 0


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "There is nothing in this file. Please choose the file that holds the roster."),
        (b"%PDF-1.7 whatever", "This is a PDF. Please upload the spreadsheet it was printed from, as XLSX or CSV."),
        (b"PK\x03\x04broken", "This file is damaged or cut short. Please open it in a spreadsheet program, save it anew as XLSX and upload that."),
        ("姓名,电话\n张三,13900000001\n".encode(), "No column tells the rooms. Please choose which column holds the room or the address."),
    ],
)  # fmt: skip
def test_a_process_ends_in_words_and_with_status_1(
    tmp_path: Path, sqlite_template: Path, content: bytes, words: str
) -> None:
    (tmp_path / "portal.sqlite").write_bytes(sqlite_template.read_bytes())
    roster = tmp_path / "roster.xlsx"
    roster.write_bytes(content)
    environment = {"PORTAL_INSTANCE": str(tmp_path), "PATH": "/usr/bin:/bin"}
    portal = [sys.executable, "-m", "portal.cli"]
    subprocess.run([*portal, "init", "--office", OFFICE], cwd=ROOT, env=environment, check=True, capture_output=True)
    command = [*portal, "import-roster", str(roster), "--community", "翠湖苑", "--create"]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (1, "", f"{words}\n")
