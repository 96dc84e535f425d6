"""Unpacks one sheet of a workbook, as a process of its own: ``python -m portal.households.roster_sheet``.

A workbook of five kilobytes can ask for a table of seventeen thousand million cells, and the library that reads it then
ends the whole process (measured). So a process with little memory and time reads it, and the web server or the job only
sees how that ended. What comes back is text: rows as lines of JSON in a file, and one line of JSON about the workbook.
"""

import json
import re
import sys
import zipfile
from collections.abc import Iterator
from contextlib import suppress
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook, PasswordError, SheetTypeEnum
from python_calamine import SheetVisibleEnum as Visible

from portal.domain.roster.layout import guess_layout
from portal.domain.roster.limits import (
    HEADING_ROWS,
    MAX_CELL_CHARACTERS,
    MAX_COLUMNS,
    MAX_ROWS,
    MAX_SHEETS_LOOKED_AT,
    READING_MEMORY_BYTES,
    READING_SECONDS,
)

_FORMULA = re.compile(rb"<(?:\w+:)?f[ />]")
_CHUNK = 1 << 20


def main(source: str, target: str, wanted: str) -> int:
    """Write the rows of the sheet ``wanted`` ('' for the one most like a roster) of ``source`` into ``target``."""
    _confine()
    try:
        answer = unpack(Path(source), Path(target), wanted)
    except PasswordError:
        answer = {"refused": "roster.encrypted"}
    except MemoryError:
        answer = {"refused": "roster.too_large_unpacked"}
    except (CalamineError, zipfile.BadZipFile, OSError, ValueError):
        answer = {"refused": "roster.unreadable"}
    sys.stdout.write(json.dumps(answer))
    return 0


def _confine() -> None:
    """Bound memory and time, where the system can: Windows has no such limits, and macOS none of memory."""
    try:
        import resource
    except ImportError:
        return
    for kind, most in ((resource.RLIMIT_AS, READING_MEMORY_BYTES), (resource.RLIMIT_CPU, READING_SECONDS)):
        _, hard = resource.getrlimit(kind)
        limit = most if hard == resource.RLIM_INFINITY else min(most, hard)
        with suppress(ValueError, OSError):
            resource.setrlimit(kind, (limit, limit))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def unpack(source: Path, target: Path, wanted: str) -> dict[str, Any]:
    """About the workbook: its sheets, the one chosen, how many rows were written, whether formulas are among them."""
    with CalamineWorkbook.from_path(source) as book:
        names = [sheet.name for sheet in book.sheets_metadata if sheet.typ == SheetTypeEnum.WorkSheet]
        hidden = {sheet.name for sheet in book.sheets_metadata if sheet.visible != Visible.Visible}
        if wanted and wanted not in names:
            return {"refused": "roster.no_such_sheet", "params": {"sheet": wanted[:60]}, "sheets": names}
        shown = [name for name in names if name not in hidden] or names
        if not shown:
            return {"refused": "roster.empty"}
        alike: list[str] = []
        chosen = wanted
        if not wanted:
            chosen, alike = _most_like_a_roster(book, shown[:MAX_SHEETS_LOOKED_AT])
        count = _write(book.get_sheet_by_name(chosen), target)
    if count > MAX_ROWS:
        return {"refused": "roster.too_many_rows", "params": {"most": MAX_ROWS}}
    if not count:
        return {"refused": "roster.empty"}
    return {
        "sheets": names,
        "hidden": sorted(hidden),
        "sheet": chosen,
        "alike": alike,
        "rows": count,
        "formulas": _formulas(source),
    }


def _most_like_a_roster(book: CalamineWorkbook, names: list[str]) -> tuple[str, list[str]]:
    """The sheet whose heading tells most, and the other sheets that look like rosters too."""
    if len(names) == 1:
        return names[0], []
    ranked = []
    for place, name in enumerate(names):
        sheet = book.get_sheet_by_name(name)
        head = [cells for _, cells in zip(range(HEADING_ROWS), _rows(sheet), strict=False)]
        layout = guess_layout(head)
        fit = ("low", "medium", "high").index(layout.confidence)
        ranked.append((fit, len(set(layout.columns.values())), sheet.height, -place, name))
    ranked.sort(reverse=True)
    return ranked[0][-1], [name for fit, *_, name in ranked[1:] if fit > 0]


def _rows(sheet: CalamineSheet) -> Iterator[list[str]]:
    """The rows of a sheet as text, from row 1 and column A on; a merged cell fills the rows below its first."""
    # The library leaves out empty columns at the left, but not empty rows at the top.
    before = [""] * (sheet.start[1] if sheet.start else 0)
    merged: dict[int, list[tuple[int, int]]] = {}
    for (top, left), (bottom, _) in sheet.merged_cell_ranges or []:
        if bottom > top and left < MAX_COLUMNS:
            merged.setdefault(top, []).append((bottom, left))
    filling: dict[int, tuple[int, str]] = {}
    for place, row in enumerate(sheet.iter_rows()):
        cells = [*before, *map(_text, row)][:MAX_COLUMNS]
        for left, (bottom, text) in list(filling.items()):
            if place > bottom:
                del filling[left]
            elif left < len(cells) and not cells[left]:
                cells[left] = text
        for bottom, left in merged.get(place, ()):
            if left < len(cells) and cells[left]:
                filling[left] = bottom, cells[left]
        yield cells


def _text(value: Any) -> str:
    """A cell as text that says the same in every locale: days as 2016-06-29, whole numbers without a decimal point."""
    if isinstance(value, str):
        return value[: MAX_CELL_CHARACTERS + 1]
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time.min else value.isoformat(sep=" ", timespec="minutes")
    if isinstance(value, date):
        return value.isoformat()
    return str(value)


def _write(sheet: CalamineSheet, target: Path) -> int:
    """Number of rows that hold anything; blank ones between them are written too, so that numbers of lines agree."""
    held, blank = 0, 0
    with target.open("w", encoding="utf-8", newline="\n") as out:
        for cells in _rows(sheet):
            if not any(cells):
                blank += 1
                continue
            out.write("[]\n" * blank)
            blank = 0
            out.write(json.dumps(cells, ensure_ascii=False))
            out.write("\n")
            held += 1
            if held > MAX_ROWS:
                break
    return held


def _formulas(source: Path) -> bool:
    """Whether any sheet holds formulas: only stored results are read, and one never stored is an empty cell."""
    with zipfile.ZipFile(source) as archive:
        for name in archive.namelist():
            if not re.fullmatch(r"xl/worksheets/[^/]+\.xml", name):
                continue
            with archive.open(name) as part:
                tail = b""
                while chunk := part.read(_CHUNK):
                    if _FORMULA.search(tail + chunk):
                        return True
                    tail = chunk[-16:]
    return False


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:4]))
