"""The demo's rosters: one taken in with some rows refused, one that found everybody again, one to be looked over, one asked for."""

import csv
import io
import tempfile
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from pathlib import Path
from uuid import UUID

from sqlalchemy import select

from portal.accounts.models import Office
from portal.core import jobs
from portal.core.db import db, writing
from portal.core.registry import registry
from portal.demo.year import Year
from portal.households.models import Building, Community, Household, Resident, RosterImport
from portal.households.roster_import import receive, start_import

HEADINGS = {
    "zh-Hans": ("楼栋", "单元", "房号", "业主姓名", "联系电话", "入伙日期", "入住状态"),
    "zh-Hant": ("座", "樓層", "單位", "業主姓名", "聯絡電話", "入伙日期", "入住狀態"),
}
STATES = {
    "zh-Hans": {"occupied": "已入住", "renovating": "装修中", "vacant": "空置"},
    "zh-Hant": {"occupied": "已入住", "renovating": "裝修中", "vacant": "空置"},
}
FILES = {
    "zh-Hans": (
        "云栖家园7栋交付名册.csv",
        "青禾花园1栋业主名册.csv",
        "青禾花园2栋核对表.csv",
        "云栖家园1栋业主名册.csv",
    ),
    "zh-Hant": ("望海苑業戶名冊（更新）.csv", "望海苑A座業戶名冊.csv", "望海苑B座核對表.csv", "望海苑A座租客名冊.csv"),
}
FOUND_AGAIN = 24
TAKEN_IN, TAKEN_AGAIN, LATELY = 23, 9, 1  # days before the demo's day
Row = Sequence[str]


class Rosters:
    """The rosters of an office, oldest first."""

    def __init__(self, year: Year, places: Sequence[str]) -> None:
        """``places``: slugs of the office's communities, the one that grows last."""
        self.office_id, self.script, self.as_of = year.crew.office.id, year.crew.office.script, year.as_of
        self.afternoons = {n: year.at(year.as_of - timedelta(days=n), 15, 10) for n in (TAKEN_IN, TAKEN_AGAIN, LATELY)}
        self.by = year.crew.supervisor.id
        self.old, self.grown = places[0], places[-1]

    def enter(self) -> None:
        """Hand them in; the first two are worked here, the last one as soon as a worker looks."""
        known = self._rows(self.old, 0)
        first = self._new_building() if self.script == "zh-Hans" else known[:FOUND_AGAIN]
        names = FILES[self.script]
        self._take([*first, *_refused(first)], names[0], self.grown, self.afternoons[TAKEN_IN])
        self._take(known, names[1], self.old, self.afternoons[TAKEN_AGAIN])
        self._hand_in(self._rows(self.old, 1) or known, names[2], self.afternoons[LATELY])
        self._ask(self._rows(self.grown, 0), names[3], self.grown, self.afternoons[LATELY] + timedelta(minutes=20))

    def _rows(self, slug: str, building: int) -> Sequence[Row]:
        """Households of a building as the office's own list has them."""
        found = db.session.execute(
            select(Household, Building.code, Resident.name, Resident.phone)
            .join(Building, Building.id == Household.building_id)
            .join(Community, Community.id == Household.community_id)
            .join(Resident, (Resident.household_id == Household.id) & (Resident.position == 0))
            .where(Community.slug == slug, Building.position == building + 1)
            .order_by(Household.address_key)
            .limit(FOUND_AGAIN)
        )
        return [self._row(home, code, owner, phone) for home, code, owner, phone in found]

    def _row(self, home: Household, code: str, owner: str, phone: str) -> Row:
        hant = self.script == "zh-Hant"
        place = (f"{code}座", f"{home.floor}樓", home.room) if hant else (f"{code}栋", f"{home.stair}单元", home.room)
        moved = home.moved_in.isoformat() if home.moved_in else ""
        return (*place, owner, phone, moved, STATES[self.script][home.occupancy])

    def _new_building(self) -> Sequence[Row]:
        """A building handed over last month; nobody lives there yet."""
        handed_over: date = self.as_of - timedelta(days=30)
        rooms = [(stair, f"{floor}{door:02d}") for stair in (1, 2) for floor in range(1, 7) for door in (1, 2)]
        return [
            ("7栋", f"{stair}单元", room, owner, f"1390000{7100 + n}", handed_over.isoformat(), "空置")
            for n, ((stair, room), owner) in enumerate(zip(rooms, OWNERS, strict=True))
        ]

    def _take(self, rows: Sequence[Row], filename: str, slug: str, at: datetime) -> None:
        import_id, job_id = self._start(rows, filename, slug, at, held=True)
        jobs.run_held(job_id, registry().jobs)
        with writing() as session:  # the worker looks at the clock on the wall, the demo has its own
            found = session.get_one(RosterImport, import_id)
            found.finished_at = at + timedelta(seconds=48)

    def _ask(self, rows: Sequence[Row], filename: str, slug: str, at: datetime) -> None:
        self._start(rows, filename, slug, at, held=False)

    def _start(self, rows: Sequence[Row], filename: str, slug: str, at: datetime, *, held: bool) -> tuple[UUID, UUID]:
        with tempfile.TemporaryDirectory() as folder:
            path = self._file(rows, Path(folder))
            office = db.session.get_one(Office, self.office_id)
            community = db.session.scalars(select(Community.id).where(Community.slug == slug)).one()
            return start_import(path, filename, office, community, by=self.by, at=at, held=held)

    def _hand_in(self, rows: Sequence[Row], filename: str, at: datetime) -> None:
        with tempfile.TemporaryDirectory() as folder:
            path = self._file(rows, Path(folder))
            receive(path, filename, db.session.get_one(Office, self.office_id), by=self.by, at=at)

    def _file(self, rows: Sequence[Row], folder: Path) -> Path:
        path = folder / "roster.csv"
        told = io.StringIO()
        csv.writer(told).writerows([HEADINGS[self.script], *rows])
        path.write_text(told.getvalue(), "utf-8")
        return path


def _refused(rows: Sequence[Row]) -> list[Row]:
    """Rows as they come in real lists: without a room, a room twice, a date that is none."""
    without_room = (*rows[0][:2], "", *rows[0][3:])
    return [without_room, (*rows[1][:5], "待定", rows[1][6]), (*rows[2][:2], "—", *rows[2][3:])]


OWNERS = (
    "钟予安", "白若川", "孟知行", "夏青禾", "江远舟", "严初晴", "秦穗", "戴明舒", "方砚秋", "石一诺", "姜临溪", "卢思齐",
    "顾南乔", "叶听澜", "余怀瑾", "苏景和", "陆微", "唐昭", "许沐", "何以宁", "薛照", "程星野", "沈淮", "丁若水",
)  # fmt: skip
