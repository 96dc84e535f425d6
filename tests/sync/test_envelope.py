"""Every answer under /sync: JSON, the envelope in body and header, codes with their status."""

import gzip
import json
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, update
from sqlalchemy.exc import OperationalError

from portal.accounts.models import Company
from portal.core.db import db, writing
from portal.core.facts import FactOther
from portal.sync import pulling
from tests.factories import Estate
from tests.sync.cases import each
from tests.sync.contract_client import Tablet

Make = Callable[..., dict[str, Any]]
MIB = 1 << 20


def test_the_envelope_stands_in_body_and_header(tablet: Tablet, office: Estate) -> None:
    _, found, _ = tablet.call("GET", "/sync/pull")
    assert found["envelope"]["device"] == "active"
    assert set(found["envelope"]["high"]) == {str(office.office_id)}


def test_high_knows_what_the_request_itself_wrote(tablet: Tablet, visit: Make, office: Estate) -> None:
    _, before, _ = tablet.call("GET", "/sync/pull")
    _, after, _ = tablet.call("POST", "/sync/facts", {"facts": [visit()]})
    own = str(office.office_id)
    assert after["envelope"]["high"][own] > before["envelope"]["high"][own]


def test_the_epoch_is_the_installations(tablet: Tablet) -> None:
    with writing() as session:
        session.execute(update(Company).values(sync_epoch="after the restore"))
    tablet.call("GET", "/sync/pull")
    assert tablet.epoch == "after the restore"


@each("token", [None, "", "forged", "a" * 43, "日本"])
def test_without_a_known_token_there_is_401_and_nothing_else(tablet: Tablet, visit: Make, token: str | None) -> None:
    tablet.token = None
    headers = {"Authorization": f"Bearer {token}".encode().decode("latin-1")} if token is not None else {}
    for method, path in (
        ("POST", "/sync/facts"),
        ("GET", "/sync/pull"),
        ("GET", "/sync/schema"),
        ("POST", "/sync/uploads"),
    ):
        status, found, _ = tablet.call(method, path, {"facts": [visit()]}, headers=headers)
        assert (status, found["error"]["code"]) == (401, "token_unknown")
        assert found["envelope"]["high"] is None and found["envelope"]["device"] is None
    assert db.session.scalars(select(FactOther)).all() == []


def test_another_scheme_than_bearer_is_no_token(tablet: Tablet) -> None:
    status, _, _ = tablet.call("GET", "/sync/pull", headers={"Authorization": f"Basic {tablet.token}"})
    assert status == 401


@each(
    "method, path, status, code",
    [
        ("GET", "/sync/nothing", 404, "not_found"),
        ("GET", "/sync", 404, "not_found"),
        ("GET", "/sync/", 404, "not_found"),
        ("GET", "/sync/facts", 405, "method_not_allowed"),
        ("DELETE", "/sync/pull", 405, "method_not_allowed"),
        ("HEAD", "/sync/uploads/x", 404, "not_found"),
        ("PUT", "/sync/drafts/1", 404, "not_found"),
        ("POST", "/sync/beacon", 404, "not_found"),
    ],
)
def test_errors_of_the_web_server_carry_the_envelope(
    tablet: Tablet, method: str, path: str, status: int, code: str
) -> None:
    got, found, headers = tablet.call(method, path)
    assert got == status
    if method != "HEAD":
        assert found["error"]["code"] == code
    if status == 405:
        assert "Allow" in headers


def test_a_fault_of_ours_is_500_with_the_envelope(app: Flask, tablet: Tablet, monkeypatch: pytest.MonkeyPatch) -> None:
    app.config["PROPAGATE_EXCEPTIONS"] = False

    def broken(*_: Any, **__: Any) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(pulling, "pull", broken)
    status, found, _ = tablet.call("GET", "/sync/pull")
    assert (status, found["error"]["code"]) == (500, "internal")


def test_a_busy_database_is_503_with_retry_after(tablet: Tablet, monkeypatch: pytest.MonkeyPatch) -> None:
    def busy(*_: Any, **__: Any) -> None:
        raise OperationalError("BEGIN IMMEDIATE", {}, Exception("database is locked"))

    monkeypatch.setattr(pulling, "pull", busy)
    status, found, headers = tablet.call("GET", "/sync/pull")
    assert (status, found["error"]["code"]) == (503, "busy")
    assert int(headers["Retry-After"]) > 0


@each(
    "body, code",
    [
        (b"", "not_json"),
        (b"{", "not_json"),
        (b'{"facts": [NaN]}', "not_json"),
        (b'{"facts": [Infinity]}', "not_json"),
        (b'{"facts": []} x', "not_json"),
        (b'{"facts": ["\xff"]}', "not_json"),
        (b'{"facts": [' + b"[" * 120 + b"]" * 120 + b"]}", "not_json"),
        (b"[]", "not_facts"),
        (b"5", "not_facts"),
        (b"{}", "not_facts"),
        (b'{"facts": {}}', "not_facts"),
        (b'{"facts": [], "more": 1}', "not_facts"),
        (b'{"fact": []}', "not_facts"),
    ],
)
def test_what_is_no_batch_is_400_and_its_bytes_are_kept_once(tablet: Tablet, body: bytes, code: str) -> None:
    for _ in range(2):
        status, found, _ = tablet.call("POST", "/sync/facts", raw=body)
        assert (status, found["error"]["code"]) == (400, code)
    kept = [other.reason for other in db.session.scalars(select(FactOther)) if other.raw == body]
    assert kept == ["unreadable"]


def test_ninety_nine_lists_around_a_value_are_json(tablet: Tablet) -> None:
    status, found, _ = tablet.call("POST", "/sync/facts", raw=b'{"facts": [' + b"[" * 90 + b"]" * 90 + b"]}")
    assert (status, found["results"][0]["state"]) == (200, "quarantined")


def test_more_than_fifty_facts_are_413_and_nothing_is_kept(tablet: Tablet, visit: Make) -> None:
    facts = [visit() for _ in range(51)]
    status, found, _ = tablet.call("POST", "/sync/facts", {"facts": facts})
    assert (status, found["error"]) == (413, {"code": "too_many", "params": {"limit": 50}})
    assert db.session.scalars(select(FactOther)).all() == []
    assert [r["state"] for r in tablet.send(facts[:50])] == ["stored"] * 50


def test_a_batch_over_a_mebibyte_is_413_but_a_single_fact_may_have_four(tablet: Tablet, visit: Make) -> None:
    big = visit(body={"remark": "长" * 600_000})
    assert tablet.send_one(big)["state"] == "quarantined", "read, and its remark is too long for the form"
    status, found, _ = tablet.call("POST", "/sync/facts", {"facts": [big, visit()]})
    assert (status, found["error"]) == (413, {"code": "too_large", "params": {"limit": MIB}})
    huge = json.dumps({"facts": [visit(body={"remark": "x" * (4 * MIB)})]}).encode()
    status, found, _ = tablet.call("POST", "/sync/facts", raw=huge)
    assert (status, found["error"]) == (413, {"code": "too_large", "params": {"limit": 4 * MIB}})


def test_a_gzipped_batch_is_read(tablet: Tablet, visit: Make) -> None:
    assert tablet.send([visit(), visit("102")], packed=True)[0]["state"] == "stored"


def test_a_gzip_of_several_members_is_one_text(tablet: Tablet, visit: Make) -> None:
    text = json.dumps({"facts": [visit()]}).encode()
    packed = gzip.compress(text[:100]) + gzip.compress(text[100:])
    status, found, _ = tablet.call("POST", "/sync/facts", raw=packed, headers={"Content-Encoding": "gzip"})
    assert (status, found["results"][0]["state"]) == (200, "stored")


@each("damage", [lambda b: b[:-9], lambda b: b"\x00" + b, lambda b: b[:40] + b"\x00" * 9 + b[49:], lambda b: b + b"x"])
def test_broken_gzip_is_400_and_kept_as_it_came(tablet: Tablet, visit: Make, damage: Callable[[bytes], bytes]) -> None:
    broken = damage(gzip.compress(json.dumps({"facts": [visit()]}).encode()))
    status, found, _ = tablet.call("POST", "/sync/facts", raw=broken, headers={"Content-Encoding": "gzip"})
    assert (status, found["error"]["code"]) == (400, "bad_gzip")
    assert broken in [other.raw for other in db.session.scalars(select(FactOther))]


def test_a_small_gzip_that_unpacks_to_gigabytes_is_413_at_once(tablet: Tablet) -> None:
    bomb = gzip.compress(b'{"facts":["' + b"x" * (64 * MIB) + b'"]}', 9)
    assert len(bomb) < 100_000
    status, found, _ = tablet.call("POST", "/sync/facts", raw=bomb, headers={"Content-Encoding": "gzip"})
    assert (status, found["error"]["params"]) == (413, {"limit": 4 * MIB})
    assert db.session.scalars(select(FactOther)).all() == []


@each("coding", ["br", "deflate", "gzip, gzip", "zstd"])
def test_another_coding_is_415_and_nothing_is_kept(tablet: Tablet, coding: str) -> None:
    status, found, _ = tablet.call("POST", "/sync/facts", raw=b"x", headers={"Content-Encoding": coding})
    assert (status, found["error"]["code"]) == (415, "unsupported_coding")
    assert db.session.scalars(select(FactOther)).all() == []


def test_answers_are_gzipped_for_who_reads_it(tablet: Tablet) -> None:
    _, _, headers = tablet.call("GET", "/sync/schema")
    assert headers["Content-Encoding"] == "gzip"
    _, _, headers = tablet.call("GET", "/sync/schema", headers={"Accept-Encoding": "identity"})
    assert "Content-Encoding" not in headers


def test_no_session_and_no_csrf_token_are_needed_or_looked_at(
    tablet: Tablet, visit: Make, sign_in: Callable[[str], Any]
) -> None:
    desk = sign_in("manager")
    response = desk.get("/sync/pull")
    assert response.status_code == 401, "a cookie opens nothing here"
    response = desk.post("/sync/facts", json={"facts": [visit()]}, headers={"Authorization": f"Bearer {tablet.token}"})
    assert response.get_json()["results"][0]["state"] == "stored"
