"""A supervisor brings a roster in: hands in the file, corrects what was understood, watches, takes back what was refused."""

import io
import json
import re
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from portal.core.audit import Event
from portal.core.db import db
from portal.core.jobs import Job
from portal.core.labels import LABELS
from portal.core.messages.households import DOUBTFUL_ROWS, REFUSED_ROWS
from portal.domain.roster.headings import FIELDS
from portal.domain.roster.limits import MAX_FILE_BYTES
from portal.households.communities import community_named
from portal.households.models import Community, Household, Resident, RosterImport
from portal.households.roster_files import read_table
from portal.households.roster_reading import store
from portal.households.roster_slices import import_slice
from tests.client import Page, PortalClient
from tests.factories import Estate
from tests.households.rosters import HEADING, ROSTERS, csv_of, estate_rows, work, workbook_of

SignIn = Callable[[str], PortalClient]
NEW = "/desk/rosters/new"
GOOD = ("1栋", "1单元", "101", "张三", "13900000001", "2016-06-29", "自住")
MIXED = csv_of(
    HEADING,
    GOOD,
    ("1栋", "1单元", "", "李四", "13912345678", "2016-06-29", "自住"),
    ("1栋", "1单元", "103", "王五", "13900000003", "民国105年6月", "自住"),
    ("1栋", "1单元", "104", "=1+1", "+86 139 0000 4444", "2016-06-29", "自住"),
)


@pytest.fixture
def client(sign_in: SignIn) -> PortalClient:
    signed_in = sign_in("supervisor")
    signed_in.environ_base["HTTP_ACCEPT_LANGUAGE"] = "en"
    return signed_in


def hand_in(
    client: PortalClient, content: bytes, filename: str = "roster.csv", *, status: int = 303, **headers: str
) -> TestResponse:
    parts = [
        b'Content-Disposition: form-data; name="csrf_token"\r\n\r\n' + client.token().encode(),
        f'Content-Disposition: form-data; name="file"; filename="{filename}"\r\n\r\n'.encode() + content,
    ]
    body = b"".join(b"--edge\r\n" + part + b"\r\n" for part in parts) + b"--edge--\r\n"
    kind = "multipart/form-data; boundary=edge"
    answer = client.post(NEW, data=body, content_type=kind, headers=headers)
    assert answer.status_code == status, answer.get_data(as_text=True)[:600]
    return answer


def address_of(answer: TestResponse) -> str:
    found = re.search(r"/desk/rosters/[0-9a-f-]{36}", answer.headers["Location"])
    assert found
    return found[0]


def form_of(page: Page) -> dict[str, Any]:
    """What a browser would send back of the page's form, unchanged."""
    sent: dict[str, Any] = {}
    for element in page.all("select"):
        chosen = [o.get("value") for o in element.iter("option") if o.get("selected") is not None]
        first = [o.get("value") for o in element.iter("option")][:1]
        sent[element.get("name")] = (chosen or first)[0]
    for element in page.all("input"):
        if element.get("type") not in ("submit", "file") and element.get("name") != "csrf_token":
            sent[element.get("name")] = element.get("value") or ""
    return sent


def bring_in(client: PortalClient, content: bytes, filename: str = "roster.csv", **changes: str) -> str:
    """The whole way with everything as it was understood, into a new community; the address of the result."""
    where = address_of(hand_in(client, content, filename))
    sent = form_of(client.page(where)) | {"community": "new", "name": "翠湖苑"} | changes
    client.send(f"{where}/start", sent)
    run_jobs(client)
    return where


def run_jobs(client: PortalClient) -> None:
    """What waits is done in a context of its own, as by the worker beside the server."""
    db.session.rollback()
    with client.application.app_context():
        work()


def imports() -> list[RosterImport]:
    db.session.rollback()
    return list(db.session.scalars(select(RosterImport).order_by(RosterImport.asked_at, RosterImport.id)))


def test_the_whole_way_from_a_file_to_its_result(client: PortalClient, estate: Estate) -> None:
    assert "/desk/rosters/new" in client.page("/desk/rosters").links()
    client.page(NEW)
    where = address_of(hand_in(client, MIXED, "名册 2026.csv"))
    page = client.page(where, language="zh-CN")
    assert "名册 2026.csv" in page.text("h1")
    words = page.words
    assert "2 户" in words and "退回 2 行" in words
    assert "139••••5678" in words and "13912345678" not in page.html
    sent = form_of(page)
    assert [sent[f"columns-{n}"] for n in range(7)] == [
        "building",
        "stair",
        "room",
        "owner",
        "phone",
        "moved_in",
        "status",
    ]
    assert sent["encoding"] == "utf-8" and sent["header"] == "1"
    assert not db.session.scalar(select(func.count()).where(Household.community_id != estate.community_id, Household.office_id == estate.office_id))  # fmt: skip
    client.send(f"{where}/start", sent | {"community": "new", "name": "翠湖苑"})
    page = client.page(where, language="zh-CN")
    assert "排队等候" in page.words and "翠湖苑" in page.words
    assert page.all("progress") and "name" not in {e.get("name") for e in page.all("select")}
    run_jobs(client)
    page = client.page(where, language="zh-CN")
    counted = [" ".join(dd.itertext()) for dd in page.all("main")[0].iter("dd")]
    assert counted[-5:] == ["4", "2", "0", "2", "1"]
    assert "缺少房号" in page.words and "公式而非结果" in page.words and "民国纪年" in page.words
    assert "名称为自动转换，未核对" in page.words
    assert "13912345678" not in page.html
    assert community_named(db.session(), estate.office_id, "翠湖苑").buildings[0].name_hant == "1棟"


def test_columns_taken_for_something_else_are_corrected(client: PortalClient) -> None:
    content = csv_of(("甲", "乙", "丙", "丁"), ("3", "1", "张三", "13900000001"), ("3", "2", "李四", "13900000002"))
    where = address_of(hand_in(client, content))
    sent = form_of(client.page(where))
    answer = client.send(f"{where}/start", sent | {"community": "new", "name": "翠湖苑"}, status=422)
    assert "No column tells the rooms." in Page(answer).words
    corrected = {
        "columns-0": "building",
        "columns-1": "room",
        "columns-2": "owner",
        "columns-3": "phone",
        "header": "1",
    }
    client.send(f"{where}/reading", sent | {"header": "1"})
    client.send(f"{where}/reading", form_of(client.page(where)) | corrected)
    sent = form_of(client.page(where))
    assert [sent[f"columns-{n}"] for n in range(4)] == ["building", "room", "owner", "phone"]
    client.send(f"{where}/start", sent | {"community": "new", "name": "翠湖苑"})
    run_jobs(client)
    assert (imports()[0].imported, imports()[0].refused) == (2, 0)
    people = db.session.scalars(select(Resident).where(Resident.name == "李四")).one()
    assert (people.phone, people.relation) == ("13900000002", "owner")


def test_a_column_corrected_on_the_way_to_the_import_counts(client: PortalClient) -> None:
    where = address_of(hand_in(client, csv_of((*HEADING, "内部代码"), (*GOOD, "要紧的话"))))
    sent = form_of(client.page(where)) | {"columns-7": "remark", "community": "new", "name": "翠湖苑"}
    client.send(f"{where}/start", sent)
    run_jobs(client)
    assert db.session.scalars(select(Household.remark).where(Household.remark != "")).all() == ["要紧的话"]


def test_another_sheet_or_encoding_is_looked_over_before_it_is_imported(client: PortalClient) -> None:
    target = io.BytesIO()
    with xlsxwriter.Workbook(target, {"in_memory": True}) as book:
        for name, rooms in (("一期", (101, 102, 103)), ("二期", (201,))):
            sheet = book.add_worksheet(name)
            for place, row in enumerate(
                [HEADING, *((("1栋", "1单元", str(r), f"张{r}", "", "", "自住")) for r in rooms)]
            ):
                sheet.write_row(place, 0, row)
    where = address_of(hand_in(client, target.getvalue(), "两期.xlsx"))
    page = client.page(where, language="zh-CN")
    assert "其他工作表也像名册：二期" in page.words
    sent = form_of(page) | {"sheet": "二期", "community": "new", "name": "翠湖苑"}
    client.send(f"{where}/start", sent)
    page = client.page(where)
    assert "Please look it over before it is imported." in page.words and form_of(page)["name"] == "翠湖苑", (
        "what was typed is still there"
    )
    assert db.session.scalar(select(func.count()).select_from(Job).where(Job.kind == "roster_import")) == 0
    client.send(f"{where}/start", form_of(page))
    run_jobs(client)
    assert (imports()[0].imported, imports()[0].source["sheet"]) == (1, "二期")


def test_a_wrong_encoding_is_refused_and_the_reading_that_fits_stays(client: PortalClient) -> None:
    where = address_of(hand_in(client, (ROSTERS / "jinxiu_gb18030.csv").read_bytes()))
    sent = form_of(client.page(where))
    assert sent["encoding"] == "gb18030"
    answer = client.send(f"{where}/reading", sent | {"encoding": "utf-8"}, status=422)
    assert "The characters of this file could not be read." in answer.get_data(as_text=True)
    assert form_of(client.page(where))["encoding"] == "gb18030"


def test_the_heading_may_be_said_to_stand_elsewhere_or_nowhere(client: PortalClient) -> None:
    where = address_of(hand_in(client, csv_of(HEADING, GOOD, ("2栋", "1单元", "102", "李四", "", "", "自住"))))
    client.send(f"{where}/reading", form_of(client.page(where)) | {"header": "0"})
    page = client.page(where, language="zh-CN")
    assert form_of(page)["header"] == "0" and "没有找到表头" in page.words
    assert form_of(page)["columns-2"] == "room", "the columns were guessed by what they hold"
    answer = client.send(f"{where}/reading", form_of(page) | {"header": "61"}, status=422)
    assert "61" in answer.get_data(as_text=True)


def test_a_community_must_be_chosen_or_named(client: PortalClient, estate: Estate) -> None:
    where = address_of(hand_in(client, csv_of(HEADING, GOOD)))
    sent = form_of(client.page(where))
    assert sent["community"] == str(estate.community_id), "the only one of the office is offered"
    for wrong, words in (
        ({"community": ""}, "Please choose the community, or a new one."),
        ({"community": "new"}, "Please enter the name of the new community."),
        ({"community": "new", "name": "錦繡花園"}, "This office has a community of this name already."),
        ({"community": "new", "name": "翠湖苑", "first_handover": "2999-01-01"}, "The first handover cannot lie in the future."),
        ({"community": "00000000-0000-0000-0000-000000000000"}, "Not a valid choice."),
    ):  # fmt: skip
        answer = client.send(f"{where}/start", sent | wrong, status=422)
        assert words in answer.get_data(as_text=True)
        Page(answer)
    assert imports()[0].status == "uploaded"
    client.send(f"{where}/start", sent)
    run_jobs(client)
    assert (imports()[0].imported, imports()[0].merged) == (0, 1)


def test_a_new_community_may_be_named_in_both_scripts(client: PortalClient, estate: Estate) -> None:
    bring_in(client, csv_of(HEADING, GOOD), name="后海里", other_half="後海里", first_handover="2015-03-01")
    community = community_named(db.session(), estate.office_id, "後海里")
    assert (community.name_hans, community.name_checked) == ("后海里", True)
    assert (str(community.first_handover_on), community.handover_proposed) == ("2015-03-01", False)


# Files that are no rosters


def bomb() -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", "<workbook/>")
        archive.writestr("xl/worksheets/sheet1.xml", b"0" * (20 << 20))
    return target.getvalue()


BAD = {
    "empty": (b"", "There is nothing in this file."),
    "blank": (b"\n\n  ,\n", "There is nothing in this file."),
    "pdf": (b"%PDF-1.7", "This is a PDF."),
    "picture": (b"\x89PNG\r\n\x1a\n0000", "This is a picture."),
    "archive": (b"7z\xbc\xaf\x27\x1c0000", "This is an archive of files."),
    "document": (rb"{\rtf1 hello}", "This is a text document."),
    "page": (b"<html><table><tr><td>1</td></tr></table></html>", "This is a web page"),
    "binary": (bytes(range(256)) * 40, "This file holds no text that could be read."),
    "old": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"0" * 600, "This is an older kind of spreadsheet."),
    "locked": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"), "This file has a password."),
    "cut": (workbook_of(HEADING, GOOD)[:2000], "This file is damaged or cut short."),
    "bomb": (bomb(), "This workbook is too large once unpacked."),
    "encoding": (("žluťoučký kůň,příliš\n" * 40).encode("cp1250"), "The characters of this file could not be read."),
}  # fmt: skip


@pytest.mark.parametrize("name", BAD)
def test_a_file_that_is_no_roster_ends_in_clear_words_and_is_not_kept(client: PortalClient, name: str) -> None:
    content, words = BAD[name]
    page = Page(hand_in(client, content, "roster.xls", status=422))
    assert words in page.words
    assert imports() == [] and not list(store().hashes())
    assert not list((client.application.config["PORTAL"].instance / "rosters").iterdir())


def test_no_file_at_all_is_told(client: PortalClient) -> None:
    answer = client.post(NEW, data={"csrf_token": client.token()}, content_type="multipart/form-data")
    assert answer.status_code == 422 and "Please choose the file of the roster." in Page(answer).words


def test_a_file_beyond_the_limit_is_refused_in_words(client: PortalClient) -> None:
    line = b"1,2,3\n" * 1000
    content = line * (MAX_FILE_BYTES // len(line) + 1)
    page = Page(hand_in(client, content, status=422))
    assert "This file is larger than 64 MB." in page.words
    assert not list((client.application.config["PORTAL"].instance / "rosters").iterdir())


def test_every_refusal_reads_in_the_readers_script(client: PortalClient) -> None:
    answer = hand_in(client, b"%PDF", "名册.pdf", status=422, **{"Accept-Language": "zh-TW"})
    assert "這是 PDF。請上傳它的原始表格（XLSX 或 CSV）。" in Page(answer).words


def test_markup_in_a_roster_is_only_text(client: PortalClient) -> None:
    script = "<script>alert(1)</script>"
    rows = [("1栋", "1单元", "101", script, "13900000001", "", script), ("1栋", script, "", script, "", "", "")]
    heading = (*HEADING[:6], f"状态{script}"[:20])
    where = address_of(hand_in(client, csv_of(heading, *rows), f"{script}.csv"))
    page = client.page(where)
    assert not [e for e in page.all("script") if not e.get("src")] and script in page.words
    client.send(f"{where}/start", form_of(page) | {"community": "new", "name": script})
    run_jobs(client)
    page = client.page(where)
    assert not [e for e in page.all("script") if not e.get("src")] and script in page.words
    assert script in client.page("/desk/rosters").words


def test_a_formula_is_never_handed_back_as_one(client: PortalClient) -> None:
    where = bring_in(client, MIXED)
    csv = client.send(f"{where}/refused", {"kind": "csv"}, status=200).get_data().decode("utf-8-sig")
    assert ",'=1+1,'+86 139 0000 4444," in csv


# Meanwhile and afterwards


def test_progress_is_told_without_script_and_by_htmx(client: PortalClient) -> None:
    where = address_of(hand_in(client, csv_of(HEADING, *estate_rows(20))))
    client.send(f"{where}/start", form_of(client.page(where)) | {"community": "new", "name": "翠湖苑"})
    assert client.get(f"{where}/progress").headers["Location"].endswith(where)
    found = imports()[0]
    assert found.job_id is not None
    with client.application.app_context():
        import_slice(found.job_id, {"import": str(found.id)}, 0)
    part = client.get(f"{where}/progress", headers={"HX-Request": "true"})
    assert "501 of 801 rows" in Page(part, part=True).html and "<html" not in part.get_data(as_text=True)
    assert "501 of 801 rows" in client.page(where).words, "the page itself says so too when it is loaded again"
    run_jobs(client)
    ended = client.get(f"{where}/progress", headers={"HX-Request": "true"})
    assert ended.headers["HX-Refresh"] == "true"
    assert "New households" in client.page(where).words


def test_what_was_refused_is_corrected_and_handed_in_again(client: PortalClient, tmp_path: Path) -> None:
    merged = csv_of(
        ("楼栋", "房号", "业主姓名", "电话"),
        ("1栋", "101", "张三", "13900000001"),
        ("", "102", "李四", "13900000002"),
        ("", "", "王五", "+86 139 0000 0003"),
        ("", "104", "=1+1", "13900000004"),
        ("", "105", "赵六", "13900000005"),
        ("2栋", "101", "钱七", "13900000006"),
        ("", "102", "孙八", "13900000007"),
    )
    where = bring_in(client, merged)
    assert (imports()[0].imported, imports()[0].refused) == (5, 2)
    for kind in ("csv", "xlsx"):
        answer = client.send(f"{where}/refused", {"kind": kind}, status=200)
        assert f".{kind}" in answer.headers["Content-Disposition"]
        with read_table(answer.get_data()) as table:
            rows = [cells for _, cells in table.rows()]
        assert rows[0][2:] == ["楼栋", "房号", "业主姓名", "电话"]
        assert [row[2] for row in rows[1:]] == ["1栋", "1栋"], "what the merged cell above said stands in its own row"
        assert [row[0] for row in rows[1:]] == ["4", "5"]
        assert rows[1][5] == "+86 139 0000 0003"
    rows[1][3], rows[2][4] = "103", "周九"
    again = bring_in(client, workbook_of(*rows), "corrected.xlsx", community=str(imports()[0].community_id))
    second = imports()[1]
    assert (second.imported, second.merged, second.refused, second.doubtful) == (2, 0, 0, 0), client.page(again).words
    assert (
        db.session.scalar(
            select(func.count()).select_from(Household).where(Household.community_id == second.community_id)
        )
        == 7
    )
    taken = db.session.scalars(select(Event).where(Event.name == "households:roster:taken")).all()
    assert [(event.changes["kind"], event.changes["rows"]) for event in taken] == [("csv", 2), ("xlsx", 2)]


def test_rows_are_listed_by_reason_page_by_page_and_exported(client: PortalClient) -> None:
    rows = [("1栋", "1单元", str(100 + n) if n % 2 else "", f"张{n}", "", "民国90年", "自住") for n in range(140)]
    where = bring_in(client, csv_of(HEADING, *rows))
    page = client.page(f"{where}?code=no_room", language="zh-CN")
    assert page.words.count("缺少房号") > 50 and "民国纪年不作换算" not in page.words
    following = next(link for link in page.links() if "after=" in link)
    page = client.page(following, language="zh-CN")
    assert len(page.all("tbody")[0]) == 20
    part = client.get(f"{where}?outcome=doubtful", headers={"HX-Request": "true"}).get_data(as_text=True)
    assert part.lstrip().startswith("<section") and 'id="list"' in part
    export = client.send(f"{where}/rows", {"kind": "csv", "code": "no_room"}, status=200).get_data().decode("utf-8-sig")
    assert len(export.splitlines()) == 71


def test_the_history_is_searched_filtered_sorted_and_exported(client: PortalClient) -> None:
    bring_in(client, csv_of(HEADING, GOOD), "一期名册.csv")
    hand_in(client, csv_of(HEADING, GOOD), "二期名册.csv")
    both = client.page("/desk/rosters")
    assert "一期名册.csv" in both.words and "二期名册.csv" in both.words
    assert "二期名册.csv" not in client.page("/desk/rosters?q=翠湖").words
    assert "一期名册.csv" in client.page("/desk/rosters?q=翠湖").words
    assert "一期名册.csv" not in client.page("/desk/rosters?status=uploaded").words
    oldest = client.page("/desk/rosters?sort=asked").words
    assert oldest.index("一期名册.csv") < oldest.index("二期名册.csv")
    export = client.send("/desk/rosters/export", {"kind": "csv"}, status=200).get_data().decode("utf-8-sig")
    assert "一期名册.csv" in export and "翠湖苑" in export


def test_a_roster_may_be_put_away_and_its_file_with_it(client: PortalClient) -> None:
    where = address_of(hand_in(client, csv_of(HEADING, GOOD)))
    assert list(store().hashes())
    client.send(f"{where}/discard")
    assert not list(store().hashes())
    assert "nothing of it was imported" in client.page(where).words
    for gone in ("start", "reading", "discard"):
        client.send(f"{where}/{gone}", status=409)


def test_an_import_that_stopped_goes_on_at_a_button(client: PortalClient) -> None:
    where = address_of(hand_in(client, csv_of(HEADING, GOOD)))
    content = store().read(imports()[0].sha256)
    client.send(f"{where}/start", form_of(client.page(where)) | {"community": "new", "name": "翠湖苑"})
    store().remove(imports()[0].sha256)
    run_jobs(client)
    assert "The file is no longer here." in client.page(where).words
    store().put(content)
    client.send(f"{where}/again")
    run_jobs(client)
    assert imports()[0].imported == 1 and "New households" in client.page(where).words


# Who may


def test_another_office_does_not_see_a_roster(client: PortalClient, sign_in: SignIn) -> None:
    where = bring_in(client, MIXED)
    other = sign_in("other_supervisor")
    for address in (where, f"{where}/progress"):
        assert other.get(address).status_code == 404
    for action in ("start", "reading", "discard", "again", "refused", "rows"):
        other.send(f"{where}/{action}", {"kind": "csv"}, status=404)
    assert "roster.csv" not in other.page("/desk/rosters").words


@pytest.mark.parametrize("login", ["field_staff", "front_desk", "director", "department_head", "qa", "executive"])
def test_who_may_not_import_sees_no_rosters(sign_in: SignIn, login: str) -> None:
    client = sign_in(login)
    for address in ("/desk/rosters", NEW):
        assert client.get(address).status_code == 403
    assert "/desk/rosters" not in client.page("/desk/me").links()


@pytest.mark.parametrize("login", ["supervisor", "manager", "administrator"])
def test_who_may_import_has_it_in_the_menu(sign_in: SignIn, login: str) -> None:
    assert "/desk/rosters" in sign_in(login).page("/desk/me").links()


# Words


def test_every_reason_and_every_field_has_its_words() -> None:
    assert set(LABELS["roster_reason"]) == REFUSED_ROWS | DOUBTFUL_ROWS
    assert set(FIELDS) <= set(LABELS["roster_field"])


def test_what_is_told_of_an_import_holds_no_name(client: PortalClient) -> None:
    bring_in(client, MIXED)
    events = db.session.scalars(select(Event).where(Event.name.like("households:%"))).all()
    told = json.dumps([event.changes for event in events], ensure_ascii=False)
    assert events and not re.search("张三|李四|王五|139", told)
    assert db.session.scalar(select(func.count()).select_from(Community)) == 3
