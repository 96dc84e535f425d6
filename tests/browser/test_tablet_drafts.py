"""Nothing typed is lost: drafts of each field, kept apart, through crashes, full storage and new versions."""

import os
import signal
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from portal.core import pages
from tests.browser.tablet import Office, Tablet, add_opinion, choose, go, onward, saved, shown, write

pytestmark = pytest.mark.browser

Make = Callable[..., Tablet]


def browser_process(profile: Path) -> int:
    """The main process of the browser that has this profile open, which this test started."""
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            try:
                words = (folder / "cmdline").read_bytes().split(b"\0")
            except OSError:
                continue
            if f"--user-data-dir={profile}".encode() in words and not any(w.startswith(b"--type=") for w in words):
                return int(folder.name)
    raise AssertionError("no browser with this profile")


def visit_of(page: Page, office: Office, room: str) -> None:
    go(page, "visit", id=str(office.estate.households[room]))


def test_what_was_typed_a_second_ago_outlives_a_killed_browser(office: Office, tablet: Make) -> None:
    mine = tablet()
    page = mine.ready()
    mine.offline()
    visit_of(page, office, "101")
    page.locator('[data-path="purpose"] input').press_sequentially("看看楼道的灯", delay=20)
    page.wait_for_timeout(1000)
    os.kill(browser_process(mine.profile), signal.SIGKILL)
    mine.context = None
    page = mine.open(offline=True)
    shown(page, "today")
    expect(page.locator("[data-slot=drafts-list]")).to_contain_text("101 室")
    page.locator("[data-slot=drafts-list] a").click()
    shown(page, "visit")
    expect(page.locator('[data-path="purpose"] input')).to_have_value("看看楼道的灯")


def test_two_drafts_never_bleed_into_one_another(office: Office, tablet: Make) -> None:
    page = tablet().ready()
    for room in ("101", "102"):
        visit_of(page, office, room)
        write(page, "purpose", f"走访 {room}")
        onward(page)
        choose(page, "briefing", "none")
        onward(page)
        add_opinion(page, "suggestion", f"{room} 的建议")
    for room in ("101", "102"):
        go(page, "household", id=str(office.estate.households[room]))
        expect(page.locator("[data-slot=begin]")).to_have_text("接着写草稿")
        page.click("[data-slot=begin]")
        shown(page, "visit")
        expect(page.locator('[data-path="opinions"] [data-member]')).to_have_count(1)
        expect(page.locator("[data-slot=summary-words]").first).to_have_text(f"{room} 的建议")
        page.locator("[data-slot=folded] button").first.click()
        expect(page.locator('[data-path="purpose"] input')).to_have_value(f"走访 {room}")


COVERED = """what => {
  const top = document.querySelector(what).getBoundingClientRect().top;
  return top < document.querySelector(".topline").getBoundingClientRect().bottom;
}"""


@pytest.mark.parametrize("size", ["normal", "largest"])
def test_what_one_comes_to_stands_below_the_header(office: Office, tablet: Make, size: str) -> None:
    page = tablet().ready()
    page.set_viewport_size({"width": 820, "height": 640})
    visit_of(page, office, "103")
    page.evaluate("size => { document.documentElement.dataset.size = size }", size)
    onward(page)
    assert not page.evaluate(COVERED, "#h-brief")
    choose(page, "briefing", "none")
    onward(page)
    assert not page.evaluate(COVERED, "#h-opinions")
    page.click('[data-path="opinions"] [data-add]')
    expect(page.locator('[data-path="opinions"] [data-member] input').first).to_be_focused()
    assert not page.evaluate(COVERED, '[data-path="opinions"] [data-member]:last-child')


def test_a_removed_opinion_stays_removed(office: Office, tablet: Make) -> None:
    page = tablet().ready()
    visit_of(page, office, "103")
    onward(page)
    choose(page, "briefing", "none")
    onward(page)
    add_opinion(page, "repair", "第一条")
    second = add_opinion(page, "help", "第二条")
    page.locator(f'[data-member="{second}"] [data-act=remove]').click()
    saved(page)
    page.reload()
    shown(page, "visit")
    expect(page.locator("[data-slot=summary-words]")).to_have_text(["第一条"])


FULL = """() => {
  const put = IDBObjectStore.prototype.put;
  IDBObjectStore.prototype.put = function () { throw new DOMException("full", "QuotaExceededError"); };
  addEventListener("room-again", () => { IDBObjectStore.prototype.put = put; });
}"""


def test_a_full_storage_says_so_and_keeps_what_is_in_the_form(office: Office, tablet: Make) -> None:
    page = tablet().ready()
    visit_of(page, office, "104")
    saved(page)
    page.evaluate(
        FULL
    )  # Chromium's quota override does not reach IndexedDB: the refusal is put where it would come from
    field = page.locator('[data-path="purpose"] input')
    field.press_sequentially("看看水管")
    expect(page.locator("[data-slot=saved]")).to_contain_text("平板存储已满")
    expect(field).to_have_value("看看水管")
    page.evaluate("() => { dispatchEvent(new Event('room-again')); }")
    field.press_sequentially("和电表")
    expect(page.locator("[data-slot=saved]")).to_contain_text("已存在本机")
    page.reload()
    shown(page, "visit")
    expect(page.locator('[data-path="purpose"] input')).to_have_value("看看水管和电表")


def test_what_is_missing_is_named_and_shown_at_its_place(office: Office, tablet: Make) -> None:
    page = tablet().ready()
    visit_of(page, office, "201")
    expect(page.locator("[data-slot=missing]")).to_have_text("还差：通报 1，签字 1")
    page.locator('[data-path="resident"] select').select_option("")
    expect(page.locator('[data-path="resident_name"]')).to_be_visible()
    onward(page)
    expect(page.locator('[data-path="resident_name"] .field__error')).to_be_visible()
    expect(page.locator('[data-path="resident_name"] input')).to_be_focused()
    write(page, "resident_name", "陈老先生")
    expect(page.locator('[data-path="resident_name"] .field__error')).to_be_hidden()
    onward(page)
    expect(page.locator("[data-slot=folded]")).to_contain_text("陈老先生")


def test_a_tap_on_what_is_chosen_takes_it_back(office: Office, tablet: Make) -> None:
    page = tablet().ready()
    visit_of(page, office, "202")
    choose(page, "ratings/overall", "satisfied")
    chosen = page.locator('[data-path="ratings/overall"] input[value=satisfied]')
    expect(chosen).to_be_checked()
    choose(page, "ratings/overall", "satisfied")
    expect(chosen).not_to_be_checked()
    saved(page)
    page.reload()
    shown(page, "visit")
    expect(page.locator('[data-path="ratings/overall"] input:checked')).to_have_count(0)


def test_a_new_version_waits_for_the_person_and_loses_nothing(
    office: Office, tablet: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = tablet().ready()
    visit_of(page, office, "203")
    write(page, "purpose", "旧版本里写的")
    old = page.locator("html").get_attribute("data-build")
    for module in ("portal.core.pages", "portal.field.views", "portal.field.shells"):
        monkeypatch.setattr(f"{module}.build", lambda: "0123456789ab")
    assert pages.build() == "0123456789ab"
    page.evaluate("async () => { await (await navigator.serviceWorker.ready).update(); }")
    banner = page.locator("#notice-new-version")
    expect(banner).to_contain_text("新版本已准备好", timeout=20_000)
    assert page.locator("html").get_attribute("data-build") == old
    banner.locator("button").click()
    page.locator('html[data-build="0123456789ab"]').wait_for(state="attached")
    shown(page, "visit")
    expect(page.locator('[data-path="purpose"] input')).to_have_value("旧版本里写的")
    kept = page.evaluate("async () => (await caches.keys()).sort()")
    assert kept == ["field-0123456789ab", "field-choice"]


def test_signing_out_is_refused_while_a_draft_or_a_record_is_left(office: Office, tablet: Make) -> None:
    page = tablet().ready()
    visit_of(page, office, "204")
    write(page, "purpose", "没写完")
    saved(page)
    go(page, "outbox")
    page.click("[data-slot=leave]")
    expect(page.locator("[data-slot=leave-words]")).to_contain_text("还不能退出：0 条未上传，1 份草稿未完成。")
    expect(page.locator("[data-slot=drafts-section-list] .record")).to_have_count(1)


def test_signing_out_takes_everything_from_the_tablet(office: Office, tablet: Make) -> None:
    page = tablet().enrol()
    go(page, "outbox")
    page.click("[data-slot=leave]")
    page.wait_for_url("**/enrol")
    left = page.evaluate("async () => (await indexedDB.databases()).map((each) => each.name)")
    shown(page, "enrol")
    assert set(left) <= {"linli-people"}  # who works here: nobody
    go(page, "enrol")
    assert page.locator("#device_name").input_value() == ""
