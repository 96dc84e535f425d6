"""The sealed backup file: what was not sent is put back on another tablet byte for byte, and on nobody else's."""

import hashlib
import json
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import select

from portal.core.facts import Fact
from portal.core.storage import Blob
from tests.browser.tablet import (
    PASSWORD,
    Office,
    Tablet,
    add_opinion,
    choose,
    go,
    onward,
    photo,
    saved,
    shown,
)
from tests.browser.test_tablet_network import headline, not_in
from tests.browser.windows import Window

pytestmark = pytest.mark.browser

Make = Callable[..., Tablet]

TEXTS = """async (pin) => {
  const module = (name) => import(document.querySelector("script[type=module]").src.replace("app.js", name));
  const [{ people, unlock }, { openVault }] = await Promise.all([module("people.js"), module("vault.js")]);
  const [person] = await people();
  const vault = await openVault(person.id, await unlock(person.id, pin));
  return (await vault.all("outbox")).map((row) => row.body.text).sort();
}"""
PIN = "804715"


def unsent_work(office: Office, page: Page, tmp_path: Path) -> None:
    """Two attempts, a visit with a photo, a draft with a photo; nothing of it sent."""
    not_in(page, office, "101")
    not_in(page, office, "102")
    for room, seed in (("201", 1), ("202", 2)):
        go(page, "visit", id=str(office.estate.households[room]))
        onward(page)
        choose(page, "briefing", "none")
        onward(page)
        own = add_opinion(page, "repair", f"{room} 的窗户关不严")
        page.locator(f'[data-path="opinions/{own}/photos"] input[type=file]').set_input_files(
            photo(tmp_path / f"{seed}.jpg", seed)
        )
        expect(page.locator(f'[data-path="opinions/{own}/photos"] figure img')).to_have_count(1)
        saved(page)
        page.wait_for_timeout(300)
        if room == "201":
            onward(page)
            onward(page)
            choose(page, "no_signature_because", "refused")
            onward(page)
            shown(page, "today")


def backed_up(page: Page, to: Path) -> Path:
    go(page, "outbox")
    with page.expect_download() as handed:
        page.click("[data-slot=save]")
    assert handed.value.suggested_filename.endswith(".linli")
    handed.value.save_as(to)
    expect(page.locator("[data-slot=backup-words]")).to_contain_text("已保存：4 条记录和草稿")
    return to


def put_back(page: Page, file: Path, login: str = "field_staff", password: str = PASSWORD) -> None:
    go(page, "outbox")
    page.locator("[data-slot=file]").set_input_files(file)
    expect(page.locator("[data-slot=backup-words]")).to_contain_text("请用办公系统的密码登录")
    page.fill("#restore-login", login)
    page.fill("#restore-password", password)
    page.click("[data-slot=restore-form] button")


def test_a_backup_file_is_put_back_on_another_tablet_byte_for_byte(
    office: Office, tablet: Make, tmp_path: Path
) -> None:
    mine = tablet("first")
    page = mine.ready()
    mine.offline()
    unsent_work(office, page, tmp_path)
    texts = page.evaluate(TEXTS, PIN)
    assert len(texts) == 3
    file = backed_up(page, tmp_path / "backup.linli")
    said = file.read_text("utf-8")
    assert "窗户" not in said and "not_in" not in said
    mine.close()  # and falls into a pond

    other = tablet("second")
    page = other.enrol()
    put_back(page, file, password="wrong password")
    expect(page.locator("[data-slot=backup-words]")).to_contain_text("登录名或密码不正确")
    office.faults.mode = lambda method, path: "lost" if path == "/sync/facts" else None
    put_back(page, file)
    expect(page.locator("[data-slot=backup-words]")).to_have_text("已恢复 3 条记录、1 份草稿；另有 0 条本机已有。")
    assert page.evaluate(TEXTS, PIN) == texts
    put_back(page, file)
    expect(page.locator("[data-slot=backup-words]")).to_have_text("已恢复 0 条记录、0 份草稿；另有 4 条本机已有。")
    office.faults.mode = lambda method, path: None
    page.click("[data-slot=send]")
    headline(page, "全部已送达", timeout=30_000)
    with office.session() as session:
        facts = session.scalars(select(Fact)).all()
        arrived = {hashlib.sha256(bytes(fact.payload)).hexdigest() for fact in facts}
        assert arrived == {json.loads(text)["sha256"] for text in texts}
        assert {fact.status for fact in facts} == {"stored"}
        assert len(session.scalars(select(Blob)).all()) == 1
    go(page, "today")
    expect(page.locator("[data-slot=drafts-list]")).to_contain_text("202 室")
    page.locator("[data-slot=drafts-list] a").click()
    shown(page, "visit")
    page.locator("[data-act=open]").first.click()
    expect(page.locator("figure img")).to_have_count(1)


def test_nobody_else_puts_it_back_and_other_files_are_told_apart(office: Office, tablet: Make, tmp_path: Path) -> None:
    mine = tablet("first")
    page = mine.ready()
    mine.offline()
    unsent_work(office, page, tmp_path)
    file = backed_up(page, tmp_path / "backup.linli")
    mine.close()
    other = tablet("second")
    page = other.enrol("supervisor")
    go(page, "outbox")
    for content, words in (
        (file.read_text("utf-8"), "这个文件是别人的"),
        ("{}", "这不是平板的备份文件"),
        ("x", "这不是平板的备份文件"),
    ):
        (tmp_path / "file.linli").write_text(content, "utf-8")
        page.locator("[data-slot=file]").set_input_files(tmp_path / "file.linli")
        expect(page.locator("[data-slot=backup-words]")).to_contain_text(words)
        expect(page.locator("[data-slot=restore-form]")).to_be_hidden()


def test_signing_out_needs_the_work_sent_or_in_a_file(office: Office, tablet: Make, tmp_path: Path) -> None:
    mine = tablet()
    page = mine.ready()
    mine.offline()
    unsent_work(office, page, tmp_path)
    go(page, "outbox")
    page.click("[data-slot=leave]")
    expect(page.locator("[data-slot=leave-words]")).to_contain_text("还不能退出：3 条未上传，1 份草稿未完成。")
    backed_up(page, tmp_path / "backup.linli")
    go(page, "visit", id=str(office.estate.households["202"]))
    add_opinion(page, "help", "后来又写的")
    saved(page)
    go(page, "outbox")
    page.click("[data-slot=leave]")
    expect(page.locator("[data-slot=leave-words]")).to_contain_text("还不能退出：0 条未上传，1 份草稿未完成。")
    file = backed_up(page, tmp_path / "backup.linli")
    page.click("[data-slot=leave]")
    expect(page.locator("[data-slot=leave-words]")).to_contain_text("有 4 条只在")
    page.click("[data-slot=leave]")
    page.wait_for_url("**/enrol")
    mine.offline(False)
    mine.close()
    mine.people = 0
    page = tablet("second").enrol()
    put_back(page, file)
    expect(page.locator("[data-slot=backup-words]")).to_contain_text("已恢复 3 条记录、1 份草稿")


def test_the_office_puts_a_broken_tablets_file_back(
    office: Office, tablet: Make, chromium: Browser, tmp_path: Path
) -> None:
    mine = tablet("first")
    page = mine.ready()
    mine.offline()
    unsent_work(office, page, tmp_path)
    texts = page.evaluate(TEXTS, PIN)
    file = backed_up(page, tmp_path / "backup.linli")
    mine.close()
    desk = Window(chromium, office.address).sign_in("supervisor")
    desk.open("/desk/tablets")
    desk.link("恢复备份文件")
    desk.headed("恢复备份文件")
    desk.page.locator("input[type=file]").set_input_files(file)
    desk.press("恢复")
    desk.toast("录入 3 条，原已收到 0 条，待处理 0 条。另有 1 份草稿")
    assert desk.errors == []
    desk.close()
    with office.session() as session:
        facts = session.scalars(select(Fact)).all()
        assert {hashlib.sha256(bytes(fact.payload)).hexdigest() for fact in facts} == {
            json.loads(t)["sha256"] for t in texts
        }
        assert {fact.status for fact in facts} == {"stored"}, "the photo came with it"
