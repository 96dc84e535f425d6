"""Built-in form documents become rows at upgrade; a published document never changes."""

import hashlib
import json
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.config import ROOT
from portal.core.facts import FormVersion

FOLDER = ROOT / "portal" / "domain" / "forms"


def builtin() -> list[Path]:
    """The form documents that come with the program: ``<form>-<version>.json``."""
    return sorted(FOLDER.glob("*-*.json"))


def register_builtin(session: Session, *, at: datetime) -> None:
    """Register each built-in document once. Raises RuntimeError when a registered one was changed."""
    known = {(row.form, row.version): row.hash for row in session.scalars(select(FormVersion))}
    for path in builtin():
        spec: Any = json.loads(path.read_text("utf-8"))
        text = json.dumps(spec, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        digest = hashlib.sha256(text.encode()).hexdigest()
        name = (spec["form"], spec["version"])
        if name not in known:
            session.add(FormVersion(form=name[0], version=name[1], spec=spec, hash=digest, published_at=at))
        elif known[name] != digest:
            raise RuntimeError(f"{path.name} is published and must not change; make a new version of it")
