"""Rows that were refused, handed back as a file to be corrected and handed in again; full of names and numbers.

The headings are those of the roster where they say what the column was taken for, so that the corrected file is understood
by itself. What merged cells above said for a row stands in its own cells.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime
from uuid import UUID

from flask_babel import gettext
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.core import audit
from portal.core.db import writing
from portal.core.documents.sheets import Column, write_csv, write_xlsx
from portal.domain.roster.headings import PLAIN_HEADINGS, field_of
from portal.domain.roster.layout import Layout
from portal.households.models import RosterImport, RosterRow
from portal.households.roster_reading import SECTION
from portal.households.roster_words import row_words

TYPES = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv; charset=utf-8",
}


def refused_file(session: Session, found: RosterImport, kind: str) -> bytes:
    """The refused rows of an import as ``xlsx`` or ``csv``: line, reason, then the cells as they stood."""
    layout = Layout.from_json(found.layout)
    rows = list(_rows(session, found.id))
    width = max([len(row.cells) for row in rows] + [place + 1 for place in (*layout.columns, *layout.headings)])
    extra = sorted({name for row in rows for name in row.carried if layout.column(_field(name)) is None})
    columns = [Column(gettext("Row"), 8), Column(gettext("Why it came back"), 44)]
    columns += [Column(PLAIN_HEADINGS[_field(name)]) for name in extra]
    columns += [Column(_heading(place, layout), 16) for place in range(width)]
    body = (_line(row, layout, extra) for row in rows)
    return write_xlsx(columns, body) if kind == "xlsx" else write_csv(columns, body)


def note_taken(found: RosterImport, kind: str, *, by: UUID, at: datetime) -> None:
    """Record who takes the rows away, before they go."""
    with writing() as session:
        audit.record(
            session, "households:roster:taken", found.id, office_id=found.office_id, by=by, at=at, kind=kind,
            rows=found.refused,
        )  # fmt: skip


def _rows(session: Session, import_id: UUID) -> Iterator[RosterRow]:
    query = select(RosterRow).where(RosterRow.import_id == import_id, RosterRow.outcome == "refused")
    yield from session.scalars(query.order_by(RosterRow.line, RosterRow.id))


def _field(name: str) -> str:
    return "building" if name == SECTION else name


def _heading(place: int, layout: Layout) -> str:
    field, written = layout.columns.get(place, ""), layout.headings.get(place, "")
    return written if not field or field_of(written) == field else PLAIN_HEADINGS[field]


def _line(row: RosterRow, layout: Layout, extra: Sequence[str]) -> list[str | int]:
    cells = list(row.cells)
    for name, text in row.carried.items():
        place = layout.column(_field(name))
        if place is not None and name not in extra:
            cells += [""] * (place + 1 - len(cells))
            cells[place] = cells[place] or text
    return [row.line, row_words(row.code, row.params), *(row.carried.get(name, "") for name in extra), *cells]
