"""The satisfaction report 顾客满意率统计表 as PDF, made by a job, and as a sheet (SV-25)."""

from datetime import datetime
from typing import Any
from urllib.parse import quote
from uuid import UUID

from flask import current_app, g, render_template
from flask_babel import gettext, refresh
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.accounts.models import Company, Office, Staff
from portal.core import audit, clock, jobs
from portal.core.db import db, writing
from portal.core.documents.pdf import render_pdf
from portal.core.documents.sheets import Column, Value, write_xlsx
from portal.core.i18n import BY_CATALOGUE, current_language, day, in_script
from portal.core.labels import label
from portal.core.storage import Blob
from portal.domain.canonical import canonical, digest
from portal.statistics import charts
from portal.statistics.method import (
    category_words,
    interval,
    method_box,
    percent,
    points,
    satisfied_words,
    share,
    sum_of,
)
from portal.statistics.models import Report
from portal.statistics.service import CampaignFigures, ItemFigure, by_building, campaign_figures, remarks_pareto
from portal.surveys import fieldwork
from portal.surveys.models import Campaign

KIND = "statistics:report"


def figures_hash(figures: CampaignFigures) -> str:
    """One hash over every count a report shows; the same figures give the same paper."""
    returns = figures.returns
    return digest(
        canonical(
            {
                "campaign": str(figures.campaign.id),
                "forms": [returns.eligible, returns.issued, returns.returned, returns.valid],
                "items": [
                    [f.item.key, [f.count.grades[grade.key] for grade in f.item.scale.grades], f.count.no_opinion]
                    for f in figures.items
                ],
                "status": figures.campaign.status,
            }
        )
    )


def ask_report(session: Session, figures: CampaignFigures, language: str, *, by: UUID, at: datetime) -> UUID:
    """Ask for the report of these figures in one language; asking twice is one job."""
    campaign_id, hashed = figures.campaign.id, figures_hash(figures)
    arguments = {"campaign": str(campaign_id), "language": language, "by": str(by)}
    return jobs.ask(session, KIND, f"{campaign_id}:{language}:{hashed}", arguments, at=at, again=True)


def report_of(session: Session, figures: CampaignFigures, language: str) -> Report | None:
    """The report of exactly these figures, if it was made."""
    return session.scalar(
        select(Report)
        .where(
            Report.campaign_id == figures.campaign.id,
            Report.language == language,
            Report.figures_hash == figures_hash(figures),
        )
        .order_by(Report.made_at.desc())
        .limit(1)
    )


def job_of(session: Session, figures: CampaignFigures, language: str) -> jobs.Job | None:
    """How far the report of these figures is."""
    key = f"{figures.campaign.id}:{language}:{figures_hash(figures)}"
    return session.scalar(select(jobs.Job).where(jobs.Job.kind == KIND, jobs.Job.key == key))


def report_slice(_: UUID, arguments: Any, cursor: int) -> tuple[int, bool]:
    """Make one report; done again it makes the same paper."""
    before = getattr(g, "language", None)
    g.language = BY_CATALOGUE[arguments["language"]]
    refresh()
    try:
        _make(UUID(arguments["campaign"]), UUID(arguments["by"]), clock.now())
    finally:
        g.language = before
        refresh()
    return cursor + 1, True


def _make(campaign_id: UUID, by: UUID, at: datetime) -> None:
    reading = db.session()
    campaign = reading.get_one(Campaign, campaign_id)
    context = report_context(reading, campaign_figures(reading, campaign), by, at)
    hashed, office_id, closed = context["content_hash"], campaign.office_id, campaign.status == "closed"
    html = render_template("statistics/report_pdf.html", **context)
    reading.rollback()  # no read stays open while the paper is set
    content = render_pdf(html, title=context["title"], lang=context["lang"])
    sha256 = current_app.extensions["store"].put(content)
    language = current_language().catalogue
    with writing() as session:
        known = session.scalar(select(Blob.id).where(Blob.office_id == office_id, Blob.sha256 == sha256))
        if known is None:
            session.add(
                Blob(office_id=office_id, sha256=sha256, size=len(content), type="application/pdf", received_at=at)
            )
        report = Report(
            office_id=office_id, campaign_id=campaign_id, language=language, figures_hash=hashed, sha256=sha256, by_id=by,
            made_at=at,
        )  # fmt: skip
        session.add(report)
        session.flush()
        audit.record(
            session, "statistics:report:made", report.id, office_id=office_id, by=by, at=at, campaign=str(campaign_id),
            figures=hashed,
        )  # fmt: skip
        if closed:
            on = clock.day_at(at, session.get_one(Office, office_id).time_zone)
            fieldwork.note_step(session, campaign_id, "statistics", on, by=by, at=at)


def report_context(session: Session, figures: CampaignFigures, by: UUID, at: datetime) -> dict[str, Any]:
    """What ``statistics/report_pdf.html`` asks for; no names but the compiler's."""
    campaign, language = figures.campaign, current_language()
    office = session.get_one(Office, campaign.office_id)
    company = session.get_one(Company, office.company_id)
    grades = [grade for grade in figures.questions.lead.grades if grade.rank is not None]
    rows = [_row(f, figures) for f in figures.items if f.item.key != figures.lead.item.key]
    return {
        "lang": language.tag, "title": gettext("Statistics of satisfaction: %(title)s", title=campaign.title),
        "office": in_script(office, "name"), "company": in_script(company, "name"),
        "period": f"{in_script(campaign.community, 'name')} · {day(campaign.frame_day)}",
        "compiled_by": session.get_one(Staff, by).name, "reviewed_by": "", "date": day(at, office.time_zone),
        "content_hash": figures_hash(figures), "method": method_box(figures, office.time_zone),
        "summary": "\n".join(summary(figures)), "grades": [grade.label[language.catalogue] for grade in grades],
        "items": rows, "total": _row(figures.lead, figures),
        "chart_data_uri": f"data:image/svg+xml,{quote(charts.report_chart(figures))}",
        "chart_text": gettext("Bars: rate of each item. Lines: 95 per cent interval around the estimate by strata. Dashed: target."),
        "notes": "\n".join(_notes(session, figures)),
    }  # fmt: skip


def summary(figures: CampaignFigures) -> list[str]:
    """What the sheet says in words: the rate, the verdict, the forms, the weakest item."""
    rate = figures.lead.rate
    told = [
        gettext(
            "%(item)s: %(rate)s (%(sum)s), 95%% interval %(interval)s.",
            item=figures.lead.item.label[current_language().catalogue],
            rate=share(rate),
            sum=sum_of(rate),
            interval=interval(rate),
        )
    ]
    if figures.target is not None and figures.lead.verdict:
        told.append(
            gettext(
                "Target %(target)s%%: %(official)s by the rate itself; with its interval: %(verdict)s.",
                target=figures.target,
                official=gettext("reached") if rate.reaches(figures.target) else gettext("not reached"),
                verdict=label("verdict", figures.lead.verdict),
            )
        )
    told.append(
        gettext(
            "Recovery %(rate)s (%(sum)s), floor %(floor)s%%.",
            rate=share(figures.returns.recovery_rate),
            sum=sum_of(figures.returns.recovery_rate),
            floor=figures.policy.recovery_floor_percent,
        )
    )
    lowest = figures.lowest()
    if lowest is not None:
        name = lowest.item.label[current_language().catalogue]
        told.append(gettext("Lowest item: %(item)s, %(rate)s.", item=name, rate=share(lowest.rate)))
    return told


def change_words(figure: ItemFigure) -> str:
    """A significant change in words, else nothing (SV-24)."""
    if figure.change is None or not figure.change.real:
        return ""
    moved = points(abs(figure.change.difference) * 100)
    if figure.change.difference > 0:
        return gettext("up %(points)s points", points=moved)
    return gettext("down %(points)s points", points=moved)


def _row(figure: ItemFigure, figures: CampaignFigures) -> dict[str, Any]:
    return {
        "name": figure.item.label[current_language().catalogue],
        "counts": [figure.count.grades[grade.key] for grade in figure.item.scale.grades],
        "rate": share(figure.rate),
        "numerator": figure.rate.numerator,
        "denominator": figure.rate.denominator,
        "interval": interval(figure.rate),
        "note": change_words(figure),
    }


def _notes(session: Session, figures: CampaignFigures) -> list[str]:
    notes = [gettext("%(grades)s count as satisfied in this sheet.", grades=satisfied_words(figures))]
    unknown = [
        f"{f.item.label[current_language().catalogue]} {f.count.no_opinion}"
        for f in figures.items
        if f.count.no_opinion
    ]
    if unknown:
        notes.append(gettext("No contact, in no denominator: %(items)s.", items=gettext(", ").join(unknown)))
    shown = [row for row in by_building(session, figures, figures.questions.lead) if not row.hidden]
    if shown:
        told = [
            f"{in_script(row.building, 'name') if row.building else row.code} {share(row.rate)} ({sum_of(row.rate)})"
            for row in shown
        ]
        notes.append(gettext("By building: %(rows)s.", rows=gettext(", ").join(told)))
    remarks = remarks_pareto(session, figures.campaign.id)
    if remarks:
        told = [f"{category_words(row.name)} {row.count}" for row in remarks]
        notes.append(gettext("Remarks by category: %(rows)s.", rows=gettext(", ").join(told)))
    return notes


def sheet(session: Session, figures: CampaignFigures, zone: str) -> bytes:
    """The statistics sheet as XLSX: one row an item, the method box below; no names."""
    catalogue = current_language().catalogue
    scale = figures.questions.lead.scale.grades
    columns = [
        Column(gettext("Item"), 22),
        *(Column(figures.questions.lead.label_of(g.key)[catalogue], 10) for g in scale),
        Column(gettext("No contact"), 10), Column(gettext("Satisfied"), 10), Column(gettext("Base"), 10),
        Column(gettext("Rate"), 10, "0.0%"), Column(gettext("Lower limit"), 10, "0.0%"),
        Column(gettext("Upper limit"), 10, "0.0%"), Column(gettext("Estimate by strata"), 12, "0.0%"),
        Column(gettext("Index"), 10, "0.0"), Column(gettext("Change since then"), 18), Column(gettext("Verdict"), 20),
    ]  # fmt: skip
    rows: list[list[Value]] = [_sheet_row(figure) for figure in figures.items]
    returns = figures.returns
    rows += [
        [],
        *(
            [name, *([None] * (len(scale) + 1)), int(rate.numerator), int(rate.denominator), rate.value]
            for name, rate in (
                (gettext("Issue rate"), returns.issue_rate),
                (gettext("Recovery rate"), returns.recovery_rate),
                (gettext("Valid rate"), returns.valid_rate),
            )
        ),
    ]
    return write_xlsx(columns, rows, about=method_box(figures, zone))


def _sheet_row(figure: ItemFigure) -> list[Value]:
    return [
        figure.item.label[current_language().catalogue],
        *(figure.count.grades[grade.key] for grade in figure.item.scale.grades),
        figure.count.no_opinion, int(figure.rate.numerator), int(figure.rate.denominator), figure.rate.value,
        figure.rate.low, figure.rate.high, figure.estimate.value if figure.estimate else None,
        float(figure.index) if figure.index is not None else None, change_words(figure),
        label("verdict", figure.verdict) if figure.verdict else "",
    ]  # fmt: skip


__all__ = [
    "KIND",
    "ask_report",
    "change_words",
    "figures_hash",
    "job_of",
    "percent",
    "report_context",
    "report_of",
    "report_slice",
    "sheet",
    "summary",
]
