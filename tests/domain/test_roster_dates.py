"""Days of moving in."""

from datetime import date

import pytest

from portal.domain.roster.dates import looks_like_date, order_of, read_date


@pytest.mark.parametrize(
    ("written", "on", "precision"),
    [
        ("2016-06-29", date(2016, 6, 29), "day"),
        ("2024/2/19", date(2024, 2, 19), "day"),
        ("2016.6.29", date(2016, 6, 29), "day"),
        ("20160629", date(2016, 6, 29), "day"),
        ("2022年11月4日", date(2022, 11, 4), "day"),
        ("２０１６年６月２９日", date(2016, 6, 29), "day"),
        ("2016-06-29 00:00:00", date(2016, 6, 29), "day"),
        ("2015年6月", date(2015, 6, 1), "month"),
        ("2016-06", date(2016, 6, 1), "month"),
        ("06/2016", date(2016, 6, 1), "month"),
        ("2016年6月底", date(2016, 6, 1), "month"),
        ("2016年", date(2016, 1, 1), "year"),
        ("约2016年", date(2016, 1, 1), "year"),
        ("2016", date(2016, 1, 1), "year"),
        ("42550", date(2016, 6, 29), "day"),
        ("8 Aug 2009", date(2009, 8, 8), "day"),
        ("August 8, 2009", date(2009, 8, 8), "day"),
        ("Aug 2009", date(2009, 8, 1), "month"),
    ],
)
def test_a_day_is_read_as_exactly_as_it_is_said(written, on, precision):
    said = read_date(written)
    assert (said.on, said.precision, said.doubt) == (on, precision, "")


@pytest.mark.parametrize(
    ("written", "doubt"),
    [
        ("民國98年8月8日", "date_republic"),
        ("98.8.8", "date_short_year"),
        ("16年6月", "date_short_year"),
        ("2016-13-01", "date_unreadable"),
        ("2015-02-30", "date_unreadable"),
        ("13/25/2009", "date_unreadable"),
        ("入伙后", "date_unreadable"),
        ("1899-01-01", "date_out_of_range"),
    ],
)
def test_a_day_that_could_be_another_is_left_open(written, doubt):
    said = read_date(written)
    assert (said.on, said.doubt) == (None, doubt)


def test_an_empty_cell_is_no_doubt():
    assert read_date("").doubt == ""


def test_the_order_of_day_and_month_is_decided_by_evidence_of_the_column():
    assert order_of(["08/08/2009", "31/01/2010", "02/03/2010"]) == "day_first"
    assert order_of(["08/08/2009", "01/31/2010"]) == "month_first"
    assert order_of(["08/08/2009", "02/03/2010"]) is None
    assert read_date("02/03/2010", "day_first").on == date(2010, 3, 2)
    assert read_date("02/03/2010", "month_first").on == date(2010, 2, 3)


def test_a_bare_number_is_no_sign_of_a_column_of_days():
    assert looks_like_date("2016-06-29")
    assert not looks_like_date("1203")
    assert not looks_like_date("42550")
