"""The one place that asks what time it is."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo


def now() -> datetime:
    """The present, in UTC, to the millisecond that the database keeps."""
    moment = datetime.now(UTC)
    return moment.replace(microsecond=moment.microsecond // 1000 * 1000)


def day_at(moment: datetime, zone: str) -> date:
    """The calendar day of ``moment`` in an office's time zone."""
    return moment.astimezone(ZoneInfo(zone)).date()
