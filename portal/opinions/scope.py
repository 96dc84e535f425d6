"""What is wrong with the content of facts: the form's own problems, then references to records that are not there.

Loaded once for a batch of one office. Another office's record and one that never was are answered alike.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from portal.accounts.holders import colleagues
from portal.accounts.models import Department
from portal.core import bulk
from portal.core.facts import Problem, ReceivedFact
from portal.core.ids import read_id
from portal.core.labels import LABELS
from portal.domain import formspec
from portal.domain.formspec import Document, Reference
from portal.domain.pointers import pointer
from portal.domain.refusals import Refused
from portal.households.models import Household, Resident
from portal.opinions.models import Opinion


def document_of(form: str) -> Document:
    """The form that a fact names, ``visit@1``. Raises Refused ``unknown_form``."""
    name, _, version = form.partition("@")
    if not version.isascii() or not version.isdecimal() or version != str(int(version)):
        raise Refused("unknown_form", form=name, version=version)
    return formspec.load(name, int(version))


@dataclass(frozen=True)
class Look:
    """What a form says of a body; needs no database, so it can be asked before a lock is taken."""

    document: Document
    problems: list[Problem]
    references: list[Reference]
    new_opinions: list[UUID]


def look(form: str, body: Mapping[str, Any]) -> Look:
    """Hold a body against its form. Raises Refused ``unknown_form``."""
    document = document_of(form)
    shape = formspec.problems(document, body)
    if shape:
        wrong = [Problem("/body" + pointer(path), code, params) for path, code, params in shape]
        return Look(document, wrong, [], [])
    raised = [read_id(member["id"]) for member in body.get("opinions") or ()]
    return Look(document, [], formspec.references(document, body), raised)


@dataclass
class Reading:
    """A fact whose form and shape have been looked at; references only where the shape is sound."""

    fact: ReceivedFact
    problems: list[Problem]
    references: list[Reference] = field(default_factory=list)
    new_opinions: list[UUID] = field(default_factory=list)


def read(fact: ReceivedFact, forms: Iterable[str]) -> Reading:
    """Look at form and shape; ``forms`` are the names that this kind of fact may come in."""
    try:
        if fact.seen is None and document_of(fact.form).form not in forms:
            return _wrong_form(fact)
        seen: Look = fact.seen or look(fact.form, fact.body)
    except Refused as why:
        return Reading(fact, [Problem("/form", why.code, why.params)])
    if seen.document.form not in forms:
        return _wrong_form(fact)
    return Reading(fact, list(seen.problems), seen.references, seen.new_opinions)


def _wrong_form(fact: ReceivedFact) -> Reading:
    return Reading(fact, [Problem("/form", "wrong_form", {"form": fact.form})])


# Built once: every batch asks for these.
_DEPARTMENTS = select(Department.id).where(Department.office_id == bindparam("office"))
_HOUSEHOLDS = select(Household.id).where(
    Household.id.in_(bindparam("ids", expanding=True)), Household.office_id == bindparam("office")
)
_OPINIONS = select(Opinion.id, Opinion.household_id, Opinion.office_id, Opinion.contact_id).where(
    Opinion.id.in_(bindparam("ids", expanding=True))
)


def _departments(session: Session, office_id: UUID) -> frozenset[UUID]:
    return frozenset(row.id for row in bulk.rows(session, _DEPARTMENTS, office=office_id))


@dataclass
class Scope:
    """What facts of one office may refer to."""

    households: frozenset[UUID]
    staff: frozenset[UUID]
    residents: dict[UUID, UUID]
    opinions: dict[UUID, UUID | None]  # of which household; those of this batch join as its facts are found sound
    contacts: dict[UUID, UUID]  # of each stored opinion, the contact by which it came
    departments: frozenset[UUID]

    @classmethod
    def load(
        cls, session: Session, office_id: UUID, household_ids: Iterable[UUID], readings: Sequence[Reading]
    ) -> "Scope":
        wanted: dict[str, set[UUID]] = {"resident": set(), "opinion": set()}
        of_departments = False
        for reading in readings:
            for _, of, value in reading.references:
                if of in wanted:
                    wanted[of].add(read_id(value))
                of_departments = of_departments or of == "department"
            wanted["opinion"].update(reading.new_opinions)
        households = bulk.rows(session, _HOUSEHOLDS, ids=list(household_ids), office=office_id)
        return cls(
            frozenset(row.id for row in households),
            colleagues(session, office_id),
            _residents(session, office_id, wanted["resident"]),
            *_opinions(session, office_id, wanted["opinion"]),
            _departments(session, office_id) if of_departments else frozenset(),
        )

    def problems(
        self, reading: Reading, household_id: UUID, *, attached: Iterable[str] = (), contact_id: UUID | None = None
    ) -> list[Problem]:
        """Everything wrong with a fact about a household; a sound one's opinions are known to the facts after it.

        ``attached``: hashes that belong to the record already. ``contact_id``: opinions of this contact are the record's
        own and may come again (a correction).
        """
        found = list(reading.problems)
        if household_id not in self.households:
            return [Problem("/subject", "unknown_subject")]
        hashes = {a["sha256"] for a in reading.fact.attachments}.union(attached)
        for path, of, value in reading.references:
            if not self._knows(of, value, household_id, hashes):
                found.append(Problem("/body" + pointer(path), "unknown_reference", {"of": of}))
        for own in reading.new_opinions:
            if own in self.opinions and (contact_id is None or self.contacts.get(own) != contact_id):
                found.append(Problem(f"/body/opinions/{own}/id", "id_taken"))
        if not found:
            self.opinions.update(dict.fromkeys(reading.new_opinions, household_id))
        return found

    def _knows(self, of: str, value: str, household_id: UUID, hashes: set[str]) -> bool:
        if of == "attachment":
            return value in hashes
        if of == "category":
            return value in LABELS["category"]
        known = read_id(value)
        if of == "staff":
            return known in self.staff
        if of == "department":
            return known in self.departments
        of_whom = self.residents if of == "resident" else self.opinions if of == "opinion" else {}
        return of_whom.get(known) == household_id


def _residents(session: Session, office_id: UUID, ids: set[UUID]) -> dict[UUID, UUID]:
    if not ids:
        return {}
    query = select(Resident.id, Resident.household_id).where(Resident.id.in_(ids), Resident.office_id == office_id)
    return {row.id: row.household_id for row in session.execute(query)}


def _opinions(session: Session, office_id: UUID, ids: set[UUID]) -> tuple[dict[UUID, UUID | None], dict[UUID, UUID]]:
    """Stored opinions of these ids, wherever they are: an id that another office has taken is taken here too."""
    if not ids:
        return {}, {}
    rows = bulk.rows(session, _OPINIONS, ids=list(ids))
    return (
        {row.id: row.household_id if row.office_id == office_id else None for row in rows},
        {row.id: row.contact_id for row in rows},
    )
