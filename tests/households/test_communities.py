"""What a machine said about a community is marked until a person has read it, then confirmed or put right on one page."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from portal.core.audit import Event
from portal.core.changes import Change
from portal.core.db import db, writing
from portal.households.models import Community
from tests.client import Page, PortalClient
from tests.factories import Estate

SignIn = Callable[[str], PortalClient]
MARKS = ("名称为自动转换，未核对", "系统推定，未核对")


@pytest.fixture
def proposed(estate: Estate) -> str:
    """The estate as ``portal import-roster --create`` leaves it; the address of its page."""
    with writing() as session:
        community = session.get_one(Community, estate.community_id)
        community.name_checked, community.handover_proposed = False, True
        community.name_hant, community.first_handover_on = "錦綉花園", date(2014, 3, 1)
    return f"/desk/households/communities/{estate.community_id}"


def community(estate: Estate) -> Community:
    db.session.rollback()
    return db.session.get_one(Community, estate.community_id)


def given(**changed: str) -> dict[str, Any]:
    return {"name_hans": "锦绣花园", "name_hant": "錦繡花園", "first_handover_on": "2014-06-01", **changed}


def test_a_converted_name_and_a_proposed_date_are_marked_until_checked(
    app: Flask, estate: Estate, sign_in: SignIn, proposed: str
) -> None:
    client = sign_in("supervisor")
    for address in (proposed, "/desk/households/communities"):
        assert all(mark in client.page(address).words for mark in MARKS)
    assert f"{proposed}/check" in client.page(proposed).links()
    page = client.page(f"{proposed}/check")
    assert "请逐字核对" in page.words and "请确认或更正" in page.words
    client.send(f"{proposed}/check", given())
    for address in (proposed, "/desk/households/communities"):
        assert not any(mark in client.page(address).words for mark in MARKS)
    kept = community(estate)
    assert (kept.name_hant, kept.name_checked) == ("錦繡花園", True)
    assert (kept.first_handover_on, kept.handover_proposed) == (date(2014, 6, 1), False)


def test_confirming_what_is_right_already_takes_the_marks_away(estate: Estate, sign_in: SignIn, proposed: str) -> None:
    sign_in("manager").send(f"{proposed}/check", given(name_hant="錦綉花園", first_handover_on="2014-03-01"))
    kept = community(estate)
    assert (kept.name_hant, kept.name_checked, kept.handover_proposed) == ("錦綉花園", True, False)


def test_tablets_and_the_record_hear_of_it_and_the_new_name_is_found(
    app: Flask, estate: Estate, sign_in: SignIn, proposed: str
) -> None:
    client = sign_in("supervisor")
    client.send(f"{proposed}/check", given(name_hans="锦绣云庭", name_hant="錦繡雲庭"))
    db.session.rollback()
    event = db.session.scalars(select(Event).where(Event.name == "households:community:checked")).one()
    assert (event.subject_id, event.by_id) == (estate.community_id, estate.staff["supervisor"])
    assert event.changes["fields"] == [
        "first_handover_on", "handover_proposed", "name_checked", "name_hans", "name_hant"
    ]  # fmt: skip
    assert db.session.scalars(select(Change.kind).where(Change.record_id == estate.community_id)).all() == ["community"]
    assert len(client.page("/desk/households?q=雲庭").all("tr")) == 13
    client.send(f"{proposed}/check", given(name_hans="锦绣云庭", name_hant="錦繡雲庭"))
    db.session.rollback()
    assert len(db.session.scalars(select(Event).where(Event.name == "households:community:checked")).all()) == 1


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"name_hant": " "}, "请填写"),
        ({"name_hans": "锦" * 61}, "60"),
        ({"first_handover_on": "2999-01-01"}, "首批入伙日期不能在将来"),
        ({"name_hans": "云栖家园"}, "本管理处已有同名小区"),
        ({"name_hant": "雲棲家園"}, "本管理处已有同名小区"),
    ],
)
def test_what_cannot_be_is_refused_and_stays_in_the_form(
    estate: Estate, sign_in: SignIn, proposed: str, changed: dict[str, str], words: str
) -> None:
    with writing() as session:
        session.add(Community(office_id=estate.office_id, slug="yunxi", name_hans="云栖家园", name_hant="雲棲家園"))
    answer = sign_in("supervisor").send(f"{proposed}/check", given(**changed), status=422)
    page = Page(answer)
    assert words in page.words
    typed = {e.get("name"): e.get("value") for e in page.all("input")}
    assert all(typed[name] == value for name, value in changed.items() if value.strip())
    assert not community(estate).name_checked


def test_only_who_may_edit_communities_and_only_their_own(
    app: Flask, estate: Estate, sign_in: SignIn, proposed: str
) -> None:
    reader = sign_in("field_staff")
    assert f"{proposed}/check" not in reader.page(proposed).links()
    reader.page(f"{proposed}/check", status=403)
    sign_in("other_supervisor").page(f"{proposed}/check", status=404)
    sign_in("other_supervisor").send(f"{proposed}/check", given(), status=404)
    assert not community(estate).name_checked
