"""What may be done now with an opinion, by whom, with which form: one table for the page and for its posts."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from flask_babel import lazy_gettext as _l

from portal.accounts.actors import Actor
from portal.domain.lives import COMPLAINT_TABLE, OPINION_TABLE
from portal.domain.lives import Opinion as State
from portal.domain.lives import OpinionAction as Action
from portal.domain.policy import Policy
from portal.opinions import steps
from portal.opinions.forms import AssignForm, CheckForm, ClassifyForm, ExitForm, MeasureForm, StepForm, WordsForm
from portal.opinions.models import Opinion

Do = Callable[[UUID, Any, Actor, datetime], None]


@dataclass(frozen=True)
class Act:
    """One thing to do: which moves of the table it stands for, who may, its form, its words."""

    slug: str
    actions: tuple[Action, ...]
    permission: str
    form: type[StepForm]
    title: Any
    button: Any
    do: Do
    hint: Any = ""


def _classify(opinion_id: UUID, f: Any, by: Actor, at: datetime) -> None:
    steps.classify(
        opinion_id, kind=f.kind.data, category=f.category.data, part=f.part.data, revision=f.seen, by=by, at=at
    )


def _assign(opinion_id: UUID, f: Any, by: Actor, at: datetime) -> None:
    steps.assign(opinion_id, UUID(f.department_id.data), f.words.data or "", revision=f.seen, by=by, at=at)


def _measure(opinion_id: UUID, f: Any, by: Actor, at: datetime) -> None:
    steps.name_measure(
        opinion_id, f.action.data or "", person=f.person.data or "", due_on=f.due_on.data, due_kind=f.due_kind.data,
        due_from=f.due_from.data, actor=f.actor.data, revision=f.seen, by=by, at=at,
    )  # fmt: skip


def _done(opinion_id: UUID, f: Any, by: Actor, at: datetime) -> None:
    steps.report_done(opinion_id, f.words.data or "", revision=f.seen, by=by, at=at)


def _check(opinion_id: UUID, f: Any, by: Actor, at: datetime) -> None:
    steps.check(
        opinion_id, f.satisfied.data == "yes", f.words.data or "", method=f.method.data, revision=f.seen, by=by, at=at
    )


def _exit(opinion_id: UUID, f: Any, by: Actor, at: datetime) -> None:
    steps.close_after_review(
        opinion_id, f.reasons.data or "", f.outside.data or "", revision=f.seen, by=by, at=at
    )  # fmt: skip


def _say(action: Action) -> Do:
    def do(opinion_id: UUID, f: Any, by: Actor, at: datetime) -> None:
        steps.say(opinion_id, action, f.words.data or "", revision=f.seen, by=by, at=at)

    return do


_ANSWER, _HANDLE, _PUT_OFF = "opinions:opinion:answer", "opinions:complaint:handle", "opinions:opinion:put_off"
_SORT = "opinions:opinion:classify"

ACTS: tuple[Act, ...] = (
    Act("check", (Action.SATISFY, Action.AGAIN), "opinions:opinion:check", CheckForm, _l("Ask the resident"), _l("Record what was said"),
        _check, _l("Somebody other than who did the work asks.")),
    Act("done", (Action.COMPLETE,), "opinions:measure:report", WordsForm, _l("Report it done"), _l("Report done"), _done,
        _l("What was done, so that whoever asks the resident can tell it.")),
    Act("measure", (Action.MEASURE,), "opinions:measure:name", MeasureForm, _l("Name a measure"), _l("Name the measure"), _measure,
        _l("The date is what the resident will be told.")),
    Act("assign", (Action.ASSIGN,), _SORT, AssignForm, _l("Send it to a department"), _l("Send"), _assign),
    Act("classify", (Action.CLASSIFY,), _SORT, ClassifyForm, _l("Classify it"), _l("Classify"), _classify),
    Act("acknowledge", (Action.ACKNOWLEDGE,), _ANSWER, WordsForm, _l("Acknowledge the complaint"), _l("Acknowledged"), _say(Action.ACKNOWLEDGE),
        _l("What the resident was told, and that it was read back.")),
    Act("judge", (Action.JUDGE,), _HANDLE, WordsForm, _l("Judge the complaint"), _l("Judged"), _say(Action.JUDGE),
        _l("Valid or not, ours or not, ordinary or major, and why.")),
    Act("investigate", (Action.INVESTIGATE,), _HANDLE, WordsForm, _l("Record the cause"), _l("Cause found"), _say(Action.INVESTIGATE)),
    Act("propose", (Action.PROPOSE,), _HANDLE, WordsForm, _l("Propose a solution"), _l("Propose"), _say(Action.PROPOSE)),
    Act("answer", (Action.ANSWER,), _ANSWER, WordsForm, _l("Answer the resident"), _l("Answered"), _say(Action.ANSWER),
        _l("What the resident was told.")),
    Act("explain", (Action.EXPLAIN,), _ANSWER, WordsForm, _l("Explain why not"), _l("Explained"), _say(Action.EXPLAIN),
        _l("Why it cannot be done, as the resident was told.")),
    Act("put-off", (Action.PUT_OFF,), _PUT_OFF, WordsForm, _l("Cannot be solved yet"), _l("Put off"), _say(Action.PUT_OFF)),
    Act("exit", (Action.EXIT,), "opinions:opinion:exit", ExitForm, _l("Close after review"), _l("Close the case"), _exit,
        _l("The case has been through every round and the resident is still not satisfied. It is counted apart.")),
    Act("decline", (Action.DECLINE,), _PUT_OFF, WordsForm, _l("Will not be solved"), _l("Decline"), _say(Action.DECLINE)),
)  # fmt: skip
BY_SLUG: Mapping[str, Act] = {act.slug: act for act in ACTS}


def open_to(opinion: Opinion, by: Actor, policy: Policy) -> list[Act]:
    """What this person may do with it now, the likeliest first; the reviewed exit only after the policy's rounds."""
    if not steps.within_reach(opinion, by):
        return []
    table = COMPLAINT_TABLE if opinion.kind == "complaint" else OPINION_TABLE
    now = State(opinion.status)
    return [
        act
        for act in ACTS
        if any((now, action) in table for action in act.actions)
        and by.may(act.permission, opinion.office_id)
        and (act.slug != "exit" or opinion.round >= policy.rounds_before_exit)
    ]
