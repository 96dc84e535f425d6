"""Records to be looked at: what was not applied, why, and what the office decides."""

from typing import Any
from uuid import UUID

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext
from flask_login import current_user
from sqlalchemy import select
from werkzeug.wrappers import Response

from portal.core import access, clock, lists
from portal.core.db import db
from portal.core.facts import FactOther
from portal.core.i18n import in_script
from portal.domain.refusals import Refused
from portal.households.models import Building, Community, Household
from portal.sync import kept, office, repairing
from portal.sync.kept import Row
from portal.sync.listing import ARRIVALS, FACTS, UNREAD, author, kind_words, why
from portal.sync.office_forms import CloseForm, TakeOverForm

bp = Blueprint("sync_office", __name__, url_prefix="/desk/sync")
SHOWN_BYTES = 4000


@bp.get("/records")
@access.requires("sync:quarantine:decide")
def index() -> str:
    return lists.show(FACTS, "sync/index.html", "sync/_index.html", author=author, why=why, kind_words=kind_words)


@bp.post("/records/export")
@access.requires("sync:quarantine:decide")
def export() -> Response:
    return lists.send(FACTS, request.form.get("kind", ""))


@bp.get("/records/<uuid:fact_id>")
@access.requires("sync:quarantine:decide")
def show(fact_id: UUID) -> str:
    return _page(_row(fact_id), TakeOverForm(), CloseForm())


@bp.post("/records/<uuid:fact_id>/take-over")
@access.requires("sync:quarantine:decide")
def take_over(fact_id: UUID) -> str | Response | tuple[str, int]:
    row, form, at = _row(fact_id), TakeOverForm(), clock.now()
    typed = {key.removeprefix("value:"): value for key, value in request.form.items() if key.startswith("value:")}
    try:
        body, household_id = repairing.with_edits(row, typed), _household(form)
        if body is None and household_id is None:
            office.accept(fact_id, by=current_user, at=at)
        else:
            office.repair(fact_id, by=current_user, at=at, body=body, household_id=household_id)
    except Refused as refusal:
        form.refuse(refusal)
        return _page(row, form, CloseForm(formdata=None), typed), 422
    flash(gettext("The record was taken over."), "ok")
    return redirect(url_for("sync_office.index"), 303)


@bp.post("/records/<uuid:fact_id>/close")
@access.requires("sync:quarantine:decide")
def close(fact_id: UUID) -> str | Response | tuple[str, int]:
    row, form = _row(fact_id), CloseForm()
    try:
        office.reject(fact_id, form.reason.data or "", by=current_user, at=clock.now())
    except Refused as refusal:
        form.refuse(refusal)
        return _page(row, TakeOverForm(formdata=None), form), 422
    flash(gettext("The record was closed. Its author can read the reason."), "ok")
    return redirect(url_for("sync_office.index"), 303)


@bp.get("/arrivals")
@access.requires("sync:quarantine:decide")
def arrivals() -> str:
    return lists.show(ARRIVALS, "sync/arrivals.html", "sync/_arrivals.html", author=author)


@bp.post("/arrivals/export")
@access.requires("sync:quarantine:decide")
def export_arrivals() -> Response:
    return lists.send(ARRIVALS, request.form.get("kind", ""))


@bp.route("/arrivals/<uuid:other_id>", methods=["GET", "POST"])
@access.requires("sync:quarantine:decide")
def arrival(other_id: UUID) -> str | Response | tuple[str, int]:
    other, form = _other(other_id), CloseForm()
    status = 200
    if request.method == "POST":
        try:
            office.settle_other(other_id, form.reason.data or "", by=current_user, at=clock.now())
            flash(gettext("Closed. The author can read the reason."), "ok")
            return redirect(url_for("sync_office.arrivals"), 303)
        except Refused as refusal:
            form.refuse(refusal)
            status = 422
    text = other.raw[:SHOWN_BYTES].decode("utf-8", "replace").replace("\0", "\ufffd")
    words = office.in_words(other.problems)
    page = render_template("sync/arrival.html", other=other, form=form, text=text, words=words, author=author)
    return (page, status) if status != 200 else page


def _row(fact_id: UUID) -> Row:
    row = kept.by_ids(db.session(), [fact_id], with_payload=True).get(fact_id)
    if row is None or row.office_id != lists.reader().office_id or row.status not in office.OPEN:
        abort(404)
    return row


def _other(other_id: UUID) -> FactOther:
    office_id = lists.reader().office_id
    found = db.session.scalar(
        select(FactOther).where(
            FactOther.id == other_id, FactOther.office_id == office_id, FactOther.reason.in_(UNREAD),
            FactOther.decision.is_(None),
        )
    )  # fmt: skip
    if found is None:
        abort(404)
    return found


def _buildings() -> list[tuple[str, str]]:
    rows = db.session.execute(
        select(Building, Community)
        .join(Community, Community.id == Building.community_id)
        .where(Building.office_id == lists.reader().office_id)
        .order_by(Community.name_hans, Building.position, Building.code)
    )
    return [(str(b.id), f"{in_script(c, 'name')} {in_script(b, 'name')}") for b, c in rows]


def _household(form: TakeOverForm) -> UUID | None:
    """The household that the office named instead. Raises Refused ``unknown_subject``."""
    if not (form.room.data or "").strip():
        return None
    try:
        building = UUID(form.building.data or "")
    except ValueError:
        raise Refused("unknown_subject", "room") from None
    found = db.session.scalars(
        select(Household.id)
        .where(Household.building_id == building, Household.office_id == lists.reader().office_id)
        .where(Household.room == form.room.data.strip())
        .limit(2)
    ).all()
    if len(found) != 1:
        raise Refused("unknown_subject", "room")
    return found[0]


def _page(row: Row, take: TakeOverForm, close_form: CloseForm, typed: dict[str, Any] | None = None) -> str:
    take.building.choices = [("", "—"), *_buildings()]
    wrong_subject = any(p["field"] == "/subject" for p in row.problems)
    return render_template(
        "sync/show.html", row=row, lines=repairing.lines(db.session(), row), fields=repairing.editable(row), typed=typed or {},
        words=office.in_words(row.problems), conflict=repairing.both_sides(row), take=take,
        close=close_form, author=author, kind_words=kind_words, wrong_subject=wrong_subject,
    )  # fmt: skip
