"""How a letter that waits for its approval is told in the approver's inbox."""

from collections.abc import Sequence
from uuid import UUID

from flask import url_for
from flask_babel import gettext
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from portal.core.i18n import in_script
from portal.core.labels import label
from portal.core.registry import Description
from portal.households.models import Community
from portal.publishing.models import Commitment, Publication, PublicationRow, PublicationVersion


def describe(session: Session, version_ids: Sequence[UUID]) -> dict[UUID, Description]:
    """Title, estate and what is promised (``core.registry.SignoffKind``)."""
    promises = (
        select(PublicationRow.publication_id, func.count(Commitment.id).label("number"))
        .join(Commitment, Commitment.row_id == PublicationRow.id)
        .group_by(PublicationRow.publication_id)
        .subquery()
    )
    rows = session.execute(
        select(PublicationVersion.id, Publication, Community, promises.c.number)
        .join(Publication, Publication.id == PublicationVersion.publication_id)
        .join(Community, Community.id == Publication.community_id)
        .outerjoin(promises, promises.c.publication_id == Publication.id)
        .where(PublicationVersion.id.in_(list(version_ids)))
    )
    return {
        version_id: Description(
            title=publication.title,
            note=gettext(
                "%(kind)s, %(community)s, %(number)s promises", kind=label("publication_kind", publication.kind),
                community=in_script(community, "name"), number=number or 0,
            ),
            url=url_for("publishing.show", publication_id=publication.id),
            counts={"promises": number or 0},
        )
        for version_id, publication, community, number in rows
    }  # fmt: skip
