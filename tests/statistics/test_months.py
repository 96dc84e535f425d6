"""Opinions and visits month by month: each in the month of the office's own clock, of the whole office or of one community."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from uuid import UUID

import pytest

from portal.core.db import db, writing
from portal.core.ids import new_id
from portal.opinions.models import Contact, Opinion
from portal.statistics import months
from tests.client import PortalClient
from tests.factories import Estate

SignIn = Callable[[str], PortalClient]
ZONE, TODAY = "Asia/Shanghai", date(2026, 3, 5)


def raised(
    estate: Estate, at: datetime, kind: str = "repair", status: str = "assigned", *, community: bool = True
) -> None:
    """An opinion as an office has it, raised at a moment; of the estate's community, unless it is of another."""
    with writing() as session:
        contact = Contact(
            id=new_id(), office_id=estate.office_id, channel="phone", staff_id=estate.staff["front_desk"], occurred_at=at,
            received_at=at,
        )  # fmt: skip
        session.add(contact)
        session.flush()
        session.add(
            Opinion(
                office_id=estate.office_id, community_id=estate.community_id, contact_id=contact.id, kind=kind, content="灯不亮",
                status=status, receiver_id=estate.staff["front_desk"], raised_at=at,
            )
        )  # fmt: skip


def of(estate: Estate, community_id: UUID | None = None) -> months.Year:
    return months.year(db.session(), estate.office_id, ZONE, TODAY, community_id)


def test_twelve_months_end_with_this_one() -> None:
    days = months.first_days(TODAY)
    assert (len(days), days[0], days[-1]) == (12, date(2025, 4, 1), date(2026, 3, 1))
    assert months.first_days(date(2026, 12, 31), 2) == [date(2026, 11, 1), date(2026, 12, 1)]


def test_a_month_begins_at_midnight_of_the_office_and_not_of_the_server(estate: Estate) -> None:
    raised(estate, datetime(2026, 2, 28, 15, 59, tzinfo=UTC))  # 23:59 in the office
    raised(estate, datetime(2026, 2, 28, 16, 1, tzinfo=UTC))  # 00:01 of 1 March
    kinds = of(estate).kinds
    repairs = [row[kinds.series.index("repair")] for row in kinds.rows]
    assert repairs[-2:] == [1, 1] and sum(repairs) == 2


def test_what_is_older_than_twelve_months_is_left_out(estate: Estate) -> None:
    raised(estate, datetime(2025, 3, 31, 15, 0, tzinfo=UTC))
    raised(estate, datetime(2025, 3, 31, 17, 0, tzinfo=UTC))  # 1 April in the office
    assert of(estate).kinds.total == 1 and sum(of(estate).kinds.rows[0]) == 1


def test_the_share_of_settled_ones_has_all_of_them_below_the_line(estate: Estate) -> None:
    for status in ("satisfied", "never", "not_yet", "assigned", "received"):
        raised(estate, datetime(2026, 3, 2, 4, tzinfo=UTC), status=status)
    stands = of(estate).stands
    assert list(stands.rows[-1]) == [2, 1, 2]
    assert (stands.of("settled").numerator, stands.of("settled").denominator) == (2, 5)


def test_one_community_is_counted_by_itself(estate: Estate) -> None:
    raised(estate, datetime(2026, 3, 2, 4, tzinfo=UTC), "complaint")
    assert of(estate, estate.community_id).kinds.total == 1
    assert of(estate, new_id()).kinds.total == 0


@pytest.mark.parametrize("language", ["zh-CN", "zh-TW", "en"])
def test_the_page_has_the_numbers_of_its_charts_in_tables(estate: Estate, sign_in: SignIn, language: str) -> None:
    raised(estate, datetime.now(UTC), "complaint")
    page = sign_in("manager").page("/desk/figures/months", language=language)
    tables = page.all("table")
    assert [len(list(table.iter("tr"))) for table in tables] == [13, 13]  # there was no visit: no empty chart
    last = [cell.text for cell in list(tables[0].iter("tr"))[-1].iter("td")]
    assert last == ["1", "0", "0", "0", "0", "0", "1"]
    assert not [e for e in page.tree.iter() if e.get("style") is not None]


def test_an_office_without_records_is_told_so(estate: Estate, sign_in: SignIn) -> None:
    assert "Nothing has been recorded" in sign_in("manager").page("/desk/figures/months", language="en").words


def test_the_front_desk_has_no_figures(estate: Estate, sign_in: SignIn) -> None:
    assert sign_in("front_desk").get("/desk/figures/months").status_code == 403
