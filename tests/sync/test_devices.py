"""Enrolment: a token once, renewed without a gap, revoked for good; wrong passwords are counted."""

import base64
import json
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from click.testing import CliRunner
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from flask import Flask
from sqlalchemy import select, update

from portal.accounts import service
from portal.accounts.models import Company, Device, Staff
from portal.cli import cli
from portal.core.audit import Event
from portal.core.db import db, writing
from tests.factories import Estate
from tests.sync.cases import each
from tests.sync.contract_client import Tablet

Make = Callable[..., dict[str, Any]]
PASSWORD = "correct horse battery"


@pytest.fixture
def known(office: Estate) -> None:
    """Two people of the estate with a password."""
    hashed = service.hash_password(PASSWORD)
    with writing() as session:
        session.execute(
            update(Staff).where(Staff.login.in_(["field_staff", "supervisor"])).values(password_hash=hashed)
        )


@pytest.fixture
def fresh(transport: Any, known: None) -> Tablet:
    return Tablet(transport)


def test_a_tablet_is_enrolled_and_works_with_its_token(fresh: Tablet, office: Estate, visit: Make) -> None:
    status, found = fresh.enrol("Field_Staff", PASSWORD)
    assert status == 201
    fresh.validate(
        {"$ref": "#/calls/POST ~1sync~1devices/answer"},
        {**found["envelope"], **{k: v for k, v in found.items() if k != "envelope"}},
    )
    assert found["user"] == {"id": str(office.staff["field_staff"]), "name": "field_staff 王"}
    assert [o["id"] for o in found["offices"]] == [str(office.office_id)]
    assert fresh.send_one(visit())["state"] == "stored"


def test_the_token_is_kept_only_as_its_hash(fresh: Tablet) -> None:
    _, found = fresh.enrol("field_staff", PASSWORD)
    device = db.session.scalars(select(Device)).one()
    assert found["token"] not in (device.token_hash, device.next_token_hash)
    assert len(base64.urlsafe_b64decode(found["token"] + "=")) == 32
    assert [e.name for e in db.session.scalars(select(Event).where(Event.subject_id == device.id))] == [
        "accounts:device:enrolled"
    ]


def test_the_recovery_key_is_the_installations_and_its_half_is_kept(fresh: Tablet) -> None:
    _, found = fresh.enrol("field_staff", PASSWORD)
    _, again = fresh.enrol("supervisor", PASSWORD)
    jwk = found["keys"]["recovery"]
    assert jwk == again["keys"]["recovery"]
    n, e = (int.from_bytes(base64.urlsafe_b64decode(jwk[k] + "=="), "big") for k in ("n", "e"))
    oaep = padding.OAEP(padding.MGF1(hashes.SHA256()), hashes.SHA256(), None)
    sealed = rsa.RSAPublicNumbers(e, n).public_key().encrypt(b"the data key", oaep)
    pem = db.session.scalars(select(Company.recovery_key)).one()
    assert pem is not None
    private = serialization.load_pem_private_key(pem.encode(), None)
    assert isinstance(private, rsa.RSAPrivateKey)
    assert private.decrypt(sealed, oaep) == b"the data key"


def sealed_for(fresh: Tablet, login: str, data_key: bytes) -> str:
    """What a tablet of this person keeps: its data key, sealed to the office's recovery key under the person's name."""
    _, found = fresh.enrol(login, PASSWORD)
    jwk = found["keys"]["recovery"]
    n, e = (int.from_bytes(base64.urlsafe_b64decode(jwk[k] + "=="), "big") for k in ("n", "e"))
    label = f"linli-recovery-1|{found['user']['id']}".encode()
    oaep = padding.OAEP(padding.MGF1(hashes.SHA256()), hashes.SHA256(), label)
    return base64.b64encode(rsa.RSAPublicNumbers(e, n).public_key().encrypt(data_key, oaep)).decode()


def recover(tablet: Tablet, login: str, password: str, sealed: str) -> tuple[int, dict[str, Any]]:
    asked = {"login": login, "password": password, "sealed": sealed}
    status, found, _ = tablet.call("POST", "/sync/recovery", asked)
    return status, found


def test_who_forgot_the_pin_gets_the_data_key_back_by_signing_in(fresh: Tablet, office: Estate) -> None:
    sealed = sealed_for(fresh, "field_staff", b"k" * 32)
    status, found = recover(fresh, "field_staff", PASSWORD, sealed)
    assert (status, base64.b64decode(found["key"])) == (200, b"k" * 32)
    answer = {**found["envelope"], "key": found["key"]}
    fresh.validate({"$ref": "#/calls/POST ~1sync~1recovery/answer"}, answer)
    given = db.session.scalars(select(Event).where(Event.name == "accounts:device:key_given_back")).all()
    assert [(event.subject_id, event.by_id) for event in given] == [(office.staff["field_staff"],) * 2]


def test_nobody_elses_data_key_is_given_back(fresh: Tablet) -> None:
    sealed = sealed_for(fresh, "field_staff", b"k" * 32)
    other = base64.b64encode(b"x" * 384).decode()
    for login, what in (("supervisor", sealed), ("field_staff", other), ("field_staff", sealed[:40])):
        status, found = recover(fresh, login, PASSWORD, what)
        assert (status, found["error"]["code"]) == (403, "recovery_unknown"), (login, what[:10])
    assert recover(fresh, "field_staff", "wrong password", sealed)[1]["error"]["code"] == "credentials"
    assert recover(fresh, "field_staff", PASSWORD, "not base64!")[0] == 400
    assert db.session.scalars(select(Event).where(Event.name == "accounts:device:key_given_back")).all() == []


def test_wrong_passwords_are_counted_there_too(fresh: Tablet) -> None:
    sealed = sealed_for(fresh, "field_staff", b"k" * 32)
    other = Tablet(fresh.transport)
    for _ in range(10):
        recover(other, "field_staff", "wrong password", sealed)
    assert recover(other, "field_staff", PASSWORD, sealed)[0] == 429


@each("login, password", [("field_staff", "wrong password"), ("nobody", PASSWORD), ("nobody", "x")])
def test_an_unknown_login_is_answered_like_a_wrong_password(fresh: Tablet, login: str, password: str) -> None:
    status, found = fresh.enrol(login, password)
    assert (status, found["error"]) == (403, {"code": "credentials", "params": {}})


def test_who_has_left_is_answered_alike(fresh: Tablet) -> None:
    with writing() as session:
        session.execute(update(Staff).where(Staff.login == "field_staff").values(active=False))
    status, found = fresh.enrol("field_staff", PASSWORD)
    assert (status, found["error"]) == (403, {"code": "credentials", "params": {}})


@each("body", [b"", b"[]", b"{", b'{"login": "x"}', b'{"login": 5, "password": "x", "device_name": "x"}',
             b'{"login": "x", "password": "x", "device_name": "  "}', b'{"login": "a\\u0000", "password": "x", "device_name": "x"}']
)  # fmt: skip
def test_a_malformed_enrolment_is_400(fresh: Tablet, body: bytes) -> None:
    status, found, _ = fresh.call("POST", "/sync/devices", raw=body)
    assert status == 400 and found["error"]["code"] in ("not_json", "bad_request")


def test_a_renewed_token_ends_the_old_one_when_it_is_first_used(fresh: Tablet, transport: Any) -> None:
    _, first = fresh.enrol("field_staff", PASSWORD)
    old = Tablet(transport, first["token"])
    _, second = fresh.enrol("field_staff", PASSWORD, device_id=first["device_id"])
    assert second["device_id"] == first["device_id"]
    assert old.call("GET", "/sync/pull")[0] == 200, "the new one may never have arrived"
    assert fresh.call("GET", "/sync/pull")[0] == 200
    assert old.call("GET", "/sync/pull")[0] == 401
    assert fresh.call("GET", "/sync/pull")[0] == 200


def test_another_persons_device_id_makes_a_new_device_and_touches_no_token(fresh: Tablet, transport: Any) -> None:
    _, first = fresh.enrol("field_staff", PASSWORD)
    theirs = Tablet(transport)
    _, second = theirs.enrol("supervisor", PASSWORD, device_id=first["device_id"])
    assert second["device_id"] != first["device_id"]
    for tablet in (theirs, fresh):
        assert tablet.call("GET", "/sync/pull")[0] == 200


@each("device_id", ["", "x", str(uuid.uuid4()), None])
def test_an_unknown_device_id_makes_a_new_device(fresh: Tablet, device_id: str | None) -> None:
    status, found = fresh.enrol("field_staff", PASSWORD, device_id=device_id)
    assert status == 201 and found["device_id"] != device_id


def test_a_revoked_device_is_never_renewed(app: Flask, fresh: Tablet) -> None:
    _, first = fresh.enrol("field_staff", PASSWORD)
    done = CliRunner().invoke(cli, ["device", "revoke", first["device_id"]], obj=lambda: app)
    assert done.exit_code == 0 and "revoked" in done.output
    _, second = fresh.enrol("field_staff", PASSWORD, device_id=first["device_id"])
    assert second["device_id"] != first["device_id"]
    _, found, _ = fresh.call("GET", "/sync/pull", headers={"Authorization": f"Bearer {first['token']}"})
    assert found["envelope"]["device"] == "revoked"


def test_revoking_an_unknown_device_fails_and_says_so(app: Flask, office: Estate) -> None:
    done = CliRunner().invoke(cli, ["device", "revoke", str(uuid.uuid4())], obj=lambda: app)
    assert done.exit_code != 0


def test_ten_wrong_passwords_stop_the_login_the_right_one_too(fresh: Tablet) -> None:
    for _ in range(10):
        assert fresh.enrol("field_staff", "wrong password")[0] == 403
    for password in ("wrong password", PASSWORD):
        asked = {"login": "field_staff", "password": password, "device_name": "x"}
        status, found, headers = fresh.call("POST", "/sync/devices", asked)
        assert (status, found["error"]["code"]) == (429, "too_many_attempts")
        assert int(headers["Retry-After"]) == 900
    assert fresh.enrol("supervisor", PASSWORD)[0] == 201, "another login of the same address"


def test_a_device_of_that_login_is_let_in_and_tokens_are_never_touched(fresh: Tablet, transport: Any) -> None:
    _, first = fresh.enrol("field_staff", PASSWORD)
    attacker = Tablet(transport)
    for _ in range(10):
        attacker.enrol("field_staff", "wrong password")
    assert fresh.call("GET", "/sync/pull")[0] == 200
    assert attacker.enrol("field_staff", PASSWORD)[0] == 429
    assert fresh.enrol("field_staff", PASSWORD, device_id=first["device_id"])[0] == 201
    other = Tablet(transport)
    other.enrol("supervisor", PASSWORD)
    other_token = other.token
    for _ in range(10):
        attacker.enrol("field_staff", "wrong password")
    asked = {"login": "field_staff", "password": PASSWORD, "device_name": "x"}
    status, _, _ = attacker.call("POST", "/sync/devices", asked, headers={"Authorization": f"Bearer {other_token}"})
    assert status == 429, "a device of another login opens nothing"


def test_a_revoked_device_is_told_so_and_its_facts_are_set_aside(
    app: Flask, tablet: Tablet, visit: Make, office: Estate
) -> None:
    before = visit()
    receipt = tablet.send_one(before)["receipt"]
    with writing() as session:
        session.execute(update(Device).values(revoked_at=db.session.scalar(select(Device.enrolled_at))))
    status, found, _ = tablet.call("POST", "/sync/facts", {"facts": [before, visit("102")]})
    assert (status, found["envelope"]["device"]) == (200, "revoked")
    same, aside = found["results"]
    assert (same["state"], same["receipt"]) == ("same", receipt)
    assert (aside["state"], [p["code"] for p in aside["problems"]]) == ("quarantined", ["device_revoked"])
    status, found, _ = tablet.call("GET", "/sync/pull?cursor=abc")
    assert status == 200
    assert {k: found[k] for k in ("records", "removed", "cursor", "more", "reset", "digests")} == {
        "records": [], "removed": [], "cursor": "abc", "more": False, "reset": False, "digests": None,
    }  # fmt: skip
    assert json.dumps(tablet.call("GET", "/sync/schema")[1]["enumerations"]) == "{}"


def test_who_has_left_the_company_has_a_revoked_tablet(tablet: Tablet, office: Estate) -> None:
    with writing() as session:
        session.execute(update(Staff).where(Staff.id == office.staff["field_staff"]).values(active=False))
    _, found, _ = tablet.call("GET", "/sync/pull")
    assert (found["records"], found["envelope"]["device"]) == ([], "revoked")


def test_a_revoked_device_is_slowed_down(tablet: Tablet, visit: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    with writing() as session:
        session.execute(update(Device).values(revoked_at=db.session.scalar(select(Device.enrolled_at))))
    monkeypatch.setattr("portal.sync.limits.REVOKED_AN_HOUR", 3)
    for _ in range(3):
        assert tablet.send_one(visit())["state"] == "quarantined"
    status, found, headers = tablet.call("POST", "/sync/facts", {"facts": [visit()]})
    assert (status, found["error"]["code"]) == (429, "too_many_attempts")
    assert int(headers["Retry-After"]) > 0
