"""What the office does with records that were not applied: sees them, takes them over, puts them right, closes them."""

import uuid
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from portal.accounts import devices
from portal.accounts.models import Device
from portal.core.audit import Event
from portal.core.db import db, writing
from portal.core.facts import Fact, FactOther
from portal.domain.refusals import Refused
from portal.sync import office as decisions
from portal.visits.models import Visit
from tests.client import PortalClient
from tests.factories import Estate
from tests.sync.contract_client import Tablet, new_fact

Make = Callable[..., dict[str, Any]]
SignIn = Callable[[str], PortalClient]
LIST = "/desk/sync/records"


def id_of(fact: dict[str, Any]) -> uuid.UUID:
    return uuid.UUID(fact["id"])


def page_of(fact: dict[str, Any]) -> str:
    return f"{LIST}/{fact['id']}"


@pytest.fixture
def wrong(tablet: Tablet, visit: Make) -> dict[str, Any]:
    """A visit with an impossible method and a missing outcome, in quarantine."""
    fact = visit(body={"method": "pigeon", "outcome": None})
    assert tablet.send_one(fact)["state"] == "quarantined"
    return fact


def test_the_list_names_what_waits_and_why(wrong: dict[str, Any], sign_in: SignIn) -> None:
    page = sign_in("supervisor").page(LIST, language="zh-Hans")
    assert "待处理记录" in page.words and "field_staff 王" in page.words
    assert page_of(wrong) in page.links()


@pytest.mark.parametrize(
    ("language", "word"), [("zh-Hans", "收到时间"), ("zh-Hant", "收到時間"), ("en", "Received at")]
)
def test_the_moment_a_record_came_is_called_so(
    wrong: dict[str, Any], sign_in: SignIn, language: str, word: str
) -> None:
    for address in (LIST, page_of(wrong)):
        words = sign_in("supervisor").page(address, language=language).words
        assert word in words and "已受理" not in words


def test_another_offices_records_are_not_there(wrong: dict[str, Any], sign_in: SignIn) -> None:
    theirs = sign_in("other_supervisor")
    assert page_of(wrong) not in theirs.page(LIST).links()
    theirs.page(page_of(wrong), status=404)
    theirs.send(f"{page_of(wrong)}/close", {"reason": "x"}, status=404)


def test_field_staff_may_not_decide(wrong: dict[str, Any], sign_in: SignIn) -> None:
    sign_in("field_staff").page(LIST, status=403)


def test_the_page_shows_what_the_record_says_and_what_is_wrong_with_it(wrong: dict[str, Any], sign_in: SignIn) -> None:
    page = sign_in("supervisor").page(page_of(wrong), language="zh-Hant")
    assert "pigeon" in page.words and "電梯夜间有异响" not in page.words and "电梯夜间有异响" in page.words
    assert "請選擇" in page.words or "請從" in page.words or "選項" in page.words


def test_a_record_put_right_is_applied_and_the_tablet_gets_its_receipt(
    wrong: dict[str, Any], tablet: Tablet, sign_in: SignIn
) -> None:
    desk = sign_in("supervisor")
    desk.send(f"{page_of(wrong)}/take-over", {"value:/body/method": "door", "value:/body/outcome": "met"})
    result = tablet.send_one(wrong)
    assert (result["state"], [p["code"] for p in result["problems"]]) == ("same", ["repaired_by_office"])
    assert result["problems"][0]["params"]["by"] == "supervisor 王"
    db.session.rollback()
    visit = db.session.get_one(Visit, id_of(wrong))
    assert (visit.method, visit.outcome) == ("door", "met")
    row = db.session.get_one(Fact, id_of(wrong))
    assert b"pigeon" in row.payload and row.repaired is not None and b"pigeon" not in row.repaired
    desk.page(page_of(wrong), status=404)


def test_what_is_still_wrong_is_said_again_and_nothing_is_applied(wrong: dict[str, Any], sign_in: SignIn) -> None:
    desk = sign_in("supervisor")
    answer = desk.send(f"{page_of(wrong)}/take-over", {"value:/body/method": "door"}, status=422)
    assert 'role="alert"' in answer.get_data(as_text=True)
    assert db.session.scalars(select(Visit.id)).all() == []
    assert db.session.get_one(Fact, id_of(wrong)).repaired is None


def test_a_closed_record_is_settled_and_the_author_reads_the_reason(
    wrong: dict[str, Any], tablet: Tablet, sign_in: SignIn
) -> None:
    desk = sign_in("supervisor")
    desk.send(f"{page_of(wrong)}/close", {"reason": " "}, status=422)
    desk.send(f"{page_of(wrong)}/close", {"reason": "重复登记"})
    result = tablet.send_one(wrong)
    assert (result["state"], result["receipt"]) == ("settled", None)
    assert (result["decision"]["by"], result["decision"]["reason"]) == ("supervisor 王", "重复登记")
    tablet.pull()
    assert tablet.of_kind("own_record")[wrong["id"]]["data"]["decision"] == result["decision"]
    assert db.session.scalars(select(Visit.id)).all() == []


def test_a_decision_is_made_once(wrong: dict[str, Any], office: Estate) -> None:
    by, at = office.actor("supervisor"), datetime.now(UTC)
    decisions.reject(id_of(wrong), "nein", by=by, at=at)
    for again in (decisions.accept, decisions.repair):
        with pytest.raises(Refused, match=r"sync\.decided"):
            again(id_of(wrong), by=by, at=at)
    with pytest.raises(Refused, match=r"sync\.decided"):
        decisions.reject(id_of(wrong), "noch einmal", by=by, at=at)


def test_another_offices_actor_decides_nothing(wrong: dict[str, Any], office: Estate) -> None:
    with pytest.raises(Refused, match=r"sync\.decided"):
        decisions.reject(id_of(wrong), "x", by=office.actor("other_supervisor"), at=datetime.now(UTC))


def test_a_record_about_an_unknown_household_is_given_the_right_one(
    tablet: Tablet, visit: Make, office: Estate, sign_in: SignIn
) -> None:
    fact = visit(subject=str(uuid.uuid4()))
    assert tablet.send_one(fact)["state"] == "quarantined"
    desk = sign_in("supervisor")
    place = {"building": str(office.building_id), "room": "204"}
    desk.send(f"{page_of(fact)}/take-over", {**place, "room": "999"}, status=422)
    desk.send(f"{page_of(fact)}/take-over", place)
    db.session.rollback()
    assert db.session.get_one(Visit, id_of(fact)).household_id == office.households["204"]
    assert tablet.send_one(fact)["state"] == "same"


def test_what_a_revoked_tablet_sent_is_taken_over_as_it_is(tablet: Tablet, visit: Make, sign_in: SignIn) -> None:
    with writing() as session:
        devices.revoke(session, session.scalars(select(Device.id)).one(), by=None, at=datetime.now(UTC))
    fact = visit()
    tablet.send_one(fact)
    sign_in("supervisor").send(f"{page_of(fact)}/take-over")
    result = tablet.send_one(fact)
    assert (result["state"], [p["code"] for p in result["problems"]]) == ("same", ["decided_by_office"])


def test_children_of_a_record_that_is_closed_go_on(tablet: Tablet, visit: Make, office: Estate) -> None:
    parent = visit(follows=str(uuid.uuid4()))
    child = visit("102", follows=parent["id"])
    assert [r["state"] for r in tablet.send([parent, child])] == ["waiting", "waiting"]
    decisions.reject(id_of(parent), "doppelt", by=office.actor("supervisor"), at=datetime.now(UTC))
    assert tablet.send_one(child)["state"] == "same"


def test_a_cycle_is_listed_and_can_be_broken(tablet: Tablet, visit: Make, sign_in: SignIn) -> None:
    one, two = str(uuid.uuid4()), str(uuid.uuid4())
    facts = [visit(id=one, follows=two), visit("102", id=two, follows=one)]
    tablet.send(facts)
    desk = sign_in("supervisor")
    assert {page_of(fact) for fact in facts} <= set(desk.page(LIST, query_string={"state": "waiting"}).links())
    desk.send(f"{page_of(facts[0])}/take-over")
    assert {r["state"] for r in tablet.send(facts)} == {"same"}


def test_a_conflicting_correction_is_shown_with_both_sides_and_closed(
    tablet: Tablet, visit: Make, returned: Callable[[str], None], sign_in: SignIn
) -> None:
    fact = visit()
    tablet.send_one(fact)
    returned(fact["id"])
    for name in ("李四", "王五"):
        late = new_fact(
            "correction",
            fact["id"],
            "correction@1",
            {**fact["body"], "corrected": "姓名", "resident_name": name},
            base=1,
        )
        state = tablet.send_one(late)["state"]
    assert state == "conflict"
    desk = sign_in("supervisor")
    page = desk.page(page_of(late))
    assert "李四" in page.words and "王五" in page.words
    desk.send(f"{page_of(late)}/close", {"reason": "以先到的为准"})
    assert tablet.send_one(late)["state"] == "settled"


def test_a_conflicting_correction_is_taken_over_once_the_visit_was_returned_again(
    tablet: Tablet, visit: Make, returned: Callable[[str], None], sign_in: SignIn
) -> None:
    fact = visit()
    tablet.send_one(fact)
    returned(fact["id"])
    for name in ("李四", "王五"):
        late = new_fact(
            "correction",
            fact["id"],
            "correction@1",
            {**fact["body"], "corrected": "姓名", "resident_name": name},
            base=1,
        )
        tablet.send_one(late)
    desk = sign_in("manager")
    desk.send(f"{page_of(late)}/take-over", status=422)
    returned(fact["id"])
    desk.send(f"{page_of(late)}/take-over")
    result = tablet.send_one(late)
    assert (result["state"], result["receipt"]["revision"]) == ("same", 3)
    db.session.rollback()
    assert db.session.get_one(Visit, id_of(fact)).met_name == "王五"


def test_what_took_no_id_is_listed_apart_and_closed(tablet: Tablet, visit: Make, sign_in: SignIn) -> None:
    forged = {**visit(), "sha256": "0" * 64}
    tablet.send_one(forged)
    tablet.call("POST", "/sync/facts", raw=b"\x00not json <script>")
    desk = sign_in("supervisor")
    page = desk.page("/desk/sync/arrivals", language="zh-Hans")
    links = [link for link in page.links() if "/arrivals/" in link]
    assert len(links) == 2 and "传输中损坏" in page.words
    for link in links:
        desk.page(link)
        desk.send(link, {"reason": ""}, status=422)
        desk.send(link, {"reason": "已重新发送"})
    assert tablet.send_one(forged)["state"] == "settled"
    assert [link for link in desk.page("/desk/sync/arrivals").links() if "/arrivals/" in link] == []
    assert len(db.session.scalars(select(FactOther)).all()) == 2, "closed, not thrown away"


def test_the_lists_are_exported(wrong: dict[str, Any], sign_in: SignIn) -> None:
    desk = sign_in("supervisor")
    answer = desk.send(f"{LIST}/export", {"kind": "csv"}, status=200)
    assert "field_staff 王" in answer.get_data().decode("utf-8-sig")
    assert desk.send("/desk/sync/arrivals/export", {"kind": "csv"}, status=200)


def test_a_tablet_is_revoked_on_screen(tablet: Tablet, sign_in: SignIn, office: Estate) -> None:
    desk = sign_in("supervisor")
    device = db.session.scalars(select(Device)).one()
    own = str(device.id)
    assert "field_staff 王" in desk.page("/desk/tablets").words
    sign_in("other_supervisor").send(f"/desk/tablets/{own}/revoke", status=404)
    desk.send(f"/desk/tablets/{own}/revoke")
    _, found, _ = tablet.call("GET", "/sync/pull")
    assert found["envelope"]["device"] == "revoked"
    assert "Revoked" in desk.page("/desk/tablets", language="en").words


def test_tablets_are_searched_filtered_sorted_and_exported(tablet: Tablet, sign_in: SignIn, office: Estate) -> None:
    desk, now = sign_in("supervisor"), datetime.now(UTC)
    with writing() as session:
        for n, (login, seen) in enumerate((("second_field_staff", 20), ("supervisor", 0))):
            session.add(
                Device(
                    staff_id=office.staff[login], name=f"平板{n}号", token_hash=f"t{n}", enrolled_at=now - timedelta(days=30),
                    seen_at=now - timedelta(days=seen), revoked_at=now if login == "supervisor" else None,
                )
            )  # fmt: skip

    def rows(query: str) -> list[str]:
        return ["".join(tr.itertext()) for tr in desk.page(f"/desk/tablets?{query}", language="zh-CN").all("tr")[1:]]

    assert len(rows("")) == 3
    assert [("平板1号" in r, "停用" in r) for r in rows("state=revoked")] == [(True, True)]
    assert ["平板0号" in r for r in rows("state=silent")] == [True]
    assert len(rows("state=in_use")) == 2 and rows("state=left") == []
    assert ["平板0号" in r for r in rows("q=平板0號")] == [True]
    assert len(rows("q=second_field_staff")) == 1 and rows("q=無此人") == []
    assert [("平板0号" in r) for r in rows("sort=seen")][:2].count(True) == 1
    by_name = rows("sort=-tablet")
    assert by_name.index(next(r for r in by_name if "平板1号" in r)) < by_name.index(
        next(r for r in by_name if "平板0号" in r)
    )
    told = (
        desk.send("/desk/tablets/export", {"kind": "csv", "state": "revoked"}, status=200)
        .get_data()
        .decode("utf-8-sig")
    )
    assert "平板1号" in told and "平板0号" not in told and "t1" not in told
    assert desk.send("/desk/tablets/export", {"kind": "xlsx"}, status=200).get_data().startswith(b"PK")
    assert len(sign_in("other_supervisor").page("/desk/tablets").all("tr")) == 0


def test_every_decision_is_an_event(wrong: dict[str, Any], office: Estate, app: Flask) -> None:
    decisions.reject(id_of(wrong), "x", by=office.actor("supervisor"), at=datetime.now(UTC))
    names = list(db.session.scalars(select(Event.name).where(Event.subject_id == id_of(wrong)).order_by(Event.id)))
    assert names == ["sync:fact:quarantined", "sync:fact:settled"]
