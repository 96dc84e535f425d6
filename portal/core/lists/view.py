"""Lists behind an address: a page of one, and its export, which is a recorded act."""

from typing import Any

from flask import Response, abort, request, stream_with_context
from flask_login import current_user

from portal.core import audit, clock
from portal.core.db import db, writing
from portal.core.i18n import moment
from portal.core.lists.address import read_address
from portal.core.lists.declare import Listing, Reader
from portal.core.lists.export import export
from portal.core.lists.reading import fetch
from portal.core.pages import page_or_partial


def reader() -> Reader:
    """The signed-in person in the office they are working in; nobody without an office has a list."""
    if current_user.office_id is None:
        abort(404)
    zone = current_user.time_zone
    return Reader(current_user.office_id, zone, clock.day_at(clock.now(), zone))


def show(listing: Listing[Any], page: str, part: str, **context: Any) -> str:
    """The page of a list as its address asks for it; for htmx only the list."""
    who = reader()
    found = fetch(db.session(), listing, read_address(listing, who, request.args), who)
    return page_or_partial(page, part, listed=found, today=who.today, **context)


def send(listing: Listing[Any], kind: str) -> Response:
    """The list as a file, after it has been noted who took it (an export holds names)."""
    if kind not in ("xlsx", "csv"):
        abort(404)
    who = reader()
    asked = read_address(listing, who, request.form)
    at = clock.now()
    with writing() as session:
        audit.record(
            session, "desk:list:exported", current_user.id, office_id=who.office_id, by=current_user.id, at=at,
            list=listing.name, kind=kind, filters=sorted(key for key, _ in asked.chosen), searched=bool(asked.words),
        )  # fmt: skip
    file = export(db.session(), listing, asked, who, kind, by=current_user.name, at=at, told=moment)
    answer = Response(stream_with_context(iter(file.content)), content_type=file.type)
    answer.headers["Content-Disposition"] = f'attachment; filename="{file.name}"'
    return answer
