"""What surveys make of the facts ``survey_handout`` and ``survey_response``: a receipt at the door, a household's answers.

Facts commute: a hand-out's outcome outweighs weaker ones whenever it arrives, and of a household's answers the first to
arrive counts; the others are kept and flagged (SV-07). Remarks become opinions of the register (SV-14), and so does every
dissatisfied grade (SV-19).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, select, update
from sqlalchemy.orm import Session

from portal.accounts.models import Office
from portal.accounts.policy import policy_at
from portal.core import audit, bulk, changes
from portal.core.facts import Problem, ReceivedFact, by_office
from portal.core.ids import new_id, part_id
from portal.domain.satisfaction import DONT_KNOW, Form, form_worth
from portal.opinions import life, rows
from portal.opinions.models import Contact
from portal.opinions.scope import Scope, read
from portal.surveys.models import Answer, Handout, Response, SampleLine
from portal.surveys.questionnaires import CATEGORIES
from portal.surveys.references import CampaignState, LineState, SurveyScope, campaign_named

KINDS = ("survey_handout", "survey_response")
SUGGESTION = "suggestion"
KIND = "suggestion"  # of the opinions made here, until somebody classifies them


class SurveyIntake:
    """``core.facts.Intake`` for both kinds; their subject is the household, the campaign stands in the body."""

    def problems(self, session: Session, facts: Sequence[ReceivedFact]) -> dict[UUID, list[Problem]]:
        """What forbids to record these facts, by fact.

        Codes beside those of ``formspec.problems``: ``unknown_form``, ``wrong_form``, ``unknown_subject``,
        ``unknown_reference`` {of}, ``survey.not_in_sample``, ``survey.not_released`` (a substitute whom nobody asked yet),
        ``survey.other_questionnaire`` {form}, ``survey.unknown_item`` {item}.
        """
        found: dict[UUID, list[Problem]] = {}
        for office_id, group in by_office(facts).items():
            readings = [read(fact, (fact.kind,)) for fact in group]
            for reading in readings:
                reading.references = [named for named in reading.references if named[1] != "campaign"]
            scope = Scope.load(session, office_id, {fact.subject_id for fact in group}, readings)
            surveys = SurveyScope.load(session, office_id, [r.fact for r in readings if not r.problems])
            for reading in readings:
                wrong = scope.problems(reading, reading.fact.subject_id)
                if not reading.problems:
                    wrong += surveys.problems(reading.fact)
                if wrong:
                    found[reading.fact.id] = wrong
        return found

    def apply(self, session: Session, facts: Sequence[ReceivedFact], *, at: datetime | None = None) -> dict[UUID, int]:
        """Record facts without problems, with their events and change numbers; no revision rises."""
        for office_id, group in sorted(by_office(facts).items()):
            changes.lock(session, [office_id])
            session.flush()
            _Taken.of(session, office_id, group, at).run(session, group)
        return {}


SURVEYS = SurveyIntake()


@dataclass
class _Taken:
    """One batch of one office on its way into the tables."""

    script: str  # zh_Hans | zh_Hant, in which the office writes
    scope: SurveyScope
    register: rows.Batch
    places: dict[UUID, rows.Place]
    here: dict[str, datetime]
    handouts: list[dict[str, Any]] = field(default_factory=list)
    responses: list[dict[str, Any]] = field(default_factory=list)
    answers: list[dict[str, Any]] = field(default_factory=list)
    events: list[dict[str, Any]] = field(default_factory=list)
    touched: list[changes.Touched] = field(default_factory=list)

    @classmethod
    def of(cls, session: Session, office_id: UUID, facts: Sequence[ReceivedFact], at: datetime | None) -> "_Taken":
        at = at or max(fact.received_at for fact in facts)
        written = session.execute(select(Office.script).where(Office.id == office_id)).scalar_one()
        return cls(
            "zh_Hant" if written == "zh-Hant" else "zh_Hans",
            SurveyScope.load(session, office_id, facts, locked=True),
            rows.Batch(office_id, policy_at(session, office_id, at), at, {}),
            rows.places(session, office_id, {fact.subject_id for fact in facts}),
            rows.received_hashes(session, office_id, facts),
        )

    def run(self, session: Session, facts: Sequence[ReceivedFact]) -> None:
        for fact in facts:
            campaign = self.scope.campaigns[campaign_named(fact)]
            line = self.scope.lines[campaign.id, fact.subject_id]
            if fact.kind == "survey_handout":
                self.hand_out(fact, campaign, line)
            else:
                self.respond(fact, campaign, line)
            self.register.attach(fact, fact.id, self.here)
        bulk.put(session, Contact, self.register.contacts)
        life.count(session, self.register.write(session))
        bulk.put(session, Handout, self.handouts)
        bulk.put(session, Response, self.responses)
        bulk.put(session, Answer, self.answers)
        bulk.many(session, _LINE, [_line_row(line) for line in self.scope.lines.values() if line.moved])
        audit.record_many(session, self.events)
        changes.number(session, self.register.office_id, self.touched)

    def hand_out(self, fact: ReceivedFact, campaign: CampaignState, line: LineState) -> None:
        """One attempt at a door: received against signature, refused, nobody in, moved away."""
        body, outcome = fact.body, fact.body["outcome"]
        received = outcome == "received"
        collect_on = date.fromisoformat(body["collect_on"]) if received else None
        collect_time = (body.get("collect_at") or "") if received else ""
        self.handouts.append(
            {
                "id": fact.id, "office_id": fact.office_id, "campaign_id": campaign.id, "household_id": fact.subject_id,
                "outcome": outcome, "serial": (body.get("serial") or "") if received else "",
                "sign_mode": body.get("sign_mode") if received else None, "collect_on": collect_on,
                "collect_time": collect_time, "by_id": UUID(body["handed_out_by"]), "at": fact.occurred_at,
            }
        )  # fmt: skip
        line.attempts += 1
        line.becomes("issued" if received else outcome)
        if received and (line.handed_at is None or fact.occurred_at < line.handed_at):
            line.handed_at, line.collect_on, line.collect_time = fact.occurred_at, collect_on, collect_time
        self._told(fact, "surveys:handout:recorded", outcome=outcome)
        self.touched.append(changes.Touched("sample_line", line.id, None))

    def respond(self, fact: ReceivedFact, campaign: CampaignState, line: LineState) -> None:
        """A household's answers; the first counts, what comes later or after the end is kept and flagged."""
        place, person = self.places[fact.subject_id], fact.body.get("name") or ""
        worth, flag = _worth(campaign, fact.body["answers"]), self._flag(campaign, fact)
        contact_id = self.register.contact(fact, place, "survey", person)
        self.responses.append(
            {
                "id": fact.id, "office_id": fact.office_id, "campaign_id": campaign.id, "household_id": fact.subject_id,
                "contact_id": contact_id, "mode": fact.body["mode"], "proxy": fact.body["proxy"] == "yes",
                "disposition": worth.value, "counted": True if flag is None else None, "flag": flag,
                "serial": fact.body.get("serial") or "", "by_id": fact.staff_id, "at": fact.occurred_at,
            }
        )  # fmt: skip
        raised = self._answers(fact, campaign, line, counted=flag is None, worth=worth)
        self.register.raise_opinions(
            raised, contact_id=contact_id, place=place, person=person, by=fact.staff_id, raised_at=fact.occurred_at
        )
        if flag is None:
            line.becomes("returned")
            line.returned_at = fact.occurred_at
            self.touched.append(changes.Touched("sample_line", line.id, None))
        if raised:
            self.touched.append(changes.Touched("household", place.id, place.community_id))
        self._told(fact, "surveys:response:recorded", disposition=worth.value, flag=flag, opinions=len(raised))

    def _flag(self, campaign: CampaignState, fact: ReceivedFact) -> str | None:
        key = (campaign.id, fact.subject_id)
        if key in self.scope.counted:
            return "second"
        if campaign.closed_at is not None and fact.occurred_at > campaign.closed_at:
            return "late"
        self.scope.counted.add(key)
        return None

    def _answers(
        self, fact: ReceivedFact, campaign: CampaignState, line: LineState, *, counted: bool, worth: Form
    ) -> list[dict[str, Any]]:
        """The answers as rows; returns what they raise for the register."""
        given: list[Mapping[str, Any]] = list(fact.body["answers"])
        if (fact.body.get("suggestion") or "").strip():
            given = [a for a in given if a["item"] != SUGGESTION]
            given.append({"item": SUGGESTION, "value": fact.body["suggestion"]})
        raised = []
        for answer in given:
            item, remark = answer["item"], (answer.get("remark") or "").strip()
            said = remark or self._said(campaign, answer, counted)
            opinion_id = part_id(fact.id, item) if said else None
            if said:
                category = CATEGORIES.get(item)
                raised.append(
                    {
                        "id": str(opinion_id),
                        "kind": KIND,
                        "content": said,
                        "category": category,
                        "answered_at_once": "no",
                    }
                )
            self.answers.append(
                {
                    "id": part_id(fact.id, f"answer {item}"), "office_id": fact.office_id, "campaign_id": campaign.id,
                    "response_id": fact.id, "item": item, "grade": answer.get("grade"), "value": answer.get("value") or "",
                    "remark": remark, "place": line.place, "certainty": line.certainty,
                    "scored": counted and worth is not Form.REFUSED, "opinion_id": opinion_id,
                }
            )  # fmt: skip
        return raised

    def _said(self, campaign: CampaignState, answer: Mapping[str, Any], counted: bool) -> str:
        """Words outside a remark that must be followed up: a suggestion, or a dissatisfied grade that counts (SV-19)."""
        if answer["item"] == SUGGESTION:
            return str(answer.get("value") or "").strip()
        item, grade = campaign.questions.item(answer["item"]), answer.get("grade")
        if item is None or not counted or grade not in item.scale.dissatisfied():
            return ""
        return f"{item.label[self.script]}：{item.label_of(grade)[self.script]}"

    def _told(self, fact: ReceivedFact, name: str, **what: Any) -> None:
        self.events.append(
            {
                "id": new_id(), "office_id": fact.office_id, "name": name, "subject_id": fact.id, "by_id": fact.staff_id,
                "at": fact.received_at, "changes": {"campaign": fact.body["campaign"], **what},
            }
        )  # fmt: skip


def _worth(campaign: CampaignState, answers: Sequence[Mapping[str, Any]]) -> Form:
    graded = {answer["item"] for answer in answers if answer.get("grade")}
    marks = [DONT_KNOW if item.key in graded else None for item in campaign.questions.items]
    policy, scale = campaign.policy, campaign.questions.lead.scale
    return form_worth(scale, marks, len(marks), policy.form_complete_percent, policy.form_partial_percent)


_LINE = (
    update(SampleLine.__table__)  # type: ignore[arg-type]
    .where(SampleLine.__table__.c.id == bindparam("of"))
    .values(
        status=bindparam("to"),
        attempts=bindparam("tried"),
        handed_at=bindparam("handed"),
        collect_on=bindparam("on"),
        collect_time=bindparam("time"),
        returned_at=bindparam("back"),
    )
)


def _line_row(line: LineState) -> dict[str, Any]:
    return {
        "of": line.id, "to": line.status, "tried": line.attempts, "handed": line.handed_at, "on": line.collect_on,
        "time": line.collect_time, "back": line.returned_at,
    }  # fmt: skip
