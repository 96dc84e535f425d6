"""The walk at the door: a tablet without a network, closed and opened again, then sending and correcting."""

from playwright.sync_api import Page, expect

from tests.browser.tablet import add_opinion, choose, onward, photo, shown, sign, write
from tests.browser.test_tablet_records import arrived, pulled
from tests.browser.walk import MORE, PRAISED, SAID, Walk
from tests.surveys.surveying import ITEMS


def the_tablet_enrols_and_the_network_is_cut(walk: Walk) -> Page:
    page = walk.tablet.enrol()
    expect(page.locator("[data-slot=sum]")).to_contain_text("今日 9 户")
    walk.tablet.offline()
    walk.office.faults.asked.clear()
    return page


def at_the_door(page: Page, room: str) -> None:
    """From the front of the building to the household behind one of its doors."""
    page.locator("nav a", has_text="楼栋").first.click()
    shown(page, "elevation")
    page.locator(".door", has_text=room).click()
    page.click("[data-slot=peek-open]")
    shown(page, "household")
    expect(page.locator("h1")).to_contain_text(room)


def kept(page: Page, path: str) -> None:
    """All that was typed lies on the tablet: its line has been written anew twice, each time after one more tap."""
    for part in ("private", "common"):
        page.locator("[data-slot=saved] [data-slot=time]").evaluate("(line) => { line.dataset.before = 'yes'; }")
        choose(page, path, part)
        expect(page.locator("[data-slot=saved] [data-before]")).to_have_count(0)
        expect(page.locator("[data-slot=saved]")).to_contain_text("已存在本机")


def a_visit_is_filled_across_a_restart(walk: Walk, page: Page) -> Page:
    at_the_door(page, "201")
    page.click("[data-slot=begin]")
    shown(page, "visit")
    onward(page)
    choose(page, "briefing", "all")
    onward(page)
    own = add_opinion(page, "repair", SAID)
    place = f'[data-path="opinions/{own}/photos"]'
    page.locator(f"{place} input[type=file]").set_input_files(photo(walk.folder / "lamp.jpg"))
    expect(page.locator(f"{place} figure img")).to_have_count(1)
    kept(page, f"opinions/{own}/part")
    walk.tablet.close()
    page = walk.tablet.open(offline=True)
    shown(page, "today")
    stop = page.locator(".plan a.stop", has_text="201")
    expect(stop).to_contain_text("草稿，到意见")
    stop.click()
    shown(page, "household")
    expect(page.locator("[data-slot=begin]")).to_have_text("接着写草稿")
    page.click("[data-slot=begin]")
    shown(page, "visit")
    expect(page.locator(f'[data-member="{own}"] [data-slot=summary-words]')).to_have_text(SAID)
    page.locator(f'[data-member="{own}"] [data-act=open]').click()
    expect(page.locator(f"{place} figure img")).to_have_count(1)
    add_opinion(page, "praise", PRAISED, answered="谢谢您")
    onward(page)
    choose(page, "ratings/overall", "satisfied")
    onward(page)
    sign(page)
    expect(page.locator('[data-path="no_signature_because"]')).to_be_hidden()
    sign(page, ".field--ink")
    onward(page)
    shown(page, "today")
    expect(page.locator("[data-slot=unsent-words]")).to_have_text("1 条待上传")
    return page


def to_whoever_was_drawn(page: Page) -> None:
    """The first household of the sample, as the list under the plan has it."""
    page.locator("[data-slot=survey-list] a").first.click()
    shown(page, "household")


def the_form_is_handed_out_and_the_resident_answers(walk: Walk, page: Page) -> None:
    to_whoever_was_drawn(page)
    page.click("[data-slot=survey-lines] [data-slot=handout]")
    shown(page, "visit")
    choose(page, "explained", "yes")
    sign(page, '[data-path="signature"]')
    expect(page.locator('[data-path="no_signature_because"]')).to_be_hidden()  # the drawing is taken in
    onward(page)
    expect(page.locator('[data-path="collect_at"]')).to_be_visible()
    onward(page)
    shown(page, "today")
    to_whoever_was_drawn(page)
    page.click("[data-slot=survey-lines] [data-slot=answer]")
    shown(page, "survey")
    for item in ITEMS:
        choose(page, item, "dissatisfied" if item == "cleaning" else "satisfied")
    page.fill("#why-cleaning", "楼道三天没扫，面上落满灰")
    expect(page.locator("[data-slot=answered]")).to_have_text("10 / 10")
    page.click("[data-slot=next]")
    expect(page.locator("[data-slot=closed]")).to_be_visible()
    page.click("[data-slot=done]")
    shown(page, "today")
    reached = [
        path for path in walk.office.faults.asked if path != "/field/sw.js"
    ]  # the browser's own look for a newer one
    assert reached == [], f"something reached the office without a network: {reached}"


def everything_goes_up_by_itself(walk: Walk, page: Page) -> None:
    walk.tablet.offline(False)
    arrived(page)
    sent = page.locator("[data-slot=sent-list] .record")
    expect(sent).to_have_count(3)
    for place in range(3):
        expect(sent.nth(place).locator(".record__why")).to_contain_text("回执")


def the_author_corrects_it_on_her_tablet(walk: Walk, page: Page) -> None:
    pulled(page)
    page.locator("nav a", has_text="今日").first.click()
    shown(page, "today")
    returned = page.locator("[data-slot=returned-list] li")
    expect(returned.locator("q")).to_have_text("请写明位置")
    returned.locator("a").click()
    shown(page, "visit")
    expect(page.locator("[data-slot=comment-list]")).to_contain_text("是哪一段楼梯？")
    write(page, "corrected", "补写了位置")
    for _ in range(3):
        onward(page)
    member = page.locator('[data-path="opinions"] [data-member]', has_text="二楼里边")
    member.locator("[data-act=open]").click()
    member.locator("textarea").first.fill(SAID + MORE)
    onward(page)
    onward(page)
    onward(page)
    shown(page, "today")
    expect(page.locator("[data-slot=returned]")).to_be_hidden()
    arrived(page)
