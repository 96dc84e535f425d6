"""The last evening of the demo: some of what waits is handed up together, under a cover sheet (VS-10)."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from portal.core.db import db
from portal.demo.crew import Crew
from portal.signoff import bundles
from portal.signoff.models import Approval

BY_AUTHOR, BY_SUPERVISOR = 9, 14  # records of a bundle; the others stay single, so that both are seen


def hand_up(crew: Crew, at: datetime) -> None:
    """One person's newest records to the supervisor, and a good part of what the supervisor signed to the manager."""
    author = crew.field[0]
    for by, step, most in ((author, 1, BY_AUTHOR), (crew.supervisor, 2, BY_SUPERVISOR)):
        waiting = _waiting(crew, step, most, author.id if by is author else None)
        if waiting:
            bundles.make_bundle(waiting, by=by, at=at)


def _waiting(crew: Crew, step: int, most: int, author_id: UUID | None) -> Sequence[UUID]:
    query = select(Approval.record_id).where(
        Approval.office_id == crew.office.id, Approval.kind == "visit", Approval.status == "open", Approval.step == step,
        Approval.revision == 1, Approval.complete.is_(True),
    )  # fmt: skip
    if author_id is not None:
        query = query.where(Approval.author_id == author_id)
    return db.session.scalars(query.order_by(Approval.waiting_since.desc(), Approval.id.desc()).limit(most)).all()
