"""What residents see: letters, promises and telephone lines, without login and without script, cacheable anywhere."""

import gzip
import hashlib
from collections import OrderedDict
from collections.abc import Callable
from datetime import date
from typing import Any

from flask import Blueprint, Response, abort, current_app, g, redirect, render_template, request, url_for
from flask_login import AnonymousUserMixin
from sqlalchemy.orm import Session

from portal.core import access, clock
from portal.core.db import db
from portal.core.i18n import LANGUAGES, Language, negotiate
from portal.core.pages import build, compress
from portal.public import pages, stamps
from portal.publishing import queries

bp = Blueprint("public", __name__)
SIZES = {"n": "normal", "l": "large", "xl": "largest"}
THEMES = {"l": "light", "d": "dark"}
FRESH = "public, max-age=60"
OPEN = "published for residents"
KEPT = 500  # made pages kept by a process, some 3 KB each


@bp.before_request
def _nobody() -> None:
    # Whoever reads is not asked who they are: the session is not touched, so no answer depends on a cookie.
    g._login_user = AnonymousUserMixin()
    g.for_anyone = True


@bp.after_request
def _small(answer: Response) -> Response:
    return compress(answer)


@bp.errorhandler(404)
def _missing(_: Exception) -> tuple[str, int]:
    if not getattr(g, "language", None):
        g.language = negotiate(request.accept_languages.values())
    return render_template("public/missing.html", **frame()), 404


def look() -> dict[str, Any]:
    """What the address asks for: ``size`` n, l or xl; ``theme`` l or d. What it does not name, the device decides."""
    asked = {"size": (request.args.get("size", ""), SIZES), "theme": (request.args.get("theme", ""), THEMES)}
    return {name: value for name, (value, known) in asked.items() if value in known}


def keep(endpoint: str, **values: Any) -> str:
    """An address of the public part that keeps text size and theme."""
    return url_for(endpoint, **look(), **values)


def frame(**here: Any) -> dict[str, Any]:
    """What the frame needs: the same page in other languages and sizes. ``here``: parameters of this address."""
    endpoint = request.endpoint or "public.home"
    usable = request.url_rule is not None and "language" in request.url_rule.arguments
    at = {k: v for k, v in (request.view_args or {}).items() if k != "language"} if usable else {}
    endpoint = endpoint if usable else "public.home"
    own = look()
    site = current_app.config["PORTAL"].public_url
    here = {**{k: v for k, v in here.items() if v}, **at}
    language = getattr(g, "language", LANGUAGES[0])
    return {
        "keep": keep,
        "size": SIZES[own.get("size", "n")],
        "theme": THEMES.get(own.get("theme", "")),
        "languages": [(x, url_for(endpoint, language=x, **here, **own)) for x in LANGUAGES],
        "alternates": [(x.tag, site + url_for(endpoint, language=x, **at)) for x in LANGUAGES],
        "canonical": site + url_for(endpoint, language=language, **at),
        "sizes": [(k, v, url_for(endpoint, language=language, **here, **own | {"size": k})) for k, v in SIZES.items()],
        "themes": [
            (k, v, url_for(endpoint, language=language, **here, **own | {"theme": k})) for k, v in THEMES.items()
        ],
        "site": site,
    }


def answer(render: Callable[[], str], *parts: object) -> Response:
    """The page, 304 where the reader has it already, or the page as it was made before from the same ``parts``.

    ``parts`` are all that the page depends on besides its address: what was made is kept under them and can never be stale.
    """
    told = repr((build(), request.full_path, [str(part) for part in parts]))
    tag = hashlib.sha256(told.encode("utf-8", "surrogatepass")).hexdigest()[:32]
    if request.if_none_match.contains_weak(tag):
        page = Response(status=304)
    else:
        kept: OrderedDict[str, bytes] = current_app.extensions.setdefault("public_pages", OrderedDict())
        if (small := kept.get(tag)) is None:
            small = kept[tag] = gzip.compress(render().encode("utf-8", "surrogatepass"), 6, mtime=0)
            while len(kept) > KEPT:
                kept.popitem(last=False)
        page = Response(mimetype="text/html")
        if "gzip" in request.accept_encodings:
            page.set_data(small)
            page.headers["Content-Encoding"] = "gzip"
        else:
            page.set_data(gzip.decompress(small))
    page.set_etag(tag, weak=True)
    page.headers["Cache-Control"] = FRESH
    return page


def _today(zone: str) -> date:
    return clock.day_at(clock.now(), zone)


def _session() -> Session:
    session: Session = db.session()
    return session


@bp.get("/")
@access.anyone("leads to the reader's language")
def start() -> Response:
    return _in_own_language("public.home")


@bp.get("/p/<public_id>")
@access.anyone("the address printed on paper, leads to the reader's language")
def printed(public_id: str) -> Response:
    if queries.public_publication(_session(), public_id) is None:
        abort(404)
    return _in_own_language("public.letter", public_id=public_id)


@bp.get("/verify")
@bp.get("/verify/<code>")
@bp.get("/verify/<code>/<int:version>")
@access.anyone("whoever holds a printed letter may ask whether it is right")
def verify_in_own_language(code: str = "", version: int | None = None) -> Response:
    return _in_own_language("public.verify", code=code or None, version=version)


def _in_own_language(endpoint: str, **values: Any) -> Response:
    language = negotiate(request.accept_languages.values())
    found = redirect(url_for(endpoint, language=language, **values), 302)
    found.headers["Vary"] = "Accept-Language"
    found.headers["Cache-Control"] = FRESH
    return Response(found.get_data(), found.status_code, found.headers)


@bp.get("/<language:language>/")
@access.anyone(OPEN)
def home(language: Language) -> Response:
    found = pages.communities(_session(), language)
    return answer(lambda: render_template("public/home.html", found=found, **frame()), found)


@bp.get("/<language:language>/<slug>/")
@access.anyone(OPEN)
def community(language: Language, slug: str) -> Response:
    session = _session()
    stamp = stamps.of_community(session, slug)
    if stamp is None:
        abort(404)
    return answer(
        lambda: render_template("public/community.html", page=pages.community(session, slug, language, _today), **frame()),
        stamp.state, _today(stamp.zone),
    )  # fmt: skip


@bp.get("/<language:language>/letters/<public_id>")
@access.anyone(OPEN)
def letter(language: Language, public_id: str) -> Response | tuple[str, int]:
    session = _session()
    stamp = stamps.of_letter(session, public_id)
    if stamp is None:
        abort(404)
    today = _today(stamp.zone)
    if not stamp.on_display(today):
        return render_template("public/gone.html", page=pages.gone(session, public_id, language), **frame()), 410
    return answer(
        lambda: render_template("public/letter.html", page=pages.letter(session, public_id, language, today), **frame()),
        stamp.state, today,
    )  # fmt: skip


@bp.get("/<language:language>/letters/<public_id>/letter.pdf")
@access.anyone(OPEN)
def pdf(language: Language, public_id: str) -> Response:
    session = _session()
    found = queries.public_publication(session, public_id)
    if found is None or not pages.is_on_display(found[0], _today(found[2].time_zone)):
        abort(404)
    edition = pages.edition_of(session, found[0], pages.script_for(language, found[0].source_script))
    if edition.pdf_sha256 is None:
        abort(404)
    file = Response(mimetype="application/pdf")
    file.set_etag(edition.pdf_sha256)
    file.headers["Cache-Control"] = FRESH
    file.headers["Content-Disposition"] = f'inline; filename="{public_id}-{edition.version}-{edition.script}.pdf"'
    if request.if_none_match.contains(edition.pdf_sha256):
        file.status_code = 304
    else:
        file.set_data(current_app.extensions["store"].read(edition.pdf_sha256))
    return file


@bp.get("/<language:language>/verify")
@bp.get("/<language:language>/verify/<code>")
@bp.get("/<language:language>/verify/<code>/<int:version>")
@access.anyone("whoever holds a printed letter may ask whether it is right")
def verify(language: Language, code: str = "", version: int | None = None) -> Response:
    asked = code or request.args.get("code", "")[:100]
    found = pages.verified(_session(), asked, version, language, _today) if asked else None
    return answer(
        lambda: render_template("public/verify.html", asked=asked, found=found, **frame(code=asked)),
        asked,
        version,
        found,
    )
