"""While a tablet is locked, nothing that its storage or its browser's folder holds names anybody."""

import random
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from portal.core import changes
from portal.core.db import writing
from portal.households.models import Household, Resident
from tests.browser.tablet import (
    Office,
    Tablet,
    add_opinion,
    choose,
    go,
    onward,
    saved,
    shown,
    sign,
    write,
)
from tests.browser.test_tablet_vault import lock

pytestmark = pytest.mark.browser

Make = Callable[..., Tablet]

# Every value of every store that a script can reach, bytes as letters of one byte.
REACHED = """async () => {
  const found = [JSON.stringify({ ...localStorage }), JSON.stringify({ ...sessionStorage }), document.documentElement.outerHTML];
  const plain = (key, value) => {
    if (value instanceof ArrayBuffer) value = new Uint8Array(value);
    return value instanceof Uint8Array ? new TextDecoder().decode(value) : value;
  };
  for (const { name } of await indexedDB.databases()) {
    const database = await new Promise((resolve, reject) => Object.assign(indexedDB.open(name), { onsuccess: (e) => resolve(e.target.result), onerror: reject }));
    for (const store of database.objectStoreNames) {
      const rows = await new Promise((resolve, reject) => Object.assign(database.transaction(store).objectStore(store).getAll(), { onsuccess: (e) => resolve(e.target.result), onerror: reject }));
      found.push(`${name}/${store}`, JSON.stringify(rows, plain));
    }
    database.close();
  }
  for (const name of await caches.keys()) {
    const cache = await caches.open(name);
    for (const request of await cache.keys()) found.push(request.url, await (await cache.match(request)).text());
  }
  return found;
}"""


# What is not sealed is found: this search is no blind one.
CLEAR = ["the search finds this", "搜得到这一句"]
CONTROL = """async (words) => {
  const database = await new Promise((resolve) => Object.assign(indexedDB.open("control", 1), { onupgradeneeded: (e) => e.target.result.createObjectStore("words"), onsuccess: (e) => resolve(e.target.result) }));
  const transaction = database.transaction("words", "readwrite", { durability: "strict" });
  for (const each of words) transaction.objectStore("words").put({ each }, each);
  await new Promise((resolve) => (transaction.oncomplete = resolve));
  database.close();
}"""


class Planted:
    """A thousand things that name people: names, numbers, wishes, and what is typed at the door."""

    def __init__(self, seed: int = 20260305) -> None:
        chance = random.Random(seed)
        letters = [chr(code) for code in range(0x4E00, 0x9FA5)]
        self.names = ["".join(chance.sample(letters, 4)) for _ in range(600)]
        self.numbers = [f"139{chance.randrange(10**8):08d}" for _ in range(376)]
        self.wishes = ["".join(chance.sample(letters, 8)) for _ in range(12)]
        self.typed = ["".join(chance.sample(letters, 8)) for _ in range(12)]

    @property
    def all(self) -> list[str]:
        return [*self.names, *self.numbers, *self.wishes, *self.typed]

    def at_home(self, office: Office) -> None:
        """Give the estate's households residents, numbers and wishes of these."""
        rooms = list(office.estate.households)
        with office.app.app_context(), writing() as session:
            for index, room in enumerate(rooms):
                home = session.get_one(Household, office.estate.households[room])
                home.preference = self.wishes[index]
                numbers = self.numbers[index :: len(rooms)]
                for place, name in enumerate(self.names[index :: len(rooms)]):
                    phone = numbers[place] if place < len(numbers) else ""
                    session.add(
                        Resident(
                            office_id=home.office_id, household_id=home.id, name=name, name_key=name, phone=phone,
                            phone_tail=phone[-4:], position=place + 1,
                        )
                    )  # fmt: skip
                changes.number(session, home.office_id, [changes.Touched("household", home.id, home.community_id)])


def in_folder(folder: Path, strings: list[str]) -> list[str]:
    """Which of these stand in any file below, as browsers write text: in UTF-8, or in UTF-16."""
    found = set()
    for path in folder.rglob("*"):
        if path.is_file() and not path.is_symlink():
            content = path.read_bytes()
            for coding in ("utf-8", "utf-16-le"):
                found |= {f"{path.relative_to(folder)}: {each}" for each in strings if each.encode(coding) in content}
    return sorted(found)


def work_at_the_door(page: Page, office: Office, typed: list[str]) -> None:
    """A finished visit, and one that is begun."""
    for room in ("101", "102"):
        go(page, "visit", id=str(office.estate.households[room]))
        write(page, "purpose", typed.pop())
        onward(page)
        choose(page, "briefing", "none")
        onward(page)
        add_opinion(page, "repair", typed.pop(), answered=typed.pop())
        saved(page)
        if room == "101":
            onward(page)
            onward(page)
            write(page, "remark", typed.pop())
            sign(page)
            onward(page)
            shown(page, "today")
    go(page, "find")
    page.fill("#find", typed.pop())
    go(page, "household", id=str(office.estate.households["103"]))


def test_a_locked_tablet_names_nobody(office: Office, tablet: Make) -> None:
    planted = Planted()
    assert len(set(planted.all)) == 1000
    planted.at_home(office)
    mine = tablet()
    page = mine.enrol()
    go(page, "find")
    page.fill("#find", planted.names[7])
    expect(page.locator("[data-slot=found] li")).to_have_count(1)
    mine.offline()
    work_at_the_door(page, office, [*planted.typed])
    page.evaluate(CONTROL, CLEAR)
    lock(page)
    reached = page.evaluate(REACHED)
    assert all(any(clear in each for each in reached) for clear in CLEAR)
    assert any(each.startswith("linli-sealed-1") for each in reached)
    assert [each for each in planted.all if any(each in told for told in reached)] == []
    page.wait_for_timeout(1500)  # what the browser writes a little later
    assert {each.split(": ")[1] for each in in_folder(mine.profile, CLEAR)} == set(CLEAR)
    assert in_folder(mine.profile, planted.all) == []
    mine.close()
    assert in_folder(mine.profile, planted.all) == []
