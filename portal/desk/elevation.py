"""A building as it stands: floors by doors, each door with its state and what to say of it."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from flask import url_for
from flask_babel import gettext
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.core.i18n import short_day
from portal.domain.policy import Policy
from portal.households.models import Household, natural
from portal.households.standing import Standing, standing
from portal.visits.models import Visit

FAILED = {"not_in": "nobody", "refused": "refused"}
"""Outcomes of an attempt that a door shows for as long as the visit it was meant for is still to be made."""


@dataclass(frozen=True)
class Door:
    room: str
    state: str
    note: str
    href: str
    promise: bool


@dataclass(frozen=True)
class Stair:
    key: str
    name: str
    columns: tuple[str, ...]

    @property
    def doors(self) -> int:
        return len(self.columns)


@dataclass(frozen=True)
class Floor:
    name: str
    stairs: list[list[Door | None]]


@dataclass(frozen=True)
class Elevation:
    """``counts`` by state; ``covered`` of ``counted`` households have been visited in time (vacant ones not counted)."""

    stairs: list[Stair] = field(default_factory=list)
    floors: list[Floor] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)
    counted: int = 0
    covered: int = 0


def elevation(session: Session, building_id: UUID, policy: Policy, today: date, *, only: str = "") -> Elevation:
    """The elevation of a building; with ``only`` the doors of one state, the others left blank."""
    households = session.scalars(
        select(Household).where(Household.building_id == building_id).order_by(Household.address_order, Household.id)
    ).all()
    attempts = _last_attempts(session, [h.id for h in households])
    stands = {h.id: standing(h.occupancy, h.last_visit_on, policy, today) for h in households}
    doors = {h.id: _door(h, stands[h.id], attempts.get(h.id)) for h in households}
    counts = Counter(door.state for door in doors.values())
    stairs = _stairs(households)
    floors = _floors(households, doors, stairs, only)
    covered = sum(each.covered for each in stands.values())
    return Elevation(stairs, floors, counts, len(households) - counts["vacant"], covered)


def _last_attempts(session: Session, household_ids: Sequence[UUID]) -> dict[UUID, Any]:
    rows = session.execute(
        select(Visit.household_id, Visit.outcome, Visit.attempt, Visit.occurred_at)
        .where(Visit.household_id.in_(household_ids))
        .order_by(Visit.occurred_at, Visit.id)
    )
    return {row.household_id: row for row in rows}


def _door(household: Household, stands: Standing, last: Any) -> Door:
    state, note = stands.state, ""
    if state in ("due", "overdue") and last is not None and last.outcome in FAILED:
        state = FAILED[last.outcome]
        note = gettext("%(count)s times", count=last.attempt) if state == "nobody" else short_day(last.occurred_at)
    elif state == "overdue":
        late = stands.days_late
        note = gettext("%(count)s days late", count=late) if late else gettext("due today")
    elif state == "due":
        note = gettext("by %(day)s", day=short_day(stands.due)) if stands.due else gettext("never visited")
    elif state == "done":
        note = short_day(household.last_visit_on)
    href = url_for("households.show", household_id=household.id)
    return Door(household.room, state, note or gettext("vacant"), href, household.open_opinions > 0)


def _column(household: Household) -> str:
    """Which door of the landing: 1203 on floor 12 is 03, 12C is C. Two rooms of one column stand above each other."""
    floor = str(household.floor) if household.floor is not None else ""
    room = household.room
    digits = re.sub(r"\D", "", room)
    if floor and digits.startswith(floor) and len(room) > len(floor):
        return room.replace(floor, "", 1)
    return room


def _stairs(households: Sequence[Household]) -> list[Stair]:
    columns: dict[str, set[str]] = {}
    for household in households:
        columns.setdefault(household.stair, set()).add(_column(household))
    keys = sorted(columns, key=natural)
    return [
        Stair(
            key,
            gettext("Stair %(number)s", number=key) if key.isdigit() else key,
            tuple(sorted(columns[key], key=natural)),
        )
        for key in keys
    ]


def _floors(households: Sequence[Household], doors: dict[UUID, Door], stairs: list[Stair], only: str) -> list[Floor]:
    placed: dict[tuple[int | None, str, str], Door] = {}
    for household in households:
        door = doors[household.id]
        if not only or door.state == only:
            placed[household.floor, household.stair, _column(household)] = door
    levels = sorted({h.floor for h in households}, key=lambda n: (n is not None, n or 0), reverse=True)
    return [
        Floor(
            gettext("Floor %(number)s", number=level) if level is not None else "—",
            [[placed.get((level, stair.key, column)) for column in stair.columns] for stair in stairs],
        )
        for level in levels
    ]
