"""What the office does with facts that were not applied: take one over, put it right, or close it with a reason.

The tablet's bytes stay as they came and its receipt is over their hash; a body put right is kept beside them.
"""

import logging
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from portal.accounts.actors import Actor
from portal.core import audit, changes
from portal.core.db import writing
from portal.core.facts import FactOther, Problem
from portal.core.messages import sentence
from portal.domain.canonical import canonical, fact_text
from portal.domain.refusals import Refused
from portal.households.models import Household
from portal.sync import arrivals, kept
from portal.sync.applying import judge, look_for_attachments, wake
from portal.sync.envelope import is_busy, moment
from portal.sync.kept import APPLIED, Row
from portal.sync.kinds import KINDS, offices_of_subjects
from portal.sync.prepare import Sent, examine
from portal.sync.results import told
from portal.visits.models import Visit

OPEN = ("quarantined", "conflict", "waiting")
REASON_MOST = 500
REVOKED_CODE = "device_revoked"
log = logging.getLogger(__name__)


def accept(fact_id: UUID, *, by: Actor, at: datetime) -> Row:
    """Take a fact over as the tablet sent it: of a revoked tablet, in conflict, or sound by now.

    Raises Refused ``sync.decided``, ``sync.still_wrong`` with the problems in words.
    """
    return _take_over(fact_id, None, None, "decided_by_office", by=by, at=at)


def repair(
    fact_id: UUID,
    *,
    by: Actor,
    at: datetime,
    body: Mapping[str, Any] | None = None,
    household_id: UUID | None = None,
) -> Row:
    """Take a fact over with a body, or a household, that the office put right. Raises Refused as ``accept``."""
    return _take_over(fact_id, body, household_id, "repaired_by_office", by=by, at=at)


def reject(fact_id: UUID, reason: str, *, by: Actor, at: datetime) -> Row:
    """Close a fact: kept, never applied; its author reads the reason. Raises Refused ``sync.decided``, ``sync.reason_needed``."""
    decision = _decision(reason, by, at)
    with writing() as session:
        changes.lock(session, by.offices)
        row = _open_row(session, fact_id, by)
        row.status, row.decision = "settled", decision
        kept.write(session, [row])
        woken = wake(session, [row], scope=by.offices, at=at)
        kept.tell(session, [row, *woken], by=by.id, at=at)
        return row


def settle_other(other_id: UUID, reason: str, *, by: Actor, at: datetime) -> None:
    """Close what arrived and took no id. Raises Refused ``sync.decided``, ``sync.reason_needed``."""
    decision = _decision(reason, by, at)
    with writing() as session:
        other = session.scalar(
            select(FactOther)
            .where(FactOther.id == other_id, FactOther.office_id.in_(by.offices), FactOther.decision.is_(None))
            .with_for_update()
        )
        if other is None:
            raise Refused("sync.decided")
        other.decision = decision
        audit.record(
            session, "sync:arrival:settled", other.id, office_id=other.office_id, by=by.id, at=at, reason=other.reason
        )


def _decision(reason: str, by: Actor, at: datetime) -> dict[str, str]:
    if not reason.strip():
        raise Refused("sync.reason_needed", "reason")
    return {"by": by.name, "at": moment(at), "reason": reason.strip()[:REASON_MOST]}


def _open_row(session: Session, fact_id: UUID, by: Actor) -> Row:
    row = kept.by_ids(session, [fact_id], with_payload=True).get(fact_id)
    if row is None or row.office_id not in by.offices or row.status not in OPEN:
        raise Refused("sync.decided")
    return row


def _take_over(
    fact_id: UUID, body: Mapping[str, Any] | None, household_id: UUID | None, code: str, *, by: Actor, at: datetime
) -> Row:
    with writing() as session:
        changes.lock(session, by.offices)
        row = _open_row(session, fact_id, by)
        if body is not None or household_id is not None:
            _put_right(session, row, body, household_id, by)
        problems = static_problems(row)
        if not problems:
            _apply(session, row, by=by, at=at)
            problems = [] if row.status in APPLIED else row.problems
        if problems:
            raise Refused("sync.still_wrong", problems=" ".join(in_words(problems)))
        row.problems = told([Problem("", code, {"by": by.name, "at": moment(at)})])
        kept.write(session, [row])
        audit.record(
            session, f"sync:fact:{'repaired' if row.repaired else 'accepted'}", row.id, office_id=row.office_id,
            by=by.id, at=at,
        )  # fmt: skip
        woken = wake(session, [row], scope=by.offices, at=at)
        kept.tell(session, [row, *woken], by=by.id, at=at)
        return row


def _put_right(
    session: Session, row: Row, body: Mapping[str, Any] | None, household_id: UUID | None, by: Actor
) -> None:
    fact = dict(row.content)
    if body is not None:
        fact["body"] = dict(body)
    if household_id is not None:
        office_id = session.scalar(
            select(Household.office_id).where(Household.id == household_id, Household.office_id.in_(by.offices))
        )
        if office_id is None:
            raise Refused("unknown_subject", "household")
        fact["subject"], row.subject_id, row.office_id = str(household_id), household_id, office_id
    try:
        row.repaired = canonical({key: value for key, value in fact.items() if key != "sha256"})
    except (ValueError, TypeError):
        raise Refused("text.surrogate", "body") from None
    row.parsed = None


def static_problems(row: Row) -> list[dict[str, Any]]:
    """What is wrong with the fact itself, before any record is asked; its signatures' bytes are no longer looked at."""
    sent = Sent(b"", {**row.content, "sha256": row.sha256}, str(row.id), id=row.id, content=fact_text(row.content))
    examine(sent)
    if row.kind not in KINDS:
        sent.problems.append(Problem("/kind", "unknown_kind"))
    return told(sent.problems)


def _apply(session: Session, row: Row, *, by: Actor, at: datetime) -> None:
    offices = offices_of_subjects(session, [(row.kind, row.subject_id)] if row.subject_id else [], by.offices)
    if row.subject_id in offices:
        row.office_id = offices[row.subject_id]
    hashes = [a["sha256"] for a in row.attachments]
    if hashes:
        arrivals.release(session, row.office_id, hashes, staff_id=row.staff_id, by=by.id, at=at)
    if row.status == "conflict" and KINDS[row.kind].reads_base:
        row.base_seen = session.scalar(select(Visit.revision).where(Visit.id == row.subject_id))
    judge(session, [row], at=at, wrong=look_for_attachments(session, [row]))


def in_words(problems: list[dict[str, Any]]) -> list[str]:
    """Each problem as a sentence in the reader's language, once."""
    return list(dict.fromkeys(sentence(each["code"], each["params"]) for each in problems))


class _StillWrong(Exception):
    """Ends a trial whose traces must go."""


def reconsider(session: Session, rows: list[Row], *, at: datetime) -> list[Row]:
    """Apply those of these quarantined facts that are sound by now; returns them. The others stay as they are."""
    applied = []
    for row in rows:
        if any(p["code"] == REVOKED_CODE for p in row.problems) or static_problems(row):
            continue
        draft = replace(row)
        try:
            with session.begin_nested():
                judge(session, [row], at=at, wrong=look_for_attachments(session, [row]))
                if row.status not in APPLIED:
                    raise _StillWrong
        except Exception as problem:
            if isinstance(problem, DBAPIError) and is_busy(problem):
                raise
            if not isinstance(problem, _StillWrong):
                log.exception("fact %s could not be applied", row.id)
            vars(row).update(vars(draft))
            continue
        row.problems = []
        kept.write(session, [row])
        applied.append(row)
    return applied
