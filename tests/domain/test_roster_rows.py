"""What a row says: imported, doubted, refused or passed over, as a careful clerk would."""

from datetime import date
from decimal import Decimal

import opencc
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portal.domain.roster.household import RosterRow
from portal.domain.roster.layout import guess_layout
from portal.domain.roster.rows import RowReader, RowRefused, RowSkipped, read_rows

HEADING = [
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
GOOD = ["1", "1栋", "1单元", "101", "龚敏雅", "13900004080", "78.50", "2016-06-29", "自住", "", ""]


def outcomes(*rows, heading=HEADING, **how):
    sheet = [heading, *rows]
    return list(read_rows(enumerate(sheet, 1), guess_layout(sheet), **how))


def one(heading=HEADING, row=GOOD, **changed):
    """The outcome of a good row in which the cells under some headings are changed."""
    cells = [changed.get(name, cell) for name, cell in zip(heading, row, strict=True)]
    return outcomes(cells, heading=heading)[0]


def doubts(outcome):
    return [code for code, _ in outcome.doubts]


def test_a_good_row_is_a_household_with_its_resident():
    row = one()
    assert (row.line, row.building, row.building_code, row.stair, row.room) == (2, "1栋", "1", "1", "101")
    assert (row.floor, row.floor_guessed, row.address_key) == (1, True, "1|1|101")
    assert (row.occupancy, row.tenure, row.kind) == ("occupied", "own", "dwelling")
    assert (row.moved_in, row.moved_in_precision, row.area) == (date(2016, 6, 29), "day", Decimal("78.50"))
    assert [(person.name, person.relation, person.phone) for person in row.residents] == [
        ("龚敏雅", "owner", "13900004080")
    ]
    assert row.doubts == ()


@pytest.mark.parametrize(
    ("word", "state"),
    [
        ("自住", ("occupied", "own")), ("出租", ("occupied", "let")), ("空置", ("vacant", "")), ("装修中", ("renovating", "")),
        ("裝修", ("renovating", "")), ("已入住", ("occupied", "")), ("未入住", ("vacant", "")), ("待租", ("vacant", "let")),
        ("出租/装修", ("renovating", "let")), ("Owner occupied", ("occupied", "own")), ("", ("", "")),
    ],
)  # fmt: skip
def test_words_of_state_are_read_in_both_scripts(word, state):
    row = one(使用状态=word)
    assert (row.occupancy, row.tenure) == state


def test_a_word_of_state_that_nobody_knows_is_doubtful_and_sets_nothing():
    row = one(使用状态="薛定谔")
    assert (row.occupancy, row.tenure, doubts(row)) == ("", "", ["status_unknown"])


def test_an_important_customer_is_marked_and_an_empty_cell_says_nothing():
    assert one(重要客户="是").key is True
    assert one(重要客户="否").key is False
    assert one(重要客户="").key is None
    assert doubts(one(重要客户="大概")) == ["flag_unknown"]


def test_a_household_without_a_name_is_imported_and_doubtful_unless_vacant():
    assert doubts(one(业主姓名="", 联系电话="")) == ["no_name"]
    assert doubts(one(业主姓名="", 联系电话="", 使用状态="空置")) == []


def test_a_number_without_a_name_is_kept():
    row = one(业主姓名="")
    assert doubts(row) == ["phone_without_name"]
    assert row.residents[0].phone == "13900004080"


def test_areas_in_square_feet_become_square_metres():
    assert one(**{"建筑面积(㎡)": "850平方呎"}).area == Decimal("78.97")
    assert doubts(one(**{"建筑面积(㎡)": "很大"})) == ["area_unreadable"]


def test_a_day_still_to_come_is_doubtful():
    row = outcomes([*GOOD[:7], "2030-01-01", *GOOD[8:]], today=date(2026, 11, 1))[0]
    assert doubts(row) == ["date_future"]


def test_a_tenant_in_a_flat_lived_in_by_its_owner_is_doubtful():
    heading = ["座", "樓層", "單位", "住戶姓名", "身份", "電話", "狀況"]
    row = outcomes(["A座", "1樓", "B室", "陳大文", "租客", "5100 1910", "自住"], heading=heading)[0]
    assert row.residents[0].relation == "tenant"
    assert doubts(row) == ["tenant_but_own"]


def test_owner_and_tenant_of_one_flat_keep_their_own_numbers():
    heading = ["楼栋", "房号", "业主姓名", "业主电话", "租户姓名", "租户电话"]
    row = outcomes(["1栋", "101", "张三", "13900000001", "李四", "13900000002"], heading=heading)[0]
    assert [(p.name, p.relation, p.phone) for p in row.residents] == [
        ("张三", "owner", "13900000001"),
        ("李四", "tenant", "13900000002"),
    ]


def test_a_firm_and_a_shop_are_told_apart_from_dwellings():
    assert one(业主姓名="深圳市大树贸易有限公司").kind == "firm"
    assert one(房号="商铺3").kind == "shop"
    assert one(房号="商铺3").floor is None


def test_what_a_column_of_floors_says_is_no_guess():
    heading = ["楼栋", "楼层", "房号", "业主姓名"]
    given, odd, unreadable = outcomes(
        ["1栋", "3楼", "301", "甲"], ["1栋", "4楼", "302", "乙"], ["1栋", "顶层", "303", "丙"], heading=heading
    )
    assert (given.floor, given.floor_guessed, given.address_key) == (3, False, "1|301")
    assert doubts(odd) == ["floor_differs"]
    assert (unreadable.floor, unreadable.floor_guessed, doubts(unreadable)) == (3, True, ["floor_unreadable"])


def test_a_roster_in_the_other_script_finds_the_same_households():
    traditional = [opencc.OpenCC("s2hk").convert(cell) for cell in GOOD]
    row = outcomes(traditional, heading=[opencc.OpenCC("s2hk").convert(cell) for cell in HEADING])[0]
    assert row.address_key == one().address_key
    assert row.residents[0].name_key == one().residents[0].name_key


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"房号": ""}, "no_room"),
        ({"楼栋": ""}, "no_building"),
        ({"房号": "不知道在哪里"}, "address_unreadable"),
        ({"房号": "2栋101"}, "address_disagrees"),
        ({"房号": '=HYPERLINK("http://x","101")'}, "formula"),
        ({"业主姓名": "=cmd|'/c calc'!A0"}, "formula"),
        ({"业主姓名": "@SUM(A1)"}, "formula"),
        ({"房号": "#REF!"}, "cell_error"),
        ({"业主姓名": "龚\ufffd雅"}, "garbled"),
        ({"业主姓名": "????"}, "garbled"),
        ({"业主姓名": "13900004080"}, "name_is_number"),
        ({"业主姓名": "很" * 61}, "name_too_long"),
        ({"业主姓名": "很" * 2001}, "cell_too_long"),
    ],
)
def test_a_bad_row_is_refused_with_its_line_and_reason(changed, code):
    row = one(**changed)
    assert isinstance(row, RowRefused)
    assert (row.line, row.code) == (2, code)


def test_a_reason_that_points_at_a_column_names_it():
    assert one(业主姓名="????").params["column"] == "业主姓名"


def test_a_formula_in_a_remark_is_only_text():
    assert one(备注="=1+1").remark == "=1+1"


def test_a_comma_too_many_moves_the_cells_and_is_refused_in_text():
    row = [*GOOD, "多出来"]
    assert outcomes(row, may_shift=True)[0].code == "too_many_cells"
    assert doubts(outcomes(row)[0]) == ["cells_beyond"]


def test_rows_of_no_household_are_not_read():
    got = outcomes(
        GOOD,
        [""] * 11,
        HEADING,
        ["1栋小计", "", "", "", "1户"],
        ["1634", *[""] * 10],
        ["合计", "", "", "", "1户"],
        ["制表：服务中心", "", "", "审核：李"],
    )
    assert [row.why for row in got[1:]] == ["blank", "header", "total", "blank", "total", "note"]


def test_a_title_repeated_on_each_printed_page_is_passed_over():
    sheet = [
        ["锦绣花园业主信息登记表"],
        HEADING,
        GOOD,
        ["锦绣花园业主信息登记表"],
        HEADING,
        [*GOOD[:3], "102", *GOOD[4:]],
    ]
    got = list(read_rows(enumerate(sheet, 1), guess_layout(sheet)))
    assert [getattr(row, "why", "read") for row in got] == ["read", "title", "header", "read"]


def test_merged_cells_are_filled_from_above():
    heading = ["楼栋", "单元", "房号", "业主姓名"]
    got = outcomes(
        ["1栋", "1单元", "101", "甲"], ["", "", "102", "乙"], ["", "2单元", "101", "丙"], ["", "", "102", "丁"],
        ["2栋", "1单元", "101", "戊"], ["", "", "102", "己"],
        heading=heading,
    )  # fmt: skip
    assert [row.address_key for row in got] == ["1|1|101", "1|1|102", "1|2|101", "1|2|102", "2|1|101", "2|1|102"]


def test_rows_under_a_refused_merged_cell_do_not_fall_to_the_building_above():
    heading = ["楼栋", "房号", "业主姓名"]
    got = outcomes(
        ["1栋", "101", "甲"], ["", "102", "乙"], ["=1+1", "101", "丙"], ["", "102", "丁"], ["3栋", "101", "戊"],
        heading=heading,
    )  # fmt: skip
    assert [getattr(row, "code", None) or row.address_key for row in got] == [
        "1|101", "1|102", "formula", "no_building", "3|101",
    ]  # fmt: skip


def test_one_forgotten_building_is_refused_where_all_others_are_written():
    rows = [["1栋", str(101 + n), "甲"] for n in range(9)]
    got = outcomes(*rows, ["", "110", "乙"], heading=["楼栋", "房号", "业主姓名"])
    assert got[-1].code == "no_building"


def test_members_under_a_merged_room_belong_to_its_household():
    heading = ["房产地址", "姓名", "与业主关系", "联系电话"]
    got = outcomes(
        ["1栋101", "甲", "本人", "13900000001"], ["", "乙", "妻子", ""], ["", "丙", "女儿", ""],
        ["1栋102", "丁", "本人", ""], ["", "戊", "儿子", ""],
        heading=heading,
    )  # fmt: skip
    assert [row.address_key for row in got] == ["1|101", "1|101", "1|101", "1|102", "1|102"]
    assert [row.residents[0].relation for row in got] == ["owner", "family", "family", "owner", "family"]


def test_a_forgotten_room_is_not_taken_for_a_merged_one():
    got = outcomes(GOOD, [*GOOD[:3], "", *GOOD[4:]], [*GOOD[:3], "", *GOOD[4:]], [*GOOD[:3], "", *GOOD[4:]])
    assert [getattr(row, "code", "read") for row in got] == ["read", "no_room", "no_room", "no_room"]


def test_a_building_on_a_row_of_its_own_stands_over_its_rooms():
    got = outcomes(
        ["1栋", "", ""], ["101", "甲", ""], ["2栋", "", ""], ["101", "乙", ""], heading=["房号", "业主姓名", "联系电话"]
    )
    assert [getattr(row, "why", None) or row.address_key for row in got] == ["section", "1|101", "section", "2|101"]


def test_reading_goes_on_after_a_stop_as_if_there_had_been_none():
    heading = ["楼栋", "单元", "房号", "业主姓名"]
    rows = [["1栋", "1单元", "101", "甲"], ["", "", "102", "乙"], ["", "2单元", "101", "丙"], ["", "", "102", "丁"]]
    layout = guess_layout([heading, *rows])
    whole = [RowReader(layout).read(line, row) for line, row in enumerate(rows[:1], 2)]
    first = RowReader(layout)
    before = [first.read(line, row) for line, row in enumerate(rows[:2], 2)]
    second = RowReader(layout, carried=dict(first.carried))
    after = [second.read(line, row) for line, row in enumerate(rows[2:], 4)]
    assert before[:1] == whole
    assert [row.address_key for row in before + after] == ["1|1|101", "1|1|102", "1|2|101", "1|2|102"]


@pytest.mark.parametrize(
    ("cells", "key"),
    [
        (["1栋", "", "1-101"], "1|101"), (["3栋", "", "2-501"], "3|2|501"), (["3栋", "2单元", "2-501"], "3|2|501"),
        (["3栋", "", "3栋2单元501"], "3|2|501"), (["3栋", "2单元", "101-2"], "3|2|101-2"), (["", "", "3#501"], "3|501"),
    ],
)  # fmt: skip
def test_a_room_that_says_more_than_the_room_is_taken_apart(cells, key):
    filler = [["9栋", "1单元", str(100 + n), "甲"] for n in range(9)]
    got = outcomes([*cells, "乙"], *filler, heading=["楼栋", "单元", "房号", "业主姓名"])
    assert got[0].address_key == key


@settings(derandomize=True, max_examples=200, deadline=None)
@given(
    st.lists(
        st.lists(st.text(alphabet="0123456789栋座单元室张三李四自住合计=/-、#?. \n", max_size=12), max_size=13),
        max_size=6,
    )
)
def test_whatever_stands_in_a_sheet_each_row_has_an_outcome(rows):
    reader = RowReader(guess_layout([HEADING, GOOD]))
    got = [reader.read(line, row) for line, row in enumerate(rows, 2)]
    assert [row.line for row in got] == list(range(2, len(rows) + 2))
    for row in got:
        assert isinstance(row, RosterRow | RowRefused | RowSkipped)
        if isinstance(row, RosterRow):
            assert row.room and row.building_code
