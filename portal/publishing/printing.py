"""The letter for the board: an edition as PDF in its script, with the QR of its address, made by a job and kept."""

from collections.abc import Mapping
from datetime import date
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from flask import current_app, render_template
from flask_babel import gettext
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.core import clock
from portal.core.db import db, writing
from portal.core.documents.fonts import prepare_fonts
from portal.core.documents.pdf import render_pdf
from portal.core.documents.qr import qr_data_uri
from portal.core.i18n import day, speaking
from portal.core.labels import label
from portal.core.storage import Blob
from portal.publishing.halves import SCRIPTS
from portal.publishing.models import Commitment, Edition, Publication
from portal.publishing.telling import due_words, near_day, who

CATALOGUES = {"zh-Hans": "zh_Hans", "zh-Hant": "zh_Hant"}


def address_of(publication: Publication) -> str:
    """What the QR code holds, for ever: /p/<public id> at the installation's public address."""
    return f"{current_app.config['PORTAL'].public_url}/p/{publication.public_id}"


def html_of(session: Session, publication: Publication, edition: Edition) -> str:
    """The printed sheet's HTML, in the edition's own language; the caller speaks it."""
    texts = edition.texts
    address = address_of(publication)
    dated = date.fromisoformat(texts["dated"])
    commitments = {str(c.id): c for row in publication.rows for c in row.commitments}
    number = texts["number"]
    replaces = None
    if edition.version > 1:
        number = gettext("%(number)s (corrected)", number=number)
        before = [v for v in publication.versions if v.version < edition.version and v.published_at]
        if before:
            replaces = {"version": before[-1].version, "date": day(before[-1].published_at)}
    return render_template(
        "publishing/letter_pdf.html",
        lang=edition.script,
        number=number,
        date=day(dated),
        rows=[_row(n, row, commitments, dated) for n, row in enumerate(texts["rows"], 1)],
        lines=[
            {"name": label("line_kind", x["kind"]), "hours": x["hours"], "number": x["number"]} for x in texts["lines"]
        ],
        version=edition.version,
        replaces=replaces,
        posted_until=day(publication.take_down_on) if publication.take_down_on else "",
        content_hash=edition.content_sha256 or "",
        qr_data_uri=qr_data_uri(address),
        address=urlsplit(address).netloc + urlsplit(address).path,
        **{name: texts[name] for name in ("title", "salutation", "opening", "closing", "company", "office")},
    )


def _row(number: int, row: Mapping[str, Any], commitments: Mapping[str, Commitment], dated: date) -> dict[str, Any]:
    return {
        "no": number,
        "brief": row["brief"],
        "households": gettext("%(number)s households", number=row["households"]) if row["households"] else "",
        "explanation": row["explanation"],
        "measures": [_measure(m, commitments.get(m["id"]), dated) for m in row["measures"]],
    }


def _measure(measure: Mapping[str, Any], commitment: Commitment | None, dated: date) -> dict[str, str]:
    days = [date.fromisoformat(measure[k]) if measure[k] else None for k in ("due_from", "due_on")]
    done = commitment is not None and commitment.status in ("done", "verified", "declined")
    changed = commitment is not None and bool(commitment.changes)
    first = commitment.first_due_on if commitment else None
    return {
        "text": measure["text"],
        "actor": who(measure["actor"], measure["department"]),
        "completion": due_words(measure["due_kind"], days[0], days[1], dated),
        "state": commitment.status if commitment and done else "changed" if changed else "promised",
        "was": near_day(first, dated) if changed and first else "",
    }


def make_pdf(job_id: UUID, arguments: Any, cursor: int) -> tuple[int, bool]:
    """One slice: the PDF of one script, kept by its hash. Repeating it makes nothing twice (``core.jobs.Slice``)."""
    session = db.session()
    publication = session.get_one(Publication, UUID(arguments["publication"]))
    script = SCRIPTS[cursor]
    edition = session.scalars(
        select(Edition).where(
            Edition.publication_id == publication.id,
            Edition.version == arguments["version"],
            Edition.script == script,
        )
    ).one()
    if edition.pdf_sha256 is None:
        prepare_fonts()
        with speaking(CATALOGUES[script]):
            html = html_of(session, publication, edition)
        content = render_pdf(html, title=edition.texts["title"], lang=script)
        _keep(edition.id, publication.office_id, content)
    return cursor + 1, cursor + 1 == len(SCRIPTS)


def _keep(edition_id: UUID, office_id: UUID, content: bytes) -> None:
    sha256 = current_app.extensions["store"].put(content)
    with writing() as session:
        known = session.scalar(select(Blob.id).where(Blob.office_id == office_id, Blob.sha256 == sha256))
        if known is None:
            session.add(
                Blob(
                    office_id=office_id, sha256=sha256, size=len(content), type="application/pdf", received_at=clock.now()
                )
            )  # fmt: skip
        session.get_one(Edition, edition_id).pdf_sha256 = sha256
