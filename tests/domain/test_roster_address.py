"""Where a household is, out of every way in which offices write it."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portal.domain.roster.address import (
    building_code,
    building_name,
    estate_prefix,
    floor_of_room,
    parse_address,
    phase_code,
    read_floor,
    room_code,
    stair_code,
)
from portal.domain.roster.folding import arabic, script_of, tidy
from portal.domain.script.characters import simplify_for_key


@pytest.mark.parametrize(
    ("written", "key", "floor", "guessed"),
    [
        ("1栋101室", "1|101", 1, True),
        ("1#102", "1|102", 1, True),
        ("1棟一單元101", "1|1|101", 1, True),
        ("1号楼2单元301", "1|2|301", 3, True),
        ("1栋2-301", "1|2|301", 3, True),
        ("3-2-5-501", "3|2|501", 5, True),
        ("12栋2单元1101室", "12|2|1101", 11, True),
        ("十二栋三单元一〇一", "12|3|101", 1, True),
        ("１栋１０１", "1|101", 1, True),
        ("A座1203", "A|1203", 12, True),
        ("a-1203", "A|1203", 12, True),
        ("第A座20樓B室", "A|20F|B", 20, False),
        ("Block A 20/F Flat B", "A|20F|B", 20, False),
        ("Flat B, 20/F, Block A", "A|20F|B", 20, False),
        ("Tower 3, 12A", "3|12A", 12, True),
        ("紫荊閣12樓A室", "紫荆阁|12F|A", 12, False),
        ("紫荆阁1203", "紫荆阁|1203", 12, True),
        ("一期3栋2单元501", "1期3|2|501", 5, True),
        ("二期1-2-301", "2期1|2|301", 3, True),
        ("12楼301", "12|301", 3, True),
        ("1栋 2单元 3层 301", "1|2|301", 3, False),
        ("1栋商铺3", "1|商铺3", None, False),
        ("2栋B1层03", "2|-1F|3", -1, False),
    ],
)
def test_an_address_in_one_cell_is_taken_apart(written, key, floor, guessed):
    address = parse_address(written)
    assert (address.key, address.floor, address.floor_guessed) == (key, floor, guessed)


@pytest.mark.parametrize("written", ["", "垃圾地址", "1栋", "深圳市福田区", "——", "小计"])
def test_what_names_no_room_is_no_address(written):
    assert parse_address(written) is None


@pytest.mark.parametrize(
    "one",
    ["1栋101", "1棟101室", "一栋101", "1#101", "1号楼0101", "第1座101室", "１幢１０１號", "Block 1 Flat 101", "1-101"],
)
def test_all_spellings_of_one_flat_have_one_key(one):
    assert parse_address(one).key == "1|101"


def test_a_floor_that_the_room_tells_is_no_part_of_the_key():
    assert parse_address("A座12楼1203").key == parse_address("A座1203").key == "A|1203"


def test_a_floor_that_contradicts_the_room_keeps_two_flats_apart():
    assert parse_address("A座3楼101").key != parse_address("A座4楼101").key


def test_12_lou_is_a_floor_before_its_own_rooms_and_a_building_before_others():
    assert (parse_address("12楼1203").building_code, parse_address("12楼1203").floor) == ("", 12)
    assert (parse_address("12楼301").building_code, parse_address("12楼301").floor) == ("12", 3)


@pytest.mark.parametrize(
    ("room", "floor"),
    [("101", 1), ("2601", 26), ("0304", 3), ("12A", 12), ("A1203", 12), ("1203A", 12), ("101-2", 1), ("G05", 0)],
)
def test_a_room_tells_its_floor(room, floor):
    assert floor_of_room(room) == floor


@pytest.mark.parametrize("room", ["A室", "G室", "1", "12", "商铺3", "10101", "", "0001"])
def test_a_room_that_tells_no_floor_is_not_guessed(room):
    assert floor_of_room(room) is None


@pytest.mark.parametrize(
    ("written", "floor"),
    [
        ("20樓", 20),
        ("1层", 1),
        ("十二层", 12),
        ("12/F", 12),
        ("G/F", 0),
        ("地下", 0),
        ("B1", -1),
        ("負一層", -1),
        ("地下一层", -1),
        ("7", 7),
    ],
)
def test_floors_are_read_in_either_script_and_in_english(written, floor):
    assert read_floor(written) == floor


@pytest.mark.parametrize("written", ["", "M/F", "顶层", "999", "三合"])
def test_what_is_no_floor_is_not_forced_into_one(written):
    assert read_floor(written) is None


@pytest.mark.parametrize(
    ("written", "code"),
    [("第A座", "A"), ("1棟", "1"), ("一栋", "1"), ("十二號樓", "12"), ("1#", "1"), ("Tower 3", "3"), ("03", "3"), ("A-1栋", "A1"), ("二期3栋", "2期3"), ("紫荊閣", "紫荆阁"), ("丹桂苑1栋", "丹桂苑1")],
)  # fmt: skip
def test_a_building_has_one_code_however_it_is_written(written, code):
    assert building_code(written) == code


def test_stairs_and_rooms_and_phases_have_one_code():
    assert {stair_code(text) for text in ("1单元", "一單元", "1梯", "1", "第1单元")} == {"1"}
    assert {room_code(text) for text in ("101", "101室", "0101", "101號房")} == {"101"}
    assert {phase_code(text) for text in ("一期", "1期", "1", "第一期")} == {"1期"}


def test_a_bare_code_is_named_in_the_words_of_its_sheet():
    assert building_name("1#", "1", "zh_Hans") == "1栋"
    assert building_name("1", "1", "zh_Hant") == "1座"
    assert building_name("B", "B", "en") == "Block B"
    assert building_name("第A座", "A", "zh_Hant") == "第A座"
    assert building_name("紫荊閣", "紫荆阁", "zh_Hant") == "紫荊閣"


def test_the_estates_own_name_is_dropped_only_where_every_address_has_it():
    assert estate_prefix(["翠湖苑1栋101", "翠湖苑2栋202"]) == "翠湖苑"
    assert parse_address("翠湖苑1栋101", prefix="翠湖苑").key == "1|101"
    assert estate_prefix(["紫荆苑1栋101", "翠竹苑1栋101"]) == ""
    assert parse_address("紫荆苑1栋101").key != parse_address("翠竹苑1栋101").key


def test_folding_compares_scripts_widths_and_numbers():
    assert simplify_for_key("樓棟單元裡裏臺衞") == "楼栋单元里里台卫"
    assert tidy(" １０１\u200b室\u202e ") == "101室"
    assert [arabic(text) for text in ("十二", "一〇一", "二百零三", "二十", "007", "三合")] == [
        "12",
        "101",
        "203",
        "20",
        "7",
        "三合",
    ]
    assert (script_of("樓層單位"), script_of("楼层单位"), script_of("1-101")) == ("zh_Hant", "zh_Hans", "")


@settings(derandomize=True, max_examples=400, deadline=None)
@given(st.text(alphabet="0123456789-#/., ABGF栋棟座樓楼层層单單元室號号第一十期負地下商铺阁Flat", max_size=16))
def test_any_text_gives_an_address_or_none_and_the_key_reads_back(text):
    address = parse_address(text)
    if address is not None:
        assert address.room
        assert parse_address(simplify_for_key(text)).key == address.key
