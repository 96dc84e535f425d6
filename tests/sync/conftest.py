"""Tablets of the test estate, and the estate numbered as an import numbers it."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import select, update

from portal.accounts import devices
from portal.accounts.models import RoleGrant
from portal.core import changes
from portal.core.changes import Touched
from portal.core.db import db, writing
from portal.households.models import Building, Community, Household
from portal.signoff import service as signoff
from portal.visits.models import Visit
from tests.factories import Estate
from tests.facts import visit_body
from tests.sync.contract_client import Answer, Tablet, new_fact

Enrol = Callable[..., Tablet]


def number_all(office_id: UUID) -> None:
    """Give every record of an office's communities its change number."""
    with writing() as session:
        touched = [
            Touched(kind, row.id, row.id if kind == "community" else row.community_id)
            for kind, model in (("community", Community), ("building", Building), ("household", Household))
            for row in session.query(model).filter_by(office_id=office_id).order_by(model.id)
        ]
        changes.number(session, office_id, touched)


@pytest.fixture
def office(estate: Estate) -> Estate:
    """The estate with its change log begun, in both offices."""
    number_all(estate.office_id)
    number_all(estate.other_office_id)
    return estate


@pytest.fixture
def transport(app: Flask) -> Callable[[str, str, Mapping[str, str], bytes], Answer]:
    """One request without cookies, as any HTTP client would make it."""

    def send(method: str, path: str, headers: Mapping[str, str], content: bytes) -> Answer:
        client = app.test_client(use_cookies=False)
        response = client.open(path, method=method, headers=dict(headers), data=content)
        return response.status_code, response.headers, response.get_data()

    return send


@pytest.fixture
def enrolled(transport: Any, office: Estate) -> Enrol:
    """A tablet of a person of the estate, without Argon2."""

    def enrol(login: str = "field_staff", name: str = "平板") -> Tablet:
        made = devices.enrol(office.staff[login], name, at=datetime.now(UTC))
        db.session.rollback()
        tablet = Tablet(transport, made.token)
        assert tablet.schema
        return tablet

    return enrol


@pytest.fixture
def tablet(enrolled: Enrol) -> Tablet:
    return enrolled()


@pytest.fixture
def visit(office: Estate) -> Callable[..., dict[str, Any]]:
    """A visit fact for a room of the estate; ``body`` changes what the form says, the rest the fact."""

    def make(room: str = "101", *, author: str = "field_staff", body: Any = None, **changed: Any) -> Any:
        said = visit_body(office, author, **body) if isinstance(body, dict) else visit_body(office, author)
        if body is not None and not isinstance(body, dict):
            changed["body"] = body
        return new_fact("visit", str(office.households[room]), "visit@1", said, **changed)

    return make


@pytest.fixture
def returned(office: Estate) -> Callable[[str], None]:
    """The supervisor sends a visit back."""

    def send_back(visit_id: str) -> None:
        own = UUID(visit_id)
        revision = db.session.scalars(select(Visit.revision).where(Visit.id == own)).one()
        db.session.rollback()
        signoff.send_back(own, revision, by=office.actor("supervisor"), at=datetime.now(UTC), comment="请补充")
        db.session.rollback()

    return send_back


@pytest.fixture
def moved(office: Estate) -> Callable[[str], None]:
    """A person of the office works in the other one from today on."""

    def move(login: str) -> None:
        with writing() as session:
            session.execute(
                update(RoleGrant)
                .where(RoleGrant.staff_id == office.staff[login])
                .values(office_id=office.other_office_id)
            )

    return move
