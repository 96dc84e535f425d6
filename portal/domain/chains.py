"""Approval chains as data, and the one table by which a record moves along its chain (AC, VS-10).

A record's state on the server is ``received``, ``returned``, ``corrected``, ``signed_1`` … ``signed_n`` or ``closed``.
The table is over (state, action); the number of the step is data beside it. Who signs which step comes from the kind of
document and from policy. ``domain/lives`` holds the lives that are not approvals.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import StrEnum

from portal.domain.policy import Policy
from portal.domain.refusals import Refused


class State(StrEnum):
    """Where a record stands; ``signed`` carries the number of its last signature."""

    RECEIVED = "received"
    RETURNED = "returned"
    CORRECTED = "corrected"
    SIGNED = "signed"
    CLOSED = "closed"


class Action(StrEnum):
    """What may be done to it. ``close`` files a record on which every signature stands."""

    SIGN = "sign"
    RETURN = "return"
    CORRECT = "correct"
    CLOSE = "close"


class Actor(StrEnum):
    """Who may do it: the holder of the step's role, the author, or the office (no role is asked for)."""

    SIGNER = "signer"
    AUTHOR = "author"
    OFFICE = "office"


TABLE: Mapping[tuple[State, Action], tuple[Actor, State]] = {
    (State.RECEIVED, Action.SIGN): (Actor.SIGNER, State.SIGNED),
    (State.RECEIVED, Action.RETURN): (Actor.SIGNER, State.RETURNED),
    (State.RETURNED, Action.CORRECT): (Actor.AUTHOR, State.CORRECTED),
    (State.CORRECTED, Action.SIGN): (Actor.SIGNER, State.SIGNED),
    (State.CORRECTED, Action.RETURN): (Actor.SIGNER, State.RETURNED),
    (State.SIGNED, Action.SIGN): (Actor.SIGNER, State.SIGNED),
    (State.SIGNED, Action.RETURN): (Actor.SIGNER, State.RETURNED),
    (State.SIGNED, Action.CLOSE): (Actor.OFFICE, State.CLOSED),
}

LEVEL_ABOVE: Mapping[str, str] = {
    "field_staff": "supervisor",
    "front_desk": "supervisor",
    "supervisor": "manager",
    "manager": "director",
    "department_officer": "department_head",
    "department_head": "director",
    "director": "executive",
    "company_caller": "qa",
    "interviewer": "qa",
    "branch_overseer": "management_representative",
    "qa": "management_representative",
    "management_representative": "executive",
}


@dataclass(frozen=True, slots=True)
class Chain:
    """The roles that sign a kind of document, first to last; ``ours`` where no source names them."""

    kind: str
    steps: tuple[str, ...]
    ours: bool = False


_FIXED: Mapping[str, tuple[str, ...]] = {
    "visit_plan": ("manager", "director"),
    "survey_plan": ("executive",),
    "questionnaire": ("qa",),
    "statistics_sheet": ("qa",),
    "analysis_report": ("qa",),
    "compilation": ("management_representative",),
    "open_letter": ("management_representative",),
    "response_notice": ("manager",),
    "register_summary": ("manager",),
    "service_guide": ("manager",),
    "department_report": ("director",),
    "improvement_plan": ("qa",),
    "correction_plan": ("executive",),
    "extension": ("qa",),
    "closing_below_floor": ("qa",),
    "reviewed_exit": ("management_representative",),
    "year_end_list": ("director",),
    "notice": ("supervisor", "manager"),
    "activity": ("supervisor", "manager"),
    "rules": ("supervisor", "manager"),
    "community_news": ("supervisor", "manager"),
}
_OURS: Mapping[str, tuple[str, ...]] = {
    "disclosure": ("supervisor", "manager"),
    "government_document": ("manager",),
    "survey_results": ("management_representative",),
    "company_announcement": ("executive",),
}
_FROM_POLICY = ("visit_record", "campaign_plan", "corrective_action_report")
KINDS: tuple[str, ...] = (*_FROM_POLICY, *_FIXED, *_OURS)


def chain_for(kind: str, policy: Policy, *, important: bool = False, compensation: bool = False) -> Chain:
    """The chain of a kind of document under this policy, to be kept as a snapshot with the record (AC).

    ``important`` findings go on from the management representative to the executive (SV-25); a report on a complaint in
    which ``compensation`` is paid is the executive's (CP-04). Raises ``Refused("signoff.unknown_kind")``.
    """
    if kind == "visit_record":
        return Chain(kind, policy.visit_record_steps)
    if kind == "campaign_plan":
        return Chain(kind, policy.campaign_plan_steps)
    if kind == "corrective_action_report":
        return Chain(kind, ("executive",) if compensation else (policy.complaint_report_approver,))
    if kind == "compilation" and important:
        return Chain(kind, ("management_representative", "executive"))
    if kind in _FIXED:
        return Chain(kind, _FIXED[kind])
    if kind in _OURS:
        return Chain(kind, _OURS[kind], ours=True)
    raise Refused("signoff.unknown_kind", kind=kind)


def parse_state(state: str) -> tuple[State, int]:
    """``signed_2`` as (signed, 2); any other state has the number 0. Raises ``ValueError`` for what is no state."""
    match = re.fullmatch(r"signed_([1-9]\d?)", state, re.ASCII)
    if match:
        return State.SIGNED, int(match[1])
    if state == State.SIGNED:
        raise ValueError("signed needs the number of its last signature")
    return State(state), 0


def states_of(chain: Chain) -> tuple[str, ...]:
    """Every state a record of this chain can be in."""
    signed = tuple(f"signed_{n}" for n in range(1, len(chain.steps) + 1))
    return ("received", "returned", "corrected", *signed, "closed")


def open_step(chain: Chain, state: str) -> int | None:
    """The step that waits for a signature, from 1; None where the author's correction or nothing at all is awaited."""
    kind, signed = parse_state(state)
    if kind in (State.RETURNED, State.CLOSED) or signed >= len(chain.steps):
        return None
    return signed + 1


def is_complete(chain: Chain, state: str) -> bool:
    """Does every signature stand?"""
    kind, signed = parse_state(state)
    return kind is State.CLOSED or signed >= len(chain.steps)


@dataclass(frozen=True, slots=True)
class Outcome:
    """The state after an action, the step signed or returned (None for others), the role it was done in."""

    state: str
    step: int | None
    role: str | None
    complete: bool


def signing_role(chain: Chain, step: int, others: Mapping[str, int]) -> tuple[str, bool]:
    """The role that signs a step, and whether it went up a level because only the author holds the step's own (AC-02).

    ``others`` counts, by role, the holders in the office concerned who are not the author and not recused (AC-04).
    Raises ``Refused("signoff.nobody")`` where no level above has one either.
    """
    role: str | None = chain.steps[step - 1]
    first = role
    while role is not None:
        if others.get(role, 0) > 0:
            return role, role != first
        role = LEVEL_ABOVE.get(role)
    raise Refused("signoff.nobody", role=first)


def advance(
    chain: Chain,
    state: str,
    action: Action,
    *,
    step: int,
    signer_roles: Collection[str],
    is_author: bool,
    acting_role: str | None = None,
) -> Outcome:
    """What an action makes of a record, or why it may not be done.

    ``step`` is the one the person saw open (from 1; 0 for correct and close); ``signer_roles`` are the person's in the
    office concerned, delegated ones included; ``acting_role`` is what ``signing_role`` gave, else the step's own role.
    A corrected record is signed again from step 1. Raises ``Refused``:

    - ``signoff.closed``: every signature stands, or the record is filed;
    - ``signoff.not_now``: this state does not know the action (a returned record is not signed before its correction);
    - ``signoff.stale``: another step is open by now;
    - ``signoff.author``: nobody signs or returns what he wrote;
    - ``signoff.not_author``: only the author corrects;
    - ``signoff.not_your_step``: the step belongs to another role.
    """
    kind, signed = parse_state(state)
    if signed > len(chain.steps):
        raise ValueError(f"{state!r} is beyond a chain of {len(chain.steps)} steps")
    closing = action is Action.CLOSE
    if kind is State.CLOSED or (is_complete(chain, state) and not closing):
        raise Refused("signoff.closed", state=state)
    rule = TABLE.get((kind, action))
    if rule is None or (closing and not is_complete(chain, state)):
        raise Refused("signoff.not_now", state=state, action=action.value)
    actor, target = rule
    if actor is Actor.OFFICE:
        return Outcome(target.value, None, None, complete=True)
    if actor is Actor.AUTHOR:
        if not is_author:
            raise Refused("signoff.not_author")
        return Outcome(target.value, None, None, complete=False)
    expected = signed + 1
    if step != expected:
        raise Refused("signoff.stale", step=step, expected=expected)
    if is_author:
        raise Refused("signoff.author")
    role = acting_role or chain.steps[expected - 1]
    if role not in signer_roles:
        raise Refused("signoff.not_your_step", role=role, step=expected)
    if target is State.SIGNED:
        return Outcome(f"signed_{expected}", expected, role, complete=expected == len(chain.steps))
    return Outcome(target.value, expected, role, complete=False)
