"""The tablets of the office's people: which there are, when they were last heard of, and how one is revoked."""

from uuid import UUID

from flask import Blueprint, abort, flash, redirect, render_template, url_for
from flask_babel import gettext
from flask_login import current_user
from werkzeug.wrappers import Response

from portal.accounts import devices
from portal.core import access, clock, lists
from portal.core.db import db, writing

bp = Blueprint("tablets", __name__, url_prefix="/desk/tablets")


@bp.get("")
@access.requires("accounts:device:revoke")
def index() -> str:
    found = devices.devices_of_office(db.session(), lists.reader().office_id)
    return render_template("sync/tablets.html", tablets=found)


@bp.post("/<uuid:device_id>/revoke")
@access.requires("accounts:device:revoke")
def revoke(device_id: UUID) -> Response:
    known = {device.id for device, _ in devices.devices_of_office(db.session(), lists.reader().office_id)}
    if device_id not in known:
        abort(404)
    with writing() as session:
        name = devices.revoke(session, device_id, by=current_user.id, at=clock.now()).name
    flash(gettext("%(name)s is revoked. It gets nothing more; what it still sends is set aside.", name=name), "ok")
    return redirect(url_for("tablets.index"), 303)
