"""``portal staff password``: for whoever forgot it."""

from collections.abc import Callable

from click.testing import CliRunner, Result
from flask import Flask

from portal.accounts import service
from portal.cli import cli
from portal.core import clock
from portal.core.db import db
from tests.client import PortalClient
from tests.factories import Estate

NEW = "a new and long password"


def given(app: Flask, login: str, password: str) -> Result:
    db.session.rollback()
    return CliRunner().invoke(
        cli, ["staff", "password", login, "--password-stdin"], input=f"{password}\n", obj=lambda: app
    )


def test_a_new_password_opens_the_door_and_ends_what_was_open(
    app: Flask, sign_in: Callable[[str], PortalClient], estate: Estate
) -> None:
    client = sign_in("supervisor")
    assert client.get("/desk/inbox").status_code == 200
    done = given(app, "supervisor", NEW)
    assert done.exit_code == 0, done.output
    assert client.get("/desk/inbox").status_code == 303
    checked = service.check_password("supervisor", NEW, address="192.0.2.1", at=clock.now())
    assert checked == estate.staff["supervisor"]


def test_a_short_password_and_an_unknown_person_are_refused(app: Flask, estate: Estate) -> None:
    assert given(app, "supervisor", "short").exit_code != 0
    assert given(app, "nobody", NEW).exit_code != 0
