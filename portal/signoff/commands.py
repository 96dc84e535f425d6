"""``portal ledger verify``: prove that nothing that was handed in or signed was changed afterwards."""

import json
import sys

import click
from sqlalchemy import select

from portal.accounts.commands import office_named
from portal.accounts.models import Office
from portal.core.commands import in_app
from portal.core.db import db
from portal.signoff import ledger as chain


@click.group()
def ledger() -> None:
    """The chain of hashes over everything handed in and signed."""


@ledger.command()
@click.option("--office", "office_name", default=None, help="One office only.")
@click.option("--json", "as_json", is_flag=True, help="One JSON document for another program.")
@in_app
def verify(office_name: str | None, as_json: bool) -> None:
    """Recompute every entry; exit status 1 where one does not hold."""
    session = db.session()
    offices = (
        [office_named(session, office_name)] if office_name else session.scalars(select(Office).order_by(Office.id))
    )
    reports = [(office.name_hans, chain.verify(session, office.id)) for office in offices]
    if as_json:
        click.echo(json.dumps([_plain(name, report) for name, report in reports], ensure_ascii=False, indent=1))
    else:
        for name, report in reports:
            verdict = "intact" if report.intact else f"{len(report.faults)} faults"
            click.echo(f"{name}: {verdict}; {report.entries} entries, {report.erased} erased; head {report.head}")
            for fault in report.faults:
                click.echo(f"  entry {fault.seq}: {fault.code} {fault.kind} {fault.subject_id or ''} {fault.n or ''}")
    sys.exit(0 if all(report.intact for _, report in reports) else 1)


def _plain(name: str, report: chain.Report) -> dict[str, object]:
    faults = [
        {"seq": f.seq, "code": f.code, "kind": f.kind, "subject": str(f.subject_id or ""), "n": f.n}
        for f in report.faults
    ]
    return {
        "office": name, "intact": report.intact, "entries": report.entries, "erased": report.erased,
        "head": report.head, "faults": faults,
    }  # fmt: skip
