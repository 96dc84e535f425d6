"""Who is asked: the frame, its strata, a draw that its seed repeats, and the proof that it was even (SV-04).

The draw follows W4 and W5 of the methods: in each stratum the households are listed by floor and, within a floor, by
hash; a systematic sample with a start taken from the seed then gives every household the same chance, and every run of
floors its share to less than one household. The rest, in hash order, are the substitutes.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from hashlib import sha256

from portal.domain.refusals import Refused
from portal.domain.strata import SMALLEST_STRATUM, Cell, allocate, join_small, stratum_code, with_floor

ALGORITHM = "floors-then-hash-1"
CERTAINTY = "certainty"

_RANDOM_END = re.compile(r".*[0-9a-f]{32}", re.DOTALL)


@dataclass(frozen=True, slots=True)
class FrameLine:
    """A household that may be asked: its opaque ``code`` (ASCII, no ``|``), where it lies, whether it is certain.

    ``certainty`` marks those who complained or grumbled since the last survey: all are covered, none is drawn (SV-04).
    """

    code: str
    building: str
    stair: str = ""
    floor: int | None = None
    certainty: bool = False


@dataclass(frozen=True, slots=True)
class SampleLine:
    """A household in the sample, or a substitute in the ``order`` in which its stratum's substitutes are taken."""

    code: str
    stratum: str
    order: int
    substitute: bool = False
    certainty: bool = False


@dataclass(frozen=True, slots=True)
class DrawnStratum:
    """A stratum as drawn from: the codes joined in it, its households and how many of them were drawn."""

    code: str
    joined: tuple[str, ...]
    households: int
    drawn: int


@dataclass(frozen=True, slots=True)
class Draw:
    """A finished draw, and what repeats it: the frame's hash, the seed with any digits added, the algorithm."""

    algorithm: str
    frame_hash: str
    seed: str
    size: int
    strata: tuple[DrawnStratum, ...]
    lines: tuple[SampleLine, ...]

    @property
    def asked(self) -> tuple[SampleLine, ...]:
        """All who get a form first: drawn at random and certain ones, no substitutes."""
        return tuple(line for line in self.lines if not line.substitute)


def excluded_because(occupancy: str, permanent: bool, base: str) -> str | None:
    """Why a household is not in the frame of this sample base, or None (SV-03, SV-04: vacant ones never)."""
    if occupancy == "vacant":
        return "vacant"
    if base == "permanent" and not permanent:
        return "not_permanent"
    return None


def _hash(text: str) -> str:
    return sha256(text.encode()).hexdigest()


def seed_hash(seed: str) -> str:
    """What is made public when the plan is approved, before the seed itself is known (methods 2.3)."""
    return _hash(seed)


def check_seed(seed: str, published_hash: str, digits: str = "") -> str:
    """The seed to draw by, once revealed: ``seed|digits`` where an owners' representative added digits (W5).

    Raises ``Refused``: ``sample.seed_short`` without 32 random hex digits at its end, ``sample.seed_other`` where it is
    not the one whose hash was published, ``sample.digits`` where the addition is not digits.
    """
    if not _RANDOM_END.fullmatch(seed):
        raise Refused("sample.seed_short")
    if seed_hash(seed) != published_hash:
        raise Refused("sample.seed_other")
    if digits and not (digits.isascii() and digits.isdigit()):
        raise Refused("sample.digits", field="digits")
    return f"{seed}|{digits}" if digits else seed


def hash_order(codes: Iterable[str], seed: str) -> list[str]:
    """The codes by the hash of ``seed|code``, ties by code (W5)."""
    return sorted(codes, key=lambda code: (_hash(f"{seed}|{code}"), code))


def draw_share(codes: Collection[str], percent: int, seed: str) -> tuple[str, ...]:
    """A plain random share, rounded up: the weekly repair revisits (VS-12), call-backs, inspections (QA-01)."""
    return tuple(hash_order(codes, seed)[: (percent * len(codes) + 99) // 100])


def checked_frame(frame: Iterable[FrameLine]) -> list[FrameLine]:
    """The frame by code. Raises ``Refused``: ``sample.bad_code`` or ``sample.code_twice``."""
    lines = sorted(frame, key=lambda line: line.code)
    seen: set[str] = set()
    for line in lines:
        if not line.code or not line.code.isascii() or "|" in line.code:
            raise Refused("sample.bad_code", unit=line.code)
        if line.code in seen:
            raise Refused("sample.code_twice", unit=line.code)
        seen.add(line.code)
    return lines


def frame_hash(frame: Iterable[FrameLine]) -> str:
    """One hash over all that decides a draw, fixed before the seed is published (W5)."""
    rows = (
        f"{line.code}|{line.building}|{line.stair}|{'' if line.floor is None else line.floor}|{int(line.certainty)}"
        for line in checked_frame(frame)
    )
    return _hash("\n".join(rows))


def strata_of(frame: Iterable[FrameLine]) -> list[Cell[list[FrameLine]]]:
    """The random part of the frame by building × stair, strata under five households joined to a neighbour (W4).

    Raises ``Refused("sample.stratum_twice")`` where two places have one code (stair 1 of A, and a building A-1).
    """
    parts: dict[tuple[str, str], list[FrameLine]] = {}
    for line in frame:
        if not line.certainty:
            parts.setdefault((line.building, line.stair), []).append(line)
    cells = [Cell(building, stair, lines) for (building, stair), lines in parts.items()]
    if len({cell.code for cell in cells}) < len(cells):
        raise Refused("sample.stratum_twice")
    return join_small(cells, lambda lines: len(lines) < SMALLEST_STRATUM, lambda one, other: one + other)


def positions(households: int, drawn: int, start: int) -> list[int]:
    """The places taken in a list of ``households``: i where (i·n + a) mod N < n (W5); exactly ``drawn`` of them."""
    return [i for i in range(households) if (i * drawn + start) % households < drawn]


def _by_floor(lines: Iterable[FrameLine], seed: str) -> list[FrameLine]:
    """By floor, then hash; an unknown floor comes last."""
    return sorted(
        lines, key=lambda line: (line.floor is None, line.floor or 0, _hash(f"{seed}|{line.code}"), line.code)
    )


def draw_stratum(lines: Sequence[FrameLine], stratum: str, drawn: int, seed: str) -> list[SampleLine]:
    """``drawn`` households of one stratum as listed, then the others as substitutes in hash order (W5)."""
    listed = _by_floor(lines, seed)
    start = int(_hash(f"{seed}|{stratum}"), 16) % len(listed)
    taken = [listed[i].code for i in positions(len(listed), drawn, start)]
    others = hash_order({line.code for line in lines} - set(taken), seed)
    return [SampleLine(code, stratum, i) for i, code in enumerate(taken, 1)] + [
        SampleLine(code, stratum, i, substitute=True) for i, code in enumerate(others, 1)
    ]


def draw(frame: Iterable[FrameLine], size: int, seed: str, shares: Mapping[str, int] | None = None) -> Draw:
    """Draw ``size`` households at random, evenly over buildings, stairs and floors; certain ones come on top.

    ``seed`` is what ``check_seed`` returns. ``shares`` by stratum code replaces the proportional ones (Neyman). At
    least two are drawn of every stratum, so the draw may exceed ``size``; a size of 0 draws nobody. Raises ``Refused``:
    codes of ``checked_frame`` and ``strata_of``, ``sample.too_large`` where the random part holds fewer,
    ``sample.bad_shares`` where the shares are not of these strata.
    """
    lines = checked_frame(frame)
    cells = strata_of(lines)
    held = {cell.code: len(cell.content) for cell in cells}
    if not 0 <= size <= sum(held.values()):
        raise Refused("sample.too_large", field="size", size=size, households=sum(held.values()))
    wanted = dict(shares) if shares is not None else allocate(size, held)
    if set(wanted) != set(held) or any(not 0 <= wanted[code] <= held[code] for code in held):
        raise Refused("sample.bad_shares")
    drawn = with_floor(wanted, held) if size else dict.fromkeys(held, 0)
    out: list[SampleLine] = []
    for cell in cells:
        out += draw_stratum(cell.content, cell.code, drawn[cell.code], seed)
    certain = hash_order((line.code for line in lines if line.certainty), seed)
    out += [SampleLine(code, CERTAINTY, i, certainty=True) for i, code in enumerate(certain, 1)]
    return Draw(
        algorithm=ALGORITHM,
        frame_hash=frame_hash(lines),
        seed=seed,
        size=size,
        strata=tuple(DrawnStratum(cell.code, cell.codes, held[cell.code], drawn[cell.code]) for cell in cells),
        lines=tuple(out),
    )


def check_draw(recorded: Draw, frame: Iterable[FrameLine]) -> None:
    """Draw again from what was recorded and compare (SV-04).

    Raises ``Refused``: ``sample.algorithm_other``, ``sample.frame_other`` where the frame is not the one that was
    hashed, ``sample.draw_other`` where the lines differ.
    """
    lines = list(frame)
    if recorded.algorithm != ALGORITHM:
        raise Refused("sample.algorithm_other", algorithm=recorded.algorithm)
    if recorded.frame_hash != frame_hash(lines):
        raise Refused("sample.frame_other")
    shares = {stratum.code: stratum.drawn for stratum in recorded.strata}
    again = draw(lines, recorded.size, recorded.seed, shares)
    if (again.strata, again.lines) != (recorded.strata, recorded.lines):
        raise Refused("sample.draw_other")


@dataclass(frozen=True, slots=True)
class EvenRow:
    """Drawn beside expected for a building, a stair or a band of floors; ``expected`` is what equal chances give."""

    part: str  # building | stair | floors
    code: str
    floors: tuple[int, int] | None
    households: int
    drawn: int
    expected: Fraction

    @property
    def gap(self) -> Fraction:
        """Drawn less expected, in households."""
        return self.drawn - self.expected


def _row_order(row: tuple[tuple[str, str, tuple[int, int] | None], list[FrameLine]]) -> tuple[str, str, int]:
    (part, code, floors), _ = row
    return part, code, floors[0] if floors else 0


def evenness(drawn: Draw, frame: Iterable[FrameLine], floors_in_band: int = 6) -> list[EvenRow]:
    """The random part of a draw by building, by stair, and by bands of floors within each building (SV-04).

    Bands are counted from floor 1 (1-6, 7-12 …); floors under it are bands of their own. Households whose floor is
    unknown stand in no band.
    """
    stratum_of = {line.code: line.stratum for line in drawn.lines if not line.certainty}
    chance = {s.code: Fraction(s.drawn, s.households) for s in drawn.strata}
    taken = {line.code for line in drawn.asked}
    rows: dict[tuple[str, str, tuple[int, int] | None], list[FrameLine]] = {}
    for line in frame:
        if line.certainty:
            continue
        rows.setdefault(("building", line.building, None), []).append(line)
        rows.setdefault(("stair", stratum_code(line.building, line.stair), None), []).append(line)
        if line.floor is not None:
            low = (line.floor - 1) // floors_in_band * floors_in_band + 1
            rows.setdefault(("floors", line.building, (low, low + floors_in_band - 1)), []).append(line)
    return [
        EvenRow(
            part,
            code,
            floors,
            households=len(lines),
            drawn=sum(line.code in taken for line in lines),
            expected=sum((chance[stratum_of[line.code]] for line in lines), Fraction(0)),
        )
        for (part, code, floors), lines in sorted(rows.items(), key=_row_order)
    ]


def floor_gap(drawn: Draw, frame: Iterable[FrameLine]) -> Fraction:
    """The largest |drawn − expected| over all runs of floors in a stratum; under 1 whenever W5 was kept."""
    stratum_of = {line.code: line.stratum for line in drawn.lines if not line.certainty}
    taken = {line.code for line in drawn.asked}
    floors: dict[str, dict[int, list[int]]] = {s.code: {} for s in drawn.strata}
    for line in frame:
        if not line.certainty and line.floor is not None:
            count = floors[stratum_of[line.code]].setdefault(line.floor, [0, 0])
            count[0] += 1
            count[1] += line.code in taken
    worst = Fraction(0)
    for s in drawn.strata:
        sums = [Fraction(0)]
        for floor in sorted(floors[s.code]):
            held, got = floors[s.code][floor]
            sums.append(sums[-1] + got - Fraction(held * s.drawn, s.households))
        worst = max(worst, max(sums) - min(sums))
    return worst
