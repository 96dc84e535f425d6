"""The walk at the desk: roster, survey and plan, then what came from the door, as far as the figures."""

import io

import xlsxwriter
from playwright.sync_api import expect

from portal.households.roster_files import read_table
from tests.browser.walk import BRIEF, MORE, SAID, SURVEY, Walk
from tests.surveys.surveying import ITEMS


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
        (
            f"1{'栋' if n % 2 else '#'}{n // 3 + 1}0{n % 3 + 1}",
            name,
            "女",
            f"139-0000-{9910 + n}",
            "2023-02-21",
            "已入住",
            "",
        )
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
    assert {"郝晨华", "房号待补"} <= set(told[-1]), told


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


def three_people_sign(walk: Walk) -> None:
    for login in ("supervisor", "manager", "director"):
        desk = walk.colleague(login)
        desk.menu("收件箱")
        desk.link("201")
        desk.told(SAID + MORE)
        desk.press("签字", within="#signoff")
        desk.toast("已签字")
    expect(desk.page.locator("main")).not_to_contain_text("201")


def the_answer_stands_in_the_figures(walk: Walk) -> None:
    desk = walk.colleague("supervisor")
    desk.menu("统计")
    desk.link(SURVEY)
    items = desk.page.locator("section", has=desk.page.locator("#h-items")).locator("tbody tr")
    expect(items).to_have_count(len(ITEMS))
    expect(items.filter(has_text="总体评价")).to_contain_text("1 ÷ 1")
    expect(items.filter(has_text="清洁服务")).to_contain_text("0 ÷ 1")
