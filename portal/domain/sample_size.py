"""How many households a survey asks: the procedure's rule beside what statistics needs (SV-03; methods 2.2, W1-W3).

Counts by whole numbers only: per cents are whole, and a share of households is always rounded up.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from math import ceil, sqrt
from statistics import NormalDist

from portal.domain.calendar import add_months
from portal.domain.policy import Policy

Z = NormalDist().inv_cdf(0.975)  # 95 per cent, two-sided (W1)


def issued_by_percent(percent: int, households: int) -> int:
    """``percent`` of ``households``, rounded up in whole numbers (W2); for 10 % and 20 % draws too (W18)."""
    return (percent * households + 99) // 100


def issued_for(wanted: int, percent_back: int, households: int) -> int:
    """Forms to issue so that ``wanted`` come back when ``percent_back`` do, at most one a household (W2)."""
    return min(households, -(-100 * wanted // percent_back))


def share_percent(first_handover_on: date, frame_day: date, policy: Policy) -> int:
    """The per cent of households that SV-03 asks for on the frame day.

    By age: more than ``sample_age_years`` since the first handover takes the smaller share, less the larger; the very
    day on which the years are full is the policy's choice. A handover still to come counts as young.
    """
    if policy.sample_rule == "all":
        return 100
    if policy.sample_rule == "percent":
        return policy.sample_percent
    anniversary = add_months(first_handover_on, 12 * policy.sample_age_years)
    older = frame_day > anniversary or (frame_day == anniversary and policy.sample_exact_age == "older")
    return policy.sample_percent_older if older else policy.sample_percent_younger


def rule_size(percent: int, households: int, certainty: int = 0) -> int:
    """Forms that the rule issues: its per cent of the households drawn at random, with the certain ones on top (W3)."""
    return issued_by_percent(percent, households - certainty) + certainty


def needed_answers(households: int, margin_percent: float = 5, p: float = 0.5) -> int:
    """Answers for ± ``margin_percent`` points at 95 % (Cochran 1977, finite population); rounded up (W2)."""
    if households == 0:
        return 0
    endless = Z * Z * p * (1 - p) / (margin_percent / 100) ** 2
    return min(households, ceil(endless / (1 + (endless - 1) / households)))


def margin(answers: int, households: int, p: float = 0.5) -> float | None:
    """Half the width of the 95 % interval as a share, 0 when all answered, None when nobody did (W2)."""
    if answers <= 0:
        return None
    if answers >= households:
        return 0.0
    return Z * sqrt(p * (1 - p) / answers * (households - answers) / (households - 1))


@dataclass(frozen=True, slots=True)
class SizeAdvice:
    """What the rule buys and what statistics would need, to be seen before the plan is approved (methods 2.2).

    ``issued``, ``returned`` and ``margin`` are of the rule's random part at its recovery floor; ``wanted_issued`` gives
    the margin wanted; ``proposed`` is the larger of both, with the certainty households on top.
    """

    households: int
    certainty: int
    issued: int
    returned: int
    margin: float | None
    wanted_answers: int
    wanted_issued: int

    @property
    def proposed(self) -> int:
        """Forms to issue in all."""
        return max(self.issued, self.wanted_issued) + self.certainty


def advise_size(
    households: int, percent: int, percent_back: int, *, certainty: int = 0, margin_percent: float = 5
) -> SizeAdvice:
    """The rule's size beside the statistical one, both over the households that are drawn at random (W3)."""
    random_part = households - certainty
    issued = issued_by_percent(percent, random_part)
    returned = issued_by_percent(percent_back, issued)
    wanted = needed_answers(random_part, margin_percent)
    return SizeAdvice(
        households=households,
        certainty=certainty,
        issued=issued,
        returned=returned,
        margin=margin(returned, random_part),
        wanted_answers=wanted,
        wanted_issued=issued_for(wanted, percent_back, random_part),
    )
