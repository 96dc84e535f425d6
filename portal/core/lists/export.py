"""A list as a spreadsheet: the same filters, every row, and who took it when on the sheet or in the file's name."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from flask_babel import gettext
from sqlalchemy.orm import Session

from portal.core.documents.sheets import Column as SheetColumn
from portal.core.documents.sheets import Value, stream_csv, write_xlsx
from portal.core.lists.address import Asked
from portal.core.lists.declare import Listing, Reader
from portal.core.lists.reading import every_row

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@dataclass(frozen=True)
class Export:
    """A file to be sent: its name, its type, its bytes as they come."""

    name: str
    type: str
    content: Iterable[bytes]


def export(
    session: Session,
    listing: Listing[Any],
    asked: Asked,
    reader: Reader,
    kind: str,
    *,
    by: str,
    at: datetime,
    told: Callable[[datetime], str],
) -> Export:
    """The list as ``xlsx`` or ``csv``. ``by`` is the name of who takes it; ``told`` writes the moment as a person reads it."""
    columns = [SheetColumn(str(column.label), column.width) for column in listing.columns]
    rows = _values(listing, every_row(session, listing, asked, reader))
    zone = ZoneInfo(reader.zone)
    stamp = at.astimezone(zone).strftime("%Y%m%d-%H%M")
    if kind == "csv":
        return Export(f"{listing.name}-{stamp}.csv", "text/csv; charset=utf-8", stream_csv(columns, rows, zone=zone))
    about = _about(listing, asked, reader, by, told(at))
    return Export(f"{listing.name}-{stamp}.xlsx", XLSX, [write_xlsx(columns, rows, zone=zone, about=about)])


def _values(listing: Listing[Any], rows: Iterator[Any]) -> Iterator[Sequence[Value]]:
    for row in rows:
        yield [column.value(row) for column in listing.columns]


def _about(listing: Listing[Any], asked: Asked, reader: Reader, by: str, when: str) -> list[tuple[str, str]]:
    lines = [(gettext("Taken by"), by), (gettext("Taken at"), when)]
    if asked.words:
        lines.append((gettext("Searched for"), asked.words))
    for key, value in asked.chosen:
        each = listing.filter(key)
        if each:
            lines.append((str(each.label), each.words(value, reader)))
    return lines
