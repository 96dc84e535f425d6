"""Judging and applying facts that have their id: references, attachments, parents; quarantine and conflict whole.

Used by the batch of a tablet, by a parent that arrives, by the office that decides, and after an upgrade.
"""

import logging
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from portal.core.facts import Problem
from portal.domain import formspec
from portal.domain.pointers import pointer
from portal.domain.refusals import Refused
from portal.sync import differences, kept
from portal.sync.envelope import is_busy
from portal.sync.kept import Row
from portal.sync.kinds import KINDS, offices_of_subjects
from portal.sync.results import told

log = logging.getLogger(__name__)
NOT_APPLIED = Problem("", "not_applied")


def visible(parent: Row, child: Row) -> bool:
    """Whether a fact may follow another: of its own office, or of the same person."""
    return parent.office_id == child.office_id or parent.staff_id == child.staff_id


def form_problems(row: Row) -> list[Problem]:
    """What the form says of the body, for a fact that can't be applied yet; features look at it again when they apply."""
    name, _, version = row.content["form"].partition("@")
    if name not in KINDS[row.kind].forms:
        return [Problem("/form", "wrong_form", {"form": row.form})]
    try:
        document = formspec.load(name, int(version))
    except Refused as why:
        return [Problem("/form", why.code, why.params)]
    found = formspec.problems(document, row.content["body"])
    return [Problem("/body" + pointer(path), code, params) for path, code, params in found]


def look_for_attachments(session: Session, rows: Sequence[Row]) -> dict[UUID, list[Problem]]:
    """Set what is ``missing`` of each; problems where the office has the bytes and they are not as the fact says."""
    have = kept.blobs_of(session, ((row.office_id, a["sha256"]) for row in rows for a in row.attachments))
    found: dict[UUID, list[Problem]] = {}
    for row in rows:
        missing: dict[str, None] = {}
        for index, named in enumerate(row.attachments):
            blob = have.get((row.office_id, named["sha256"]))
            if blob is None:
                missing[named["sha256"]] = None
                continue
            for key, is_so, code in (("size", blob[0], "wrong_size"), ("type", blob[1], "wrong_type")):
                if named.get(key) != is_so:
                    found.setdefault(row.id, []).append(Problem(f"/attachments/{index}/{key}", code))
        row.missing = list(missing)
    return found


def judge(
    session: Session, rows: Sequence[Row], *, at: datetime, wrong: dict[UUID, list[Problem]] | None = None
) -> None:
    """Apply what is sound, keep the rest in quarantine or conflict, and write the rows with what became of them."""
    wrong = dict(wrong or {})
    facts = {row.id: row.received() for row in rows if row.id not in wrong}
    for group in _groups(row for row in rows if row.id not in wrong):
        wrong.update(KINDS[group[0].kind].intake.problems(session, [facts[row.id] for row in group]))
    for row in rows:
        problems = wrong.get(row.id)
        if problems:
            both = differences.of_correction(session, row, problems)
            row.status, row.problems = ("conflict", both) if both else ("quarantined", told(problems))
        else:
            row.status, row.applied_at = "partial" if row.missing else "stored", at
    kept.write(session, rows)
    for group in _groups(row for row in rows if row.id not in wrong):
        kind = KINDS[group[0].kind]
        revisions = kind.intake.apply(session, [facts[row.id] for row in group], at=at)
        if kind.reads_base:
            for row in group:
                row.revision = revisions.get(row.id, 0)
            kept.write(session, group)


def _groups(rows: Iterable[Row]) -> list[list[Row]]:
    """By kind and office, as a feature takes them."""
    found: dict[tuple[str, UUID], list[Row]] = {}
    for row in rows:
        found.setdefault((row.kind, row.office_id), []).append(row)
    return list(found.values())


def wake(session: Session, arrived: Sequence[Row], *, scope: Sequence[UUID], at: datetime) -> list[Row]:
    """Apply what waited for these facts, and what waits for that, to the end of the chain; returns all that woke."""
    woken: list[Row] = []
    while arrived:
        parents = {row.id: row for row in arrived}
        children = [row for row in kept.waiting_for(session, parents) if visible(parents[row.follows_id], row)]  # type: ignore[index]
        if children:
            _judge_children(session, children, scope=scope, at=at)
        woken += children
        arrived = children
    return woken


def _judge_children(session: Session, children: list[Row], *, scope: Sequence[UUID], at: datetime) -> None:
    """All at once; where that fails each alone, so that one bad child neither blocks the others nor its parent."""
    _find_office(session, children, scope)
    drafts = [replace(row) for row in children]
    try:
        with session.begin_nested():
            judge(session, children, at=at, wrong=look_for_attachments(session, children))
        return
    except Exception as problem:
        if isinstance(problem, DBAPIError) and is_busy(problem):
            raise
        log.exception("waiting facts could not be applied together")
    for row, draft in zip(children, drafts, strict=True):
        _restore(row, draft)
        try:
            with session.begin_nested():
                judge(session, [row], at=at, wrong=look_for_attachments(session, [row]))
        except Exception as problem:
            if isinstance(problem, DBAPIError) and is_busy(problem):
                raise
            log.exception("fact %s could not be applied", row.id)
            _restore(row, draft)
            judge(session, [row], at=at, wrong={row.id: [NOT_APPLIED]})


def _restore(row: Row, draft: Row) -> None:
    for name, value in vars(draft).items():
        setattr(row, name, value)


def _find_office(session: Session, rows: Sequence[Row], scope: Sequence[UUID]) -> None:
    """A waiting fact was kept by an office of its author; its subject, unknown then, may be another's of them."""
    subjects = [(row.kind, row.subject_id) for row in rows if row.subject_id]
    offices = offices_of_subjects(session, subjects, scope)
    for row in rows:
        if row.subject_id in offices:
            row.office_id = offices[row.subject_id]
