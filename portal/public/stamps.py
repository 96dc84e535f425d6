"""What a public page depends on, read with as little as possible: if its stamp is the one of a made page, so is the page.

Every change that residents can see raises a revision: of the publication (versions, texts, taking down, the PDF) or of a
promise. Names and telephone lines are few and stand in the stamp as they are.
"""

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from portal.accounts.models import Company, Office, OfficeLine
from portal.households.models import Community
from portal.publishing.models import Commitment, Edition, Publication, PublicationRow


@dataclass(frozen=True)
class Stamp:
    """A page's identity and state; ``publication_id`` of a letter, ``zone`` of its office, ``state`` of all it shows."""

    zone: str
    state: tuple[Any, ...]
    public_version: int | None = None
    take_down_on: date | None = None

    def on_display(self, today: date) -> bool:
        return self.public_version is not None and (self.take_down_on is None or self.take_down_on >= today)


_NAMES = (
    Community.id, Community.slug, Community.name_hans, Community.name_hant, Office.id, Office.name_hans, Office.name_hant,
    Company.name_hans, Company.name_hant, Office.time_zone,
)  # fmt: skip
_LINES = select(OfficeLine.kind, OfficeLine.number, OfficeLine.hours_hans, OfficeLine.hours_hant, OfficeLine.position)
_PROMISES = (
    select(func.coalesce(func.sum(Commitment.revision), 0))
    .join(PublicationRow, PublicationRow.id == Commitment.row_id)
    .where(PublicationRow.publication_id == Publication.id)
    .scalar_subquery()
)
_SHEETS = select(func.count(Edition.pdf_sha256)).where(Edition.publication_id == Publication.id).scalar_subquery()
_LETTER = (
    select(
        Publication.id, Publication.public_version, Publication.take_down_on, Publication.revision, _PROMISES, _SHEETS,
        *_NAMES,
    )
    .join(Community, Community.id == Publication.community_id)
    .join(Office, Office.id == Publication.office_id)
    .join(Company, Company.id == Office.company_id)
)  # fmt: skip
_COMMUNITY = (
    select(*_NAMES)
    .select_from(Community)
    .join(Office, Office.id == Community.office_id)
    .join(Company, Company.id == Office.company_id)
)


def of_letter(session: Session, public_id: str) -> Stamp | None:
    """The stamp of a letter that residents could ever read; None for anything else."""
    row = session.execute(
        _LETTER.where(Publication.public_id == public_id, Publication.published_at.is_not(None))
    ).one_or_none()
    if row is None:
        return None
    return Stamp(row.time_zone, (*row, _lines(session, row[10])), row.public_version, row.take_down_on)


def of_community(session: Session, slug: str) -> Stamp | None:
    """The stamp of an estate's own page."""
    row = session.execute(_COMMUNITY.where(Community.slug == slug)).one_or_none()
    if row is None:
        return None
    letters = session.execute(
        select(func.count(), func.sum(Publication.revision), func.count(Publication.public_version)).where(
            Publication.community_id == row[0]
        )
    ).one()
    promises = session.execute(
        select(func.sum(Commitment.revision))
        .join(PublicationRow, PublicationRow.id == Commitment.row_id)
        .join(Publication, Publication.id == PublicationRow.publication_id)
        .where(Publication.community_id == row[0])
    ).scalar_one()
    return Stamp(row.time_zone, (*row, *letters, promises, _lines(session, row[4])))


def _lines(session: Session, office_id: UUID) -> tuple[Any, ...]:
    rows = session.execute(_LINES.where(OfficeLine.office_id == office_id).order_by(OfficeLine.position, OfficeLine.id))
    return tuple(tuple(row) for row in rows)
