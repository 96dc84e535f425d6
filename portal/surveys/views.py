"""Surveys at the desk: the list, planning, the campaign's page, its draw and the proof of it, its end."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

from flask import Blueprint, Response, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext
from flask_login import current_user
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as AnyResponse

from portal.accounts.policy import policy_for
from portal.core import access, clock, lists
from portal.core.db import db, writing
from portal.core.forms import PortalForm
from portal.core.i18n import current_language, in_script
from portal.core.messages import sentence
from portal.domain.formspec import load
from portal.domain.refusals import Refused
from portal.households.models import Community
from portal.surveys import fieldwork, queries, service
from portal.surveys.forms import CampaignForm, CloseForm, DoneForm, DrawForm, ExtendForm, LateForm, offered
from portal.surveys.listing import CAMPAIGNS
from portal.surveys.models import Campaign
from portal.surveys.questionnaires import available, questionnaire
from portal.surveys.service import CampaignPlan

PREFIX: dict[type[PortalForm], str] = {DrawForm: "draw-", CloseForm: "close-", ExtendForm: "extend-"}

BY_HAND = ("announced", "open_letter", "to_qa", "improvement_plan")

bp = Blueprint("surveys", __name__, url_prefix="/desk/surveys")


@bp.get("")
@access.requires("surveys:campaign:read")
def index() -> str:
    def progress(campaign: Campaign) -> fieldwork.Progress:
        return fieldwork.progress_of(db.session(), campaign)

    return lists.show(CAMPAIGNS, "surveys/index.html", "surveys/_index.html", progress=progress)


@bp.post("/export")
@access.requires("surveys:campaign:read")
def export() -> Response:
    return lists.send(CAMPAIGNS, request.form.get("kind", ""))


def found(campaign_id: UUID) -> Campaign:
    """The campaign of this office, or 404."""
    campaign = queries.campaign_of(db.session(), lists.reader().office_id, campaign_id)
    if campaign is None:
        abort(404)
    return campaign


def _plan_form() -> CampaignForm:
    who = lists.reader()
    form = CampaignForm()
    communities = queries.communities_of(db.session(), who.office_id)
    form.community.choices = offered((str(c.id), in_script(c, "name")) for c in communities)
    form.form.choices = offered((name, _questionnaire_title(name)) for name in available())
    if not form.is_submitted():
        policy = policy_for(db.session(), who.office_id, on=who.today)
        form.frame_day.data = form.received_on.data = who.today
        form.cover_complaints.data = policy.sample_complainants
        form.target.data = policy.target if policy.target_kind == "rate" else None
        form.title.data = gettext("Satisfaction survey %(year)s", year=who.today.year)
    return form


def _questionnaire_title(name: str) -> str:
    form, _, version = name.partition("@")
    return load(form, int(version)).title[current_language().catalogue]


def _chosen_community(form: CampaignForm) -> Community:
    mine = queries.communities_of(db.session(), lists.reader().office_id)
    return next(c for c in mine if str(c.id) == form.community.data)


def _plan_of(form: CampaignForm) -> CampaignPlan:
    return CampaignPlan(
        title=form.title.data or "", frame_day=form.frame_day.data, received_on=form.received_on.data,
        form=form.form.data, first_handover_on=form.first_handover_on.data, size_reason=form.size_reason.data,
        cover_complaints=form.cover_complaints.data, hand_out_by=form.hand_out_by.data, collect_by=form.collect_by.data,
        target=form.target.data,
    )  # fmt: skip


@bp.route("/new", methods=["GET", "POST"])
@access.requires("surveys:campaign:make")
def new() -> str | AnyResponse | tuple[str, int]:
    """Plan a campaign: first the size, rule beside statistics, then the frame is fixed."""
    form, preview, status = _plan_form(), None, 200
    if form.validate_on_submit():
        community, plan = _chosen_community(form), _plan_of(form)
        try:
            if request.form.get("do") == "plan":
                with writing() as session:
                    held = session.get_one(Community, community.id)
                    made = service.plan_campaign(session, held, plan, by=current_user.id, at=clock.now())
                    made_id = made.id
                return redirect(url_for("surveys.show", campaign_id=made_id), 303)
            _, preview = service.preview_campaign(
                db.session(), community, plan.frame_day, first_handover_on=plan.first_handover_on,
                cover_complaints=plan.cover_complaints,
            )  # fmt: skip
        except Refused as why:
            form.refuse(why)
            status = 422
    elif form.is_submitted():
        status = 422
    return render_template("surveys/new.html", form=form, preview=preview), status


@bp.get("/<uuid:campaign_id>")
@access.requires("surveys:campaign:read")
def show(campaign_id: UUID) -> str:
    return _page(campaign_id)


def _page(campaign_id: UUID, wrong: PortalForm | None = None, **more: Any) -> str:
    campaign, session, who = found(campaign_id), db.session(), lists.reader()
    forms = {"draw": DrawForm, "close": CloseForm, "extend": ExtendForm}
    shown: dict[str, Any] = {
        name: wrong if isinstance(wrong, kind) else kind(formdata=None, prefix=PREFIX[kind])
        for name, kind in forms.items()
    }
    if not shown["extend"].until.data:
        shown["extend"].until.data = campaign.collect_by + timedelta(days=7)
    policy = service.campaign_policy(campaign)
    progress = fieldwork.progress_of(session, campaign)
    return render_template(
        "surveys/show.html", campaign=campaign, policy=policy, progress=progress, forms=shown, today=who.today,
        needed=progress.needed(policy.recovery_floor_percent), wrong=wrong, questions=questionnaire(session, campaign.form),
        buildings=queries.progress_by_building(session, campaign) if campaign.drawn_at else [],
        steps=fieldwork.timeline_of(session, campaign, who.today), made_by=queries.staff_name(session, campaign.made_by_id),
        closing_by=queries.staff_name(session, (campaign.closing or {}).get("by")),
        form_title=_questionnaire_title(campaign.form), by_hand=BY_HAND, **more,
    )  # fmt: skip


def _act(campaign_id: UUID, form: PortalForm, act: Callable[[Session], str]) -> AnyResponse | tuple[str, int]:
    """Do one thing with a campaign; what a rule forbids is told beside its field on the campaign's page."""
    found(campaign_id)
    if form.validate_on_submit():
        try:
            with writing() as session:
                words = act(session)
        except Refused as why:
            form.refuse(why)
        else:
            flash(words, "ok")
            return redirect(url_for("surveys.show", campaign_id=campaign_id), 303)
    return _page(campaign_id, form), 422


@bp.post("/<uuid:campaign_id>/draw")
@access.requires("surveys:campaign:make")
def draw(campaign_id: UUID) -> AnyResponse | tuple[str, int]:
    form = DrawForm(prefix=PREFIX[DrawForm])

    def act(session: Session) -> str:
        digits = (form.digits.data or "").strip()
        service.draw_campaign(session, campaign_id, by=current_user.id, at=clock.now(), digits=digits)
        return gettext("The sample is drawn.")

    return _act(campaign_id, form, act)


@bp.post("/<uuid:campaign_id>/close")
@access.requires("surveys:campaign:make")
def close(campaign_id: UUID) -> AnyResponse | tuple[str, int]:
    form = CloseForm(prefix=PREFIX[CloseForm])

    def act(session: Session) -> str:
        closed = fieldwork.close_collection(
            session, campaign_id, by=current_user.id, at=clock.now(), reason=form.reason.data or "",
            visits_since=form.visits_since.data,
        )  # fmt: skip
        return gettext("Collection is closed.") if closed else gettext("Quality assurance was asked for its consent.")

    return _act(campaign_id, form, act)


@bp.post("/<uuid:campaign_id>/consent")
@access.requires("surveys:campaign:consent")
def consent(campaign_id: UUID) -> AnyResponse | tuple[str, int]:
    def act(session: Session) -> str:
        fieldwork.consent_to_closing(session, campaign_id, by=current_user.id, at=clock.now())
        return gettext("Collection is closed.")

    return _act(campaign_id, PortalForm(), act)


@bp.post("/<uuid:campaign_id>/extend")
@access.requires("surveys:campaign:consent")
def extend(campaign_id: UUID) -> AnyResponse | tuple[str, int]:
    form = ExtendForm(prefix=PREFIX[ExtendForm])

    def act(session: Session) -> str:
        fieldwork.extend_collection(session, campaign_id, form.until.data, by=current_user.id, at=clock.now())
        return gettext("More time was given.")

    return _act(campaign_id, form, act)


@bp.post("/<uuid:campaign_id>/steps/<step>/late")
@access.requires("surveys:campaign:make")
def late(campaign_id: UUID, step: str) -> AnyResponse | tuple[str, int]:
    form = LateForm()

    def act(session: Session) -> str:
        fieldwork.explain_late(
            session, campaign_id, step, form.reason.data or "", by=current_user.id, at=clock.now()
        )  # fmt: skip
        return gettext("The reason is kept.")

    return _act(campaign_id, form, act)


@bp.post("/<uuid:campaign_id>/steps/<step>/done")
@access.requires("surveys:campaign:make")
def done(campaign_id: UUID, step: str) -> AnyResponse | tuple[str, int]:
    """A step outside the portal was done: announced on the board, handed to quality assurance."""
    if step not in BY_HAND:
        abort(404)
    form = DoneForm()

    def act(session: Session) -> str:
        fieldwork.note_step(session, campaign_id, step, form.on.data, by=current_user.id, at=clock.now())
        return gettext("The day is kept.")

    return _act(campaign_id, form, act)


@bp.get("/<uuid:campaign_id>/draw")
@access.requires("surveys:campaign:read")
def proof(campaign_id: UUID) -> str:
    """The draw done again from its records, and how evenly it fell."""
    campaign = found(campaign_id)
    proved = service.prove_draw(db.session(), campaign) if campaign.drawn_at else None
    return render_template("surveys/proof.html", campaign=campaign, proof=proved, refusal=sentence)
