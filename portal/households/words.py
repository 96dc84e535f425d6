"""How a household is named and found: its address as people write it, and the words of its search row."""

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from flask_babel import gettext
from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from portal.core import search
from portal.core.i18n import in_script
from portal.households.models import Household

KIND = "household"


def address_of(household: Household, script: str | None = None) -> str:
    """3栋2单元1502, as its reader writes it."""
    building = in_script(household.building, "name", script)
    stair = household.stair
    if stair and stair.isdigit():
        stair = gettext("Stair %(number)s ", number=stair)
    return f"{building}{stair}{household.room}"


def spoken(household: Household) -> list[str]:
    """What a household is found by: address in both scripts, who lives there, the ends of their numbers."""
    building, community = household.building, household.community
    words = [household.room, household.address_key.replace("|", " ")]
    for half in ("hans", "hant"):
        words += [getattr(community, f"name_{half}"), getattr(building, f"name_{half}")]
    words.append(f"{building.name_hans}{household.stair}单元{household.room}")
    for resident in household.residents:
        if resident.until is None:
            words += [resident.name, resident.phone_tail]
    return [word for word in words if word]


def find_again(session: Session, household_ids: Iterable[UUID]) -> None:
    """Make households findable by what they hold now; called in the transaction that changed them."""
    ids = list(household_ids)
    loaded: Sequence[Any] = session.scalars(
        select(Household)
        .where(Household.id.in_(ids))
        .options(selectinload(Household.residents), selectinload(Household.building), selectinload(Household.community))
    ).all()
    for household in loaded:
        search.reindex(session, search.entry(household.id, household.office_id, KIND, spoken(household)))
