"""What the desk and the public read of publications."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Protocol
from uuid import UUID

from sqlalchemy import bindparam, or_, select
from sqlalchemy.orm import Session

from portal.accounts.models import Office
from portal.core import bulk
from portal.households.models import Community
from portal.publishing.models import Commitment, Edition, Publication, PublicationRow, PublicationVersion
from portal.publishing.telling import Promise, Tally, Told, tally, tell


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


def on_display(today: Any) -> Any:
    """The condition under which residents may read a publication."""
    return Publication.public_version.is_not(None) & or_(
        Publication.take_down_on.is_(None), Publication.take_down_on >= today
    )


# Built once and read without entities: the pages that anybody opens ask for these. Of a promise what it is told by.
_PROMISES = (
    select(
        PublicationRow.publication_id, Commitment.row_id, Commitment.id, Commitment.actor, Commitment.status,
        Commitment.due_kind, Commitment.due_from, Commitment.due_on, Commitment.changes, Commitment.done_on,
        Commitment.outcome_hans, Commitment.outcome_hant,
    )
    .join(Commitment, Commitment.row_id == PublicationRow.id)
    .join(Publication, Publication.id == PublicationRow.publication_id)
    .where(
        PublicationRow.publication_id.in_(bindparam("publications", expanding=True)),
        Commitment.since_version <= Publication.public_version,
    )
    .order_by(PublicationRow.position, Commitment.position)
)  # fmt: skip


def promises_of(session: Session, publication_ids: Sequence[UUID]) -> dict[UUID, list[Promise]]:
    """All promises of publications that are in public, by publication, in the order of their rows."""
    found: dict[UUID, list[Promise]] = {}
    for promise in bulk.rows(session, _PROMISES, publications=list(publication_ids)):
        found.setdefault(promise.publication_id, []).append(promise)
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
    now = {str(c.id): c for c in promises_of(session, [publication.id]).get(publication.id, [])}
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


_LETTERS = (
    select(Publication.id, Publication.public_id, Publication.kind, Publication.published_at, Edition.texts)
    .join(
        Edition,
        (Edition.publication_id == Publication.id)
        & (Edition.version == Publication.public_version)
        & (Edition.script == bindparam("script")),
    )
    .where(Publication.community_id == bindparam("community"), on_display(bindparam("today")))
    .order_by(Publication.published_at.desc(), Publication.id.desc())
    .limit(50)
)


class Shown(Protocol):
    """A letter on display, in one script."""

    id: UUID
    public_id: str
    kind: str
    published_at: datetime | None
    texts: dict[str, Any]


def letters_of(session: Session, community_id: UUID, script: str, today: date) -> list[Shown]:
    """The letters and notices on display in an estate, newest first, fifty of them."""
    return bulk.rows(session, _LETTERS, script=script, community=community_id, today=today)


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
