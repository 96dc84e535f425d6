"""The list of visits and attempts: declared sorts, filters and columns."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import joinedload

from portal.accounts.holders import colleagues
from portal.accounts.models import Staff
from portal.core.db import db
from portal.core.i18n import in_script
from portal.core.labels import label
from portal.core.lists import Column, Filter, Listing, Reader, Sort, between, coded
from portal.households.addresses import address_of
from portal.households.listing import community_options, name_shown
from portal.households.models import Household
from portal.visits.models import Visit
from portal.visits.queries import texts

OCCURRED = ("occurred",)


def _scope(reader: Reader) -> ColumnElement[bool]:
    return Visit.office_id == reader.office_id


def _authors(reader: Reader) -> Sequence[tuple[str, Any]]:
    ids = colleagues(db.session(), reader.office_id)
    rows = db.session.scalars(select(Staff).where(Staff.id.in_(ids)).order_by(Staff.name, Staff.id))
    return [(str(row.id), row.name) for row in rows]


LISTING: Listing[Visit] = Listing(
    name="visits",
    model=Visit,
    scope=_scope,
    sorts=(
        Sort("occurred", _l("Date and time"), (Visit.occurred_at,), descending=True),
        Sort("received", _l("Received at"), (Visit.received_at,), descending=True),
    ),
    filters=(
        coded("status", _l("Status"), Visit.status, "visit_status", indexed_with=OCCURRED, rank=1),
        coded("outcome", _l("Outcome"), Visit.outcome, "outcome", indexed_with=OCCURRED),
        coded("type", _l("Kind of visit"), Visit.type, "visit_type"),
        Filter(
            "author", _l("Author"), lambda v, _: Visit.author_id == UUID(v), _authors, frozenset(OCCURRED), rank=2
        ),
        Filter(
            "community", _l("Community"), lambda v, _: Visit.community_id == UUID(v), community_options,
            frozenset(OCCURRED),
        ),
        between("from", _l("From"), Visit.occurred_at, last=False, indexed_with=OCCURRED),
        between("until", _l("Until"), Visit.occurred_at, last=True, indexed_with=OCCURRED),
    ),
    columns=(
        Column("occurred", _l("Date and time"), lambda v: v.occurred_at, sort="occurred", width=18),
        Column("address", _l("Room"), lambda v: address_of(v.household), width=18),
        Column("type", _l("Kind of visit"), lambda v: label("visit_type", v.type), narrow=False, width=16),
        Column("method", _l("Method"), lambda v: label("method", v.method), shown=False),
        Column("outcome", _l("Outcome"), lambda v: label("outcome", v.outcome)),
        Column("attempt", _l("Attempt"), lambda v: v.attempt or None, shown=False),
        Column("met", _l("Resident met"), lambda v: name_shown(v.met_name), shown=False),
        Column("satisfaction", _l("Satisfaction"), lambda v: label("satisfaction", v.satisfaction), shown=False),
        Column("opinions", _l("Opinions"), lambda v: v.opinion_count, narrow=False, number=True),
        Column("author", _l("Author"), lambda v: v.author.name, narrow=False, width=16),
        Column("second", _l("Second visitor"), lambda v: v.second.name if v.second else None, shown=False, width=16),
        Column("status", _l("Status"), lambda v: label("visit_status", v.status), width=20),
        Column("received", _l("Received at"), lambda v: v.received_at, sort="received", narrow=False, width=18),
        Column("community", _l("Community"), lambda v: in_script(v.household.community, "name"), shown=False, width=18),
        Column("revision", _l("Revision"), lambda v: v.revision, shown=False),
    ),
    search_kind="visit",
    search_hint=_l("Room, name, words of the record"),
    texts=texts,
    options=(
        joinedload(Visit.household).joinedload(Household.building),
        joinedload(Visit.household).joinedload(Household.community),
        joinedload(Visit.author),
        joinedload(Visit.second),
    ),
)  # fmt: skip
