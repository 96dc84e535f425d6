"""Where a letter hangs: put up on which board, by whom, when, and taken down again (PB-03)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.accounts.actors import Actor
from portal.accounts.models import Staff
from portal.core import audit
from portal.core.db import writing
from portal.domain.refusals import Refused
from portal.publishing.approval import locked
from portal.publishing.models import Posting, Publication

POST = "publishing:publication:post"
PLACE_MOST = 80
AHEAD = timedelta(minutes=5)  # a clock may be a little fast


@dataclass(frozen=True)
class Hanging:
    """One paper on a board; ``forgotten``: the letter is no longer in public, the paper still hangs there."""

    posting: Posting
    by: str
    forgotten: bool


def put_up(publication_id: UUID, place: str, put_up_at: datetime | None, *, by: Actor, at: datetime) -> None:
    """Note that the published letter was put up at a place; ``put_up_at`` none: just now.

    Raises Refused: ``required``, ``too_long``, ``posting.later``, ``posting.hangs_already``, ``posting.not_public``,
    ``publication.unknown``.
    """
    place = " ".join(place.split())
    if not place:
        raise Refused("required", "place")
    if len(place) > PLACE_MOST:
        raise Refused("too_long", "place", limit=PLACE_MOST)
    moment = put_up_at or at
    if moment > at + AHEAD:
        raise Refused("posting.later", "put_up_at")
    with writing() as session:
        publication = locked(session, publication_id, None, by, POST)
        if publication.public_version is None:
            raise Refused("posting.not_public")
        if any(each.place == place and each.down_at is None for each in _postings(session, publication_id)):
            raise Refused("posting.hangs_already", "place")
        posting = Posting(
            office_id=publication.office_id, publication_id=publication.id, place=place, by_id=by.id, at=moment
        )
        session.add(posting)
        session.flush()
        _told(session, publication, posting, "put_up", by, at)


def take_off(publication_id: UUID, posting_id: UUID, *, by: Actor, at: datetime) -> None:
    """Note that the paper was taken off the board. Raises Refused: ``posting.unknown``, ``publication.unknown``."""
    with writing() as session:
        publication = locked(session, publication_id, None, by, POST)
        posting = session.get(Posting, posting_id)
        if posting is None or posting.publication_id != publication.id or posting.down_at is not None:
            raise Refused("posting.unknown")
        posting.down_at = at
        _told(session, publication, posting, "taken_off", by, at)


def hanging(session: Session, publication: Publication) -> list[Hanging]:
    """Where the letter was put up, the first place first."""
    postings = _postings(session, publication.id)
    names = {
        row.id: row.name
        for row in session.execute(select(Staff.id, Staff.name).where(Staff.id.in_({each.by_id for each in postings})))
    }
    gone = publication.public_version is None
    return [Hanging(each, names[each.by_id], gone and each.down_at is None) for each in postings]


def _postings(session: Session, publication_id: UUID) -> Sequence[Posting]:
    query = select(Posting).where(Posting.publication_id == publication_id).order_by(Posting.at, Posting.id)
    return session.scalars(query).all()


def _told(session: Session, publication: Publication, posting: Posting, past: str, by: Actor, at: datetime) -> None:
    audit.record(
        session, f"publishing:posting:{past}", publication.id, office_id=publication.office_id, by=by.id, at=at,
        posting=str(posting.id),
    )  # fmt: skip
