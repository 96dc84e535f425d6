"""Rosters taken in: a file is read and understood, corrected by a person, then imported slice by slice as a job.

A row is taken once however often its slice is begun: how far an import has come is written in the transaction that
writes the rows. A roster taken in a second time finds its households and changes nothing (``roster.merging``).
"""

import shutil
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from portal.accounts.models import Office
from portal.core import audit, changes, clock, jobs
from portal.core.db import db, writing
from portal.core.storage import Attachment, Blob
from portal.domain.refusals import Refused
from portal.domain.roster.folding import tidy
from portal.domain.roster.household import RosterRow as HouseholdRow
from portal.domain.roster.layout import Layout, guess_layout
from portal.households.communities import NamePair, NewCommunity, add_community, name_pair
from portal.households.models import Community, RosterImport
from portal.households.roster_files import Table
from portal.households.roster_reading import Reading, Taken, forget, keep, kept, open_table, store
from portal.households.roster_trial import PREVIEW_ROWS, trial_of
from portal.households.roster_writing import Counts, Slice, propose_handover

KIND = "roster_import"
ROWS_IN_A_SLICE = 500
MAX_FILENAME_CHARACTERS = 120
NEEDS_ITS_FILE = ("uploaded", "asked", "failed")


def receive(
    path: Path, filename: str, office: Office, *, by: UUID | None, at: datetime, sheet: str = "", encoding: str = ""
) -> UUID:
    """Read a roster, keep its file and what was understood of it; returns the import, which waits for a person's word.

    The file at ``path`` is moved. Refused: whatever ``read_table`` refuses.
    """
    table = _kept_table(path, filename, sheet, encoding)
    with table:
        what = _understood(table, guess_layout(table.head()), _today(office, at))
    with writing() as session:
        found = RosterImport(
            office_id=office.id, filename=_shown(filename), sha256=table.sha256, by_id=by, asked_at=at, **what
        )
        session.add(found)
        session.flush()
        audit.record(
            session, "households:roster:uploaded", found.id, office_id=office.id, by=by, at=at, sha256=table.sha256
        )
        return found.id


def _kept_table(path: Path, filename: str, sheet: str, encoding: str) -> Table:
    sha256 = store().put_file(path)
    try:
        return open_table(sha256, filename, sheet=sheet, encoding=encoding)
    except Refused:
        _drop_file(sha256)
        raise


def reread(
    import_id: UUID,
    office: Office,
    *,
    sheet: str,
    encoding: str,
    header: Sequence[int] | None,
    columns: Mapping[int, str] | None,
) -> None:
    """Understand the file anew by what a person corrected; None is guessed again.

    Refused: ``roster.started``, ``roster.file_gone``, and whatever ``read_table`` refuses; nothing is changed then.
    """
    found = _waiting(db.session(), import_id)
    sha256, filename, at = found.sha256, found.filename, found.asked_at
    with open_table(sha256, filename, sheet=sheet, encoding=encoding) as table:
        layout = guess_layout(table.head(), columns=columns, header=header)
        what = _understood(table, layout, _today(office, at))
    with writing() as session:
        found = _waiting(session, import_id, locked=True)
        for name, value in what.items():
            setattr(found, name, value)


def _understood(table: Table, layout: Layout, today: date) -> dict[str, Any]:
    head = table.head()
    trial = trial_of(table, layout, today)
    source = {
        "format": table.format, "encoding": table.encoding, "delimiter": table.delimiter, "sheet": table.sheet,
        "sheets": list(table.sheets), "rows": table.row_count, "notes": [list(note) for note in table.notes],
        "trial": trial,
    }  # fmt: skip
    top = max(layout.header, default=-1) + 1
    preview = [[line, cells] for line, cells in enumerate(head[: top + PREVIEW_ROWS], start=1)]
    return {"source": source, "layout": layout.to_json(), "preview": preview}


def _shown(filename: str) -> str:
    name = tidy(filename.replace("\\", "/").rsplit("/", 1)[-1])
    return name[-MAX_FILENAME_CHARACTERS:]


def _today(office: Office, at: datetime) -> date:
    return clock.day_at(at, office.time_zone)


def _waiting(session: Session, import_id: UUID, *, locked: bool = False) -> RosterImport:
    found = session.get_one(RosterImport, import_id, with_for_update=locked, populate_existing=locked)
    if found.status != "uploaded":
        raise Refused("roster.started")
    return found


def begin(
    import_id: UUID,
    community: UUID | NewCommunity,
    *,
    by: UUID | None,
    at: datetime,
    held: bool = False,
) -> UUID:
    """Start the import into a community, known or new; returns the job. ``held``: the caller works it (``jobs.run_held``).

    Refused: ``roster.started``, ``roster.no_room_column``, ``community.name_taken``.
    """
    with writing() as session:
        office_id = session.get_one(RosterImport, import_id).office_id
        changes.lock(session, [office_id])
        found = _waiting(session, import_id, locked=True)
        layout = Layout.from_json(found.layout)
        if layout.problems():
            raise Refused("roster.no_room_column")
        if isinstance(community, NewCommunity):
            office = session.get_one(Office, office_id)
            community = add_community(session, office, community, by=by, at=at).id
        found.community_id, found.status, found.position = community, "asked", layout.first_row
        found.job_id = jobs.ask(session, KIND, str(import_id), {"import": str(import_id)}, at=at)
        if held:
            jobs.hold(session, found.job_id, at=at)
        audit.record(
            session, "households:roster:started", import_id, office_id=office_id, by=by, at=at, community=str(community)
        )
        return found.job_id


def begin_again(import_id: UUID, *, by: UUID | None, at: datetime) -> None:
    """Go on with an import that failed, from the row after the last that was taken."""
    with writing() as session:
        found = session.get_one(RosterImport, import_id, with_for_update=True)
        if found.status not in ("asked", "failed"):
            raise Refused("roster.started")
        found.status, found.problem = "asked", None
        found.job_id = jobs.ask(session, KIND, str(import_id), {"import": str(import_id)}, at=at, again=True)
        audit.record(session, "households:roster:started", import_id, office_id=found.office_id, by=by, at=at)


def discard(import_id: UUID, *, by: UUID | None, at: datetime) -> None:
    """Put away a roster that is not to be imported, and its file. Refused ``roster.started``."""
    with writing() as session:
        found = _waiting(session, import_id, locked=True)
        found.status, found.finished_at, found.preview = "discarded", at, []
        audit.record(session, "households:roster:discarded", import_id, office_id=found.office_id, by=by, at=at)
        sha256 = found.sha256
    _drop_file(sha256)


def start_import(
    path: Path,
    filename: str,
    office: Office,
    community: UUID | NewCommunity,
    *,
    by: UUID | None,
    at: datetime,
    held: bool = False,
) -> tuple[UUID, UUID]:
    """Receive a roster and begin with it as it was understood; returns the import and its job. The file is copied."""
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "roster"
        shutil.copyfile(path, copy)
        import_id = receive(copy, filename, office, by=by, at=at)
    try:
        return import_id, begin(import_id, community, by=by, at=at, held=held)
    except Refused:
        discard(import_id, by=by, at=at)
        raise


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
            Layout.from_json(found.layout), _today(office, found.asked_at), office.script, office.region, found.position,
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
        _drop_file(turn.sha256)
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


def _drop_file(sha256: str) -> None:
    """Delete a roster's file once nothing needs it: what it told is in the database, and it is full of personal data."""
    with writing() as session:
        needed = session.scalar(
            select(
                exists().where(RosterImport.sha256 == sha256, RosterImport.status.in_(NEEDS_ITS_FILE))
                | exists().where(Blob.sha256 == sha256)
                | exists().where(Attachment.sha256 == sha256)
            )
        )
        if not needed:
            store().remove(sha256)
