"""One application a process and kind of database, turned to the installation of each test.

Making the application anew costs more than most tests: its routes, its templates and every statement are compiled again.
What a test may have changed (settings, extensions, what is kept in memory) is put back before the next one begins.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from flask import Flask
from sqlalchemy import Engine, event, make_url

from portal.app import create_app, wire
from portal.config import Settings
from portal.core.db import db
from portal.core.registry import Registry
from portal.core.storage import store_at
from tests.client import PortalClient

_made: dict[str, "Turned"] = {}


class Turned:
    """An application whose engine opens its connections to the database it was last turned to."""

    def __init__(self, settings: Settings) -> None:
        self.app = create_app(settings)
        self.app.config["TESTING"] = True
        self.app.test_client_class = PortalClient
        self.config, self.extensions = dict(self.app.config), dict(self.app.extensions)
        with self.app.app_context():
            self.engine: Engine = db.engine
        event.listen(self.engine, "do_connect", self._connect)

    def _connect(self, dialect: Any, _: Any, positional: list[Any], named: dict[str, Any]) -> None:
        positional[:], more = dialect.create_connect_args(self.engine.url)
        named.update(more)

    def turn(self, settings: Settings) -> Flask:
        self.engine.url = make_url(settings.database_url)
        self.app.config.clear()
        self.app.config.update(self.config, SQLALCHEMY_DATABASE_URI=settings.database_url, PORTAL=settings)
        self.app.extensions.clear()
        self.app.extensions.update(self.extensions, store=store_at(settings.storage_url), registry=wire(Registry()))
        return self.app


@contextmanager
def running(settings: Settings) -> Iterator[Flask]:
    """The application on ``settings``, in a context; its connections are closed afterwards."""
    kind = make_url(settings.database_url).get_backend_name()
    if kind not in _made:
        _made[kind] = Turned(settings)
    app = _made[kind].turn(settings)
    with app.app_context():
        yield app
        db.session.remove()
        db.engine.dispose()
