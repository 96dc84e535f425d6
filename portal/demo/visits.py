"""The demo's twelve months at the doors: visits and attempts as facts, signed week by week, some returned and corrected."""

import random
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from heapq import nsmallest
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from portal.accounts.actors import Actor
from portal.core.facts import ReceivedFact
from portal.demo.estates import name
from portal.demo.texts import ANSWERED, ATTEMPTS, HANS, HANT, REPORTED, Matter
from portal.visits.service import desk_fact, record_visits

GRADES = ("very_satisfied", "satisfied", "fairly_satisfied", "neutral", "dissatisfied")
WEIGHTS = (24, 42, 20, 9, 5)
MINUTES = 16  # from door to door
IN_VAIN_OF_100, RESERVED_IN_VAIN_OF_100 = 13, 92
AGAIN_AFTER, GIVEN_UP_FOR = 3, 45  # days: after one visit in vain; after the third (VS-03)


@dataclass
class Door:
    """A household as the demo remembers it while the year goes by; ``place`` is its place in the office's list."""

    id: UUID
    place: int
    community_id: UUID
    community: str  # its slug
    script: str
    reserved: bool = False  # rarely opens: its building is never wholly on time
    visited: date | None = None  # in person: a call does not count as covered
    attempts: int = 0
    rests_until: date = date.min  # after a visit in vain somebody comes back on another day


@dataclass
class Raised:
    """An opinion that came up; ``answered``: on the spot, the resident is only asked again; ``past``: steps taken then."""

    id: UUID
    door: Door
    matter: Matter
    at: datetime
    open: bool = True
    answered: bool = False
    past: int = 0
    grouped: bool = False


@dataclass
class Book:
    """What happened so far: facts by day for the signers, opinions for the departments."""

    doors: list[Door]
    raised: list[Raised] = field(default_factory=list)
    recorded: list[tuple[datetime, UUID]] = field(default_factory=list)


def matters(script: str) -> Sequence[Matter]:
    return HANT if script == "zh-Hant" else HANS


def uuid_of(rng: random.Random) -> UUID:
    """A version-4 id from the demo's own dice: ids need not repeat, but nothing is gained by their not doing so."""
    return UUID(int=rng.getrandbits(128), version=4)


def day_of_visits(
    rng: random.Random,
    book: Book,
    day: date,
    author: Actor,
    colleague: Actor | None,
    departments: Mapping[str, UUID],
    count: int,
) -> None:
    """One person's afternoon: the doors that waited longest, the last of them before seven."""
    zone = ZoneInfo(author.time_zone)
    open_today = (d for d in book.doors if d.rests_until <= day)
    waiting = nsmallest(count * 2, open_today, key=lambda d: (d.visited or date.min, d.place))
    facts = []
    received = datetime.combine(day, time(19, 40), zone).astimezone(UTC)
    start = datetime.combine(day, time(18, 40), zone) - timedelta(minutes=MINUTES * (count - 1))
    for n, door in enumerate(rng.sample(waiting, min(count, len(waiting)))):
        occurred = (start + timedelta(minutes=MINUTES * n + rng.randrange(6))).astimezone(UTC)
        facts.append(_one(rng, book, door, author, colleague, departments, occurred, received))
    for first in range(0, len(facts), 50):
        record_visits(facts[first : first + 50], by=author, at=received)
    book.recorded += [(received, fact.id) for fact in facts]


def _one(
    rng: random.Random,
    book: Book,
    door: Door,
    author: Actor,
    colleague: Actor | None,
    departments: Mapping[str, UUID],
    at: datetime,
    received: datetime,
) -> ReceivedFact:
    visitors = [str(author.id)] + ([str(colleague.id)] if colleague and rng.random() < 0.3 else [])
    if rng.randrange(100) < (RESERVED_IN_VAIN_OF_100 if door.reserved else IN_VAIN_OF_100):
        outcome = rng.choices(("not_in", "another_day", "refused", "moved"), (70, 15, 11, 4))[0]
        door.attempts += 1
        door.rests_until = at.date() + timedelta(days=AGAIN_AFTER if door.attempts % 3 else GIVEN_UP_FOR)
        body: dict[str, Any] = {
            "type": "regular", "method": "door", "visitors": visitors, "outcome": outcome,
            "attempt": min(door.attempts, 99), "remark": ATTEMPTS[door.script][outcome],
        }  # fmt: skip
        if outcome == "another_day":
            body["again_on"] = (at.date() + timedelta(days=rng.randrange(2, 9))).isoformat()
        return desk_fact("visit", "attempt@1", door.id, body, by=author, at=at, occurred_at=at)
    method, door.attempts = rng.choices(("door", "phone"), (95, 5))[0], 0
    if method == "door":
        door.visited = at.date()
    else:  # a call settles what there is to say; the visit in person still comes
        door.rests_until = at.date() + timedelta(days=2 * AGAIN_AFTER)
    body = {
        "type": "regular", "method": method, "outcome": "met", "visitors": visitors,
        "resident_name": name(rng, door.script), "relation": rng.choices(("owner", "tenant", "family"), (66, 18, 16))[0],
        "briefing": "all", "reported": rng.choice(REPORTED[door.script]), "ratings": _ratings(rng),
    }  # fmt: skip
    if body["method"] == "door":
        body["no_signature_because"] = rng.choices(("not_asked", "refused", "cannot_write"), (80, 14, 6))[0]
    opinions = [_opinion(rng, book, door, departments, received) for _ in range(rng.choices((0, 1, 2), (74, 21, 5))[0])]
    if opinions:
        body["opinions"] = opinions
    return desk_fact("visit", "visit@1", door.id, body, by=author, at=at, occurred_at=at)


def _ratings(rng: random.Random) -> dict[str, str]:
    items = ("service_attitude", "security", "cleaning", "repair_timeliness", "overall")
    return {item: rng.choices(GRADES, WEIGHTS)[0] for item in items}


def some_matter(rng: random.Random, script: str) -> Matter:
    """What is raised: complaints less often than the rest."""
    known = matters(script)
    return rng.choices(known, [3 if m.kind == "complaint" else 5 for m in known])[0]


def _opinion(
    rng: random.Random, book: Book, door: Door, departments: Mapping[str, UUID], at: datetime
) -> dict[str, Any]:
    matter = some_matter(rng, door.script)
    own = uuid_of(rng)
    said: dict[str, Any] = {
        "id": str(own), "kind": matter.kind, "content": rng.choice(matter.said), "category": matter.category,
        "department": str(departments[matter.department]),
    }  # fmt: skip
    if matter.part:
        said["part"] = matter.part
    at_once = matter.kind in ("praise", "inquiry") and rng.random() < 0.8
    said["answered_at_once"] = "yes" if at_once else "no"
    if at_once:
        said["answered_with"] = rng.choice(ANSWERED[door.script])
    book.raised.append(Raised(own, door, matter, at, open=not at_once, answered=at_once and matter.kind == "inquiry"))
    return said


def working_days(first: date, last: date) -> Iterable[date]:
    """Days on which somebody goes out: all but Sundays."""
    day = first
    while day <= last:
        if day.weekday() != 6:
            yield day
        day += timedelta(days=1)
