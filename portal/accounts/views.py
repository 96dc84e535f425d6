"""Signing in and out, choosing language, text size, theme and office."""

from urllib.parse import urlsplit
from uuid import UUID

from flask import Blueprint, abort, redirect, render_template, request, session, url_for
from flask_login import current_user, login_user, logout_user
from werkzeug.wrappers import Response

from portal.accounts import service
from portal.accounts.context import TEXT_SIZES, THEMES
from portal.accounts.forms import LoginForm
from portal.accounts.login import load_actor
from portal.core import access, clock
from portal.core.i18n import BY_CATALOGUE
from portal.core.registry import registry
from portal.domain.refusals import Refused

bp = Blueprint("accounts", __name__)
YEAR = 365 * 86_400


def within_site(address: str | None, fallback: str) -> str:
    """An address to go on to, if it is a path of this site; anything else is not followed."""
    if not address:
        return fallback
    parts = urlsplit(address)
    path = parts.path + (f"?{parts.query}" if parts.query else "")
    same = not parts.netloc or parts.netloc == request.host
    return path if same and path.startswith("/") and not path.startswith("//") and "\\" not in path else fallback


def first_page() -> str:
    """Where a person begins: the first menu line they may open."""
    for item in sorted(registry().menu, key=lambda i: i.position):
        if current_user.may(item.permission):
            return url_for(item.endpoint)
    return url_for("accounts.me")


@bp.route("/login", methods=["GET", "POST"])
@access.anyone("nobody is signed in yet")
def login() -> str | Response | tuple[str, int]:
    if request.method == "GET" and current_user.is_authenticated:
        return redirect(first_page(), 303)
    form = LoginForm(data={"next": request.args.get("next", "")}) if request.method == "GET" else LoginForm()
    if form.validate_on_submit():
        try:
            staff_id = service.check_password(
                form.login.data or "", form.password.data or "", address=request.remote_addr or "", at=clock.now()
            )
        except Refused as why:
            form.refuse(why)
            return render_template("accounts/login.html", form=form), 429 if why.code == "login.too_many" else 403
        session.clear()
        login_user(load_actor(staff_id))
        return redirect(within_site(form.next.data, first_page()), 303)
    return render_template("accounts/login.html", form=form), 422 if form.errors else 200


@bp.post("/logout")
@access.signed_in
def logout() -> Response:
    logout_user()
    session.clear()
    return redirect(url_for("accounts.login"), 303)


@bp.get("/desk/me")
@access.signed_in
def me() -> str:
    return render_template("accounts/me.html")


@bp.post("/settings/language/<catalogue>")
@access.anyone("language is chosen before signing in, too")
def choose_language(catalogue: str) -> Response:
    if catalogue not in BY_CATALOGUE:
        abort(404)
    if current_user.is_authenticated:
        service.set_preferences(current_user.id, language=catalogue)
    return _remember("language", catalogue)


@bp.post("/settings/text-size/<size>")
@access.anyone("text size is chosen before signing in, too")
def choose_text_size(size: str) -> Response:
    if size not in TEXT_SIZES:
        abort(404)
    if current_user.is_authenticated:
        service.set_preferences(current_user.id, text_size=size)
    return _remember("text_size", size)


@bp.post("/settings/theme/<theme>")
@access.anyone("light or dark is chosen before signing in, too")
def choose_theme(theme: str) -> Response:
    if theme not in THEMES:
        abort(404)
    return _remember("theme", theme)


@bp.post("/desk/office/<uuid:office_id>")
@access.signed_in
def choose_office(office_id: UUID) -> Response:
    if office_id not in current_user.offices:
        abort(404)
    session["office"] = str(office_id)
    return redirect(within_site(request.form.get("next"), url_for("accounts.login")), 303)


def _remember(name: str, value: str) -> Response:
    answer = redirect(within_site(request.referrer, url_for("accounts.login")), 303)
    answer.set_cookie(name, value, max_age=YEAR, samesite="Lax", httponly=True, secure=request.is_secure)
    return answer
