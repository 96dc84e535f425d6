"""The cases that Python and the browser both run."""

import json
from pathlib import Path
from typing import Any

CASES = Path(__file__).parent
FORMS = CASES.parents[1] / "portal" / "domain" / "forms"


def read_cases(name: str) -> Any:
    return json.loads((CASES / f"{name}.json").read_text(encoding="utf-8"))


def read_form(name: str) -> dict[str, Any]:
    """A published form by the name that facts use: ``visit@1``."""
    form, version = name.split("@")
    return dict(json.loads((FORMS / f"{form}-{version}.json").read_text(encoding="utf-8")))
