"""The figures of a campaign: rates with numerator, denominator and interval, an honest verdict, nobody's name (SV-20 to SV-25).

The official rate is by counts; the estimate by strata with its interval stands beside it, and the verdict rests on that
interval (W12). Nothing here can be traced to a household: small buildings are withheld (SV-08, W18).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.domain import estimates
from portal.domain.estimates import Change, Estimate, StratumCount
from portal.domain.factors import ParetoRow, pareto
from portal.domain.policy import Policy
from portal.domain.response_rates import Dispositions, outcome_rates
from portal.domain.sampling import CERTAINTY
from portal.domain.satisfaction import (
    Base,
    ItemCount,
    Rate,
    Reading,
    Returns,
    is_hidden,
    item_index,
    satisfaction_rate,
    weighted_score,
)
from portal.domain.strata import stratum_code
from portal.households.models import Building
from portal.statistics.counts import Counts, count_campaign, item_count, remarks_by_category
from portal.surveys.models import Campaign
from portal.surveys.questionnaires import Item, Questionnaire, questionnaire
from portal.surveys.rules import policy_of

UNSORTED = "unsorted"  # a remark that nobody has classified yet


@dataclass(frozen=True)
class ItemFigure:
    """One item. ``rate``: the official one, with the limits of ``estimate``; ``change`` only against the same questionnaire.

    ``verdict``: met | missed | undecided, None where the office set no target.
    """

    item: Item
    count: ItemCount
    rate: Rate
    estimate: Estimate | None
    index: Fraction | None
    weighted_index: float | None
    verdict: str | None = None
    change: Change | None = None


@dataclass(frozen=True)
class BuildingFigure:
    """One building on one item; withheld ones show how many answered neither, nor anything else."""

    code: str
    building: Building | None
    households: int
    rate: Rate
    hidden: bool
    ranked: bool
    verdict: str | None


@dataclass(frozen=True)
class Recovery:
    """Forms of one stratum or building: where answers are missing."""

    code: str
    issued: int
    returned: int

    @property
    def rate(self) -> Rate:
        return Rate(self.returned, self.issued)


@dataclass(frozen=True)
class CampaignFigures:
    """All figures of a campaign. ``readings``: the lead item read strictly and broadly, each with its own interval."""

    campaign: Campaign
    questions: Questionnaire
    policy: Policy
    counts: Counts
    returns: Returns
    dispositions: Dispositions
    outcome: Mapping[str, Rate | None]
    items: Sequence[ItemFigure]
    readings: Mapping[Reading, ItemFigure]
    total_index: Fraction | None
    recovery: Sequence[Recovery]
    previous: Campaign | None

    @property
    def reading(self) -> Reading:
        """Which grades count, by the policy of the campaign."""
        return Reading(self.policy.satisfied_grades)

    @property
    def lead(self) -> ItemFigure:
        """The item 总体评价: "the" satisfaction rate (SV-21)."""
        return next(figure for figure in self.items if figure.item.key == self.questions.lead.key)

    @property
    def floor_reached(self) -> bool:
        return self.returns.recovery_rate.reaches(self.policy.recovery_floor_percent)

    @property
    def target(self) -> int | None:
        """Per cent, where the office set a rate as its target."""
        return self.policy.target if self.policy.target_kind == "rate" else None

    def modes(self) -> dict[str, int]:
        """Counted answers by how they were given (SV-07)."""
        found: dict[str, int] = {}
        for (mode, _, _), number in self.counts.responses.items():
            found[mode] = found.get(mode, 0) + number
        return dict(sorted(found.items(), key=lambda pair: -pair[1]))

    def phone_or_proxy(self) -> Rate:
        """The share that policy caps (SV-07)."""
        spoken = sum(n for (mode, proxy, _), n in self.counts.responses.items() if mode == "phone" or proxy)
        return Rate(spoken, sum(self.counts.responses.values()))

    def lowest(self) -> ItemFigure | None:
        """The item with the lowest rate, the lead apart (SV-25)."""
        rated = [f for f in self.items if f.rate.denominator and f.item.key != self.questions.lead.key]
        return min(rated, key=lambda f: (Fraction(f.rate.numerator) / f.rate.denominator, f.item.key), default=None)


def campaign_figures(session: Session, campaign: Campaign, *, compare: bool = True) -> CampaignFigures:
    """Count and compute. ``compare`` sets changes against the last closed campaign of the same questionnaire (SV-24)."""
    policy, questions = policy_of(campaign.policy), questionnaire(session, campaign.form)
    counts = count_campaign(session, campaign.id)
    frame = _Frame.of(campaign, counts)
    returns = counts.returns(campaign.frame["population"])
    reading = Reading(policy.satisfied_grades)
    items = [_figure(frame, policy, returns, item, reading) for item in questions.items]
    previous = _previous(session, campaign) if compare else None
    if previous is not None:
        last = {f.item.key: f for f in campaign_figures(session, previous, compare=False).items}
        items = [replace(f, change=_change(f, last.get(f.item.key))) for f in items]
    dispositions = counts.dispositions()
    return CampaignFigures(
        campaign=campaign,
        questions=questions,
        policy=policy,
        counts=counts,
        returns=returns,
        dispositions=dispositions,
        outcome=outcome_rates(dispositions),
        items=items,
        readings={
            each: _figure(frame, policy, returns, questions.lead, each) for each in (Reading.BROAD, Reading.STRICT)
        },
        total_index=weighted_score((1, f.index) for f in items if f.item.key != questions.lead.key),
        recovery=frame.recovery(),
        previous=previous,
    )


@dataclass(frozen=True)
class _Frame:
    """The strata as drawn, and which places lie in them."""

    counts: Counts
    households: Mapping[str, int]  # drawn stratum → households drawn from
    stratum: Mapping[str, str]  # place → drawn stratum
    building: Mapping[str, tuple[str, str]]  # place → building, stair
    certain: int

    @classmethod
    def of(cls, campaign: Campaign, counts: Counts) -> "_Frame":
        places = campaign.frame["places"]
        strata = campaign.drawn["strata"] if campaign.drawn else []
        return cls(
            counts,
            {code: held for code, _, held, _ in strata},
            {own: code for code, joined, _, _ in strata for own in joined},
            {stratum_code(building, stair): (building, stair) for building, stair, _, _ in places},
            campaign.frame["certainty"],
        )

    def strata(
        self, item: Item, policy: Policy, satisfied: Sequence[str] | None
    ) -> tuple[list[StratumCount], StratumCount | None]:
        """Each stratum's base and satisfied answers on an item (W9); with ``satisfied`` None the sum of points (W14)."""
        base = Base(policy.rate_base) if satisfied is not None else Base.VALID
        held: dict[tuple[str, bool], list[Mapping[str | None, int]]] = {}
        for cell, grades in self.counts.answers.get(item.key, {}).items():
            code = CERTAINTY if cell.certainty else self.stratum.get(cell.place, cell.place)
            held.setdefault((code, cell.certainty), []).append(grades)

        def one(code: str, certainty: bool, households: int) -> StratumCount:
            count = item_count(item.scale, held.get((code, certainty), []))
            n = count.valid
            if base is not Base.VALID:
                n = max(self.counts.base((code, certainty), base) - count.no_opinion, 0)
            building, stair = self.building.get(code, (code, ""))
            x: int | Fraction
            if satisfied is None:
                x = sum((Fraction(g.points) * count.grades[g.key] for g in item.scale.grades), Fraction(0))
            else:
                x = sum(count.grades[grade] for grade in satisfied)
            return StratumCount(building, stair, households, n, x)

        strata = [one(code, False, households) for code, households in self.households.items()]
        return strata, one(CERTAINTY, True, self.certain) if self.certain else None

    def recovery(self) -> list[Recovery]:
        """Issued and returned by building; those who had to be covered stand apart."""
        found: dict[str, list[int]] = {}
        for (code, certainty), statuses in self.counts.lines.items():
            name = CERTAINTY if certainty else self.building.get(code, (code, ""))[0]
            row = found.setdefault(name, [0, 0])
            row[0] += statuses.get("issued", 0) + statuses.get("returned", 0)
            row[1] += statuses.get("returned", 0)
        return [Recovery(code, *row) for code, row in sorted(found.items()) if row[0]]


def _figure(frame: _Frame, policy: Policy, returns: Returns, item: Item, reading: Reading) -> ItemFigure:
    count = item_count(item.scale, frame.counts.answers.get(item.key, {}).values())
    rate = satisfaction_rate(
        item.scale, count, reading, Base(policy.rate_base), returned=returns.returned, issued=returns.issued
    )
    estimate = estimates.stratified(*frame.strata(item, policy, item.scale.satisfied(reading)))
    limits = (estimate.low, estimate.high) if estimate else None
    index = item_index(item.scale, count)
    verdict = None
    if policy.target is not None and rate.denominator:
        if policy.target_kind == "rate":
            verdict = estimates.verdict(limits, policy.target / 100)
        elif index is not None:
            verdict = "met" if index >= policy.target else "missed"
    return ItemFigure(
        item,
        count,
        rate.between(limits, estimate.value if estimate else None),
        estimate,
        index,
        estimates.stratified_index(*frame.strata(item, policy, None)),
        verdict,
    )


def _previous(session: Session, campaign: Campaign) -> Campaign | None:
    return session.scalar(
        select(Campaign)
        .where(
            Campaign.community_id == campaign.community_id,
            Campaign.form == campaign.form,
            Campaign.status == "closed",
            Campaign.frame_day < campaign.frame_day,
        )
        .order_by(Campaign.frame_day.desc(), Campaign.id.desc())
        .limit(1)
    )


def _change(this: ItemFigure, last: ItemFigure | None) -> Change | None:
    if this.estimate is None or last is None or last.estimate is None:
        return None
    now, then = this.estimate, last.estimate
    return estimates.change((now.value, now.low, now.high), (then.value, then.low, then.high))


def by_building(session: Session, figures: CampaignFigures, item: Item) -> list[BuildingFigure]:
    """The item in each building, by valid answers. Too few are withheld; so is one more where the sum would tell (W18)."""
    households: dict[str, int] = {}
    for building, _, at_random, certain in figures.campaign.frame["places"]:
        households[building] = households.get(building, 0) + at_random + certain
    held: dict[str, list[Mapping[str | None, int]]] = {code: [] for code in households}
    place = {stratum_code(b, s): b for b, s, _, _ in figures.campaign.frame["places"]}
    for cell, grades in figures.counts.answers.get(item.key, {}).items():
        held.setdefault(place.get(cell.place, cell.place), []).append(grades)
    counts = {code: item_count(item.scale, cells) for code, cells in held.items()}
    hidden = _withheld({code: count.valid for code, count in counts.items()}, figures.policy.hide_below)
    known = {
        building.code: building
        for building in session.scalars(
            select(Building).where(Building.community_id == figures.campaign.community_id)
        )
    }  # fmt: skip
    rows = []
    for code, count in counts.items():
        rate = satisfaction_rate(item.scale, count, figures.reading)
        rate = rate.between(
            estimates.simple_interval(int(rate.numerator), count.valid, households.get(code, count.valid))
        )
        verdict = None
        if figures.target is not None and rate.low is not None and rate.high is not None:
            verdict = estimates.verdict((rate.low, rate.high), figures.target / 100)
        rows.append(
            BuildingFigure(
                code, known.get(code), households.get(code, 0), rate, code in hidden,
                count.valid >= figures.policy.rank_from, verdict,
            )
        )  # fmt: skip
    order = {code: (building.position, code) for code, building in known.items()}
    return sorted(rows, key=lambda row: order.get(row.code, (10**6, row.code)))


def _withheld(valid: Mapping[str, int], fewest: int) -> set[str]:
    hidden = {code for code, number in valid.items() if is_hidden(number, fewest)}
    if sum(valid[code] > 0 for code in hidden) == 1 and len(hidden) < len(valid):
        shown = {code: number for code, number in valid.items() if code not in hidden}
        hidden.add(min(shown, key=lambda code: (shown[code], code)))
    return hidden


def remarks_pareto(session: Session, campaign_id: UUID) -> list[ParetoRow]:
    """What residents wrote, by category, distinct households beside the count (2.12); unclassified ones by ``unsorted``."""
    found = remarks_by_category(session, campaign_id)
    named = {category or UNSORTED: numbers for category, numbers in found.items()}
    return pareto(
        {name: numbers[0] for name, numbers in named.items()}, {name: numbers[1] for name, numbers in named.items()}
    )


def answers_to_decide(estimate: Estimate, population: int, target_percent: int) -> int | None:
    """How many valid answers at this level would settle the verdict; None where even all households would not."""
    target = target_percent / 100
    low, high = 1, population
    if (
        estimates.verdict(estimates.wilson(estimate.value, estimates.effective(population, population)), target)
        == "undecided"
    ):
        return None
    while low < high:
        middle = (low + high) // 2
        limits = estimates.wilson(estimate.value, estimates.effective(middle, population))
        if estimates.verdict(limits, target) == "undecided":
            low = middle + 1
        else:
            high = middle
    return low
