"""Rosters into the database: counted as a careful clerk would, once, whatever happens meanwhile."""

import subprocess
import sys
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select, update

from portal.accounts.models import Office
from portal.core import clock, jobs, search
from portal.core.audit import Event
from portal.core.changes import Change, newest
from portal.core.db import db, writing
from portal.domain.refusals import Refused
from portal.households.communities import add_community, community_named, new_community
from portal.households.models import Building, Community, Household, Resident, RosterImport, RosterRow
from portal.households.roster_import import begin, begin_again, start_import
from portal.households.roster_reading import forget, store
from portal.households.roster_slices import import_slice
from tests.factories import AT, DAY, Estate
from tests.households.rosters import HEADING, ROSTERS, ask_for, counts, csv_of, estate_rows, take, work, workbook_of

ROOT = Path(__file__).parents[2]
THREE = [
    ("jinxiu_gb18030.csv", (1632, 1632, 0, 0)),
    ("haibin_traditional.csv", (960, 960, 0, 0)),
    ("cuihu.xlsx", (630, 624, 6, 0)),
]


def households(community: str = "翠湖苑") -> dict[str, Household]:
    found = select(Household).join(Community).where(Community.name_hans == community)
    return {row.address_key: row for row in db.session.scalars(found)}


def people(key: str) -> list[Resident]:
    return list(households()[key].residents)


def told(found: RosterImport) -> list[tuple[int, str, str]]:
    rows = select(RosterRow).where(RosterRow.import_id == found.id).order_by(RosterRow.line, RosterRow.code)
    return [(row.line, row.outcome, row.code) for row in db.session.scalars(rows)]


def everything() -> list[Any]:
    """All that stands in the tables a roster fills."""
    return [db.session.execute(select(*t.__table__.columns).order_by(t.id)).all() for t in (Community, Building, Household, Resident)]  # fmt: skip


# Counts


@pytest.mark.parametrize(("name", "expected"), THREE)
def test_a_roster_is_counted_as_a_careful_clerk_would_and_a_second_time_finds_all(
    estate: Estate, tmp_path: Path, name: str, expected: tuple[int, int, int, int]
) -> None:
    assert counts(take(estate.office_id, ROSTERS / name, tmp_path)) == expected
    before, at = everything(), newest(db.session(), estate.office_id)
    events = db.session.scalar(select(func.count()).where(Event.name.like("households:household:%")))
    read, imported, _, _ = expected
    assert counts(take(estate.office_id, ROSTERS / name, tmp_path)) == (read, 0, read, 0)
    assert everything() == before
    assert newest(db.session(), estate.office_id) == at, "nothing has changed, so no tablet has to fetch anything"
    assert (
        db.session.scalar(select(func.count()).where(Event.name.like("households:household:%"))) == events == imported
    )


def test_refused_rows_keep_their_reason_and_their_cells(estate: Estate, tmp_path: Path) -> None:
    found = take(
        estate.office_id,
        csv_of(
            HEADING,
            ("1栋", "1单元", "101", "张三", "13900000001", "2016-06-29", "自住"),
            ("1栋", "1单元", "", "李四", "13900000002", "", "自住"),
            ("1栋", "1单元", "103", "=A1", "13900000003", "", "自住"),
        ),
        tmp_path,
    )
    assert counts(found) == (3, 1, 0, 2)
    assert told(found) == [(3, "refused", "no_room"), (4, "refused", "formula")]
    assert found.reasons == {"refused:no_room": 1, "refused:formula": 1}
    row = db.session.scalars(select(RosterRow).where(RosterRow.line == 3)).one()
    assert row.cells[3] == "李四" and row.office_id == estate.office_id


def test_a_doubtful_row_is_taken_and_told_of(estate: Estate, tmp_path: Path) -> None:
    found = take(estate.office_id, csv_of(HEADING, ("1栋", "", "101", "张三", "", "民国105年", "")), tmp_path)
    assert (found.imported, found.doubtful) == (1, 1)
    assert (2, "doubtful", "date_republic") in told(found)


# What is made


def test_a_household_holds_what_the_row_says_and_says_what_is_only_assumed(estate: Estate, tmp_path: Path) -> None:
    rows = [
        (*HEADING, "建筑面积", "备注"),
        ("1栋", "2单元", "1203", "张三、李四", "13900000001", "2016年6月", "出租", "89.50", "有犬"),
    ]
    take(estate.office_id, csv_of(*rows), tmp_path)
    home = households()["1|2|1203"]
    assert (home.stair, home.floor, home.floor_guessed, home.room) == ("2", 12, True, "1203")
    assert (home.occupancy, home.tenure, home.area_hundredths, home.remark) == ("occupied", "let", 8950, "有犬")
    assert (home.moved_in, home.moved_in_precision) == (date(2016, 6, 1), "month")
    assert home.assumed == ["key", "kind", "permanent"]
    assert [(p.name, p.relation, p.phone, p.phone_tail, p.position) for p in home.residents] == [
        ("张三", "owner", "13900000001", "0001", 0),
        ("李四", "owner", "", "", 1),
    ]


def test_whom_no_column_describes_owns_the_flat_or_rents_it_where_it_is_let(estate: Estate, tmp_path: Path) -> None:
    heading = ("楼栋", "房号", "姓名", "入住状态")
    take(estate.office_id, csv_of(heading, ("1栋", "101", "张三", "自住"), ("1栋", "102", "李四", "出租")), tmp_path)
    assert [people(f"1|{room}")[0].relation for room in (101, 102)] == ["owner", "tenant"]


def test_codes_for_published_draws_tell_nothing(estate: Estate, tmp_path: Path) -> None:
    take(estate.office_id, ROSTERS / "cuihu.xlsx", tmp_path)
    codes = [home.unit_code for home in households().values()]
    assert len(set(codes)) == len(codes) == 624
    assert all(len(code) == 16 and set(code) <= set("0123456789abcdef") for code in codes)


def test_names_of_places_are_pairs_and_a_converted_half_is_marked(estate: Estate, tmp_path: Path) -> None:
    take(estate.office_id, csv_of(("座", "單位", "住戶姓名"), ("紫荊閣", "12A", "陳大文")), tmp_path, name="海濱苑二期")
    community = community_named(db.session(), estate.office_id, "海滨苑二期")
    assert (community.name_hans, community.name_hant, community.script) == ("海滨苑二期", "海濱苑二期", "zh-Hant")
    assert not community.name_checked
    assert [(b.name_hans, b.name_hant) for b in community.buildings] == [("紫荆阁", "紫荊閣")]
    assert db.session.scalars(select(Resident).where(Resident.name == "陳大文")).one().name_key == "陈大文"


def test_a_name_given_in_both_scripts_is_checked(estate: Estate) -> None:
    office = db.session.get_one(Office, estate.office_id)
    both = new_community("后海里", office, other_half="後海里", today=DAY)
    assert (both.names.hans, both.names.hant, both.checked) == ("后海里", "後海里", True)


def test_a_second_community_of_one_name_is_refused(estate: Estate) -> None:
    office = db.session.get_one(Office, estate.office_id)
    new = new_community("錦繡花園", office, today=DAY)
    with writing() as session, pytest.raises(Refused, match="community.name_taken"):
        add_community(session, office, new, by=None, at=AT)


def test_everything_is_numbered_for_tablets(estate: Estate, tmp_path: Path) -> None:
    take(estate.office_id, csv_of(HEADING, *estate_rows(2, floors=2)), tmp_path)
    community = community_named(db.session(), estate.office_id, "翠湖苑")
    kinds = db.session.execute(
        select(Change.kind, func.count(Change.record_id.distinct()))
        .where(Change.office_id == estate.office_id, Change.community_id == community.id)
        .group_by(Change.kind)
    )
    assert {row.kind: row[1] for row in kinds} == {"community": 1, "building": 2, "household": 16}


@pytest.mark.parametrize("words", ["1单元1203", "1203 張三", "张三", "3栋", "6677", "翠湖 1203", "翠湖苑"])
def test_a_household_is_found_by_place_name_and_number_in_either_script(
    estate: Estate, tmp_path: Path, words: str
) -> None:
    row = ("3栋", "1单元", "1203", "张三", "13900006677", "", "")
    take(estate.office_id, csv_of(HEADING, row, ("2栋", "2单元", "901", "李四", "13900001111", "", "")), tmp_path)
    found = search.find(db.session(), [estate.office_id], "household", words)
    assert found is not None and households()["3|1|1203"].id in found


# The first handover


def test_the_first_handover_is_proposed_from_the_earliest_day_of_moving_in(estate: Estate, tmp_path: Path) -> None:
    rows = [("1栋", "", "101", "张三", "", "2016-06-29", ""), ("1栋", "", "102", "李四", "", "2014-03", "")]
    take(estate.office_id, csv_of(HEADING, *rows, ("1栋", "", "103", "王五", "", "2099-01-01", "")), tmp_path)
    community = community_named(db.session(), estate.office_id, "翠湖苑")
    assert (community.first_handover_on, community.handover_proposed) == (date(2014, 3, 1), True)


def test_a_first_handover_that_somebody_said_stays(estate: Estate, tmp_path: Path) -> None:
    take(estate.office_id, csv_of(HEADING, ("9栋", "", "101", "张三", "", "2011-06-29", "")), tmp_path, name="锦绣花园")
    community = db.session.get_one(Community, estate.community_id)
    assert (community.first_handover_on, community.handover_proposed) == (date(2015, 1, 1), False)


# Meeting what is there


def test_a_row_fills_in_what_is_not_known_and_overwrites_nothing(estate: Estate, tmp_path: Path) -> None:
    heading = (*HEADING, "建筑面积", "是否常住")
    before = ("1栋", "1单元", "101", "张三", "13900000001", "2016-06", "", "", "")
    take(estate.office_id, csv_of(heading, before), tmp_path)
    after = ("1#", "1", "0101", "張三、李四", "13900000002", "2016-06-29", "装修中", "90", "否")
    found = take(estate.office_id, csv_of(heading, after), tmp_path)
    home = households()["1|1|101"]
    assert (home.occupancy, home.area_hundredths, home.permanent) == ("renovating", 9000, False)
    assert (home.moved_in, home.moved_in_precision) == (date(2016, 6, 29), "day"), "said more exactly, not otherwise"
    assert home.assumed == ["key", "kind"] and home.revision == 2
    assert [(p.name, p.phone, p.more_phones) for p in home.residents] == [
        ("张三", "13900000001", ["13900000002"]),
        ("李四", "", []),
    ]
    row = db.session.scalars(select(RosterRow).where(RosterRow.import_id == found.id)).one()
    assert (row.code, row.params) == ("known_differs", {"fields": ["phone"]}), (
        "both numbers are kept, and somebody is told"
    )
    event = db.session.scalars(select(Event).where(Event.name == "households:household:merged")).one()
    assert event.changes["fields"] == ["area_hundredths", "moved_in", "occupancy", "permanent"]
    assert (event.changes["people"], event.changes["filled"]) == (1, 1)


def test_the_first_row_wins_where_two_contradict_each_other(estate: Estate, tmp_path: Path) -> None:
    rows = [("1栋", "", "101", "张三", "", "2016-06-29", "自住"), ("1栋", "", "101", "张三", "", "2012-01-01", "空置")]
    found = take(estate.office_id, csv_of(HEADING, *rows), tmp_path)
    assert counts(found) == (2, 1, 1, 0)
    home = households()["1|101"]
    assert (home.occupancy, home.moved_in) == ("occupied", date(2016, 6, 29))
    row = db.session.scalars(select(RosterRow).where(RosterRow.code == "known_differs")).one()
    assert (row.line, row.params) == (3, {"fields": ["moved_in", "occupancy"]})


def test_who_has_moved_out_is_not_brought_back_by_an_old_roster(estate: Estate, tmp_path: Path) -> None:
    content = csv_of(HEADING, ("1栋", "1单元", "101", "张三", "13900000001", "", "自住"))
    take(estate.office_id, content, tmp_path)
    with writing() as session:
        session.execute(update(Resident).where(Resident.name == "张三").values(until=DAY))
    found = take(estate.office_id, content, tmp_path)
    assert [(p.name, p.until) for p in people("1|1|101")] == [("张三", DAY)]
    assert told(found) == [(2, "doubtful", "known_left")]


def test_the_other_script_finds_the_same_household_and_the_same_people(estate: Estate, tmp_path: Path) -> None:
    take(estate.office_id, csv_of(HEADING, ("紫荆阁", "", "12A", "陈国华", "13900000001", "", "自住")), tmp_path)
    hant = csv_of(
        ("座", "單位", "業主姓名", "電話"), ("紫荊閣", "12A室", "陳國華", "13900000001"), encoding="big5hkscs"
    )
    found = take(estate.office_id, hant, tmp_path)
    assert counts(found) == (1, 0, 1, 0)
    assert [p.name for p in people("紫荆阁|12A")] == ["陈国华"]
    assert not told(found)


def test_a_roster_finds_the_households_that_are_there_already(estate: Estate, tmp_path: Path) -> None:
    rows = [
        ("1栋", "1单元", "101", "陈文101", "13900000101", "", "自住"),
        ("1栋", "1单元", "105", "新人", "", "", "自住"),
    ]
    found = take(estate.office_id, csv_of(HEADING, *rows), tmp_path, name="锦绣花园")
    assert counts(found) == (2, 1, 1, 0)
    assert len(households("锦绣花园")) == 13
    assert db.session.scalar(select(func.count()).where(Building.community_id == estate.community_id)) == 1


# Whatever happens meanwhile


def test_the_file_is_deleted_once_it_is_imported(estate: Estate, tmp_path: Path) -> None:
    import_id = ask_for(estate.office_id, csv_of(HEADING, *estate_rows(1)), tmp_path)
    sha256 = db.session.get_one(RosterImport, import_id).sha256
    other = ask_for(estate.office_id, csv_of(HEADING, *estate_rows(1)), tmp_path)
    assert store().has(sha256)
    job = db.session.get_one(RosterImport, import_id).job_id
    assert job is not None and import_slice(job, {"import": str(import_id)}, 0)[1]
    assert store().has(sha256), "the other import still needs it"
    work()
    assert db.session.get_one(RosterImport, other).merged == 40
    assert not store().has(sha256)


def test_a_file_that_is_gone_stops_the_import_in_words_and_nothing_is_lost(estate: Estate, tmp_path: Path) -> None:
    content = csv_of(HEADING, *estate_rows(30))
    import_id = ask_for(estate.office_id, content, tmp_path)
    found = db.session.get_one(RosterImport, import_id)
    job_id, sha256 = found.job_id, found.sha256
    assert job_id is not None
    position, finished = import_slice(job_id, {"import": str(import_id)}, 0)
    assert (position, finished) == (501, False)
    forget(import_id)  # as in another process
    store().remove(sha256)
    work()
    found = db.session.get_one(RosterImport, import_id)
    assert (found.status, found.problem, found.imported) == ("failed", ["roster.file_gone", {}], 500)
    assert store().put(content) == sha256
    begin_again(import_id, by=None, at=AT)
    work()
    assert counts(db.session.get_one(RosterImport, import_id)) == (1200, 1200, 0, 0)


DIES = """
import os, sys
from pathlib import Path
from sqlalchemy import event
from sqlalchemy.orm import Session
from portal.app import create_app
from portal.core import jobs
from portal.core.registry import registry
from portal.households.models import RosterImport
from tests.conftest import settings_for

def die(session):
    if any(isinstance(each, RosterImport) and each.position > 1001 for each in session.identity_map.values()):
        os._exit(9)  # all is written, nothing is committed

with create_app(settings_for(Path(sys.argv[1]), sys.argv[2])).app_context():
    event.listen(Session, "before_commit", die)
    jobs.work(registry().jobs, until_empty=True)
"""
WORKS = """
import sys
from pathlib import Path
from portal.app import create_app
from portal.core import jobs
from portal.core.registry import registry
from tests.conftest import settings_for

with create_app(settings_for(Path(sys.argv[1]), sys.argv[2])).app_context():
    jobs.work(registry().jobs, until_empty=True)
"""


def process(app: Flask, tmp_path: Path, script: str) -> "subprocess.Popen[bytes]":
    command = [sys.executable, "-c", script, str(tmp_path), app.config["SQLALCHEMY_DATABASE_URI"]]
    return subprocess.Popen(command, cwd=ROOT, stderr=subprocess.PIPE)


def test_an_import_goes_on_where_a_killed_worker_left_it(app: Flask, estate: Estate, tmp_path: Path) -> None:
    rows = [*estate_rows(40), ("", "1单元", "", "没有房号", "", "", "")]
    import_id = ask_for(estate.office_id, workbook_of(HEADING, *rows), tmp_path, filename="roster.xlsx")
    worker = process(app, tmp_path, DIES)
    worker.communicate(timeout=60)
    assert worker.returncode == 9
    db.session.remove()
    found = db.session.get_one(RosterImport, import_id)
    assert (found.status, found.position, found.imported) == ("asked", 1001, 1000)
    assert len(households()) == 1000, "the slice that was under way left nothing behind"
    with writing() as session:  # five minutes later
        session.execute(update(jobs.Job).values(claimed_until=clock.now() - timedelta(seconds=1)))
    work()
    assert counts(db.session.get_one(RosterImport, import_id)) == (1601, 1600, 0, 1)
    assert len(households()) == 1600
    assert db.session.scalar(select(func.count()).where(Event.name == "households:household:added")) == 1600
    assert db.session.scalar(select(func.count()).where(Resident.office_id == estate.office_id)) == 12 + 1600


def test_a_slice_worked_by_two_at_once_is_taken_once(estate: Estate, tmp_path: Path) -> None:
    import_id = ask_for(estate.office_id, csv_of(HEADING, *estate_rows(20)), tmp_path)
    job_id = db.session.get_one(RosterImport, import_id).job_id
    assert job_id is not None
    arguments = {"import": str(import_id)}
    import_slice(job_id, arguments, 0)
    forget(import_id)
    import_slice(job_id, arguments, 0)  # a worker whose claim ran out begins the same slice by its old cursor
    import_slice(job_id, arguments, 0)
    assert counts(db.session.get_one(RosterImport, import_id)) == (800, 800, 0, 0)


def test_two_imports_at_once_make_each_household_once(app: Flask, estate: Estate, tmp_path: Path) -> None:
    with writing() as session:
        office = session.get_one(Office, estate.office_id)
        add_community(session, office, new_community("翠湖苑", office, today=DAY), by=None, at=AT)
    one = ask_for(estate.office_id, csv_of(HEADING, *estate_rows(30)), tmp_path, filename="one.csv")
    two = ask_for(estate.office_id, csv_of(HEADING, *estate_rows(30, first=16)), tmp_path, filename="two.csv")
    workers = [process(app, tmp_path, WORKS) for _ in range(2)]
    for worker in workers:
        _, problem = worker.communicate(timeout=120)
        assert worker.returncode == 0, problem.decode()[-2000:]
    db.session.remove()
    first, second = (db.session.get_one(RosterImport, import_id) for import_id in (one, two))
    assert (first.status, second.status) == ("done", "done")
    assert first.imported + second.imported == len(households()) == 45 * 40
    assert first.merged + second.merged == 15 * 40
    assert db.session.scalar(select(func.count()).where(Building.name_hans == "20栋")) == 1


# What is refused


def test_a_sheet_without_rooms_is_not_begun_and_its_file_does_not_stay(estate: Estate, tmp_path: Path) -> None:
    with pytest.raises(Refused, match="roster.no_room_column"):
        ask_for(estate.office_id, csv_of(("姓名", "电话"), ("张三", "13900000001")), tmp_path)
    found = db.session.scalars(select(RosterImport)).one()
    assert found.status == "discarded" and not store().has(found.sha256)
    assert db.session.scalar(select(func.count()).select_from(Community)) == 2


def test_an_import_begins_once_and_only_into_a_community_of_its_office(estate: Estate, tmp_path: Path) -> None:
    path = tmp_path / "roster.csv"
    path.write_bytes(csv_of(HEADING, *estate_rows(1)))
    office = db.session.get_one(Office, estate.office_id)
    foreign = db.session.scalars(select(Community.id).where(Community.office_id == estate.other_office_id)).one()
    with pytest.raises(Refused, match="community.choose"):
        start_import(path, "roster.csv", office, foreign, by=None, at=AT)
    import_id, _ = start_import(path, "roster.csv", office, estate.community_id, by=None, at=AT)
    with pytest.raises(Refused, match="roster.started"):
        begin(import_id, estate.community_id, by=None, at=AT)
