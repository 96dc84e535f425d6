"""How sure a rate is: intervals at 95 %, weighting, change between waves, and the verdict (SV-24; methods 2.6; W9-W13).

Wilson 1927 with an effective number of answers n*: the finite population, the strata and the weights all enter through
n*. ``None`` stands for "no estimate"; an infinite n* (everybody answered) gives the point itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import fsum, inf, sqrt

from portal.domain.sample_size import Z
from portal.domain.satisfaction import Number
from portal.domain.strata import SMALLEST_STRATUM, Cell, join_small, stratum_code

TOLERANCE = 1e-9
LARGEST_FACTOR = 3

Limits = tuple[float, float]


def wilson(p: float, n: float) -> Limits | None:
    """Wilson's 95 % limits for a share ``p`` of ``n`` answers, clamped to 0..1; the point where ``n`` is infinite."""
    if n <= 0:
        return None
    if n == inf:
        return p, p
    middle = p + Z * Z / (2 * n)
    half = Z * sqrt(max(0.0, p * (1 - p)) / n + Z * Z / (4 * n * n))
    scale = 1 + Z * Z / n
    return max(0.0, (middle - half) / scale), min(1.0, (middle + half) / scale)


def effective(answers: float, households: int, n: float | None = None) -> float:
    """n* = n(N−1)/(N−answers), infinite where all of N answered; ``n`` (default: the answers) may be weighted (W10)."""
    if answers >= households:
        return inf
    return (answers if n is None else n) * (households - 1) / (households - answers)


def simple_interval(satisfied: int, answers: int, households: int) -> Limits | None:
    """Wilson with the finite population: ``answers`` out of ``households``; None without an answer."""
    return wilson(satisfied / answers, effective(answers, households)) if answers else None


@dataclass(frozen=True, slots=True)
class StratumCount:
    """A stratum's households N, its base on the item n (W16) and the satisfied x, or the sum of points for an index."""

    building: str
    part: str
    households: int
    answers: int
    satisfied: Number


@dataclass(frozen=True, slots=True)
class Estimate:
    """A weighted share with its effective number of answers and its limits; what was joined or left out is told.

    ``joined`` names the strata that were put together, ``left_out`` the certainty stratum when none of it answered.
    """

    value: float
    n_star: float
    low: float
    high: float
    standard_error: float
    joined: tuple[tuple[str, ...], ...] = ()
    left_out: bool = False


Part = tuple[int, int, Number]  # households, answers, satisfied


def _add(one: Part, other: Part) -> Part:
    return one[0] + other[0], one[1] + other[1], one[2] + other[2]


def joined_strata(strata: Sequence[StratumCount]) -> list[Cell[Part]]:
    """Strata without an answer, or with a single one out of several households, joined as in W4 (W9 a)."""
    cells = [Cell(s.building, s.part, (s.households, s.answers, s.satisfied)) for s in strata]
    return join_small(cells, lambda part: part[1] == 0 or part[1] == 1 < part[0], _add)


def _variance(households: int, answers: int, satisfied: Number) -> float:
    """Of one stratum's own share, finite population; a single answer counts as the widest spread there is (W9 c)."""
    if answers >= households:
        return 0.0
    if answers == 1:
        return (1 - 1 / households) / 4
    p = float(Fraction(satisfied) / answers)
    return (1 - answers / households) * p * (1 - p) / (answers - 1)


def stratified(strata: Sequence[StratumCount], certainty: StratumCount | None = None) -> Estimate | None:
    """Σ W p over the strata with its interval (W9); certainty households are a stratum that never joins.

    None where no household drawn at random answered. A certainty stratum without answers is left out, and it is said.
    """
    cells = joined_strata(strata)
    if not any(cell.content[1] for cell in cells):
        return None
    parts = [cell.content for cell in cells]
    left_out = certainty is not None and certainty.households > 0 and certainty.answers == 0
    if certainty is not None and certainty.answers:
        parts.append((certainty.households, certainty.answers, certainty.satisfied))
    households, answers, satisfied = sum(p[0] for p in parts), sum(p[1] for p in parts), sum(p[2] for p in parts)
    value = fsum(n_h / households * float(Fraction(x) / n) for n_h, n, x in parts)
    variance = fsum((part[0] / households) ** 2 * _variance(*part) for part in parts)
    n_star = effective(answers, households)
    if n_star != inf and len(parts) > 1 and variance > 0 and 0 < satisfied < answers:
        n_star = min(n_star, value * (1 - value) / variance)
    limits = wilson(value, n_star)
    assert limits is not None  # n* is positive: somebody answered
    told = tuple(cell.codes for cell in cells if len(cell.codes) > 1)
    return Estimate(value, n_star, *limits, standard_error=sqrt(variance), joined=told, left_out=left_out)


def stratified_index(strata: Sequence[StratumCount], certainty: StratumCount | None = None) -> float | None:
    """Σ W index over the joined strata (W14); ``satisfied`` of each holds the sum of its points."""
    parts = [cell.content for cell in joined_strata(strata)]
    if not any(answers for _, answers, _ in parts):
        return None
    if certainty is not None and certainty.answers:
        parts.append((certainty.households, certainty.answers, certainty.satisfied))
    households = sum(part[0] for part in parts)
    return fsum(held / households * float(Fraction(points) / answers) for held, answers, points in parts)


def kish(weights: Iterable[float]) -> float:
    """(Σw)² ÷ Σw²: how many equally weighted answers these are worth (Kish 1965); 0 without any."""
    known = list(weights)
    squares = fsum(w * w for w in known)
    return fsum(known) ** 2 / squares if squares else 0.0


def base_weight(households: int, released: int, not_eligible: int = 0) -> Fraction | None:
    """N ÷ m of a stratum, m its released lines less those not eligible (W10); None where none is left."""
    lines = released - not_eligible
    return Fraction(households, lines) if lines > 0 else None


def weighted(answers: Sequence[tuple[float, bool]], households: int) -> Estimate | None:
    """Σ wy ÷ Σ w over (weight, satisfied) of valid answers, with n* = n_eff (N−1)/(N−n) (W10)."""
    total = fsum(w for w, _ in answers)
    if not total:
        return None
    value = fsum(w for w, satisfied in answers if satisfied) / total
    n_star = effective(len(answers), households, kish(w for w, _ in answers))
    limits = wilson(value, n_star)
    assert limits is not None  # a positive weight makes n* positive
    error = 0.0 if n_star == inf else sqrt(max(0.0, value * (1 - value)) / n_star)
    return Estimate(value, n_star, *limits, standard_error=error)


def two_phase(
    households: int,
    returned: tuple[int, int],
    non_returners: int,
    visited: tuple[int, int],
    certainty: StratumCount | None = None,
) -> Estimate | None:
    """Those who sent the form back, and a visited few who stand for all who did not (Hansen & Hurwitz 1946; W10).

    ``households`` of the random part, pooled; ``returned`` and ``visited`` are (valid answers, satisfied);
    ``non_returners`` are issued lines, eligible, not returned at once. None where nobody returned, or where there are
    non-returners and no visited one answered.
    """
    (r, x_r), (v, x_v) = returned, visited
    m = r + non_returners
    if r == 0 or (non_returners and v == 0):
        return None
    share_out = non_returners / m
    p = (x_r + (non_returners * x_v / v if v else 0)) / m
    spread = p * (1 - p) / (m - 1) if m > 1 else 1 / 4
    variance = (1 - m / households) * spread
    if non_returners:
        variance += share_out**2 * _variance(non_returners, v, x_v)
    weight = households / m
    weights = [weight] * r + [weight * non_returners / v if v else 0.0] * v
    answers, satisfied, whole, left_out = r + v, x_r + x_v, households, False
    if certainty is not None and certainty.households:
        left_out = certainty.answers == 0
        if certainty.answers:
            whole += certainty.households
            share = certainty.households / whole
            own = float(Fraction(certainty.satisfied) / certainty.answers)
            p = (1 - share) * p + share * own
            part = (certainty.households, certainty.answers, certainty.satisfied)
            variance = (1 - share) ** 2 * variance + share**2 * _variance(*part)
            weights += [certainty.households / certainty.answers] * certainty.answers
            answers, satisfied = answers + certainty.answers, satisfied + int(certainty.satisfied)
    n_star = effective(answers, whole, kish(weights))
    if n_star != inf and variance > 0 and 0 < satisfied < answers:
        n_star = min(n_star, p * (1 - p) / variance)
    limits = wilson(p, n_star)
    assert limits is not None  # r > 0
    return Estimate(p, n_star, *limits, standard_error=sqrt(variance), left_out=left_out)


@dataclass(frozen=True, slots=True)
class WeightClass:
    """One building and move-in band: the weight of all sampled, of those who answered, and their number."""

    building: str
    part: str
    sampled: Fraction
    answered: Fraction
    respondents: int


def class_factors(classes: Sequence[WeightClass]) -> dict[str, Fraction | None]:
    """By class code, what to multiply an answer's weight with so that the answers stand for the sample again (W11).

    Classes with fewer than five valid forms or a factor over 3 are joined as in W4. None where nobody answered at all.
    """
    Sums = tuple[Fraction, Fraction, int]

    def small(sums: Sums) -> bool:
        return sums[2] < SMALLEST_STRATUM or sums[1] == 0 or sums[0] > LARGEST_FACTOR * sums[1]

    def add(one: Sums, other: Sums) -> Sums:
        return one[0] + other[0], one[1] + other[1], one[2] + other[2]

    cells = [Cell(c.building, c.part, (c.sampled, c.answered, c.respondents)) for c in classes]
    factors: dict[str, Fraction | None] = {stratum_code(c.building, c.part): None for c in classes}
    for cell in join_small(cells, small, add):
        sampled, answered, _ = cell.content
        for code in cell.codes:
            factors[code] = Fraction(sampled) / answered if answered else None
    return factors


@dataclass(frozen=True, slots=True)
class Change:
    """This wave less the last, with Newcombe's interval; ``real`` only where the interval leaves out 0 (SV-24, W13)."""

    difference: float
    low: float
    high: float

    @property
    def real(self) -> bool:
        """May it be called a change?"""
        return self.low > 0 or self.high < 0


def change(this: tuple[float, float, float], last: tuple[float, float, float]) -> Change:
    """From (estimate, low, high) of each wave as printed (Newcombe 1998, method 10).

    Only for the same scale and wording; that is the caller's to know (W13).
    """
    (p1, l1, u1), (p2, l2, u2) = this, last
    d = p1 - p2
    return Change(d, d - sqrt((p1 - l1) ** 2 + (u2 - p2) ** 2), d + sqrt((u1 - p1) ** 2 + (p2 - l2) ** 2))


def verdict(limits: Limits | None, target: float) -> str:
    """``met`` 达标, ``missed`` 未达标, or ``undecided`` 样本不足以判定, from the unrounded interval (W12)."""
    if limits is None:
        return "undecided"
    low, high = limits
    if low >= target - TOLERANCE:
        return "met"
    return "missed" if high < target - TOLERANCE else "undecided"
