"""The clear store of the first versions: carried into the sealed one, sent from until then, never given up too early."""

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import func, select

from portal.visits.models import Visit
from tests.browser.tablet import PIN, Office, Tablet, add_opinion, choose, choose_pin, go, onward, photo, saved, shown
from tests.browser.test_tablet_network import headline, not_in

pytestmark = pytest.mark.browser

Make = Callable[..., Tablet]

AS_BEFORE = """async (pin) => {
  const module = (name) => import(document.querySelector("script[type=module]").src.replace("app.js", name));
  const [{ people, unlock }, { openVault, nameOf }, { openDB, deleteDB }] = await Promise.all([module("people.js"), module("vault.js"), module("../../vendor/idb-8.0.4.js")]);
  const [person] = await people();
  const vault = await openVault(person.id, await unlock(person.id, pin));
  const old = await openDB("linli-clear-1", 1, {
    upgrade(made) {
      made.createObjectStore("meta", { keyPath: "id" });
      made.createObjectStore("drafts", { keyPath: "id" }).createIndex("household", "household");
      made.createObjectStore("fields", { keyPath: ["draft", "path"] }).createIndex("draft", "draft");
      made.createObjectStore("outbox", { keyPath: "id" }).createIndex("status", "status");
      made.createObjectStore("photos", { keyPath: "sha256" });
      const blocks = made.createObjectStore("blocks", { keyPath: "id" });
      blocks.createIndex("kind", "kind");
      blocks.createIndex("ids", "ids", { multiEntry: true });
    },
  });
  for (const store of ["meta", "drafts", "fields", "outbox", "photos", "blocks"])
    for (const row of await vault.all(store)) await old.put(store, row);
  await old.put("meta", { id: "format", body: { format: "clear-1", sealed: false } });
  old.close();
  vault.close();
  document.body.remove();
  await Promise.all([deleteDB(nameOf(person.id)), deleteDB("linli-people")]);
}"""
STORES = "async () => (await indexedDB.databases()).map((each) => each.name).sort().map((name) => name.slice(0, 14))"
SEALED_OUTBOX_FULL = """() => {
  const put = IDBObjectStore.prototype.put;
  IDBObjectStore.prototype.put = function (...given) {
    if (this.name === "outbox" && this.transaction.db.name.startsWith("linli-sealed")) throw new DOMException("full", "QuotaExceededError");
    return put.apply(this, given);
  };
}"""


def visits(office: Office) -> int:
    with office.session() as session:
        return session.scalar(select(func.count()).select_from(Visit)) or 0


def left_by_the_version_before(office: Office, tablet: Tablet, tmp_path: Path) -> Page:
    """Three records to be sent and a draft with a photo, as the version before sealing left them; opened by this one, offline."""
    page = tablet.ready()
    tablet.offline()
    for room in ("101", "102", "103"):
        not_in(page, office, room)
    go(page, "visit", id=str(office.estate.households["201"]))
    onward(page)
    choose(page, "briefing", "none")
    onward(page)
    own = add_opinion(page, "repair", "走廊的窗户关不严")
    page.locator(f'[data-path="opinions/{own}/photos"] input[type=file]').set_input_files(photo(tmp_path / "a.jpg"))
    expect(page.locator(f'[data-path="opinions/{own}/photos"] figure img')).to_have_count(1)
    saved(page)
    page.wait_for_timeout(300)
    page.evaluate(AS_BEFORE, PIN)
    tablet.close()
    tablet.people = 0
    page = tablet.open(offline=True)
    shown(page, "pin")
    return page


def draft_is_whole(page: Page) -> None:
    go(page, "today")
    expect(page.locator("[data-slot=drafts-list]")).to_contain_text("201 室")
    page.locator("[data-slot=drafts-list] a").click()
    shown(page, "visit")
    expect(page.locator("[data-slot=summary-words]").first).to_have_text("走廊的窗户关不严")
    page.locator("[data-act=open]").first.click()
    expect(page.locator("figure img")).to_have_count(1)


def test_without_a_network_everything_is_carried_over_and_the_clear_store_goes(
    office: Office, tablet: Make, tmp_path: Path
) -> None:
    mine = tablet()
    page = left_by_the_version_before(office, mine, tmp_path)
    choose_pin(page)
    page.click("[data-slot=submit]")
    shown(page, "today")
    assert page.evaluate(STORES) == ["linli-people", "linli-sealed-1"]
    draft_is_whole(page)
    go(page, "find")
    expect(page.locator("[data-slot=count]")).to_have_text("本机有 12 户")
    go(page, "outbox")
    headline(page, "还有 3 条没有送达")
    mine.offline(False)
    page.click("[data-slot=send]")
    headline(page, "全部已送达")
    assert visits(office) == 3


def test_the_clear_store_goes_on_sending_until_a_pin_is_chosen(office: Office, tablet: Make, tmp_path: Path) -> None:
    mine = tablet()
    page = left_by_the_version_before(office, mine, tmp_path)
    mine.offline(False)
    for _ in range(100):
        if visits(office) == 3:
            break
        page.wait_for_timeout(100)
    assert visits(office) == 3
    assert page.evaluate(STORES) == ["linli-clear-1", "linli-people"]  # nobody has a PIN yet
    choose_pin(page)
    page.click("[data-slot=submit]")
    shown(page, "today")
    draft_is_whole(page)
    go(page, "outbox")
    headline(page, "全部已送达")
    assert page.evaluate(STORES) == ["linli-people", "linli-sealed-1"]


def test_what_could_not_be_carried_is_sent_from_where_it_lies(office: Office, tablet: Make, tmp_path: Path) -> None:
    mine = tablet()
    page = left_by_the_version_before(office, mine, tmp_path)
    page.evaluate(SEALED_OUTBOX_FULL)
    choose_pin(page)
    page.click("[data-slot=submit]")
    shown(page, "today")
    assert "linli-clear-1" in page.evaluate(STORES)
    mine.offline(False)
    for _ in range(150):
        if visits(office) == 3:
            break
        page.wait_for_timeout(100)
    assert visits(office) == 3
    go(page, "outbox")  # a new page, and room again
    headline(page, "全部已送达")
    assert page.evaluate(STORES) == ["linli-people", "linli-sealed-1"]
    expect(page.locator("[data-slot=sent-list] .record")).to_have_count(3)
    draft_is_whole(page)
