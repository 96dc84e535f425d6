"""Real databases for every test: SQLite by a copied file, PostgreSQL by a clone of a template, both made by the migrations."""

import shutil
from collections.abc import Callable, Iterator
from copy import deepcopy
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from flask import Flask

from portal.app import create_app
from portal.config import Settings
from portal.core.database_commands import bring_up_to_date
from portal.core.db import db
from portal.visits.service import record_visits
from tests.client import PortalClient
from tests.factories import AT, Estate
from tests.facts import received, visit_body
from tests.postgres import Cluster, cluster_or_given
from tests.running import running


def settings_for(instance: Path, url: str) -> Settings:
    instance.mkdir(parents=True, exist_ok=True)
    return Settings(
        instance=instance,
        database_url=url,
        storage_url=(instance / "blobs").as_uri(),
        secret_key="tests only, never outside",
        bind="127.0.0.1:8000",
        public_url="http://localhost",
        secure_cookies=False,
    )


def migrated(settings: Settings) -> None:
    app = create_app(settings)
    with app.app_context():
        bring_up_to_date()
        db.engine.dispose()


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("sqlite-template")
    path = folder / "portal.sqlite"
    migrated(settings_for(folder, f"sqlite:///{path}"))
    return path


@pytest.fixture(scope="session")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    with cluster_or_given(tmp_path_factory) as cluster:
        settings = settings_for(tmp_path_factory.mktemp("pg-template"), cluster.url(cluster.create("template_portal")))
        migrated(settings)
        yield cluster


@pytest.fixture(scope="session")
def sqlite_estate(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Estate]:
    """The estate of the factories in a database of its own, to be copied for each test that wants one."""
    folder = tmp_path_factory.mktemp("sqlite-estate")
    path = folder / "portal.sqlite"
    shutil.copyfile(sqlite_template, path)
    return path, built(settings_for(folder, f"sqlite:///{path}"))


@pytest.fixture(scope="session")
def postgres_estate(postgres: Cluster, tmp_path_factory: pytest.TempPathFactory) -> tuple[str, Estate]:
    name = postgres.create("template_estate", "template_portal")
    return "template_estate", built(settings_for(tmp_path_factory.mktemp("pg-estate"), postgres.url(name)))


def built(settings: Settings) -> Estate:
    with running(settings):
        return Estate.build()


DATABASES = ["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)]


@pytest.fixture(params=DATABASES)
def settings(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Settings]:
    """An installation of its own with an empty, migrated database; every test using it runs on both databases.

    Where the test asks for the estate too, its database is a copy of the one that holds it already.
    """
    peopled = "estate" in request.fixturenames
    if request.param == "sqlite":
        template = (
            request.getfixturevalue("sqlite_estate")[0] if peopled else request.getfixturevalue("sqlite_template")
        )
        path = tmp_path / "portal.sqlite"
        shutil.copyfile(template, path)
        yield settings_for(tmp_path, f"sqlite:///{path}")
    else:
        cluster: Cluster = request.getfixturevalue("postgres")
        name = cluster.clone(request.getfixturevalue("postgres_estate")[0] if peopled else "template_portal")
        yield settings_for(tmp_path, cluster.url(name))
        cluster.drop(name)


@pytest.fixture
def app(settings: Settings) -> Iterator[Flask]:
    with running(settings) as app:
        yield app


@pytest.fixture
def estate(app: Flask, request: pytest.FixtureRequest) -> Estate:
    """A company with two offices, a person for each role, one community with a small building."""
    kind = "sqlite" if app.config["SQLALCHEMY_DATABASE_URI"].startswith("sqlite") else "postgres"
    return deepcopy(request.getfixturevalue(f"{kind}_estate")[1])


@pytest.fixture
def sign_in(app: Flask, estate: Estate) -> Callable[[str], PortalClient]:
    """A client signed in as a login of the estate, without Argon2."""

    def _sign_in(login: str) -> PortalClient:
        client = app.test_client()
        assert isinstance(client, PortalClient)
        client.become(estate.staff[login])
        return client

    return _sign_in


@pytest.fixture
def visited(app: Flask, estate: Estate) -> Callable[..., UUID]:
    """Record a visit to a room by an author through the real service; changes to its body by name."""

    def _visited(room: str = "101", author: str = "field_staff", *, hours: int = 0, **changed: Any) -> UUID:
        given = {name: changed.pop(name) for name in ("attachments", "complete", "form") if name in changed}
        body = changed.pop("body", None) or visit_body(estate, author, **changed)
        at = AT + timedelta(hours=hours)
        fact = received(estate, body, author=author, room=room, occurred_at=at, **given)
        record_visits([fact], by=estate.actor(author), at=at)
        return fact.id

    return _visited
