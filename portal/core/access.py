"""Who may open a view: said at the view, readable by a test, enforced here. A view that says nothing does not start."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any, TypeVar

from flask import Flask, abort, redirect, request, url_for
from flask_login import current_user

View = TypeVar("View", bound=Callable[..., Any])


@dataclass(frozen=True)
class Access:
    kind: str  # anyone | signed_in | permission | device
    detail: str


def anyone(reason: str) -> Callable[[View], View]:
    """Open to the world, for the reason given."""

    def stamp(view: View) -> View:
        view.access = Access("anyone", reason)  # type: ignore[attr-defined]
        return view

    return stamp


def _to_login() -> Any:
    if request.headers.get("HX-Request"):
        return "", 401, {"HX-Redirect": url_for("accounts.login", next=request.headers.get("HX-Current-URL", ""))}
    return redirect(url_for("accounts.login", next=request.full_path if request.method == "GET" else ""), 303)


def signed_in(view: View) -> View:
    """Any member of staff."""

    @wraps(view)
    def guarded(*args: Any, **kwargs: Any) -> Any:
        if not current_user.is_authenticated:
            return _to_login()
        return view(*args, **kwargs)

    guarded.access = Access("signed_in", "")  # type: ignore[attr-defined]
    return guarded  # type: ignore[return-value]


def requires(permission: str) -> Callable[[View], View]:
    """Staff who hold ``area:thing:action`` in the office they are working in."""

    def stamp(view: View) -> View:
        @wraps(view)
        def guarded(*args: Any, **kwargs: Any) -> Any:
            if not current_user.is_authenticated:
                return _to_login()
            if not current_user.may(permission):
                abort(403)
            return view(*args, **kwargs)

        guarded.access = Access("permission", permission)  # type: ignore[attr-defined]
        return guarded  # type: ignore[return-value]

    return stamp


def by_token(view: View) -> View:
    """A device with its bearer token; the view checks it (``portal.sync.envelope``)."""
    view.access = Access("device", "bearer token")  # type: ignore[attr-defined]
    return view


def views_without_access(app: Flask) -> list[str]:
    """Endpoints that do not say who may open them; the guard test and the start both refuse them."""
    return sorted({rule.endpoint for rule in app.url_map.iter_rules() if access_of(app, rule.endpoint) is None})


def access_of(app: Flask, endpoint: str) -> Access | None:
    found: Access | None = getattr(app.view_functions[endpoint], "access", None)
    return found
