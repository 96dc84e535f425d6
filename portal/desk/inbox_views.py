"""The inbox and its bundles: look, tick, sign together, take one out."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext, ngettext
from flask_login import current_user
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from portal.core import access, clock, lists
from portal.core.db import db
from portal.core.messages import sentence
from portal.core.pages import back_to
from portal.desk import inbox as waiting
from portal.domain.refusals import Refused
from portal.households.addresses import address_of
from portal.households.listing import name_shown
from portal.signoff import bundles, queries, service
from portal.signoff.models import Bundle
from portal.signoff.service import LeftOut
from portal.visits import page
from portal.visits.queries import record_of

bp = Blueprint("inbox", __name__, url_prefix="/desk/inbox")

GROUPS = ("late", "sign", "back", "mine")


@bp.get("")
@access.requires("desk:inbox:read")
def index() -> str:
    found = waiting.inbox(db.session(), current_user, clock.now())
    only = request.args.get("show", "")
    only = only if only in GROUPS else ""
    shown = [group for group in found.groups if group.rows and only in ("", group.key)]
    first = next((row for group in shown for row in group.rows), None)
    return render_template(
        "desk/inbox.html", inbox=found, shown=shown, groups=GROUPS, only=only, now=clock.now(),
        tasks=waiting.tasks(db.session(), current_user, lists.reader()) if current_user.office_id else [],
        elsewhere=waiting.elsewhere(db.session(), current_user),
        pane=_pane_of(first.id, "bundle" if first.box == "bundle" else "record") if first else "",
    )  # fmt: skip


@bp.get("/pane")
@access.requires("desk:inbox:read")
def pane() -> str:
    """The right-hand side for one line: a record's heart or a bundle's cover sheet."""
    kind = "bundle" if "bundle" in request.args else "record"
    try:
        own = UUID(request.args.get(kind, ""))
    except ValueError:
        abort(404)
    return _pane_of(own, kind)


def _pane_of(own: UUID, kind: str) -> str:
    session = db.session()
    if kind == "bundle":
        return render_template(
            "desk/_cover.html", cover=waiting.cover(session, _bundle(own), current_user), whole=False
        )
    record = record_of(session, lists.reader().office_id, own)
    if record is not None:
        shown = page.of(session, record, current_user, bundle_id=None)
        return render_template("desk/_record.html", page=shown, address_of=address_of, name_shown=name_shown)
    approval = queries.approval_of(session, own)
    if approval is None or approval.office_id != current_user.office_id:
        abort(404)
    told = waiting.described(session, [(approval.kind, own)]).get(own)
    return render_template("desk/_other.html", told=told)


def _bundle(bundle_id: UUID) -> Bundle:
    found = queries.bundle_of(db.session(), current_user.here(), bundle_id)
    if found is None:
        abort(404)
    return found


@bp.get("/bundles/<uuid:bundle_id>")
@access.requires("desk:inbox:read")
def bundle(bundle_id: UUID) -> str:
    return render_template("desk/bundle.html", cover=waiting.cover(db.session(), _bundle(bundle_id), current_user))


def _picks(name: str, parts: int) -> list[tuple[Any, ...]]:
    """What was ticked: (record, revision, step), or (bundle, step)."""
    found = []
    for value in request.form.getlist(name):
        own, *numbers = value.split(".")
        try:
            found.append((UUID(own), *(int(n) for n in numbers)))
        except ValueError:
            abort(400)
        if len(found[-1]) != parts:
            abort(400)
    return found


@bp.post("/bundles")
@access.requires("signoff:bundle:make")
def make() -> Response | tuple[str, int]:
    """Hand the ticked records up together, under a cover sheet."""
    try:
        made = bundles.make_bundle([own for own, _, _ in _picks("pick", 3)], by=current_user.here(), at=clock.now())
    except Refused as why:
        return _told([], [LeftOut(UUID(int=0), why.code, why.params)])
    return redirect(url_for("inbox.bundle", bundle_id=made.id), 303)


@bp.post("/sign")
@access.requires("signoff:record:sign")
def sign() -> Response | tuple[str, int]:
    """Sign everything that was ticked, bundles and single records, each at what was seen."""
    signed: list[UUID] = []
    left: list[LeftOut] = []
    at, by = clock.now(), current_user.here()
    picks = _picks("pick", 3)
    if picks:
        outcome = _try(left, picks[0][0], lambda: service.sign(picks, by=by, at=at))
        signed += outcome.signed
        left += outcome.left_out
    for own, step in _picks("bundle", 2):
        outcome = _try(left, own, lambda own=own, step=step: bundles.sign_bundle(own, by=by, at=at, step=step))
        signed += outcome.signed
        left += outcome.left_out
    if not signed and not left:
        left.append(LeftOut(UUID(int=0), "signoff.bundle_empty"))
    return _answer(signed, left)


def _try(left: list[LeftOut], own: UUID, act: Any) -> service.Outcome:
    try:
        done: service.Outcome = act()
        return done
    except Refused as why:
        left.append(LeftOut(own, why.code, why.params))
        return service.Outcome()


@bp.post("/bundles/<uuid:bundle_id>/sign")
@access.requires("signoff:record:sign")
def sign_bundle(bundle_id: UUID) -> Response | tuple[str, int]:
    """Sign a bundle at the step that was seen, less what was set aside."""
    _bundle(bundle_id)
    try:
        step, aside = int(request.form["step"]), [UUID(v) for v in request.form.getlist("without")]
    except (KeyError, ValueError):
        abort(400)
    left: list[LeftOut] = []
    by = current_user.here()
    outcome = _try(
        left, bundle_id, lambda: bundles.sign_bundle(bundle_id, by=by, at=clock.now(), step=step, without=aside)
    )
    return _answer(outcome.signed, left + outcome.left_out)


@bp.post("/bundles/<uuid:bundle_id>/take-out")
@access.requires("signoff:record:sign")
def take_out(bundle_id: UUID) -> Response | tuple[str, int]:
    """Take one record out and return it to its author; the rest goes on."""
    _bundle(bundle_id)
    try:
        record_id, revision = UUID(request.form["record"]), int(request.form["revision"])
    except (KeyError, ValueError):
        abort(400)
    try:
        bundles.take_out(
            bundle_id, record_id, revision, comment=request.form.get("comment", "")[:2000],
            by=current_user.here(), at=clock.now(),
        )  # fmt: skip
    except Refused as why:
        return _told([], [LeftOut(record_id, why.code, why.params)])
    flash(gettext("Taken out and returned; the rest goes on."), "ok")
    return redirect(url_for("inbox.bundle", bundle_id=bundle_id), 303)


def _answer(signed: Sequence[UUID], left: Sequence[LeftOut]) -> Response | tuple[str, int]:
    if left:
        return _told(signed, left)
    flash(ngettext("%(num)s record signed.", "%(num)s records signed.", len(signed)), "ok")
    return redirect(back_to("inbox.index", "show"), 303)


@dataclass(frozen=True)
class Reason:
    """Something that was not signed: what, why, and who was faster."""

    title: str
    url: str
    words: str
    last: queries.SignatureLine | None


def _told(signed: Sequence[UUID], left: Sequence[LeftOut]) -> tuple[str, int]:
    """In words: what was signed, what was not, and why."""
    session = db.session()
    reasons = [_reason(session, each) for each in left]
    status = 200 if signed else 409
    return render_template("desk/signed.html", signed=len(signed), reasons=reasons), status


def _reason(session: Session, left: LeftOut) -> Reason:
    bundle = queries.bundle_of(session, current_user.here(), left.record_id)
    record_id = bundle.lines[0].record_id if bundle and bundle.lines else left.record_id
    lines = queries.signatures_of(session, record_id)
    approval = queries.approval_of(session, left.record_id)
    told = waiting.described(session, [(approval.kind, left.record_id)]).get(left.record_id) if approval else None
    if bundle is not None:
        name = waiting.cover(session, bundle, current_user).title
        return Reason(
            name,
            url_for("inbox.bundle", bundle_id=bundle.id),
            sentence(left.code, left.params),
            lines[-1] if lines else None,
        )
    own = approval is not None and approval.office_id == current_user.office_id
    return Reason(
        told.title if told and own else "", told.url if told and own else "", sentence(left.code, left.params),
        lines[-1] if lines and own and left.code == "signoff.stale" else None,
    )  # fmt: skip
