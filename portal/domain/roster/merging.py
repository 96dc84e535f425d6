"""A row and the household it found: what is not known yet is filled in, what is known stays, and a contradiction is told.

The same rule serves a second roster, a second row of one roster, and the same roster taken in twice.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from portal.domain.roster.dates import Precision
from portal.domain.roster.household import MAX_REMARK_CHARACTERS, RosterRow
from portal.domain.roster.people import Doubt, ResidentIn

DEFAULTS: dict[str, Any] = {"occupancy": "occupied", "permanent": True, "key": False, "kind": "dwelling"}
"""What a household is taken to be while nobody says otherwise; such a field is ``assumed``."""

_OPEN = ("tenure", "area_hundredths")
_EXACTNESS: dict[str, int] = {"": 0, "year": 1, "month": 2, "day": 3}
_REMARKS_APART = "；"


@dataclass(slots=True)
class Person:
    """One person of a household as far as rosters tell. ``ref`` is the caller's own; ``left``: recorded as moved out."""

    name: str
    name_key: str
    relation: str
    phone: str = ""
    more_phones: list[str] = field(default_factory=list)
    language: str = ""
    left: bool = False
    ref: Any = None

    @property
    def phones(self) -> list[str]:
        """All numbers, the first being the one that is rung."""
        return [self.phone, *self.more_phones] if self.phone else list(self.more_phones)


@dataclass(slots=True)
class Dwelling:
    """A household as far as rosters tell: ``values`` by column, those of them that are only assumed, and its people."""

    values: dict[str, Any]
    assumed: set[str] = field(default_factory=set)
    people: list[Person] = field(default_factory=list)


@dataclass(slots=True)
class Merged:
    """What a row changed: names of columns, people who came, people whose entry was filled; and what is doubtful."""

    fields: list[str] = field(default_factory=list)
    came: list[Person] = field(default_factory=list)
    filled: list[Person] = field(default_factory=list)
    doubts: list[Doubt] = field(default_factory=list)

    @property
    def changed(self) -> bool:
        return bool(self.fields or self.came or self.filled)


def new_dwelling(row: RosterRow) -> Dwelling:
    """The household that a row is the first to tell of."""
    said = _said(row)
    values = {
        **DEFAULTS,
        **dict.fromkeys(_OPEN),
        "moved_in": None,
        "moved_in_precision": None,
        "floor": row.floor,
        "floor_guessed": row.floor_guessed,
        "remark": row.remark,
        **said,
    }
    people = [_person(one, row) for one in row.residents]
    return Dwelling(values, {name for name in DEFAULTS if name not in said}, people)


def merge(known: Dwelling, row: RosterRow) -> Merged:
    """Bring a row into the household it found; ``known`` is changed in place.

    Doubts: ``known_differs`` (fields that say something else than what is kept), ``known_left`` (people named who are
    recorded as moved out; they are not taken in again).
    """
    done = Merged()
    differs: list[str] = []
    for name, value in _said(row).items():
        if name in ("moved_in", "moved_in_precision"):
            continue
        now = known.values[name]
        if name in known.assumed or now is None:
            known.assumed.discard(name)
            if now != value:
                known.values[name] = value
            done.fields.append(name)
        elif now != value:
            differs.append(name)
    differs += _merge_day(known, row, done) + _merge_floor(known, row, done)
    _merge_remark(known, row, done)
    differs += _merge_people(known, row, done)
    if differs:
        done.doubts.append(("known_differs", {"fields": sorted(set(differs))}))
    return done


def _said(row: RosterRow) -> dict[str, Any]:
    """By column, what the row itself says; silence is left out. A dwelling is what anything is taken for, hence silence."""
    said: dict[str, Any] = {
        "occupancy": row.occupancy or None,
        "tenure": row.tenure or None,
        "permanent": row.permanent,
        "key": row.key,
        "kind": row.kind if row.kind != DEFAULTS["kind"] else None,
        "area_hundredths": None if row.area is None else int(row.area * 100),
        "moved_in": row.moved_in,
        "moved_in_precision": row.moved_in_precision or None,
    }
    return {name: value for name, value in said.items() if value is not None}


def _merge_day(known: Dwelling, row: RosterRow, done: Merged) -> list[str]:
    """A day said more exactly replaces the month or year it lies in; another day is a contradiction."""
    if row.moved_in is None:
        return []
    now, precision = known.values["moved_in"], known.values["moved_in_precision"] or ""
    if now is not None:
        coarser = min(precision, row.moved_in_precision, key=lambda each: _EXACTNESS[each])
        if _within(now, coarser) != _within(row.moved_in, coarser):
            return ["moved_in"]
        if _EXACTNESS[row.moved_in_precision] <= _EXACTNESS[precision]:
            return []
    known.values["moved_in"], known.values["moved_in_precision"] = row.moved_in, row.moved_in_precision
    done.fields.append("moved_in")
    return []


def _within(day: date, precision: Precision | str) -> tuple[int, ...]:
    return (day.year, day.month, day.day)[: _EXACTNESS[precision] or 3]


def _merge_floor(known: Dwelling, row: RosterRow, done: Merged) -> list[str]:
    now, guessed = known.values["floor"], known.values["floor_guessed"]
    if row.floor is None or (now is not None and row.floor_guessed):
        return []
    if now is not None and not guessed and now != row.floor:
        return ["floor"]
    if (now, guessed) != (row.floor, row.floor_guessed):
        known.values["floor"], known.values["floor_guessed"] = row.floor, row.floor_guessed
        done.fields.append("floor")
    return []


def _merge_remark(known: Dwelling, row: RosterRow, done: Merged) -> None:
    """Remarks do not contradict each other, so what is new is added behind."""
    now = known.values["remark"]
    parts = [part for part in row.remark.split(_REMARKS_APART) if part and part not in now]
    longer = _REMARKS_APART.join(filter(None, [now, *parts]))
    if parts and len(longer) <= MAX_REMARK_CHARACTERS:
        known.values["remark"] = longer
        done.fields.append("remark")


def _merge_people(known: Dwelling, row: RosterRow, done: Merged) -> list[str]:
    by_key: dict[str, Person] = {}
    for person in known.people:
        if person.name_key not in by_key or by_key[person.name_key].left:
            by_key[person.name_key] = person
    differs: list[str] = []
    left = 0
    for one in row.residents:
        found = by_key.get(one.name_key) or (_by_number(known.people, one) if not one.name_key else None)
        if found is None:
            person = _person(one, row)
            known.people.append(person)
            by_key[person.name_key] = person
            done.came.append(person)
        elif found.left:
            left += 1
        else:
            differs += _fill_person(found, one, row, done)
    if left:
        done.doubts.append(("known_left", {"count": left}))
    return differs


def _by_number(people: Sequence[Person], one: ResidentIn) -> Person | None:
    """Somebody without a name is whoever has that number already."""
    return next((person for person in people if one.phone in person.phones), None)


def _fill_person(found: Person, one: ResidentIn, row: RosterRow, done: Merged) -> list[str]:
    differs = []
    changed = False
    new = [number for number in (one.phone, *one.more_phones) if number and number not in found.phones]
    if new:
        if found.phone:
            differs.append("phone")  # both are kept; which of them is rung stays as it was
            found.more_phones.extend(new)
        else:
            found.phone, found.more_phones = new[0], [*found.more_phones, *new[1:]]
        changed = True
    if one.relation and one.relation != found.relation:
        differs.append("relation")
    if row.language and not found.language:
        found.language, changed = row.language, True
    elif row.language and row.language != found.language:
        differs.append("language")
    if changed and not any(person is found for person in (*done.came, *done.filled)):
        done.filled.append(found)
    return differs


def _person(one: ResidentIn, row: RosterRow) -> Person:
    """Whom a roster does not describe owns the flat, or rents it where it is let."""
    relation = one.relation or ("tenant" if row.tenure == "let" else "owner")
    return Person(one.name, one.name_key, relation, one.phone, list(one.more_phones), row.language)
