"""``portal backup FILE`` and ``portal restore FILE``."""

from pathlib import Path

import click
from flask import current_app
from flask_migrate import upgrade
from sqlalchemy import text

from portal.core import clock
from portal.core.backup import backup as make_backup
from portal.core.backup import holding
from portal.core.backup import restore as load_backup
from portal.core.commands import in_app
from portal.core.db import db


@click.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@in_app
def backup(file: Path) -> None:
    """Write all rows and attachments to FILE, while the server may go on."""
    manifest = make_backup(file, current_app.extensions["store"], at=clock.now())
    rows = sum(t["rows"] for t in manifest["tables"].values())
    click.echo(f"{file}: {rows} rows, {len(manifest['blobs'])} attachments")
    for office, (seq, head) in sorted(manifest["ledger_heads"].items()):
        click.echo(f"ledger {office} {seq} {head}")


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@in_app
def restore(file: Path) -> None:
    """Load FILE into an installation that is empty; refused while a server runs here."""
    with holding(current_app.config["PORTAL"].instance, by="restore"):
        upgrade()
        db.session.remove()
        with db.engine.connect() as connection:
            revision = connection.scalar(text("SELECT version_num FROM alembic_version"))
        manifest = load_backup(file, current_app.extensions["store"], revision=str(revision))
    rows = sum(t["rows"] for t in manifest["tables"].values())
    click.echo(f"restored {rows} rows, {len(manifest['blobs'])} attachments")
