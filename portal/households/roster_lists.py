"""The lists of rosters: the imports of an office, and what is to be said of the rows of one."""

import re
from collections.abc import Sequence
from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement
from sqlalchemy.orm import joinedload

from portal.core.i18n import in_script
from portal.core.labels import label
from portal.core.lists import Column, Filter, Listing, Reader, Sort, between, coded
from portal.domain.masking import masked_phone
from portal.domain.roster.dates import looks_like_date
from portal.domain.roster.layout import Layout
from portal.households.models import RosterImport, RosterRow
from portal.households.roster_import import SEARCH_KIND, spoken
from portal.households.roster_words import column_letter, reason_words, row_words

_LONG_NUMBER = re.compile(r"\+?\d(?:[\s\-()]{0,2}\d){6,}")


def community_shown(found: RosterImport) -> str:
    """The community of an import, or a dash before one is chosen."""
    return in_script(found.community, "name") if found.community else "—"


IMPORTS: Listing[RosterImport] = Listing(
    name="rosters",
    model=RosterImport,
    scope=lambda reader: RosterImport.office_id == reader.office_id,
    sorts=(Sort("asked", _l("Handed in"), (RosterImport.asked_at,), descending=True),),
    filters=(
        coded("status", _l("Status"), RosterImport.status, "roster_status"),
        between("from", _l("From"), RosterImport.asked_at, last=False, indexed_with={"asked"}),
        between("to", _l("To"), RosterImport.asked_at, last=True, indexed_with={"asked"}),
    ),
    columns=(
        Column("file", _l("File"), lambda r: r.filename, width=30),
        Column("community", _l("Community"), community_shown, width=18),
        Column("status", _l("Status"), lambda r: label("roster_status", r.status)),
        Column("asked", _l("Handed in"), lambda r: r.asked_at, sort="asked", width=18),
        Column("read", _l("Rows read"), lambda r: r.read, narrow=False),
        Column("imported", _l("New households"), lambda r: r.imported),
        Column("merged", _l("Known households"), lambda r: r.merged, narrow=False),
        Column("refused", _l("Handed back"), lambda r: r.refused),
        Column("doubtful", _l("Doubtful"), lambda r: r.doubtful, narrow=False),
    ),
    search_kind=SEARCH_KIND,
    search_hint=_l("File, community"),
    texts=spoken,
    options=(joinedload(RosterImport.community),),
)


def rows_of(found: RosterImport) -> Listing[RosterRow]:
    """The rows of one import that were refused or taken with a doubt."""
    codes = [(reason.partition(":")[2], count) for reason, count in ordered_reasons(found)]
    layout = Layout.from_json(found.layout)

    def scope(reader: Reader) -> ColumnElement[bool]:
        return (RosterRow.import_id == found.id) & (RosterRow.office_id == reader.office_id)

    def of_code(value: str, _: Reader) -> ColumnElement[bool]:
        if value not in dict(codes):
            raise ValueError(value)
        return RosterRow.code == value

    def options(_: Reader) -> Sequence[tuple[str, Any]]:
        return [(code, f"{label('roster_reason', code)} ({count})") for code, count in codes]

    return Listing(
        name="roster-rows",
        model=RosterRow,
        scope=scope,
        sorts=(Sort("line", _l("Row"), (RosterRow.line,)),),
        filters=(
            coded("outcome", _l("Outcome"), RosterRow.outcome, "roster_outcome", indexed_with={"line"}, rank=1),
            Filter("code", _l("Reason"), of_code, options, frozenset({"line"}), rank=2),
        ),
        columns=(
            Column("line", _l("Row"), lambda r: r.line, sort="line"),
            Column("outcome", _l("Outcome"), lambda r: label("roster_outcome", r.outcome)),
            Column("reason", _l("Reason"), lambda r: row_words(r.code, r.params), width=40),
            Column("cells", _l("The row as it stands"), lambda r: cells_in_words(r.cells, layout), width=60),
        ),
    )


def ordered_reasons(found: RosterImport) -> list[tuple[str, int]]:
    """The reasons of an import with how often each was met: refusals first, the commonest first."""
    return sorted(found.reasons.items(), key=lambda item: (item[0].startswith("doubtful"), -item[1], item[0]))


def reasons_of(found: RosterImport, outcome: str) -> list[tuple[str, str, int]]:
    """(code, words, count) of the reasons of one outcome."""
    return [
        (reason.partition(":")[2], reason_words(reason), count)
        for reason, count in ordered_reasons(found)
        if reason.startswith(f"{outcome}:")
    ]


def heading_of(place: int, layout: Layout) -> str:
    """What a column is called: its heading, else its letter."""
    return layout.headings.get(place) or gettext("Column %(letter)s", letter=column_letter(place))


def cells_of(cells: Sequence[str], layout: Layout) -> list[tuple[str, str]]:
    """(heading, content) of the cells of a row that hold anything, long numbers masked."""
    return [(heading_of(place, layout), masked(text)) for place, text in enumerate(cells) if text.strip()]


def cells_in_words(cells: Sequence[str], layout: Layout) -> str:
    return gettext("; ").join(f"{heading} {text}" for heading, text in cells_of(cells, layout))


def masked(text: str) -> str:
    """A cell with every number that may be a telephone or an identity card masked; days stay."""
    if looks_like_date(text):
        return text
    return _LONG_NUMBER.sub(lambda run: masked_phone(run[0]), text)
