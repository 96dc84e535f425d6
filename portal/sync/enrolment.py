"""``POST /sync/devices``: login and password once, a token for good (``sync.md``, calls)."""

import base64
from datetime import datetime
from typing import Any
from uuid import UUID

from flask import request

from portal.accounts import devices, service
from portal.accounts.actors import actor_for
from portal.accounts.models import Office, Staff
from portal.core import audit, clock
from portal.core.db import db, writing
from portal.core.i18n import in_script
from portal.domain.pointers import ID
from portal.domain.refusals import Refused
from portal.sync.envelope import Problem, bearer

BYTES = 64 * 1024
NAME_MOST = 200
_NEEDED, _OPTIONAL = ("login", "password", "device_name"), ("code", "device_id")


def enrol(asked: dict[str, Any], at: datetime) -> dict[str, Any]:
    """A token for the person's tablet. Raises Problem 400 ``bad_request``, 403 ``credentials``, 429 ``too_many_attempts``."""
    _check_shape(asked)
    staff_id = _who(asked, at)
    given = asked.get("device_id")
    device_id = UUID(given) if isinstance(given, str) and ID.fullmatch(given) else None
    keys = {"recovery": devices.recovery_jwk()}
    made = devices.enrol(staff_id, asked["device_name"].strip()[:NAME_MOST], at=at, device_id=device_id)
    session = db.session()
    staff = session.get_one(Staff, staff_id)
    actor = actor_for(session, staff, on=clock.day_at(at, "Asia/Shanghai"))
    offices = {office.id: office for office in session.query(Office).where(Office.id.in_(actor.offices))}
    return {
        "device_id": str(made.device_id),
        "token": made.token,
        "user": {"id": str(staff_id), "name": actor.name},
        "offices": [
            {"id": str(own), "name": in_script(offices[own], "name", offices[own].script)} for own in actor.offices
        ],
        "keys": keys,
    }


def recover(asked: dict[str, Any], at: datetime) -> dict[str, Any]:
    """The data key of the person's tablet, for a forgotten PIN; each time is an event.

    Raises Problem 400 ``bad_request``, 403 ``credentials`` or ``recovery_unknown`` (sealed for somebody else, or to another
    installation's key), 429 ``too_many_attempts``.
    """
    _check_shape(asked, ("login", "password", "sealed"), ("code",))
    try:
        sealed = base64.b64decode(asked["sealed"], validate=True)
    except ValueError:
        raise Problem(400, "bad_request", key="sealed") from None
    staff_id = _who(asked, at)
    try:
        key = devices.open_sealed(sealed, staff_id)
    except Refused:
        raise Problem(403, "recovery_unknown") from None
    with writing() as session:
        audit.record(session, "accounts:device:key_given_back", staff_id, office_id=None, by=staff_id, at=at)
    return {"key": base64.b64encode(key).decode()}


def _check_shape(
    asked: dict[str, Any], needed: tuple[str, ...] = _NEEDED, optional: tuple[str, ...] = _OPTIONAL
) -> None:
    for key in needed:
        if not isinstance(asked.get(key), str) or not asked[key].strip():
            raise Problem(400, "bad_request", key=key)
    for key in optional:
        if asked.get(key) is not None and not isinstance(asked[key], str):
            raise Problem(400, "bad_request", key=key)


def _who(asked: dict[str, Any], at: datetime) -> UUID:
    token = bearer()
    trusted = token is not None and devices.is_device_of(token, asked["login"])
    db.session.rollback()
    try:
        return service.check_password(
            asked["login"], asked["password"], address=request.remote_addr or "", at=at, trusted_device=trusted
        )
    except Refused as why:
        if why.code == "login.too_many":
            seconds = str(int(service.WINDOW.total_seconds()))
            raise Problem(429, "too_many_attempts", headers={"Retry-After": seconds}, **why.params) from None
        raise Problem(403, "credentials") from None
