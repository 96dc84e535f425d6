"""Where a Chinese line may end (避头尾), as a plain calculation over characters with widths.

The PDF library's own rule knows two closing marks, cuts numbers and addresses anywhere, and ignores line breaks.
Rules followed here: GB/T 15834 and the W3C's Requirements for Chinese Text Layout: no line begins with closing
punctuation or ends with opening punctuation, a dash or ellipsis of two characters stays together, a word or number of
Latin script is not cut while it fits a line.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

HAN, LATIN, SPACE, THING, BREAK, MARK = range(6)
"""What a unit is: a square character, part of a word, white space, an inline picture, ``<br>``, an invisible mark."""

NEVER_FIRST = frozenset(
    "!%),.:;?]}¢°·’”„†‡›‰′″℃℉…—"
    "、。〃々〆〉》」』】〕〗〞ー"
    "︰︱︳︶︸︺︼︾﹀﹂﹄﹐﹑﹒﹔﹕﹖﹗﹚﹜﹞"
    "！％），．：；？］｜｝～￠"
    "㎎㎏㎜㎝㎞㎡㎥"
)
NEVER_LAST = frozenset("#$(@[{£¥§‘“№〈《「『【〔〖〝︵︷︹︻︽︿﹁﹃﹙﹛﹝＃＄（＠［｛￡￥")
PAIRED = frozenset("…—⋯─")
SQUARE_MARKS = frozenset("“”‘’…—·※→←↑↓")
ENOUGH = 1e-6
"""Points by which a line may exceed its width: sums of rounded advances."""


@dataclass(frozen=True, slots=True)
class Glyph:
    """One character of one face. ``advance`` is in units of the type size."""

    kind: int
    text: str
    advance: float
    may_start: bool = True
    may_end: bool = True
    paired: bool = False


Unit = tuple[Glyph, Any, float]
"""A glyph, the fragment of text it belongs to, its width in points."""


def kind_of(character: str) -> int:
    """Whether a character is set as a square one, as part of a word, or as white space between."""
    point = ord(character)
    if character in " \t\n\r":
        return SPACE
    square = (
        0x2E80 <= point <= 0x9FFF
        or 0xF900 <= point <= 0xFAFF
        or 0xFE30 <= point <= 0xFE4F
        or 0xFF00 <= point <= 0xFFEF
        or point >= 0x20000
        or 0x2460 <= point <= 0x27BF
        or character in SQUARE_MARKS
    )
    return HAN if square else LATIN


def may_break(before: Glyph, after: Glyph) -> bool:
    """Whether a line may end after ``before`` and the next begin with ``after``."""
    if after.kind in (MARK, SPACE) or not after.may_start:
        return False
    if before.kind == SPACE:
        return True
    if not before.may_end:
        return False
    if before.kind == LATIN and after.kind == LATIN:
        return before.text == "/" and after.text.isalpha()
    return not (after.paired and before.text == after.text)


@dataclass(frozen=True, slots=True)
class Line:
    """Units ``start`` to ``stop`` (white space at its ends left out). ``room`` is what is left over, in points."""

    start: int
    stop: int
    room: float
    forced: bool = False
    spaced: bool = False
    """White space was dropped at its end; put back when the paragraph is taken apart over two pages."""


def break_lines(units: Sequence[Unit], widths: Sequence[float]) -> list[Line]:
    """Fill lines of ``widths`` points (the last one repeats) with as many units as fit.

    A unit wider than a line stands alone on it; a word longer than a line is cut.
    """
    lines: list[Line] = []
    at = _skip_spaces(units, 0)
    while at < len(units):
        width = widths[min(len(lines), len(widths) - 1)]
        stop, forced = _end_of_line(units, at, width)
        lines.append(_trimmed(units, at, stop, width, forced))
        at = stop if forced else _skip_spaces(units, stop)
    return lines


def _end_of_line(units: Sequence[Unit], start: int, width: float) -> tuple[int, bool]:
    used, last, before = 0.0, start, None
    for at in range(start, len(units)):
        glyph, _, advance = units[at]
        if glyph.kind == BREAK:
            return at + 1, True
        if glyph.kind != SPACE:
            if before is not None and may_break(before, glyph):
                last = at
            if used + advance > width + ENOUGH and at > start:
                return (last if last > start else _cut_anyway(units, start, at)), False
        used += advance
        before = glyph
    return len(units), False


def _cut_anyway(units: Sequence[Unit], start: int, at: int) -> int:
    """Where to cut a run that allows no break: still not before a mark that must not come first, if that can be had."""
    cut = at
    while cut > start + 1 and not (units[cut][0].may_start and units[cut - 1][0].may_end):
        cut -= 1
    return cut if cut > start + 1 or units[cut][0].may_start else at


def _skip_spaces(units: Sequence[Unit], at: int) -> int:
    while at < len(units) and units[at][0].kind == SPACE:
        at += 1
    return at


def _trimmed(units: Sequence[Unit], start: int, stop: int, width: float, forced: bool) -> Line:
    end = stop
    while end > start and units[end - 1][0].kind == SPACE:
        end -= 1
    used = sum(units[at][2] for at in range(start, end))
    return Line(start, end, width - used, forced, spaced=end < stop)
