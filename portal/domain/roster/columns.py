"""What a column holds by its contents alone: for sheets without a heading, and to check what a heading says."""

import re
from collections.abc import Callable, Mapping, Sequence

from portal.domain.roster.address import building_code, is_room, parse_address, read_floor
from portal.domain.roster.dates import looks_like_date, read_date
from portal.domain.roster.folding import fold, squeeze
from portal.domain.roster.people import read_phones
from portal.domain.roster.words import nothing, read_language, read_relation, read_status

LOOKED_AT = 200
ENOUGH_SHARE = 0.6
WRONG_BELOW = 0.3
FEWEST_CELLS = 5

_PERSON = re.compile(r"[㐀-鿿·]{2,4}(?:[、/,，;；\s][㐀-鿿·]{2,4}){0,3}|[A-Z][A-Z .'\-]{3,40}")


def _is_phone(cell: str) -> bool:
    numbers, doubts, _ = read_phones(cell)
    return bool(numbers) and not doubts and len(re.sub(r"\D", "", cell)) >= 7


def _is_address(cell: str) -> bool:
    address = parse_address(cell)
    return bool(address and address.building_code) and not re.fullmatch(r"\d+\.\d+", cell.strip())


def _is_building(cell: str) -> bool:
    return bool(re.search(r"[栋幢座阁#]|号楼|BLOCK|TOWER|BLK", fold(cell))) and len(building_code(cell)) <= 6


def _is_stair(cell: str) -> bool:
    return bool(re.fullmatch(r"第?.{1,3}(单元|梯)", squeeze(cell)))


def _is_floor(cell: str) -> bool:
    return bool(re.search(r"[楼层]$|/F$|^B\d$", squeeze(cell))) and read_floor(cell) is not None


def _is_room(cell: str) -> bool:
    words = squeeze(cell)
    return is_room(cell) and bool(re.search(r"室|房|^[A-Z]?\d{3,4}[A-Z]?$", words))


def _is_status(cell: str) -> bool:
    return read_status(cell) is not None and not read_relation(cell)


_TESTS: tuple[tuple[str, Callable[[str], bool]], ...] = (
    ("phone", _is_phone),
    ("moved_in", looks_like_date),
    ("stair", _is_stair),
    ("floor", _is_floor),
    ("address", _is_address),
    ("building", _is_building),
    ("room", _is_room),
    ("status", _is_status),
    ("relation", lambda cell: bool(read_relation(cell))),
    ("language", lambda cell: bool(read_language(cell))),
    ("name", lambda cell: bool(_PERSON.fullmatch(fold(cell)))),
)
_CHECKS: Mapping[str, Callable[[str], bool]] = {
    "phone": lambda cell: bool(read_phones(cell)[0]),
    "owner_phone": lambda cell: bool(read_phones(cell)[0]),
    "tenant_phone": lambda cell: bool(read_phones(cell)[0]),
    "moved_in": lambda cell: read_date(cell).on is not None,
    "status": lambda cell: read_status(cell) is not None,
    "address": lambda cell: parse_address(cell) is not None,
    "room": lambda cell: is_room(cell) or parse_address(cell) is not None,
    "floor": lambda cell: read_floor(cell) is not None,
    "area": lambda cell: bool(re.search(r"\d", cell)),
    "name": lambda cell: not re.fullmatch(r"[\d\s.\-+]+", cell.strip()),
    "owner": lambda cell: not re.fullmatch(r"[\d\s.\-+]+", cell.strip()),
}


def guess_columns(data: Sequence[Sequence[str]]) -> dict[int, str]:
    """By column, the field that most of its cells look like; each field once, the leftmost column that fits best."""
    fields: dict[int, str] = {}
    width = max((len(row) for row in data[:LOOKED_AT]), default=0)
    for place in range(width):
        cells = _said(data, place)
        for name, fits in _TESTS:
            if name not in fields.values() and cells and _share(cells, fits) >= ENOUGH_SHARE:
                fields[place] = name
                break
    return fields


def doubtful_columns(
    data: Sequence[Sequence[str]], fields: Mapping[int, str], headings: Mapping[int, str]
) -> list[tuple[str, dict[str, object]]]:
    """Notes ``column_looks_wrong`` for columns whose cells do not look like the field they are said to hold."""
    notes: list[tuple[str, dict[str, object]]] = []
    for place, name in fields.items():
        cells = _said(data, place)
        if name in _CHECKS and len(cells) >= FEWEST_CELLS and _share(cells, _CHECKS[name]) < WRONG_BELOW:
            notes.append(("column_looks_wrong", {"column": place, "heading": headings.get(place, ""), "field": name}))
    return notes


def _said(data: Sequence[Sequence[str]], place: int) -> list[str]:
    return [row[place] for row in data[:LOOKED_AT] if place < len(row) and not nothing(row[place])]


def _share(cells: Sequence[str], fits: Callable[[str], bool]) -> float:
    return sum(map(fits, cells)) / len(cells)
