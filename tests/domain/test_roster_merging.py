"""What a row adds to a household that is known, and what it may not touch."""

from datetime import date
from decimal import Decimal

import pytest

from portal.domain.roster.household import RosterRow
from portal.domain.roster.merging import Dwelling, Person, merge, new_dwelling
from portal.domain.roster.people import ResidentIn, name_key

NOBODY: tuple[ResidentIn, ...] = ()


def row(**said: object) -> RosterRow:
    plain = {
        "line": 2, "building": "1栋", "building_code": "1", "stair": "", "floor": 1, "floor_guessed": True, "room": "101",
        "address_key": "1|101",
    }  # fmt: skip
    return RosterRow(**{**plain, **said})  # type: ignore[arg-type]


def person(name: str, **more: object) -> Person:
    return Person(**{"name": name, "name_key": name_key(name), "relation": "owner", **more})  # type: ignore[arg-type]


def known(*people: Person, **values: object) -> Dwelling:
    home = new_dwelling(row())
    home.values |= values
    home.assumed -= values.keys()
    home.people = list(people)
    return home


def test_a_row_that_says_nothing_makes_a_household_that_is_assumed_to_be_like_most() -> None:
    home = new_dwelling(row())
    assert (home.values["occupancy"], home.values["permanent"], home.values["key"]) == ("occupied", True, False)
    assert home.values["tenure"] is None and home.values["area_hundredths"] is None
    assert home.assumed == {"occupancy", "permanent", "key", "kind"}


def test_the_same_row_again_changes_nothing() -> None:
    said = row(
        occupancy="vacant", tenure="let", permanent=False, key=True, kind="shop", area=Decimal("89.50"), remark="有犬；独居",
        moved_in=date(2016, 6, 1), moved_in_precision="month", language="zh_Hant",
        residents=(ResidentIn("张三", "tenant", "13900000001", ("13900000002",)), ResidentIn("", "", "13900000009")),
    )  # fmt: skip
    home = new_dwelling(said)
    done = merge(home, said)
    assert not done.changed and not done.doubts


@pytest.mark.parametrize(
    ("field", "said"),
    [
        ("occupancy", {"occupancy": "vacant"}),
        ("permanent", {"permanent": False}),
        ("key", {"key": True}),
        ("kind", {"kind": "shop"}),
        ("tenure", {"tenure": "let"}),
        ("area_hundredths", {"area": Decimal("89.50")}),
        ("moved_in", {"moved_in": date(2016, 6, 1), "moved_in_precision": "month"}),
        ("floor", {"floor": 1, "floor_guessed": False}),
        ("remark", {"remark": "有犬"}),
    ],
)
def test_what_is_only_assumed_or_not_known_is_filled_in_once(field: str, said: dict[str, object]) -> None:
    home = known()
    first = merge(home, row(**said))
    assert first.fields == [field] and not first.doubts
    assert not merge(home, row(**said)).changed


@pytest.mark.parametrize(
    ("field", "kept", "said"),
    [
        ("occupancy", "occupied", {"occupancy": "vacant"}),
        ("tenure", "own", {"tenure": "let"}),
        ("key", True, {"key": False}),
        ("area_hundredths", 9000, {"area": Decimal("89.50")}),
        ("kind", "firm", {"kind": "shop"}),
    ],
)
def test_what_is_known_stays_and_the_contradiction_is_told(field: str, kept: object, said: dict[str, object]) -> None:
    home = known(**{field: kept})
    done = merge(home, row(**said))
    assert home.values[field] == kept
    assert not done.changed
    assert done.doubts == [("known_differs", {"fields": [field]})]


@pytest.mark.parametrize(
    ("now", "said", "then", "doubtful"),
    [
        ((date(2016, 6, 1), "month"), (date(2016, 6, 29), "day"), (date(2016, 6, 29), "day"), False),
        ((date(2016, 1, 1), "year"), (date(2016, 6, 1), "month"), (date(2016, 6, 1), "month"), False),
        ((date(2016, 6, 29), "day"), (date(2016, 6, 1), "month"), (date(2016, 6, 29), "day"), False),
        ((date(2016, 6, 29), "day"), (date(2016, 7, 1), "month"), (date(2016, 6, 29), "day"), True),
        ((date(2016, 6, 29), "day"), (date(2016, 6, 30), "day"), (date(2016, 6, 29), "day"), True),
        ((date(2016, 6, 1), "month"), (date(2017, 6, 2), "day"), (date(2016, 6, 1), "month"), True),
    ],
)
def test_a_day_said_more_exactly_is_no_contradiction(now, said, then, doubtful) -> None:  # type: ignore[no-untyped-def]
    home = known(moved_in=now[0], moved_in_precision=now[1])
    done = merge(home, row(moved_in=said[0], moved_in_precision=said[1]))
    assert (home.values["moved_in"], home.values["moved_in_precision"]) == then
    assert bool(done.doubts) is doubtful


def test_a_floor_that_somebody_said_beats_a_guessed_one_only() -> None:
    home = known(floor=12, floor_guessed=True)
    merge(home, row(floor=13, floor_guessed=False))
    assert (home.values["floor"], home.values["floor_guessed"]) == (13, False)
    assert merge(home, row(floor=14, floor_guessed=True)).changed is False
    assert merge(home, row(floor=14, floor_guessed=False)).doubts == [("known_differs", {"fields": ["floor"]})]
    assert home.values["floor"] == 13


def test_remarks_are_joined_as_long_as_there_is_room() -> None:
    home = known(remark="有犬")
    merge(home, row(remark="独居；有犬"))
    assert home.values["remark"] == "有犬；独居"
    merge(home, row(remark="长" * 1000))
    assert home.values["remark"] == "有犬；独居"


def test_a_person_is_known_by_name_in_either_script() -> None:
    home = known(person("陈 国华"))
    done = merge(home, row(residents=(ResidentIn("陳國華", "", "13900000001"), ResidentIn("李四"))))
    assert [one.name for one in home.people] == ["陈 国华", "李四"]
    assert [one.name for one in done.came] == ["李四"] and [one.phone for one in done.filled] == ["13900000001"]
    assert not done.doubts


def test_a_second_number_is_kept_beside_the_first_and_told() -> None:
    home = known(person("张三", phone="13900000001"))
    done = merge(home, row(residents=(ResidentIn("张三", "", "13900000002", ("13900000001",)),)))
    assert home.people[0].phones == ["13900000001", "13900000002"]
    assert done.doubts == [("known_differs", {"fields": ["phone"]})]


def test_another_relation_or_language_is_told_and_not_taken_over() -> None:
    home = known(person("张三", language="zh_Hans"))
    done = merge(home, row(language="en", residents=(ResidentIn("张三", "tenant"),)))
    assert (home.people[0].relation, home.people[0].language) == ("owner", "zh_Hans")
    assert done.doubts == [("known_differs", {"fields": ["language", "relation"]})]


def test_who_left_is_not_taken_in_again_unless_somebody_of_the_name_lives_here() -> None:
    home = known(person("张三", left=True))
    assert merge(home, row(residents=(ResidentIn("张三"),))).doubts == [("known_left", {"count": 1})]
    assert len(home.people) == 1
    home = known(person("张三", left=True), person("张三", ref=2))
    done = merge(home, row(residents=(ResidentIn("张三", "", "13900000001"),)))
    assert [one.ref for one in done.filled] == [2] and not done.doubts


def test_a_number_without_a_name_belongs_to_whoever_has_it() -> None:
    home = known(person("张三", phone="13900000001"))
    assert not merge(home, row(residents=(ResidentIn("", "", "13900000001"),))).changed
    assert merge(home, row(residents=(ResidentIn("", "", "13900000002"),))).came[0].phone == "13900000002"
    assert not merge(home, row(residents=NOBODY)).changed
