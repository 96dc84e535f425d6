"""The communication register as a list: declared sorts, filters, columns (OP-01; forms 3.2)."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from flask_login import current_user
from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import joinedload

from portal.accounts.models import Department
from portal.accounts.policy import policy_for
from portal.core.db import db
from portal.core.i18n import in_script
from portal.core.labels import LABELS, label
from portal.core.lists import Column, Filter, Listing, Reader, Sort, between, coded
from portal.domain.lives import SETTLED
from portal.domain.masking import masked_phone
from portal.households.addresses import address_of
from portal.households.listing import name_shown
from portal.households.models import Community, Household
from portal.opinions.deadlines import is_late
from portal.opinions.models import Contact, Opinion

STATES = {"open": _l("All open"), "late": _l("Late"), "ungrouped": _l("Open and in no issue")}


def place_of(opinion: Opinion) -> str:
    """Where it belongs: a household, or an estate."""
    if opinion.household is None:
        return in_script(opinion.community, "name")
    return address_of(opinion.household)


def person_of(opinion: Opinion) -> str:
    return name_shown(opinion.contact.person) if opinion.contact.person else ""


def _spoken(opinion: Opinion) -> list[str]:
    words = [opinion.content, opinion.case_number, opinion.contact.number or "", opinion.contact.person]
    home = opinion.household
    if home is not None:
        building = home.building
        words += [
            building.name_hans,
            building.name_hant,
            home.stair,
            home.room,
            f"{building.name_hans}{home.stair}单元{home.room}",
        ]
    return words


def _departments(reader: Reader) -> Sequence[tuple[str, Any]]:
    rows = db.session.scalars(
        select(Department).where(Department.office_id == reader.office_id).order_by(Department.position, Department.id)
    )
    return [(str(d.id), in_script(d, "name")) for d in rows]


def _communities(reader: Reader) -> Sequence[tuple[str, Any]]:
    rows = db.session.scalars(
        select(Community).where(Community.office_id == reader.office_id).order_by(Community.name_hans, Community.id)
    )
    return [(str(c.id), in_script(c, "name")) for c in rows]


def _state(value: str, reader: Reader) -> ColumnElement[bool]:
    if value == "open":
        return Opinion.status.not_in(SETTLED)
    if value == "late":
        policy = policy_for(db.session(), reader.office_id, on=reader.today)
        return is_late(policy, reader.today, reader.zone)
    if value == "ungrouped":
        return Opinion.status.not_in(SETTLED) & Opinion.issue_id.is_(None)
    raise ValueError(value)


def _channel(value: str, _: Reader) -> ColumnElement[bool]:
    return Opinion.contact_id.in_(select(Contact.id).where(Contact.channel == value))


def _scope(reader: Reader) -> ColumnElement[bool]:
    own = Opinion.office_id == reader.office_id
    if current_user.roles() <= {"department_head", "department_officer"}:
        return own & Opinion.department_id.in_(current_user.departments())
    return own


def _channels(_: Reader) -> Sequence[tuple[str, Any]]:
    return list(LABELS["channel"].items())


LISTING: Listing[Opinion] = Listing(
    name="opinions",
    model=Opinion,
    scope=_scope,
    sorts=(
        Sort("raised", _l("Raised"), (Opinion.raised_at,), descending=True),
        Sort("due", _l("Promised for"), (Opinion.due_on,), nullable=True),
    ),
    filters=(
        Filter("state", _l("State"), _state, lambda _: list(STATES.items())),
        coded("status", _l("Step"), Opinion.status, "opinion_status", indexed_with=("raised",)),
        coded("kind", _l("Kind"), Opinion.kind, "opinion_kind"),
        coded("category", _l("Category"), Opinion.category, "category"),
        Filter("department", _l("Department"), lambda v, _: Opinion.department_id == UUID(v), _departments),
        Filter("community", _l("Community"), lambda v, _: Opinion.community_id == UUID(v), _communities),
        Filter("channel", _l("Channel"), _channel, _channels),
        between("from", _l("From"), Opinion.raised_at, last=False, indexed_with=("raised",)),
        between("to", _l("To"), Opinion.raised_at, last=True, indexed_with=("raised",)),
    ),
    columns=(
        Column("number", _l("Number"), lambda o: o.case_number or o.contact.number or ""),
        Column("content", _l("Content"), lambda o: o.content, width=48),
        Column("place", _l("Room"), place_of, width=18),
        Column("person", _l("Resident"), person_of, shown=False),
        Column("phone", _l("Phone"), lambda o: masked_phone(o.contact.phone) if o.contact.phone else "", shown=False),
        Column("channel", _l("Channel"), lambda o: label("channel", o.contact.channel), shown=False),
        Column("kind", _l("Kind"), lambda o: label("opinion_kind", o.kind), narrow=False),
        Column("category", _l("Category"), lambda o: label("category", o.category) if o.category else "", narrow=False),
        Column("department", _l("Department"), lambda o: in_script(o.department, "name") if o.department else "", narrow=False),
        Column("status", _l("Step"), lambda o: label("opinion_status", o.status)),
        Column("round", _l("Round"), lambda o: o.round, shown=False),
        Column("raised", _l("Raised"), lambda o: o.raised_at, sort="raised", narrow=False),
        Column("due", _l("Promised for"), lambda o: o.due_on, sort="due"),
        Column("receiver", _l("Received by"), lambda o: o.receiver.name, shown=False),
        Column("answer", _l("Answer"), lambda o: o.answered_with, width=36, shown=False),
    ),
    search_kind="opinion",
    search_hint=_l("Number, room, name or words"),
    texts=_spoken,
    options=(
        joinedload(Opinion.contact),
        joinedload(Opinion.household).joinedload(Household.building),
        joinedload(Opinion.community),
        joinedload(Opinion.department),
        joinedload(Opinion.receiver),
    ),
)  # fmt: skip


def told_number(opinion: Opinion) -> str:
    """The number of the case, or that it has none yet."""
    return opinion.case_number or opinion.contact.number or gettext("without number")
