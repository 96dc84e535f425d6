"""Names and numbers that share a cell."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portal.domain.roster.people import ResidentIn, name_key, read_names, read_phones, residents_of


@pytest.mark.parametrize(
    ("cell", "names"),
    [
        ("龚宇建/唐若丽", ["龚宇建", "唐若丽"]),
        ("蔡波兰、廖涛", ["蔡波兰", "廖涛"]),
        ("张三 李四", ["张三", "李四"]),
        ("张 三", ["张三"]),
        ("张三\n李四", ["张三", "李四"]),
        ("Chan Tai Man", ["Chan Tai Man"]),
        ("陳大文 CHAN Tai Man", ["陳大文 CHAN Tai Man"]),
        ("深圳市大树、小树贸易有限公司", ["深圳市大树、小树贸易有限公司"]),
        ("Johnson & Johnson Ltd", ["Johnson & Johnson Ltd"]),
        ("欧阳·买买提", ["欧阳·买买提"]),
        ("无", []),
        ("", []),
    ],
)
def test_several_names_in_a_cell_are_several_persons(cell, names):
    assert [name for name, _ in read_names(cell)] == names


def test_a_relation_in_brackets_is_the_persons_own():
    assert read_names("张三（租户）、李四(儿子)、王五", "owner") == [
        ("张三", "tenant"),
        ("李四", "family"),
        ("王五", "owner"),
    ]


def test_a_bracket_that_is_no_relation_stays_in_the_name():
    assert read_names("张三(小)") == [("张三(小)", "")]


def test_a_name_is_found_again_in_the_other_script_but_never_converted():
    assert name_key("陳大文") == name_key("陈 大文") == name_key("陈大文")
    assert read_names("趙东强")[0][0] == "趙东强"


@pytest.mark.parametrize(
    ("cell", "numbers"),
    [
        ("13900004080", ["13900004080"]),
        ("139-0000-5417", ["13900005417"]),
        ("13900004780、13900007341", ["13900004780", "13900007341"]),
        ("13900004080 13900001910", ["13900004080", "13900001910"]),
        ("+86 139 0000 4080", ["13900004080"]),
        ("8613900004080，13900004080", ["13900004080"]),
        ("0755-26001234", ["075526001234"]),
        ("+86-755-26001234", ["075526001234"]),
        ("0755-26001234转801", ["075526001234-801"]),
        ("+852 5100 1910", ["+85251001910"]),
        ("+1 415 555 0100", ["+14155550100"]),
        ("手机：13900004080", ["13900004080"]),
        ("无", []),
        ("", []),
    ],
)
def test_numbers_of_a_mainland_roster(cell, numbers):
    assert read_phones(cell, "86")[:2] == (numbers, [])


@pytest.mark.parametrize(
    ("cell", "numbers"),
    [
        ("5100 1910", ["51001910"]),
        ("5100 1910 5100 9821", ["51001910", "51009821"]),
        ("+852 5100 1910", ["51001910"]),
        ("85251001910", ["51001910"]),
        ("2600 1234 / 2600 1235", ["26001234", "26001235"]),
        ("+86 13900004080", ["13900004080"]),
        ("13900004080", ["13900004080"]),
    ],
)
def test_numbers_of_a_hong_kong_roster(cell, numbers):
    assert read_phones(cell, "852")[:2] == (numbers, [])


@pytest.mark.parametrize(
    ("cell", "numbers", "doubt"),
    [
        ("1390000408", ["1390000408"], "phone_malformed"),
        ("12", ["12"], "phone_malformed"),
        ("问前台", [], "phone_malformed"),
        ("1.39E+10", [], "phone_rounded"),
        ("139****4080", [], "phone_masked"),
    ],
)
def test_a_bad_number_is_a_doubt_and_never_a_refusal(cell, numbers, doubt):
    found, doubts, _ = read_phones(cell)
    assert (found, [code for code, _ in doubts]) == (numbers, [doubt])


def test_what_is_said_about_a_number_never_repeats_it():
    for cell in ("1390000408", "139****4080", "13900004080(李太太)"):
        _, doubts, besides = read_phones(cell)
        assert not any("139" in str(params) for _, params in doubts)
        assert "139" not in besides


def test_words_beside_a_number_are_kept_as_a_remark():
    assert read_phones("13900004080(妻)") == (["13900004080"], [], "妻")


def test_as_many_numbers_as_names_go_in_order_and_that_is_said():
    people, doubts = residents_of([("甲", "owner"), ("乙", "owner")], ["13900004080", "13900001910"])
    assert [(person.name, person.phone) for person in people] == [("甲", "13900004080"), ("乙", "13900001910")]
    assert [code for code, _ in doubts] == ["phones_by_order"]


def test_one_name_with_two_numbers_has_both_and_two_names_share_the_first():
    assert residents_of([("甲", "")], ["1", "2"]) == ([ResidentIn("甲", "", "1", ("2",))], [])
    assert residents_of([("甲", ""), ("乙", "")], ["1"]) == ([ResidentIn("甲", "", "1"), ResidentIn("乙", "")], [])


def test_three_numbers_for_two_names_are_doubtful_and_none_is_lost():
    people, doubts = residents_of([("甲", ""), ("乙", "")], ["1", "2", "3"])
    assert people[0].phone == "1" and people[0].more_phones == ("2", "3")
    assert [code for code, _ in doubts] == ["phones_unmatched"]


def test_the_last_four_digits_find_a_caller():
    assert ResidentIn("甲", "owner", "+85251001910").phone_tail == "1910"


@settings(derandomize=True, max_examples=300, deadline=None)
@given(st.text(alphabet="0123456789+-*()（）/、，; 转宅E.手机abc\n", max_size=40))
def test_no_text_in_the_column_of_numbers_stops_the_reading(text):
    numbers, _, _ = read_phones(text)
    assert all(any(sign.isdigit() for sign in number) for number in numbers)
    assert len(set(numbers)) == len(numbers)
