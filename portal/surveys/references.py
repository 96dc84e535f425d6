"""What a batch of survey facts refers to, and what is wrong with its references and answers."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import select, tuple_
from sqlalchemy.orm import Session

from portal.accounts.models import Office, Staff
from portal.core.facts import Problem, ReceivedFact
from portal.domain.formspec import problems
from portal.domain.policy import Policy
from portal.domain.strata import stratum_code
from portal.households.models import Household
from portal.surveys.models import Campaign, FrameLine, Response, SampleLine
from portal.surveys.questionnaires import Questionnaire, questionnaire
from portal.surveys.rules import policy_of

PEOPLE = ("handed_out_by", "interviewer")
WEIGHT = {"drawn": 0, "not_in": 1, "moved": 2, "refused": 3, "issued": 4, "returned": 5}
"""Of two things known about a line the weightier stands, so that the order of arrival does not matter."""


@dataclass(slots=True)
class LineState:
    """A sample line while a batch moves it."""

    id: UUID
    status: str
    attempts: int
    certainty: bool
    place: str
    handed_at: Any = None
    collect_on: date | None = None
    collect_time: str = ""
    returned_at: Any = None
    moved: bool = False

    def becomes(self, status: str) -> None:
        if WEIGHT[status] > WEIGHT[self.status]:
            self.status = status
        self.moved = True


@dataclass
class CampaignState:
    id: UUID
    office_id: UUID
    community_id: UUID
    form: str
    closed_at: Any
    policy: Policy
    questions: Questionnaire
    script: str


@dataclass
class Scope:
    """What a batch refers to, of the facts' own offices only."""

    campaigns: dict[UUID, CampaignState] = field(default_factory=dict)
    households: dict[UUID, UUID] = field(default_factory=dict)  # household → office
    staff: set[UUID] = field(default_factory=set)
    lines: dict[tuple[UUID, UUID], LineState] = field(default_factory=dict)
    counted: set[tuple[UUID, UUID]] = field(default_factory=set)

    @classmethod
    def load(cls, session: Session, facts: Sequence[ReceivedFact], *, locked: bool = False) -> "Scope":
        scope = cls()
        if not facts:
            return scope
        campaigns = {UUID(fact.body["campaign"]) for fact in facts}
        rows = session.execute(
            select(
                Campaign.id, Campaign.office_id, Campaign.community_id, Campaign.form, Campaign.closed_at, Campaign.policy,
                Office.script,
            ).join(Office, Office.id == Campaign.office_id).where(Campaign.id.in_(campaigns))
        )  # fmt: skip
        for row in rows:
            questions = questionnaire(session, row.form)
            script = "zh_Hant" if row.script == "zh-Hant" else "zh_Hans"
            scope.campaigns[row.id] = CampaignState(
                row.id, row.office_id, row.community_id, row.form, row.closed_at, policy_of(row.policy), questions, script
            )  # fmt: skip
        scope.households = dict(
            session.execute(
                select(Household.id, Household.office_id).where(Household.id.in_({fact.subject_id for fact in facts}))
            ).all()
        )
        people = {UUID(person) for fact in facts for key in PEOPLE if (person := fact.body.get(key))}
        scope.staff = set(session.scalars(select(Staff.id).where(Staff.id.in_(people)))) if people else set()
        keys = sorted({(UUID(fact.body["campaign"]), fact.subject_id) for fact in facts})
        scope._load_lines(session, keys, locked)
        return scope

    def _load_lines(self, session: Session, keys: list[tuple[UUID, UUID]], locked: bool) -> None:
        found = (
            select(
                SampleLine.campaign_id, SampleLine.household_id, SampleLine.id, SampleLine.status, SampleLine.attempts,
                SampleLine.certainty, SampleLine.handed_at, SampleLine.collect_on, SampleLine.collect_time,
                SampleLine.returned_at, FrameLine.building, FrameLine.stair,
            )
            .join(
                FrameLine,
                (FrameLine.campaign_id == SampleLine.campaign_id) & (FrameLine.household_id == SampleLine.household_id),
            )
            .where(tuple_(SampleLine.campaign_id, SampleLine.household_id).in_(keys))
            .order_by(SampleLine.id)
        )  # fmt: skip
        for row in session.execute(found.with_for_update(of=SampleLine) if locked else found):
            self.lines[row.campaign_id, row.household_id] = LineState(
                row.id, row.status, row.attempts, row.certainty, stratum_code(row.building, row.stair), row.handed_at,
                row.collect_on, row.collect_time, row.returned_at,
            )  # fmt: skip
        if locked:
            self.counted = set(
                session.execute(
                    select(Response.campaign_id, Response.household_id).where(
                        tuple_(Response.campaign_id, Response.household_id).in_(keys), Response.counted.is_(True)
                    )
                ).all()
            )

    def problems(self, fact: ReceivedFact) -> Iterator[Problem]:
        """References that lead nowhere in this office, and answers that the questionnaire does not offer."""
        campaign = self.campaigns.get(UUID(fact.body["campaign"]))
        if self.households.get(fact.subject_id) != fact.office_id:
            yield Problem("/subject", "unknown_subject", {})
        for key in PEOPLE:
            person = fact.body.get(key)
            if person and UUID(person) not in self.staff:
                yield Problem(f"/body/{key}", "survey.unknown_staff", {})
        if campaign is None or campaign.office_id != fact.office_id:
            yield Problem("/body/campaign", "survey.unknown_campaign", {})
            return
        line = self.lines.get((campaign.id, fact.subject_id))
        if line is None:
            yield Problem("/subject", "survey.not_in_sample", {})
        elif line.status == "reserve":
            yield Problem("/subject", "survey.not_released", {})
        if fact.kind == "survey_response":
            if fact.body["questionnaire"] != campaign.form:
                yield Problem("/body/questionnaire", "survey.other_questionnaire", {"form": campaign.form})
            else:
                yield from answer_problems(campaign.questions, fact.body["answers"])


def answer_problems(questions: Questionnaire, answers: Sequence[Mapping[str, Any]]) -> Iterator[Problem]:
    """What the questionnaire does not offer among ``answers``: an item it does not ask (``survey.unknown_item``), a grade
    that the item does not have, or what ``formspec`` finds in an answer to another question. Unanswered items are none.
    """
    fields = {f.key: f for f in questions.document.fields if f.type != "note"}
    places: dict[str, tuple[int, str]] = {}
    given: dict[str, Any] = {}
    for at, answer in enumerate(answers):
        item = fields.get(answer["item"])
        if item is None:
            yield Problem(f"/body/answers/{at}/item", "survey.unknown_item", {"item": answer["item"]})
            continue
        graded = item.type in ("scale", "choice")
        value: Any = answer.get("grade") if graded else answer.get("value")
        key = "grade" if graded else "value"
        if not graded and value is None:
            yield Problem(f"/body/answers/{at}/value", "required", {})
            continue
        if item.type == "number" and isinstance(value, str) and value.lstrip("-").isdecimal() and value.isascii():
            value = int(value)
        places[item.key], given[item.key] = (at, key), value
    for path, code, params in problems(questions.document, given):
        place = places.get(path[0])
        if place is not None:
            yield Problem(f"/body/answers/{place[0]}/{place[1]}", code, params)
