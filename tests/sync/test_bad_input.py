"""What must not be applied goes whole into quarantine and says why; nothing else of its batch is touched."""

import base64
import hashlib
import json
import uuid
from collections.abc import Callable
from typing import Any

from sqlalchemy import select

from portal.core.db import db
from portal.core.facts import Fact, FactOther
from portal.visits.models import Visit
from tests.factories import Estate
from tests.facts import visit_body
from tests.sync.cases import each
from tests.sync.contract_client import Tablet, attachment, new_fact, sealed
from tests.sync.pictures import JPEG, PNG, jpeg

Make = Callable[..., dict[str, Any]]


def codes(result: dict[str, Any]) -> list[tuple[str, str]]:
    return [(p["field"], p["code"]) for p in result["problems"]]


def kept(fact: dict[str, Any]) -> Fact | None:
    db.session.rollback()
    return db.session.get(Fact, uuid.UUID(fact["id"]))


def quarantined(tablet: Tablet, fact: Any, *expected: tuple[str, str]) -> None:
    result = tablet.send_one(fact)
    assert (result["state"], result["receipt"], result["decision"]) == ("quarantined", None, None), result
    assert codes(result) == list(expected)
    assert tablet.send_one(fact)["state"] == "quarantined"


def test_a_wrong_body_names_each_field(tablet: Tablet, visit: Make) -> None:
    fact = visit(body={"method": "pigeon", "opinions": [{"id": str(uuid.uuid4()), "kind": "repair"}]})
    own = fact["body"]["opinions"][0]["id"]
    assert not tablet.fits("visit", fact)
    quarantined(
        tablet, fact, ("/body/method", "not_a_choice"), (f"/body/opinions/{own}/content", "required"),
        (f"/body/opinions/{own}/answered_at_once", "required"),
    )  # fmt: skip
    row = kept(fact)
    assert row is not None and hashlib.sha256(row.payload).hexdigest() == fact["sha256"], "kept whole"


def test_an_unknown_kind_is_kept_for_a_later_version(tablet: Tablet, visit: Make) -> None:
    quarantined(tablet, visit(kind="seance"), ("/kind", "unknown_kind"))
    quarantined(tablet, visit(kind="Visit!"), ("/kind", "unknown_kind"))


@each("form", ["visit@99", "seance@1"])
def test_an_unknown_form_is_kept_for_a_later_version(tablet: Tablet, visit: Make, form: str) -> None:
    result = tablet.send_one(visit(form=form))
    assert (result["state"], codes(result)[0][0]) == ("quarantined", "/form")


@each("form", ["visit", "visit@0", "visit@1.5", "visit@01", 7, None])
def test_a_form_that_names_none_is_told(tablet: Tablet, visit: Make, form: Any) -> None:
    quarantined(tablet, visit(form=form), ("/form", "unknown_form"))


def test_a_form_of_another_kind_is_told(tablet: Tablet, visit: Make) -> None:
    quarantined(tablet, visit(form="opinion@1"), ("/form", "wrong_form"))


def test_an_unknown_top_level_key_and_a_missing_one_are_told(tablet: Tablet, visit: Make) -> None:
    fact = visit(mood="sunny")
    del fact["clock"]
    quarantined(
        tablet, sealed({k: v for k, v in fact.items() if k != "sha256"}), ("/clock", "missing_key"),
        ("/mood", "unknown_key"), ("/clock", "not_an_object"),
    )  # fmt: skip


@each(
    "changed, field",
    [
        ({"subject": "101"}, "/subject"),
        ({"subject": None}, "/subject"),
        ({"follows": "x"}, "/follows"),
        ({"base": -1}, "/base"),
        ({"base": True}, "/base"),
        ({"occurred_at": "2026-03-05T02:24:00Z"}, "/occurred_at"),
        ({"occurred_at": "2026-02-30T02:24:00.000Z"}, "/occurred_at"),
        ({"recorded_at": 17}, "/recorded_at"),
        ({"clock": {"offset_ms": "0", "measured_at": None}}, "/clock/offset_ms"),
        ({"clock": {"offset_ms": 0, "measured_at": "now"}}, "/clock/measured_at"),
        ({"body": []}, "/body"),
        ({"attachments": {}}, "/attachments"),
        ({"attachments": [5]}, "/attachments/0"),
    ],
)
def test_each_of_the_twelve_keys_is_looked_at(tablet: Tablet, visit: Make, changed: dict[str, Any], field: str) -> None:
    fact = visit(**changed)
    assert not tablet.fits("visit", fact)
    result = tablet.send_one(fact)
    assert result["state"] == "quarantined"
    assert field in [p["field"] for p in result["problems"]]


def test_a_changed_hash_does_not_take_the_id(tablet: Tablet, visit: Make) -> None:
    fact = visit()
    forged = {**fact, "body": {**fact["body"], "resident_name": "李四"}}
    quarantined(tablet, forged, ("/sha256", "wrong_hash"))
    assert kept(fact) is None
    other = db.session.scalars(select(FactOther)).one()
    assert "李四" in other.raw.decode(), "its bytes are kept"
    assert tablet.send_one(fact)["state"] == "stored", "the fact itself, unchanged, is welcome"


@each("sha256", [None, 5, "", "A" * 64])
def test_a_hash_that_is_none_is_a_wrong_hash(tablet: Tablet, visit: Make, sha256: Any) -> None:
    quarantined(tablet, {**visit(), "sha256": sha256}, ("/sha256", "wrong_hash"))


def raw_batch(tablet: Tablet, element: str) -> dict[str, Any]:
    status, found, _ = tablet.call(
        "POST", "/sync/facts", raw=b'{"facts":[' + element.encode("utf-8", "surrogatepass") + b"]}"
    )
    assert status == 200, found
    result: dict[str, Any] = found["results"][0]
    return result


def tampered(fact: dict[str, Any], old: str, new: str) -> str:
    text = json.dumps(fact, ensure_ascii=False)
    assert old in text
    return text.replace(old, new, 1)


@each(
    "old, new, field, rule",
    [
        ('"type": "regular"', '"type": "regular", "7": 1', "/body/7", "key"),
        ('"type": "regular"', '"type": "regular", "Größe": 1', "/body/Größe", "key"),
        ('"type": "regular"', '"type": "regular", "type": "special"', "/body/type", "key_twice"),
        ('"陈文"', '"\\ud83d"', "/body/resident_name", "surrogate"),
        ('"陈文"', '"a\\u0000b"', "/body/resident_name", "nul"),
        ('"offset_ms": -1500', '"offset_ms": -15.5', "/clock/offset_ms", "number"),
        ('"offset_ms": -1500', '"offset_ms": 1e3', "/clock/offset_ms", "number"),
        ('"offset_ms": -1500', '"offset_ms": -0', "/clock/offset_ms", "number"),
        ('"offset_ms": -1500', '"offset_ms": 9007199254740992', "/clock/offset_ms", "number"),
    ],
)
def test_a_broken_text_rule_is_quarantined_under_its_bytes(
    tablet: Tablet, visit: Make, old: str, new: str, field: str, rule: str
) -> None:
    fact = visit()
    broken = tampered(fact, old, new)
    for _ in range(2):
        result = raw_batch(tablet, broken)
        assert (result["state"], result["id"], result["receipt"]) == ("quarantined", fact["id"], None)
        assert [(p["field"], p["code"], p["params"]) for p in result["problems"]] == [(field, "text", {"rule": rule})]
    raws = [other.raw for other in db.session.scalars(select(FactOther))]
    assert raws.count(broken.encode()) == 1, "kept once"
    assert tablet.send_one(fact)["state"] == "stored", "the id was not taken"


def test_an_id_that_is_none_cannot_be_taken(tablet: Tablet, visit: Make) -> None:
    for own in ("101", str(uuid.uuid4()).upper(), None, 7):
        result = tablet.send_one(visit(id=own))
        assert (result["state"], result["id"], codes(result)) == ("quarantined", None, [("/id", "not_an_id")])


def test_an_unknown_household_and_another_offices_are_answered_alike(tablet: Tablet, office: Estate) -> None:
    answers = []
    for subject in (str(uuid.uuid4()), str(office.foreign_household_id)):
        result = tablet.send_one(new_fact("visit", subject, "visit@1", visit_body(office)))
        answers.append((result["state"], result["problems"]))
    assert answers[0] == answers[1]
    assert answers[0][0] == "quarantined"
    assert answers[0][1] == [{"field": "/subject", "code": "unknown_subject", "params": {}}]


def test_references_out_of_scope_are_named(tablet: Tablet, visit: Make, office: Estate) -> None:
    fact = visit(body={"visitors": [str(uuid.uuid4())], "photos": ["0" * 64]})
    result = tablet.send_one(fact)
    assert ("/body/visitors/0", "unknown_reference") in codes(result)
    assert ("/body/photos/0", "unknown_reference") in codes(result)


def test_who_sees_no_households_sends_nothing_about_them(enrolled: Callable[..., Tablet], visit: Make) -> None:
    tablet = enrolled("department_officer")
    result = tablet.send_one(visit(author="department_officer"))
    assert (result["state"], codes(result)) == ("quarantined", [("/subject", "unknown_subject")])


def inline(content: bytes, **changed: Any) -> dict[str, Any]:
    return {**attachment(content, "image/png", "resident_signature", inline=True), **changed}


@each("each, field, code",
    [
        (inline(PNG, data="?"), "/attachments/0/data", "not_base64"),
        (inline(PNG, data=base64.urlsafe_b64encode(b"\xff\xfe\xfd" * 5).decode()), "/attachments/0/data", "not_base64"),
        (inline(PNG, data=base64.b64encode(PNG).decode().rstrip("=") + "\n"), "/attachments/0/data", "not_base64"),
        (inline(PNG, data=5), "/attachments/0/data", "not_base64"),
        (inline(PNG, size=len(PNG) + 1), "/attachments/0/data", "wrong_size"),
        (inline(JPEG), "/attachments/0/data", "wrong_type"),
        (inline(PNG, sha256="0" * 64), "/attachments/0/data", "wrong_hash"),
        (inline(b"\x89PNG\r\n\x1a\n" + bytes(16 * 1024)), "/attachments/0/data", "too_large"),
        (inline(PNG, role="selfie"), "/attachments/0/role", "not_a_choice"),
        (inline(PNG, type="image/gif"), "/attachments/0/type", "wrong_type"),
        (inline(PNG, size=0), "/attachments/0/size", "out_of_range"),
        (inline(PNG, by="me"), "/attachments/0/by", "not_an_id"),
        (inline(PNG, note="x"), "/attachments/0/note", "unknown_key"),
    ],
)  # fmt: skip
def test_a_signature_inside_is_looked_at_closely(
    tablet: Tablet, visit: Make, each: dict[str, Any], field: str, code: str
) -> None:
    fact = visit(attachments=[each])
    result = tablet.send_one(fact)
    assert (result["state"], codes(result)) == ("quarantined", [(field, code)])
    raw = db.session.scalars(select(FactOther).order_by(FactOther.id.desc()).limit(1)).one().raw.decode()
    assert json.dumps(each["data"]) in raw, "what is not in the payload is kept"


def test_sixteen_kibibytes_may_travel_inside(tablet: Tablet, visit: Make) -> None:
    content = jpeg(16 * 1024)
    fact = visit(attachments=[attachment(content, "image/jpeg", inline=True)])
    assert tablet.send_one(fact)["state"] == "stored"


@each("changed, code", [({"size": 17}, "wrong_size"), ({"type": "image/png"}, "wrong_type")])
def test_an_uploaded_photo_of_other_size_or_type_than_the_fact_says_is_quarantined(
    tablet: Tablet, visit: Make, changed: dict[str, Any], code: str
) -> None:
    tablet.upload(JPEG, "image/jpeg")
    fact = visit(attachments=[{**attachment(JPEG, "image/jpeg"), **changed}])
    (field,) = changed
    quarantined(tablet, fact, (f"/attachments/0/{field}", code))


def test_one_bad_record_never_blocks_the_rest(tablet: Tablet, visit: Make) -> None:
    facts = [
        visit(),
        visit(body={"type": "picnic"}),
        {**visit(), "sha256": "0" * 64},
        visit("102"),
        visit(kind="seance"),
    ]
    states = [r["state"] for r in tablet.send(facts)]
    assert states == ["stored", "quarantined", "quarantined", "stored", "quarantined"]
    db.session.rollback()
    assert len(db.session.scalars(select(Visit)).all()) == 2


def test_a_stale_revision_is_a_conflict_and_a_visit_not_returned_is_told(tablet: Tablet, visit: Make) -> None:
    fact = visit()
    tablet.send_one(fact)
    body = {**fact["body"], "corrected": "姓名"}
    result = tablet.send_one(new_fact("correction", fact["id"], "correction@1", body, base=1))
    assert (result["state"], codes(result)) == ("quarantined", [("/subject", "not_returned")])
    result = tablet.send_one(
        new_fact("correction", fact["id"], "correction@1", {**body, "resident_name": "李四"}, base=7)
    )
    assert result["state"] == "conflict"


def test_every_problem_that_was_answered_has_its_words_in_three_languages(tablet: Tablet, visit: Make) -> None:
    for fact in (visit(body={"type": "picnic"}), visit(kind="seance"), {**visit(), "sha256": "0" * 64}, 5):
        for problem in tablet.send_one(fact)["problems"]:
            words = tablet.schema["problems"][problem["code"]]
            assert set(words) == {"en", "zh_Hans", "zh_Hant"}
            assert all(words.values()) and words["zh_Hans"] != words["en"]
