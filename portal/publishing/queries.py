"""What the desk and the public read of publications."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from portal.accounts.models import Office
from portal.households.models import Community
from portal.publishing.models import Commitment, Edition, Publication, PublicationRow, PublicationVersion
from portal.publishing.telling import Tally, Told, tally, tell


@dataclass(frozen=True)
class Letter:
    """A published letter in one script, with what has become of each promise."""

    publication: Publication
    community: Community
    office: Office
    edition: Edition
    version: PublicationVersion
    versions: Sequence[PublicationVersion]
    hashes: dict[int, str]
    rows: list[dict[str, Any]]
    tally: Tally
    script: str


def on_display(today: date) -> Any:
    """The condition under which residents may read a publication."""
    return Publication.public_version.is_not(None) & or_(
        Publication.take_down_on.is_(None), Publication.take_down_on >= today
    )


def promises_of(session: Session, publication_ids: Sequence[UUID]) -> dict[UUID, list[tuple[UUID, Commitment]]]:
    """All promises of publications that are in public, as (row, promise) by publication."""
    rows = session.execute(
        select(PublicationRow.publication_id, PublicationRow.id, Commitment)
        .join(Commitment, Commitment.row_id == PublicationRow.id)
        .join(Publication, Publication.id == PublicationRow.publication_id)
        .where(
            PublicationRow.publication_id.in_(list(publication_ids)),
            Commitment.since_version <= Publication.public_version,
        )
        .order_by(PublicationRow.position, Commitment.position)
    )
    found: dict[UUID, list[tuple[UUID, Commitment]]] = {}
    for publication_id, row_id, commitment in rows:
        found.setdefault(publication_id, []).append((row_id, commitment))
    return found


def public_publication(session: Session, public_id: str) -> tuple[Publication, Community, Office] | None:
    """A publication by its public id, if residents could ever read it (it may have been taken down since)."""
    row = session.execute(
        select(Publication, Community, Office)
        .join(Community, Community.id == Publication.community_id)
        .join(Office, Office.id == Publication.office_id)
        .where(Publication.public_id == public_id, Publication.published_at.is_not(None))
    ).one_or_none()
    return None if row is None else (row[0], row[1], row[2])


def letter(session: Session, found: tuple[Publication, Community, Office], script: str, today: date) -> Letter:
    """What stands on a letter's page. The publication is on display."""
    publication, community, office = found
    editions = session.execute(
        select(Edition.version, Edition.content_sha256, Edition.script).where(Edition.publication_id == publication.id)
    ).all()
    edition = session.scalars(
        select(Edition).where(
            Edition.publication_id == publication.id,
            Edition.version == publication.public_version,
            Edition.script == script,
        )
    ).one()
    versions = [v for v in publication.versions if v.published_at is not None]
    now = {str(c.id): c for _, c in promises_of(session, [publication.id]).get(publication.id, [])}
    rows = [
        row | {"told": [tell(m, now[m["id"]], script, today) for m in row["measures"] if m["id"] in now]}
        for row in edition.texts["rows"]
    ]
    told: list[Told] = [t for row in rows for t in row["told"]]
    return Letter(
        publication, community, office, edition, versions[-1] if versions[-1].version == edition.version else
        next(v for v in versions if v.version == edition.version), versions,
        {e.version: e.content_sha256 for e in editions if e.script == script and e.content_sha256}, rows, tally(told), script,
    )  # fmt: skip


def letters_of(
    session: Session, community_id: UUID, script: str, today: date, *, limit: int = 50
) -> list[tuple[Publication, Edition]]:
    """The letters and notices on display in an estate, newest first."""
    rows = session.execute(
        select(Publication, Edition)
        .join(
            Edition,
            (Edition.publication_id == Publication.id)
            & (Edition.version == Publication.public_version)
            & (Edition.script == script),
        )
        .where(Publication.community_id == community_id, on_display(today))
        .order_by(Publication.published_at.desc(), Publication.id.desc())
        .limit(limit)
    )
    return [(row[0], row[1]) for row in rows]


def edition_by_hash(session: Session, prefix: str) -> list[tuple[Publication, Edition, PublicationVersion]]:
    """Published editions whose content hash begins so (16 to 64 hex digits)."""
    rows = session.execute(
        select(Publication, Edition, PublicationVersion)
        .join(Edition, Edition.publication_id == Publication.id)
        .join(
            PublicationVersion,
            (PublicationVersion.publication_id == Publication.id) & (PublicationVersion.version == Edition.version),
        )
        .where(
            Edition.content_sha256 >= prefix,
            Edition.content_sha256 < prefix + "g",
            PublicationVersion.published_at.is_not(None),
        )
        .limit(3)
    )
    return [(row[0], row[1], row[2]) for row in rows]


def publications(office_id: UUID) -> Any:
    """The office's publications, newest first."""
    return (
        select(Publication, Community)
        .join(Community, Community.id == Publication.community_id)
        .where(Publication.office_id == office_id)
        .order_by(Publication.made_at.desc(), Publication.id.desc())
    )
