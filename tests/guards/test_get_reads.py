"""GET never writes: every page that a role may open is opened with the estate's own ids, and no table gains or loses a row."""

from collections.abc import Callable, Iterator
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import func, select
from werkzeug.routing import AnyConverter, BaseConverter, Rule

from portal.accounts.models import LoginFailure
from portal.core import access
from portal.core.db import db, writing
from portal.domain.permissions import ROLES
from portal.households.models import Resident
from portal.opinions.models import Opinion
from portal.signoff import bundles
from tests.client import PortalClient
from tests.factories import AT, Estate

OUTSIDE = ("static_file",)


def counted() -> dict[str, int]:
    tables = db.metadata.sorted_tables
    return {table.name: db.session.scalar(select(func.count()).select_from(table)) or 0 for table in tables}


@pytest.fixture
def full(app: Flask, estate: Estate, visited: Callable[..., UUID]) -> dict[str, str]:
    """Something of every kind, and the values that addresses may ask for."""
    ids = [visited("101"), visited("102", hours=1)]
    bundle = bundles.make_bundle(ids[:1], by=estate.actor("field_staff"), at=AT)
    return {
        "opinion_id": str(db.session.scalars(select(Opinion.id)).first()),
        "resident_id": str(db.session.scalars(select(Resident.id).where(Resident.household_id == estate.households["101"])).one()),
        "household_id": str(estate.households["101"]), "community_id": str(estate.community_id),
        "building_id": str(estate.building_id), "visit_id": str(ids[0]), "bundle_id": str(bundle.id),
    }  # fmt: skip


def addresses(app: Flask, values: dict[str, str]) -> Iterator[tuple[Rule, str]]:
    """Every GET address; one whose parts nothing stands for is asked with what is not there."""
    for rule in app.url_map.iter_rules():
        if "GET" not in (rule.methods or set()) or rule.endpoint in OUTSIDE:
            continue
        given = {name: values.get(name) or _anything(each) for name, each in rule._converters.items()}
        with app.test_request_context():
            built = rule.build({k: _typed(rule, k, v) for k, v in given.items()})
        if built:
            yield rule, built[1]


def _anything(converter: BaseConverter) -> str:
    """A value that the address takes and nothing stands for."""
    if isinstance(converter, AnyConverter):
        return min(converter.items)
    kinds = {"UUIDConverter": str(UUID(int=7)), "IntegerConverter": "7", "LanguageConverter": "zh-hans"}
    return kinds.get(type(converter).__name__, "nothing")


def _typed(rule: Rule, name: str, value: str) -> object:
    return rule._converters[name].to_python(value)


def test_get_never_writes(
    app: Flask, estate: Estate, full: dict[str, str], sign_in: Callable[[str], PortalClient]
) -> None:
    before = counted()
    for role in ROLES:
        client = sign_in(role)
        client.become(estate.staff[role], office_id=estate.office_id)
        opened = 0
        for rule, address in addresses(app, full):
            if address.endswith(".pdf") and role != "supervisor":
                continue  # slow to lay out, and the same for everybody who may see the record
            answer = client.get(address)
            assert answer.status_code < 500, (role, rule.endpoint, address, answer.status_code)
            opened += answer.status_code == 200
            if role == "supervisor" and rule._converters and set(rule._converters) <= set(full):
                assert answer.status_code in (200, 202, 302), (rule.endpoint, address, answer.status_code)
        assert opened > 1, role
    db.session.rollback()
    assert counted() == before


def test_a_page_that_writes_is_seen(app: Flask, estate: Estate, sign_in: Callable[[str], PortalClient]) -> None:
    """The count notices a view that writes."""

    def careless() -> str:
        with writing() as session:
            session.add(LoginFailure(login="x", address="x", at=AT))
        return "ok"

    app.view_functions["accounts.me"] = access.signed_in(careless)
    before = counted()
    sign_in("manager").get("/desk/me")
    db.session.rollback()
    assert counted() != before
