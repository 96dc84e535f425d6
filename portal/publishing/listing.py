"""The lists of letters and of promises."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from flask_babel import lazy_gettext as _l
from flask_login import current_user
from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import joinedload

from portal.accounts.models import Department
from portal.core.db import db
from portal.core.i18n import in_script
from portal.core.labels import label
from portal.core.lists import Column, Filter, Listing, Reader, Sort, coded
from portal.households.models import Community
from portal.publishing.commitments import LAPSES
from portal.publishing.models import Commitment, Publication, PublicationRow

DATED = ("date", "span", "recurring")
STATES = {"open": _l("Not done yet"), "late": _l("Late"), "verify": _l("Done, to be verified")}


def communities(reader: Reader) -> Sequence[tuple[str, Any]]:
    rows = db.session.scalars(
        select(Community).where(Community.office_id == reader.office_id).order_by(Community.name_hans, Community.id)
    )
    return [(str(c.id), in_script(c, "name")) for c in rows]


def departments(reader: Reader) -> Sequence[tuple[str, Any]]:
    rows = db.session.scalars(
        select(Department).where(Department.office_id == reader.office_id).order_by(Department.position, Department.id)
    )
    return [(str(d.id), in_script(d, "name")) for d in rows]


LETTERS: Listing[Publication] = Listing(
    name="letters",
    model=Publication,
    scope=lambda reader: Publication.office_id == reader.office_id,
    sorts=(Sort("made", _l("Begun"), (Publication.made_at,), descending=True),),
    filters=(
        coded("status", _l("State"), Publication.status, "publication_status", indexed_with=("made",)),
        coded("kind", _l("Kind"), Publication.kind, "publication_kind"),
        Filter("community", _l("Community"), lambda v, _: Publication.community_id == UUID(v), communities),
    ),
    columns=(
        Column("title", _l("Title"), lambda p: p.title, width=48),
        Column("kind", _l("Kind"), lambda p: label("publication_kind", p.kind), narrow=False),
        Column("community", _l("Community"), lambda p: in_script(p.community, "name"), narrow=False),
        Column("number", _l("Number"), lambda p: f"〔{p.year}〕{p.number}" if p.number else ""),
        Column("status", _l("State"), lambda p: label("publication_status", p.status)),
        Column("version", _l("Version"), lambda p: p.version, narrow=False),
        Column("made", _l("Begun"), lambda p: p.made_at, sort="made", narrow=False),
        Column("published", _l("Published"), lambda p: p.published_at, narrow=False),
    ),
    search_kind="publication",
    search_hint=_l("Words of the title"),
    texts=lambda p: [p.title],
    options=(joinedload(Publication.community),),
)


def _promises(reader: Reader) -> ColumnElement[bool]:
    """Promises that residents can read; a department sees its own."""
    out = Commitment.row_id.in_(
        select(PublicationRow.id)
        .join(Publication, Publication.id == PublicationRow.publication_id)
        .where(
            Publication.office_id == reader.office_id,
            Publication.public_version.is_not(None),
            PublicationRow.since_version <= Publication.public_version,
        )
    )
    own = (Commitment.office_id == reader.office_id) & (Commitment.text_hans != "") & out
    if current_user.roles() <= {"department_head", "department_officer"}:
        return own & Commitment.department_id.in_(current_user.departments())
    return own


def _state(value: str, reader: Reader) -> ColumnElement[bool]:
    if value == "open":
        return Commitment.status.in_(("open", "changed", "overdue"))
    if value == "late":
        late = Commitment.status.in_([*LAPSES, "overdue"]) & (Commitment.due_on < reader.today)
        return late & Commitment.due_kind.in_(DATED)
    if value == "verify":
        return Commitment.status == "done"
    raise ValueError(value)


PROMISES: Listing[Commitment] = Listing(
    name="promises",
    model=Commitment,
    scope=_promises,
    sorts=(Sort("due", _l("By when"), (Commitment.due_on,), nullable=True),),
    filters=(
        Filter("state", _l("State"), _state, lambda _: list(STATES.items())),
        coded("status", _l("Step"), Commitment.status, "commitment_status"),
        coded("actor", _l("Who does it"), Commitment.actor, "actor"),
        Filter("department", _l("Department"), lambda v, _: Commitment.department_id == UUID(v), departments),
    ),
    columns=(
        Column("text", _l("Promise"), lambda c: in_script(c, "text"), width=48),
        Column("letter", _l("Open letter"), lambda c: c.row.publication.title, width=36, narrow=False),
        Column("actor", _l("Who does it"), lambda c: label("actor", c.actor), narrow=False),
        Column("due", _l("By when"), lambda c: c.due_on, sort="due"),
        Column("first", _l("First promised for"), lambda c: c.first_due_on, shown=False),
        Column("status", _l("State"), lambda c: label("commitment_status", c.status)),
        Column("done", _l("Done on"), lambda c: c.done_on, shown=False),
        Column("outcome", _l("Outcome"), lambda c: in_script(c, "outcome"), width=36, shown=False),
    ),
    search_kind="commitment",
    search_hint=_l("Words of the promise"),
    texts=lambda c: [c.text_hans, c.text_hant],
    options=(joinedload(Commitment.row).joinedload(PublicationRow.publication), joinedload(Commitment.department)),
)
