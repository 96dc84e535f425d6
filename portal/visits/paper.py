"""The visit record as a sheet of paper (业主走访记录表): its words from the record, its layout from the print template."""

import base64
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask import current_app, render_template
from flask_babel import gettext
from sqlalchemy.orm import Session

from portal.accounts.models import Office
from portal.core.documents.pdf import render_pdf
from portal.core.i18n import current_language, day, in_script, moment
from portal.core.labels import LABELS, label
from portal.core.storage import Attachment
from portal.domain.masking import masked_phone
from portal.households.addresses import address_of
from portal.households.listing import living_here, name_shown
from portal.signoff import queries
from portal.visits.queries import VisitRecord
from portal.visits.record import Names, Part, names_in, sections

PHOTOS_MOST = 9


@dataclass(frozen=True)
class Paper:
    name: str
    content: bytes


def record_pdf(session: Session, record: VisitRecord) -> Paper:
    """The PDF of a record in the reader's language. Raises ``DocumentFailed``."""
    context = context_of(session, record)
    html = render_template("visits/record_pdf.html", **context)
    return Paper(f"{context['number']}.pdf", render_pdf(html, title=context["title"], lang=context["lang"]))


def context_of(session: Session, record: VisitRecord) -> dict[str, Any]:
    """What ``visits/record_pdf.html`` asks for."""
    visit, body = record.visit, record.visit.body
    names = names_in(session, visit, [body])
    office = session.get_one(Office, visit.office_id)
    read = {entry.key: entry for section in sections(record.document, body, names) for entry in section.entries}
    resident = next((r for r in living_here(visit.household) if str(r.id) == body.get("resident")), None)

    def text(key: str) -> str:
        return read[key].text if key in read else ""

    next_contact = gettext(", ").join(
        filter(None, (text(k) for k in ("next_contact_on", "next_contact_at", "next_contact_by")))
    )
    return {
        "lang": current_language().tag, "title": gettext("Visit record"), "office": in_script(office, "name"),
        "community": in_script(visit.household.community, "name"), "number": number_of(record), "form_code": visit.form,
        "revision": gettext("Revision %(number)s", number=visit.revision),
        "content_hash": _hash(session, record), "household": address_of(visit.household),
        "resident": name_shown(visit.met_name) or "—", "relation": text("relation"),
        "phone": masked_phone(resident.phone) if resident else "", "when": moment(visit.occurred_at),
        "visitors": [record.people.get(visit.author_id, "")] + ([visit.second.name] if visit.second else []),
        "related": text("reference"), "outcome": _outcome(record),
        "types": list(LABELS["visit_type"].items()), "type": visit.type,
        "methods": list(LABELS["method"].items()), "method": visit.method,
        "grades": list(LABELS["satisfaction"].items()), "satisfaction": visit.satisfaction or "",
        "briefing": text("reported") or text("briefing"), "next_contact": next_contact or text("again_on"),
        "opinions": [_opinion(part) for part in (read["opinions"].parts if "opinions" in read else ())],
        "measures": _lines(m.action for o in record.opinions for m in o.measures),
        "completion": _lines(f"{day(m.done_on)} {m.result}" for o in record.opinions for m in o.measures if m.done_on),
        "revisit": _lines(f"{gettext('Satisfied') if c.satisfied else gettext('Not satisfied')} {c.remark}" for o in record.opinions for c in o.checks),
        "photos": [{"picture": uri, "caption": day(visit.occurred_at)} for a in _photos(record) if (uri := _picture(a))],
        "resident_signature": _resident_signature(record), "unsigned_because": text("no_signature_because") or "—",
        "visitor_signatures": _visitor_signatures(record, names), "signoffs": _signoffs(record),
    }  # fmt: skip


def number_of(record: VisitRecord) -> str:
    """The number on paper: the register's, else the end of the record's id."""
    return record.contact.number or f"{record.visit.occurred_at:%Y%m%d}-{record.visit.id.hex[-6:]}"


def _hash(session: Session, record: VisitRecord) -> str:
    return queries.content_hash(session, record.visit.id, record.visit.revision) or ""


def _lines(texts: Any) -> str:
    return "\n".join(texts)


def _outcome(record: VisitRecord) -> str:
    visit = record.visit
    words = label("outcome", visit.outcome)
    return words + " " + gettext("(attempt %(number)s)", number=visit.attempt) if visit.attempt > 1 else words


def _opinion(part: Part) -> dict[str, str]:
    found = {entry.key: entry.text for entry in part.entries}
    return {
        "number": found.get("case_number", ""), "kind": found.get("kind", ""), "category": found.get("category", ""),
        "department": found.get("department", ""), "place": found.get("part", ""), "content": found.get("content", ""),
        "answer": found.get("answered_with", ""),
    }  # fmt: skip


def _picture(attachment: Attachment) -> str | None:
    """A picture as a data URI; what the PDF library cannot read, or what is not here, is left out."""
    store = current_app.extensions["store"]
    if (
        attachment.type not in ("image/jpeg", "image/png")
        or not attachment.received_at
        or not store.has(attachment.sha256)
    ):
        return None
    return f"data:{attachment.type};base64,{base64.b64encode(store.read(attachment.sha256)).decode()}"


def _photos(record: VisitRecord) -> Sequence[Attachment]:
    return [a for a in record.attachments if a.role == "photo"][:PHOTOS_MOST]


def _resident_signature(record: VisitRecord) -> dict[str, Any] | None:
    signature = record.attachment(record.visit.body.get("resident_signature") or "")
    if signature is None:
        return None
    return {
        "name": name_shown(record.visit.met_name),
        "picture": _picture(signature),
        "date": day(record.visit.occurred_at),
    }


def _visitor_signatures(record: VisitRecord, names: Names) -> list[dict[str, Any]]:
    drawn = {str(a.by_id): a for a in record.attachments if a.role == "staff_signature" and a.by_id}
    return [
        {
            "role": gettext("Visitor"), "name": names.of("staff", visitor), "date": day(record.visit.occurred_at),
            "picture": _picture(drawn[visitor]) if visitor in drawn else None,
        }
        for visitor in record.visit.body.get("visitors") or ()
    ]  # fmt: skip


def _signoffs(record: VisitRecord) -> list[dict[str, Any]]:
    return [
        {
            "role": label("role", line.role), "name": line.name, "decision": label("decision", line.decision),
            "comment": line.comment, "date": moment(line.at),
        }
        for line in record.signatures
        if line.revision == record.visit.revision
    ]  # fmt: skip
