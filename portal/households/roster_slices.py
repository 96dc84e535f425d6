"""The job that brings a roster in: the next rows, each time it is called, until there are none."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from portal.accounts.models import Office
from portal.core import audit, changes, clock, jobs
from portal.core.db import db, writing
from portal.domain.refusals import Refused
from portal.domain.roster.household import RosterRow as HouseholdRow
from portal.domain.roster.layout import Layout
from portal.households.communities import NamePair, name_pair
from portal.households.models import Community, RosterImport
from portal.households.roster_import import drop_file, today_of
from portal.households.roster_reading import Reading, Taken, forget, keep, kept, open_table
from portal.households.roster_writing import Counts, Slice, propose_handover

ROWS_IN_A_SLICE = 500


@dataclass(frozen=True)
class _Turn:
    """What a slice must know before it begins, read without a lock."""

    import_id: UUID
    sha256: str
    filename: str
    sheet: str
    encoding: str
    layout: Layout
    today: date
    script: str
    region: str
    position: int
    carried: dict[str, str]


def import_slice(job_id: UUID, arguments: Any, cursor: int) -> tuple[int, bool]:
    """The next rows of an import, as a job does them (``core.jobs.Slice``); the database says which are next."""
    import_id = UUID(arguments["import"])
    turn = _turn(import_id)
    if turn is None:
        forget(import_id)
        return cursor, True
    try:
        reading = kept(import_id, turn.position) or _opened(turn)
    except Refused as why:
        _fail(import_id, why)
        return cursor, True
    taken = reading.take(ROWS_IN_A_SLICE)
    ended = len(taken) < ROWS_IN_A_SLICE
    names = _names(turn, taken)
    position, finished = _write(job_id, turn, reading, taken, names, ended=ended)
    if finished or position != reading.position:
        forget(import_id)
    return position, finished


def _turn(import_id: UUID) -> _Turn | None:
    found = db.session.get_one(RosterImport, import_id)
    office = db.session.get_one(Office, found.office_id)
    turn = None
    if found.status == "asked":
        turn = _Turn(
            import_id, found.sha256, found.filename, found.source["sheet"], found.source["encoding"],
            Layout.from_json(found.layout), today_of(office, found.asked_at), office.script, office.region, found.position,
            dict(found.carried),
        )  # fmt: skip
    db.session.rollback()  # no read stays open while rows are read
    return turn


def _opened(turn: _Turn) -> Reading:
    table = open_table(turn.sha256, turn.filename, sheet=turn.sheet, encoding=turn.encoding)
    reading = Reading(table, turn.layout, today=turn.today, position=turn.position, carried=turn.carried)
    keep(turn.import_id, reading)
    return reading


def _names(turn: _Turn, taken: Sequence[Taken]) -> dict[str, NamePair]:
    names = {one.outcome.building for one in taken if isinstance(one.outcome, HouseholdRow)}
    return {name: name_pair(name, turn.script, turn.region) for name in names if name}


def _write(
    job_id: UUID, turn: _Turn, reading: Reading, taken: Sequence[Taken], names: Mapping[str, NamePair], *, ended: bool
) -> tuple[int, bool]:
    at = clock.now()
    with writing() as session:
        office_id = session.get_one(RosterImport, turn.import_id).office_id
        changes.lock(session, [office_id])
        found = session.get_one(RosterImport, turn.import_id, with_for_update=True, populate_existing=True)
        if found.status != "asked" or found.position != turn.position:
            return found.position, found.status != "asked"  # another process was here meanwhile
        community = session.get_one(Community, found.community_id, with_for_update=True)
        done = Slice(session, found.id, community, found.by_id, at, names).write(taken)
        _count(found, done)
        found.position, found.carried = max(reading.position, found.position), dict(reading.reader.carried)
        job = session.get_one(jobs.Job, job_id)
        job.done, job.total = found.position, found.source["rows"]
        if ended:
            _finish(session, found, community, turn.today, at)
        position = found.position
    if ended:
        drop_file(turn.sha256)
    return position, ended


def _count(found: RosterImport, done: Counts) -> None:
    for name in ("read", "imported", "merged", "refused", "doubtful"):
        setattr(found, name, getattr(found, name) + getattr(done, name))
    reasons = dict(found.reasons)
    for reason, count in done.reasons.items():
        reasons[reason] = reasons.get(reason, 0) + count
    found.reasons = reasons


def _finish(session: Session, found: RosterImport, community: Community, today: date, at: datetime) -> None:
    found.status, found.finished_at, found.preview = "done", at, []
    if propose_handover(session, community, today):
        changes.number(session, found.office_id, [changes.Touched("community", community.id, community.id)])
        audit.record(
            session, "households:handover:proposed", community.id, office_id=found.office_id, by=found.by_id, at=at,
            on=str(community.first_handover_on),
        )  # fmt: skip
    counts = {name: getattr(found, name) for name in ("read", "imported", "merged", "refused", "doubtful")}
    audit.record(
        session, "households:roster:imported", found.id, office_id=found.office_id, by=found.by_id, at=at, **counts
    )


def _fail(import_id: UUID, why: Refused) -> None:
    with writing() as session:
        found = session.get_one(RosterImport, import_id, with_for_update=True)
        found.status, found.problem, found.finished_at = "failed", [why.code, why.params], clock.now()
        audit.record(
            session, "households:roster:failed", import_id, office_id=found.office_id, by=None, at=found.finished_at,
            code=why.code,
        )  # fmt: skip
