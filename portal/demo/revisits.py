"""The demo's revisits: field staff go back to a door and ask whether what was done is right (VS-06, VS-09)."""

from uuid import UUID

from sqlalchemy import select

from portal.core.db import db
from portal.demo.crew import Crew
from portal.demo.opinions import Act
from portal.demo.texts import REPORTED
from portal.domain.lives import OpinionAction as Action
from portal.households.models import Resident
from portal.visits.service import desk_fact, record_visits

KINDS = {"complaint": "complaint_revisit", "repair": "repair_revisit"}
GRADES = {True: "satisfied", False: "dissatisfied"}


def asked_at_the_door(act: Act, crew: Crew) -> bool:
    """Whether the resident is asked by somebody who makes visits, face to face."""
    asked = act.action in (Action.SATISFY, Action.AGAIN) and act.method == "door"
    return asked and act.by.id in {person.id for person in crew.field}


def ask_at_the_door(act: Act) -> UUID:
    """The visit that asks, with what the resident says of the opinion; returns its id."""
    door, satisfied = act.raised.door, act.action is Action.SATISFY
    lives_here = db.session.execute(
        select(Resident.name, Resident.relation)
        .where(Resident.household_id == door.id, Resident.until.is_(None))
        .order_by(Resident.position)
        .limit(1)
    ).one()
    body = {
        "type": KINDS.get(act.raised.matter.kind, "special_revisit"), "method": "door", "outcome": "met",
        "visitors": [str(act.by.id)], "resident_name": lives_here.name, "relation": lives_here.relation,
        "briefing": "all", "reported": REPORTED[door.script][0], "ratings": {"overall": GRADES[satisfied]},
        "no_signature_because": "not_asked",
        "checks": [{"opinion": str(act.opinion_id), "satisfied": "yes" if satisfied else "no", "remark": act.words}],
    }  # fmt: skip
    fact = desk_fact("visit", "visit@1", door.id, body, by=act.by, at=act.at, occurred_at=act.at)
    record_visits([fact], by=act.by, at=act.at)
    door.visited, door.attempts = act.at.date(), 0
    return fact.id
