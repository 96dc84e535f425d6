"""Rosters for tests: files made from rows, imports through the service, the work of the job beside."""

import io
from collections.abc import Sequence
from pathlib import Path
from uuid import UUID

import xlsxwriter

from portal.accounts.models import Office
from portal.core import jobs
from portal.core.db import db
from portal.core.registry import registry
from portal.households.communities import NewCommunity, find_community, new_community
from portal.households.models import RosterImport
from portal.households.roster_import import start_import
from tests.factories import AT, DAY

ROSTERS = Path(__file__).parents[1] / "data" / "rosters"
HEADING = ("楼栋", "单元", "房号", "业主姓名", "联系电话", "入伙日期", "入住状态")
Rows = Sequence[Sequence[str]]


def csv_of(*rows: Sequence[str], encoding: str = "utf-8") -> bytes:
    """Rows divided by commas; a cell with a comma in it stands in quotation marks."""
    return "\r\n".join(",".join(f'"{c}"' if "," in c else c for c in row) for row in rows).encode(encoding)


def workbook_of(*rows: Sequence[str], sheet: str = "业主") -> bytes:
    target = io.BytesIO()
    with xlsxwriter.Workbook(target, {"in_memory": True}) as book:
        page = book.add_worksheet(sheet)
        for place, row in enumerate(rows):
            page.write_row(place, 0, row)
    return target.getvalue()


def estate_rows(buildings: int, *, floors: int = 10, doors: int = 4, first: int = 1) -> list[list[str]]:
    """Rows of whole buildings from number ``first`` on, without a heading; each name and number once."""
    return [
        [f"{b}栋", "1单元", f"{f}{d:02d}", f"王{chr(0x4E00 + (b * 97 + f * 7 + d) % 5000)}", f"1390{b:03d}{f:02d}{d:02d}", "2016-06-29", "自住"]
        for b in range(first, first + buildings)
        for f in range(1, floors + 1)
        for d in range(1, doors + 1)
    ]  # fmt: skip


def target(office_id: UUID, name: str) -> UUID | NewCommunity:
    """The office's community of this name, or a new one."""
    found = find_community(db.session(), office_id, name)
    return found.id if found else new_community(name, db.session.get_one(Office, office_id), today=DAY)


def ask_for(
    office_id: UUID, content: bytes | Path, folder: Path, *, name: str = "翠湖苑", filename: str = "roster.csv"
) -> UUID:
    """Hand a roster in and begin; its job waits."""
    path = content if isinstance(content, Path) else folder / filename
    if isinstance(content, bytes):
        path.write_bytes(content)
    office = db.session.get_one(Office, office_id)
    return start_import(path, path.name, office, target(office_id, name), by=None, at=AT)[0]


def work() -> None:
    """Do what waits, as ``portal jobs run`` does."""
    jobs.work(registry().jobs, until_empty=True)


def take(office_id: UUID, content: bytes | Path, folder: Path, *, name: str = "翠湖苑") -> RosterImport:
    """Import a roster to its end."""
    import_id = ask_for(office_id, content, folder, name=name)
    work()
    found = db.session.get_one(RosterImport, import_id)
    assert found.status == "done", (found.status, found.problem)
    return found


def counts(found: RosterImport) -> tuple[int, int, int, int]:
    return found.read, found.imported, found.merged, found.refused
