"""What became of each promise: reported by the office, verified by QA, never edited away (PB-05, SV-13).

Words that residents will read come in both scripts. Where only one half is given, the other is converted and shown to
the person first (``Refused("publication.confirm_half")``): nothing goes out that nobody has read.
"""

from datetime import date, datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.accounts.actors import Actor
from portal.accounts.models import Office
from portal.core import audit, changes, clock
from portal.core.db import db, writing
from portal.domain.lives import Commitment as State
from portal.domain.lives import CommitmentAction as Action
from portal.domain.lives import next_commitment_state
from portal.domain.refusals import Refused
from portal.opinions.models import Measure
from portal.publishing.checks import guard_for
from portal.publishing.editing import checked_text, converter_of
from portal.publishing.halves import same_text, strangers
from portal.publishing.models import Commitment, Publication, PublicationRow
from portal.publishing.release import touch

REPORT, VERIFY = "publishing:commitment:report", "publishing:commitment:verify"
LAPSES = (State.OPEN, State.CHANGED)


class Words(NamedTuple):
    """A text for residents in both scripts."""

    hans: str
    hant: str


def shown_state(status: str, due_on: date | None, due_kind: str, today: date) -> str:
    """What residents read: a promise whose date has passed is overdue from that day on, whether or not anybody looked."""
    dated = due_kind in ("date", "span", "recurring")
    if status in LAPSES and dated and due_on is not None and due_on < today:
        return State.OVERDUE.value
    return status


def paired(publication_id: UUID, source: str, other: str, *, by: Actor, field: str, needed: bool = True) -> Words:
    """Both halves of a text for residents, the given ones checked like any public text.

    Raises Refused: ``required``; ``publication.confirm_half`` with ``made``, the converted half to be read first;
    ``publication.personal_data`` with ``text``; ``publication.wrong_script``; ``too_long``.
    """
    session = db.session()
    publication = _publication(session, publication_id, by)
    source, other = checked_text("explanation", source, field), checked_text("explanation", other, f"{field}_other")
    if not source:
        if needed:
            raise Refused("required", field)
        return Words("", "")
    guard = guard_for(session, publication.office_id, publication.community_id)
    for name, text in ((field, source), (f"{field}_other", other)):
        for leak in guard.leaks(text):
            raise Refused("publication.personal_data", name, text=leak.text)
    if not other:
        made = converter_of(publication_id, by=by, permission=REPORT).make(source)
        raise Refused("publication.confirm_half", f"{field}_other", made=made.text)
    hans, hant = (source, other) if publication.source_script == "zh-Hans" else (other, source)
    for script, text in (("zh-Hans", hans), ("zh-Hant", hant)):
        if found := strangers(text, script, guard.staff):
            name = field if script == publication.source_script else f"{field}_other"
            raise Refused("publication.wrong_script", name, characters=" ".join(found[:8]))
    return Words(hans, hant)


def report_done(
    commitment_id: UUID,
    outcome: Words,
    done_on: date,
    *,
    revision: int,
    by: Actor,
    at: datetime,
    next_on: date | None = None,
) -> None:
    """The office says that it is done. A recurring one names the day of its next check.

    Raises Refused: ``commitment.not_now``, ``commitment.stale``, ``commitment.unknown``, ``commitment.done_later``,
    ``commitment.date_needed``.
    """
    with writing() as session:
        publication, commitment, today = _locked(session, commitment_id, revision, by, at)
        if done_on > today:
            raise Refused("commitment.done_later", "done_on")
        if commitment.due_kind == "recurring" and (next_on is None or next_on <= today):
            raise Refused("commitment.date_needed", "next_on")
        _move(commitment, Action.COMPLETE)
        commitment.done_on, commitment.outcome_hans, commitment.outcome_hant = done_on, outcome.hans, outcome.hant
        if commitment.due_kind == "recurring":
            commitment.due_on = next_on
        _measure_done(session, commitment, done_on)
        _told(session, publication, commitment, "done", by=by, at=at)


def change_date(commitment_id: UUID, due_on: date, reason: Words, *, revision: int, by: Actor, at: datetime) -> None:
    """A new date with its reason; the old one stays readable, and so does the first.

    Raises Refused: ``commitment.not_now``, ``commitment.stale``, ``commitment.unknown``, ``commitment.no_date``,
    ``commitment.same_date``.
    """
    with writing() as session:
        publication, commitment, today = _locked(session, commitment_id, revision, by, at)
        if commitment.due_kind not in ("date", "span", "recurring"):
            raise Refused("commitment.no_date")
        if due_on == commitment.due_on or due_on < today:
            raise Refused("commitment.same_date", "due_on")
        _lapse(session, publication, commitment, today, at)
        before = commitment.due_on
        _move(commitment, Action.CHANGE)
        commitment.changes = [
            *commitment.changes,
            {
                "from": before.isoformat() if before else None, "to": due_on.isoformat(), "reason_hans": reason.hans,
                "reason_hant": reason.hant, "at": at.isoformat(), "by": str(by.id),
            },
        ]  # fmt: skip
        commitment.due_on = due_on
        _told(session, publication, commitment, "changed", by=by, at=at, due_on=due_on.isoformat())


def decline(commitment_id: UUID, reason: Words, *, revision: int, by: Actor, at: datetime) -> None:
    """It will not be done, for a reason that everybody may read. Raises Refused as ``report_done``."""
    with writing() as session:
        publication, commitment, _ = _locked(session, commitment_id, revision, by, at)
        _move(commitment, Action.DECLINE)
        commitment.outcome_hans, commitment.outcome_hant = reason.hans, reason.hant
        _told(session, publication, commitment, "declined", by=by, at=at)


def verify(commitment_id: UUID, *, holds: bool, remark: str, revision: int, by: Actor, at: datetime) -> None:
    """QA looked and asked the residents: it is done, or it is not and stays promised (SV-13).

    Whoever reported it done does not verify it. Raises Refused: ``commitment.own_report``, ``required`` (a remark where it
    does not hold), ``commitment.not_now``, ``commitment.stale``, ``commitment.unknown``.
    """
    remark = same_text(remark)
    if not holds and not remark:
        raise Refused("required", "remark")
    with writing() as session:
        publication, commitment, today = _locked(session, commitment_id, revision, by, at, VERIFY)
        if _reported_by(session, commitment.id) == by.id:
            raise Refused("commitment.own_report")
        _move(commitment, Action.VERIFY if holds else Action.REJECT)
        commitment.verified_by_id, commitment.verified_on = by.id, today if holds else None
        if not holds:
            commitment.done_on = None
            _measure_done(session, commitment, None)
        _told(session, publication, commitment, "verified" if holds else "rejected", by=by, at=at)


def reopen_recurring(session: Session, today: date, at: datetime, office_id: UUID) -> int:
    """Recurring promises in public whose next check has come are open again (PB-05); returns how many."""
    changes.lock(session, [office_id])
    rows = session.execute(
        select(Commitment, Publication)
        .join(PublicationRow, PublicationRow.id == Commitment.row_id)
        .join(Publication, Publication.id == PublicationRow.publication_id)
        .where(
            Commitment.office_id == office_id, Commitment.status == State.VERIFIED.value,
            Commitment.due_kind == "recurring", Commitment.due_on <= today, Publication.public_version.is_not(None),
        )
        .order_by(Commitment.id)
        .with_for_update(of=Commitment)
    ).all()  # fmt: skip
    for commitment, publication in rows:
        _move(commitment, Action.RECUR)
        _noted(session, publication, commitment, "recurred", at)
        touch(session, publication)
    return len(rows)


def _noted(session: Session, publication: Publication, commitment: Commitment, past: str, at: datetime) -> None:
    """What time did, nobody in particular."""
    audit.record(
        session, f"publishing:commitment:{past}", commitment.id, office_id=publication.office_id, by=None, at=at,
        status=commitment.status,
    )  # fmt: skip


def _measure_done(session: Session, commitment: Commitment, done_on: date | None) -> None:
    """The measure behind a promise is done with it; one that recurs stays on its department's list."""
    if commitment.measure_id is not None and commitment.due_kind != "recurring":
        session.get_one(Measure, commitment.measure_id).done_on = done_on


def _reported_by(session: Session, commitment_id: UUID) -> UUID | None:
    return session.scalar(
        select(audit.Event.by_id)
        .where(audit.Event.subject_id == commitment_id, audit.Event.name == "publishing:commitment:done")
        .order_by(audit.Event.at.desc(), audit.Event.id.desc())
        .limit(1)
    )


def _publication(session: Session, publication_id: UUID, by: Actor) -> Publication:
    found = session.scalars(
        select(Publication).where(Publication.id == publication_id, Publication.office_id.in_(by.offices_with(REPORT)))
    ).one_or_none()
    if found is None:
        raise Refused("publication.unknown")
    return found


def _locked(
    session: Session, commitment_id: UUID, revision: int, by: Actor, at: datetime, permission: str = REPORT
) -> tuple[Publication, Commitment, date]:
    """The promise, locked and in public; department staff reach their own department's only."""
    offices = by.offices_with(permission)
    changes.lock(session, offices if len(offices) == 1 else [])
    commitment = session.scalars(
        select(Commitment)
        .where(Commitment.id == commitment_id, Commitment.office_id.in_(offices))
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one_or_none()
    if commitment is None:
        raise Refused("commitment.unknown")
    publication = session.get_one(Publication, session.get_one(PublicationRow, commitment.row_id).publication_id)
    if publication.public_version is None or commitment.since_version > publication.public_version:
        raise Refused("commitment.unknown")
    own = by.departments(commitment.office_id)
    if (
        own
        and by.roles(commitment.office_id) <= {"department_head", "department_officer"}
        and commitment.department_id not in own
    ):
        raise Refused("commitment.unknown")
    if commitment.revision != revision:
        raise Refused("commitment.stale")
    office = session.get_one(Office, publication.office_id)
    return publication, commitment, clock.day_at(at, office.time_zone)


def _move(commitment: Commitment, action: Action) -> None:
    commitment.status = next_commitment_state(State(commitment.status), action).value
    commitment.revision += 1


def _lapse(session: Session, publication: Publication, commitment: Commitment, today: date, at: datetime) -> None:
    """Note first that the date had passed, so that the record tells it in order."""
    if shown_state(commitment.status, commitment.due_on, commitment.due_kind, today) != commitment.status:
        _move(commitment, Action.LAPSE)
        _noted(session, publication, commitment, "lapsed", at)


def _told(
    session: Session,
    publication: Publication,
    commitment: Commitment,
    past: str,
    *,
    by: Actor,
    at: datetime,
    **what: object,
) -> None:
    audit.record(
        session, f"publishing:commitment:{past}", commitment.id, office_id=publication.office_id, by=by.id, at=at,
        status=commitment.status, **what,
    )  # fmt: skip
    touch(session, publication)
