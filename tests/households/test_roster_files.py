"""Roster files as offices keep them, and as an attacker would: each ends in rows or in a clear code."""

import io
import random
import re
import zipfile
from datetime import date
from pathlib import Path

import openpyxl
import pytest
import xlsxwriter
from opencc import OpenCC

from portal.domain.refusals import Refused
from portal.domain.roster import limits
from portal.domain.roster.household import RosterRow
from portal.domain.roster.layout import guess_layout
from portal.domain.roster.rows import RowRefused, RowSkipped, read_rows
from portal.households import roster_files
from portal.households.roster_files import read_table, take_in

ROSTERS = Path(__file__).parents[1] / "data" / "rosters"
CELL = '<c t="s"><v>0</v></c>'
HEADING = ["楼栋", "单元", "房号", "业主姓名", "联系电话", "入伙日期"]


def read(source, **how):
    """(table, households, refused rows, skipped rows) of a roster."""
    with read_table(source, **how) as table:
        layout = guess_layout(table.head())
        found = list(read_rows(table.rows(), layout, today=date(2026, 11, 1), may_shift=table.format == "csv"))
        by_kind = [[row for row in found if isinstance(row, kind)] for kind in (RosterRow, RowRefused, RowSkipped)]
    return table, *by_kind


def refusal(source, **how):
    with pytest.raises(Refused) as refused:
        read_table(source, **how)
    return refused.value.code


def workbook(*sheets, **options):
    """The bytes of a workbook; each sheet is (name, rows, merged ranges)."""
    target = io.BytesIO()
    with xlsxwriter.Workbook(target, {"in_memory": True, **options}) as book:
        for name, rows, *merged in sheets:
            sheet = book.add_worksheet(name)
            for place, row in enumerate(rows):
                sheet.write_row(place, 0, row)
            for area, text in merged:
                sheet.merge_range(area, text)
    return target.getvalue()


def csv_of(*rows, encoding="utf-8"):
    return "\r\n".join(",".join(row) for row in rows).encode(encoding)


# What a careful clerk counts


def test_jinxiu_is_counted_as_a_careful_clerk_would():
    table, households, refused, skipped = read(ROSTERS / "jinxiu_gb18030.csv")
    assert table.encoding == "gb18030"
    assert (len(households), len(refused), [row.why for row in skipped]) == (1632, 0, ["total"])
    assert len({row.address_key for row in households}) == 1632
    assert {row.building for row in households} == {f"{n}栋" for n in range(1, 13)}
    assert sum(len(row.residents) for row in households) == 1670
    assert sum(row.moved_in_precision == "month" for row in households) == 325
    assert sum(row.key is True for row in households) == 30
    assert all(row.floor_guessed and row.doubts == () for row in households)


def test_haibin_is_counted_as_a_careful_clerk_would():
    table, households, refused, skipped = read(ROSTERS / "haibin_traditional.csv")
    assert table.encoding == "utf-8-sig"
    assert (len(households), len(refused), len(skipped)) == (960, 0, 0)
    assert len({row.address_key for row in households}) == 960
    assert {row.floor for row in households} == set(range(1, 21))
    assert not any(row.floor_guessed for row in households)
    assert households[0].moved_in == date(2009, 8, 8) and households[1].moved_in == date(2009, 11, 16)
    assert {row.language for row in households} == {"zh_Hant", "zh_Hans", "en"}
    assert households[1].residents[0].name == "趙东强"


def test_cuihu_is_counted_as_a_careful_clerk_would():
    table, households, refused, skipped = read(ROSTERS / "cuihu.xlsx")
    assert (table.format, table.sheet) == ("xlsx", "业主档案")
    assert (len(households), len(refused)) == (630, 0)
    assert {row.why for row in skipped} == {"blank"}
    assert len({row.address_key for row in households}) == 624
    assert {(row.building, row.building_code) for row in households} == {(f"{n}栋", str(n)) for n in range(1, 7)}
    assert {row.floor for row in households} == set(range(1, 27))
    couple = next(row for row in households if row.address_key == "1|903")
    assert [(p.name, p.phone) for p in couple.residents] == [("向雪", "13900003169"), ("郝建", "13900005542")]


def test_the_six_doubles_of_cuihu_are_the_rows_that_say_so():
    _, households, _, _ = read(ROSTERS / "cuihu.xlsx")
    seen: set[str] = set()
    doubles = [row for row in households if row.address_key in seen or seen.add(row.address_key)]
    assert [row.remark for row in doubles] == ["重复登记"] * 6


def test_a_roster_converted_to_the_other_script_holds_the_same_addresses():
    text = (ROSTERS / "jinxiu_gb18030.csv").read_bytes().decode("gb18030")
    _, households, refused, _ = read(OpenCC("s2hk").convert(text).encode())
    _, original, _, _ = read(ROSTERS / "jinxiu_gb18030.csv")
    assert not refused
    assert [row.address_key for row in households] == [row.address_key for row in original]
    assert [p.name_key for row in households for p in row.residents] == [
        p.name_key for row in original for p in row.residents
    ]


# Encodings and delimiters


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "gb18030"])
def test_the_encoding_is_guessed(encoding):
    text = (ROSTERS / "jinxiu_gb18030.csv").read_bytes().decode("gb18030")
    table, households, refused, _ = read(text.encode(encoding))
    assert (table.encoding, len(households), len(refused)) == (encoding, 1632, 0)


@pytest.mark.parametrize("rows", [3, 961])
def test_big5_is_told_from_gb18030_by_a_short_file_and_a_long_one(rows):
    lines = (ROSTERS / "haibin_traditional.csv").read_bytes().decode("utf-8-sig").splitlines()[:rows]
    text = OpenCC("s2hk").convert("\r\n".join(lines))
    table, households, _, _ = read(text.encode("big5hkscs", "replace"))
    assert table.encoding == "big5hkscs"
    assert len(households) == rows - 1
    table, _, _, _ = read(text.encode("gb18030"))
    assert table.encoding == "gb18030"


def test_a_letter_that_the_encoding_lacked_makes_a_name_doubtful():
    _, households, _, _ = read(csv_of(["座", "單位", "住戶姓名"], ["A座", "101", "郁雅?"], encoding="big5hkscs"))
    assert "name_unclear" in dict(households[0].doubts)


@pytest.mark.parametrize("encoding", ["gb18030", "utf-8"])
def test_one_broken_byte_costs_its_own_row_only(encoding):
    text = (ROSTERS / "jinxiu_gb18030.csv").read_bytes().decode("gb18030")
    bad = bytearray(text.encode(encoding))
    bad[bad.index("侯远明".encode(encoding)) + 1] = 0xFF
    table, households, refused, _ = read(bytes(bad))
    assert [code for code, _ in table.notes] == ["encoding_damaged"]
    assert len(households) == 1631
    assert [(row.line, row.code) for row in refused] == [(6, "garbled")]


def test_a_user_may_name_the_encoding_and_a_wrong_one_is_refused():
    path = ROSTERS / "jinxiu_gb18030.csv"
    assert read(path, encoding="gb18030")[0].encoding == "gb18030"
    assert refusal(path, encoding="utf-8") == "roster.encoding"
    assert refusal(path, encoding="rot13") == "roster.encoding"


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_the_delimiter_is_guessed(delimiter):
    rows = [HEADING, *[["1栋", "1单元", str(101 + n), "张三", "13900000001", "2016-06-29"] for n in range(5)]]
    table, households, _, _ = read("\n".join(delimiter.join(row) for row in rows).encode())
    assert (table.delimiter, len(households)) == (delimiter, 5)


def test_a_stray_quotation_mark_does_not_swallow_the_rows_below():
    text = (ROSTERS / "jinxiu_gb18030.csv").read_bytes().decode("gb18030")
    table, households, refused, _ = read(text.replace("1栋,1单元,103", '1栋,"1单元,103').encode())
    assert ("quotes_damaged", {"line": 6}) in table.notes
    assert len(households) + len(refused) == 1632


def test_quoted_cells_keep_their_commas_and_line_breaks():
    _, households, _, _ = read('楼栋,房号,业主姓名,备注\n1栋,101,"张三\n李四","有犬,独居"\n'.encode())
    assert [person.name for person in households[0].residents] == ["张三", "李四"]
    assert households[0].remark == "有犬,独居"


def test_a_text_kept_by_a_formula_is_the_text():
    _, households, refused, _ = read('楼栋,房号,业主姓名\n1栋,="0101",张三\n'.encode())
    assert not refused and households[0].address_key == "1|101"


def test_a_stray_control_character_in_a_text_is_passed_over():
    text = (
        (ROSTERS / "jinxiu_gb18030.csv").read_bytes().replace("侯远明".encode("gb18030"), "侯\0远明".encode("gb18030"))
    )
    _, households, _, _ = read(text)
    assert households[2].residents[0].name == "侯远明"


def test_lines_are_numbered_as_a_spreadsheet_shows_them():
    _, _, refused, _ = read(
        csv_of(["名册"], [""], HEADING, ["1栋", "", "101", "甲", "", ""], ["1栋", "", "", "乙", "", ""])
    )
    assert [row.line for row in refused] == [5]


# Workbooks


def test_merged_cells_of_a_workbook_are_filled_for_every_row_they_cover():
    rows = [
        HEADING,
        *[["", "1单元", n, "张三", "", ""] for n in (101, 102, 103)],
        ["2栋", "1单元", 101, "李四", "", ""],
    ]
    _, households, refused, _ = read(workbook(("名册", rows, ("A2:A4", "1栋"))))
    assert [row.address_key for row in households] == ["1|1|101", "1|1|102", "1|1|103", "2|1|101"]
    assert not refused


def test_the_sheet_most_like_a_roster_is_chosen_and_the_others_are_named():
    roster = [HEADING, ["1栋", "1单元", "101", "张三", "13900000001", ""]]
    book = workbook(("说明", [["请填写"]]), ("一期", roster), ("二期", roster))
    table, households, _, _ = read(book)
    assert (table.sheet, table.sheets, len(households)) == ("一期", ("说明", "一期", "二期"), 1)
    assert ("other_sheets", {"sheets": ["二期"]}) in table.notes
    assert read(book, sheet="二期")[0].sheet == "二期"
    assert refusal(book, sheet="三期") == "roster.no_such_sheet"


def test_a_sheet_that_begins_lower_and_further_right_keeps_its_lines():
    rows = [
        [],
        [],
        ["", *HEADING],
        ["", "1栋", "1单元", "101", "张三", "", ""],
        ["", "1栋", "1单元", "", "李四", "", ""],
    ]
    _, households, refused, _ = read(workbook(("a", rows)))
    assert ([row.line for row in households], [row.line for row in refused]) == ([4], [5])


def test_days_and_long_numbers_of_a_workbook_are_read_as_meant():
    target = io.BytesIO()
    with xlsxwriter.Workbook(target) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, HEADING)
        sheet.write_row(1, 0, ["1栋", "1单元", 101, "张三", 13900004080])
        sheet.write_datetime(1, 5, date(2016, 6, 29), book.add_format({"num_format": "yyyy-mm-dd"}))
        sheet.write_row(2, 0, ["1栋", "1单元", 102, "李四", 13900004081, 42550])
    _, households, _, _ = read(target.getvalue())
    assert [row.moved_in for row in households] == [date(2016, 6, 29)] * 2
    assert [row.residents[0].phone for row in households] == ["13900004080", "13900004081"]


def test_formulas_are_never_run_and_one_without_a_stored_result_refuses_its_row():
    target = io.BytesIO()
    book = openpyxl.Workbook()
    book.active.append(HEADING)
    book.active.append(["1栋", "1单元", "=100+1", "张三", "13900000001", ""])
    book.active.append(["1栋", "1单元", "102", "李四", "13900000002", ""])
    book.save(target)
    table, households, refused, _ = read(target.getvalue())
    assert ("formulas", {}) in table.notes
    assert ([row.room for row in households], [row.code for row in refused]) == (["102"], ["no_room"])


def test_a_long_workbook_is_gone_through_in_slices():
    rows = ([f"{n // 1000 + 1}栋", "1单元", f"{n % 1000 // 10 + 1}{n % 10:02}", "张三", "", ""] for n in range(20_000))
    with read_table(workbook(("名册", [HEADING, *rows]))) as table:
        assert table.row_count == 20_001
        first = next(table.rows(start=15_000))
        assert first[0] == 15_000 and first[1][0] == "15栋"


# Files that are no rosters, broken or hostile


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "roster.empty"),
        (b"\xef\xbb\xbf", "roster.empty"),
        (b"\r\n \n\t\n", "roster.empty"),
        (b",,,\n,,\n", "roster.empty"),
        (b"%PDF-1.7\n...", "roster.not_a_table"),
        (b"\x89PNG\r\n\x1a\n" + bytes(50), "roster.not_a_table"),
        (b"<html><table><tr><td>1</td></tr></table></html>", "roster.not_a_table"),
        (random.Random(7).randbytes(50_000), "roster.not_a_table"),
        (b"a,b\0,c\n" * 100, "roster.not_a_table"),
        (b"," * 2_000_000, "roster.not_a_table"),
        ("Größe;Straße;Tür\n".encode("latin-1") * 20, "roster.encoding"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "roster.old_format"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"), "roster.encrypted"),
        (b"PK\x03\x04 broken", "roster.unreadable"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_is_no_roster_is_refused_in_a_word(content, code):
    assert refusal(content) == code


def archive(**parts):
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, content in parts.items():
            packed.writestr(name.replace("__", "/").replace("_xml", ".xml"), content)
    return target.getvalue()


def test_an_archive_of_other_things_is_no_table():
    assert refusal(archive(letter="x")) == "roster.not_a_table"
    assert refusal(archive(content_xml="x")) == "roster.old_format"


def test_a_workbook_with_broken_insides_is_unreadable():
    assert refusal(archive(xl__workbook_xml="<workbook")) == "roster.unreadable"
    whole = workbook(("a", [HEADING]))
    assert refusal(whole[: len(whole) // 2]) == "roster.unreadable"


def test_an_archive_that_unpacks_without_end_is_refused_before_it_is_unpacked():
    bomb = archive(xl__workbook_xml="<w/>", xl__worksheets__sheet1_xml=b" " * (40 << 20))
    assert len(bomb) < 100_000
    assert refusal(bomb) == "roster.too_large_unpacked"


def test_an_archive_of_too_many_parts_is_refused():
    parts = {f"part{n}": b"" for n in range(limits.MAX_PARTS + 1)}
    assert refusal(archive(xl__workbook_xml="<w/>", **parts)) == "roster.too_large_unpacked"


def test_a_small_workbook_that_spans_the_whole_sheet_does_not_take_the_program_down():
    target = io.BytesIO()
    with xlsxwriter.Workbook(target) as book:
        sheet = book.add_worksheet()
        sheet.write(0, 0, "楼栋")
        sheet.write(1_048_575, 16_383, "房号")
    assert len(target.getvalue()) < 10_000
    assert refusal(target.getvalue()) == "roster.too_large_unpacked"


def test_entities_that_grow_without_end_are_not_unfolded():
    lol = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    strings = f'<!DOCTYPE sst [<!ENTITY l0 "lol">{lol}]><sst><si><t>&l9;</t></si></sst>'
    source = zipfile.ZipFile(io.BytesIO(workbook(("a", [HEADING, ["1栋", "1单元", "101", "张三", "", ""]]))))
    target = io.BytesIO()
    with source, zipfile.ZipFile(target, "w") as packed:
        for name in source.namelist():
            packed.writestr(name, strings if name == "xl/sharedStrings.xml" else source.read(name))
    assert refusal(target.getvalue()) == "roster.unreadable"


def test_one_long_text_that_many_cells_share_does_not_fill_the_memory():
    sheet = "".join(f'<row r="{n}">{CELL * 200}</row>' for n in range(1, 1001))
    book = zipfile.ZipFile(io.BytesIO(workbook(("a", [["x"]]))))
    target = io.BytesIO()
    with book, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as packed:
        for name in book.namelist():
            content = book.read(name)
            if name == "xl/sharedStrings.xml":
                content = content.replace(b"<t>x</t>", f"<t>{random.Random(1).randbytes(15_000).hex()}</t>".encode())
            if name == "xl/worksheets/sheet1.xml":
                content = re.sub(b"<sheetData>.*</sheetData>", f"<sheetData>{sheet}</sheetData>".encode(), content)
            packed.writestr(name, content)
    assert refusal(target.getvalue()) == "roster.too_large_unpacked"


def test_a_file_of_300_mb_is_refused_without_being_read(tmp_path):
    path = tmp_path / "huge.csv"
    with path.open("wb") as file:
        file.truncate(300 << 20)
    assert refusal(path) == "roster.too_large"


def test_an_upload_of_300_mb_is_cut_off_and_leaves_nothing_behind(tmp_path):
    class Endless(io.RawIOBase):
        served = 0

        def read(self, size=-1):
            self.served += size
            return b"x" * size

    stream, target = Endless(), tmp_path / "upload"
    with pytest.raises(Refused) as refused:
        take_in(stream, target)
    assert refused.value.code == "roster.too_large"
    assert stream.served < limits.MAX_FILE_BYTES + (2 << 20)
    assert not target.exists()


def test_an_upload_is_kept_with_its_hash(tmp_path):
    content = (ROSTERS / "cuihu.xlsx").read_bytes()
    digest = take_in(io.BytesIO(content), tmp_path / "upload")
    with read_table(tmp_path / "upload") as table:
        assert table.sha256 == digest


def test_more_rows_than_an_estate_can_have_are_refused(monkeypatch):
    monkeypatch.setattr("portal.households.roster_text.MAX_ROWS", 50)
    assert refusal(csv_of(HEADING, *[["1栋", "1单元", "101", "张三", "", ""]] * 51)) == "roster.too_many_rows"


def test_a_refused_or_closed_roster_leaves_no_copy_of_its_names(tmp_path):
    with read_table(ROSTERS / "cuihu.xlsx", scratch=tmp_path):
        assert list(tmp_path.iterdir())
    assert not list(tmp_path.iterdir())
    refusal(b"PK\x03\x04 broken", scratch=tmp_path)
    refusal("Größe\n".encode("latin-1") * 20, scratch=tmp_path)
    assert not list(tmp_path.iterdir())


def test_the_process_that_unpacks_does_not_see_our_secrets(monkeypatch):
    seen = {}
    real = roster_files.subprocess.run

    def watched(*args, **how):
        seen.update(how["env"])
        return real(*args, **how)

    monkeypatch.setenv("PORTAL_SECRET_KEY", "hush")
    monkeypatch.setattr(roster_files.subprocess, "run", watched)
    read(ROSTERS / "cuihu.xlsx")
    assert seen and not any(name.startswith("PORTAL_") for name in seen)
