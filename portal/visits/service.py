"""Visits recorded at the desk: facts like a tablet's, one at a time, on the same path."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from sqlalchemy.exc import IntegrityError

from portal.accounts.actors import Actor
from portal.core import bulk, changes
from portal.core.changes import Touched
from portal.core.db import writing
from portal.core.facts import Fact, Intake, ReceivedFact, row_of
from portal.core.ids import new_id
from portal.domain.canonical import digest, fact_text
from portal.domain.refusals import Refused
from portal.visits.corrections import CORRECTIONS
from portal.visits.intake import VISITS
from portal.visits.plans import give_plan, plan_for, take_back

__all__ = ["INTAKES", "desk_fact", "give_plan", "plan_for", "record_visits", "take_back"]

INTAKES: Mapping[str, Intake] = {"visit": VISITS, "correction": CORRECTIONS}


def desk_fact(
    kind: str,
    form: str,
    subject_id: UUID,
    body: Mapping[str, Any],
    *,
    by: Actor,
    at: datetime,
    occurred_at: datetime,
    fact_id: UUID | None = None,
    attachments: Sequence[Mapping[str, Any]] = (),
    base: int | None = None,
) -> ReceivedFact:
    """A fact made at the desk, in the office the person works in, hashed as a tablet hashes its own.

    ``attachments`` are elements as in ``sync.md`` without ``data``; their bytes are in the store already. Do this before
    ``writing()``: hashing needs no lock.
    """
    if by.office_id is None:
        raise Refused("unknown_subject")
    own = fact_id or new_id()
    fact: dict[str, Any] = {
        "id": str(own), "kind": kind, "subject": str(subject_id), "follows": None, "base": base, "form": form,
        "occurred_at": stamp(occurred_at), "recorded_at": stamp(at), "clock": {"offset_ms": 0, "measured_at": None},
        "body": dict(body), "attachments": [dict(a) for a in attachments],
    }  # fmt: skip
    content = fact_text(fact)
    return ReceivedFact(
        id=own, kind=kind, form=form, subject_id=subject_id, follows_id=None, base=base, office_id=by.office_id,
        staff_id=by.id, device_id=None, occurred_at=occurred_at, recorded_at=at, received_at=at, body=fact["body"],
        attachments=fact["attachments"], sha256=digest(content), content=content,
    )  # fmt: skip


def stamp(moment: datetime) -> str:
    """A moment as facts write it: UTC, milliseconds, Z."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def record_visits(facts: Sequence[ReceivedFact], *, by: Actor, at: datetime) -> dict[UUID, int]:
    """Record visits, attempts and corrections of returned ones, all or nothing; returns the revision of each record.

    Raises Refused ``record.problems`` with ``problems``, a list of (JSON Pointer into the fact, code, params);
    ``record.twice`` where a fact of this id is there already; ``unknown_subject`` for an office that is not the person's.
    """
    if any(fact.office_id not in by.offices or fact.staff_id != by.id for fact in facts):
        raise Refused("unknown_subject")
    try:
        with writing() as session:
            changes.lock(session, {fact.office_id for fact in facts})
            revisions: dict[UUID, int] = {}
            for kind, intake in INTAKES.items():
                group = [fact for fact in facts if fact.kind == kind]
                wrong = intake.problems(session, group) if group else {}
                if wrong:
                    raise Refused("record.problems", problems=[p for found in wrong.values() for p in found])
                got = intake.apply(session, group, at=at) if group else {}
                bulk.put(
                    session, Fact, [row_of(f, status="stored", applied_at=at, revision=got.get(f.id, 0)) for f in group]
                )
                revisions |= {fact.id: got.get(fact.id, 1) for fact in group}
            for office_id in sorted({fact.office_id for fact in facts}):
                own = [
                    Touched("own_record", fact.id, None, staff_id=fact.staff_id)
                    for fact in facts
                    if fact.office_id == office_id
                ]
                changes.number(session, office_id, own)
            return revisions
    except IntegrityError as problem:
        raise Refused("record.twice") from problem
