"""The handbook at the desk, and the hints that a person has put away."""

import re

from flask import Blueprint, redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from portal.accounts.views import YEAR, within_site
from portal.core import access, handbook
from portal.core.i18n import current_language

bp = Blueprint("help", __name__, url_prefix="/desk/help")
COOKIE = "hints"
HINT = re.compile(r"[a-z]{1,20}")


@bp.get("/")
@access.signed_in
def index() -> str:
    """All chapters."""
    return render_template("help/index.html", chapters=handbook.CHAPTERS)


@bp.get(f"/<any({handbook.SLUGS}):chapter>")
@access.signed_in
def chapter(chapter: str) -> str:
    """One chapter, with the others beside it."""
    text = handbook.text_of(current_language(), chapter, _address)
    return render_template(
        "help/chapter.html",
        chapters=handbook.CHAPTERS,
        chapter=handbook.BY_SLUG[chapter],
        text=text,
        terms=handbook.terms() if chapter == "glossary" else (),
    )


@bp.post("/hints/<name>")
@access.signed_in
def put_away(name: str) -> Response:
    """This device shows this person the hint no more."""
    seen = [*seen_hints(), name] if HINT.fullmatch(name) else seen_hints()
    answer = redirect(within_site(request.referrer, url_for("accounts.login")), 303)
    kept = ".".join(dict.fromkeys(seen[-40:]))
    answer.set_cookie(_cookie(), kept, max_age=YEAR, samesite="Lax", httponly=True, secure=request.is_secure)
    return answer


def seen_hints() -> list[str]:
    """The hints this person has put away on this device."""
    return [name for name in request.cookies.get(_cookie(), "").split(".") if HINT.fullmatch(name)]


def shows_hint(name: str) -> bool:
    """Whether a page still shows its hint to whoever reads it."""
    return current_user.is_authenticated and name not in seen_hints()


def _cookie() -> str:
    return f"{COOKIE}-{str(current_user.id)[-12:]}"  # a desk is shared: each has hints of their own


def _address(slug: str) -> str | None:
    return url_for("help.chapter", chapter=slug) if slug in handbook.BY_SLUG else None
