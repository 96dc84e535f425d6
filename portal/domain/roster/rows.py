"""Rows of a roster read as households: what a careful clerk would copy, doubt, refuse or pass over.

The reader goes through a sheet once, from top to bottom, and remembers what merged cells leave out below their first
row. ``RowReader.carried`` is all it remembers, so that a job may stop between two slices and go on.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from portal.domain.refusals import Refused
from portal.domain.roster.address import building_code, is_room, parse_address
from portal.domain.roster.folding import squeeze, tidy
from portal.domain.roster.headings import IGNORED, field_of
from portal.domain.roster.household import RosterRow, read_household
from portal.domain.roster.layout import Layout
from portal.domain.roster.limits import MAX_CELL_CHARACTERS
from portal.domain.roster.words import is_note, is_total


@dataclass(frozen=True, slots=True)
class RowRefused:
    """A row that is given back: its line in the file (from 1) and the code of the reason.

    Codes: ``no_room``, ``no_building``, ``address_unreadable``, ``address_disagrees``, ``formula``, ``cell_error``,
    ``garbled``, ``cell_too_long``, ``too_many_cells``, ``name_is_number``, ``name_too_long``.
    """

    line: int
    code: str
    params: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class RowSkipped:
    """A row that is no household's and does not count as read.

    Why: ``blank``, ``total``, ``title``, ``header``, ``note``, ``section`` (a building's name over its rows).
    """

    line: int
    why: str


_CARRIED = ("phase", "building", "stair", "floor", "address", "room")
_DOORS = ("address", "room")
_SECTION = "section"
_ERRORS = ("#REF!", "#N/A", "#VALUE!", "#NAME?", "#DIV/0!", "#NULL!", "#NUM!")

Outcome = RosterRow | RowRefused | RowSkipped


class RowReader:
    """Reads the rows below the heading of one sheet.

    ``today`` marks days that have not come yet as doubtful. ``may_shift`` is for text divided by commas, where a comma
    inside a cell moves all that follows: there a row with more cells than the heading is refused, elsewhere doubtful.
    """

    def __init__(
        self,
        layout: Layout,
        *,
        today: date | None = None,
        may_shift: bool = False,
        carried: Mapping[str, str] | None = None,
    ) -> None:
        self.layout = layout
        self.today = today
        self.may_shift = may_shift
        self.carried: dict[str, str] = dict(carried or {})
        self._fields = sorted((place, name) for place, name in layout.columns.items() if name != IGNORED)
        self._titles = {squeeze(title) for title in layout.titles}
        self._width = max([*layout.columns, *layout.headings], default=-1) + 1

    def read(self, line: int, row: Sequence[str]) -> Outcome:
        """What one row says; ``line`` is its number in the file, from 1."""
        said = [cell for cell in row if cell.strip() and squeeze(cell)]
        if not said:
            return RowSkipped(line, "blank")
        cells = self._by_field(row)
        why = self._why_skipped(cells, row, said)
        if why:
            return RowSkipped(line, why)
        if self._is_section(cells, said):
            self.carried = {_SECTION: said[0].strip()}
            return RowSkipped(line, "section")
        self._carry(cells)
        if refused := self._refused(line, row):
            return refused
        try:
            household = read_household(cells, self.layout, line=line, today=self.today)
        except Refused as refused_by:
            return RowRefused(line, refused_by.code, refused_by.params)
        if self._beyond(row):
            return replace(household, doubts=(*household.doubts, ("cells_beyond", {"columns": self._width})))
        return household

    def _beyond(self, row: Sequence[str]) -> bool:
        return bool(self.layout.headings) and any(cell.strip() for cell in row[self._width :])

    def _by_field(self, row: Sequence[str]) -> dict[str, str]:
        """The cells of a row by field; several cells of one field stand under each other, as lines."""
        cells: dict[str, str] = {}
        for place, name in self._fields:
            text = tidy(row[place]) if place < len(row) else ""
            if text:
                cells[name] = f"{cells[name]}\n{text}" if name in cells else text
        return cells

    def _why_skipped(self, cells: dict[str, str], row: Sequence[str], said: Sequence[str]) -> str:
        first = said[0]
        room = cells.get("room") or cells.get("address")
        if is_total(first) and (not room or squeeze(room) == squeeze(first) or len(said) <= 3):
            return "total"
        if len(said) <= 2 and squeeze(" ".join(said)) in self._titles:
            return "title"
        if len(said) <= 3 and is_note(first) and not is_room(cells.get("room", "")):
            return "note"
        if len(said) == 1 and not cells and squeeze(first).isdigit():
            # Forms are handed out with their running numbers printed in.
            return "blank"
        if self._repeats_heading(row):
            return "header"
        return ""

    def _repeats_heading(self, row: Sequence[str]) -> bool:
        """A sheet printed page by page repeats its heading; two-row headings repeat in parts."""
        held = [(place, cell) for place, cell in enumerate(row) if squeeze(cell)]
        same = sum(1 for place, cell in held if squeeze(cell) in squeeze(self.layout.headings.get(place, "")))
        return same >= 2 and same * 2 >= len(held) and all(field_of(cell) for _, cell in held)

    def _is_section(self, cells: dict[str, str], said: Sequence[str]) -> bool:
        """One building's name alone on a row, standing over the rows of its rooms."""
        if len(said) != 1 or parse_address(said[0]) or "phone" in cells:
            return False
        words = squeeze(said[0])
        return len(words) <= 10 and building_code(said[0]) != words

    def _refused(self, line: int, row: Sequence[str]) -> RowRefused | None:
        for place, name in self._fields:
            code = _fault(row[place]) if place < len(row) and name != "remark" else ""
            if code:
                # What stands under a broken cell of merged ones must not fall to the building above it.
                for inner in _CARRIED[_CARRIED.index(name) :] if name in _CARRIED else ():
                    self.carried.pop(inner, None)
                return RowRefused(line, code, {"column": self.layout.headings.get(place, str(place + 1))})
        if self.may_shift and self._beyond(row):
            return RowRefused(line, "too_many_cells", {"columns": self._width})
        return None

    def _carry(self, cells: dict[str, str]) -> None:
        """Fill what a merged cell above says; a new building forgets the stair and floor of the one before."""
        # A row that says nothing of where is one more person behind the door above.
        nowhere = not any(cells.get(name) for name in _CARRIED)
        for place, name in enumerate(_CARRIED):
            if cells.get(name):
                if cells[name] != self.carried.get(name):
                    for inner in _CARRIED[place + 1 :]:
                        self.carried.pop(inner, None)
                self.carried[name] = cells[name]
            elif self.carried.get(name) and name in self.layout.merged and (name not in _DOORS or nowhere):
                cells[name] = self.carried[name]
        if not cells.get("building") and not cells.get("address") and self.carried.get(_SECTION):
            cells["building"] = self.carried[_SECTION]


def _fault(cell: str) -> str:
    """Why a cell cannot be what an office wrote, or ''."""
    if "\ufffd" in cell or cell.count("?") > 2:
        return "garbled"
    if cell.startswith(_ERRORS):
        return "cell_error"
    if cell.lstrip()[:1] in ("=", "@") and len(cell.strip()) > 1:
        return "formula"
    return "cell_too_long" if len(cell) > MAX_CELL_CHARACTERS else ""


def read_rows(
    rows: Iterable[tuple[int, Sequence[str]]], layout: Layout, *, today: date | None = None, may_shift: bool = False
) -> Iterator[Outcome]:
    """The outcomes of the rows below the heading; rows are numbered from 1, as ``Table.rows`` gives them."""
    reader = RowReader(layout, today=today, may_shift=may_shift)
    for line, row in rows:
        if line > layout.first_row:
            yield reader.read(line, row)
