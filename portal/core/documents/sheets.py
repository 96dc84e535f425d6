"""Lists as XLSX and CSV, for people who open them in a spreadsheet.

Text that a resident typed stays text: a cell that a spreadsheet would take for a formula is a plain string in XLSX, and
carries an apostrophe in front in CSV, which knows no cell types (CWE-1236). Only text is treated so: a number may be
negative.
"""

import csv
import io
import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

Value = str | int | float | Decimal | bool | date | datetime | time | None

FORMULA_STARTS = frozenset("=+-@\t\r\n＝＋－＠")
"""The full-width four are read as formulas by spreadsheets set to Chinese or Japanese."""

MOST_CHARACTERS = 32_767
MOST_ROWS = 1_048_575
EXACT_INTEGER = 10**15
"""Beyond it a spreadsheet rounds, so such a number (a card, an order) is written as text."""


@dataclass(frozen=True)
class Column:
    """One column: its heading, its width in characters of half width, and ``number_format`` in the spreadsheet's own
    notation (``0.0%``) where the usual one does not do."""

    title: str
    width: float = 14
    number_format: str = ""


class SheetTooLong(ValueError):
    """More rows than one sheet can hold (1,048,575 below the heading)."""


def write_xlsx(
    columns: Sequence[Column],
    rows: Iterable[Sequence[Value]],
    *,
    zone: ZoneInfo | None = None,
    about: Sequence[tuple[str, str]] = (),
) -> bytes:
    """One sheet with a fixed heading and a filter; memory does not grow with the number of rows.

    ``about`` goes on a second sheet, line by line: who took it, when, what was asked for.

    Dates become real dates. A ``datetime`` that knows its zone is shown in ``zone``; without one it is refused with
    ``ValueError``, since a sheet cannot say that it holds UTC. Text longer than a cell holds ends in ``…``.

    Raises ``SheetTooLong``, and ``ValueError`` for a number that is not finite.
    """
    import xlsxwriter

    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"constant_memory": True})
    try:
        sheet = book.add_worksheet()
        formats = _Formats(book, columns)
        sheet.freeze_panes(1, 0)
        for at, column in enumerate(columns):
            sheet.set_column(at, at, column.width)
            sheet.write_string(0, at, _short(column.title), formats.heading)
        last = 0
        for last, row in enumerate(rows, start=1):
            if last > MOST_ROWS:
                raise SheetTooLong
            for at, value in enumerate(row):
                _write_cell(sheet, last, at, _local(value, zone), formats)
        if columns:
            sheet.autofilter(0, 0, last, len(columns) - 1)
        if about:
            second = book.add_worksheet()
            second.set_column(0, 1, 30)
            for at, line in enumerate(about):
                for cell, text in enumerate(line):
                    second.write_string(at, cell, _short(text))
    finally:
        book.close()
    return out.getvalue()


def write_csv(columns: Sequence[Column], rows: Iterable[Sequence[Value]], *, zone: ZoneInfo | None = None) -> bytes:
    """UTF-8 with a byte order mark, by which Excel knows the encoding; dates as ISO 8601, lines end in CR LF."""
    return b"".join(stream_csv(columns, rows, zone=zone))


def stream_csv(
    columns: Sequence[Column], rows: Iterable[Sequence[Value]], *, zone: ZoneInfo | None = None
) -> Iterator[bytes]:
    """The same text as ``write_csv``, a few hundred rows at a time, for lists of any length."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    out.write("\ufeff")
    writer.writerow([_harmless(column.title) for column in columns])
    for number, line in enumerate(_csv_rows(rows, zone), start=1):
        writer.writerow(line)
        if number % 500 == 0:
            yield out.getvalue().encode("utf-8", errors="replace")
            out.seek(0)
            out.truncate()
    yield out.getvalue().encode("utf-8", errors="replace")


class _Formats:
    def __init__(self, book: Any, columns: Sequence[Column]) -> None:
        self.heading = book.add_format({"bold": True, "bg_color": "#E2F1EC", "bottom": 1, "valign": "vcenter"})
        self.kinds = {
            datetime: book.add_format({"num_format": "yyyy-mm-dd hh:mm", "align": "left"}),
            date: book.add_format({"num_format": "yyyy-mm-dd", "align": "left"}),
            time: book.add_format({"num_format": "hh:mm", "align": "left"}),
        }
        self.own = [
            book.add_format({"num_format": column.number_format}) if column.number_format else None
            for column in columns
        ]

    def of(self, at: int, value: Value) -> Any:
        own = self.own[at] if at < len(self.own) else None
        return own or self.kinds.get(type(value))


def _write_cell(sheet: Any, row: int, at: int, value: Value, formats: _Formats) -> None:
    match value:
        case None:
            return
        case bool():
            sheet.write_boolean(row, at, value)
        case int() | float() | Decimal():
            _write_number(sheet, row, at, value, formats)
        case date() | datetime() | time():
            sheet.write_datetime(row, at, value, formats.of(at, value))
        case _:
            sheet.write_string(row, at, _short(str(value)))


def _write_number(sheet: Any, row: int, at: int, value: int | float | Decimal, formats: _Formats) -> None:
    if not math.isfinite(value):
        raise ValueError("not a finite number")
    if not isinstance(value, float) and not -EXACT_INTEGER < value < EXACT_INTEGER:
        sheet.write_string(row, at, str(value))
    else:
        sheet.write_number(row, at, value, formats.of(at, value))


def _local(value: Value, zone: ZoneInfo | None) -> Value:
    if isinstance(value, datetime) and value.tzinfo is not None:
        if zone is None:
            raise ValueError("a time with a zone needs the zone to show it in")
        return value.astimezone(zone).replace(tzinfo=None)
    return value


def _short(text: str) -> str:
    text = text.encode("utf-8", errors="replace").decode("utf-8")
    return text if len(text) <= MOST_CHARACTERS else text[: MOST_CHARACTERS - 1] + "…"


def _csv_rows(rows: Iterable[Sequence[Value]], zone: ZoneInfo | None) -> Iterator[list[str]]:
    for row in rows:
        yield [_csv_cell(_local(value, zone)) for value in row]


def _csv_cell(value: Value) -> str:
    match value:
        case None:
            return ""
        case datetime():
            return value.isoformat(sep=" ", timespec="minutes")
        case str():
            return _harmless(value)
        case _:
            return str(value)


def _harmless(text: str) -> str:
    text = text.replace("\x00", "")
    return f"'{text}" if text.lstrip(" \ufeff\u00a0\u3000")[:1] in FORMULA_STARTS else text
