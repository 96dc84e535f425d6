"""A campaign of the small estate, and facts about it as a tablet sends them."""

from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select

from portal.core.db import db, writing
from portal.core.facts import Problem, ReceivedFact
from portal.core.ids import new_id
from portal.domain.canonical import canonical, digest
from portal.households.models import Building, Community, Household
from portal.surveys.intake import SurveyIntake
from portal.surveys.models import Campaign, SampleLine
from portal.surveys.questionnaires import questionnaire
from portal.surveys.service import CampaignPlan, make_campaign
from tests.factories import AT, DAY, Estate

SEED = "tests|0123456789abcdef0123456789abcdef"
FORM = "questionnaire_s0@1"
ITEMS = [item.key for item in questionnaire(None, FORM).items]  # type: ignore[arg-type]


def grow(estate: Estate, *, stairs: int = 2, floors: int = 6, doors: int = 4, building: str = "2") -> None:
    """A second building, so that strata, floors and shares are more than one line."""
    with writing() as session:
        added = Building(
            office_id=estate.office_id, community_id=estate.community_id, code=building, name_hans=f"{building}栋",
            name_hant=f"{building}棟", position=int(building),
        )  # fmt: skip
        session.add(added)
        session.flush()
        for stair in range(1, stairs + 1):
            for floor in range(1, floors + 1):
                for door in range(1, doors + 1):
                    room = f"{floor}0{door}"
                    session.add(
                        Household(
                            office_id=estate.office_id, community_id=estate.community_id, building_id=added.id,
                            stair=str(stair), floor=floor, room=room, address_key=f"{building}|{stair}|{room}",
                            unit_code=f"u{building}-{stair}-{room}", tenure="own",
                        )
                    )  # fmt: skip


def community(estate: Estate) -> Community:
    return db.session.get_one(Community, estate.community_id)


def plan(**changed: Any) -> CampaignPlan:
    return CampaignPlan(**{"title": "2026年上半年满意度调查", "frame_day": DAY, "received_on": DAY, **changed})


def campaign_of(estate: Estate, *, every: bool = True, seed: str = SEED, **changed: Any) -> UUID:
    """A drawn campaign; ``every``: all households are asked."""
    with writing() as session:
        if every:
            from portal.accounts.models import PolicyValue

            session.add(
                PolicyValue(
                    office_id=estate.office_id, field="sample_rule", value="all", effective_from=date(2020, 1, 1),
                    source="tests",
                )
            )  # fmt: skip
            session.flush()
        made = make_campaign(
            session, session.get_one(Community, estate.community_id), plan(**changed), by=estate.staff["supervisor"],
            at=AT, seed=seed,
        )  # fmt: skip
        return made.id


def lines(campaign_id: UUID) -> dict[UUID, SampleLine]:
    """The sample's lines by household, read anew."""
    db.session.rollback()
    return {
        line.household_id: line
        for line in db.session.scalars(select(SampleLine).where(SampleLine.campaign_id == campaign_id))
    }


def campaign(campaign_id: UUID) -> Campaign:
    db.session.rollback()
    return db.session.get_one(Campaign, campaign_id)


def fact(
    estate: Estate, kind: str, household_id: UUID, body: dict[str, Any], *, at: datetime = AT, id: UUID | None = None
) -> ReceivedFact:
    content = canonical(body)
    return ReceivedFact(
        id=id or new_id(), kind=kind, form=f"{kind}@1", subject_id=household_id, follows_id=None, base=None,
        office_id=estate.office_id, staff_id=estate.staff["field_staff"], device_id=None, occurred_at=at, recorded_at=at,
        received_at=at, body=body, attachments=[], sha256=digest(content), content=content,
    )  # fmt: skip


def handout(
    estate: Estate, campaign_id: UUID, household_id: UUID, outcome: str = "received", **more: Any
) -> ReceivedFact:
    at = more.pop("at", AT)
    body: dict[str, Any] = {
        "campaign": str(campaign_id), "outcome": outcome, "handed_out_by": str(estate.staff["field_staff"])
    }  # fmt: skip
    if outcome == "received":
        body |= {
            "copies": 1, "explained": "yes", "sign_mode": "resident", "signer": "陈文", "no_signature_because": "on_paper",
            "collect_on": "2026-03-12", "collect_at": "19:30",
        }  # fmt: skip
    return fact(estate, "survey_handout", household_id, body | more, at=at)


def answers(grades: str | dict[str, str], remarks: dict[str, str] | None = None) -> list[dict[str, Any]]:
    """One letter an item: V very satisfied, S satisfied, F fairly, N neutral, D dissatisfied, 0 no contact, - blank."""
    letters = {
        "V": "very_satisfied", "S": "satisfied", "F": "fairly_satisfied", "N": "neutral", "D": "dissatisfied",
        "0": "no_contact",
    }  # fmt: skip
    given = grades if isinstance(grades, dict) else dict(zip(ITEMS, grades, strict=False))
    rows: list[dict[str, Any]] = []
    for item, letter in given.items():
        if letter != "-":
            row: dict[str, Any] = {"item": item, "grade": letters.get(letter, letter)}
            if remarks and item in remarks:
                row["remark"] = remarks[item]
            rows.append(row)
    return rows


def response(
    estate: Estate, campaign_id: UUID, household_id: UUID, grades: str | dict[str, str] = "S" * 10,
    remarks: dict[str, str] | None = None, **more: Any,
) -> ReceivedFact:  # fmt: skip
    at, id = more.pop("at", AT), more.pop("id", None)
    body: dict[str, Any] = {
        "campaign": str(campaign_id), "questionnaire": FORM, "mode": "paper", "proxy": "no",
        "answers": answers(grades, remarks),
    }  # fmt: skip
    return fact(estate, "survey_response", household_id, body | more, at=at, id=id)


def take(*facts: ReceivedFact) -> dict[UUID, list[Problem]]:
    """What the server does with a batch: what has problems stays out, the rest is applied."""
    intake = SurveyIntake()
    with writing() as session:
        found = intake.problems(session, facts)
        intake.apply(session, [f for f in facts if f.id not in found])
    return found


def utc(day: int, hour: int = 2) -> datetime:
    return datetime(2026, 3, day, hour, tzinfo=UTC)
