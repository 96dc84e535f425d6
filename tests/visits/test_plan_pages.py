"""Giving the doors of a day to a person, on screen."""

from collections.abc import Callable
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import select

from portal.core.db import db
from portal.visits.models import Plan, PlanLine
from tests.client import PortalClient
from tests.factories import Estate

SignIn = Callable[[str], PortalClient]
DAY = "2026-03-06"


def given(estate: Estate, **more: object) -> dict[str, object]:
    return {
        "staff": str(estate.staff["field_staff"]),
        "day": DAY,
        "buildings": [str(estate.building_id)],
        "brief": "地库的灯都换了",
        **more,
    }


def test_a_building_is_given_with_what_the_office_did(app: Flask, estate: Estate, sign_in: SignIn) -> None:
    client = sign_in("supervisor")
    answer = client.send("/desk/plans", given(estate))
    assert len(db.session.scalars(select(PlanLine)).all()) == 12
    page = client.page(answer.headers["Location"], language="zh-CN")
    assert (
        "地库的灯都换了" in page.words and "field_staff 王" in page.text("h2") and "已访 0 户，共 12 户" in page.words
    )


def test_a_single_door_comes_from_the_household(app: Flask, estate: Estate, sign_in: SignIn) -> None:
    client = sign_in("manager")
    home = estate.households["203"]
    link = next(a for a in client.page(f"/desk/households/{home}").links() if a.startswith("/desk/plans?households="))
    assert [i.get("value") for i in client.page(link).all("input") if i.get("name") == "households"] == [str(home)]
    client.send("/desk/plans", given(estate, buildings=[], households=[str(home)]))
    assert db.session.scalars(select(PlanLine.household_id)).all() == [home]


def test_a_door_is_taken_back(app: Flask, estate: Estate, sign_in: SignIn) -> None:
    client = sign_in("supervisor")
    client.send("/desk/plans", given(estate))
    line = db.session.scalars(select(PlanLine.id)).first()
    sign_in("other_supervisor").send(f"/desk/plans/lines/{line}/take-back", status=404)
    client.send(f"/desk/plans/lines/{line}/take-back", {"day": DAY})
    assert len(db.session.scalars(select(PlanLine)).all()) == 11


@pytest.mark.parametrize(
    "wrong",
    [
        {"staff": "x"},
        {"day": "tomorrow"},
        {"buildings": ["x"]},
        {"buildings": []},
        {"households": ["' or 1=1"]},
        {"brief": "长" * 2001},
    ],
)
@pytest.mark.parametrize("language", ["zh_Hans", "zh_Hant", "en"])
def test_what_cannot_be_is_told_at_its_field(
    app: Flask, estate: Estate, sign_in: SignIn, wrong: dict[str, object], language: str
) -> None:
    client = sign_in("supervisor")
    client.send(f"/settings/language/{language}")
    html = client.send("/desk/plans", given(estate, **wrong), status=422).get_data(as_text=True)
    assert 'role="alert"' in html
    assert db.session.scalar(select(Plan.id)) is None


def test_another_offices_buildings_and_people_cannot_be_given(app: Flask, estate: Estate, sign_in: SignIn) -> None:
    client = sign_in("other_supervisor")
    assert str(estate.building_id) not in client.page("/desk/plans").html
    client.send("/desk/plans", given(estate), status=422)
    own = str(estate.staff["other_supervisor"])
    client.send("/desk/plans", given(estate, staff=own), status=422)


@pytest.mark.parametrize("login", ["field_staff", "front_desk", "director", "qa"])
def test_who_does_not_plan_sees_no_plan(app: Flask, estate: Estate, sign_in: SignIn, login: str) -> None:
    client = sign_in(login)
    client.page("/desk/plans", status=403)
    client.send("/desk/plans", given(estate), status=403)
    assert "/desk/plans" not in client.page("/desk/inbox").html


def test_hostile_words_stay_words(app: Flask, estate: Estate, sign_in: SignIn) -> None:
    client = sign_in("supervisor")
    client.send("/desk/plans", given(estate, brief="<script>alert(1)</script>{{7*7}}"))
    page = client.page(f"/desk/plans?day={DAY}")
    assert "<script>alert(1)</script>{{7*7}}" in page.words
    assert client.page("/desk/plans?day=%3Cb%3E").all("h1")


def test_a_plan_shows_who_was_visited(
    app: Flask, estate: Estate, sign_in: SignIn, visited: Callable[..., UUID]
) -> None:
    client = sign_in("supervisor")
    client.send("/desk/plans", given(estate, day="2026-03-05"))
    visited("101")
    assert "已访 1 户，共 12 户" in client.page("/desk/plans?day=2026-03-05", language="zh-CN").words
