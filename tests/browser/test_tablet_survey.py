"""A survey at the door: the form handed out against a signature, and the resident's own answers."""

import json
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select

from portal.core.facts import Fact
from portal.opinions.models import Opinion
from portal.surveys.models import Answer, Response, SampleLine
from tests.browser.tablet import Office, Tablet, choose, go, onward, saved, shown, sign
from tests.surveys.surveying import campaign_of

pytestmark = pytest.mark.browser

Make = Callable[..., Tablet]


def drawn(office: Office) -> str:
    """A running survey that asks every household."""
    with office.app.app_context():
        return str(campaign_of(office.estate))


def arrived(page: Page) -> None:
    go(page, "outbox")
    expect(page.locator("[data-slot=headline]")).to_have_text("全部已送达", timeout=20_000)


def line_of(office: Office, room: str) -> SampleLine:
    with office.session() as session:
        line = session.scalars(
            select(SampleLine).where(SampleLine.household_id == office.estate.households[room])
        ).one()
        session.expunge(line)
        return line


def test_a_form_is_handed_out_against_a_signature_and_a_day_is_agreed(office: Office, tablet: Make) -> None:
    drawn(office)
    mine = tablet()
    page = mine.enrol()
    mine.offline()
    go(page, "household", id=str(office.estate.households["101"]))
    page.click("[data-slot=survey-lines] [data-slot=handout]")
    shown(page, "visit")
    choose(page, "explained", "yes")
    sign(page, '[data-path="signature"]')
    expect(page.locator('[data-path="no_signature_because"]')).to_be_hidden()
    saved(page)
    onward(page)
    page.locator('[data-path="collect_at"] input').fill("19:30")
    saved(page)
    onward(page)
    shown(page, "today")
    go(page, "household", id=str(office.estate.households["101"]))
    expect(page.locator("[data-slot=survey-lines]")).to_contain_text("已发放，正在上传")
    mine.offline(False)
    arrived(page)
    line = line_of(office, "101")
    assert (line.status, line.attempts, line.collect_time) == ("issued", 1, "19:30")
    with office.session() as session:
        told = json.loads(session.scalars(select(Fact.payload)).one())
        assert told["attachments"][0]["role"] == "resident_signature"
        assert told["body"]["signer"] == "陈文101"


def test_the_resident_answers_herself_and_what_is_handed_in_is_closed(office: Office, tablet: Make) -> None:
    campaign = drawn(office)
    mine = tablet()
    page = mine.enrol()
    mine.offline()
    go(page, "survey", id=str(office.estate.households["202"]), campaign=campaign)
    expect(page.locator("h1")).to_contain_text("2026年上半年满意度调查")
    assert page.locator(".strip, .dock").count() == 0
    choose(page, "overall", "satisfied")
    choose(page, "cleaning", "dissatisfied")
    page.fill("#why-cleaning", "楼道三天没扫")
    page.locator('[data-path="suggestion"] textarea').fill("多装一盏灯")
    expect(page.locator("[data-slot=answered]")).to_have_text("2 / 10")
    page.wait_for_timeout(600)
    mine.close()
    page = mine.open(f"survey?id={office.estate.households['202']}&campaign={campaign}", offline=True)
    shown(page, "survey")
    expect(page.locator("[data-slot=answered]")).to_have_text("2 / 10")
    expect(page.locator("#why-cleaning")).to_have_value("楼道三天没扫")
    page.click("[data-slot=next]")
    expect(page.locator("[data-slot=closed]")).to_be_visible()
    expect(page.locator("[data-type=scale]").first).to_be_hidden()
    go(page, "household", id=str(office.estate.households["202"]))
    expect(page.locator("[data-slot=survey-lines] [data-slot=answer]")).to_be_hidden()
    mine.offline(False)
    arrived(page)
    expect(page.locator("main")).not_to_contain_text("楼道三天没扫")
    with office.session() as session:
        response = session.scalars(select(Response)).one()
        assert (response.mode, response.proxy, response.counted) == ("door", False, True)
        grades = {a.item: (a.grade, a.remark) for a in session.scalars(select(Answer)) if a.grade}
        assert grades == {"overall": ("satisfied", ""), "cleaning": ("dissatisfied", "楼道三天没扫")}
        assert set(session.scalars(select(Opinion.content))) == {"楼道三天没扫", "多装一盏灯"}
    assert line_of(office, "202").status == "returned"


def test_giving_the_tablet_back_hands_in_what_was_answered(office: Office, tablet: Make) -> None:
    campaign = drawn(office)
    page = tablet().enrol()
    go(page, "survey", id=str(office.estate.households["303"]), campaign=campaign)
    page.click("[data-slot=exit]")
    shown(page, "household")
    go(page, "survey", id=str(office.estate.households["303"]), campaign=campaign)
    choose(page, "security", "very_satisfied")
    expect(page.locator("[data-slot=answered]")).to_have_text("1 / 10")
    page.click("[data-slot=exit]")
    expect(page.locator("[data-slot=closed]")).to_be_visible()
    arrived(page)
    with office.session() as session:
        assert session.scalars(select(Answer.item)).all() == ["security"]
