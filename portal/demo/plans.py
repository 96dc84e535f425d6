"""The demo's plans for today: for each person in the field a dozen doors of one building, promises first, and a brief."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import select

from portal.accounts.actors import Actor
from portal.core.db import db
from portal.demo.crew import Crew
from portal.demo.words import BRIEFS
from portal.households.models import Building, Community, Household
from portal.opinions.models import Opinion
from portal.visits.service import give_plan

DOORS, PROMISED = 9, 3


def give_plans(crew: Crew, day: date, at: datetime) -> None:
    """Doors that waited longest, and some whose opinions were reported done; nobody gets a door of another's."""
    given: set[UUID] = set()
    for n, person in enumerate(crew.field):
        doors = _doors(crew, person, n, given)
        given |= set(doors)
        give_plan(person.id, day, by=crew.supervisor, at=at, household_ids=doors, brief=BRIEFS[crew.office.script])


def _doors(crew: Crew, person: Actor, n: int, given: set[UUID]) -> list[UUID]:
    session = db.session()
    waiting = session.execute(
        select(Household.id, Household.building_id)
        .join(Building, Building.id == Household.building_id)
        .join(Community, Community.id == Household.community_id)
        .where(Household.office_id == crew.office.id, Household.occupancy != "vacant")
        .order_by(Household.last_visit_on.is_not(None), Household.last_visit_on, Community.slug, Household.address_key)
    ).all()
    buildings = list(dict.fromkeys(row.building_id for row in waiting))
    mine = buildings[n % len(buildings)]
    reported = session.scalars(
        select(Opinion.household_id)
        .where(Opinion.office_id == crew.office.id, Opinion.status == "done", Opinion.household_id.is_not(None))
        .order_by(Opinion.raised_at, Opinion.content)
    )
    promised = [home for home in dict.fromkeys(reported) if home is not None and home not in given][:PROMISED]
    due = [row.id for row in waiting if row.building_id == mine and row.id not in given and row.id not in promised]
    return promised + due[:DOORS]
