"""Bundles (VS-10): records handed up together under a cover sheet. A bundle has no approval of its own: signing it signs
each listed record on that record's own approval, and what has moved meanwhile is left out and named."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from portal.accounts.actors import Actor
from portal.core import audit, changes
from portal.core.db import writing
from portal.core.registry import registry
from portal.domain.refusals import Refused
from portal.signoff import service
from portal.signoff.models import Approval, Bundle, BundleLine
from portal.signoff.service import LeftOut, Outcome
from portal.signoff.steps import locked

SET_ASIDE = "signoff.set_aside"


def make_bundle(record_ids: Sequence[UUID], *, by: Actor, at: datetime) -> Bundle:
    """Hand records up together: of one office and kind, all open at the same step of the same chain.

    Field staff bundle their own records, a supervisor anybody's. Raises Refused: ``signoff.bundle_empty``,
    ``signoff.unknown``, ``signoff.not_author``, ``signoff.bundle_mixed``, ``signoff.incomplete``, ``signoff.bundled``.
    """
    ids = list(dict.fromkeys(record_ids))
    if not ids:
        raise Refused("signoff.bundle_empty")
    with writing() as session:
        found = locked(session, ids, offices=by.offices)
        approvals = [found[i] for i in ids if i in found]
        if len(approvals) != len(ids):
            raise Refused("signoff.unknown")
        first = approvals[0]
        _check_members(session, approvals, by)
        bundle = Bundle(
            office_id=first.office_id, kind=first.kind, author_id=by.id, step=first.step, made_at=at,
            cover=cover_sheet(session, first.kind, approvals, at),
        )  # fmt: skip
        bundle.lines = [
            BundleLine(record_id=a.record_id, revision=a.revision, position=n) for n, a in enumerate(approvals)
        ]
        session.add(bundle)
        session.flush()
        _tell(session, bundle, "made", by, at, records=len(approvals))
        return bundle


def _check_members(session: Session, approvals: Sequence[Approval], by: Actor) -> None:
    first = approvals[0]
    for a in approvals:
        same = (a.office_id, a.kind, a.step, a.chain) == (first.office_id, first.kind, first.step, first.chain)
        if a.status != "open" or not same:
            raise Refused("signoff.bundle_mixed")
        if not a.complete:
            raise Refused("signoff.incomplete")
        if a.author_id != by.id and "supervisor" not in by.roles(a.office_id):
            raise Refused("signoff.not_author")
    taken = session.scalar(
        select(BundleLine.id)
        .join(Approval, Approval.record_id == BundleLine.record_id)
        .where(
            BundleLine.record_id.in_([a.record_id for a in approvals]),
            BundleLine.left_out == "",
            BundleLine.revision == Approval.revision,
        )
        .limit(1)
    )
    if taken:
        raise Refused("signoff.bundled")


def cover_sheet(session: Session, kind: str, approvals: Sequence[Approval], at: datetime) -> dict[str, Any]:
    """Counts for the cover: records, late ones, corrected ones, and what the kind itself counts (outcomes, opinions)."""
    told = registry().signoff[kind].describe(session, [a.record_id for a in approvals])
    counts: Counter[str] = Counter()
    for description in told.values():
        counts.update(description.counts)
    return {
        "records": len(approvals),
        "late": sum(a.due_at is not None and a.due_at < at for a in approvals),
        "corrected": sum(a.revision > 1 for a in approvals),
        "counts": dict(sorted(counts.items())),
    }


def sign_bundle(
    bundle_id: UUID, *, by: Actor, at: datetime, step: int | None = None, without: Sequence[UUID] = ()
) -> Outcome:
    """Sign every listed record at the bundle's step, ``without`` those set aside, in one transaction.

    ``step``: the one that was seen. A record whose revision or step has moved, or which its signer may not sign, is left
    out, named, and no longer belongs to the bundle. Raises Refused: ``signoff.unknown``, ``signoff.stale`` (somebody has
    signed the bundle meanwhile), or the first record's reason where nothing could be signed.
    """
    try:
        with writing() as session:
            bundle = _locked(session, bundle_id, by)
            if step is not None and step != bundle.step:
                raise Refused("signoff.stale", revision=1, step=bundle.step, state="", kind=bundle.kind)
            lines = {line.record_id: line for line in bundle.lines if not line.left_out}
            aside = set(without)
            wanted = [(record, line.revision, bundle.step) for record, line in lines.items() if record not in aside]
            outcome = service.sign(wanted, by=by, at=at, bundle_id=bundle.id)
            if not outcome.signed:
                why = outcome.left_out[0] if outcome.left_out else LeftOut(bundle.id, "signoff.bundle_empty")
                raise Refused(why.code, **why.params)
            outcome.left_out += [LeftOut(record, SET_ASIDE) for record in lines if record in aside]
            for left in outcome.left_out:
                lines[left.record_id].left_out = left.code
            _tell(
                session, bundle, "signed", by, at, step=bundle.step, signed=len(outcome.signed),
                left_out={str(left.record_id): left.code for left in outcome.left_out},
            )  # fmt: skip
            bundle.step += 1
            return outcome
    except IntegrityError as problem:
        raise Refused("signoff.stale") from problem


def take_out(
    bundle_id: UUID,
    record_id: UUID,
    revision: int,
    *,
    comment: str,
    field_comments: Mapping[str, str] | None = None,
    by: Actor,
    at: datetime,
) -> None:
    """Return one record of a bundle to its author with comments; its line goes, the rest goes on.

    Raises Refused as ``service.send_back``, and ``signoff.unknown`` for a record that is not in the bundle.
    """
    with writing() as session:
        bundle = _locked(session, bundle_id, by)
        line = next((line for line in bundle.lines if line.record_id == record_id and not line.left_out), None)
        if line is None:
            raise Refused("signoff.unknown")
        service.send_back(
            record_id, revision, comment=comment, field_comments=field_comments, by=by, at=at, step=bundle.step,
            bundle_id=bundle.id,
        )  # fmt: skip
        session.delete(line)
        _tell(session, bundle, "reduced", by, at, record=str(record_id))


def _locked(session: Session, bundle_id: UUID, by: Actor) -> Bundle:
    office_id = session.scalar(select(Bundle.office_id).where(Bundle.id == bundle_id, Bundle.office_id.in_(by.offices)))
    if office_id is None:
        raise Refused("signoff.unknown")
    changes.lock(session, [office_id])
    return session.scalars(
        select(Bundle).where(Bundle.id == bundle_id).with_for_update().execution_options(populate_existing=True)
    ).one()


def _tell(session: Session, bundle: Bundle, past: str, by: Actor, at: datetime, **what: Any) -> None:
    audit.record(session, f"signoff:bundle:{past}", bundle.id, office_id=bundle.office_id, by=by.id, at=at, **what)
