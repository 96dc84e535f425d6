"""The tablet's addresses: neutral shells that never look at a session, forms by their hash, the worker, the manifest."""

import json
from typing import Any

from flask import Blueprint, Response, abort, g, make_response, redirect, render_template, request, url_for

from portal.core import access, handbook
from portal.core.i18n import LANGUAGES, Language, negotiate
from portal.core.pages import asset, build, compress
from portal.domain.formspec import Document
from portal.domain.script.characters import characters as tables
from portal.field import forms, shells, words

bp = Blueprint("field", __name__, url_prefix="/field")

NEUTRAL = access.anyone("neutral shell: the same bytes whoever asks")


@bp.before_request
def _for_anyone() -> None:
    g.for_anyone = True


@bp.get("/")
@NEUTRAL
def start() -> Any:
    """Where no worker answers yet: on to the language that the browser asks for."""
    answer = redirect(shells.page_address(negotiate(request.accept_languages.values()), "today"), 302)
    answer.headers["Vary"] = "Accept-Language"
    return answer


@bp.get("/<language:language>/", defaults={"page": "today"})
@bp.get("/<language:language>/<any(household,visit,elevation,find,outbox,survey,enrol,unlock,pin,help):page>")
@NEUTRAL
def shell(language: Language, page: str) -> Response:
    """One page without its data."""
    more = {"chapters": handbook.ON_THE_TABLET} if page == "help" else {}
    return _with_etag(render_template(f"field/{page}.html", page=page, language=language, build=build(), **more))


@bp.get(f"/<language:language>/help/<any({','.join(each.slug for each in handbook.ON_THE_TABLET)}):chapter>")
@NEUTRAL
def help_chapter(language: Language, chapter: str) -> Response:
    """A chapter of the handbook, readable without a network."""
    text = handbook.text_of(language, chapter, lambda slug: shells.chapter_address(language, slug))
    return _with_etag(
        render_template(
            "field/help_chapter.html",
            page="help",
            language=language,
            build=build(),
            chapter=handbook.BY_SLUG[chapter],
            text=text,
            terms=handbook.terms() if chapter == "glossary" else (),
        )
    )


@bp.get("/sw.js")
@NEUTRAL
def worker() -> Response:
    """The service worker: the list of what it keeps, and the build it belongs to."""
    languages = [language.slug for language in LANGUAGES]
    text = render_template("field/sw.js", build=build(), addresses=shells.precache(), languages=languages)
    return _with_etag(text, "text/javascript")


@bp.get("/<language:language>/manifest.webmanifest")
@NEUTRAL
def manifest(language: Language) -> Response:
    """What makes it an app: one identity and one start for all languages."""
    icons = [
        {"src": asset("icon-192.png"), "sizes": "192x192", "type": "image/png", "purpose": "any maskable"},
        {"src": asset("icon-512.png"), "sizes": "512x512", "type": "image/png", "purpose": "any maskable"},
        {"src": asset("icon.svg"), "sizes": "any", "type": "image/svg+xml"},
    ]
    said = {
        "id": url_for("field.start"),
        "start_url": url_for("field.start"),
        "scope": url_for("field.start"),
        "name": words.app_name(),
        "short_name": words.short_name(),
        "lang": language.tag,
        "display": "standalone",
        "background_color": "#faf8f4",
        "theme_color": "#0b6b5b",
        "icons": icons,
    }
    return _with_etag(_json(said), "application/manifest+json")


@bp.get("/<language:language>/<build_id>/words.json")
@NEUTRAL
def words_json(language: Language, build_id: str) -> Response:
    """Every word that the scripts say, from the same catalogues as the pages."""
    said = words.catalogue() | {"forms": forms.index(), "current": forms.current()}
    return _immutable(build_id, _json(said), "application/json")


@bp.get("/<build_id>/characters.json")
@NEUTRAL
def characters(build_id: str) -> Response:
    """Both scripts folded into one, for searching."""
    index = tables().index
    said = {"from": "".join(map(chr, index)), "to": "".join(index.values())}
    return _immutable(build_id, _json(said), "application/json")


@bp.get("/<build_id>/forms/<form_hash>.json")
@NEUTRAL
def form_document(build_id: str, form_hash: str) -> Response:
    """The document itself, for the script that checks the answers."""
    return _immutable(build_id, _json(_document(form_hash).raw), "application/json")


@bp.get("/<language:language>/<build_id>/forms/<form_hash>/form")
@NEUTRAL
def form_shell(language: Language, build_id: str, form_hash: str) -> Response:
    """The empty form in one language."""
    document = _document(form_hash)
    text = render_template(
        "field/form/form.html", document=document, script=language.catalogue, base=_base(language, form_hash)
    )
    return _immutable(build_id, text)


@bp.get("/<language:language>/<build_id>/forms/<form_hash>/<group>")
@NEUTRAL
def form_fragment(language: Language, build_id: str, form_hash: str, group: str) -> Response:
    """One more member of a repeated group."""
    document = _document(form_hash)
    field = forms.group_of(document, group)
    if field is None:
        abort(404)
    text = render_template("field/form/member.html", document=document, group=field, script=language.catalogue)
    return _immutable(build_id, text)


def missing(code: int) -> tuple[str, int]:
    """Where the tablet's part has no such address: a shell too, so that it looks at no session either."""
    language = getattr(g, "language", None) or negotiate(request.accept_languages.values())
    g.language, g.for_anyone = language, True
    return render_template("field/missing.html", page="missing", language=language, build=build()), code


def _base(language: Language, form_hash: str) -> str:
    return url_for("field.form_shell", language=language, build_id=build(), form_hash=form_hash).removesuffix("form")


def _document(form_hash: str) -> Document:
    document = forms.by_hash(form_hash)
    if document is None:
        abort(404)
    return document


def _json(said: Any) -> str:
    return json.dumps(said, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def _immutable(build_id: str, text: str, kind: str = "text/html") -> Response:
    """Kept for good under the running build's name; under another build's name nothing is promised."""
    answer = make_response(text)
    answer.mimetype = kind
    fresh = build_id == build()
    answer.headers["Cache-Control"] = "public, max-age=31536000, immutable" if fresh else "no-cache"
    return compress(answer)


def _with_etag(text: str, kind: str = "text/html") -> Response:
    """Asked for anew each time, and answered with 304 where nothing changed."""
    answer = make_response(text)
    answer.mimetype = kind
    answer.headers["Cache-Control"] = "no-cache"
    answer.add_etag()
    answer.make_conditional(request)
    return compress(answer)
