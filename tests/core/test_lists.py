"""Declared lists over many rows: paging by key, filters with and without an index, honest counts, search, export."""

import io
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import openpyxl
import pytest
from flask import Flask
from sqlalchemy import insert, select

from portal.core import lists, search
from portal.core.db import db, writing
from portal.core.ids import new_id
from portal.core.lists import reading
from portal.households.listing import LISTING
from portal.households.models import Household, Resident
from portal.households.words import find_again
from tests.client import PortalClient
from tests.factories import Estate

TODAY = date(2026, 3, 5)


def reader(estate: Estate) -> lists.Reader:
    return lists.Reader(estate.office_id, "Asia/Shanghai", TODAY)


def page(estate: Estate, **given: str) -> lists.Page[Household]:
    who = reader(estate)
    return lists.fetch(db.session(), LISTING, lists.read_address(LISTING, who, given), who)


def rooms(found: lists.Page[Household]) -> list[str]:
    return [row.room for row in found.rows]


def many(estate: Estate, number: int) -> None:
    """Rooms 1001 … on a floor of their own; every seventh was visited on a day of its own, every fiftieth is vacant."""
    rows: list[dict[str, Any]] = [
        {
            "id": new_id(), "office_id": estate.office_id, "community_id": estate.community_id,
            "building_id": estate.building_id, "stair": "1", "floor": 10, "room": str(1000 + n),
            "address_key": f"1|1|{1000 + n}", "unit_code": f"many{n}",
            "occupancy": "vacant" if n % 50 == 0 else "occupied",
            "last_visit_on": TODAY - timedelta(days=n % 400) if n % 7 == 0 else None,
        }
        for n in range(1, number + 1)
    ]  # fmt: skip
    with writing() as session:
        session.execute(insert(Household), rows)


@pytest.fixture
def full(app: Flask, estate: Estate) -> Estate:
    many(estate, 260)
    return estate


def walk(estate: Estate, **given: str) -> list[list[str]]:
    pages = []
    while True:
        found = page(estate, **given)
        pages.append(rooms(found))
        onward = found.next or found.go_on
        if onward is None:
            return pages
        given["after"] = onward


def expected(estate: Estate, key: Callable[[Household], Any], down: bool) -> list[str]:
    rows = db.session.scalars(select(Household).where(Household.office_id == estate.office_id)).all()
    return [row.room for row in sorted(rows, key=key, reverse=down)]


ORDERS = {
    "address": lambda h: (h.community_id.bytes, h.address_order, h.id.bytes),
    "visited": lambda h: (h.last_visit_on is not None, h.last_visit_on or TODAY, h.id.bytes),
    "opinions": lambda h: (h.open_opinions, h.id.bytes),
}


@pytest.mark.parametrize("sort", list(ORDERS))
@pytest.mark.parametrize("down", [False, True])
def test_every_order_shows_every_row_once_forward_and_back(full: Estate, sort: str, down: bool) -> None:
    named = ("-" if down else "") + sort
    forward = walk(full, sort=named)
    assert [room for some in forward for room in some] == expected(full, ORDERS[sort], down)
    last = page(full, sort=named, after=_before_last(full, named))
    back = [rooms(last)]
    while last.previous:
        last = page(full, sort=named, before=last.previous)
        back.insert(0, rooms(last))
    assert back == forward


def _before_last(estate: Estate, sort: str) -> str:
    given: dict[str, str] = {"sort": sort}
    while (found := page(estate, **given)).next:
        onward = found.next
        given["after"] = onward
    return given["after"]


def test_the_first_page_has_no_previous_and_the_last_no_next(full: Estate) -> None:
    first = page(full)
    assert first.previous is None and first.next is not None
    last = page(full, after=_before_last(full, "address"))
    assert last.previous is not None and last.next is None


def test_a_list_can_be_sorted_by_rooms_as_people_count_them(full: Estate) -> None:
    found = rooms(page(full, sort="address"))
    assert found.index("304") < found.index("1001")


def test_counts_stop_at_a_thousand(app: Flask, estate: Estate) -> None:
    many(estate, 990)
    assert (page(estate).count, page(estate).more) == (1000, True)
    assert (page(estate, occupancy="vacant").count, page(estate, occupancy="vacant").more) == (19, False)


def test_a_filter_without_an_index_looks_through_so_many_rows_and_offers_to_go_on(
    full: Estate, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "SCAN", 100)
    first = page(full, occupancy="vacant")
    assert rooms(first) == ["1050"]
    assert first.more and first.go_on is not None
    second = page(full, occupancy="vacant", after=first.go_on)
    assert rooms(second) == ["1100", "1150"]
    assert [room for some in walk(full, occupancy="vacant") for room in some] == [
        "1050",
        "1100",
        "1150",
        "1200",
        "1250",
    ]


def test_a_filter_without_an_index_goes_on_across_rows_without_a_value(
    full: Estate, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "SCAN", 90)
    found = [room for some in walk(full, occupancy="vacant", sort="-visited") for room in some]
    assert sorted(found) == ["1050", "1100", "1150", "1200", "1250"]


def test_overdue_and_due_are_told_apart(app: Flask, estate: Estate) -> None:
    days = {"101": 120, "102": 85, "103": 10, "104": None}
    with writing() as session:
        for room, days_ago in days.items():
            home = session.get_one(Household, estate.households[room])
            home.last_visit_on = TODAY - timedelta(days=days_ago) if days_ago is not None else None
        for room in ("201", "202", "203", "204", "301", "302", "303", "304"):
            session.get_one(Household, estate.households[room]).occupancy = "vacant"
    assert rooms(page(estate, visit="overdue")) == ["101"]
    assert rooms(page(estate, visit="due")) == ["101", "102", "104"]
    assert rooms(page(estate, visit="never")) == ["104"]


@pytest.fixture
def findable(app: Flask, estate: Estate) -> Estate:
    with writing() as session:
        resident = session.scalars(select(Resident).where(Resident.household_id == estate.households["203"])).one()
        resident.name, resident.phone, resident.phone_tail = "龚丽华", "13800004471", "4471"
        find_again(session, estate.households.values())
    return estate


@pytest.mark.parametrize("words", ["龚丽华", "龔麗華", "丽华", "麗華", "4471", "203 龔", "锦绣 203", "錦繡 203"])
def test_either_script_room_name_or_number_finds_the_household(findable: Estate, words: str) -> None:
    assert rooms(page(findable, q=words)) == ["203"]


def test_a_search_that_fits_nothing_or_says_nothing_finds_nothing(findable: Estate) -> None:
    assert page(findable, q="没有的人").rows == []
    assert page(findable, q="！？。").rows == []
    assert page(findable, q="丽 203 4471 龚").count == 1


def test_candidates_by_pairs_that_are_not_meant_are_left_out(findable: Estate) -> None:
    with writing() as session:
        row = search.rows_of(session, [findable.households["101"]])[0]
        row.pairs += " 龚丽 丽华"  # the pairs of the name, but not the name
    assert rooms(page(findable, q="龚丽华")) == ["203"]


def test_a_search_is_sorted_and_paged_like_any_list(app: Flask, estate: Estate) -> None:
    many(estate, 130)
    with writing() as session:
        ids = session.scalars(select(Household.id).where(Household.office_id == estate.office_id)).all()
        find_again(session, ids)
    pages = walk(estate, q="锦绣", sort="-address")
    assert [len(some) for some in pages] == [50, 50, 42]
    assert pages[0][0] == "1130" and pages[-1][-1] == "101"
    assert page(estate, q="锦绣").about and page(estate, q="锦绣").count == 142


def test_beyond_five_thousand_hits_the_newest_come_first(
    app: Flask, estate: Estate, monkeypatch: pytest.MonkeyPatch
) -> None:
    many(estate, 80)
    with writing() as session:
        ids = session.scalars(select(Household.id).where(Household.office_id == estate.office_id)).all()
        find_again(session, ids)
    monkeypatch.setattr(search, "LIMIT", 60)
    monkeypatch.setattr(search.hits, "__kwdefaults__", {"limit": 60})
    first = page(estate, q="锦绣", sort="address")
    newest = [row.record_id for row in db.session.scalars(select(search.SearchRow).order_by(search.SearchRow.n.desc()))]
    assert first.newest_only
    assert [row.id for row in first.rows] == newest[:50]
    assert [row.id for row in page(estate, q="锦绣", sort="address", after=first.next or "").rows] == newest[50:60]


def test_another_offices_rows_are_never_found(findable: Estate) -> None:
    with writing() as session:
        assert findable.foreign_household_id is not None
        find_again(session, [findable.foreign_household_id])
    assert page(findable, q="海滨").rows == []
    assert all(row.office_id == findable.office_id for row in page(findable).rows)
    foreign = db.session.get_one(Household, findable.foreign_household_id)
    assert page(findable, building=str(foreign.building_id)).rows == []


@pytest.mark.parametrize(
    "given",
    [
        {"sort": "nonsense"}, {"sort": "-"}, {"after": "***"}, {"after": "WzEsMV0"}, {"before": "W10"}, {"after": "bnVsbA"},
        {"community": "x' OR 1=1"}, {"building": "0"}, {"occupancy": "<script>"}, {"visit": "💥"}, {"q": "' OR \" ; --"},
        {"after": "WzEseyJ1IjoieCJ9XQ"}, {"after": "WzEse31d"},
    ],
)  # fmt: skip
def test_what_cannot_be_understood_in_an_address_is_left_out(full: Estate, given: dict[str, str]) -> None:
    found = page(full, **given)
    assert found.chosen == []
    assert found.asked.words or len(found.rows) == 50


def test_a_place_from_another_order_begins_the_list_anew(full: Estate) -> None:
    other = page(full, sort="visited").next
    assert other is not None
    assert rooms(page(full, sort="address", after=other)) == rooms(page(full, sort="address"))


def test_the_export_holds_every_row_that_fits_and_who_took_it(
    full: Estate, sign_in: Callable[[str], PortalClient]
) -> None:
    client = sign_in("supervisor")
    answer = client.send(
        "/desk/households/export", {"kind": "xlsx", "occupancy": "vacant", "sort": "-address"}, status=200
    )
    book = openpyxl.load_workbook(io.BytesIO(answer.data))
    grid = list(book.worksheets[0].values)
    assert [str(row[0])[-4:] for row in grid[1:]] == ["1250", "1200", "1150", "1100", "1050"]
    assert "supervisor 王" in [row[1] for row in book.worksheets[1].values]
    assert answer.headers["Content-Disposition"].startswith('attachment; filename="households-')


def test_an_export_longer_than_one_look_is_complete_and_masks_numbers(
    full: Estate, sign_in: Callable[[str], PortalClient], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "SCAN", 70)
    client = sign_in("front_desk")
    text = client.send("/desk/households/export", {"kind": "csv"}, status=200).get_data(as_text=True)
    assert len(text.strip().splitlines()) == 1 + 272
    assert "139••••" in text and "1390000" not in text
    some = client.send("/desk/households/export", {"kind": "csv", "occupancy": "vacant"}, status=200)
    assert len(some.get_data(as_text=True).strip().splitlines()) == 1 + 5


def test_taking_an_export_is_recorded(full: Estate, sign_in: Callable[[str], PortalClient]) -> None:
    from portal.core.audit import Event

    sign_in("manager").send("/desk/households/export", {"kind": "csv", "q": "陈"}, status=200)
    event = db.session.scalars(select(Event).where(Event.name == "desk:list:exported")).one()
    assert event.by_id == full.staff["manager"]
    assert event.changes["list"] == "households" and event.changes["searched"] is True
    assert "陈" not in str(event.changes)
