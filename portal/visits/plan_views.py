"""The day's plan: a supervisor gives buildings and single doors to a person, with what the office did lately (VS-05)."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext, ngettext
from flask_babel import lazy_gettext as _l
from flask_login import current_user
from sqlalchemy import select
from sqlalchemy.orm import selectinload
from werkzeug.wrappers import Response
from wtforms import DateField, SelectField, SelectMultipleField, TextAreaField
from wtforms.validators import InputRequired, Length
from wtforms.widgets import CheckboxInput, ListWidget

from portal.accounts.holders import holders
from portal.accounts.models import Staff
from portal.accounts.policy import policy_for
from portal.core import access, clock, lists
from portal.core.db import db
from portal.core.forms import PortalForm
from portal.core.i18n import in_script
from portal.core.messages import sentence
from portal.domain.refusals import Refused
from portal.households.addresses import address_of
from portal.households.models import Building, Household
from portal.visits import plans
from portal.visits.models import PlanLine
from portal.visits.queries import Coverage, coverage

bp = Blueprint("plans", __name__, url_prefix="/desk/plans")

VISITORS = ("field_staff", "front_desk", "supervisor", "manager")


class Ticks(SelectMultipleField):
    """Several of a list, each with its own tick box."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()


class PlanForm(PortalForm):
    staff = SelectField(_l("For whom"), [InputRequired()])
    day = DateField(_l("Day"), [InputRequired()])
    buildings = Ticks(_l("Buildings"))
    households = Ticks(_l("Single doors"))
    brief = TextAreaField(_l("What the office did lately"), [Length(max=2000)])


def _people() -> list[tuple[str, str]]:
    who = lists.reader()
    held = holders(db.session(), who.office_id, on=who.today)
    ids = {staff for role in VISITORS for staff in held.get(role, ())}
    rows = db.session.scalars(select(Staff).where(Staff.id.in_(ids)).order_by(Staff.name, Staff.id))
    return [(str(row.id), row.name) for row in rows]


def _buildings() -> list[tuple[str, str]]:
    who = lists.reader()
    rows = db.session.scalars(
        select(Building)
        .where(Building.office_id == who.office_id)
        .options(selectinload(Building.community))
        .order_by(Building.community_id, Building.position, Building.code)
    ).all()
    policy = policy_for(db.session(), who.office_id, on=who.today)
    found = {row.building_id: row for row in coverage(db.session(), who.office_id, who.today, policy)}
    several = len({row.community_id for row in rows}) > 1
    return [(str(row.id), _told(row, found.get(row.id), several)) for row in rows]


def _told(building: Building, covered: Coverage | None, several: bool) -> str:
    name = (f"{in_script(building.community, 'name')} " if several else "") + in_script(building, "name")
    waiting = covered.waiting if covered else 0
    return gettext("%(building)s (to be visited: %(count)s)", building=name, count=waiting)


def _doors(ids: Sequence[str]) -> list[tuple[str, str]]:
    wanted = []
    for text in ids[:100]:
        try:
            wanted.append(UUID(text))
        except ValueError:
            continue
    rows = db.session.scalars(
        select(Household)
        .where(Household.id.in_(wanted), Household.office_id == lists.reader().office_id)
        .options(selectinload(Household.building))
    )
    return [(str(row.id), address_of(row)) for row in rows]


def _day() -> date:
    try:
        return date.fromisoformat(request.args.get("day", ""))
    except ValueError:
        return lists.reader().today


def _form(day: date) -> PlanForm:
    named = request.values.getlist("households")
    form = PlanForm(data={"day": day, "households": named}) if request.method == "GET" else PlanForm()
    form.staff.choices, form.buildings.choices, form.households.choices = _people(), _buildings(), _doors(named)
    return form


def _page(form: PlanForm, day: date) -> str:
    office_id = lists.reader().office_id
    found = plans.plans_of(db.session(), office_id, day)
    names = dict(_people())
    homes = db.session.scalars(
        select(Household)
        .where(Household.id.in_([line.household_id for plan in found for line in plan.lines]))
        .options(selectinload(Household.building))
    )
    return render_template(
        "visits/plans.html", form=form, day=day, plans=found, names=names, homes={h.id: h for h in homes},
        address_of=address_of,
    )  # fmt: skip


@bp.get("")
@access.requires("visits:plan:make")
def index() -> str:
    day = _day()
    return _page(_form(day), day)


@bp.post("")
@access.requires("visits:plan:make")
def give() -> Response | tuple[str, int]:
    form = _form(lists.reader().today)
    if not form.validate_on_submit():
        return _page(form, form.day.data or lists.reader().today), 422
    day: date = form.day.data
    try:
        plan_id = plans.give_plan(
            UUID(form.staff.data), day, by=current_user, at=clock.now(),
            household_ids=[UUID(v) for v in form.households.data or ()],
            building_ids=[UUID(v) for v in form.buildings.data or ()], brief=form.brief.data or None,
        )  # fmt: skip
    except Refused as why:
        form.refuse(why)
        return _page(form, day), 422
    lines = len(next(p for p in plans.plans_of(db.session(), lists.reader().office_id, day) if p.id == plan_id).lines)
    flash(ngettext("Given: %(num)s door.", "Given: %(num)s doors.", lines), "ok")
    return redirect(url_for("plans.index", day=day.isoformat()), 303)


@bp.post("/lines/<uuid:line_id>/take-back")
@access.requires("visits:plan:make")
def take_back(line_id: UUID) -> Response | tuple[str, int]:
    line = db.session.scalar(
        select(PlanLine).where(PlanLine.id == line_id, PlanLine.office_id == lists.reader().office_id)
    )
    if line is None:
        abort(404)
    try:
        plans.take_back(line_id, by=current_user.here(), at=clock.now())
        flash(gettext("Taken back."), "ok")
    except Refused as why:
        flash(sentence(why.code, why.params), "bad")
    return redirect(url_for("plans.index", day=request.form.get("day", "")), 303)
