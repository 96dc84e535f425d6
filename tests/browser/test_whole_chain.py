"""The whole chain, walked once by real pages: from a roster file to a promise that anybody reads, in both scripts."""

import io
import re
import shutil
from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
import xlsxwriter
from playwright.sync_api import Browser, Locator, Page, expect

from portal.core.documents.fonts import FontFiles
from portal.households.roster_files import read_table
from tests.browser.tablet import Office, Tablet, add_opinion, choose, onward, photo, saved, shown, sign, write
from tests.browser.test_tablet_records import arrived, pulled
from tests.browser.windows import Window
from tests.conftest import settings_for
from tests.core.prints import squeezed, text_of
from tests.factories import Estate
from tests.households.rosters import work
from tests.surveys.surveying import ITEMS

pytestmark = pytest.mark.browser

Make = Callable[..., Tablet]
SURVEY = "入冬满意度调查"
BRIEF = "本月已更换 1 栋电梯的钢丝绳。"
SAID = "二楼里边的灯不亮：“夜里摸黑上楼，𠮷叔后脚踩空、差点摔倒”——面馆后门也一样 <b>&amp;</b> 100% 〇号井盖"
MORE = "，位置在东侧楼梯第 3 级"
PRAISED = "夜班保安帮老人提米上楼"
TITLE = "楼道灯夜间不亮"
EXPLAINED = "经检查，开关面板进水，余师傅已换表后线路。\n采购的感应灯月底到货，后两层先装。"
MEASURE = "更换二楼楼道的感应灯，装好后请反映的住户再走一遍"
OPENING = "近日走访中，住户反映楼道里边的灯夜里不亮。我们已逐层查看，答复如下，请您监督。"
PERSON = "余振东"
HANS = (TITLE, OPENING, EXPLAINED, MEASURE)
HANT = (
    "樓道燈夜間不亮",
    "近日走訪中，住戶反映樓道裡邊的燈夜裡不亮。我們已逐層查看，答覆如下，請您監督。",
    "經檢查，開關面板進水，余師傅已換表後線路。\n採購的感應燈月底到貨，後兩層先裝。",
    "更換二樓樓道的感應燈，裝好後請反映的住戶再走一遍",
)


# The people and their windows


class Walk:
    """Who walks, and what they learn on the way."""

    def __init__(self, office: Office, browser: Browser, tablet: Tablet, folder: Path) -> None:
        self.office, self.browser, self.tablet, self.folder = office, browser, tablet, folder
        self.windows: list[Window] = []
        self.desk: dict[str, Window] = {}

    def colleague(self, login: str) -> Window:
        if login not in self.desk:
            self.desk[login] = self.window().sign_in(login)
        return self.desk[login]

    def window(self, **options: object) -> Window:
        self.windows.append(Window(self.browser, self.office.address, **options))
        return self.windows[-1]

    def jobs(self) -> None:
        """The worker beside the server does what waits."""
        with self.office.app.app_context():
            work()

    def close(self) -> None:
        for window in self.windows:
            window.close()
            assert window.errors == []


@pytest.fixture
def office(tmp_path: Path, sqlite_template: Path) -> Iterator[Office]:
    """An office on its first day: its people are there, not one household."""
    path = tmp_path / "portal.sqlite"
    shutil.copyfile(sqlite_template, path)
    with Office(settings_for(tmp_path, f"sqlite:///{path}"), Estate.staffed) as office:
        yield office


@pytest.fixture
def walk(office: Office, chromium: Browser, tablet: Make, tmp_path: Path, fonts: FontFiles) -> Iterator[Walk]:
    walk = Walk(office, chromium, tablet(), tmp_path)
    yield walk
    walk.close()


def test_from_a_roster_to_a_promise_that_anybody_reads(walk: Walk) -> None:
    the_roster_is_imported_at_the_desk(walk)
    a_survey_is_drawn_and_a_plan_is_given(walk)
    page = the_tablet_enrols_and_the_network_is_cut(walk)
    page = a_visit_is_filled_across_a_restart(walk, page)
    the_form_is_handed_out_and_the_resident_answers(walk, page)
    everything_goes_up_by_itself(walk, page)
    the_supervisor_returns_it_beside_a_field(walk)
    the_author_corrects_it_on_her_tablet(walk, page)
    three_people_sign(walk)
    the_opinion_becomes_an_issue_with_a_measure(walk)
    public = a_letter_is_worded_checked_approved_and_published(walk)
    anybody_reads_it_in_both_scripts(walk, public)
    the_answer_stands_in_the_figures(walk)


# 1 The roster


def roster() -> bytes:
    """As estates keep it: a title and headings over merged cells, house and room in one cell, one row without a room."""
    target = io.BytesIO()
    with xlsxwriter.Workbook(target, {"in_memory": True}) as book:
        sheet = book.add_worksheet("业主档案")
        sheet.merge_range(0, 0, 0, 6, "翠湖苑业主档案表（2026年）")
        sheet.merge_range(2, 0, 3, 0, "房产地址")
        sheet.merge_range(2, 1, 2, 2, "业主")
        sheet.write_row(3, 1, ("姓名", "性别"))
        for column, name in enumerate(("联系方式", "收楼时间", "入住情况", "备注"), 3):
            sheet.merge_range(2, column, 3, column, name)
        for place, row in enumerate(rows(), 4):
            sheet.write_row(place, 0, row)
    return target.getvalue()


def rows() -> list[tuple[str, ...]]:
    names = ("郝博娜", "张嘉曦", "崔琴", "杨若慧", "于若思", "蒋红雪", "付晓桂", "唐娟曦", "覃浩一")
    taken = [
        (f"1{'栋' if n % 2 else '#'}{n // 3 + 1}0{n % 3 + 1}", name, "女", f"139-0000-{9910 + n}", "2023-02-21", "已入住", "")
        for n, name in enumerate(names)
    ]
    return [*taken, ("1栋", "郝晨华", "男", "139-0000-2234", "2023-08-05", "已入住", "房号待补")]


def the_roster_is_imported_at_the_desk(walk: Walk) -> None:
    desk = walk.colleague("supervisor")
    file = walk.folder / "翠湖苑业主档案.xlsx"
    file.write_bytes(roster())
    desk.menu("住户名册")
    desk.link("导入名册")
    desk.page.set_input_files("input[type=file]", file)
    desk.press("读取文件")
    desk.headed(file.name)
    chosen = desk.page.locator(".roster__table thead select")
    expect(chosen.first).to_have_value("address")
    expect(chosen.nth(3)).to_have_value("phone")
    desk.told("退回 1 行")
    expect(desk.page.locator(".roster__table")).not_to_contain_text("139-0000-9910")
    desk.page.get_by_label("小区", exact=True).select_option("new")
    desk.page.get_by_label("新小区名称").fill("翠湖苑")
    desk.press("导入")
    desk.told("排队等候")
    walk.jobs()
    expect(desk.page.locator("dl.counts dd")).to_have_text(["10", "9", "0", "1", "0"])
    desk.told("地址无法识别：1栋")
    refused = desk.download("Excel（XLSX）", walk.folder / "refused.xlsx", within=".roster__take")
    with read_table(refused) as table:
        told = [cells for _, cells in table.rows()]
    assert "郝晨华" in told[-1] and "房号待补" in told[-1]


def a_survey_is_drawn_and_a_plan_is_given(walk: Walk) -> None:
    desk = walk.colleague("supervisor")
    desk.menu("调查")
    desk.link("新建调查")
    desk.page.get_by_label("标题").fill(SURVEY)
    desk.press("计算户数")
    desk.press("确定名册并立项")
    desk.headed(SURVEY)
    desk.press("抽取样本")
    desk.told("样本")
    desk.menu("当日计划")
    desk.page.get_by_label("派给谁").select_option(label="field_staff 王")
    desk.page.locator("#buildings input").first.check()
    desk.page.get_by_label("管理处近期做了什么").fill(BRIEF)
    desk.press("派出")
    desk.toast("已派 9 户")


# 2 At the door, without a network


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
    saved(page)
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
    onward(page)
    onward(page)
    shown(page, "today")
    to_whoever_was_drawn(page)
    page.click("[data-slot=survey-lines] [data-slot=answer]")
    shown(page, "survey")
    for item in ITEMS:
        choose(page, item, "dissatisfied" if item == "cleaning" else "satisfied")
    page.fill("#why-cleaning", "楼道三天没扫，面上落满灰")
    expect(page.locator("[data-slot=answered]")).to_have_text("10 ÷ 10")
    page.click("[data-slot=next]")
    expect(page.locator("[data-slot=closed]")).to_be_visible()
    page.click("[data-slot=done]")
    shown(page, "today")
    reached = [path for path in walk.office.faults.asked if path != "/field/sw.js"]  # the browser's own look for a newer one
    assert reached == [], "nothing of all this has reached the office yet"


# 3 The network is back


def everything_goes_up_by_itself(walk: Walk, page: Page) -> None:
    walk.tablet.offline(False)
    arrived(page)
    sent = page.locator("[data-slot=sent-list] .record")
    expect(sent).to_have_count(3)
    for place in range(3):
        expect(sent.nth(place).locator(".record__why")).to_contain_text("回执")


# 4 Round the office and back


def the_supervisor_returns_it_beside_a_field(walk: Walk) -> None:
    desk = walk.colleague("supervisor")
    desk.menu("收件箱")
    desk.link("201")
    desk.told(SAID)
    expect(desk.page.locator(".photos img")).to_have_count(1)
    expect(desk.page.locator(".sign__ink img")).to_have_count(2)
    opinion = desk.page.locator("li.opinion", has_text=SAID)
    opinion.locator(".opinion__head summary").click()
    opinion.locator(".opinion__head textarea").fill("是哪一段楼梯？")
    desk.page.locator("#signoff summary").click()
    desk.page.fill("#comment", "请写明位置")
    desk.press("退回给field_staff 王", within="#return")
    desk.toast("已退回")


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


def three_people_sign(walk: Walk) -> None:
    for login, after in (("supervisor", "主任"), ("manager", "分管领导"), ("director", "")):
        desk = walk.colleague(login)
        desk.menu("收件箱")
        desk.link("201")
        desk.told(SAID + MORE)
        desk.press("签字", within="#signoff")
        desk.toast("已签字")
    expect(desk.page.locator("main")).not_to_contain_text("201")


# 5 From an opinion to a letter


def due() -> date:
    return datetime.now(ZoneInfo("Asia/Shanghai")).date() + timedelta(days=20)


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
    assert {"表", "余"} <= set(settle(desk))
    second = walk.colleague("manager")
    second.menu("公开信")
    second.link(TITLE)
    for script in ("简体", "繁体"):
        button = second.page.get_by_role("button", name=re.compile(f"已通读，无误.*{script}"))
        button.click()
        expect(button).to_have_count(0)
    second.told("等待管理者代表审批")
    boss = walk.colleague("management_representative")
    boss.link("换管理处", within=".rail__foot")
    boss.press("锦绣花园管理处")
    boss.menu("收件箱")
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


# 6 What anybody reads


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
    assert squeezed(words[-1] + state) in page
    paper = text_of(resident.fetch(sheet), "-raw")
    assert [text for text in words if squeezed(text) not in page] == []
    assert [text for text in words if squeezed(text) not in squeezed(paper)] == []


def the_answer_stands_in_the_figures(walk: Walk) -> None:
    desk = walk.colleague("supervisor")
    desk.menu("统计")
    desk.link(SURVEY)
    items = desk.page.locator("section", has=desk.page.locator("#h-items")).locator("tbody tr")
    expect(items).to_have_count(len(ITEMS))
    expect(items.filter(has_text="总体评价")).to_contain_text("1 ÷ 1")
    expect(items.filter(has_text="清洁服务")).to_contain_text("0 ÷ 1")
