"""``POST /sync/facts``: one batch, one transaction; on an error of the database rolled back and replayed fact by fact.

The order is the contract's: text and hash (``prepare``), then the id, then content and references (``applying``).
"""

import logging
from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import insert, select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from portal.accounts import devices
from portal.core import changes
from portal.core.db import writing
from portal.core.facts import FactOther, Problem
from portal.core.ids import new_id
from portal.core.storage import Upload
from portal.domain.canonical import digest
from portal.opinions.scope import look
from portal.sync import differences, kept
from portal.sync.applying import NOT_APPLIED, form_problems, judge, look_for_attachments, visible, wake
from portal.sync.envelope import Caller, is_busy
from portal.sync.kept import APPLIED, Row
from portal.sync.kinds import KINDS, offices_of_subjects
from portal.sync.limits import UNNAMED
from portal.sync.prepare import FORM, KIND, Sent, kind_of
from portal.sync.results import of_row, result, told

log = logging.getLogger(__name__)
REVOKED = Problem("", "device_revoked")


def take(caller: Caller, sents: Sequence[Sent], *, at: datetime) -> list[dict[str, Any]]:
    """Take a batch and return its results in order. Raises an OperationalError only where the database is busy or gone."""
    for sent in sents:
        _look(sent)
    try:
        with writing() as session:
            return _Batch(session, caller, at).run(sents)
    except Exception as problem:
        if isinstance(problem, DBAPIError) and "locked" in str(problem.orig):
            raise
        log.warning("batch of %s rolled back (%s), replayed fact by fact", len(sents), type(problem).__name__)
    results: dict[int, dict[str, Any]] = {}
    for index in _parents_first(sents):
        results[index] = _take_one(caller, sents[index], at)
    return [results[index] for index in range(len(sents))]


def _look(sent: Sent) -> None:
    """Hold the body against its form while nobody waits for the lock; what is wrong with the fact itself is told later."""
    kind, form = sent.word("kind", KIND), sent.word("form", FORM)
    if sent.reason is None and not sent.problems and kind in KINDS and form.partition("@")[0] in KINDS[kind].forms:
        with suppress(Exception):  # whatever it is, the feature meets it again and this fact alone is refused for it
            sent.seen = look(form, sent.value["body"])


def _take_one(caller: Caller, sent: Sent, at: datetime) -> dict[str, Any]:
    """One fact alone; what even so can't be applied is kept in quarantine, with the fault in the log."""
    try:
        with writing() as session:
            return _Batch(session, caller, at).run([sent])[0]
    except Exception as problem:
        if isinstance(problem, DBAPIError) and is_busy(problem):
            raise
        log.exception("fact %s could not be applied", sent.claimed_id)
    with writing() as session:
        return _Batch(session, caller, at, refuse=NOT_APPLIED).run([sent])[0]


def _parents_first(sents: Sequence[Sent]) -> list[int]:
    """The order of a replay: what others of the batch follow comes before them; a cycle keeps the order as sent."""
    first: dict[UUID, int] = {}
    for index, sent in enumerate(sents):
        if sent.reason is None:
            first.setdefault(sent.id, index)
    ordered: dict[int, None] = {}
    for index in range(len(sents)):
        chain, here = [], index
        while here not in ordered and here not in chain:
            chain.append(here)
            follows = sents[here].id_of("follows") if sents[here].reason is None else None
            here = first.get(follows, here) if follows else here
        for each in reversed(chain):
            ordered[each] = None
    return list(ordered)


class _Batch:
    """Facts of one caller inside one transaction. ``refuse``: a reason to quarantine all that is new."""

    def __init__(self, session: Session, caller: Caller, at: datetime, refuse: Problem | None = None) -> None:
        self.session, self.caller, self.at = session, caller, at
        self.refuse = REVOKED if caller.revoked else refuse
        self.rows: dict[UUID, Row] = {}  # with an id of this batch: stored before, or now
        self.parents: dict[UUID, Row] = {}
        self.applied: set[UUID] = set()  # by this request, not answered yet

    def run(self, sents: Sequence[Sent]) -> list[dict[str, Any]]:
        offices = self._offices(sents)
        self._lock(sents, offices)
        devices.seen(self.session, self.caller.device_id, at=self.at)
        self.rows = kept.by_ids(self.session, (sent.id for sent in sents if sent.reason is None))
        fresh: dict[UUID, Sent] = {}
        for sent in sents:
            if sent.reason is None and sent.id not in self.rows:
                fresh.setdefault(sent.id, sent)
        if fresh:
            self._place(fresh, offices)
        return [self._answer(sent) for sent in sents]

    def _offices(self, sents: Sequence[Sent]) -> dict[UUID, UUID]:
        """The office of each fact by its subject; of one that is nowhere in scope, the caller's own."""
        scope = self.caller.scope
        if len(scope) == 1:
            return {sent.id: scope[0] for sent in sents}
        subjects = [(sent.word("kind", KIND), subject) for sent in sents if (subject := sent.id_of("subject"))]
        known = offices_of_subjects(self.session, subjects, scope) if subjects else {}
        return {sent.id: known.get(sent.id_of("subject"), self.caller.home) for sent in sents}  # type: ignore[arg-type]

    def _lock(self, sents: Sequence[Sent], offices: dict[UUID, UUID]) -> None:
        """The offices concerned; all of the caller's where a fact follows another, so that child and parent can't pass
        one another in two transactions."""
        wanted = {*offices.values(), self.caller.home}
        if any(sent.id_of("follows") for sent in sents if sent.reason is None):
            wanted |= set(self.caller.actor.offices)
        changes.lock(self.session, wanted)

    def _place(self, fresh: dict[UUID, Sent], offices: dict[UUID, UUID]) -> None:
        rows = {own: self._row(sent, offices[own]) for own, sent in fresh.items()}
        self._take_inline(fresh.values(), rows)
        wrong = look_for_attachments(self.session, list(rows.values()))
        for own, sent in fresh.items():
            if problems := self._problems(sent, rows[own]) + wrong.get(own, []):
                wrong[own] = problems
        self.rows.update(rows)
        quarantined = [rows[own] for own in wrong]
        judge(self.session, quarantined, at=self.at, wrong=wrong)
        placed = quarantined + self._in_order({own: row for own, row in rows.items() if own not in wrong})
        woken = wake(
            self.session, [r for r in placed if r.status != "waiting"], scope=self.caller.scope, at=self.at
        )  # fmt: skip
        self.rows.update({row.id: row for row in woken if row.id in self.rows})
        self.applied = {row.id for row in [*placed, *woken] if row.status in APPLIED}
        kept.tell(
            self.session, [*{row.id: row for row in [*placed, *woken]}.values()], by=self.caller.actor.id, at=self.at
        )
        for sent in fresh.values():
            if sent.data_lost:  # the payload has it not: the bytes as sent are kept beside the fact
                self._keep(sent, "data", rows[sent.id].problems, digest(sent.raw))

    def _row(self, sent: Sent, office_id: UUID) -> Row:
        return Row(
            id=sent.id, office_id=office_id, device_id=self.caller.device_id, staff_id=self.caller.actor.id,
            kind=sent.word("kind", KIND) or "?", form=sent.word("form", FORM) or "?",
            subject_id=sent.id_of("subject"), follows_id=sent.id_of("follows"), sha256=sent.sha256,
            occurred_at=sent.occurred_at or self.at, recorded_at=sent.recorded_at or self.at, received_at=self.at,
            payload=sent.content, parsed=sent.value, seen=sent.seen,
        )  # fmt: skip

    def _problems(self, sent: Sent, row: Row) -> list[Problem]:
        """What is wrong before any feature is asked."""
        found = list(sent.problems)
        if self.refuse is not None:
            found.insert(0, self.refuse)
        if row.kind not in KINDS:
            if not any(problem.field == "/kind" for problem in found):
                found.append(Problem("/kind", "unknown_kind"))
        elif row.office_id not in self.caller.scope:
            found.append(Problem("/subject", "unknown_subject"))
        return found

    def _take_inline(self, sents: Any, rows: dict[UUID, Row]) -> None:
        """Signatures that came inside: the office has them from now on; those of a revoked device only when taken out."""
        wanted: dict[tuple[UUID, str], bytes] = {
            (rows[sent.id].office_id, sha256): content for sent in sents for sha256, content in sent.inline.items()
        }
        if not wanted:
            return
        if self.caller.revoked:
            self._set_aside(wanted)
            return
        have = kept.blobs_of(self.session, wanted)
        for office_id in sorted({office for office, _ in wanted}):
            fresh = [
                (sha256, len(content), kind_of(content) or "")
                for (office, sha256), content in wanted.items()
                if office == office_id and (office, sha256) not in have
            ]
            kept.take_in(self.session, office_id, fresh, at=self.at)

    def _set_aside(self, wanted: dict[tuple[UUID, str], bytes]) -> None:
        self.session.execute(
            insert(Upload),
            [
                {
                    "id": new_id(), "office_id": office, "staff_id": self.caller.actor.id, "sha256": sha256,
                    "type": kind_of(content), "length": len(content), "offset": len(content), "finished": True,
                    "quarantined": True, "expires_at": self.at + UNNAMED,
                }
                for (office, sha256), content in wanted.items()
            ],
        )  # fmt: skip

    def _in_order(self, pool: dict[UUID, Row]) -> list[Row]:
        """Apply level by level, parents before those that follow them; the rest waits."""
        self.parents = kept.by_ids(
            self.session, {row.follows_id for row in pool.values() if row.follows_id} - self.rows.keys()
        )  # fmt: skip
        placed: list[Row] = []
        while ready := [row for row in pool.values() if self._may_go(row, pool)]:
            judge(self.session, ready, at=self.at)
            placed += ready
            for row in ready:
                del pool[row.id]
        left = list(pool.values())
        wrong = {row.id: found for row in left if (found := form_problems(row))}
        for row in left:
            row.status, row.problems = ("quarantined", told(wrong[row.id])) if row.id in wrong else ("waiting", [])
        kept.write(self.session, left)
        return placed + left

    def _may_go(self, row: Row, pool: dict[UUID, Row]) -> bool:
        if row.follows_id is None:
            return True
        parent = self.rows.get(row.follows_id) or self.parents.get(row.follows_id)
        return parent is not None and parent.id not in pool and parent.status != "waiting" and visible(parent, row)

    def _answer(self, sent: Sent) -> dict[str, Any]:
        if sent.reason is not None:
            key = digest(sent.raw)
            return self._other(sent, sent.reason, "quarantined", told(sent.problems), key)
        row = self.rows[sent.id]
        ours = row.office_id in self.caller.actor.offices or row.staff_id == self.caller.actor.id
        if not ours:
            return self._other(sent, "conflict", "conflict", told([Problem("", "id_conflict")]), sent.sha256)
        if row.sha256 != sent.sha256:
            found = differences.of_same_id(self.session, row, sent.value)
            return self._other(sent, "conflict", "conflict", found, sent.sha256)
        fresh = row.id in self.applied
        self.applied.discard(row.id)  # `stored` is said once
        return of_row(row, fresh=fresh)

    def _other(self, sent: Sent, reason: str, state: str, problems: list[dict[str, Any]], key: str) -> dict[str, Any]:
        """A body that does not take its id: kept once by its bytes (a conflicting one by its hash)."""
        known = self.session.execute(
            select(FactOther.decision, FactOther.problems).where(
                FactOther.sha256_of_bytes == key,
                FactOther.staff_id == self.caller.actor.id,
                FactOther.reason == reason,
            )
        ).first()
        if known is None:
            self._keep(sent, reason, problems, key)
        elif known.decision is not None:
            return result(sent.claimed_id, "settled", problems=known.problems, decision=known.decision)
        return result(sent.claimed_id, state, problems=problems if known is None else known.problems)

    def _keep(self, sent: Sent, reason: str, problems: list[dict[str, Any]], key: str) -> None:
        self.session.execute(
            insert(FactOther),
            [
                {
                    "id": new_id(), "office_id": self.caller.home, "device_id": self.caller.device_id,
                    "staff_id": self.caller.actor.id, "fact_id": sent.id if sent.reason is None else None,
                    "reason": reason, "problems": problems, "sha256_of_bytes": key, "raw": sent.raw,
                    "received_at": self.at,
                }
            ],
        )  # fmt: skip


def keep_unreadable(caller: Caller, content: bytes, code: str, *, at: datetime) -> None:
    """A request that was no batch, kept once by its hash."""
    with writing() as session:
        key = digest(content)
        known = session.scalar(
            select(FactOther.id).where(FactOther.sha256_of_bytes == key, FactOther.staff_id == caller.actor.id).limit(1)
        )
        if known is None:
            batch = _Batch(session, caller, at)
            batch._keep(Sent(content, {}, None, "unreadable"), "unreadable", told([Problem("", code)]), key)
