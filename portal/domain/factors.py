"""What weighs most, and whether a measure helped: Pareto, before/after, percentiles, importance (OP-02, SV-25; W18)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import comb, inf, sqrt
from statistics import fmean

from portal.domain.policy import Policy
from portal.domain.satisfaction import Rate

MAIN_PERCENT = 80
FEWEST_PAIRS = 30


@dataclass(frozen=True, slots=True)
class ParetoRow:
    """One class: its count, the distinct households behind it, the cumulative share; ``main`` up to the 80 % mark."""

    name: str
    count: int
    households: int
    cumulative: Rate
    main: bool
    mark: bool


def pareto(
    counts: Mapping[str, int], households: Mapping[str, int] | None = None, other: str = "other"
) -> list[ParetoRow]:
    """Classes by count, ties by name, ``other`` last; ``mark`` on the first whose cumulative share reaches 80 % (2.12).

    Give ``households`` (distinct ones by class) so that one loud voice is not taken for many.
    """
    names = sorted(counts, key=lambda name: (name == other, -counts[name], name))
    total, running, marked = sum(counts.values()), 0, False
    rows = []
    for name in names:
        running += counts[name]
        mark = not marked and total > 0 and running * 100 >= MAIN_PERCENT * total
        rows.append(
            ParetoRow(name, counts[name], (households or {}).get(name, 0), Rate(running, total), not marked, mark)
        )
        marked = marked or mark
    return rows


def is_concentrated(households: int, forms: int, returned: int, policy: Policy) -> bool:
    """Must the open letter answer this issue (SV-11)? Enough distinct households, or enough of the forms returned."""
    if households >= policy.concentrated_households:
        return True
    return returned > 0 and forms * 100 >= policy.concentrated_percent * returned


def _binomial_below(x: int, n: int, p: float) -> float:
    """P(X ≤ x) of n trials."""
    return sum(comb(n, k) * p**k * (1 - p) ** (n - k) for k in range(x + 1))


def _root(falling: Callable[[float], float], level: float) -> float:
    """Where a function falling from 0 to 1 passes ``level``, by halving."""
    low, high = 0.0, 1.0
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (middle, high) if falling(middle) > level else (low, middle)
    return (low + high) / 2


def exact_limits(x: int, n: int) -> tuple[float, float]:
    """Clopper and Pearson's 95 % limits of a share (1934)."""
    low = 0.0 if x == 0 else _root(lambda p: _binomial_below(x - 1, n, p), 0.975)
    high = 1.0 if x == n else _root(lambda p: _binomial_below(x, n, p), 0.025)
    return low, high


@dataclass(frozen=True, slots=True)
class Effect:
    """Cases before and after a measure: one-sided exact probability, ratio of daily rates with its limits (2.11)."""

    probability: float
    ratio: float | None
    low: float
    high: float

    @property
    def effective(self) -> bool:
        """Fewer than chance explains, at 5 %; else "still open"."""
        return self.probability < 0.05


def effect(before: int, days_before: int, after: int, days_after: int) -> Effect:
    """Did cases become rarer? P(X ≤ after) of all cases falling by length of the windows (W18).

    ``ratio`` is after ÷ before per day, None where nothing happened before. Raises ``ValueError`` for an empty window.
    """
    if days_before <= 0 or days_after <= 0:
        raise ValueError("a window has at least one day")
    n, p = before + after, days_after / (days_before + days_after)
    days = days_before / days_after
    low, high = (exact_limits(after, n)) if n else (0.0, 1.0)
    return Effect(
        probability=_binomial_below(after, n, p),
        ratio=after / before * days if before else None,
        low=low / (1 - low) * days if low < 1 else inf,
        high=high / (1 - high) * days if high < 1 else inf,
    )


def percentile(values: Iterable[float], percent: int) -> float | None:
    """By nearest rank: value number ⌈q·n⌉ in order, the first at least; None without values (W18)."""
    row = sorted(values)
    return row[max(1, (percent * len(row) + 99) // 100) - 1] if row else None


def ranks(values: Sequence[float]) -> list[float]:
    """Ranks from 1, ties sharing their average."""
    order = sorted(range(len(values)), key=values.__getitem__)
    out = [0.0] * len(values)
    start = 0
    for stop in range(1, len(order) + 1):
        if stop == len(order) or values[order[stop]] != values[order[start]]:
            for i in order[start:stop]:
                out[i] = (start + 1 + stop) / 2
            start = stop
    return out


def spearman(pairs: Sequence[tuple[float, float]]) -> float | None:
    """Rank correlation with average ranks; None where one side is constant."""
    xs, ys = ranks([x for x, _ in pairs]), ranks([y for _, y in pairs])
    if not pairs:
        return None
    mean_x, mean_y = fmean(xs), fmean(ys)
    spread_x, spread_y = sum((x - mean_x) ** 2 for x in xs), sum((y - mean_y) ** 2 for y in ys)
    if not spread_x or not spread_y:
        return None
    return sum((x - mean_x) * (y - mean_y) for x, y in zip(xs, ys, strict=True)) / sqrt(spread_x * spread_y)


@dataclass(frozen=True, slots=True)
class Importance:
    """An item in the importance matrix: its index, its correlation with the overall item, and which halves it is in."""

    item: str
    index: float
    importance: float
    high_index: bool
    high_importance: bool


@dataclass(frozen=True, slots=True)
class Matrix:
    """The matrix of GB/T 19038 annex D: shown items, those that do not vary, those with too few pairs (W18)."""

    shown: tuple[Importance, ...]
    constant: tuple[str, ...]
    too_few: tuple[str, ...]


def importance_matrix(items: Mapping[str, tuple[float, Sequence[tuple[float, float]]]]) -> Matrix:
    """From each item's index and its pairs (item, overall) valid in both; cut lines are the means, on them is high."""
    too_few = tuple(key for key, (_, pairs) in items.items() if len(pairs) < FEWEST_PAIRS)
    worth = {key: spearman(pairs) for key, (_, pairs) in items.items() if key not in too_few}
    known = {key: value for key, value in worth.items() if value is not None}
    if not known:
        return Matrix((), tuple(worth), too_few)
    cut_index, cut_worth = fmean(items[key][0] for key in known), fmean(known.values())
    return Matrix(
        tuple(
            Importance(key, items[key][0], value, items[key][0] >= cut_index, value >= cut_worth)
            for key, value in known.items()
        ),
        tuple(key for key in worth if key not in known),
        too_few,
    )
