"""The figures on screen, as PDF and as a sheet: every rate with its sum, nobody's name."""

import io
from collections.abc import Callable
from uuid import UUID

import pytest
from flask import Flask
from python_calamine import CalamineWorkbook

from portal.core import jobs
from portal.core.db import db
from portal.core.documents.fonts import prepare_fonts
from portal.core.registry import registry
from portal.domain.satisfaction import Rate
from portal.statistics.method import interval
from portal.surveys.models import Campaign
from tests.client import Page, PortalClient
from tests.core.prints import squeezed, text_of
from tests.factories import Estate
from tests.statistics.test_figures import answered
from tests.surveys.surveying import campaign, campaign_of, take

SignIn = Callable[[str], PortalClient]


@pytest.fixture
def made(estate: Estate) -> UUID:
    own = campaign_of(estate, target=85)
    answered(estate, own, name="陈先生", suggestion="多种树")
    return own


@pytest.mark.parametrize("language", ["zh-CN", "zh-TW", "en"])
def test_every_rate_shows_numerator_denominator_and_interval(
    estate: Estate, sign_in: SignIn, made: UUID, language: str
) -> None:
    words = sign_in("manager").page(f"/desk/figures/{made}", language=language).words
    for told in ("60.0", "6 ÷ 10", "80.0", "8 ÷ 10", "67.6%—88.4%", "8 ÷ 8", "650 ÷ 10", "10 ÷ 12", "12 ÷ 12"):
        assert told in words, told
    assert "RR1" in words


@pytest.mark.parametrize(
    ("rate", "told"),
    [
        (Rate(16, 26, 0.632, 0.918, 0.789), "by strata 78.9%, 63.2%—91.8%"),
        (Rate(6, 10, 0.468, 0.719, 0.6), "46.8%—71.9%"),
        (Rate(6, 10, 0.468, 0.719), "46.8%—71.9%"),
        (Rate(6, 10), "—"),
    ],
)
def test_an_interval_is_told_with_the_estimate_that_it_belongs_to(app: Flask, rate: Rate, told: str) -> None:
    with app.test_request_context(headers={"Accept-Language": "en"}):
        assert interval(rate) == told


def test_no_name_and_no_room_stands_among_the_figures(estate: Estate, sign_in: SignIn, made: UUID) -> None:
    page = sign_in("manager").page(f"/desk/figures/{made}")
    assert "陈" not in page.text("main")
    assert not any(f"{room}" in page.words for room in ("101", "203", "304"))


def test_a_building_with_few_answers_is_withheld(estate: Estate, sign_in: SignIn) -> None:
    own = campaign_of(estate)
    from tests.surveys.surveying import response

    take(*(response(estate, own, home) for home in list(estate.households.values())[:4]))
    page = sign_in("manager").page(f"/desk/figures/{own}", language="en")
    (table,) = [t for t in page.all("table") if "by building" in "".join(t.itertext())]
    assert "withheld" in "".join(table.itertext()) and "4 ÷ 4" not in "".join(table.itertext())


def test_another_item_can_be_looked_at_by_building(estate: Estate, sign_in: SignIn, made: UUID) -> None:
    page = sign_in("manager").page(f"/desk/figures/{made}?item=cleaning", language="en")
    (table,) = [t for t in page.all("table") if "by building" in "".join(t.itertext())]
    assert "8 ÷ 8" in "".join(table.itertext())


def test_charts_obey_the_content_policy_and_say_in_words_what_they_show(
    estate: Estate, sign_in: SignIn, made: UUID
) -> None:
    page = sign_in("manager").page(f"/desk/figures/{made}", language="en")
    charts = page.all("{http://www.w3.org/2000/svg}svg")
    assert len(charts) > 20
    for chart in charts:
        assert chart.get("role") != "img" or chart.get("aria-label")
        assert not any(e.get("style") for e in chart.iter())


@pytest.mark.parametrize(
    ("login", "status"),
    [("manager", 200), ("executive", 200), ("field_staff", 403), ("interviewer", 403), ("other_supervisor", 404)],
)
def test_who_may_see_figures(estate: Estate, sign_in: SignIn, made: UUID, login: str, status: int) -> None:
    client = sign_in(login)
    if login == "executive":
        client.become(estate.staff[login], office_id=estate.office_id)
    assert client.get(f"/desk/figures/{made}").status_code == status


def test_a_survey_that_was_not_drawn_has_no_figures(estate: Estate, sign_in: SignIn, made: UUID) -> None:
    from tests.surveys.test_campaigns import planned

    own = planned(estate)
    sign_in("manager").page(f"/desk/figures/{own}", status=404)


def work() -> None:
    prepare_fonts()
    jobs.work(registry().jobs, until_empty=True)


@pytest.mark.parametrize(
    ("language", "title", "told"),
    [("zh-CN", "顾客满意率统计表", "总体评价"), ("zh-TW", "顧客滿意率統計表", "總體評價")],
)
def test_the_report_is_made_by_a_job_and_reads_right(
    estate: Estate, sign_in: SignIn, made: UUID, language: str, title: str, told: str
) -> None:
    client = sign_in("manager")
    headers = {"Accept-Language": language}
    where = f"/desk/figures/{made}/report"
    assert client.get(f"{where}.pdf", headers=headers).status_code == 404
    client.send(where, headers=headers)
    assert "hx-trigger" in Page(client.get(where, headers=headers)).html
    db.session.rollback()
    work()
    assert f"{where}.pdf" in Page(client.get(where, headers=headers)).html
    answer = client.get(f"{where}.pdf", headers=headers)
    assert answer.content_type == "application/pdf"
    text = squeezed(text_of(answer.get_data(), "-layout"))
    for words in (title, told, "60.0%", "6/10", "AAPORRR1", "83.3%", campaign(made).seed.split("|")[1]):
        assert words in text, words
    assert "陈先生" not in text and "陳先生" not in text


def test_the_report_of_a_closed_survey_ends_its_statistics_step(estate: Estate, sign_in: SignIn, made: UUID) -> None:
    client = sign_in("supervisor")
    client.send(f"/desk/surveys/{made}/close")
    client.send(f"/desk/figures/{made}/report")
    db.session.rollback()
    work()
    assert "statistics" in campaign(made).events


def test_new_answers_make_an_old_report_old(estate: Estate, sign_in: SignIn, made: UUID) -> None:
    from tests.surveys.surveying import response

    client = sign_in("manager")
    client.send(f"/desk/figures/{made}/report")
    db.session.rollback()
    work()
    assert client.get(f"/desk/figures/{made}/report.pdf").status_code == 200
    take(response(estate, made, estate.households["303"]))
    assert client.get(f"/desk/figures/{made}/report.pdf").status_code == 404


def test_the_sheet_holds_numbers_that_a_spreadsheet_can_add(estate: Estate, sign_in: SignIn, made: UUID) -> None:
    client = sign_in("manager")
    file = client.send(f"/desk/figures/{made}/sheet", status=200, headers={"Accept-Language": "zh-CN"})
    book = CalamineWorkbook.from_filelike(io.BytesIO(file.get_data()))
    rows = book.get_sheet_by_index(0).to_python()
    overall = next(row for row in rows if row[0] == "总体评价")
    assert overall[1:9] == [3, 3, 2, 1, 1, 0, 6, 10] and overall[9] == pytest.approx(0.6)
    assert "陈" not in str(rows) and db.session.query(Campaign).count() == 1
