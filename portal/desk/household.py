"""Everything about one household on one page: for whoever has her on the line, or stands before her door."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID

from flask_babel import gettext
from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from portal.accounts.models import Department, Staff
from portal.core import clock
from portal.core.i18n import day, in_script, short_day
from portal.core.labels import label
from portal.core.pages import link_to
from portal.domain.calendar import Span, read_spans
from portal.domain.refusals import Refused
from portal.households.listing import living_here
from portal.households.models import Household
from portal.opinions.life import is_open
from portal.opinions.models import Contact, Measure, Opinion
from portal.surveys.models import Campaign, Response
from portal.visits.models import Visit

MOST = 40


@dataclass(frozen=True)
class Line:
    """One line of what passed between us: when, what kind, what, how it stands (word, tone, shape)."""

    at: datetime
    kind: str
    group: str  # visits | calls | opinions | surveys
    text: str
    note: str
    url: str | None
    state: str
    tone: str = ""
    mark: str = "open"


@dataclass(frozen=True)
class Promise:
    action: str
    opinion: Opinion
    due: date | None
    late: int
    left: int


@dataclass(frozen=True)
class Telling:
    """What can be read to her, word for word, about one open opinion."""

    opinion: Opinion
    opening: str
    middle: str
    promise: str
    closing: str


@dataclass
class Everything:
    household: Household
    past: list[Line] = field(default_factory=list)
    opinions: Sequence[Opinion] = ()
    promises: list[Promise] = field(default_factory=list)
    telling: list[Telling] = field(default_factory=list)
    quiet: list[Span] | None = None

    @property
    def open(self) -> list[Opinion]:
        return [opinion for opinion in self.opinions if is_open(opinion.status)]

    def counts(self) -> dict[str, int]:
        return {
            group: sum(line.group == group for line in self.past)
            for group in ("visits", "calls", "opinions", "surveys")
        }


def load(session: Session, office_id: UUID, household_id: UUID) -> Household | None:
    """A household of this office with who lives and lived there."""
    return session.scalar(
        select(Household)
        .where(Household.id == household_id, Household.office_id == office_id)
        .options(selectinload(Household.residents), selectinload(Household.building), selectinload(Household.community))
    )


def everything(session: Session, household: Household, today: date, zone: str) -> Everything:
    """What passed between the office and this household, newest first, with what is open and what was promised."""
    opinions = session.scalars(
        select(Opinion)
        .where(Opinion.household_id == household.id)
        .order_by(Opinion.raised_at.desc(), Opinion.id.desc())
        .limit(MOST)
        .options(selectinload(Opinion.measures), selectinload(Opinion.contact))
    ).all()
    found = Everything(household, opinions=opinions)
    departments = _departments(session, household.office_id)
    found.past = sorted(
        [
            *(_opinion_line(opinion, departments) for opinion in opinions),
            *_visit_lines(session, household.id),
            *_contact_lines(session, household.id, {opinion.contact_id for opinion in opinions}),
            *_survey_lines(session, household.id),
        ],
        key=lambda line: line.at,
        reverse=True,
    )[:MOST]
    found.promises = _promises(found.open, today)
    found.telling = _telling(household, found.open, departments, zone)
    found.quiet = _quiet(household.quiet_hours)
    return found


def _departments(session: Session, office_id: UUID) -> dict[UUID, str]:
    rows = session.scalars(select(Department).where(Department.office_id == office_id))
    return {row.id: in_script(row, "name") for row in rows}


TONES = {
    "satisfied": ("ok", "done"), "explained": ("", "done"), "exited": ("", "done"), "never": ("", "none"),
    "not_yet": ("wait", "half"), "done": ("info", "now"), "again": ("late", "late"),
}  # fmt: skip


def _opinion_line(opinion: Opinion, departments: dict[UUID, str]) -> Line:
    tone, mark = TONES.get(opinion.status, ("wait", "half"))
    return Line(
        opinion.raised_at, label("opinion_kind", opinion.kind), "opinions", opinion.content,
        departments.get(opinion.department_id, "") if opinion.department_id else "",
        link_to("opinions.show", opinion_id=opinion.id), label("opinion_status", opinion.status), tone, mark,
    )  # fmt: skip


def _visit_lines(session: Session, household_id: UUID) -> list[Line]:
    rows = session.execute(
        select(Visit, Staff.name)
        .join(Staff, Staff.id == Visit.author_id)
        .where(Visit.household_id == household_id)
        .order_by(Visit.occurred_at.desc(), Visit.id.desc())
        .limit(MOST)
    )
    lines = []
    for visit, name in rows:
        met = visit.outcome == "met"
        told = (
            label("visit_type", visit.type)
            if met
            else f"{label('visit_type', visit.type)} · {label('outcome', visit.outcome)}"
        )
        tone, mark = (
            ("late", "late")
            if visit.status == "returned"
            else ("ok", "done")
            if visit.status == "closed"
            else ("wait", "sign")
        )
        lines.append(
            Line(
                visit.occurred_at, gettext("Visit"), "visits", told, name, link_to("visits.show", visit_id=visit.id),
                label("visit_status", visit.status), tone, mark,
            )
        )  # fmt: skip
    return lines


def _contact_lines(session: Session, household_id: UUID, told: set[UUID]) -> list[Line]:
    rows = session.scalars(
        select(Contact)
        .where(Contact.household_id == household_id, Contact.channel.not_in(["visit", "survey"]))
        .order_by(Contact.occurred_at.desc())
        .limit(MOST)
    )
    return [
        Line(
            c.occurred_at,
            label("channel", c.channel),
            "calls",
            c.number or gettext("Contact"),
            "",
            None,
            gettext("Recorded"),
            "ok",
            "done",
        )
        for c in rows
        if c.id not in told
    ]


def _survey_lines(session: Session, household_id: UUID) -> list[Line]:
    rows = session.execute(
        select(Response.at, Campaign.title)
        .join(Campaign, Campaign.id == Response.campaign_id)
        .where(Response.household_id == household_id)
        .order_by(Response.at.desc())
        .limit(MOST)
    )
    note = gettext("The answers are confidential and not shown here")
    return [
        Line(at, gettext("Survey"), "surveys", title, note, None, gettext("Answers returned"), "ok", "done")
        for at, title in rows
    ]


def _running(opinion: Opinion) -> list[Measure]:
    return [m for m in opinion.measures if m.round == opinion.round and m.done_on is None]


def _promises(opinions: Sequence[Opinion], today: date) -> list[Promise]:
    found = [
        Promise(
            measure.action, opinion, measure.due_on,
            max((today - measure.due_on).days, 0) if measure.due_on else 0,
            max((measure.due_on - today).days, 0) if measure.due_on else 0,
        )
        for opinion in opinions
        for measure in _running(opinion)
    ]  # fmt: skip
    return sorted(found, key=lambda p: (p.due is None, p.due or date.max))


def _telling(
    household: Household, opinions: Sequence[Opinion], departments: dict[UUID, str], zone: str
) -> list[Telling]:
    """Sentences for the open opinions of those who live here now (what former residents raised is not theirs, OP-09)."""
    residents = living_here(household)
    name = residents[0].name if residents else ""
    since = min((r.since for r in residents if r.since), default=None)
    found = []
    for opinion in sorted(opinions, key=lambda o: not _running(o)):
        raised = clock.day_at(opinion.raised_at, zone)
        if since is not None and raised < since:
            continue
        opening = (
            gettext("Hello, %(name)s. On %(day)s you told us: %(content)s.", name=name, day=short_day(raised), content=opinion.content.rstrip("。.！!"))
        )  # fmt: skip
        found.append(Telling(opinion, opening, *_answer(opinion, departments)))
    return found


def _answer(opinion: Opinion, departments: dict[UUID, str]) -> tuple[str, str, str]:
    running = _running(opinion)
    if running:
        first = running[0]
        promise = gettext("by %(day)s", day=day(first.due_on)) if first.due_on else label("due_kind", first.due_kind)
        return gettext("What we do: %(action)s,", action=first.action), promise, gettext("We ring you when it is done.")
    if opinion.measures and opinion.status == "done":
        return (
            gettext("It was done: %(action)s.", action=opinion.measures[-1].action),
            "",
            gettext("Are you satisfied with it?"),
        )
    if opinion.department_id:
        name = departments.get(opinion.department_id, "")
        return (
            gettext("%(department)s is looking into it.", department=name),
            "",
            gettext("We ring you as soon as there is a date."),
        )
    return (
        gettext("It is recorded and will be passed on today."),
        "",
        gettext("We ring you as soon as there is a date."),
    )


def _quiet(text: str) -> list[Span] | None:
    """The quiet hours as spans, where they were written so that they can be drawn."""
    try:
        return list(read_spans(text)) or None
    except (Refused, ValueError):
        return None
