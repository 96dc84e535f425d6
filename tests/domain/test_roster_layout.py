"""Which row is the heading and what each column holds."""

import json

import pytest

from portal.domain.roster.headings import FIELDS, field_of, field_under
from portal.domain.roster.layout import Layout, guess_layout

MAINLAND = [
    "序号",
    "楼栋",
    "单元",
    "房号",
    "业主姓名",
    "联系电话",
    "建筑面积(㎡)",
    "入伙日期",
    "使用状态",
    "重要客户",
    "备注",
]
HONG_KONG = ["座", "樓層", "單位", "住戶姓名", "身份", "電話", "入伙日期", "狀況", "語言"]
ENGLISH = ["Block", "Floor", "Flat", "Name", "Tel. No.", "Move-in date", "Status", "Remarks"]


def fields(rows, **said):
    return [guess_layout(rows, **said).columns.get(place) for place in range(max(map(len, rows)))]


def test_the_headings_of_three_regions_are_understood():
    assert [field_of(text) for text in MAINLAND] == [
        "ignored", "building", "stair", "room", "owner", "phone", "area", "moved_in", "status", "key", "remark",
    ]  # fmt: skip
    assert [field_of(text) for text in HONG_KONG] == [
        "building", "floor", "room", "name", "relation", "phone", "moved_in", "status", "language",
    ]  # fmt: skip
    assert [field_of(text) for text in ENGLISH] == [
        "building", "floor", "room", "name", "phone", "moved_in", "status", "remark",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("heading", "field"),
    [
        ("業主電話", "owner_phone"), ("租客联系方式", "tenant_phone"), ("收楼时间", "moved_in"), ("入住时间", "moved_in"),
        ("入住情况", "status"), ("是否常住", "permanent"), ("VIP", "key"), ("栋号房号", "address"), ("身份证号码", "ignored"),
        ("与业主关系", "relation"), ("房屋类型", "kind"), ("期数", "phase"), ("家庭成员", "family"), ("承租人", "tenant"),
    ],
)  # fmt: skip
def test_headings_in_other_words_are_understood(heading, field):
    assert field_of(heading) == field


@pytest.mark.parametrize("cell", ["郝博娜", "1栋101室", "自住", "出租", "13900004080", "", "x" * 80])
def test_what_stands_in_the_rows_is_no_heading(cell):
    assert field_of(cell) is None


def test_every_field_of_the_vocabulary_is_one_a_user_may_choose():
    named = {field_of(text) for text in [*MAINLAND, *HONG_KONG, *ENGLISH]}
    assert named <= set(FIELDS)


def test_a_narrow_heading_takes_its_meaning_from_the_wide_one_above():
    assert field_under("租户信息", "姓名") == "tenant"
    assert field_under("业主", "电话") == "owner_phone"
    assert field_under("业主", "性别") == "ignored"


def test_titles_above_the_heading_are_passed_over_and_kept_for_the_preview():
    rows = [
        ["锦绣花园业主信息登记表"],
        ["制表：服务中心", "", "日期：2026年"],
        MAINLAND,
        ["1", "1栋", "1单元", "101", "张三"],
    ]
    layout = guess_layout(rows)
    assert layout.header == (2,)
    assert layout.titles == ("锦绣花园业主信息登记表", "制表：服务中心 日期：2026年")
    assert layout.confidence == "high"


def test_a_heading_of_two_rows_is_read_as_one():
    rows = [
        ["翠湖苑业主档案表"], [],
        ["房产地址", "业主", "", "联系方式", "收楼时间"],
        ["", "姓名", "性别", "", ""],
        ["1栋101室", "郝博娜", "男", "13900009910", "2023-02-21"],
    ]  # fmt: skip
    layout = guess_layout(rows)
    assert layout.header == (2, 3)
    assert layout.columns == {0: "address", 1: "owner", 2: "ignored", 3: "phone", 4: "moved_in"}
    assert layout.headings[1] == "业主 姓名"


def test_wide_headings_above_narrow_ones_tell_owners_from_tenants():
    rows = [
        ["房屋信息", "", "", "业主信息", "", "租户信息", ""],
        ["楼栋", "单元", "房号", "姓名", "电话", "姓名", "电话"],
        ["1栋", "1单元", "101", "张三", "13900000001", "李四", "13900000002"],
    ]
    assert fields(rows) == ["building", "stair", "room", "owner", "owner_phone", "tenant", "tenant_phone"]


def test_a_sheet_without_heading_is_read_by_its_contents_and_says_so():
    rows = [
        ["第A座", f"{n}樓", "B室", "陳大文", "業主", f"5100 19{n:02}", f"{n}/08/2009", "自住", "繁體"]
        for n in range(1, 12)
    ]
    layout = guess_layout(rows)
    assert fields(rows) == [
        "building", "floor", "room", "name", "relation", "phone", "moved_in", "status", "language",
    ]  # fmt: skip
    assert layout.first_row == 0 and layout.confidence == "low"
    assert "no_header" in dict(layout.notes)


def test_areas_are_not_taken_for_addresses():
    rows = [["1栋", "101", "张三", "78.50"], ["1栋", "102", "李四", "102.66"], ["1栋", "103", "王五", "89.20"]]
    assert "address" not in guess_layout(rows).columns.values()


def test_the_user_has_the_last_word_about_columns():
    rows = [["甲", "乙", "丙"], ["1栋", "101", "张三"], ["1栋", "102", "李四"]]
    layout = guess_layout(rows, columns={0: "building", 1: "room", 2: "owner"}, header=[0])
    assert layout.columns == {0: "building", 1: "room", 2: "owner"} and layout.first_row == 1
    assert layout.confidence == "high" and not layout.problems()


def test_a_sheet_that_tells_no_rooms_cannot_be_imported():
    assert [code for code, _ in guess_layout([["姓名", "电话"], ["张三", "13900000001"]]).problems()] == [
        "roster.no_room_column"
    ]


def test_a_column_twice_and_a_column_unknown_are_shown():
    notes = guess_layout([["房号", "房号", "业主姓名", "口令"], ["101", "101", "张三", "x"]]).notes
    assert ("column_twice", {"column": 1, "heading": "房号", "field": "room"}) in notes
    assert ("column_unknown", {"column": 3, "heading": "口令"}) in notes


def test_a_heading_that_does_not_fit_its_column_is_shown():
    rows = [["楼栋", "房号", "业主姓名", "联系电话"], *[["1栋", str(101 + n), "13900000001", "张三"] for n in range(8)]]
    wrong = {params["field"] for code, params in guess_layout(rows).notes if code == "column_looks_wrong"}
    assert wrong == {"owner", "phone"}


def test_unit_means_the_flat_where_nothing_else_does():
    assert fields([["座", "樓層", "單元", "姓名"], ["A座", "1樓", "B", "陳大文"]]) == [
        "building",
        "floor",
        "room",
        "name",
    ]
    assert fields([["楼栋", "单元", "房号", "姓名"], ["1栋", "1", "101", "张三"]]) == [
        "building",
        "stair",
        "room",
        "name",
    ]


def test_the_order_of_dates_is_taken_from_the_whole_sample():
    rows = [["房号", "姓名", "入伙日期"], ["101", "甲", "02/03/2010"], ["102", "乙", "31/01/2010"]]
    assert guess_layout(rows).date_order == "day_first"
    rows[2][2] = "01/31/2010"
    assert guess_layout(rows).date_order == "month_first"
    rows[2][2] = "01/01/2010"
    assert ("date_order_guessed", {"order": "day_first"}) in guess_layout(rows).notes


def test_the_region_of_numbers_and_the_script_are_taken_from_the_sheet():
    layout = guess_layout([HONG_KONG, ["A座", "1樓", "B室", "陳大文", "業主", "5100 1910", "", "自住", ""]])
    assert (layout.phone_home, layout.script, layout.relation) == ("852", "zh_Hant", "")
    layout = guess_layout([MAINLAND, ["1", "1栋", "1单元", "101", "张三", "13900004080"]])
    assert (layout.phone_home, layout.script, layout.relation) == ("86", "zh_Hans", "owner")


def test_a_layout_is_kept_as_plain_values_and_read_back():
    layout = guess_layout([["登记表"], MAINLAND, ["1", "1栋", "1单元", "101", "张三", "13900004080"]])
    assert Layout.from_json(json.loads(json.dumps(layout.to_json()))) == layout
