"""The lives of an opinion, a complaint, a publication and a commitment, each a table over (state, action).

Opinions: VS-07 to VS-09, VS-13, OP-06, OP-07. Complaints go the eight steps of CP-02 and then the same way.
Publications: PB-03, PB-04. Commitments: PB-05. What a table does not list is refused by code; nothing is edited away.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeVar

from portal.domain.policy import Policy
from portal.domain.refusals import Refused


class Opinion(StrEnum):
    """Where an opinion stands; from ``acknowledged`` on those that only complaints pass through."""

    RECEIVED = "received"
    CLASSIFIED = "classified"
    ASSIGNED = "assigned"
    MEASURED = "measured"
    DONE = "done"
    SATISFIED = "satisfied"
    EXPLAINED = "explained"
    NOT_YET = "not_yet"
    NEVER = "never"
    EXITED = "exited"
    ACKNOWLEDGED = "acknowledged"
    JUDGED = "judged"
    INVESTIGATED = "investigated"
    PROPOSED = "proposed"
    ANSWERED = "answered"


class OpinionAction(StrEnum):
    """What happens to it. ``again``: not satisfied, back to the department in a new round."""

    CLASSIFY = "classify"
    ASSIGN = "assign"
    MEASURE = "measure"
    COMPLETE = "complete"
    ANSWER = "answer"
    SATISFY = "satisfy"
    AGAIN = "again"
    EXPLAIN = "explain"
    PUT_OFF = "put_off"
    DECLINE = "decline"
    EXIT = "exit"
    ACKNOWLEDGE = "acknowledge"
    JUDGE = "judge"
    INVESTIGATE = "investigate"
    PROPOSE = "propose"


_O, _A = Opinion, OpinionAction

_AFTER_THE_WORK: Mapping[tuple[Opinion, OpinionAction], Opinion] = {
    (_O.ASSIGNED, _A.ASSIGN): _O.ASSIGNED,
    (_O.ASSIGNED, _A.EXPLAIN): _O.EXPLAINED,
    (_O.ASSIGNED, _A.PUT_OFF): _O.NOT_YET,
    (_O.ASSIGNED, _A.DECLINE): _O.NEVER,
    (_O.MEASURED, _A.ASSIGN): _O.ASSIGNED,
    (_O.MEASURED, _A.MEASURE): _O.MEASURED,
    (_O.MEASURED, _A.COMPLETE): _O.DONE,
    (_O.MEASURED, _A.EXPLAIN): _O.EXPLAINED,
    (_O.MEASURED, _A.PUT_OFF): _O.NOT_YET,
    (_O.MEASURED, _A.DECLINE): _O.NEVER,
    (_O.DONE, _A.SATISFY): _O.SATISFIED,
    (_O.DONE, _A.AGAIN): _O.ASSIGNED,
    (_O.DONE, _A.EXPLAIN): _O.EXPLAINED,
    (_O.DONE, _A.PUT_OFF): _O.NOT_YET,
    (_O.DONE, _A.DECLINE): _O.NEVER,
    (_O.DONE, _A.EXIT): _O.EXITED,
    (_O.EXPLAINED, _A.SATISFY): _O.SATISFIED,
    (_O.EXPLAINED, _A.AGAIN): _O.ASSIGNED,
    (_O.EXPLAINED, _A.PUT_OFF): _O.NOT_YET,
    (_O.EXPLAINED, _A.DECLINE): _O.NEVER,
    (_O.EXPLAINED, _A.EXIT): _O.EXITED,
    (_O.NOT_YET, _A.ASSIGN): _O.ASSIGNED,
    (_O.NOT_YET, _A.DECLINE): _O.NEVER,
    (_O.SATISFIED, _A.AGAIN): _O.ASSIGNED,
    (_O.NEVER, _A.AGAIN): _O.ASSIGNED,
}

OPINION_TABLE: Mapping[tuple[Opinion, OpinionAction], Opinion] = {
    **_AFTER_THE_WORK,
    (_O.RECEIVED, _A.CLASSIFY): _O.CLASSIFIED,
    (_O.CLASSIFIED, _A.CLASSIFY): _O.CLASSIFIED,
    (_O.CLASSIFIED, _A.ASSIGN): _O.ASSIGNED,
    (_O.CLASSIFIED, _A.ANSWER): _O.DONE,
    (_O.CLASSIFIED, _A.EXPLAIN): _O.EXPLAINED,
    (_O.ASSIGNED, _A.CLASSIFY): _O.CLASSIFIED,
    (_O.ASSIGNED, _A.MEASURE): _O.MEASURED,
    (_O.ASSIGNED, _A.ANSWER): _O.DONE,
}

COMPLAINT_TABLE: Mapping[tuple[Opinion, OpinionAction], Opinion] = {
    **_AFTER_THE_WORK,
    (_O.RECEIVED, _A.CLASSIFY): _O.CLASSIFIED,
    (_O.RECEIVED, _A.ACKNOWLEDGE): _O.ACKNOWLEDGED,
    (_O.CLASSIFIED, _A.ACKNOWLEDGE): _O.ACKNOWLEDGED,
    (_O.ACKNOWLEDGED, _A.JUDGE): _O.JUDGED,
    (_O.JUDGED, _A.INVESTIGATE): _O.INVESTIGATED,
    (_O.JUDGED, _A.EXPLAIN): _O.EXPLAINED,
    (_O.INVESTIGATED, _A.JUDGE): _O.JUDGED,
    (_O.INVESTIGATED, _A.ASSIGN): _O.ASSIGNED,
    (_O.ASSIGNED, _A.PROPOSE): _O.PROPOSED,
    (_O.PROPOSED, _A.PROPOSE): _O.PROPOSED,
    (_O.PROPOSED, _A.ANSWER): _O.ANSWERED,
    (_O.ANSWERED, _A.MEASURE): _O.MEASURED,
    (_O.ANSWERED, _A.COMPLETE): _O.DONE,
    (_O.ANSWERED, _A.AGAIN): _O.ASSIGNED,
    (_O.EXPLAINED, _A.JUDGE): _O.JUDGED,
}

SETTLED = frozenset({_O.SATISFIED, _O.NEVER, _O.EXITED})
"""States in which nothing is awaited; ``explained`` and ``not_yet`` stay on the office's lists."""


@dataclass(frozen=True, slots=True)
class OpinionOutcome:
    """The state after an action and the round it belongs to, from 1."""

    state: Opinion
    round_number: int


def next_opinion_state(
    state: Opinion, action: OpinionAction, round_number: int, policy: Policy, *, complaint: bool = False
) -> OpinionOutcome:
    """What an action makes of an opinion, or of a complaint.

    ``again`` opens the next round, back to the department. The reviewed exit is open only after the rounds that policy
    allows (VS-09); its approval is another person's. Raises ``Refused``: ``opinion.not_now``; ``opinion.rounds_left``
    with ``rounds``, the number the policy asks for.
    """
    table = COMPLAINT_TABLE if complaint else OPINION_TABLE
    target = _next(table, state, action, "opinion.not_now")
    if action is OpinionAction.EXIT and round_number < policy.rounds_before_exit:
        raise Refused("opinion.rounds_left", round=round_number, rounds=policy.rounds_before_exit)
    return OpinionOutcome(target, round_number + (action is OpinionAction.AGAIN))


class Publication(StrEnum):
    """Where a version of a publication stands; ``corrected`` means that a newer version took its place."""

    DRAFT = "draft"
    CHECKED = "checked"
    APPROVED = "approved"
    PUBLISHED = "published"
    CORRECTED = "corrected"
    WITHDRAWN = "withdrawn"
    TAKEN_DOWN = "taken_down"


class PublicationAction(StrEnum):
    """``edit`` and ``return`` cost a text its check and approval; ``take_down`` is the end of its time, no fault."""

    EDIT = "edit"
    CHECK = "check"
    APPROVE = "approve"
    RETURN = "return"
    PUBLISH = "publish"
    CORRECT = "correct"
    WITHDRAW = "withdraw"
    TAKE_DOWN = "take_down"


_P, _PA = Publication, PublicationAction

PUBLICATION_TABLE: Mapping[tuple[Publication, PublicationAction], Publication] = {
    (_P.DRAFT, _PA.EDIT): _P.DRAFT,
    (_P.DRAFT, _PA.CHECK): _P.CHECKED,
    (_P.CHECKED, _PA.EDIT): _P.DRAFT,
    (_P.CHECKED, _PA.RETURN): _P.DRAFT,
    (_P.CHECKED, _PA.APPROVE): _P.APPROVED,
    (_P.APPROVED, _PA.EDIT): _P.DRAFT,
    (_P.APPROVED, _PA.PUBLISH): _P.PUBLISHED,
    (_P.PUBLISHED, _PA.CORRECT): _P.CORRECTED,
    (_P.PUBLISHED, _PA.WITHDRAW): _P.WITHDRAWN,
    (_P.PUBLISHED, _PA.TAKE_DOWN): _P.TAKEN_DOWN,
}


class Commitment(StrEnum):
    """Where a promise made in public stands. ``changed``: a new date was announced, the first one is kept."""

    OPEN = "open"
    DONE = "done"
    VERIFIED = "verified"
    OVERDUE = "overdue"
    CHANGED = "changed"
    DECLINED = "declined"


class CommitmentAction(StrEnum):
    """``lapse``: its date passed; ``reject``: QA found it not done; ``recur``: its next check date opens it again."""

    COMPLETE = "complete"
    VERIFY = "verify"
    REJECT = "reject"
    LAPSE = "lapse"
    CHANGE = "change"
    DECLINE = "decline"
    RECUR = "recur"


_C, _CA = Commitment, CommitmentAction

COMMITMENT_TABLE: Mapping[tuple[Commitment, CommitmentAction], Commitment] = {
    (_C.OPEN, _CA.COMPLETE): _C.DONE,
    (_C.OPEN, _CA.LAPSE): _C.OVERDUE,
    (_C.OPEN, _CA.CHANGE): _C.CHANGED,
    (_C.OPEN, _CA.DECLINE): _C.DECLINED,
    (_C.CHANGED, _CA.COMPLETE): _C.DONE,
    (_C.CHANGED, _CA.LAPSE): _C.OVERDUE,
    (_C.CHANGED, _CA.CHANGE): _C.CHANGED,
    (_C.CHANGED, _CA.DECLINE): _C.DECLINED,
    (_C.OVERDUE, _CA.COMPLETE): _C.DONE,
    (_C.OVERDUE, _CA.CHANGE): _C.CHANGED,
    (_C.OVERDUE, _CA.DECLINE): _C.DECLINED,
    (_C.DONE, _CA.VERIFY): _C.VERIFIED,
    (_C.DONE, _CA.REJECT): _C.OPEN,
    (_C.VERIFIED, _CA.RECUR): _C.OPEN,
}

S = TypeVar("S", bound=StrEnum)
A = TypeVar("A", bound=StrEnum)


def _next(table: Mapping[tuple[S, A], S], state: S, action: A, code: str) -> S:
    target = table.get((state, action))
    if target is None:
        raise Refused(code, state=state.value, action=action.value)
    return target


def next_publication_state(state: Publication, action: PublicationAction) -> Publication:
    """What an action makes of a version. Raises ``Refused("publication.not_now")``."""
    return _next(PUBLICATION_TABLE, state, action, "publication.not_now")


def next_commitment_state(state: Commitment, action: CommitmentAction) -> Commitment:
    """What an action makes of a commitment. Raises ``Refused("commitment.not_now")``."""
    return _next(COMMITMENT_TABLE, state, action, "commitment.not_now")
