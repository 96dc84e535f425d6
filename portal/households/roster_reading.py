"""The rows of an import on their way from the file to the database, slice by slice.

A file is unpacked once in a process: what one slice leaves open, the next goes on with. A process that finds nothing open
(the first slice, or another process died) opens the file anew at the line where the database says the last slice ended.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from itertools import islice
from pathlib import Path
from uuid import UUID

from flask import current_app

from portal.core.storage import Store
from portal.domain.refusals import Refused
from portal.domain.roster.layout import Layout
from portal.domain.roster.rows import Outcome, RowReader, RowRefused
from portal.households.roster_files import Table, read_table

SECTION = "section"


@dataclass(frozen=True, slots=True)
class Taken:
    """One row as it was read: its cells, what came of it, and by field what merged cells above say for it."""

    line: int
    cells: list[str]
    outcome: Outcome
    carried: Mapping[str, str] = field(default_factory=dict)


def store() -> Store:
    """Where the bytes of a roster lie until it is imported."""
    found: Store = current_app.extensions["store"]
    return found


def scratch() -> Path:
    """The folder in which rosters are unpacked; what lies there belongs to running work only."""
    folder: Path = current_app.config["PORTAL"].instance / "rosters"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def open_table(sha256: str, filename: str, *, sheet: str = "", encoding: str = "") -> Table:
    """The table of a file that was handed in. Refused as ``read_table``, and ``roster.file_gone``."""
    try:
        content = store().read(sha256)
    except FileNotFoundError:
        raise Refused("roster.file_gone") from None
    return read_table(content, filename, sheet=sheet, encoding=encoding, scratch=scratch())


class Reading:
    """An open table and the reader that goes through it; ``position`` is the last line that was read."""

    def __init__(
        self, table: Table, layout: Layout, *, today: date, position: int = 0, carried: Mapping[str, str] | None = None
    ) -> None:
        self.table = table
        self.position = max(position, layout.first_row)  # the heading is no household
        self.reader = RowReader(layout, today=today, may_shift=table.format == "csv", carried=carried)
        self._rows: Iterator[tuple[int, list[str]]] = table.rows(self.position + 1)

    def take(self, count: int) -> list[Taken]:
        """The next rows; fewer than asked for where the table ends."""
        taken = [self._one(line, cells) for line, cells in islice(self._rows, count)]
        if taken:
            self.position = taken[-1].line
        return taken

    def _one(self, line: int, cells: list[str]) -> Taken:
        outcome = self.reader.read(line, cells)
        return Taken(line, cells, outcome, carried_into(self.reader, cells) if isinstance(outcome, RowRefused) else {})


def carried_into(reader: RowReader, cells: list[str]) -> dict[str, str]:
    """What merged cells above say for a row that is silent there."""
    carried = {}
    for name in reader.layout.merged:
        places = reader.layout.all_columns(name)
        if reader.carried.get(name) and not any(place < len(cells) and cells[place].strip() for place in places):
            carried[name] = reader.carried[name]
    if reader.carried.get(SECTION):
        carried[SECTION] = reader.carried[SECTION]
    return carried


_open: dict[UUID, Reading] = {}


def keep(import_id: UUID, reading: Reading) -> None:
    """Leave a reading open for the next slice of this process."""
    _open[import_id] = reading


def kept(import_id: UUID, position: int) -> Reading | None:
    """The reading left open, if it stands where the database does; any other is closed."""
    reading = _open.get(import_id)
    if reading is not None and reading.position != position:
        forget(import_id)
        return None
    return reading


def forget(import_id: UUID) -> None:
    """Close a reading, if one is open."""
    reading = _open.pop(import_id, None)
    if reading is not None:
        reading.table.close()
