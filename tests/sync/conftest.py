"""Tablets of the test estate, and the estate numbered as an import numbers it."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest
from flask import Flask

from portal.accounts import devices
from portal.core import changes
from portal.core.changes import Touched
from portal.core.db import db, writing
from portal.households.models import Building, Community, Household
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

    def make(room: str = "101", author: str = "field_staff", body: Mapping[str, Any] | None = None, **changed: Any) -> Any:
        return new_fact(
            "visit", str(office.households[room]), "visit@1", visit_body(office, author, **(body or {})), **changed
        )

    return make
