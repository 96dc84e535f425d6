"""The register, a contact at the front desk, an opinion with its rounds, the departments' own list."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext
from flask_login import current_user
from sqlalchemy import select
from sqlalchemy.orm import joinedload
from werkzeug.wrappers import Response

from portal.accounts.models import Department
from portal.accounts.policy import policy_for
from portal.core import access, clock, lists, pictures
from portal.core.db import db
from portal.core.i18n import in_script
from portal.core.lists import Asked
from portal.core.registry import registry
from portal.domain.lives import SETTLED
from portal.domain.refusals import Refused
from portal.households.addresses import address_of
from portal.households.listing import LISTING as HOUSEHOLDS
from portal.households.listing import living_here, name_shown
from portal.households.models import Community, Household
from portal.opinions import acts, deadlines, service, steps
from portal.opinions.forms import ContactForm, StepForm
from portal.opinions.history import history
from portal.opinions.listing import LISTING, person_of, place_of, told_number
from portal.opinions.models import Issue, Measure, Opinion
from portal.opinions.service import NewContact, NewOpinion

bp = Blueprint("opinions", __name__, url_prefix="/desk/opinions")
FOUND_MOST = 8


@bp.get("")
@access.requires("opinions:opinion:read")
def index() -> str:
    who = lists.reader()
    policy = policy_for(db.session(), who.office_id, on=who.today)
    return lists.show(
        LISTING, "opinions/index.html", "opinions/_index.html", place_of=place_of, told_number=told_number,
        due_of=lambda o: deadlines.due_of(o, policy, who.today, who.zone),
    )  # fmt: skip


@bp.post("/export")
@access.requires("opinions:opinion:read")
def export() -> Response:
    return lists.send(LISTING, request.form.get("kind", ""))


def departments() -> list[tuple[str, str]]:
    """The office's departments as options."""
    rows = db.session.scalars(
        select(Department)
        .where(Department.office_id == lists.reader().office_id)
        .order_by(Department.position, Department.id)
    )
    return [(str(d.id), in_script(d, "name")) for d in rows]


# A contact at the front desk -------------------------------------------------------------------------------------------


@bp.route("/record", methods=["GET", "POST"])
@access.requires("opinions:opinion:record")
def record() -> str | Response | tuple[str, int]:
    form = ContactForm()
    if request.method == "GET":
        form.household.data = request.args.get("household", "")
    _contact_choices(form)
    home = _home(form.household.data)
    if request.method == "POST" and "more" in request.form:
        form.opinions.append_entry()
        _contact_choices(form)
        return _contact_page(form, home), 200
    if form.validate_on_submit():
        try:
            made = service.record_contacts([_contact(form, home)], by=current_user, at=clock.now())
        except Refused as why:
            form.refuse(why)
            return _contact_page(form, home), 422
        first = db.session.scalars(
            select(Opinion)
            .where(Opinion.contact_id == made[0])
            .options(joinedload(Opinion.contact))
            .order_by(Opinion.id)
        ).all()
        flash(gettext("Recorded under number %(number)s.", number=first[0].contact.number))
        if home is not None and len(first) > 1:
            return redirect(url_for("households.show", household_id=home.id), 303)
        return redirect(url_for("opinions.show", opinion_id=first[0].id), 303)
    return _contact_page(form, home), 422 if form.errors else 200


def _contact_choices(form: ContactForm) -> None:
    who = lists.reader()
    estates = db.session.scalars(
        select(Community).where(Community.office_id == who.office_id).order_by(Community.name_hans, Community.id)
    ).all()
    form.community.choices = [(str(c.id), in_script(c, "name")) for c in estates]
    options = departments()
    for entry in form.opinions:
        entry.form.department_id.choices = [("", gettext("Not yet known")), *options]


def _home(given: str | None) -> Household | None:
    try:
        household_id = UUID(given or "")
    except ValueError:
        return None
    return db.session.scalar(
        select(Household).where(Household.id == household_id, Household.office_id == lists.reader().office_id)
    )


def _contact(form: ContactForm, home: Household | None) -> NewContact:
    when: datetime | None = form.occurred_at.data
    return NewContact(
        channel=form.channel.data,
        household_id=home.id if home else None,
        community_id=None if home else UUID(form.community.data) if form.community.data else None,
        person=form.person.data or "",
        phone=form.phone.data or "",
        occurred_at=when.replace(tzinfo=ZoneInfo(current_user.time_zone)) if when else None,
        opinions=tuple(_opinion(entry.form) for entry in form.opinions),
    )


def _opinion(part: Any) -> NewOpinion:
    return NewOpinion(
        kind=part.kind.data, content=part.content.data or "", category=part.category.data, part=part.part.data,
        department_id=UUID(part.department_id.data) if part.department_id.data else None,
        answered_with=part.answered_with.data or "", remedy_sought=part.remedy_sought.data or "",
        wanted_by=part.wanted_by.data,
    )  # fmt: skip


def _contact_page(form: ContactForm, home: Household | None) -> str:
    words = request.args.get("q", "")[:100]
    found = []
    if words:
        asked = Asked(HOUSEHOLDS.sorts[0], False, words)
        found = list(lists.fetch(db.session(), HOUSEHOLDS, asked, lists.reader()).rows[:FOUND_MOST])
    open_ones: Sequence[Opinion] = []
    if home is not None:
        open_ones = db.session.scalars(
            select(Opinion)
            .where(Opinion.household_id == home.id, Opinion.status.not_in(SETTLED))
            .order_by(Opinion.raised_at.desc())
            .limit(6)
        ).all()
    return render_template(
        "opinions/record.html", form=form, home=home, found=found, words=words, address_of=address_of,
        name_shown=name_shown, living=living_here(home) if home else [], open_ones=open_ones,
    )  # fmt: skip


# An opinion -----------------------------------------------------------------------------------------------------------


def _load(opinion_id: UUID) -> Opinion:
    offices = current_user.offices_with("opinions:opinion:read")
    found = db.session.scalar(
        select(Opinion)
        .where(Opinion.id == opinion_id, Opinion.office_id.in_(offices))
        .options(joinedload(Opinion.contact), joinedload(Opinion.household), joinedload(Opinion.department))
    )
    if found is None or not steps.within_reach(found, current_user):
        abort(404)
    return found


def _page(opinion: Opinion, bound: StepForm | None = None, slug: str = "") -> str:
    who = lists.reader()
    session = db.session()
    policy = policy_for(session, opinion.office_id, on=who.today)
    forms = []
    for act in acts.open_to(opinion, current_user, policy):
        forms.append((act, bound if bound is not None and act.slug == slug else _fresh(act, opinion)))
    issues = session.scalars(
        select(Issue)
        .where(Issue.community_id == opinion.community_id, Issue.status == "open")
        .order_by(Issue.opened_at.desc())
    ).all()
    return render_template(
        "opinions/show.html", opinion=opinion, forms=forms, tried=slug, wrong=bound, entries=history(session, opinion),
        due=deadlines.due_of(opinion, policy, who.today, who.zone), place=place_of(opinion), person=person_of(opinion),
        number=told_number(opinion), issues=issues, origin=registry().origin(session, opinion),
    )  # fmt: skip


def _fresh(act: acts.Act, opinion: Opinion) -> StepForm:
    form: Any = act.form(formdata=None, prefix=f"{act.slug}-", obj=opinion if act.slug == "classify" else None)
    form.revision.data = str(opinion.revision)
    _options(form, opinion)
    found: StepForm = form
    return found


def _options(form: Any, opinion: Opinion) -> None:
    if "department_id" in form:
        own = departments()
        form.department_id.choices = own if form.department_id.flags.required else [("", gettext("None")), *own]
        if form.department_id.data is None and opinion.department_id:
            form.department_id.data = str(opinion.department_id)


@bp.get("/<uuid:opinion_id>")
@access.requires("opinions:opinion:read")
def show(opinion_id: UUID) -> str:
    return _page(_load(opinion_id))


@bp.get("/<uuid:opinion_id>/pictures/<uuid:attachment_id>")
@access.requires("opinions:opinion:read")
def picture(opinion_id: UUID, attachment_id: UUID) -> Response:
    """A photo taken of what the opinion is about, for whoever may read the opinion."""
    origin = registry().origin(db.session(), _load(opinion_id))
    return pictures.answer(next((p for p in origin.pictures if p.id == attachment_id), None) if origin else None)


@bp.post("/<uuid:opinion_id>/<slug>")
@access.requires("opinions:opinion:read")
def act(opinion_id: UUID, slug: str) -> str | Response | tuple[str, int]:
    opinion = _load(opinion_id)
    what = acts.BY_SLUG.get(slug) or abort(404)
    if not current_user.may(what.permission, opinion.office_id):
        abort(403)
    form = what.form(prefix=f"{slug}-")
    _options(form, opinion)
    if not form.validate_on_submit():
        return _page(opinion, form, slug), 422
    try:
        what.do(opinion_id, form, current_user, clock.now())
    except Refused as why:
        db.session.rollback()
        form.refuse(why)
        return _page(_load(opinion_id), form, slug), 409 if why.code in ("opinion.stale", "opinion.not_now") else 422
    return redirect(url_for("opinions.show", opinion_id=opinion_id), 303)


@bp.get("/mine")
@access.requires("opinions:measure:own")
def mine() -> str:
    """A department's own list: what waits for a measure, what is promised by when, what residents said (phone-sized)."""
    who = lists.reader()
    session = db.session()
    policy = policy_for(session, who.office_id, on=who.today)
    own = current_user.departments()
    opinions = session.scalars(
        select(Opinion)
        .where(Opinion.department_id.in_(own), Opinion.status.in_(("assigned", "measured", "proposed", "answered")))
        .order_by(Opinion.due_on, Opinion.id)
        .limit(200)
        .options(joinedload(Opinion.contact), joinedload(Opinion.household))
    ).all()
    measures = session.scalars(
        select(Measure)
        .where(Measure.department_id.in_(own), Measure.issue_id.is_not(None), Measure.done_on.is_(None))
        .order_by(Measure.due_on, Measure.id)
        .limit(100)
        .options(joinedload(Measure.issue))
    ).all()
    told = [(o, deadlines.due_of(o, policy, who.today, who.zone)) for o in opinions]
    return render_template(
        "opinions/mine.html", to_name=[x for x in told if x[0].status == "assigned"],
        in_hand=[x for x in told if x[0].status != "assigned"], measures=measures, place_of=place_of, today=who.today,
        told_number=told_number, may_name=current_user.may("opinions:measure:name"),
    )  # fmt: skip
