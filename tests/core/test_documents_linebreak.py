import random

import pytest

from portal.core.documents.linebreak import (
    BREAK,
    LATIN,
    MARK,
    NEVER_FIRST,
    NEVER_LAST,
    PAIRED,
    SPACE,
    Glyph,
    Unit,
    break_lines,
    kind_of,
)

HAN = "电梯夜间异响外墙渗水犬只扰民物业服务中心住户意见"
LATIN_WORDS = ["ISO9001", "2026", "63%", "e-mail", "WX-2026-1108", "B2"]


def units(text: str, size: float = 10) -> list[Unit]:
    """Characters ten points wide, five where they are Latin or space; a newline stands for <br>."""
    made: list[Unit] = []
    for character in text:
        if character == "\n":
            made.append((Glyph(BREAK, "", 0), None, 0))
            continue
        kind = kind_of(character)
        width = size / 2 if kind in (LATIN, SPACE) else size
        glyph = Glyph(
            kind,
            character,
            width / size,
            character not in NEVER_FIRST,
            character not in NEVER_LAST,
            character in PAIRED,
        )
        made.append((glyph, None, width))
    return made


def lines(text: str, *widths: float) -> list[str]:
    made = units(text)
    return [
        "".join(unit[0].text for unit in made[line.start : line.stop]) for line in break_lines(made, widths or (100,))
    ]


def prose(seed: int, length: int = 400) -> str:
    chance = random.Random(seed)
    text = ""
    while len(text) < length:
        text += "".join(chance.choices(HAN, k=chance.randint(1, 9)))
        text += chance.choice(
            ["，", "。", "；", "！", "？", "”", "）", "：", "“", "（", "《", "》", "……", "——", "、", " "]
        )
        if chance.random() < 0.3:
            text += chance.choice(LATIN_WORDS)
    return text


@pytest.mark.parametrize("seed", range(25))
def test_no_line_begins_with_a_closing_mark_or_ends_with_an_opening_one(seed: int) -> None:
    width = random.Random(seed).choice([70, 95, 130, 205])
    broken = lines("水" + prose(seed) + "水", width)
    assert len(broken) > 10
    for line in broken:
        assert line[0] not in NEVER_FIRST, line
        assert line[-1] not in NEVER_LAST, line


@pytest.mark.parametrize("seed", range(10))
def test_every_character_is_set_once_and_no_line_is_wider_than_the_column(seed: int) -> None:
    made = units(prose(seed))
    broken = break_lines(made, (120, 95))
    set_once = [at for line in broken for at in range(line.start, line.stop)]
    assert set_once == [at for at, unit in enumerate(made) if at in set(set_once)]
    assert all(made[at][0].kind == SPACE for at in set(range(len(made))) - set(set_once))
    assert all(line.room >= -1e-6 for line in broken)


def test_numbers_addresses_and_words_stay_whole() -> None:
    assert lines("请拨打0000-5566办理", 55) == ["请拨打", "0000-5566办", "理"]
    assert lines("电邮a.b@example.org即可", 90) == ["电邮", "a.b@example.org即", "可"]


def test_a_unit_stays_with_its_number() -> None:
    assert lines("补种草坪三二〇㎡", 70) == ["补种草坪三二", "〇㎡"]


def test_a_dash_and_an_ellipsis_of_two_are_never_parted() -> None:
    assert lines("电梯电梯电——好", 60) == ["电梯电梯", "电——好"]
    assert lines("电梯电梯电……好", 60) == ["电梯电梯", "电……好"]


def test_a_word_longer_than_the_line_is_cut() -> None:
    assert lines("a" * 25, 100) == ["a" * 20, "a" * 5]


def test_a_cut_word_does_not_leave_its_full_stop_alone_on_a_line() -> None:
    assert lines("a" * 20 + "。", 100) == ["a" * 19, "a。"]


def test_a_column_narrower_than_a_character_still_ends() -> None:
    assert lines("电梯", 4) == ["电", "梯"]


def test_a_line_break_ends_the_line_and_two_leave_an_empty_one() -> None:
    made = units("电\n\n梯")
    broken = break_lines(made, (100,))
    assert [line.forced for line in broken] == [True, True, False]


def test_the_first_line_may_be_shorter() -> None:
    assert lines("电梯夜间异响", 20, 40) == ["电梯", "夜间异响"]


def test_white_space_is_dropped_at_the_end_of_a_line_and_remembered() -> None:
    made = units("one two")
    first, second = break_lines(made, (17,))
    assert (first.start, first.stop, first.spaced) == (0, 3, True)
    assert (second.start, second.stop, second.spaced) == (4, 7, False)


def test_nothing_to_set_gives_no_lines() -> None:
    assert break_lines([], (100,)) == []
    assert lines("   ", 100) == []


def test_an_invisible_mark_stays_with_what_comes_before_it() -> None:
    made = [*units("电梯"), (Glyph(MARK, "", 0), None, 0.0), *units("夜")]
    assert [(line.start, line.stop) for line in break_lines(made, (20,))] == [(0, 3), (3, 4)]
