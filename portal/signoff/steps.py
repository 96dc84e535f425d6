"""Where a record stands in its chain, and who signs the step that is open."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.accounts.holders import holders
from portal.accounts.policy import policy_for, zone_of
from portal.core import changes, clock
from portal.domain import chains
from portal.domain.calendar import clock_deadline
from portal.domain.chains import Chain
from portal.domain.policy import Policy
from portal.domain.refusals import Refused
from portal.signoff.models import Approval


@dataclass(frozen=True)
class Standard:
    """What decides a step in one office on one day: who holds which role, and the hours a step may take (AC-03)."""

    holders: Mapping[str, frozenset[UUID]]
    step_hours: int

    def waiting_role(self, chain: Sequence[str], step: int, author_id: UUID) -> str:
        """The role that signs the step: a level up where only the author holds it (AC-02); its own where nobody does."""
        others = {role: len(staff - {author_id}) for role, staff in self.holders.items()}
        try:
            return chains.signing_role(Chain("", tuple(chain)), step, others)[0]
        except Refused:
            return chain[step - 1]


def standard_of(
    session: Session, office_id: UUID, at: datetime, *, policy: Policy | None = None, zone: str | None = None
) -> Standard:
    """How steps are decided in an office at a moment."""
    day = clock.day_at(at, zone or zone_of(session, office_id))
    policy = policy or policy_for(session, office_id, on=day)
    return Standard(holders(session, office_id, on=day), policy.sign_step_hours)


def state_of(approval: Approval) -> str:
    """The record's state as the chain's table knows it."""
    if approval.status != "open":
        return approval.status
    if approval.step > 1:
        return f"signed_{approval.step - 1}"
    return "received" if approval.revision == 1 else "corrected"


def locked(
    session: Session, record_ids: Sequence[UUID], *, offices: Sequence[UUID] | None = None
) -> dict[UUID, Approval]:
    """The approvals of these records, locked; those of other offices are not found."""
    ids = list(record_ids)
    own = [] if offices is None else [Approval.office_id.in_(offices)]
    changes.lock(
        session, session.scalars(select(Approval.office_id).where(Approval.record_id.in_(ids), *own).distinct())
    )
    rows = session.scalars(
        select(Approval)
        .where(Approval.record_id.in_(ids), *own)
        .order_by(Approval.record_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return {row.record_id: row for row in rows}


def wait(approval: Approval, standard: Standard, at: datetime) -> None:
    approval.waiting_role = standard.waiting_role(approval.chain, approval.step, approval.author_id)
    approval.waiting_since, approval.due_at = at, clock_deadline(at, standard.step_hours)


def rearrange(session: Session, office_id: UUID | None, *, at: datetime) -> int:
    """After roles were given or taken: let open steps wait for who signs them now (AC-02). Returns how many moved.

    ``office_id`` None: a company-wide role, which every office feels.
    """
    here = [] if office_id is None else [Approval.office_id == office_id]
    session.flush()
    offices = session.scalars(select(Approval.office_id).where(Approval.status == "open", *here).distinct()).all()
    changes.lock(session, offices)
    standards = {office: standard_of(session, office, at) for office in offices}
    waiting = session.scalars(
        select(Approval)
        .where(Approval.office_id.in_(offices), Approval.status == "open")
        .order_by(Approval.record_id)
        .with_for_update()
    )
    moved = 0
    for approval in waiting:
        role = standards[approval.office_id].waiting_role(approval.chain, approval.step, approval.author_id)
        if role != approval.waiting_role:
            approval.waiting_role = role
            moved += 1
    return moved
