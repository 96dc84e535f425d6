"""Promises at the desk: the list, one promise with its past, what became of it, QA's verification."""

from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import UUID

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask_login import current_user
from sqlalchemy import select
from sqlalchemy.orm import joinedload
from werkzeug.wrappers import Response

from portal.accounts.models import Staff
from portal.core import access, clock, lists
from portal.core.audit import Event
from portal.core.db import db
from portal.domain.lives import COMMITMENT_TABLE
from portal.domain.lives import Commitment as State
from portal.domain.lives import CommitmentAction as Action
from portal.domain.refusals import Refused
from portal.publishing import commitments
from portal.publishing.commitments import REPORT, VERIFY, Words, paired, shown_state
from portal.publishing.forms import ChangeForm, DoneForm, PairForm, VerifyForm
from portal.publishing.listing import PROMISES
from portal.publishing.models import Commitment, PublicationRow

bp = Blueprint("promises", __name__, url_prefix="/desk/promises")
READ = "publishing:commitment:read"


@bp.get("")
@access.requires(READ)
def index() -> str:
    return lists.show(PROMISES, "promises/index.html", "promises/_index.html", state_of=_state)


@bp.post("/export")
@access.requires(READ)
def export() -> Response:
    return lists.send(PROMISES, request.form.get("kind", ""))


def _state(c: Commitment) -> str:
    return shown_state(c.status, c.due_on, c.due_kind, lists.reader().today)


def _load(commitment_id: UUID) -> Commitment:
    offices = current_user.offices_with(READ)
    found = db.session.scalar(
        select(Commitment)
        .where(Commitment.id == commitment_id, Commitment.office_id.in_(offices), Commitment.text_hans != "")
        .options(joinedload(Commitment.row).joinedload(PublicationRow.publication))
    )
    if found is None:
        abort(404)
    only_own = current_user.roles(found.office_id) <= {"department_head", "department_officer"}
    if only_own and found.department_id not in current_user.departments(found.office_id):
        abort(404)
    return found


def _page(commitment_id: UUID, tried: str = "", bound: Any = None) -> str:
    c = _load(commitment_id)
    seen = str(c.revision)
    forms = {
        "done": DoneForm(formdata=None, prefix="done-", revision=seen, done_on=lists.reader().today),
        "change": ChangeForm(formdata=None, prefix="change-", revision=seen),
        "decline": PairForm(formdata=None, prefix="decline-", revision=seen),
        "verify": VerifyForm(formdata=None, revision=seen),
    }
    if bound is not None:
        forms[tried] = bound
    may_report = current_user.may(REPORT, c.office_id)
    shown = State(_state(c))
    can = {
        "done": may_report and (shown, Action.COMPLETE) in COMMITMENT_TABLE,
        "change": may_report
        and (shown, Action.CHANGE) in COMMITMENT_TABLE
        and c.due_kind in ("date", "span", "recurring"),
        "decline": may_report and (shown, Action.DECLINE) in COMMITMENT_TABLE,
        "verify": current_user.may(VERIFY, c.office_id) and c.status == "done",
    }
    events = db.session.execute(
        select(Event, Staff.name)
        .outerjoin(Staff, Staff.id == Event.by_id)
        .where(Event.subject_id == c.id)
        .order_by(Event.at, Event.id)
    ).all()
    return render_template(
        "promises/show.html", c=c, state=shown.value, forms=forms, can=can, tried=tried, events=events,
        publication=c.row.publication,
    )  # fmt: skip


@bp.get("/<uuid:commitment_id>")
@access.requires(READ)
def show(commitment_id: UUID) -> str:
    return _page(commitment_id)


def _act(commitment_id: UUID, tried: str, form: Any, do: Callable[[Any, datetime], None]) -> Response | tuple[str, int]:
    _load(commitment_id)
    if not form.validate_on_submit():
        return _page(commitment_id, tried, form), 422
    try:
        do(form, clock.now())
    except Refused as why:
        db.session.rollback()
        if why.code == "publication.confirm_half":
            form.words_other.data = why.params["made"]
        form.refuse(why)
        return _page(commitment_id, tried, form), 409 if why.code == "commitment.stale" else 422
    return redirect(url_for("promises.show", commitment_id=commitment_id), 303)


def _words(commitment_id: UUID, f: PairForm) -> Words:
    publication_id = _load(commitment_id).row.publication_id
    return paired(publication_id, f.words.data or "", f.words_other.data or "", by=current_user, field="words")


@bp.post("/<uuid:commitment_id>/done")
@access.requires(REPORT)
def done(commitment_id: UUID) -> Response | tuple[str, int]:
    return _act(
        commitment_id, "done", DoneForm(prefix="done-"),
        lambda f, at: commitments.report_done(
            commitment_id, _words(commitment_id, f), f.done_on.data, next_on=f.next_on.data, revision=f.seen,
            by=current_user, at=at,
        ),
    )  # fmt: skip


@bp.post("/<uuid:commitment_id>/change")
@access.requires(REPORT)
def change(commitment_id: UUID) -> Response | tuple[str, int]:
    return _act(
        commitment_id, "change", ChangeForm(prefix="change-"),
        lambda f, at: commitments.change_date(
            commitment_id, f.due_on.data, _words(commitment_id, f), revision=f.seen, by=current_user, at=at
        ),
    )  # fmt: skip


@bp.post("/<uuid:commitment_id>/decline")
@access.requires(REPORT)
def decline(commitment_id: UUID) -> Response | tuple[str, int]:
    return _act(
        commitment_id, "decline", PairForm(prefix="decline-"),
        lambda f, at: commitments.decline(
            commitment_id, _words(commitment_id, f), revision=f.seen, by=current_user, at=at
        ),
    )  # fmt: skip


@bp.post("/<uuid:commitment_id>/<any(verified, rejected):what>")
@access.requires(VERIFY)
def verify(commitment_id: UUID, what: str) -> Response | tuple[str, int]:
    return _act(
        commitment_id, "verify", VerifyForm(),
        lambda f, at: commitments.verify(
            commitment_id, holds=what == "verified", remark=f.remark.data or "", revision=f.seen, by=current_user, at=at
        ),
    )  # fmt: skip
