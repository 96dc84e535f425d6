"""The catalogues are fresh, complete, with the same placeholders, and each in its own script."""

import re
from io import BytesIO
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.frontend import parse_mapping_cfg
from babel.messages.pofile import read_po

from portal.domain.script.characters import leftovers

ROOT = Path(__file__).parents[2]
SCRIPTS = {"zh_Hans": "zh-Hans", "zh_Hant": "zh-Hant"}
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|%%|\{\w*\}")
NAMES = {"简体中文", "繁體中文", "繁體", "简体"}


def in_sources() -> set[str]:
    with (ROOT / "babel.cfg").open() as file:
        methods, options = parse_mapping_cfg(file)
    keywords = {
        "_": None,
        "gettext": None,
        "lazy_gettext": None,
        "_l": None,
        "ngettext": (1, 2),
        "pgettext": ((1, "c"), 2),
    }
    found = set()
    for _, _, message, _, _ in extract_from_dir(str(ROOT), methods, options, keywords=keywords):
        found.add(message if isinstance(message, str) else message[0])
    return found - {""}


def catalogue(name: str) -> Catalog:
    return read_po(BytesIO((ROOT / "translations" / name / "LC_MESSAGES" / "messages.po").read_bytes()))


def strings(message: object) -> list[str]:
    found = message.string  # type: ignore[attr-defined]
    return list(found) if isinstance(found, (list, tuple)) else [found]


def wrong(name: str, content: Catalog) -> list[str]:
    found = []
    for message in content:
        if not message.id:
            continue
        first = message.id if isinstance(message.id, str) else message.id[0]
        for text in strings(message):
            if not text:
                found.append(f"missing: {first!r}")
            elif message.fuzzy:
                found.append(f"fuzzy: {first!r}")
            elif text not in NAMES and leftovers(text, SCRIPTS[name]):
                found.append(f"wrong script {leftovers(text, SCRIPTS[name])}: {text!r}")
            elif not set(PLACEHOLDER.findall(text)) <= set(PLACEHOLDER.findall(str(message.id))):
                found.append(f"placeholders differ: {first!r}")
    return found


@pytest.mark.parametrize("name", SCRIPTS)
def test_a_catalogue_is_complete_and_in_its_own_script(name: str) -> None:
    assert not wrong(name, catalogue(name))


@pytest.mark.parametrize("name", SCRIPTS)
def test_a_catalogue_is_fresh(name: str) -> None:
    held = {m.id if isinstance(m.id, str) else m.id[0] for m in catalogue(name) if m.id}
    sources = in_sources()
    assert held == sources, (
        f"run `make messages`; missing {sorted(sources - held)[:9]}, left over {sorted(held - sources)[:9]}"
    )


def test_a_simplified_string_in_the_traditional_catalogue_is_seen() -> None:
    planted = Catalog("zh_Hant")
    planted.add("Household", "户口簿里的业主")
    assert wrong("zh_Hant", planted)
