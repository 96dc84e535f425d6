"""What is answered for one fact (``sync.md``, POST /sync/facts): the same shape whatever happened."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from portal.core.facts import Problem
from portal.sync.envelope import moment

RECEIPTED = ("stored", "same", "partial")


def told(problems: Sequence[Problem]) -> list[dict[str, Any]]:
    """Problems as they are stored and answered."""
    return [{"field": p.field, "code": p.code, "params": p.params} for p in problems]


def result(
    fact_id: str | None,
    state: str,
    *,
    receipt: dict[str, Any] | None = None,
    missing: Sequence[str] = (),
    waits_for: Sequence[str] = (),
    problems: Sequence[dict[str, Any]] = (),
    decision: dict[str, Any] | None = None,
) -> dict[str, Any]:
    return {
        "id": fact_id,
        "state": state,
        "receipt": receipt,
        "missing": list(missing),
        "waits_for": list(waits_for),
        "problems": list(problems),
        "decision": decision,
    }


def receipt(fact_id: UUID, sha256: str, revision: int, received_at: datetime) -> dict[str, Any]:
    """The proof that a fact is with the server; it never changes."""
    return {"id": str(fact_id), "sha256": sha256, "revision": revision, "received_at": moment(received_at)}


def of_row(row: Any, *, fresh: bool) -> dict[str, Any]:
    """The result of a fact that has its id; ``fresh``: applied by this very request, which alone says ``stored``."""
    state = "same" if row.status == "stored" and not fresh else row.status
    return result(
        str(row.id),
        state,
        receipt=receipt(row.id, row.sha256, row.revision, row.received_at) if state in RECEIPTED else None,
        missing=() if row.status in ("stored", "settled") else row.missing,
        waits_for=[str(row.follows_id)] if row.status == "waiting" else (),
        problems=row.problems,
        decision=row.decision if row.status == "settled" else None,
    )
