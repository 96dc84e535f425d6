import csv
import io
import tracemalloc
import zipfile
from collections.abc import Iterator
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from python_calamine import CalamineWorkbook

from portal.core.documents.sheets import MOST_ROWS, Column, SheetTooLong, write_csv, write_xlsx

COLUMNS = [Column("房号"), Column("意见", width=40), Column("日期"), Column("满意率", number_format="0.0%")]
FORMULAS = [
    "=1+1",
    "+1",
    "-1",
    "@SUM(A1)",
    "\t=1",
    "\r=1",
    "＝1+1",
    "＋1",
    "－1",
    "＠x",
    " =1+1",
    '=HYPERLINK("http://x")',
]


def clock(text: str) -> datetime:
    """A time as a wall clock shows it, which is all that a sheet can hold."""
    return datetime.fromisoformat(text)


def read_xlsx(content: bytes) -> list[list[Any]]:
    return CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0).to_python()


def read_csv(content: bytes) -> list[list[str]]:
    assert content.startswith(b"\xef\xbb\xbf")
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))


def sheet_xml(content: bytes) -> str:
    return zipfile.ZipFile(io.BytesIO(content)).read("xl/worksheets/sheet1.xml").decode()


def test_a_list_comes_back_from_the_sheet_as_it_went_in() -> None:
    rows: list[tuple[Any, ...]] = [
        ("3栋1502", "电梯异响，𬱖", date(2026, 11, 21), 0.843),
        ("5栋101", "", None, Decimal("0.5")),
    ]
    assert read_xlsx(write_xlsx(COLUMNS, rows)) == [
        ["房号", "意见", "日期", "满意率"],
        ["3栋1502", "电梯异响，𬱖", date(2026, 11, 21), 0.843],
        ["5栋101", "", "", 0.5],
    ]


def test_dates_and_times_are_real_ones() -> None:
    columns = [Column("日"), Column("时刻"), Column("时"), Column("真")]
    content = write_xlsx(columns, [(date(2026, 2, 28), clock("2026-11-18 19:30"), time(8, 15), True)])
    assert read_xlsx(content)[1] == [date(2026, 2, 28), clock("2026-11-18 19:30"), time(8, 15), True]


def test_a_moment_is_shown_in_the_office_s_time() -> None:
    moment = datetime(2026, 11, 18, 16, 30, tzinfo=UTC)
    zone = ZoneInfo("Asia/Hong_Kong")
    assert read_xlsx(write_xlsx([Column("时刻")], [(moment,)], zone=zone))[1] == [clock("2026-11-19 00:30")]
    assert read_csv(write_csv([Column("时刻")], [(moment,)], zone=zone))[1] == ["2026-11-19 00:30"]


@pytest.mark.parametrize("write", [write_xlsx, write_csv])
def test_a_moment_without_a_zone_to_show_it_in_is_refused(write: Any) -> None:
    with pytest.raises(ValueError, match="zone"):
        write([Column("时刻")], [(datetime(2026, 11, 18, tzinfo=UTC),)])


def test_what_looks_like_a_formula_is_text_in_a_sheet() -> None:
    content = write_xlsx([Column("=标题")], [(text,) for text in FORMULAS])
    assert "<f>" not in sheet_xml(content)
    assert [row[0].replace("\n", "\r") for row in read_xlsx(content)] == ["=标题", *FORMULAS]


def test_what_looks_like_a_formula_is_marked_as_text_in_csv() -> None:
    rows = read_csv(write_csv([Column("=标题")], [(text,) for text in FORMULAS]))
    assert [row[0] for row in rows] == [f"'{text}" for text in ["=标题", *FORMULAS]]


def test_a_negative_number_stays_a_number() -> None:
    assert read_xlsx(write_xlsx([Column("差")], [(-5,), (-1.5,)]))[1:] == [[-5], [-1.5]]
    assert read_csv(write_csv([Column("差")], [(-5,), (Decimal("-1.50"),)]))[1:] == [["-5"], ["-1.50"]]


def test_text_of_digits_keeps_its_zeros_and_a_long_number_its_last_digit() -> None:
    content = write_xlsx([Column("号"), Column("单")], [("00123", 6222021234567890123)])
    assert read_xlsx(content)[1] == ["00123", "6222021234567890123"]


def test_csv_holds_dates_quotes_and_line_breaks() -> None:
    content = write_csv(COLUMNS, [("甲", 'said "好",\n再来', date(2026, 11, 21), None)])
    assert read_csv(content)[1] == ["甲", 'said "好",\n再来', "2026-11-21", ""]
    assert content.count(b"\r\n") == 2


def test_a_text_longer_than_a_cell_is_cut_where_one_can_see_it() -> None:
    (_, (text,)) = read_xlsx(write_xlsx([Column("文")], [("长" * 40_000,)]))
    assert len(text) == 32_767
    assert text.endswith("长…")


def test_control_characters_and_broken_text_do_not_break_the_file() -> None:
    content = write_xlsx([Column("文")], [("甲\x00\x07乙\ud800_x0041_",)])
    (_, (text,)) = read_xlsx(content)
    assert text.startswith("甲") and "乙?" in text
    assert read_csv(write_csv([Column("文")], [("甲\x00乙\ud800",)]))[1] == ["甲乙?"]


@pytest.mark.parametrize("number", [float("nan"), float("inf"), Decimal("NaN")])
def test_a_number_that_is_none_is_refused(number: Any) -> None:
    with pytest.raises(ValueError, match="finite"):
        write_xlsx([Column("率")], [(number,)])


def test_an_empty_list_is_a_heading() -> None:
    assert read_xlsx(write_xlsx(COLUMNS, []))[0] == ["房号", "意见", "日期", "满意率"]
    assert read_csv(write_csv(COLUMNS, [])) == [["房号", "意见", "日期", "满意率"]]
    assert write_xlsx([], [])


def test_memory_does_not_grow_with_the_list() -> None:
    def rows(number: int) -> Iterator[tuple[Any, ...]]:
        for at in range(number):
            yield (f"{at}栋", f"意见{at}" * 5, date(2026, 1, 1), at / 7)

    def peak(number: int) -> int:
        tracemalloc.start()
        write_xlsx(COLUMNS, rows(number))
        used = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return used

    assert peak(12_000) < peak(2_000) + 2_000_000


def test_more_rows_than_a_sheet_holds_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    assert MOST_ROWS == 2**20 - 1
    monkeypatch.setattr("portal.core.documents.sheets.MOST_ROWS", 3)
    write_xlsx([Column("行")], [(1,)] * 3)
    with pytest.raises(SheetTooLong):
        write_xlsx([Column("行")], [(1,)] * 4)
