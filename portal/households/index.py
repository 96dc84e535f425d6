"""What a household is found by: its address in both scripts, who lives there, the ends of their numbers."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from portal.core import search
from portal.households.models import Household

KIND = "household"
TAIL_DIGITS = 4


@dataclass(frozen=True, slots=True)
class Findable:
    """A household as search needs it. ``places`` are the names of community and building in both scripts."""

    household_id: UUID
    office_id: UUID
    places: tuple[str, ...]
    building: str
    stair: str
    room: str
    address_key: str
    names: Iterable[str] = field(default=())
    phones: Iterable[str] = field(default=())


def phone_tail(phone: str) -> str:
    """The last four digits of a number, by which staff look a caller up."""
    return "".join(sign for sign in phone if sign.isdigit())[-TAIL_DIGITS:]


def words_of(household: Findable) -> list[str]:
    """The words themselves, each once; ``3栋2单元1502`` stands as one word, so that it is found as typed."""
    stair = f"{household.stair}单元" if household.stair else ""
    words = [
        household.room,
        household.address_key.replace("|", " "),
        *household.places,
        f"{household.building}{stair}{household.room}",
        f"{household.building}{household.room}",
        *household.names,
        *map(phone_tail, household.phones),
    ]
    return list(dict.fromkeys(filter(None, words)))


def findable(household: Household) -> Findable:
    """A loaded household with its building, community and people; those who moved out do not count."""
    building, community = household.building, household.community
    here = [resident for resident in household.residents if resident.until is None]
    return Findable(
        household.id,
        household.office_id,
        (community.name_hans, community.name_hant, building.name_hans, building.name_hant),
        building.name_hans,
        household.stair,
        household.room,
        household.address_key,
        [resident.name for resident in here],
        [number for resident in here for number in resident.phones],
    )


def household_entry(household: Findable) -> dict[str, Any]:
    """The row for ``search.index`` or ``search.reindex``."""
    return search.entry(household.household_id, household.office_id, KIND, words_of(household))
