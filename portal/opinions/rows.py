"""Contacts and opinions of a batch of facts, gathered as finished rows and written with one statement a table."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from portal.core import bulk, search
from portal.core.facts import ReceivedFact
from portal.core.ids import new_id, part_id, read_id
from portal.core.storage import Attachment, Blob
from portal.domain.lives import OpinionAction
from portal.domain.policy import Policy
from portal.households.models import Building, Household, Resident
from portal.opinions import life
from portal.opinions.life import Standing
from portal.opinions.models import Opinion, OpinionCheck

SATISFIED = {"yes": True, "no": False}


class Place(NamedTuple):
    """A household as a batch needs it."""

    id: UUID
    community_id: UUID
    stair: str
    room: str
    building: str
    last_visit_on: date | None


# Built once: every batch asks for these.
_PLACES = (
    select(
        Household.id, Household.community_id, Household.stair, Household.room, Building.name_hans,
        Household.last_visit_on,
    )
    .join(Building, Building.id == Household.building_id)
    .where(Household.id.in_(bindparam("ids", expanding=True)), Household.office_id == bindparam("office"))
    .order_by(Household.id)
    .with_for_update(of=Household)
)  # fmt: skip
_HERE = select(Blob.sha256, Blob.received_at).where(
    Blob.office_id == bindparam("office"), Blob.sha256.in_(bindparam("hashes", expanding=True))
)


def places(session: Session, office_id: UUID, household_ids: Iterable[UUID]) -> dict[UUID, Place]:
    """The households, locked in the order of their ids."""
    rows = bulk.rows(session, _PLACES, ids=list(household_ids), office=office_id)
    return {row[0]: Place(*row) for row in rows}


def resident_names(session: Session, facts: Iterable[ReceivedFact]) -> dict[str, str]:
    """Names of the residents that facts point to, by their id as written."""
    ids = {UUID(resident) for fact in facts if (resident := fact.body.get("resident"))}
    if not ids:
        return {}
    return {
        str(row.id): row.name for row in session.execute(select(Resident.id, Resident.name).where(Resident.id.in_(ids)))
    }


def person_named(body: Mapping[str, Any], names: Mapping[str, str]) -> str:
    """Who spoke: a resident on the list, or the name as written; empty where nobody was met."""
    resident = body.get("resident")
    return (names.get(resident) if resident else None) or body.get("resident_name") or ""


def contact_id_of(fact_id: UUID) -> UUID:
    """The contact that a fact made; the same however often it is asked."""
    return part_id(fact_id, "contact")


@dataclass
class Batch:
    """The rows of one office's facts; ``at``: when they were received, the time of their events."""

    office_id: UUID
    policy: Policy
    at: datetime
    standings: dict[UUID, Standing]  # of opinions that are asked about again
    contacts: list[dict[str, Any]] = field(default_factory=list)
    opinions: list[dict[str, Any]] = field(default_factory=list)
    checks: list[dict[str, Any]] = field(default_factory=list)
    attachments: list[dict[str, Any]] = field(default_factory=list)
    found_by: list[dict[str, Any]] = field(default_factory=list)

    def contact(self, fact: ReceivedFact, place: Place, channel: str, person: str, phone: str = "") -> UUID:
        own = contact_id_of(fact.id)
        self.contacts.append(
            {
                "id": own, "office_id": self.office_id, "community_id": place.community_id, "household_id": place.id,
                "number": None, "channel": channel, "person": person, "phone": phone, "staff_id": fact.staff_id,
                "occurred_at": fact.occurred_at, "received_at": fact.received_at,
            }
        )  # fmt: skip
        return own

    def raise_opinions(
        self,
        members: Sequence[Mapping[str, Any]],
        *,
        contact_id: UUID,
        place: Place,
        person: str,
        by: UUID,
        raised_at: datetime,
    ) -> None:
        """Opinions as raised; what was answered on the spot goes through the table at once, a complaint never does."""
        for member in members:
            standing = Standing(
                read_id(member["id"]),
                self.office_id,
                place.community_id,
                place.id,
                member["kind"],
                "received",
                1,
                new=True,
            )
            standing.tell(life.RECEIVED, {"status": "received", "round": 1, "kind": standing.kind}, by, self.at)
            if member["answered_at_once"] == "yes" and member.get("category"):
                self._settle(standing, by)
            self.standings[standing.id] = standing
            columns = opinion_columns(member)
            self.opinions.append(
                {
                    "id": standing.id, "office_id": self.office_id, "community_id": place.community_id,
                    "contact_id": contact_id, "household_id": place.id, "issue_id": None, "revision": 1,
                    "receiver_id": by, "raised_at": raised_at, **columns,
                }
            )  # fmt: skip
            self.found_by.append(
                search.entry(
                    standing.id, self.office_id, "opinion",
                    (place.building, place.stair, place.room, person, columns["case_number"], columns["content"]),
                )
            )  # fmt: skip

    def _settle(self, standing: Standing, by: UUID) -> None:
        actions = [OpinionAction.CLASSIFY, OpinionAction.ANSWER]
        if standing.kind == "complaint":
            actions = []  # it enters the complaint procedure, whatever was said at the door (VS-08)
        elif standing.kind == "praise":
            actions.append(OpinionAction.SATISFY)  # who praises awaits nothing more
        for action in actions:
            standing.step(action, self.policy, by=by, at=self.at)

    def check(self, members: Sequence[Mapping[str, Any]], *, visit_id: UUID, by: UUID, said_at: datetime) -> None:
        """What the resident said when asked again: kept always; it moves the opinion where the table allows (VS-09)."""
        for member in members:
            standing = self.standings[read_id(member["opinion"])]
            satisfied = SATISFIED[member["satisfied"]]
            self.checks.append(
                {
                    "id": new_id(), "office_id": self.office_id, "opinion_id": standing.id, "round": standing.round,
                    "visit_id": visit_id, "satisfied": satisfied, "remark": member.get("remark") or "", "by_id": by,
                    "at": said_at,
                }
            )  # fmt: skip
            action = OpinionAction.SATISFY if satisfied else OpinionAction.AGAIN
            life.try_step(standing, action, self.policy, by=by, at=self.at, visit=str(visit_id))

    def attach(
        self,
        fact: ReceivedFact,
        owner_id: UUID,
        here: Mapping[str, datetime],
        *,
        first: int = 0,
        known: Collection[str] = (),
    ) -> None:
        """The attachments that a fact lists, less those ``known``; ``here``: when the office got those it has already."""
        for position, named in enumerate((a for a in fact.attachments if a["sha256"] not in known), first):
            by = named.get("by")
            self.attachments.append(
                {
                    "id": part_id(fact.id, f"attachment/{position}"), "office_id": self.office_id, "owner_id": owner_id,
                    "role": named["role"], "position": position, "sha256": named["sha256"], "size": named["size"],
                    "type": named["type"], "by_id": read_id(by) if by else None, "received_at": here.get(named["sha256"]),
                }
            )  # fmt: skip

    def write(self, session: Session) -> Counter[UUID]:
        """Write all that was gathered but contacts; returns by how much each household's open opinions changed."""
        for row in self.opinions:
            standing = self.standings[row["id"]]
            row["status"], row["round"] = standing.status, standing.round
        bulk.put(session, Opinion, self.opinions)
        bulk.put(session, OpinionCheck, self.checks)
        bulk.put(session, Attachment, self.attachments)
        search.index(session, self.found_by)
        return life.write(session, list(self.standings.values()))


def opinion_columns(member: Mapping[str, Any]) -> dict[str, Any]:
    """What an opinion's part of a form says, as columns; a value that its form hides does not count."""
    due_on, department = member.get("due_on"), member.get("department")
    return {
        "kind": member["kind"],
        "category": member.get("category") or None,
        "part": member.get("part"),
        "department_id": read_id(department) if department else None,
        "content": member["content"],
        "answered_with": (member.get("answered_with") or "") if member["answered_at_once"] == "yes" else "",
        "remedy_sought": (member.get("remedy_sought") or "") if member["kind"] == "complaint" else "",
        "case_number": member.get("case_number") or "",
        "due_on": date.fromisoformat(due_on) if due_on else None,
    }


def received_hashes(session: Session, office_id: UUID, facts: Iterable[ReceivedFact]) -> dict[str, datetime]:
    """Which of the listed attachments the office has, and since when."""
    wanted = {a["sha256"] for fact in facts for a in fact.attachments}
    if not wanted:
        return {}
    found = bulk.rows(session, _HERE, hashes=list(wanted), office=office_id)
    return {row.sha256: row.received_at for row in found}
