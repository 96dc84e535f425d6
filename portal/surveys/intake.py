"""What surveys make of the facts ``survey_handout`` and ``survey_response``: a receipt at the door, a household's answers.

Facts commute: a hand-out's outcome outweighs weaker ones whenever it arrives, and of a household's answers the first to
arrive counts; the others are kept and flagged (SV-07). Remarks become opinions of the register (SV-14), and so does every
dissatisfied grade (SV-19).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, update
from sqlalchemy.orm import Session

from portal.core import audit, changes
from portal.core.facts import Problem, ReceivedFact
from portal.core.ids import new_id, part_id
from portal.domain.formspec import load, problems, published
from portal.domain.pointers import pointer
from portal.domain.satisfaction import DONT_KNOW, Form, form_worth
from portal.surveys.models import Answer, Handout, Response, SampleLine
from portal.surveys.questionnaires import CATEGORIES
from portal.surveys.references import CampaignState, LineState, Scope
from portal.surveys.remarks import Raised, write_rows

KINDS = ("survey_handout", "survey_response")
SUGGESTION = "suggestion"


class SurveyIntake:
    """``core.facts.Intake`` for both kinds."""

    def problems(self, session: Session, facts: Sequence[ReceivedFact]) -> dict[UUID, list[Problem]]:
        """What forbids to record these facts.

        Besides the codes of ``formspec.problems``: ``unknown_form``, ``unknown_subject`` (also another office's household),
        ``survey.unknown_campaign``, ``survey.unknown_staff``, ``survey.other_questionnaire``, ``survey.not_in_sample``,
        ``survey.not_released`` (a substitute whom nobody asked yet).
        """
        found: dict[UUID, list[Problem]] = {}
        sound = []
        for fact in facts:
            wrong = _form_problems(fact)
            if wrong:
                found[fact.id] = wrong
            else:
                sound.append(fact)
        scope = Scope.load(session, sound)
        for fact in sound:
            wrong = list(scope.problems(fact))
            if wrong:
                found[fact.id] = wrong
        return found

    def apply(self, session: Session, facts: Sequence[ReceivedFact]) -> dict[UUID, int]:
        """Record facts in which ``problems`` found nothing, with their events and change numbers."""
        changes.lock(session, (fact.office_id for fact in facts))
        batch = _Batch(Scope.load(session, facts, locked=True))
        for fact in facts:
            if fact.kind == "survey_handout":
                batch.hand_out(fact)
            else:
                batch.respond(fact)
        batch.write(session)
        return {}


def _form_problems(fact: ReceivedFact) -> list[Problem]:
    form, _, version = fact.form.partition("@")
    if form != fact.kind or not version.isdecimal() or int(version) not in published().get(form, ()):
        return [Problem("/form", "unknown_form", {"form": fact.form})]
    return [
        Problem(pointer(("body", *path)), code, params)
        for path, code, params in problems(load(form, int(version)), fact.body)
    ]


@dataclass
class _Batch:
    """Rows made of a batch of facts, written at the end in the order that the foreign keys ask for."""

    scope: Scope
    raised: Raised = field(default_factory=Raised)
    handouts: list[dict[str, Any]] = field(default_factory=list)
    responses: list[dict[str, Any]] = field(default_factory=list)
    answers: list[dict[str, Any]] = field(default_factory=list)
    events: list[dict[str, Any]] = field(default_factory=list)
    touched: dict[UUID, list[changes.Touched]] = field(default_factory=dict)

    def hand_out(self, fact: ReceivedFact) -> None:
        campaign, line = self._about(fact)
        body, outcome = fact.body, fact.body["outcome"]
        received = outcome == "received"
        collect_on = date.fromisoformat(body["collect_on"]) if received and body.get("collect_on") else None
        collect_time = (body.get("collect_at") or "") if received else ""
        self.handouts.append(
            {
                "id": fact.id, "office_id": fact.office_id, "campaign_id": campaign.id, "household_id": fact.subject_id,
                "outcome": outcome, "serial": body.get("serial") or "", "sign_mode": body.get("sign_mode"),
                "collect_on": collect_on, "collect_time": collect_time, "by_id": UUID(body["handed_out_by"]),
                "at": fact.occurred_at,
            }
        )  # fmt: skip
        line.attempts += 1
        line.becomes("issued" if received else outcome)
        if received and (line.handed_at is None or fact.occurred_at < line.handed_at):
            line.handed_at, line.collect_on, line.collect_time = fact.occurred_at, collect_on, collect_time
        self._told(fact, "surveys:handout:recorded", outcome=outcome)
        self._touch(fact.office_id, changes.Touched("sample_line", line.id, None))

    def respond(self, fact: ReceivedFact) -> None:
        campaign, line = self._about(fact)
        worth = _worth(campaign, fact.body["answers"])
        flag = self._flag(campaign, fact)
        counted = flag is None
        contact_id = self.raised.contact(fact, campaign.community_id, fact.body.get("name") or "")
        self.responses.append(
            {
                "id": fact.id, "office_id": fact.office_id, "campaign_id": campaign.id, "household_id": fact.subject_id,
                "contact_id": contact_id, "mode": fact.body["mode"], "proxy": fact.body["proxy"] == "yes",
                "disposition": worth.value, "counted": counted or None, "flag": flag,
                "serial": fact.body.get("serial") or "", "by_id": fact.staff_id, "at": fact.occurred_at,
            }
        )  # fmt: skip
        before = len(self.raised.opinions)
        self._answers(fact, campaign, line, counted=counted, scored=counted and worth is not Form.REFUSED)
        if counted:
            line.becomes("returned")
            line.returned_at = fact.occurred_at
            self._touch(fact.office_id, changes.Touched("sample_line", line.id, None))
        opinions = len(self.raised.opinions) - before
        if opinions:
            self._touch(fact.office_id, changes.Touched("household", fact.subject_id, campaign.community_id))
        self._told(fact, "surveys:response:recorded", disposition=worth.value, flag=flag, opinions=opinions)

    def _flag(self, campaign: CampaignState, fact: ReceivedFact) -> str | None:
        key = (campaign.id, fact.subject_id)
        if key in self.scope.counted:
            return "second"
        if campaign.closed_at is not None and fact.occurred_at > campaign.closed_at:
            return "late"
        self.scope.counted.add(key)
        return None

    def _answers(
        self, fact: ReceivedFact, campaign: CampaignState, line: LineState, *, counted: bool, scored: bool
    ) -> None:
        given: list[Mapping[str, Any]] = list(fact.body["answers"])
        if (fact.body.get("suggestion") or "").strip():
            given = [a for a in given if a["item"] != SUGGESTION]
            given.append({"item": SUGGESTION, "value": fact.body["suggestion"]})
        for answer in given:
            item, grade = answer["item"], answer.get("grade")
            remark = (answer.get("remark") or "").strip()
            said = remark or _said(campaign, answer, counted)
            opinion_id = None
            if said:
                category = CATEGORIES.get(item)
                opinion_id = self.raised.opinion(fact, campaign.community_id, item, said, category)
            self.answers.append(
                {
                    "id": part_id(fact.id, f"answer {item}"), "office_id": fact.office_id, "campaign_id": campaign.id,
                    "response_id": fact.id, "item": item, "grade": grade, "value": answer.get("value") or "",
                    "remark": remark, "place": line.place, "certainty": line.certainty, "scored": scored,
                    "opinion_id": opinion_id,
                }
            )  # fmt: skip

    def _about(self, fact: ReceivedFact) -> tuple[CampaignState, LineState]:
        campaign = self.scope.campaigns[UUID(fact.body["campaign"])]
        return campaign, self.scope.lines[campaign.id, fact.subject_id]

    def _told(self, fact: ReceivedFact, name: str, **what: Any) -> None:
        self.events.append(
            {
                "id": new_id(), "office_id": fact.office_id, "name": name, "subject_id": fact.id, "by_id": fact.staff_id,
                "at": fact.received_at, "changes": {"campaign": fact.body["campaign"], **what},
            }
        )  # fmt: skip

    def _touch(self, office_id: UUID, touched: changes.Touched) -> None:
        self.touched.setdefault(office_id, []).append(touched)

    def write(self, session: Session) -> None:
        self.raised.write(session)
        write_rows(session, Handout.__table__, self.handouts)
        write_rows(session, Response.__table__, self.responses)
        write_rows(session, Answer.__table__, self.answers)
        _move_lines(session, self.scope.lines.values())
        audit.record_many(session, self.events)
        for office_id in sorted(self.touched):
            changes.number(session, office_id, self.touched[office_id])


def _worth(campaign: CampaignState, answers: Sequence[Mapping[str, Any]]) -> Form:
    graded = {answer["item"] for answer in answers if answer.get("grade")}
    marks = [DONT_KNOW if item.key in graded else None for item in campaign.questions.items]
    return form_worth(
        campaign.questions.lead.scale,
        marks,
        len(marks),
        campaign.policy.form_complete_percent,
        campaign.policy.form_partial_percent,
    )


def _said(campaign: CampaignState, answer: Mapping[str, Any], counted: bool) -> str:
    """Words outside a remark that must be followed up: a suggestion, or a dissatisfied grade that counts (SV-19)."""
    if answer["item"] == SUGGESTION:
        return str(answer.get("value") or "").strip()
    item, grade = campaign.questions.item(answer["item"]), answer.get("grade")
    if item is None or not counted or grade not in item.scale.dissatisfied():
        return ""
    return f"{item.label[campaign.script]}：{item.label_of(grade)[campaign.script]}"


def _move_lines(session: Session, lines: Iterable[LineState]) -> None:
    table: Any = SampleLine.__table__
    rows = [
        {
            "of": line.id, "to": line.status, "tried": line.attempts, "handed": line.handed_at, "on": line.collect_on,
            "time": line.collect_time, "back": line.returned_at,
        }
        for line in lines
        if line.moved
    ]  # fmt: skip
    if rows:
        session.connection().execute(
            update(table)
            .where(table.c.id == bindparam("of"))
            .values(
                status=bindparam("to"),
                attempts=bindparam("tried"),
                handed_at=bindparam("handed"),
                collect_on=bindparam("on"),
                collect_time=bindparam("time"),
                returned_at=bindparam("back"),
            ),
            rows,
        )
