"""A campaign's sample at the desk: the list, one household with its receipt and answer, substitutes."""

from datetime import UTC, date, datetime, time
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from flask import Response, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext
from flask_login import current_user
from werkzeug.wrappers import Response as AnyResponse

from portal.core import access, clock, lists
from portal.core.db import db, writing
from portal.core.facts import Problem
from portal.core.ids import new_id
from portal.core.messages import sentence
from portal.domain.refusals import Refused
from portal.households.addresses import address_of
from portal.households.listing import name_shown
from portal.surveys import fieldwork, queries
from portal.surveys.entry import NotRecorded, record_at_desk
from portal.surveys.forms import AnswerForm, HandoutForm, answer_form
from portal.surveys.listing import kind_of, label_of_stratum, sample_listing
from portal.surveys.models import Campaign, SampleLine
from portal.surveys.questionnaires import questionnaire
from portal.surveys.views import bp, found

NOON = time(12)
RECEIPT = "receipt-"  # two forms stand on one page


@bp.get("/<uuid:campaign_id>/sample")
@access.requires("surveys:campaign:read")
def sample(campaign_id: UUID) -> str:
    campaign = found(campaign_id)
    return lists.show(
        sample_listing(campaign_id), "surveys/sample.html", "surveys/_sample.html", campaign=campaign,
        lines=queries.lines_by_household(db.session(), campaign_id), address_of=address_of, kind_of=kind_of,
        stratum=label_of_stratum,
    )  # fmt: skip


@bp.post("/<uuid:campaign_id>/sample/export")
@access.requires("surveys:campaign:read")
def export_sample(campaign_id: UUID) -> Response:
    found(campaign_id)
    return lists.send(sample_listing(campaign_id), request.form.get("kind", ""))


def _line(campaign: Campaign, household_id: UUID) -> SampleLine:
    line = queries.line_of(db.session(), campaign, household_id)
    if line is None:
        abort(404)
    return line


def _page(campaign_id: UUID, household_id: UUID, **shown: Any) -> str:
    campaign = found(campaign_id)
    line = _line(campaign, household_id)
    questions, today = questionnaire(db.session(), campaign.form), lists.reader().today
    if "handout" not in shown:
        shown["handout"] = HandoutForm(
            formdata=None, prefix=RECEIPT, on=today, fact=str(new_id()), collect_on=campaign.collect_by
        )
    if "answer" not in shown:
        form = answer_form(questions)
        form.process(formdata=None, on=today, fact=str(new_id()))
        shown["answer"] = form
    return render_template(
        "surveys/line.html", campaign=campaign, line=line, home=line.household, questions=questions, kind_of=kind_of,
        stratum=label_of_stratum, said=queries.said_of(db.session(), line), address_of=address_of, name_shown=name_shown,
        answered_items=queries.answered_items, **shown,
    )  # fmt: skip


@bp.get("/<uuid:campaign_id>/households/<uuid:household_id>")
@access.requires("surveys:campaign:read")
def line(campaign_id: UUID, household_id: UUID) -> str:
    return _page(campaign_id, household_id)


def _moment(day: date) -> datetime:
    """A day typed from paper has no time: noon of the office's day, or now where that is earlier."""
    noon = datetime.combine(day, NOON, ZoneInfo(current_user.time_zone)).astimezone(UTC)
    return min(noon, clock.now())


def _record(campaign_id: UUID, household_id: UUID, kind: str, form: HandoutForm | AnswerForm) -> list[Problem]:
    """Take in what was typed as a list of one fact; the problems found, none when it is recorded."""
    campaign = found(campaign_id)
    _line(campaign, household_id)
    office_id, body = campaign.office_id, form.body(str(campaign_id), str(current_user.id))
    try:
        fact_id = UUID(form.fact.data or "")
    except ValueError:
        fact_id = new_id()
    try:
        with writing() as session:
            record_at_desk(
                session, f"{kind}@1", household_id, {k: v for k, v in body.items() if v is not None}, office_id=office_id,
                by=current_user.id, at=clock.now(), occurred_at=_moment(form.on.data), fact_id=fact_id,
            )  # fmt: skip
    except NotRecorded as why:
        return why.problems
    return []


def _onward(campaign_id: UUID) -> AnyResponse:
    return redirect(url_for("surveys.sample", campaign_id=campaign_id), 303)


@bp.post("/<uuid:campaign_id>/households/<uuid:household_id>/handout")
@access.requires("surveys:answer:record")
def hand_out(campaign_id: UUID, household_id: UUID) -> AnyResponse | tuple[str, int]:
    form = HandoutForm(prefix=RECEIPT)
    if form.validate_on_submit():
        wrong = _record(campaign_id, household_id, "survey_handout", form)
        if not wrong:
            flash(gettext("The receipt is recorded."), "ok")
            return _onward(campaign_id)
        for problem in wrong:
            form.refuse(Refused(problem.code, problem.field.removeprefix("/body/"), **problem.params))
    return _page(campaign_id, household_id, handout=form), 422


@bp.post("/<uuid:campaign_id>/households/<uuid:household_id>/answer")
@access.requires("surveys:answer:record")
def answer(campaign_id: UUID, household_id: UUID) -> AnyResponse | tuple[str, int]:
    """One paper answer, by the same form and the same intake as a tablet's."""
    form = answer_form(questionnaire(db.session(), found(campaign_id).form))
    if form.validate_on_submit() and _remarks_have_grades(form):
        wrong = _record(campaign_id, household_id, "survey_response", form)
        if not wrong:
            flash(gettext("The answer is recorded."), "ok")
            return _onward(campaign_id)
        for problem in wrong:
            form.form_errors.append(sentence(problem.code, problem.params))
    return _page(campaign_id, household_id, answer=form), 422


def _remarks_have_grades(form: AnswerForm) -> bool:
    alone = [remark for _, grade, remark in form.rows() if (remark.data or "").strip() and not grade.data]
    for remark in alone:
        form.refuse(Refused("survey.remark_alone", remark.name))
    return not alone


@bp.post("/<uuid:campaign_id>/households/<uuid:household_id>/substitute")
@access.requires("surveys:campaign:make")
def substitute(campaign_id: UUID, household_id: UUID) -> AnyResponse | tuple[str, int]:
    own = _line(found(campaign_id), household_id).id
    try:
        with writing() as session:
            household = fieldwork.release_substitute(session, own, by=current_user.id, at=clock.now()).household_id
    except Refused as why:
        return _page(campaign_id, household_id, problem=sentence(why.code, why.params)), 409
    flash(gettext("The next substitute takes its place."), "ok")
    return redirect(url_for("surveys.line", campaign_id=campaign_id, household_id=household), 303)
