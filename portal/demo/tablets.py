"""The demo's tablets: one in daily use, one given back, one that has been silent while photos are still on it.

What they sent on their last days goes through the same intake as every tablet's: a visit that still lacks its photo, and
records that the office has to look at, each for another reason (``sync.md``, states).
"""

import hashlib
import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select

from portal.accounts import devices
from portal.accounts.actors import Actor
from portal.core.db import db, writing
from portal.core.ids import new_id
from portal.demo.estates import name
from portal.demo.texts import REPORTED
from portal.demo.year import Year
from portal.domain.canonical import fact_text, split_batch
from portal.households.models import Household
from portal.sync import facts
from portal.sync.envelope import Caller
from portal.sync.prepare import prepare
from portal.visits.models import Visit
from portal.visits.service import desk_fact

NAMES = {
    "zh-Hans": ("1号平板", "2号平板", "备用平板（已交还）", "3号平板"),
    "zh-Hant": ("一號平板", "二號平板", "後備平板（已交還）", "三號平板"),
}
SILENT = 19  # days


class Tablets:
    """The tablets of an office. ``enter`` before the last evening's signatures or after them: nothing of it is signed."""

    def __init__(self, year: Year) -> None:
        self.year, self.crew, self.script = year, year.crew, year.crew.office.script

    def enter(self) -> None:
        """Enrol them, let them send what they had, and revoke the one that was given back."""
        field, last = self.crew.field, self.year.as_of - timedelta(days=1)
        names = NAMES[self.script]
        evening = self.year.at(last, 19, 42)
        for n, person in enumerate(field):
            own = self._enrolled(person, names[n], 210 - 20 * n, seen=evening + timedelta(minutes=3 * n))
            if n == 0:
                self._last_evening(own, person, evening)
        given_back = self._enrolled(field[-1], names[2], 320, seen=self.year.at(last - timedelta(days=33), 18, 20))
        self._give_back(given_back, field[-1], last - timedelta(days=32))
        silent_since = self.year.at(self.year.as_of - timedelta(days=SILENT), 19, 31)
        silent = self._enrolled(field[0], names[3], 150, seen=silent_since)
        self._photo_still_there(silent, field[0], silent_since)

    def _enrolled(self, person: Actor, named: str, days_ago: int, *, seen: datetime) -> UUID:
        at = self.year.at(self.year.as_of - timedelta(days=days_ago), 10, 5)
        device_id = devices.enrol(person.id, named, at=at).device_id
        with writing() as session:
            devices.seen(session, device_id, at=seen)
        return device_id

    def _give_back(self, device_id: UUID, person: Actor, day: Any) -> None:
        """Revoked when it was given back; a visit that was still on it came a day later and waits for the office's word."""
        with writing() as session:
            devices.revoke(session, device_id, by=self.crew.supervisor.id, at=self.year.at(day, 9, 15))
        at = self.year.at(day + timedelta(days=1), 18, 40)
        self._send(device_id, person, [self._visit(person, self._home(-1), at)], at, revoked=True)

    def _photo_still_there(self, device_id: UUID, person: Actor, at: datetime) -> None:
        """The record is here; its photo was never sent, so nobody can sign it yet."""
        visit = self._visit(person, self._home(0), at - timedelta(minutes=40))
        digest = hashlib.sha256(visit["id"].encode()).hexdigest()
        visit["attachments"] = [{"sha256": digest, "size": 284_113, "type": "image/jpeg", "role": "photo", "by": None}]
        self._send(device_id, person, [visit], at)

    def _last_evening(self, device_id: UUID, person: Actor, at: datetime) -> None:
        """What could not simply be taken: an old form, a household that is not ours, a broken transfer, two versions."""
        early = at - timedelta(hours=1)
        old_form = self._visit(person, self._home(1), early, method="video")
        elsewhere = self._visit(person, new_id(), early + timedelta(minutes=14))
        broken = self._visit(person, self._home(2), early + timedelta(minutes=27))
        self._send(device_id, person, [old_form, elsewhere, {**broken, "sha256": "0" * 64}], at)
        changed = dict(old_form, body={**old_form["body"], "resident_name": name(self.year.rng, self.script)})
        self._send(device_id, person, [changed, *self._correction(person, at)], at + timedelta(minutes=2))

    def _correction(self, person: Actor, at: datetime) -> list[dict[str, Any]]:
        """A correction made on the tablet while the same record was corrected at the desk."""
        visit = db.session.scalars(
            select(Visit)
            .where(Visit.author_id == person.id, Visit.revision > 1, Visit.outcome == "met")
            .order_by(Visit.occurred_at.desc())
            .limit(1)
        ).first()
        if visit is None:
            return []
        body = dict(visit.body) | {"corrected": CORRECTED[self.script], "reported": REPORTED[self.script][-1]}
        return [self._fact("correction", "correction@1", visit.id, body, person, at, base=visit.revision - 1)]

    def _home(self, place: int) -> UUID:
        homes = db.session.scalars(
            select(Household.id)
            .where(Household.office_id == self.crew.office.id, Household.last_visit_on.is_not(None))
            .order_by(Household.last_visit_on.desc(), Household.unit_code)
            .limit(40)
        ).all()
        return homes[place]

    def _visit(self, person: Actor, home: UUID, at: datetime, method: str = "door") -> dict[str, Any]:
        body = {
            "type": "regular", "method": method, "outcome": "met", "visitors": [str(person.id)],
            "resident_name": name(self.year.rng, self.script), "relation": "owner", "briefing": "all",
            "reported": REPORTED[self.script][0], "ratings": {"overall": "satisfied"}, "no_signature_because": "not_asked",
        }  # fmt: skip
        return self._fact("visit", "visit@1", home, body, person, at)

    def _fact(
        self, kind: str, form: str, subject: UUID, body: Mapping[str, Any], person: Actor, at: datetime, **more: Any
    ) -> dict[str, Any]:
        fact = desk_fact(kind, form, subject, body, by=person, at=at, occurred_at=at, **more)
        told: dict[str, Any] = json.loads(fact.content)
        return told

    def _send(
        self, device_id: UUID, person: Actor, sent: list[dict[str, Any]], at: datetime, *, revoked: bool = False
    ) -> None:
        whole = [{"sha256": hashlib.sha256(fact_text(fact)).hexdigest(), **fact} for fact in sent]
        content = json.dumps({"facts": whole}, ensure_ascii=False).encode()
        office = self.crew.office.id
        caller = Caller(device_id, person, revoked, (office,), office)
        facts.take(caller, [prepare(raw) for raw in split_batch(content)], at=at)


CORRECTED = {"zh-Hans": "按退回意见补充了通报内容。", "zh-Hant": "按退回意見補充了通報內容。"}
