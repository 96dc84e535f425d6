"""The communication register: contacts by any channel, each with its number and the opinions raised in it (OP-01).

``record_contacts`` takes a list; the desk's form is a list of one. Steps of an opinion's life are in ``steps``.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.accounts.actors import Actor
from portal.accounts.models import Department
from portal.accounts.policy import policy_for, zone_of
from portal.core import audit, changes, clock, search
from portal.core.changes import Touched
from portal.core.db import writing
from portal.core.ids import new_id
from portal.domain.lives import OpinionAction as Action
from portal.domain.policy import Policy
from portal.domain.refusals import Refused
from portal.households.models import Building, Community, Household
from portal.opinions import life, numbers
from portal.opinions.models import Contact, Opinion

KINDS = ("inquiry", "help", "repair", "suggestion", "complaint", "praise")
CHANNELS = (
    "counter",
    "phone",
    "letter",
    "box",
    "fax",
    "email",
    "resident_page",
    "survey",
    "forum",
    "colleague",
    "proxy",
    "meeting",
)
TEXT_MOST = 4000


@dataclass(frozen=True)
class NewOpinion:
    """One thing raised, as typed: without a category it is classified later; ``wanted_by`` is the date asked for (OP-04)."""

    kind: str
    content: str
    category: str | None = None
    part: str | None = None
    department_id: UUID | None = None
    answered_with: str = ""
    remedy_sought: str = ""
    wanted_by: date | None = None


@dataclass(frozen=True)
class NewContact:
    """One contact by any channel, with any number of opinions. Without a household it belongs to an estate or to nobody."""

    channel: str
    opinions: tuple[NewOpinion, ...]
    household_id: UUID | None = None
    community_id: UUID | None = None
    person: str = ""
    phone: str = ""
    occurred_at: datetime | None = None


def record_contacts(contacts: Sequence[NewContact], *, by: Actor, at: datetime) -> list[UUID]:
    """Enter contacts in the register, each with the office's next number; returns their ids.

    Raises Refused: ``unknown_subject`` (no such household or estate here), ``required``, ``not_a_choice``, ``too_long``,
    ``opinion.none``, ``contact.later``; nothing is recorded then.
    """
    if by.office_id is None:
        raise Refused("unknown_subject")
    office_id = by.office_id
    for contact in contacts:
        _check_contact(contact, at)
    with writing() as session:
        changes.lock(session, [office_id])
        zone = zone_of(session, office_id)
        policy = policy_for(session, office_id, on=clock.day_at(at, zone))
        places = _places(session, office_id, contacts)
        standings: list[life.Standing] = []
        made = []
        for contact in contacts:
            row = _contact(session, contact, places, office_id, zone, by, at)
            made.append(row.id)
            for opinion in contact.opinions:
                standings.append(_raise(session, opinion, row, places, policy, by, at, zone))
        session.flush()
        life.count(session, life.write(session, standings))
        homes = {(c.household_id, places[c.household_id].community_id) for c in contacts if c.household_id}
        changes.number(session, office_id, [Touched("household", home, community) for home, community in sorted(homes)])
        return made


def _check_contact(contact: NewContact, at: datetime) -> None:
    if contact.channel not in CHANNELS:
        raise Refused("not_a_choice", "channel")
    if not contact.opinions:
        raise Refused("opinion.none", "opinions")
    if contact.occurred_at is not None and contact.occurred_at > at + timedelta(minutes=5):
        raise Refused("contact.later", "occurred_at")
    for name, text, most in (("person", contact.person, 80), ("phone", contact.phone, 40)):
        worded(text, name, needed=False, most=most)
    for i, opinion in enumerate(contact.opinions):
        if opinion.kind not in KINDS:
            raise Refused("not_a_choice", f"opinions-{i}-kind")
        worded(opinion.content, f"opinions-{i}-content")
        worded(opinion.answered_with, f"opinions-{i}-answered_with", needed=False)
        worded(opinion.remedy_sought, f"opinions-{i}-remedy_sought", needed=False)
        if opinion.answered_with.strip() and not opinion.category and opinion.kind != "complaint":
            raise Refused("required", f"opinions-{i}-category")


def worded(text: str, field: str, *, needed: bool = True, most: int = TEXT_MOST) -> str:
    """What a person typed, without outer blanks. Raises Refused: ``required``, ``too_long``, ``text.nul``."""
    text = text.replace("\r\n", "\n").strip()
    if needed and not text:
        raise Refused("required", field)
    if len(text) > most:
        raise Refused("too_long", field, limit=most)
    if "\0" in text:
        raise Refused("text.nul", field)
    return text


@dataclass(frozen=True)
class _Home:
    community_id: UUID
    words: tuple[str, ...]


def _places(session: Session, office_id: UUID, contacts: Sequence[NewContact]) -> dict[UUID | None, _Home]:
    """The households, locked in the order of their ids, and the estates; another office's are not found."""
    homes = {c.household_id for c in contacts if c.household_id}
    found: dict[UUID | None, _Home] = {}
    rows = session.execute(
        select(Household.id, Household.community_id, Building.name_hans, Building.name_hant, Household.stair, Household.room)
        .join(Building, Building.id == Household.building_id)
        .where(Household.id.in_(homes), Household.office_id == office_id)
        .order_by(Household.id)
        .with_for_update(of=Household)
    )  # fmt: skip
    for row in rows:
        found[row[0]] = _Home(row[1], (row[2], row[3], row[4], row[5], f"{row[2]}{row[4]}单元{row[5]}"))
    estates = {c.community_id for c in contacts if c.community_id and not c.household_id}
    for community in session.scalars(
        select(Community.id).where(Community.id.in_(estates), Community.office_id == office_id)
    ):
        found[community] = _Home(community, ())
    for contact in contacts:
        key = contact.household_id or contact.community_id
        if key is None or key not in found:
            raise Refused("unknown_subject", "household")
    return found


def _contact(
    session: Session,
    new: NewContact,
    places: dict[UUID | None, _Home],
    office_id: UUID,
    zone: str,
    by: Actor,
    at: datetime,
) -> Contact:
    home = places[new.household_id or new.community_id]
    occurred_at = new.occurred_at or at
    row = Contact(
        id=new_id(), office_id=office_id, community_id=home.community_id, household_id=new.household_id,
        number=numbers.next_number(session, office_id, clock.day_at(at, zone).year), channel=new.channel,
        person=new.person.strip(), phone=new.phone.strip(), staff_id=by.id, occurred_at=occurred_at, received_at=at,
    )  # fmt: skip
    session.add(row)
    audit.record(
        session, "opinions:contact:recorded", row.id, office_id=office_id, by=by.id, at=at, number=row.number,
        channel=row.channel, opinions=len(new.opinions),
    )  # fmt: skip
    return row


def _raise(
    session: Session,
    new: NewOpinion,
    contact: Contact,
    places: dict[UUID | None, _Home],
    policy: Policy,
    by: Actor,
    at: datetime,
    zone: str,
) -> life.Standing:
    home = places[contact.household_id or contact.community_id]
    standing = life.Standing(
        new_id(), contact.office_id, home.community_id, contact.household_id, new.kind, "received", 1, new=True
    )
    standing.tell(life.RECEIVED, {"status": "received", "round": 1, "kind": new.kind}, by.id, at)
    department_id = department_in(session, contact.office_id, new.department_id)
    for action in _at_once(new, department_id):
        standing.step(action, policy, by=by.id, at=at)
    promised = clock.day_at(contact.occurred_at, zone) + timedelta(days=policy.opinion_answer_within_days)
    session.add(
        Opinion(
            id=standing.id, office_id=contact.office_id, community_id=home.community_id, contact_id=contact.id,
            household_id=contact.household_id, kind=new.kind, category=new.category or None, part=new.part or None,
            department_id=department_id, content=worded(new.content, "content"), answered_with=new.answered_with.strip(),
            remedy_sought=new.remedy_sought.strip() if new.kind == "complaint" else "", case_number=contact.number or "",
            status=standing.status, round=1, receiver_id=by.id, raised_at=contact.occurred_at, since_at=at,
            due_on=new.wanted_by or promised,
        )
    )  # fmt: skip
    words = (*home.words, contact.person, contact.number or "", new.content)
    search.index(session, [search.entry(standing.id, contact.office_id, "opinion", words)])
    return standing


def _at_once(new: NewOpinion, department_id: UUID | None) -> list[Action]:
    """What the person at the desk settled already; a complaint always goes its own way (VS-08)."""
    if not new.category:
        return []
    if new.kind == "complaint":
        return [Action.CLASSIFY]
    if new.kind == "praise":
        return [Action.CLASSIFY, Action.ANSWER, Action.SATISFY]
    if new.answered_with.strip():
        return [Action.CLASSIFY, Action.ANSWER]
    return [Action.CLASSIFY, Action.ASSIGN] if department_id else [Action.CLASSIFY]


def department_in(session: Session, office_id: UUID, department_id: UUID | None) -> UUID | None:
    if department_id is None:
        return None
    found = session.scalar(
        select(Department.id).where(Department.id == department_id, Department.office_id == office_id)
    )
    if found is None:
        raise Refused("not_a_choice", "department_id")
    return found
