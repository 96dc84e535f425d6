"""Every page of the tablet: sound for all readers, in both scripts, light and dark, found by keyboard and by finger."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from portal.core import changes
from portal.core.db import writing
from portal.domain.script.characters import leftovers
from portal.households.models import Building, Community, Household
from tests.browser.tablet import Office, Tablet, add_opinion, choose, choose_pin, go, onward, saved, shown
from tests.surveys.surveying import campaign_of

pytestmark = pytest.mark.browser

Make = Callable[..., Tablet]
AXE = (Path(__file__).parents[1] / "vendor" / "axe-4.14.1.min.js").read_text("utf-8")
RUN = """async () => {
  const found = await axe.run(document, { resultTypes: ["violations"] });
  return JSON.stringify(found.violations.map((v) => [v.id, v.impact, v.nodes.map((n) => n.target.join(" ") + " " + n.failureSummary).slice(0, 3)]));
}"""
SMALL = """() => [...document.querySelectorAll("a, button, summary, select, input, textarea, label:has(input)")]
  .filter((e) => e.checkVisibility({ visibilityProperty: true }) && !e.closest(".vh, .sr, .skip") && !["hidden", "file", "radio", "checkbox"].includes(e.type))
  .map((e) => [e.getBoundingClientRect(), e]).filter(([box]) => box.width && (box.height < 47.5 || box.width < 40))
  .map(([box, e]) => `${e.tagName} ${e.className} ${Math.round(box.width)}x${Math.round(box.height)} ${e.textContent.trim().slice(0, 20)}`)"""
WIDE = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"


def axe(page: Page) -> list[object]:
    page.evaluate(AXE)
    found: list[object] = json.loads(page.evaluate(RUN))
    return found


def looked_at(page: Page, name: str) -> list[str]:
    """What axe finds, targets too small for a finger, what lies beyond the edge."""
    page.wait_for_timeout(200)  # colours that fade have faded
    found = [f"{name}: {problem}" for problem in [*axe(page), *page.evaluate(SMALL)]]
    beyond = page.evaluate(WIDE)
    return [*found, f"{name}: {beyond} beyond the edge"] if beyond else found


@pytest.mark.parametrize("language", ["zh-hans", "zh-hant"])
def test_every_page_is_sound_for_all_readers(office: Office, tablet: Make, language: str) -> None:
    office.plan("101", "102", "201", "304", brief="本月电梯钢丝绳已更换。")
    with office.app.app_context():
        campaign = str(campaign_of(office.estate))
    mine = tablet(language=language)
    page = mine.enrol()
    home = str(office.estate.households["101"])
    problems = looked_at(page, "today")
    page.emulate_media(color_scheme="dark")
    problems += looked_at(page, "today, dark")
    for name, query in (
        ("household", {"id": home}),
        ("elevation", {}),
        ("find", {}),
        ("outbox", {}),
        ("enrol", {}),
        ("survey", {"id": home, "campaign": campaign}),
        ("pin", {}),
        ("visit", {"id": home}),
    ):
        go(page, name, **query)
        problems += looked_at(page, f"{name}, dark")
        page.emulate_media(color_scheme="light")
        problems += looked_at(page, name)
        text = page.locator("body").inner_text()
        foreign = leftovers(text, {"zh-hans": "zh-Hans", "zh-hant": "zh-Hant"}[language])
        own = set(
            "陈锦绣满意度调查2026年上半锦绣花园钢丝绳电梯已换简繁体體号"
        )  # data of the office and names of languages
        problems += [f"{name}: {letter} of the other script" for letter in foreign if letter not in own]
        page.emulate_media(color_scheme="dark")
    onward(page)
    choose(page, "briefing", "none")
    onward(page)
    add_opinion(page, "complaint", "楼上周末装修")
    problems += looked_at(page, "visit with an opinion, dark")
    page.set_viewport_size({"width": 410, "height": 590})  # the same tablet at 200 %
    problems += looked_at(page, "visit at 200 %")
    for name, query in (("today", {}), ("household", {"id": home}), ("outbox", {}), ("find", {})):
        go(page, name, **query)
        problems += looked_at(page, f"{name} at 200 %")
    page.set_viewport_size({"width": 390, "height": 844})
    page.locator("[data-slot=lock]").click()
    shown(page, "unlock")
    problems += looked_at(page, "unlock")
    page.emulate_media(color_scheme="dark")
    problems += looked_at(page, "unlock, dark")
    page.click("[data-slot=forgotten]")
    shown(page, "enrol")
    problems += looked_at(page, "enrol, PIN forgotten")
    assert not problems, "\n".join(problems)


def test_a_household_is_found_by_room_and_name_in_either_script(office: Office, tablet: Make) -> None:
    page = tablet().ready()
    go(page, "find")
    expect(page.locator("[data-slot=count]")).to_have_text("本机有 12 户")
    for words, found in (("302", 1), ("陳文", 12), ("陈文10", 4), ("1栋 204", 1), ("無此人", 0)):
        page.fill("#find", words)
        expect(page.locator("[data-slot=found] li")).to_have_count(found)
    page.fill("#find", "陳文302")
    page.locator("[data-slot=found] a").click()
    shown(page, "household")
    expect(page.locator("h1")).to_contain_text("302 室")


def test_a_household_is_found_by_the_end_of_any_of_its_numbers(office: Office, tablet: Make) -> None:
    with office.app.app_context(), writing() as session:
        home = session.get_one(Household, office.estate.households["203"])
        home.residents[0].more_phones = ["0755-88886677"]
        changes.number(session, home.office_id, [changes.Touched("household", home.id, home.community_id)])
    page = tablet().enrol()
    go(page, "find")
    for words, found in (("6677", 1), ("0204", 1), ("677", 0), ("陈文 6677", 1)):
        page.fill("#find", words)
        expect(page.locator("[data-slot=found] li")).to_have_count(found)
    page.fill("#find", "6677")
    page.locator("[data-slot=found] a").click()
    shown(page, "household")
    expect(page.locator("[data-slot=people]")).to_contain_text("139 •••• 0203，075 •••• 6677")


def test_with_two_estates_on_the_tablet_each_door_is_named_with_its_own(office: Office, tablet: Make) -> None:
    with office.app.app_context(), writing() as session:
        here = session.get_one(Household, office.estate.households["203"])
        estate = Community(
            office_id=here.office_id, slug="taoyuan", name_hans="桃源里", name_hant="桃源里", script="zh-Hans"
        )
        session.add(estate)
        session.flush()
        building = Building(
            office_id=here.office_id, community_id=estate.id, code="1", name_hans="1栋", name_hant="1棟"
        )
        session.add(building)
        session.flush()
        home = Household(
            office_id=here.office_id, community_id=estate.id, building_id=building.id, stair="2", room="203", floor=2,
            address_key="1|2|203", unit_code="t203",
        )  # fmt: skip
        session.add(home)
        session.flush()
        touched = [("community", estate.id), ("building", building.id), ("household", home.id)]
        changes.number(session, here.office_id, [changes.Touched(kind, own, estate.id) for kind, own in touched])
    page = tablet().enrol()
    go(page, "find")
    page.fill("#find", "203")
    expect(page.locator("[data-slot=found] a")).to_contain_text(
        ["桃源里 1栋 2 单元 203 室", "锦绣花园 1栋 1 单元 203 室"]
    )
    go(page, "elevation")
    page.locator("[data-slot=buildings] a", has_text="桃源里").click()
    expect(page.locator("h1")).to_contain_text("桃源里")


def test_links_between_the_pages_work_without_a_network_and_back(office: Office, tablet: Make) -> None:
    office.plan("101")
    mine = tablet()
    page = mine.enrol()
    mine.offline()
    for name in ("elevation", "find", "outbox"):
        page.locator(f".dock a[href$={name}]").click()
        shown(page, name)
    page.go_back()
    shown(page, "find")
    page.go_back()
    shown(page, "elevation")
    door = page.locator(".door", has_text="203")
    door.click()
    expect(page.locator("[data-slot=peek-who]")).to_contain_text("陈文203")
    door.click()
    shown(page, "household")
    page.goto(f"{office.address}/field/")
    shown(page, "today")


def test_the_door_shows_what_happened_behind_it(office: Office, tablet: Make) -> None:
    page = tablet().ready()
    go(page, "household", id=str(office.estate.households["301"]))
    page.click("[data-slot=attempt] summary")
    page.click("[data-outcome=not_in]")
    expect(page.locator("[data-slot=attempt][open]")).to_have_count(0)  # it closes once the attempt is kept
    go(page, "visit", id=str(office.estate.households["302"]))
    page.locator('[data-path="purpose"] input').fill("看看")
    saved(page)
    go(page, "elevation")
    expect(page.locator(".door", has_text="302")).to_have_class("door is-draft")
    nobody = page.locator(".door", has_text="301")
    expect(nobody).to_contain_text("无人，第 1 次", timeout=15_000)
    page.click("[data-slot=legend] [data-state=draft]")
    expect(page.locator(".door:not(.is-dimmed)")).to_have_count(1)


def test_the_language_changes_where_one_stands_and_is_remembered(office: Office, tablet: Make) -> None:
    mine = tablet()
    page = mine.ready()
    mine.offline()
    go(page, "outbox")
    page.click("main [data-language-link][lang=zh-Hant]")
    shown(page, "outbox")
    expect(page.locator("html")).to_have_attribute("lang", "zh-Hant")
    expect(page.locator("h1")).to_have_text("全部已送達")
    page.wait_for_timeout(300)
    page.goto(f"{office.address}/field/")
    shown(page, "today")
    expect(page.locator("html")).to_have_attribute("lang", "zh-Hant")


def test_a_wrong_password_is_told_and_nothing_is_kept(office: Office, tablet: Make) -> None:
    page = tablet().open()
    page.wait_for_url("**/enrol")
    shown(page, "enrol")
    page.fill("#login", "field_staff")
    page.fill("#password", "wrong password")
    page.fill("#device_name", "3号平板")
    choose_pin(page)
    page.click("[data-slot=submit]")
    expect(page.locator("[data-slot=error]")).to_have_text("登录名或密码不正确，请重试。")
    page.goto(f"{office.address}/field/zh-hans/")
    page.wait_for_url("**/enrol")


def test_a_tablet_holds_its_own_office_and_no_other(office: Office, tablet: Make) -> None:
    page = tablet().enrol()
    go(page, "household", id=str(office.estate.foreign_household_id))
    expect(page.locator("[data-slot=missing]")).to_be_visible()
    expect(page.locator("[data-slot=act]")).to_be_hidden()
