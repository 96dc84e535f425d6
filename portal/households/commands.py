"""``portal import-roster``: a roster from the command line, by the same way as from the desk."""

import json
import sys
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import click
from sqlalchemy import select

from portal.accounts.commands import office_named
from portal.accounts.models import Office
from portal.core import clock, jobs
from portal.core.commands import in_app
from portal.core.db import db
from portal.domain.refusals import Refused
from portal.domain.roster.layout import guess_layout
from portal.households import roster_import as rosters
from portal.households.communities import NewCommunity, community_named, find_community, new_community
from portal.households.models import Community, Household, RosterImport, RosterRow
from portal.households.roster_files import read_table
from portal.households.roster_reading import scratch
from portal.households.roster_slices import import_slice
from portal.households.roster_trial import try_out
from portal.households.roster_words import note_words, row_words, worded

COUNTS = ("read", "imported", "merged", "refused")


@click.command("import-roster")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--community", "community_name", required=True, help="The community, in either script.")
@click.option("--office", "office_name", default=None, help="The office, where there are several.")
@click.option("--create", is_flag=True, help="Make the community where there is none of this name.")
@click.option("--first-handover", type=click.DateTime(["%Y-%m-%d"]), default=None, help="Of a new community.")
@click.option("--dry-run", is_flag=True, help="Only tell what would come of it.")
@click.option("--json", "as_json", is_flag=True, help="Tell the outcome as JSON.")
@in_app
def import_roster(
    file: Path,
    community_name: str,
    office_name: str | None,
    create: bool,
    first_handover: datetime | None,
    dry_run: bool,
    as_json: bool,
) -> None:
    """Take the households of FILE (XLSX or CSV) into a community. Exit status 1 where rows were refused."""
    if first_handover and not create:
        raise click.UsageError("--first-handover belongs to --create.")
    at = clock.now()
    office = office_named(db.session(), office_name)
    handover = first_handover.date() if first_handover else None
    try:
        community = _community(office, community_name, create, handover, clock.day_at(at, office.time_zone))
        outcome = (_try_out if dry_run else _import)(file, office, community, at)
    except Refused as why:
        raise worded(why) from None
    _tell(outcome, as_json=as_json)
    if outcome["refused"]:
        sys.exit(1)


def _community(office: Office, name: str, create: bool, handover: date | None, today: date) -> UUID | NewCommunity:
    session = db.session()
    found = find_community(session, office.id, name) if create else community_named(session, office.id, name)
    return found.id if found else new_community(name, office, first_handover_on=handover, today=today)


def _import(file: Path, office: Office, community: UUID | NewCommunity, at: datetime) -> dict[str, Any]:
    import_id, job_id = rosters.start_import(file, file.name, office, community, by=None, at=at, held=True)
    finished = jobs.run_held(job_id, {rosters.KIND: _watched})
    found = db.session.get_one(RosterImport, import_id)
    if found.problem:
        raise Refused(found.problem[0], **found.problem[1])
    if not finished:
        raise Refused("roster.stopped")
    named = db.session.get_one(Community, found.community_id)
    return {
        **{name: getattr(found, name) for name in (*COUNTS, "doubtful")}, "import": str(found.id), "dry_run": False,
        "community": named.name_hans, "reasons": found.reasons,
        "notes": _notes([*found.source["notes"], *found.layout["notes"]]), "refused_rows": _refused_rows(import_id),
    }  # fmt: skip


def _watched(job_id: UUID, arguments: Any, cursor: int) -> tuple[int, bool]:
    """A slice, and on a terminal how far the import has come."""
    position, finished = import_slice(job_id, arguments, cursor)
    if sys.stderr.isatty():
        job = db.session.get_one(jobs.Job, job_id)
        click.echo(f"\r{job.done} / {job.total or '?'}", err=True, nl=finished)
        db.session.rollback()
    return position, finished


def _refused_rows(import_id: UUID) -> Iterator[tuple[int, str, str]]:
    query = select(RosterRow.line, RosterRow.code, RosterRow.params).where(
        RosterRow.import_id == import_id, RosterRow.outcome == "refused"
    )
    for row in db.session.execute(query.order_by(RosterRow.line, RosterRow.id)):
        yield row.line, row.code, row_words(row.code, row.params)


def _try_out(file: Path, office: Office, community: UUID | NewCommunity, at: datetime) -> dict[str, Any]:
    known: list[str] = []
    name = community.names.hans if isinstance(community, NewCommunity) else ""
    if isinstance(community, UUID):
        known = list(db.session.scalars(select(Household.address_key).where(Household.community_id == community)))
        name = db.session.get_one(Community, community).name_hans
    zone = office.time_zone
    db.session.rollback()
    with read_table(file, scratch=scratch()) as table:
        layout = guess_layout(table.head())
        if layout.problems():
            raise Refused("roster.no_room_column")
        found = try_out(table, layout, clock.day_at(at, zone), known=known)
        notes = _notes([*table.notes, *layout.notes])
    rows = ((row.line, row.code, row_words(row.code, row.params)) for row in found.refused_rows)
    return {
        **{name: getattr(found, name) for name in (*COUNTS, "doubtful")}, "dry_run": True, "community": name,
        "reasons": dict(found.reasons), "notes": notes, "refused_rows": rows,
    }  # fmt: skip


def _notes(notes: list[Any]) -> list[dict[str, str]]:
    return [{"code": str(note[0]).removeprefix("roster."), "words": note_words(note)} for note in notes]


def _tell(outcome: dict[str, Any], *, as_json: bool) -> None:
    kept = []
    for line, code, words in outcome.pop("refused_rows"):
        click.echo(f"line {line}: {words}", err=True)
        kept.append({"line": line, "code": code, "reason": words})
    if as_json:
        click.echo(json.dumps(outcome | {"refused_rows": kept}, ensure_ascii=False, indent=1))
    else:
        click.echo(", ".join(f"{name} {outcome[name]}" for name in COUNTS))
