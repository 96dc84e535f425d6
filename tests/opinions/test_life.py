"""The whole life of an opinion at the desk: recorded, classified, sent, measured, done, asked again, satisfied."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from portal.core import audit, clock
from portal.core.db import db, writing
from portal.domain.refusals import Refused
from portal.households.models import Household
from portal.households.words import find_again
from portal.opinions import steps
from portal.opinions.models import Contact, Opinion, OpinionCheck
from portal.opinions.service import NewContact, NewOpinion, record_contacts
from tests.client import PortalClient
from tests.factories import AT, Estate

SignIn = Callable[[str], PortalClient]


def only() -> Opinion:
    db.session.rollback()
    return db.session.scalars(select(Opinion)).one()


def step(client: PortalClient, slug: str, status: int = 303, **fields: Any) -> str:
    """Send one step as its form on the page does."""
    opinion = only()
    data = {f"{slug}-{name}": value for name, value in fields.items()} | {f"{slug}-revision": opinion.revision}
    return client.send(f"/desk/opinions/{opinion.id}/{slug}", data, status=status).get_data(as_text=True)


def record(client: PortalClient, estate: Estate, status: int = 303, **fields: Any) -> Any:
    data = {
        "household": estate.households["203"], "channel": "phone", "person": "陈女士", "opinions-0-kind": "repair",
        "opinions-0-content": "厨房水管漏水", **fields,
    }  # fmt: skip
    return client.send("/desk/opinions/record", data, status=status)


def test_everything_missing_in_a_measure_is_named_at_once_by_its_field(
    app: Flask, estate: Estate, sign_in: SignIn
) -> None:
    record(sign_in("front_desk"), estate)
    step(sign_in("front_desk"), "classify", kind="repair", category="maintenance")
    step(sign_in("supervisor"), "assign", department_id=estate.departments["engineering"])
    head = sign_in("department_head")
    answer = step(head, "measure", 422, actor="office", due_kind="date")
    for words in ("处理措施：请填写", "责任人：请填写", "完成日期或下次检查：请填写完成日期"):
        assert words in answer
    assert "责任人 <span" not in answer  # said to be optional
    answer = step(head, "measure", 422, actor="office", due_kind="ongoing")
    assert "完成日期或下次检查：" not in answer


def test_an_opinion_comes_back_after_a_dissatisfied_resident_and_ends_satisfied(
    app: Flask, estate: Estate, sign_in: SignIn
) -> None:
    desk, supervisor, head = sign_in("front_desk"), sign_in("supervisor"), sign_in("department_head")
    answer = record(desk, estate)
    opinion = only()
    assert answer.headers["Location"] == f"/desk/opinions/{opinion.id}"
    assert (opinion.status, opinion.case_number) == ("received", f"{clock.now().year}-0001")
    step(desk, "classify", kind="repair", category="maintenance")
    step(supervisor, "assign", department_id=estate.departments["engineering"], words="请今天看")
    due = clock.now().date() + timedelta(days=3)
    step(head, "measure", action="更换三通", person="余师傅", actor="office", due_kind="date", due_on=due.isoformat())
    assert (only().status, only().due_on) == ("measured", due)
    step(head, "done", words="换好了")
    step(desk, "check", satisfied="no", method="phone", words="还在滴水")
    assert (only().status, only().round) == ("assigned", 2)
    page = head.page("/desk/opinions/mine")
    assert "还在滴水" in page.text("main") and "第 2 轮" in page.text("main")
    step(
        head, "measure", action="更换整根水管", person="余师傅", actor="office", due_kind="date", due_on=due.isoformat()
    )
    step(head, "done", words="整根换了")
    step(desk, "check", satisfied="yes", method="door", words="谢谢")
    assert (only().status, only().round) == ("satisfied", 2)
    page = desk.page(f"/desk/opinions/{opinion.id}")
    told = page.text("main")
    for words in ("第 1 轮", "第 2 轮", "更换三通", "还在滴水", "更换整根水管", "谢谢", "住户满意"):
        assert words in told
    assert db.session.scalars(select(OpinionCheck.satisfied).order_by(OpinionCheck.round)).all() == [False, True]
    assert db.session.get_one(Household, estate.households["203"]).open_opinions == 0


def test_every_step_writes_its_event_and_the_stored_state_is_what_they_replay_to(
    app: Flask, estate: Estate, sign_in: SignIn
) -> None:
    test_an_opinion_comes_back_after_a_dissatisfied_resident_and_ends_satisfied(app, estate, sign_in)
    opinion = only()
    events = db.session.scalars(
        select(audit.Event).where(audit.Event.subject_id == opinion.id).order_by(audit.Event.at, audit.Event.id)
    ).all()
    assert [e.changes["status"] for e in events if "status" in e.changes] == [
        "received", "classified", "assigned", "measured", "done", "assigned", "measured", "done", "satisfied",
    ]  # fmt: skip
    assert events[-1].changes["status"] == opinion.status
    assert "陈女士" not in str([e.changes for e in events])


def test_whoever_reported_it_done_does_not_ask_the_resident(app: Flask, estate: Estate, sign_in: SignIn) -> None:
    supervisor = sign_in("supervisor")
    record(
        supervisor,
        estate,
        **{"opinions-0-category": "lift", "opinions-0-department_id": estate.departments["engineering"]},
    )
    by = estate.actor("supervisor")
    steps.name_measure(only().id, "修", person="王", due_on=date(2027, 1, 1), revision=None, by=by, at=AT)
    steps.report_done(only().id, "修好", revision=None, by=by, at=AT)
    page = step(supervisor, "check", 422, satisfied="yes", method="phone", words="好")
    assert "报办结者以外的人" in page
    assert only().status == "done"


def test_a_dissatisfied_answer_needs_the_residents_words(app: Flask, estate: Estate) -> None:
    record_contacts(
        [NewContact("phone", (NewOpinion("repair", "漏水", "water_power", answered_with="已关阀"),), estate.households["101"])],
        by=estate.actor("front_desk"), at=AT,
    )  # fmt: skip
    with pytest.raises(Refused, match="required"):
        steps.check(only().id, False, " ", method="phone", revision=None, by=estate.actor("supervisor"), at=AT)


def test_a_page_that_is_too_old_moves_nothing_and_keeps_what_was_typed(
    app: Flask, estate: Estate, sign_in: SignIn
) -> None:
    desk = sign_in("front_desk")
    record(desk, estate)
    opinion = only()
    seen = opinion.revision
    step(desk, "classify", kind="repair", category="lift")
    answer = desk.send(
        f"/desk/opinions/{opinion.id}/answer", {"answer-revision": seen, "answer-words": "明天来修"}, status=409
    )
    html = answer.get_data(as_text=True)
    assert "明天来修" in html and "刚有新进展" in html
    assert only().status == "classified"


def test_a_complaint_goes_its_own_way_and_is_never_settled_on_the_spot(
    app: Flask, estate: Estate, sign_in: SignIn
) -> None:
    desk, supervisor, head = sign_in("front_desk"), sign_in("supervisor"), sign_in("department_head")
    record(
        desk, estate,
        **{"opinions-0-kind": "complaint", "opinions-0-category": "service", "opinions-0-answered_with": "对不起",
           "opinions-0-remedy_sought": "书面道歉"},
    )  # fmt: skip
    assert only().status == "classified"
    step(desk, "acknowledge", words="已告知受理")
    step(supervisor, "judge", words="有效，一般")
    step(supervisor, "investigate", words="值班脱岗")
    step(supervisor, "assign", department_id=estate.departments["engineering"])
    step(head, "propose", words="道歉并培训")
    step(desk, "answer", words="已当面道歉")
    step(head, "done", words="培训完成")
    step(sign_in("field_staff"), "check", satisfied="yes", method="door")
    assert only().status == "satisfied"
    assert "书面道歉" in desk.page(f"/desk/opinions/{only().id}").text("main")


@pytest.mark.parametrize(
    ("role", "slug", "fields"),
    [
        ("field_staff", "classify", {"kind": "repair", "category": "lift"}),
        ("front_desk", "measure", {"action": "x", "person": "y", "actor": "office", "due_kind": "ongoing"}),
        ("department_officer", "check", {"satisfied": "yes", "method": "phone"}),
        ("qa", "classify", {"kind": "repair", "category": "lift"}),
    ],
)
def test_who_may_not_take_a_step_is_told_so(
    app: Flask, estate: Estate, sign_in: SignIn, role: str, slug: str, fields: dict[str, str]
) -> None:
    record(
        sign_in("front_desk"),
        estate,
        **{"opinions-0-category": "lift", "opinions-0-department_id": estate.departments["engineering"]},
    )
    step(sign_in(role), slug, 403, **fields)


def test_steps_that_do_not_fit_the_state_are_refused(app: Flask, estate: Estate) -> None:
    record_contacts(
        [NewContact("counter", (NewOpinion("inquiry", "几点上班"),), estate.households["101"])],
        by=estate.actor("front_desk"), at=AT,
    )  # fmt: skip
    opinion, by = only(), estate.actor("supervisor")
    for act in (
        lambda: steps.report_done(opinion.id, "x", revision=None, by=by, at=AT),
        lambda: steps.check(opinion.id, True, "x", method="phone", revision=None, by=by, at=AT),
        lambda: steps.assign(opinion.id, estate.departments["engineering"], revision=None, by=by, at=AT),
    ):
        with pytest.raises(Refused, match=r"opinion\.not_now"):
            act()
    assert only().status == "received"


def test_a_department_sees_and_moves_only_what_lies_with_it(app: Flask, estate: Estate, sign_in: SignIn) -> None:
    record(
        sign_in("front_desk"),
        estate,
        **{"opinions-0-category": "security", "opinions-0-department_id": estate.departments["security"]},
    )
    head = sign_in("department_head")  # of engineering
    assert "厨房水管漏水" not in head.page("/desk/opinions").text("main")
    assert head.get(f"/desk/opinions/{only().id}").status_code == 404
    assert head.get(f"/desk/opinions/{only().id}").get_data(as_text=True).count("厨房水管漏水") == 0


def test_another_office_finds_nothing_at_a_guessed_address(app: Flask, estate: Estate, sign_in: SignIn) -> None:
    record(sign_in("front_desk"), estate)
    other = sign_in("other_supervisor")
    assert other.get(f"/desk/opinions/{only().id}").status_code == 404
    assert "厨房水管漏水" not in other.page("/desk/opinions").text("main")


def test_numbers_of_the_register_run_on_by_office_and_year(app: Flask, estate: Estate) -> None:
    for day in (AT, AT, AT.replace(year=2027)):
        record_contacts(
            [NewContact("box", (NewOpinion("suggestion", "多种树"),), None, estate.community_id)],
            by=estate.actor("front_desk"), at=day,
        )  # fmt: skip
    db.session.rollback()
    numbers = db.session.scalars(select(Contact.number).order_by(Contact.number)).all()
    assert numbers == ["2026-0001", "2026-0002", "2027-0001"]


def test_nothing_of_a_contact_is_kept_when_one_of_its_opinions_is_refused(app: Flask, estate: Estate) -> None:
    good = NewOpinion("suggestion", "多种树")
    for wrong in (NewOpinion("nothing", "x"), NewOpinion("help", " "), NewOpinion("help", "x" * 4001)):
        with pytest.raises(Refused):
            record_contacts(
                [NewContact("box", (good, wrong), estate.households["101"])], by=estate.actor("front_desk"), at=AT
            )
    with pytest.raises(Refused, match="unknown_subject"):
        record_contacts([NewContact("box", (good,), estate.foreign_household_id)], by=estate.actor("front_desk"), at=AT)
    assert db.session.scalar(select(Contact.id)) is None


def test_an_opinion_without_an_answer_in_time_shows_as_late(app: Flask, estate: Estate, sign_in: SignIn) -> None:
    week_ago = clock.now() - timedelta(days=7)
    record_contacts(
        [NewContact("phone", (NewOpinion("repair", "路灯不亮", "maintenance"),), estate.households["101"])],
        by=estate.actor("front_desk"), at=week_ago,
    )  # fmt: skip
    desk = sign_in("front_desk")
    record(desk, estate)
    late = desk.page("/desk/opinions?state=late").text("main")
    assert "路灯不亮" in late and "逾期 5 天" in late
    assert "厨房水管漏水" not in late


def test_a_contact_finds_its_household_and_keeps_what_was_typed(app: Flask, estate: Estate, sign_in: SignIn) -> None:
    desk = sign_in("front_desk")
    with writing() as session:
        find_again(session, estate.households.values())
    page = desk.page("/desk/opinions/record?q=203")
    assert any(f"household={estate.households['203']}" in link for link in page.links())
    page = desk.page(f"/desk/opinions/record?household={estate.households['203']}")
    assert "陈文203" in page.text("main")
    answer = record(desk, estate, 200, more="1")
    assert answer.get_data(as_text=True).count('name="opinions-1-content"') == 1
    assert "厨房水管漏水" in answer.get_data(as_text=True)
    answer = record(desk, estate, 422, **{"opinions-1-kind": "praise", "opinions-1-content": ""})
    html = answer.get_data(as_text=True)
    assert "厨房水管漏水" in html and "陈女士" in html and 'class="errors"' in html
    record(
        desk,
        estate,
        **{"opinions-1-kind": "praise", "opinions-1-category": "cleaning", "opinions-1-content": "楼道干净"},
    )
    db.session.rollback()
    assert {o.status for o in db.session.scalars(select(Opinion))} == {"received", "satisfied"}
    assert len(set(db.session.scalars(select(Opinion.contact_id)))) == 1


def test_the_register_is_searched_filtered_sorted_and_exported(app: Flask, estate: Estate, sign_in: SignIn) -> None:
    desk = sign_in("front_desk")
    record(desk, estate, **{"opinions-0-content": "電梯異響"})
    record(
        desk,
        estate,
        **{"opinions-0-content": "花坛缺水", "opinions-0-kind": "suggestion", "opinions-0-category": "greening"},
    )
    assert "花坛缺水" not in desk.page("/desk/opinions?q=电梯").text("main")
    assert "電梯異響" in desk.page("/desk/opinions?q=电梯").text("main")
    assert "電梯異響" not in desk.page("/desk/opinions?category=greening").text("main")
    assert "電梯異響" not in desk.page("/desk/opinions?kind=suggestion&sort=due").text("main")
    answer = desk.send("/desk/opinions/export", {"kind": "csv"}, status=200)
    assert "花坛缺水" in answer.get_data().decode("utf-8-sig")


@pytest.mark.parametrize("language", ["zh-CN", "zh-TW", "en"])
def test_markup_typed_by_anybody_stays_text(app: Flask, estate: Estate, sign_in: SignIn, language: str) -> None:
    hostile = "<img src=x onerror=alert(1)>\"'</textarea><script>"
    desk = sign_in("front_desk")
    record(desk, estate, person=hostile[:60], **{"opinions-0-content": hostile, "opinions-0-remedy_sought": hostile})
    page = desk.page(f"/desk/opinions/{only().id}", language=language)
    assert hostile in page.text("main")
    assert not page.all("img")
    assert desk.page("/desk/opinions", language=language).text("main").count("onerror") == 1


@pytest.mark.parametrize(("language", "word"), [("zh-CN", "已受理"), ("zh-TW", "已受理"), ("en", "Received")])
def test_a_new_opinion_stands_at_accepted(
    app: Flask, estate: Estate, sign_in: SignIn, language: str, word: str
) -> None:
    client = sign_in("front_desk")
    record(client, estate)
    for address in (f"/desk/opinions/{only().id}", "/desk/opinions", f"/desk/households/{estate.households['203']}"):
        words = client.page(address, language=language).words
        assert word in words and "收到时间" not in words and "收到時間" not in words


def through_rounds(sign_in: SignIn, estate: Estate, rounds: int) -> None:
    """A repair reported done so many times, the resident dissatisfied after each but the last."""
    desk, supervisor, head = sign_in("front_desk"), sign_in("supervisor"), sign_in("department_head")
    record(desk, estate)
    step(desk, "classify", kind="repair", category="maintenance")
    step(supervisor, "assign", department_id=estate.departments["engineering"])
    for n in range(1, rounds + 1):
        due = (clock.now().date() + timedelta(days=3)).isoformat()
        step(head, "measure", action="更换三通", person="余师傅", actor="office", due_kind="date", due_on=due)
        step(head, "done", words="换好了")
        if n < rounds:
            step(desk, "check", satisfied="no", method="phone", words="还在滴水")


def reviewer(app: Flask, estate: Estate) -> PortalClient:
    client = app.test_client()
    assert isinstance(client, PortalClient)
    client.become(estate.staff["management_representative"], office_id=estate.other_office_id)
    return client


def test_after_the_policys_rounds_somebody_else_may_close_it_with_reasons_and_outside_routes(
    app: Flask, estate: Estate, sign_in: SignIn
) -> None:
    through_rounds(sign_in, estate, 3)
    address = f"/desk/opinions/{only().id}"
    assert "审核后结案" not in sign_in("supervisor").page(address).text("aside")
    boss = reviewer(app, estate)
    assert "审核后结案" in boss.page(address).text("aside")
    assert "请填写" in step(boss, "exit", 422, reasons="管线在墙体内，须开发商处理", outside=" ")
    assert only().status == "done"
    step(boss, "exit", reasons="管线在墙体内，须开发商处理", outside="可向街道物业科反映")
    assert only().status == "exited"
    words = boss.page(address).words
    assert "管线在墙体内，须开发商处理" in words and "可向街道物业科反映" in words
    assert sign_in("manager").page("/desk/opinions?status=exited").text("main").count("厨房水管漏水") == 1


def test_before_the_last_round_or_by_who_worked_on_it_there_is_no_exit(
    app: Flask, estate: Estate, sign_in: SignIn
) -> None:
    through_rounds(sign_in, estate, 2)
    boss = reviewer(app, estate)
    assert "审核后结案" not in boss.page(f"/desk/opinions/{only().id}").text("aside")
    assert "须满 3 轮，现为第 2 轮" in step(boss, "exit", 422, reasons="甲", outside="乙")
    step(sign_in("supervisor"), "exit", 403, reasons="甲", outside="乙")
    with pytest.raises(Refused, match="own_exit"):
        steps.close_after_review(
            only().id, "甲", "乙", revision=None, by=estate.actor("front_desk"), at=clock.now()
        )  # fmt: skip
    assert only().status == "done"
