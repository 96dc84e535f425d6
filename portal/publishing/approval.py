"""Check, approval, publication, correction, and the end of a letter, each by the table of ``lives`` with its event.

The approval runs along its chain in ``signoff``: the record signed is the version, its content both scripts together.
Nobody approves what he worded (AC); the number is given with the last signature, without gaps.
"""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from portal.accounts.actors import Actor
from portal.accounts.models import Office
from portal.accounts.policy import policy_at
from portal.core import audit, changes, clock
from portal.core.db import writing
from portal.domain.canonical import canonical
from portal.domain.chains import chain_for
from portal.domain.lives import Publication as State
from portal.domain.lives import PublicationAction as Action
from portal.domain.lives import next_publication_state
from portal.domain.refusals import Refused
from portal.publishing.checks import problems
from portal.publishing.content import content_of, hash_of, number_in, version_of
from portal.publishing.halves import SCRIPTS, wordings
from portal.publishing.models import Edition, Publication, PublicationVersion
from portal.signoff import service as signoff
from portal.signoff.models import Approval, Signature

WORD, APPROVE = "publishing:publication:word", "publishing:publication:approve"


def locked(
    session: Session, publication_id: UUID, revision: int | None, by: Actor, permission: str = WORD
) -> Publication:
    """The publication, locked, in an office where the person holds the permission.

    Raises Refused: ``publication.unknown``, ``publication.stale`` where it has changed since ``revision``.
    """
    offices = by.offices_with(permission)
    own = session.scalar(select(Publication.office_id).where(Publication.id == publication_id))
    changes.lock(session, [own] if own in offices and own else [])
    publication = session.scalars(
        select(Publication)
        .where(Publication.id == publication_id, Publication.office_id.in_(offices))
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one_or_none()
    if publication is None:
        raise Refused("publication.unknown")
    if revision is not None and revision != publication.revision:
        raise Refused("publication.stale", revision=publication.revision)
    return publication


def check(publication_id: UUID, script: str, *, revision: int | None, by: Actor, at: datetime) -> None:
    """Say that one half was read and is right (PB-04). When both were, the version is handed in for approval.

    Raises Refused: ``publication.unknown``, ``publication.stale``, ``publication.not_now``, ``publication.problems`` with
    the number of problems left and the first one's code.
    """
    with writing() as session:
        publication = locked(session, publication_id, revision, by)
        if publication.status != State.DRAFT:
            raise Refused("publication.not_now", state=publication.status, action="check")
        left = problems(session, publication, [script])
        if left:
            raise Refused("publication.problems", number=len(left), first=left[0].code)
        drop_editions(session, publication, script)
        session.add(_edition(session, publication, script, by, at))
        session.flush()
        _told(session, publication, "checked", by=by, at=at, script=script)
        if {e.script for e in _editions(session, publication)} == set(SCRIPTS):
            _hand_in(session, publication, by=by, at=at)


def _editions(session: Session, publication: Publication) -> Sequence[Edition]:
    """What is frozen of the newest version."""
    return session.scalars(
        select(Edition).where(Edition.publication_id == publication.id, Edition.version == publication.version)
    ).all()


def _edition(session: Session, publication: Publication, script: str, by: Actor, at: datetime) -> Edition:
    texts = wordings(session, publication.id, publication.version).values()
    origin = "source"
    if script != publication.source_script:
        origin = "edited" if any(w.origin == "edited" for w in texts) else "converted"
    return Edition(
        office_id=publication.office_id, publication_id=publication.id, version=publication.version, script=script,
        origin=origin, engine="" if origin == "source" else max((w.engine for w in texts), default=""),
        texts=content_of(session, publication, script), revision=publication.revision, checked_by_id=by.id, checked_at=at,
    )  # fmt: skip


def _hand_in(session: Session, publication: Publication, *, by: Actor, at: datetime) -> None:
    """Both halves are right: the version goes to who approves it."""
    version = version_of(session, publication)
    move(publication, version, Action.CHECK)
    version.returned_with = ""
    by_script = {e.script: e for e in _editions(session, publication)}
    content = canonical({"editions": [by_script[s].texts for s in SCRIPTS]})
    known = session.scalar(select(Approval).where(Approval.record_id == version.id))
    if known is None:
        chain = chain_for(publication.kind, policy_at(session, publication.office_id, at))
        submission = signoff.Submission(version.id, publication.office_id, version.made_by_id, content)
        signoff.submit(session, publication.kind, [submission], chain=chain.steps, at=at)
    else:
        signoff.resubmit(session, version.id, content, author_id=known.author_id, at=at)


def drop_editions(session: Session, publication: Publication, script: str | None = None) -> None:
    """A changed text was not checked: what was frozen of this version goes."""
    which = [Edition.script == script] if script else []
    session.execute(
        delete(Edition).where(Edition.publication_id == publication.id, Edition.version == publication.version, *which)
    )


def unfreeze(
    session: Session, publication: Publication, version: PublicationVersion, *, by: Actor, at: datetime
) -> None:
    """Take a checked or approved version back out of its chain, because it is being worded again."""
    signoff.take_back(session, version.id, by=by.id, at=at)
    version.approved_by_id, version.approved_at = None, None


def approve(publication_id: UUID, *, revision: int, by: Actor, at: datetime) -> None:
    """The approver's signature on the version as it was seen.

    Raises Refused: ``publication.unknown``, ``publication.stale``, ``signoff.author``, ``signoff.not_your_step``,
    ``signoff.stale``, ``publication.not_now``.
    """
    with writing() as session:
        publication = locked(session, publication_id, revision, by, APPROVE)
        waiting = _waiting(session, publication)
        if str(by.id) in version_of(session, publication).worded_by:
            raise Refused("signoff.author")
        done = signoff.sign([(waiting.record_id, waiting.revision, waiting.step)], by=by, at=at)
        for left in done.left_out:
            raise Refused(left.code, **dict(left.params))


def send_back(publication_id: UUID, comment: str, *, revision: int, by: Actor, at: datetime) -> None:
    """Return the version to who words it, with what is to be changed. Raises Refused as ``approve``, and
    ``signoff.comment_needed``."""
    with writing() as session:
        publication = locked(session, publication_id, revision, by, APPROVE)
        waiting = _waiting(session, publication)
        signoff.send_back(waiting.record_id, waiting.revision, comment=comment, by=by, at=at)


def _waiting(session: Session, publication: Publication) -> Approval:
    version = version_of(session, publication)
    waiting = session.scalar(select(Approval).where(Approval.record_id == version.id))
    if waiting is None or publication.status != State.CHECKED:
        raise Refused("publication.not_now", state=publication.status, action="approve")
    return waiting


def moved(session: Session, version_id: UUID, status: str, revision: int, at: datetime) -> None:
    """What the chain's moves mean for a version (``core.registry.SignoffKind``)."""
    version = session.get_one(PublicationVersion, version_id)
    publication = session.get_one(Publication, version.publication_id)
    approval = session.scalars(select(Approval).where(Approval.record_id == version_id)).one()
    last = session.scalars(
        select(Signature).where(Signature.approval_id == approval.id).order_by(Signature.at.desc(), Signature.id.desc())
    ).first()
    if status == "returned" and last is not None and last.decision == "returned":
        move(publication, version, Action.RETURN)
        version.returned_with = last.comment
        publication.revision += 1
        drop_editions(session, publication)
    elif status == "closed" and last is not None:
        if str(last.by_id) in version.worded_by:
            raise Refused("signoff.author")  # also where it came through the inbox or a bundle
        move(publication, version, Action.APPROVE)
        version.approved_by_id, version.approved_at = last.by_id, at
        publication.revision += 1
        _number(session, publication, at)
        _seal(session, publication)


def _number(session: Session, publication: Publication, at: datetime) -> None:
    """The next number of the office's year and kind; the office's row is locked, so none is left out or given twice."""
    if publication.number is not None:
        return
    office = session.get_one(Office, publication.office_id)
    changes.lock(session, [office.id])
    year = clock.day_at(at, office.time_zone).year
    last = session.scalar(
        select(func.max(Publication.number)).where(
            Publication.office_id == office.id, Publication.kind == publication.kind, Publication.year == year
        )
    )
    publication.year, publication.number = year, (last or 0) + 1


def _seal(session: Session, publication: Publication) -> None:
    """Number and hash of both editions, as they go to paper."""
    office = session.get_one(Office, publication.office_id)
    for edition in _editions(session, publication):
        number = number_in(office, publication.year, publication.number, edition.script)
        edition.texts = {**edition.texts, "number": number}
        edition.content_sha256 = hash_of(edition.texts)


def move(publication: Publication, version: PublicationVersion, action: Action) -> None:
    """One step of the newest version by the table. Raises Refused ``publication.not_now``."""
    after = next_publication_state(State(version.status), action)
    version.status = after.value
    if version.version == publication.version:
        publication.status = after.value


def _told(session: Session, publication: Publication, past: str, *, by: Actor, at: datetime, **what: object) -> None:
    audit.record(
        session, f"publishing:publication:{past}", publication.id, office_id=publication.office_id, by=by.id, at=at,
        version=publication.version, status=publication.status, **what,
    )  # fmt: skip
