"""The demo's year, day by day: visits, signatures, and what becomes of the opinions."""

import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID

from sqlalchemy import select

from portal.accounts.actors import Actor, actor_for
from portal.accounts.models import Department, Office, Staff
from portal.core.db import db
from portal.demo.signing import sign_records
from portal.demo.visits import Book, Door, day_of_visits, working_days
from portal.households.models import Community, Household

DAYS = 365
CHAIN = ("supervisor", "manager", "director")


@dataclass
class Crew:
    """Who works in one office of the demo."""

    office: Office
    field: list[Actor]
    chain: list[Actor]
    departments: dict[str, UUID]
    by_login: dict[str, Actor]


def crew_of(office: Office, people: dict[str, str], *, on: date) -> Crew:
    """Load the office's people; ``people`` maps logins to roles."""
    session = db.session()
    actors = {}
    for login in people:
        staff = session.scalars(select(Staff).where(Staff.login == login)).one()
        actors[login] = actor_for(session, staff, on=on, office_id=office.id)
    of_role = {role: [actors[login] for login, held in people.items() if held == role] for role in set(people.values())}
    departments = {d.slug: d.id for d in session.scalars(select(Department).where(Department.office_id == office.id))}
    return Crew(office, of_role["field_staff"], [of_role[r][0] for r in CHAIN], departments, actors)


def doors_of(office_id: UUID) -> list[Door]:
    """Households that are visited: occupied and renovating ones (VS-03)."""
    rows = db.session.execute(
        select(Household.id, Household.community_id, Community.script)
        .join(Community)
        .where(Household.office_id == office_id, Household.occupancy != "vacant")
        .order_by(Household.address_key, Household.community_id)
    )
    return [Door(row.id, row.community_id, row.script) for row in rows]


def live(crew: Crew, *, seed: int, as_of: date, a_day: int, tell: Callable[[str], None]) -> Book:
    """Twelve months up to the day before ``as_of``; the last two weeks are signed only in part."""
    rng = random.Random(f"{seed}|year|{crew.office.letter_code}")  # noqa: S311  a demo, not a secret
    book = Book(doors_of(crew.office.id))
    db.session.rollback()
    authors = {a.id: a for a in crew.field}
    first = as_of - timedelta(days=DAYS)
    signed = 0
    for day in working_days(first, as_of - timedelta(days=1)):
        for n, author in enumerate(crew.field):
            other = crew.field[1 - n] if len(crew.field) > 1 else None
            day_of_visits(rng, book, day, author, other, crew.departments, a_day + rng.randrange(-1, 2))
        if day.weekday() == 5:  # on Saturdays the week goes up
            fresh = [record for _, record in book.recorded[signed:]]
            signed = len(book.recorded)
            age = (as_of - day).days
            steps = 3 if age > 14 else 2 if age > 9 else 1 if age > 5 else 0
            handed = datetime.combine(day, time(9), UTC)
            sign_records(rng, fresh, crew.chain, authors, at=handed, steps=steps, script=crew.office.script)
    tell(f"{len(book.recorded)} visits, {len(book.raised)} opinions: {crew.office.name_hans}")
    return book
