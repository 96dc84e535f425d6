"""Imports point down this list, never up and never sideways; the domain is plain Python."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PORTAL = ROOT / "portal"
LAYERS = [
    {"public", "sync", "field", "desk"},
    {"publishing"},
    {"quality"},
    {"statistics"},
    {"visits", "surveys"},
    {"repairs"},
    {"opinions"},
    {"households"},
    {"signoff"},
    {"accounts"},
    {"core"},
    {"domain"},
]
LEVEL = {name: i for i, row in enumerate(LAYERS) for name in row}
WIRING = {
    "app.py",
    "cli.py",
    "models.py",
    "config.py",
    "__init__.py",
    "demo",
}  # above all layers, or below them (config)
OUTSIDE = {"flask", "sqlalchemy", "wtforms", "flask_wtf", "flask_babel", "flask_sqlalchemy", "flask_login", "werkzeug"}


def imports(source: str) -> Iterator[str]:
    for node in ast.walk(ast.parse(source)):  # finds imports inside functions too
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "write the full import path"
            yield node.module or ""
            if node.module == "portal":
                yield from (f"portal.{alias.name}" for alias in node.names)


def breaches(here: str, source: str) -> Iterator[str]:
    for name in imports(source):
        parts = name.split(".")
        if here == "domain" and parts[0] in OUTSIDE:
            yield f"{here} imports {name}: domain is plain Python"
        if parts[0] != "portal" or len(parts) < 2 or parts[1] in (here, "config"):
            continue
        if parts[1] not in LEVEL or LEVEL[parts[1]] <= LEVEL[here]:
            yield f"{here} imports {name}: that is up or sideways"


def test_imports_point_down() -> None:
    found = []
    for path in PORTAL.rglob("*.py"):
        here = path.relative_to(PORTAL).parts[0]
        if here in LEVEL:
            found += [f"{path.relative_to(ROOT)}: {b}" for b in breaches(here, path.read_text("utf-8"))]
    assert not found, "\n".join(found)


@pytest.mark.parametrize(
    ("here", "source"),
    [
        ("households", "from portal.visits import models"),
        ("visits", "import portal.surveys.models"),
        ("core", "def f():\n    from portal.accounts.models import Staff"),
        ("domain", "import flask"),
        ("core", "from portal.app import create_app"),
    ],
)
def test_a_planted_import_upward_is_seen(here: str, source: str) -> None:
    assert list(breaches(here, source))


def test_every_folder_has_its_place_in_the_list() -> None:
    folders = {p.name for p in PORTAL.iterdir() if p.is_dir() and p.name != "__pycache__"}
    assert folders - WIRING <= set(LEVEL)


def test_the_domain_loads_where_there_is_no_flask() -> None:
    block = "import sys; [sys.modules.__setitem__(m, None) for m in ('flask', 'sqlalchemy', 'wtforms', 'opencc')]; "
    names = [
        ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
        for path in (PORTAL / "domain").rglob("*.py")
    ]
    code = block + "; ".join(f"import {name}" for name in names)
    subprocess.run([sys.executable, "-c", code], check=True, cwd=ROOT)


def test_the_package_itself_is_empty() -> None:
    assert (PORTAL / "__init__.py").read_text() == ""
