"""Households: the list, the page for a caller on the line, the communities with their buildings, a number in full."""

from collections.abc import Sequence
from uuid import UUID

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext
from flask_login import current_user
from sqlalchemy import func, select
from werkzeug.wrappers import Response

from portal.accounts.policy import policy_for
from portal.core import access, audit, clock, lists
from portal.core.db import db, writing
from portal.core.lists import Asked
from portal.desk import elevation, household
from portal.desk.forms import CommunityForm
from portal.domain.refusals import Refused
from portal.households.addresses import address_of
from portal.households.communities import check_community
from portal.households.listing import LISTING, name_shown
from portal.households.models import Building, Community, Household, Resident
from portal.households.standing import standing

bp = Blueprint("households", __name__, url_prefix="/desk/households")


@bp.get("")
@access.requires("households:household:read")
def index() -> str:
    policy = policy_for(db.session(), lists.reader().office_id, on=lists.reader().today)
    return lists.show(
        LISTING, "households/index.html", "households/_index.html", policy=policy, standing=standing,
        address_of=address_of, name_shown=name_shown,
    )  # fmt: skip


@bp.post("/export")
@access.requires("households:household:read")
def export() -> Response:
    return lists.send(LISTING, request.form.get("kind", ""))


def _household(household_id: UUID) -> Household:
    found = household.load(db.session(), lists.reader().office_id, household_id)
    if found is None:
        abort(404)
    return found


def _page(household_id: UUID, revealed: UUID | None = None) -> str:
    who = lists.reader()
    home = _household(household_id)
    session = db.session()
    words = request.args.get("q", "")
    found: Sequence[Household] = []
    if words:
        asked = Asked(LISTING.sorts[0], False, words[:100])
        found = lists.fetch(session, LISTING, asked, who).rows[:6]
    policy = policy_for(session, who.office_id, on=who.today)
    return render_template(
        "households/show.html", home=home, all=household.everything(session, home, who.today, who.zone),
        address_of=address_of, name_shown=name_shown, living=household.living_here(home), found=found, words=words,
        stands=standing(home.occupancy, home.last_visit_on, policy, who.today), revealed=revealed,
        now=clock.now(), only=request.args.get("only", ""),
    )  # fmt: skip


@bp.get("/<uuid:household_id>")
@access.requires("households:household:read")
def show(household_id: UUID) -> str:
    return _page(household_id)


@bp.post("/<uuid:household_id>/residents/<uuid:resident_id>/phone")
@access.requires("households:phone:reveal")
def reveal(household_id: UUID, resident_id: UUID) -> str:
    """Show one person's numbers in full: a recorded act, so that masking by default costs nobody a call."""
    home = _household(household_id)
    resident = next((r for r in home.residents if r.id == resident_id and r.until is None and r.phones), None)
    if resident is None:
        abort(404)
    with writing() as session:
        audit.record(
            session, "households:phone:revealed", resident_id, office_id=home.office_id, by=current_user.id,
            at=clock.now(), household=str(household_id),
        )  # fmt: skip
    if request.headers.get("HX-Request"):
        return render_template("households/_phone.html", resident=db.session.get(Resident, resident_id), revealed=True)
    return _page(household_id, resident_id)


@bp.get("/<uuid:household_id>/residents/<uuid:resident_id>/phone")
@access.requires("households:household:read")
def reveal_again(household_id: UUID, resident_id: UUID) -> Response:
    """Where a reload of the page with a number lands: the household, masked again."""
    return redirect(url_for("households.show", household_id=household_id))


@bp.get("/communities")
@access.requires("households:household:read")
def communities() -> str | Response:
    who = lists.reader()
    rows = db.session.scalars(
        select(Community).where(Community.office_id == who.office_id).order_by(Community.name_hans, Community.id)
    ).all()
    counted = db.session.execute(
        select(Household.community_id, func.count(), func.sum(Household.open_opinions))
        .where(Household.office_id == who.office_id)
        .group_by(Household.community_id)
    )
    return render_template("households/communities.html", communities=rows, counts={row[0]: row[1:] for row in counted})


def _community(community_id: UUID) -> Community:
    found = db.session.scalar(
        select(Community).where(Community.id == community_id, Community.office_id == lists.reader().office_id)
    )
    if found is None:
        abort(404)
    return found


@bp.get("/communities/<uuid:community_id>")
@bp.get("/communities/<uuid:community_id>/<uuid:building_id>")
@access.requires("households:household:read")
def community(community_id: UUID, building_id: UUID | None = None) -> str:
    who = lists.reader()
    found = _community(community_id)
    building: Building | None = next((b for b in found.buildings if building_id in (None, b.id)), None)
    if building is None and building_id is not None:
        abort(404)
    only = request.args.get("state", "")
    policy = policy_for(db.session(), who.office_id, on=who.today)
    drawn = elevation.elevation(db.session(), building.id, policy, who.today, only=only) if building else None
    return render_template("households/community.html", community=found, building=building, drawn=drawn, only=only)


@bp.route("/communities/<uuid:community_id>/check", methods=["GET", "POST"])
@access.requires("households:community:edit")
def check(community_id: UUID) -> str | Response | tuple[str, int]:
    """Read what was converted or proposed by machine, put it right, confirm it."""
    found = _community(community_id)
    form = CommunityForm(obj=found)
    if form.validate_on_submit():
        try:
            check_community(
                found.id, form.name_hans.data or "", form.name_hant.data or "", form.first_handover_on.data,
                by=current_user.id, at=clock.now(), today=lists.reader().today,
            )  # fmt: skip
        except Refused as why:
            form.refuse(why)
        else:
            flash(gettext("Name and first handover are checked."), "ok")
            return redirect(url_for("households.community", community_id=community_id), 303)
    page = render_template("households/check.html", community=_community(community_id), form=form)
    return page, 422 if request.method == "POST" else 200
