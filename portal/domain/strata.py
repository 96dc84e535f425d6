"""Parts of an estate that are drawn from and counted apart: building × stair, joined where too small (W4, W9).

``domain/sampling`` draws in them, ``domain/estimates`` weighs by them; both join small ones by the one rule here.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from math import sqrt
from typing import Generic, TypeVar

SMALLEST_STRATUM = 5
LEAST_DRAWN = 2

Content = TypeVar("Content")


def stratum_code(building: str, part: str) -> str:
    """``01-1`` for stair 1 of building 01; the building alone where it has no stairs (W4)."""
    return f"{building}-{part}" if part else building


@dataclass(frozen=True, slots=True)
class Cell(Generic[Content]):
    """A part of an estate with what is known of it; ``joined`` lists the codes that went into it, its own first."""

    building: str
    part: str
    content: Content
    joined: tuple[str, ...] = ()

    @property
    def code(self) -> str:
        """The code it is drawn and listed under."""
        return stratum_code(self.building, self.part)

    @property
    def codes(self) -> tuple[str, ...]:
        """Every code that it stands for."""
        return self.joined or (self.code,)


def join_small(
    cells: Sequence[Cell[Content]],
    is_small: Callable[[Content], bool],
    add: Callable[[Content, Content], Content],
) -> list[Cell[Content]]:
    """The cells in code order, small ones joined to a neighbour until none is small or one is left (W4).

    The first small one joins the next of its building, else the previous of its building, else the next, else the
    previous. The cell it joins keeps its own code and building.
    """
    row = sorted(cells, key=lambda cell: (cell.code, cell.building))
    of_building = Counter(cell.building for cell in row)
    at = 0
    while len(row) > 1 and at < len(row):
        cell = row[at]
        if not is_small(cell.content):
            at += 1
            continue
        to = _neighbour(row, at) if of_building[cell.building] > 1 else (at + 1 if at + 1 < len(row) else at - 1)
        host = row[to]
        row[to] = Cell(host.building, host.part, add(host.content, cell.content), host.codes + cell.codes)
        of_building[cell.building] -= 1
        del row[at]
        at = min(at, to)  # what was passed before is not small; only the one that grew is looked at again
    return row


def _neighbour(row: Sequence[Cell[Content]], at: int) -> int:
    building = row[at].building
    after = next((i for i in range(at + 1, len(row)) if row[i].building == building), None)
    if after is not None:
        return after
    return next(i for i in range(at - 1, -1, -1) if row[i].building == building)


def with_floor(drawn: Mapping[str, int], households: Mapping[str, int]) -> dict[str, int]:
    """At least two of each stratum, so that a variance exists, or all where there are fewer; nobody gives (W4)."""
    return {code: max(number, min(LEAST_DRAWN, households[code])) for code, number in drawn.items()}


def allocate(size: int, households: Mapping[str, int]) -> dict[str, int]:
    """Shares of ``size`` in proportion to the households of each stratum, by largest remainder (W4, before the floor).

    Ties go to the larger stratum, then to the smaller code. Never more than a stratum holds. Raises ``ValueError``
    where more are wanted than there are.
    """
    total = sum(households.values())
    if not 0 <= size <= total:
        raise ValueError("the sample is larger than the frame")
    if total == 0:
        return dict.fromkeys(households, 0)
    shares = {code: size * held // total for code, held in households.items()}
    order = sorted(households, key=lambda code: (-(size * households[code] % total), -households[code], code))
    for code in order[: size - sum(shares.values())]:
        shares[code] += 1
    return shares


def allocate_by_spread(
    size: int, households: Mapping[str, int], last_wave: Mapping[str, tuple[int, int]]
) -> dict[str, int]:
    """Neyman's shares: more where the last wave's answers were more divided; offered, never the default (W4).

    ``last_wave`` gives (satisfied, answers) by stratum; the spread is that of (x + 1) / (n + 2), so a stratum that is
    unanimous or unknown still has one. No stratum gives more than it holds; the excess is shared again.
    """
    if not 0 <= size <= sum(households.values()):
        raise ValueError("the sample is larger than the frame")
    weight = {}
    for code, held in households.items():
        satisfied, answers = last_wave.get(code, (0, 0))
        p = (satisfied + 1) / (answers + 2)
        weight[code] = held * sqrt(p * (1 - p))
    full: dict[str, int] = {}
    while True:
        open_codes = [code for code in households if code not in full]
        left, total = size - sum(full.values()), sum(weight[code] for code in open_codes)
        quota = {code: left * weight[code] / total if total else 0.0 for code in open_codes}
        over = [code for code in open_codes if quota[code] > households[code]]
        if not over:
            break
        full |= {code: households[code] for code in over}
    shares = full | {code: int(quota[code]) for code in open_codes}
    order = sorted(open_codes, key=lambda code: (-(quota[code] - int(quota[code])), -households[code], code))
    for code in order:
        if sum(shares.values()) < size and shares[code] < households[code]:
            shares[code] += 1
    return {code: shares[code] for code in households}
