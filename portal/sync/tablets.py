"""The list of the office's tablets: whose each is, when it was last heard of, whether it still gets anything."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, or_
from sqlalchemy.orm import joinedload

from portal.accounts.devices import of_office
from portal.accounts.models import Device, Staff
from portal.core.labels import LABELS, label
from portal.core.lists import Column, Filter, Listing, Reader, Sort

SILENT_DAYS = 14  # a tablet in daily use is heard of daily; after two weeks somebody should ask where it is


def state_of(device: Device) -> str:
    """A code of ``device_state``: whether it still gets anything."""
    if device.revoked_at is not None:
        return "revoked"
    return "in_use" if device.staff.active else "left"


def _morning(day: date, zone: str) -> datetime:
    return datetime.combine(day, time.min, ZoneInfo(zone))


def _state(value: str, reader: Reader) -> ColumnElement[bool]:
    if value not in LABELS["device_state"]:
        raise ValueError(value)
    if value == "revoked":
        return Device.revoked_at.is_not(None)
    kept = Device.revoked_at.is_(None)
    if value == "left":
        return kept & Device.staff.has(Staff.active.is_(False))
    used = kept & Device.staff.has(Staff.active.is_(True))
    if value == "in_use":
        return used
    since = _morning(reader.today - timedelta(days=SILENT_DAYS), reader.zone)
    return used & or_(Device.seen_at < since, Device.seen_at.is_(None) & (Device.enrolled_at < since))


TABLETS: Listing[Device] = Listing(
    name="tablets",
    model=Device,
    scope=lambda reader: of_office(reader.office_id),
    sorts=(
        Sort("enrolled", _l("Enrolled"), (Device.enrolled_at,), descending=True),
        Sort("seen", _l("Last heard of"), (Device.seen_at,), descending=True, nullable=True),
        Sort("tablet", _l("Tablet"), (Device.name,)),
    ),
    filters=(Filter("state", _l("State"), _state, lambda _: list(LABELS["device_state"].items())),),
    columns=(
        Column("person", _l("Person"), lambda d: d.staff.name, width=16),
        Column("tablet", _l("Tablet"), lambda d: d.name, sort="tablet", width=24),
        Column("enrolled", _l("Enrolled"), lambda d: d.enrolled_at, sort="enrolled", narrow=False, width=18),
        Column("seen", _l("Last heard of"), lambda d: d.seen_at, sort="seen", width=18),
        Column("state", _l("State"), lambda d: label("device_state", state_of(d)), width=20),
        Column("revoked", _l("Revoked at"), lambda d: d.revoked_at, shown=False, width=18),
    ),
    search_hint=_l("Person or tablet"),
    texts=lambda d: [d.staff.name, d.staff.login, d.name],
    options=(joinedload(Device.staff),),
    few=True,
)
