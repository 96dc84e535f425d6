"""What the page of one visit shows beside the record: the chain as it stands, what changed since, what was remarked."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from flask import url_for
from flask_babel import gettext
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.accounts.actors import Actor
from portal.core.labels import LABELS, label
from portal.core.pages import back_to, link_to
from portal.core.storage import Attachment
from portal.domain.differences import differences
from portal.domain.formspec import Document
from portal.households.listing import living_here
from portal.households.models import Resident
from portal.signoff import queries
from portal.signoff.models import Approval, Bundle, BundleLine, Revision
from portal.signoff.queries import SignatureLine
from portal.visits.queries import VisitRecord
from portal.visits.record import Change, Names, Section, document_for, names_in, sections, told
from portal.visits.words import CORRECTION_OF


@dataclass(frozen=True)
class Link:
    """One link of the chain: done, now, or still to come; ``back``: here it was returned."""

    name: str
    note: str
    state: str  # done | now | next | back
    at: datetime | None = None


@dataclass(frozen=True)
class Decision:
    """A signature or a return with what changed in the record since."""

    line: SignatureLine
    since: list[Change]


@dataclass
class RecordPage:
    record: VisitRecord
    sections: list[Section]
    names: Names
    chain: list[Link]
    decisions: list[Decision]
    remarks: dict[str, str] = field(default_factory=dict)
    remarked_by: str = ""
    may_sign: bool = False
    why_not: str = ""
    fingerprint: str = ""
    place: tuple[int, int] | None = None
    bundle: Bundle | None = None
    before: UUID | None = None
    after: UUID | None = None

    @staticmethod
    def event_words(name: str) -> str:
        """What happened, in words."""
        return label("event", name) if name in LABELS["event"] else gettext("Changed")

    @property
    def inked(self) -> list[tuple[str, Attachment]]:
        """Who of the visitors signed, and what was drawn; of several the last."""
        drawn = {str(a.by_id): a for a in self.record.attachments if a.role == "staff_signature" and a.by_id}
        return [(self.names.of("staff", visitor), picture) for visitor, picture in drawn.items()]

    @property
    def living(self) -> list[Resident]:
        """Who lives in the household now."""
        return living_here(self.record.visit.household)


def of(session: Session, record: VisitRecord, reader: Actor, *, bundle_id: UUID | None) -> RecordPage:
    """Everything that the page of a record needs, for one reader."""
    bodies = queries.revisions_of(session, record.visit.id)
    names = names_in(session, record.visit, [record.visit.body, *(body for _, body in bodies)])
    document = correction_document(record)
    decisions = [
        Decision(line, told(document, line.changed_since, names, record.visit.body)) for line in record.signatures
    ]
    shown = RecordPage(
        record, sections(record.document, record.visit.body, names), names, _chain(session, record, reader), decisions
    )
    last = record.signatures[-1] if record.signatures else None
    if last is not None and last.decision == "returned":
        shown.remarks, shown.remarked_by = last.field_comments, last.name
    shown.may_sign, shown.why_not = _may_sign(record.approval, reader)
    shown.fingerprint = _fingerprint(session, record)
    if bundle_id is not None:
        _place_in_bundle(session, shown, reader, bundle_id)
    return shown


def correction_document(record: VisitRecord) -> Document:
    """The form that names every field a revision of this record can have."""
    form, _, _ = record.visit.form.partition("@")
    return document_for(f"{CORRECTION_OF[form]}@1")


def _may_sign(approval: Approval | None, reader: Actor) -> tuple[bool, str]:
    if approval is None or approval.status != "open" or not reader.may("signoff:record:sign"):
        return False, ""
    if approval.waiting_role not in reader.roles(approval.office_id):
        return False, ""
    if approval.author_id == reader.id:
        return False, gettext("You wrote this record, so somebody else signs it.")
    if not approval.complete:
        return False, gettext(
            "Photos or signatures are still on their way from the tablet; it can be signed when they are here."
        )
    return True, ""


def _chain(session: Session, record: VisitRecord, reader: Actor) -> list[Link]:
    approval = record.approval
    if approval is None:
        return []
    visit = record.visit
    handed_in = session.scalar(
        select(Revision.at).where(Revision.record_id == visit.id, Revision.n == approval.revision)
    )
    links = [Link(record.people.get(visit.author_id, ""), "", "done", handed_in)]
    signed = {line.step: line for line in record.signatures if line.revision == approval.revision}
    for step, role in enumerate(approval.chain, start=1):
        line = signed.get(step)
        if line is not None and line.decision == "signed":
            note = gettext("for %(name)s", name=line.for_name) if line.for_name else label("role", line.role)
            links.append(Link(line.name, note, "done", line.at))
        elif line is not None:
            links.append(Link(line.name, gettext("returned it"), "back", line.at))
        elif approval.status == "open" and step == approval.step:
            mine = approval.waiting_role in reader.roles(approval.office_id) and approval.author_id != reader.id
            links.append(
                Link(
                    label("role", approval.waiting_role or role), gettext("you") if mine else "", "now", approval.due_at
                )
            )
        else:
            links.append(Link(label("role", role), "", "next"))
    return links


def _fingerprint(session: Session, record: VisitRecord) -> str:
    found = queries.content_hash(session, record.visit.id, record.visit.revision)
    return f"{found[:4]} {found[4:8]}" if found else ""


def _place_in_bundle(session: Session, shown: RecordPage, reader: Actor, bundle_id: UUID) -> None:
    bundle = queries.bundle_of(session, reader, bundle_id)
    ids = [line.record_id for line in bundle.lines if not line.left_out] if bundle else []
    own = shown.record.visit.id
    if own in ids:
        at = ids.index(own)
        shown.bundle, shown.place = bundle, (at + 1, len(ids))
        shown.before = ids[at - 1] if at else None
        shown.after = ids[at + 1] if at + 1 < len(ids) else None


def onward(visit_id: UUID, bundle_id: UUID | None) -> str:
    """Where to go after a decision: the bundle one came from, else the inbox, else the record."""
    bundle = link_to("inbox.bundle", bundle_id=bundle_id) if bundle_id else None
    inbox = back_to("inbox.index", "show") if link_to("inbox.index") else None
    return bundle or inbox or url_for("visits.show", visit_id=visit_id)


@dataclass(frozen=True)
class Meanwhile:
    """What happened between reading a record and pressing the button."""

    record: VisitRecord
    seen: int
    changed: list[Change]
    decisions: Sequence[SignatureLine]


def meanwhile(session: Session, record: VisitRecord, seen: int) -> Meanwhile:
    """The difference between the revision that was seen and the present one, and who has decided on it."""
    bodies = dict(queries.revisions_of(session, record.visit.id))
    changed = differences(bodies.get(seen, {}), bodies.get(record.visit.revision, {})) if seen in bodies else []
    names = names_in(session, record.visit, bodies.values())
    return Meanwhile(
        record, seen, told(correction_document(record), changed, names, record.visit.body), record.signatures[-3:]
    )


def lines_of(session: Session, record_ids: Sequence[UUID]) -> set[UUID]:
    """Which of these records lie in a bundle at their present revision."""
    rows = session.scalars(
        select(BundleLine.record_id)
        .join(Approval, Approval.record_id == BundleLine.record_id)
        .where(
            BundleLine.record_id.in_(record_ids), BundleLine.left_out == "", BundleLine.revision == Approval.revision
        )
    )
    return set(rows)
