"""The walk from an opinion to a letter that anybody reads."""

import re

from playwright.sync_api import Locator, expect

from tests.browser.walk import EXPLAINED, HANS, HANT, MEASURE, MORE, OPENING, PERSON, SAID, TITLE, Walk, due
from tests.browser.windows import Window
from tests.core.prints import squeezed, text_of


def the_opinion_becomes_an_issue_with_a_measure(walk: Walk) -> None:
    desk = walk.colleague("supervisor")
    desk.menu("意见")
    desk.link("二楼里边")
    desk.told(SAID + MORE)
    classify = desk.act("分类")
    classify.get_by_label("类别").select_option("maintenance")
    desk.press("分类", within=classify.locator("form"))
    send = desk.act("转办给部门")
    send.get_by_label("责任部门").select_option(label="工程部")
    desk.press("转办", within=send.locator("form"))
    expect(desk.page.locator("dl.facts")).to_contain_text("工程部")
    desk.act("归入共性问题").get_by_role("link", name="新建共性问题").click()
    desk.page.get_by_label("问题简介").fill(TITLE)
    desk.press("归为一项")
    desk.headed(TITLE)
    words = desk.act("修改问题说明")
    words.get_by_label("情况说明").fill(EXPLAINED)
    desk.press("保存", within=words)
    measure = desk.act("制定措施")
    measure.get_by_label("处理措施").fill(MEASURE)
    measure.get_by_label("责任人").fill(PERSON)
    measure.get_by_label("责任部门").select_option(label="工程部")
    measure.get_by_label("完成日期或下次检查").fill(due().isoformat())
    desk.press("定下措施", within=measure)
    desk.told(MEASURE)
    desk.told(PERSON)


def half(desk: Window, tag: str) -> Locator:
    """One text of the letter, side by side in both scripts."""
    return desk.page.locator(".spread", has=desk.page.locator(".spread__tag", has_text=re.compile(f"^{tag}$")))


def word(desk: Window, tag: str, text: str) -> None:
    spread = half(desk, tag)
    spread.locator("summary", has_text="改原文").click()
    spread.locator(".spread__do--first textarea").fill(text)
    spread.locator(".spread__do--first").get_by_role("button", name="保存").click()
    expect(half(desk, tag).locator(".half").first).to_have_text(text)


def settle(desk: Window) -> list[str]:
    """Look at each doubtful place and take what stands there; the characters they were in."""
    asked = desk.page.locator(".here--doubt")
    left, seen = asked.count(), []
    for waiting in range(left, 0, -1):
        seen.append(asked.first.locator("b.source").inner_text())
        asked.first.locator(".glyph.is-best").click()
        expect(asked).to_have_count(waiting - 1)
    return seen


def a_letter_is_worded_checked_approved_and_published(walk: Walk) -> str:
    desk = walk.colleague("supervisor")
    desk.press("起草公开信")
    desk.headed(TITLE)
    word(desk, "开头", OPENING)
    doubted = settle(desk)
    assert {"表", "余"} <= set(doubted), doubted
    second = walk.colleague("manager")
    second.menu("公开信")
    second.link(TITLE)
    for script in ("简体", "繁体"):
        button = second.page.get_by_role("button", name=re.compile(f"已通读，无误.*{script}"))
        button.click()
        expect(button).to_have_count(0)
    second.told("等待管理者代表审批")
    boss = walk.colleague("management_representative")
    boss.press("锦绣花园管理处待签")
    boss.link(TITLE)
    boss.press("批准并编号")
    boss.told("已批准")
    desk.page.reload()
    desk.press("发布")
    desk.toast("两种文字均已发布")
    walk.jobs()
    link = desk.page.get_by_role("link", name="看住户所见页面").get_attribute("href")
    assert link
    return link


def anybody_reads_it_in_both_scripts(walk: Walk, public: str) -> None:
    resident = walk.window(java_script_enabled=False, viewport={"width": 390, "height": 844})
    resident.open(public)
    assert resident.context.cookies() == []
    reads(resident, HANS, f"○ 办理中 工程部 {due().month}月{due().day}日前", "张贴版 PDF")
    resident.page.get_by_role("link", name="繁體中文").click()
    reads(resident, HANT, f"○ 辦理中 工程部 {due().month}月{due().day}日前", "張貼版 PDF")


def reads(resident: Window, words: tuple[str, ...], state: str, sheet: str) -> None:
    """Page and paper say every word that was entered, and how far the promise is."""
    resident.headed(words[0])
    page = squeezed(resident.page.locator("main").inner_text())
    paper = squeezed(text_of(resident.fetch(sheet), "-raw"))
    assert squeezed(words[-1] + state) in page, (state, page)
    for text in words:
        assert squeezed(text) in page, ("not on the page", text, page)
        assert squeezed(text) in paper, ("not on the paper", text, paper)
