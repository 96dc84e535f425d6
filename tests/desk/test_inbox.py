"""The inbox: what waits, late first; bundles from the ticks to the last signature; two people at once."""

from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import select

from portal.core.db import db, writing
from portal.signoff.models import Approval, Bundle, BundleLine, Signature
from portal.visits.models import Visit
from tests.client import Page, PortalClient
from tests.factories import AT, Estate

SignIn = Callable[[str], PortalClient]
Visited = Callable[..., UUID]
HOSTILE = "<b onclick=alert(1)>\"'{{7*7}}"


def pick(visit_id: UUID) -> str:
    approval = db.session.scalars(select(Approval).where(Approval.record_id == visit_id)).one()
    return f"{visit_id}.{approval.revision}.{approval.step}"


def groups(page: Page) -> dict[str, list[str]]:
    found = {}
    for section in page.all("section"):
        named = section.get("aria-labelledby") or ""
        if named.startswith("group-"):
            rows = [li for li in section.iter("li") if "list__row" in (li.get("class") or "")]
            found[named.removeprefix("group-")] = [" ".join(" ".join(li.itertext()).split()) for li in rows]
    return found


def status(*visit_ids: UUID) -> list[str]:
    db.session.rollback()
    return [db.session.get_one(Visit, i).status for i in visit_ids]


def make(client: PortalClient, *visit_ids: UUID) -> UUID:
    answer = client.send("/desk/inbox/bundles", {"pick": [pick(i) for i in visit_ids]})
    return UUID(answer.headers["Location"].rpartition("/")[2])


def waiting(client: PortalClient) -> dict[str, list[str]]:
    return groups(client.page("/desk/inbox", language="zh-CN"))


def test_what_is_late_comes_first(app: Flask, visited: Visited, sign_in: SignIn) -> None:
    late, fresh = visited("101"), visited("102", hours=1)
    with writing() as session:
        for visit_id, due in ((late, AT), (fresh, AT + timedelta(days=36_500))):
            session.scalars(select(Approval).where(Approval.record_id == visit_id)).one().due_at = due
    found = waiting(sign_in("supervisor"))
    assert [row[:11] for row in found["late"]] and "101" in found["late"][0] and "逾期" in found["late"][0]
    assert len(found["sign"]) == 1 and "102" in found["sign"][0]


def test_what_is_shown_on_the_right_belongs_to_the_lines_shown(app: Flask, visited: Visited, sign_in: SignIn) -> None:
    late, fresh = visited("101"), visited("102", hours=1)
    with writing() as session:
        for visit_id, due in ((late, AT), (fresh, AT + timedelta(days=36_500))):
            session.scalars(select(Approval).where(Approval.record_id == visit_id)).one().due_at = due
    supervisor = sign_in("supervisor")
    for kind, inside, outside in (("late", "101", "102"), ("sign", "102", "101")):
        page = supervisor.page(f"/desk/inbox?show={kind}", language="zh-CN")
        (pane,) = [" ".join(e.itertext()) for e in page.all("aside") if e.get("id") == "pane"]
        assert inside in pane and outside not in pane
    supervisor.send(f"/desk/visits/{late}/sign", {"revision": "1", "step": "1"})
    page = supervisor.page("/desk/inbox?show=late", language="en")
    assert "Nothing more of this kind" in page.words and "102" not in page.text("main")


def test_everybody_sees_what_is_theirs(app: Flask, estate: Estate, visited: Visited, sign_in: SignIn) -> None:
    visited("101")
    visited("102", "supervisor")
    assert [len(rows) for rows in waiting(sign_in("supervisor")).values()] == [1, 1]
    assert sum(len(rows) for rows in waiting(sign_in("second_supervisor")).values()) == 2
    assert waiting(sign_in("manager")) == {}
    assert set(waiting(sign_in("field_staff"))) == {"mine"}
    assert waiting(sign_in("other_supervisor")) == {}


def test_what_came_back_to_me_shows_who_and_why(app: Flask, visited: Visited, sign_in: SignIn) -> None:
    visit_id = visited()
    sign_in("supervisor").send(f"/desk/visits/{visit_id}/return", {"revision": "1", "step": "1", "comment": "缺楼层"})
    (row,) = waiting(sign_in("field_staff"))["back"]
    assert "缺楼层" in row and "supervisor 王" in row


def test_a_bundle_goes_from_the_ticks_to_the_last_signature(
    app: Flask, estate: Estate, visited: Visited, sign_in: SignIn
) -> None:
    ids = [visited("101"), visited("102", hours=1), visited("103", hours=2)]
    author = sign_in("field_staff")
    bundle_id = make(author, *ids)
    cover = author.page(f"/desk/inbox/bundles/{bundle_id}", language="zh-CN")
    assert [dd.text for dd in cover.all("dd")][:3] == ["3", "3", "6"]
    assert waiting(author) == {}
    for step, login in enumerate(("supervisor", "manager", "director"), start=1):
        client = sign_in(login)
        (row,) = [row for rows in waiting(client).values() for row in rows]
        assert "3 份记录" in row
        client.send(f"/desk/inbox/bundles/{bundle_id}/sign", {"step": str(step)})
        assert waiting(client) == {}
    assert status(*ids) == ["closed"] * 3
    assert {s.bundle_id for s in db.session.scalars(select(Signature))} == {bundle_id}


def test_the_menu_counts_what_the_inbox_shows_a_bundle_as_one(app: Flask, visited: Visited, sign_in: SignIn) -> None:
    make(sign_in("field_staff"), visited("101"), visited("102", hours=1))
    visited("103", hours=2)
    page = sign_in("supervisor").page("/desk/inbox", language="zh-CN")
    (menu,) = (a for a in page.all("a") if "rail__link" in (a.get("class") or "") and a.get("href") == "/desk/inbox")
    assert " ".join(" ".join(menu.itertext()).split()) == "收件箱 2"
    assert sum(len(rows) for rows in groups(page).values()) == 2


def test_one_record_is_taken_out_and_the_rest_goes_on(app: Flask, visited: Visited, sign_in: SignIn) -> None:
    first, second = visited("101"), visited("102", hours=1)
    bundle_id = make(sign_in("field_staff"), first, second)
    client = sign_in("supervisor")
    out = {"record": str(first), "revision": "1", "comment": "时间不对"}
    client.send(f"/desk/inbox/bundles/{bundle_id}/take-out", {**out, "comment": ""}, status=409)
    client.send(f"/desk/inbox/bundles/{bundle_id}/take-out", out)
    client.send(f"/desk/inbox/bundles/{bundle_id}/sign", {"step": "1"})
    assert status(first, second) == ["returned", "signed_1"]
    client.send(f"/desk/inbox/bundles/{bundle_id}/take-out", out, status=409)


def test_a_record_can_be_set_aside(app: Flask, visited: Visited, sign_in: SignIn) -> None:
    first, second = visited("101"), visited("102", hours=1)
    bundle_id = make(sign_in("field_staff"), first, second)
    answer = sign_in("supervisor").send(
        f"/desk/inbox/bundles/{bundle_id}/sign", {"step": "1", "without": str(first)}, status=200
    )
    assert "101" in answer.get_data(as_text=True)
    assert status(first, second) == ["received", "signed_1"]
    page = sign_in("manager").page(f"/desk/inbox/bundles/{bundle_id}", language="zh-CN")
    assert "没有签的" in page.words


def test_two_people_sign_a_bundle_and_the_loser_is_told_in_words(app: Flask, visited: Visited, sign_in: SignIn) -> None:
    ids = [visited("101"), visited("102", hours=1)]
    bundle_id = make(sign_in("field_staff"), *ids)
    sign_in("second_supervisor").send(f"/desk/inbox/bundles/{bundle_id}/sign", {"step": "1"})
    answer = sign_in("supervisor").send(f"/desk/inbox/bundles/{bundle_id}/sign", {"step": "1"}, status=409)
    page = Page(answer)
    assert "second_supervisor 王" in page.words and page.text("h1")
    assert len(db.session.scalars(select(Signature)).all()) == 2


def test_what_moved_meanwhile_is_left_out_and_named(app: Flask, visited: Visited, sign_in: SignIn) -> None:
    first, second = visited("101"), visited("102", hours=1)
    bundle_id = make(sign_in("field_staff"), first, second)
    sign_in("second_supervisor").send(f"/desk/visits/{first}/sign", {"revision": "1", "step": "1"})
    answer = sign_in("supervisor").send(f"/desk/inbox/bundles/{bundle_id}/sign", {"step": "1"}, status=200)
    page = Page(answer)
    assert "101" in page.words and "second_supervisor 王" in page.words
    assert status(first, second) == ["signed_1", "signed_1"]


def test_several_are_signed_together(app: Flask, visited: Visited, sign_in: SignIn) -> None:
    ids = [visited("101"), visited("102", hours=1)]
    bundled = visited("103", hours=2)
    bundle_id = make(sign_in("field_staff"), bundled)
    sign_in("supervisor").send("/desk/inbox/sign", {"pick": [pick(i) for i in ids], "bundle": [f"{bundle_id}.1"]})
    assert status(*ids, bundled) == ["signed_1"] * 3


def test_signing_together_says_what_was_left_out(app: Flask, visited: Visited, sign_in: SignIn) -> None:
    first, second = visited("101"), visited("102", hours=1)
    picks = [pick(first), pick(second)]
    sign_in("second_supervisor").send(f"/desk/visits/{first}/sign", {"revision": "1", "step": "1"})
    page = Page(sign_in("supervisor").send("/desk/inbox/sign", {"pick": picks}, status=200))
    assert "second_supervisor 王" in page.words
    assert status(first, second) == ["signed_1", "signed_1"]


@pytest.mark.parametrize(
    ("address", "data", "code"),
    [
        ("/desk/inbox/sign", {}, 409),
        ("/desk/inbox/sign", {"pick": "nonsense"}, 400),
        ("/desk/inbox/sign", {"pick": "01a2104e-a0ce-7e26-9661-c54d82957974.1"}, 400),
        ("/desk/inbox/sign", {"pick": "01a2104e-a0ce-7e26-9661-c54d82957974.1.1"}, 409),
        ("/desk/inbox/sign", {"bundle": "01a2104e-a0ce-7e26-9661-c54d82957974.1"}, 409),
        ("/desk/inbox/bundles", {}, 409),
        ("/desk/inbox/bundles", {"pick": "01a2104e-a0ce-7e26-9661-c54d82957974.1.1"}, 409),
        ("/desk/inbox/bundles/01a2104e-a0ce-7e26-9661-c54d82957974/sign", {"step": "1"}, 404),
        ("/desk/inbox/bundles/01a2104e-a0ce-7e26-9661-c54d82957974/take-out", {}, 404),
    ],
)
def test_nonsense_is_refused_in_words(
    app: Flask, estate: Estate, sign_in: SignIn, address: str, data: dict[str, str], code: int
) -> None:
    sign_in("supervisor").send(address, data, status=code)


def test_records_of_different_steps_do_not_go_into_one_bundle(app: Flask, visited: Visited, sign_in: SignIn) -> None:
    first, second = visited("101"), visited("102", hours=1)
    client = sign_in("supervisor")
    client.send(f"/desk/visits/{first}/sign", {"revision": "1", "step": "1"})
    client.send("/desk/inbox/bundles", {"pick": [pick(first), pick(second)]}, status=409)
    assert db.session.scalar(select(Bundle.id)) is None


def test_another_offices_bundle_is_not_there(app: Flask, visited: Visited, sign_in: SignIn) -> None:
    first = visited("101")
    bundle_id = make(sign_in("field_staff"), first)
    client = sign_in("other_supervisor")
    client.page(f"/desk/inbox/bundles/{bundle_id}", status=404)
    client.page(f"/desk/inbox/pane?bundle={bundle_id}", status=404)
    client.page(f"/desk/inbox/pane?record={first}", status=404)
    client.send(f"/desk/inbox/bundles/{bundle_id}/sign", {"step": "1"}, status=404)
    client.send("/desk/inbox/sign", {"pick": pick(first), "bundle": f"{bundle_id}.1"}, status=409)
    client.send(
        f"/desk/inbox/bundles/{bundle_id}/take-out", {"record": str(first), "revision": "1", "comment": "x"}, status=404
    )
    assert status(first) == ["received"]


@pytest.mark.parametrize("query", ["", "?record=x", "?bundle=1", "?record=01a2104e-a0ce-7e26-9661-c54d82957974"])
def test_a_pane_of_nothing_is_not_there(app: Flask, estate: Estate, sign_in: SignIn, query: str) -> None:
    sign_in("supervisor").page(f"/desk/inbox/pane{query}", status=404)


def test_the_pane_of_each_line_can_be_read(app: Flask, visited: Visited, sign_in: SignIn) -> None:
    first, second = visited("101"), visited("102", hours=1)
    bundle_id = make(sign_in("field_staff"), second)
    client = sign_in("supervisor")
    page = client.page("/desk/inbox")
    panes = [li.get("data-pane") for li in page.all("li") if li.get("data-pane")]
    assert {str(first), str(bundle_id)} == {pane.rpartition("=")[2] for pane in panes}
    for pane in panes:
        part = Page(client.get(pane), part=True)
        assert any(form.get("data-sign") is not None for form in part.all("form"))


def test_the_record_knows_its_place_in_the_bundle(app: Flask, visited: Visited, sign_in: SignIn) -> None:
    ids = [visited("101"), visited("102", hours=1), visited("103", hours=2)]
    bundle_id = make(sign_in("field_staff"), *ids)
    client = sign_in("supervisor")
    order = db.session.scalars(select(BundleLine.record_id).order_by(BundleLine.position)).all()
    page = client.page(f"/desk/visits/{order[1]}?bundle={bundle_id}", language="zh-CN")
    rel = {a.get("rel"): a.get("href") for a in page.all("a") if a.get("rel")}
    assert str(order[0]) in rel["prev"] and str(order[2]) in rel["next"] and "第 2 份，共 3 份" in page.words
    answer = client.send(f"/desk/visits/{order[1]}/sign", {"revision": "1", "step": "1", "bundle": str(bundle_id)})
    assert answer.headers["Location"].endswith(f"/desk/inbox/bundles/{bundle_id}")


def test_hostile_text_stays_text(app: Flask, visited: Visited, sign_in: SignIn) -> None:
    visit_id = visited("101", resident_name=HOSTILE, remark=HOSTILE)
    client = sign_in("supervisor")
    client.send(f"/desk/visits/{visit_id}/return", {"revision": "1", "step": "1", "comment": HOSTILE})
    page = sign_in("field_staff").page("/desk/inbox")
    assert HOSTILE in page.words and not page.all("b")[0].get("onclick")


@pytest.mark.parametrize("login", ["department_officer", "qa", "administrator"])
def test_an_empty_inbox_says_so(app: Flask, estate: Estate, sign_in: SignIn, login: str) -> None:
    assert "没有等您办的事" in sign_in(login).page("/desk/inbox", language="zh-CN").words


def test_the_menu_counts_what_waits(app: Flask, visited: Visited, sign_in: SignIn) -> None:
    visited("101")
    visited("102", hours=1)
    page = sign_in("supervisor").page("/desk/households")
    counts = [e.text for e in page.all("span") if e.get("class") == "rail__count"]
    assert counts == ["2"]
