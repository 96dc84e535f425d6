"""Rosters taken in: a file is read and understood, corrected by a person, then imported slice by slice as a job.

A row is taken once however often its slice is begun: how far an import has come is written in the transaction that
writes the rows. A roster taken in a second time finds its households and changes nothing (``roster.merging``).
"""

import shutil
import tempfile
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from portal.accounts.models import Office
from portal.core import audit, changes, clock, jobs, search
from portal.core.db import db, writing
from portal.core.storage import Attachment, Blob
from portal.domain.refusals import Refused
from portal.domain.roster.folding import tidy
from portal.domain.roster.layout import Layout, guess_layout
from portal.households.communities import NewCommunity, add_community
from portal.households.models import Community, RosterImport
from portal.households.roster_files import Table
from portal.households.roster_reading import open_table, store
from portal.households.roster_trial import PREVIEW_ROWS, trial_of

KIND = "roster_import"
SEARCH_KIND = "roster"
MAX_FILENAME_CHARACTERS = 120
NEEDS_ITS_FILE = ("uploaded", "asked", "failed")


def spoken(found: RosterImport) -> list[str]:
    """What an import is found by: its file, its community in both scripts."""
    names = [found.community.name_hans, found.community.name_hant] if found.community else []
    return [found.filename, *names]


def receive(
    path: Path, filename: str, office: Office, *, by: UUID | None, at: datetime, sheet: str = "", encoding: str = ""
) -> UUID:
    """Read a roster, keep its file and what was understood of it; returns the import, which waits for a person's word.

    The file at ``path`` is moved. Refused: whatever ``read_table`` refuses.
    """
    table = _kept_table(path, filename, sheet, encoding)
    with table:
        what = _understood(table, guess_layout(table.head()), today_of(office, at))
    with writing() as session:
        found = RosterImport(
            office_id=office.id, filename=_shown(filename), sha256=table.sha256, by_id=by, asked_at=at, **what
        )
        session.add(found)
        session.flush()
        search.index(session, [search.entry(found.id, office.id, SEARCH_KIND, spoken(found))])
        audit.record(
            session, "households:roster:uploaded", found.id, office_id=office.id, by=by, at=at, sha256=table.sha256
        )
        return found.id


def _kept_table(path: Path, filename: str, sheet: str, encoding: str) -> Table:
    sha256 = store().put_file(path)
    try:
        return open_table(sha256, filename, sheet=sheet, encoding=encoding)
    except Refused:
        drop_file(sha256)
        raise


def reread(
    import_id: UUID,
    office: Office,
    *,
    sheet: str,
    encoding: str,
    header: Sequence[int] | None,
    columns: Mapping[int, str] | None,
    wanted: Mapping[str, Any] | None = None,
) -> None:
    """Understand the file anew by what a person corrected; None is guessed again. ``wanted`` is kept for the page.

    Refused: ``roster.started``, ``roster.file_gone``, and whatever ``read_table`` refuses; nothing is changed then.
    """
    found = _waiting(db.session(), import_id)
    sha256, filename, at = found.sha256, found.filename, found.asked_at
    with open_table(sha256, filename, sheet=sheet, encoding=encoding) as table:
        layout = guess_layout(table.head(), columns=columns, header=header)
        what = _understood(table, layout, today_of(office, at))
    what["source"]["wanted"] = dict(wanted) if wanted else None
    with writing() as session:
        found = _waiting(session, import_id, locked=True)
        for name, value in what.items():
            setattr(found, name, value)


def _understood(table: Table, layout: Layout, today: date) -> dict[str, Any]:
    head = table.head()
    trial = trial_of(table, layout, today)
    refused = {int(line): why for line, *why in trial.pop("refused_rows", ())}
    source = {
        "format": table.format, "encoding": table.encoding, "delimiter": table.delimiter, "sheet": table.sheet,
        "sheets": list(table.sheets), "rows": table.row_count, "notes": [list(note) for note in table.notes],
        "trial": trial,
    }  # fmt: skip
    top = max(layout.header, default=-1) + 1
    rows = enumerate(head[: top + PREVIEW_ROWS], start=1)
    preview = [[line, cells, *refused.get(line, ("", {}))] for line, cells in rows]
    return {"source": source, "layout": layout.to_json(), "preview": preview}


def _shown(filename: str) -> str:
    name = tidy(filename.replace("\\", "/").rsplit("/", 1)[-1])
    return name[-MAX_FILENAME_CHARACTERS:]


def today_of(office: Office, at: datetime) -> date:
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
        found.community = session.get_one(Community, community)
        if found.community.office_id != office_id:
            raise Refused("community.choose", "community")
        found.status, found.position = "asked", layout.first_row
        search.reindex(session, search.entry(found.id, office_id, SEARCH_KIND, spoken(found)))
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
    drop_file(sha256)


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


def drop_file(sha256: str) -> None:
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
