"""The lists of campaigns and of a campaign's sample: declared sorts, filters and columns."""

from typing import Any
from uuid import UUID

from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import joinedload, selectinload

from portal.core.db import db
from portal.core.i18n import in_script
from portal.core.labels import LABELS, label
from portal.core.lists import Column, Filter, Listing, Reader, Sort, coded
from portal.households import words
from portal.households.addresses import address_of
from portal.households.listing import community_options
from portal.households.models import Building, Household
from portal.surveys.models import Campaign, SampleLine
from portal.surveys.queries import lines_by_household
from portal.surveys.service import KIND, campaign_words

CAMPAIGNS: Listing[Campaign] = Listing(
    name="surveys",
    model=Campaign,
    scope=lambda reader: Campaign.office_id == reader.office_id,
    sorts=(Sort("day", _l("Frame day"), (Campaign.frame_day,), descending=True),),
    filters=(
        Filter(
            "community", _l("Community"), lambda v, _: Campaign.community_id == UUID(v), community_options, frozenset({"day"})
        ),
        coded("status", _l("State"), Campaign.status, "campaign_status"),
    ),
    columns=(
        Column("title", _l("Title"), lambda c: c.title, width=30),
        Column("community", _l("Community"), lambda c: in_script(c.community, "name"), width=18),
        Column("status", _l("State"), lambda c: label("campaign_status", c.status)),
        Column("day", _l("Frame day"), lambda c: c.frame_day, sort="day"),
        Column("population", _l("Number of households"), lambda c: c.frame["population"], narrow=False),
        Column("share", _l("Share, per cent"), lambda c: c.share_percent, shown=False),
        Column("collect", _l("Collect by"), lambda c: c.collect_by),
    ),
    search_kind=KIND,
    search_hint=_l("Title, community"),
    texts=lambda c: campaign_words(c.title, c.community),
    options=(joinedload(Campaign.community),),
)  # fmt: skip

SAMPLE_KINDS = ("drawn", "certainty", "substitute")


def kind_of(line: SampleLine) -> str:
    """Why a household is in the sample."""
    return "certainty" if line.certainty else "substitute" if line.substitute else "drawn"


def sample_listing(campaign_id: UUID) -> Listing[Household]:
    """The households of a campaign's sample, found by room and name like any household."""
    lines: dict[UUID, SampleLine] = {}

    def line(household: Household) -> SampleLine:
        if not lines:
            lines.update(lines_by_household(db.session(), campaign_id))
        return lines[household.id]

    def among(*conditions: Any) -> ColumnElement[bool]:
        found: ColumnElement[bool] = Household.id.in_(
            select(SampleLine.household_id).where(
                SampleLine.campaign_id == campaign_id, SampleLine.status != "reserve", *conditions
            )
        )
        return found

    def by_status(value: str, _: Reader) -> ColumnElement[bool]:
        if value == "missing":
            return among(SampleLine.status != "returned", SampleLine.status != "moved")
        if value not in LABELS["sample_status"]:
            raise ValueError(value)
        return among(SampleLine.status == value)

    def by_kind(value: str, _: Reader) -> ColumnElement[bool]:
        if value not in SAMPLE_KINDS:
            raise ValueError(value)
        if value == "certainty":
            return among(SampleLine.certainty)
        return among(SampleLine.certainty.is_(False), SampleLine.substitute.is_(value == "substitute"))

    def due(value: str, reader: Reader) -> ColumnElement[bool]:
        if value not in ("today", "late"):
            raise ValueError(value)
        day = SampleLine.collect_on == reader.today if value == "today" else SampleLine.collect_on < reader.today
        return among(SampleLine.status == "issued", day)

    def buildings(reader: Reader) -> list[tuple[str, Any]]:
        rows = db.session.scalars(
            select(Building)
            .join(Campaign, Campaign.community_id == Building.community_id)
            .where(Campaign.id == campaign_id, Building.office_id == reader.office_id)
            .order_by(Building.position, Building.code)
        )
        return [(str(row.id), in_script(row, "name")) for row in rows]

    return Listing(
        name="sample",
        model=Household,
        scope=lambda reader: (Household.office_id == reader.office_id) & among(),
        sorts=(Sort("address", _l("Room"), (Household.community_id, Household.address_order)),),
        filters=(
            Filter(
                "status", _l("State"), by_status,
                lambda _: [("missing", _l("Still missing")), *LABELS["sample_status"].items()],
            ),
            Filter("building", _l("Building"), lambda v, _: Household.building_id == UUID(v), buildings),
            Filter("kind", _l("Why asked"), by_kind, lambda _: [(k, LABELS["sample_kind"][k]) for k in SAMPLE_KINDS]),
            Filter("due", _l("Collection"), due, lambda _: [("today", _l("Agreed for today")), ("late", _l("Agreed day passed"))]),
        ),
        columns=(
            Column("address", _l("Room"), address_of, sort="address", width=18),
            Column("code", _l("Code in the draw"), lambda h: h.unit_code, shown=False),
            Column("stratum", _l("Stratum"), lambda h: label_of_stratum(line(h)), narrow=False),
            Column("kind", _l("Why asked"), lambda h: label("sample_kind", kind_of(line(h))), narrow=False),
            Column("status", _l("State"), lambda h: label("sample_status", line(h).status)),
            Column("attempts", _l("Attempts"), lambda h: line(h).attempts, narrow=False),
            Column("handed", _l("Handed out"), lambda h: line(h).handed_at),
            Column("collect", _l("To be collected"), lambda h: line(h).collect_on),
            Column("returned", _l("Forms back"), lambda h: line(h).returned_at, narrow=False),
        ),
        search_kind=words.KIND,
        search_hint=_l("Room, name, end of the phone number"),
        texts=words.spoken,
        options=(selectinload(Household.residents), selectinload(Household.building), selectinload(Household.community)),
    )  # fmt: skip


def label_of_stratum(line: SampleLine) -> str:
    """The stratum's code; those who had to be covered were drawn from none."""
    return "—" if line.certainty else line.stratum
