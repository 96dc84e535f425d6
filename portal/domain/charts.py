"""Where the parts of a chart stand: plain numbers for SVG that the server draws; no colour and no words.

All lengths are in the units of the drawing, rounded to one decimal; y grows downwards as in SVG.
"""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a stacked bar: which series, from where, how long, and the number it stands for."""

    series: int
    start: float
    length: float
    value: int


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its left edge, its middle, its parts from the bottom up (``start`` is the upper edge), their sum."""

    left: float
    middle: float
    parts: tuple[Part, ...]
    total: int
    top: float


@dataclass(frozen=True, slots=True)
class Columns:
    """Stacked columns above a base line at ``height``; ``ticks``: (y, number) of the lines behind them, from 0 up."""

    width: float
    height: float
    thick: float
    columns: tuple[Column, ...]
    ticks: tuple[tuple[float, int], ...]


def place(share: float, width: float, low: float = 0.0) -> float:
    """Where a share of 0..1 stands on an axis from ``low`` to 1, in units from the left; clamped to the axis."""
    at = (min(max(share, low), 1.0) - low) / (1.0 - low)
    return round(at * width, 1)


def axis(most: int) -> tuple[int, int]:
    """Upper end and step of an axis from 0 that holds ``most``: steps of 1, 2 or 5 with noughts, at most five of them."""
    step = power = 1
    while True:
        for factor in (1, 2, 5):
            step = factor * power
            if step * 5 >= most:
                return max(-(-most // step), 1) * step, step
        power *= 10


def along(values: Sequence[int], length: float, whole: int | None = None) -> tuple[Part, ...]:
    """Values beside each other on a bar of ``length`` that stands for ``whole`` (their sum where not given).

    Edges are rounded, not lengths, so that the parts join without a gap and end where the bar ends. Nothing is drawn for 0.
    """
    whole = sum(values) if whole is None else whole
    if whole <= 0:
        return ()
    parts, before = [], 0
    for series, value in enumerate(values):
        start, before = round(length * before / whole, 1), before + value
        if value:
            parts.append(Part(series, start, round(round(length * before / whole, 1) - start, 1), value))
    return tuple(parts)


def columns(rows: Sequence[Sequence[int]], width: float, height: float, filled: float = 0.62) -> Columns:
    """One column a row, its values stacked; ``filled``: how much of its room a column takes."""
    totals = [sum(row) for row in rows]
    top, step = axis(max(totals, default=0))
    room = width / max(len(rows), 1)
    thick = round(room * filled, 1)
    made = []
    for n, (row, total) in enumerate(zip(rows, totals, strict=True)):
        left = round(n * room + (room - thick) / 2, 1)
        parts = tuple(
            Part(part.series, round(height - part.start - part.length, 1), part.length, part.value)
            for part in along(row, height, top)
        )
        made.append(Column(left, round(left + thick / 2, 1), parts, total, round(height - height * total / top, 1)))
    ticks = tuple((round(height - height * at / top, 1), at) for at in range(0, top + 1, step))
    return Columns(width, height, thick, tuple(made), ticks)
