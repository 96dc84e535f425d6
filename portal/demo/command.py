"""``portal demo``: fills an empty database with a living estate, the same each time for a seed and a day."""

import json
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import UUID

import click
from flask import current_app
from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from portal.accounts.models import Company, Office
from portal.core import changes, clock, search
from portal.core.commands import in_app
from portal.core.db import writing
from portal.demo import estates, people, year
from portal.demo.campaigns import surveys_of
from portal.demo.crew import crew_of
from portal.demo.letter_texts import LETTERS
from portal.demo.letters import OnItsWay
from portal.demo.rosters import Rosters
from portal.demo.tablets import Tablets
from portal.domain.refusals import Refused
from portal.households.index import Findable, household_entry
from portal.households.models import Building, Community, Household, Resident

HOUSEHOLDS = 3_000
SEED = 20260305
SMALL = 500  # below it each state of an opinion is shown once
CALLS_A_DAY = 2  # at the front desk, three days a week
Tell = Callable[[str], None]


@click.command()
@click.option("--seed", default=SEED, show_default=True, help="Another seed gives another estate.")
@click.option("--as-of", type=click.DateTime(["%Y-%m-%d"]), default=None, help="The demo's today; default: today.")
@click.option("--households", default=HOUSEHOLDS, show_default=True)
@click.option("--if-empty", is_flag=True, help="Do nothing where there is data; print the logins of an earlier demo.")
@in_app
def demo(seed: int, as_of: datetime | None, households: int, if_empty: bool) -> None:
    """Fill an empty database with three communities and their people."""
    settings = current_app.config["PORTAL"]
    marker = settings.instance / "demo.json"
    on = as_of.date() if as_of else clock.day_at(clock.now(), "Asia/Shanghai")
    with writing() as session:
        filled = session.scalar(select(Company.id)) is not None
    if filled and not if_empty:
        raise Refused("demo.not_empty")
    if not filled:
        fill(
            settings.secret_key,
            seed=seed,
            as_of=on,
            households=households,
            tell=lambda words: click.echo(words, err=True),
        )
        marker.write_text(json.dumps({"seed": seed, "as_of": on.isoformat(), "households": households}))
    if marker.exists():
        click.echo(logins(settings.secret_key, settings.public_url))


def logins(secret: str, address: str) -> str:
    """The address and one login per role, as ``make run`` prints them."""
    lines = ["", f"  Linli: {address}/login", ""]
    lines += [f"  {p.role:26} {p.login:14} {people.password_for(secret, p.login)}   {p.name}" for p in people.PEOPLE]
    return "\n".join([*lines, ""])


def fill(secret: str, *, seed: int, as_of: date, households: int, tell: Tell, days: int = year.DAYS) -> None:
    """Everything of the demo, step by step; each step is told."""
    hashed = people.hashes(secret)
    at = datetime.combine(as_of - timedelta(days=400), time(1), UTC)
    with writing() as session:
        offices, _ = people.add_people(session, hashed, on=as_of - timedelta(days=900), at=at)
        made = add_estates(session, offices, seed=seed, as_of=as_of, households=households)
    tell(f"{sum(made.values())} households in {len(made)} communities")
    rosters = []
    for key, office in offices.items():
        held = {p.login: p.role for p in people.PEOPLE if p.office in (key, "")}
        crew = crew_of(office, held, on=as_of)
        lived = year.year_of(crew, seed=seed, as_of=as_of, times=4 if households > SMALL else 1, days=days)
        for letter in LETTERS[key]:
            OnItsWay(lived, letter).enter()
        for survey, finished in surveys_of(lived, key, seed):
            survey.enter(finished=finished)
        share = households / HOUSEHOLDS
        lived.live(max(1, round(CALLS_A_DAY * share)))
        Tablets(lived).enter()
        book = lived.book
        tell(f"{len(book.recorded)} visits, {len(book.raised)} opinions: {office.name_hans}")
        places = [plan.slug for plan in estates.COMMUNITIES if plan.office == key]
        rosters.append(Rosters(lived, places))
    for each in rosters:  # last: their jobs give back the session
        each.enter()


def add_estates(
    session: Session, offices: dict[str, Office], *, seed: int, as_of: date, households: int
) -> dict[UUID, int]:
    """The three communities with buildings, households and residents; findable and numbered for the tablets."""
    made = {}
    for plan in estates.COMMUNITIES:
        office = offices[plan.office]
        rows = estates.community_rows(plan, office.id, round(households * plan.share), seed=seed, as_of=as_of)
        session.execute(insert(Community), [rows.community])
        session.execute(insert(Building), rows.buildings)
        session.execute(insert(Household), rows.households)
        session.execute(insert(Resident), rows.residents)
        search.index(session, [_entry(office.id, household, rows) for household in rows.households])
        community_id = rows.community["id"]
        changes.number(
            session,
            office.id,
            [
                changes.Touched("community", community_id, community_id),
                *(changes.Touched("building", b["id"], community_id) for b in rows.buildings),
                *(changes.Touched("household", h["id"], community_id) for h in rows.households),
            ],
        )
        made[community_id] = len(rows.households)
    return made


def _entry(office_id: UUID, household: dict[str, Any], rows: estates.Rows) -> dict[str, Any]:
    building = next(b for b in rows.buildings if b["id"] == household["building_id"])
    here = [r for r in rows.residents if r["household_id"] == household["id"]]
    places = [rows.community["name_hans"], rows.community["name_hant"], building["name_hans"], building["name_hant"]]
    return household_entry(
        Findable(
            household["id"], office_id, tuple(places), building["name_hans"], household["stair"], household["room"],
            household["address_key"], [r["name"] for r in here], [r["phone"] for r in here],
        )
    )  # fmt: skip


__all__ = ["demo", "fill", "logins"]
