"""Visits at the desk: the list, one record with its chain, signing and returning it, its pictures, its paper."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from flask import Blueprint, Response, abort, flash, redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response as AnyResponse

from portal.core import access, clock, lists, pictures
from portal.core.db import db
from portal.core.documents.fonts import fonts_ready
from portal.core.messages import sentence
from portal.domain.refusals import Refused
from portal.households.addresses import address_of
from portal.households.listing import name_shown
from portal.signoff import service as signoff
from portal.visits import page, paper
from portal.visits.listing import LISTING
from portal.visits.queries import VisitRecord, record_of

bp = Blueprint("visits", __name__, url_prefix="/desk/visits")


@bp.get("")
@access.requires("visits:visit:read")
def index() -> str:
    return lists.show(LISTING, "visits/index.html", "visits/_index.html", address_of=address_of)


@bp.post("/export")
@access.requires("visits:visit:read")
def export() -> Response:
    return lists.send(LISTING, request.form.get("kind", ""))


def _record(visit_id: UUID) -> VisitRecord:
    found = record_of(db.session(), lists.reader().office_id, visit_id)
    if found is None:
        abort(404)
    return found


def _page(visit_id: UUID, **more: Any) -> str:
    record = _record(visit_id)
    shown = page.of(db.session(), record, current_user, bundle_id=_bundle_id())
    return render_template("visits/show.html", page=shown, address_of=address_of, name_shown=name_shown, **more)


def _bundle_id() -> UUID | None:
    try:
        return UUID(request.values.get("bundle", ""))
    except ValueError:
        return None


@bp.get("/<uuid:visit_id>")
@access.requires("visits:visit:read")
def show(visit_id: UUID) -> str:
    return _page(visit_id)


def _seen() -> tuple[int, int]:
    """The revision and the step that stood on the page when the button was pressed."""
    try:
        return int(request.form["revision"]), int(request.form["step"])
    except (KeyError, ValueError):
        abort(400)


@bp.post("/<uuid:visit_id>/sign")
@access.requires("signoff:record:sign")
def sign(visit_id: UUID) -> AnyResponse | tuple[str, int]:
    """Sign what was seen; another revision or step by now is told with its difference, and nothing is signed."""
    _record(visit_id)
    revision, step = _seen()
    outcome = signoff.sign([(visit_id, revision, step)], by=current_user, at=clock.now())
    if outcome.left_out:
        return _refused(visit_id, outcome.left_out[0].code, outcome.left_out[0].params, revision)
    flash(sentence("signoff.done"), "ok")
    return redirect(page.onward(visit_id, _bundle_id()), 303)


@bp.post("/<uuid:visit_id>/return")
@access.requires("signoff:record:sign")
def send_back(visit_id: UUID) -> AnyResponse | tuple[str, int]:
    """Return a record to its author, with a reason and comments beside its fields."""
    _record(visit_id)
    revision, step = _seen()
    comments = {key[6:]: text for key, text in request.form.items() if key.startswith("field:/")}
    try:
        signoff.send_back(
            visit_id, revision, comment=request.form.get("comment", "")[:2000], field_comments=comments,
            by=current_user, at=clock.now(), step=step,
        )  # fmt: skip
    except Refused as why:
        if why.code == "signoff.comment_needed":
            return _page(visit_id, problem=sentence(why.code), typed=request.form), 422
        return _refused(visit_id, why.code, why.params, revision)
    flash(sentence("signoff.returned"), "ok")
    return redirect(page.onward(visit_id, _bundle_id()), 303)


def _refused(visit_id: UUID, code: str, params: Mapping[str, Any], revision: int) -> tuple[str, int]:
    record = _record(visit_id)
    if code == "signoff.stale":
        told = page.meanwhile(db.session(), record, revision)
        return render_template("visits/stale.html", page=told, address_of=address_of), 409
    status = 403 if code in ("signoff.author", "signoff.not_your_step") else 409
    return _page(visit_id, problem=sentence(code, params), typed=request.form), status


@bp.get("/<uuid:visit_id>/pictures/<uuid:attachment_id>")
@access.requires("visits:visit:read")
def picture(visit_id: UUID, attachment_id: UUID) -> Response:
    """A photo or signature of a visit of this office."""
    return pictures.answer(next((a for a in _record(visit_id).attachments if a.id == attachment_id), None))


@bp.get("/<uuid:visit_id>/record.pdf")
@access.requires("visits:visit:read")
def pdf(visit_id: UUID) -> Response | tuple[str, int]:
    """The record on paper; while the fonts are being made, a page that says so."""
    record = _record(visit_id)
    if not fonts_ready():
        return render_template("documents/preparing.html", back=url_for("visits.show", visit_id=visit_id)), 202
    made = paper.record_pdf(db.session(), record)
    answer = Response(made.content, content_type="application/pdf")
    answer.headers["Content-Disposition"] = f'inline; filename="{made.name}"'
    return answer
