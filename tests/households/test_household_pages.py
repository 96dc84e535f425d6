"""Households on screen: whom the list finds, what the page tells, how a number is read and by whom."""

from collections.abc import Callable
from datetime import date
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import select

from portal.core.audit import Event
from portal.core.db import db, writing
from portal.domain.masking import masked_name, masked_phone
from portal.households.models import Household, Resident
from portal.households.words import find_again
from portal.opinions.models import Measure, Opinion
from tests.client import PortalClient
from tests.factories import AT, Estate

HOSTILE = "<script>alert(1)</script>\"'{{7*7}}&amp;"
SignIn = Callable[[str], PortalClient]
Visited = Callable[..., UUID]


def resident_of(estate: Estate, room: str) -> Resident:
    return db.session.scalars(select(Resident).where(Resident.household_id == estate.households[room])).one()


@pytest.mark.parametrize("language", ["zh_Hans", "zh_Hant", "en"])
def test_the_list_shows_who_lives_where_with_numbers_left_out(
    app: Flask, estate: Estate, sign_in: SignIn, language: str
) -> None:
    client = sign_in("front_desk")
    client.send(f"/settings/language/{language}")
    page = client.page("/desk/households")
    assert "陈文203" in page.text("table")
    assert "13900000" not in page.html
    assert len(page.all("tr")) == 13


def test_a_list_asked_for_by_htmx_is_only_the_list(app: Flask, estate: Estate, sign_in: SignIn) -> None:
    answer = sign_in("front_desk").get("/desk/households?occupancy=occupied", headers={"HX-Request": "true"})
    html = answer.get_data(as_text=True)
    assert html.lstrip().startswith("<section") and "<html" not in html


def test_filters_that_are_set_can_be_taken_away_one_by_one(app: Flask, estate: Estate, sign_in: SignIn) -> None:
    page = sign_in("front_desk").page("/desk/households?occupancy=occupied&visit=never&q=陈", language="zh-CN")
    chips = {a.get("id"): a.get("href") for a in page.all("a") if (a.get("id") or "").startswith("chip-")}
    assert set(chips) == {"chip-q", "chip-occupancy", "chip-visit", "chip-all"}
    assert "occupancy" not in chips["chip-occupancy"] and "visit=never" in chips["chip-occupancy"]


def test_the_heading_sorted_by_says_so_and_turns_round(app: Flask, estate: Estate, sign_in: SignIn) -> None:
    page = sign_in("front_desk").page("/desk/households?sort=visited")
    (sorted_by,) = [th for th in page.all("th") if th.get("aria-sort")]
    assert sorted_by.get("aria-sort") == "ascending"
    assert "sort=-visited" in next(iter(sorted_by.iter("a"))).get("href")


def test_the_page_tells_everything_and_masks_the_number(
    app: Flask, estate: Estate, sign_in: SignIn, visited: Visited
) -> None:
    visited("203", hours=1)
    with writing() as session:
        home = session.get_one(Household, estate.households["203"])
        home.preference, home.quiet_hours = "打电话，19:00 以后", "12:00-14:30,22:00-08:00"
        opinion = session.scalars(
            select(Opinion).where(Opinion.household_id == home.id, Opinion.kind == "repair")
        ).one()
        opinion.status = "measured"
        session.add(
            Measure(
                office_id=estate.office_id, opinion_id=opinion.id, action="更换导靴", due_on=date(2026, 3, 28),
                by_id=estate.staff["supervisor"], at=AT,
            )
        )  # fmt: skip
    page = sign_in("front_desk").page(f"/desk/households/{estate.households['203']}", language="zh-CN")
    words = page.words
    for told in ("陈文203", "139••••0203", "打电话，19:00 以后", "更换导靴", "楼道灯太暗", "定期走访", "2026年3月28日"):
        assert told in words, told
    assert "13900000203" not in page.html
    assert page.html.count("hours__hush") == 3  # noon, and the night in two pieces


def test_opinions_of_former_residents_are_not_read_to_the_new_ones(
    app: Flask, estate: Estate, sign_in: SignIn, visited: Visited
) -> None:
    visited("203")
    with writing() as session:
        old = session.get_one(Resident, resident_of(estate, "203").id)
        old.until = date(2026, 3, 10)
        session.add(
            Resident(
                office_id=estate.office_id, household_id=estate.households["203"], name="新住户", name_key="新住户",
                since=date(2026, 3, 11),
            )
        )  # fmt: skip
    page = sign_in("front_desk").page(f"/desk/households/{estate.households['203']}")
    assert "新住户" in page.words and "陈文203" not in page.words
    assert not [s for s in page.all("section") if s.get("class") == "say"]


def test_a_number_is_shown_in_full_only_by_an_act_that_is_recorded(app: Flask, estate: Estate, sign_in: SignIn) -> None:
    client = sign_in("front_desk")
    resident = resident_of(estate, "203")
    address = f"/desk/households/{estate.households['203']}/residents/{resident.id}/phone"
    answer = client.send(address, status=200)
    assert "13900000203" in answer.get_data(as_text=True)
    part = client.send(address, status=200, headers={"HX-Request": "true"}).get_data(as_text=True)
    assert "13900000203" in part and "<html" not in part
    events = db.session.scalars(select(Event).where(Event.name == "households:phone:revealed")).all()
    assert [(e.subject_id, e.by_id) for e in events] == [(resident.id, estate.staff["front_desk"])] * 2
    assert "139" not in str(events[0].changes)
    assert client.get(address).headers["Location"].endswith(str(estate.households["203"]))


def test_further_numbers_are_masked_and_shown_by_the_same_act(app: Flask, estate: Estate, sign_in: SignIn) -> None:
    with writing() as session:
        session.get_one(Resident, resident_of(estate, "203").id).more_phones = ["13811114455", "0755-88886677"]
        find_again(session, [estate.households["203"]])
    client, home = sign_in("front_desk"), f"/desk/households/{estate.households['203']}"
    page = client.page(home)
    assert "138••••4455" in page.words and "6677" in page.words
    assert "13811114455" not in page.html and "88886677" not in page.html
    shown = client.send(f"{home}/residents/{resident_of(estate, '203').id}/phone", status=200).get_data(as_text=True)
    for number in ("13900000203", "13811114455", "0755-88886677"):
        assert f'href="tel:{number}"' in shown
    assert db.session.scalars(select(Event.name).where(Event.name == "households:phone:revealed")).all() == [
        "households:phone:revealed"
    ]
    assert len(client.page("/desk/households?q=6677").all("tr")) == 2
    told = client.send("/desk/households/export", {"kind": "csv"}, status=200).get_data().decode("utf-8-sig")
    assert "138••••4455" in told and "13811114455" not in told


@pytest.mark.parametrize(
    ("login", "status"), [("qa", 403), ("executive", 403), ("department_head", 403), ("manager", 200)]
)
def test_who_may_see_a_number(app: Flask, estate: Estate, sign_in: SignIn, login: str, status: int) -> None:
    resident = resident_of(estate, "203")
    sign_in(login).send(f"/desk/households/{estate.households['203']}/residents/{resident.id}/phone", status=status)


def test_the_company_sees_masked_names(app: Flask, estate: Estate, sign_in: SignIn) -> None:
    client = sign_in("qa")
    client.become(estate.staff["qa"], office_id=estate.office_id)
    page = client.page("/desk/households")
    assert "陈**" in page.text("table") and "陈文" not in page.html


@pytest.mark.parametrize("path", ["", "/residents/{resident}/phone"])
def test_another_offices_household_is_not_there(app: Flask, estate: Estate, sign_in: SignIn, path: str) -> None:
    resident = resident_of(estate, "101")
    client = sign_in("other_supervisor")
    own = path.format(resident=resident.id)
    address = f"/desk/households/{estate.households['101']}{own}"
    if path:
        client.send(address, status=404)
    else:
        client.page(address, status=404)
    client.page(f"/desk/households/communities/{estate.community_id}", status=404)


def test_hostile_text_stays_text(app: Flask, estate: Estate, sign_in: SignIn, visited: Visited) -> None:
    visited("203", resident_name=HOSTILE, remark=HOSTILE)
    with writing() as session:
        home = session.get_one(Household, estate.households["203"])
        home.preference = home.quiet_hours = home.remark = HOSTILE
        home.residents[0].name = home.residents[0].phone = HOSTILE
        home.building.name_hans = home.community.name_hans = HOSTILE
        for opinion in session.scalars(select(Opinion)):
            opinion.content = HOSTILE
        find_again(session, [home.id])
    client = sign_in("supervisor")
    for address in (
        "",
        f"/{estate.households['203']}",
        f"/{estate.households['203']}?q=<i>",
        "?q=" + "<b>'\"",
        "/communities",
        f"/communities/{estate.community_id}",
    ):
        page = client.page(f"/desk/households{address}", language="zh-CN")
        assert not [s for s in page.all("script") if not s.get("src")]
    assert HOSTILE in client.page(f"/desk/households/{estate.households['203']}", language="zh-CN").words
    text = client.send("/desk/households/export", {"kind": "csv"}, status=200).get_data(as_text=True)
    assert "<script>" in text


def test_the_building_stands_as_floors_and_doors(app: Flask, estate: Estate, sign_in: SignIn, visited: Visited) -> None:
    visited("101")
    with writing() as session:
        session.get_one(Household, estate.households["304"]).occupancy = "vacant"
        session.get_one(Household, estate.households["302"]).last_visit_on = date(2020, 1, 1)
    client = sign_in("manager")
    page = client.page(f"/desk/households/communities/{estate.community_id}/{estate.building_id}", language="zh-CN")
    table = page.all("table")[0]
    floors = [
        [" ".join(" ".join(td.itertext()).split()) for td in tr.iter("td")]
        for tr in next(iter(table.iter("tbody"))).iter("tr")
    ]
    assert [row[0][:3] for row in floors] == ["301", "201", "101"]
    assert "逾期" in floors[0][1] and "空置" in floors[0][3]
    only = client.page(f"/desk/households/communities/{estate.community_id}/{estate.building_id}?state=vacant")
    assert len([a for a in only.all("a") if "door" in (a.get("class") or "").split()]) == 1


def test_found_households_stand_side_by_side(app: Flask, estate: Estate, sign_in: SignIn) -> None:
    with writing() as session:
        find_again(session, estate.households.values())
    page = sign_in("front_desk").page(f"/desk/households/{estate.households['101']}?q=陈文1")
    (found,) = [nav for nav in page.all("nav") if nav.get("class") == "found"]
    assert len(list(found.iter("a"))) == 4


@pytest.mark.parametrize(
    ("phone", "masked"),
    [
        ("13812345678", "138••••5678"),
        ("+86 138 1234 5678", "+86 1•• •••• 5678"),
        ("2345 6789", "23•• ••89"),
        ("12345", "•••45"),
        ("", ""),
    ],
)
def test_a_masked_number_cannot_be_rung(phone: str, masked: str) -> None:
    assert masked_phone(phone) == masked


@pytest.mark.parametrize(
    ("name", "masked"),
    [("王丽华", "王**"), ("欧阳丽华", "欧阳**"), ("陈明", "陈*"), ("Smith", "S**"), ("", ""), ("王", "王*")],
)
def test_a_masked_name_keeps_the_surname(name: str, masked: str) -> None:
    assert masked_name(name) == masked
