"""Estates and who lives there."""

import re
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.core.db import Json, Model
from portal.core.ids import new_id


class Community(Model):
    """An estate. ``first_handover_on`` decides the sample share (SV-03); unknown until somebody says it."""

    __tablename__ = "community"
    __table_args__ = (UniqueConstraint("office_id", "name_hans"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    office_id: Mapped[UUID] = mapped_column(ForeignKey("office.id"))
    slug: Mapped[str] = mapped_column(unique=True)  # in public addresses
    name_hans: Mapped[str]
    name_hant: Mapped[str]
    name_checked: Mapped[bool] = mapped_column(default=True)  # False: one half was converted by machine
    script: Mapped[str] = mapped_column(default="zh-Hans")
    first_handover_on: Mapped[date | None]
    handover_proposed: Mapped[bool] = mapped_column(default=False)  # taken from the earliest move-in, not confirmed

    buildings: Mapped[list["Building"]] = relationship(order_by="Building.position, Building.code")


class Building(Model):
    __tablename__ = "building"
    __table_args__ = (UniqueConstraint("community_id", "code"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    office_id: Mapped[UUID] = mapped_column(ForeignKey("office.id"))
    community_id: Mapped[UUID] = mapped_column(ForeignKey("community.id"))
    code: Mapped[str]
    name_hans: Mapped[str]
    name_hant: Mapped[str]
    position: Mapped[int] = mapped_column(default=0)

    community: Mapped[Community] = relationship(back_populates="buildings")


_DIGITS = re.compile(r"\d+")


def natural(address_key: str) -> str:
    """An address as it is put in order: 2 before 10, 901 before 1001. Runs of digits are padded to six."""
    return _DIGITS.sub(lambda run: run[0].zfill(6), address_key)


def _natural(context: Any) -> str:
    return natural(context.get_current_parameters()["address_key"])


class Household(Model):
    """One dwelling, shop or firm. ``last_visit_on`` and ``open_opinions`` are kept beside, so that lists need no sums."""

    __tablename__ = "household"
    __table_args__ = (
        UniqueConstraint("community_id", "address_key"),
        Index("ix_household_office", "office_id", "id"),
        Index("ix_household_building", "building_id", "stair", "floor", "room"),
        Index("ix_household_address", "office_id", "community_id", "address_order", "id"),
        Index("ix_household_building_address", "office_id", "building_id", "community_id", "address_order", "id"),
        Index("ix_household_visited", "office_id", "last_visit_on", "id"),
        Index("ix_household_opinions", "office_id", "open_opinions", "id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    office_id: Mapped[UUID] = mapped_column(ForeignKey("office.id"))
    community_id: Mapped[UUID] = mapped_column(ForeignKey("community.id"))
    building_id: Mapped[UUID] = mapped_column(ForeignKey("building.id"))
    stair: Mapped[str] = mapped_column(default="")
    floor: Mapped[int | None]
    floor_guessed: Mapped[bool] = mapped_column(default=False)
    room: Mapped[str]
    address_key: Mapped[str]
    address_order: Mapped[str] = mapped_column(default=_natural)  # ``natural`` of the key, for lists
    unit_code: Mapped[str] = mapped_column(unique=True)  # opaque, for draws that are published
    kind: Mapped[str] = mapped_column(default="dwelling")  # dwelling | shop | firm
    occupancy: Mapped[str] = mapped_column(default="occupied")  # occupied | renovating | vacant
    tenure: Mapped[str | None]  # own | let
    permanent: Mapped[bool] = mapped_column(default=True)
    key: Mapped[bool] = mapped_column(default=False)
    area_hundredths: Mapped[int | None]  # hundredths of a square metre
    moved_in: Mapped[date | None]
    moved_in_precision: Mapped[str | None]  # day | month | year
    preference: Mapped[str] = mapped_column(default="")
    quiet_hours: Mapped[str] = mapped_column(default="")
    remark: Mapped[str] = mapped_column(default="")
    assumed: Mapped[Any] = mapped_column(Json, default=list)  # fields that hold a default because nobody has said them
    revision: Mapped[int] = mapped_column(default=1)
    last_visit_on: Mapped[date | None]
    open_opinions: Mapped[int] = mapped_column(default=0)

    community: Mapped[Community] = relationship()
    building: Mapped[Building] = relationship()
    residents: Mapped[list["Resident"]] = relationship(order_by="Resident.position")


class Resident(Model):
    """A person of a household; ``until`` set: no longer (kept, and not shown to who came after, OP-09)."""

    __tablename__ = "resident"
    __table_args__ = (
        Index("ix_resident_household", "household_id", "position"),
        Index("ix_resident_phone", "phone_tail"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    office_id: Mapped[UUID] = mapped_column(ForeignKey("office.id"))
    household_id: Mapped[UUID] = mapped_column(ForeignKey("household.id"))
    name: Mapped[str]
    name_key: Mapped[str]
    relation: Mapped[str] = mapped_column(default="owner")  # owner | tenant | family | proxy | contact
    phone: Mapped[str] = mapped_column(default="")
    phone_tail: Mapped[str] = mapped_column(default="")  # last four digits
    more_phones: Mapped[Any] = mapped_column(Json, default=list)  # further numbers, in the order they were told
    language: Mapped[str] = mapped_column(default="")
    since: Mapped[date | None]
    until: Mapped[date | None]
    position: Mapped[int] = mapped_column(default=0)

    @property
    def phones(self) -> list[str]:
        """All numbers, the main one first."""
        return [number for number in (self.phone, *self.more_phones) if number]


class RosterImport(Model):
    """One roster file: what was understood of it, how far its import has come, and how many rows came to what.

    ``position`` is the last line that is done, ``carried`` what merged cells above it say; both move in the transaction
    that writes the rows, so that no row is ever taken twice. ``source`` tells of the file: format, encoding, sheets, rows,
    notes. ``preview`` holds its first rows until it is imported. ``reasons`` counts by code. ``problem``: why it failed.
    """

    __tablename__ = "roster_import"
    __table_args__ = (Index("ix_roster_import_office", "office_id", "asked_at", "id"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    office_id: Mapped[UUID] = mapped_column(ForeignKey("office.id"))
    community_id: Mapped[UUID | None] = mapped_column(ForeignKey("community.id"))
    filename: Mapped[str]
    sha256: Mapped[str]
    source: Mapped[Any] = mapped_column(Json)
    layout: Mapped[Any] = mapped_column(Json)
    preview: Mapped[Any] = mapped_column(Json, default=list)
    status: Mapped[str] = mapped_column(default="uploaded")  # uploaded | asked | done | failed | discarded
    job_id: Mapped[UUID | None] = mapped_column(ForeignKey("job.id"))
    by_id: Mapped[UUID | None] = mapped_column(ForeignKey("staff.id"))
    asked_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]
    position: Mapped[int] = mapped_column(default=0)
    carried: Mapped[Any] = mapped_column(Json, default=dict)
    read: Mapped[int] = mapped_column(default=0)
    imported: Mapped[int] = mapped_column(default=0)
    merged: Mapped[int] = mapped_column(default=0)
    refused: Mapped[int] = mapped_column(default=0)
    doubtful: Mapped[int] = mapped_column(default=0)
    reasons: Mapped[Any] = mapped_column(Json, default=dict)
    problem: Mapped[Any] = mapped_column(Json, nullable=True)

    community: Mapped[Community | None] = relationship()


class RosterRow(Model):
    """What is to be said of one row: why it was refused, or one thing that is doubtful about it, with its cells.

    ``carried`` holds by field what merged cells above say for it; it is needed to hand the row back whole.
    """

    __tablename__ = "roster_row"
    __table_args__ = (
        UniqueConstraint("import_id", "line", "code"),
        Index("ix_roster_row_line", "import_id", "line", "id"),
        Index("ix_roster_row_code", "import_id", "code", "line", "id"),
        Index("ix_roster_row_outcome", "import_id", "outcome", "line", "id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    office_id: Mapped[UUID] = mapped_column(ForeignKey("office.id"))
    import_id: Mapped[UUID] = mapped_column(ForeignKey("roster_import.id"))
    line: Mapped[int]
    outcome: Mapped[str]  # refused | doubtful
    code: Mapped[str]
    params: Mapped[Any] = mapped_column(Json, default=dict)
    cells: Mapped[Any] = mapped_column(Json)
    carried: Mapped[Any] = mapped_column(Json, default=dict)
