"""A version can be worded while it is a draft; touching a checked or approved one takes it back to draft (``lives``)."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.accounts.actors import Actor
from portal.accounts.models import Office
from portal.core.db import db
from portal.domain.lives import Publication as State
from portal.domain.lives import PublicationAction, next_publication_state
from portal.domain.refusals import Refused
from portal.households.models import Community
from portal.publishing import approval
from portal.publishing.content import version_of
from portal.publishing.halves import LIMITS, Converter, converter_for, same_text
from portal.publishing.models import Publication, Wording


def editable(session: Session, publication_id: UUID, revision: int | None, *, by: Actor, at: datetime) -> Publication:
    """The publication, locked, its newest version back in draft, the person noted as one who worded it.

    Raises Refused: ``publication.unknown`` (also another office's), ``publication.stale`` where it has changed since
    ``revision``, ``publication.not_now`` where the newest version is out or has ended.
    """
    publication = approval.locked(session, publication_id, revision, by)
    before = State(publication.status)
    after = next_publication_state(before, PublicationAction.EDIT)
    version = version_of(session, publication)
    if before is not State.DRAFT:
        approval.unfreeze(session, publication, version, by=by, at=at)
    publication.status = version.status = after.value
    publication.revision += 1
    if str(by.id) not in version.worded_by:
        version.worded_by = [*version.worded_by, str(by.id)]
    approval.drop_editions(session, publication)
    return publication


def converter_of(publication_id: UUID, *, by: Actor, permission: str = approval.WORD) -> Converter:
    """The converter for one publication, read before the write. Raises Refused ``publication.unknown``."""
    session = db.session()
    publication = session.scalars(
        select(Publication).where(
            Publication.id == publication_id, Publication.office_id.in_(by.offices_with(permission))
        )
    ).one_or_none()
    if publication is None:
        raise Refused("publication.unknown")
    office = session.get_one(Office, publication.office_id)
    community = session.get_one(Community, publication.community_id)
    return converter_for(session, office, community, publication.source_script)


def wording_in(session: Session, publication: Publication, wording_id: UUID) -> Wording:
    """One text of the newest version. Raises Refused ``publication.unknown_text``."""
    found = session.scalars(
        select(Wording).where(
            Wording.id == wording_id, Wording.publication_id == publication.id, Wording.version == publication.version
        )
    ).one_or_none()
    if found is None:
        raise Refused("publication.unknown_text")
    return found


def checked_text(field: str, text: str, at_field: str = "text") -> str:
    """A text as it is kept, one line where a line is meant. Raises Refused: ``too_long``, ``text.nul``."""
    text = same_text(text)
    if field in ("title", "salutation", "brief"):
        text = " ".join(text.split("\n"))
    if len(text) > LIMITS[field]:
        raise Refused("too_long", at_field, limit=LIMITS[field])
    return text
