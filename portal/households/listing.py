"""The list of households: declared sorts, filters and columns."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from flask_login import current_user
from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import selectinload

from portal.accounts.policy import policy_for
from portal.core.db import db
from portal.core.i18n import in_script
from portal.core.labels import label
from portal.core.lists import Column, Filter, Listing, Reader, Sort, coded
from portal.domain.masking import masked_name, masked_phone
from portal.households import words
from portal.households.addresses import address_of
from portal.households.models import Building, Community, Household, Resident
from portal.households.standing import conditions

NAMES = "households:name:read"


def living_here(household: Household) -> list[Resident]:
    """Those who live here now, the main contact first."""
    return [resident for resident in household.residents if resident.until is None]


def name_shown(name: str) -> str:
    """A resident's name as this reader may see it: whole for the office's own people, else masked."""
    return name if current_user.may(NAMES) else masked_name(name)


def _names(household: Household) -> str:
    return gettext(", ").join(name_shown(resident.name) for resident in living_here(household))


def _phones(household: Household) -> str:
    return gettext(", ").join(masked_phone(number) for r in living_here(household) for number in r.phones)


def community_options(reader: Reader) -> Sequence[tuple[str, Any]]:
    """The communities of the reader's office, for a filter."""
    rows = db.session.scalars(
        select(Community).where(Community.office_id == reader.office_id).order_by(Community.name_hans, Community.id)
    )
    return [(str(row.id), in_script(row, "name")) for row in rows]


def _buildings(reader: Reader) -> Sequence[tuple[str, Any]]:
    rows = db.session.scalars(
        select(Building)
        .where(Building.office_id == reader.office_id)
        .order_by(Building.community_id, Building.position, Building.code)
        .options(selectinload(Building.community))
    ).all()
    several = len({row.community_id for row in rows}) > 1
    return [
        (str(row.id), (f"{in_script(row.community, 'name')} " if several else "") + in_script(row, "name"))
        for row in rows
    ]


VISITS = {"overdue": _l("Overdue"), "due": _l("Due or overdue"), "never": _l("Never visited")}
OPINIONS = {"open": _l("With open opinions"), "none": _l("Without open opinions")}


def _visit_state(value: str, reader: Reader) -> ColumnElement[bool]:
    if value not in VISITS:
        raise ValueError(value)
    who = conditions(policy_for(db.session(), reader.office_id, on=reader.today), reader.today)
    return {"never": who.never, "overdue": who.overdue, "due": who.overdue | who.due_soon | who.never}[value]


def _opinion_state(value: str, _: Reader) -> ColumnElement[bool]:
    if value not in OPINIONS:
        raise ValueError(value)
    return Household.open_opinions > 0 if value == "open" else Household.open_opinions == 0


def _scope(reader: Reader) -> ColumnElement[bool]:
    return Household.office_id == reader.office_id


LISTING: Listing[Household] = Listing(
    name="households",
    model=Household,
    scope=_scope,
    sorts=(
        Sort("address", _l("Room"), (Household.community_id, Household.address_order)),
        Sort("visited", _l("Last visit"), (Household.last_visit_on,), nullable=True),
        Sort("opinions", _l("Open opinions"), (Household.open_opinions,), descending=True),
    ),
    filters=(
        Filter(
            "community",
            _l("Community"),
            lambda v, _: Household.community_id == UUID(v),
            community_options,
            frozenset({"address"}),
        ),
        Filter(
            "building",
            _l("Building"),
            lambda v, _: Household.building_id == UUID(v),
            _buildings,
            frozenset({"address"}),
            rank=1,
        ),
        coded("occupancy", _l("Occupancy"), Household.occupancy, "occupancy"),
        Filter("visit", _l("Visit"), _visit_state, lambda _: list(VISITS.items())),
        Filter("opinions", _l("Opinions"), _opinion_state, lambda _: list(OPINIONS.items()), frozenset({"opinions"})),
    ),
    columns=(
        Column("address", _l("Room"), address_of, sort="address", width=18),
        Column("names", _l("Residents"), _names, width=20),
        Column("phones", _l("Phone"), _phones, width=18, shown=False),
        Column("occupancy", _l("Occupancy"), lambda h: label("occupancy", h.occupancy), narrow=False),
        Column("tenure", _l("Tenure"), lambda h: label("tenure", h.tenure), narrow=False),
        Column("visited", _l("Last visit"), lambda h: h.last_visit_on, sort="visited"),
        Column("opinions", _l("Open opinions"), lambda h: h.open_opinions, sort="opinions", narrow=False, number=True),
        Column("community", _l("Community"), lambda h: in_script(h.community, "name"), width=18, shown=False),
        Column("building", _l("Building"), lambda h: in_script(h.building, "name"), shown=False),
        Column("stair", _l("Stair"), lambda h: h.stair, shown=False),
        Column("floor", _l("Floor"), lambda h: h.floor, shown=False),
        Column("number", _l("Room number"), lambda h: h.room, shown=False),
        Column("preference", _l("Contact preference"), lambda h: h.preference, width=24, shown=False),
        Column("quiet", _l("Quiet hours"), lambda h: h.quiet_hours, width=24, shown=False),
    ),
    search_kind=words.KIND,
    search_hint=_l("Room, name, end of the phone number"),
    texts=words.spoken,
    options=(selectinload(Household.residents), selectinload(Household.building), selectinload(Household.community)),
)
