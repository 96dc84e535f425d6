"""Opinions of one cause become an issue with measures of its own, counted by households."""

from collections.abc import Callable
from datetime import date

import pytest
from flask import Flask
from sqlalchemy import select

from portal.core.db import db
from portal.domain.refusals import Refused
from portal.opinions import issues
from portal.opinions.issue_listing import weights
from portal.opinions.models import Issue, Measure, Opinion
from portal.opinions.service import NewContact, NewOpinion, record_contacts
from tests.client import PortalClient
from tests.factories import AT, Estate
from tests.publishing.letters import opinions

SignIn = Callable[[str], PortalClient]


def test_an_issue_counts_different_households_beside_opinions(app: Flask, estate: Estate, sign_in: SignIn) -> None:
    ids = opinions(estate, ["101", "101", "102"])
    made = issues.open_issue("电梯异响", "lift", ids, by=estate.actor("supervisor"), at=AT)
    db.session.rollback()
    assert weights(db.session(), [made]) == {made: (3, 2)}
    page = sign_in("supervisor").page(f"/desk/issues/{made}")
    assert "3 条意见，来自 2 户" in page.text("main")
    assert "电梯异响" in sign_in("manager").page("/desk/issues?q=電梯").text("main")


def test_grouping_and_taking_out_leave_each_opinions_own_life_as_it_was(
    app: Flask, estate: Estate, sign_in: SignIn
) -> None:
    ids = opinions(estate, ["101", "102"])
    client = sign_in("supervisor")
    answer = client.send(
        "/desk/issues/new", {"title": "电梯异响", "category": "lift", "opinions": [str(i) for i in ids]}
    )
    made = db.session.scalars(select(Issue)).one().id
    assert answer.headers["Location"].endswith(f"/desk/issues/{made}")
    client.send(f"/desk/issues/{made}/opinions/{ids[0]}/take-out")
    db.session.rollback()
    assert {o.id: o.issue_id for o in db.session.scalars(select(Opinion))} == {ids[0]: None, ids[1]: made}
    assert set(db.session.scalars(select(Opinion.status))) == {"classified"}
    client.send(f"/desk/issues/{made}/opinions", {"opinions": [str(ids[0])]})
    db.session.rollback()
    assert set(db.session.scalars(select(Opinion.issue_id))) == {made}


def test_opinions_of_one_cause_are_looked_for_and_what_is_ticked_stays(
    app: Flask, estate: Estate, sign_in: SignIn
) -> None:
    lift = opinions(estate, ["101", "102"], "电梯夜间有响声")
    (lamp,) = opinions(estate, ["103"], "楼道灯太暗", "maintenance")
    client = sign_in("supervisor")

    def offered(query: str) -> dict[str, bool]:
        page = client.page(f"/desk/issues/new?{query}")
        ticks = [i for i in page.all("input") if i.get("name") == "opinions"]
        return {t.get("value") or "": t.get("checked") is not None for t in ticks}

    assert set(offered("")) == {str(i) for i in (*lift, lamp)}
    assert offered(f"q=電梯&opinions={lamp}") == {str(lamp): True} | {str(i): False for i in lift}
    assert offered("category=maintenance") == {str(lamp): False}
    assert offered("q=水管") == {}
    assert offered("opinions=nonsense&q=灯") == {str(lamp): False}


def test_an_opinion_belongs_to_one_issue_and_an_issue_to_one_estate(app: Flask, estate: Estate) -> None:
    by = estate.actor("supervisor")
    ids = opinions(estate, ["101"])
    issues.open_issue("电梯异响", "lift", ids, by=by, at=AT)
    with pytest.raises(Refused, match=r"issue\.grouped_already"):
        issues.open_issue("又一个", "lift", ids, by=by, at=AT)
    with pytest.raises(Refused, match=r"issue\.no_opinion"):
        issues.open_issue("没有意见", "lift", [], by=by, at=AT)
    record_contacts(
        [NewContact("phone", (NewOpinion("repair", "海滨"),), estate.foreign_household_id)],
        by=estate.actor("other_supervisor"), at=AT,
    )  # fmt: skip
    foreign = db.session.scalars(select(Opinion.id).where(Opinion.content == "海滨")).one()
    with pytest.raises(Refused, match=r"opinion\.unknown"):
        issues.open_issue("别家的", "lift", [foreign], by=by, at=AT)


def test_measures_of_an_issue_name_department_and_date(app: Flask, estate: Estate, sign_in: SignIn) -> None:
    made = issues.open_issue("电梯异响", "lift", opinions(estate, ["101"]), by=estate.actor("supervisor"), at=AT)
    client = sign_in("supervisor")
    form = {
        "revision": "1",
        "action": "换导靴",
        "actor": "office",
        "due_kind": "date",
        "due_on": "",
        "department_id": "",
    }
    assert "请填写完成日期" in client.send(f"/desk/issues/{made}/measures", form, status=422).get_data(as_text=True)
    client.send(
        f"/desk/issues/{made}/measures",
        {**form, "due_on": "2027-03-28", "department_id": str(estate.departments["engineering"])},
    )
    measure = db.session.scalars(select(Measure)).one()
    assert (measure.action, measure.due_on) == ("换导靴", date(2027, 3, 28))
    assert "换导靴" in sign_in("department_head").page("/desk/opinions/mine").text("main")


def test_who_may_not_group_sees_the_issue_but_no_buttons(app: Flask, estate: Estate, sign_in: SignIn) -> None:
    ids = opinions(estate, ["101", "102"])
    made = issues.open_issue("电梯异响", "lift", ids[:1], by=estate.actor("supervisor"), at=AT)
    client = sign_in("front_desk")
    assert not [f for f in client.page(f"/desk/issues/{made}").all("form") if "/desk/issues/" in f.get("action", "")]
    client.send(f"/desk/issues/{made}/opinions", {"opinions": [str(ids[1])]}, status=403)
