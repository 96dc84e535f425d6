"""The demo's surveys: last half-year's, closed with its figures, and one whose forms are out; all through the real intake."""

import random
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import func, select

from portal.core import bulk
from portal.core.db import db, writing
from portal.core.facts import Fact, ReceivedFact, row_of
from portal.demo.year import Crew
from portal.domain.canonical import digest, fact_text
from portal.households.models import Building, Community, Household
from portal.surveys import fieldwork
from portal.surveys.intake import SURVEYS
from portal.surveys.models import SampleLine
from portal.surveys.questionnaires import questionnaire
from portal.surveys.service import CampaignPlan, make_campaign

FORM = "questionnaire_s0@1"
BATCH = 50
GRADES = ("very_satisfied", "satisfied", "fairly_satisfied", "neutral", "dissatisfied", "no_contact")
USUAL = (34, 42, 13, 6, 3, 2)
WEAK = (20, 34, 18, 14, 10, 4)
ITEMS = {
    "service_attitude": (44, 42, 9, 3, 1, 1), "security": (32, 42, 14, 7, 4, 1), "cleaning": (40, 41, 12, 4, 2, 1),
    "facility_repair": (22, 38, 18, 12, 8, 2), "repair_timeliness": (30, 40, 16, 8, 4, 2), "car_park": (16, 34, 20, 16, 11, 3),
    "works_supervision": (24, 36, 14, 8, 4, 14), "takeover": (22, 34, 12, 6, 3, 23),
}  # fmt: skip
REMARKS = {
    "zh-Hans": {
        "cleaning": ("楼道两三天才扫一次", "垃圾房夏天味道重"), "security": ("夜里南门没有人巡逻", "外来车辆随便进出"),
        "facility_repair": ("三单元门禁坏了一个月", "地库路灯有五盏不亮"), "car_park": ("地库拐弯处该装镜子", "临停车占了消防通道"),
        "greening": ("草地踩秃了没有补种",), "repair_timeliness": ("报修后隔天才有人来",),
        "suggestion": ("希望多组织老人活动", "电梯夜里有响声，请检修", "快递柜再添一组"),
    },
    "zh-Hant": {
        "cleaning": ("樓道兩三天才掃一次", "垃圾房夏天味道重"), "security": ("夜裡南門沒有人巡邏", "外來車輛隨便進出"),
        "facility_repair": ("大堂門禁壞了一個月", "車庫路燈有五盞不亮"), "car_park": ("車庫拐彎處該裝鏡子", "臨停車佔了消防通道"),
        "greening": ("草地踩禿了沒有補種",), "repair_timeliness": ("報修後隔天才有人來",),
        "suggestion": ("希望多組織長者活動", "電梯夜裡有響聲，請檢修", "快遞櫃再添一組"),
    },
}  # fmt: skip
TITLES = {
    "zh-Hans": ("{year}年上半年满意度调查", "{year}年下半年满意度调查"),
    "zh-Hant": ("{year}年上半年滿意度調查", "{year}年下半年滿意度調查"),
}


def survey(crew: Crew, *, seed: int, as_of: date, tell: Callable[[str], None]) -> None:
    """Both campaigns of the office's largest community."""
    rng = random.Random(f"{seed}|surveys|{crew.office.letter_code}")  # noqa: S311  a demo, not a secret
    community = db.session.scalars(
        select(Community)
        .join(Household)
        .where(Community.office_id == crew.office.id)
        .group_by(Community.id)
        .order_by(func.count().desc(), Community.id)
    ).first()
    if community is None:
        return
    own, first = community.id, community.first_handover_on or date(as_of.year - 8, 6, 1)
    db.session.rollback()
    for begin, closes in ((as_of - timedelta(days=184), True), (as_of - timedelta(days=8), False)):
        campaign_id = _plan(crew, rng, own, begin, first, closes)
        answered = _field(crew, rng, campaign_id, begin, closes, as_of)
        if closes:
            at = datetime.combine(begin + timedelta(days=12), time(9), UTC)
            by = crew.chain[0].id
            with writing() as session:
                fieldwork.close_collection(session, campaign_id, by=by, at=at)
                for step, day in (("announced", begin - timedelta(days=8)), ("statistics", begin + timedelta(days=15))):
                    fieldwork.note_step(session, campaign_id, step, day, by=by, at=at)
        tell(f"a survey with {answered} answers: {crew.office.name_hans}")


def _plan(crew: Crew, rng: random.Random, community_id: UUID, begin: date, first: date, closes: bool) -> UUID:
    halves = TITLES[crew.office.script]
    plan = CampaignPlan(
        title=halves[begin.month > 6].format(year=begin.year), frame_day=begin, received_on=begin, form=FORM,
        first_handover_on=first, target=80, cover_complaints=not closes,
    )  # fmt: skip
    at = datetime.combine(begin, time(2), UTC)
    with writing() as session:
        community = session.get_one(Community, community_id)
        made = make_campaign(
            session, community, plan, by=crew.chain[0].id, at=at, seed=f"{begin:%Y%m%d}|{rng.getrandbits(128):032x}"
        )
        return made.id


def _field(crew: Crew, rng: random.Random, campaign_id: UUID, begin: date, closes: bool, as_of: date) -> int:
    """Receipts within three days, answers until the tenth; the running one has come half the way."""
    session = db.session()
    lines = session.execute(
        select(SampleLine.household_id, Building.code)
        .join(Household, Household.id == SampleLine.household_id)
        .join(Building, Building.id == Household.building_id)
        .where(SampleLine.campaign_id == campaign_id, SampleLine.status == "drawn")
        .order_by(Building.position, SampleLine.stratum, SampleLine.position)
    ).all()
    session.rollback()
    weak = lines[len(lines) // 3].code if lines else ""
    facts: list[ReceivedFact] = []
    answered = 0
    for n, (household, building) in enumerate(lines):
        author = crew.field[n % len(crew.field)].id
        day = begin + timedelta(days=1 + n * 3 // max(len(lines), 1))
        fate = rng.random()
        if fate < 0.06:
            outcome = "refused" if fate < 0.02 else "moved" if fate < 0.026 else "not_in"
            facts.append(_fact(crew, rng, campaign_id, household, author, day, "survey_handout", {"outcome": outcome}))
            continue
        receipt = _receipt(day + timedelta(days=rng.randrange(3, 7)))
        facts.append(_fact(crew, rng, campaign_id, household, author, day, "survey_handout", receipt))
        back = day + timedelta(days=rng.randrange(2, 9))
        if rng.random() < 0.86 and back < as_of:
            answered += 1
            body = _answer(crew, rng, author, building == weak)
            facts.append(_fact(crew, rng, campaign_id, household, author, back, "survey_response", body))
    _take(sorted(facts, key=lambda f: f.occurred_at))
    return answered


def _receipt(collect_on: date) -> dict[str, Any]:
    return {
        "outcome": "received", "copies": 1, "explained": "yes", "sign_mode": "resident", "signer": "住户",
        "no_signature_because": "on_paper", "collect_on": collect_on.isoformat(), "collect_at": "19:30",
    }  # fmt: skip


def _answer(crew: Crew, rng: random.Random, author: UUID, weak: bool) -> dict[str, Any]:
    words = REMARKS[crew.office.script]
    answers = []
    for item in questionnaire(db.session(), FORM).items:
        weights: Sequence[int] = WEAK if weak else ITEMS.get(item.key, USUAL)
        grade = rng.choices(GRADES, weights)[0]
        answer = {"item": item.key, "grade": grade}
        if grade in ("neutral", "dissatisfied") and item.key in words and rng.random() < 0.5:
            answer["remark"] = rng.choice(words[item.key])
        answers.append(answer)
    mode = rng.choices(("door", "paper", "link", "phone"), (50, 36, 11, 3))[0]
    body: dict[str, Any] = {"questionnaire": FORM, "mode": mode, "proxy": "no", "answers": answers}
    if mode in ("door", "phone"):
        body["interviewer"] = str(author)
    if rng.random() < 0.12:
        body["suggestion"] = rng.choice(words["suggestion"])
    return body


def _fact(
    crew: Crew, rng: random.Random, campaign_id: UUID, household: UUID, author: UUID, day: date, kind: str, body: dict[str, Any]
) -> ReceivedFact:  # fmt: skip
    own = UUID(int=rng.getrandbits(128), version=4)
    at = datetime.combine(day, time(rng.randrange(1, 12), rng.randrange(60)), UTC)
    body = {"campaign": str(campaign_id), **body}
    if kind == "survey_handout":
        body["handed_out_by"] = str(author)
    stamp = at.isoformat(timespec="milliseconds").replace("+00:00", "Z")
    content = fact_text(
        {
            "id": str(own), "kind": kind, "subject": str(household), "follows": None, "base": None, "form": f"{kind}@1",
            "occurred_at": stamp, "recorded_at": stamp, "clock": {"offset_ms": 0, "measured_at": None}, "body": body,
            "attachments": [],
        }
    )  # fmt: skip
    return ReceivedFact(
        id=own, kind=kind, form=f"{kind}@1", subject_id=household, follows_id=None, base=None, office_id=crew.office.id,
        staff_id=author, device_id=None, occurred_at=at, recorded_at=at, received_at=at, body=body, attachments=[],
        sha256=digest(content), content=content,
    )  # fmt: skip


def _take(facts: Iterable[ReceivedFact]) -> None:
    rows = list(facts)
    for start in range(0, len(rows), BATCH):
        batch = rows[start : start + BATCH]
        with writing() as session:
            wrong = SURVEYS.problems(session, batch)
            if wrong:
                raise RuntimeError(f"the demo's answers are not sound: {wrong}")
            bulk.put(session, Fact, [row_of(fact, status="stored") for fact in batch])
            SURVEYS.apply(session, batch)
