"""What waits for whom, who signed what, and how a record came to where it stands."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, and_, func, literal, or_, select, tuple_
from sqlalchemy.orm import Session, aliased

from portal.accounts.actors import Actor
from portal.accounts.models import Staff
from portal.core.audit import Event
from portal.domain.differences import Difference, differences
from portal.signoff.models import Approval, Bundle, BundleLine, Revision, Signature

COUNTED_TO = 1_000


def _waiting(actor: Actor, kind: str | None) -> Select[Any]:
    offices = [
        and_(Approval.office_id == office, Approval.waiting_role.in_(sorted(roles)))
        for office in actor.offices
        if (roles := actor.roles(office))
    ]
    query = select(Approval).where(Approval.status == "open", Approval.author_id != actor.id, or_(False, *offices))
    return query.where(Approval.kind == kind) if kind else query


def waiting_for(
    session: Session,
    actor: Actor,
    *,
    kind: str | None = None,
    after: tuple[datetime, UUID] | None = None,
    limit: int = 50,
) -> Sequence[Approval]:
    """The person's inbox: open steps of their roles in all their offices, longest waiting first, never their own work.

    Keyset: ``after`` is (waiting_since, id) of the last row seen.
    """
    query = _waiting(actor, kind)
    if after:
        place = tuple_(literal(after[0], Approval.waiting_since.type), literal(after[1], Approval.id.type))
        query = query.where(tuple_(Approval.waiting_since, Approval.id) > place)
    return session.scalars(query.order_by(Approval.waiting_since, Approval.id).limit(limit)).all()


def waiting_count(session: Session, actor: Actor, *, kind: str | None = None) -> int:
    """How much waits for the person as the inbox shows it, a bundle as one, out of the first 1,001 records."""
    some = (
        _waiting(actor, kind)
        .with_only_columns(Approval.id, Approval.record_id, Approval.revision)
        .limit(COUNTED_TO + 1)
        .subquery()
    )
    bundled = (
        (BundleLine.record_id == some.c.record_id)
        & (BundleLine.revision == some.c.revision)
        & (BundleLine.left_out == "")
    )
    things = func.count(func.coalesce(BundleLine.bundle_id, some.c.id).distinct())
    return session.scalar(select(things).select_from(some).outerjoin(BundleLine, bundled)) or 0


def bundles_waiting(session: Session, actor: Actor, *, limit: int = 50) -> Sequence[Bundle]:
    """Bundles in which records wait for the person's signature, oldest first."""
    waiting = _waiting(actor, None).with_only_columns(Approval.record_id, Approval.revision, Approval.step).subquery()
    query = (
        select(Bundle)
        .where(
            Bundle.office_id.in_(actor.offices),
            Bundle.id.in_(
                select(BundleLine.bundle_id)
                .join(
                    waiting,
                    (waiting.c.record_id == BundleLine.record_id) & (waiting.c.revision == BundleLine.revision),
                )
                .where(BundleLine.left_out == "")
            ),
        )
        .order_by(Bundle.made_at, Bundle.id)
        .limit(limit)
    )
    return session.scalars(query).all()


def bundle_of(session: Session, actor: Actor, bundle_id: UUID) -> Bundle | None:
    """A bundle of one of the person's offices."""
    return session.scalar(select(Bundle).where(Bundle.id == bundle_id, Bundle.office_id.in_(actor.offices)))


def approval_of(session: Session, record_id: UUID) -> Approval | None:
    """Where a record stands in its chain."""
    return session.scalar(select(Approval).where(Approval.record_id == record_id))


@dataclass(frozen=True)
class SignatureLine:
    """A decision as it is shown: ``raised`` where it went a level up (AC-02); beside it what changed since (VS-10)."""

    revision: int
    step: int
    decision: str
    role: str
    raised: bool
    name: str
    for_name: str | None
    at: datetime
    comment: str
    field_comments: dict[str, str]
    bundle_id: UUID | None
    changed_since: list[Difference]


def signatures_of(session: Session, record_id: UUID) -> list[SignatureLine]:
    """All decisions on a record, oldest first."""
    by, instead_of = aliased(Staff), aliased(Staff)
    rows = session.execute(
        select(Signature, by.name, instead_of.name, Approval.chain, Approval.revision)
        .join(Approval, Approval.id == Signature.approval_id)
        .join(by, by.id == Signature.by_id)
        .outerjoin(instead_of, instead_of.id == Signature.for_id)
        .where(Approval.record_id == record_id)
        .order_by(Signature.at, Signature.id)
    ).all()
    bodies = dict(revisions_of(session, record_id)) if rows else {}
    lines = []
    for s, name, for_name, chain, current in rows:
        since = differences(bodies[s.revision], bodies[current]) if s.revision != current else []
        lines.append(
            SignatureLine(
                s.revision, s.step, s.decision, s.role, s.role != chain[s.step - 1], name, for_name, s.at, s.comment,
                s.field_comments, s.bundle_id, since,
            )
        )  # fmt: skip
    return lines


def revisions_of(session: Session, record_id: UUID) -> list[tuple[int, Any]]:
    """(n, what the record said) of every revision, oldest first; the content of an erased one is empty.

    A record that came as a fact is told by its body: the fact's own frame changes with every revision.
    """
    rows = session.execute(
        select(Revision.n, Revision.content).where(Revision.record_id == record_id).order_by(Revision.n)
    )
    found = []
    for n, content in rows:
        whole = json.loads(content) if content else {}
        found.append((n, whole.get("body", whole)))
    return found


def content_hash(session: Session, record_id: UUID, revision: int) -> str | None:
    """The salted hash under which a revision stands in the ledger."""
    return session.scalar(select(Revision.sha256).where(Revision.record_id == record_id, Revision.n == revision))


@dataclass(frozen=True)
class EventLine:
    name: str
    at: datetime
    by_name: str | None
    changes: dict[str, Any]


def history_of(session: Session, record_id: UUID) -> list[EventLine]:
    """Every event of a record in the order they were written."""
    rows = session.execute(
        select(Event.name, Event.at, Staff.name.label("by_name"), Event.changes)
        .outerjoin(Staff, Staff.id == Event.by_id)
        .where(Event.subject_id == record_id)
        .order_by(Event.id)
    )
    return [EventLine(*row) for row in rows]


@dataclass(frozen=True)
class Returned:
    """A record that waits for its author's correction, with the reason."""

    record_id: UUID
    office_id: UUID
    kind: str
    revision: int
    at: datetime
    by_name: str
    comment: str
    field_comments: dict[str, str]


def returned_to(session: Session, staff_id: UUID, *, limit: int = 200) -> list[Returned]:
    """What came back to a person, oldest first."""
    rows = session.execute(
        select(
            Approval.record_id, Approval.office_id, Approval.kind, Approval.revision, Signature.at, Staff.name,
            Signature.comment, Signature.field_comments,
        )
        .join(
            Signature,
            (Signature.approval_id == Approval.id)
            & (Signature.revision == Approval.revision)
            & (Signature.step == Approval.step),
        )
        .join(Staff, Staff.id == Signature.by_id)
        .where(Approval.author_id == staff_id, Approval.status == "returned", Signature.decision == "returned")
        .order_by(Signature.at, Signature.id)
        .limit(limit)
    )  # fmt: skip
    return [Returned(*row) for row in rows]
