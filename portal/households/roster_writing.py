"""One slice of a roster into the database, inside the caller's ``writing()``: households found or made, rows given back.

Everything is written in lists, since a roster has a hundred thousand rows: what is known is read once for the slice, rows
are brought together in memory, and each table gets one statement.
"""

import secrets
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Update, bindparam, func, literal_column, select, update
from sqlalchemy.orm import Session

from portal.core import audit, bulk, changes, search
from portal.core.ids import new_id
from portal.domain.roster.household import RosterRow as HouseholdRow
from portal.domain.roster.merging import Dwelling, Person, merge, new_dwelling
from portal.domain.roster.people import Doubt
from portal.domain.roster.rows import RowRefused
from portal.households.communities import NamePair
from portal.households.index import Findable, household_entry, phone_tail
from portal.households.models import Building, Community, Household, Resident, RosterRow, natural
from portal.households.roster_reading import Taken

VALUES = (
    "occupancy", "tenure", "permanent", "key", "kind", "area_hundredths", "moved_in", "moved_in_precision", "floor",
    "floor_guessed", "remark",
)  # fmt: skip
"""The columns of a household that a roster fills."""


def _change(table: Any, columns: Sequence[str], **more: Any) -> Update:
    """The statement that sets columns of the row ``at`` to ``to_<column>``, for ``bulk.many``."""
    values = {name: bindparam(f"to_{name}", type_=table.c[name].type) for name in columns}
    return update(table).where(table.c.id == bindparam("at", type_=table.c.id.type)).values(**values, **more)


_CHANGE_HOUSEHOLD = _change(Household.__table__, (*VALUES, "assumed"), revision=literal_column("revision + 1"))
_CHANGE_RESIDENT = _change(Resident.__table__, ("phone", "phone_tail", "more_phones", "language"))


@dataclass
class Counts:
    """What the rows of a slice came to."""

    read: int = 0
    imported: int = 0
    merged: int = 0
    refused: int = 0
    doubtful: int = 0
    reasons: Counter[str] = field(default_factory=Counter)


@dataclass
class _Held:
    """A household that the slice met: as it was known or as the slice made it."""

    id: UUID
    building_id: UUID
    stair: str
    room: str
    address_key: str
    dwelling: Dwelling
    fresh: bool = True
    fields: set[str] = field(default_factory=set)
    came: list[Person] = field(default_factory=list)
    filled: list[Person] = field(default_factory=list)

    @property
    def changed(self) -> bool:
        return not self.fresh and bool(self.fields or self.came or self.filled)


@dataclass
class Slice:
    """The work on one slice; ``names`` are the pairs of the buildings that it may have to make."""

    session: Session
    import_id: UUID
    community: Community
    by: UUID | None
    at: datetime
    names: Mapping[str, NamePair]
    counts: Counts = field(default_factory=Counts)
    held: dict[str, _Held] = field(default_factory=dict)
    buildings: dict[str, Any] = field(default_factory=dict)  # by code
    by_id: dict[UUID, Any] = field(default_factory=dict)
    made: list[UUID] = field(default_factory=list)  # buildings
    told: list[dict[str, Any]] = field(default_factory=list)

    def write(self, taken: Sequence[Taken]) -> Counts:
        """Bring in the rows. The office's change counter is locked by the caller, who has checked that it is their turn."""
        self._load({one.outcome.address_key for one in taken if isinstance(one.outcome, HouseholdRow)})
        for one in taken:
            if isinstance(one.outcome, HouseholdRow):
                self._household(one, one.outcome)
            elif isinstance(one.outcome, RowRefused):
                self._refuse(one, one.outcome)
        self._insert()
        return self.counts

    def _household(self, one: Taken, row: HouseholdRow) -> None:
        self.counts.read += 1
        doubts: list[Doubt] = list(row.doubts)
        held = self.held.get(row.address_key)
        if held is None:
            self.counts.imported += 1
            building_id = self._building(row)
            dwelling = new_dwelling(row)
            self.held[row.address_key] = _Held(
                new_id(), building_id, row.stair, row.room, row.address_key, dwelling, came=list(dwelling.people)
            )
        else:
            self.counts.merged += 1
            done = merge(held.dwelling, row)
            held.fields.update(done.fields)
            held.came += done.came
            held.filled += [
                p for p in done.filled if p.ref is not None and all(p is not other for other in held.filled)
            ]
            doubts += done.doubts
        if doubts:
            self.counts.doubtful += 1
            for code, params in dict(reversed(doubts)).items():  # each thing once, as first said
                self._tell(one, "doubtful", code, params)

    def _refuse(self, one: Taken, refused: RowRefused) -> None:
        self.counts.read += 1
        self.counts.refused += 1
        self._tell(one, "refused", refused.code, refused.params)

    def _tell(self, one: Taken, outcome: str, code: str, params: Mapping[str, object]) -> None:
        self.counts.reasons[f"{outcome}:{code}"] += 1
        self.told.append(
            {
                "id": new_id(), "office_id": self.community.office_id, "import_id": self.import_id, "line": one.line,
                "outcome": outcome, "code": code, "params": dict(params), "cells": one.cells, "carried": dict(one.carried),
            }
        )  # fmt: skip

    def _load(self, keys: set[str]) -> None:
        """The community's buildings, and the households that the slice's addresses find, with their people."""
        columns = (Building.code, Building.id, Building.name_hans, Building.name_hant)
        for building in self.session.execute(select(*columns).where(Building.community_id == self.community.id)):
            self.buildings[building.code] = self.by_id[building.id] = building
        what = (Household.id, Household.building_id, Household.stair, Household.room, Household.address_key)
        found = self.session.execute(
            select(*what, Household.assumed, *(getattr(Household, name) for name in VALUES)).where(
                Household.community_id == self.community.id, Household.address_key.in_(sorted(keys))
            )
        ).all()
        people: dict[UUID, list[Person]] = {}
        rows = select(Resident).where(Resident.household_id.in_([row.id for row in found])).order_by(Resident.position)
        for one in self.session.execute(rows.with_only_columns(*Resident.__table__.columns)):
            people.setdefault(one.household_id, []).append(
                Person(
                    one.name, one.name_key, one.relation, one.phone, list(one.more_phones), one.language,
                    left=one.until is not None, ref=one.id,
                )
            )  # fmt: skip
        for row in found:
            values = {name: getattr(row, name) for name in VALUES}
            dwelling = Dwelling(values, set(row.assumed), people.get(row.id, []))
            self.held[row.address_key] = _Held(
                row.id, row.building_id, row.stair, row.room, row.address_key, dwelling, fresh=False
            )

    def _building(self, row: HouseholdRow) -> UUID:
        known = self.buildings.get(row.building_code)
        if known is None:
            known = self.buildings[row.building_code] = self._new_building(row)
        found: UUID = known.id
        return found

    def _new_building(self, row: HouseholdRow) -> Building:
        community = self.community
        names = self.names.get(row.building) or NamePair(community.name_hans, community.name_hant, community.script)
        code = row.building_code
        position = int(code) if code.isdigit() and len(code) < 6 else len(self.buildings) + 1
        building = Building(
            id=new_id(), office_id=community.office_id, community_id=community.id, code=code, name_hans=names.hans,
            name_hant=names.hant, position=position,
        )  # fmt: skip
        self.session.add(building)
        self.session.flush()
        self.made.append(building.id)
        self.by_id[building.id] = building
        return building

    def _insert(self) -> None:
        fresh = [held for held in self.held.values() if held.fresh]
        changed = [held for held in self.held.values() if held.changed]
        bulk.put(self.session, Household, [self._household_row(held) for held in fresh])
        bulk.put(self.session, Resident, [row for held in (*fresh, *changed) for row in self._resident_rows(held)])
        bulk.put(self.session, RosterRow, self.told)
        self._update(changed)
        search.index(self.session, [household_entry(self._findable(held)) for held in fresh])
        for held in changed:
            if held.came or held.filled:
                search.reindex(self.session, household_entry(self._findable(held)))
        audit.record_many(self.session, [self._event(held) for held in (*fresh, *changed)])
        touched = [("building", building_id) for building_id in self.made]
        touched += [("household", held.id) for held in (*fresh, *changed)]
        if touched:
            community_id = self.community.id
            changes.number(
                self.session,
                self.community.office_id,
                [changes.Touched(kind, record_id, community_id) for kind, record_id in touched],
            )

    def _household_row(self, held: _Held) -> dict[str, Any]:
        return {
            "id": held.id, "office_id": self.community.office_id, "community_id": self.community.id,
            "building_id": held.building_id, "stair": held.stair, "room": held.room, "address_key": held.address_key,
            "address_order": natural(held.address_key), "unit_code": secrets.token_hex(8),
            "assumed": sorted(held.dwelling.assumed), "preference": "", "quiet_hours": "", "revision": 1,
            "last_visit_on": None, "open_opinions": 0, **held.dwelling.values,
        }  # fmt: skip

    def _resident_rows(self, held: _Held) -> list[dict[str, Any]]:
        first = len(held.dwelling.people) - len(held.came)
        rows = []
        for position, person in enumerate(held.came, first):
            rows.append(
                {
                    "id": new_id(), "office_id": self.community.office_id, "household_id": held.id, "name": person.name,
                    "name_key": person.name_key, "relation": person.relation, "phone": person.phone,
                    "phone_tail": phone_tail(person.phone), "more_phones": person.more_phones,
                    "language": person.language, "since": None, "until": None, "position": position,
                }
            )  # fmt: skip
        return rows

    def _update(self, changed: Sequence[_Held]) -> None:
        bulk.many(
            self.session,
            _CHANGE_HOUSEHOLD,
            [
                {"at": held.id, "to_assumed": sorted(held.dwelling.assumed)}
                | {f"to_{name}": held.dwelling.values[name] for name in VALUES}
                for held in changed
            ],
        )
        bulk.many(
            self.session,
            _CHANGE_RESIDENT,
            [
                {
                    "at": person.ref, "to_phone": person.phone, "to_phone_tail": phone_tail(person.phone),
                    "to_more_phones": person.more_phones, "to_language": person.language,
                }
                for held in changed for person in held.filled
            ],
        )  # fmt: skip

    def _findable(self, held: _Held) -> Findable:
        building = self.by_id[held.building_id]
        here = [person for person in held.dwelling.people if not person.left]
        return Findable(
            held.id,
            self.community.office_id,
            (self.community.name_hans, self.community.name_hant, building.name_hans, building.name_hant),
            building.name_hans,
            held.stair,
            held.room,
            held.address_key,
            [person.name for person in here],
            [number for person in here for number in person.phones],
        )

    def _event(self, held: _Held) -> dict[str, Any]:
        what: dict[str, Any] = {"roster": str(self.import_id)}
        if not held.fresh:
            what |= {"fields": sorted(held.fields), "people": len(held.came), "filled": len(held.filled)}
        return {
            "office_id": self.community.office_id, "id": new_id(), "subject_id": held.id, "by_id": self.by, "at": self.at,
            "name": "households:household:added" if held.fresh else "households:household:merged", "changes": what,
        }  # fmt: skip


def propose_handover(session: Session, community: Community, today: date) -> bool:
    """Take the earliest move-in for the first handover where nobody has said it; whether that changed it (SV-03)."""
    if community.first_handover_on is not None and not community.handover_proposed:
        return False
    earliest = session.scalar(
        select(func.min(Household.moved_in)).where(Household.community_id == community.id, Household.moved_in <= today)
    )
    if earliest is None or earliest == community.first_handover_on:
        return False
    community.first_handover_on, community.handover_proposed = earliest, True
    return True
