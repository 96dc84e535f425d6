"""What every answer carries: security headers, cache rules, compression; assets by build; whole page or part."""

import gzip
import hashlib
from functools import lru_cache
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from flask import Flask, Response, abort, current_app, g, render_template, request, send_file, url_for
from flask.sessions import SecureCookieSessionInterface, SessionMixin

from portal.config import ROOT
from portal.core import access

CSP = (
    "default-src 'self'; img-src 'self' data: blob:; worker-src 'self'; connect-src 'self'; form-action 'self'; "
    "object-src 'none'; base-uri 'none'; frame-ancestors 'none'"
)
STATIC = ROOT / "static"
TYPES = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml", ".png": "image/png", ".webp": "image/webp", ".json": "application/json",
         ".webmanifest": "application/manifest+json", ".txt": "text/plain"}  # fmt: skip
COMPRESSED = ("text/", "application/json", "application/manifest+json", "image/svg+xml", "application/javascript")


@lru_cache(maxsize=1)
def build() -> str:
    """The hash of all assets, templates and catalogues: one name for one state of what a tablet keeps."""
    digest = hashlib.sha256()
    for folder in ("static", "templates", "translations", "portal/domain/forms", "docs/handbook"):
        for path in sorted((ROOT / folder).rglob("*")):
            if path.is_file() and not path.name.endswith((".pyc", ".pot")):
                digest.update(str(path.relative_to(ROOT)).encode())
                digest.update(path.read_bytes())
    return digest.hexdigest()[:12]


def asset(name: str) -> str:
    """The address of a file under ``static/`` in the running build."""
    return url_for("static_file", build_id=build(), name=name)


@lru_cache(maxsize=512)
def _compressed(path: Path, _: int) -> bytes:
    return gzip.compress(path.read_bytes(), 9, mtime=0)


def page_or_partial(page: str, partial: str, **context: Any) -> str:
    """The whole page, or for htmx the part it asked for; both are one markup at one address."""
    wants_part = request.headers.get("HX-Request") and not request.headers.get("HX-Boosted")
    return render_template(partial if wants_part else page, **context)


def link_to(endpoint: str, **values: Any) -> str | None:
    """An address, where the installation has that page; pages of lower features name those of higher ones this way."""
    return url_for(endpoint, **values) if endpoint in current_app.view_functions else None


def back_to(endpoint: str, *kept: str) -> str:
    """The address of a list, with those of its parameters that the reader came with, if it was this list they came from."""
    address = url_for(endpoint)
    came = urlsplit(request.referrer or "")
    query = dict(parse_qsl(came.query)) if came.path == address else {}
    found: dict[str, Any] = {name: query[name] for name in kept if name in query}
    return url_for(endpoint, **found)


class Sessions(SecureCookieSessionInterface):
    """Flask's sessions, but an answer marked ``g.for_anyone`` neither reads nor sets a cookie, so that it can be cached."""

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        if not g.get("for_anyone"):
            super().save_session(app, session, response)


def setup(app: Flask) -> None:
    """Headers on every answer, assets by build."""
    app.session_interface = Sessions()
    app.jinja_env.globals |= {"asset": asset, "link_to": link_to}

    @app.get("/static/<build_id>/<path:name>")
    @access.anyone("assets hold nothing personal")
    def static_file(build_id: str, name: str) -> Response:
        g.for_anyone = True
        path = (STATIC / name).resolve()
        if not path.is_relative_to(STATIC) or not path.is_file():
            abort(404)
        kind = TYPES.get(path.suffix, "application/octet-stream")
        if "gzip" in request.accept_encodings and kind.startswith(COMPRESSED):
            answer = Response(_compressed(path, path.stat().st_mtime_ns), mimetype=kind)
            answer.headers["Content-Encoding"] = "gzip"
            answer.headers["Vary"] = "Accept-Encoding"
        else:
            answer = send_file(path, mimetype=kind, etag=True)
        fresh = build_id == build()
        answer.headers["Cache-Control"] = "public, max-age=31536000, immutable" if fresh else "no-cache"
        return answer

    @app.after_request
    def _headers(answer: Response) -> Response:
        answer.headers.setdefault("Content-Security-Policy", CSP)
        answer.headers.setdefault("X-Content-Type-Options", "nosniff")
        answer.headers.setdefault("Referrer-Policy", "same-origin")
        answer.headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
        if app.config["SESSION_COOKIE_SECURE"]:
            answer.headers.setdefault("Strict-Transport-Security", "max-age=31536000")
        answer.headers.setdefault("Cache-Control", "no-store")
        return answer


def compress(answer: Response) -> Response:
    """Gzip one answer where the reader takes it; for public pages and ``/sync``, never for pages with a CSRF token."""
    answer.headers["Vary"] = ", ".join(filter(None, [answer.headers.get("Vary"), "Accept-Encoding"]))
    if (
        "gzip" not in request.accept_encodings
        or answer.direct_passthrough
        or "Content-Encoding" in answer.headers
        or not (answer.mimetype or "").startswith(COMPRESSED)
    ):
        return answer
    body = answer.get_data()
    if len(body) > 500:
        answer.set_data(gzip.compress(body, 6, mtime=0))
        answer.headers["Content-Encoding"] = "gzip"
    return answer
