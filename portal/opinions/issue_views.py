"""Issues: the list, one issue with its opinions and measures, grouping and taking out."""

import re
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask_babel import lazy_gettext as _l
from flask_login import current_user
from sqlalchemy import select
from sqlalchemy.orm import joinedload
from werkzeug.wrappers import Response

from portal.core import access, clock, lists, search
from portal.core.db import db
from portal.core.labels import choices
from portal.domain.refusals import Refused
from portal.opinions import issues
from portal.opinions.forms import IssueForm, IssueWordsForm, MoreOpinionsForm, TermsForm
from portal.opinions.issue_listing import LISTING, weights
from portal.opinions.listing import LISTING as OPINIONS
from portal.opinions.listing import place_of, told_number
from portal.opinions.models import Issue, Opinion
from portal.opinions.views import departments

UUID_TEXT = re.compile("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
bp = Blueprint("issues", __name__, url_prefix="/desk/issues")
OFFERED_MOST = 60


@bp.get("")
@access.requires("opinions:issue:read")
def index() -> str:
    return lists.show(
        LISTING, "issues/index.html", "issues/_index.html", weights=lambda ids: weights(db.session(), ids)
    )


@bp.post("/export")
@access.requires("opinions:issue:read")
def export() -> Response:
    return lists.send(LISTING, request.form.get("kind", ""))


def _free(*conditions: Any, words: str = "") -> Sequence[Opinion]:
    """Opinions in no issue yet, newest first, those that hold the words; one more than are offered says there are more."""
    session, office = db.session(), lists.reader().office_id
    query = (
        select(Opinion)
        .where(Opinion.office_id == office, Opinion.issue_id.is_(None), *conditions)
        .order_by(Opinion.raised_at.desc(), Opinion.id)
        .options(joinedload(Opinion.contact), joinedload(Opinion.household), joinedload(Opinion.community))
    )
    hits = search.hits(session, [office], OPINIONS.search_kind, words) if words else None
    if hits is None:
        return session.scalars(query.limit(OFFERED_MOST + 1)).all()
    found = session.scalars(query.join(hits, hits.c.record_id == Opinion.id).limit(4 * OFFERED_MOST)).all()
    return [o for o in found if search.matches(words, *OPINIONS.texts(o))][: OFFERED_MOST + 1]


def _chosen() -> list[UUID]:
    """The opinions that are ticked, in the form or while looking for more."""
    given = request.form.getlist("opinions") or request.args.getlist("opinions")
    return [UUID(o) for o in given if UUID_TEXT.fullmatch(o)]


@bp.route("/new", methods=["GET", "POST"])
@access.requires("opinions:issue:group")
def new() -> str | Response | tuple[str, int]:
    form = IssueForm()
    category, words = request.args.get("category", ""), request.args.get("q", "")[:100]
    chosen = _free(Opinion.id.in_(_chosen()))
    form.opinions.choices = [(str(o.id), o.content) for o in chosen]
    if request.method == "GET":
        form.category.data, form.opinions.data = category, [str(o.id) for o in chosen]
    if form.validate_on_submit():
        try:
            made = issues.open_issue(
                form.title.data or "", form.category.data, [UUID(o) for o in form.opinions.data or []],
                prominent_reason=form.prominent_reason.data or "", by=current_user, at=clock.now(),
            )  # fmt: skip
            return redirect(url_for("issues.show", issue_id=made), 303)
        except Refused as why:
            form.refuse(why)
    others = _free(
        Opinion.id.not_in([o.id for o in chosen]), *([Opinion.category == category] if category else []), words=words
    )
    page = render_template(
        "issues/new.html", form=form, free=[*chosen, *others[:OFFERED_MOST]], more=len(others) > OFFERED_MOST,
        words=words, category=category, categories=choices("category", blank=_l("All")), place_of=place_of,
    )  # fmt: skip
    return page, 422 if form.every_error else 200


def _load(issue_id: UUID) -> Issue:
    found = db.session.scalar(
        select(Issue).where(Issue.id == issue_id, Issue.office_id.in_(current_user.offices_with("opinions:issue:read")))
    )
    if found is None:
        abort(404)
    return found


def _page(issue: Issue, **bound: Any) -> str:
    words = bound.get("words") or IssueWordsForm(formdata=None, obj=issue)
    terms = bound.get("terms") or TermsForm(formdata=None, revision="1")
    terms.department_id.choices = [("", "—"), *departments()]
    free = _free(Opinion.community_id == issue.community_id, Opinion.category == issue.category)[:OFFERED_MOST]
    more = bound.get("more") or MoreOpinionsForm(formdata=None)
    opinions = sorted(issue.opinions, key=lambda o: (o.raised_at, o.id))
    counted = weights(db.session(), [issue.id]).get(issue.id, (0, 0))
    return render_template(
        "issues/show.html", issue=issue, opinions=opinions, counted=counted, words=words, terms=terms, more=more,
        free=free, place_of=place_of, told_number=told_number, tried=bound.get("tried", ""),
    )  # fmt: skip


@bp.get("/<uuid:issue_id>")
@access.requires("opinions:issue:read")
def show(issue_id: UUID) -> str:
    return _page(_load(issue_id))


def _again(issue_id: UUID) -> Response:
    return redirect(url_for("issues.show", issue_id=issue_id), 303)


@bp.post("/<uuid:issue_id>/words")
@access.requires("opinions:issue:group")
def word(issue_id: UUID) -> Response | tuple[str, int]:
    issue, form = _load(issue_id), IssueWordsForm()
    if form.validate_on_submit():
        try:
            issues.word_issue(
                issue_id, form.title.data or "", form.explanation.data or "", by=current_user, at=clock.now()
            )
            return _again(issue_id)
        except Refused as why:
            form.refuse(why)
    return _page(_load(issue.id), words=form, tried="words"), 422


@bp.post("/<uuid:issue_id>/measures")
@access.requires("opinions:issue:group")
def measure(issue_id: UUID) -> Response | tuple[str, int]:
    issue, form = _load(issue_id), TermsForm()
    form.department_id.choices = [("", "—"), *departments()]
    if form.validate_on_submit():
        try:
            issues.name_measure(
                issue_id, form.action.data or "", person=form.person.data or "",
                department_id=UUID(form.department_id.data) if form.department_id.data else None, actor=form.actor.data,
                due_kind=form.due_kind.data, due_from=form.due_from.data, due_on=form.due_on.data, by=current_user,
                at=clock.now(),
            )  # fmt: skip
            return _again(issue_id)
        except Refused as why:
            form.refuse(why)
    return _page(_load(issue.id), terms=form, tried="terms"), 422


@bp.post("/<uuid:issue_id>/measures/<uuid:measure_id>/drop")
@access.requires("opinions:issue:group")
def drop_measure(issue_id: UUID, measure_id: UUID) -> Response | tuple[str, int]:
    return _quietly(issue_id, lambda: issues.drop_measure(issue_id, measure_id, by=current_user, at=clock.now()))


@bp.post("/<uuid:issue_id>/opinions")
@access.requires("opinions:issue:group")
def add(issue_id: UUID) -> Response | tuple[str, int]:
    return _quietly(issue_id, lambda: issues.add_opinions(issue_id, _chosen(), by=current_user, at=clock.now()))


@bp.post("/<uuid:issue_id>/opinions/<uuid:opinion_id>/take-out")
@access.requires("opinions:issue:group")
def take_out(issue_id: UUID, opinion_id: UUID) -> Response | tuple[str, int]:
    return _quietly(issue_id, lambda: issues.take_out(issue_id, opinion_id, by=current_user, at=clock.now()))


def _quietly(issue_id: UUID, do: Any) -> Response | tuple[str, int]:
    """One button's act; a refusal is shown above the list of opinions."""
    _load(issue_id)
    try:
        do()
    except Refused as why:
        db.session.rollback()
        form = MoreOpinionsForm(formdata=None)
        form.refuse(why)
        return _page(_load(issue_id), more=form, tried="more"), 422
    return _again(issue_id)
