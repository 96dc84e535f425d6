"""What the database counts of a campaign: one walk along the answers' index, one along the lines', one along the responses'."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from portal.domain.response_rates import Dispositions
from portal.domain.satisfaction import NO_OPINION, Base, ItemCount, Returns, Scale
from portal.opinions.models import Opinion
from portal.surveys.models import Answer, Response, SampleLine


class Cell(NamedTuple):
    """Where answers were given: building and stair as one code, and whether by households that had to be covered."""

    place: str
    certainty: bool


@dataclass
class Counts:
    """``answers``: item → cell → grade → number, of valid forms only. ``lines``: (stratum, certainty) → status → number.
    ``responses``: (mode, proxy, disposition) → number of those that count; ``flagged``: those that do not, by why.
    """

    answers: Mapping[str, Mapping[Cell, Mapping[str | None, int]]]
    lines: Mapping[tuple[str, bool], Mapping[str, int]]
    responses: Mapping[tuple[str, bool, str], int]
    flagged: Mapping[str, int] = field(default_factory=dict)

    def status(self, *wanted: str, stratum: tuple[str, bool] | None = None) -> int:
        """Lines in one of the states, of all strata or of one."""
        rows = self.lines.values() if stratum is None else [self.lines.get(stratum, {})]
        return sum(row.get(status, 0) for row in rows for status in wanted)

    def base(self, stratum: tuple[str, bool] | None, base: Base) -> int:
        """Forms returned or issued in a stratum (W16)."""
        return self.status("returned", *(("issued",) if base is Base.SURVEYED else ()), stratum=stratum)

    def returns(self, population: int) -> Returns:
        """The campaign in forms (SV-23)."""
        valid = sum(n for (_, _, worth), n in self.responses.items() if worth != "R")
        return Returns(population, self.status("issued", "returned"), self.status("returned"), valid)

    def dispositions(self) -> Dispositions:
        """The last word on every line that was released (methods 2.4; W6).

        A form taken and not given back: contacted, eligible, no answer (O). Nobody asked yet: nothing is known (UO).
        Moved away: not eligible (NE).
        """
        worth: Counter[str] = Counter()
        for (_, _, disposition), number in self.responses.items():
            worth[disposition] += number
        return Dispositions(
            complete=worth["I"],
            partial=worth["P"],
            refusal=worth["R"] + self.status("refused"),
            no_contact=self.status("not_in"),
            other=self.status("issued"),
            unknown_other=self.status("drawn"),
            not_eligible=self.status("moved"),
        )


def count_campaign(session: Session, campaign_id: UUID) -> Counts:
    """All of it in four statements, whatever the number of answers."""
    answers: dict[str, dict[Cell, dict[str | None, int]]] = {}
    of_answers = (
        select(Answer.item, Answer.place, Answer.certainty, Answer.grade, func.count())
        .where(Answer.campaign_id == campaign_id, Answer.scored)
        .group_by(Answer.item, Answer.place, Answer.certainty, Answer.grade)
    )
    for item, place, certainty, grade, number in session.execute(of_answers):
        answers.setdefault(item, {}).setdefault(Cell(place, bool(certainty)), {})[grade] = number
    lines: dict[tuple[str, bool], dict[str, int]] = {}
    of_lines = (
        select(SampleLine.stratum, SampleLine.certainty, SampleLine.status, func.count())
        .where(SampleLine.campaign_id == campaign_id)
        .group_by(SampleLine.stratum, SampleLine.certainty, SampleLine.status)
    )
    for stratum, certainty, status, number in session.execute(of_lines):
        lines.setdefault((stratum, bool(certainty)), {})[status] = number
    of_responses = select(Response.mode, Response.proxy, Response.disposition, func.count())
    counted = session.execute(
        of_responses.where(Response.campaign_id == campaign_id, Response.counted.is_(True)).group_by(
            Response.mode, Response.proxy, Response.disposition
        )
    )
    flagged = session.execute(
        select(Response.flag, func.count())
        .where(Response.campaign_id == campaign_id, Response.counted.is_(None))
        .group_by(Response.flag)
    )
    return Counts(
        answers,
        lines,
        {(mode, bool(proxy), worth): number for mode, proxy, worth, number in counted},
        {flag or "": number for flag, number in flagged},
    )


def item_count(scale: Scale, grades: Iterable[Mapping[str | None, int]]) -> ItemCount:
    """Cells of one item put together."""
    total: Counter[str | None] = Counter()
    for cell in grades:
        total.update(cell)
    known = {grade.key: total[grade.key] for grade in scale.grades}
    return ItemCount(known, sum(total[key] for key in NO_OPINION))


def remarks_by_category(session: Session, campaign_id: UUID) -> dict[str, tuple[int, int]]:
    """Category → (remarks, households), of what residents wrote in this campaign's answers (SV-14); none yet: ''."""
    rows = session.execute(
        select(Opinion.category, func.count(), func.count(Opinion.household_id.distinct()))
        .join(Answer, Answer.opinion_id == Opinion.id)
        .where(Answer.campaign_id == campaign_id, or_(Answer.remark != "", Answer.value != ""))
        .group_by(Opinion.category)
    )
    return {category or "": (remarks, households) for category, remarks, households in rows}
