"""Records of the reader's own, and of surveys under way: facts with what became of them, lines of a sample."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.accounts.models import Staff
from portal.core.facts import Fact
from portal.core.storage import Attachment
from portal.opinions.models import Opinion, OpinionCheck
from portal.signoff.models import Approval, Signature
from portal.signoff.steps import state_of
from portal.surveys.models import Campaign, SampleLine
from portal.sync.envelope import moment
from portal.sync.records import Loader, Reader, Record, buildings, communities, day, households, plan_lines
from portal.visits.models import Visit

OWN_DAYS = timedelta(days=90)


def own_records(reader: Reader, ids: Sequence[UUID]) -> dict[UUID, Record]:
    """The reader's own facts of the last 90 days, in every state, with what became of them at the office."""
    rows = reader.session.execute(
        select(Fact.id, Fact.kind, Fact.status, Fact.decision).where(
            Fact.id.in_(ids), Fact.staff_id == reader.staff_id, Fact.received_at > reader.at - OWN_DAYS
        )
    ).all()
    approvals = {a.record_id: a for a in reader.session.scalars(select(Approval).where(Approval.record_id.in_(ids)))}
    signatures = _signatures(reader.session, [a.id for a in approvals.values()])
    returned = _returned(reader.session, [a.record_id for a in approvals.values() if a.status == "returned"])
    found = {}
    for row in rows:
        approval = approvals.get(row.id)
        signed = signatures.get(approval.id, []) if approval else []
        found[row.id] = Record(
            None,
            approval.revision if approval else None,
            {
                "kind": row.kind,
                "state": row.status,
                "status": state_of(approval) if approval else None,
                "comments": _comments(signed) if approval and approval.status == "returned" else {},
                "signatures": [told for told, _ in signed],
                "decision": row.decision,
                "returned": returned.get(row.id),
            },
        )
    return found


def _returned(session: Session, ids: Sequence[UUID]) -> dict[UUID, dict[str, Any]]:
    """What came back to be corrected, whole, so that its author can correct it on another tablet too."""
    if not ids:
        return {}
    attached: defaultdict[UUID, list[dict[str, Any]]] = defaultdict(list)
    for each in session.scalars(select(Attachment).where(Attachment.owner_id.in_(ids)).order_by(Attachment.position)):
        told = {"sha256": each.sha256, "size": each.size, "type": each.type, "role": each.role}
        attached[each.owner_id].append(told | ({"by": str(each.by_id)} if each.by_id else {}))
    earlier = _checked(session, ids)
    return {
        visit.id: {
            "household": str(visit.household_id), "form": visit.form, "occurred_at": moment(visit.occurred_at),
            "body": visit.body, "attachments": attached[visit.id], "earlier": earlier[visit.id],
        }
        for visit in session.scalars(select(Visit).where(Visit.id.in_(ids)))
    }  # fmt: skip


def _checked(session: Session, ids: Sequence[UUID]) -> defaultdict[UUID, list[dict[str, str]]]:
    """The earlier opinions that a visit asked about, by their words: once satisfied they leave the household's open ones."""
    found: defaultdict[UUID, list[dict[str, str]]] = defaultdict(list)
    rows = session.execute(
        select(OpinionCheck.visit_id, Opinion.id, Opinion.content)
        .join(Opinion, Opinion.id == OpinionCheck.opinion_id)
        .where(OpinionCheck.visit_id.in_(ids))
        .order_by(Opinion.id)
    )
    for visit_id, opinion_id, content in rows:
        if visit_id:
            found[visit_id].append({"id": str(opinion_id), "content": content})
    return found


def _signatures(session: Session, approval_ids: Sequence[UUID]) -> dict[UUID, list[tuple[dict[str, Any], Any]]]:
    rows = session.execute(
        select(Signature, Staff.name)
        .join(Staff, Staff.id == Signature.by_id)
        .where(Signature.approval_id.in_(approval_ids))
        .order_by(Signature.at, Signature.id)
    )
    found: defaultdict[UUID, list[tuple[dict[str, Any], Any]]] = defaultdict(list)
    for signature, name in rows:
        told = {
            "step": signature.step, "revision": signature.revision, "decision": signature.decision,
            "role": signature.role, "by": name, "at": moment(signature.at), "comment": signature.comment,
        }  # fmt: skip
        found[signature.approval_id].append((told, signature))
    return found


def _comments(signed: Sequence[tuple[dict[str, Any], Any]]) -> dict[str, str]:
    """Why the record came back: by field, that on the whole under ''."""
    last = signed[-1][1] if signed else None
    if last is None or last.decision != "returned":
        return {}
    return {**({"": last.comment} if last.comment else {}), **last.field_comments}


def sample_lines(reader: Reader, ids: Sequence[UUID]) -> dict[UUID, Record]:
    """Whom running campaigns ask, with what is known of the hand-out (SV-05)."""
    rows = reader.session.execute(
        select(SampleLine, Campaign)
        .join(Campaign, Campaign.id == SampleLine.campaign_id)
        .where(SampleLine.id.in_(ids), Campaign.status == "running", SampleLine.status != "reserve")
    )
    return {
        line.id: Record(
            campaign.community_id, None,
            {
                "campaign": str(campaign.id), "title": campaign.title, "form": campaign.form,
                "hand_out_by": day(campaign.hand_out_by), "collect_by": day(campaign.collect_by),
                "household": str(line.household_id), "position": line.position, "certainty": line.certainty,
                "substitute": line.substitute, "status": line.status, "attempts": line.attempts,
                "handout": _handout(line),
            },
        )
        for line, campaign in rows
    }  # fmt: skip


def _handout(line: SampleLine) -> dict[str, Any] | None:
    if line.handed_at is None:
        return None
    return {"at": moment(line.handed_at), "collect_on": day(line.collect_on), "collect_time": line.collect_time}


LOADERS: dict[str, Loader] = {
    "community": communities,
    "building": buildings,
    "household": households,
    "plan_line": plan_lines,
    "own_record": own_records,
    "sample_line": sample_lines,
}
