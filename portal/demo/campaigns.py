"""The demo's surveys: one that is finished and one that is running, their seeds fixed by the demo's own."""

import random
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from functools import partial
from typing import Any
from uuid import UUID

from sqlalchemy import select

from portal.accounts.actors import Actor
from portal.core import bulk, changes
from portal.core.db import db, writing
from portal.core.facts import Fact, ReceivedFact, row_of
from portal.demo.estates import name
from portal.demo.texts import Matter
from portal.demo.visits import Raised
from portal.demo.words import ITEM_REMARKS
from portal.demo.year import Year
from portal.domain.refusals import Refused
from portal.households.models import Building, Community, Household
from portal.opinions.models import Opinion
from portal.surveys import fieldwork
from portal.surveys.intake import SURVEYS
from portal.surveys.models import Answer, Campaign, SampleLine
from portal.surveys.questionnaires import questionnaire
from portal.surveys.service import CampaignPlan, draw_campaign, plan_campaign
from portal.visits.service import desk_fact

FORM = "questionnaire_s0@1"
GRADES = ("very_satisfied", "satisfied", "fairly_satisfied", "neutral", "dissatisfied", "no_contact")
USUAL = (26, 40, 17, 9, 4, 4)
LEANING: Mapping[str, tuple[int, ...]] = {  # where an item is judged otherwise than most
    "car_park": (12, 28, 24, 20, 13, 3), "repair_timeliness": (17, 33, 24, 15, 9, 2), "service_attitude": (40, 40, 12, 5, 2, 1),
    "takeover": (14, 28, 14, 8, 4, 32), "works_supervision": (14, 32, 20, 14, 8, 12),
}  # fmt: skip
DEPARTMENTS = {
    "service": "customer_service", "security": "security", "cleaning": "cleaning", "greening": "greening",
    "maintenance": "engineering", "parking": "security",
}  # fmt: skip
ANSWERED_OF_100 = 84
COLLECTING = 12  # days after the last form was handed out


class Survey:
    """One campaign on its way through the days of the demo."""

    def __init__(self, year: Year, slug: str, title: str, received_on: date, seed: int, handing: int = 3) -> None:
        self.year, self.slug, self.title, self.received_on = year, slug, title, received_on
        self.handing = handing
        self.rng = random.Random(f"{seed}|survey|{slug}|{title}")  # noqa: S311  a demo, not a secret
        self.seed = f"demo|{self.rng.getrandbits(128):032x}"
        self.id: UUID | None = None
        self.serial = 0
        self.later: defaultdict[date, list[UUID]] = defaultdict(list)  # second attempts
        self.due: defaultdict[date, list[UUID]] = defaultdict(list)  # answers to come
        field = year.crew.people
        self.team: Sequence[Actor] = [*field.get("interviewer", ()), *field["field_staff"]]

    def enter(self, *, finished: bool) -> None:
        """Write the campaign's days into the year's diary."""
        diary, first = self.year.diary, self.received_on
        diary[first - timedelta(days=2)].append(self._plan)
        diary[first - timedelta(days=1)].append(self._draw)
        for n in range(self.handing + COLLECTING):
            day = first + timedelta(days=n)
            if day < self.year.as_of:
                diary[day].append(lambda day=day, n=n: self._day(day, n))  # type: ignore[misc]
        if finished:
            diary[first + timedelta(days=self.handing + COLLECTING)].append(self._close)

    def _plan(self) -> None:
        day = self.received_on - timedelta(days=2)
        with writing() as session:
            community = session.scalars(select(Community).where(Community.slug == self.slug)).one()
            plan = CampaignPlan(
                title=self.title, frame_day=day, received_on=self.received_on,
                hand_out_by=self.received_on + timedelta(days=self.handing),
                collect_by=self.received_on + timedelta(days=self.handing + COLLECTING),
            )  # fmt: skip
            at = self.year.at(day, 10, 20)
            made = plan_campaign(session, community, plan, by=self.year.crew.supervisor.id, at=at, seed=self.seed)
            self.id = made.id
            fieldwork.note_step(session, made.id, "announced", day, by=self.year.crew.supervisor.id, at=at)

    def _draw(self) -> None:
        at = self.year.at(self.received_on - timedelta(days=1), 15, 30)
        digits = f"{self.rng.randrange(10_000):04d}"
        with writing() as session:
            draw_campaign(session, self._id, by=self.year.crew.supervisor.id, at=at, digits=digits)

    @property
    def _id(self) -> UUID:
        assert self.id is not None
        return self.id

    def _day(self, day: date, n: int) -> None:
        """Hand out in the first days, collect in the others; who gave nothing is replaced on the last handing-out day."""
        facts: list[tuple[Actor, ReceivedFact]] = []
        if n == self.handing - 1:
            self._release(day)
        facts += self._handing_out(day, n)
        facts += [self._answer(day, home) for home in self.due.pop(day, [])]
        with writing() as session:
            changes.lock(session, [self.year.crew.office.id])
            group = [fact for _, fact in facts]
            if wrong := SURVEYS.problems(session, group):
                raise Refused("record.problems", problems=[p for found in wrong.values() for p in found])
            received = max((fact.received_at for fact in group), default=None)
            bulk.put(session, Fact, [row_of(f, status="stored", applied_at=received, revision=0) for f in group])
            session.flush()
            SURVEYS.apply(session, group)
        self._adopt({fact.id for _, fact in facts if fact.kind == "survey_response"}, self.year.at(day, 21))

    def _lines(self) -> list[UUID]:
        """Households still to be given a form, in the order of their doors."""
        rows = db.session.execute(
            select(SampleLine.household_id)
            .join(Household, Household.id == SampleLine.household_id)
            .join(Building, Building.id == Household.building_id)
            .where(SampleLine.campaign_id == self.id, SampleLine.status == "drawn", SampleLine.attempts == 0)
            .order_by(Building.position, Household.stair, Household.floor, Household.room)
        )
        return [row[0] for row in rows]

    def _handing_out(self, day: date, n: int) -> list[tuple[Actor, ReceivedFact]]:
        waiting = self._lines()
        share = waiting[: -(-len(waiting) // max(1, self.handing - n))] if n < self.handing else []
        again = self.later.pop(day, [])
        made = []
        for i, home in enumerate([*share, *again]):
            by = self.team[i % len(self.team)]
            at = self.year.at(day, 17, 30) + timedelta(minutes=2 * (i // len(self.team)), seconds=i % 60)
            first = i < len(share)
            outcome = self.rng.choices(
                ("received", "not_in", "refused", "moved"), (88, 8, 3, 1) if first else (75, 20, 5, 0)
            )[0]
            if outcome == "not_in" and first:
                self.later[day + timedelta(days=1)].append(home)
            made.append((by, self._handout(day, home, outcome, by, at)))
        return made

    def _handout(self, day: date, home: UUID, outcome: str, by: Actor, at: datetime) -> ReceivedFact:
        body: dict[str, Any] = {"campaign": str(self.id), "outcome": outcome, "handed_out_by": str(by.id)}
        if outcome == "received":
            self.serial += 1
            back = day + timedelta(days=self.rng.randrange(1, COLLECTING - 2))
            body |= {
                "copies": 1, "explained": "yes", "sign_mode": "resident", "serial": f"{self.serial:04d}",
                "signer": name(self.rng, self.year.crew.office.script), "no_signature_because": "on_paper",
                "collect_on": back.isoformat(), "collect_at": self.rng.choice(("18:30", "19:00", "19:30", "20:00")),
            }  # fmt: skip
            if self.rng.randrange(100) < ANSWERED_OF_100:
                self.due[min(back, self.received_on + timedelta(days=self.handing + COLLECTING - 1))].append(home)
        return self._fact("survey_handout", home, body, by, at)

    def _answer(self, day: date, home: UUID) -> tuple[Actor, ReceivedFact]:
        rng, by = self.rng, self.rng.choice(self.team)
        mode = rng.choices(("paper", "door", "phone"), (66, 26, 8))[0]
        body: dict[str, Any] = {
            "campaign": str(self.id),
            "questionnaire": FORM,
            "mode": mode,
            "proxy": rng.choices(("no", "yes"), (95, 5))[0],
        }
        if mode in ("door", "phone"):
            body["interviewer"] = str(by.id)
        if body["proxy"] == "yes":
            body["proxy_relation"] = "子女"
        body["answers"] = [self._graded(item.key) for item in questionnaire(db.session(), FORM).items]
        if rng.random() < 0.1:
            body["suggestion"] = rng.choice(ITEM_REMARKS[self.year.crew.office.script]["suggestion"])
        at = self.year.at(day, 18, 0) + timedelta(minutes=rng.randrange(100), seconds=rng.randrange(60))
        return by, self._fact("survey_response", home, body, by, at)

    def _graded(self, item: str) -> dict[str, str]:
        grade = self.rng.choices(GRADES, LEANING.get(item, USUAL))[0]
        answer = {"item": item, "grade": grade}
        said = ITEM_REMARKS[self.year.crew.office.script][item]
        if grade in ("neutral", "dissatisfied") and self.rng.random() < (0.8 if grade == "dissatisfied" else 0.35):
            answer["remark"] = self.rng.choice(said)
        return answer

    def _fact(self, kind: str, home: UUID, body: dict[str, Any], by: Actor, at: datetime) -> ReceivedFact:
        return desk_fact(kind, f"{kind}@1", home, body, by=by, at=at + timedelta(minutes=3), occurred_at=at)

    def _release(self, day: date) -> None:
        """Substitutes for who refused or moved away."""
        session = db.session()
        lines = session.scalars(
            select(SampleLine.id)
            .join(Household, Household.id == SampleLine.household_id)
            .where(
                SampleLine.campaign_id == self.id, SampleLine.status.in_(("refused", "moved")), SampleLine.certainty.is_(False)
            )
            .order_by(Household.address_key)
        ).all()  # fmt: skip
        for line in lines:
            try:
                with writing() as inner:
                    fieldwork.release_substitute(
                        inner, line, by=self.year.crew.supervisor.id, at=self.year.at(day, 9, 30)
                    )
            except Refused:  # its stratum has no reserve left
                return

    def _adopt(self, responses: set[UUID], at: datetime) -> None:
        """What the answers raised goes its way like everything else."""
        doors = {door.id: door for door in self.year.book.doors}
        rows = db.session.execute(
            select(Opinion.id, Opinion.household_id, Opinion.category, Opinion.content, Answer.item)
            .join(Answer, Answer.opinion_id == Opinion.id)
            .join(Household, Household.id == Opinion.household_id)
            .where(Answer.response_id.in_(responses))
            .order_by(Household.address_key, Answer.item)
        ).all()
        for row in rows:
            category = row.category or "service"
            matter = Matter(
                f"survey_{row.item}", "suggestion", category, DEPARTMENTS[category], None, (row.content,),
                "部门到现场看过，列入本月改进，专人跟进", "已改进，主管连续两周抽查",
            )  # fmt: skip
            if row.household_id in doors:
                self.year.book.raised.append(Raised(row.id, doors[row.household_id], matter, at))

    def _close(self) -> None:
        day = self.received_on + timedelta(days=self.handing + COLLECTING)
        by, at = self.year.crew.supervisor.id, self.year.at(day, 9, 40)
        with writing() as session:
            try:
                fieldwork.close_collection(session, self._id, by=by, at=at)
            except Refused:  # a very small sample may stay below the floor: then with a reason, and QA consents
                fieldwork.close_collection(
                    session, self._id, by=by, at=at, reason="两次上门未遇，剩余住户已逐户电话联系。",
                    visits_since=day - timedelta(days=3),
                )  # fmt: skip
                fieldwork.consent_to_closing(session, self._id, by=self.year.crew.qa.id, at=at + timedelta(hours=2))
            statistics = day + timedelta(days=2)
            fieldwork.note_step(session, self._id, "statistics", statistics, by=by, at=self.year.at(statistics, 16))

    def note(self, step: str, day: date) -> None:
        """A step after the survey was done on a day."""
        with writing() as session:
            assert session.get(Campaign, self._id) is not None
            fieldwork.note_step(session, self._id, step, day, by=self.year.crew.supervisor.id, at=self.year.at(day, 17))


def surveys_of(year: Year, office: str, seed: int) -> list[tuple[Survey, bool]]:
    """The surveys of an office of the demo, and whether each is finished."""
    if office != "qinghe":
        return []
    finished, running = year.as_of - timedelta(days=46), year.as_of - timedelta(days=6)
    first = Survey(year, "qinghe", f"青禾花园{finished.year}年度满意度调查", finished, seed)
    year.diary[year.as_of - timedelta(days=19)].append(
        partial(first.note, "open_letter", year.as_of - timedelta(days=19))
    )
    year.diary[year.as_of - timedelta(days=15)].append(partial(first.note, "to_qa", year.as_of - timedelta(days=15)))
    return [
        (first, True),
        (Survey(year, "yunxi", f"云栖家园{running.year}年上半年满意度调查", running, seed, handing=8), False),
    ]
