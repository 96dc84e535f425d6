"""flask-login's loader: from the cookie to a person with the roles of today."""

from uuid import UUID

from flask import Flask, request, session
from flask_login import LoginManager

from portal.accounts.actors import Actor, actor_for
from portal.accounts.models import Staff
from portal.core import clock
from portal.core.db import db

manager = LoginManager()


def load_actor(staff_id: UUID) -> Actor | None:
    """The person with the office chosen in this session; None when the login is no longer in use."""
    staff = db.session.get(Staff, staff_id)
    if staff is None or not staff.active:
        return None
    chosen = session.get("office")
    at = clock.now()
    return actor_for(
        db.session(), staff, on=clock.day_at(at, "Asia/Shanghai"), office_id=UUID(chosen) if chosen else None
    )


@manager.user_loader
def _from_cookie(value: str) -> Actor | None:
    if request.path.startswith(("/static/", "/field/", "/sync/")):
        return None  # these never depend on who is signed in
    staff_id, _, number = value.partition(":")
    try:
        actor = load_actor(UUID(staff_id))
    except ValueError:
        return None
    return actor if actor and str(actor.session_number) == number else None


def setup(app: Flask) -> None:
    manager.init_app(app)
