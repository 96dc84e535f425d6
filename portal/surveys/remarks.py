"""What an answer says beyond its grades becomes opinions of the register: each remark (SV-14), each dissatisfied grade (SV-19)."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from sqlalchemy import insert
from sqlalchemy.orm import Session

from portal.core import audit, search
from portal.core.facts import ReceivedFact
from portal.core.ids import new_id, part_id
from portal.opinions import life
from portal.opinions.models import Contact, Opinion

KIND = "suggestion"  # until somebody classifies it
STATUS = "received"


@dataclass
class Raised:
    """Rows of a batch for the register, written at once; ``more`` counts the open opinions of each household."""

    contacts: list[dict[str, Any]] = field(default_factory=list)
    opinions: list[dict[str, Any]] = field(default_factory=list)
    events: list[dict[str, Any]] = field(default_factory=list)
    entries: list[dict[str, Any]] = field(default_factory=list)
    standings: list[life.Standing] = field(default_factory=list)

    def contact(self, fact: ReceivedFact, community_id: UUID, person: str) -> UUID:
        """The answer as an entry of the communication register (OP-01)."""
        contact_id = part_id(fact.id, "contact")
        self.contacts.append(
            {
                "id": contact_id, "office_id": fact.office_id, "community_id": community_id, "number": None,
                "household_id": fact.subject_id, "channel": "survey", "person": person, "phone": "",
                "staff_id": fact.staff_id, "occurred_at": fact.occurred_at, "received_at": fact.received_at,
            }
        )  # fmt: skip
        return contact_id

    def opinion(self, fact: ReceivedFact, community_id: UUID, item: str, content: str, category: str | None) -> UUID:
        """One remark, or one dissatisfied grade, on one item; made again it has the same id."""
        opinion_id = part_id(fact.id, item)
        self.opinions.append(
            {
                "id": opinion_id, "office_id": fact.office_id, "community_id": community_id,
                "contact_id": part_id(fact.id, "contact"), "household_id": fact.subject_id, "issue_id": None,
                "kind": KIND, "category": category, "part": None, "department_id": None, "content": content,
                "answered_with": "", "status": STATUS, "round": 1, "revision": 1, "receiver_id": fact.staff_id,
                "raised_at": fact.occurred_at, "due_on": None,
            }
        )  # fmt: skip
        self.events.append(
            {
                "id": new_id(), "office_id": fact.office_id, "name": life.RECEIVED, "subject_id": opinion_id,
                "by_id": fact.staff_id, "at": fact.received_at,
                "changes": {"status": STATUS, "round": 1, "kind": KIND, "channel": "survey"},
            }
        )  # fmt: skip
        self.entries.append(search.entry(opinion_id, fact.office_id, "opinion", [content]))
        self.standings.append(
            life.Standing(opinion_id, fact.office_id, community_id, fact.subject_id, KIND, STATUS, 1, new=True)
        )
        return opinion_id

    def write(self, session: Session) -> None:
        """Insert everything; the caller numbers the households."""
        for table, rows in ((Contact.__table__, self.contacts), (Opinion.__table__, self.opinions)):
            write_rows(session, table, rows)
        audit.record_many(session, self.events)
        search.index(session, self.entries)
        life.count(session, life.write(session, self.standings))


def write_rows(session: Session, table: Any, rows: Sequence[dict[str, Any]]) -> None:
    """Finished rows in one statement, past the unit of work."""
    if rows:
        session.connection().execute(insert(table), list(rows))
