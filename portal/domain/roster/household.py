"""One household out of one row: where it is, how it is lived in, and who lives there."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from portal.domain.refusals import Refused
from portal.domain.roster.dates import MovedIn, Precision, read_date
from portal.domain.roster.folding import squeeze
from portal.domain.roster.layout import Layout
from portal.domain.roster.people import (
    MAX_NAME_CHARACTERS,
    MAX_NAMES_IN_A_CELL,
    Doubt,
    ResidentIn,
    read_names,
    read_phones,
    residents_of,
)
from portal.domain.roster.place import locate
from portal.domain.roster.words import is_firm, nothing, read_flag, read_language, read_relation, read_status, room_kind

SQUARE_METRES_IN_A_SQUARE_FOOT = Decimal("0.09290304")
LARGEST_AREA = Decimal(100_000)
MAX_REMARK_CHARACTERS = 1000

_AREA = re.compile(r"(\d{1,7}(?:\.\d+)?)(.*)")
_SQUARE_FEET = re.compile(r"平?方?[呎尺]|SQ\.?FT\.?|FT2|SF")
_SQUARE_METRES = re.compile(r"|M2|M|平|平方|平米|平方米|方|SQ\.?M\.?")
_COLUMNS_OF_NAMES = ("name", "owner", "tenant", "family")


@dataclass(frozen=True, slots=True)
class RosterRow:
    """A row that can be imported. Empty text and None mean that the roster does not say it, so nothing is overwritten.

    ``building`` is the name as written, ``building_code`` and ``stair`` are folded; ``address_key`` is unique in its
    community. occupancy: occupied, renovating, vacant; tenure: own, let; kind: dwelling, shop, firm; language: zh_Hans,
    zh_Hant, en; area in square metres. ``doubts`` are codes with parameters: imported, but to be looked at.
    """

    line: int
    building: str
    building_code: str
    stair: str
    floor: int | None
    floor_guessed: bool
    room: str
    address_key: str
    kind: str = "dwelling"
    occupancy: str = ""
    tenure: str = ""
    key: bool | None = None
    permanent: bool | None = None
    moved_in: date | None = None
    moved_in_precision: Precision = ""
    area: Decimal | None = None
    language: str = ""
    remark: str = ""
    residents: tuple[ResidentIn, ...] = ()
    doubts: tuple[Doubt, ...] = ()


def read_household(cells: Mapping[str, str], layout: Layout, *, line: int, today: date | None = None) -> RosterRow:
    """The household that the cells of a row (by field) tell of. Refused where it cannot be placed or named."""
    address, doubts = locate(cells, layout)
    occupancy, tenure, permanent = _state(cells, doubts)
    residents, said_besides = _residents(cells, layout, doubts)
    if not residents and occupancy != "vacant":
        doubts.append(("no_name", {}))
    if any(person.relation == "tenant" for person in residents) and "owner" not in {r.relation for r in residents}:
        if tenure == "own":
            doubts.append(("tenant_but_own", {}))
        elif occupancy == "vacant":
            doubts.append(("tenant_but_vacant", {}))
    moved_in = _moved_in(cells.get("moved_in", ""), layout, today, doubts)
    remarks = [*cells.get("remark", "").split("\n"), *said_besides]
    return RosterRow(
        line=line,
        building=address.building,
        building_code=address.building_code,
        stair=address.stair,
        floor=address.floor,
        floor_guessed=address.floor_guessed,
        room=address.room,
        address_key=address.key,
        kind=_kind(cells, residents),
        occupancy=occupancy,
        tenure=tenure,
        key=_flag("key", cells, doubts),
        permanent=permanent,
        moved_in=moved_in.on,
        moved_in_precision=moved_in.precision,
        area=_area(cells.get("area", ""), doubts),
        language=_language(cells.get("language", ""), doubts),
        remark="；".join(part for part in remarks if not nothing(part))[:MAX_REMARK_CHARACTERS],
        residents=tuple(residents),
        doubts=tuple(doubts),
    )


def _state(cells: Mapping[str, str], doubts: list[Doubt]) -> tuple[str, str, bool | None]:
    occupancy = tenure = ""
    permanent = _flag("permanent", cells, doubts)
    for name in ("status", "tenure"):
        text = cells.get(name, "")
        if nothing(text) and squeeze(text) != "空":
            continue
        state = read_status(text)
        if state is None:
            doubts.append(("status_unknown", {"text": text[:20]}))
            continue
        occupancy, tenure = occupancy or state[0], tenure or state[1]
        if permanent is None and squeeze(text) == "常住":
            permanent = True
    return occupancy, tenure, permanent


def _flag(name: str, cells: Mapping[str, str], doubts: list[Doubt]) -> bool | None:
    said, understood = read_flag(cells.get(name, ""))
    if not understood:
        doubts.append(("flag_unknown", {"field": name, "text": cells[name][:20]}))
    return said


def _moved_in(text: str, layout: Layout, today: date | None, doubts: list[Doubt]) -> MovedIn:
    if nothing(text):
        return MovedIn()
    moved_in = read_date(text, layout.date_order)
    if moved_in.doubt:
        doubts.append((moved_in.doubt, {"text": text[:30]}))
    elif today is not None and moved_in.on is not None and moved_in.on > today:
        doubts.append(("date_future", {"text": text[:30]}))
    return moved_in


def _language(text: str, doubts: list[Doubt]) -> str:
    language = read_language(text)
    if language is None:
        doubts.append(("language_unknown", {"text": text[:20]}))
    return language or ""


def _area(text: str, doubts: list[Doubt]) -> Decimal | None:
    if nothing(text):
        return None
    match = _AREA.fullmatch(squeeze(text).replace(",", ""))
    feet = bool(match and _SQUARE_FEET.fullmatch(match[2]))
    if not match or not (feet or _SQUARE_METRES.fullmatch(match[2])) or not 0 < Decimal(match[1]) < LARGEST_AREA:
        doubts.append(("area_unreadable", {"text": text[:20]}))
        return None
    area = Decimal(match[1]) * (SQUARE_METRES_IN_A_SQUARE_FOOT if feet else 1)
    return area.quantize(Decimal("0.01"))


def _kind(cells: Mapping[str, str], residents: list[ResidentIn]) -> str:
    said = room_kind(cells.get("kind", "")) or room_kind(cells.get("room", "")) or room_kind(cells.get("address", ""))
    if said:
        return said
    return "firm" if any(is_firm(person.name) for person in residents) else "dwelling"


def _residents(cells: Mapping[str, str], layout: Layout, doubts: list[Doubt]) -> tuple[list[ResidentIn], list[str]]:
    """The persons of a row with their numbers, and what the cells of numbers say besides numbers."""
    relation = _relation(cells.get("relation", ""), doubts) or layout.relation
    people: list[ResidentIn] = []
    besides: list[str] = []
    shared, said = _phones(cells.get("phone", ""), layout, doubts)
    besides.append(said)
    for name in _COLUMNS_OF_NAMES:
        named = _names(cells.get(name, ""), relation if name == "name" else name, doubts)
        own, said = _phones(cells.get(f"{name}_phone", ""), layout, doubts)
        besides.append(said)
        if named and shared:
            own, shared = [*own, *(number for number in shared if number not in own)], []
        found, unclear = residents_of(named, own)
        doubts += unclear
        if own and not named:
            shared = [*shared, *own]
        people += found
    if shared:
        # A number that nobody's name stands by is still the only way to reach the flat.
        doubts.append(("phone_without_name", {}))
        if people:
            people[0] = replace(people[0], more_phones=(*people[0].more_phones, *shared))
        else:
            people = [ResidentIn("", relation, shared[0], tuple(shared[1:]))]
    return _once(people), besides


def _relation(text: str, doubts: list[Doubt]) -> str:
    relation = read_relation(text)
    if relation is None:
        doubts.append(("relation_unknown", {"text": text[:20]}))
    return relation or ""


def _names(text: str, relation: str, doubts: list[Doubt]) -> list[tuple[str, str]]:
    named = read_names(text, relation)
    for name, _ in named:
        if re.fullmatch(r"[\d\s.\-+()]{3,}", name):
            raise Refused("name_is_number")
        if len(name) > MAX_NAME_CHARACTERS:
            raise Refused("name_too_long", most=MAX_NAME_CHARACTERS)
        if "?" in name:
            # What a program writes for a letter that its encoding lacks.
            doubts.append(("name_unclear", {}))
    if len(named) > MAX_NAMES_IN_A_CELL:
        doubts.append(("many_names", {"count": len(named)}))
    return named


def _phones(text: str, layout: Layout, doubts: list[Doubt]) -> tuple[list[str], str]:
    if not text:
        return [], ""
    numbers, unclear, said = read_phones(text, layout.phone_home)
    doubts += unclear
    return numbers, said


def _once(people: list[ResidentIn]) -> list[ResidentIn]:
    """Each person once: an owner may stand in two columns of a row."""
    found: dict[str, ResidentIn] = {}
    for person in people:
        known = found.get(person.name_key)
        if known is None:
            found[person.name_key] = person
            continue
        numbers = dict.fromkeys(filter(None, (known.phone, *known.more_phones, person.phone, *person.more_phones)))
        phone, *more = [*numbers] or [""]
        found[person.name_key] = ResidentIn(known.name, known.relation or person.relation, phone, tuple(more))
    return list(found.values())
