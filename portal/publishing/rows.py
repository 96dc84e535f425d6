"""The rows of a version and the promises in them. What was in public once is never taken out again (PB-05)."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from portal.accounts.actors import Actor
from portal.accounts.models import Department
from portal.core import audit
from portal.core.db import db, writing
from portal.domain.refusals import Refused
from portal.opinions.steps import ACTORS, DUE_KINDS
from portal.publishing import drafting
from portal.publishing.content import version_of
from portal.publishing.drafting import issues_of, row_of, texts_in
from portal.publishing.editing import checked_text, converter_of, editable
from portal.publishing.models import Commitment, Publication, PublicationRow, Wording


def add_row(
    publication_id: UUID, brief: str, *, issue_id: UUID | None = None, revision: int | None, by: Actor, at: datetime
) -> UUID:
    """One more row: from an issue (with its measures), or worded freely. Raises Refused as ``editable``, ``required``."""
    converter = converter_of(publication_id, by=by)
    session: Session = db.session()
    if issue_id is not None:
        row = row_of(session, issues_of(session, [issue_id], by)[0])
    else:
        row = {
            "issue_id": None,
            "brief": checked_text("brief", brief),
            "explanation": "",
            "households": 0,
            "measures": [],
        }
    if not row["brief"]:
        raise Refused("required", "brief")
    made = {text: converter.make(text) for text in texts_in({}, [row])}
    with writing() as session:
        publication = editable(session, publication_id, revision, by=by, at=at)
        last = session.scalar(
            select(func.max(PublicationRow.position)).where(PublicationRow.publication_id == publication.id)
        )
        fresh = drafting.add_row(session, publication, row, 0 if last is None else last + 1, made.__getitem__)
        _row_told(session, publication, fresh.id, "row_added", by=by, at=at)
        return fresh.id


def remove_row(publication_id: UUID, row_id: UUID, *, revision: int | None, by: Actor, at: datetime) -> None:
    """Take a row out that was never in public. Raises Refused ``publication.promise_stays`` for one that was."""
    with writing() as session:
        publication = editable(session, publication_id, revision, by=by, at=at)
        row = _row_in(session, publication, row_id)
        _never_public(publication, row.since_version)
        for commitment in list(row.commitments):
            _drop(session, commitment, publication)
        _drop(session, row, publication)
        _row_told(session, publication, row_id, "row_removed", by=by, at=at)


def move_row(publication_id: UUID, row_id: UUID, *, revision: int | None, by: Actor, at: datetime) -> None:
    """Let a row change places with the one above it."""
    with writing() as session:
        publication = editable(session, publication_id, revision, by=by, at=at)
        rows = sorted(publication.rows, key=lambda r: (r.position, r.id))
        place = next((i for i, r in enumerate(rows) if r.id == row_id), 0)
        if place:
            above, row = rows[place - 1], rows[place]
            above.position, row.position = row.position, above.position
        _row_told(session, publication, row_id, "row_moved", by=by, at=at)


def add_measure(
    publication_id: UUID,
    row_id: UUID,
    text: str,
    terms: dict[str, Any],
    *,
    revision: int | None,
    by: Actor,
    at: datetime,
) -> UUID:
    """One more promise in a row. Raises Refused as ``editable`` and ``checked_terms``, ``required``."""
    converter = converter_of(publication_id, by=by)
    text = checked_text("measure", text)
    if not text:
        raise Refused("required", "text")
    made = converter.make(text)
    with writing() as session:
        publication = editable(session, publication_id, revision, by=by, at=at)
        row = _row_in(session, publication, row_id)
        kept = checked_terms(session, publication.office_id, terms)
        last = max((c.position for c in row.commitments), default=-1)
        fresh = drafting.add_measure(session, publication, row, {"measure": text, **kept}, last + 1, lambda _: made)
        _row_told(session, publication, fresh.id, "measure_added", by=by, at=at)
        return fresh.id


def set_terms(
    publication_id: UUID, commitment_id: UUID, terms: dict[str, Any], *, revision: int | None, by: Actor, at: datetime
) -> None:
    """Who does it and by when, while it was never in public; afterwards a date is only changed in public (PB-05)."""
    with writing() as session:
        publication = editable(session, publication_id, revision, by=by, at=at)
        commitment = _commitment_in(session, publication, commitment_id)
        _never_public(publication, commitment.since_version)
        for name, value in checked_terms(session, publication.office_id, terms).items():
            setattr(commitment, name, value)
        _row_told(session, publication, commitment_id, "terms_set", by=by, at=at)


def remove_measure(publication_id: UUID, commitment_id: UUID, *, revision: int | None, by: Actor, at: datetime) -> None:
    """Take out a promise that was never in public. Raises Refused ``publication.promise_stays`` for one that was."""
    with writing() as session:
        publication = editable(session, publication_id, revision, by=by, at=at)
        commitment = _commitment_in(session, publication, commitment_id)
        _never_public(publication, commitment.since_version)
        _drop(session, commitment, publication)
        _row_told(session, publication, commitment_id, "measure_removed", by=by, at=at)


def set_day(
    publication_id: UUID, dated: date, take_down_on: date | None, *, revision: int | None, by: Actor, at: datetime
) -> None:
    """The day printed on the letter, and the last day on display. Raises Refused ``publication.down_before``."""
    if take_down_on is not None and take_down_on < dated:
        raise Refused("publication.down_before", "take_down_on")
    with writing() as session:
        publication = editable(session, publication_id, revision, by=by, at=at)
        version_of(session, publication).dated = dated
        publication.take_down_on = take_down_on
        _row_told(session, publication, publication.id, "dated", by=by, at=at)


def checked_terms(session: Session, office_id: UUID, terms: dict[str, Any]) -> dict[str, Any]:
    """Actor, department and date of a promise, consistent with each other.

    Raises Refused: ``not_a_choice``, ``commitment.date_needed``, ``commitment.span_backwards``.
    """
    actor, due_kind = terms.get("actor") or "office", terms.get("due_kind") or "date"
    if actor not in ACTORS:
        raise Refused("not_a_choice", "actor")
    if due_kind not in DUE_KINDS:
        raise Refused("not_a_choice", "due_kind")
    department_id = terms.get("department_id")
    if department_id is not None and not session.scalar(
        select(Department.id).where(Department.id == department_id, Department.office_id == office_id)
    ):
        raise Refused("not_a_choice", "department_id")
    due_from, due_on = terms.get("due_from"), terms.get("due_on")
    if due_kind in ("date", "span", "recurring") and due_on is None:
        raise Refused("commitment.date_needed", "due_on")
    if due_kind == "span" and (due_from is None or due_from > due_on):
        raise Refused("commitment.span_backwards", "due_from")
    if due_kind not in ("date", "span", "recurring"):
        due_on = None
    return {
        "actor": actor, "department_id": department_id, "due_kind": due_kind,
        "due_from": due_from if due_kind in ("span", "begun", "ongoing") else None, "due_on": due_on,
    }  # fmt: skip


def _never_public(publication: Publication, since_version: int) -> None:
    if publication.published_at is not None and since_version < publication.version:
        raise Refused("publication.promise_stays")


def _row_in(session: Session, publication: Publication, row_id: UUID) -> PublicationRow:
    row = session.get(PublicationRow, row_id)
    if row is None or row.publication_id != publication.id:
        raise Refused("publication.unknown_text")
    return row


def _commitment_in(session: Session, publication: Publication, commitment_id: UUID) -> Commitment:
    commitment = session.get(Commitment, commitment_id)
    if commitment is None or commitment.row.publication_id != publication.id:
        raise Refused("publication.unknown_text")
    return commitment


def _drop(session: Session, thing: PublicationRow | Commitment, publication: Publication) -> None:
    for wording in session.scalars(select(Wording).where(Wording.owner_id == thing.id)):
        session.delete(wording)
    session.delete(thing)
    session.flush()
    session.expire(publication, ["rows"])


def _row_told(session: Session, publication: Publication, thing: UUID, past: str, *, by: Actor, at: datetime) -> None:
    audit.record(
        session, f"publishing:publication:{past}", publication.id, office_id=publication.office_id, by=by.id, at=at,
        version=publication.version, of=str(thing), status=publication.status,
    )  # fmt: skip
