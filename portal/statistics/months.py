"""What came in month by month: opinions by kind and by how they stand, visits by outcome; an office, or one community of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, case, func, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from portal.domain import charts, lives
from portal.domain.satisfaction import Rate
from portal.opinions.models import Opinion
from portal.surveys.models import Campaign
from portal.visits.models import Visit

MONTHS = 12
KINDS = ("complaint", "repair", "help", "suggestion", "inquiry", "praise")
STANDS = ("settled", "put_off", "open")
OUTCOMES = ("met", "not_in", "another_day", "refused", "moved")
WIDTH, HEIGHT = 640.0, 190.0


@dataclass(frozen=True)
class Monthly:
    """Numbers by month (oldest first) and series; ``months`` are their first days."""

    months: Sequence[date]
    series: Sequence[str]
    rows: Sequence[Sequence[int]]

    @property
    def drawn(self) -> charts.Columns:
        return charts.columns(self.rows, WIDTH, HEIGHT)

    @property
    def total(self) -> int:
        return sum(map(sum, self.rows))

    def of(self, name: str) -> Rate:
        """The share of one series in everything."""
        at = self.series.index(name)
        return Rate(sum(row[at] for row in self.rows), self.total)


@dataclass(frozen=True)
class Year:
    """Twelve months up to today's."""

    kinds: Monthly
    stands: Monthly
    visits: Monthly


def first_days(today: date, count: int = MONTHS) -> list[date]:
    """The first day of each of the last ``count`` months, today's last."""
    number = today.year * 12 + today.month - 1
    return [date(n // 12, n % 12 + 1, 1) for n in range(number - count + 1, number + 1)]


def year(session: Session, office_id: UUID, zone: str, today: date, community_id: UUID | None = None) -> Year:
    """The figures of the last twelve months; a month begins at midnight of the office's own time zone."""
    months = first_days(today)
    of_opinions, of_visits = [Opinion.office_id == office_id], [Visit.office_id == office_id]
    if community_id is not None:
        of_opinions.append(Opinion.community_id == community_id)
        of_visits.append(Visit.community_id == community_id)
    stands: ColumnElement[str] = case(
        (Opinion.status == lives.Opinion.NOT_YET, "put_off"),
        (Opinion.status.in_(lives.SETTLED), "settled"),
        else_="open",
    )
    return Year(
        _monthly(session, months, zone, Opinion.raised_at, Opinion.kind, KINDS, of_opinions),
        _monthly(session, months, zone, Opinion.raised_at, stands, STANDS, of_opinions),
        _monthly(session, months, zone, Visit.occurred_at, Visit.outcome, OUTCOMES, of_visits),
    )


def last_closed(session: Session, office_id: UUID, community_id: UUID | None = None) -> Campaign | None:
    """The survey that was closed last, of the office or of one community."""
    query = select(Campaign).where(Campaign.office_id == office_id, Campaign.status == "closed")
    if community_id is not None:
        query = query.where(Campaign.community_id == community_id)
    return session.scalars(query.order_by(Campaign.frame_day.desc(), Campaign.id).limit(1)).first()


def _monthly(
    session: Session, months: Sequence[date], zone: str, at: InstrumentedAttribute[datetime], by: Any,
    series: Sequence[str], scope: Sequence[ColumnElement[bool]],
) -> Monthly:  # fmt: skip
    begins = [datetime(day.year, day.month, 1, tzinfo=ZoneInfo(zone)) for day in months]
    month: ColumnElement[int] = case(*((at < end, n) for n, end in enumerate(begins[1:])), else_=len(months) - 1)
    found = session.execute(
        select(month.label("month"), by.label("what"), func.count())
        .where(*scope, at >= begins[0])
        .group_by("month", "what")
    )
    rows = [[0] * len(series) for _ in months]
    for n, name, count in found:
        if name in series:
            rows[n][series.index(name)] += count
    return Monthly(months, series, rows)
