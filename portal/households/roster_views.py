"""The roster pages: hand in a file, look over what was understood, watch it come in, see what was refused."""

import secrets
from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from flask import Blueprint, Response, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext
from flask_login import current_user
from werkzeug.wrappers import Response as AnyResponse

from portal.accounts.models import Office
from portal.core import access, clock, lists
from portal.core.db import db
from portal.core.i18n import in_script
from portal.core.jobs import Job
from portal.domain.refusals import Refused
from portal.domain.roster.layout import Layout
from portal.households import roster_import as rosters
from portal.households.communities import NewCommunity, communities_of, new_community
from portal.households.models import RosterImport
from portal.households.roster_files import take_in
from portal.households.roster_forms import NEW, LookOverForm, UploadForm, heading_ends
from portal.households.roster_lists import (
    IMPORTS,
    cells_of,
    community_shown,
    heading_of,
    masked,
    reasons_of,
    rows_of,
)
from portal.households.roster_reading import scratch
from portal.households.roster_returns import TYPES, note_taken, refused_file
from portal.households.roster_words import column_letter, note_words, reason_words, refusal_words, row_words, worded

bp = Blueprint("rosters", __name__, url_prefix="/desk/rosters")
IMPORT = "households:roster:import"


def _office() -> Office:
    office = db.session.get(Office, current_user.office_id) if current_user.office_id else None
    if office is None:
        abort(404)
    return office


def _import(import_id: UUID) -> RosterImport:
    found = db.session.get(RosterImport, import_id)
    if found is None or found.office_id != current_user.office_id:
        abort(404)
    return found


@bp.get("")
@access.requires(IMPORT)
def index() -> str:
    return lists.show(
        IMPORTS, "households/rosters/index.html", "households/rosters/_index.html", community_shown=community_shown
    )


@bp.post("/export")
@access.requires(IMPORT)
def export() -> Response:
    return lists.send(IMPORTS, request.form.get("kind", ""))


@bp.route("/new", methods=["GET", "POST"])
@access.requires(IMPORT)
def new() -> str | AnyResponse | tuple[str, int]:
    form = UploadForm()
    if form.validate_on_submit():
        try:
            import_id = _receive(form.file.data)
        except Refused as why:
            form.refuse(worded(why))
        else:
            return redirect(url_for(".show", import_id=import_id), 303)
    return render_template("households/rosters/new.html", form=form), 422 if request.method == "POST" else 200


def _receive(upload: Any) -> UUID:
    if not upload or not upload.filename:
        raise Refused("roster.no_file", "file")
    draft = scratch() / f"upload-{secrets.token_hex(8)}"
    try:
        take_in(upload.stream, draft)
        return rosters.receive(draft, upload.filename, _office(), by=current_user.id, at=clock.now())
    except Refused as why:
        raise Refused(why.code, "file", **why.params) from None
    finally:
        draft.unlink(missing_ok=True)


@bp.get("/<uuid:import_id>")
@access.requires(IMPORT)
def show(import_id: UUID) -> str:
    found = _import(import_id)
    if found.status == "uploaded":
        return _look_over(found, _form_of(found))
    if found.status in ("asked", "discarded"):
        return render_template("households/rosters/progress.html", **_progress(found))
    listing = rows_of(found)
    return lists.show(
        listing, "households/rosters/result.html", "households/rosters/_rows.html", found=found, row_words=row_words,
        cells_of=cells_of, layout=Layout.from_json(found.layout), refused=reasons_of(found, "refused"),
        doubtful=reasons_of(found, "doubtful"), community_shown=community_shown, notes=_notes(found),
        problem=refusal_words(*found.problem) if found.problem else "",
    )  # fmt: skip


@bp.get("/<uuid:import_id>/progress")
@access.requires(IMPORT)
def progress(import_id: UUID) -> str | AnyResponse | tuple[str, int, dict[str, str]]:
    """How far an import has come, for a page that asks every two seconds; anything else is sent to the page itself."""
    found = _import(import_id)
    if not request.headers.get("HX-Request"):
        return redirect(url_for(".show", import_id=import_id), 303)
    if found.status != "asked":
        return "", 200, {"HX-Refresh": "true"}
    return render_template("households/rosters/_progress.html", **_progress(found))


def _progress(found: RosterImport) -> dict[str, Any]:
    job = db.session.get(Job, found.job_id) if found.job_id else None
    return {
        "found": found,
        "community": community_shown(found),
        "total": found.source["rows"],
        "waiting": job is not None and job.status == "waiting" and not job.attempts,
        "stopped": job is not None and job.status == "failed",
    }


def _communities(office: Office) -> Sequence[tuple[str, str]]:
    return [(str(one.id), in_script(one, "name")) for one in communities_of(db.session(), office.id)]


def _form_of(found: RosterImport) -> LookOverForm:
    """The form as the import stands: what was understood, and where a person last wanted it to go."""
    layout = Layout.from_json(found.layout)
    known = _communities(_office())
    wanted = found.source.get("wanted") or {"community": known[0][0] if len(known) == 1 else "" if known else NEW}
    if wanted.get("first_handover"):
        wanted = wanted | {"first_handover": date.fromisoformat(wanted["first_handover"])}
    width = max([len(cells) for _, cells, *_ in found.preview] + [place + 1 for place in layout.columns] + [0])
    columns = [layout.columns.get(place, "") for place in range(width)]
    form = LookOverForm(
        formdata=None, sheet=found.source["sheet"], encoding=found.source["encoding"], header=heading_ends(layout),
        columns=columns, **wanted,
    )  # fmt: skip
    form.offer(found, known)
    return form


def _look_over(found: RosterImport, form: LookOverForm) -> str:
    layout = Layout.from_json(found.layout)
    return render_template(
        "households/rosters/look_over.html", found=found, form=form, layout=layout, notes=_notes(found), masked=masked,
        column_letter=column_letter, heading_of=heading_of, row_words=row_words, reason_words=reason_words,
        trial=found.source["trial"], confident=layout.confidence == "high",
    )  # fmt: skip


def _notes(found: RosterImport) -> list[str]:
    return [note_words(note) for note in (*found.source["notes"], *found.layout["notes"])]


@bp.post("/<uuid:import_id>/reading")
@access.requires(IMPORT)
def reading(import_id: UUID) -> AnyResponse | tuple[str, int]:
    """Read the file again with what was corrected."""
    found, form = _posted(import_id)
    if form.validate():
        try:
            _read_again(found, form)
        except Refused as why:
            form.refuse(worded(why))
        else:
            return redirect(url_for(".show", import_id=import_id), 303)
    return _look_over(_import(import_id), form), 422


@bp.post("/<uuid:import_id>/start")
@access.requires(IMPORT)
def start(import_id: UUID) -> AnyResponse | tuple[str, int]:
    found, form = _posted(import_id)
    if form.validate():
        try:
            where = _destination(form)
            if _read_again(found, form):
                flash(gettext("The file was read in another way. Please look it over before it is imported."), "wait")
                return redirect(url_for(".show", import_id=import_id), 303)
            rosters.begin(import_id, where, by=current_user.id, at=clock.now())
        except Refused as why:
            form.refuse(worded(why))
        else:
            return redirect(url_for(".show", import_id=import_id), 303)
    return _look_over(_import(import_id), form), 422


def _posted(import_id: UUID) -> tuple[RosterImport, LookOverForm]:
    found = _import(import_id)
    if found.status != "uploaded":
        abort(409)
    form = LookOverForm()
    form.offer(found, _communities(_office()))
    return found, form


def _read_again(found: RosterImport, form: LookOverForm) -> bool:
    """Take over what a person corrected; True where sheet, encoding or heading changed, so that columns are guessed anew."""
    layout = Layout.from_json(found.layout)
    header, sheet, encoding = form.header_rows(layout), form.sheet.data or "", form.encoding.data or ""
    handover = form.first_handover.data
    wanted = {
        "community": form.community.data, "name": form.name.data, "other_half": form.other_half.data,
        "first_handover": handover.isoformat() if handover else None,
    }  # fmt: skip
    other_file = (sheet, encoding) != (found.source["sheet"], found.source["encoding"])
    other = other_file or header != layout.header
    if other or form.fields() != dict(layout.columns):
        rosters.reread(
            found.id, _office(), sheet=sheet, encoding=encoding, header=None if other_file else header,
            columns=None if other else form.fields(), wanted=wanted,
        )  # fmt: skip
    return other


def _destination(form: LookOverForm) -> UUID | NewCommunity:
    if form.community.data == NEW:
        office = _office()
        today = clock.day_at(clock.now(), office.time_zone)
        return new_community(
            form.name.data or "", office, other_half=form.other_half.data or "",
            first_handover_on=form.first_handover.data, today=today,
        )  # fmt: skip
    if not form.community.data:
        raise Refused("community.choose", "community")
    return UUID(form.community.data)


@bp.post("/<uuid:import_id>/again")
@access.requires(IMPORT)
def again(import_id: UUID) -> AnyResponse:
    rosters.begin_again(_import(import_id).id, by=current_user.id, at=clock.now())
    return redirect(url_for(".show", import_id=import_id), 303)


@bp.post("/<uuid:import_id>/discard")
@access.requires(IMPORT)
def discard(import_id: UUID) -> AnyResponse:
    found = _import(import_id)
    if found.status != "uploaded":
        abort(409)
    rosters.discard(found.id, by=current_user.id, at=clock.now())
    flash(gettext("The roster was put away; nothing of it was imported."), "ok")
    return redirect(url_for(".index"), 303)


@bp.post("/<uuid:import_id>/rows")
@access.requires(IMPORT)
def export_rows(import_id: UUID) -> Response:
    return lists.send(rows_of(_import(import_id)), request.form.get("kind", ""))


@bp.post("/<uuid:import_id>/refused")
@access.requires(IMPORT)
def take_refused(import_id: UUID) -> Response:
    """The refused rows as a file to correct; who takes them is recorded."""
    found, kind = _import(import_id), request.form.get("kind", "")
    if kind not in TYPES:
        abort(404)
    note_taken(found, kind, by=current_user.id, at=clock.now())
    answer = Response(refused_file(db.session(), _import(import_id), kind), content_type=TYPES[kind])
    answer.headers["Content-Disposition"] = f'attachment; filename="refused-{str(import_id)[-6:]}.{kind}"'
    return answer
