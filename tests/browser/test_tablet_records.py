"""A record's life as its author sees it on the tablet: returned with comments, corrected, returned again, signed."""

import json
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select

from portal.core.db import db, writing
from portal.core.facts import Fact
from portal.households.models import Resident
from portal.opinions.models import Opinion
from portal.signoff import service as signoff
from portal.visits.models import Visit
from tests.browser.tablet import Office, Tablet, add_opinion, choose, go, onward, saved, shown, sign, write

pytestmark = pytest.mark.browser

Make = Callable[..., Tablet]


def finished_visit(page: Page, office: Office, room: str) -> None:
    to_the_signature(page, office, room)
    sign(page)
    saved(page)
    onward(page)
    shown(page, "today")
    arrived(page)


def to_the_signature(page: Page, office: Office, room: str) -> None:
    go(page, "visit", id=str(office.estate.households[room]))
    onward(page)
    choose(page, "briefing", "none")
    onward(page)
    add_opinion(page, "repair", "有一处渗水")
    onward(page)
    onward(page)


def arrived(page: Page) -> None:
    go(page, "outbox")
    expect(page.locator("[data-slot=headline]")).to_have_text("全部已送达", timeout=20_000)


def send_back(office: Office, comment: str, **fields: str) -> None:
    with office.app.app_context():
        visit = db.session().scalars(select(Visit)).one()
        own, revision = visit.id, visit.revision
        db.session.rollback()
        named = {f"/body/{path}": words for path, words in fields.items()}
        by = office.estate.actor("supervisor")
        db.session.rollback()
        signoff.send_back(own, revision, comment=comment, field_comments=named, by=by, at=datetime.now(UTC))


def pulled(page: Page) -> None:
    go(page, "outbox")
    page.click("[data-slot=send]")
    expect(page.locator("[data-slot=promise]")).to_have_text("刚才都试过了。", timeout=20_000)


def test_a_returned_record_comes_back_with_its_comments_and_goes_round_again(office: Office, tablet: Make) -> None:
    page = tablet().ready()
    finished_visit(page, office, "101")
    for turn, comment in enumerate(("第 1 条意见没有写明哪一处渗水，请补位置。", "还要写是哪一面墙。"), 1):
        send_back(office, comment, remark="请写备注")
        pulled(page)
        go(page, "today")
        returned = page.locator("[data-slot=returned-list] li")
        expect(returned).to_have_count(1)
        expect(returned.locator("q")).to_have_text(comment)
        expect(returned).to_contain_text("101 室")
        returned.locator("a").click()
        shown(page, "visit")
        expect(page.locator("[data-slot=comment-list]")).to_contain_text(comment)
        expect(page.locator("[data-slot=comment-list]")).to_contain_text("备注")
        expect(page.locator('[data-path="checks"]')).to_be_hidden()  # its own opinion is no earlier one
        write(page, "corrected", f"补写位置，第 {turn} 次")
        onward(page)
        onward(page)
        onward(page)
        member = page.locator('[data-path="opinions"] [data-member]')
        member.locator("[data-act=open]").click()
        member.locator("textarea").first.fill(f"厨房窗下渗水，第 {turn} 次")
        onward(page)
        onward(page)
        expect(page.locator('[data-path="resident_signature"] img')).to_be_visible()
        onward(page)
        shown(page, "today")
        expect(page.locator("[data-slot=returned]")).to_be_hidden()
        arrived(page)
        with office.session() as session:
            visit = session.scalars(select(Visit)).one()
            assert (visit.status, visit.revision) == ("corrected", turn + 1)
            assert session.scalars(select(Opinion.content)).all() == [f"厨房窗下渗水，第 {turn} 次"]
    with office.session() as session:
        kinds = session.scalars(select(Fact.kind).order_by(Fact.received_at)).all()
        assert kinds == ["visit", "correction", "correction"]
        assert set(session.scalars(select(Fact.status))) == {"stored"}


SLOW_PICTURE = """
const drawn = HTMLCanvasElement.prototype.toBlob;
HTMLCanvasElement.prototype.toBlob = function (...how) { setTimeout(() => drawn.apply(this, how), 1500); };
"""


def test_who_taps_finish_while_the_signature_is_still_being_kept_has_finished(office: Office, tablet: Make) -> None:
    page = tablet().ready()
    page.add_init_script(SLOW_PICTURE)
    to_the_signature(page, office, "102")
    sign(page)
    onward(page)
    shown(page, "today")
    arrived(page)


def test_the_outbox_shows_what_the_office_says_of_a_record(office: Office, tablet: Make) -> None:
    page = tablet().ready()
    finished_visit(page, office, "102")
    pulled(page)
    record = page.locator("[data-slot=sent-list] .record")
    expect(record.locator(".record__side")).to_have_text("管理处：待主管审核")
    expect(record.locator(".record__why")).to_contain_text("回执")


def test_a_record_that_the_server_could_not_accept_is_shown_with_its_reason_and_corrected(
    office: Office, tablet: Make
) -> None:
    mine = tablet()
    page = mine.ready()
    mine.offline()
    go(page, "visit", id=str(office.estate.households["201"]))
    onward(page)
    choose(page, "briefing", "none")
    onward(page)
    onward(page)
    onward(page)
    choose(page, "no_signature_because", "not_asked")
    onward(page)
    shown(page, "today")
    with office.app.app_context(), writing() as session:
        moved = session.query(Resident).filter_by(household_id=office.estate.households["201"]).one()
        moved.household_id = office.estate.households["202"]
    mine.offline(False)
    go(page, "outbox")
    record = page.locator("[data-slot=attention-list] .record")
    expect(record).to_have_count(1, timeout=20_000)
    expect(record.locator(".record__why")).to_contain_text("待更正")
    expect(record.locator(".reason li")).to_have_count(1)
    record.locator("[data-slot=correct]").click()
    shown(page, "visit")
    page.locator('[data-path="resident"] select').select_option("")
    write(page, "resident_name", "新来的租户")
    for _ in range(5):
        onward(page)
    shown(page, "today")
    go(page, "outbox")
    expect(page.locator("[data-slot=headline]")).to_have_text("全部已送达", timeout=20_000)
    expect(page.locator("[data-slot=sent-list] .record")).to_have_count(2)
    expect(page.locator("[data-slot=attention]")).to_be_hidden()
    with office.session() as session:
        facts = session.scalars(select(Fact).order_by(Fact.received_at)).all()
        assert [fact.status for fact in facts][-1] == "stored"
        assert facts[-1].follows_id == facts[0].id
        assert json.loads(facts[-1].payload)["body"]["resident_name"] == "新来的租户"
