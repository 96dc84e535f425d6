"""Bad networks: whatever stands between the tablet and the portal, nothing is lost and nothing is counted twice."""

import json
import random
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import func, select

from portal.accounts.devices import revoke
from portal.accounts.models import Device
from portal.core.db import writing
from portal.core.facts import Fact
from portal.core.storage import Blob
from portal.visits.models import Visit
from tests.browser.tablet import Office, Tablet, choose, go, onward, photo, saved, shown, write

pytestmark = pytest.mark.browser

Make = Callable[..., Tablet]
FACTS = ("POST", "/sync/facts")


def not_in(page: Page, office: Office, room: str) -> None:
    """Nobody opens: one tap, recorded."""
    go(page, "household", id=str(office.estate.households[room]))
    page.click("[data-slot=attempt] summary")
    page.click("[data-outcome=not_in]")
    expect(page.locator("[data-slot=facts] .tag").first).not_to_have_class("tag is-due")


def headline(page: Page, words: str, timeout: int = 20_000) -> None:
    expect(page.locator("[data-slot=headline]")).to_have_text(words, timeout=timeout)


def send_now(page: Page) -> None:
    go(page, "outbox")
    page.click("[data-slot=send]")


def visits(office: Office) -> list[str]:
    with office.session() as session:
        return [str(visit.id) for visit in session.scalars(select(Visit))]


def test_a_network_that_answers_with_its_own_page_counts_as_none(office: Office, tablet: Make) -> None:
    page = tablet().ready()
    office.faults.mode = lambda method, path: "portal"
    not_in(page, office, "101")
    send_now(page)
    headline(page, "还有 1 条没有送达")
    expect(page.locator("[data-slot=promise]")).to_have_text("连不上系统，会自动再试。")
    expect(page.locator("[data-slot=contact]")).to_contain_text("没有信号")
    assert FACTS in office.faults.calls and visits(office) == []
    office.faults.mode = lambda method, path: None
    page.click("[data-slot=send]")
    headline(page, "全部已送达")
    assert len(visits(office)) == 1


def test_a_proxys_error_page_is_no_answer_and_holds_nobody_back(office: Office, tablet: Make) -> None:
    page = tablet().ready()
    office.faults.mode = lambda method, path: "proxy"
    not_in(page, office, "101")
    go(page, "outbox")
    office.faults.mode = lambda method, path: None
    headline(page, "全部已送达", timeout=40_000)


def test_a_lost_answer_makes_no_second_visit(office: Office, tablet: Make) -> None:
    page = tablet().ready()
    office.faults.mode = lambda method, path: "dropped" if path == "/sync/facts" else None
    not_in(page, office, "102")
    page.wait_for_timeout(800)
    assert len(visits(office)) == 1
    send_now(page)
    headline(page, "还有 1 条没有送达")
    office.faults.mode = lambda method, path: "twice"
    page.click("[data-slot=send]")
    headline(page, "全部已送达")
    assert len(visits(office)) == 1


def test_a_portal_that_goes_down_and_comes_back_gets_everything(office: Office, tablet: Make) -> None:
    page = tablet().ready()
    office.stop()
    not_in(page, office, "103")
    not_in(page, office, "104")
    go(page, "outbox")
    headline(page, "还有 2 条没有送达")
    office.start()
    headline(page, "全部已送达", timeout=45_000)
    assert len(visits(office)) == 2


def test_two_tabs_send_one_record_once(office: Office, tablet: Make) -> None:
    mine = tablet()
    page = mine.ready()
    assert mine.context
    other = mine.context.new_page()
    mine.watch(other)
    other.goto(f"{office.address}/field/zh-hans/outbox")
    shown(other, "outbox")
    office.faults.calls.clear()
    not_in(page, office, "201")
    headline(other, "全部已送达")
    expect(other.locator("[data-slot=sent-list] .record")).to_have_count(1)
    go(page, "outbox")
    headline(page, "全部已送达")
    assert office.faults.calls.count(FACTS) == 1
    assert len(visits(office)) == 1


def test_a_photo_goes_on_where_the_network_broke_and_the_text_does_not_wait(
    office: Office, tablet: Make, tmp_path: Path
) -> None:
    page = tablet().ready()
    office.faults.mode = lambda method, path: "lost" if method == "PATCH" else None
    go(page, "visit", id=str(office.estate.households["301"]))
    onward(page)
    choose(page, "briefing", "none")
    onward(page)
    onward(page)
    onward(page)
    page.locator('[data-path="photos"] input[type=file]').set_input_files(photo(tmp_path / "a.jpg", 5))
    expect(page.locator('[data-path="photos"] figure img')).to_have_count(1)
    choose(page, "no_signature_because", "refused")
    onward(page)
    shown(page, "today")
    go(page, "outbox")
    expect(page.locator("[data-slot=going-list] .record__why")).to_contain_text("照片续传", timeout=20_000)
    with office.session() as session:
        assert session.scalars(select(Fact.status)).all() == ["partial"]
    office.faults.mode = lambda method, path: None
    office.faults.calls.clear()
    page.click("[data-slot=send]")
    headline(page, "全部已送达")
    assert [method for method, path in office.faults.calls if path.startswith("/sync/uploads")] == ["HEAD", "PATCH"]
    with office.session() as session:
        fact = session.scalars(select(Fact)).one()
        assert fact.status == "stored"
        (attached,) = json.loads(fact.payload)["attachments"]
        assert session.scalar(select(Blob.sha256)) == attached["sha256"]


def test_an_unknown_token_keeps_everything_and_asks_to_sign_in(office: Office, tablet: Make) -> None:
    mine = tablet()
    page = mine.ready()
    with office.app.app_context(), writing() as session:
        session.query(Device).one().token_hash = "0" * 64
    not_in(page, office, "302")
    send_now(page)
    expect(page.locator("#notice-sign-in")).to_contain_text("请在发件箱里重新登录")
    headline(page, "还有 1 条没有送达")
    page.click("text=重新登录 >> nth=-1")
    shown(page, "enrol")
    page.fill("#login", "field_staff")
    page.fill("#password", "a password of the tests")
    page.click("[data-slot=submit]")
    shown(page, "today")
    go(page, "outbox")
    headline(page, "全部已送达")
    assert len(visits(office)) == 1


def test_a_revoked_tablet_still_sends_what_was_written_and_loses_what_it_downloaded(
    office: Office, tablet: Make
) -> None:
    mine = tablet()
    page = mine.ready()
    mine.offline()
    not_in(page, office, "303")
    with office.app.app_context(), writing() as session:
        revoke(session, session.query(Device).one().id, by=None, at=datetime.now(UTC))
    mine.offline(False)
    send_now(page)
    expect(page.locator("#notice-revoked")).to_contain_text("管理处已停用这台平板", timeout=20_000)
    expect(page.locator("[data-slot=households]")).to_have_text("0", timeout=20_000)
    expect(page.locator(".record")).to_have_count(1)
    with office.session() as session:
        assert session.scalars(select(Fact.status)).all() == ["quarantined"]


def test_whatever_the_network_does_each_record_arrives_once(office: Office, tablet: Make) -> None:
    chance = random.Random(20260305)
    page = tablet().ready()
    rooms = list(office.estate.households)[:8]
    modes = ["portal", "lost", "dropped", "twice", "proxy", None]
    office.faults.mode = lambda method, path: chance.choice(modes)
    for room in rooms:
        not_in(page, office, room)
        page.wait_for_timeout(chance.randint(0, 400))
    go(page, "outbox")
    for _ in range(6):
        page.click("[data-slot=send]")
        page.wait_for_timeout(150)
    office.faults.mode = lambda method, path: None
    page.click("[data-slot=send]")
    headline(page, "全部已送达", timeout=40_000)
    with office.session() as session:
        assert session.scalar(select(func.count()).select_from(Visit)) == len(rooms)
        homes = set(session.scalars(select(Visit.household_id)))
    assert homes == {office.estate.households[room] for room in rooms}
    expect(page.locator("[data-slot=sent-list] .record")).to_have_count(len(rooms))


def test_what_is_typed_while_the_network_is_bad_is_saved_all_the_same(office: Office, tablet: Make) -> None:
    page = tablet().ready()
    office.faults.mode = lambda method, path: "lost"
    go(page, "visit", id=str(office.estate.households["204"]))
    write(page, "purpose", "看看楼道的灯修好没有")
    saved(page)
    page.reload()
    shown(page, "visit")
    expect(page.locator('[data-path="purpose"] input')).to_have_value("看看楼道的灯修好没有")
