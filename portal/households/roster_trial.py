"""What would come of a roster, without touching the database: shown before an import and by ``--dry-run``."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from itertools import islice
from typing import Any

from portal.domain.roster.household import RosterRow as HouseholdRow
from portal.domain.roster.layout import Layout
from portal.domain.roster.limits import SAMPLE_ROWS
from portal.domain.roster.rows import RowReader, RowRefused
from portal.households.roster_files import Table

PREVIEW_ROWS = 20


@dataclass
class Trial:
    """Counts as an import has them; ``refused_rows`` and ``reasons`` by code. ``whole``: every row was looked at."""

    read: int = 0
    imported: int = 0
    merged: int = 0
    refused: int = 0
    doubtful: int = 0
    whole: bool = True
    reasons: Counter[str] = field(default_factory=Counter)
    refused_rows: list[RowRefused] = field(default_factory=list)


def try_out(table: Table, layout: Layout, today: date, *, known: Iterable[str] = (), most: int | None = None) -> Trial:
    """Read the rows (at most ``most``) as an import would; ``known`` are the address keys that its community has."""
    reader = RowReader(layout, today=today, may_shift=table.format == "csv")
    found, addresses = Trial(), set(known)
    rows = table.rows(layout.first_row + 1)
    for line, cells in islice(rows, most):
        outcome = reader.read(line, cells)
        if isinstance(outcome, RowRefused):
            found.refused += 1
            found.reasons[f"refused:{outcome.code}"] += 1
            found.refused_rows.append(outcome)
        elif isinstance(outcome, HouseholdRow):
            found.merged += outcome.address_key in addresses
            found.imported += outcome.address_key not in addresses
            addresses.add(outcome.address_key)
            found.doubtful += bool(outcome.doubts)
            found.reasons.update({f"doubtful:{code}" for code, _ in outcome.doubts})
    found.read = found.imported + found.merged + found.refused
    found.whole = most is None or next(rows, None) is None
    return found


def trial_of(table: Table, layout: Layout, today: date) -> dict[str, Any]:
    """The counts of the first rows as plain values, for the page on which a person looks a roster over."""
    if layout.problems():
        return {}
    found = try_out(table, layout, today, most=SAMPLE_ROWS)
    return {
        "read": found.read, "imported": found.imported, "merged": found.merged, "refused": found.refused,
        "doubtful": found.doubtful, "whole": found.whole, "reasons": dict(found.reasons),
        "refused_rows": [[row.line, row.code, dict(row.params)] for row in found.refused_rows],
    }  # fmt: skip
