"""At rest everything is sealed: a PIN opens it, idleness locks it, a forgotten PIN costs nobody a record."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select

from portal.accounts.models import Device
from portal.core.audit import Event
from portal.core.db import db
from portal.visits.models import Visit
from tests.browser.tablet import (
    PASSWORD,
    PIN,
    Office,
    Tablet,
    choose_pin,
    go,
    saved,
    shown,
    unlock,
    write,
)
from tests.browser.test_tablet_network import headline, not_in

pytestmark = pytest.mark.browser

Make = Callable[..., Tablet]


def visit_of(page: Page, office: Office, room: str) -> None:
    go(page, "visit", id=str(office.estate.households[room]))


def lock(page: Page) -> None:
    page.locator("[data-slot=lock]").first.click()
    shown(page, "unlock")


def test_a_closed_tablet_opens_with_its_pin_and_where_one_was(office: Office, tablet: Make) -> None:
    mine = tablet()
    page = mine.ready()
    mine.offline()
    visit_of(page, office, "101")
    write(page, "purpose", "看看楼道的灯")
    saved(page)
    where = page.url
    mine.close()
    page = mine.open(where.split("/zh-hans/")[1], offline=True, locked=True)
    shown(page, "unlock")
    expect(page.locator("[data-slot=waits]")).to_have_text("没有待上传的记录。")
    for digit in PIN:
        page.click(f'[data-digit="{digit}"]')
    page.click("[data-slot=open]")
    shown(page, "visit")
    expect(page.locator('[data-path="purpose"] input')).to_have_value("看看楼道的灯")


def test_one_goes_from_page_to_page_without_the_pin(office: Office, tablet: Make) -> None:
    mine = tablet()
    page = mine.ready()
    mine.offline()
    for name in ("elevation", "find", "outbox", "today"):
        go(page, name)
    page.reload()
    shown(page, "today")
    assert mine.context
    other = mine.context.new_page()
    mine.watch(other)
    other.goto(f"{office.address}/field/zh-hans/find")
    shown(other, "find")


def test_a_locked_window_locks_the_others(office: Office, tablet: Make) -> None:
    mine = tablet()
    page = mine.ready()
    assert mine.context
    other = mine.context.new_page()
    mine.watch(other)
    other.goto(f"{office.address}/field/zh-hans/find")
    shown(other, "find")
    lock(page)
    shown(other, "unlock")
    page.reload()
    shown(page, "unlock")


def test_before_locking_it_sends_once_more(office: Office, tablet: Make) -> None:
    page = tablet().ready()
    office.faults.mode = lambda method, path: "portal"
    not_in(page, office, "101")
    page.wait_for_timeout(500)
    office.faults.mode = lambda method, path: None
    lock(page)
    expect(page.locator("[data-slot=waits]")).to_have_text("没有待上传的记录。")
    with office.session() as session:
        assert len(session.scalars(select(Visit)).all()) == 1


def test_a_locked_tablet_says_what_waits_and_sends_it_when_it_is_opened(office: Office, tablet: Make) -> None:
    mine = tablet()
    page = mine.ready()
    mine.offline()
    for room in ("101", "102", "103"):
        not_in(page, office, room)
    lock(page)
    expect(page.locator("[data-slot=waits]")).to_have_text("3 条未上传，解锁后上传")
    mine.offline(False)
    unlock(page)
    shown(page, "household")
    go(page, "outbox")
    headline(page, "全部已送达")


def test_five_idle_minutes_lock_it_and_a_touch_keeps_it_open(office: Office, tablet: Make) -> None:
    page = tablet().ready()
    page.clock.install()
    visit_of(page, office, "101")
    write(page, "purpose", "写到一半")
    page.clock.run_for("04:00")
    page.locator("h1").click()
    page.clock.run_for("04:00")
    expect(page.locator('[data-path="purpose"] input')).to_have_value("写到一半")
    page.clock.run_for("01:10")
    shown(page, "unlock")
    assert "写到一半" not in page.content()
    unlock(page)
    shown(page, "visit")
    expect(page.locator('[data-path="purpose"] input')).to_have_value("写到一半")


def test_wrong_pins_take_longer_and_longer_and_destroy_nothing(office: Office, tablet: Make) -> None:
    mine = tablet()
    page = mine.ready()
    mine.offline()
    not_in(page, office, "101")
    lock(page)
    for _ in range(3):
        page.fill("#pin", "111222")
        page.press("#pin", "Enter")
        expect(page.locator("[data-slot=error]")).to_have_text("PIN 码不正确。内容不会丢失，请再试一次。")
        expect(page.locator("#pin")).to_have_value("")
    expect(page.locator("[data-slot=wait]")).to_contain_text("秒后再试")
    page.reload()
    shown(page, "unlock")
    expect(page.locator("[data-slot=open]")).to_be_disabled()
    expect(page.locator("[data-slot=open]")).to_be_enabled(timeout=8_000)
    unlock(page)
    go(page, "outbox")
    expect(page.locator("[data-slot=going-list] .record")).to_have_count(1)


def test_an_easy_pin_is_refused(office: Office, tablet: Make) -> None:
    page = tablet().open("enrol")
    shown(page, "enrol")
    page.fill("#login", "field_staff")
    page.fill("#password", PASSWORD)
    page.fill("#device_name", "3号平板")
    for pin in ("123456", "000000", "654321", "890123", "121212", "123123", "19850412", "850412"):
        choose_pin(page, pin)
        page.click("[data-slot=submit]")
        expect(page.locator("[data-slot=error]"), pin).to_contain_text("太容易猜中")
    for pin, again, said in (
        (PIN[:5], PIN[:5], "6 至 12 位"),
        ("80a715", "80a715", "6 至 12 位"),
        (PIN, "804716", "不一致"),
    ):
        page.fill("#pin", pin)
        page.fill("#pin_again", again)
        page.click("[data-slot=submit]")
        expect(page.locator("[data-slot=error]"), pin).to_contain_text(said)
    assert ("POST", "/sync/devices") not in office.faults.calls


def test_a_changed_pin_counts_and_the_earlier_one_no_more(office: Office, tablet: Make) -> None:
    mine = tablet()
    page = mine.ready()
    mine.offline()
    go(page, "pin")
    page.fill("#pin_before", "111222")
    choose_pin(page, "662958")
    page.click("[data-slot=submit]")
    expect(page.locator("[data-slot=error]")).to_contain_text("PIN 码不正确")
    page.fill("#pin_before", PIN)
    page.click("[data-slot=submit]")
    expect(page.locator("[data-slot=done]")).to_be_visible()
    go(page, "today")
    lock(page)
    page.fill("#pin", PIN)
    page.press("#pin", "Enter")
    expect(page.locator("[data-slot=error]")).to_contain_text("PIN 码不正确")
    unlock(page, "662958")
    shown(page, "today")


def test_a_forgotten_pin_costs_nobody_a_record(office: Office, tablet: Make) -> None:
    mine = tablet()
    page = mine.ready()
    mine.offline()
    not_in(page, office, "101")
    visit_of(page, office, "102")
    write(page, "purpose", "还没写完")
    saved(page)
    go(page, "today")
    lock(page)
    mine.offline(False)
    page.click("[data-slot=forgotten]")
    shown(page, "enrol")
    expect(page.locator("h1")).to_have_text("新 PIN 码")
    page.fill("#login", "field_staff")
    page.fill("#password", PASSWORD)
    page.fill("#device_name", "3号平板")
    choose_pin(page, "662958")
    page.click("[data-slot=submit]")
    shown(page, "today")
    expect(page.locator("[data-slot=drafts-list]")).to_contain_text("102 室")
    go(page, "outbox")
    headline(page, "全部已送达")
    go(page, "today")
    lock(page)
    unlock(page, "662958")
    shown(page, "today")
    with office.app.app_context():
        told = select(Event.subject_id).where(Event.name == "accounts:device:key_given_back")
        assert db.session.scalars(told).all() == [office.estate.staff["field_staff"]]
        assert len(db.session.scalars(select(Device)).all()) == 1, "the same tablet as before"


def test_two_people_on_one_tablet_see_nothing_of_each_other(office: Office, tablet: Make) -> None:
    mine = tablet()
    page = mine.ready()
    visit_of(page, office, "101")
    write(page, "purpose", "我自己的草稿")
    saved(page)
    go(page, "today")
    lock(page)
    page.get_by_text("换人使用").click()
    shown(page, "enrol")
    page.fill("#login", "supervisor")
    page.fill("#password", PASSWORD)
    page.fill("#device_name", "3号平板")
    choose_pin(page, "662958")
    page.click("[data-slot=submit]")
    shown(page, "today")
    expect(page.locator("[data-slot=drafts]")).to_be_hidden()
    go(page, "outbox")
    expect(page.locator("[data-slot=drafts-section]")).to_be_hidden()
    go(page, "today")
    lock(page)
    expect(page.locator(".unlock__person")).to_have_count(2)
    page.fill("#pin", PIN)  # the other one's
    page.press("#pin", "Enter")
    expect(page.locator("[data-slot=error]")).to_contain_text("PIN 码不正确")
    page.locator(".unlock__person:not([aria-current])").click()
    page.locator(".unlock__person[aria-current]").nth(0).wait_for()
    page.wait_for_url("**person=*")
    shown(page, "unlock")
    unlock(page)
    expect(page.locator("[data-slot=drafts-list]")).to_contain_text("101 室")
    go(page, "outbox")
    page.click("[data-slot=leave]")
    expect(page.locator("[data-slot=leave-words]")).to_contain_text("1 份草稿未完成")


MOVED = """async () => {
  const { Cipher } = await import(document.querySelector("script[type=module]").src.replace("app.js", "seal.js"));
  const key = await crypto.subtle.generateKey({ name: "AES-GCM", length: 256 }, false, ["encrypt", "decrypt"]);
  const [mine, hers] = [new Cipher(key, "mine"), new Cipher(key, "hers")];
  const content = { body: { bytes: new Uint8Array([1, 2, 250]), type: "image/jpeg" }, size: 3 };
  const sealed = await mine.seal("outbox", "one", content);
  const again = await mine.seal("outbox", "one", content);
  const opens = (cipher, store, id, bytes = sealed) => cipher.open(store, id, bytes).then(() => true, () => false);
  const bent = sealed.slice();
  bent[bent.length - 20] ^= 1;
  const back = await mine.open("outbox", "one", sealed);
  return [
    JSON.stringify([back.size, back.body.type, ...back.body.bytes]), sealed.join() === again.join(),
    await opens(mine, "outbox", "one"), await opens(mine, "outbox", "two"), await opens(mine, "drafts", "one"), await opens(hers, "outbox", "one"), await opens(mine, "outbox", "one", bent),
  ];
}"""


def test_a_sealed_row_opens_only_where_it_was_put(office: Office, tablet: Make) -> None:
    page = tablet().ready()
    assert page.evaluate(MOVED) == ['[3,"image/jpeg",1,2,250]', False, True, False, False, False, False]
