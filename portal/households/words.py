"""How a household is found: the words of its search row."""

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from portal.core import search
from portal.households.index import KIND, findable, household_entry, words_of
from portal.households.models import Household

__all__ = ["KIND", "find_again", "spoken"]


def spoken(household: Household) -> list[str]:
    """What a household is found by: address in both scripts, who lives there, the ends of their numbers."""
    return words_of(findable(household))


def find_again(session: Session, household_ids: Iterable[UUID]) -> None:
    """Make households findable by what they hold now; called in the transaction that changed them."""
    ids = list(household_ids)
    loaded: Sequence[Any] = session.scalars(
        select(Household)
        .where(Household.id.in_(ids))
        .options(selectinload(Household.residents), selectinload(Household.building), selectinload(Household.community))
    ).all()
    for household in loaded:
        search.reindex(session, household_entry(findable(household)))
