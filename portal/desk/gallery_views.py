"""The gallery of the design system: for who builds pages, and for the test that photographs it."""

from datetime import date

from flask import Blueprint, request

from portal.core import access
from portal.core.pages import page_or_partial
from portal.desk import gallery

bp = Blueprint("gallery", __name__, url_prefix="/desk/gallery")


@bp.get("")
@access.requires("desk:gallery:read")
def show() -> str:
    """Every part in every state; the list on it really sorts and filters."""
    return page_or_partial(
        "gallery/show.html", "gallery/_list.html", listed=gallery.listed(request.args), specimens=gallery,
        months=[date(2025, 10 + n, 1) if n < 3 else date(2026, n - 2, 1) for n in range(6)],
    )  # fmt: skip
