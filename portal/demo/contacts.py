"""The demo's front desk: calls, visits at the counter, letters and mails, entered in the register as they come."""

import random
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import select

from portal.core.db import db
from portal.demo.crew import Crew
from portal.demo.estates import name
from portal.demo.texts import ANSWERED, Matter
from portal.demo.visits import Book, Door, Raised, some_matter
from portal.opinions.models import Opinion
from portal.opinions.service import NewContact, NewOpinion, record_contacts

CHANNELS = ("phone", "counter", "email", "letter", "box", "resident_page")
WEIGHTS = (52, 26, 8, 4, 5, 5)


def day_at_the_desk(rng: random.Random, book: Book, day: date, crew: Crew, count: int) -> None:
    """What came in on a day; part of it is settled at once, the rest goes its way like what came up at doors."""
    zone = ZoneInfo(crew.office.time_zone)
    came = []
    for n in range(count):
        door, matter = rng.choice(book.doors), some_matter(rng, crew.office.script)
        occurred = datetime.combine(day, time(9, 20), zone) + timedelta(minutes=70 * n + rng.randrange(60))
        came.append((door, matter, _contact(rng, door, matter, crew, occurred.astimezone(UTC))))
    at = datetime.combine(day, time(17, 40), zone).astimezone(UTC)
    ids = record_contacts([contact for _, _, contact in came], by=crew.front, at=at)
    made = {row.contact_id: row.id for row in db.session.execute(
        select(Opinion.contact_id, Opinion.id).where(Opinion.contact_id.in_(ids))
    )}  # fmt: skip
    for contact_id, (door, matter, contact) in zip(ids, came, strict=True):
        said = contact.opinions[0]
        answered = bool(said.answered_with)
        past = 2 if said.department_id and matter.kind != "complaint" else 1
        book.raised.append(
            Raised(
                made[contact_id], door, matter, at, open=matter.kind != "praise" and not answered, answered=answered, past=past
            )
        )  # fmt: skip


def _contact(rng: random.Random, door: Door, matter: Matter, crew: Crew, occurred_at: datetime) -> NewContact:
    quick = matter.kind in ("inquiry", "praise")
    said = NewOpinion(
        matter.kind, rng.choice(matter.said), matter.category, matter.part,
        department_id=None if quick else crew.departments[matter.department],
        answered_with=rng.choice(ANSWERED[door.script]) if matter.kind == "inquiry" else "",
        remedy_sought=_remedy(rng, door.script) if matter.kind == "complaint" else "",
    )  # fmt: skip
    channel = rng.choices(CHANNELS, WEIGHTS)[0]
    person = "" if channel == "box" else name(rng, door.script)
    return NewContact(channel, (said,), door.id, person=person, occurred_at=occurred_at)


def _remedy(rng: random.Random, script: str) -> str:
    hans = ("希望一周内解决，并回个电话。", "要求尽快处理，以后不要再发生。", "希望书面答复。")
    hant = ("希望一星期內解決，並回覆電話。", "要求盡快處理，以後不再發生。", "希望書面答覆。")
    return rng.choice(hant if script == "zh-Hant" else hans)


def desk_days(day: date) -> bool:
    """Days on which the demo's desk enters something: three in a week."""
    return day.weekday() in (0, 2, 4)
