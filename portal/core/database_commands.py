"""``portal db-upgrade``: bring the database to the newest schema and register the built-in forms."""

import click
from flask_migrate import upgrade as run_migrations

from portal.core import clock
from portal.core.commands import in_app
from portal.core.db import db, writing
from portal.core.form_versions import register_builtin
from portal.core.registry import registry


@click.command("db-upgrade")
@in_app
def upgrade() -> None:
    """Migrate the database; safe to repeat."""
    bring_up_to_date()


def bring_up_to_date() -> None:
    """Migrations, then what the new program brings along: its form documents."""
    run_migrations()
    db.session.remove()
    with writing() as session:
        at = clock.now()
        register_builtin(session, at=at)
        registry().react("core:schema:upgraded", session=session, at=at)
