"""Handing in, signing, returning and handing in again: each in one transaction with its events and ledger entries.

Locks are taken in one order: the office's row, then approvals by record. The unique key of ``signature`` has the last
word on two people who sign at once; who comes second learns where the record stands now.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import select, tuple_, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from portal.accounts.actors import Actor
from portal.core import audit, bulk, changes
from portal.core.db import writing
from portal.core.ids import new_id
from portal.core.registry import registry
from portal.domain import chains
from portal.domain.calendar import clock_deadline
from portal.domain.chains import Action, Chain
from portal.domain.refusals import Refused
from portal.signoff import ledger
from portal.signoff.models import Approval, Revision, Signature
from portal.signoff.steps import Standard, locked, standard_of, state_of, wait


class Submission(NamedTuple):
    """A record handed in for signing; ``content`` is canonical JSON, ``complete``: all its attachments are there."""

    record_id: UUID
    office_id: UUID
    author_id: UUID
    content: bytes
    complete: bool = True


class Wanted(NamedTuple):
    """One signature asked for: on the revision and the step that the signer saw."""

    record_id: UUID
    revision: int
    step: int


class LeftOut(NamedTuple):
    """A record that was not signed: why (a code), and how it stands now."""

    record_id: UUID
    code: str
    params: Mapping[str, Any] = {}


@dataclass
class Outcome:
    signed: list[UUID] = field(default_factory=list)
    left_out: list[LeftOut] = field(default_factory=list)


def submit(
    session: Session,
    kind: str,
    submissions: Sequence[Submission],
    *,
    chain: Sequence[str],
    at: datetime,
    standard: Standard | None = None,
) -> None:
    """Hand records in, each as its revision 1, with a snapshot of the chain. The submissions are of one office.

    A record handed in before breaks a unique key (IntegrityError): the same record is handed in once.
    """
    if not submissions:
        return
    office_id = submissions[0].office_id
    changes.lock(session, [office_id])
    session.flush()
    standard = standard or standard_of(session, office_id, at)
    due = clock_deadline(at, standard.step_hours)
    roles = {s: standard.waiting_role(chain, 1, s) for s in {s.author_id for s in submissions}}
    steps = list(chain)
    revisions, approvals, entries, events = [], [], [], []
    for s in submissions:
        revisions.append(_revision(kind, s, 1, at))
        approvals.append(
            {
                "id": new_id(), "office_id": office_id, "kind": kind, "record_id": s.record_id, "author_id": s.author_id,
                "chain": steps, "step": 1, "revision": 1, "status": "open", "waiting_role": roles[s.author_id],
                "waiting_since": at, "due_at": due, "complete": s.complete,
            }
        )  # fmt: skip
        entries.append(ledger.Entry(kind, s.record_id, 1, revisions[-1]["sha256"]))
        events.append(
            {
                "id": new_id(), "office_id": office_id, "name": f"signoff:{kind}:submitted", "subject_id": s.record_id,
                "by_id": s.author_id, "at": at, "changes": {"status": "received", "revision": 1},
            }
        )  # fmt: skip
    bulk.put(session, Revision, revisions)
    bulk.put(session, Approval, approvals)
    ledger.append(session, office_id, entries, at=at)
    audit.record_many(session, events)


def _revision(kind: str, s: Submission, n: int, at: datetime) -> dict[str, Any]:
    salt = ledger.new_salt()
    return {
        "id": new_id(), "office_id": s.office_id, "record_id": s.record_id, "kind": kind, "n": n, "content": s.content,
        "salt": salt, "sha256": ledger.salted(salt, s.content), "author_id": s.author_id, "at": at,
    }  # fmt: skip


def resubmit(
    session: Session, record_id: UUID, content: bytes, *, author_id: UUID, at: datetime, complete: bool = True
) -> int:
    """Hand a returned record in again, by its author; it goes from step 1. Returns the new revision.

    Raises Refused: ``signoff.unknown``, ``signoff.not_now`` (it was not returned), ``signoff.not_author``,
    ``signoff.closed``.
    """
    approval = locked(session, [record_id]).get(record_id)
    if approval is None:
        raise Refused("signoff.unknown")
    chain = Chain(approval.kind, tuple(approval.chain))
    outcome = chains.advance(
        chain, state_of(approval), Action.CORRECT, step=0, signer_roles=(), is_author=author_id == approval.author_id
    )
    standard = standard_of(session, approval.office_id, at)
    approval.revision += 1
    approval.status, approval.step, approval.complete = "open", 1, complete
    wait(approval, standard, at)
    fresh = Submission(record_id, approval.office_id, author_id, content, complete)
    row = _revision(approval.kind, fresh, approval.revision, at)
    bulk.put(session, Revision, [row])
    entry = ledger.Entry(approval.kind, record_id, approval.revision, row["sha256"])
    ledger.append(session, approval.office_id, [entry], at=at)
    _tell(session, approval, "corrected", outcome.state, by=author_id, at=at)
    registry().signoff[approval.kind].moved(session, record_id, outcome.state, approval.revision, at)
    session.flush()
    return approval.revision


def sign(wanted: Sequence[tuple[UUID, int, int]], *, by: Actor, at: datetime, bundle_id: UUID | None = None) -> Outcome:
    """Sign records, each at the revision and step that were seen; what cannot be signed is left out and named.

    Codes of what is left out: ``signoff.unknown`` (also another office's), ``signoff.stale`` (with where it stands now),
    ``signoff.incomplete``, ``signoff.author``, ``signoff.not_your_step``, ``signoff.erased``.
    Raises Refused ``signoff.stale`` where the unique key had to decide.
    """
    try:
        with writing() as session:
            return _sign(session, [Wanted(*w) for w in wanted], by=by, at=at, bundle_id=bundle_id)
    except IntegrityError as problem:
        raise Refused("signoff.stale") from problem


def _sign(session: Session, wanted: Sequence[Wanted], *, by: Actor, at: datetime, bundle_id: UUID | None) -> Outcome:
    found = locked(session, [w.record_id for w in wanted], offices=by.offices)
    standards = {office: standard_of(session, office, at) for office in {a.office_id for a in found.values()}}
    seals = _seals(session, found.values())
    done = Outcome()
    signatures: list[tuple[Approval, Signature]] = []
    for want in wanted:
        approval = found.get(want.record_id)
        try:
            if approval is None:
                raise Refused("signoff.unknown")
            outcome = _judge(approval, Action.SIGN, want, standards[approval.office_id], by)
            if not approval.complete:
                raise Refused("signoff.incomplete")
            if seals[approval.record_id].salt is None:
                raise Refused("signoff.erased")
        except Refused as why:
            done.left_out.append(LeftOut(want.record_id, why.code, why.params))
            continue
        signatures.append((approval, _signature(approval, outcome, "signed", by, at, bundle_id=bundle_id)))
        _advance(session, approval, outcome, standards[approval.office_id], by=by, at=at)
        done.signed.append(want.record_id)
    _enter(session, signatures, seals, at)
    for record_id in done.signed:
        approval = found[record_id]
        state = state_of(approval)
        registry().signoff[approval.kind].moved(session, record_id, state, approval.revision, at)
    return done


def _advance(
    session: Session, approval: Approval, outcome: chains.Outcome, standard: Standard, *, by: Actor, at: datetime
) -> None:
    """One step on; after the last signature the record is closed."""
    _tell(session, approval, "signed", outcome.state, by=by.id, at=at, step=outcome.step, role=outcome.role)
    if not outcome.complete:
        approval.step += 1
        wait(approval, standard, at)
        return
    chain = Chain(approval.kind, tuple(approval.chain))
    closed = chains.advance(chain, outcome.state, Action.CLOSE, step=0, signer_roles=(), is_author=False).state
    approval.status, approval.waiting_role, approval.waiting_since, approval.due_at = closed, None, at, None
    _tell(session, approval, "closed", closed, by=by.id, at=at)


def _judge(approval: Approval, action: Action, want: Wanted, standard: Standard, by: Actor) -> chains.Outcome:
    """Whether this person may do this now; raises Refused."""
    if want.revision != approval.revision:
        raise _stale(approval)
    roles = by.roles(approval.office_id)
    acting = approval.waiting_role
    if acting not in roles and approval.status == "open":
        acting = standard.waiting_role(approval.chain, approval.step, approval.author_id)  # who holds what has changed
    try:
        return chains.advance(
            Chain(approval.kind, tuple(approval.chain)), state_of(approval), action, step=want.step, signer_roles=roles,
            is_author=by.id == approval.author_id, acting_role=acting,
        )  # fmt: skip
    except Refused as why:
        if why.code in ("signoff.author", "signoff.not_your_step"):
            raise
        raise _stale(approval) from why


def _stale(approval: Approval) -> Refused:
    return Refused(
        "signoff.stale", revision=approval.revision, step=approval.step, state=state_of(approval), kind=approval.kind
    )


def send_back(
    record_id: UUID,
    revision: int,
    *,
    comment: str,
    field_comments: Mapping[str, str] | None = None,
    by: Actor,
    at: datetime,
    step: int | None = None,
    bundle_id: UUID | None = None,
) -> None:
    """Return a record to its author, with a reason and comments by field (JSON Pointers into the record).

    ``step``: the one that was seen; None takes the open one. Raises Refused: ``signoff.comment_needed``,
    ``signoff.unknown``, ``signoff.stale``, ``signoff.author``, ``signoff.not_your_step``.
    """
    if not comment.strip():
        raise Refused("signoff.comment_needed", "comment")
    try:
        with writing() as session:
            approval = locked(session, [record_id], offices=by.offices).get(record_id)
            if approval is None:
                raise Refused("signoff.unknown")
            standard = standard_of(session, approval.office_id, at)
            want = Wanted(record_id, revision, approval.step if step is None else step)
            outcome = _judge(approval, Action.RETURN, want, standard, by)
            if (seal := _seals(session, [approval]))[record_id].salt is None:
                raise Refused("signoff.erased")
            signature = _signature(
                approval, outcome, "returned", by, at, bundle_id=bundle_id, comment=comment.strip(),
                field_comments={where: text.strip() for where, text in (field_comments or {}).items() if text.strip()},
            )  # fmt: skip
            _enter(session, [(approval, signature)], seal, at)
            approval.status, approval.waiting_role, approval.waiting_since, approval.due_at = "returned", None, at, None
            _tell(session, approval, "returned", outcome.state, by=by.id, at=at, step=want.step, role=outcome.role)
            registry().signoff[approval.kind].moved(session, record_id, outcome.state, revision, at)
    except IntegrityError as problem:
        raise Refused("signoff.stale") from problem


def take_back(session: Session, record_id: UUID, *, by: UUID, at: datetime) -> None:
    """Take an open or closed record out of its chain because it is being written anew; ``resubmit`` hands it in again.

    Signatures given so far stay where they are, on the revision they were given. A record that was returned, or never
    handed in, is left as it is.
    """
    approval = locked(session, [record_id]).get(record_id)
    if approval is None or approval.status == "returned":
        return
    approval.status, approval.waiting_role, approval.waiting_since, approval.due_at = "returned", None, at, None
    _tell(session, approval, "taken_back", "returned", by=by, at=at)


def mark_complete(session: Session, record_ids: Sequence[UUID]) -> None:
    """All attachments of these records are there: they can be signed."""
    if record_ids:
        session.execute(
            update(Approval.__table__).where(Approval.record_id.in_(list(record_ids))).values(complete=True)  # type: ignore[arg-type]
        )


def erase(session: Session, record_ids: Sequence[UUID], *, by: UUID, at: datetime) -> None:
    """Destroy content and salt of records: the ledger shows *erased* from now on, and its chain still holds."""
    for record_id, approval in locked(session, record_ids).items():
        session.execute(update(Revision).where(Revision.record_id == record_id).values(content=None, salt=None))
        session.execute(
            update(Signature).where(Signature.approval_id == approval.id).values(comment="", field_comments={})
        )
        audit.record(session, f"signoff:{approval.kind}:erased", record_id, office_id=approval.office_id, by=by, at=at)


def _signature(
    approval: Approval,
    outcome: chains.Outcome,
    decision: str,
    by: Actor,
    at: datetime,
    *,
    bundle_id: UUID | None,
    comment: str = "",
    field_comments: Mapping[str, str] | None = None,
) -> Signature:
    return Signature(
        id=new_id(), office_id=approval.office_id, approval_id=approval.id, revision=approval.revision, step=outcome.step,
        decision=decision, role=outcome.role, by_id=by.id, for_id=None, at=at, comment=comment,
        field_comments=dict(field_comments or {}), bundle_id=bundle_id,
    )  # fmt: skip


def _seals(session: Session, approvals: Iterable[Approval]) -> dict[UUID, Any]:
    """Salt and hash of each record's present revision."""
    rows = session.execute(
        select(Revision.record_id, Revision.salt, Revision.sha256).where(
            tuple_(Revision.record_id, Revision.n).in_([(a.record_id, a.revision) for a in approvals])
        )
    )
    return {row.record_id: row for row in rows}


def _enter(
    session: Session, signatures: Sequence[tuple[Approval, Signature]], seals: Mapping[UUID, Any], at: datetime
) -> None:
    """Store decisions and enter them in the ledger under the salt of the revision they speak of."""
    session.add_all(signature for _, signature in signatures)
    session.flush()
    entries: dict[UUID, list[ledger.Entry]] = {}
    for approval, signature in signatures:
        seal = seals[approval.record_id]
        text = ledger.signature_content(signature, approval.record_id, seal.sha256)
        entry = ledger.Entry(ledger.SIGNATURE, signature.id, signature.revision, ledger.salted(seal.salt, text))
        entries.setdefault(approval.office_id, []).append(entry)
    for office_id in sorted(entries):
        ledger.append(session, office_id, entries[office_id], at=at)


def _tell(
    session: Session, approval: Approval, past: str, status: str, *, by: UUID | None, at: datetime, **what: Any
) -> None:
    audit.record(
        session, f"signoff:{approval.kind}:{past}", approval.record_id, office_id=approval.office_id, by=by, at=at,
        status=status, revision=approval.revision, **what,
    )  # fmt: skip
