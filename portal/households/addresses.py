"""How a dwelling is named to a reader: building, stair, room, in the reader's script."""

from typing import Any

from portal.core.i18n import current_language, in_script
from portal.households.models import Household


def address_text(building: Any, stair: str, room: str, script: str | None = None) -> str:
    """``1栋1单元 101``; ``building`` has ``name_hans`` and ``name_hant``; without stairs ``A座 1201``."""
    catalogue = script or current_language().catalogue
    name = in_script(building, "name", script)
    if not stair:
        return f"{name} {room}"
    word = "單元" if catalogue in ("zh_Hant", "zh-Hant") else "单元"
    return f"{name}{stair}{word} {room}"


def address_of(household: Household, script: str | None = None) -> str:
    """The address of a loaded household."""
    return address_text(household.building, household.stair, household.room, script)
