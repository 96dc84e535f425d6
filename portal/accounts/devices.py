"""Enrolled tablets: whose they are, which token proves it, and when that ends (``sync.md``, calls).

A token is 256 random bits, shown once and kept as its hash. A renewed device has two until the new one is first used.
"""

import base64
import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from sqlalchemy import ColumnElement, bindparam, or_, select, update
from sqlalchemy.orm import Session

from portal.accounts.models import Company, Device, RoleGrant, Staff
from portal.core import audit, bulk
from portal.core.db import Instant, db, writing
from portal.core.ids import new_id
from portal.domain.refusals import Refused

RECOVERY_BITS = 3072
SEEN_EVERY = timedelta(minutes=5)


@dataclass(frozen=True)
class Enrolled:
    device_id: UUID
    token: str


@dataclass(frozen=True)
class Holder:
    """Who stands behind a token. ``revoked``: the tablet was, or its user's login is no longer in use.

    ``staff`` has what ``actor_for`` reads of a member of staff.
    """

    device_id: UUID
    staff: Any
    revoked: bool


def token_hash(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


def enrol(staff_id: UUID, name: str, *, at: datetime, device_id: UUID | None = None) -> Enrolled:
    """A new device; or, for a device of this person that is not revoked, a new token for the same one."""
    token = secrets.token_urlsafe(32)
    with writing() as session:
        device = session.get(Device, device_id, with_for_update=True) if device_id else None
        if device is None or device.staff_id != staff_id or device.revoked_at is not None:
            device = Device(
                id=new_id(), staff_id=staff_id, name=name, token_hash=token_hash(token), enrolled_at=at
            )  # fmt: skip
            session.add(device)
            past = "accounts:device:enrolled"
        else:
            device.next_token_hash, device.name = token_hash(token), name
            past = "accounts:device:renewed"
        audit.record(session, past, device.id, office_id=None, by=staff_id, at=at)
        return Enrolled(device.id, token)


# Built once: every call of a tablet asks for both.
_HOLDER = (
    select(
        Device.id.label("device_id"), Device.revoked_at, Device.next_token_hash, Staff.id, Staff.login, Staff.name,
        Staff.company_id, Staff.language, Staff.text_size, Staff.session_number, Staff.active,
    )
    .join(Staff, Staff.id == Device.staff_id)
    .where(or_(Device.token_hash == bindparam("hashed"), Device.next_token_hash == bindparam("hashed")))
)  # fmt: skip
_DEVICE: Any = Device.__table__
_SEEN = (
    update(_DEVICE)
    .where(
        _DEVICE.c.id == bindparam("of"),
        _DEVICE.c.seen_at.is_(None) | (_DEVICE.c.seen_at < bindparam("before")),
    )
    .values(seen_at=bindparam("now", type_=Instant()))
)


def holder_of(token: str) -> Holder | None:
    """Who holds this token; None when nobody does. The first use of a renewed token ends the old one."""
    hashed = token_hash(token)
    found = bulk.rows(db.session(), _HOLDER, hashed=hashed)
    if not found:
        return None
    row = found[0]
    if row.next_token_hash == hashed:
        with writing() as session:  # also on a GET: from now on the old token must be dead
            session.execute(
                update(Device)
                .where(Device.id == row.device_id, Device.next_token_hash == hashed)
                .values(token_hash=hashed, next_token_hash=None)
            )
    return Holder(row.device_id, row, row.revoked_at is not None or not row.active)


def is_device_of(token: str, login: str) -> bool:
    """Whether the token is of an unrevoked device of the person with this login (``sync.md``, status 429)."""
    hashed = token_hash(token)
    return bool(
        db.session.scalar(
            select(Device.id)
            .join(Staff, Staff.id == Device.staff_id)
            .where(
                or_(Device.token_hash == hashed, Device.next_token_hash == hashed),
                Device.revoked_at.is_(None),
                Staff.login == login.strip().casefold(),
            )
        )
    )


def seen(session: Session, device_id: UUID, *, at: datetime) -> None:
    """Remember that the device spoke, to five minutes."""
    bulk.many(session, _SEEN, [{"of": device_id, "now": at, "before": at - SEEN_EVERY}])


def revoke(session: Session, device_id: UUID, *, by: UUID | None, at: datetime) -> Device:
    """End a device for good; a second time changes nothing. Raises Refused ``device.unknown``."""
    device = session.get(Device, device_id, with_for_update=True)
    if device is None:
        raise Refused("device.unknown")
    if device.revoked_at is None:
        device.revoked_at = at
        audit.record(session, "accounts:device:revoked", device.id, office_id=None, by=by, at=at)
    return device


def of_office(office_id: UUID) -> ColumnElement[bool]:
    """The condition for tablets of everybody with a role in the office."""
    return Device.staff_id.in_(select(RoleGrant.staff_id).where(RoleGrant.office_id == office_id))


def recovery_jwk() -> dict[str, str | list[str] | bool]:
    """The public key to which a tablet seals its data key (RSA-OAEP, SHA-256), made when first asked for."""
    pem = db.session.scalar(select(Company.recovery_key))
    db.session.rollback()
    if pem is None:
        pem = _make_recovery_key()
    key = serialization.load_pem_private_key(pem.encode(), None)
    assert isinstance(key, rsa.RSAPrivateKey)
    numbers = key.public_key().public_numbers()
    return {
        "kty": "RSA",
        "alg": "RSA-OAEP-256",
        "use": "enc",
        "n": _base64url(numbers.n),
        "e": _base64url(numbers.e),
        "key_ops": ["encrypt", "wrapKey"],
        "ext": True,
    }


def open_sealed(sealed: bytes, staff_id: UUID) -> bytes:
    """The data key that a tablet sealed to the recovery key for this person. Raises Refused ``device.sealed_otherwise``.

    The label names the person, so that what was sealed for one is given to no other.
    """
    pem = db.session.scalar(select(Company.recovery_key))
    db.session.rollback()
    key = serialization.load_pem_private_key(pem.encode(), None) if pem else None
    label = f"linli-recovery-1|{staff_id}".encode()
    oaep = padding.OAEP(padding.MGF1(hashes.SHA256()), hashes.SHA256(), label)
    if not isinstance(key, rsa.RSAPrivateKey) or len(sealed) != RECOVERY_BITS // 8:
        raise Refused("device.sealed_otherwise")
    try:
        return key.decrypt(sealed, oaep)
    except ValueError:
        raise Refused("device.sealed_otherwise") from None


def _make_recovery_key() -> str:
    made = rsa.generate_private_key(public_exponent=65537, key_size=RECOVERY_BITS).private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    with writing() as session:
        company = session.scalars(select(Company).with_for_update()).one()
        company.recovery_key = company.recovery_key or made.decode()  # whoever came first has made the one that counts
        return company.recovery_key


def _base64url(number: int) -> str:
    return base64.urlsafe_b64encode(number.to_bytes((number.bit_length() + 7) // 8, "big")).rstrip(b"=").decode()
