"""Two lists for the office: facts that were not applied, and arrivals that could not become facts."""

from uuid import UUID

from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement

from portal.accounts.models import Staff
from portal.core.db import db
from portal.core.facts import Fact, FactOther
from portal.core.labels import label
from portal.core.lists import Column, Filter, Listing, Reader, Sort, between, coded
from portal.sync.office import OPEN, in_words

RECEIVED = ("received",)
UNREAD = ("unreadable", "text", "wrong_hash", "conflict")


def author(staff_id: UUID | None) -> str:
    """Who sent it; the session remembers whom it has met."""
    staff = db.session.get(Staff, staff_id) if staff_id else None
    return staff.name if staff else "—"


def why(row: Fact | FactOther) -> str:
    """The first reason, in words."""
    words = in_words(row.problems)
    return words[0] if words else "—"


def kind_words(kind: str) -> str:
    """What kind of record, in words; an unknown one as it calls itself."""
    try:
        return label("fact_kind", kind)
    except KeyError:
        return kind


def _facts(reader: Reader) -> ColumnElement[bool]:
    return (Fact.office_id == reader.office_id) & Fact.status.in_(OPEN)


def _state(value: str, _: Reader) -> ColumnElement[bool]:
    if value not in OPEN:
        raise ValueError(value)
    return Fact.status == value


FACTS: Listing[Fact] = Listing(
    name="facts",
    model=Fact,
    scope=_facts,
    sorts=(
        Sort("received", _l("Received at"), (Fact.received_at,), descending=True),
        Sort("occurred", _l("Happened"), (Fact.occurred_at,), descending=True),
    ),
    filters=(
        Filter(
            "state", _l("State"), _state, lambda _: [(s, label("fact_status", s)) for s in OPEN], frozenset(RECEIVED)
        ),
        coded("kind", _l("Kind of record"), Fact.kind, "fact_kind"),
        between("from", _l("From"), Fact.received_at, last=False, indexed_with=RECEIVED),
        between("until", _l("Until"), Fact.received_at, last=True, indexed_with=RECEIVED),
    ),
    columns=(
        Column("received", _l("Received at"), lambda f: f.received_at, sort="received", width=18),
        Column("kind", _l("Kind of record"), lambda f: kind_words(f.kind)),
        Column("author", _l("Sent by"), lambda f: author(f.staff_id), width=16),
        Column("occurred", _l("Happened"), lambda f: f.occurred_at, sort="occurred", narrow=False, width=18),
        Column("state", _l("State"), lambda f: label("fact_status", f.status), width=20),
        Column("why", _l("Reason"), why, narrow=False, width=40),
    ),
)


def _arrivals(reader: Reader) -> ColumnElement[bool]:
    open_ones: ColumnElement[bool] = FactOther.decision.is_(None)
    return (FactOther.office_id == reader.office_id) & open_ones & FactOther.reason.in_(UNREAD)


ARRIVALS: Listing[FactOther] = Listing(
    name="arrivals",
    model=FactOther,
    scope=_arrivals,
    sorts=(Sort("received", _l("Received at"), (FactOther.received_at,), descending=True),),
    filters=(
        coded("reason", _l("Reason"), FactOther.reason, "arrival_reason"),
        between("from", _l("From"), FactOther.received_at, last=False, indexed_with=RECEIVED),
        between("until", _l("Until"), FactOther.received_at, last=True, indexed_with=RECEIVED),
    ),
    columns=(
        Column("received", _l("Received at"), lambda o: o.received_at, sort="received", width=18),
        Column("author", _l("Sent by"), lambda o: author(o.staff_id), width=16),
        Column("reason", _l("Reason"), lambda o: label("arrival_reason", o.reason), width=24),
        Column("size", _l("Bytes"), lambda o: len(o.raw), narrow=False),
    ),
)
