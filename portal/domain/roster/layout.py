"""What a sheet is taken to be: where its heading is and what each column holds, guessed and open to correction.

The guess looks at the first rows only (``limits.SAMPLE_ROWS``). A user's correction comes in as ``columns`` and is
taken as said; whatever depends on it (order of dates, region of numbers) is guessed again beneath it.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Any, Literal

from portal.domain.roster import columns as by_content
from portal.domain.roster.address import estate_prefix
from portal.domain.roster.dates import DateOrder, is_two_way, order_of
from portal.domain.roster.folding import script_of, squeeze
from portal.domain.roster.headings import ADDRESS_FIELDS, IGNORED, SINGLE_FIELDS, field_of, field_under, side_of
from portal.domain.roster.limits import HEADING_ROWS, MAX_COLUMNS
from portal.domain.roster.people import phone_region

Script = Literal["zh_Hans", "zh_Hant", "en"]
Confidence = Literal["high", "medium", "low"]
Rows = Sequence[Sequence[str]]
Note = tuple[str, dict[str, object]]
"""Code of something to look at, and the parameters of its sentence."""

MOST_HEADING_ROWS = 3
MERGED_SHARE = 0.4


@dataclass(frozen=True, slots=True)
class Layout:
    """How to read a sheet.

    ``header`` are the places of the heading's rows from 0, empty where there is none. ``columns`` says by column (from
    0) which field it holds (``headings.FIELDS``); a column not named is not understood. ``merged`` are the fields
    written once for several rows. ``notes`` are what a person should look at before importing.
    """

    header: tuple[int, ...] = ()
    columns: Mapping[int, str] = field(default_factory=dict)
    headings: Mapping[int, str] = field(default_factory=dict)
    titles: tuple[str, ...] = ()
    script: Script = "zh_Hans"
    relation: str = ""
    date_order: DateOrder = "day_first"
    phone_home: str = "86"
    address_prefix: str = ""
    merged: tuple[str, ...] = ()
    confidence: Confidence = "low"
    notes: tuple[Note, ...] = ()

    @property
    def first_row(self) -> int:
        """Place, from 0, of the first row that may be a household."""
        return self.header[-1] + 1 if self.header else 0

    def column(self, name: str) -> int | None:
        """The column of a field that one column gives."""
        return next((place for place, held in self.columns.items() if held == name), None)

    def all_columns(self, name: str) -> list[int]:
        """All columns of a field, from left to right."""
        return sorted(place for place, held in self.columns.items() if held == name)

    def problems(self) -> list[Note]:
        """Why nothing can be imported by this layout; empty where it can. A roster must at least tell rooms."""
        held = set(self.columns.values())
        return [] if held & {"room", "address"} else [("roster.no_room_column", {"columns": len(self.headings)})]

    def to_json(self) -> dict[str, Any]:
        """Plain values, for ``roster_import.mapping``."""
        plain = asdict(self)
        plain["columns"] = {str(place): name for place, name in self.columns.items()}
        plain["headings"] = {str(place): text for place, text in self.headings.items()}
        return plain

    @classmethod
    def from_json(cls, plain: Mapping[str, Any]) -> "Layout":
        """The layout that ``to_json`` wrote."""
        values = dict(plain)
        for name in ("columns", "headings"):
            values[name] = {int(place): text for place, text in values[name].items()}
        for name in ("header", "titles", "merged"):
            values[name] = tuple(values[name])
        values["notes"] = tuple((code, params) for code, params in values["notes"])
        return cls(**values)


def guess_layout(
    rows: Rows, *, columns: Mapping[int, str] | None = None, header: Sequence[int] | None = None
) -> Layout:
    """The layout that the first rows of a sheet suggest; ``columns`` and ``header`` are taken as said where given."""
    found = tuple(header) if header is not None else _find_header(rows)
    groups = _headings(rows, found)
    headings = {place: _joined(parts) for place, parts in groups.items() if _joined(parts)}
    data = rows[found[-1] + 1 if found else 0 :]
    fields: dict[int, str]
    notes: list[Note]
    if columns is not None:
        fields, notes = {place: name for place, name in columns.items() if name}, []
    elif found:
        fields, notes = _fields(groups)
    else:
        fields, notes = by_content.guess_columns(data), [("no_header", {})]
    titles = _titles(rows[: found[0]]) if found else ()
    layout = Layout(found, fields, headings, titles, _script(headings.values(), data))
    notes += by_content.doubtful_columns(data, fields, headings)
    return _with_hints(layout, data, notes, sure=columns is not None)


def _find_header(rows: Rows) -> tuple[int, ...]:
    """The row that names most fields among the first, with the rows of wider or narrower headings around it."""
    best, most = -1, 1.0
    for place, row in enumerate(rows[:HEADING_ROWS]):
        named = {held for held in map(field_of, row[:MAX_COLUMNS]) if held}
        useful = len(named - {IGNORED}) + (0.5 if named & {"room", "address", "building"} else 0)
        if useful > most and not _is_title(row) and not any(map(_is_data, row)):
            best, most = place, useful
    if best < 0:
        return ()
    top = bottom = best
    while top > 0 and top > best - MOST_HEADING_ROWS + 1 and _is_group(rows[top - 1], rows[best]):
        top -= 1
    while bottom + 1 < len(rows) and bottom < top + MOST_HEADING_ROWS - 1 and _is_sub(rows[bottom + 1], rows[bottom]):
        bottom += 1
    return tuple(range(top, bottom + 1))


def _is_title(row: Sequence[str]) -> bool:
    return len({squeeze(cell) for cell in row if squeeze(cell)}) <= 1


def _is_data(cell: str) -> bool:
    return sum(sign.isdigit() for sign in cell) >= 5


def _is_group(row: Sequence[str], below: Sequence[str]) -> bool:
    """Whether a row holds wider headings over those below: several short words without figures, not more than below."""
    words = [cell for cell in row if squeeze(cell)]
    few = 2 <= len({squeeze(word) for word in words}) <= sum(1 for cell in below if squeeze(cell))
    return few and all(len(squeeze(word)) <= 10 and not any(sign.isdigit() for sign in word) for word in words)


def _is_sub(row: Sequence[str], above: Sequence[str]) -> bool:
    """Whether a row holds narrower headings: all of them known words, at least one where the row above says less."""
    words = [(place, cell) for place, cell in enumerate(row) if squeeze(cell)]
    new = [place for place, cell in words if place >= len(above) or squeeze(above[place]) != squeeze(cell)]
    return bool(new) and len(words) < max(2, len(row)) and all(field_of(cell) for _, cell in words)


def _headings(rows: Rows, header: Sequence[int]) -> dict[int, list[str]]:
    """By column, the words of the heading from top to bottom; a wider heading reaches right over narrower ones."""
    width = min(max((len(rows[place]) for place in header), default=0), MAX_COLUMNS)
    found: dict[int, list[str]] = {place: [] for place in range(width)}
    for depth, place in enumerate(header):
        row, lower, last = rows[place], [rows[other] for other in header[depth + 1 :]], ""
        for column in range(width):
            text = row[column].strip() if column < len(row) else ""
            under = any(column < len(other) and squeeze(other[column]) for other in lower)
            last = text or last
            found[column].append(text or (last if under else ""))
    return found


def _joined(parts: Sequence[str]) -> str:
    return " ".join(dict.fromkeys(" ".join(part.split()) for part in parts if part.strip()))


def _fields(groups: Mapping[int, Sequence[str]]) -> tuple[dict[int, str], list[Note]]:
    fields: dict[int, str] = {}
    notes: list[Note] = []
    for place, parts in groups.items():
        said = [part for part in parts if squeeze(part)]
        name = field_under(said[0], said[-1]) if len(said) > 1 else field_of(said[0]) if said else None
        if name in SINGLE_FIELDS and name in fields.values():
            notes.append(("column_twice", {"column": place, "heading": _joined(parts), "field": name}))
        elif name:
            fields[place] = name
        elif said:
            notes.append(("column_unknown", {"column": place, "heading": _joined(parts)}))
    held = set(fields.values())
    if not held & {"room", "address"} and "stair" in held:
        # HK offices write 單元 and Unit for the flat itself.
        fields = {place: "room" if name == "stair" else name for place, name in fields.items()}
    return fields, notes


def _titles(rows: Rows) -> tuple[str, ...]:
    return tuple(filter(None, (_joined(row) for row in rows)))


def _script(headings: Iterable[str], data: Rows) -> Script:
    """The script of the headings, or of the first cells where these are alike in both."""
    cells = "".join(cell for row in data[:50] for cell in row)
    said = script_of("".join(headings)) or script_of(cells)
    if said:
        return said
    return "en" if cells and not any("一" <= sign <= "鿿" for sign in cells) else "zh_Hans"


def _with_hints(layout: Layout, data: Rows, notes: list[Note], *, sure: bool) -> Layout:
    dates = _cells(data, layout.all_columns("moved_in"))
    order = order_of(dates)
    if order is None:
        order = "day_first"
        if any(map(is_two_way, dates)):
            notes.append(("date_order_guessed", {"order": order}))
    phones = [place for name in ("phone", "owner_phone", "tenant_phone") for place in layout.all_columns(name)]
    regions = Counter(filter(None, map(phone_region, _cells(data, phones))))
    address = _cells(data, layout.all_columns("address"))
    held = set(layout.columns.values())
    relation = "" if "relation" in held else side_of(" ".join([*layout.titles, *layout.headings.values()]))
    return replace(
        layout,
        relation=relation,
        date_order=order,
        phone_home=regions.most_common(1)[0][0] if regions else "852" if layout.script == "zh_Hant" else "86",
        address_prefix=estate_prefix(address),
        merged=_merged(layout, data),
        confidence=_confidence(layout, sure, notes),
        notes=tuple(notes),
    )


def _merged(layout: Layout, data: Rows) -> tuple[str, ...]:
    """Fields left empty so often that emptiness must mean "as above": no clerk forgets two cells in five.

    A room is believed to be meant so only by more rows, for a household without its room is the commonest mistake.
    """
    people = [place for name in ("name", "owner", "tenant", "phone") for place in layout.all_columns(name)]
    room = layout.column("room") if layout.column("room") is not None else layout.column("address")
    if room is None:
        return ()
    merged = []
    for name in ("phase", "building", "stair", "floor", "room", "address"):
        place = layout.column(name)
        telling = people if name in ("room", "address") else [room]
        if place is not None and name not in ("room", "address") or place == room:
            rows = [row for row in data if _cells([row], telling)]
            empty = sum(1 for row in rows if not _cells([row], [place]))
            fewest = 3 if name in ("room", "address") else 2
            if fewest <= empty < len(rows) and empty >= MERGED_SHARE * len(rows):
                merged.append(name)
    return tuple(merged)


def _cells(data: Rows, places: Sequence[int]) -> list[str]:
    return [row[place] for row in data for place in places if place < len(row) and row[place].strip()]


def _confidence(layout: Layout, sure: bool, notes: Sequence[Note]) -> Confidence:
    held = set(layout.columns.values())
    if layout.problems() or not (layout.header or sure):
        return "low"
    whole = "address" in held or {"building", "room"} <= held
    wrong = any(code in ("column_looks_wrong", "column_twice") for code, _ in notes)
    return "high" if whole and held & {"name", "owner", "tenant"} and held - ADDRESS_FIELDS and not wrong else "medium"
