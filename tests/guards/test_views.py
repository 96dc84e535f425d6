"""Every view states who may open it, every template compiles, GET never writes."""

from pathlib import Path

import pytest
from flask import Flask
from jinja2 import TemplateSyntaxError

from portal.app import create_app
from portal.core import access
from portal.domain.permissions import PERMISSIONS
from tests.conftest import settings_for

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def bare(tmp_path_factory: pytest.TempPathFactory) -> Flask:
    folder = tmp_path_factory.mktemp("bare")
    return create_app(settings_for(folder, f"sqlite:///{folder}/portal.sqlite"))


def test_every_view_states_who_may_open_it(bare: Flask) -> None:
    assert access.views_without_access(bare) == []


def test_every_permission_named_by_a_view_stands_in_the_table(bare: Flask) -> None:
    for rule in bare.url_map.iter_rules():
        found = access.access_of(bare, rule.endpoint)
        assert found is not None
        if found.kind == "permission":
            assert found.detail in PERMISSIONS, rule.endpoint
        elif found.kind == "anyone":
            assert len(found.detail) > 10, f"{rule.endpoint}: say why it is public"


def test_a_view_without_access_is_seen(bare: Flask) -> None:
    def naked() -> str:
        return "?"

    bare.view_functions["accounts.me"], kept = naked, bare.view_functions["accounts.me"]
    try:
        assert access.views_without_access(bare) == ["accounts.me"]
    finally:
        bare.view_functions["accounts.me"] = kept


def test_every_template_compiles(bare: Flask) -> None:
    for name in bare.jinja_env.list_templates():
        try:
            bare.jinja_env.get_template(name)
        except TemplateSyntaxError as problem:
            pytest.fail(f"{name}:{problem.lineno}: {problem.message}")


def test_every_menu_line_leads_to_a_page_its_reader_may_open(bare: Flask) -> None:
    for item in bare.extensions["registry"].menu:
        found = access.access_of(bare, item.endpoint)
        assert found is not None and found.detail == item.permission, item.endpoint
