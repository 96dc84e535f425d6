"""Days of moving in as offices write them, with how exactly they are said.

``2016-06-29``, ``2016.6``, ``2015年6月``, ``08/08/2009``, ``8 Aug 2009``, a spreadsheet's serial number. Which of two
numbers is the day is decided once for a column, by evidence. Years of the Republic (民國) and years of two digits are
never converted: the same figures mean different years to different readers.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from typing import Literal

from portal.domain.roster.folding import squeeze

DateOrder = Literal["day_first", "month_first"]
Precision = Literal["", "day", "month", "year"]

EARLIEST_YEAR = 1945
LATEST_YEAR = 2100

_SERIAL_EPOCH = date(1899, 12, 30)
_SERIALS = range(16_500, 73_500)
"""1945 to 2101 as days since the spreadsheets' epoch; years written as plain numbers lie far below."""

_MONTHS = {
    name: place
    for place, name in enumerate(
        ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"), start=1
    )
}
_TIME = r"(?:T?\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?)?"
_YEAR_FIRST = re.compile(rf"(?P<y>\d{{4}})(?:[-/.年](?P<m>\d{{1,2}})(?:[-/.月](?P<d>\d{{1,2}})?日?)?)?[月年]?{_TIME}")
_COMPACT = re.compile(r"(?P<y>(?:19|20)\d{2})(?P<m>\d{2})(?P<d>\d{2})")
_TWO_FIRST = re.compile(rf"(?P<a>\d{{1,2}})[-/.](?P<b>\d{{1,2}})[-/.](?P<y>\d{{4}}){_TIME}")
_MONTH_YEAR = re.compile(r"(?P<m>\d{1,2})[-/.](?P<y>\d{4})")
_ENGLISH = re.compile(r"(?:(?P<d>\d{1,2})(?:ST|ND|RD|TH)?[-,./]?)?(?P<m>[A-Z]{3})[A-Z]*[-,./]?(?P<y>\d{4})")
_ENGLISH_US = re.compile(r"(?P<m>[A-Z]{3})[A-Z]*\.?(?P<d>\d{1,2}),(?P<y>\d{4})")
_REPUBLIC = re.compile(r"(?:中华)?民国.*|\d{2,3}年\d{1,2}月.*民国.*")
_SHORT_YEAR = re.compile(r"\d{1,3}[-/.年]\d{1,2}[-/.月]\d{1,2}日?|\d{2,3}年(?:\d{1,2}月?)?")
_AROUND = re.compile(r"^(?:约|大约|大概)|(?:左右|前后|起|初|底|年中)$")


@dataclass(frozen=True, slots=True)
class MovedIn:
    """A day as far as it was said: the first of the month or year where only that is known; or what was wrong."""

    on: date | None = None
    precision: Precision = ""
    doubt: str = ""


@lru_cache(maxsize=8192)
def read_date(text: str, order: DateOrder = "day_first") -> MovedIn:
    """The day a cell says.

    Doubts: ``date_unreadable``, ``date_republic``, ``date_short_year``, ``date_out_of_range``.
    """
    words = squeeze(text)
    if not words:
        return MovedIn()
    if _REPUBLIC.fullmatch(words):
        return MovedIn(doubt="date_republic")
    words = _AROUND.sub("", _AROUND.sub("", words))
    found = _parts(words, order)
    if found is None:
        return MovedIn(doubt="date_short_year" if _SHORT_YEAR.fullmatch(words) else "date_unreadable")
    year, month, day = found
    try:
        on = date(year, month or 1, day or 1)
    except ValueError:
        return MovedIn(doubt="date_unreadable")
    if not EARLIEST_YEAR <= year <= LATEST_YEAR:
        return MovedIn(doubt="date_out_of_range")
    return MovedIn(on, "day" if day else "month" if month else "year")


def _parts(words: str, order: DateOrder) -> tuple[int, int, int] | None:
    """(year, month or 0, day or 0)."""
    if re.fullmatch(r"\d{5}(?:\.\d+)?", words) and int(float(words)) in _SERIALS:
        on = _SERIAL_EPOCH + timedelta(days=int(float(words)))
        return on.year, on.month, on.day
    if match := _COMPACT.fullmatch(words) or _YEAR_FIRST.fullmatch(words) or _MONTH_YEAR.fullmatch(words):
        parts = match.groupdict()
        return int(parts["y"]), int(parts["m"] or 0), int(parts.get("d") or 0)
    if match := _TWO_FIRST.fullmatch(words):
        day, month = (match["a"], match["b"]) if order == "day_first" else (match["b"], match["a"])
        return int(match["y"]), int(month), int(day)
    match = _ENGLISH.fullmatch(words) or _ENGLISH_US.fullmatch(words)
    if match and match["m"] in _MONTHS:
        return int(match["y"]), _MONTHS[match["m"]], int(match["d"] or 0)
    return None


def order_of(cells: Iterable[str]) -> DateOrder | None:
    """Which number is the day in ``a/b/2009``, by the cells that can be read one way only; None without evidence."""
    day_first = month_first = 0
    for cell in cells:
        match = _TWO_FIRST.fullmatch(squeeze(cell))
        if match:
            day_first += int(match["a"]) > 12 >= int(match["b"])
            month_first += int(match["b"]) > 12 >= int(match["a"])
    if day_first == month_first:
        return None
    return "day_first" if day_first > month_first else "month_first"


def is_two_way(cell: str) -> bool:
    """Whether a cell holds a day whose order matters (``08/07/2009``)."""
    return _TWO_FIRST.fullmatch(squeeze(cell)) is not None


def looks_like_date(cell: str) -> bool:
    """Whether a cell by itself would be taken for a day; bare numbers of five digits are not, they may be anything."""
    return not re.fullmatch(r"\d{1,5}(?:\.\d+)?", squeeze(cell)) and read_date(cell).on is not None
