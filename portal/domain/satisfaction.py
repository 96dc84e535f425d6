"""Scales, satisfaction rates and scores, counted as the methods say (SV-20 to SV-23; W1, W8, W12, W14-W17).

A satisfaction *rate* is a share of answers, a *score* is points out of 100; the two are never mixed. Everything is kept
unrounded as whole numbers or fractions; rounding, half up, is for display only. What has no denominator has no value.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from fractions import Fraction

from portal.domain.refusals import Refused

Number = int | Fraction

DONT_KNOW = "dont_know"
NO_CONTACT = "no_contact"
NO_OPINION = frozenset({DONT_KNOW, NO_CONTACT})  # answered, but in no denominator (SV-20)
REFUSED_ITEM = "refused"


class Reading(StrEnum):
    """Whether a grade counts as satisfied: in the strict rate, only in the broad one, or never (W15)."""

    STRICT = "strict"
    BROAD = "broad"
    NO = "no"


class Base(StrEnum):
    """What a satisfaction rate is a share of (SV-21, W16)."""

    VALID = "valid"
    RETURNED = "returned"
    SURVEYED = "surveyed"


def rounded(value: Number, tenths: int = 1) -> str:
    """A number to one decimal (``tenths`` decimals), half up, as digits: ``82.5``. For display only (W1)."""
    scale: int = 10**tenths
    units = (abs(Fraction(value)) * scale * 2 + 1) // 2
    sign = "-" if value < 0 and units else ""
    whole, rest = divmod(int(units), scale)
    return f"{sign}{whole}.{rest:0{tenths}d}" if tenths else f"{sign}{whole}"


@dataclass(frozen=True, slots=True)
class Rate:
    """A share with its numerator and denominator, and the limits of its 95 % interval where there is one.

    ``estimate``: the share by strata, 0 to 1, where the interval is that of an estimate and not of the counts (W12).
    """

    numerator: Number
    denominator: Number
    low: float | None = None
    high: float | None = None
    estimate: float | None = None

    @property
    def value(self) -> float | None:
        """The share, 0 to 1; None where the denominator is 0 (W1)."""
        return float(Fraction(self.numerator) / self.denominator) if self.denominator else None

    @property
    def percent(self) -> str | None:
        """Per cent to one decimal, half up from the whole numbers themselves; None where undefined, shown as a dash."""
        return rounded(100 * Fraction(self.numerator) / self.denominator) if self.denominator else None

    @property
    def middle(self) -> float | None:
        """What the interval lies around: the estimate by strata where there is one, else the share itself."""
        return self.value if self.estimate is None else self.estimate

    def between(self, limits: tuple[float, float] | None, estimate: float | None = None) -> Rate:
        """The same rate with an interval, and the estimate that it belongs to."""
        return self if limits is None else replace(self, low=limits[0], high=limits[1], estimate=estimate)

    def reaches(self, percent: int) -> bool:
        """At least ``percent``? Compared in whole numbers; never where the rate is undefined (W7)."""
        return self.denominator > 0 and self.numerator * 100 >= percent * self.denominator


@dataclass(frozen=True, slots=True)
class Grade:
    """One grade of a scale: ``rank`` 1 is the best; ``points`` 0 to 100; how it reads is never taken from its label."""

    key: str
    rank: int
    reading: Reading
    points: Number


@dataclass(frozen=True, slots=True)
class Scale:
    """The grades of a questionnaire version, best first (SV-20).

    Raises ``Refused``: ``scale.too_short`` under two grades, ``scale.grade_twice``, ``scale.reserved_key``,
    ``scale.out_of_order`` where a worse grade reads as more satisfied or has more points.
    """

    grades: tuple[Grade, ...]

    def __post_init__(self) -> None:
        grades = tuple(sorted(self.grades, key=lambda grade: grade.rank))
        object.__setattr__(self, "grades", grades)
        if len(grades) < 2:
            raise Refused("scale.too_short")
        if len({g.key for g in grades}) < len(grades) or len({g.rank for g in grades}) < len(grades):
            raise Refused("scale.grade_twice")
        if any(g.key in NO_OPINION or g.key in ("", REFUSED_ITEM) for g in grades):
            raise Refused("scale.reserved_key")
        order = (Reading.STRICT, Reading.BROAD, Reading.NO)
        reads, points = [order.index(g.reading) for g in grades], [g.points for g in grades]
        if reads != sorted(reads) or points != sorted(points, reverse=True):
            raise Refused("scale.out_of_order")

    def satisfied(self, reading: Reading) -> tuple[str, ...]:
        """The grades that count as satisfied, best first; printed with every rate (SV-21). Broad counts both (W15)."""
        if reading is Reading.NO:
            raise ValueError("a rate is strict or broad")
        counted = {Reading.STRICT, reading}
        return tuple(grade.key for grade in self.grades if grade.reading in counted)

    def dissatisfied(self) -> tuple[str, ...]:
        """The grades that open a follow-up, remark or not (SV-19): those that neither reading counts as satisfied."""
        return tuple(grade.key for grade in self.grades if grade.reading is Reading.NO)


class Form(StrEnum):
    """What a returned form is worth: complete, partly complete, or returned but not valid (W8; AAPOR I, P, R)."""

    COMPLETE = "I"
    PARTIAL = "P"
    REFUSED = "R"


def form_worth(
    scale: Scale, answers: Iterable[str | None], items: int, complete_percent: int = 80, partial_percent: int = 50
) -> Form:
    """I from 80 % of the scored ``items`` answered, P from 50 %, else R (W8).

    Answered is a grade of the scale or no opinion; blank and refused are not.
    """
    if items <= 0:
        raise ValueError("a questionnaire has scored items")
    keys = {grade.key for grade in scale.grades} | NO_OPINION
    answered = sum(answer in keys for answer in answers)
    if answered * 100 >= complete_percent * items:
        return Form.COMPLETE
    return Form.PARTIAL if answered * 100 >= partial_percent * items else Form.REFUSED


@dataclass(frozen=True, slots=True)
class ItemCount:
    """What valid forms say on one item: how many of each grade, and how many have no opinion."""

    grades: Mapping[str, int]
    no_opinion: int = 0

    @property
    def valid(self) -> int:
        """Grades given: the denominator of the item's figures by default."""
        return sum(self.grades.values())


def count_item(scale: Scale, answers: Iterable[str | None]) -> ItemCount:
    """The answers of valid forms to one item; blank and refused ones count nowhere."""
    grades = {grade.key: 0 for grade in scale.grades}
    no_opinion = 0
    for answer in answers:
        if answer in NO_OPINION:
            no_opinion += 1
        elif answer in grades:
            grades[answer] += 1
        elif answer not in (None, "", REFUSED_ITEM):
            raise ValueError(f"{answer!r} is not an answer on this scale")
    return ItemCount(grades, no_opinion)


def base_size(count: ItemCount, base: Base, *, returned: int, issued: int) -> int:
    """The denominator of an item (W16): without a form's "no opinion" on it, whatever the base."""
    if base is Base.VALID:
        return count.valid
    return (returned if base is Base.RETURNED else issued) - count.no_opinion


def satisfaction_rate(
    scale: Scale, count: ItemCount, reading: Reading, base: Base = Base.VALID, *, returned: int = 0, issued: int = 0
) -> Rate:
    """The official rate, satisfied ÷ base by counts (SV-21, W12); ``returned`` and ``issued`` serve the other bases."""
    satisfied = sum(count.grades.get(key, 0) for key in scale.satisfied(reading))
    return Rate(satisfied, base_size(count, base, returned=returned, issued=issued))


def item_index(scale: Scale, count: ItemCount) -> Fraction | None:
    """Σ points × count ÷ valid, 0 to 100; None without a valid answer (W14)."""
    if not count.valid:
        return None
    return Fraction(sum(Fraction(g.points) * count.grades.get(g.key, 0) for g in scale.grades), count.valid)


def weighted_score(parts: Iterable[tuple[Number, Fraction | None]]) -> Fraction | None:
    """Σ weight × index ÷ Σ weight over the parts that have one (SV-22, W14): items in a group, groups in the whole."""
    known = [(Fraction(weight), index) for weight, index in parts if index is not None]
    total = sum((weight for weight, _ in known), Fraction(0))
    return sum((weight * index for weight, index in known), Fraction(0)) / total if total else None


BANDS: tuple[tuple[int, bool, str], ...] = (
    (100, True, "very_satisfied"),
    (90, True, "rather_satisfied"),
    (80, True, "satisfied"),
    (0, False, "dissatisfied"),
    (0, True, "very_dissatisfied"),
)


def band(total: Number, bands: Sequence[tuple[int, bool, str]] = BANDS) -> str:
    """The verdict on a total of 0 to 100 (SV-22): 100 | [90,100) | [80,90) | (0,80) | 0 (W17).

    ``bands`` gives lower limit, whether the limit belongs to the band, and its key, best first.
    """
    if not 0 <= total <= 100:
        raise ValueError("a total lies between 0 and 100")
    return next(key for limit, included, key in bands if total > limit or (included and total == limit))


@dataclass(frozen=True, slots=True)
class Returns:
    """A campaign in numbers of forms: households eligible, forms issued, returned, valid (SV-23).

    Substitutes' forms are in ``issued`` and ``returned`` alike; second answers are in none (W6, W8).
    """

    eligible: int
    issued: int
    returned: int
    valid: int

    @property
    def issue_rate(self) -> Rate:
        """发放率: issued ÷ eligible."""
        return Rate(self.issued, self.eligible)

    @property
    def recovery_rate(self) -> Rate:
        """回收率: returned ÷ issued; undefined, and the floor not reached, where nothing was issued (W7)."""
        return Rate(self.returned, self.issued)

    @property
    def valid_rate(self) -> Rate:
        """有效率: valid ÷ returned."""
        return Rate(self.valid, self.returned)


def is_hidden(valid: int, fewest: int = 5) -> bool:
    """Is a figure withheld because too few answered the item, so that a household could be guessed (W18)?"""
    return valid < fewest


def lowest_item(rates: Mapping[str, Rate]) -> str | None:
    """The item with the lowest defined rate; ties by key (SV-25)."""
    known = [(Fraction(rate.numerator) / rate.denominator, key) for key, rate in rates.items() if rate.denominator]
    return min(known)[1] if known else None
