"""A photo or signature as an answer: only pictures are shown, anything else would be a download."""

from flask import Response, abort, current_app

from portal.core.storage import Attachment

PICTURES = ("image/jpeg", "image/png", "image/webp")


def answer(picture: Attachment | None) -> Response:
    """The picture for whoever the caller let come so far; 404 where it is unknown or still on its way from the tablet."""
    store = current_app.extensions["store"]
    if picture is None or not picture.received_at or not store.has(picture.sha256):
        abort(404)
    shown = picture.type in PICTURES
    found = Response(store.read(picture.sha256), content_type=picture.type if shown else "application/octet-stream")
    found.headers["Content-Disposition"] = "inline" if shown else "attachment"
    found.headers["Cache-Control"] = "private, max-age=3600"
    found.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return found
