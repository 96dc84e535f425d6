"""What a batch of survey facts of one office refers to: campaigns, lines of their samples, what counted before."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select, tuple_
from sqlalchemy.orm import Session

from portal.core.facts import Problem, ReceivedFact
from portal.domain.formspec import problems
from portal.domain.policy import Policy
from portal.domain.strata import stratum_code
from portal.surveys.models import Campaign, FrameLine, Response, SampleLine
from portal.surveys.questionnaires import Questionnaire, questionnaire
from portal.surveys.rules import policy_of

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
    handed_at: datetime | None = None
    collect_on: date | None = None
    collect_time: str = ""
    returned_at: datetime | None = None
    moved: bool = False

    def becomes(self, status: str) -> None:
        """Take the weightier of what was known and what is told."""
        if WEIGHT[status] > WEIGHT[self.status]:
            self.status = status
        self.moved = True


@dataclass(frozen=True)
class CampaignState:
    """A campaign as its facts need it."""

    id: UUID
    form: str
    closed_at: datetime | None
    policy: Policy
    questions: Questionnaire


def campaign_named(fact: ReceivedFact) -> UUID:
    """The campaign that a fact of sound shape names."""
    return UUID(fact.body["campaign"])


@dataclass
class SurveyScope:
    """Campaigns and sample lines of one office, as far as a batch names them."""

    campaigns: dict[UUID, CampaignState] = field(default_factory=dict)
    lines: dict[tuple[UUID, UUID], LineState] = field(default_factory=dict)
    counted: set[tuple[UUID, UUID]] = field(default_factory=set)

    @classmethod
    def load(
        cls, session: Session, office_id: UUID, facts: Sequence[ReceivedFact], *, locked: bool = False
    ) -> "SurveyScope":
        """``locked``: the lines are about to be changed, and what counted before matters."""
        scope = cls()
        if not facts:
            return scope
        rows = session.execute(
            select(Campaign.id, Campaign.form, Campaign.closed_at, Campaign.policy).where(
                Campaign.id.in_({campaign_named(fact) for fact in facts}), Campaign.office_id == office_id
            )
        )
        for own, form, closed_at, policy in rows:
            scope.campaigns[own] = CampaignState(
                own, form, closed_at, policy_of(policy), questionnaire(session, form)
            )  # fmt: skip
        keys = sorted({(campaign_named(fact), fact.subject_id) for fact in facts})
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
            rows = session.execute(
                select(Response.campaign_id, Response.household_id).where(
                    tuple_(Response.campaign_id, Response.household_id).in_(keys), Response.counted.is_(True)
                )
            )
            self.counted = {(row.campaign_id, row.household_id) for row in rows}

    def problems(self, fact: ReceivedFact) -> Iterator[Problem]:
        """A campaign that is not this office's, a household that was not asked, answers that nobody offered."""
        campaign = self.campaigns.get(campaign_named(fact))
        if campaign is None:
            yield Problem("/body/campaign", "unknown_reference", {"of": "campaign"})
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
        key = "grade" if item.type in ("scale", "choice") else "value"
        value: Any = answer.get(key)
        if value is None:
            yield Problem(f"/body/answers/{at}/{key}", "required", {})
            continue
        if item.type == "number" and value.lstrip("-").isdecimal() and value.isascii():
            value = int(value)
        places[item.key], given[item.key] = (at, key), value
    for path, code, params in problems(questions.document, given):
        place = places.get(path[0])
        if place is not None:
            yield Problem(f"/body/answers/{place[0]}/{place[1]}", code, params)
