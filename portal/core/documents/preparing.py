"""Making the fonts for printing when nobody has yet: a job, asked for by a button on the page that says so."""

from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from flask import Blueprint, redirect, request
from werkzeug.wrappers import Response

from portal.core import access, clock, jobs
from portal.core.db import writing
from portal.core.documents.fonts import prepare_fonts

KIND = "documents:fonts"
bp = Blueprint("documents", __name__, url_prefix="/desk/documents")


def prepare_slice(_: UUID, __: Any, cursor: int) -> tuple[int, bool]:
    """The whole work is one slice; fonts that are there are left as they are."""
    prepare_fonts()
    return cursor + 1, True


@bp.post("/prepare")
@access.signed_in
def prepare() -> Response:
    with writing() as session:
        jobs.ask(session, KIND, "fonts", {}, at=clock.now(), again=True)
    parts = urlsplit(request.form.get("next", ""))
    within = not parts.scheme and not parts.netloc and parts.path.startswith("/desk/") and "\\" not in parts.path
    return redirect(parts.path if within else "/login", 303)
