"""Letters at the desk: the list, drafting from issues, wording side by side, check, approval, publication."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext
from flask_login import current_user
from sqlalchemy import select
from werkzeug.wrappers import Response

from portal.core import access, clock, lists
from portal.core.db import db
from portal.domain.refusals import Refused
from portal.opinions.issue_listing import weights
from portal.opinions.models import Issue
from portal.publishing import approval, drafting, posting, release, rows, wording
from portal.publishing.editor import Editor, editor, waits_for
from portal.publishing.forms import (
    ClearForm,
    CorrectForm,
    DatesForm,
    MeasureForm,
    NewLetterForm,
    PostForm,
    ReturnForm,
    RowForm,
    SeenForm,
    SettleForm,
    TermsForm,
    TextForm,
)
from portal.publishing.halves import SCRIPTS
from portal.publishing.listing import LETTERS, departments
from portal.publishing.models import Publication
from portal.publishing.telling import due_words

bp = Blueprint("publishing", __name__, url_prefix="/desk/letters")
READ, WORD, APPROVE = "publishing:publication:read", "publishing:publication:word", "publishing:publication:approve"
Seen = dict[str, Any]  # which revision was seen, by whom, when: what every act of a letter is told
CONFLICTS = ("publication.stale", "publication.not_now", "signoff.stale")


@bp.get("")
@access.requires(READ)
def index() -> str:
    return lists.show(LETTERS, "publishing/index.html", "publishing/_index.html")


@bp.post("/export")
@access.requires(READ)
def export() -> Response:
    return lists.send(LETTERS, request.form.get("kind", ""))


@bp.route("/new", methods=["GET", "POST"], endpoint="draft")
@access.requires(WORD)
def new() -> str | Response | tuple[str, int]:
    """Choose issues, get a draft; from an issue's page with one button."""
    form = NewLetterForm(kind="open_letter") if "kind" not in request.form else NewLetterForm()
    issues = db.session.scalars(
        select(Issue)
        .where(Issue.office_id == lists.reader().office_id, Issue.status != "closed")
        .order_by(Issue.opened_at.desc(), Issue.id)
        .limit(200)
    ).all()
    form.issues.choices = [(str(i.id), i.title) for i in issues]
    if request.method == "POST" and "kind" not in request.form:
        form.kind.data, form.kind.raw_data = "open_letter", ["open_letter"]
    if form.validate_on_submit():
        try:
            made = drafting.draft_letter(
                [UUID(i) for i in form.issues.data or []], kind=form.kind.data, by=current_user, at=clock.now()
            )
            return redirect(url_for("publishing.show", publication_id=made), 303)
        except Refused as why:
            form.refuse(why)
    counted = weights(db.session(), [i.id for i in issues])
    page = render_template("publishing/new.html", form=form, issues=issues, counted=counted)
    return page, 422 if form.every_error else 200


def _load(publication_id: UUID) -> Publication:
    found = db.session.scalar(
        select(Publication).where(
            Publication.id == publication_id, Publication.office_id.in_(current_user.offices_with(READ))
        )
    )
    if found is None:
        abort(404)
    return found


def _page(publication_id: UUID, tried: str = "", bound: Any = None) -> str:
    publication = _load(publication_id)
    board = editor(db.session(), publication)
    seen = str(publication.revision)
    issues = [("", gettext("Worded freely"))]
    used = {row.issue_id for row in publication.rows}
    for issue in db.session.scalars(
        select(Issue)
        .where(Issue.community_id == publication.community_id, Issue.status == "open")
        .order_by(Issue.opened_at)
    ):
        if issue.id not in used:
            issues.append((str(issue.id), issue.title))
    forms = {
        "row": RowForm(formdata=None, revision=seen), "dates": DatesForm(formdata=None, revision=seen, obj=_dates(board)),
        "clear": ClearForm(formdata=None, revision=seen), "return": ReturnForm(formdata=None, revision=seen),
        "post": PostForm(formdata=None), "correct": CorrectForm(formdata=None, revision=seen), "measure": MeasureForm(formdata=None, revision=seen),
    }  # fmt: skip
    if bound is not None and tried in forms:
        forms[tried] = bound
    forms["row"].issue.choices = issues
    forms["measure"].department_id.choices = _departments()
    dated = board.version.dated
    return render_template(
        "publishing/show.html", board=board, publication=publication, seen=seen, forms=forms, tried=tried, bound=bound,
        departments=_departments(), may_word=current_user.may(WORD, publication.office_id),
        may_approve=current_user.may(APPROVE, publication.office_id), hanging=posting.hanging(db.session(), publication),
        may_post=current_user.may(posting.POST, publication.office_id), chain=waits_for(board, 4),
        due=lambda c: due_words(c.due_kind, c.due_from, c.due_on, dated),
    )  # fmt: skip


def _dates(board: Editor) -> Any:
    class Dates:
        dated = board.version.dated
        take_down_on = board.publication.take_down_on

    return Dates()


def _departments() -> list[tuple[str, str]]:
    return [("", gettext("None")), *[(value, str(words)) for value, words in departments(lists.reader())]]


@bp.get("/<uuid:publication_id>")
@access.requires(READ)
def show(publication_id: UUID) -> str:
    return _page(publication_id)


def act(
    publication_id: UUID, form: Any, do: Callable[[Any, Seen], object], *, tried: str = "page", anchor: str = ""
) -> Response | tuple[str, int]:
    """Load, form, service, answer: what was typed comes back with the reason where it is refused."""
    _load(publication_id)
    if not form.validate_on_submit():
        return _page(publication_id, tried, form), 422
    try:
        do(form, {"revision": form.seen, "by": current_user, "at": clock.now()})
    except Refused as why:
        db.session.rollback()
        form.refuse(why)
        return _page(publication_id, tried, form), 409 if why.code in CONFLICTS else 422
    return redirect(url_for("publishing.show", publication_id=publication_id, _anchor=anchor or None), 303)


# Words ----------------------------------------------------------------------------------------------------------------


@bp.post("/<uuid:publication_id>/texts/<uuid:wording_id>/<any(source, other):half>")
@access.requires(WORD)
def save(publication_id: UUID, wording_id: UUID, half: str) -> Response | tuple[str, int]:
    service = wording.save_source if half == "source" else wording.save_other
    return act(
        publication_id, TextForm(),
        lambda f, seen: service(publication_id, wording_id, f.text.data or "", **seen),
        tried=f"{wording_id}-{half}", anchor=f"t-{wording_id}",
    )  # fmt: skip


@bp.post("/<uuid:publication_id>/texts/<uuid:wording_id>/<any(still, again):what>")
@access.requires(WORD)
def keep_or_convert(publication_id: UUID, wording_id: UUID, what: str) -> Response | tuple[str, int]:
    service = wording.still_right if what == "still" else wording.convert_again
    return act(
        publication_id, SeenForm(),
        lambda f, seen: service(publication_id, wording_id, **seen),
        anchor=f"t-{wording_id}",
    )  # fmt: skip


@bp.post("/<uuid:publication_id>/texts/<uuid:wording_id>/settle")
@access.requires(WORD)
def settle(publication_id: UUID, wording_id: UUID) -> Response | tuple[str, int]:
    def do(f: Any, seen: Seen) -> None:
        pair = (f.source_term.data or "", f.made_term.data or "")
        wording.settle(
            publication_id, wording_id, int(f.start.data), int(f.end.data), f.out.data,
            remember=pair if all(part.strip() for part in pair) else None, **seen,
        )  # fmt: skip

    return act(publication_id, SettleForm(), do, anchor=f"t-{wording_id}")


@bp.post("/<uuid:publication_id>/clear")
@access.requires(WORD)
def clear(publication_id: UUID) -> Response | tuple[str, int]:
    return act(
        publication_id, ClearForm(),
        lambda f, seen: wording.clear_word(
            publication_id, f.word.data or "", f.reason.data or "", **seen
        ),
        tried="clear",
    )  # fmt: skip


# Rows and promises ----------------------------------------------------------------------------------------------------


@bp.post("/<uuid:publication_id>/rows")
@access.requires(WORD)
def add_row(publication_id: UUID) -> Response | tuple[str, int]:
    form = RowForm()
    form.issue.choices = [(form.issue.data or "", "")]
    return act(
        publication_id, form,
        lambda f, seen: rows.add_row(
            publication_id, f.brief.data or "", issue_id=UUID(f.issue.data) if f.issue.data else None, **seen,
        ),
        tried="row", anchor="new-row",
    )  # fmt: skip


@bp.post("/<uuid:publication_id>/rows/<uuid:row_id>/<any(up, remove):what>")
@access.requires(WORD)
def change_row(publication_id: UUID, row_id: UUID, what: str) -> Response | tuple[str, int]:
    service = rows.move_row if what == "up" else rows.remove_row
    return act(
        publication_id, SeenForm(),
        lambda f, seen: service(publication_id, row_id, **seen),
        anchor=f"row-{row_id}" if what == "up" else "",
    )  # fmt: skip


def _terms(form: TermsForm) -> dict[str, Any]:
    return {
        "actor": form.actor.data, "due_kind": form.due_kind.data, "due_from": form.due_from.data, "due_on": form.due_on.data,
        "department_id": UUID(form.department_id.data) if form.department_id.data else None,
    }  # fmt: skip


@bp.post("/<uuid:publication_id>/rows/<uuid:row_id>/measures")
@access.requires(WORD)
def add_measure(publication_id: UUID, row_id: UUID) -> Response | tuple[str, int]:
    form = MeasureForm()
    form.department_id.choices = _departments()
    return act(
        publication_id, form,
        lambda f, seen: rows.add_measure(
            publication_id, row_id, f.text.data or "", _terms(f), **seen
        ),
        tried=f"measure-{row_id}", anchor=f"row-{row_id}",
    )  # fmt: skip


@bp.post("/<uuid:publication_id>/measures/<uuid:commitment_id>/terms")
@access.requires(WORD)
def set_terms(publication_id: UUID, commitment_id: UUID) -> Response | tuple[str, int]:
    form = TermsForm()
    form.department_id.choices = _departments()
    return act(
        publication_id, form,
        lambda f, seen: rows.set_terms(publication_id, commitment_id, _terms(f), **seen),
        tried=f"terms-{commitment_id}", anchor=f"c-{commitment_id}",
    )  # fmt: skip


@bp.post("/<uuid:publication_id>/measures/<uuid:commitment_id>/remove")
@access.requires(WORD)
def remove_measure(publication_id: UUID, commitment_id: UUID) -> Response | tuple[str, int]:
    return act(
        publication_id, SeenForm(),
        lambda f, seen: rows.remove_measure(publication_id, commitment_id, **seen),
    )  # fmt: skip


@bp.post("/<uuid:publication_id>/dates")
@access.requires(WORD)
def set_day(publication_id: UUID) -> Response | tuple[str, int]:
    return act(
        publication_id, DatesForm(),
        lambda f, seen: rows.set_day(
            publication_id, f.dated.data, f.take_down_on.data, **seen
        ),
        tried="dates",
    )  # fmt: skip


# Check, approval, publication -----------------------------------------------------------------------------------------


@bp.post("/<uuid:publication_id>/check/<script>")
@access.requires(WORD)
def check(publication_id: UUID, script: str) -> Response | tuple[str, int]:
    if script not in SCRIPTS:
        abort(404)
    return act(
        publication_id, SeenForm(),
        lambda f, seen: approval.check(publication_id, script, **seen),
    )  # fmt: skip


@bp.post("/<uuid:publication_id>/approve")
@access.requires(APPROVE)
def approve(publication_id: UUID) -> Response | tuple[str, int]:
    return act(
        publication_id, SeenForm(),
        lambda f, seen: approval.approve(publication_id, **seen),
    )  # fmt: skip


@bp.post("/<uuid:publication_id>/return")
@access.requires(APPROVE)
def send_back(publication_id: UUID) -> Response | tuple[str, int]:
    return act(
        publication_id, ReturnForm(),
        lambda f, seen: approval.send_back(publication_id, f.comment.data or "", **seen),
        tried="return",
    )  # fmt: skip


@bp.post("/<uuid:publication_id>/publish")
@access.requires(WORD)
def publish(publication_id: UUID) -> Response | tuple[str, int]:
    def do(f: Any, seen: Seen) -> None:
        release.publish(publication_id, **seen)
        flash(gettext("Published in both scripts. The sheet for the board is being made."))

    return act(publication_id, SeenForm(), do)


@bp.post("/<uuid:publication_id>/correct")
@access.requires(WORD)
def correct(publication_id: UUID) -> Response | tuple[str, int]:
    return act(
        publication_id, CorrectForm(),
        lambda f, seen: release.correct(publication_id, f.reason.data or "", **seen),
        tried="correct",
    )  # fmt: skip


@bp.post("/<uuid:publication_id>/<any(drop, down, withdraw):what>")
@access.requires(WORD)
def end(publication_id: UUID, what: str) -> Response | tuple[str, int]:
    def do(f: Any, seen: Seen) -> None:
        if what == "drop":
            release.drop_correction(publication_id, **seen)
        else:
            release.take_down(publication_id, fault=what == "withdraw", **seen)

    return act(publication_id, SeenForm(), do)
