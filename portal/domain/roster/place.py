"""The address of one row out of its cells, which may hold it in parts, in one cell, or in parts of parts."""

import re
from collections.abc import Mapping

from portal.domain.refusals import Refused
from portal.domain.roster.address import (
    Address,
    building_code,
    building_name,
    complete,
    floor_of_room,
    is_room,
    parse_address,
    phase_code,
    read_floor,
    room_code,
    stair_code,
)
from portal.domain.roster.folding import squeeze, tidy
from portal.domain.roster.layout import Layout
from portal.domain.roster.people import Doubt

_BARE_PARTS = re.compile(r"[A-Z0-9]{1,4}([-/][A-Z0-9]{1,5})+")
MAX_CODE_CHARACTERS = 24


def locate(cells: Mapping[str, str], layout: Layout) -> tuple[Address, list[Doubt]]:
    """Where the household of a row is, and what is doubtful about it.

    Refused: ``no_room``, ``no_building``, ``address_unreadable``, ``address_disagrees``. Doubts: ``floor_unreadable``,
    ``floor_differs`` (the column of floors and the room's number), ``stair_missing``.
    """
    doubts: list[Doubt] = []
    found = _in_parts(cells, layout) if cells.get("room") else _in_one(cells, layout)
    code = _with_phase(found.building_code, cells.get("phase", ""))
    if not code and {"building", "address", "phase"} & set(layout.columns.values()):
        raise Refused("no_building")
    if max(len(code), len(found.stair), len(found.room)) > MAX_CODE_CHARACTERS:
        raise Refused("address_unreadable", text=found.room[:40])
    shown = cells.get("phase", "") + found.building if code != found.building_code else found.building
    name = building_name(shown, code, layout.script)
    level, guessed = found.floor, found.floor_guessed
    if cells.get("floor"):
        said = read_floor(cells["floor"])
        if said is None:
            doubts.append(("floor_unreadable", {"text": cells["floor"][:20]}))
        else:
            level, guessed = said, False
    told = floor_of_room(found.room)
    if level is not None and not guessed and told is not None and told != level:
        doubts.append(("floor_differs", {"floor": level, "room": found.room}))
    if "stair" in layout.columns.values() and not found.stair:
        doubts.append(("stair_missing", {}))
    return complete(Address(name, code, found.stair, level, guessed, found.room)), doubts


def _in_one(cells: Mapping[str, str], layout: Layout) -> Address:
    text = cells.get("address", "")
    if not text:
        raise Refused("no_room")
    found = parse_address(text, prefix=layout.address_prefix)
    if found is None:
        raise Refused("address_unreadable", text=text[:40])
    return _agreed(found, cells)


def _in_parts(cells: Mapping[str, str], layout: Layout) -> Address:
    """The room's own cell may say more than the room: ``1-101``, ``1栋101``, ``2单元301``."""
    text = cells["room"]
    words = re.sub(r"\s+", "", squeeze(text))
    whole = parse_address(text, prefix=layout.address_prefix)
    says_more = whole and (whole.building_code or whole.stair or (whole.floor is not None and not whole.floor_guessed))
    if whole and says_more and not _is_divided_room(words):
        return _agreed(whole, cells, bare=bool(_BARE_PARTS.fullmatch(words)))
    if not is_room(text):
        raise Refused("address_unreadable", text=text[:40])
    building, stair = cells.get("building", ""), cells.get("stair", "")
    shown = re.sub(r"(?<=.)(?:室|号房|號房|号|號|房)$", "", tidy(text).replace(" ", ""))
    room = shown.upper() if re.fullmatch(r"[A-Za-z0-9\-/]+", shown) else room_code(text)
    return Address(building, building_code(building) if building else "", stair_code(stair), None, False, room)


def _is_divided_room(words: str) -> bool:
    """``101-2`` is a part of room 101; ``1-101`` is a room 101 of something: the last part tells a floor or not."""
    return bool(_BARE_PARTS.fullmatch(words)) and floor_of_room(re.split(r"[-/]", words)[-1]) is None


def _agreed(found: Address, cells: Mapping[str, str], *, bare: bool = False) -> Address:
    """The address of one cell joined with what the row's other cells say; Refused where they contradict each other."""
    building, stair = cells.get("building", ""), cells.get("stair", "")
    code, own_stair, name = found.building_code, found.stair, found.building
    if building:
        column_code, column_stair = building_code(building), stair_code(stair)
        if bare and not own_stair and code and code != column_code and column_stair in ("", code):
            own_stair, code = code, column_code
        if code and code != column_code:
            raise Refused("address_disagrees", one=building[:20], other=found.building[:20])
        code, name = column_code, building
    if stair:
        if own_stair and own_stair != stair_code(stair):
            raise Refused("address_disagrees", one=stair[:20], other=own_stair)
        own_stair = stair_code(stair)
    return Address(name, code, own_stair, found.floor, found.floor_guessed, found.room)


def _with_phase(code: str, phase: str) -> str:
    if not phase:
        return code
    head = phase_code(phase)
    return code if code.startswith(head) else head + code
