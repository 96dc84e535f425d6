"""The one place where an opinion changes its state: by the domain's table, with its event, change number and count.

``household.open_opinions`` counts those in which something is still awaited; it moves with the state, in the same write.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, literal_column, select, update
from sqlalchemy.orm import Session

from portal.accounts.policy import policy_at
from portal.core import audit, bulk, changes
from portal.core.db import Instant
from portal.core.ids import new_id
from portal.domain import lives
from portal.domain.lives import OpinionAction
from portal.domain.policy import Policy
from portal.domain.refusals import Refused
from portal.households.models import Household
from portal.opinions.models import Opinion

EVENTS: Mapping[OpinionAction, str] = {
    OpinionAction.CLASSIFY: "opinions:opinion:classified",
    OpinionAction.ASSIGN: "opinions:opinion:assigned",
    OpinionAction.MEASURE: "opinions:opinion:measured",
    OpinionAction.COMPLETE: "opinions:opinion:completed",
    OpinionAction.ANSWER: "opinions:opinion:answered",
    OpinionAction.SATISFY: "opinions:opinion:satisfied",
    OpinionAction.AGAIN: "opinions:opinion:reopened",
    OpinionAction.EXPLAIN: "opinions:opinion:explained",
    OpinionAction.PUT_OFF: "opinions:opinion:put_off",
    OpinionAction.DECLINE: "opinions:opinion:declined",
    OpinionAction.EXIT: "opinions:opinion:exited",
    OpinionAction.ACKNOWLEDGE: "opinions:opinion:acknowledged",
    OpinionAction.JUDGE: "opinions:opinion:judged",
    OpinionAction.INVESTIGATE: "opinions:opinion:investigated",
    OpinionAction.PROPOSE: "opinions:opinion:proposed",
}
RECEIVED = "opinions:opinion:received"
CORRECTED = "opinions:opinion:corrected"


def is_open(status: str) -> bool:
    """Whether something is still awaited (what ``household.open_opinions`` counts)."""
    return status not in lives.SETTLED


@dataclass(slots=True)
class Standing:
    """Where an opinion stands while a batch moves it; ``touched`` once it has moved."""

    id: UUID
    office_id: UUID
    community_id: UUID
    household_id: UUID | None
    kind: str
    status: str
    round: int
    was: str = ""
    new: bool = False
    events: list[dict[str, Any]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.was = self.was or self.status

    def step(self, action: OpinionAction, policy: Policy, *, by: UUID, at: datetime, **what: Any) -> None:
        """Move by the table and note the event. Raises Refused as ``lives.next_opinion_state``; then nothing moved."""
        outcome = lives.next_opinion_state(
            lives.Opinion(self.status), action, self.round, policy, complaint=self.kind == "complaint"
        )
        before, self.status, self.round = self.status, outcome.state.value, outcome.round_number
        told = {"from": before, "status": self.status, "round": self.round, **what}
        self.tell(EVENTS[action], told, by, at)

    def tell(self, name: str, told: dict[str, Any], by: UUID, at: datetime) -> None:
        """Note an event, to be written with the state."""
        self.events.append(
            {
                "id": new_id(), "office_id": self.office_id, "name": name, "subject_id": self.id, "by_id": by, "at": at,
                "changes": told,
            }
        )  # fmt: skip


def try_step(standing: Standing, action: OpinionAction, policy: Policy, *, by: UUID, at: datetime, **what: Any) -> bool:
    """As ``Standing.step``, but a state that does not know the action stays as it is: a fact is kept, states are ours."""
    try:
        standing.step(action, policy, by=by, at=at, **what)
    except Refused:
        return False
    return True


def standings(session: Session, opinion_ids: Iterable[UUID]) -> dict[UUID, Standing]:
    """The rows to be moved, locked in the order of their ids."""
    ids = sorted(set(opinion_ids))
    if not ids:
        return {}
    rows = session.execute(
        select(
            Opinion.id, Opinion.office_id, Opinion.community_id, Opinion.household_id, Opinion.kind, Opinion.status,
            Opinion.round,
        ).where(Opinion.id.in_(ids)).order_by(Opinion.id).with_for_update()
    )  # fmt: skip
    return {row.id: Standing(*row) for row in rows}


_MOVE = (
    update(Opinion.__table__)  # type: ignore[arg-type]
    .where(Opinion.__table__.c.id == bindparam("of"))
    .values(
        status=bindparam("to"),
        round=bindparam("in_round"),
        since_at=bindparam("since", type_=Instant()),
        revision=Opinion.__table__.c.revision + literal_column("1"),
    )
)
_COUNT = (
    update(Household.__table__)  # type: ignore[arg-type]
    .where(Household.__table__.c.id == bindparam("of"))
    .values(open_opinions=Household.__table__.c.open_opinions + bindparam("more"))
)


def write(session: Session, moved: Sequence[Standing]) -> Counter[UUID]:
    """Write new states and their events; returns by how much each household's open opinions changed.

    The caller adds the counts (``count``) and numbers the households, since a batch does both once. Standings that are
    ``new`` were inserted with their state and only bring events and counts.
    """
    steps = [
        {"of": s.id, "to": s.status, "in_round": s.round, "since": s.events[-1]["at"]}
        for s in moved
        if not s.new and s.events
    ]
    bulk.many(session, _MOVE, steps)
    audit.record_many(session, [event for s in moved for event in s.events])
    more: Counter[UUID] = Counter()
    for s in moved:
        if s.household_id is not None:
            before = 0 if s.new else is_open(s.was)
            more[s.household_id] += is_open(s.status) - before
    return more


def count(session: Session, more: Mapping[UUID, int]) -> None:
    """Add to the open opinions of households, in the order of their ids."""
    rows = [{"of": household, "more": by} for household, by in sorted(more.items()) if by]
    bulk.many(session, _COUNT, rows)


def move(
    session: Session,
    opinion: Opinion,
    action: OpinionAction,
    *,
    by: UUID,
    at: datetime,
    policy: Policy | None = None,
    **what: Any,
) -> Opinion:
    """Do one action on one opinion: state, round, revision, event (with ``what``), change number, the household's count.

    The caller is inside ``writing()`` and has loaded the opinion there. Raises Refused: ``opinion.not_now``,
    ``opinion.rounds_left``; nothing is changed then.
    """
    changes.lock(session, [opinion.office_id])
    session.flush()
    session.refresh(opinion, with_for_update={"of": Opinion})  # not what it was loaded joined with
    standing = Standing(
        opinion.id, opinion.office_id, opinion.community_id, opinion.household_id, opinion.kind, opinion.status,
        opinion.round,
    )  # fmt: skip
    standing.step(action, policy or policy_at(session, opinion.office_id, at), by=by, at=at, **what)
    count(session, write(session, [standing]))
    session.refresh(opinion)
    household = (
        [changes.Touched("household", opinion.household_id, opinion.community_id)] if opinion.household_id else []
    )
    changes.number(session, opinion.office_id, household)
    return opinion
