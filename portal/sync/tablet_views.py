"""The tablets of the office's people: which there are, when they were last heard of, and how one is revoked."""

from uuid import UUID

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext
from flask_login import current_user
from sqlalchemy import select
from werkzeug.wrappers import Response

from portal.accounts import devices
from portal.accounts.models import Device
from portal.core import access, clock, lists
from portal.core.db import db, writing
from portal.domain.refusals import Refused
from portal.sync import backup_files
from portal.sync.backup_files import PutBack
from portal.sync.office_forms import BackupForm
from portal.sync.schema import STATES
from portal.sync.tablets import TABLETS, state_of

bp = Blueprint("tablets", __name__, url_prefix="/desk/tablets")


@bp.get("")
@access.requires("accounts:device:revoke")
def index() -> str:
    return lists.show(TABLETS, "sync/tablets.html", "sync/_tablets.html", state_of=state_of)


@bp.post("/export")
@access.requires("accounts:device:revoke")
def export() -> Response:
    return lists.send(TABLETS, request.form.get("kind", ""))


@bp.route("/backup", methods=["GET", "POST"])
@access.requires("accounts:device:revoke")
def backup() -> str | Response | tuple[str, int]:
    form = BackupForm()
    if form.validate_on_submit():
        try:
            told = backup_files.put_back(
                form.file.data.stream.read(), office_id=lists.reader().office_id, by=current_user.id, at=clock.now()
            )
        except Refused as why:
            form.refuse(why)
        else:
            flash(_words(told), "ok")
            return redirect(url_for("tablets.index"), 303)
    return render_template("sync/backup.html", form=form), 422 if request.method == "POST" else 200


def _words(told: PutBack) -> str:
    many = {state: told.states.get(state, 0) for state in STATES}
    return gettext(
        "From the file of %(name)s: %(entered)s records entered, %(before)s were here before, %(aside)s are kept to be looked at. "
        "%(drafts)s drafts can be opened only by their author, on a tablet.",
        name=told.name,
        entered=many["stored"] + many["partial"],
        before=many["same"] + many["settled"],
        aside=many["quarantined"] + many["conflict"] + many["waiting"],
        drafts=told.drafts,
    )


@bp.post("/<uuid:device_id>/revoke")
@access.requires("accounts:device:revoke")
def revoke(device_id: UUID) -> Response:
    own = devices.of_office(lists.reader().office_id)
    if db.session.scalar(select(Device.id).where(Device.id == device_id, own)) is None:
        abort(404)
    with writing() as session:
        name = devices.revoke(session, device_id, by=current_user.id, at=clock.now()).name
    flash(gettext("%(name)s is revoked. It gets nothing more; what it still sends is set aside.", name=name), "ok")
    return redirect(url_for("tablets.index"), 303)
