"""Out to the residents and back again: publishing, a corrected version, taking down, and the PDF of what went out."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from portal.accounts.actors import Actor
from portal.core import audit, changes, jobs, search
from portal.core.changes import Touched
from portal.core.db import writing
from portal.core.registry import registry
from portal.domain.lives import Publication as State
from portal.domain.lives import PublicationAction as Action
from portal.domain.refusals import Refused
from portal.opinions.models import Issue, Opinion
from portal.publishing.approval import locked, move
from portal.publishing.content import version_of
from portal.publishing.editing import checked_text, converter_of
from portal.publishing.halves import wordings
from portal.publishing.models import Commitment, Publication, PublicationRow, PublicationVersion, Wording

PDF_JOB = "publishing_pdf"
PUBLISHED = "publishing:publication:published"
PAIRED = {"brief": "brief", "explanation": "explanation", "measure": "text"}


def publish(publication_id: UUID, *, revision: int, by: Actor, at: datetime) -> str:
    """Put the approved version before the residents at its address, in both scripts; returns the public id.

    Its commitments count from now on; the PDF is made by a job. Raises Refused: ``publication.unknown``,
    ``publication.stale``, ``publication.not_now``.
    """
    with writing() as session:
        publication = locked(session, publication_id, revision, by)
        version = version_of(session, publication)
        move(publication, version, Action.PUBLISH)
        if publication.public_version is not None:
            before = version_of(session, publication, publication.public_version)
            before.status, before.ended_at = State.CORRECTED.value, at
        version.published_at = at
        publication.published_at = publication.published_at or at
        publication.public_version = publication.version
        publication.revision += 1
        _texts_as_published(session, publication)
        _told(session, publication, "published", by=by, at=at)
        key = f"{publication.id}:{publication.version}"
        jobs.ask(
            session,
            PDF_JOB,
            key,
            {"publication": str(publication.id), "version": publication.version},
            at=at,
            again=True,
        )
        touch(session, publication)
        registry().react(PUBLISHED, session=session, issue_ids=_issues(publication), by=by.id, at=at)
        return publication.public_id


def _texts_as_published(session: Session, publication: Publication) -> None:
    texts = wordings(session, publication.id, publication.version)
    for row in publication.rows:
        things: list[PublicationRow | Commitment] = [row, *row.commitments]
        for thing in things:
            for name, column in PAIRED.items():
                wording = texts.get((thing.id, name))
                if wording is not None:
                    setattr(thing, f"{column}_hans", wording.hans)
                    setattr(thing, f"{column}_hant", wording.hant)
        for commitment in row.commitments:
            words = [commitment.text_hans, commitment.text_hant]
            search.reindex(session, search.entry(commitment.id, commitment.office_id, "commitment", words))
            if commitment.first_due_on is None:
                commitment.first_due_on = commitment.due_on
        if row.issue_id is not None:
            issue = session.get_one(Issue, row.issue_id)
            if issue.status == "open":
                issue.status = "answered"  # in public; each opinion in it still gets its own answer (SV-11)


def _issues(publication: Publication) -> list[UUID]:
    return [row.issue_id for row in publication.rows if row.issue_id]


def touch(session: Session, publication: Publication) -> None:
    """Households whose opinions are answered carry the promises in their record."""
    rows = session.execute(
        select(Opinion.household_id, Opinion.community_id)
        .where(Opinion.issue_id.in_(_issues(publication)), Opinion.household_id.is_not(None))
        .distinct()
    )
    changes.number(session, publication.office_id, [Touched("household", r[0], r[1]) for r in rows if r[0]])


def correct(publication_id: UUID, reason: str, *, revision: int, by: Actor, at: datetime) -> None:
    """Begin a corrected version: the published one stays in public until the new one takes its place.

    ``reason`` is printed with the new version. Raises Refused: ``publication.reason_needed``, ``publication.not_now``,
    ``publication.stale``, ``publication.unknown``, ``too_long``.
    """
    reason = checked_text("explanation", reason, "reason")
    if not reason:
        raise Refused("publication.reason_needed", "reason")
    made = converter_of(publication_id, by=by).make(reason)
    with writing() as session:
        publication = locked(session, publication_id, revision, by)
        if publication.status != State.PUBLISHED:
            raise Refused("publication.not_now", state=publication.status, action="correct")
        before = version_of(session, publication)
        texts = wordings(session, publication.id, publication.version)
        # A number that a dropped correction had is not used again.
        newest = select(func.max(PublicationVersion.version)).where(PublicationVersion.publication_id == publication.id)
        publication.version = session.execute(newest).scalar_one() + 1
        publication.status, publication.revision = State.DRAFT.value, publication.revision + 1
        hans, hant = (reason, made.text) if publication.source_script == "zh-Hans" else (made.text, reason)
        session.add(
            PublicationVersion(
                office_id=publication.office_id, publication_id=publication.id, version=publication.version,
                dated=before.dated, made_by_id=by.id, made_at=at, worded_by=[str(by.id)], cleared=before.cleared,
                reason_hans=hans, reason_hant=hant,
            )
        )  # fmt: skip
        session.add_all(_copy(w, publication.version) for w in texts.values())
        _told(session, publication, "correction_begun", by=by, at=at)


def _copy(wording: Wording, version: int) -> Wording:
    columns = (
        "office_id",
        "publication_id",
        "owner_id",
        "field",
        "hans",
        "hant",
        "origin",
        "engine",
        "made_from",
        "doubts",
        "overrides",
    )
    return Wording(version=version, **{name: getattr(wording, name) for name in columns})


def drop_correction(publication_id: UUID, *, revision: int, by: Actor, at: datetime) -> None:
    """Give up a corrected version that is not out; the published one stands again. Raises Refused as ``correct``."""
    with writing() as session:
        publication = locked(session, publication_id, revision, by)
        if publication.public_version is None or publication.public_version == publication.version:
            raise Refused("publication.not_now", state=publication.status, action="withdraw")
        version = version_of(session, publication)
        version.status, version.ended_at = State.WITHDRAWN.value, at
        _told(session, publication, "correction_dropped", by=by, at=at)
        for row in list(publication.rows):
            things: list[PublicationRow | Commitment] = [*row.commitments, row]
            for thing in things:
                if thing.since_version == publication.version:
                    session.delete(thing)
        publication.version, publication.status = publication.public_version, State.PUBLISHED.value
        publication.revision += 1


def take_down(publication_id: UUID, *, fault: bool = False, revision: int | None, by: Actor, at: datetime) -> None:
    """End a letter's time in public: its time is over, or (``fault``) it should not have gone out.

    Works while a correction is being written, too: what residents read goes at once. Raises Refused
    ``publication.not_now`` where nothing is in public, ``publication.stale``, ``publication.unknown``.
    """
    with writing() as session:
        publication = locked(session, publication_id, revision, by)
        if publication.public_version is None:
            raise Refused("publication.not_now", state=publication.status, action="take_down")
        version = version_of(session, publication, publication.public_version)
        move(publication, version, Action.WITHDRAW if fault else Action.TAKE_DOWN)
        version.ended_at = at
        publication.public_version = None
        publication.revision += 1
        _told(session, publication, "withdrawn" if fault else "taken_down", by=by, at=at, ended=version.version)
        touch(session, publication)


def _told(session: Session, publication: Publication, past: str, *, by: Actor, at: datetime, **what: Any) -> None:
    audit.record(
        session, f"publishing:publication:{past}", publication.id, office_id=publication.office_id, by=by.id, at=at,
        version=publication.version, status=publication.status, **what,
    )  # fmt: skip
