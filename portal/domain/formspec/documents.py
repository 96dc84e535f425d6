"""Form documents by name.

The built-in ones lie beside this package, one file a version; a published file never changes.
"""

import json
import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from portal.domain.canonical import canonical, digest
from portal.domain.formspec.check import check_document
from portal.domain.formspec.model import Document, build_document
from portal.domain.refusals import Refused

_FOLDER = Path(__file__).parents[1] / "forms"
_FILE = re.compile(r"([a-z][a-z0-9_]*)-([1-9][0-9]*)\.json")


def read_document(raw: Mapping[str, Any]) -> Document:
    """The typed document; raises ``Refused("faulty_form_document")`` with the faults of ``check_document``."""
    faults = check_document(raw)
    if faults:
        raise Refused("faulty_form_document", faults=faults)
    return build_document(raw)


@cache
def load(form: str, version: int) -> Document:
    """A built-in form; raises ``Refused("unknown_form")``."""
    if version not in published().get(form, ()):
        raise Refused("unknown_form", form=form, version=version)
    return read_document(json.loads((_FOLDER / f"{form}-{version}.json").read_text(encoding="utf-8")))


@cache
def published() -> Mapping[str, tuple[int, ...]]:
    """The versions of each built-in form, oldest first; the last is the current one."""
    found: dict[str, list[int]] = {}
    for path in sorted(_FOLDER.iterdir()):
        name = _FILE.fullmatch(path.name)
        if name:
            found.setdefault(name[1], []).append(int(name[2]))
    return {form: tuple(sorted(versions)) for form, versions in found.items()}


def document_hash(raw: Mapping[str, Any]) -> str:
    """SHA-256 of the document's canonical JSON, the name of its shells and fragments on a tablet."""
    return digest(canonical(raw))
