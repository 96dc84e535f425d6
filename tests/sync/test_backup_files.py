"""A tablet's sealed backup file put back by the office: byte for byte, under its author's name, and only its own."""

import base64
import hashlib
import html
import io
import json
import os
import struct
from collections.abc import Callable
from typing import Any

import pytest
import rfc8785
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from flask import Flask
from sqlalchemy import select

from portal.accounts import devices
from portal.accounts.models import Device
from portal.core.audit import Event
from portal.core.db import db, writing
from portal.core.facts import Fact
from portal.core.storage import Blob
from portal.visits.models import Visit
from tests.client import PortalClient
from tests.factories import AT, Estate
from tests.sync.contract_client import Tablet
from tests.sync.pictures import jpeg

Make = Callable[..., dict[str, Any]]
SignIn = Callable[[str], PortalClient]
PAGE = "/desk/tablets/backup"
KEY = bytes(range(32))


def sealed(person: str, store: str, key: str, content: Any, photo: bytes | None = None, data_key: bytes = KEY) -> str:
    """One row as a tablet seals it."""
    text = json.dumps(content, ensure_ascii=False).encode()
    plain = struct.pack(">I", len(text) + (1 << 31 if photo is not None else 0)) + text + (photo or b"")
    label = json.dumps([f"linli-sealed-1|{person}", store, key], separators=(",", ":")).encode()
    vector = os.urandom(12)
    return base64.b64encode(vector + AESGCM(data_key).encrypt(vector, plain, label)).decode()


@pytest.fixture
def saved(tablet: Tablet, office: Estate) -> Callable[..., dict[str, Any]]:
    """The file of the field staff's tablet with these facts, photos and so many drafts."""

    def save(*facts: dict[str, Any], photos: tuple[bytes, ...] = (), drafts: int = 0) -> dict[str, Any]:
        person = str(office.staff["field_staff"])
        jwk = devices.recovery_jwk()
        n, e = (int.from_bytes(base64.urlsafe_b64decode(str(jwk[k]) + "=="), "big") for k in ("n", "e"))
        oaep = padding.OAEP(padding.MGF1(hashes.SHA256()), hashes.SHA256(), f"linli-recovery-1|{person}".encode())
        rows: list[dict[str, Any]] = []
        for fact in facts:
            content = {"body": {"text": rfc8785.dumps(fact).decode(), "sha256": fact["sha256"]}}
            rows.append({"store": "outbox", "id": fact["id"], "sealed": sealed(person, "outbox", fact["id"], content)})
        for photo in photos:
            digest = hashlib.sha256(photo).hexdigest()
            body = {"size": len(photo), "body": {"type": "image/jpeg"}}
            rows.append({"store": "photos", "sha256": digest, "sealed": sealed(person, "photos", digest, body, photo)})
        for n_draft in range(drafts):
            own = f"draft{n_draft}"
            rows.append({"store": "drafts", "id": own, "sealed": sealed(person, "drafts", own, {"form": "visit@1"})})
        device = db.session.scalars(select(Device.id)).one()
        db.session.rollback()
        escrow = base64.b64encode(rsa.RSAPublicNumbers(e, n).public_key().encrypt(KEY, oaep)).decode()
        return {"format": "linli-backup-1", "person": person, "device": str(device), "escrow": escrow, "rows": rows}

    return save


def put_back(client: PortalClient, file: Any) -> tuple[int, str]:
    content = file if isinstance(file, bytes) else json.dumps(file).encode()
    sent = {"csrf_token": client.token(), "file": (io.BytesIO(content), "backup.linli")}
    answer = client.post(PAGE, data=sent, headers={"Accept-Language": "en"})
    shown = client.get("/desk/tablets") if answer.status_code == 303 else answer
    return answer.status_code, " ".join(html.unescape(shown.get_data(as_text=True)).split())


def test_facts_and_photos_arrive_as_their_author_wrote_them(
    saved: Any, visit: Make, office: Estate, sign_in: SignIn, app: Flask
) -> None:
    photo = jpeg(3000)
    listed = [{"sha256": hashlib.sha256(photo).hexdigest(), "size": len(photo), "type": "image/jpeg", "role": "photo"}]
    facts = [visit("101", body={"photos": [listed[0]["sha256"]]}, attachments=listed), visit("102")]
    status, told = put_back(sign_in("supervisor"), saved(*facts, photos=(photo,), drafts=2))
    assert status == 303 and "2 records entered, 0 were here before, 0 are kept" in told and "2 drafts" in told
    rows = {str(row.id): row for row in db.session.scalars(select(Fact))}
    assert {own: (row.status, row.sha256) for own, row in rows.items()} == {
        fact["id"]: ("stored", fact["sha256"]) for fact in facts
    }
    for fact in facts:
        bare = {key: value for key, value in fact.items() if key != "sha256"}
        assert bytes(rows[fact["id"]].payload) == rfc8785.dumps(bare)
    assert set(db.session.scalars(select(Visit.author_id))) == {office.staff["field_staff"]}
    assert app.extensions["store"].read(db.session.scalars(select(Blob.sha256)).one()) == photo
    event = db.session.scalars(select(Event).where(Event.name == "accounts:device:backup_put_back")).one()
    assert (event.by_id, event.changes) == (office.staff["supervisor"], {"states": {"stored": 2}, "drafts": 2})


def test_putting_it_back_twice_or_after_the_tablet_makes_nothing_twice(
    saved: Any, visit: Make, tablet: Tablet, sign_in: SignIn
) -> None:
    sent, other = visit("101"), visit("102")
    tablet.send_one(sent)
    client = sign_in("supervisor")
    assert "1 records entered, 1 were here before" in put_back(client, saved(sent, other))[1]
    assert "0 records entered, 2 were here before" in put_back(client, saved(sent, other))[1]
    assert tablet.send_one(other)["state"] == "same", "the tablet comes out of the pond"
    assert len(db.session.scalars(select(Visit)).all()) == 2


def test_what_cannot_be_entered_is_kept_to_be_looked_at(saved: Any, visit: Make, sign_in: SignIn) -> None:
    wrong = visit(body={"method": "pigeon"})
    assert "0 records entered, 0 were here before, 1 are kept" in put_back(sign_in("supervisor"), saved(wrong))[1]


def test_the_file_of_a_revoked_tablet_is_taken(saved: Any, visit: Make, sign_in: SignIn, office: Estate) -> None:
    file = saved(visit())
    with writing() as session:
        devices.revoke(session, session.scalars(select(Device.id)).one(), by=office.staff["supervisor"], at=AT)
    assert "1 records entered" in put_back(sign_in("supervisor"), file)[1]


def test_a_file_that_is_damaged_or_none_is_refused_whole(saved: Any, visit: Make, sign_in: SignIn) -> None:
    good = saved(visit("101"), visit("102"))
    bent = json.loads(json.dumps(good))
    bent["rows"][1]["sealed"] = bent["rows"][0]["sealed"]  # a row under another's name
    strange = {**good, "escrow": base64.b64encode(b"x" * 384).decode()}
    client = sign_in("supervisor")
    cases: list[tuple[Any, str]] = [
        (b"", "no backup file"), (b"[]", "no backup file"), ({**good, "format": "x"}, "no backup file"),
        ({**good, "device": 5}, "no backup file"), (bent, "damaged"), (strange, "damaged"),
        ({**good, "rows": [5]}, "damaged"), ({**good, "rows": [{"store": "meta", "sealed": ""}]}, "damaged"),
    ]  # fmt: skip
    for file, words in cases:
        status, told = put_back(client, file)
        assert status == 422 and words in told, words
    assert db.session.scalars(select(Fact)).all() == []


def test_only_the_offices_own_and_only_by_who_may(saved: Any, visit: Make, sign_in: SignIn, office: Estate) -> None:
    file = saved(visit())
    stranger = {**file, "device": str(office.office_id)}
    status, told = put_back(sign_in("supervisor"), stranger)
    assert status == 422 and "no tablet of this office" in told
    assert sign_in("field_staff").get(PAGE).status_code == 403
    assert db.session.scalars(select(Fact)).all() == []
