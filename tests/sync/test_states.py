"""Each row of the contract's table of states, as a client meets it."""

import hashlib
import uuid
from collections.abc import Callable
from typing import Any

from flask import Flask
from sqlalchemy import func, select

from portal.core.db import db
from portal.core.facts import Fact, FactOther
from portal.visits.models import Visit
from tests.factories import Estate
from tests.facts import correction_body, opinion, visit_body
from tests.sync.contract_client import Tablet, attachment, new_fact, sealed
from tests.sync.pictures import JPEG, PNG

Make = Callable[..., dict[str, Any]]


def count(model: Any) -> int:
    return db.session.scalar(select(func.count()).select_from(model)) or 0


def test_a_sound_fact_is_stored_once_and_then_the_same_with_the_same_receipt(tablet: Tablet, visit: Make) -> None:
    fact = visit()
    assert tablet.fits("visit", fact)
    first = tablet.send_one(fact)
    assert first["state"] == "stored"
    assert first["receipt"]["revision"] == 0
    for _ in range(3):
        again = tablet.send_one(fact)
        assert (again["state"], again["receipt"]) == ("same", first["receipt"])
    assert count(Visit) == 1


def test_one_fact_twice_in_a_batch_is_stored_and_the_same(tablet: Tablet, visit: Make) -> None:
    fact = visit()
    assert [r["state"] for r in tablet.send([fact, fact])] == ["stored", "same"]
    assert count(Visit) == 1


def test_a_batch_answers_each_element_in_order_whatever_it_is(tablet: Tablet, visit: Make) -> None:
    good, other = visit(), visit("102")
    results = tablet.send([None, good, 5, {}, [], other, "x"])
    assert [r["state"] for r in results] == [
        "quarantined", "stored", "quarantined", "quarantined", "quarantined", "stored", "quarantined",
    ]  # fmt: skip
    assert [r["id"] for r in results] == [None, good["id"], None, None, None, other["id"], None]


def test_an_empty_batch_has_no_results(tablet: Tablet) -> None:
    assert tablet.send([]) == []


def test_a_visit_whose_photo_is_to_come_is_partial_and_then_the_same(tablet: Tablet, visit: Make) -> None:
    photo = attachment(JPEG, "image/jpeg")
    fact = visit(body={"photos": [photo["sha256"]]}, attachments=[photo])
    first = tablet.send_one(fact)
    assert (first["state"], first["missing"]) == ("partial", [photo["sha256"]])
    assert first["receipt"] is not None
    assert tablet.send_one(fact)["state"] == "partial"
    tablet.upload(JPEG, "image/jpeg")
    again = tablet.send_one(fact)
    assert (again["state"], again["missing"], again["receipt"]) == ("same", [], first["receipt"])


def test_a_photo_that_came_before_its_fact_is_not_missing(tablet: Tablet, visit: Make) -> None:
    tablet.upload(JPEG, "image/jpeg")
    photo = attachment(JPEG, "image/jpeg")
    assert tablet.send_one(visit(body={"photos": [photo["sha256"]]}, attachments=[photo]))["state"] == "stored"


def test_a_signature_travels_inside(tablet: Tablet, visit: Make) -> None:
    signature = attachment(PNG, "image/png", "resident_signature", inline=True)
    body = {"resident_signature": signature["sha256"], "no_signature_because": None}
    fact = visit(body=body, attachments=[signature])
    assert tablet.fits("visit", fact)
    assert tablet.send_one(fact)["state"] == "stored"
    without = {**fact, "attachments": [{k: v for k, v in signature.items() if k != "data"}]}
    assert tablet.send_one(without)["state"] == "same", "data is not in the hash"


def test_a_fact_waits_for_the_one_it_follows_and_is_applied_when_it_comes(tablet: Tablet, visit: Make) -> None:
    parent = visit()
    child = visit("102", follows=parent["id"])
    waiting = tablet.send_one(child)
    assert (waiting["state"], waiting["waits_for"], waiting["receipt"]) == ("waiting", [parent["id"]], None)
    assert tablet.send_one(child)["state"] == "waiting"
    assert tablet.send_one(parent)["state"] == "stored"
    assert tablet.send_one(child)["state"] == "same", "it was applied at once, by the parent's request"
    assert count(Visit) == 2


def test_a_whole_chain_is_applied_when_its_head_comes(tablet: Tablet, visit: Make) -> None:
    chain = [visit()]
    for room in ("102", "103", "104", "201"):
        chain.append(visit(room, follows=chain[-1]["id"]))
    for fact in reversed(chain[1:]):
        assert tablet.send_one(fact)["state"] == "waiting"
    assert tablet.send_one(chain[0])["state"] == "stored"
    assert {r["state"] for r in tablet.send(chain)} == {"same"}
    assert count(Visit) == 5


def test_a_chain_in_one_batch_is_stored_in_any_order(tablet: Tablet, visit: Make) -> None:
    head = visit()
    middle = visit("102", follows=head["id"])
    tail = visit("103", follows=middle["id"])
    assert [r["state"] for r in tablet.send([tail, head, middle])] == ["stored"] * 3


def test_a_cycle_waits(tablet: Tablet, visit: Make) -> None:
    one, two = str(uuid.uuid4()), str(uuid.uuid4())
    facts = [visit(id=one, follows=two), visit("102", id=two, follows=one)]
    assert [r["state"] for r in tablet.send(facts)] == ["waiting", "waiting"]
    itself = str(uuid.uuid4())
    assert tablet.send_one(visit("103", id=itself, follows=itself))["state"] == "waiting"
    assert [r["state"] for r in tablet.send(facts)] == ["waiting", "waiting"]


def test_a_fact_may_follow_one_in_quarantine_and_corrects_it_so(tablet: Tablet, visit: Make) -> None:
    wrong = visit(body={"type": "picnic"})
    assert tablet.send_one(wrong)["state"] == "quarantined"
    assert tablet.send_one(visit(follows=wrong["id"]))["state"] == "stored"


def test_a_fact_with_bad_content_is_quarantined_even_while_its_parent_is_unknown(tablet: Tablet, visit: Make) -> None:
    result = tablet.send_one(visit(body={"type": "picnic"}, follows=str(uuid.uuid4())))
    assert result["state"] == "quarantined"
    assert [p["field"] for p in result["problems"]] == ["/body/type"]


def test_another_content_under_a_taken_id_is_a_conflict_that_shows_both_sides(tablet: Tablet, visit: Make) -> None:
    fact = visit()
    receipt = tablet.send_one(fact)["receipt"]
    other = sealed({**fact, "body": {**fact["body"], "resident_name": "李四"}})
    result = tablet.send_one(other)
    assert (result["state"], result["receipt"]) == ("conflict", None)
    (problem,) = result["problems"]
    assert problem["field"] == "/body/resident_name"
    assert problem["params"] == {
        "mine": "李四", "theirs": "陈文", "by": "field_staff 王", "at": receipt["received_at"],
    }  # fmt: skip
    assert tablet.send_one(other)["state"] == "conflict"
    assert tablet.send_one(fact)["state"] == "same"
    assert count(FactOther) == 1, "kept once"


def test_another_offices_id_is_a_conflict_without_content(
    enrolled: Callable[..., Tablet], visit: Make, office: Estate
) -> None:
    ours, theirs = enrolled(), enrolled("other_supervisor")
    fact = visit()
    assert ours.send_one(fact)["state"] == "stored"
    for body in (fact, sealed({**fact, "subject": str(office.foreign_household_id)})):
        result = theirs.send_one(body)
        assert (result["state"], result["receipt"]) == ("conflict", None)
        assert "陈文" not in str(result) and "王" not in str(result)
        assert [(p["field"], p["code"], p["params"]) for p in result["problems"]] == [("", "id_conflict", {})]


def test_another_offices_fact_counts_as_unknown_to_follow(
    enrolled: Callable[..., Tablet], visit: Make, office: Estate
) -> None:
    ours, theirs = enrolled(), enrolled("other_supervisor")
    parent = visit()
    assert ours.send_one(parent)["state"] == "stored"
    child = new_fact(
        "visit",
        str(office.foreign_household_id),
        "visit@1",
        visit_body(office, "other_supervisor"),
        follows=parent["id"],
    )
    assert theirs.send_one(child)["state"] == "waiting"


def test_opinions_outside_a_visit_are_facts_too(tablet: Tablet, office: Estate) -> None:
    body = {"channel": "phone", "resident_name": "陈文", "opinions": [opinion()]}
    fact = new_fact("opinion", str(office.households["101"]), "opinion@1", body)
    assert tablet.fits("opinion", fact)
    assert tablet.send_one(fact)["state"] == "stored"


def test_a_returned_visit_is_corrected_and_receipted_with_its_new_revision(
    app: Flask, tablet: Tablet, visit: Make, office: Estate, returned: Callable[[str], None]
) -> None:
    fact = visit()
    tablet.send_one(fact)
    returned(fact["id"])
    tablet.pull()
    own = tablet.of_kind("own_record")[fact["id"]]
    assert own["data"]["status"] == "returned" and own["data"]["comments"][""] == "请补充"
    body = correction_body(fact["body"], "楼层写错")
    correction = new_fact("correction", fact["id"], "correction@1", body, base=own["revision"])
    assert tablet.fits("correction", correction)
    result = tablet.send_one(correction)
    assert (result["state"], result["receipt"]["revision"]) == ("stored", 2)
    assert tablet.send_one(correction)["receipt"]["revision"] == 2


def test_a_returned_visit_names_the_earlier_opinions_it_asked_about(
    tablet: Tablet, visit: Make, office: Estate, returned: Callable[[str], None]
) -> None:
    before = visit()
    tablet.send_one(before)
    (raised,) = before["body"]["opinions"][:1]
    asked = visit(body={"checks": [{"opinion": raised["id"], "satisfied": "yes"}], "opinions": []})
    assert tablet.send_one(asked)["state"] == "stored"
    returned(asked["id"])
    tablet.pull()
    told = tablet.of_kind("own_record")[asked["id"]]["data"]["returned"]
    assert told["earlier"] == [{"id": raised["id"], "content": raised["content"]}]


def test_two_corrections_of_one_base_are_a_conflict_that_names_each_field(
    tablet: Tablet, visit: Make, office: Estate, returned: Callable[[str], None]
) -> None:
    fact = visit()
    tablet.send_one(fact)
    returned(fact["id"])
    first = correction_body(fact["body"], "姓名写错", resident_name="李四")
    second = correction_body(fact["body"], "姓名写错", resident_name="王五")
    assert tablet.send_one(new_fact("correction", fact["id"], "correction@1", first, base=1))["state"] == "stored"
    late = new_fact("correction", fact["id"], "correction@1", second, base=1)
    result = tablet.send_one(late)
    assert (result["state"], result["receipt"]) == ("conflict", None)
    (problem,) = result["problems"]
    assert problem["field"] == "/body/resident_name"
    assert (problem["params"]["mine"], problem["params"]["theirs"]) == ("王五", "李四")
    assert set(problem["params"]) == {"mine", "theirs", "by", "at"}
    assert db.session.get_one(Visit, uuid.UUID(fact["id"])).met_name == "李四", "nothing was overwritten"
    assert tablet.send_one(late)["state"] == "conflict"


def test_a_correction_may_be_sent_before_the_visit_it_corrects(tablet: Tablet, visit: Make, office: Estate) -> None:
    fact = visit()
    body = correction_body(fact["body"], "楼层写错")
    correction = new_fact("correction", fact["id"], "correction@1", body, base=1, follows=fact["id"])
    assert tablet.send_one(correction)["state"] == "waiting"
    assert tablet.send_one(fact)["state"] == "stored"
    result = tablet.send_one(correction)
    assert result["state"] == "quarantined", "the visit was not returned, and that is told, not lost"
    assert [p["code"] for p in result["problems"]] == ["not_returned"]


def test_a_fact_stored_before_stays_the_same_when_its_author_has_left_the_office(
    app: Flask, tablet: Tablet, visit: Make, office: Estate, moved: Callable[[str], None]
) -> None:
    fact = visit()
    receipt = tablet.send_one(fact)["receipt"]
    moved("field_staff")
    again = tablet.send_one(fact)
    assert (again["state"], again["receipt"]) == ("same", receipt)
    fresh = tablet.send_one(visit("102"))
    assert [p["code"] for p in fresh["problems"]] == ["unknown_subject"]


def test_what_is_stored_is_the_text_that_was_hashed(tablet: Tablet, visit: Make) -> None:
    fact = visit(body={"purpose": "  é 与 é  \u2028 不规范\u0301  "})
    assert tablet.send_one(fact)["state"] == "stored"
    payload = db.session.scalar(select(Fact.payload).where(Fact.id == uuid.UUID(fact["id"])))
    assert payload is not None and hashlib.sha256(payload).hexdigest() == fact["sha256"]
