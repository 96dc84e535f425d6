"""A tablet's sealed backup file, put back by the office: its facts arrive as if its tablet had sent them, byte for byte.

The file (``linli-backup-1``, made by the tablet): ``{"format", "person", "device", "made_at", "escrow", "rows"}``. A row has
the clear columns of its store and ``sealed``: a vector of twelve bytes, then AES-GCM under the person's data key, which
``escrow`` holds, sealed to the recovery key. Additional data is the JSON list of format and person, store, key. The plain
bytes are a length (its highest bit: bytes follow), a JSON text, and a photo's bytes.
"""

import base64
import hashlib
import json
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from flask import current_app
from sqlalchemy.orm import Session

from portal.accounts import devices
from portal.accounts.actors import actor_for
from portal.accounts.models import Device, Staff
from portal.core import audit, clock
from portal.core.db import db, writing
from portal.domain.canonical import NotJson, split_batch
from portal.domain.refusals import Refused
from portal.sync import arrivals, facts
from portal.sync.envelope import Caller, home_of
from portal.sync.prepare import ATTACHMENT_MOST, kind_of, prepare

FORMAT = "linli-backup-1"
BATCH = 50
MORE = 1 << 31


@dataclass(frozen=True)
class PutBack:
    """What became of a file: facts by the state of their result, and how many drafts only their author can open."""

    name: str
    states: dict[str, int]
    drafts: int


def put_back(content: bytes, *, office_id: UUID, by: UUID, at: datetime) -> PutBack:
    """Take the file's facts and photos in. Raises Refused ``tablet_file.unreadable``, ``tablet_file.not_yours``, ``tablet_file.damaged``."""
    told = _read(content)
    caller, name = _author(told, office_id, at)
    try:
        key = AESGCM(devices.open_sealed(base64.b64decode(told["escrow"]), caller.actor.id))
        rows = list(_opened(told, key))
        texts = [body["text"].encode() for store, body, _ in rows if store == "outbox"]
        sents = [prepare(raw) for raw in split_batch(b'{"facts":[' + b",".join(texts) + b"]}")] if texts else []
    except (InvalidTag, NotJson, KeyError, TypeError, ValueError, struct.error, AttributeError):
        raise Refused("tablet_file.damaged", "file") from None
    except Refused:
        raise Refused("tablet_file.damaged", "file") from None
    _keep_photos([photo for store, _, photo in rows if store == "photos"], caller, at)
    for sent in sents:
        for inline in sent.inline.values():
            current_app.extensions["store"].put(inline)
    states: dict[str, int] = {}
    for start in range(0, len(sents), BATCH):
        for result in facts.take(caller, sents[start : start + BATCH], at=at):
            states[result["state"]] = states.get(result["state"], 0) + 1
    drafts = sum(store == "drafts" for store, _, _ in rows)
    with writing() as session:
        audit.record(
            session, "accounts:device:backup_put_back", caller.device_id, office_id=office_id, by=by, at=at,
            states=states, drafts=drafts,
        )  # fmt: skip
    return PutBack(name, states, drafts)


def _read(content: bytes) -> dict[str, Any]:
    try:
        told = json.loads(content)
    except ValueError:
        raise Refused("tablet_file.unreadable", "file") from None
    if not isinstance(told, dict) or told.get("format") != FORMAT or not isinstance(told.get("rows"), list):
        raise Refused("tablet_file.unreadable", "file")
    return told


def _author(told: dict[str, Any], office_id: UUID, at: datetime) -> tuple[Caller, str]:
    """Who wrote what is in it, as their tablet would be let in; only a tablet of this office's people."""
    try:
        device_id, person = UUID(told["device"]), UUID(told["person"])
    except (KeyError, ValueError, TypeError, AttributeError):
        raise Refused("tablet_file.unreadable", "file") from None
    session: Session = db.session()
    device = session.query(Device).where(Device.id == device_id, devices.of_office(office_id)).one_or_none()
    if device is None or device.staff_id != person:
        session.rollback()
        raise Refused("tablet_file.not_yours", "file")
    staff = session.get_one(Staff, person)
    actor = actor_for(session, staff, on=clock.day_at(at, "Asia/Shanghai"), device_id=device_id)
    scope = tuple(sorted(own for own in actor.offices if actor.may("households:household:read", own)))
    # The office that hands the file in vouches for it: it is not set aside, even if the tablet itself was revoked since.
    found = Caller(device_id, actor, False, scope, home_of(actor, scope)), staff.name
    session.rollback()
    return found


def _opened(told: dict[str, Any], key: AESGCM) -> Iterator[tuple[str, Any, bytes]]:
    """(store, body, a photo's bytes) of each row."""
    bound = f"linli-sealed-1|{told['person']}"
    keys = {"drafts": ("id",), "fields": ("draft", "path"), "outbox": ("id",), "photos": ("sha256",)}
    for row in told["rows"]:
        store, sealed = row["store"], base64.b64decode(row["sealed"])
        parts = [row[name] for name in keys[store]]
        label = json.dumps(
            [bound, store, parts if len(parts) > 1 else parts[0]], ensure_ascii=False, separators=(",", ":")
        )
        plain = key.decrypt(sealed[:12], sealed[12:], label.encode())
        (head,) = struct.unpack(">I", plain[:4])
        length = head % MORE
        yield store, json.loads(plain[4 : 4 + length]).get("body"), plain[4 + length :] if head >= MORE else b""


def _keep_photos(photos: list[bytes], caller: Caller, at: datetime) -> None:
    """As uploads that precede their facts."""
    store = current_app.extensions["store"]
    sound = [(photo, kind) for photo in photos if len(photo) <= ATTACHMENT_MOST and (kind := kind_of(photo[:16]))]
    for photo, _ in sound:
        store.put(photo)
    with writing() as session:
        for photo, kind in sound:
            digest = hashlib.sha256(photo).hexdigest()
            offices = {caller.home} | arrivals.offices_awaiting(
                session, digest, staff_id=caller.actor.id, offices=caller.actor.offices
            )
            arrivals.arrived(session, offices, digest, len(photo), kind, by=caller.actor.id, at=at)
