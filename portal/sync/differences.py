"""Both sides of a conflict: what the tablet says, what the server has, from whom and when (``sync.md``, states)."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.accounts.models import Staff
from portal.core.facts import Fact, Problem
from portal.sync.envelope import moment
from portal.sync.kept import APPLIED, Row
from portal.sync.results import told
from portal.visits.models import Visit

CODE = "changed_meanwhile"
_STALE = frozenset(("stale_revision", "not_returned"))
_OWN_KEYS = frozenset(("corrected",))  # what a correction says of itself, beside what the visit says


def of_same_id(session: Session, row: Row, mine: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Where another content under a taken id differs from the one that has it."""
    theirs = json.loads(session.scalar(select(Fact.payload).where(Fact.id == row.id)) or b"{}")
    pairs = [(f"/{key}", mine.get(key), theirs.get(key)) for key in sorted({*mine, *theirs} - {"body", "sha256"})]
    pairs += _body_pairs(mine.get("body"), theirs.get("body"))
    found = _named(pairs, name_of(session, row.staff_id), row.received_at)
    return found or told([Problem("", "id_conflict")])


def of_correction(session: Session, row: Row, problems: Sequence[Problem]) -> list[dict[str, Any]]:
    """Where a correction and the visit, changed since the correction's base, differ; [] where that is not the reason."""
    base = row.content.get("base") if row.base_seen is None else row.base_seen
    if base is None or not {p.code for p in problems} <= _STALE:
        return []
    visit = session.get(Visit, row.subject_id, populate_existing=True)
    if visit is None or visit.revision == base:
        return []
    latest = session.execute(
        select(Fact.staff_id, Fact.received_at)
        .where((Fact.subject_id == visit.id) | (Fact.id == visit.id), Fact.status.in_(APPLIED))
        .order_by(Fact.received_at.desc())
        .limit(1)
    ).one_or_none()
    staff_id, at = latest or (visit.author_id, visit.received_at)
    mine = {key: value for key, value in row.content["body"].items() if key not in _OWN_KEYS}
    found = _named(_body_pairs(mine, visit.body), name_of(session, staff_id), at)
    return found or told([Problem("/base", "stale_revision", {"revision": visit.revision})])


def name_of(session: Session, staff_id: UUID) -> str:
    return session.scalar(select(Staff.name).where(Staff.id == staff_id)) or ""


def _body_pairs(mine: Any, theirs: Any) -> list[tuple[str, Any, Any]]:
    if not isinstance(mine, dict) or not isinstance(theirs, dict):
        return [("/body", mine, theirs)]
    return [(f"/body/{key}", mine.get(key), theirs.get(key)) for key in sorted({*mine, *theirs})]


def _named(pairs: Sequence[tuple[str, Any, Any]], by: str, at: datetime) -> list[dict[str, Any]]:
    return told(
        [
            Problem(pointer, CODE, {"mine": mine, "theirs": theirs, "by": by, "at": moment(at)})
            for pointer, mine, theirs in pairs
            if mine != theirs
        ]
    )
