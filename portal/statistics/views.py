"""Figures at the desk: the campaigns that have any, one campaign's page, its report and its sheet."""

from uuid import UUID

from flask import Blueprint, Response, abort, current_app, redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response as AnyResponse

from portal.core import access, audit, clock, lists
from portal.core.db import db, writing
from portal.core.documents.fonts import fonts_ready
from portal.core.i18n import current_language
from portal.core.lists.export import XLSX
from portal.statistics import charts, method, months, report
from portal.statistics.service import (
    CampaignFigures,
    answers_to_decide,
    by_building,
    campaign_figures,
    remarks_pareto,
)
from portal.surveys import fieldwork, queries
from portal.surveys.listing import CAMPAIGNS

bp = Blueprint("figures", __name__, url_prefix="/desk/figures")


@bp.get("")
@access.requires("statistics:figure:read")
def index() -> str:
    return lists.show(
        CAMPAIGNS, "statistics/index.html", "statistics/_index.html",
        progress=lambda campaign: fieldwork.progress_of(db.session(), campaign),
    )  # fmt: skip


def _figures(campaign_id: UUID) -> CampaignFigures:
    campaign = queries.campaign_of(db.session(), lists.reader().office_id, campaign_id)
    if campaign is None or campaign.drawn_at is None:
        abort(404)
    return campaign_figures(db.session(), campaign)


@bp.get("/months")
@access.requires("statistics:figure:read")
def by_month() -> str:
    """Opinions and visits of the last twelve months, drawn and as tables; of the office, or of one of its communities."""
    who, session = lists.reader(), db.session()
    communities = queries.communities_of(session, who.office_id)
    chosen = next((c for c in communities if str(c.id) == request.args.get("community", "")), None)
    community_id = chosen.id if chosen else None
    last = months.last_closed(session, who.office_id, community_id)
    return render_template(
        "statistics/months.html", year=months.year(session, who.office_id, who.zone, who.today, community_id),
        communities=communities, chosen=chosen, last=campaign_figures(session, last, compare=False) if last else None,
        method=method,
    )  # fmt: skip


@bp.get("/<uuid:campaign_id>")
@access.requires("statistics:figure:read")
def show(campaign_id: UUID) -> str:
    """Rates with their sums and intervals, item by item, building by building, and how they came about."""
    figures, session, who = _figures(campaign_id), db.session(), lists.reader()
    item = figures.questions.item(request.args.get("item", "")) or figures.questions.lead
    estimate = figures.lead.estimate
    settle = None
    if figures.lead.verdict == "undecided" and estimate is not None and figures.target is not None:
        settle = answers_to_decide(estimate, figures.returns.eligible, figures.target)
    return render_template(
        "statistics/show.html", figures=figures, campaign=figures.campaign, item=item, method=method, charts=charts,
        box=method.method_box(figures, who.zone), buildings=by_building(session, figures, item), settle=settle,
        remarks=remarks_pareto(session, campaign_id), steps=fieldwork.timeline_of(session, figures.campaign, who.today),
        today=who.today, change_words=report.change_words, axis=charts.axis_from(figures),
    )  # fmt: skip


@bp.post("/<uuid:campaign_id>/report")
@access.requires("statistics:figure:read")
def ask(campaign_id: UUID) -> AnyResponse:
    figures = _figures(campaign_id)
    with writing() as session:
        report.ask_report(session, figures, current_language().catalogue, by=current_user.id, at=clock.now())
    return redirect(url_for("figures.waiting", campaign_id=campaign_id), 303)


@bp.get("/<uuid:campaign_id>/report")
@access.requires("statistics:figure:read")
def waiting(campaign_id: UUID) -> str:
    """How far the report is; made anew it is offered, else asked for."""
    figures, language = _figures(campaign_id), current_language().catalogue
    return render_template(
        "statistics/report.html", campaign=figures.campaign, made=report.report_of(db.session(), figures, language),
        job=report.job_of(db.session(), figures, language), fonts=fonts_ready(),
    )  # fmt: skip


@bp.get("/<uuid:campaign_id>/report.pdf")
@access.requires("statistics:figure:read")
def pdf(campaign_id: UUID) -> Response:
    """The report of the figures as they stand; 404 until it is made."""
    figures = _figures(campaign_id)
    made = report.report_of(db.session(), figures, current_language().catalogue)
    if made is None:
        abort(404)
    answer = Response(current_app.extensions["store"].read(made.sha256), content_type="application/pdf")
    answer.headers["Content-Disposition"] = f'inline; filename="report-{figures.campaign.frame_day:%Y%m%d}.pdf"'
    return answer


@bp.post("/<uuid:campaign_id>/sheet")
@access.requires("statistics:figure:read")
def sheet(campaign_id: UUID) -> Response:
    """The statistics sheet as XLSX; taking it is recorded."""
    figures = _figures(campaign_id)
    campaign, zone = figures.campaign, lists.reader().zone
    content, name = report.sheet(db.session(), figures, zone), f"statistics-{campaign.frame_day:%Y%m%d}.xlsx"
    office_id = campaign.office_id
    with writing() as session:
        audit.record(
            session, "statistics:sheet:exported", campaign_id, office_id=office_id, by=current_user.id, at=clock.now()
        )
    answer = Response(content, content_type=XLSX)
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer
